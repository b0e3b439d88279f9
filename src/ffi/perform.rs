// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Performs operations through the firmware's callbacks, while no Rust reference to
//! the context is alive, and hands the verdicts back.

use super::context::{swmgmt_t, Context, MAGIC};
use super::host::{swmgmt_about_t, swmgmt_fetch_t, swmgmt_host_t, swmgmt_op_t};
use super::numbers::*;
use crate::manager::{About, AboutError, Error};
use crate::operation::{Kind, Operation, Verdict};
use core::ptr::null;

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
        }
    }
}

/// The context for a call that may change it.
///
/// # Safety
/// `ctx` is NULL or the caller's context, which nobody else uses during the call, and
/// no reference from an earlier `enter` or `look` is used any more.
#[inline(never)]
pub(super) unsafe fn enter<'a>(ctx: *mut swmgmt_t) -> Result<&'a mut Context, swmgmt_status_t> {
    let ctx = ctx.cast::<Context>();
    if ctx.is_null() || ctx as usize & 7 != 0 {
        return Err(SWMGMT_EINVAL);
    }
    // SAFETY: by contract readable; what is no context is not looked at further.
    if unsafe { (*ctx).magic } != MAGIC {
        return Err(SWMGMT_EINVAL);
    }
    // SAFETY: by contract a context that nobody else uses.
    let context = unsafe { &mut *ctx };
    if context.inside == 0 {
        Ok(context)
    } else {
        Err(SWMGMT_EBUSY)
    }
}

/// The context for a call that only reads, which callbacks may do, too.
///
/// # Safety
/// As for `enter`.
#[inline(never)]
pub(super) unsafe fn look<'a>(ctx: *const swmgmt_t) -> Result<&'a Context, swmgmt_status_t> {
    let ctx = ctx.cast::<Context>();
    if ctx.is_null() || ctx as usize & 7 != 0 {
        return Err(SWMGMT_EINVAL);
    }
    // SAFETY: by contract readable; what is no context is not looked at further.
    if unsafe { (*ctx).magic } != MAGIC {
        return Err(SWMGMT_EINVAL);
    }
    // SAFETY: by contract a context that nobody changes meanwhile.
    let context = unsafe { &*ctx };
    if !context.manager.is_booted() {
        return Err(SWMGMT_EORDER);
    }
    Ok(context)
}

/// What the caller handed over; `None` if it is NULL and not empty, or absurd.
///
/// # Safety
/// `data` is NULL or has `length` bytes that nobody changes during the call.
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

/// A verdict as the firmware wrote it; whatever is not listed is a failure.
pub(super) fn verdict(number: swmgmt_verdict_t) -> Verdict {
    match number {
        SWMGMT_DONE => Verdict::Done,
        SWMGMT_PENDING => Verdict::Pending,
        SWMGMT_AGAIN => Verdict::Again,
        SWMGMT_NOT_STARTED => Verdict::NotStarted,
        SWMGMT_UNKNOWN => Verdict::Unknown,
        SWMGMT_FAILED_UNINSTALL..=SWMGMT_FAILED_URI | SWMGMT_FAILED_TYPE..=SWMGMT_FAILED_STORAGE => {
            Verdict::Failed(number.unsigned_abs() as u8)
        }
        _ => Verdict::Failed(0),
    }
}

/// Asks the firmware for names.
///
/// # Safety
/// `host` is the context's table; no reference to the context is used after this that
/// was made before, unless it only reads.
#[inline(never)]
unsafe fn about<'a>(
    host: *const swmgmt_host_t,
    instance: u16,
    component: u16,
    package: u8,
) -> Result<About<'a>, AboutError> {
    let mut told = swmgmt_about_t {
        name: null(),
        version: null(),
        name_length: 0,
        version_length: 0,
        active: 0,
        reserved: [0; 3],
    };
    // SAFETY: init kept the table and saw its size; what the callback points to is
    // readable until the next callback.
    unsafe {
        let Some(ask) = (*host).about else {
            return Err(AboutError::Missing);
        };
        match ask((*host).user, instance, component, package, &mut told) {
            SWMGMT_OK => {}
            SWMGMT_ENOENT => return Err(AboutError::Missing),
            _ => return Err(AboutError::Failed),
        }
        let name = bytes(told.name.cast(), usize::from(told.name_length));
        let version = bytes(told.version.cast(), usize::from(told.version_length));
        match (name, version) {
            (Some(name), Some(version)) if told.active <= 1 => {
                Ok(About { name, version, active: told.active == 1 })
            }
            _ => Err(AboutError::Failed),
        }
    }
}

