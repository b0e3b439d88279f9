// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Values of resources, and what a server may write for one.

/// Data types of the registered objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Type {
    None = 0,
    String = 1,
    Opaque = 2,
    Integer = 3,
    Boolean = 4,
    Objlnk = 5,
}

/// One value. As input a string may be any value as text/plain writes it, and an
/// opaque one any value as OMA TLV does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Value<'a> {
    None,
    String(&'a [u8]),
    Opaque(&'a [u8]),
    Integer(u32),
    Boolean(bool),
    /// Object id in the upper half, instance id in the lower.
    Objlnk(u32),
}

impl<'a> Value<'a> {
    /// The bytes of a string or an opaque value; none of the others.
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Value::String(bytes) | Value::Opaque(bytes) => bytes,
            _ => &[],
        }
    }

    /// As an opaque value.
    pub fn opaque(&self) -> Option<&'a [u8]> {
        match self {
            Value::Opaque(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// As text; whether it is UTF-8 is not looked at.
    pub fn string(&self) -> Option<&'a [u8]> {
        match self {
            Value::String(bytes) | Value::Opaque(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// As a boolean.
    pub fn boolean(&self) -> Option<bool> {
        match self {
            Value::Boolean(b) => Some(*b),
            Value::Integer(0) | Value::String(b"0") | Value::Opaque([0]) => Some(false),
            Value::Integer(1) | Value::String(b"1") | Value::Opaque([1]) => Some(true),
            _ => None,
        }
    }

    /// As an object link.
    pub fn objlnk(&self) -> Option<u32> {
        match self {
            Value::Objlnk(link) => Some(*link),
            Value::Opaque(bytes) => Some(u32::from_be_bytes((*bytes).try_into().ok()?)),
            Value::String(text) => {
                let colon = text.iter().position(|byte| *byte == b':')?;
                let (object, instance) = text.split_at_checked(colon)?;
                Some(u32::from(decimal(object)?) << 16 | u32::from(decimal(instance.get(1..)?)?))
            }
            _ => None,
        }
    }
}

/// A decimal number without sign or leading zero.
fn decimal(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() || digits.len() > 1 && digits.first() == Some(&b'0') {
        return None;
    }
    digits.iter().try_fold(0u16, |n, digit| match digit {
        b'0'..=b'9' => n.checked_mul(10)?.checked_add(u16::from(digit & 15)),
        _ => None,
    })
}

/// Whether the bytes are well-formed UTF-8 (RFC 3629): core's own check costs 500
/// bytes of flash more than this one.
pub fn is_utf8(mut bytes: &[u8]) -> bool {
    loop {
        bytes = match bytes {
            [] => return true,
            [0..=0x7F, rest @ ..]
            | [0xC2..=0xDF, 0x80..=0xBF, rest @ ..]
            | [0xE0, 0xA0..=0xBF, 0x80..=0xBF, rest @ ..]
            | [0xE1..=0xEC | 0xEE..=0xEF, 0x80..=0xBF, 0x80..=0xBF, rest @ ..]
            | [0xED, 0x80..=0x9F, 0x80..=0xBF, rest @ ..]
            | [0xF0, 0x90..=0xBF, 0x80..=0xBF, 0x80..=0xBF, rest @ ..]
            | [0xF1..=0xF3, 0x80..=0xBF, 0x80..=0xBF, 0x80..=0xBF, rest @ ..]
            | [0xF4, 0x80..=0x8F, 0x80..=0xBF, 0x80..=0xBF, rest @ ..] => rest,
            _ => return false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn utf8_agrees_with_the_standard_library() {
        let mut bytes = [0u8; 4];
        for a in [
            0u8, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0,
            0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ] {
            for b in 0..=255u8 {
                for c in [0x00, 0x41, 0x7F, 0x80, 0xA0, 0xBF, 0xC0] {
                    for d in [0x41, 0x7F, 0x80, 0xBF, 0xC0] {
                        bytes = [a, b, c, d];
                        for n in 0..=4 {
                            let part = &bytes[..n];
                            assert_eq!(is_utf8(part), core::str::from_utf8(part).is_ok(), "{part:02x?}");
                        }
                    }
                }
            }
        }
        assert!(!is_utf8(&bytes));
    }

    #[test]
    fn values_are_taken_in_every_form_an_engine_has() {
        assert_eq!(Value::String(b"1").boolean(), Some(true));
        assert_eq!(Value::Opaque(&[0]).boolean(), Some(false));
        assert_eq!(Value::Integer(2).boolean(), None);
        assert_eq!(Value::String(b"10").boolean(), None);
        assert_eq!(Value::String(b"14:3").objlnk(), Some(14 << 16 | 3));
        assert_eq!(Value::String(b"65535:65535").objlnk(), Some(u32::MAX));
        assert_eq!(Value::Opaque(&[0, 14, 0, 3]).objlnk(), Some(14 << 16 | 3));
        for bad in ["", ":", "14", "14:", ":3", "65536:0", "1:2:3", "+1:2", "01:2", "1 :2"] {
            assert_eq!(Value::String(bad.as_bytes()).objlnk(), None, "{bad}");
        }
        assert_eq!(Value::Opaque(&[0, 14, 0]).objlnk(), None);
    }
}
