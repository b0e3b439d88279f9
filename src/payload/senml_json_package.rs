// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A package in SenML-JSON, unwrapped while it arrives.

use super::base64::Base64;
use super::leaves::Name;
use super::senml::label;
use super::senml_json::label_of;
use crate::object::format::{Content, Format, Package, Wrapping};
use crate::object::{Path, Refusal};

/// Packages in the format: a part of their own.
pub static SENML_JSON_PACKAGE: Format =
    Format { number: 110, encode: None, decode: None, package: Package::Wrapped(unwrap) };

/// What the next character belongs to.
mod phase {
    pub(crate) const ARRAY: u8 = 0;
    pub(crate) const MAP: u8 = 1;
    pub(crate) const KEY: u8 = 2;
    pub(crate) const COLON: u8 = 3;
    pub(crate) const VALUE: u8 = 4;
    /// Behind a value.
    pub(crate) const NEXT: u8 = 5;
    pub(crate) const CLOSE: u8 = 6;
    pub(crate) const DONE: u8 = 7;
    /// Strings.
    pub(crate) const IN_KEY: u8 = 8;
    pub(crate) const IN_BN: u8 = 9;
    pub(crate) const IN_N: u8 = 10;
    pub(crate) const IN_VD: u8 = 11;
    pub(crate) const IN_OTHER: u8 = 12;
    /// And, in the same byte: behind a backslash; there was data.
    pub(crate) const ESCAPED: u8 = 0x40;
    pub(crate) const HAS_VD: u8 = 0x80;
}

/// One record, whose name is the path, with the package as its data; all of its fields are
/// strings. `name` has how long the parts of the name are, as in SenML-CBOR. `left` has the
/// last four characters of a label; and while a name comes whose length nobody knows, a bit
/// for each place in the path where it could begin.
fn unwrap<'a>(
    state: &mut Wrapping,
    path: Path,
    piece: &'a [u8],
    last: bool,
    scratch: &'a mut [u8],
) -> Result<Content<'a>, Refusal> {
    let name = Name::of(path);
    let expected = name.bytes();
    let mut length = 0;
    for c in piece {
        let now = state.phase & 15;
        if now < phase::IN_KEY {
            if !matches!(c, b' ' | b'\t' | b'\n' | b'\r') {
                let next = mark(state, now, *c).ok_or(Refusal::BadRequest)?;
                state.phase = state.phase & phase::HAS_VD | next;
            }
            continue;
        }
        if state.phase & phase::ESCAPED == 0 {
            match c {
                b'"' => {
                    end_string(state, now, expected)?;
                    continue;
                }
                b'\\' if now != phase::IN_KEY => {
                    state.phase |= phase::ESCAPED;
                    continue;
                }
                b'\\' | 0..=0x1F => return Err(Refusal::BadRequest),
                _ => {}
            }
        } else if *c != b'/' && !(now == phase::IN_OTHER && b"\"\\bfnrt".iter().any(|known| known == c)) {
            return Err(Refusal::BadRequest);
        }
        state.phase &= !phase::ESCAPED;
        match now {
            phase::IN_KEY => state.left = state.left << 8 | u32::from(*c),
            phase::IN_VD => Base64::Any.take(state, *c, scratch, &mut length)?,
            phase::IN_BN | phase::IN_N => take_name(state, now, *c, expected)?,
            _ => {}
        }
    }
    let named = (state.name & 15).saturating_sub(1).wrapping_add((state.name >> 4).saturating_sub(1));
    let whole = state.phase == phase::DONE | phase::HAS_VD && usize::from(named) == expected.len();
    if last && !whole {
        return Err(Refusal::BadRequest);
    }
    Ok(Content { bytes: scratch.get(..length).unwrap_or(&[]), total: 0 })
}

/// Where a character between strings leads.
fn mark(state: &mut Wrapping, now: u8, c: u8) -> Option<u8> {
    Some(match (now, c) {
        (phase::ARRAY, b'[') => phase::MAP,
        (phase::MAP, b'{') | (phase::NEXT, b',') => phase::KEY,
        (phase::KEY, b'"') => {
            state.left = 0;
            phase::IN_KEY
        }
        (phase::COLON, b':') => phase::VALUE,
        (phase::VALUE, b'"') => return begin_value(state),
        (phase::NEXT, b'}') => phase::CLOSE,
        (phase::CLOSE, b']') => phase::DONE,
        _ => return None,
    })
}

