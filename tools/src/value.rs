// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reads a single small value (integer or boolean) from a payload, in the
//! formats LwM2M clients use: plain text, CBOR, TLV, SenML-CBOR.

use crate::coap::format;

/// The value as a number (`false` is 0, `true` is 1), or `None` if it cannot be read.
pub fn parse(content_format: Option<u32>, payload: &[u8]) -> Option<i64> {
    match content_format.unwrap_or(format::TEXT) {
        format::TEXT => text(payload),
        format::CBOR => {
            let mut reader = Cbor(payload);
            let value = reader.scalar()?;
            reader.0.is_empty().then_some(value)
        }
        format::TLV | format::TLV_OLD => tlv(payload),
        format::SENML_CBOR => senml(payload),
        _ => None,
    }
}

fn text(payload: &[u8]) -> Option<i64> {
    match std::str::from_utf8(payload).ok()?.trim() {
        "true" => Some(1),
        "false" => Some(0),
        number => number.parse().ok(),
    }
}

/// One TLV "resource with value": type, identifier, length, big-endian integer.
fn tlv(payload: &[u8]) -> Option<i64> {
    let (&kind, rest) = payload.split_first()?;
    if kind >> 6 != 0b11 {
        return None;
    }
    let rest = rest.get(if kind & 0x20 != 0 { 2 } else { 1 }..)?;
    let length_bytes = usize::from(kind >> 3 & 3);
    let (length, value) = match length_bytes {
        0 => (usize::from(kind & 7), rest),
        n => {
            let (length, value) = rest.split_at_checked(n)?;
            (length.iter().fold(0, |sum, &b| sum << 8 | usize::from(b)), value)
        }
    };
    if value.len() != length {
        return None;
    }
    match *value {
        [a] => Some(i64::from(a as i8)),
        [a, b] => Some(i64::from(i16::from_be_bytes([a, b]))),
        [a, b, c, d] => Some(i64::from(i32::from_be_bytes([a, b, c, d]))),
        [a, b, c, d, e, f, g, h] => Some(i64::from_be_bytes([a, b, c, d, e, f, g, h])),
        _ => None,
    }
}

/// A SenML pack with one value: an array of maps, label 2 is a number, 4 a boolean.
fn senml(payload: &[u8]) -> Option<i64> {
    let mut reader = Cbor(payload);
    let (major, records) = reader.head()?;
    if major != 4 {
        return None;
    }
    let mut found = None;
    for _ in 0..records {
        let (major, entries) = reader.head()?;
        if major != 5 {
            return None;
        }
        for _ in 0..entries {
            let label = reader.label()?;
            if label == Some(2) || label == Some(4) {
                if found.is_some() {
                    return None;
                }
                found = Some(reader.scalar()?);
            } else {
                reader.skip(8)?;
            }
        }
    }
    found
}

/// As much CBOR as a scalar in a SenML pack needs (definite lengths only).
struct Cbor<'a>(&'a [u8]);

