// SPDX-License-Identifier: Apache-2.0 OR MIT
//! application/octet-stream: the bytes of an opaque value, and of no other.

use super::single;
use crate::object::format::{Format, Items, Package, Source, Window};
use crate::object::value::{Type, Value};
use crate::object::{self, Path, Refusal, NONE};

/// application/octet-stream
pub static OPAQUE: Format =
    Format { number: 42, encode: Some(encode), decode: Some(decode), package: Package::AsItIs };

fn encode(source: &dyn Source, path: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    if path.resource == NONE {
        return Err(Refusal::NotAcceptable);
    }
    out.put(source.read(path)?.opaque().ok_or(Refusal::NotAcceptable)?);
    Ok(())
}

fn decode<'a>(path: Path, body: &'a [u8], _: &'a mut [u8], items: &mut Items<'a>) -> Result<(), Refusal> {
    let id = single(path)?;
    match object::resource(path.object, id) {
        Some(found) if found.kind() == Type::Opaque as u8 => {
            items.add(id, Value::of_bytes(Type::Opaque, body))
        }
        _ => Err(Refusal::UnsupportedFormat),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::*;
    use super::*;

    #[test]
    fn bytes_go_through() {
        let mut tree = Tree::new();
        tree.0.push((path("/14/0/1"), Value::of_bytes(Type::Opaque, b"\0\xFF")));
        assert_eq!(encoded_of(&tree, &OPAQUE, "/14/0/1").unwrap(), b"\0\xFF");
        for other in ["/9", "/9/0", "/9/0/0", "/9/0/7", "/9/0/17", "/9/0/17/0"] {
            assert_eq!(encoded_of(&tree, &OPAQUE, other), Err(Refusal::NotAcceptable), "{other}");
        }
        assert_eq!(decoded(&OPAQUE, "/9/0/2", &[1]).unwrap().items, [item(2, Type::Opaque, &[1])]);
        assert_eq!(decoded(&OPAQUE, "/9/0/8", &[1]), Err(Refusal::UnsupportedFormat));
        assert_eq!(decoded(&OPAQUE, "/9/0", &[1]), Err(Refusal::UnsupportedFormat));
        assert!(matches!(OPAQUE.package, Package::AsItIs));
    }
}