fn begin_value(state: &mut Wrapping) -> Option<u8> {
    match label_of(state.left)? {
        label::BN if state.name & 15 == 0 => {
            state.name |= 1;
            Some(phase::IN_BN)
        }
        label::N if state.name >> 4 == 0 => {
            state.name |= 1 << 4;
            state.left = u32::MAX;
            Some(phase::IN_N)
        }
        label::VD if state.phase & phase::HAS_VD == 0 => {
            state.phase |= phase::HAS_VD;
            Some(phase::IN_VD)
        }
        label::OTHER => Some(phase::IN_OTHER),
        _ => None,
    }
}

fn take_name(state: &mut Wrapping, now: u8, c: u8, expected: &[u8]) -> Result<(), Refusal> {
    let (at, right) = if now == phase::IN_BN {
        let at = usize::from(state.name & 15).wrapping_sub(1);
        (1, expected.get(at) == Some(&c))
    } else {
        // Where this character stands, and so where a name that has come so far begins.
        let (mut places, mut bit) = (0u32, 1u32);
        for other in expected {
            places |= if *other == c { bit } else { 0 };
            bit <<= 1;
        }
        state.left &= places >> ((state.name >> 4).wrapping_sub(1) & 15);
        (1 << 4, state.left != 0)
    };
    state.name = state.name.wrapping_add(at);
    right.then_some(()).ok_or(Refusal::BadRequest)
}

