// SPDX-License-Identifier: Apache-2.0 OR MIT
//! application/cbor: one value. A package is one byte string of definite length.

use super::cbor_head::{kind, put_value, take_head, Reader};
use super::{add, single};
use crate::object::format::{Content, Format, Items, Package, Source, Window, Wrapping};
use crate::object::{Path, Refusal, NONE};

/// application/cbor
pub static CBOR: Format =
    Format { number: 60, encode: Some(encode), decode: Some(decode), package: Package::Wrapped(unwrap) };

fn encode(source: &dyn Source, path: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    if path.resource == NONE {
        return Err(Refusal::NotAcceptable);
    }
    put_value(out, &source.read(path)?)
}

fn decode<'a>(path: Path, body: &'a [u8], _: &'a mut [u8], items: &mut Items<'a>) -> Result<(), Refusal> {
    let id = single(path)?;
    let mut reader = Reader { left: body };
    let value = reader.value()?;
    if !reader.left.is_empty() {
        return Err(Refusal::BadRequest);
    }
    add(items, path.object, id, value)
}

/// In the head, and behind it; then `number` is the length, of which `left` is to come.
const HEAD: u8 = 0;
const CONTENT: u8 = 1;

fn unwrap<'a>(
    state: &mut Wrapping,
    _: Path,
    piece: &'a [u8],
    last: bool,
    _: &'a mut [u8],
) -> Result<Content<'a>, Refusal> {
    let mut bytes = piece;
    while state.phase == HEAD {
        let Some((first, rest)) = bytes.split_first() else {
            break;
        };
        bytes = rest;
        match take_head(state, *first)? {
            None => {}
            Some(found) if found & kind::MAJOR == kind::BYTES && found & 31 != kind::INDEFINITE => {
                state.phase = CONTENT;
                state.left = state.number;
            }
            Some(_) => return Err(Refusal::BadRequest),
        }
    }
    state.left = state.left.checked_sub(bytes.len() as u32).ok_or(Refusal::BadRequest)?;
    if last && (state.phase == HEAD || state.left != 0) {
        return Err(Refusal::BadRequest);
    }
    Ok(Content { bytes, total: if state.phase == HEAD { 0 } else { state.number } })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::super::tests::*;
    use super::*;
    use crate::object::value::{Type, Value};

    /// What another decoder makes of a body: one item, and nothing behind it.
    fn oracle(body: &[u8]) -> Option<ciborium::Value> {
        let mut rest = body;
        ciborium::from_reader(&mut rest).ok().filter(|_| rest.is_empty())
    }

    #[test]
    fn values_are_written_as_rfc_8949_has_them() {
        let mut tree = Tree::new();
        for (number, bytes) in [
            (0, "00"),
            (1, "01"),
            (10, "0a"),
            (23, "17"),
            (24, "1818"),
            (100, "1864"),
            (255, "18ff"),
            (256, "190100"),
            (1000, "1903e8"),
            (65535, "19ffff"),
            (65536, "1a00010000"),
            (1_000_000, "1a000f4240"),
            (u32::MAX, "1affffffff"),
        ] {
            tree.0[6].1 = Value::of_number(Type::Integer, number);
            let found = encoded_of(&tree, &CBOR, "/9/0/7").unwrap();
            assert_eq!(found.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), bytes);
        }
        tree.0.push((path("/14/0/1"), Value::of_bytes(Type::Opaque, &[1, 2, 3, 4])));
        assert_eq!(encoded_of(&tree, &CBOR, "/14/0/1").unwrap(), b"\x44\x01\x02\x03\x04");
        assert_eq!(encoded(&CBOR, "/9/0/12").unwrap(), [0xF5]);
        assert_eq!(encoded(&CBOR, "/9/0/8").unwrap(), [0xF4]);
        assert_eq!(encoded(&CBOR, "/9/0/1").unwrap(), b"\x631.0");
        assert_eq!(encoded(&CBOR, "/9/300/1").unwrap(), b"\x60");
        assert_eq!(encoded(&CBOR, "/9/0/13").unwrap(), b"\x6b65535:65535");
        for several in ["/9", "/9/0", "/9/0/17"] {
            assert_eq!(encoded(&CBOR, several), Err(Refusal::NotAcceptable), "{several}");
        }
    }

    #[test]
    fn a_body_is_one_value_of_the_right_type() {
        let of = |at, body: &[u8]| decoded(&CBOR, at, body).map(|brought| brought.items);
        assert_eq!(of("/9/0/8", &[0xF5]).unwrap(), [number(8, Type::Boolean, 1)]);
        assert_eq!(of("/9/0/8", &[0xF4]).unwrap(), [number(8, Type::Boolean, 0)]);
        assert_eq!(of("/9/0/13", b"\x6414:0").unwrap(), [item(13, Type::String, b"14:0")]);
        assert_eq!(of("/9/0/3", b"\x79\0\x01a").unwrap(), [item(3, Type::String, b"a")]);
        assert_eq!(of("/9/0/2", b"\x41a").unwrap(), [item(2, Type::Opaque, b"a")]);
        // Not writable: the core's to refuse.
        assert_eq!(of("/9/0/7", &[0x1B, 0, 0, 0, 0, 0, 0, 0, 7]).unwrap(), [number(7, Type::Integer, 7)]);
        assert_eq!(of("/9/0", &[0]), Err(Refusal::UnsupportedFormat));
        for (at, bad) in [
            ("/9/0/8", &[1][..]),         // a number
            ("/9/0/8", b"\x61\x31"),      // text
            ("/9/0/8", b"\x41\x01"),      // bytes
            ("/9/0/8", &[0xF6]),          // null
            ("/9/0/8", &[0xF8, 0x15]),    // true in a form that is none
            ("/9/0/8", &[0xF5, 0xF5]),    // two
            ("/9/0/8", &[]),              // none
            ("/9/0/3", b"\x41a"),         // bytes
            ("/9/0/3", b"\x62a"),         // too short
            ("/9/0/3", b"\x7f\x61a\xff"), // indefinite
            ("/9/0/3", b"\x7f1234567890123456789012345678901"),
            ("/9/0/2", b"\x5f\x41a\xff"),                   // indefinite
            ("/9/0/3", &[0x7B, 0, 0, 0, 1, 0, 0, 0, 0, 1]), // length over 32 bits
            ("/9/0/7", &[0x1B, 0, 0, 0, 1, 0, 0, 0, 0]),    // over 32 bits
            ("/9/0/7", &[0x20]),                            // negative
            ("/9/0/7", &[0x1C]),                            // reserved
            ("/9/0/7", &[0x1F]),                            // indefinite integer
            ("/9/0/7", &[0xC0, 0x01]),                      // tag
            ("/9/0/7", &[0xF9, 0x3C, 0x00]),                // float
        ] {
            assert_eq!(of(at, bad), Err(Refusal::BadRequest), "{at} {bad:02x?}");
        }
    }

    #[test]
    fn changed_bodies_mean_what_another_decoder_says() {
        for (at, body) in [("/9/0/3", &b"\x79\0\x04coap"[..]), ("/9/0/7", &[0x1A, 0, 1, 2, 3])] {
            let ours = |body: &[u8]| match decoded(&CBOR, at, body).ok()?.items.as_slice() {
                [(_, Type::String, _, text)] => std::str::from_utf8(text).ok().map(|text| text.into()),
                [(_, Type::Integer, number, _)] => Some(number.to_be_bytes().to_vec()),
                _ => None,
            };
            agrees_with(body, ours, |body| match oracle(body)? {
                ciborium::Value::Text(text) => Some(text.into_bytes()),
                ciborium::Value::Integer(number) => {
                    u32::try_from(number).ok().map(|number| number.to_be_bytes().to_vec())
                }
                _ => None,
            });
        }
    }

    #[test]
    fn a_package_is_a_byte_string_cut_anywhere() {
        for length in [0usize, 1, 23, 24, 40] {
            let bytes: Vec<u8> = (0..length as u8).collect();
            let wide = (length as u64).to_be_bytes();
            for (form, from) in [(0x58, 7), (0x59, 6), (0x5A, 4), (0x5B, 0)] {
                let body = [&[form], &wide[from..], &bytes].concat();
                assert_eq!(unwrapped_anyhow(&CBOR, "/9/0/2", &body).unwrap(), bytes);
            }
        }
        agrees_with(
            b"\x59\x00\x03abc",
            |body| unwrapped_at_once(&CBOR, "/9/0/2", body),
            |body| match oracle(body)? {
                ciborium::Value::Bytes(bytes) => Some(bytes),
                _ => None,
            },
        );
        for bad in [
            &b""[..],
            b"\x58",
            b"\x5f\x41a\xff",
            b"\x61a",
            b"\x41ab",
            b"\x42a",
            b"\x81\x41a",
            b"\x5f1234567890123456789012345678901",
        ] {
            assert_eq!(unwrapped_anyhow(&CBOR, "/9/0/2", bad), None, "{bad:02x?}");
        }
    }
}
