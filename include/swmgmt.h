/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* swmgmt: OMA LwM2M Object 9 (Software Management) and Object 14 (Software
 * Component) for devices. Made from src/ffi by cbindgen; do not edit.
 *
 *   init -> add -> boot -> loop { requests, completions, poll, changes }
 *
 * - The caller owns all memory. There is no heap, no thread, no clock, no I/O here.
 * - One context belongs to one thread at a time. Nothing is for ISRs.
 * - A negative number is the caller's own mistake; a positive answer is a CoAP code.
 * - A refused call changes nothing; an out-parameter is written on success only.
 * - Reserved fields are 0. Clauses like 9/x/7 are Object/instance/resource.
 */
#ifndef SWMGMT_H
#define SWMGMT_H

#include <stddef.h>
#include <stdint.h>

/* For swmgmt_config_t::resources: offer optional resource n of Object 9. */
#define SWMGMT_OFFER(n) (UINT32_C(1) << (n))

/* How many uint64_t the memory of a configuration needs at most; its arguments are the
 * fields of swmgmt_config_t. swmgmt_memory() tells the exact number of bytes. */
#define SWMGMT_MEMORY_WORDS(resources, instances, components, transfers, text, arguments, \
                            credentials, work)                                            \
    ((344u + (instances) * (117u + 2u * (text) + (arguments) + 2u * (credentials)) +      \
      (transfers) * (184u + SWMGMT_URI_BYTES(resources)) + (components) * 8u +            \
      SWMGMT_MORE(work, 112u + 2u * (text) + SWMGMT_URI_BYTES(resources) +                \
                            4u * (components)) + 47u) / 8u)
/* How many more it needs where parts are containers or keep names. */
#define SWMGMT_CONTAINER_WORDS(instances, components, transfers, text, head)              \
    (((instances) * (3u + 2u * (text)) + (components) * (4u + 4u * (text)) +              \
      (transfers) * (168u + ((head) ? (head) : 512u)) + 2u * (text) + 18u) / 8u)
#define SWMGMT_URI_BYTES(resources) (((resources) & SWMGMT_OFFER(3)) ? 256u : 0u)
#define SWMGMT_MORE(a, b) ((a) > (b) ? (a) : (b))




/// ABI counter of this header. swmgmt_init() compares it with the archive's.
#define SWMGMT_ABI 1

/// For swmgmt_done(): after a failure, the software runs as before.
#define SWMGMT_STILL_RUNS 1

/// For swmgmt_done(): a failed install has destroyed the software it was to update.
#define SWMGMT_OLD_LOST 2

/// For swmgmt_done(): the device now supports other Objects than before.
#define SWMGMT_OBJECTS_CHANGED 4

/// Operation kinds, in swmgmt_op_t and trace(): load one record.
#define SWMGMT_OP_LOAD 1

/// Save one record.
#define SWMGMT_OP_SAVE 2

/// Open the storage of a package.
#define SWMGMT_OP_OPEN 3

/// Write to it.
#define SWMGMT_OP_WRITE 4

/// Read it back.
#define SWMGMT_OP_READ 5

/// Throw the package away.
#define SWMGMT_OP_DISCARD 6

/// Start a download.
#define SWMGMT_OP_FETCH 7

/// Verify a package.
#define SWMGMT_OP_VERIFY 8

/// Install it.
#define SWMGMT_OP_INSTALL 9

/// Remove the software.
#define SWMGMT_OP_UNINSTALL 10

/// Make ready for an update of the software.
#define SWMGMT_OP_PREPARE 11

/// Start the software.
#define SWMGMT_OP_ACTIVATE 12

/// Stop it.
#define SWMGMT_OP_DEACTIVATE 13

/// Ask what became of an operation over a reboot.
#define SWMGMT_OP_OUTCOME 14

/// Stop an operation.
#define SWMGMT_OP_CANCEL 15

/// Ask for names.
#define SWMGMT_OP_ABOUT 16

/// Ask for a public key.
#define SWMGMT_OP_KEY 17

/// Check a signature.
#define SWMGMT_OP_SIGNATURE 18

/// Ask whether a package is for this device.
#define SWMGMT_OP_FITS 19

/// Ask for the rollback counter.
#define SWMGMT_OP_COUNTER 20

/// Raise the rollback counter.
#define SWMGMT_OP_COMMIT 21

/// States of the machine, as swmgmt_state() tells them; in brackets what 9/x/7 shows.
/// Nothing here yet (0).
#define SWMGMT_INITIAL 0

/// A server pushes a package (1).
#define SWMGMT_RECEIVING 1

/// The device downloads a package (1).
#define SWMGMT_FETCHING 2

/// The package is complete and being verified (2).
#define SWMGMT_VERIFYING 3

/// The package is verified and can be installed (3).
#define SWMGMT_DELIVERED 4

/// It is being installed (3).
#define SWMGMT_INSTALLING 5

/// Installed, not running (4).
#define SWMGMT_INACTIVE 6

/// Installed and running (4).
#define SWMGMT_ACTIVE 7

/// Being started (4).
#define SWMGMT_ACTIVATING 8

/// Being stopped (4).
#define SWMGMT_DEACTIVATING 9

/// Being made ready for an update (4).
#define SWMGMT_PREPARING 10

/// Being removed (4; 0 during an update).
#define SWMGMT_UNINSTALLING 11

/// Waiting for the package that updates the software in place (0).
#define SWMGMT_INITIAL_FOR_UPDATE 12

/// No value: an executable resource.
#define SWMGMT_TYPE_NONE 0

/// UTF-8 text of at most 255 bytes. As input: any value in the form of text/plain.
#define SWMGMT_TYPE_STRING 1

/// Bytes. As input: any value in the binary form of OMA TLV.
#define SWMGMT_TYPE_OPAQUE 2

/// A number.
#define SWMGMT_TYPE_INTEGER 3

/// 0 or 1.
#define SWMGMT_TYPE_BOOLEAN 4

/// Object link: object id times 65536, plus the instance id.
#define SWMGMT_TYPE_OBJLNK 5

/// Readable.
#define SWMGMT_READ 1

/// Writable.
#define SWMGMT_WRITE 2

/// Executable.
#define SWMGMT_EXECUTE 4

/// An id that is not there: "any", "none" or "the whole".
#define SWMGMT_NONE 65535

/// Policy: only a package in a container, or one whose SHA-256 was expected, or that
/// verify() accepted.
#define SWMGMT_REQUIRE_DIGEST 0

/// Policy: a CRC-32 is enough. It finds accidents, not attackers.
#define SWMGMT_ALLOW_CRC 1

/// Policy: every package that arrives whole. DELIVERED then shows result 0.
#define SWMGMT_ALLOW_NONE 2

/// Policy: only a package in a container, signed with a key that key() or signature()
/// knows, whatever else was expected.
#define SWMGMT_REQUIRE_SIGNATURE 3

/// Option: start the software as soon as it is installed.
#define SWMGMT_AUTO_ACTIVATE 1

/// Option: in DELIVERED a new package or URI replaces the one that is there.
#define SWMGMT_REPLACE_IN_DELIVERED 2

/// Option: DELIVERED shows result 0 instead of 3, as older clients do.
#define SWMGMT_RESULT_IN_DELIVERED_0 4

/// Option: an empty write to 2 or 3 cancels a download, as in Object 5.
#define SWMGMT_EMPTY_WRITE_CANCELS 8

/// Option: servers may create instances of Object 9.
#define SWMGMT_SERVER_MAY_CREATE 16

/// Option: servers may delete them.
#define SWMGMT_SERVER_MAY_DELETE 32

/// Option: an update may be of a lower version than the software it updates. Its security
/// counter may still not be lower.
#define SWMGMT_ALLOW_OLDER 64

/// swmgmt_config_t::max_install_attempts: no limit.
#define SWMGMT_UNLIMITED 255