impl Cbor<'_> {
    fn head(&mut self) -> Option<(u8, u64)> {
        let (&first, rest) = self.0.split_first()?;
        let more = match first & 0x1f {
            small @ 0..=23 => {
                self.0 = rest;
                return Some((first >> 5, u64::from(small)));
            }
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => return None,
        };
        let (bytes, rest) = rest.split_at_checked(more)?;
        self.0 = rest;
        let value = bytes.iter().fold(0, |sum, &b| sum << 8 | u64::from(b));
        Some((first >> 5, value))
    }

    /// An integer or a boolean.
    fn scalar(&mut self) -> Option<i64> {
        match self.head()? {
            (0, value) => i64::try_from(value).ok(),
            (1, value) => i64::try_from(value).ok().map(|value| -1 - value),
            (7, 20) => Some(0),
            (7, 21) => Some(1),
            _ => None,
        }
    }

    /// A map key: `Some(number)` for an integer, `None` for a text key.
    fn label(&mut self) -> Option<Option<i64>> {
        if self.0.first()? >> 5 == 3 {
            self.skip(0)?;
            return Some(None);
        }
        Some(Some(self.scalar()?))
    }

    /// Skips one item nested at most `depth` deep.
    fn skip(&mut self, depth: u8) -> Option<()> {
        match self.head()? {
            (0 | 1 | 7, _) => Some(()),
            (2 | 3, length) => {
                let length = usize::try_from(length).ok()?;
                self.0 = self.0.get(length..)?;
                Some(())
            }
            (major, count) => {
                let depth = depth.checked_sub(1)?;
                let items = match major {
                    4 => count,
                    5 => count.checked_mul(2)?,
                    _ => 1,
                };
                (0..items).try_for_each(|_| self.skip(depth))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text() {
        assert_eq!(parse(None, b"3"), Some(3));
        assert_eq!(parse(Some(0), b"58"), Some(58));
        assert_eq!(parse(Some(0), b"true"), Some(1));
        assert_eq!(parse(Some(0), b"false"), Some(0));
        assert_eq!(parse(Some(0), b" 4\n"), Some(4));
        assert_eq!(parse(Some(0), b""), None);
        assert_eq!(parse(Some(0), b"x"), None);
        assert_eq!(parse(Some(0), &[0xff]), None);
    }

    #[test]
    fn cbor() {
        assert_eq!(parse(Some(60), &[0x03]), Some(3));
        assert_eq!(parse(Some(60), &[0x18, 58]), Some(58));
        assert_eq!(parse(Some(60), &[0x19, 1, 0]), Some(256));
        assert_eq!(parse(Some(60), &[0xf5]), Some(1));
        assert_eq!(parse(Some(60), &[0xf4]), Some(0));
        assert_eq!(parse(Some(60), &[0x20]), Some(-1));
        assert_eq!(parse(Some(60), &[0x18]), None);
        assert_eq!(parse(Some(60), &[0x03, 0x03]), None);
        assert_eq!(parse(Some(60), &[]), None);
    }

    #[test]
    fn tlv_resource() {
        assert_eq!(parse(Some(11542), &[0xc1, 7, 3]), Some(3));
        assert_eq!(parse(Some(1542), &[0xc1, 9, 58]), Some(58));
        assert_eq!(parse(Some(11542), &[0xc2, 9, 1, 0]), Some(256));
        assert_eq!(parse(Some(11542), &[0xe1, 0, 7, 4]), Some(4));
        assert_eq!(parse(Some(11542), &[0xc8, 7, 1, 4]), Some(4));
        assert_eq!(parse(Some(11542), &[0xc1, 7]), None);
        assert_eq!(parse(Some(11542), &[0xc1, 7, 1, 1]), None);
        assert_eq!(parse(Some(11542), &[0x01, 7, 3]), None);
        assert_eq!(parse(Some(11542), &[0xc0, 7]), None);
        assert_eq!(parse(Some(11542), &[]), None);
    }

    #[test]
    fn senml_cbor() {
        let pack = [0x81, 0xa2, 0x21, 0x66, b'/', b'9', b'/', b'0', b'/', b'7', 0x02, 0x03];
        assert_eq!(parse(Some(112), &pack), Some(3));
        assert_eq!(parse(Some(112), &[0x81, 0xa1, 0x04, 0xf5]), Some(1));
        assert_eq!(parse(Some(112), &[0x81, 0xa1, 0x02]), None);
        assert_eq!(parse(Some(112), &[0x80]), None);
    }

    #[test]
    fn other_formats() {
        assert_eq!(parse(Some(110), b"[]"), None);
    }

    #[test]
    fn any_bytes() {
        let mut seed = 7_u32;
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..12)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 24) as u8
                })
                .collect();
            for format in [0, 60, 112, 11542] {
                let _ = parse(Some(format), &bytes);
            }
        }
        // A pack that claims endless entries ends with its bytes.
        assert_eq!(parse(Some(112), &[0x9b, 255, 255, 255, 255, 255, 255, 255, 255]), None);
    }
}
