// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Heads of CBOR items (RFC 8949): initial byte and argument; and the values that LwM2M
//! puts into them.

use super::put_link;
use crate::object::format::{Window, Wrapping};
use crate::object::value::{Type, Value};
use crate::object::Refusal;

/// What a value is, by its initial byte; an argument that follows leaves 24 in the lower
/// bits.
pub(super) mod kind {
    /// The upper three bits: the major type.
    pub(crate) const UNSIGNED: u8 = 0;
    pub(crate) const NEGATIVE: u8 = 0x20;
    pub(crate) const BYTES: u8 = 0x40;
    pub(crate) const TEXT: u8 = 0x60;
    pub(crate) const ARRAY: u8 = 0x80;
    pub(crate) const MAP: u8 = 0xA0;
    pub(crate) const TAG: u8 = 0xC0;
    pub(crate) const MAJOR: u8 = 0xE0;
    /// In the lower bits: of indefinite length.
    pub(crate) const INDEFINITE: u8 = 0x1F;
    pub(crate) const FALSE: u8 = 0xF4;
    pub(crate) const TRUE: u8 = 0xF5;
    pub(crate) const BREAK: u8 = 0xFF;
}

/// Writes a head, in its shortest form.
#[inline(never)]
pub(super) fn put_head(out: &mut Window<'_>, major: u8, number: u32) {
    let (info, bytes) = match number {
        0..=23 => (number as u8, 0),
        24..=0xFF => (24, 1),
        0x100..=0xFFFF => (25, 2),
        _ => (26, 4),
    };
    out.byte(major | info);
    for n in (0..bytes).rev() {
        out.byte((number >> (n << 3 & 31)) as u8);
    }
}

/// Writes bytes, or text.
#[inline(never)]
pub(super) fn put_bytes(out: &mut Window<'_>, major: u8, bytes: &[u8]) {
    put_head(out, major, bytes.len() as u32);
    out.put(bytes);
}

/// Writes a value; an object link is text.
pub(super) fn put_value(out: &mut Window<'_>, value: &Value<'_>) -> Result<(), Refusal> {
    match value.kind {
        Type::String => put_bytes(out, kind::TEXT, value.bytes),
        Type::Opaque => put_bytes(out, kind::BYTES, value.bytes),
        Type::Integer => put_head(out, kind::UNSIGNED, value.number),
        Type::Boolean => out.byte(if value.number != 0 { kind::TRUE } else { kind::FALSE }),
        Type::Objlnk => {
            let mut counter = Window::counter();
            put_link(&mut counter, value.number);
            put_head(out, kind::TEXT, counter.total());
            put_link(out, value.number);
        }
        Type::None => return Err(Refusal::NotAcceptable),
    }
    Ok(())
}

/// Takes the next byte of a head. When that was the last it gives the kind, and `number`
/// is the argument; `need` has major type and missing bytes meanwhile. Numbers over 32
/// bits are refused, but for those that are floats: nobody wants them.
#[inline(never)]
pub(super) fn take_head(state: &mut Wrapping, byte: u8) -> Result<Option<u8>, Refusal> {
    if state.need == 0 {
        let info = byte & 31;
        state.number = u32::from(info);
        return match info {
            0..=23 => Ok(Some(byte)),
            24..=27 => {
                state.number = 0;
                state.need = (byte & kind::MAJOR) >> 1 | 1 << (info & 3);
                Ok(None)
            }
            // Integers and tags have a number.
            31 if !matches!(byte & kind::MAJOR, kind::UNSIGNED | kind::NEGATIVE | kind::TAG) => {
                Ok(Some(byte))
            }
            _ => Err(Refusal::BadRequest),
        };
    }
    let major = state.need << 1 & kind::MAJOR;
    if state.number >> 24 != 0 && major != kind::MAJOR {
        return Err(Refusal::BadRequest);
    }
    state.number = state.number << 8 | u32::from(byte);
    state.need = state.need.wrapping_sub(1);
    if state.need & 15 != 0 {
        return Ok(None);
    }
    state.need = 0;
    Ok(Some(major | 24))
}

/// A body that is there as a whole.
pub(super) struct Reader<'a> {
    pub left: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The kind of the next item, and its number.
    #[inline(never)]
    pub fn head(&mut self) -> Result<(u8, u32), Refusal> {
        let mut state = Wrapping::NEW;
        while let Some((first, rest)) = self.left.split_first() {
            self.left = rest;
            if let Some(kind) = take_head(&mut state, *first)? {
                return Ok((kind, state.number));
            }
        }
        Err(Refusal::BadRequest)
    }

    /// The bytes of a string whose head has been read.
    #[inline(never)]
    pub fn bytes(&mut self, length: u32) -> Result<&'a [u8], Refusal> {
        let (bytes, rest) = self.left.split_at_checked(length as usize).ok_or(Refusal::BadRequest)?;
        self.left = rest;
        Ok(bytes)
    }

    /// A value of one of the types of LwM2M; none, of another that is one head long.
    #[inline(never)]
    pub fn value(&mut self) -> Result<Value<'a>, Refusal> {
        let (found, number) = self.head()?;
        let of = match found & kind::MAJOR {
            kind::UNSIGNED => return Ok(Value::of_number(Type::Integer, number)),
            kind::BYTES => Type::Opaque,
            kind::TEXT => Type::String,
            _ if found == kind::FALSE || found == kind::TRUE => {
                return Ok(Value::of_number(Type::Boolean, (found & 1).into()));
            }
            kind::NEGATIVE => return Ok(Value::NONE),
            kind::MAJOR if found != kind::BREAK => return Ok(Value::NONE),
            _ => return Err(Refusal::BadRequest),
        };
        if found & kind::INDEFINITE == kind::INDEFINITE {
            return Err(Refusal::BadRequest); // nothing to collect the pieces in
        }
        Ok(Value::of_bytes(of, self.bytes(number)?))
    }

    /// How many items an array or a map has; `None`: a break comes behind them.
    #[inline(never)]
    pub fn count(&mut self, major: u8) -> Result<Option<u32>, Refusal> {
        match self.head()? {
            (found, _) if found & kind::MAJOR != major => Err(Refusal::BadRequest),
            (found, _) if found & kind::INDEFINITE == kind::INDEFINITE => Ok(None),
            (_, number) => Ok(Some(number)),
        }
    }

    /// Whether there is another of them.
    #[inline(never)]
    pub fn more(&mut self, left: &mut Option<u32>) -> bool {
        if let Some(left) = left {
            let more = *left != 0;
            *left = left.saturating_sub(1);
            return more;
        }
        match self.left.split_first() {
            Some((&kind::BREAK, rest)) => {
                self.left = rest;
                false
            }
            _ => true,
        }
    }
}