/// swmgmt_expect(): nothing but the length.
#define SWMGMT_NO_DIGEST 0

/// swmgmt_expect(): CRC-32 (ISO-HDLC), four bytes, most significant first.
#define SWMGMT_CRC32 1

/// swmgmt_expect(): SHA-256, 32 bytes.
#define SWMGMT_SHA256 2

/// swmgmt_signature_t::algorithm: Ed25519 (RFC 8032), over the 32 bytes of the digest.
#define SWMGMT_ED25519 1

/// swmgmt_signature_t::algorithm: ECDSA on P-256, with the digest as the hash.
#define SWMGMT_ECDSA_P256 2

/// hash(): a digest begins; one that was under way is dropped.
#define SWMGMT_HASH_START 1

/// hash(): its next bytes.
#define SWMGMT_HASH_UPDATE 2

/// hash(): its end.
#define SWMGMT_HASH_FINISH 3

/// fits(): the vendor that a package is for: a UUID, 16 bytes.
#define SWMGMT_FITS_VENDOR 1

/// fits(): the class of devices that it is for: a UUID, 16 bytes.
#define SWMGMT_FITS_CLASS 2

/// fits(): the one device that it is for: 1 ... 32 bytes.
#define SWMGMT_FITS_DEVICE 3

/// fits(): what it depends on, as MCUboot has it; 12 bytes for each image: its number (1),
/// zeros (3), and the lowest version: major (1), minor (1), revision (2), build (4).
#define SWMGMT_FITS_DEPENDENCIES 4

/// swmgmt_add(): the slot is empty.
#define SWMGMT_EMPTY 0

/// swmgmt_add(): software was installed in the factory, and does not run.
#define SWMGMT_INSTALLED 1

/// swmgmt_add(): software was installed in the factory, and runs.
#define SWMGMT_RUNNING 2

/// swmgmt_change_t::kind: the resource has a new value.
#define SWMGMT_CHANGE_VALUE 1

/// swmgmt_change_t::kind: an instance of Object 9 or 14 has appeared. Those that
/// servers create or delete are known from the answer, and are not told here.
#define SWMGMT_CHANGE_APPEARED 2

/// swmgmt_change_t::kind: an instance of Object 9 or 14 has gone.
#define SWMGMT_CHANGE_VANISHED 3

/// swmgmt_change_t::kind: servers must learn the new list of Objects and instances;
/// value.number 1: at once, by a Registration Update; 0: with the next periodic one.
#define SWMGMT_CHANGE_REGISTER 4

/// How many resources one Write or Create may carry.
#define SWMGMT_MAX_ITEMS 8

/// swmgmt_request_t::method: Read, or Discover.
#define SWMGMT_GET 1

/// Execute, Create, or Write to an instance.
#define SWMGMT_POST 2

/// Write.
#define SWMGMT_PUT 3

/// Delete.
#define SWMGMT_DELETE 4

/// A part of the library. What no configuration names is not linked.
typedef struct swmgmt_part_t swmgmt_part_t;

/// One device's software management: opaque, at the start of the caller's memory.
typedef struct swmgmt_t swmgmt_t;

/// What a call of the firmware's own came to: ::SWMGMT_OK, or a negative number
/// that names the caller's mistake. A refused call has changed nothing.
typedef int32_t swmgmt_status_t;

/// One component of a package, docs/package.md.
typedef struct {
    /// Its identity, UTF-8; need not end in NUL. A piece of the head.
    const char *name;
    /// Its version, likewise.
    const char *version;
    /// Where its bytes begin, from the start of the package.
    uint32_t offset;
    /// How many there are.
    uint32_t length;
    /// Bytes of the name, 1 ... 255.
    uint16_t name_length;
    /// Bytes of the version, 0 ... 255.
    uint16_t version_length;
    /// What the product says that it is.
    uint16_t kind;
    /// 0
    uint16_t reserved;
} swmgmt_component_t;

/// What the firmware decides once. It is kept, not copied: make it `static const`.
/// A field that is left out is 0 and means what its line says.
typedef struct {
    /// `sizeof(swmgmt_config_t)`, so that later releases can add fields.
    uint32_t size;
    /// The optional resources of Object 9 to offer: a sum of SWMGMT_OFFER(n), with
    /// n one of 2, 3, 5, 8, 13 ... 18; at least one of 2 and 3. The mandatory ones
    /// are always there. 3 needs fetch() and the part ::swmgmt_download.
    uint32_t resources;
    /// A sum of options, SWMGMT_AUTO_ACTIVATE and so on. 0: none.
    uint32_t options;
    /// A push that has brought nothing for so many milliseconds has failed (52).
    /// 0: 300000.
    uint32_t push_timeout_ms;
    /// How many bytes of a download may have to be fetched again after a power cut:
    /// its progress is saved each time so many have arrived. 0: 65536.
    uint32_t checkpoint;
    /// The parts to link: an array of `part_count` pointers, kept.
    const swmgmt_part_t *const *parts;
    /// 0 ... 32.
    uint16_t part_count;
    /// Room for instances of Object 9, 1 ... 255.
    uint16_t instances;
    /// Room for instances of Object 14, 0 ... 255; above 0 the part
    /// ::swmgmt_components must be named, too. While a package updates software, the
    /// components of both count.
    uint16_t components;
    /// How many packages may be on their way at the same time, 1 ... 255.
    uint16_t transfers;
    /// Bytes kept of each name and of each version, 0 ... 255. 0: versions of packages are
    /// not compared, and one that needs a lowest version is refused.
    uint16_t text;
    /// Bytes kept of Install's arguments, 0 ... 255; longer ones are refused.
    /// 0: arguments are dropped.
    uint16_t arguments;
    /// Bytes kept of User Name and of Password, 0 ... 255; longer ones are refused.
    uint16_t credentials;
    /// Bytes of the work buffer, through which packages are read back and records
    /// are written. Less than a record needs is raised to that.
    uint16_t work;
    /// Bytes kept of the head of each package on its way; one that needs more is refused
    /// (51). For ::swmgmt_package 206 and its texts if there is one signed component, 42
    /// and its texts for each further one; for ::swmgmt_mcuboot 200, and 12 for each
    /// dependency. 0: 512.
    uint16_t head;
    /// SWMGMT_REQUIRE_DIGEST (0), SWMGMT_ALLOW_CRC, SWMGMT_ALLOW_NONE or
    /// SWMGMT_REQUIRE_SIGNATURE.
    uint8_t policy;
    /// After so many failed installs of one package Install is refused until the
    /// package is discarded or replaced. 0: 3; SWMGMT_UNLIMITED: never.
    uint8_t max_install_attempts;
    /// 0
    uint8_t reserved[4];
} swmgmt_config_t;

/// What the firmware says of an operation: done, pending, or failed with the
/// negative Update Result that describes it. Any number that is not listed here,
/// 0 included, is a failure of unknown cause (57), so that a verdict that nobody
/// set never blesses a package.
typedef int32_t swmgmt_verdict_t;

/// One operation that the library asks of the firmware.
typedef struct {
    /// Quoted by swmgmt_done() and swmgmt_fetched(). Never 0, and never used for
    /// another operation, also not after a reboot. write() carries the number of the
    /// open() it belongs to, read() that of the verification.
    uint32_t number;
    /// Instance of Object 9.
    uint16_t instance;
    /// For activate and deactivate of one component: its place in the package, 0 for
    /// the first. ::SWMGMT_NONE: the whole software.
    uint16_t component;
    /// SWMGMT_OP_OPEN and so on. For outcome() and cancel(): what was begun.
    uint8_t kind;
    /// 1 if the software is active: uninstall and prepare stop it themselves.
    uint8_t active;
    /// 1 if the package is to update software that is in place.
    uint8_t for_update;
    /// 0
    uint8_t reserved;
} swmgmt_op_t;

