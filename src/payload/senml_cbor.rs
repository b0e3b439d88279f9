// SPDX-License-Identifier: Apache-2.0 OR MIT
//! application/senml+cbor (RFC 8428, section 6): an array of maps. Strings have a definite
//! length, arrays and maps may have an indefinite one.

use super::cbor_head::{kind, put_bytes, put_head, put_value, Reader};
use super::complete;
use super::leaves::Leaves;
use super::senml::{label, put_records, Names, Pack};
use crate::object::format::{Format, Items, Package, Source, Window};
use crate::object::value::{Type, Value};
use crate::object::{Path, Refusal};

/// application/senml+cbor
pub static SENML_CBOR: Format =
    Format { number: 112, encode: Some(encode), decode: Some(decode), package: Package::Never };

fn encode(source: &dyn Source, path: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    let mut count = 0u32;
    for _ in Leaves::new(source, path) {
        count = count.wrapping_add(1);
    }
    put_head(out, kind::ARRAY, count);
    put_records(source, path, out, put_record)
}

fn put_record(out: &mut Window<'_>, value: &Value<'_>, names: Names<'_>) -> Result<(), Refusal> {
    let named = u32::from(!names.name.is_empty());
    put_head(out, kind::MAP, u32::from(names.base.is_some()).wrapping_add(named).wrapping_add(1));
    if let Some(base) = names.base {
        put_label(out, label::BN);
        put_head(out, kind::TEXT, (base.len() as u32).wrapping_add(named));
        out.put(base);
        out.put(if named != 0 { b"/" } else { b"" });
    }
    if named != 0 {
        put_label(out, label::N);
        put_bytes(out, kind::TEXT, names.name);
    }
    match value.kind {
        Type::Integer => put_label(out, label::V),
        Type::String => put_label(out, label::VS),
        Type::Boolean => put_label(out, label::VB),
        Type::Opaque => put_label(out, label::VD),
        Type::Objlnk | Type::None => put_bytes(out, kind::TEXT, b"vlo"),
    }
    put_value(out, value)
}

/// The low numbers are their own heads.
fn put_label(out: &mut Window<'_>, label: u8) {
    let negative = if label & label::NEGATIVE != 0 { kind::NEGATIVE } else { kind::UNSIGNED };
    out.byte(negative | label & !label::NEGATIVE);
}

/// The label that a head is; `None`: it is none, or text.
#[inline(never)]
pub(super) fn label_of(found: u8, number: u32) -> Option<u8> {
    let low = if number < label::VLO.into() { number as u8 } else { label::OTHER };
    match found & kind::MAJOR {
        kind::UNSIGNED => Some(low),
        kind::NEGATIVE => Some(low | label::NEGATIVE),
        _ => None,
    }
}

fn decode<'a>(path: Path, body: &'a [u8], _: &'a mut [u8], items: &mut Items<'a>) -> Result<(), Refusal> {
    let mut reader = Reader { left: body };
    let mut pack = Pack::new(path);
    let mut records = reader.count(kind::ARRAY)?;
    while reader.more(&mut records) {
        let mut fields = reader.count(kind::MAP)?;
        while reader.more(&mut fields) {
            let (found, number) = reader.head()?;
            let label = match label_of(found, number) {
                Some(label) => label,
                None if is_text(found) => match reader.bytes(number)? {
                    b"vlo" => label::VLO,
                    [.., b'_'] => return Err(Refusal::BadRequest),
                    _ => label::OTHER,
                },
                None => return Err(Refusal::BadRequest),
            };
            pack.field(label, reader.value()?)?;
        }
        pack.close(items)?;
    }
    if !reader.left.is_empty() {
        return Err(Refusal::BadRequest);
    }
    complete(path, items)
}

