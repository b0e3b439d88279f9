// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the firmware supplies: the table of callbacks and the structs they take.

use super::numbers::{swmgmt_status_t, swmgmt_verdict_t};
use core::ffi::{c_char, c_void};

/// One operation that the library asks of the firmware.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_op_t {
    /// Quoted by swmgmt_done() and swmgmt_fetched(). Never 0, and never used for
    /// another operation, also not after a reboot. write() carries the number of the
    /// open() it belongs to, read() that of the verification.
    pub number: u32,
    /// Instance of Object 9.
    pub instance: u16,
    /// For activate and deactivate of one component: its place in the package, 0 for
    /// the first. ::SWMGMT_NONE: the whole software.
    pub component: u16,
    /// SWMGMT_OP_OPEN and so on. For outcome() and cancel(): what was begun.
    pub kind: u8,
    /// 1 if the software is active: uninstall and prepare stop it themselves.
    pub active: u8,
    /// 1 if the package is to update software that is in place.
    pub for_update: u8,
    /// 0
    pub reserved: u8,
}

/// Name and version, of a package or of one of its components.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_about_t {
    /// Name or identity, UTF-8; need not end in NUL. NULL: none. It belongs to the
    /// firmware and is only read before the next call of any callback.
    pub name: *const c_char,
    /// Version, likewise.
    pub version: *const c_char,
    /// Bytes of the name, 0 ... 255.
    pub name_length: u16,
    /// Bytes of the version, 0 ... 255.
    pub version_length: u16,
    /// 1: this component is active. Asked for software installed in the factory only.
    pub active: u8,
    /// 0
    pub reserved: [u8; 3],
}

/// What to download. All of it may be read until fetch() returns.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_fetch_t {
    /// The Package URI, 1 ... 255 bytes, ending in NUL.
    pub uri: *const c_char,
    /// User Name and Password that the server wrote, or NULL. Not NUL-terminated.
    pub user_name: *const u8,
    /// Password, or NULL.
    pub password: *const u8,
    /// The ETag that came with the bytes stored so far, or NULL.
    pub etag: *const u8,
    /// Where to go on. Content that has changed since must be delivered from 0.
    pub offset: u32,
    /// Bytes of the user name.
    pub user_name_length: u16,
    /// Bytes of the password.
    pub password_length: u16,
    /// Bytes of the ETag, 0 ... 8.
    pub etag_length: u8,
    /// 0
    pub reserved: [u8; 3],
}

/// What a package says about who has signed it. Read during the call only.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_signature_t {
    /// Key id, 32 bytes: SHA-256 of the public key as DER SubjectPublicKeyInfo (MCUboot's
    /// key hash).
    pub key: *const u8,
    /// SHA-256 of what is signed, 32 bytes.
    pub digest: *const u8,
    /// Of P-256 an ECDSA-Sig-Value in DER, of Ed25519 64 bytes.
    pub signature: *const u8,
    /// Bytes of the signature.
    pub length: u32,
    /// SWMGMT_ED25519 or SWMGMT_ECDSA_P256; it must be the key's own.
    pub algorithm: u8,
    /// 0
    pub reserved: [u8; 3],
}

