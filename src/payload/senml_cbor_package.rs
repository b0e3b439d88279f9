// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A package in SenML-CBOR, unwrapped while it arrives.

use super::cbor_head::{kind, take_head};
use super::leaves::Name;
use super::senml::label;
use super::senml_cbor::label_of;
use crate::object::format::{Content, Format, Package, Wrapping};
use crate::object::{Path, Refusal};

/// Packages in the format: a part of their own.
pub static SENML_CBOR_PACKAGE: Format =
    Format { number: 112, encode: None, decode: None, package: Package::Wrapped(unwrap) };

/// What the next byte of a package's body belongs to.
mod phase {
    pub(crate) const ARRAY: u8 = 0;
    pub(crate) const MAP: u8 = 1;
    /// The head of a label.
    pub(crate) const KEY: u8 = 2;
    /// The head of a value.
    pub(crate) const BN: u8 = 3;
    pub(crate) const N: u8 = 4;
    pub(crate) const VD: u8 = 5;
    pub(crate) const BVER: u8 = 6;
    pub(crate) const OTHER: u8 = 7;
    /// A label's bytes, or a value's.
    pub(crate) const IN_KEY: u8 = 8;
    pub(crate) const IN_BN: u8 = 9;
    pub(crate) const IN_N: u8 = 10;
    pub(crate) const IN_VD: u8 = 11;
    pub(crate) const IN_OTHER: u8 = 12;
    /// The break of the array.
    pub(crate) const CLOSE: u8 = 13;
    pub(crate) const DONE: u8 = 14;
}

/// In `depth`, how many fields are to come, and what else is known of the pack.
const FIELDS: u8 = 0x1F;
const NO_COUNT: u8 = FIELDS;
const ENDLESS_ARRAY: u8 = 0x20;
const HAS_VD: u8 = 0x40;

/// One record, whose name is the path, with the package as its data. The parts of the name
/// may come in any order, and behind the package: one is the beginning of what is expected
/// and the other its end, and `name` has, in four bits each, how long they are, plus 1. Of
/// a string `left` bytes are to come, of the package's `number`.
fn unwrap<'a>(
    state: &mut Wrapping,
    path: Path,
    piece: &'a [u8],
    last: bool,
    _: &'a mut [u8],
) -> Result<Content<'a>, Refusal> {
    let name = Name::of(path);
    let expected = name.bytes();
    let mut content = Content { bytes: &[], total: 0 };
    let mut rest = piece;
    loop {
        if state.phase == phase::IN_VD {
            let length = rest.len().min(state.left as usize);
            let (bytes, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            content = Content { bytes, total: state.number };
            rest = behind;
            state.left = state.left.wrapping_sub(length as u32);
            if state.left == 0 {
                next_field(state);
            }
        }
        let Some((first, behind)) = rest.split_first() else {
            break;
        };
        rest = behind;
        if matches!(state.phase, phase::IN_KEY..=phase::IN_OTHER) {
            take_byte(state, *first, expected)?;
        } else {
            take_part(state, *first, expected)?;
        }
    }
    let named = (state.name & 15).saturating_sub(1).wrapping_add((state.name >> 4).saturating_sub(1));
    let whole = state.phase == phase::DONE && state.depth & HAS_VD != 0;
    if last && (!whole || usize::from(named) != expected.len()) {
        return Err(Refusal::BadRequest);
    }
    Ok(content)
}

/// The other value whose label is text: its length, and its characters.
const VLO: u32 = u32::from_be_bytes(*b"\x03vlo");

/// Takes a byte of a string.
fn take_byte(state: &mut Wrapping, byte: u8, expected: &[u8]) -> Result<(), Refusal> {
    let end = match state.phase {
        phase::IN_BN => usize::from(state.name & 15).wrapping_sub(1),
        _ => expected.len(),
    };
    let right = match state.phase {
        phase::IN_BN | phase::IN_N => expected.get(end.wrapping_sub(state.left as usize)) == Some(&byte),
        phase::IN_KEY => {
            state.number = state.number << 8 | u32::from(byte);
            state.left > 1 || byte != b'_' && state.number != VLO
        }
        _ => true,
    };
    state.left = state.left.wrapping_sub(1);
    if state.left == 0 {
        end_string(state);
    }
    right.then_some(()).ok_or(Refusal::BadRequest)
}

