// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The writer.

use super::bytes;
use super::reader::read;
use crate::verify::{manifest::field, writer};
use sha2::{Digest as _, Sha256};

/// What the writer is asked to write, of a package that is there.
fn again(name: &str) -> Vec<u8> {
    let package = bytes(name);
    let told = read(&package).unwrap();
    let text = |n: usize| std::str::from_utf8(&told.texts[n]).unwrap();
    let id = |n: usize| told.texts[n].clone().try_into().ok();
    let components = told.components.iter().map(|(name, version, kind, offset, length)| writer::Component {
        name: std::str::from_utf8(name).unwrap(),
        version: std::str::from_utf8(version).unwrap(),
        kind: *kind,
        length: (*length).into(),
        digest: Sha256::digest(&package[*offset as usize..(offset + length) as usize]).into(),
    });
    let what = writer::Package {
        name: text(0),
        version: text(1),
        vendor: id(2),
        class: id(3),
        device: &told.texts[4],
        counter: told.counter,
        minimum: text(5),
        components: components.collect(),
    };
    let manifest = match told.claim {
        None => what.manifest(None),
        Some((algorithm, key, digest, signature)) => what.manifest(Some(&writer::Signer {
            algorithm,
            key: key.try_into().unwrap(),
            sign: &|of| {
                assert_eq!(of[..], digest);
                Ok(signature.clone())
            },
        })),
    };
    [manifest.unwrap(), package[told.size..].to_vec()].concat()
}

#[test]
fn the_writer_writes_the_same_bytes() {
    for name in ["least", "signed", "all", "four", "p256", "p256-short", "other-key", "bad-signature"] {
        assert_eq!(again(name), bytes(name), "{name}");
    }
}

#[test]
fn the_writer_refuses_what_no_reader_takes() {
    let long = "x".repeat(256);
    let component = writer::Component { name: "c", length: 1, ..Default::default() };
    let package = writer::Package {
        name: "n",
        version: "v",
        components: vec![component.clone()],
        ..Default::default()
    };
    assert!(package.manifest(None).is_ok());
    let other =
        |components: Vec<writer::Component<'static>>| writer::Package { components, ..package.clone() };
    let with = |length: u64, name: &'static str| writer::Component { length, name, ..component.clone() };
    for (what, bad) in [
        ("no name", writer::Package { name: "", ..package.clone() }),
        ("a long name", writer::Package { name: &long, ..package.clone() }),
        ("no version", writer::Package { version: "", ..package.clone() }),
        ("a long version", writer::Package { version: &long, ..package.clone() }),
        ("a long device", writer::Package { device: &[1; 33], ..package.clone() }),
        ("a long minimum", writer::Package { minimum: &long, ..package.clone() }),
        ("no component", other(vec![])),
        ("256 components", other(vec![component.clone(); 256])),
        ("an empty component", other(vec![with(0, "c")])),
        ("a component without name", other(vec![with(1, "")])),
        ("a large component", other(vec![with(1 << 32, "c")])),
        ("a large package", other(vec![with(0xffff_ffff, "c")])),
    ] {
        assert!(bad.manifest(None).is_err(), "{what}");
    }
    let huge = writer::Component { name: &long[..255], version: &long[..255], ..component.clone() };
    let huge = writer::Package { components: vec![huge; 200], ..package.clone() };
    assert!(huge.manifest(None).unwrap_err().contains("65535"));
    for (algorithm, length, good) in
        [(1, 64, true), (1, 63, false), (1, 65, false), (2, 72, true), (2, 73, false), (3, 64, false)]
    {
        let sign = move |_: &[u8; 32]| Ok(vec![0x30; length]);
        let signer = writer::Signer { algorithm, key: [0; 32], sign: &sign };
        assert_eq!(package.manifest(Some(&signer)).is_ok(), good, "{algorithm} {length}");
    }
    let failing = writer::Signer { algorithm: 1, key: [0; 32], sign: &|_| Err("no key".into()) };
    assert_eq!(package.manifest(Some(&failing)), Err("no key".into()));
    assert_eq!(field::SIGNATURE, 11);
}
