// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Performs operations through the firmware's callbacks, while no Rust reference to
//! the context is alive, and hands the verdicts back.

use super::context::{is_aligned, swmgmt_t, Context, MAGIC};
use super::host::{swmgmt_about_t, swmgmt_fetch_t, swmgmt_host_t, swmgmt_op_t, swmgmt_signature_t};
use super::numbers::*;
use crate::manager::{About, AboutError, Call, Error};
use crate::object::Refusal;
use crate::operation::{Kind, Operation, Verdict};
use core::ptr::{null, null_mut};

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

/// The callback that runs, as long as it does.
pub(super) struct Inside {
    /// The number of its operation; 0: it has none that could be completed.
    pub(super) number: u32,
    /// What swmgmt_done() said of it meanwhile.
    pub(super) early: Option<(swmgmt_verdict_t, u32)>,
}

/// Whether `ctx` is a context.
///
/// # Safety
/// `ctx` is NULL or readable.
unsafe fn is_context(ctx: *const Context) -> bool {
    // SAFETY: the caller's contract; what is no context is not looked at further.
    !ctx.is_null() && is_aligned(ctx) && unsafe { (*ctx).magic } == MAGIC
}

/// The context for a call that may change it.
///
/// # Safety
/// `ctx` is NULL or the caller's context, which nobody else uses during the call, and
/// no reference from an earlier `enter` or `look` is used any more.
#[inline(never)]
pub(super) unsafe fn enter<'a>(ctx: *mut swmgmt_t) -> Result<&'a mut Context, swmgmt_status_t> {
    let ctx = ctx.cast::<Context>();
    // SAFETY: by contract a context that nobody else uses.
    unsafe {
        if !is_context(ctx) {
            return Err(SWMGMT_EINVAL);
        }
        if (*ctx).inside.is_null() {
            Ok(&mut *ctx)
        } else {
            Err(SWMGMT_EBUSY)
        }
    }
}

/// Likewise, after swmgmt_boot().
///
/// # Safety
/// As for `enter`.
#[inline(never)]
pub(super) unsafe fn enter_booted<'a>(ctx: *mut swmgmt_t) -> Result<&'a mut Context, swmgmt_status_t> {
    // SAFETY: the caller's contract.
    match unsafe { enter(ctx) } {
        Ok(context) if !context.manager.is_booted() => Err(SWMGMT_EORDER),
        result => result,
    }
}

/// The context for a call that only reads, which callbacks may do, too.
///
/// # Safety
/// As for `enter`.
#[inline(never)]
pub(super) unsafe fn look<'a>(ctx: *const swmgmt_t) -> Result<&'a Context, swmgmt_status_t> {
    let ctx = ctx.cast::<Context>();
    // SAFETY: by contract a context that nobody changes meanwhile.
    unsafe {
        if !is_context(ctx) {
            return Err(SWMGMT_EINVAL);
        }
        if (*ctx).manager.is_booted() {
            Ok(&*ctx)
        } else {
            Err(SWMGMT_EORDER)
        }
    }
}

/// The caller's bytes; `None`: NULL with a length, or a length that no object has.
///
/// # Safety
/// `data` is NULL or has `length` bytes that stay as they are for `'a`.
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

/// Asks the firmware for a name.
///
/// # Safety
/// `host` is the context's table, and no reference to the context is used meanwhile.
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

/// Asks the firmware for the name of a component, during a Read.
///
/// # Safety
/// `ctx` is a context, and no reference to it is used meanwhile.
pub(super) unsafe fn ask<'a>(
    ctx: *mut swmgmt_t,
    instance: u16,
    component: u16,
) -> Result<About<'a>, AboutError> {
    let ctx = ctx.cast::<Context>();
    let mut inside = Inside { number: 0, early: None };
    // SAFETY: the caller's contract; only the mark that a callback runs is written, and
    // it is put back before `inside` ends.
    unsafe {
        let outer = (*ctx).inside;
        if outer.is_null() {
            (*ctx).inside = &mut inside;
        }
        let told = about((*ctx).host, instance, component, 0);
        (*ctx).inside = outer;
        told
    }
}