/// Takes a byte of a head.
fn take_part(state: &mut Wrapping, byte: u8, expected: &[u8]) -> Result<(), Refusal> {
    if state.phase == phase::DONE {
        return Err(Refusal::BadRequest);
    }
    let Some(found) = take_head(state, byte)? else {
        return Ok(());
    };
    let (number, major) = (state.number, found & kind::MAJOR);
    let endless = found & kind::INDEFINITE == kind::INDEFINITE;
    let fits = number <= expected.len() as u32;
    let length = (number as u8).wrapping_add(1);
    match (state.phase, major) {
        (phase::ARRAY, kind::ARRAY) if endless || number == 1 => {
            state.depth = if endless { ENDLESS_ARRAY } else { 0 };
            state.phase = phase::MAP;
        }
        (phase::MAP, kind::MAP) if endless || number < NO_COUNT.into() => {
            state.depth |= if endless { NO_COUNT } else { number as u8 };
            next_field(state);
        }
        (phase::KEY, kind::TEXT) if !endless => begin_string(state, phase::IN_KEY),
        (phase::KEY, kind::MAJOR) if found == kind::BREAK && state.depth & FIELDS == NO_COUNT => {
            close(state);
        }
        (phase::KEY, _) => {
            state.phase = match label_of(found, number) {
                Some(label::BN) => phase::BN,
                Some(label::N) => phase::N,
                Some(label::VD) => phase::VD,
                Some(label::BVER) => phase::BVER,
                Some(label::V | label::VS | label::VB | label::BV | label::BS) | None => {
                    return Err(Refusal::BadRequest);
                }
                Some(_) => phase::OTHER,
            }
        }
        (phase::BN, kind::TEXT) if fits && state.name & 15 == 0 => {
            state.name |= length;
            begin_string(state, phase::IN_BN);
        }
        (phase::N, kind::TEXT) if fits && state.name >> 4 == 0 => {
            state.name |= length << 4;
            begin_string(state, phase::IN_N);
        }
        (phase::VD, kind::BYTES) if !endless && state.depth & HAS_VD == 0 => {
            state.depth |= HAS_VD;
            state.phase = phase::IN_VD;
            state.left = number;
        }
        (phase::OTHER, kind::TEXT | kind::BYTES) if !endless => begin_string(state, phase::IN_OTHER),
        (phase::OTHER, kind::UNSIGNED | kind::NEGATIVE) => next_field(state),
        (phase::OTHER, kind::MAJOR) if found != kind::BREAK => next_field(state),
        (phase::BVER, kind::UNSIGNED) if number <= 10 => next_field(state),
        (phase::CLOSE, _) if found == kind::BREAK => state.phase = phase::DONE,
        _ => return Err(Refusal::BadRequest),
    }
    Ok(())
}

#[inline(never)]
fn begin_string(state: &mut Wrapping, phase: u8) {
    state.phase = phase;
    state.left = state.number;
    if state.left == 0 {
        end_string(state);
    }
}

fn end_string(state: &mut Wrapping) {
    if state.phase == phase::IN_KEY {
        state.phase = phase::OTHER;
    } else {
        next_field(state);
    }
}

/// Goes on behind a value, or into the map.
#[inline(never)]
fn next_field(state: &mut Wrapping) {
    state.phase = phase::KEY;
    match state.depth & FIELDS {
        0 => close(state),
        NO_COUNT => {}
        _ => state.depth = state.depth.wrapping_sub(1),
    }
}

