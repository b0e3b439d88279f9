// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The Content-Formats in which servers write and read. Each is a table of functions
//! that knows nothing of the others.

mod base64;
pub mod cbor;
mod cbor_head;
mod leaves;
pub mod link_format;
pub mod opaque;
mod senml;
pub mod senml_cbor;
pub mod senml_cbor_package;
pub mod senml_json;
pub mod senml_json_package;
pub mod text;
pub mod tlv;

#[cfg(test)]
mod tests;

use crate::object::format::{Items, Window};
use crate::object::value::{Type, Value};
use crate::object::{self, Path, Refusal, NONE, W};

/// Decimal digits.
#[inline(never)]
fn put_decimal(out: &mut Window<'_>, mut number: u32) {
    let mut digits = [0u8; 10];
    let mut at = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' | (number % 10) as u8;
        number /= 10;
        at = at.wrapping_sub(1);
        if number == 0 {
            break;
        }
    }
    out.put(digits.get(at..).unwrap_or(&[]));
}

/// An object link as text.
#[inline(never)]
fn put_link(out: &mut Window<'_>, link: u32) {
    put_decimal(out, link >> 16);
    out.byte(b':');
    put_decimal(out, link & 0xFFFF);
}

/// Takes a value whose type its format tells: it must be that of the resource. An object
/// link may be text. What cannot be written at all is let through, the core refuses it.
#[inline(never)]
fn add<'a>(items: &mut Items<'a>, object: u16, id: u16, value: Value<'a>) -> Result<(), Refusal> {
    let registered = object::resource(object, id).filter(|found| found.operations() & W != 0);
    let wanted = registered.map_or(value.kind as u8, |found| found.kind());
    let right = wanted == value.kind as u8 || wanted == Type::Objlnk as u8 && value.kind == Type::String;
    if !right || value.kind == Type::None {
        return Err(Refusal::BadRequest);
    }
    items.add(id, value)
}

/// The resource whose one value a body is, in formats that have room for one.
fn single(path: Path) -> Result<u16, Refusal> {
    if path.resource == NONE || path.index != NONE {
        return Err(Refusal::UnsupportedFormat);
    }
    Ok(path.resource)
}

/// A write to a resource brings one value.
fn complete(path: Path, items: &Items<'_>) -> Result<(), Refusal> {
    if path.resource != NONE && items.all().len() != 1 {
        return Err(Refusal::BadRequest);
    }
    Ok(())
}
