// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The numbers of the C interface. They are never reused or renumbered.

use crate::core::config as c;
use crate::core::operation::Kind;
use crate::machine::State;
use crate::object::value::Type;

/// ABI counter of this header. swmgmt_init() compares it with the archive's.
pub const SWMGMT_ABI: u32 = 1;

/// What a call of the firmware's own came to: ::SWMGMT_OK, or a negative number
/// that names the caller's mistake. A refused call has changed nothing.
pub type swmgmt_status_t = i32;
/// Done.
pub const SWMGMT_OK: swmgmt_status_t = 0;
/// A pointer is NULL, a number is out of its range, or a text is not UTF-8.
pub const SWMGMT_EINVAL: swmgmt_status_t = -1;
/// Header and archive disagree: rebuild the application.
pub const SWMGMT_EABI: swmgmt_status_t = -2;
/// The memory is too small, or the table that the configuration sized is full.
pub const SWMGMT_ENOMEM: swmgmt_status_t = -3;
/// Called from inside a callback, or the state does not allow it now. Try later.
pub const SWMGMT_EBUSY: swmgmt_status_t = -4;
/// No such instance, or nothing more to tell.
pub const SWMGMT_ENOENT: swmgmt_status_t = -5;
/// It is there already.
pub const SWMGMT_EEXIST: swmgmt_status_t = -6;
/// Out of order: before swmgmt_boot(), or after it what belongs before.
pub const SWMGMT_EORDER: swmgmt_status_t = -7;
/// The number is not that of an operation in flight. Ignored.
pub const SWMGMT_ESTALE: swmgmt_status_t = -8;
/// A record was there but could not be read: broken, or of a newer version.
pub const SWMGMT_ERECORD: swmgmt_status_t = -9;
/// A part is not named in the configuration that something else in it needs.
pub const SWMGMT_EPART: swmgmt_status_t = -10;

/// Answer to a server's request. Above 0: the CoAP response code, to be sent as it
/// is. Below 0: a status; the caller made a mistake, or is inside a callback.
pub type swmgmt_answer_t = i32;
/// 2.01 Created
pub const SWMGMT_CREATED: swmgmt_answer_t = 0x41;
/// 2.02 Deleted
pub const SWMGMT_DELETED: swmgmt_answer_t = 0x42;
/// 2.04 Changed
pub const SWMGMT_CHANGED: swmgmt_answer_t = 0x44;
/// 2.05 Content
pub const SWMGMT_CONTENT: swmgmt_answer_t = 0x45;
/// 2.31 Continue
pub const SWMGMT_CONTINUE: swmgmt_answer_t = 0x5F;
/// 4.00 Bad Request
pub const SWMGMT_BAD_REQUEST: swmgmt_answer_t = 0x80;
/// 4.01 Unauthorized: never given by the library, there for adapters
pub const SWMGMT_UNAUTHORIZED: swmgmt_answer_t = 0x81;
/// 4.04 Not Found
pub const SWMGMT_NOT_FOUND: swmgmt_answer_t = 0x84;
/// 4.05 Method Not Allowed
pub const SWMGMT_NOT_ALLOWED: swmgmt_answer_t = 0x85;
/// 4.06 Not Acceptable
pub const SWMGMT_NOT_ACCEPTABLE: swmgmt_answer_t = 0x86;
/// 4.08 Request Entity Incomplete
pub const SWMGMT_INCOMPLETE: swmgmt_answer_t = 0x88;
/// 4.13 Request Entity Too Large
pub const SWMGMT_TOO_LARGE: swmgmt_answer_t = 0x8D;
/// 4.15 Unsupported Content-Format
pub const SWMGMT_UNSUPPORTED_FORMAT: swmgmt_answer_t = 0x8F;
/// 5.00 Internal Server Error
pub const SWMGMT_INTERNAL_ERROR: swmgmt_answer_t = 0xA0;

