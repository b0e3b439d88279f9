// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The caller's memory, carved once, and the life of a context.

use super::door::perform;
use super::handle::*;
use super::host::swmgmt_host_t;
use super::numbers::*;
use super::parts::collect;
use super::text::c_string;
use crate::core::completion::Software;
use crate::core::component::{Component, NOBODY};
use crate::core::config::{swmgmt_config_t, POLICY_SIGNATURE};
use crate::core::instance::Instance;
use crate::core::operation::can;
use crate::core::transfer::Transfer;
use crate::core::unpacking::Unpacking;
use crate::core::{role, text, Core, Part};
use core::ffi::c_void;
use core::mem::{align_of, size_of};

/// Where everything lies in the caller's memory, in bytes from its start.
struct Layout {
    instances: usize,
    transfers: usize,
    unpackings: usize,
    components: usize,
    text: usize,
    heads: usize,
    work: usize,
    end: usize,
    /// As many as transfers, or 0 where no part is a container.
    unpacked: u16,
    /// Bytes of the texts of one instance.
    stride: usize,
}

/// Lays it out. Every count is at most 255 and every length at most 65535, so no sum comes near
/// the end of a 32-bit number.
fn layout(config: &swmgmt_config_t, parts: &[&'static Part]) -> Layout {
    let (mut contained, mut kept, mut digest) = (false, 0, 0);
    for part in parts {
        contained |= part.role & role::CONTAINER != 0;
        digest = text::digest_of(part).max(digest);
        if let Some(memory) = part.memory {
            kept = memory(config);
        }
    }
    let unpacked = if contained { config.transfers } else { 0 };
    let stride = text::stride(config).wrapping_add(digest);
    let mut at = size_of::<Context>();
    let mut place = |count: u16, size: usize| {
        let start = at.wrapping_add(PADDING) & !PADDING;
        at = start.wrapping_add(usize::from(count).wrapping_mul(size));
        start
    };
    Layout {
        instances: place(config.instances, size_of::<Instance>()),
        transfers: place(config.transfers, size_of::<Transfer>()),
        unpackings: place(unpacked, size_of::<Unpacking>()),
        components: place(config.components, size_of::<Component>()),
        text: place(1, text::size(config, stride).wrapping_add(kept)),
        heads: place(unpacked, config.head()),
        work: place(1, config.work_length(if contained { config.said() } else { 0 })),
        end: at,
        unpacked,
        stride,
    }
}

// SWMGMT_MEMORY_WORDS in the header is an upper bound of the same sums.
const _: () = {
    assert!(size_of::<Context>() <= 344);
    assert!(size_of::<Instance>() <= 80);
    assert!(size_of::<Transfer>() <= 184);
    assert!(size_of::<Unpacking>() <= 168);
    assert!(size_of::<Component>() <= 8);
    assert!(align_of::<Context>() <= align_of::<u64>());
    assert!(align_of::<Instance>() <= align_of::<Context>());
    assert!(align_of::<Transfer>() <= align_of::<Context>());
    assert!(align_of::<Unpacking>() <= align_of::<Context>());
    assert!(align_of::<Component>() <= align_of::<Context>());
};

/// Checks a configuration, and finds its parts.
///
/// # Safety
/// `config` points to a configuration of this release, which stays.
#[inline(never)]
unsafe fn check<'a>(
    config: *const swmgmt_config_t,
) -> Option<(&'a swmgmt_config_t, &'static [&'static Part])> {
    // SAFETY: the caller's contract; a valid configuration has a table of `part_count` pointers.
    unsafe {
        let config = &*config;
        let sane = config.is_valid() && (config.part_count == 0 || !config.parts.is_null());
        if !sane {
            return None;
        }
        Some((config, collect(config)?))
    }
}

/// Tells how many bytes of memory a configuration needs, exactly.
///
/// @param[in] config  The configuration.
///
/// @return Bytes; 0 if `config` is NULL or one of its numbers is out of range.
///
/// @note Any thread.
#[no_mangle]
pub unsafe extern "C" fn swmgmt_memory(config: *const swmgmt_config_t) -> usize {
    // SAFETY: by contract NULL or a configuration; the size, which comes first in every release,
    // tells whether the rest is there.
    unsafe {
        if config.is_null() || (*config).size as usize != size_of::<swmgmt_config_t>() {
            return 0;
        }
        check(config).map_or(0, |(config, parts)| layout(config, parts).end)
    }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_init_abi(
    ctx: *mut *mut swmgmt_t,
    memory: *mut c_void,
    size: usize,
    config: *const swmgmt_config_t,
    host: *const swmgmt_host_t,
    abi: u32,
) -> swmgmt_status_t {
    if config.is_null() || host.is_null() {
        return SWMGMT_EINVAL;
    }
    // SAFETY: by contract tables that stay; their first field is their size, and no more
    // of them is looked at before it is right.
    let (config_size, host_size) = unsafe { ((*config).size as usize, (*host).size as usize) };
    if abi != SWMGMT_ABI
        || config_size != size_of::<swmgmt_config_t>()
        || host_size != size_of::<swmgmt_host_t>()
    {
        return SWMGMT_EABI;
    }
    // SAFETY: as above, and of this release's size.
    let Some((config, parts)) = (unsafe { check(config) }) else {
        return SWMGMT_EINVAL;
    };
    // SAFETY: the host table is there and of its size.
    let can = unsafe { callbacks(host) };
    let pulls = can::FETCH | can::SCHEMES;
    if ctx.is_null()
        || memory.is_null()
        || !is_aligned(memory)
        || can & MUST != MUST
        || (can ^ can >> 1) & (can::LOAD | can::COUNTER) != 0
        || config.offers(3) && can & pulls != pulls
    {
        return SWMGMT_EINVAL;
    }
    match lacks(config, parts, can) {
        SWMGMT_OK => {}
        status => return status,
    }
    let at = layout(config, parts);
    if size < at.end {
        return SWMGMT_ENOMEM;
    }
    let base = memory.cast::<u8>();
    // SAFETY: the caller gave `size` >= `end` bytes, aligned for a context, which are the
    // library's alone from now on. `layout` keeps the arrays apart and aligned; all bytes are
    // written before a reference to them is made. Zeros are free instances, transfers and
    // unpackings, and whatever of the context is not set here.
    unsafe {
        core::ptr::write_bytes(base, 0, at.end);
        let context = base.cast::<Context>();
        (*context).door.magic = MAGIC;
        (*context).door.host = host;
        let core = &raw mut (*context).core;
        (*core).turn = NOBODY;
        (*core).component = SWMGMT_NONE;
        (*core).number = 1;
        (*core).stride = at.stride as u16;
        (*core).can = can;
        (*core).config = config;
        (*core).parts = parts;
        (*core).data = &[];
        (*core).schemes = c_string((*host).schemes);
        (*core).perform = perform;
        (*core).firmware = (&raw const (*context).door).cast();
        (*core).instances = table(base.add(at.instances), config.instances);
        (*core).transfers = table(base.add(at.transfers), config.transfers);
        (*core).unpackings = table(base.add(at.unpackings), at.unpacked);
        (*core).components = table(base.add(at.components), config.components);
        (*core).text = bytes_between(base, at.text, at.heads);
        (*core).heads = bytes_between(base, at.heads, at.work);
        (*core).work = bytes_between(base, at.work, at.end);
        (*context).core.number_tables();
        ctx.write(base.cast());
    }
    SWMGMT_OK
}

const MUST: u32 = can::OPEN | can::WRITE | can::INSTALL;

/// The callbacks that are there, as bits.
///
/// # Safety
/// `host` is a table of this release.
unsafe fn callbacks(host: *const swmgmt_host_t) -> u32 {
    let mut can = 0;
    for n in 0..can::ALL {
        // SAFETY: the table is one pointer behind the other, from open() to trace().
        let callback = unsafe { (&raw const (*host).open).cast::<*const c_void>().add(n).read() };
        can |= u32::from(!callback.is_null()) << n;
    }
    can
}

/// Sees whether the configuration names every part that it and the callbacks need, and whether
/// the parts have the callbacks that they need.
fn lacks(config: &swmgmt_config_t, parts: &[&'static Part], can: u32) -> swmgmt_status_t {
    let need = |so: bool, role: u8| if so { role } else { 0 };
    let mut needs = need(config.components != 0, role::COMPONENTS)
        | need(config.offers(3), role::DOWNLOAD)
        | need(can & can::SAVE != 0, role::RECORD)
        | need(config.policy == POLICY_SIGNATURE, role::CONTAINER)
        | need(config.policy == POLICY_SIGNATURE && can & can::SIGNATURE == 0, role::SIGNATURE);
    let mut has = 0;
    for part in parts {
        if part.needs & !can != 0 {
            return SWMGMT_EINVAL;
        }
        has |= part.role;
    }
    needs |= need(has & role::CONTAINER != 0, role::SHA256);
    if needs & !has != 0 {
        return SWMGMT_EPART;
    }
    SWMGMT_OK
}

/// # Safety
/// At `start` there is room for `count` of these, zeroed, which nobody else uses.
unsafe fn table<T>(start: *mut u8, count: u16) -> &'static mut [T] {
    // SAFETY: the caller's contract.
    unsafe { core::slice::from_raw_parts_mut(start.cast(), usize::from(count)) }
}

/// # Safety
/// From `base` on there are `to` bytes; nobody else uses those from `from` on.
unsafe fn bytes_between(base: *mut u8, from: usize, to: usize) -> &'static mut [u8] {
    // SAFETY: the caller's contract.
    unsafe { core::slice::from_raw_parts_mut(base.add(from), to.wrapping_sub(from)) }
}

impl Core<'_> {
    /// Tells every instance its place; zeros are free components, but for their ids.
    fn number_tables(&mut self) {
        let mut place = 0u8;
        for i in self.instances.iter_mut() {
            i.place = place;
            place = place.wrapping_add(1);
        }
        for component in self.components.iter_mut() {
            *component = Component::FREE;
        }
    }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_add(ctx: *mut swmgmt_t, instance: u16, software: u8) -> swmgmt_status_t {
    let software = match software {
        SWMGMT_EMPTY => Software::Empty,
        SWMGMT_INSTALLED => Software::Installed,
        SWMGMT_RUNNING => Software::Running,
        _ => return SWMGMT_EINVAL,
    };
    // SAFETY: the caller's contract for a context.
    let core = or_status!(unsafe { enter(ctx) });
    status(core.add(instance, software))
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_boot(ctx: *mut swmgmt_t, now_ms: u32) -> swmgmt_status_t {
    let _ = now_ms; // time counts from the first poll on
                    // SAFETY: the caller's contract for a context.
    let core = or_status!(unsafe { enter(ctx) });
    match core.boot() {
        Ok(false) => SWMGMT_OK,
        Ok(true) => SWMGMT_ERECORD,
        Err(error) => error.status(),
    }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_poll(ctx: *mut swmgmt_t, now_ms: u32, next_ms: *mut u32) -> swmgmt_status_t {
    // SAFETY: the caller's contract for a context; `next_ms` is NULL or writable.
    unsafe {
        let next = or_status!(enter_booted(ctx)).poll(now_ms);
        if !next_ms.is_null() {
            next_ms.write(next);
        }
    }
    SWMGMT_OK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_free() {
        // SAFETY: every field is a number, or an enum that has a zero.
        let (instance, transfer) =
            unsafe { (core::mem::zeroed::<Instance>(), core::mem::zeroed::<Transfer>()) };
        assert_eq!(format!("{instance:?}"), format!("{:?}", Instance::FREE));
        assert_eq!(format!("{transfer:?}"), format!("{:?}", Transfer::FREE));
    }
}
