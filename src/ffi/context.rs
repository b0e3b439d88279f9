// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The caller's memory, carved once, and the life of a context.

use super::host::swmgmt_host_t;
use super::numbers::*;
use super::parts::collect;
use super::perform::{enter, enter_booted, run, Inside};
use crate::manager::components::Component;
use crate::manager::config::swmgmt_config_t;
use crate::manager::instance::Instance;
use crate::manager::part::{look_over, swmgmt_part_t, NoCallback};
use crate::manager::{Call, Manager, Memory, Software};
use crate::operation::can;
use crate::transfer::unpacking::Unpacking;
use crate::transfer::Transfer;
use crate::verify::Engine;
use core::ffi::c_void;
use core::mem::{align_of, size_of};

/// One device's software management: opaque, at the start of the caller's memory.
pub struct swmgmt_t {
    _opaque: (),
}

/// What it is; the magic number comes first, so that little of a pointer that is no
/// context is read.
#[repr(C)]
pub(super) struct Context {
    pub(super) magic: u32,
    pub(super) host: *const swmgmt_host_t,
    /// The callback that runs; NULL: none.
    pub(super) inside: *mut Inside,
    pub(super) manager: Manager<'static>,
}

/// The bits that are 0 in the address of everything that lies in the caller's memory.
const PADDING: usize = align_of::<Context>().wrapping_sub(1);

/// Whether a context can lie here.
pub(super) fn is_aligned<T>(memory: *const T) -> bool {
    memory as usize & PADDING == 0
}

pub(super) const MAGIC: u32 = 0x5357_4D31;

/// Where everything lies in the caller's memory, in bytes from its start.
struct Layout {
    instances: usize,
    transfers: usize,
    unpackings: usize,
    components: usize,
    text: usize,
    work: usize,
    end: usize,
}

