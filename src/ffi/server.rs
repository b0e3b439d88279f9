// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a server asks; and what has changed for it to see.

use super::completion::swmgmt_chunk_t;
use super::context::swmgmt_t;
use super::numbers::*;
use super::perform::{ask, bytes, enter, enter_booted, look, refused, run};
use super::text::c_string;
use super::values::*;
use crate::manager::requests::{Item, To};
use crate::manager::Call;
use crate::object::format::{List, MAX_ITEMS};
use crate::object::value::{Type, Value};
use crate::object::{self, software, Path};
use core::ptr::null_mut;
use core::slice::from_raw_parts;

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_read(
    ctx: *const swmgmt_t,
    path: swmgmt_path_t,
    value: *mut swmgmt_value_t,
) -> swmgmt_answer_t {
    // SAFETY: the caller's contract for a context; `value` is NULL or writable.
    unsafe {
        let context = or_status!(look(ctx));
        if value.is_null() {
            return SWMGMT_EINVAL;
        }
        let found = match context.manager.read(path.path()) {
            Ok(object::Read::Value(found)) => found,
            Ok(object::Read::About { instance, component, version }) => {
                match ask(ctx.cast_mut(), instance, component) {
                    Ok(about) => {
                        let text = if version { about.version } else { about.name };
                        Value::of_bytes(Type::String, text)
                    }
                    Err(_) => return SWMGMT_INTERNAL_ERROR,
                }
            }
            Err(refusal) => return refused(refusal),
        };
        value.write(swmgmt_value_t::of(found));
    }
    SWMGMT_CONTENT
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_write(
    ctx: *mut swmgmt_t,
    server: u16,
    path: swmgmt_path_t,
    value: *const swmgmt_value_t,
) -> swmgmt_answer_t {
    // SAFETY: the caller's contract for a context and a value.
    unsafe {
        or_status!(enter_booted(ctx));
        let Some(value) = value.as_ref().and_then(|value| value.view()) else {
            return SWMGMT_EINVAL;
        };
        let item = Item { resource: path.resource, value };
        write(ctx, server, To::Resource(path.path()), &|n| (n == 0).then_some(item), null_mut())
    }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_push(
    ctx: *mut swmgmt_t,
    server: u16,
    instance: u16,
    chunk: *const swmgmt_chunk_t,
) -> swmgmt_answer_t {
    let mut call = Call::new();
    // SAFETY: the caller's contract for a context and a chunk.
    unsafe {
        let context = or_status!(enter_booted(ctx));
        let Some(mut chunk) = chunk.as_ref().and_then(|chunk| chunk.view()) else {
            return SWMGMT_EINVAL;
        };
        match context.manager.push(&mut call, server, instance, &mut chunk, None) {
            Err(refusal) => refused(refusal),
            Ok(()) => run(ctx, &mut call, chunk.data),
        }
    }
}

/// Execute of one resource.
///
/// @param[in] ctx        The context.
/// @param[in] server     Short Server ID; 0: unknown.
/// @param[in] path       Object, instance, resource.
/// @param[in] arguments  The payload, text/plain; need not end in NUL. NULL: none.
/// @param[in] length     Its bytes.
///
/// @return 2.04, 4.00, 4.04, 4.05, 5.00; SWMGMT_EINVAL, SWMGMT_EORDER, SWMGMT_EBUSY.
#[no_mangle]
pub unsafe extern "C" fn swmgmt_execute(
    ctx: *mut swmgmt_t,
    server: u16,
    path: swmgmt_path_t,
    arguments: *const core::ffi::c_char,
    length: usize,
) -> swmgmt_answer_t {
    let _ = server; // no rule asks who executes
    let mut call = Call::new();
    // SAFETY: the caller's contract for a context; `arguments` has `length` bytes.
    unsafe {
        let context = or_status!(enter_booted(ctx));
        let Some(arguments) = bytes(arguments.cast(), length) else {
            return SWMGMT_EINVAL;
        };
        match context.manager.execute(&mut call, path.path(), arguments) {
            Err(refusal) => refused(refusal),
            Ok(()) => run(ctx, &mut call, &[]),
        }
    }
}

/// How many resources one Write or Create may carry.
pub const SWMGMT_MAX_ITEMS: usize = 8; // MAX_ITEMS of object::format

/// A Write, or a Create.
///
/// # Safety
/// The caller's contracts: `ctx` is a context, and no reference to it is used any more;
/// `created` is NULL or writable.
#[inline(never)]
pub(super) unsafe fn write(
    ctx: *mut swmgmt_t,
    server: u16,
    to: To,
    items: List<'_, '_>,
    created: *mut u16,
) -> swmgmt_answer_t {
    let mut call = Call::new();
    // SAFETY: the caller's contract.
    unsafe {
        let context = or_status!(enter_booted(ctx));
        let mut data: &[u8] = &[];
        for item in (0..MAX_ITEMS).map_while(items) {
            if item.resource == software::PACKAGE {
                data = item.value.bytes;
            } else if item.resource == software::URI {
                call.schemes = c_string((*context.host).schemes);
            }
        }
        let id = match context.manager.write(&mut call, server, to, items) {
            Err(refusal) => return refused(refusal),
            Ok(id) => id,
        };
        let answer = run(ctx, &mut call, data);
        if answer == SWMGMT_CREATED && !created.is_null() {
            created.write(id);
        }
        answer
    }
}

/// Likewise, of the caller's items.
///
/// # Safety
/// As for `write`; `items` has `count` of them.
#[inline(never)]
unsafe fn write_items(
    ctx: *mut swmgmt_t,
    server: u16,
    to: To,
    items: *const swmgmt_item_t,
    count: usize,
    created: *mut u16,
) -> swmgmt_answer_t {
    // SAFETY: the caller's contract.
    unsafe {
        or_status!(enter_booted(ctx));
        if count > SWMGMT_MAX_ITEMS {
            return SWMGMT_BAD_REQUEST;
        }
        if items.is_null() && count > 0 {
            return SWMGMT_EINVAL;
        }
        let list: &[swmgmt_item_t] = if count == 0 { &[] } else { from_raw_parts(items, count) };
        let view =
            |item: &swmgmt_item_t| item.value.view().map(|value| Item { resource: item.resource, value });
        if !list.iter().all(|item| view(item).is_some()) {
            return SWMGMT_EINVAL;
        }
        write(ctx, server, to, &|n| list.get(n).and_then(view), created)
    }
}

/// Write to an instance of Object 9 (POST): several resources, all or none.
///
/// @param[in] ctx       The context.
/// @param[in] server    Short Server ID; 0: unknown.
/// @param[in] instance  Instance of Object 9.
/// @param[in] items     At most SWMGMT_MAX_ITEMS; copied.
/// @param[in] count     How many.
///
/// @return As swmgmt_write(). 8, 13, 14 and 15 are written first, then 2 or 3.
#[no_mangle]
pub unsafe extern "C" fn swmgmt_write_instance(
    ctx: *mut swmgmt_t,
    server: u16,
    instance: u16,
    items: *const swmgmt_item_t,
    count: usize,
) -> swmgmt_answer_t {
    // SAFETY: the caller's contract for a context and items.
    unsafe { write_items(ctx, server, To::Instance(instance), items, count, null_mut()) }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_create(
    ctx: *mut swmgmt_t,
    server: u16,
    requested: u16,
    items: *const swmgmt_item_t,
    count: usize,
    created: *mut u16,
) -> swmgmt_answer_t {
    if created.is_null() {
        return SWMGMT_EINVAL;
    }
    // SAFETY: the caller's contract for a context and items; `created` is writable.
    unsafe { write_items(ctx, server, To::New(requested), items, count, created) }
}

/// Delete of an instance of Object 9.
///
/// @param[in] ctx       The context.
/// @param[in] server    Short Server ID; 0: unknown.
/// @param[in] instance  Instance of Object 9.
///
/// @return 2.02, 4.04, 4.05, 5.00; SWMGMT_EINVAL, SWMGMT_EORDER, SWMGMT_EBUSY.
#[no_mangle]
pub unsafe extern "C" fn swmgmt_delete(ctx: *mut swmgmt_t, server: u16, instance: u16) -> swmgmt_answer_t {
    let _ = server; // no rule asks who deletes
    let mut call = Call::new();
    // SAFETY: the caller's contract for a context.
    unsafe {
        let context = or_status!(enter_booted(ctx));
        match context.manager.delete(&mut call, instance) {
            Err(refusal) => refused(refusal),
            Ok(()) => run(ctx, &mut call, &[]),
        }
    }
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_next(
    ctx: *const swmgmt_t,
    within: swmgmt_path_t,
    child: *mut u16,
) -> swmgmt_status_t {
    // SAFETY: the caller's contract for a context; `child` is NULL or valid.
    unsafe {
        let context = or_status!(look(ctx));
        let Some(child) = child.as_mut() else {
            return SWMGMT_EINVAL;
        };
        match context.manager.child_after(within.path(), *child) {
            Some(next) => *child = next,
            None => return SWMGMT_ENOENT,
        }
    }
    SWMGMT_OK
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_resource(
    object: u16,
    resource: u16,
    about: *mut swmgmt_resource_t,
) -> swmgmt_status_t {
    if about.is_null() {
        return SWMGMT_EINVAL;
    }
    let Some(r) = object::resource(object, resource) else {
        return SWMGMT_ENOENT;
    };
    let found = swmgmt_resource_t {
        id: resource,
        kind: r.kind(),
        operations: r.operations(),
        mandatory: u8::from(r.is_mandatory()),
        multiple: u8::from(r.is_multiple()),
        maximum: r.maximum(),
    };
    // SAFETY: not NULL, so by contract writable.
    unsafe { about.write(found) };
    SWMGMT_OK
}

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
#[no_mangle]
pub unsafe extern "C" fn swmgmt_next_change(
    ctx: *mut swmgmt_t,
    change: *mut swmgmt_change_t,
) -> swmgmt_status_t {
    // SAFETY: the caller's contract for a context; `change` is NULL or writable.
    unsafe {
        let context = or_status!(enter(ctx));
        if change.is_null() {
            return SWMGMT_EINVAL;
        }
        let Some(found) = context.manager.next_change() else {
            return SWMGMT_ENOENT;
        };
        let Path { object, instance, resource, index } = found.path;
        change.write(swmgmt_change_t {
            path: swmgmt_path_t { object, instance, resource, index },
            value: swmgmt_value_t::of(found.value),
            kind: found.kind,
            reserved: [0; 7],
        });
    }
    SWMGMT_OK
}

/// Tells the state of an instance, finer than 9/x/7 does.
///
/// @param[in] ctx       The context.
/// @param[in] instance  Instance of Object 9.
///
/// @return SWMGMT_INITIAL and so on, 0 or more; or SWMGMT_ENOENT, SWMGMT_EINVAL,
///         SWMGMT_EORDER.
///
/// @note Also from inside a callback.
#[no_mangle]
pub unsafe extern "C" fn swmgmt_state(ctx: *const swmgmt_t, instance: u16) -> i32 {
    // SAFETY: the caller's contract for a context.
    unsafe {
        match look(ctx) {
            Err(status) => status,
            Ok(context) => match context.manager.state(instance) {
                Some((crate::lifecycle::State::Initial, true)) => i32::from(SWMGMT_INITIAL_FOR_UPDATE),
                Some((state, _)) => state as i32,
                None => SWMGMT_ENOENT,
            },
        }
    }
}