/// Performs what the call needs, to its end, and tells its answer.
///
/// # Safety
/// `ctx` is a context, and no reference to it is used any more. `data` are the bytes
/// of the chunk or value that the call brought.
#[inline(never)]
pub(super) unsafe fn run(ctx: *mut swmgmt_t, call: &mut Call, data: &[u8]) -> swmgmt_answer_t {
    let ctx = ctx.cast::<Context>();
    let mut mark = Inside { number: 0, early: None };
    let inside = &raw mut mark; // what the context knows, and the only way to it
    loop {
        // SAFETY: the caller's contract; `work` lies in the same memory as the context,
        // and is not part of what `manager` owns. The context knows of `mark` only
        // while a callback runs, which is below.
        unsafe {
            let context = &mut *ctx;
            let (work, room) = context.manager.work();
            let work = ctx.cast::<u8>().add(work.wrapping_sub(ctx as usize));
            if !context.manager.next(call, core::slice::from_raw_parts_mut(work, room), data) {
                return swmgmt_answer_t::from(call.answer());
            }
            let host = context.host;
            let operation = &call.operation;
            (*inside).number = if operation.kind == Kind::Cancel { 0 } else { operation.number };
            (*inside).early = None;
            context.inside = inside;
            // No reference to the context is alive now, so a callback may look at it.
            if operation.kind == Kind::About {
                let told = about(host, operation.instance, operation.component, u8::from(operation.package));
                let verdict = if told.is_ok() { SWMGMT_DONE } else { SWMGMT_FAILED };
                // What was told is readable until the next callback, and trace is one.
                (*ctx).manager.answer_about(call, told);
                traced(ctx, inside, &call.operation, verdict);
                continue;
            }
            let data = data.get(call.skip as usize..).unwrap_or_default();
            let (number, used) = perform(ctx, call, work, room, data);
            // The first verdict counts, whichever way it came.
            let early = (*inside).early.take();
            traced(ctx, inside, &call.operation, early.map_or(number, |(number, _)| number));
            let (number, flags) = early.unwrap_or((number, 0));
            let (seen, flags) = match call.operation.kind {
                Kind::Write => (data, flags),
                Kind::Counter => (&[][..], used as u32),
                _ => (core::slice::from_raw_parts(work, used), flags),
            };
            (*ctx).manager.answer(call, Verdict::from_number(number), flags, seen);
        }
    }
}

/// Tells the firmware's trace of an operation, and leaves the callbacks.
///
/// # Safety
/// `ctx` is a context, and no reference to it is alive.
unsafe fn traced(ctx: *mut Context, inside: *mut Inside, operation: &Operation, verdict: swmgmt_verdict_t) {
    // SAFETY: the caller's contract; init kept the table.
    unsafe {
        let host = (*ctx).host;
        if let Some(trace) = (*host).trace {
            (*inside).number = 0;
            trace((*host).user, operation.instance, operation.kind as u8, operation.number, verdict);
        }
        (*ctx).inside = null_mut();
    }
}

/// An operation, as the firmware sees it.
fn op_of(operation: &Operation) -> swmgmt_op_t {
    swmgmt_op_t {
        number: operation.number,
        instance: operation.instance,
        component: operation.component,
        kind: operation.begun as u8,
        active: u8::from(operation.active),
        for_update: u8::from(operation.for_update),
        reserved: 0,
    }
}

/// One callback. Returns the verdict, and how much of the work buffer it filled.
///
/// # Safety
/// `ctx` is a context, `work` has `room` bytes, and no reference to the context or to
/// the work buffer is alive.
#[inline(never)]
unsafe fn perform(
    ctx: *mut Context,
    call: &Call,
    work: *mut u8,
    room: usize,
    data: &[u8],
) -> (swmgmt_verdict_t, usize) {
    let operation = &call.operation;
    let op = op_of(operation);
    let (offset, length) = (operation.offset, operation.length);
    // SAFETY: init kept the table and saw its size; every pointer below is valid for
    // the length beside it until the callback returns.
    unsafe {
        let host = &*(*ctx).host;
        let user = host.user;
        let (simple, without) = match operation.kind {
            Kind::Load => {
                let mut used = 0usize;
                let Some(load) = host.load else {
                    return (SWMGMT_DONE, 0);
                };
                let verdict = load(user, operation.instance, work, room, &mut used);
                return if used <= room { (verdict, used) } else { (SWMGMT_FAILED, 0) };
            }
            Kind::Save => {
                let save = host.save.map(|save| save(user, operation.instance, work, length as usize));
                return (save.unwrap_or(SWMGMT_DONE), 0);
            }
            Kind::Open => {
                return (host.open.map_or(SWMGMT_FAILED, |open| open(user, &op, offset, length)), 0);
            }
            Kind::Write if length == 0 => {
                let write = host.write.map(|write| write(user, &op, offset, data.as_ptr(), data.len()));
                return (write.unwrap_or(SWMGMT_FAILED), 0);
            }
            Kind::Read => {
                let length = room.min(length as usize);
                let read = host.read.map(|read| read(user, &op, offset, work, length));
                return (read.unwrap_or(SWMGMT_FAILED), length);
            }
            Kind::Fetch => return (fetch(ctx, call, &op), 0),
            Kind::Verify => {
                return (host.verify.map_or(SWMGMT_DONE, |verify| verify(user, &op, length)), 0);
            }
            Kind::Install => {
                let arguments = (*ctx).manager.arguments_of(call);
                let (text, length) = (arguments.as_ptr().cast(), arguments.len());
                return (host.install.map_or(SWMGMT_FAILED, |install| install(user, &op, text, length)), 0);
            }
            Kind::Cancel => {
                if let Some(cancel) = host.cancel {
                    cancel(user, &op);
                }
                return (SWMGMT_DONE, 0);
            }
            Kind::About => return (SWMGMT_FAILED, 0),
            Kind::Write | Kind::Key | Kind::Signature | Kind::Fits | Kind::Counter | Kind::Commit => {
                let ask = (*ctx).manager.ask();
                return ask.map_or((SWMGMT_FAILED, 0), |ask| ask(ctx.cast(), call, work, room));
            }
            Kind::Discard => (host.discard, SWMGMT_DONE),
            Kind::Uninstall => (host.uninstall, SWMGMT_DONE),
            Kind::Prepare => (host.prepare, SWMGMT_DONE),
            Kind::Activate => (host.activate, SWMGMT_DONE),
            Kind::Deactivate => (host.deactivate, SWMGMT_DONE),
            Kind::Outcome => (host.outcome, SWMGMT_UNKNOWN),
        };
        (simple.map_or(without, |callback| callback(user, &op)), 0)
    }
}

