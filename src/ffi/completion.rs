// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the firmware tells: completions, a download's bytes, expectations, links.

use super::handle::{bytes, door, enter_booted, status, swmgmt_t};
use super::numbers::*;
use crate::core::operation::Verdict;
use crate::core::push::Chunk;

/// A run of a package's bytes, pushed by a server or fetched by the firmware.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_chunk_t {
    /// The bytes; read during the call only. NULL if there are none.
    pub data: *const u8,
    /// swmgmt_fetched() only: the content's ETag, or NULL. Copied.
    pub etag: *const u8,
    /// How many bytes.
    pub length: u32,
    /// Where they belong.
    pub offset: u32,
    /// The whole size as far as the sender tells (Size1, Size2); 0: it does not.
    pub total: u32,
    /// 1: the package ends here.
    pub last: u8,
    /// 0 ... 8
    pub etag_length: u8,
    /// 0
    pub reserved: [u8; 2],
}

impl swmgmt_chunk_t {
    /// # Safety
    /// `data` and `etag` are NULL or as long as they say.
    pub(super) unsafe fn view<'a>(&self) -> Option<Chunk<'a>> {
        // SAFETY: the caller's contract.
        let (data, etag) = unsafe {
            (bytes(self.data, self.length as usize)?, bytes(self.etag, usize::from(self.etag_length))?)
        };
        let sane = self.last <= 1 && self.etag_length <= 8 && self.reserved == [0; 2];
        sane.then_some(Chunk { data, etag, offset: self.offset, total: self.total, last: self.last == 1 })
    }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_done(
    ctx: *mut swmgmt_t,
    number: u32,
    verdict: swmgmt_verdict_t,
    flags: u32,
) -> swmgmt_status_t {
    if (SWMGMT_PENDING..=SWMGMT_UNKNOWN).contains(&verdict) || flags > 7 {
        return SWMGMT_EINVAL;
    }
    // SAFETY: the caller's contract for a context.
    unsafe {
        match enter_booted(ctx) {
            Ok(core) => status(core.complete_operation(number, Verdict::from_number(verdict), flags)),
            Err(SWMGMT_EBUSY) => or_status!(door(ctx)).complete(number, verdict, flags),
            Err(status) => status,
        }
    }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_fetched(
    ctx: *mut swmgmt_t,
    number: u32,
    chunk: *const swmgmt_chunk_t,
) -> swmgmt_status_t {
    // SAFETY: the caller's contract for a context and a chunk.
    unsafe {
        let core = or_status!(enter_booted(ctx));
        match chunk.as_ref().and_then(|chunk| chunk.view()) {
            Some(chunk) => status(core.fetched(number, &chunk)),
            None => SWMGMT_EINVAL,
        }
    }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_expect(
    ctx: *mut swmgmt_t,
    instance: u16,
    length: u32,
    algorithm: u8,
    digest: *const u8,
    size: usize,
) -> swmgmt_status_t {
    // SAFETY: the caller's contract for a context; `digest` has `size` bytes.
    unsafe {
        let core = or_status!(enter_booted(ctx));
        match bytes(digest, size).filter(|_| size <= 32) {
            Some(digest) => status(core.expect(instance, length, algorithm, digest)),
            None => SWMGMT_EINVAL,
        }
    }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_give_up_update(
    ctx: *mut swmgmt_t,
    instance: u16,
    still_runs: u8,
) -> swmgmt_status_t {
    // SAFETY: the caller's contract for a context.
    let core = or_status!(unsafe { enter_booted(ctx) });
    if still_runs > 1 {
        return SWMGMT_EINVAL;
    }
    status(core.give_up_update(instance, still_runs == 1))
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_set_link(
    ctx: *mut swmgmt_t,
    instance: u16,
    resource: u16,
    object: u16,
    object_instance: u16,
) -> swmgmt_status_t {
    // SAFETY: the caller's contract for a context.
    let core = or_status!(unsafe { enter_booted(ctx) });
    status(core.set_link(instance, resource, u32::from(object) << 16 | u32::from(object_instance)))
}
