// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Broken on purpose.

use crate::desk::*;
use crate::reader::{self, signed};

#[test]
fn what_is_corrupt_is_refused_as_promised() {
    let desk = Desk::new();
    desk.lamp();
    let good = desk.read("lamp.swpk");
    let manifest = reader::read(&good).expect("package").manifest;
    let mut tried = 0;
    let mut check = |how: &str, device: &str, wanted: &str| {
        let line = format!("corrupt --json {how} lamp.swpk -o bad.swpk --force");
        let promised = desk.words(&line).good().json();
        let verdict = desk.verdict(&format!("--key key.pub.pem {device} bad.swpk"));
        let promised = (promised["result"].as_i64().unwrap_or(0), promised["reason"].as_str().unwrap_or(""));
        assert_eq!((verdict.0, verdict.1.as_str()), promised, "{how}");
        assert!(wanted.is_empty() || promised.1 == wanted, "{how}: {}", promised.1);
        tried += 1;
        desk.read("bad.swpk")
    };
    let device = format!("--vendor {VENDOR} --class {CLASS} --device lamp-1 --counter 7 --installed 1.3");
    for byte in 0..manifest {
        let bit = byte % 8;
        let in_signature = if byte >= manifest - 64 { "53:signature" } else { "" };
        let mut wanted = good.clone();
        wanted[byte] ^= 1 << bit;
        assert_eq!(check(&format!("--flip {byte}.{bit}"), &device, in_signature), wanted);
    }
    for (flip, wanted) in
        [(format!("{manifest}.0"), "53:digest"), (format!("{}.7", good.len() - 1), "53:digest")]
    {
        check(&format!("--flip {flip}"), &device, wanted);
    }
    for size in
        (0..manifest).step_by(7).chain([3, 4, 5, 6, 11, 12, 13, manifest, manifest + 11, good.len() - 1])
    {
        assert_eq!(check(&format!("--truncate {size}"), &device, "53:integrity"), good[..size]);
    }
    check("--wrong-key", &device, "53:key");
    let other = check("--device lamp-2 --key key.pem", &device, "54:device");
    assert_eq!(reader::read(&other).expect("a package").device, b"lamp-2");
    let older = check("--version 1.2.9 --key key.pem", &device, "57:version");
    assert_eq!(reader::read(&older).expect("a package").version, "1.2.9");
    let lower = check("--counter 6 --key key.pem", &device, "57:rollback");
    let lower = reader::read(&lower).expect("a package");
    assert_eq!(lower.counter, Some(6));
    assert_eq!(lower.components, reader::read(&good).expect("a package").components);
    assert!(signed(&lower, &desk.read("key.pub.pem")), "only the policy refuses it");
    assert!(tried > 350, "{tried}");
    assert_eq!(desk.read("lamp.swpk"), good);
}

#[test]
fn what_would_not_be_refused_is_not_made() {
    let desk = Desk::new();
    desk.lamp();
    desk.words("keygen other").good();
    desk.words("create --name lamp --version 1.3 --component app.bin -o plain.swpk").good();
    let (before, size) = (desk.files(), desk.read("lamp.swpk").len());
    for (line, part) in [
        (&*format!("--flip {size}.0 lamp.swpk"), "has only"),
        (&*format!("--truncate {size} lamp.swpk"), "nothing is cut off"),
        ("--flip 99999999.0 lamp.swpk", "has only"),
        ("--flip 99999999999999999999.0 lamp.swpk", "a byte, a dot and a bit"),
        ("--flip 3.8 lamp.swpk", "a byte, a dot and a bit"),
        ("--truncate 9999999 lamp.swpk", "nothing is cut off"),
        ("--wrong-key plain.swpk", "not signed"),
        ("--device lamp-1 --key key.pem lamp.swpk", "this is the device"),
        ("--device lamp-2 lamp.swpk", "give the --key"),
        ("--device lamp-2 --key other.pem lamp.swpk", "signed with another key"),
        ("--version 1.3.0 --key key.pem lamp.swpk", "not lower"),
        ("--version 1.10 --key key.pem lamp.swpk", "not lower"),
        ("--counter 7 --key key.pem lamp.swpk", "counter is 7"),
        ("--counter 0 plain.swpk", "no security counter"),
        ("--wrong-key --truncate 3 lamp.swpk", "cannot be used with"),
        ("lamp.swpk", "required"),
    ] {
        let ran = desk.words(&format!("corrupt {line} -o bad.swpk"));
        assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""), "{line}");
        assert!(ran.stderr.contains(part), "{line}: {}", ran.stderr);
    }
    assert_eq!(desk.files(), before, "nothing is left behind");
    desk.words("corrupt --device lamp-2 plain.swpk -o bad.swpk").good();
    assert_eq!(desk.verdict("--unsigned --device lamp-1 bad.swpk").1, "54:device");
}

#[test]
fn a_change_leaves_the_other_fields_where_they_are() {
    let desk = Desk::new();
    // A field that may be ignored, before all others.
    let (least, field) = (vector("least"), [200, 2, 0, 7, 7]);
    let mut package = [&least[..12], &field, &least[12..]].concat();
    package[6] += 5;
    package[8] += 5;
    let at = reader::digest_at(&package).expect("digest");
    let digest = reader::sha256(&package[..at]);
    package[at + 3..at + 35].copy_from_slice(&digest);
    desk.write("it.swpk", &package);
    for how in ["--device x", "--version 1.2.2"] {
        desk.words(&format!("corrupt {how} it.swpk -o bad.swpk --force")).good();
        let read = reader::read(&desk.read("bad.swpk")).expect("a package");
        assert_eq!(read.ignored, [(200, vec![7, 7])]);
    }
}