/// What packages in containers ask of the firmware: to store what was held back; for a key,
/// which goes to the work buffer; for its own check of a signature; whether the package is
/// for this device; for the rollback counter. Firmware without containers has none of it.
///
/// # Safety
/// As for `perform`; `ctx` points to a [`Context`].
pub(super) unsafe fn ask_about_package(
    ctx: *mut (),
    call: &Call,
    work: *mut u8,
    room: usize,
) -> (swmgmt_verdict_t, usize) {
    const KEY: usize = 32;
    let ctx = ctx.cast::<Context>();
    let operation = &call.operation;
    let instance = operation.instance;
    // SAFETY: the caller's contract; what the pointers point to stays until the callback
    // returns, because only this call can change it. A record is longer than a key, and so is
    // the work buffer.
    unsafe {
        let host = &*(*ctx).host;
        let user = host.user;
        let manager = &(*ctx).manager;
        let mut value = 0u32;
        let verdict = match operation.kind {
            Kind::Write => {
                let (op, held) = (op_of(operation), manager.held(call));
                let (data, length) = (held.as_ptr(), held.len());
                host.write.map(|write| write(user, &op, operation.offset, data, length))
            }
            Kind::Fits => {
                let (what, data) = manager.fits_of(call);
                let (data, length) = (data.as_ptr(), data.len());
                host.fits.map(|fits| fits(user, instance, what, data, length))
            }
            Kind::Key => {
                value = KEY as u32;
                let id = manager.claim_of(call).map_or(null(), |claim| claim.key.as_ptr());
                host.key.filter(|_| room >= KEY).map(|key| key(user, instance, id, work))
            }
            Kind::Signature => {
                let claim = manager.claim_of(call).map(|claim| swmgmt_signature_t {
                    key: claim.key.as_ptr(),
                    digest: claim.digest.as_ptr(),
                    signature: claim.signature.as_ptr(),
                    length: claim.signature.len() as u32,
                    algorithm: claim.algorithm,
                    reserved: [0; 3],
                });
                let op = op_of(operation);
                host.signature.zip(claim).map(|(signature, claim)| signature(user, &op, &claim))
            }
            Kind::Counter => match host.counter {
                Some(counter) => Some(counter(user, instance, &mut value)),
                None => Some(SWMGMT_DONE),
            },
            _ => match host.commit {
                Some(commit) => Some(commit(user, instance, operation.length)),
                None => Some(SWMGMT_DONE),
            },
        };
        (verdict.unwrap_or(SWMGMT_FAILED), value as usize)
    }
}

/// Asks the firmware for a download.
///
/// # Safety
/// As for `perform`.
#[inline(never)]
unsafe fn fetch(ctx: *mut Context, call: &Call, op: &swmgmt_op_t) -> swmgmt_verdict_t {
    // SAFETY: the caller's contract; what the pointers point to stays until `fetch` returns.
    unsafe {
        let host = &*(*ctx).host;
        let (Some(fetch), Some(what)) = (host.fetch, (*ctx).manager.fetch_of(call)) else {
            return SWMGMT_FAILED;
        };
        let what = swmgmt_fetch_t {
            uri: what.uri.as_ptr().cast(),
            user_name: pointer(what.user_name),
            password: pointer(what.password),
            etag: pointer(what.etag),
            offset: call.operation.offset,
            user_name_length: what.user_name.len() as u16,
            password_length: what.password.len() as u16,
            etag_length: what.etag.len() as u8,
            reserved: [0; 3],
        };
        fetch(host.user, op, &what)
    }
}

fn pointer(bytes: &[u8]) -> *const u8 {
    if bytes.is_empty() {
        null()
    } else {
        bytes.as_ptr()
    }
}

/// A refusal, as an answer.
pub(super) fn refused(refusal: Refusal) -> swmgmt_answer_t {
    swmgmt_answer_t::from(refusal as u8)
}