/// Name and version, of a package or of one of its components.
typedef struct {
    /// Name or identity, UTF-8; need not end in NUL. NULL: none. It belongs to the
    /// firmware and is only read before the next call of any callback.
    const char *name;
    /// Version, likewise.
    const char *version;
    /// Bytes of the name, 0 ... 255.
    uint16_t name_length;
    /// Bytes of the version, 0 ... 255.
    uint16_t version_length;
    /// 1: this component is active. Asked for software installed in the factory only.
    uint8_t active;
    /// 0
    uint8_t reserved[3];
} swmgmt_about_t;

/// What to download. All of it may be read until fetch() returns.
typedef struct {
    /// The Package URI, 1 ... 255 bytes, ending in NUL.
    const char *uri;
    /// User Name and Password that the server wrote, or NULL. Not NUL-terminated.
    const uint8_t *user_name;
    /// Password, or NULL.
    const uint8_t *password;
    /// The ETag that came with the bytes stored so far, or NULL.
    const uint8_t *etag;
    /// Where to go on. Content that has changed since must be delivered from 0.
    uint32_t offset;
    /// Bytes of the user name.
    uint16_t user_name_length;
    /// Bytes of the password.
    uint16_t password_length;
    /// Bytes of the ETag, 0 ... 8.
    uint8_t etag_length;
    /// 0
    uint8_t reserved[3];
} swmgmt_fetch_t;

/// What a package says about who has signed it. Read during the call only.
typedef struct {
    /// Key id, 32 bytes: SHA-256 of the public key as DER SubjectPublicKeyInfo (MCUboot's
    /// key hash).
    const uint8_t *key;
    /// SHA-256 of what is signed, 32 bytes.
    const uint8_t *digest;
    /// Of P-256 an ECDSA-Sig-Value in DER, of Ed25519 64 bytes.
    const uint8_t *signature;
    /// Bytes of the signature.
    uint32_t length;
    /// SWMGMT_ED25519 or SWMGMT_ECDSA_P256; it must be the key's own.
    uint8_t algorithm;
    /// 0
    uint8_t reserved[3];
} swmgmt_signature_t;

/// The firmware's callbacks. The table is kept, not copied: make it `static const`.
/// A callback may be NULL unless its line says *must*. They run on the caller's
/// stack, inside the call of the library that needs them, never from an ISR. A callback
/// returns or resets the device; no longjmp() and no C++ exception may leave it.
///
/// A callback may read (swmgmt_read(), swmgmt_state(), swmgmt_next()) and may
/// complete its own operation (swmgmt_done()); every other call answers
/// ::SWMGMT_EBUSY until it has returned.
typedef struct {
    /// `sizeof(swmgmt_host_t)`, so that later releases can add callbacks.
    uint32_t size;
    /// 0
    uint32_t reserved;
    /// Handed to every callback as it is.
    void *user;
    /// Open the storage of a package for writing at `offset`, and truncate it to that.
    /// `total` is the size the sender declares, 0 if it does not. *Must.* For a
    /// download it may be ::SWMGMT_PENDING. At boot it is asked whether the bytes up
    /// to `offset` are still there; a failure means that they are not.
    swmgmt_verdict_t (*open)(void *user,
                             const swmgmt_op_t *op,
                             uint32_t offset,
                             uint32_t total);
    /// Write the next bytes. *Must.* Never pending; during a download it may answer
    /// ::SWMGMT_AGAIN. `data` is valid until it returns.
    swmgmt_verdict_t (*write)(void *user,
                              const swmgmt_op_t *op,
                              uint32_t offset,
                              const uint8_t *data,
                              size_t length);
    /// Read the package back. Never pending. With it a package is verified as it was
    /// stored, and verification and downloads survive a reboot.
    swmgmt_verdict_t (*read)(void *user,
                             const swmgmt_op_t *op,
                             uint32_t offset,
                             uint8_t *data,
                             size_t length);
    /// Throw the package away. May be pending; meanwhile packages are refused (5.00).
    /// A failure changes nothing: the next open truncates.
    swmgmt_verdict_t (*discard)(void *user, const swmgmt_op_t *op);
    /// Verify the whole package of `length` bytes, besides what its container and
    /// swmgmt_expect() ask for. May be pending. From swmgmt_poll(). A failure is told as 9/x/9.
    swmgmt_verdict_t (*verify)(void *user, const swmgmt_op_t *op, uint32_t length);
    /// Install the package. *Must.* May be pending, also over a reboot. From
    /// swmgmt_poll(). `arguments` are Install's, not NUL-terminated. A failure is 58,
    /// or 57 for ::SWMGMT_FAILED; the package stays.
    swmgmt_verdict_t (*install)(void *user,
                                const swmgmt_op_t *op,
                                const char *arguments,
                                size_t length);
    /// Stop and remove the software. May be pending. Inside the request. NULL: nothing
    /// to do. A failure is 59.
    swmgmt_verdict_t (*uninstall)(void *user, const swmgmt_op_t *op);
    /// Stop the software and make ready for the package that updates it. Else like
    /// uninstall.
    swmgmt_verdict_t (*prepare)(void *user, const swmgmt_op_t *op);
    /// Start the software, or one component. May be pending. Inside the request. NULL:
    /// nothing to do. A failure is told by 5.00 alone.
    swmgmt_verdict_t (*activate)(void *user, const swmgmt_op_t *op);
    /// Stop the software, or one component. Else like activate.
    swmgmt_verdict_t (*deactivate)(void *user, const swmgmt_op_t *op);
    /// At boot: what became of the operation that was in flight? Done, failed, still
    /// running (::SWMGMT_PENDING), ::SWMGMT_NOT_STARTED or ::SWMGMT_UNKNOWN.
    swmgmt_verdict_t (*outcome)(void *user, const swmgmt_op_t *op);
    /// Stop a download, an opening or a verification. When it returns, the firmware
    /// touches that storage no more. NULL: while a verification is pending, Uninstall
    /// and Delete are refused (4.05).
    void (*cancel)(void *user, const swmgmt_op_t *op);
    /// Name and version. `component` ::SWMGMT_NONE: of the software in the slot, or the
    /// slot's defaults when it is empty; a server like ThingsBoard ignores a device
    /// whose name and version are empty. 0, 1, ...: of the components, until
    /// ::SWMGMT_ENOENT. `package` 1: of the package that is being verified, instead.
    /// What a package's container says of it is not asked for.
    swmgmt_status_t (*about)(void *user,
                             uint16_t instance,
                             uint16_t component,
                             uint8_t package,
                             swmgmt_about_t *about);
    /// Load the record of `key` (0 ... swmgmt_config_t::instances) into `data` of
    /// `room` bytes, and its length into `length`: 0 if there is none. Answers
    /// ::SWMGMT_DONE or a failure. Needs the part ::swmgmt_record. NULL, with save:
    /// nothing survives a reboot.
    swmgmt_verdict_t (*load)(void *user,
                             uint16_t key,
                             uint8_t *data,
                             size_t room,
                             size_t *length);
    /// Save the record of `key`, atomically: after a power cut the old one or the new
    /// one is loaded, never a mixture.
    swmgmt_verdict_t (*save)(void *user, uint16_t key, const uint8_t *data, size_t length);
    /// Start a download; swmgmt_fetched() brings its bytes and swmgmt_done() its
    /// failure. Answers ::SWMGMT_PENDING, or a failure. From swmgmt_poll(). Needs the
    /// part ::swmgmt_download.
    swmgmt_verdict_t (*fetch)(void *user,
                              const swmgmt_op_t *op,
                              const swmgmt_fetch_t *what);
    /// The URI schemes that fetch() takes, lower case: "http,https,file".
    const char *schemes;
    /// SHA-256 by the firmware's own means, for the part ::swmgmt_sha256_host. `slot` is
    /// 0 ... 2 * swmgmt_config_t::transfers - 1, each a digest of its own. `step` is
    /// SWMGMT_HASH_START and so on; `data` comes with SWMGMT_HASH_UPDATE, and with
    /// SWMGMT_HASH_FINISH `digest` takes 32 bytes. A failure makes the digest a wrong one
    /// (53). It must not call the library.
    swmgmt_verdict_t (*hash)(void *user,
                             uint16_t slot,
                             uint8_t step,
                             const uint8_t *data,
                             size_t length,
                             uint8_t *digest);
    /// The Ed25519 public key of this id (see swmgmt_signature_t) into `key`, 32 bytes;
    /// for the part ::swmgmt_ed25519. ::SWMGMT_UNKNOWN if it is not trusted (53:key),
    /// ::SWMGMT_FAILED if it is no longer (57:revoked), ::SWMGMT_FAILED_TYPE if it is
    /// another kind of key (54).
    swmgmt_verdict_t (*key)(void *user, uint16_t instance, const uint8_t *id, uint8_t *key);
    /// Check a signature that ::swmgmt_ed25519 does not: ::SWMGMT_DONE if it is one by a
    /// key that is trusted; ::SWMGMT_FAILED_INTEGRITY if not; for a key that is not, as
    /// key() says. Never pending; inside a Write, too, before the first byte is stored. `op`
    /// has a number of its own.
    swmgmt_verdict_t (*signature)(void *user,
                                  const swmgmt_op_t *op,
                                  const swmgmt_signature_t *claim);
    /// Whether a package that is meant for some devices only may come to this one. `what`
    /// is SWMGMT_FITS_VENDOR and so on, and `data` what the package asks for.
    /// ::SWMGMT_DONE: it fits. NULL: none does (54:vendor, 54:class, 54:device,
    /// 57:dependency).
    swmgmt_verdict_t (*fits)(void *user,
                             uint16_t instance,
                             uint8_t what,
                             const uint8_t *data,
                             size_t length);
    /// The security counter that a package must have at least (else 57:rollback), besides
    /// the highest that this instance has had installed, which its record knows. For a
    /// counter that no server can reset, by deleting the instance. Asked while a package is
    /// judged, not when it is installed. Answers ::SWMGMT_DONE, or a failure. NULL, with
    /// commit: 0.
    swmgmt_verdict_t (*counter)(void *user, uint16_t instance, uint32_t *value);
    /// Raise that counter to this value, unless it is there or higher: a package with it
    /// has been installed. Called again at each boot, and after a failure.
    swmgmt_verdict_t (*commit)(void *user, uint16_t instance, uint32_t value);
    /// Every operation and its verdict, for logging. `kind` is SWMGMT_OP_....
    void (*trace)(void *user,
                  uint16_t instance,
                  uint8_t kind,
                  uint32_t number,
                  swmgmt_verdict_t verdict);
} swmgmt_host_t;

