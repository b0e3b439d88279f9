// SPDX-License-Identifier: Apache-2.0 OR MIT
//! application/senml+json (RFC 8428, section 5): an array of objects.

use super::base64::Base64;
use super::senml::{label, put_records, Names, Pack};
use super::{complete, put_decimal, put_link};
use crate::object::format::{Format, Items, Package, Source, Window, Wrapping};
use crate::object::value::{Type, Value};
use crate::object::{Path, Refusal};

/// application/senml+json
pub static SENML_JSON: Format =
    Format { number: 110, encode: Some(encode), decode: Some(decode), package: Package::Never };

fn encode(source: &dyn Source, path: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    put_records(source, path, out, put_record)?;
    out.put(if out.total() == 0 { b"[]" } else { b"]" });
    Ok(())
}

/// Opaque values are not there to be read.
fn put_record(out: &mut Window<'_>, value: &Value<'_>, names: Names<'_>) -> Result<(), Refusal> {
    let named = !names.name.is_empty();
    out.put(if names.base.is_some() { b"[{" } else { b",{" });
    if let Some(base) = names.base {
        out.put(b"\"bn\":\"");
        out.put(base);
        out.put(if named { b"/\"," } else { b"\"," });
    }
    if named {
        out.put(b"\"n\":\"");
        out.put(names.name);
        out.put(b"\",");
    }
    match value.kind {
        Type::Integer => {
            out.put(b"\"v\":");
            put_decimal(out, value.number);
        }
        Type::Boolean => out.put(if value.number != 0 { b"\"vb\":true" } else { b"\"vb\":false" }),
        Type::String => {
            out.put(b"\"vs\":\"");
            put_text(out, value.bytes);
            out.byte(b'"');
        }
        Type::Objlnk => {
            out.put(b"\"vlo\":\"");
            put_link(out, value.number);
            out.byte(b'"');
        }
        Type::Opaque | Type::None => return Err(Refusal::NotAcceptable),
    }
    out.byte(b'}');
    Ok(())
}

fn put_text(out: &mut Window<'_>, text: &[u8]) {
    for c in text {
        match c {
            b'"' | b'\\' => out.byte(b'\\'),
            0..=0x1F => {
                out.put(if *c < 16 { b"\\u000" } else { b"\\u001" });
                let low = c & 15;
                out.byte(if low < 10 { b'0' | low } else { low.wrapping_add(b'a' - 10) });
                continue;
            }
            _ => {}
        }
        out.byte(*c);
    }
}

fn decode<'a>(
    path: Path,
    body: &'a [u8],
    scratch: &'a mut [u8],
    items: &mut Items<'a>,
) -> Result<(), Refusal> {
    let mut json = Json { left: body, room: scratch };
    let mut pack = Pack::new(path);
    let mut records = json.open(b'[', b']')?;
    while records {
        let mut fields = json.open(b'{', b'}')?;
        while fields {
            let text = json.string()?;
            let key = text.iter().fold(0, |key, c| key << 8 | u32::from(*c));
            let label = label_of(key).ok_or(Refusal::BadRequest)?;
            if !json.eat(b':') {
                return Err(Refusal::BadRequest);
            }
            pack.field(label, json.value(label)?)?;
            fields = json.more(b'}')?;
        }
        pack.close(items)?;
        records = json.more(b']')?;
    }
    json.space();
    if !json.left.is_empty() {
        return Err(Refusal::BadRequest);
    }
    complete(path, items)
}

/// The characters of labels, as one number each.
static LABELS: [(u32, u8); 10] = [
    (key(b"bn"), label::BN),
    (key(b"n"), label::N),
    (key(b"v"), label::V),
    (key(b"vs"), label::VS),
    (key(b"vb"), label::VB),
    (key(b"vd"), label::VD),
    (key(b"vlo"), label::VLO),
    (key(b"bver"), label::BVER),
    (key(b"bv"), label::BV),
    (key(b"bs"), label::BS),
];

const fn key(text: &[u8]) -> u32 {
    match text {
        [] => 0,
        [rest @ .., last] => key(rest) << 8 | *last as u32,
    }
}

/// The label that has these characters at its end; `None`: it ends in "_".
#[inline(never)]
pub(super) fn label_of(key: u32) -> Option<u8> {
    if key & 0xFF == u32::from(b'_') {
        return None;
    }
    Some(LABELS.iter().find(|(known, _)| *known == key).map_or(label::OTHER, |(_, label)| *label))
}