impl Layout {
    /// Every count is at most 255 and every length at most 65535, so no sum here
    /// comes near the end of a 32-bit number.
    fn of(config: &swmgmt_config_t, parts: &[&'static swmgmt_part_t]) -> Layout {
        let after = |start: usize, count: u16, size: usize| {
            start.wrapping_add(usize::from(count).wrapping_mul(size)).wrapping_add(PADDING) & !PADDING
        };
        let instances = after(size_of::<Context>(), 0, 0);
        let transfers = after(instances, config.instances, size_of::<Instance>());
        let unpackings = after(transfers, config.transfers, size_of::<Transfer>());
        let components = after(unpackings, Memory::unpackings(config, parts), size_of::<Unpacking>());
        let text = after(components, config.components, size_of::<Component>());
        let work = text.wrapping_add(Memory::text(config, parts));
        let end = work.wrapping_add(Memory::work(config, parts));
        Layout { instances, transfers, unpackings, components, text, work, end }
    }
}

// SWMGMT_MEMORY_WORDS in the header is an upper bound of the same sums.
const _: () = {
    assert!(size_of::<Context>() <= 136);
    assert!(size_of::<Instance>() <= 64);
    assert!(size_of::<Transfer>() <= 184);
    assert!(size_of::<Unpacking>() <= 168);
    assert!(size_of::<Component>() <= 8);
    assert!(align_of::<Context>() <= align_of::<u64>());
    assert!(align_of::<Instance>() <= align_of::<Context>());
    assert!(align_of::<Transfer>() <= align_of::<Context>());
    assert!(align_of::<Unpacking>() <= align_of::<Context>());
    assert!(align_of::<Component>() <= align_of::<Context>());
};

/// # Safety
/// `config` is NULL or points to a configuration that stays.
unsafe fn check<'a>(config: *const swmgmt_config_t) -> Option<&'a swmgmt_config_t> {
    // SAFETY: by contract NULL or valid; the size, which comes first in every release,
    // tells whether the rest is there: only then is there a reference to it.
    let config = unsafe {
        if config.is_null() || (*config).size as usize != size_of::<swmgmt_config_t>() {
            return None;
        }
        &*config
    };
    (config.is_valid() && (config.part_count == 0 || !config.parts.is_null())).then_some(config)
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
    // SAFETY: the caller's contract.
    unsafe {
        let found = check(config).and_then(|config| Some((config, collect(config)?)));
        found.map_or(0, |(config, parts)| Layout::of(config, parts).end)
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
    let (Some(config), Some(table)) = (unsafe { (check(config), host.as_ref()) }) else {
        return SWMGMT_EINVAL;
    };
    // SAFETY: `check` saw a table of `part_count` pointers, or none.
    let Some(parts) = (unsafe { collect(config) }) else {
        return SWMGMT_EINVAL;
    };
    if ctx.is_null()
        || memory.is_null()
        || !is_aligned(memory)
        || table.open.is_none()
        || table.write.is_none()
        || table.install.is_none()
        || table.load.is_some() != table.save.is_some()
        || table.counter.is_some() != table.commit.is_some()
        || config.offers(3) && (table.fetch.is_none() || table.schemes.is_null())
    {
        return SWMGMT_EINVAL;
    }
    let bit = |there: bool, bit: u8| if there { bit } else { 0 };
    let can = bit(table.read.is_some(), can::READ)
        | bit(table.discard.is_some(), can::DISCARD)
        | bit(table.verify.is_some(), can::VERIFY)
        | bit(table.outcome.is_some(), can::OUTCOME)
        | bit(table.cancel.is_some(), can::CANCEL)
        | bit(table.about.is_some(), can::ABOUT)
        | bit(table.save.is_some(), can::SAVE)
        | bit(table.signature.is_some(), can::SIGNATURE);
    match look_over(config, parts, can, table.key.is_some(), table.hash.is_some()) {
        Ok(true) => {}
        Ok(false) => return SWMGMT_EPART,
        Err(NoCallback) => return SWMGMT_EINVAL,
    }
    let layout = Layout::of(config, parts);
    if size < layout.end {
        return SWMGMT_ENOMEM;
    }
    let base = memory.cast::<u8>();
    // SAFETY: the caller gave `size` >= `layout.end` bytes, aligned for a context, which are the
    // library's alone from now on. `Layout` keeps the arrays apart and aligned; all
    // bytes are written before a reference to them is made. Zeros are a free instance,
    // and a free transfer.
    let memory = unsafe {
        core::ptr::write_bytes(base, 0, layout.end);
        let instances = base.add(layout.instances).cast::<Instance>();
        for place in 0..config.instances as u8 {
            (*instances.add(usize::from(place))).place = place;
        }
        let transfers = base.add(layout.transfers).cast::<Transfer>();
        let unpackings = base.add(layout.unpackings).cast::<Unpacking>();
        let components = base.add(layout.components).cast::<Component>();
        let count = Memory::unpackings(config, parts);
        for n in 0..config.transfers {
            let engine = Engine { host: host.cast(), slot: n, failed: false };
            (*transfers.add(usize::from(n))).digest.engine = engine;
            if n < count {
                let slot = count.wrapping_add(n);
                (*unpackings.add(usize::from(n))).work.engine = Engine { slot, ..engine };
            }
        }
        for n in 0..usize::from(config.components) {
            components.add(n).write(Component::FREE);
        }
        Memory {
            instances: core::slice::from_raw_parts_mut(instances, usize::from(config.instances)),
            transfers: core::slice::from_raw_parts_mut(transfers, usize::from(config.transfers)),
            unpackings: core::slice::from_raw_parts_mut(unpackings, usize::from(count)),
            components: core::slice::from_raw_parts_mut(components, usize::from(config.components)),
            text: core::slice::from_raw_parts_mut(
                base.add(layout.text),
                layout.work.wrapping_sub(layout.text),
            ),
        }
    };
    // SAFETY: the context lies at the start of the same memory, before the arrays.
    unsafe {
        base.cast::<Context>().write(Context {
            magic: MAGIC,
            host,
            inside: core::ptr::null_mut(),
            manager: Manager::new(config, can, parts, memory),
        });
        ctx.write(base.cast());
    }
    SWMGMT_OK
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
    let mut call = Call::new();
    // SAFETY: the caller's contract for a context.
    unsafe {
        let context = or_status!(enter(ctx));
        if let Err(error) = context.manager.add(&mut call, instance, software) {
            return error.status();
        }
        run(ctx, &mut call, &[]);
    }
    SWMGMT_OK
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
    let mut call = Call::new();
    // SAFETY: the caller's contract for a context.
    unsafe {
        let context = or_status!(enter(ctx));
        if let Err(error) = context.manager.boot(&mut call) {
            return error.status();
        }
        run(ctx, &mut call, &[]);
        match enter(ctx) {
            Ok(context) if context.manager.record_refused() => SWMGMT_ERECORD,
            _ => SWMGMT_OK,
        }
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
    let mut call = Call::new();
    // SAFETY: the caller's contract for a context; `next_ms` is NULL or writable.
    unsafe {
        let context = or_status!(enter_booted(ctx));
        context.manager.poll(&mut call, now_ms);
        run(ctx, &mut call, &[]);
        if let (Ok(context), false) = (enter(ctx), next_ms.is_null()) {
            next_ms.write(context.manager.idle(now_ms));
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