/// A run of a package's bytes, pushed by a server or fetched by the firmware.
typedef struct {
    /// The bytes; read during the call only. NULL if there are none.
    const uint8_t *data;
    /// swmgmt_fetched() only: the content's ETag, or NULL. Copied.
    const uint8_t *etag;
    /// How many bytes.
    uint32_t length;
    /// Where they belong.
    uint32_t offset;
    /// The whole size as far as the sender tells (Size1, Size2); 0: it does not.
    uint32_t total;
    /// 1: the package ends here.
    uint8_t last;
    /// 0 ... 8
    uint8_t etag_length;
    /// 0
    uint8_t reserved[2];
} swmgmt_chunk_t;

/// Answer to a server's request. Above 0: the CoAP response code, to be sent as it
/// is. Below 0: a status; the caller made a mistake, or is inside a callback.
typedef int32_t swmgmt_answer_t;

/// Path of an Object, an instance, a resource, or a resource instance;
/// ::SWMGMT_NONE where it ends.
typedef struct {
    /// 9 or 14.
    uint16_t object;
    /// Its instance.
    uint16_t instance;
    /// Its resource.
    uint16_t resource;
    /// One value of resource 17.
    uint16_t index;
} swmgmt_path_t;

/// One value, either way.
typedef struct {
    /// String and opaque: the bytes, without NUL. From the library they are valid
    /// until its next call.
    const uint8_t *bytes;
    /// How many.
    uint32_t length;
    /// Integer, boolean (0, 1) and object link.
    uint32_t number;
    /// SWMGMT_TYPE_STRING and so on.
    uint8_t kind;
    /// 0
    uint8_t reserved[3];
} swmgmt_value_t;

/// One resource of a Write to an instance, or of a Create.
typedef struct {
    /// Its value.
    swmgmt_value_t value;
    /// Its id.
    uint16_t resource;
    /// 0
    uint16_t reserved[3];
} swmgmt_item_t;

/// What Objects 9 and 14 say of a resource, in the order of the registered XML.
typedef struct {
    /// Its id.
    uint16_t id;
    /// SWMGMT_TYPE_STRING and so on.
    uint8_t kind;
    /// A sum of SWMGMT_READ, SWMGMT_WRITE and SWMGMT_EXECUTE.
    uint8_t operations;
    /// 1: every instance has it.
    uint8_t mandatory;
    /// 1: it has resource instances.
    uint8_t multiple;
    /// The largest number, or the most bytes of a string; 0: no limit is given.
    uint16_t maximum;
} swmgmt_resource_t;

/// One change that servers may want to see.
typedef struct {
    /// Where. All ::SWMGMT_NONE for SWMGMT_CHANGE_REGISTER.
    swmgmt_path_t path;
    /// The new value; SWMGMT_TYPE_NONE where it is to be read (17) or there is none.
    swmgmt_value_t value;
    /// SWMGMT_CHANGE_VALUE and so on.
    uint8_t kind;
    /// 0
    uint8_t reserved[7];
} swmgmt_change_t;

/// Collects a body that comes in several blocks and is no package. The caller sets
/// `bytes` and `room`, the rest is 0 at first and the library's from then on. One body
/// serves all servers: who begins another one ends the one before, whose next block is
/// told 4.08.
typedef struct {
    /// Room for the body; kept as long as the struct is used.
    uint8_t *bytes;
    /// Its bytes. 1024 holds every Write to an instance, 255 the longest string.
    uint32_t room;
    /// Of the body so far.
    uint32_t length;
    /// Where the block accepted last begins.
    uint32_t last;
    /// What is written to.
    swmgmt_path_t path;
    /// Who writes.
    uint16_t server;
    /// Its Content-Format.
    uint16_t format;
    /// SWMGMT_POST or SWMGMT_PUT; 0: there is no body.
    uint8_t method;
    /// 0
    uint8_t reserved[3];
} swmgmt_body_t;

/// A server's request, as CoAP brings it.
typedef struct {
    /// What the Uri-Path names. All of it ::SWMGMT_NONE, for a Discover: the list of
    /// Objects and instances for a registration.
    swmgmt_path_t path;
    /// The payload; read during the call only, and no part of the body's bytes. NULL if
    /// there is none.
    const uint8_t *payload;
    /// Its bytes.
    uint32_t length;
    /// Where in the body it belongs: Block1's number times its size. For a Read, where
    /// the wanted piece begins: that of Block2.
    uint32_t offset;
    /// Size1; 0: unknown.
    uint32_t total;
    /// Content-Format; ::SWMGMT_NONE: none.
    uint16_t format;
    /// Accept; ::SWMGMT_NONE: none.
    uint16_t accept;
    /// Short Server ID; 0: unknown.
    uint16_t server;
    /// SWMGMT_GET and so on, the codes of CoAP.
    uint8_t method;
    /// Block1's M: 1: more of the body follows.
    uint8_t more;
    /// Where a body in blocks is collected; NULL: one that is no package is 4.13.
    swmgmt_body_t *body;
} swmgmt_request_t;

