// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the tests of the formats have in common: objects to read, and the ways in which a
//! format is asked.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use crate::object::format::{Content, Format, Items, Package, Source, Window, Wrapping};
use crate::object::value::{Type, Value};
use crate::object::{Path, Refusal, COMPONENT, NONE, SOFTWARE};

/// A path, as text.
pub fn path(text: &str) -> Path {
    let mut ids = text.split('/').skip(1).map(|id| id.parse().unwrap());
    let mut next = || ids.next().unwrap_or(NONE);
    Path { object: next(), instance: next(), resource: next(), index: next() }
}

/// All values that there are.
pub struct Tree(pub Vec<(Path, Value<'static>)>);

impl Tree {
    /// Instances 0 and 300 of Object 9, and components 0 and 256 of the first.
    pub fn new() -> Tree {
        let mut values = Vec::new();
        for instance in [0, 300] {
            let mut put = |resource: u16, index: u16, value| {
                values.push((Path { object: SOFTWARE, instance, resource, index }, value));
            };
            put(0, NONE, Value::of_bytes(Type::String, "n\u{e4}\"\\\n".as_bytes()));
            put(1, NONE, Value::of_bytes(Type::String, if instance == 0 { b"1.0" } else { b"" }));
            put(2, NONE, Value::NONE);
            put(3, NONE, Value::NONE);
            put(4, NONE, Value::NONE);
            put(6, NONE, Value::NONE);
            put(7, NONE, Value::of_number(Type::Integer, 4));
            put(8, NONE, Value::of_number(Type::Boolean, 0));
            put(9, NONE, Value::of_number(Type::Integer, 200));
            put(10, NONE, Value::NONE);
            put(11, NONE, Value::NONE);
            put(12, NONE, Value::of_number(Type::Boolean, 1));
            put(13, NONE, Value::of_number(Type::Objlnk, u32::MAX));
            if instance == 0 {
                put(17, 0, Value::of_number(Type::Objlnk, 14 << 16));
                put(17, 1, Value::of_number(Type::Objlnk, 14 << 16 | 256));
            }
            put(18, NONE, Value::of_number(Type::Integer, if instance == 0 { 2 } else { 0 }));
        }
        for instance in [0, 256] {
            let mut put = |resource: u16, value| {
                values.push((Path::to(COMPONENT, instance, resource), value));
            };
            put(0, Value::of_bytes(Type::String, b"part"));
            put(2, Value::of_bytes(Type::String, b"2"));
            put(3, Value::NONE);
            put(4, Value::NONE);
            put(5, Value::of_number(Type::Boolean, 1));
        }
        Tree(values)
    }
}

/// The ids of a path, down to NONE.
pub fn ids(path: Path) -> [u16; 4] {
    [path.object, path.instance, path.resource, path.index]
}

impl Source for Tree {
    fn child_after(&self, within: Path, child: u16) -> Option<u16> {
        let depth = ids(within).iter().position(|id| *id == NONE)?;
        let children = self.0.iter().map(|(path, _)| ids(*path));
        children
            .filter(|all| all[..depth] == ids(within)[..depth] && all[depth] != NONE)
            .map(|all| all[depth])
            .filter(|id| child == NONE || *id > child)
            .min()
    }

    fn read(&self, path: Path) -> Result<Value<'_>, Refusal> {
        let value = self.0.iter().find(|(found, _)| *found == path).map(|(_, value)| *value);
        match value {
            Some(Value { kind: Type::None, .. }) => Err(Refusal::NotAllowed),
            Some(value) => Ok(value),
            None if self.child_after(path, NONE).is_some() => Err(Refusal::NotAcceptable),
            None => Err(Refusal::NotFound),
        }
    }
}

/// Encodes, and looks at it through every window.
pub fn encoded_of(tree: &Tree, format: &Format, at: &str) -> Result<Vec<u8>, Refusal> {
    let mut room = [0u8; 2048];
    let mut window = Window::new(&mut room, 0);
    format.encode.unwrap()(tree, path(at), &mut window)?;
    let (length, check) = (window.filled(), window.check());
    assert_eq!(length, window.total() as usize);
    let whole = room[..length].to_vec();
    for from in 0..=length {
        let mut room = [0u8; 16];
        let mut window = Window::new(&mut room, from as u32);
        format.encode.unwrap()(tree, path(at), &mut window)?;
        let filled = window.filled();
        assert_eq!((window.total() as usize, window.check()), (length, check));
        assert_eq!(room[..filled], whole[from..length.min(from + 16)]);
    }
    Ok(whole)
}

pub fn encoded(format: &Format, at: &str) -> Result<Vec<u8>, Refusal> {
    encoded_of(&Tree::new(), format, at)
}

/// What a body brings, in a form that can be compared.
#[derive(Clone, PartialEq, Debug)]
pub struct Brought {
    pub instance: u16,
    pub items: Vec<(u16, Type, u32, Vec<u8>)>,
}

pub fn decoded(format: &Format, at: &str, body: &[u8]) -> Result<Brought, Refusal> {
    let mut scratch = [0u8; 1024];
    let mut items = Items::none();
    format.decode.unwrap()(path(at), body, &mut scratch, &mut items)?;
    let of = |item: &crate::object::format::Item<'_>| {
        (item.resource, item.value.kind, item.value.number, item.value.bytes.to_vec())
    };
    Ok(Brought { instance: items.instance, items: items.all().iter().map(of).collect() })
}