/// The firmware's callbacks. The table is kept, not copied: make it `static const`.
/// A callback may be NULL unless its line says *must*. They run on the caller's
/// stack, inside the call of the library that needs them, never from an ISR. A callback
/// returns or resets the device; no longjmp() and no C++ exception may leave it.
///
/// A callback may read (swmgmt_read(), swmgmt_state(), swmgmt_next()) and may
/// complete its own operation (swmgmt_done()); every other call answers
/// ::SWMGMT_EBUSY until it has returned.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct swmgmt_host_t {
    /// `sizeof(swmgmt_host_t)`, so that later releases can add callbacks.
    pub size: u32,
    /// 0
    pub reserved: u32,
    /// Handed to every callback as it is.
    pub user: *mut c_void,

    /// Open the storage of a package for writing at `offset`, and truncate it to that.
    /// `total` is the size the sender declares, 0 if it does not. *Must.* For a
    /// download it may be ::SWMGMT_PENDING. At boot it is asked whether the bytes up
    /// to `offset` are still there; a failure means that they are not.
    pub open: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            op: *const swmgmt_op_t,
            offset: u32,
            total: u32,
        ) -> swmgmt_verdict_t,
    >,
    /// Write the next bytes. *Must.* Never pending; during a download it may answer
    /// ::SWMGMT_AGAIN. `data` is valid until it returns.
    pub write: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            op: *const swmgmt_op_t,
            offset: u32,
            data: *const u8,
            length: usize,
        ) -> swmgmt_verdict_t,
    >,
    /// Read the package back. Never pending. With it a package is verified as it was
    /// stored, and verification and downloads survive a reboot.
    pub read: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            op: *const swmgmt_op_t,
            offset: u32,
            data: *mut u8,
            length: usize,
        ) -> swmgmt_verdict_t,
    >,
    /// Throw the package away. May be pending; meanwhile packages are refused (5.00).
    /// A failure changes nothing: the next open truncates.
    pub discard: Option<unsafe extern "C" fn(user: *mut c_void, op: *const swmgmt_op_t) -> swmgmt_verdict_t>,

    /// Verify the whole package of `length` bytes, besides what its container and
    /// swmgmt_expect() ask for. May be pending. From swmgmt_poll(). A failure is told as 9/x/9.
    pub verify: Option<
        unsafe extern "C" fn(user: *mut c_void, op: *const swmgmt_op_t, length: u32) -> swmgmt_verdict_t,
    >,
    /// Install the package. *Must.* May be pending, also over a reboot. From
    /// swmgmt_poll(). `arguments` are Install's, not NUL-terminated. A failure is 58,
    /// or 57 for ::SWMGMT_FAILED; the package stays.
    pub install: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            op: *const swmgmt_op_t,
            arguments: *const c_char,
            length: usize,
        ) -> swmgmt_verdict_t,
    >,
    /// Stop and remove the software. May be pending. Inside the request. NULL: nothing
    /// to do. A failure is 59.
    pub uninstall:
        Option<unsafe extern "C" fn(user: *mut c_void, op: *const swmgmt_op_t) -> swmgmt_verdict_t>,
    /// Stop the software and make ready for the package that updates it. Else like
    /// uninstall.
    pub prepare: Option<unsafe extern "C" fn(user: *mut c_void, op: *const swmgmt_op_t) -> swmgmt_verdict_t>,
    /// Start the software, or one component. May be pending. Inside the request. NULL:
    /// nothing to do. A failure is told by 5.00 alone.
    pub activate: Option<unsafe extern "C" fn(user: *mut c_void, op: *const swmgmt_op_t) -> swmgmt_verdict_t>,
    /// Stop the software, or one component. Else like activate.
    pub deactivate:
        Option<unsafe extern "C" fn(user: *mut c_void, op: *const swmgmt_op_t) -> swmgmt_verdict_t>,
    /// At boot: what became of the operation that was in flight? Done, failed, still
    /// running (::SWMGMT_PENDING), ::SWMGMT_NOT_STARTED or ::SWMGMT_UNKNOWN.
    pub outcome: Option<unsafe extern "C" fn(user: *mut c_void, op: *const swmgmt_op_t) -> swmgmt_verdict_t>,
    /// Stop a download, an opening or a verification. When it returns, the firmware
    /// touches that storage no more. NULL: while a verification is pending, Uninstall
    /// and Delete are refused (4.05).
    pub cancel: Option<unsafe extern "C" fn(user: *mut c_void, op: *const swmgmt_op_t)>,
    /// Name and version. `component` ::SWMGMT_NONE: of the software in the slot, or the
    /// slot's defaults when it is empty; a server like ThingsBoard ignores a device
    /// whose name and version are empty. 0, 1, ...: of the components, until
    /// ::SWMGMT_ENOENT. `package` 1: of the package that is being verified, instead.
    /// What a package's container says of it is not asked for.
    pub about: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            instance: u16,
            component: u16,
            package: u8,
            about: *mut swmgmt_about_t,
        ) -> swmgmt_status_t,
    >,

    /// Load the record of `key` (0 ... swmgmt_config_t::instances) into `data` of
    /// `room` bytes, and its length into `length`: 0 if there is none. Answers
    /// ::SWMGMT_DONE or a failure. Needs the part ::swmgmt_record. NULL, with save:
    /// nothing survives a reboot.
    pub load: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            key: u16,
            data: *mut u8,
            room: usize,
            length: *mut usize,
        ) -> swmgmt_verdict_t,
    >,
    /// Save the record of `key`, atomically: after a power cut the old one or the new
    /// one is loaded, never a mixture.
    pub save: Option<
        unsafe extern "C" fn(user: *mut c_void, key: u16, data: *const u8, length: usize) -> swmgmt_verdict_t,
    >,

    /// Start a download; swmgmt_fetched() brings its bytes and swmgmt_done() its
    /// failure. Answers ::SWMGMT_PENDING, or a failure. From swmgmt_poll(). Needs the
    /// part ::swmgmt_download.
    pub fetch: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            op: *const swmgmt_op_t,
            what: *const swmgmt_fetch_t,
        ) -> swmgmt_verdict_t,
    >,
    /// The URI schemes that fetch() takes, lower case: "http,https,file".
    pub schemes: *const c_char,

    /// SHA-256 by the firmware's own means, for the part ::swmgmt_sha256_host. `slot` is
    /// 0 ... 2 * swmgmt_config_t::transfers - 1, each a digest of its own. `step` is
    /// SWMGMT_HASH_START and so on; `data` comes with SWMGMT_HASH_UPDATE, and with
    /// SWMGMT_HASH_FINISH `digest` takes 32 bytes. A failure makes the digest a wrong one
    /// (53). It must not call the library.
    pub hash: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            slot: u16,
            step: u8,
            data: *const u8,
            length: usize,
            digest: *mut u8,
        ) -> swmgmt_verdict_t,
    >,
    /// The Ed25519 public key of this id (see swmgmt_signature_t) into `key`, 32 bytes;
    /// for the part ::swmgmt_ed25519. ::SWMGMT_UNKNOWN if it is not trusted (53:key),
    /// ::SWMGMT_FAILED if it is no longer (57:revoked), ::SWMGMT_FAILED_TYPE if it is
    /// another kind of key (54).
    pub key: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            instance: u16,
            id: *const u8,
            key: *mut u8,
        ) -> swmgmt_verdict_t,
    >,
    /// Check a signature that ::swmgmt_ed25519 does not: ::SWMGMT_DONE if it is one by a
    /// key that is trusted; ::SWMGMT_FAILED_INTEGRITY if not; for a key that is not, as
    /// key() says. Never pending; inside a Write, too, before the first byte is stored. `op`
    /// has a number of its own.
    pub signature: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            op: *const swmgmt_op_t,
            claim: *const swmgmt_signature_t,
        ) -> swmgmt_verdict_t,
    >,
    /// Whether a package that is meant for some devices only may come to this one. `what`
    /// is SWMGMT_FITS_VENDOR and so on, and `data` what the package asks for.
    /// ::SWMGMT_DONE: it fits. NULL: none does (54:vendor, 54:class, 54:device,
    /// 57:dependency).
    pub fits: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            instance: u16,
            what: u8,
            data: *const u8,
            length: usize,
        ) -> swmgmt_verdict_t,
    >,
    /// The security counter that a package must have at least (else 57:rollback), besides
    /// the highest that this instance has had installed, which its record knows. For a
    /// counter that no server can reset, by deleting the instance. Asked while a package is
    /// judged, not when it is installed. Answers ::SWMGMT_DONE, or a failure. NULL, with
    /// commit: 0.
    pub counter:
        Option<unsafe extern "C" fn(user: *mut c_void, instance: u16, value: *mut u32) -> swmgmt_verdict_t>,
    /// Raise that counter to this value, unless it is there or higher: a package with it
    /// has been installed. Called again at each boot, and after a failure.
    pub commit:
        Option<unsafe extern "C" fn(user: *mut c_void, instance: u16, value: u32) -> swmgmt_verdict_t>,

    /// Every operation and its verdict, for logging. `kind` is SWMGMT_OP_....
    pub trace: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            instance: u16,
            kind: u8,
            number: u32,
            verdict: swmgmt_verdict_t,
        ),
    >,
}