/// The answer to a request, besides its code.
typedef struct {
    /// In: room for the payload; as much of a representation is written as fits. Also
    /// for what a request brings that must be decoded: three quarters of the longest
    /// block of a package in base64; the strings of SenML-JSON that have escapes, 255
    /// bytes for a URI. What does not fit is 4.13. It must overlap neither the request's
    /// payload nor the body's bytes. May be NULL.
    uint8_t *payload;
    /// In: its bytes.
    uint32_t room;
    /// Out: bytes of the payload.
    uint32_t length;
    /// Out: bytes of the whole representation: Size2.
    uint32_t total;
    /// Out: tells two representations apart: ETag.
    uint32_t etag;
    /// Out: Content-Format; ::SWMGMT_NONE: there is no payload.
    uint16_t format;
    /// Out: the instance of Object 9 that 2.01 has created; else ::SWMGMT_NONE.
    uint16_t created;
    /// Out: 1: more of the representation follows, at offset plus length.
    uint8_t more;
    /// 0
    uint8_t reserved[7];
} swmgmt_response_t;

/// Room for one answer that is kept for retransmissions, for 247 seconds at most. Zeroed
/// at first; then the library's alone.
typedef struct {
    /// When the request came, in milliseconds.
    uint32_t when_ms;
    /// Of the request, and the answer.
    uint8_t token[8];
    /// Who asked.
    uint16_t server;
    /// Of the request.
    uint16_t message_id;
    /// Of the answer.
    uint16_t answer_id;
    /// With 2.01: the new instance.
    uint16_t created;
    /// 0 ... 8
    uint8_t token_length;
    /// Of the answer; 0: nothing is kept here.
    uint8_t code;
    /// 0
    uint8_t reserved[2];
} swmgmt_exchange_t;

/// What swmgmt_front() keeps between datagrams. The caller sets the fields; one that is
/// left out is 0 and means what its line says.
typedef struct {
    /// The segments of the Uri-Path before the Objects, "lwm2m" or "/a/b": LwM2M's
    /// alternate path. A C string without escapes, kept. NULL or "": there are none.
    const char *prefix;
    /// An array of `exchange_count`, kept, zeroed at first: the answers that
    /// retransmissions are given again. If it is full, the server that has most of them
    /// loses its oldest.
    swmgmt_exchange_t *exchanges;
    /// Collects bodies in blocks that are no package; they are 4.13 without.
    swmgmt_body_t body;
    /// 1 or more; 4 for each server is plenty.
    uint16_t exchange_count;
    /// Of the next answer to a request that is not confirmable; counted up. If the engine
    /// has such a counter, copy it here before each call and back after it.
    uint16_t message_id;
    /// Out: the instance of Object 9 that the last datagram has created; ::SWMGMT_NONE:
    /// none. A retransmission creates none.
    uint16_t created;
    /// 0
    uint16_t reserved;
} swmgmt_front_t;

/// Done.
#define SWMGMT_OK 0

/// A pointer is NULL, a number is out of its range, or a text is not UTF-8.
#define SWMGMT_EINVAL -1

/// Header and archive disagree: rebuild the application.
#define SWMGMT_EABI -2

/// The memory is too small, or the table that the configuration sized is full.
#define SWMGMT_ENOMEM -3

/// Called from inside a callback, or the state does not allow it now. Try later.
#define SWMGMT_EBUSY -4

/// No such instance, or nothing more to tell.
#define SWMGMT_ENOENT -5

/// It is there already.
#define SWMGMT_EEXIST -6

/// Out of order: before swmgmt_boot(), or after it what belongs before.
#define SWMGMT_EORDER -7

/// The number is not that of an operation in flight. Ignored.
#define SWMGMT_ESTALE -8

/// A record was there but could not be read: broken, or of a newer version.
#define SWMGMT_ERECORD -9

/// A part is not named in the configuration that something else in it needs.
#define SWMGMT_EPART -10

/// 2.01 Created
#define SWMGMT_CREATED 65

/// 2.02 Deleted
#define SWMGMT_DELETED 66

/// 2.04 Changed
#define SWMGMT_CHANGED 68

/// 2.05 Content
#define SWMGMT_CONTENT 69

/// 2.31 Continue
#define SWMGMT_CONTINUE 95

/// 4.00 Bad Request
#define SWMGMT_BAD_REQUEST 128

/// 4.01 Unauthorized: never given by the library, there for adapters
#define SWMGMT_UNAUTHORIZED 129

/// 4.04 Not Found
#define SWMGMT_NOT_FOUND 132

/// 4.05 Method Not Allowed
#define SWMGMT_NOT_ALLOWED 133

/// 4.06 Not Acceptable
#define SWMGMT_NOT_ACCEPTABLE 134

/// 4.08 Request Entity Incomplete
#define SWMGMT_INCOMPLETE 136

/// 4.13 Request Entity Too Large
#define SWMGMT_TOO_LARGE 141

/// 4.15 Unsupported Content-Format
#define SWMGMT_UNSUPPORTED_FORMAT 143

/// 5.00 Internal Server Error
#define SWMGMT_INTERNAL_ERROR 160

/// It is done.
#define SWMGMT_DONE 1

/// It goes on; swmgmt_done() will tell. From outcome(): it is still running.
#define SWMGMT_PENDING 2

/// write() of a download only: not now, offer the same bytes again.
#define SWMGMT_AGAIN 3

/// outcome() only: the operation never began; it is called again.
#define SWMGMT_NOT_STARTED 4

/// outcome() only: nobody knows.
#define SWMGMT_UNKNOWN 5

/// Not enough storage. A server that pushes is told 4.13.
#define SWMGMT_FAILED_STORAGE -50

/// Out of memory.
#define SWMGMT_FAILED_MEMORY -51

/// The connection was lost, after all retries.
#define SWMGMT_FAILED_CONNECTION -52

/// The package is not what it should be.
#define SWMGMT_FAILED_INTEGRITY -53

/// The package is of a kind that this device does not take.
#define SWMGMT_FAILED_TYPE -54

/// The URI leads nowhere.
#define SWMGMT_FAILED_URI -56

/// Anything else: a policy, an I/O error.
#define SWMGMT_FAILED -57

/// The installation failed.
#define SWMGMT_FAILED_INSTALL -58

/// The removal failed.
#define SWMGMT_FAILED_UNINSTALL -59

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/// CRC-32 of packages, by a table of 1 KiB: 8 instructions a byte.
extern const swmgmt_part_t swmgmt_crc32;

/// CRC-32 of packages, by a table of 128 bytes: 11 instructions a byte.
extern const swmgmt_part_t swmgmt_crc32_small;

/// SHA-256 of packages.
extern const swmgmt_part_t swmgmt_sha256;

/// SHA-256 of packages, by the firmware's hash().
extern const swmgmt_part_t swmgmt_sha256_host;

/// Packages of one or several components, docs/package.md. Needs SHA-256.
extern const swmgmt_part_t swmgmt_package;

/// MCUboot images. Needs SHA-256, and read().
extern const swmgmt_part_t swmgmt_mcuboot;

/// Names and versions that come in packages, for 9/x/0 and 9/x/1 and for Object 14; without it
/// about() is asked for them.
extern const swmgmt_part_t swmgmt_names;

/// Ed25519 signatures of both, with the firmware's key(): 2.1 KB of stack.
extern const swmgmt_part_t swmgmt_ed25519;

/// Object 14, Software Component.
extern const swmgmt_part_t swmgmt_components;

/// Package URI, 9/x/3: the firmware's fetch() downloads a package.
extern const swmgmt_part_t swmgmt_download;

/// Records: what survives a reboot, through the firmware's load() and save().
extern const swmgmt_part_t swmgmt_record;

/// Content-Format text/plain, for swmgmt_request(): single values, and packages in base64.
extern const swmgmt_part_t swmgmt_text;