/// Asks on behalf of a Read, which itself may be made from inside a callback.
///
/// # Safety
/// `ctx` is a context, and no reference to it is used after this that was made before.
pub(super) unsafe fn ask<'a>(
    ctx: *mut swmgmt_t,
    instance: u16,
    component: u16,
) -> Result<About<'a>, AboutError> {
    let ctx = ctx.cast::<Context>();
    // SAFETY: the caller's contract; only the mark that a callback runs is written.
    unsafe {
        let inside = (*ctx).inside;
        if inside == 0 {
            (*ctx).inside = u32::MAX;
        }
        let told = about((*ctx).host, instance, component, 0);
        (*ctx).inside = inside;
        told
    }
}

/// Performs operations until the manager wants none, with `data` being what the
/// request brought for the storage.
///
/// # Safety
/// `ctx` is a context that nobody else uses now; no reference into it is used after
/// this that was made before.
#[inline(never)]
pub(super) unsafe fn run(ctx: *mut swmgmt_t, data: Option<&[u8]>) {
    let ctx = ctx.cast::<Context>();
    let data = data.unwrap_or(&[]);
    loop {
        // SAFETY: the caller's contract; `work` is not part of what `manager` owns.
        let (operation, host, work, room) = unsafe {
            let context = &mut *ctx;
            let room = context.work_length as usize;
            let work = core::slice::from_raw_parts_mut(context.work, room);
            let Some(operation) = context.manager.next(work) else {
                return;
            };
            let own = operation.number != 0 && operation.kind != Kind::Cancel;
            context.inside = if own { operation.number } else { u32::MAX };
            context.early = None;
            (operation, context.host, context.work, room)
        };
        if operation.kind == Kind::About {
            // SAFETY: no reference to the context is alive.
            unsafe {
                let told = about(host, operation.instance, operation.component, u8::from(operation.package));
                let verdict = if told.is_ok() { SWMGMT_DONE } else { SWMGMT_FAILED };
                traced(ctx, &operation, verdict);
                (*ctx).manager.answer_about(told);
            }
            continue;
        }
        // SAFETY: no reference to the context is alive, so the callback may look at
        // it; the pointers handed over are valid for as long as `call` says.
        unsafe {
            let (number, used) = call(ctx, host, &operation, work, room, data);
            let context = &mut *ctx;
            // The first verdict counts, whichever way it came.
            let (number, flags) = context.early.take().unwrap_or((number, 0));
            traced(ctx, &operation, number);
            let context = &mut *ctx;
            let seen = match operation.kind {
                Kind::Write => data,
                _ => core::slice::from_raw_parts(work, used),
            };
            context.manager.answer(verdict(number), flags, seen);
        }
    }
}

/// Tells the firmware's trace of an operation, and leaves the callbacks.
///
/// # Safety
/// `ctx` is a context, and no reference to it is alive.
unsafe fn traced(ctx: *mut Context, operation: &Operation, verdict: swmgmt_verdict_t) {
    // SAFETY: the caller's contract; init kept the table.
    unsafe {
        let host = (*ctx).host;
        if let Some(trace) = (*host).trace {
            (*ctx).inside = u32::MAX;
            trace((*host).user, operation.instance, operation.kind as u8, operation.number, verdict);
        }
        (*ctx).inside = 0;
    }
}

