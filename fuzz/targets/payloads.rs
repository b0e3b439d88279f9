// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The Content-Formats, each on its own. An input is a format, what is asked of it, how a
//! body is cut, and the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swmgmt::object::format::{Format, Items, Package, Source, Window, Wrapping};
use swmgmt::object::value::{is_utf8, Type, Value};
use swmgmt::object::{Path, Refusal};
use swmgmt::payload::{
    cbor, link_format, opaque, senml_cbor, senml_cbor_package, senml_json, senml_json_package, text, tlv,
};

const NONE: u16 = 65535;

static FORMATS: [&Format; 7] = [
    &text::TEXT,
    &opaque::OPAQUE,
    &cbor::CBOR,
    &tlv::TLV,
    &senml_cbor::SENML_CBOR,
    &senml_json::SENML_JSON,
    &link_format::LINK_FORMAT,
];

fuzz_target!(|input: &[u8]| {
    let [format, what, cuts, body @ ..] = input else {
        return;
    };
    // Digits, so that the corpus can be read.
    let format = FORMATS[usize::from(format.wrapping_sub(b'0')) % FORMATS.len()];
    match what.wrapping_sub(b'0') % 5 {
        0 => unwrap(format, *cuts, body),
        1 => decode(format, Path::to(9, 0, u16::from(cuts.wrapping_sub(b'0')) % 20), body),
        2 => decode(format, Path::to(9, 0, NONE), body),
        3 => decode(format, Path::to(9, NONE, NONE), body),
        _ => encode(format, *cuts, body),
    }
});

/// However a package is cut, the same comes out; and a decoder of the whole says so, too.
fn unwrap(format: &Format, cuts: u8, body: &[u8]) {
    let package = match format.number {
        110 => &senml_json_package::SENML_JSON_PACKAGE,
        112 => &senml_cbor_package::SENML_CBOR_PACKAGE,
        _ => format,
    };
    let Package::Wrapped(unwrap) = package.package else {
        return;
    };
    let path = Path::to(9, 9, 2);
    let all = |pieces: &[&[u8]]| {
        let (mut state, mut bytes, mut total) = (Wrapping::NEW, Vec::new(), 0);
        for (n, piece) in pieces.iter().enumerate() {
            let mut scratch = vec![0; 4096];
            let content = unwrap(&mut state, path, piece, n + 1 == pieces.len(), &mut scratch).ok()?;
            bytes.extend_from_slice(content.bytes);
            total = total.max(content.total);
            assert!(content.total == 0 || content.total == total, "another total");
            assert!(total == 0 || bytes.len() <= total as usize, "more than the total");
        }
        assert!(total == 0 || bytes.len() == total as usize, "less than the total");
        Some(bytes)
    };
    let whole = all(&[body]);
    let (mut seed, mut rest, mut pieces) = (u32::from(cuts), body, Vec::new());
    while !rest.is_empty() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (piece, behind) = rest.split_at((seed >> 16) as usize % (rest.len().min(24) + 1));
        pieces.push(piece);
        rest = behind;
    }
    pieces.push(rest);
    assert_eq!(all(&pieces), whole, "{pieces:02x?}");

    // What is accepted as a package is the one resource that such a body brings.
    let Some(bytes) = whole else {
        return;
    };
    let mut scratch = vec![0; 4096];
    let mut items = Items::none();
    if format.number != text::TEXT.number {
        format.decode.unwrap()(path, body, &mut scratch, &mut items).expect("a write of the whole");
        let [item] = items.all() else { panic!("one value") };
        assert_eq!(item.value.opaque(), Some(bytes.as_slice()));
    }
}

fn decode(format: &Format, path: Path, body: &[u8]) {
    let Some(decode) = format.decode else {
        return;
    };
    let mut scratch = vec![0; 4096];
    let mut items = Items::none();
    if decode(path, body, &mut scratch, &mut items).is_err() {
        return;
    }
    assert!(path.instance == NONE || items.instance == NONE);
    assert!(path.resource == NONE || items.all().len() == 1);
    for item in items.all() {
        assert!(path.resource == NONE || path.resource == item.resource);
        let value = &item.value;
        let _ = (value.boolean(), value.objlnk(), value.string().map(is_utf8));
    }
    let instance = if path.instance == NONE { items.instance } else { path.instance };
    let ours: Vec<_> = items.all().iter().map(|item| show(instance, item.resource, &item.value)).collect();
    match format.number {
        110 if std::str::from_utf8(body).is_ok() => {
            let whole: serde_json::Value = serde_json::from_slice(body).expect("well-formed");
            assert_eq!(ours, of_json(&whole).expect("a pack"), "{}", String::from_utf8_lossy(body));
        }
        112 => {
            let mut rest = body;
            // Of texts that are not UTF-8, and of values that are reserved, it makes nothing.
            if let Ok(whole) = ciborium::from_reader::<ciborium::Value, _>(&mut rest) {
                assert!(rest.is_empty());
                assert_eq!(ours, of_cbor(&whole).expect("a pack"), "{body:02x?}");
            }
        }
        _ => {}
    }
}

fn show(instance: u16, resource: u16, value: &Value<'_>) -> String {
    let value = match value.kind {
        Type::Objlnk => format!("{}:{}", value.number >> 16, value.number & 0xFFFF),
        Type::String => String::from_utf8_lossy(value.bytes).into(),
        Type::Opaque => format!("{:02x?}", value.bytes),
        _ => value.number.to_string(),
    };
    format!("/9/{instance}/{resource}={value}")
}

