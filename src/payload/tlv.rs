// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OMA TLV (LwM2M 1.0.2, section 6.4.3): each entry has a type, an id and a length.

use super::complete;
use super::leaves::{is_leaf, next_child};
use crate::object::format::{Content, Encode, Format, Items, Package, Source, Window, Wrapping};
use crate::object::value::{Type, Value};
use crate::object::{Path, Refusal, NONE};

/// application/vnd.oma.lwm2m+tlv
pub static TLV: Format =
    Format { number: 11542, encode: Some(encode), decode: Some(decode), package: Package::Wrapped(unwrap) };

/// What an entry is: the upper two bits of its type.
const INSTANCE: u8 = 0;
const RESOURCE_INSTANCE: u8 = 0x40;
const MULTIPLE: u8 = 0x80;
const RESOURCE: u8 = 0xC0;

/// The id has two bytes.
const LONG_ID: u8 = 0x20;

// Entries know the length of what is in them: everything is written twice, first only to
// be counted.

fn encode(source: &dyn Source, path: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    if path.resource != NONE {
        return put_resource(source, path, out);
    }
    if path.instance != NONE {
        return put_resources(source, path, out);
    }
    let mut instance = path;
    while next_child(source, path, &mut instance) {
        put_nested(source, instance, out, INSTANCE, instance.instance, put_resources)?;
    }
    Ok(())
}

fn put_resources(source: &dyn Source, within: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    let mut path = within;
    while next_child(source, within, &mut path) {
        put_resource(source, path, out)?;
    }
    Ok(())
}

#[inline(never)]
fn put_resource(source: &dyn Source, path: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    if is_leaf(path) {
        return put_value(source, path, out);
    }
    put_nested(source, path, out, MULTIPLE, path.resource, put_values)
}

fn put_values(source: &dyn Source, within: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    let mut path = within;
    while next_child(source, within, &mut path) {
        put_value(source, path, out)?;
    }
    Ok(())
}

#[inline(never)]
fn put_nested(
    source: &dyn Source,
    path: Path,
    out: &mut Window<'_>,
    kind: u8,
    id: u16,
    put: Encode,
) -> Result<(), Refusal> {
    let mut counter = Window::counter();
    put(source, path, &mut counter)?;
    put_header(out, kind, id, counter.total());
    put(source, path, out)
}

#[inline(never)]
fn put_value(source: &dyn Source, path: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    let value = source.read(path)?;
    let number = value.number;
    let (kind, id) =
        if path.index == NONE { (RESOURCE, path.resource) } else { (RESOURCE_INSTANCE, path.index) };
    let bytes = match value.kind {
        Type::String | Type::Opaque => {
            put_header(out, kind, id, value.bytes.len() as u32);
            out.put(value.bytes);
            return Ok(());
        }
        Type::Boolean => 1,
        Type::Objlnk => 4,
        // Signed, so the highest bit is not there for us.
        Type::Integer => match number.leading_zeros() {
            0 => 8,
            1..=16 => 4,
            17..=24 => 2,
            _ => 1,
        },
        Type::None => return Err(Refusal::NotAcceptable),
    };
    put_header(out, kind, id, bytes);
    put_number(out, number, bytes);
    Ok(())
}

#[inline(never)]
fn put_header(out: &mut Window<'_>, kind: u8, id: u16, length: u32) {
    let id_bytes = if id > 0xFF { 2 } else { 1 };
    let (in_type, length_bytes) = match length {
        0..=7 => (length as u8, 0),
        8..=0xFF => (8, 1),
        0x100..=0xFFFF => (16, 2),
        _ => (24, 3),
    };
    out.byte(kind | if id > 0xFF { LONG_ID } else { 0 } | in_type);
    put_number(out, id.into(), id_bytes);
    put_number(out, length, length_bytes);
}

#[inline(never)]
fn put_number(out: &mut Window<'_>, number: u32, bytes: u32) {
    for n in (0..bytes).rev() {
        out.byte(number.checked_shr(n << 3).unwrap_or(0) as u8);
    }
}

/// Before the type of an entry, in its id and length, and behind them. From then on
/// `name` is the type, `number` the id, `left` the length.
const START: u8 = 0;
const HEADER: u8 = 1;
const CONTENT: u8 = 2;

