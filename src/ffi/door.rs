// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The core's operations as callbacks of the firmware.

use super::handle::{bytes, Door};
use super::host::{swmgmt_about_t, swmgmt_fetch_t, swmgmt_host_t, swmgmt_op_t, swmgmt_signature_t};
use super::numbers::*;
use crate::core::door::{About, AboutError};
use crate::core::operation::{Kind, Operation, Told, Verdict};
use crate::core::text::Text;
use crate::core::Core;
use crate::object::value::{Type, Value};
use crate::object::{Path, Refusal};
use crate::parts::components::{self, Found};
use crate::parts::{container, download};
use core::mem::{offset_of, size_of};
use core::ptr::null;

/// Calls about().
///
/// # Safety
/// `host` is a context's table; what is borrowed from the answer is not used after the next
/// callback.
unsafe fn about<'a>(
    host: &swmgmt_host_t,
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
    let Some(ask) = host.about else {
        return Err(AboutError::Missing);
    };
    // SAFETY: the caller's contract; the firmware's answer is readable until the next callback.
    unsafe {
        match ask(host.user, instance, component, package, &mut told) {
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

/// Reads a value of Object 14: of names, those that the firmware knows.
pub(super) fn read_component<'c>(core: &'c mut Core<'_>, path: &Path) -> Result<Value<'c>, Refusal> {
    let door = of(core);
    let lent = door.lend(core);
    let found = match components::read(core, path) {
        Err(refusal) => Err(refusal),
        Ok(Found::Value(found)) => Ok(found),
        Ok(Found::About { instance, component, version }) => {
            // SAFETY: init kept the table; a value is looked at before the next callback. The core
            // is lent as to any callback.
            let told = unsafe { about(&*door.host, instance, component, 0) };
            let text = told.map(|about| if version { about.version } else { about.name });
            text.map(|text| Value::of_bytes(Type::String, text)).map_err(|_| Refusal::Internal)
        }
    };
    door.take_back(lent);
    found
}

/// The door of a core that has one: init has put it there.
fn of<'a>(core: &Core<'_>) -> &'a Door {
    // SAFETY: every core that performs operations with the functions of this file was made by
    // init, which points it at the door of its context; nothing ever borrows that mutably.
    unsafe { &*core.firmware.cast::<Door>() }
}

/// An operation, as the firmware sees it.
fn op_of(operation: &Operation) -> *const swmgmt_op_t {
    (&raw const *operation).cast()
}

const _: () = {
    assert!(offset_of!(Operation, offset) == size_of::<swmgmt_op_t>());
    assert!(offset_of!(Operation, number) == offset_of!(swmgmt_op_t, number));
    assert!(offset_of!(Operation, instance) == offset_of!(swmgmt_op_t, instance));
    assert!(offset_of!(Operation, component) == offset_of!(swmgmt_op_t, component));
    assert!(offset_of!(Operation, shown) == offset_of!(swmgmt_op_t, kind));
    assert!(offset_of!(Operation, active) == offset_of!(swmgmt_op_t, active));
    assert!(offset_of!(Operation, for_update) == offset_of!(swmgmt_op_t, for_update));
    assert!(offset_of!(Operation, reserved) == offset_of!(swmgmt_op_t, reserved));
};

/// Performs the operations of the core itself.
pub(super) fn perform(core: &mut Core<'_>, operation: &Operation) -> Told {
    let door = of(core);
    let op = op_of(operation);
    let (offset, length) = (operation.offset, operation.length);
    let bytes = match operation.kind {
        Kind::Install => core.text(core.i.place, Text::Arguments),
        _ => core.chunk(),
    };
    let (data, size) = (bytes.as_ptr(), bytes.len());
    let number = if operation.kind == Kind::Cancel { 0 } else { operation.number };
    door.open(core, number);
    // SAFETY: init kept the table and saw its size; every pointer is valid for the length beside
    // it until the callback returns, and the core is not used before that but as it is lent.
    let verdict = unsafe {
        let host = &*door.host;
        let user = host.user;
        let (simple, without) = match operation.kind {
            Kind::Open => (None, host.open.map_or(SWMGMT_FAILED, |open| open(user, op, offset, length))),
            Kind::Write => {
                (None, host.write.map_or(SWMGMT_FAILED, |write| write(user, op, offset, data, size)))
            }
            Kind::Verify => (None, host.verify.map_or(SWMGMT_DONE, |verify| verify(user, op, length))),
            Kind::Install => {
                (None, host.install.map_or(SWMGMT_FAILED, |install| install(user, op, data.cast(), size)))
            }
            Kind::Cancel => {
                if let Some(cancel) = host.cancel {
                    cancel(user, op);
                }
                (None, SWMGMT_DONE)
            }
            Kind::About => {
                let told = about(host, operation.instance, operation.component, offset as u8);
                // Kept at once: the answer is readable until the next callback, and trace is one.
                core.said(&told, offset != 0);
                (None, if told.is_ok() { SWMGMT_DONE } else { SWMGMT_FAILED })
            }
            Kind::Discard => (host.discard, SWMGMT_DONE),
            Kind::Uninstall => (host.uninstall, SWMGMT_DONE),
            Kind::Prepare => (host.prepare, SWMGMT_DONE),
            Kind::Activate => (host.activate, SWMGMT_DONE),
            Kind::Deactivate => (host.deactivate, SWMGMT_DONE),
            _ => (None, SWMGMT_FAILED),
        };
        simple.map_or(without, |callback| callback(user, op))
    };
    door.close(core, operation, verdict)
}

