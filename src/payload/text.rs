// SPDX-License-Identifier: Apache-2.0 OR MIT
//! text/plain: one value, as LwM2M writes it. A package is base64.

use super::base64::Base64;
use super::{put_decimal, put_link, single};
use crate::object::format::{Content, Format, Items, Package, Source, Window, Wrapping};
use crate::object::value::{Type, Value};
use crate::object::{Path, Refusal, NONE};

/// text/plain
pub static TEXT: Format =
    Format { number: 0, encode: Some(encode), decode: Some(decode), package: Package::Wrapped(unwrap) };

fn encode(source: &dyn Source, path: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    if path.resource == NONE {
        return Err(Refusal::NotAcceptable);
    }
    let value = source.read(path)?;
    match value.kind {
        Type::String => out.put(value.bytes),
        Type::Objlnk => put_link(out, value.number),
        Type::Integer | Type::Boolean => put_decimal(out, value.number),
        Type::Opaque | Type::None => return Err(Refusal::NotAcceptable),
    }
    Ok(())
}

fn decode<'a>(path: Path, body: &'a [u8], _: &'a mut [u8], items: &mut Items<'a>) -> Result<(), Refusal> {
    items.add(single(path)?, Value::of_bytes(Type::String, body))
}

fn unwrap<'a>(
    state: &mut Wrapping,
    _: Path,
    piece: &'a [u8],
    last: bool,
    scratch: &'a mut [u8],
) -> Result<Content<'a>, Refusal> {
    let mut length = 0;
    for c in piece {
        Base64::Standard.take(state, *c, scratch, &mut length)?;
    }
    if last && !Base64::Standard.is_whole(state) {
        return Err(Refusal::BadRequest);
    }
    Ok(Content { bytes: scratch.get(..length).unwrap_or(&[]), total: 0 })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::super::tests::*;
    use super::*;
    use ::base64::prelude::{Engine, BASE64_STANDARD};

    #[test]
    fn values_are_written_as_text() {
        assert_eq!(encoded(&TEXT, "/9/0/1").unwrap(), b"1.0");
        assert_eq!(encoded(&TEXT, "/9/300/1").unwrap(), b"");
        assert_eq!(encoded(&TEXT, "/9/0/9").unwrap(), b"200");
        assert_eq!(encoded(&TEXT, "/9/0/8").unwrap(), b"0");
        assert_eq!(encoded(&TEXT, "/9/0/12").unwrap(), b"1");
        assert_eq!(encoded(&TEXT, "/9/0/13").unwrap(), b"65535:65535");
        assert_eq!(encoded(&TEXT, "/9/0/17/1").unwrap(), b"14:256");
        for several in ["/9", "/9/0", "/9/0/17"] {
            assert_eq!(encoded(&TEXT, several), Err(Refusal::NotAcceptable), "{several}");
        }
    }

    #[test]
    fn a_body_is_the_text_of_a_resource() {
        let uri = decoded(&TEXT, "/9/0/3", b"coap://h/p").unwrap();
        assert_eq!(uri.items, [item(3, Type::String, b"coap://h/p")]);
        assert_eq!(decoded(&TEXT, "/9/0", b"1"), Err(Refusal::UnsupportedFormat));
        assert_eq!(decoded(&TEXT, "/9", b"1"), Err(Refusal::UnsupportedFormat));
        assert_eq!(decoded(&TEXT, "/9/0/17/0", b"1"), Err(Refusal::UnsupportedFormat));
    }

    #[test]
    fn a_package_is_base64_cut_anywhere() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(unwrapped_anyhow(&TEXT, "/9/0/2", text.as_bytes()).unwrap(), bytes.as_bytes());
        }
        let bytes: Vec<u8> = (0..=255).collect();
        let text = BASE64_STANDARD.encode(&bytes);
        for n in 1..40 {
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(n).collect();
            assert_eq!(unwrapped(&TEXT, "/9/0/2", &pieces).unwrap(), bytes);
        }
    }

    #[test]
    fn only_the_one_right_text_is_taken() {
        for text in ["Zm9vYmFy", "+/+/Zm8=", "AAAAZg=="] {
            let ours = |body: &[u8]| unwrapped_at_once(&TEXT, "/9/0/2", body);
            let oracle = |body: &[u8]| BASE64_STANDARD.decode(body).ok();
            agrees_with(text.as_bytes(), ours, oracle);
            // And the other way round: what is right is taken.
            for at in 0..text.len() {
                for byte in 0..=255 {
                    let mut body = text.as_bytes().to_vec();
                    body[at] = byte;
                    assert_eq!(ours(&body), oracle(&body), "{body:02x?}");
                }
            }
        }
    }

    #[test]
    fn room_runs_out_without_harm() {
        let Package::Wrapped(unwrap) = TEXT.package else {
            unreachable!();
        };
        for room in 0..6 {
            let mut scratch = [0; 6];
            let mut state = Wrapping::NEW;
            let taken = unwrap(&mut state, path("/9/0/2"), b"Zm9vYmFy", true, &mut scratch[..room]);
            assert_eq!(taken.err(), Some(Refusal::TooLarge));
        }
    }
}