/// Takes the next byte of a header; `need` and `depth` are the bytes of id and length that
/// are missing.
#[inline(never)]
fn take_header(state: &mut Wrapping, byte: u8) {
    if state.phase == START {
        state.phase = HEADER;
        state.name = byte;
        state.need = if byte & LONG_ID != 0 { 2 } else { 1 };
        state.depth = byte >> 3 & 3;
        if state.depth == 0 {
            state.left = u32::from(byte & 7);
        }
    } else if state.need > 0 {
        state.need = state.need.wrapping_sub(1);
        state.number = state.number << 8 | u32::from(byte);
    } else {
        state.depth = state.depth.wrapping_sub(1);
        state.left = state.left << 8 | u32::from(byte);
    }
    if state.need | state.depth == 0 {
        state.phase = CONTENT;
    }
}

struct Entry<'a> {
    kind: u8,
    id: u16,
    value: &'a [u8],
}

/// The next entry of a body that is there as a whole.
#[inline(never)]
fn next_entry<'a>(left: &mut &'a [u8]) -> Result<Entry<'a>, Refusal> {
    let mut state = Wrapping::NEW;
    while state.phase != CONTENT {
        let (first, rest) = left.split_first().ok_or(Refusal::BadRequest)?;
        *left = rest;
        take_header(&mut state, *first);
    }
    let (value, rest) = left.split_at_checked(state.left as usize).ok_or(Refusal::BadRequest)?;
    *left = rest;
    Ok(Entry { kind: state.name & RESOURCE, id: state.number as u16, value })
}

fn decode<'a>(path: Path, body: &'a [u8], _: &'a mut [u8], items: &mut Items<'a>) -> Result<(), Refusal> {
    let mut left = body;
    // Resources may be wrapped in their instance.
    if path.resource == NONE && body.first().is_some_and(|kind| kind & RESOURCE == INSTANCE) {
        let instance = next_entry(&mut left)?;
        if !left.is_empty() || instance.id == NONE || path.instance != NONE && path.instance != instance.id {
            return Err(Refusal::BadRequest);
        }
        if path.instance == NONE {
            items.instance = instance.id;
        }
        left = instance.value;
    }
    while !left.is_empty() {
        let entry = next_entry(&mut left)?;
        if entry.kind != RESOURCE || path.resource != NONE && entry.id != path.resource {
            return Err(Refusal::BadRequest);
        }
        items.add(entry.id, Value::of_bytes(Type::Opaque, entry.value))?;
    }
    complete(path, items)
}

