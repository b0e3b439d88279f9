// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Contexts from the pointers that the firmware holds. The core is borrowed while a callback
//! runs; what the callback may look at, it reaches through that borrow, by the pointer that
//! is noted here meanwhile.

use super::host::swmgmt_host_t;
use super::numbers::*;
use crate::core::operation::{Kind, Operation, Told, Verdict};
use crate::core::{Core, Error};
use core::cell::Cell;
use core::mem::align_of;
use core::ptr::null_mut;

/// One device's software management: opaque, at the start of the caller's memory.
pub struct swmgmt_t {
    _opaque: (),
}

/// A context. The door comes first, and its magic number.
#[repr(C)]
pub(super) struct Context {
    pub(super) door: Door,
    pub(super) core: Core<'static>,
}

/// The bits that are 0 in the address of everything that lies in the caller's memory.
pub(super) const PADDING: usize = align_of::<Context>().wrapping_sub(1);

/// Whether a context can lie here.
pub(super) fn is_aligned<T>(memory: *const T) -> bool {
    memory as usize & PADDING == 0
}

pub(super) const MAGIC: u32 = 0x5357_4D31;

/// The firmware's table, and the callback that runs. The magic number comes first, so that
/// little of a pointer that is no context is read.
#[repr(C)]
pub(super) struct Door {
    pub(super) magic: u32,
    /// The number of the callback's operation; 0: it has none that could be completed.
    number: Cell<u32>,
    pub(super) host: *const swmgmt_host_t,
    /// The core, borrowed from the call that asks, as long as a callback runs; else NULL.
    core: Cell<*mut Core<'static>>,
    /// swmgmt_done() has been called from inside it, with this.
    said: Cell<bool>,
    flags: Cell<u8>,
    verdict: Cell<swmgmt_verdict_t>,
}

impl Door {
    /// A callback begins: from here on it may look at the core.
    pub(super) fn open(&self, core: &mut Core<'_>, number: u32) {
        self.number.set(number);
        self.said.set(false);
        self.flags.set(0);
        self.lend(core);
    }

    /// From here on the core is reached through this borrow; returns the one before.
    pub(super) fn lend(&self, core: &mut Core<'_>) -> *mut Core<'static> {
        self.core.replace((&raw mut *core).cast())
    }

    /// And now through that one again.
    pub(super) fn take_back(&self, lent: *mut Core<'static>) {
        self.core.set(lent);
    }

    /// It ends: the first verdict counts, whichever way it came.
    pub(super) fn close(
        &self,
        core: &mut Core<'_>,
        operation: &Operation,
        verdict: swmgmt_verdict_t,
    ) -> Told {
        let verdict = if self.said.get() { self.verdict.get() } else { verdict };
        let record = matches!(operation.kind, Kind::Load | Kind::Save);
        let (instance, number) =
            if record { (operation.number as u16, 0) } else { (operation.instance, operation.number) };
        self.number.set(0);
        self.lend(core);
        // SAFETY: init kept the table and saw its size.
        unsafe {
            if let Some(trace) = (*self.host).trace {
                trace((*self.host).user, instance, operation.kind as u8, number, verdict);
            }
        }
        self.core.set(null_mut());
        Told { verdict: Verdict::from_number(verdict), more: self.flags.get().into() }
    }

    /// Completes the operation whose callback runs.
    pub(super) fn complete(&self, number: u32, verdict: swmgmt_verdict_t, flags: u32) -> swmgmt_status_t {
        if self.number.get() != number || number == 0 {
            return SWMGMT_EBUSY;
        }
        if self.said.replace(true) {
            return SWMGMT_ESTALE;
        }
        self.verdict.set(verdict);
        self.flags.set(flags as u8);
        SWMGMT_OK
    }
}

impl Error {
    pub(super) fn status(self) -> swmgmt_status_t {
        match self {
            Error::Invalid => SWMGMT_EINVAL,
            Error::Full => SWMGMT_ENOMEM,
            Error::Busy => SWMGMT_EBUSY,
            Error::Missing => SWMGMT_ENOENT,
            Error::Exists => SWMGMT_EEXIST,
            Error::Order => SWMGMT_EORDER,
            Error::Stale => SWMGMT_ESTALE,
            Error::Unsaved => SWMGMT_ERECORD,
        }
    }
}

/// The status of a call of the firmware's.
pub(super) fn status(result: Result<(), Error>) -> swmgmt_status_t {
    match result {
        Ok(()) => SWMGMT_OK,
        Err(error) => error.status(),
    }
}

/// The context's door; an error if `ctx` is no context.
///
/// # Safety
/// `ctx` is NULL or readable, and stays.
#[inline(never)]
pub(super) unsafe fn door<'a>(ctx: *const swmgmt_t) -> Result<&'a Door, swmgmt_status_t> {
    let ctx = ctx.cast::<Context>();
    // SAFETY: the caller's contract; what is no context is not looked at further. Nothing ever
    // borrows the door mutably.
    unsafe {
        if ctx.is_null() || !is_aligned(ctx) || (*ctx).door.magic != MAGIC {
            return Err(SWMGMT_EINVAL);
        }
        Ok(&(*ctx).door)
    }
}

/// The core for a call that may change it, before or after swmgmt_boot().
///
/// # Safety
/// `ctx` is NULL or the caller's context, which nobody else uses during the call.
#[inline(never)]
pub(super) unsafe fn enter<'a>(ctx: *mut swmgmt_t) -> Result<&'a mut Core<'static>, swmgmt_status_t> {
    // SAFETY: the caller's contract. No callback runs, so no other borrow of the core is alive.
    unsafe {
        if !door(ctx)?.core.get().is_null() {
            return Err(SWMGMT_EBUSY);
        }
        Ok(&mut (*ctx.cast::<Context>()).core)
    }
}

/// The same, after swmgmt_boot().
///
/// # Safety
/// As for `enter`.
#[inline(never)]
pub(super) unsafe fn enter_booted<'a>(ctx: *mut swmgmt_t) -> Result<&'a mut Core<'static>, swmgmt_status_t> {
    // SAFETY: the caller's contract.
    match unsafe { enter(ctx) } {
        Ok(core) if !core.is_booted() => Err(SWMGMT_EORDER),
        result => result,
    }
}

/// The core for a call that only reads, which callbacks may do, too.
///
/// # Safety
/// As for `enter`.
#[inline(never)]
pub(super) unsafe fn look<'a>(ctx: *const swmgmt_t) -> Result<&'a mut Core<'static>, swmgmt_status_t> {
    // SAFETY: by contract a context that nobody changes meanwhile. While a callback runs the core
    // is reached through the borrow of the call that waits for it.
    let core = unsafe {
        let lent = door(ctx)?.core.get();
        if lent.is_null() {
            &mut (*ctx.cast_mut().cast::<Context>()).core
        } else {
            &mut *lent
        }
    };
    if core.is_booted() {
        Ok(core)
    } else {
        Err(SWMGMT_EORDER)
    }
}

/// The caller's bytes; `None`: NULL with a length, or a length that no object has.
///
/// # Safety
/// `data` is NULL or has `length` bytes that stay as they are for `'a`; what the core keeps of
/// them, it forgets when the call ends.
#[inline(never)]
pub(super) unsafe fn bytes<'a>(data: *const u8, length: usize) -> Option<&'a [u8]> {
    if length == 0 {
        return Some(&[]);
    }
    if data.is_null() || length > isize::MAX as usize {
        return None;
    }
    // SAFETY: the caller's contract.
    Some(unsafe { core::slice::from_raw_parts(data, length) })
}
