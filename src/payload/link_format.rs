// SPDX-License-Identifier: Apache-2.0 OR MIT
//! application/link-format (RFC 6690): what there is, for Discover and for a registration.

use super::leaves::{is_leaf, put_path};
use super::put_decimal;
use crate::object::format::{Format, Package, Source, Window};
use crate::object::{Path, Refusal, COMPONENT, NONE, SOFTWARE};

/// application/link-format
pub static LINK_FORMAT: Format =
    Format { number: 40, encode: Some(encode), decode: None, package: Package::Never };

/// Of no Object: the list for a registration, in which Object 9 stands for itself while it
/// has no instance.
fn encode(source: &dyn Source, path: Path, out: &mut Window<'_>) -> Result<(), Refusal> {
    if path.object == NONE {
        put_children(source, Path { object: SOFTWARE, ..path }, out, put_link);
        if out.total() == 0 {
            put_link(source, Path { object: SOFTWARE, ..path }, out);
        }
        put_children(source, Path { object: COMPONENT, ..path }, out, put_link);
    } else if path.resource != NONE {
        put_resource(source, path, out);
    } else if path.instance != NONE {
        put_instance(source, path, out);
    } else {
        put_link(source, path, out);
        put_children(source, path, out, put_instance);
    }
    Ok(())
}

type Put = fn(&dyn Source, Path, &mut Window<'_>);

/// Every child: of an Object its instances, of an instance its resources.
#[inline(never)]
fn put_children(source: &dyn Source, within: Path, out: &mut Window<'_>, put: Put) {
    let mut child = NONE;
    while let Some(id) = source.child_after(within, child) {
        child = id;
        let path = match within.instance {
            NONE => Path { instance: id, ..within },
            _ => Path { resource: id, ..within },
        };
        put(source, path, out);
    }
}

fn put_instance(source: &dyn Source, path: Path, out: &mut Window<'_>) {
    put_link(source, path, out);
    put_children(source, path, out, put_resource);
}

fn put_resource(source: &dyn Source, path: Path, out: &mut Window<'_>) {
    put_link(source, path, out);
    if !is_leaf(path) {
        let (mut count, mut child) = (0u32, NONE);
        while let Some(id) = source.child_after(path, child) {
            (count, child) = (count.wrapping_add(1), id);
        }
        out.put(b";dim=");
        put_decimal(out, count);
    }
}

#[inline(never)]
fn put_link(_: &dyn Source, path: Path, out: &mut Window<'_>) {
    out.put(if out.total() == 0 { b"<" } else { b",<" });
    put_path(out, path);
    out.byte(b'>');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::*;
    use super::*;

    fn links(at: &str) -> String {
        String::from_utf8(encoded(&LINK_FORMAT, at).unwrap()).unwrap()
    }

    #[test]
    fn discover() {
        assert_eq!(links("/9/0/7"), "</9/0/7>");
        assert_eq!(links("/9/0/17"), "</9/0/17>;dim=2");
        assert_eq!(links("/9/300/17"), "</9/300/17>;dim=0");
        let first =
            "</9/0>,</9/0/0>,</9/0/1>,</9/0/2>,</9/0/3>,</9/0/4>,</9/0/6>,</9/0/7>,</9/0/8>,</9/0/9>,\
            </9/0/10>,</9/0/11>,</9/0/12>,</9/0/13>,</9/0/17>;dim=2,</9/0/18>";
        assert_eq!(links("/9/0"), first);
        let second = first.replace("/9/0", "/9/300").replace(",</9/300/17>;dim=2", "");
        assert_eq!(links("/9/300"), second);
        assert_eq!(links("/9"), format!("</9>,{first},{second}"));
        assert_eq!(links("/14/0"), "</14/0>,</14/0/0>,</14/0/2>,</14/0/3>,</14/0/4>,</14/0/5>");
    }

    #[test]
    fn the_list_for_a_registration() {
        assert_eq!(links(""), "</9/0>,</9/300>,</14/0>,</14/256>");
        let mut tree = Tree::new();
        tree.0.retain(|(path, _)| path.object == COMPONENT);
        assert_eq!(encoded_of(&tree, &LINK_FORMAT, "").unwrap(), b"</9>,</14/0>,</14/256>");
        assert_eq!(encoded_of(&Tree(Vec::new()), &LINK_FORMAT, "").unwrap(), b"</9>");
        assert_eq!(encoded_of(&Tree(Vec::new()), &LINK_FORMAT, "/9").unwrap(), b"</9>");
    }
}