/// What the firmware says of an operation: done, pending, or failed with the
/// negative Update Result that describes it. Any number that is not listed here,
/// 0 included, is a failure of unknown cause (57), so that a verdict that nobody
/// set never blesses a package.
pub type swmgmt_verdict_t = i32;
/// It is done.
pub const SWMGMT_DONE: swmgmt_verdict_t = 1;
/// It goes on; swmgmt_done() will tell. From outcome(): it is still running.
pub const SWMGMT_PENDING: swmgmt_verdict_t = 2;
/// write() of a download only: not now, offer the same bytes again.
pub const SWMGMT_AGAIN: swmgmt_verdict_t = 3;
/// outcome() only: the operation never began; it is called again.
pub const SWMGMT_NOT_STARTED: swmgmt_verdict_t = 4;
/// outcome() only: nobody knows.
pub const SWMGMT_UNKNOWN: swmgmt_verdict_t = 5;
/// Not enough storage. A server that pushes is told 4.13.
pub const SWMGMT_FAILED_STORAGE: swmgmt_verdict_t = -50;
/// Out of memory.
pub const SWMGMT_FAILED_MEMORY: swmgmt_verdict_t = -51;
/// The connection was lost, after all retries.
pub const SWMGMT_FAILED_CONNECTION: swmgmt_verdict_t = -52;
/// The package is not what it should be.
pub const SWMGMT_FAILED_INTEGRITY: swmgmt_verdict_t = -53;
/// The package is of a kind that this device does not take.
pub const SWMGMT_FAILED_TYPE: swmgmt_verdict_t = -54;
/// The URI leads nowhere.
pub const SWMGMT_FAILED_URI: swmgmt_verdict_t = -56;
/// Anything else: a policy, an I/O error.
pub const SWMGMT_FAILED: swmgmt_verdict_t = -57;
/// The installation failed.
pub const SWMGMT_FAILED_INSTALL: swmgmt_verdict_t = -58;
/// The removal failed.
pub const SWMGMT_FAILED_UNINSTALL: swmgmt_verdict_t = -59;

/// For swmgmt_done(): after a failure, the software runs as before.
pub const SWMGMT_STILL_RUNS: u32 = 1;
/// For swmgmt_done(): a failed install has destroyed the software it was to update.
pub const SWMGMT_OLD_LOST: u32 = 2;
/// For swmgmt_done(): the device now supports other Objects than before.
pub const SWMGMT_OBJECTS_CHANGED: u32 = 4;

/// Operation kinds, in swmgmt_op_t and trace(): load one record.
pub const SWMGMT_OP_LOAD: u8 = 1;
/// Save one record.
pub const SWMGMT_OP_SAVE: u8 = 2;
/// Open the storage of a package.
pub const SWMGMT_OP_OPEN: u8 = 3;
/// Write to it.
pub const SWMGMT_OP_WRITE: u8 = 4;
/// Read it back.
pub const SWMGMT_OP_READ: u8 = 5;
/// Throw the package away.
pub const SWMGMT_OP_DISCARD: u8 = 6;
/// Start a download.
pub const SWMGMT_OP_FETCH: u8 = 7;
/// Verify a package.
pub const SWMGMT_OP_VERIFY: u8 = 8;
/// Install it.
pub const SWMGMT_OP_INSTALL: u8 = 9;
/// Remove the software.
pub const SWMGMT_OP_UNINSTALL: u8 = 10;
/// Make ready for an update of the software.
pub const SWMGMT_OP_PREPARE: u8 = 11;
/// Start the software.
pub const SWMGMT_OP_ACTIVATE: u8 = 12;
/// Stop it.
pub const SWMGMT_OP_DEACTIVATE: u8 = 13;
/// Ask what became of an operation over a reboot.
pub const SWMGMT_OP_OUTCOME: u8 = 14;
/// Stop an operation.
pub const SWMGMT_OP_CANCEL: u8 = 15;
/// Ask for names.
pub const SWMGMT_OP_ABOUT: u8 = 16;
/// Ask for a public key.
pub const SWMGMT_OP_KEY: u8 = 17;
/// Check a signature.
pub const SWMGMT_OP_SIGNATURE: u8 = 18;
/// Ask whether a package is for this device.
pub const SWMGMT_OP_FITS: u8 = 19;
/// Ask for the rollback counter.
pub const SWMGMT_OP_COUNTER: u8 = 20;
/// Raise the rollback counter.
pub const SWMGMT_OP_COMMIT: u8 = 21;

