// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a server asks; and what has changed for it to see.

use super::completion::swmgmt_chunk_t;
use super::handle::{bytes, enter, enter_booted, look, swmgmt_t};
use super::numbers::*;
use super::values::*;
use crate::core::requests::To;
use crate::machine::State;
use crate::object::format::Item;
use crate::object::{self, Path, NONE};
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
        let core = or_status!(look(ctx));
        if value.is_null() {
            return SWMGMT_EINVAL;
        }
        match core.read(path.path()) {
            Ok(found) => value.write(swmgmt_value_t::of(found)),
            Err(refusal) => return refusal as swmgmt_answer_t,
        }
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
        let core = or_status!(enter_booted(ctx));
        let Some(value) = value.as_ref().and_then(|value| value.view()) else {
            return SWMGMT_EINVAL;
        };
        let item = Item { resource: path.resource, value };
        core.write(server, To::Resource(path.path()), &|n| (n == 0).then_some(item), &mut NONE.clone()).into()
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
    // SAFETY: the caller's contract for a context and a chunk.
    unsafe {
        let core = or_status!(enter_booted(ctx));
        match chunk.as_ref().and_then(|chunk| chunk.view()) {
            Some(chunk) => core.push(server, instance, &chunk).into(),
            None => SWMGMT_EINVAL,
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
                    // SAFETY: the caller's contract for a context; `arguments` has `length` bytes.
    unsafe {
        let core = or_status!(enter_booted(ctx));
        match bytes(arguments.cast(), length) {
            Some(arguments) => core.execute(path.path(), arguments).into(),
            None => SWMGMT_EINVAL,
        }
    }
}

/// How many resources one Write or Create may carry.
pub const SWMGMT_MAX_ITEMS: usize = 8; // MAX_ITEMS of object::format

/// A Write to an instance, or a Create, of the caller's items.
///
/// # Safety
/// The caller's contract for a context; `items` is NULL or has `count` of them.
#[inline(never)]
unsafe fn write_items(
    ctx: *mut swmgmt_t,
    server: u16,
    to: To,
    items: *const swmgmt_item_t,
    count: usize,
    created: &mut u16,
) -> swmgmt_answer_t {
    // SAFETY: the caller's contract.
    unsafe {
        let core = or_status!(enter_booted(ctx));
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
        core.write(server, to, &|n| list.get(n).and_then(view), created).into()
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
    let mut id = NONE;
    // SAFETY: the caller's contract for a context and items.
    unsafe { write_items(ctx, server, To::Instance(instance), items, count, &mut id) }
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
    let mut id = NONE;
    // SAFETY: the caller's contract for a context and items; `created` is NULL or writable.
    unsafe {
        if created.is_null() {
            return SWMGMT_EINVAL;
        }
        let answer = write_items(ctx, server, To::New(requested), items, count, &mut id);
        if answer == SWMGMT_CREATED {
            created.write(id);
        }
        answer
    }
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
                    // SAFETY: the caller's contract for a context.
    or_status!(unsafe { enter_booted(ctx) }).delete(instance).into()
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
        let core = or_status!(look(ctx));
        let Some(child) = child.as_mut() else {
            return SWMGMT_EINVAL;
        };
        match core.child_after(within.path(), *child) {
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
        let core = or_status!(enter(ctx));
        if change.is_null() {
            return SWMGMT_EINVAL;
        }
        let Some(found) = core.next_change() else {
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
    match or_status!(unsafe { look(ctx) }).state(instance) {
        Some((State::Initial, true)) => SWMGMT_INITIAL_FOR_UPDATE.into(),
        Some((state, _)) => state as i32,
        None => SWMGMT_ENOENT,
    }
}