/// application/octet-stream: packages as they are.
extern const swmgmt_part_t swmgmt_opaque;

/// application/cbor: single values, and packages in a byte string.
extern const swmgmt_part_t swmgmt_cbor;

/// OMA TLV: everything, packages included.
extern const swmgmt_part_t swmgmt_tlv;

/// application/senml+cbor: everything but packages.
extern const swmgmt_part_t swmgmt_senml_cbor;

/// Packages in application/senml+cbor.
extern const swmgmt_part_t swmgmt_senml_cbor_package;

/// application/senml+json: everything but packages.
extern const swmgmt_part_t swmgmt_senml_json;

/// Packages in application/senml+json.
extern const swmgmt_part_t swmgmt_senml_json_package;

/// application/link-format: Discover, and the list for a registration.
extern const swmgmt_part_t swmgmt_link_format;

/// Tells where a component is, for install(): of a package of docs/package.md that has been
/// verified, read from the storage. Components follow each other; their digests and the
/// signature have been checked before install() is called.
///
/// @param[in]  head       The beginning of the package.
/// @param[in]  length     Its bytes: all of the manifest, or more. Bytes 6 and 7 of the package
///                        say how long that is, little-endian.
/// @param[in]  n          The component: 0 for the first.
/// @param[out] component  The component. It points into the head.
///
/// @retval SWMGMT_OK      Written.
/// @retval SWMGMT_ENOENT  There are no more.
/// @retval SWMGMT_EINVAL  NULL, or not the head of such a package, or not all of it.
///
/// @note Any thread, also from inside a callback.
swmgmt_status_t swmgmt_package_component(const uint8_t *head,
                                         size_t length,
                                         uint16_t n,
                                         swmgmt_component_t *component);

/// Tells how many bytes of memory a configuration needs, exactly.
///
/// @param[in] config  The configuration.
///
/// @return Bytes; 0 if `config` is NULL or one of its numbers is out of range.
///
/// @note Any thread.
size_t swmgmt_memory(const swmgmt_config_t *config);

/// Prepares a context. Called by swmgmt_init(), which adds the ABI number.
///
/// @param[out] ctx     The context. It lies in `memory`.
/// @param[in]  memory  Aligned as an array of uint64_t is; kept, and the library's alone.
/// @param[in]  size    Its bytes: swmgmt_memory() or more.
/// @param[in]  config  Kept.
/// @param[in]  host    Kept.
/// @param[in]  abi     ::SWMGMT_ABI
///
/// @retval SWMGMT_OK      Ready for swmgmt_add() and swmgmt_boot().
/// @retval SWMGMT_EABI    Another release's header, table or configuration.
/// @retval SWMGMT_EINVAL  NULL, a misaligned memory, a number out of range, or a
///                        callback is missing that the rest needs.
/// @retval SWMGMT_EPART   ::swmgmt_components is not named, and there is room for
///                        components; or ::swmgmt_download, and 3 is offered; or
///                        ::swmgmt_record, and there are load() and save(); or SHA-256,
///                        and a container is; or no container and no means to check a
///                        signature, and SWMGMT_REQUIRE_SIGNATURE is the policy.
/// @retval SWMGMT_ENOMEM  The memory is too small.
///
/// @note One thread at a time for one context; this holds for every function here.
swmgmt_status_t swmgmt_init_abi(swmgmt_t **ctx,
                                void *memory,
                                size_t size,
                                const swmgmt_config_t *config,
                                const swmgmt_host_t *host,
                                uint32_t abi);

/// Lists a slot: an instance of Object 9. Before swmgmt_boot(): the slots the device
/// is shipped with; a saved record wins over this list, so that what a server has
/// created or deleted stays so. After swmgmt_boot(): a slot that is new.
///
/// @param[in] ctx       The context.
/// @param[in] instance  Its id, 0 ... 65534, stable for ever.
/// @param[in] software  SWMGMT_EMPTY, SWMGMT_INSTALLED or SWMGMT_RUNNING.
///
/// @retval SWMGMT_OK      Listed.
/// @retval SWMGMT_EINVAL  A number out of range.
/// @retval SWMGMT_EEXIST  The id is taken.
/// @retval SWMGMT_ENOMEM  No room for another instance.
/// @retval SWMGMT_EBUSY   Called from inside a callback.
swmgmt_status_t swmgmt_add(swmgmt_t *ctx, uint16_t instance, uint8_t software);

/// Starts: loads the records, sees after what was in flight when the power went, and
/// asks the firmware for names. Once, after swmgmt_init() and swmgmt_add().
///
/// @param[in] ctx     The context.
/// @param[in] now_ms  The time in milliseconds; any origin, wrapping is fine.
///
/// @retval SWMGMT_OK       Started.
/// @retval SWMGMT_ERECORD  Started, but a record could not be used. Broken: its slot is
///                         what swmgmt_add() said of it. Of a newer version: likewise,
///                         and nothing is written over it, so that whatever needs
///                         that record is refused (5.00).
/// @retval SWMGMT_EORDER   Started already.
/// @retval SWMGMT_EINVAL   `ctx` is not a context.
/// @retval SWMGMT_EBUSY    Called from inside a callback.
swmgmt_status_t swmgmt_boot(swmgmt_t *ctx, uint32_t now_ms);

/// Does one bounded step of the work that waits: a piece of a verification, an
/// install, a record that could not be saved before. Call it in the main loop.
///
/// @param[in]  ctx      The context.
/// @param[in]  now_ms   The time in milliseconds, wrapping.
/// @param[out] next_ms  In how many milliseconds to call again at the latest, sooner
///                      after any other call: 0: at once; 0xFFFFFFFF: nothing waits.
///                      May be NULL.
///
/// @retval SWMGMT_OK      Done.
/// @retval SWMGMT_EORDER  Before swmgmt_boot().
/// @retval SWMGMT_EINVAL  `ctx` is not a context.
/// @retval SWMGMT_EBUSY   Called from inside a callback.
swmgmt_status_t swmgmt_poll(swmgmt_t *ctx, uint32_t now_ms, uint32_t *next_ms);

/// Completes an operation that was pending, also from inside its own callback.
///
/// @param[in] ctx      The context.
/// @param[in] number   swmgmt_op_t::number
/// @param[in] verdict  ::SWMGMT_DONE or a failure.
/// @param[in] flags    A sum of SWMGMT_STILL_RUNS, SWMGMT_OLD_LOST and
///                     SWMGMT_OBJECTS_CHANGED, or 0.
///
/// @retval SWMGMT_OK      Taken.
/// @retval SWMGMT_ESTALE  No such operation is in flight, or not any more. Ignored.
/// @retval SWMGMT_EINVAL  `ctx` is not a context, or `verdict` is no completion.
/// @retval SWMGMT_EBUSY   From inside the callback of another operation.
swmgmt_status_t swmgmt_done(swmgmt_t *ctx,
                            uint32_t number,
                            swmgmt_verdict_t verdict,
                            uint32_t flags);

/// Hands over the next bytes of a download that fetch() started.
///
/// @param[in] ctx     The context.
/// @param[in] number  swmgmt_op_t::number of that fetch().
/// @param[in] chunk   At the next offset; at 0 the download starts again, because the
///                    content has changed (a second change is a failure, 52).
///
/// @retval SWMGMT_OK      Stored.
/// @retval SWMGMT_EBUSY   Not now: the storage is busy. Keep the bytes and offer the very
///                        same again: they have been looked at.
/// @retval SWMGMT_ESTALE  The download is over: cancelled, complete or failed. Stop.
/// @retval SWMGMT_EINVAL  Nonsense, or another offset.
swmgmt_status_t swmgmt_fetched(swmgmt_t *ctx,
                               uint32_t number,
                               const swmgmt_chunk_t *chunk);

