// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Values of resources, and what a server may write for one.

/// Data types of the registered objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
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
pub struct Value<'a> {
    /// Of a string or an opaque value; none of the others.
    pub bytes: &'a [u8],
    /// Of the others. Of a link: object id in the upper half, instance id in the lower.
    pub number: u32,
    pub kind: Type,
}

impl<'a> Value<'a> {
    /// No value.
    pub const NONE: Value<'static> = Value::of_number(Type::None, 0);

    /// A string, or an opaque value.
    pub const fn of_bytes(kind: Type, bytes: &'a [u8]) -> Value<'a> {
        Value { bytes, number: 0, kind }
    }

    /// Any other one.
    pub const fn of_number(kind: Type, number: u32) -> Value<'a> {
        Value { bytes: &[], number, kind }
    }

    /// As an opaque value.
    pub fn opaque(&self) -> Option<&'a [u8]> {
        (self.kind == Type::Opaque).then_some(self.bytes)
    }

    /// As text; whether it is UTF-8 is not looked at.
    pub fn string(&self) -> Option<&'a [u8]> {
        matches!(self.kind, Type::String | Type::Opaque).then_some(self.bytes)
    }

    /// As a boolean.
    pub fn boolean(&self) -> Option<bool> {
        match self.number(false)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// As an object link.
    pub fn objlnk(&self) -> Option<u32> {
        self.number(true)
    }

    /// As a number of one part, or as a link, of two.
    #[inline(never)]
    fn number(&self, link: bool) -> Option<u32> {
        match self.kind {
            Type::Integer | Type::Boolean if !link => Some(self.number),
            Type::Objlnk if link => Some(self.number),
            Type::Opaque if self.bytes.len() == if link { 4 } else { 1 } => {
                Some(self.bytes.iter().fold(0, |n, byte| n << 8 | u32::from(*byte)))
            }
            Type::String => decimal(self.bytes, link),
            _ => None,
        }
    }
}

/// Decimal numbers up to 65535, without sign or leading zero: one, or two with a colon
/// between.
fn decimal(text: &[u8], two: bool) -> Option<u32> {
    const NO_DIGIT: u32 = u32::MAX;
    let (mut high, mut n, mut colon) = (0, NO_DIGIT, !two);
    for byte in text {
        if *byte == b':' && !colon && n != NO_DIGIT {
            (high, n, colon) = (n << 16, NO_DIGIT, true);
            continue;
        }
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if digit > 9 || n == 0 {
            return None;
        }
        n = if n == NO_DIGIT { digit } else { n.wrapping_mul(10).wrapping_add(digit) };
        if n > 65535 {
            return None;
        }
    }
    (colon && n != NO_DIGIT).then_some(high | n)
}

/// Whether the bytes are well-formed UTF-8 (RFC 3629): core's own check costs 600 bytes
/// of flash more than this one.
#[inline(never)]
pub fn is_utf8(bytes: &[u8]) -> bool {
    let mut left = bytes.iter();
    while let Some(first) = left.next() {
        let ones = first.leading_ones();
        if ones == 0 {
            continue;
        }
        // How many bits no shorter form has room for.
        let short = match ones {
            2 => 7,
            3 => 11,
            4 => 16,
            _ => return false,
        };
        let mut character = u32::from(*first) & 0x7F >> ones;
        for _ in 1..ones {
            match left.next() {
                Some(next) if next >> 6 == 2 => character = character << 6 | u32::from(next & 0x3F),
                _ => return false,
            }
        }
        let surrogate = character >> 11 == 0x1B;
        if character >> short == 0 || surrogate || character > 0x10_FFFF {
            return false;
        }
    }
    true
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
        assert_eq!(Value::of_bytes(Type::String, b"1").boolean(), Some(true));
        assert_eq!(Value::of_bytes(Type::Opaque, &[0]).boolean(), Some(false));
        assert_eq!(Value::of_number(Type::Integer, 2).boolean(), None);
        assert_eq!(Value::of_bytes(Type::String, b"10").boolean(), None);
        assert_eq!(Value::of_bytes(Type::String, b"14:3").objlnk(), Some(14 << 16 | 3));
        assert_eq!(Value::of_bytes(Type::String, b"65535:65535").objlnk(), Some(u32::MAX));
        assert_eq!(Value::of_bytes(Type::Opaque, &[0, 14, 0, 3]).objlnk(), Some(14 << 16 | 3));
        for bad in [
            "",
            ":",
            "14",
            "65537:1",
            "1:65536",
            "1::2",
            "00:1",
            "1:00",
            "1:",
            "99999999999:1",
            "14:",
            ":3",
            "65536:0",
            "1:2:3",
            "+1:2",
            "01:2",
            "1 :2",
        ] {
            assert_eq!(Value::of_bytes(Type::String, bad.as_bytes()).objlnk(), None, "{bad}");
        }
        assert_eq!(Value::of_bytes(Type::Opaque, &[0, 14, 0]).objlnk(), None);
    }
}
