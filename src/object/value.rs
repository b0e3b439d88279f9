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
        match self {
            Value::Integer(n) if !link => Some(*n),
            Value::Boolean(b) if !link => Some(u32::from(*b)),
            Value::Objlnk(n) if link => Some(*n),
            Value::Opaque(bytes) if bytes.len() == if link { 4 } else { 1 } => {
                Some(bytes.iter().fold(0, |n, byte| n << 8 | u32::from(*byte)))
            }
            Value::String(text) => decimal(text, link),
            _ => None,
        }
    }
}

/// Decimal numbers up to 65535, without sign or leading zero: one, or two with a colon
/// between.
fn decimal(text: &[u8], two: bool) -> Option<u32> {
    let (mut high, mut n, mut digits) = (0u32, 0u32, 0u8);
    let mut colon = !two;
    for byte in text {
        if *byte == b':' && !colon && digits > 0 && n <= 65535 {
            (high, n, digits, colon) = (n, 0, 0, true);
            continue;
        }
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 || digits > 0 && n == 0 || n > 6553 {
            return None;
        }
        n = n.wrapping_mul(10).wrapping_add(u32::from(digit));
        digits = 1;
    }
    (colon && digits > 0 && n <= 65535).then_some(high << 16 | n)
}

/// Whether the bytes are well-formed UTF-8 (RFC 3629): core's own check costs 600 bytes
/// of flash more than this one.
#[inline(never)]
pub fn is_utf8(bytes: &[u8]) -> bool {
    // How many bytes are still to come, and the range of the next one.
    let (mut more, mut lowest, mut highest) = (0u8, 0u8, 0u8);
    for byte in bytes {
        if more > 0 {
            if *byte < lowest || *byte > highest {
                return false;
            }
            more = more.wrapping_sub(1);
            (lowest, highest) = (0x80, 0xBF);
            continue;
        }
        (more, lowest, highest) = match byte {
            0..=0x7F => (0, 0, 0),
            0xC2..=0xDF => (1, 0x80, 0xBF),
            0xE0 => (2, 0xA0, 0xBF),
            0xED => (2, 0x80, 0x9F),
            0xE1..=0xEF => (2, 0x80, 0xBF),
            0xF0 => (3, 0x90, 0xBF),
            0xF1..=0xF3 => (3, 0x80, 0xBF),
            0xF4 => (3, 0x80, 0x8F),
            _ => return false,
        };
    }
    more == 0
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
            assert_eq!(Value::String(bad.as_bytes()).objlnk(), None, "{bad}");
        }
        assert_eq!(Value::Opaque(&[0, 14, 0]).objlnk(), None);
    }
}
