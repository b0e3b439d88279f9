// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The library's resources are those of the registered XML, item by item.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::arithmetic_side_effects)]

use swmgmt::object::{resource, value::Type};

fn text<'a>(item: &roxmltree::Node<'a, 'a>, name: &str) -> &'a str {
    item.children().find(|child| child.has_tag_name(name)).and_then(|child| child.text()).unwrap_or("").trim()
}

fn check(object: u16, xml: &str, count: usize) {
    let document = roxmltree::Document::parse(xml).unwrap();
    let id = document
        .descendants()
        .find(|node| node.has_tag_name("ObjectID"))
        .and_then(|node| node.text())
        .unwrap();
    assert_eq!(id, object.to_string());
    let mut seen = 0;
    for item in document.descendants().filter(|node| node.has_tag_name("Item")) {
        let id: u16 = item.attribute("ID").unwrap().parse().unwrap();
        let ours = resource(object, id).unwrap_or_else(|| panic!("{object}/x/{id} is missing"));
        let operations = [("R", 1), ("W", 2), ("E", 4)];
        let want: u8 =
            operations.iter().filter(|(c, _)| text(&item, "Operations").contains(c)).map(|(_, n)| n).sum();
        assert_eq!(ours.operations(), want, "operations of {object}/x/{id}");
        let want = match text(&item, "Type") {
            "" => Type::None,
            "String" => Type::String,
            "Opaque" => Type::Opaque,
            "Integer" => Type::Integer,
            "Boolean" => Type::Boolean,
            "Objlnk" => Type::Objlnk,
            other => panic!("type {other}"),
        };
        assert_eq!(ours.kind(), want as u8, "type of {object}/x/{id}");
        assert_eq!(ours.is_mandatory(), text(&item, "Mandatory") == "Mandatory", "{object}/x/{id}");
        assert_eq!(ours.is_multiple(), text(&item, "MultipleInstances") == "Multiple", "{object}/x/{id}");
        let range = text(&item, "RangeEnumeration").trim_end_matches(" bytes");
        let want: u16 = range.strip_prefix("0..").map_or(0, |most| most.parse().unwrap());
        assert_eq!(ours.maximum(), want, "range of {object}/x/{id}");
        seen += 1;
    }
    assert_eq!(seen, count);
    for id in 0..=u16::MAX {
        let registered = document.descendants().any(|item| item.attribute("ID") == Some(&id.to_string()));
        if id < 40 {
            assert_eq!(resource(object, id).is_some(), registered, "{object}/x/{id}");
        } else {
            assert!(resource(object, id).is_none());
        }
    }
}

#[test]
fn object_9() {
    check(9, include_str!("oma/9.xml"), 19);
}

#[test]
fn object_14() {
    check(14, include_str!("oma/14.xml"), 6);
}

#[test]
fn there_is_no_other_object() {
    assert!((0..=u16::MAX).filter(|object| resource(*object, 0).is_some()).eq([9, 14]));
}