/// States of the machine, as swmgmt_state() tells them; in brackets what 9/x/7 shows.
/// Nothing here yet (0).
pub const SWMGMT_INITIAL: u8 = 0;
/// A server pushes a package (1).
pub const SWMGMT_RECEIVING: u8 = 1;
/// The device downloads a package (1).
pub const SWMGMT_FETCHING: u8 = 2;
/// The package is complete and being verified (2).
pub const SWMGMT_VERIFYING: u8 = 3;
/// The package is verified and can be installed (3).
pub const SWMGMT_DELIVERED: u8 = 4;
/// It is being installed (3).
pub const SWMGMT_INSTALLING: u8 = 5;
/// Installed, not running (4).
pub const SWMGMT_INACTIVE: u8 = 6;
/// Installed and running (4).
pub const SWMGMT_ACTIVE: u8 = 7;
/// Being started (4).
pub const SWMGMT_ACTIVATING: u8 = 8;
/// Being stopped (4).
pub const SWMGMT_DEACTIVATING: u8 = 9;
/// Being made ready for an update (4).
pub const SWMGMT_PREPARING: u8 = 10;
/// Being removed (4; 0 during an update).
pub const SWMGMT_UNINSTALLING: u8 = 11;
/// Waiting for the package that updates the software in place (0).
pub const SWMGMT_INITIAL_FOR_UPDATE: u8 = 12;

/// No value: an executable resource.
pub const SWMGMT_TYPE_NONE: u8 = 0;
/// UTF-8 text of at most 255 bytes. As input: any value in the form of text/plain.
pub const SWMGMT_TYPE_STRING: u8 = 1;
/// Bytes. As input: any value in the binary form of OMA TLV.
pub const SWMGMT_TYPE_OPAQUE: u8 = 2;
/// A number.
pub const SWMGMT_TYPE_INTEGER: u8 = 3;
/// 0 or 1.
pub const SWMGMT_TYPE_BOOLEAN: u8 = 4;
/// Object link: object id times 65536, plus the instance id.
pub const SWMGMT_TYPE_OBJLNK: u8 = 5;

/// Readable.
pub const SWMGMT_READ: u8 = 1;
/// Writable.
pub const SWMGMT_WRITE: u8 = 2;
/// Executable.
pub const SWMGMT_EXECUTE: u8 = 4;

/// An id that is not there: "any", "none" or "the whole".
pub const SWMGMT_NONE: u16 = 65535;

/// Policy: only a package in a container, or one whose SHA-256 was expected, or that
/// verify() accepted.
pub const SWMGMT_REQUIRE_DIGEST: u8 = 0;
/// Policy: a CRC-32 is enough. It finds accidents, not attackers.
pub const SWMGMT_ALLOW_CRC: u8 = 1;
/// Policy: every package that arrives whole. DELIVERED then shows result 0.
pub const SWMGMT_ALLOW_NONE: u8 = 2;
/// Policy: only a package in a container, signed with a key that key() or signature()
/// knows, whatever else was expected.
pub const SWMGMT_REQUIRE_SIGNATURE: u8 = 3;

/// Option: start the software as soon as it is installed.
pub const SWMGMT_AUTO_ACTIVATE: u32 = 1;
/// Option: in DELIVERED a new package or URI replaces the one that is there.
pub const SWMGMT_REPLACE_IN_DELIVERED: u32 = 2;
/// Option: DELIVERED shows result 0 instead of 3, as older clients do.
pub const SWMGMT_RESULT_IN_DELIVERED_0: u32 = 4;
/// Option: an empty write to 2 or 3 cancels a download, as in Object 5.
pub const SWMGMT_EMPTY_WRITE_CANCELS: u32 = 8;
/// Option: servers may create instances of Object 9.
pub const SWMGMT_SERVER_MAY_CREATE: u32 = 16;
/// Option: servers may delete them.
pub const SWMGMT_SERVER_MAY_DELETE: u32 = 32;
/// Option: an update may be of a lower version than the software it updates. Its security
/// counter may still not be lower.
pub const SWMGMT_ALLOW_OLDER: u32 = 64;