/// Reads a package back, into the work buffer.
pub(super) fn read(core: &mut Core<'_>, operation: &Operation) -> Told {
    let door = of(core);
    let op = op_of(operation);
    let length = core.work.len().min(operation.length as usize);
    let work = core.work.as_mut_ptr();
    door.open(core, operation.number);
    // SAFETY: as in `perform`; the work buffer is the library's, and nobody else uses it now.
    let verdict = unsafe {
        let host = &*door.host;
        host.read.map_or(SWMGMT_FAILED, |read| read(host.user, op, operation.offset, work, length))
    };
    door.close(core, operation, verdict)
}

/// Performs the operations of records.
pub(super) fn records(core: &mut Core<'_>, operation: &Operation) -> Told {
    let door = of(core);
    let op = op_of(operation);
    let (key, length) = (operation.number as u16, operation.length as usize);
    let (work, room) = (core.work.as_mut_ptr(), core.work.len());
    let mut used = 0usize;
    let outcome = operation.kind == Kind::Outcome;
    door.open(core, if outcome { operation.number } else { 0 });
    // SAFETY: as in `read`.
    let mut verdict = unsafe {
        let host = &*door.host;
        let user = host.user;
        match operation.kind {
            Kind::Load => host.load.map_or(SWMGMT_DONE, |load| load(user, key, work, room, &mut used)),
            Kind::Save => host.save.map_or(SWMGMT_DONE, |save| save(user, key, work, length)),
            _ => host.outcome.map_or(SWMGMT_UNKNOWN, |outcome| outcome(user, op)),
        }
    };
    if used > room {
        (verdict, used) = (SWMGMT_FAILED, 0);
    }
    let told = door.close(core, operation, verdict);
    if outcome {
        told
    } else {
        Told { more: used as u32, ..told }
    }
}

/// Starts a download.
pub(super) fn fetch(core: &mut Core<'_>, operation: &Operation) -> Told {
    let pointer = |bytes: &[u8]| if bytes.is_empty() { null() } else { bytes.as_ptr() };
    let door = of(core);
    let op = op_of(operation);
    let what = download::what(core);
    let what = swmgmt_fetch_t {
        uri: what.uri.as_ptr().cast(),
        user_name: pointer(what.user_name),
        password: pointer(what.password),
        etag: pointer(what.etag),
        offset: operation.offset,
        user_name_length: what.user_name.len() as u16,
        password_length: what.password.len() as u16,
        etag_length: what.etag.len() as u8,
        reserved: [0; 3],
    };
    door.open(core, operation.number);
    // SAFETY: as in `perform`; the texts stay until the callback returns, because only this call
    // can change them.
    let verdict = unsafe {
        let host = &*door.host;
        host.fetch.map_or(SWMGMT_FAILED, |fetch| fetch(host.user, op, &what))
    };
    door.close(core, operation, verdict)
}

/// Performs what packages in containers ask for: to store what was held back; for a key, which
/// is then tried on the signature; for the firmware's own check of one; whether the package is
/// for this device; for the rollback counter.
pub(super) fn packages(core: &mut Core<'_>, operation: &Operation) -> Told {
    if operation.kind == Kind::Read {
        return read(core, operation);
    }
    let door = of(core);
    let op = op_of(operation);
    let instance = operation.instance;
    let (mut key, mut value) = ([0; 32], 0u32);
    let asked = match operation.kind {
        Kind::Write => container::held_bytes(core, operation.length),
        _ => container::asked(core, operation.length),
    };
    let (data, length) = (asked.as_ptr(), asked.len());
    let claim = core.claim().map(|claim| swmgmt_signature_t {
        key: claim.key.as_ptr(),
        digest: claim.digest.as_ptr(),
        signature: claim.signature.as_ptr(),
        length: claim.signature.len() as u32,
        algorithm: claim.algorithm,
        reserved: [0; 3],
    });
    door.open(core, operation.number);
    // SAFETY: as in `perform`; heads of packages stay until the callback returns, because only
    // this call can change them.
    let verdict = unsafe {
        let host = &*door.host;
        let user = host.user;
        match operation.kind {
            Kind::Write => host.write.map(|write| write(user, op, operation.offset, data, length)),
            Kind::Fits => host.fits.map(|fits| fits(user, instance, operation.length as u8, data, length)),
            Kind::Key => {
                host.key.zip(claim).map(|(ask, claim)| ask(user, instance, claim.key, key.as_mut_ptr()))
            }
            Kind::Signature => {
                host.signature.zip(claim).map(|(signature, claim)| signature(user, op, &claim))
            }
            Kind::Counter => match host.counter {
                Some(counter) => Some(counter(user, instance, &mut value)),
                None => Some(SWMGMT_DONE),
            },
            _ => match host.commit {
                Some(commit) => Some(commit(user, instance, operation.length)),
                None => Some(SWMGMT_DONE),
            },
        }
    };
    let mut told = door.close(core, operation, verdict.unwrap_or(SWMGMT_FAILED));
    if operation.kind == Kind::Key && told.verdict == Verdict::DONE && !container::is_signed(core, &key) {
        told.verdict = Verdict::from_number(SWMGMT_FAILED_INTEGRITY);
    }
    if operation.kind == Kind::Counter {
        told.more = value;
    }
    told
}
