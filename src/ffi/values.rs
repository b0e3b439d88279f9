// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Paths and values, as they cross the boundary.

use super::handle::bytes;
use super::numbers::*;
use crate::object::value::{Type, Value};
use crate::object::Path;

/// Path of an Object, an instance, a resource, or a resource instance;
/// ::SWMGMT_NONE where it ends.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_path_t {
    /// 9 or 14.
    pub object: u16,
    /// Its instance.
    pub instance: u16,
    /// Its resource.
    pub resource: u16,
    /// One value of resource 17.
    pub index: u16,
}

impl swmgmt_path_t {
    pub(super) fn path(self) -> Path {
        Path { object: self.object, instance: self.instance, resource: self.resource, index: self.index }
    }
}

/// One value, either way.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_value_t {
    /// String and opaque: the bytes, without NUL. From the library they are valid
    /// until its next call.
    pub bytes: *const u8,
    /// How many.
    pub length: u32,
    /// Integer, boolean (0, 1) and object link.
    pub number: u32,
    /// SWMGMT_TYPE_STRING and so on.
    pub kind: u8,
    /// 0
    pub reserved: [u8; 3],
}

impl swmgmt_value_t {
    pub(super) fn of(value: Value<'_>) -> swmgmt_value_t {
        swmgmt_value_t {
            bytes: value.bytes.as_ptr(),
            length: value.bytes.len() as u32,
            number: value.number,
            kind: value.kind as u8,
            reserved: [0; 3],
        }
    }

    /// # Safety
    /// `bytes` is NULL or has `length` bytes.
    pub(super) unsafe fn view<'a>(&self) -> Option<Value<'a>> {
        let kind = match self.kind {
            SWMGMT_TYPE_STRING => Type::String,
            SWMGMT_TYPE_OPAQUE => Type::Opaque,
            SWMGMT_TYPE_INTEGER => Type::Integer,
            SWMGMT_TYPE_BOOLEAN if self.number > 1 => Type::None, // the server's mistake: 4.00
            SWMGMT_TYPE_BOOLEAN => Type::Boolean,
            SWMGMT_TYPE_OBJLNK => Type::Objlnk,
            _ => return None,
        };
        if matches!(kind, Type::String | Type::Opaque) {
            // SAFETY: the caller's contract.
            let bytes = unsafe { bytes(self.bytes, self.length as usize) };
            return Some(Value::of_bytes(kind, bytes?));
        }
        Some(Value::of_number(kind, self.number))
    }
}

/// One resource of a Write to an instance, or of a Create.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_item_t {
    /// Its value.
    pub value: swmgmt_value_t,
    /// Its id.
    pub resource: u16,
    /// 0
    pub reserved: [u16; 3],
}

/// What Objects 9 and 14 say of a resource, in the order of the registered XML.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_resource_t {
    /// Its id.
    pub id: u16,
    /// SWMGMT_TYPE_STRING and so on.
    pub kind: u8,
    /// A sum of SWMGMT_READ, SWMGMT_WRITE and SWMGMT_EXECUTE.
    pub operations: u8,
    /// 1: every instance has it.
    pub mandatory: u8,
    /// 1: it has resource instances.
    pub multiple: u8,
    /// The largest number, or the most bytes of a string; 0: no limit is given.
    pub maximum: u16,
}

/// One change that servers may want to see.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_change_t {
    /// Where. All ::SWMGMT_NONE for SWMGMT_CHANGE_REGISTER.
    pub path: swmgmt_path_t,
    /// The new value; SWMGMT_TYPE_NONE where it is to be read (17) or there is none.
    pub value: swmgmt_value_t,
    /// SWMGMT_CHANGE_VALUE and so on.
    pub kind: u8,
    /// 0
    pub reserved: [u8; 7],
}