/// Goes on behind the map.
fn close(state: &mut Wrapping) {
    state.phase = if state.depth & ENDLESS_ARRAY != 0 { phase::CLOSE } else { phase::DONE };
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::senml_cbor::tests::records;
    use super::super::tests::*;
    use super::SENML_CBOR_PACKAGE;
    use ciborium::Value as Cbor;

    fn package(body: &[u8]) -> Option<Vec<u8>> {
        unwrapped_anyhow(&SENML_CBOR_PACKAGE, "/9/0/2", body)
    }

    #[test]
    fn a_package_is_the_data_of_one_record() {
        for body in [
            &b"\x81\xA2\x21\x66/9/0/2\x08\x43abc"[..], // as Wakaama's server sends it
            b"\x81\xA2\x08\x43abc\x21\x66/9/0/2",
            b"\x81\xA2\x00\x66/9/0/2\x08\x43abc",
            b"\x81\xA3\x21\x65/9/0/\x00\x612\x08\x43abc",
            b"\x81\xA3\x00\x612\x08\x43abc\x21\x65/9/0/",
            b"\x81\xA3\x08\x43abc\x00\x612\x21\x65/9/0/",
            b"\x81\xA3\x21\x60\x00\x66/9/0/2\x08\x43abc",
            b"\x81\xA3\x21\x66/9/0/2\x00\x60\x08\x43abc",
            b"\x9F\xBF\x21\x66/9/0/2\x08\x43abc\xFF\xFF",
            b"\x98\x01\xB9\0\x02\x38\x01\x78\x06/9/0/2\x18\x08\x59\0\x03abc",
            b"\x81\xA7\x20\x0A\x21\x66/9/0/2\x08\x43abc\x01\x61m\x06\xFB\x41\xD9\x55\xAA\x40\0\0\0\x63xyz\x20\x62ab\x60",
        ] {
            assert_eq!(package(body).unwrap(), b"abc", "{body:02x?}");
        }
        assert_eq!(package(b"\x81\xA2\x21\x66/9/0/2\x08\x40").unwrap(), b"");
        let long = [&b"\x81\xA2\x08\x59\x01\x00"[..], &[7; 256], b"\x21\x66/9/0/2"].concat();
        let pieces: Vec<&[u8]> = long.chunks(16).collect();
        assert_eq!(unwrapped(&SENML_CBOR_PACKAGE, "/9/0/2", &pieces).unwrap(), [7; 256]);
        let far = b"\x81\xA3\x00\x67/2\x08\x41a\x21";
        assert_eq!(package(far), None);
        let far = b"\x81\xA3\x00\x62/2\x08\x41a\x21\x69/14/65534";
        assert_eq!(unwrapped_anyhow(&SENML_CBOR_PACKAGE, "/14/65534/2", far).unwrap(), b"a");
    }

    #[test]
    fn what_is_no_package() {
        for bad in [
            &b""[..],
            b"\x80",
            b"\x81\xA0",
            b"\x81\xA1\x21\x66/9/0/2",                          // no data
            b"\x81\xA1\x08\x43abc",                             // no name
            b"\x81\xA2\x21\x66/9/0/3\x08\x43abc",               // another
            b"\x81\xA2\x21\x65/9/0/\x08\x43abc",                // too short
            b"\x81\xA2\x21\x67/9/0/22\x08\x43abc",              // too long
            b"\x81\xA3\x21\x66/9/0/2\x00\x612\x08\x43abc",      // the 2 twice
            b"\x81\xA3\x21\x64/9/0\x00\x612\x08\x43abc",        // no slash
            b"\x81\xA3\x21\x63/9/\x21\x630/2\x08\x43abc",       // two base names
            b"\x81\xA3\x00\x63/9/\x00\x630/2\x08\x43abc",       // two names
            b"\x81\xA3\x21\x66/9/0/2\x21\x66/9/0/2\x08\x43abc", // the same twice
            b"\x81\xA3\x00\x66/9/0/2\x00\x66/9/0/2\x08\x43abc",
            b"\x81\xA2\x21\x66/9/0/2\x08\x5F1234567890123456789012345678901",
            b"\x81\xA3\x21\x66/9/0/2\x08\x43abc\x08\x40", // twice
            b"\x81\xA3\x21\x66/9/0/2\x08\x43abc\x02\x01", // a number, too
            b"\x81\xA3\x21\x66/9/0/2\x08\x43abc\x63vlo\x6414:3", // a link, too
            b"\x81\xA3\x21\x66/9/0/2\x08\x43abc\x24\x01", // base value
            b"\x81\xA3\x21\x66/9/0/2\x08\x43abc\x20\x0B", // version 11
            b"\x81\xA3\x21\x66/9/0/2\x08\x43abc\x62a_\x01", // must be understood
            b"\x81\xA3\x21\x66/9/0/2\x08\x43abc\x0A\x80", // an array
            b"\x81\xA2\x21\x66/9/0/2\x08\x5F\x43abc\xFF", // indefinite
            b"\x81\xA2\x21\x66/9/0/2\x08\x63abc",         // text
            b"\x82\xA2\x21\x66/9/0/2\x08\x43abc\xA1\x08\x40", // two records
            b"\x9F\xA2\x21\x66/9/0/2\x08\x43abc\xA1\x08\x40\xFF", // two records
            b"\x81\xA2\x21\x66/9/0/2\x08\x43abc\x18",     // something behind it
            b"\x81\xBF\x21\x66/9/0/2\x08\xFF",
            b"\x81\xBF\x21\x66/9/0/2\x08\x43abc",
            b"\x9F\xA2\x21\x66/9/0/2\x08\x43abc",
            b"\x81\xB8\x1F",
        ] {
            assert_eq!(package(bad), None, "{bad:02x?}");
        }
    }

    #[test]
    fn changed_packages_mean_what_another_reading_says() {
        for body in [
            &b"\x81\xA3\x21\x65/9/0/\x00\x612\x08\x43abc"[..],
            b"\x9F\xBF\x08\x43abc\x0A\x19\x01\x02\x00\x62/2\x21\x64/9/0\xFF\xFF",
        ] {
            let ours = |body: &[u8]| unwrapped_at_once(&SENML_CBOR_PACKAGE, "/9/0/2", body);
            agrees_with(body, ours, |body| match records(body)?.as_slice() {
                [(name, label, Cbor::Bytes(bytes))] if name == "/9/0/2" && label == "8" => {
                    Some(bytes.clone())
                }
                _ => None,
            });
        }
    }
}