fn end_string(state: &mut Wrapping, now: u8, expected: &[u8]) -> Result<(), Refusal> {
    let begin = (expected.len() as u32).wrapping_sub(u32::from(state.name >> 4).wrapping_sub(1));
    let right = match now {
        phase::IN_N => state.left >> (begin & 31) & 1 != 0,
        phase::IN_VD => Base64::Any.is_whole(state),
        _ => true,
    };
    let next = if now == phase::IN_KEY { phase::COLON } else { phase::NEXT };
    state.phase = state.phase & phase::HAS_VD | next;
    right.then_some(()).ok_or(Refusal::BadRequest)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::senml_json::tests::records;
    use super::super::tests::*;
    use super::SENML_JSON_PACKAGE;
    use ::base64::alphabet::STANDARD;
    use ::base64::engine::{DecodePaddingMode, Engine, GeneralPurpose, GeneralPurposeConfig};

    fn package(body: &[u8]) -> Option<Vec<u8>> {
        unwrapped_anyhow(&SENML_JSON_PACKAGE, "/9/0/2", body)
    }

    #[test]
    fn a_package_is_the_data_of_one_record() {
        for body in [
            r#"[{"bn":"/9/0/2","vd":"-_8"}]"#,
            r#"[{"bn":"/9/0/2","vd":"+\/8="}]"#,
            r#"[{"vd":"-_8","bn":"/9/0/2"}]"#,
            r#"[{"n":"/9/0/2","vd":"-_8"}]"#,
            r#"[{"bn":"/9/0/","n":"2","vd":"-_8"}]"#,
            r#"[{"n":"2","vd":"-_8","bn":"/9/0/"}]"#,
            r#"[{"vd":"-_8","n":"/2","bn":"\/9\/0"}]"#,
            r#"[{"vd":"-_8","n":"\/0\/2","bn":"/9"}]"#,
            r#"[{"bn":"","n":"/9/0/2","vd":"-_8"}]"#,
            r#"[{"bn":"/9/0/2","n":"","vd":"-_8"}]"#,
            r#"[{"n":"","bn":"/9/0/2","vd":"-_8"}]"#,
            r#"[{"u":"\"\\\/\b\f\n\r\tm","":"","bn":"/9/0/2","vd":"-_8"}]"#,
            "\r\n [\t{ \"bn\" : \"/9/0/2\" , \"vd\" : \"-_8\" } ] ",
        ] {
            assert_eq!(package(body.as_bytes()).unwrap(), b"\xFB\xFF", "{body}");
        }
        assert_eq!(package(br#"[{"bn":"/9/0/2","vd":""}]"#).unwrap(), b"");
        // A part of the name that could begin in several places.
        let same = |body: &str| unwrapped_anyhow(&SENML_JSON_PACKAGE, "/9/9/9", body.as_bytes());
        for body in [
            r#"[{"n":"/9","bn":"/9/9","vd":"AA"}]"#,
            r#"[{"n":"9/9","bn":"/9/","vd":"AA"}]"#,
            r#"[{"n":"9","bn":"/9/9/","vd":"AA"}]"#,
        ] {
            assert_eq!(same(body).unwrap(), [0], "{body}");
        }
        for body in [r#"[{"n":"/9/","bn":"/9/9","vd":"AA"}]"#, r#"[{"n":"/9","bn":"/9","vd":"AA"}]"#] {
            assert_eq!(same(body), None, "{body}");
        }
        let far = br#"[{"n":"34/2","vd":"AA","bn":"/14/655"}]"#;
        assert_eq!(unwrapped_anyhow(&SENML_JSON_PACKAGE, "/14/65534/2", far).unwrap(), [0]);
    }

    #[test]
    fn what_is_no_package() {
        for bad in [
            "",
            "[]",
            "[{}]",
            r#"[{"bn":"/9/0/2"}]"#,
            r#"[{"vd":"AAAA"}]"#,
            r#"[{"bn":"/9/0/3","vd":"AAAA"}]"#,
            r#"[{"bn":"/9/0/","vd":"AAAA"}]"#,
            r#"[{"bn":"/9/0/22","vd":"AAAA"}]"#,
            r#"[{"bn":"/9/0/2","n":"2","vd":"AAAA"}]"#,
            r#"[{"bn":"/9/0","n":"2","vd":"AAAA"}]"#,
            r#"[{"bn":"/9/","bn":"0/2","vd":"AAAA"}]"#,
            r#"[{"n":"/9/","n":"0/2","vd":"AAAA"}]"#,
            r#"[{"n":"/9/0","bn":"/2","vd":"AAAA"}]"#,
            r#"[{"bn":"/9/0/2","bn":"","vd":"AAAA"}]"#,
            r#"[{"n":"/9/0/2","n":"","vd":"AAAA"}]"#,
            r#"[{"n":"","n":"/9/0/2","vd":"AAAA"}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA","vd":""}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA","vs":""}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA","bver":"10"}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA","x_":""}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA","x":1}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA","x":"\x"}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA"},{"vd":""}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA"}]]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA",}]"#,
            r#"[{"bn":"/9/0/2" "vd":"AAAA"}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAAA"}]"#,
            r#"[{"bn":"/9/0/2","vd":"AB"}]"#,
            r#"[{"bn":"/9/0/2","vd":"AA="}]"#,
            r#"[{"bn":"/9/0/2","vd":"AA==A"}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA\n"}]"#,
            r#"[{"bn":"/9/0/2","vd":"AAAA"}"#,
            r#"{"bn":"/9/0/2","vd":"AAAA"}"#,
        ] {
            assert_eq!(package(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn changed_packages_mean_what_another_reading_says() {
        let any = GeneralPurpose::new(
            &STANDARD,
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
        );
        for body in [r#"[{"bn":"/9/0/","n":"2","vd":"-_8"}]"#, r#"[ {"vd":"+/8=","u":"\\","n":"\/9/0/2"} ]"#]
        {
            let ours = |body: &[u8]| {
                std::str::from_utf8(body).ok()?; // serde_json looks at this
                unwrapped_at_once(&SENML_JSON_PACKAGE, "/9/0/2", body)
            };
            agrees_with(body.as_bytes(), ours, |body| match records(body)?.as_slice() {
                [(name, label, data)] if name == "/9/0/2" && label == "vd" => {
                    any.decode(data.as_str()?.replace('-', "+").replace('_', "/")).ok()
                }
                _ => None,
            });
        }
    }
}