/// The same, out of what another decoder found.
fn of_json(whole: &serde_json::Value) -> Option<Vec<String>> {
    let mut base = "";
    let mut all = Vec::new();
    for record in whole.as_array()? {
        base = record.get("bn").map_or(Some(base), |name| name.as_str())?;
        let name = record.get("n").map_or(Some(""), |name| name.as_str())?;
        let number = |label| record.get(label).and_then(|found: &serde_json::Value| found.as_u64());
        let text = |label| record.get(label).and_then(|found| found.as_str());
        let value = if let Some(text) = text("vd") {
            format!("{:02x?}", base64(text)?)
        } else {
            let flag =
                record.get("vb").and_then(|flag| flag.as_bool()).map(|flag| u8::from(flag).to_string());
            let link = text("vlo").or(text("vs")).map(String::from);
            flag.or(link).or(number("v").map(|number| number.to_string()))?
        };
        all.push(format!("{base}{name}={value}"));
    }
    Some(all)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = text.replace('-', "+").replace('_', "/").replace('=', "");
    let mut bits = String::new();
    for c in text.chars() {
        bits += &format!("{:06b}", digits.find(c)?);
    }
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).ok()?, 2).ok())
        .collect()
}

fn of_cbor(whole: &ciborium::Value) -> Option<Vec<String>> {
    let mut base = "";
    let mut all = Vec::new();
    for record in whole.as_array()? {
        let (mut name, mut value) = ("", None);
        for (label, field) in record.as_map()? {
            let label = match label {
                ciborium::Value::Text(label) if label == "vlo" => 3,
                ciborium::Value::Text(_) => 99,
                label => label.as_integer()?.try_into().unwrap_or(99),
            };
            match label {
                -2i64 => base = field.as_text()?,
                0 => name = field.as_text()?,
                2 => value = Some(i128::from(field.as_integer()?).to_string()),
                3 => value = Some(field.as_text()?.into()),
                4 => value = Some(u8::from(field.as_bool()?).to_string()),
                8 => value = Some(format!("{:02x?}", field.as_bytes()?)),
                _ => {}
            }
        }
        all.push(format!("{base}{name}={}", value?));
    }
    Some(all)
}

/// One value, wherever it is asked for; every Object has instance 7, every instance
/// resource 3, and resource 17 two instances.
struct One<'a>(Value<'a>);

impl Source for One<'_> {
    fn child_after(&self, within: Path, child: u16) -> Option<u16> {
        let children: &[u16] = match within {
            Path { instance: NONE, .. } => &[7, 300],
            Path { resource: NONE, .. } => &[2, 3, 7, 13, 17],
            Path { resource: 17, index: NONE, .. } => &[0, 1],
            _ => &[],
        };
        children.iter().copied().find(|id| child == NONE || *id > child)
    }

    fn read(&self, _: Path) -> Result<Value<'_>, Refusal> {
        Ok(self.0)
    }
}

/// What is encoded is decoded to the same value; and each window shows its piece.
fn encode(format: &Format, what: u8, body: &[u8]) {
    let number = body.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte));
    let (resource, value) = match what % 5 {
        0 => (13, Value::of_number(Type::Objlnk, number)),
        1 => (8, Value::of_number(Type::Boolean, number & 1)),
        2 => (7, Value::of_number(Type::Integer, number)),
        3 => (2, Value::of_bytes(Type::Opaque, body)),
        _ => (3, Value::of_bytes(Type::String, body)),
    };
    let source = One(value);
    let path = Path::to(9, 7, resource);
    let encode = format.encode.unwrap();
    for within in [path, Path::to(9, 7, 17), Path::to(9, 7, NONE), Path::to(9, NONE, NONE)] {
        let mut room = vec![0; 1 << 17];
        let mut window = Window::new(&mut room, 0);
        if encode(&source, within, &mut window).is_err() {
            continue;
        }
        let (length, check) = (window.filled(), window.check());
        let mut small = [0; 16];
        let from = number as usize % (length + 2);
        let mut window = Window::new(&mut small, from as u32);
        encode(&source, within, &mut window).unwrap();
        assert_eq!((window.total() as usize, window.check()), (length, check));
        let filled = window.filled();
        assert_eq!(small[..filled], *room.get(from..length.min(from + 16)).unwrap_or(&[]));
        if let (Some(decode), true) = (format.decode, within == path) {
            let mut scratch = vec![0; 8192];
            let mut items = Items::none();
            decode(path, &room[..length], &mut scratch, &mut items).unwrap();
            let [item] = items.all() else { panic!("one value") };
            let back = &item.value;
            let small = number <= 65535;
            match value.kind {
                Type::Objlnk => assert_eq!(back.objlnk(), Some(number)),
                Type::Boolean => assert_eq!(back.boolean(), Some(number & 1 != 0)),
                Type::Integer if back.kind == Type::Integer => assert_eq!(back.number, number),
                Type::Integer if format.number == 0 && small => {
                    assert_eq!(back.bytes, number.to_string().as_bytes())
                }
                Type::Integer => {}
                _ => assert_eq!(back.bytes, body),
            }
        }
    }
}