/// swmgmt_config_t::max_install_attempts: no limit.
pub const SWMGMT_UNLIMITED: u8 = 255;

/// swmgmt_expect(): nothing but the length.
pub const SWMGMT_NO_DIGEST: u8 = 0;
/// swmgmt_expect(): CRC-32 (ISO-HDLC), four bytes, most significant first.
pub const SWMGMT_CRC32: u8 = 1;
/// swmgmt_expect(): SHA-256, 32 bytes.
pub const SWMGMT_SHA256: u8 = 2;

/// swmgmt_signature_t::algorithm: Ed25519 (RFC 8032), over the 32 bytes of the digest.
pub const SWMGMT_ED25519: u8 = 1;
/// swmgmt_signature_t::algorithm: ECDSA on P-256, with the digest as the hash.
pub const SWMGMT_ECDSA_P256: u8 = 2;

/// hash(): a digest begins; one that was under way is dropped.
pub const SWMGMT_HASH_START: u8 = 1;
/// hash(): its next bytes.
pub const SWMGMT_HASH_UPDATE: u8 = 2;
/// hash(): its end.
pub const SWMGMT_HASH_FINISH: u8 = 3;

/// fits(): the vendor that a package is for: a UUID, 16 bytes.
pub const SWMGMT_FITS_VENDOR: u8 = 1;
/// fits(): the class of devices that it is for: a UUID, 16 bytes.
pub const SWMGMT_FITS_CLASS: u8 = 2;
/// fits(): the one device that it is for: 1 ... 32 bytes.
pub const SWMGMT_FITS_DEVICE: u8 = 3;
/// fits(): what it depends on, as MCUboot has it; 12 bytes for each image: its number (1),
/// zeros (3), and the lowest version: major (1), minor (1), revision (2), build (4).
pub const SWMGMT_FITS_DEPENDENCIES: u8 = 4;

/// swmgmt_add(): the slot is empty.
pub const SWMGMT_EMPTY: u8 = 0;
/// swmgmt_add(): software was installed in the factory, and does not run.
pub const SWMGMT_INSTALLED: u8 = 1;
/// swmgmt_add(): software was installed in the factory, and runs.
pub const SWMGMT_RUNNING: u8 = 2;

/// swmgmt_change_t::kind: the resource has a new value.
pub const SWMGMT_CHANGE_VALUE: u8 = 1;
/// swmgmt_change_t::kind: an instance of Object 9 or 14 has appeared. Those that
/// servers create or delete are known from the answer, and are not told here.
pub const SWMGMT_CHANGE_APPEARED: u8 = 2;
/// swmgmt_change_t::kind: an instance of Object 9 or 14 has gone.
pub const SWMGMT_CHANGE_VANISHED: u8 = 3;
/// swmgmt_change_t::kind: servers must learn the new list of Objects and instances;
/// value.number 1: at once, by a Registration Update; 0: with the next periodic one.
pub const SWMGMT_CHANGE_REGISTER: u8 = 4;