/// Text of definite length.
fn is_text(found: u8) -> bool {
    found & kind::MAJOR == kind::TEXT && found & kind::INDEFINITE != kind::INDEFINITE
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
pub(super) mod tests {
    use super::super::tests::*;
    use super::*;
    use crate::object::NONE;
    use ciborium::Value as Cbor;

    /// Another reading of one item, of any kind. It does not look at UTF-8 either.
    fn item_of(body: &mut &[u8]) -> Option<Cbor> {
        let take = |body: &mut &[u8], n: usize| {
            let (taken, rest) = body.split_at_checked(n)?;
            *body = rest;
            Some(taken.to_vec())
        };
        let first = take(body, 1)?[0];
        let info = first & 31;
        let extra = if (24..28).contains(&info) { take(body, 1 << (info - 24))? } else { vec![] };
        let argument = extra.iter().fold(0u128, |n, byte| n << 8 | u128::from(*byte));
        let n = if info < 24 { u128::from(info) } else { argument };
        if (28..31).contains(&info) {
            return None;
        }
        let mut many = |of: u128| {
            let mut all = Vec::new();
            while info == 31 || (all.len() as u128) < n * of {
                if info == 31 && body.first() == Some(&0xFF) {
                    *body = &body[1..];
                    break;
                }
                all.push(item_of(body)?);
            }
            Some(all)
        };
        Some(match first >> 5 {
            0 if info != 31 => Cbor::from(u64::try_from(n).ok()?),
            1 if info != 31 => Cbor::Integer((-1 - n as i128).try_into().ok()?),
            2 if info != 31 => Cbor::Bytes(take(body, n as usize)?),
            3 if info != 31 => Cbor::Text(take(body, n as usize)?.into_iter().map(char::from).collect()),
            4 => Cbor::Array(many(1)?),
            5 => Cbor::Map(many(2)?.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()),
            7 if first == 0xF4 || first == 0xF5 => Cbor::Bool(first == 0xF5),
            7 if info != 31 => Cbor::Null,
            _ => return None,
        })
    }

    /// The whole name of each record, and the label of its value and that.
    pub fn records(body: &[u8]) -> Option<Vec<(String, String, Cbor)>> {
        let mut rest = body;
        let whole = item_of(&mut rest).filter(|_| rest.is_empty())?;
        let mut base = String::new();
        let mut all = Vec::new();
        for record in whole.into_array().ok()? {
            let (mut name, mut value) = (String::new(), None);
            for (label, field) in record.into_map().ok()? {
                let label = match label {
                    Cbor::Integer(label) => i128::from(label).to_string(),
                    Cbor::Text(label) => label,
                    _ => return None,
                };
                match label.as_str() {
                    "-2" => base = field.into_text().ok()?,
                    "0" => name = field.into_text().ok()?,
                    "2" | "3" | "4" | "8" | "vlo" => value = Some((label, field)),
                    _ => {}
                }
            }
            let (label, value) = value?;
            all.push((format!("{base}{name}"), label, value));
        }
        Some(all)
    }

    /// Records as their names and values, and what makes them up.
    fn of(at: &str) -> Vec<(String, String, Cbor)> {
        records(&encoded(&SENML_CBOR, at).unwrap()).unwrap()
    }

    #[test]
    fn values_are_written_at_all_levels() {
        assert_eq!(encoded(&SENML_CBOR, "/9/0/7").unwrap(), b"\x81\xA2\x21\x66/9/0/7\x02\x04");
        assert_eq!(encoded(&SENML_CBOR, "/9/0/12").unwrap(), b"\x81\xA2\x21\x67/9/0/12\x04\xF5");
        assert_eq!(encoded(&SENML_CBOR, "/9/0/1").unwrap(), b"\x81\xA2\x21\x66/9/0/1\x03\x631.0");
        assert_eq!(
            encoded(&SENML_CBOR, "/9/0/17").unwrap(),
            b"\x82\xA3\x21\x68/9/0/17/\x00\x610\x63vlo\x6414:0\xA2\x00\x611\x63vlo\x6614:256"
        );
        assert_eq!(encoded(&SENML_CBOR, "/9/0/17/1").unwrap(), b"\x81\xA2\x21\x69/9/0/17/1\x63vlo\x6614:256");
        let names = |at| of(at).into_iter().map(|(name, ..)| name).collect::<Vec<_>>();
        let instance: Vec<String> = ["0", "1", "7", "8", "9", "12", "13", "17/0", "17/1", "18"]
            .iter()
            .map(|id| format!("/9/0/{id}"))
            .collect();
        assert_eq!(names("/9/0"), instance);
        let all = names("/9");
        assert_eq!(all[..10], instance);
        assert_eq!(all[10..].len(), 8);
        assert_eq!(all[17], "/9/300/18");
        assert_eq!(of("/9")[..10], of("/9/0"));
        assert_eq!(names("/14"), ["/14/0/0", "/14/0/2", "/14/0/5", "/14/256/0", "/14/256/2", "/14/256/5"]);
        assert_eq!(of("/9/0")[6].2, Cbor::Text("65535:65535".into()));
        assert_eq!(encoded_of(&Tree(Vec::new()), &SENML_CBOR, "/9").unwrap(), [0x80]);
        // Values of a resource are no resources, of which 2 and 3 could not be read.
        let mut tree = Tree::new();
        for index in 2..5 {
            tree.0.push((Path { index, ..path("/9/0/17") }, Value::of_number(Type::Objlnk, 14 << 16)));
        }
        let all = records(&encoded_of(&tree, &SENML_CBOR, "/9/0/17").unwrap()).unwrap();
        assert_eq!(all.last().unwrap().0, "/9/0/17/4");
        assert_eq!(all.len(), 5);
        tree.0[6].1 = Value::NONE;
        assert_eq!(encoded_of(&tree, &SENML_CBOR, "/9/0"), Err(Refusal::NotAllowed));
    }

    #[test]
    fn names_are_put_together() {
        let ours = |at, body: &[u8]| decoded(&SENML_CBOR, at, body);
        let flag = number(8, Type::Boolean, 1);
        for body in [
            &b"\x81\xA2\x21\x66/9/0/8\x04\xF5"[..],
            b"\x81\xA2\x00\x66/9/0/8\x04\xF5",
            b"\x81\xA2\x04\xF5\x00\x66/9/0/8",
            b"\x81\xA3\x21\x65/9/0/\x00\x618\x04\xF5",
            b"\x81\xA3\x00\x618\x04\xF5\x21\x65/9/0/",
            b"\x81\xA3\x21\x64/9/0\x00\x62/8\x04\xF5",
            b"\x9F\xBF\x21\x66/9/0/8\x04\xF5\xFF\xFF",
            b"\x98\x01\xB8\x02\x38\x01\x78\x06/9/0/8\x18\x04\xF5",
            // A version, a unit, a time, and what nobody knows.
            b"\x81\xA6\x20\x0A\x21\x66/9/0/8\x04\xF5\x01\x61m\x06\xFB\x41\xD9\x55\xAA\x40\0\0\0\x63abc\x20",
        ] {
            for at in ["/9/0/8", "/9/0"] {
                assert_eq!(ours(at, body).unwrap().items, std::slice::from_ref(&flag), "{body:02x?}");
            }
            assert_eq!(ours("/9", body).unwrap(), Brought { instance: 0, items: vec![flag.clone()] });
            for other in ["/9/0/9", "/9/1", "/14"] {
                assert_eq!(ours(other, body), Err(Refusal::BadRequest), "{other}");
            }
        }
        // The base name sticks, and may be replaced.
        let body =
            b"\x83\xA3\x21\x65/9/7/\x00\x618\x04\xF5\xA2\x00\x6213\x63vlo\x6414:3\xA2\x21\x66/9/7/3\x03\x61u";
        let items = vec![flag, number(13, Type::Objlnk, 14 << 16 | 3), item(3, Type::String, b"u")];
        assert_eq!(ours("/9", body).unwrap(), Brought { instance: 7, items: items.clone() });
        assert_eq!(ours("/9/7", body).unwrap(), Brought { instance: NONE, items });
        assert_eq!(ours("/9", b"\x80").unwrap(), Brought { instance: NONE, items: vec![] });
        // An object link may be a string, which is what Leshan sends.
        let link = ours("/9/0/13", b"\x81\xA2\x21\x67/9/0/13\x03\x6414:3").unwrap();
        assert_eq!(link.items, [item(13, Type::String, b"14:3")]);
    }

    #[test]
    fn what_is_refused() {
        for (at, bad) in [
            ("/9/0/8", &b""[..]),
            ("/9/0/8", b"\x80"),                                                 // no value
            ("/9/0/8", b"\x82\xA2\x21\x66/9/0/8\x04\xF5\xA1\x04\xF5"),           // two
            ("/9/0/8", b"\xA2\x21\x66/9/0/8\x04\xF5"),                           // no array
            ("/9/0/8", b"\x81\xA1\x21\x66/9/0/8"),                               // no value
            ("/9/0/8", b"\x81\xA3\x21\x66/9/0/8\x04\xF5\x04\xF5"),               // two in one
            ("/9/0/8", b"\x81\xA3\x21\x66/9/0/8\x21\x66/9/0/8\x04\xF5"),         // two base names
            ("/9/0/8", b"\x81\xA3\x00\x66/9/0/8\x00\x66/9/0/8\x04\xF5"),         // two names
            ("/9/0/8", b"\x81\xA2\x21\x66/9/0/8\x02\x01"),                       // a number
            ("/9/0/8", b"\x81\xA2\x21\x66/9/0/8\x04\x01"),                       // the same, as vb
            ("/9/0/8", b"\x81\xA2\x21\x66/9/0/8\x03\x611"),                      // a string
            ("/9/0/8", b"\x81\xA3\x21\x66/9/0/8\x04\xF5\x24\x01"),               // base value
            ("/9/0/8", b"\x81\xA3\x21\x66/9/0/8\x04\xF5\x25\x01"),               // base sum
            ("/9/0/8", b"\x81\xA3\x21\x66/9/0/8\x04\xF5\x20\x0B"),               // version 11
            ("/9/0/8", b"\x81\xA3\x21\x66/9/0/8\x04\xF5\x62a_\x01"),             // must be understood
            ("/9/0/8", b"\x81\xA2\x21\x66/9/0/8\x04\xF5\x00"),                   // behind the end
            ("/9/0/8", b"\x9F\xA2\x21\x66/9/0/8\x04\xF5"),                       // no break
            ("/9/0/8", b"\x81\xBF\x21\x66/9/0/8\x04\xF5"),                       // no break
            ("/9/0/8", b"\x81\xBF\x21\x66/9/0/8\x04\xFF"),                       // label without value
            ("/9/0/8", b"\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),                 // endless
            ("/9/0/13", b"\x81\xA2\x21\x67/9/0/13\x63vlo\x6214"),                // half a link
            ("/9/0/3", b"\x81\xA2\x21\x66/9/0/3\x63vlo\x6414:3"),                // a link
            ("/9/0/3", b"\x81\xA2\x21\x66/9/0/3\x08\x61u"),                      // text as vd
            ("/9/0/3", b"\x81\xA2\x21\x66/9/0/3\x08\x41u"),                      // bytes
            ("/9", b"\x82\xA2\x21\x66/9/7/8\x04\xF5\xA2\x21\x66/9/8/8\x04\xF5"), // two instances
            ("/9", b"\x81\xA2\x21\x64/9/7\x04\xF5"),                             // no resource
        ] {
            assert_eq!(decoded(&SENML_CBOR, at, bad), Err(Refusal::BadRequest), "{bad:02x?}");
        }
        for name in [
            "9/0/8",
            "/9/0/8/",
            "//9/0/8",
            "/9//0/8",
            "/9/0/08",
            "/9/00/8",
            "/9/0/8/0",
            "/9/0/8/0/0",
            "/9/65536/8",
            "/9/65535/8",
            "/9/655350/8",
            "/9/0/ 8",
            "/9/0/+8",
            "",
            "/",
            "/9",
            "/9/",
            "/9/99999999999/8",
        ] {
            let body =
                [b"\x81\xA2\x21", &[0x60 + name.len() as u8][..], name.as_bytes(), b"\x04\xF5"].concat();
            for at in ["/9/0/8", "/9/0", "/9"] {
                assert_eq!(decoded(&SENML_CBOR, at, &body), Err(Refusal::BadRequest), "{name}");
            }
        }
    }

    #[test]
    fn changed_bodies_mean_what_another_reading_says() {
        agrees_with(
            b"\x9F\xA4\x21\x63/9/\x00\x630/3\x03\x62co\x0A\x01\xBF\x00\x640/13\x63vlo\x6414:3\xFF\xFF",
            |body| {
                let show = |(id, kind, number, bytes): &(u16, Type, u32, Vec<u8>)| {
                    let value = match kind {
                        Type::Objlnk => format!("{}:{}", number >> 16, number & 0xFFFF),
                        _ => bytes.iter().copied().map(char::from).collect(),
                    };
                    Some(format!("/9/0/{id}={value};"))
                };
                let items = decoded(&SENML_CBOR, "/9/0", body).ok()?.items;
                items.iter().map(show).collect::<Option<String>>().map(String::into_bytes)
            },
            |body| {
                let show =
                    |(name, _, value): &(String, String, Cbor)| Some(format!("{name}={};", value.as_text()?));
                records(body)?.iter().map(show).collect::<Option<String>>().map(String::into_bytes)
            },
        );
    }
}