/// One callback. Returns the verdict, and how much of the work buffer it filled.
///
/// # Safety
/// `host` is the context's table, `work` has `room` bytes, and no reference to the
/// context or to the work buffer is alive.
#[inline(never)]
unsafe fn call(
    ctx: *mut Context,
    host: *const swmgmt_host_t,
    operation: &Operation,
    work: *mut u8,
    room: usize,
    data: &[u8],
) -> (swmgmt_verdict_t, usize) {
    let op = swmgmt_op_t {
        number: operation.number,
        instance: operation.instance,
        component: operation.component,
        kind: operation.begun as u8,
        active: u8::from(operation.active),
        for_update: u8::from(operation.for_update),
        reserved: 0,
    };
    let (offset, length) = (operation.offset, operation.length as usize);
    // SAFETY: init kept the table and saw its size; every pointer below is valid for
    // the length beside it until the callback returns.
    unsafe {
        let host = &*host;
        let user = host.user;
        let simple = |callback: Option<
            unsafe extern "C" fn(*mut _, *const swmgmt_op_t) -> swmgmt_verdict_t,
        >| { callback.map_or(SWMGMT_DONE, |callback| callback(user, &op)) };
        let verdict = match operation.kind {
            Kind::Load => {
                let mut used = 0usize;
                let Some(load) = host.load else {
                    return (SWMGMT_DONE, 0);
                };
                let verdict = load(user, operation.instance, work, room, &mut used);
                return if used <= room { (verdict, used) } else { (SWMGMT_FAILED, 0) };
            }
            Kind::Save => host.save.map_or(SWMGMT_DONE, |save| save(user, operation.instance, work, length)),
            Kind::Open => host.open.map_or(SWMGMT_FAILED, |open| open(user, &op, offset, operation.total)),
            Kind::Write => match host.write {
                Some(write) => write(user, &op, offset, data.as_ptr(), length.min(data.len())),
                None => SWMGMT_FAILED,
            },
            Kind::Read => {
                let length = length.min(room);
                let verdict = host.read.map_or(SWMGMT_FAILED, |read| read(user, &op, offset, work, length));
                return (verdict, length);
            }
            Kind::Discard => simple(host.discard),
            Kind::Fetch => match host.fetch {
                Some(fetch) => {
                    let what = (*ctx).manager.fetch_of(operation.instance);
                    let what = swmgmt_fetch_t {
                        uri: what.uri.as_ptr().cast(),
                        user_name: pointer(what.user_name),
                        password: pointer(what.password),
                        etag: pointer(what.etag),
                        offset,
                        user_name_length: what.user_name.len() as u16,
                        password_length: what.password.len() as u16,
                        etag_length: what.etag.len() as u8,
                        reserved: [0; 3],
                    };
                    fetch(user, &op, &what)
                }
                None => SWMGMT_FAILED,
            },
            Kind::Verify => host.verify.map_or(SWMGMT_DONE, |verify| verify(user, &op, operation.length)),
            Kind::Install => match host.install {
                Some(install) => {
                    let arguments = (*ctx).manager.arguments_of(operation.instance);
                    install(user, &op, arguments.as_ptr().cast(), arguments.len())
                }
                None => SWMGMT_FAILED,
            },
            Kind::Uninstall => simple(host.uninstall),
            Kind::Prepare => simple(host.prepare),
            Kind::Activate => simple(host.activate),
            Kind::Deactivate => simple(host.deactivate),
            Kind::Outcome => host.outcome.map_or(SWMGMT_UNKNOWN, |outcome| outcome(user, &op)),
            Kind::Cancel => {
                if let Some(cancel) = host.cancel {
                    cancel(user, &op);
                }
                SWMGMT_DONE
            }
            Kind::About => SWMGMT_FAILED,
        };
        (verdict, 0)
    }
}

fn pointer(bytes: &[u8]) -> *const u8 {
    if bytes.is_empty() {
        null()
    } else {
        bytes.as_ptr()
    }
}