/// Behind the header, `number` is the length of the package.
fn unwrap<'a>(
    state: &mut Wrapping,
    path: Path,
    piece: &'a [u8],
    last: bool,
    _: &'a mut [u8],
) -> Result<Content<'a>, Refusal> {
    let mut bytes = piece;
    while state.phase != CONTENT {
        let Some((first, rest)) = bytes.split_first() else {
            break;
        };
        bytes = rest;
        take_header(state, *first);
        if state.phase == CONTENT {
            if state.name & RESOURCE != RESOURCE || state.number != u32::from(path.resource) {
                return Err(Refusal::BadRequest);
            }
            state.number = state.left;
        }
    }
    let whole = state.phase == CONTENT;
    let left = if whole { state.left } else { 0 };
    let after = left.checked_sub(bytes.len() as u32).ok_or(Refusal::BadRequest)?;
    if last && (!whole || after != 0) {
        return Err(Refusal::BadRequest);
    }
    if whole {
        state.left = after;
    }
    Ok(Content { bytes, total: if whole { state.number } else { 0 } })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::super::tests::*;
    use super::*;

    /// Another reading: (type, id, value) of each entry.
    fn entries(body: &[u8]) -> Option<Vec<(u8, u16, Vec<u8>)>> {
        let mut all = Vec::new();
        let mut at = 0;
        let be = |bytes: &[u8]| bytes.iter().fold(0usize, |n, byte| n * 256 + usize::from(*byte));
        while at < body.len() {
            let kind = body[at];
            let id_at = at + 1;
            let length_at = id_at + if kind & 0b0010_0000 == 0 { 1 } else { 2 };
            let value_at = length_at + usize::from(kind >> 3 & 3);
            let id = be(body.get(id_at..length_at)?);
            let length =
                if kind & 0x18 == 0 { usize::from(kind & 7) } else { be(body.get(length_at..value_at)?) };
            let value = body.get(value_at..value_at + length)?;
            all.push((kind >> 6, id as u16, value.to_vec()));
            at = value_at + length;
        }
        Some(all)
    }

    #[test]
    fn single_values() {
        assert_eq!(encoded(&TLV, "/9/0/1").unwrap(), b"\xC3\x011.0");
        assert_eq!(encoded(&TLV, "/9/300/1").unwrap(), b"\xC0\x01");
        assert_eq!(encoded(&TLV, "/9/0/7").unwrap(), b"\xC1\x07\x04");
        assert_eq!(encoded(&TLV, "/9/0/9").unwrap(), b"\xC2\x09\x00\xC8");
        assert_eq!(encoded(&TLV, "/9/0/12").unwrap(), b"\xC1\x0C\x01");
        assert_eq!(encoded(&TLV, "/9/0/13").unwrap(), b"\xC4\x0D\xFF\xFF\xFF\xFF");
        assert_eq!(
            encoded(&TLV, "/9/0/17").unwrap(),
            b"\x88\x11\x0C\x44\x00\x00\x0E\x00\x00\x44\x01\x00\x0E\x01\x00"
        );
        assert_eq!(encoded(&TLV, "/9/0/17/1").unwrap(), b"\x44\x01\x00\x0E\x01\x00");
        assert_eq!(encoded(&TLV, "/9/0/2"), Err(Refusal::NotAllowed));
    }

    #[test]
    fn integers_and_lengths_are_as_short_as_can_be() {
        let mut tree = Tree::new();
        for (number, bytes) in [
            (127, &b"\xC1\x07\x7F"[..]),
            (128, b"\xC2\x07\x00\x80"),
            (32767, b"\xC2\x07\x7F\xFF"),
            (32768, b"\xC4\x07\x00\x00\x80\x00"),
            (0x7FFF_FFFF, b"\xC4\x07\x7F\xFF\xFF\xFF"),
            (0x8000_0000, b"\xC8\x07\x08\x00\x00\x00\x00\x80\x00\x00\x00"),
        ] {
            tree.0[6].1 = Value::of_number(Type::Integer, number);
            assert_eq!(encoded_of(&tree, &TLV, "/9/0/7").unwrap(), bytes);
        }
        static LONG: [u8; 65536] = [b'x'; 65536];
        for (length, header) in [
            (7usize, &b"\xC7\x00"[..]),
            (8, b"\xC8\x00\x08"),
            (255, b"\xC8\x00\xFF"),
            (256, b"\xD0\x00\x01\x00"),
            (65535, b"\xD0\x00\xFF\xFF"),
            (65536, b"\xD8\x00\x01\x00\x00"),
        ] {
            tree.0[0].1 = Value::of_bytes(Type::String, &LONG[..length]);
            let mut room = [0; 5];
            let mut window = Window::new(&mut room, 0);
            encode(&tree, path("/9/0/0"), &mut window).unwrap();
            assert_eq!(window.total() as usize, header.len() + length);
            assert_eq!(room[..header.len()], *header);
        }
    }

    #[test]
    fn instances_have_what_can_be_read() {
        let body = encoded(&TLV, "/9/0").unwrap();
        let all = entries(&body).unwrap();
        let ids: Vec<_> = all.iter().map(|(kind, id, _)| (*kind, *id)).collect();
        assert_eq!(ids, [(3, 0), (3, 1), (3, 7), (3, 8), (3, 9), (3, 12), (3, 13), (2, 17), (3, 18)]);

        let whole = entries(&encoded(&TLV, "/9").unwrap()).unwrap();
        assert_eq!(whole[0], (0, 0, body));
        assert_eq!(whole[1], (0, 300, encoded(&TLV, "/9/300").unwrap()));
        assert_eq!(whole.len(), 2);
        assert_eq!(encoded_of(&Tree(Vec::new()), &TLV, "/9").unwrap(), b"");
    }

    #[test]
    fn bodies_of_resources_instances_and_creates() {
        let of = |at, body: &[u8]| decoded(&TLV, at, body);
        let flag = item(8, Type::Opaque, &[1]);
        let link = item(13, Type::Opaque, &[0, 14, 0, 0]);
        assert_eq!(of("/9/0/8", b"\xC1\x08\x01").unwrap().items, std::slice::from_ref(&flag));
        assert_eq!(of("/9/0/8", b"\xE8\0\x08\x01\x01").unwrap().items, std::slice::from_ref(&flag));
        let two = b"\xC1\x08\x01\xC4\x0D\0\x0E\0\0";
        let in_instance = b"\x08\x05\x09\xC1\x08\x01\xC4\x0D\0\x0E\0\0";
        for (at, body, instance) in
            [("/9/5", &two[..], NONE), ("/9", two, NONE), ("/9/5", in_instance, NONE), ("/9", in_instance, 5)]
        {
            let found = of(at, body).unwrap();
            assert_eq!((found.instance, found.items), (instance, vec![flag.clone(), link.clone()]));
        }
        assert_eq!(of("/9", b"").unwrap(), Brought { instance: NONE, items: vec![] });
        assert_eq!(of("/9", b"\x00\x07").unwrap(), Brought { instance: 7, items: vec![] });
        for (at, bad) in [
            ("/9/0/8", &b""[..]),
            ("/9/0/8", b"\xC1\x09\x01"),                     // another resource
            ("/9/0/8", b"\xC1\x08\x01\xC1\x08\x01"),         // twice
            ("/9/0/8", b"\x03\0\xC1\x08\x01"),               // in an instance
            ("/9/0/8", b"\x83\x08\x41\0\x01"),               // with instances
            ("/9/0/8", b"\xC2\x08\x01"),                     // too short
            ("/9/0/8", b"\xC1\x08\x01\xC1"),                 // half a header behind it
            ("/9/0", b"\x03\x01\xC1\x08\x01"),               // another instance
            ("/9/0", b"\x03\0\xC1\x08\x01\xC4\x0D\0\x0E\0"), // something behind the instance
            ("/9/0", b"\x02\0\xC1\x08"),                     // broken inside
            ("/9/0", b"\x05\0\x03\0\xC1\x08\x01"),           // an instance in an instance
            ("/9", b"\x23\xFF\xFF\xC1\x08\x01"),             // no id of an instance
            ("/9", b"\x00\x01\x00\x02"),                     // two instances
            ("/9/0", b"\xD8\x08\xFF\xFF\xFF\x01"),           // too long
        ] {
            assert_eq!(of(at, bad), Err(Refusal::BadRequest), "{at} {bad:02x?}");
        }
        let nine: Vec<u8> = (0..9).flat_map(|n| [0xC0, n]).collect();
        assert_eq!(of("/9/0", &nine), Err(Refusal::BadRequest), "more than there is room for");
        assert_eq!(of("/9/0", &nine[2..]).unwrap().items.len(), 8);
    }

    #[test]
    fn changed_bodies_mean_what_another_reading_says() {
        let show = |id: u16, value: &[u8]| [&id.to_be_bytes(), value].concat();
        agrees_with(
            b"\xE8\0\x0D\x04\0\x0E\0\0\xC1\x08\x01",
            |body| {
                let items = decoded(&TLV, "/9/0", body).ok()?.items;
                Some(items.iter().flat_map(|(id, _, _, bytes)| show(*id, bytes)).collect())
            },
            |body| {
                let mut all = entries(body)?;
                if let [(0, _, value)] = all.as_slice() {
                    all = entries(value)?;
                }
                Some(all.iter().flat_map(|(_, id, bytes)| show(*id, bytes)).collect())
            },
        );
    }

    #[test]
    fn a_package_is_an_entry_cut_anywhere() {
        let bytes: Vec<u8> = (0..20).collect();
        for header in [
            &b"\xC8\x02\x14"[..],
            b"\xD0\x02\0\x14",
            b"\xD8\x02\0\0\x14",
            b"\xE8\0\x02\x14",
            b"\xF8\0\x02\0\0\x14",
            b"\xDF\x02\0\0\x14", // bits that mean nothing
        ] {
            let body = [header, &bytes].concat();
            assert_eq!(unwrapped_anyhow(&TLV, "/9/0/2", &body).unwrap(), bytes);
        }
        assert_eq!(unwrapped_anyhow(&TLV, "/9/0/2", b"\xC0\x02").unwrap(), b"");
        assert_eq!(unwrapped_anyhow(&TLV, "/9/0/2", b"\xC1\x02a").unwrap(), b"a");
        for bad in [&b""[..], b"\xC1\x03a", b"\x81\x02a", b"\xC1\x02ab", b"\xC2\x02a", b"\x03\0\xC1\x02a"] {
            assert_eq!(unwrapped_anyhow(&TLV, "/9/0/2", bad), None, "{bad:02x?}");
        }
        agrees_with(
            b"\xF0\0\x02\0\x03abc",
            |body| unwrapped_at_once(&TLV, "/9/0/2", body),
            |body| match entries(body)?.as_slice() {
                [(3, 2, value)] => Some(value.clone()),
                _ => None,
            },
        );
    }
}