struct Json<'a> {
    left: &'a [u8],
    /// For what does not stand in the body as it is.
    room: &'a mut [u8],
}

impl<'a> Json<'a> {
    fn space(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.left {
            self.left = rest;
        }
    }

    /// Passes by a character, if it is the next.
    #[inline(never)]
    fn eat(&mut self, c: u8) -> bool {
        self.space();
        self.skip(c)
    }

    /// The same, without white space before it.
    #[inline(never)]
    fn skip(&mut self, c: u8) -> bool {
        match self.left.split_first() {
            Some((next, rest)) if *next == c => {
                self.left = rest;
                true
            }
            _ => false,
        }
    }

    /// Begins an array or an object; whether there is anything in it.
    fn open(&mut self, open: u8, close: u8) -> Result<bool, Refusal> {
        if !self.eat(open) {
            return Err(Refusal::BadRequest);
        }
        Ok(!self.eat(close))
    }

    /// Whether there is more in it.
    fn more(&mut self, close: u8) -> Result<bool, Refusal> {
        if self.eat(b',') {
            return Ok(true);
        }
        self.eat(close).then_some(false).ok_or(Refusal::BadRequest)
    }

    /// A value; none, if it is a number that LwM2M has no use for, or null.
    fn value(&mut self, label: u8) -> Result<Value<'a>, Refusal> {
        self.space();
        let (word, value) = match self.left {
            [b'"', ..] => {
                let text = self.string()?;
                return match label {
                    label::VD => Ok(Value::of_bytes(Type::Opaque, self.data(text)?)),
                    _ => Ok(Value::of_bytes(Type::String, text)),
                };
            }
            [b'-' | b'0'..=b'9', ..] => return self.number(),
            [b't', ..] => (&b"true"[..], Value::of_number(Type::Boolean, 1)),
            [b'f', ..] => (&b"false"[..], Value::of_number(Type::Boolean, 0)),
            _ => (&b"null"[..], Value::NONE),
        };
        for c in word {
            if !self.skip(*c) {
                return Err(Refusal::BadRequest);
            }
        }
        Ok(value)
    }

    /// Only one without sign, fraction and exponent is an integer.
    fn number(&mut self) -> Result<Value<'a>, Refusal> {
        let negative = self.skip(b'-');
        let zero = self.skip(b'0');
        let mut integer = if zero { Some(0) } else { self.digits()? }.filter(|_| !negative);
        if self.skip(b'.') {
            self.digits()?;
            integer = None;
        }
        if self.skip(b'e') || self.skip(b'E') {
            let _ = self.skip(b'+') || self.skip(b'-');
            self.digits()?;
            integer = None;
        }
        Ok(integer.map_or(Value::NONE, |number| Value::of_number(Type::Integer, number)))
    }

    /// Digits, at least one; `None`: more than 32 bits.
    #[inline(never)]
    fn digits(&mut self) -> Result<Option<u32>, Refusal> {
        let (mut number, before) = (Some(0u32), self.left.len());
        while let [c @ b'0'..=b'9', rest @ ..] = self.left {
            number = number.and_then(|n| n.checked_mul(10)?.checked_add((c & 15).into()));
            self.left = rest;
        }
        if self.left.len() == before {
            return Err(Refusal::BadRequest);
        }
        Ok(number)
    }

    #[inline(never)]
    fn string(&mut self) -> Result<&'a [u8], Refusal> {
        if !self.eat(b'"') {
            return Err(Refusal::BadRequest);
        }
        let (mut escaped, mut has_escapes) = (false, false);
        let end = self.left.iter().position(|c| {
            let ends = *c < 0x20 || *c == b'"' && !escaped;
            escaped = *c == b'\\' && !escaped;
            has_escapes |= escaped;
            ends
        });
        let (text, rest) = self.left.split_at_checked(end.unwrap_or(0)).ok_or(Refusal::BadRequest)?;
        self.left = rest;
        if end.is_none() || !self.skip(b'"') {
            return Err(Refusal::BadRequest);
        }
        if has_escapes {
            self.unescape(text)
        } else {
            Ok(text)
        }
    }

    fn unescape(&mut self, text: &[u8]) -> Result<&'a [u8], Refusal> {
        let (mut length, mut high) = (0, 0u32);
        let mut left = text.iter();
        while let Some(c) = left.next() {
            if *c != b'\\' {
                // The rest of a character beyond ASCII, or one of its own.
                if high != 0 {
                    return Err(Refusal::BadRequest);
                }
                self.put(&mut length, (*c).into())?;
                continue;
            }
            let mut code = match left.next() {
                Some(c @ (b'"' | b'\\' | b'/')) => (*c).into(),
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'n') => 10,
                Some(b'r') => 13,
                Some(b't') => 9,
                Some(b'u') => {
                    let mut code = 0;
                    for _ in 0..4 {
                        let digit = left.next().and_then(|c| char::from(*c).to_digit(16));
                        code = code << 4 | digit.ok_or(Refusal::BadRequest)?;
                    }
                    code
                }
                _ => return Err(Refusal::BadRequest),
            };
            // Characters beyond 16 bits come as two surrogates.
            match (code >> 10, high) {
                (0x36, 0) => {
                    high = code;
                    continue;
                }
                (0x37, 1..) => code = (high << 10 & 0xF_FC00 | code & 0x3FF).wrapping_add(0x1_0000),
                (0x37, 0) | (_, 1..) => return Err(Refusal::BadRequest),
                _ => {}
            }
            high = 0;
            let (lead, more) = match code {
                0..=0x7F => (0, 0),
                0x80..=0x7FF => (0xC0, 6),
                0x800..=0xFFFF => (0xE0, 12),
                _ => (0xF0, 18u32),
            };
            self.put(&mut length, lead | code >> more)?;
            for shift in [12, 6, 0] {
                if shift < more {
                    self.put(&mut length, 0x80 | code >> shift & 0x3F)?;
                }
            }
        }
        if high != 0 {
            return Err(Refusal::BadRequest);
        }
        Ok(self.keep(length))
    }

    #[inline(never)]
    fn put(&mut self, length: &mut usize, byte: u32) -> Result<(), Refusal> {
        *self.room.get_mut(*length).ok_or(Refusal::TooLarge)? = byte as u8;
        *length = length.wrapping_add(1);
        Ok(())
    }

    fn data(&mut self, text: &[u8]) -> Result<&'a [u8], Refusal> {
        let (mut state, mut length) = (Wrapping::NEW, 0);
        for c in text {
            Base64::Any.take(&mut state, *c, self.room, &mut length)?;
        }
        if !Base64::Any.is_whole(&state) {
            return Err(Refusal::BadRequest);
        }
        Ok(self.keep(length))
    }

    /// What has been put into the room stays there.
    #[inline(never)]
    fn keep(&mut self, length: usize) -> &'a [u8] {
        match core::mem::take(&mut self.room).split_at_mut_checked(length) {
            Some((kept, room)) => {
                self.room = room;
                kept
            }
            None => &[],
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
pub(super) mod tests {
    use super::super::tests::*;
    use super::*;
    use crate::object::NONE;
    use serde_json::Value as Any;

    /// Another reading: the whole name of each record, and the label of its value and that.
    pub fn records(body: &[u8]) -> Option<Vec<(String, String, Any)>> {
        let whole: Any = serde_json::from_slice(body).ok()?;
        let mut base = String::new();
        let mut all = Vec::new();
        for record in whole.as_array()? {
            let record = record.as_object()?;
            let text = |label| record.get(label).map(|found: &Any| found.as_str().map(String::from));
            base = text("bn").unwrap_or(Some(base))?;
            let name = text("n").unwrap_or(Some(String::new()))?;
            let (label, value) =
                record.iter().find(|(label, _)| ["v", "vs", "vb", "vd", "vlo"].contains(&label.as_str()))?;
            all.push((format!("{base}{name}"), label.clone(), value.clone()));
        }
        Some(all)
    }

    fn text(at: &str) -> String {
        String::from_utf8(encoded(&SENML_JSON, at).unwrap()).unwrap()
    }

    #[test]
    fn values_are_written_at_all_levels() {
        assert_eq!(text("/9/0/7"), r#"[{"bn":"/9/0/7","v":4}]"#);
        assert_eq!(text("/9/0/8"), r#"[{"bn":"/9/0/8","vb":false}]"#);
        assert_eq!(text("/9/0/12"), r#"[{"bn":"/9/0/12","vb":true}]"#);
        assert_eq!(text("/9/0/13"), r#"[{"bn":"/9/0/13","vlo":"65535:65535"}]"#);
        assert_eq!(text("/9/0/0"), r#"[{"bn":"/9/0/0","vs":"nä\"\\\u000a"}]"#);
        assert_eq!(text("/9/0/17"), r#"[{"bn":"/9/0/17/","n":"0","vlo":"14:0"},{"n":"1","vlo":"14:256"}]"#);
        assert_eq!(text("/9/0/17/1"), r#"[{"bn":"/9/0/17/1","vlo":"14:256"}]"#);
        assert_eq!(
            text("/14"),
            r#"[{"bn":"/14/","n":"0/0","vs":"part"},{"n":"0/2","vs":"2"},{"n":"0/5","vb":true},"#.to_owned()
                + r#"{"n":"256/0","vs":"part"},{"n":"256/2","vs":"2"},{"n":"256/5","vb":true}]"#
        );
        for at in ["/9", "/9/0"] {
            let all = records(text(at).as_bytes()).unwrap();
            assert_eq!(all[0], ("/9/0/0".into(), "vs".into(), "n\u{e4}\"\\\n".into()));
            assert_eq!(all[8], ("/9/0/17/1".into(), "vlo".into(), "14:256".into()));
        }
        assert_eq!(encoded_of(&Tree(Vec::new()), &SENML_JSON, "/9").unwrap(), b"[]");

        static CONTROLS: [u8; 33] =
            *b"\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F\x10\x11\
            \x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F";
        let mut tree = Tree::new();
        tree.0[0].1 = Value::of_bytes(Type::String, &CONTROLS);
        let body = encoded_of(&tree, &SENML_JSON, "/9/0/0").unwrap();
        assert_eq!(records(&body).unwrap()[0].2.as_str().unwrap().as_bytes(), CONTROLS);
    }

    fn ours(at: &str, body: &str) -> Result<Brought, Refusal> {
        decoded(&SENML_JSON, at, body.as_bytes())
    }

    #[test]
    fn names_are_put_together() {
        let flag = number(8, Type::Boolean, 1);
        for body in [
            r#"[{"bn":"/9/0/8","vb":true}]"#,
            r#"[{"n":"/9/0/8","vb":true}]"#,
            r#"[{"vb":true,"n":"8","bn":"/9/0/"}]"#,
            r#"[{"bn":"\/9\/0","\u006E":"\u002f8","vb":true}]"#,
            " \t\r\n[ { \"bn\" : \"/9/0/8\" , \"vb\" : true } ] \n",
            r#"[{"bver":10,"bn":"/9/0/8","vb":true,"t":-1.5e+9,"u":"m","x":null,"y":99999999999}]"#,
        ] {
            for at in ["/9/0/8", "/9/0"] {
                assert_eq!(ours(at, body).unwrap().items, std::slice::from_ref(&flag), "{body}");
            }
            assert_eq!(ours("/9", body).unwrap(), Brought { instance: 0, items: vec![flag.clone()] });
        }
        let body = r#"[{"bn":"/9/7/","n":"8","vb":false},{"n":"13","vlo":"14:3"},{"n":"3","vs":""}]"#;
        let items = vec![
            number(8, Type::Boolean, 0),
            number(13, Type::Objlnk, 14 << 16 | 3),
            item(3, Type::String, b""),
        ];
        assert_eq!(ours("/9", body).unwrap(), Brought { instance: 7, items: items.clone() });
        assert_eq!(ours("/9/7", body).unwrap(), Brought { instance: NONE, items });
        assert_eq!(ours("/9", "[]").unwrap(), Brought { instance: NONE, items: vec![] });
        let data = ours("/9/0/2", r#"[{"bn":"/9/0/2","vd":"-_8"}]"#).unwrap();
        assert_eq!(data.items, [item(2, Type::Opaque, b"\xFB\xFF")]);
        // Wakaama's form of it.
        let data = ours("/9/0/2", r#"[{"bn":"/9/0/2","vd":"+\/8="}]"#).unwrap();
        assert_eq!(data.items, [item(2, Type::Opaque, b"\xFB\xFF")]);
        let count = ours("/9/0/7", r#"[{"bn":"/9/0/7","v":4294967295}]"#).unwrap();
        assert_eq!(count.items, [number(7, Type::Integer, u32::MAX)]);
    }

    #[test]
    fn escapes() {
        let body = r#"[{"bn":"/9/0/","n":"14","vs":"\"\\\/\b\f\n\r\t\u00e4\u20AC\ud83d\uDE00\u0041z"},
            {"n":"15","vs":"\u0000\u007f\u0080\u07ff\u0800\uffff\ud800\udc00\udbff\udfff"}]"#;
        let items = ours("/9/0", body).unwrap().items;
        assert_eq!(items[0].3, "\"\\/\u{8}\u{c}\n\r\t\u{e4}\u{20ac}\u{1f600}Az".as_bytes());
        assert_eq!(
            items[1].3,
            "\0\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}".as_bytes(),
            "both ends of each length"
        );
        for bad in [
            r"\x",
            r"\u12",
            r"\u12g4",
            r"\ud800",
            r"\udc00",
            r"\ud800x",
            r"\ud800x\udc00",
            r"\ud800\n",
            r"\ud800\u0041",
            r"\ud800\ud800",
            r"\",
            "\n",
            "\0",
        ] {
            let body = format!(r#"[{{"bn":"/9/0/3","vs":"{bad}"}}]"#);
            assert_eq!(ours("/9/0/3", &body), Err(Refusal::BadRequest), "{bad:?}");
        }
        // Room for what has escapes only.
        let body = br#"[{"bn":"/9/0/3","vs":"\u00e4"}]"#;
        for room in 0..3 {
            let mut scratch = [0; 3];
            let mut items = Items::none();
            let taken = decode(path("/9/0/3"), body, &mut scratch[..room], &mut items);
            assert_eq!(taken, if room < 2 { Err(Refusal::TooLarge) } else { Ok(()) });
        }
    }

    #[test]
    fn what_is_refused() {
        for (at, bad) in [
            ("/9/0/8", ""),
            ("/9/0/8", "[]"),
            ("/9/0/8", "{}"),
            ("/9/0/8", "[{}]"),
            ("/9/0/8", r#"{"bn":"/9/0/8","vb":true}"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8"}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true}"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true,}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true},]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8" "vb":true}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true}]]"#),
            ("/9/0/8", "[{\"bn\":\"/9/0/8\",\"vb\":true}]\0"),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":tru}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":"true"}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":1}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","v":1}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true,"vb":true}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true,"x_":1}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true,"x":[]}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true,"bv":1}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true,"bver":11}]"#),
            ("/9/0/8", r#"[{"bn":"/9/0/8","vb":true},{"vb":true}]"#),
            ("/9/0/3", r#"[{"bn":"/9/0/3","vd":"AAAA"}]"#),
            ("/9/0/2", r#"[{"bn":"/9/0/2","vd":"A"}]"#),
            ("/9/0/2", r#"[{"bn":"/9/0/2","vd":"AB"}]"#),
            ("/9/0/7", r#"[{"bn":"/9/0/7","v":1.0}]"#),
            ("/9/0/7", r#"[{"bn":"/9/0/7","v":-1}]"#),
            ("/9/0/7", r#"[{"bn":"/9/0/7","v":4294967296}]"#),
        ] {
            assert_eq!(ours(at, bad), Err(Refusal::BadRequest), "{bad}");
        }
        for number in ["01", "1.", ".1", "-", "+1", "1e", "1e+", "1.e1", "0x1", "--1", "nul", ""] {
            let body = format!(r#"[{{"bn":"/9/0/8","vb":true,"t":{number}}}]"#);
            assert_eq!(ours("/9/0/8", &body), Err(Refusal::BadRequest), "{number}");
        }
    }

    #[test]
    fn changed_bodies_mean_what_another_reading_says() {
        agrees_with(
            r#"[{"bn":"/9/","n":"0/3","vs":"\u20AC\n","t":-1.50e2},{"n":"0/13","vlo":"14:3"}]"#.as_bytes(),
            |body| {
                let show = |(id, kind, number, bytes): &(u16, Type, u32, Vec<u8>)| {
                    let value = match kind {
                        Type::Objlnk => format!("{}:{}", number >> 16, number & 0xFFFF),
                        // The core looks at this.
                        _ => String::from_utf8(bytes.clone()).ok()?,
                    };
                    Some(format!("/9/0/{id}={value};"))
                };
                std::str::from_utf8(body).ok()?; // and serde_json at this
                let items = decoded(&SENML_JSON, "/9/0", body).ok()?.items;
                items.iter().map(show).collect::<Option<String>>().map(String::into_bytes)
            },
            |body| {
                let show =
                    |(name, _, value): &(String, String, Any)| Some(format!("{name}={};", value.as_str()?));
                records(body)?.iter().map(show).collect::<Option<String>>().map(String::into_bytes)
            },
        );
    }
}