/// One item that is text, opaque, or a number.
pub fn item(id: u16, kind: Type, bytes: &[u8]) -> (u16, Type, u32, Vec<u8>) {
    (id, kind, 0, bytes.to_vec())
}

pub fn number(id: u16, kind: Type, number: u32) -> (u16, Type, u32, Vec<u8>) {
    (id, kind, number, Vec::new())
}

/// Unwraps a package whose body comes in pieces.
pub fn unwrapped(format: &Format, at: &str, pieces: &[&[u8]]) -> Result<Vec<u8>, Refusal> {
    let Package::Wrapped(unwrap) = format.package else {
        unreachable!();
    };
    let mut state = Wrapping::NEW;
    let (mut bytes, mut total) = (Vec::new(), 0);
    for (n, piece) in pieces.iter().enumerate() {
        let mut scratch = [0u8; 1024];
        let last = n + 1 == pieces.len();
        let content: Content<'_> = unwrap(&mut state, path(at), piece, last, &mut scratch)?;
        total = if content.total == 0 { total } else { content.total };
        bytes.extend_from_slice(content.bytes);
        assert!(bytes.is_empty() || content.bytes.is_empty() || total == 0 || total >= bytes.len() as u32);
    }
    assert!(total == 0 || total == bytes.len() as u32, "the total was wrong");
    Ok(bytes)
}

/// Unwraps a whole body, and the same byte by byte.
pub fn unwrapped_at_once(format: &Format, at: &str, body: &[u8]) -> Option<Vec<u8>> {
    let whole = unwrapped(format, at, &[body]).ok();
    let bytes: Vec<&[u8]> = body.chunks(1).collect();
    if !body.is_empty() {
        assert_eq!(unwrapped(format, at, &bytes).ok(), whole, "{body:02x?}");
    }
    whole
}

/// The same, and in all ways to cut the body into three.
pub fn unwrapped_anyhow(format: &Format, at: &str, body: &[u8]) -> Option<Vec<u8>> {
    let whole = unwrapped_at_once(format, at, body);
    for first in 0..=body.len() {
        for second in first..=body.len() {
            let pieces = [&body[..first], &body[first..second], &body[second..]];
            assert_eq!(unwrapped(format, at, &pieces).ok(), whole, "{body:02x?} at {first}, {second}");
        }
    }
    whole
}

/// Every truncation and every change of one byte is refused, or means what an independent
/// reading of it says.
pub fn agrees_with(
    body: &[u8],
    ours: impl Fn(&[u8]) -> Option<Vec<u8>>,
    oracle: impl Fn(&[u8]) -> Option<Vec<u8>>,
) {
    let check = |body: &[u8]| {
        if let Some(bytes) = ours(body) {
            assert_eq!(Some(bytes), oracle(body), "{body:02x?}");
        }
    };
    assert!(ours(body).is_some());
    check(body);
    for length in 0..body.len() {
        check(&body[..length]);
    }
    let mut changed = body.to_vec();
    for at in 0..body.len() {
        for byte in 0..=255 {
            changed[at] = byte;
            check(&changed);
        }
        changed[at] = body[at];
    }
    changed.push(0);
    for byte in 0..=255 {
        changed[body.len()] = byte;
        check(&changed);
    }
}

#[test]
fn digits() {
    for number in [0, 7, 10, 99, 100, 65535, 4_000_000_000, u32::MAX] {
        let mut room = [0; 16];
        let mut window = Window::new(&mut room, 0);
        super::put_decimal(&mut window, number);
        let length = window.filled();
        assert_eq!(room[..length], *number.to_string().as_bytes());
    }
}