/// Says what the next package of an instance must be. It is saved, survives failed
/// transfers, is replaced by the next call, and is forgotten once a package has been
/// installed or the software removed.
///
/// @param[in] ctx        The context.
/// @param[in] instance   Instance of Object 9.
/// @param[in] length     Bytes of the package; 0: any.
/// @param[in] algorithm  SWMGMT_SHA256, SWMGMT_CRC32 or SWMGMT_NO_DIGEST; its part
///                       must be named in the configuration.
/// @param[in] digest     Copied. NULL for SWMGMT_NO_DIGEST.
/// @param[in] size       Its bytes: 32, 4 or 0.
///
/// @retval SWMGMT_OK      Expected from now on.
/// @retval SWMGMT_EBUSY   Some of the package has arrived, or called from inside a
///                        callback.
/// @retval SWMGMT_EINVAL  Nonsense, or the part is not named.
/// @retval SWMGMT_ENOENT  No such instance.
/// @retval SWMGMT_ERECORD It could not be saved; nothing has changed.
swmgmt_status_t swmgmt_expect(swmgmt_t *ctx,
                              uint16_t instance,
                              uint32_t length,
                              uint8_t algorithm,
                              const uint8_t *digest,
                              size_t size);

/// Gives up an update that Uninstall with argument 1 began: the old software is what
/// it was, result 57. Without such an update: nothing happens.
///
/// @param[in] ctx         The context.
/// @param[in] instance    Instance of Object 9.
/// @param[in] still_runs  1: the old software runs; 0: it is there, stopped.
///
/// @retval SWMGMT_OK      Given up, or nothing to give up.
/// @retval SWMGMT_EBUSY   The firmware itself is still installing or removing, or
///                        verifying without cancel(), or called from a callback.
/// @retval SWMGMT_ENOENT  No such instance.
/// @retval SWMGMT_EINVAL  Nonsense.
swmgmt_status_t swmgmt_give_up_update(swmgmt_t *ctx,
                                      uint16_t instance,
                                      uint8_t still_runs);

/// Sets an object link of an instance: Checkpoint (5) or Package Settings (13).
///
/// @param[in] ctx              The context.
/// @param[in] instance         Instance of Object 9.
/// @param[in] resource         5 or 13.
/// @param[in] object           The Object linked to.
/// @param[in] object_instance  Its instance; 65535 and 65535: no link.
///
/// @retval SWMGMT_OK       Set. 13 is saved.
/// @retval SWMGMT_EINVAL   Another resource, or one that is not offered.
/// @retval SWMGMT_ENOENT   No such instance.
/// @retval SWMGMT_ERECORD  It could not be saved; nothing has changed.
/// @retval SWMGMT_EBUSY    Called from inside a callback.
swmgmt_status_t swmgmt_set_link(swmgmt_t *ctx,
                                uint16_t instance,
                                uint16_t resource,
                                uint16_t object,
                                uint16_t object_instance);

/// Read of one resource, or of one instance of resource 17.
///
/// @param[in]  ctx    The context.
/// @param[in]  path   Object, instance, resource; index for 17, else ::SWMGMT_NONE.
/// @param[out] value  The value.
///
/// @retval SWMGMT_CONTENT         2.05
/// @retval SWMGMT_NOT_FOUND       4.04, there is no such thing, or it is not offered.
/// @retval SWMGMT_NOT_ALLOWED     4.05, it cannot be read.
/// @retval SWMGMT_NOT_ACCEPTABLE  4.06, it has several values: read them one by one.
/// @retval SWMGMT_INTERNAL_ERROR  5.00, about() failed.
/// @retval SWMGMT_EINVAL          NULL, or not a context.
/// @retval SWMGMT_EORDER          Before swmgmt_boot().
///
/// @note Also from inside a callback.
swmgmt_answer_t swmgmt_read(const swmgmt_t *ctx,
                            swmgmt_path_t path,
                            swmgmt_value_t *value);

/// Write of one resource, whole. A package is one push of one chunk.
///
/// @param[in] ctx     The context.
/// @param[in] server  Short Server ID; 0: unknown.
/// @param[in] path    Object, instance, resource.
/// @param[in] value   Of the resource's type; or SWMGMT_TYPE_STRING with the value as
///                    text/plain; or SWMGMT_TYPE_OPAQUE with the value as in OMA TLV.
///                    Copied.
///
/// @return 2.04, 4.00, 4.04, 4.05, 4.13, 5.00; SWMGMT_EINVAL, SWMGMT_EORDER,
///         SWMGMT_EBUSY.
swmgmt_answer_t swmgmt_write(swmgmt_t *ctx,
                             uint16_t server,
                             swmgmt_path_t path,
                             const swmgmt_value_t *value);

/// Write of a piece of a package to 9/`instance`/2.
///
/// @param[in] ctx       The context.
/// @param[in] server    Short Server ID; 0: unknown.
/// @param[in] instance  Instance of Object 9.
/// @param[in] chunk     Any size from 1 byte up. Offset 0 starts, or starts again.
///
/// @return 2.31 more is wanted, 2.04 the package is complete, 4.00, 4.04, 4.05, 4.08
///         not the next offset, 4.13, 5.00; SWMGMT_EINVAL, SWMGMT_EORDER,
///         SWMGMT_EBUSY.
swmgmt_answer_t swmgmt_push(swmgmt_t *ctx,
                            uint16_t server,
                            uint16_t instance,
                            const swmgmt_chunk_t *chunk);

/// Execute of one resource.
///
/// @param[in] ctx        The context.
/// @param[in] server     Short Server ID; 0: unknown.
/// @param[in] path       Object, instance, resource.
/// @param[in] arguments  The payload, text/plain; need not end in NUL. NULL: none.
/// @param[in] length     Its bytes.
///
/// @return 2.04, 4.00, 4.04, 4.05, 5.00; SWMGMT_EINVAL, SWMGMT_EORDER, SWMGMT_EBUSY.
swmgmt_answer_t swmgmt_execute(swmgmt_t *ctx,
                               uint16_t server,
                               swmgmt_path_t path,
                               const char *arguments,
                               size_t length);

/// Write to an instance of Object 9 (POST): several resources, all or none.
///
/// @param[in] ctx       The context.
/// @param[in] server    Short Server ID; 0: unknown.
/// @param[in] instance  Instance of Object 9.
/// @param[in] items     At most SWMGMT_MAX_ITEMS; copied.
/// @param[in] count     How many.
///
/// @return As swmgmt_write(). 8, 13, 14 and 15 are written first, then 2 or 3.
swmgmt_answer_t swmgmt_write_instance(swmgmt_t *ctx,
                                      uint16_t server,
                                      uint16_t instance,
                                      const swmgmt_item_t *items,
                                      size_t count);

/// Create of an instance of Object 9.
///
/// @param[in]  ctx        The context.
/// @param[in]  server     Short Server ID; 0: unknown.
/// @param[in]  requested  The id that the server gives; ::SWMGMT_NONE: the lowest free.
/// @param[in]  items      What it writes at once; may be NULL. Copied.
/// @param[in]  count      How many.
/// @param[out] created    The new id.
///
/// @return 2.01, 4.00 (the id is taken), 4.05 (not allowed, or full), 4.13, 5.00;
///         SWMGMT_EINVAL, SWMGMT_EORDER, SWMGMT_EBUSY. Only after 2.01 is it there.
swmgmt_answer_t swmgmt_create(swmgmt_t *ctx,
                              uint16_t server,
                              uint16_t requested,
                              const swmgmt_item_t *items,
                              size_t count,
                              uint16_t *created);

/// Delete of an instance of Object 9.
///
/// @param[in] ctx       The context.
/// @param[in] server    Short Server ID; 0: unknown.
/// @param[in] instance  Instance of Object 9.
///
/// @return 2.02, 4.04, 4.05, 5.00; SWMGMT_EINVAL, SWMGMT_EORDER, SWMGMT_EBUSY.
swmgmt_answer_t swmgmt_delete(swmgmt_t *ctx, uint16_t server, uint16_t instance);