// The core has the same numbers; the header needs them as literals.
const _: () = {
    assert!(SWMGMT_OP_LOAD == Kind::Load as u8);
    assert!(SWMGMT_OP_SAVE == Kind::Save as u8);
    assert!(SWMGMT_OP_OPEN == Kind::Open as u8);
    assert!(SWMGMT_OP_WRITE == Kind::Write as u8);
    assert!(SWMGMT_OP_READ == Kind::Read as u8);
    assert!(SWMGMT_OP_DISCARD == Kind::Discard as u8);
    assert!(SWMGMT_OP_FETCH == Kind::Fetch as u8);
    assert!(SWMGMT_OP_VERIFY == Kind::Verify as u8);
    assert!(SWMGMT_OP_INSTALL == Kind::Install as u8);
    assert!(SWMGMT_OP_UNINSTALL == Kind::Uninstall as u8);
    assert!(SWMGMT_OP_PREPARE == Kind::Prepare as u8);
    assert!(SWMGMT_OP_ACTIVATE == Kind::Activate as u8);
    assert!(SWMGMT_OP_DEACTIVATE == Kind::Deactivate as u8);
    assert!(SWMGMT_OP_OUTCOME == Kind::Outcome as u8);
    assert!(SWMGMT_OP_CANCEL == Kind::Cancel as u8);
    assert!(SWMGMT_OP_ABOUT == Kind::About as u8);
    assert!(SWMGMT_OP_KEY == Kind::Key as u8);
    assert!(SWMGMT_OP_SIGNATURE == Kind::Signature as u8);
    assert!(SWMGMT_OP_FITS == Kind::Fits as u8);
    assert!(SWMGMT_OP_COUNTER == Kind::Counter as u8);
    assert!(SWMGMT_OP_COMMIT == Kind::Commit as u8);
    assert!(SWMGMT_INITIAL == State::Initial as u8);
    assert!(SWMGMT_RECEIVING == State::Receiving as u8);
    assert!(SWMGMT_FETCHING == State::Fetching as u8);
    assert!(SWMGMT_VERIFYING == State::Verifying as u8);
    assert!(SWMGMT_DELIVERED == State::Delivered as u8);
    assert!(SWMGMT_INSTALLING == State::Installing as u8);
    assert!(SWMGMT_INACTIVE == State::Inactive as u8);
    assert!(SWMGMT_ACTIVE == State::Active as u8);
    assert!(SWMGMT_ACTIVATING == State::Activating as u8);
    assert!(SWMGMT_DEACTIVATING == State::Deactivating as u8);
    assert!(SWMGMT_PREPARING == State::Preparing as u8);
    assert!(SWMGMT_UNINSTALLING == State::Uninstalling as u8);
    assert!(SWMGMT_TYPE_NONE == Type::None as u8);
    assert!(SWMGMT_TYPE_STRING == Type::String as u8);
    assert!(SWMGMT_TYPE_OPAQUE == Type::Opaque as u8);
    assert!(SWMGMT_TYPE_INTEGER == Type::Integer as u8);
    assert!(SWMGMT_TYPE_BOOLEAN == Type::Boolean as u8);
    assert!(SWMGMT_TYPE_OBJLNK == Type::Objlnk as u8);
    assert!(SWMGMT_REQUIRE_DIGEST == c::POLICY_DIGEST);
    assert!(SWMGMT_ALLOW_CRC == c::POLICY_CRC);
    assert!(SWMGMT_ALLOW_NONE == c::POLICY_NONE);
    assert!(SWMGMT_REQUIRE_SIGNATURE == c::POLICY_SIGNATURE);
    assert!(SWMGMT_AUTO_ACTIVATE == c::AUTO_ACTIVATE);
    assert!(SWMGMT_REPLACE_IN_DELIVERED == c::REPLACE_IN_DELIVERED);
    assert!(SWMGMT_RESULT_IN_DELIVERED_0 == c::RESULT_IN_DELIVERED_0);
    assert!(SWMGMT_EMPTY_WRITE_CANCELS == c::EMPTY_WRITE_CANCELS);
    assert!(SWMGMT_SERVER_MAY_CREATE == c::SERVER_MAY_CREATE);
    assert!(SWMGMT_SERVER_MAY_DELETE == c::SERVER_MAY_DELETE);
    assert!(SWMGMT_ALLOW_OLDER == c::ALLOW_OLDER);
    assert!(SWMGMT_UNLIMITED == c::UNLIMITED);
    assert!(SWMGMT_CRC32 == crate::verify::CRC32);
    assert!(SWMGMT_SHA256 == crate::verify::SHA256);
    assert!(SWMGMT_ED25519 == crate::verify::container::ED25519);
    assert!(SWMGMT_ECDSA_P256 == crate::verify::container::ECDSA_P256);
    assert!(SWMGMT_CHANGE_VALUE == crate::core::changes::VALUE);
    assert!(SWMGMT_CHANGE_APPEARED == crate::core::changes::APPEARED);
    assert!(SWMGMT_CHANGE_VANISHED == crate::core::changes::VANISHED);
    assert!(SWMGMT_CHANGE_REGISTER == crate::core::changes::REGISTER);
};