/// Lists what is there, in ascending order: the instances of an Object, the resources
/// of an instance, or the instances of a resource. For registration and Discover.
///
/// @code
/// swmgmt_path_t nine = {9, SWMGMT_NONE, SWMGMT_NONE, SWMGMT_NONE};
/// for (uint16_t id = SWMGMT_NONE; swmgmt_next(ctx, nine, &id) == SWMGMT_OK;) ...
/// @endcode
///
/// @param[in]     ctx     The context.
/// @param[in]     within  What to list the children of.
/// @param[in,out] child   In: the last one, ::SWMGMT_NONE to begin. Out: the next one.
///
/// @retval SWMGMT_OK      `child` is the next one.
/// @retval SWMGMT_ENOENT  There is no other, or no such thing as `within`.
/// @retval SWMGMT_EINVAL  NULL, or not a context.
/// @retval SWMGMT_EORDER  Before swmgmt_boot().
///
/// @note Also from inside a callback.
swmgmt_status_t swmgmt_next(const swmgmt_t *ctx, swmgmt_path_t within, uint16_t *child);

/// Tells what is registered for a resource: type, operations, whether it is mandatory.
///
/// @param[in]  object    9 or 14.
/// @param[in]  resource  0 ... 18, or 0 ... 5.
/// @param[out] about     What is registered.
///
/// @retval SWMGMT_OK      Written.
/// @retval SWMGMT_ENOENT  No such resource.
/// @retval SWMGMT_EINVAL  NULL.
///
/// @note Any thread.
swmgmt_status_t swmgmt_resource(uint16_t object,
                                uint16_t resource,
                                swmgmt_resource_t *about);

/// Takes the next change that servers may want to see. Take them all after every call
/// that may have changed something, before the next one: then every visible step is
/// seen. What is left is not lost: the newest value is kept, results before states.
///
/// @param[in]  ctx     The context.
/// @param[out] change  The change. Its bytes are valid until the next call.
///
/// @retval SWMGMT_OK      Taken.
/// @retval SWMGMT_ENOENT  No more changes.
/// @retval SWMGMT_EINVAL  NULL, or not a context.
/// @retval SWMGMT_EBUSY   Called from inside a callback.
swmgmt_status_t swmgmt_next_change(swmgmt_t *ctx, swmgmt_change_t *change);

/// Tells the state of an instance, finer than 9/x/7 does.
///
/// @param[in] ctx       The context.
/// @param[in] instance  Instance of Object 9.
///
/// @return SWMGMT_INITIAL and so on, 0 or more; or SWMGMT_ENOENT, SWMGMT_EINVAL,
///         SWMGMT_EORDER.
///
/// @note Also from inside a callback.
int32_t swmgmt_state(const swmgmt_t *ctx, uint16_t instance);

/// Answers a server's request whose payload is in a Content-Format: for an engine that
/// hands payloads over as they came, or a bare CoAP stack. What the other functions of
/// this section do for values, this one does for all of them; the formats are the parts
/// that the configuration names, and one that it does not is 4.15, or 4.06.
///
/// A package (a PUT to 9/x/2) goes on to the storage block by block, whatever its format
/// wraps it in, and however it is cut. A block that is repeated, lost or out of order is
/// dealt with here (of a body that is no package all but the last); a retransmitted
/// *message* is the CoAP stack's.
///
/// @param[in]     ctx       The context.
/// @param[in]     request   The request; read during the call only.
/// @param[in,out] response  The rest of the answer. Its outputs are written if the answer
///                          is a code. Not NULL.
///
/// @return Every code that swmgmt_read(), _write(), _push(), _execute(), _create() and
///         _delete() have, and 2.31 more of the body is wanted, 4.06 not in a format that
///         is accepted, 4.08 not the next block, 4.13 no room for the body, 4.15;
///         SWMGMT_EINVAL, SWMGMT_EORDER, SWMGMT_EBUSY (not for SWMGMT_GET).
swmgmt_answer_t swmgmt_request(swmgmt_t *ctx,
                               const swmgmt_request_t *request,
                               swmgmt_response_t *response);

/// Answers a datagram that asks for a change of Objects 9 and 14: for an engine that
/// collects packages on its heap, loses blocks, or runs a repeated Execute twice. Show it
/// every datagram before the engine sees it, decrypted and from a registered server.
///
/// It does each PUT and POST to the Objects that has no Uri-Query as swmgmt_request()
/// does, with Block1 or without; the Content-Formats are parts. A retransmission within
/// 247 seconds is answered alike, and not done again. Everything else is the engine's: what
/// reads and deletes, attributes, answers, other Objects, critical options that are not
/// known here, what is malformed, and a Content-Format that is no part, if it is not in
/// blocks (which are 4.15). For CoAP over UDP or DTLS.
///
/// @param[in]     ctx       The context.
/// @param[in,out] front     What is kept from one call to the next.
/// @param[in]     server    Short Server ID of the sender; 0: unknown. All that are unknown are
///                          one server: with equal message IDs and tokens the second one would
///                          be given the first one's answer, so number them if you can.
/// @param[in]     now_ms    The time, as for swmgmt_poll(). It may wrap.
/// @param[in]     datagram  Read during the call only.
/// @param[in]     length    Its bytes.
/// @param[out]    answer    Room for the answer, and for what must be decoded meanwhile.
///                          It must not overlap the datagram, nor the body's bytes.
/// @param[in]     room      Its bytes: 64 or more, and what swmgmt_response_t::payload needs.
///
/// @return Above 0: bytes of the answer, which is to be sent to the server; take the
///         changes, too. 0: nothing was done, hand the datagram to the engine.
///         SWMGMT_EINVAL, SWMGMT_EORDER, SWMGMT_EBUSY: nothing was done, drop the
///         datagram; its server will repeat it.
int32_t swmgmt_front(swmgmt_t *ctx,
                     swmgmt_front_t *front,
                     uint16_t server,
                     uint32_t now_ms,
                     const uint8_t *datagram,
                     size_t length,
                     uint8_t *answer,
                     size_t room);

/// The release of this archive: major times 65536, plus minor times 256, plus patch.
///
/// @note Any thread.
uint32_t swmgmt_version(void);

/// Says in English what a status means.
///
/// @param[in] status  A status, or a negative answer.
/// @return Text that stays; never NULL.
///
/// @note Any thread.
const char *swmgmt_strerror(swmgmt_status_t status);

/// The name of a state that swmgmt_state() tells.
///
/// @param[in] state  SWMGMT_INITIAL and so on.
/// @return Text that stays; never NULL.
///
/// @note Any thread.
const char *swmgmt_state_name(uint8_t state);

/// What a value of Update Result (9/x/9) means.
///
/// @param[in] result  0 ... 3, 50 ... 59.
/// @return Text that stays; never NULL.
///
/// @note Any thread.
const char *swmgmt_result_name(uint8_t result);

/// The name of an operation kind, for a trace.
///
/// @param[in] kind  SWMGMT_OP_LOAD and so on.
/// @return Text that stays; never NULL.
///
/// @note Any thread.
const char *swmgmt_operation_name(uint8_t kind);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#ifdef __cplusplus
extern "C" {
#endif

/// Prepares a context in the caller's memory: swmgmt_init_abi() with the ABI number of
/// this header.
static inline swmgmt_status_t swmgmt_init(swmgmt_t **ctx, void *memory, size_t size,
                                          const swmgmt_config_t *config,
                                          const swmgmt_host_t *host)
{
    return swmgmt_init_abi(ctx, memory, size, config, host, SWMGMT_ABI);
}

#ifdef __cplusplus
}
#endif

#endif /* SWMGMT_H */
