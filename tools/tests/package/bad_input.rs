// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Bad input is named, and leaves nothing behind.

use serde_json::json;

use crate::desk::*;
use crate::reader;

#[test]
fn bad_input_is_named() {
    let desk = Desk::new();
    desk.lamp();
    desk.write("empty", b"");
    desk.write("words.txt", b"These are words.");
    desk.write("mcuboot.bin", &[&0x96f3_b83d_u32.to_le_bytes()[..], &[0; 60]].concat());
    desk.write(
        "damaged.pem",
        b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIE\n-----END PRIVATE KEY-----\n",
    );
    desk.write("sec1.pem", b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    desk.write(
        "locked.pem",
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    desk.write("cert.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    desk.write("long.pem", &vec![b'x'; 100_000]);
    std::fs::create_dir(desk.path("folder")).expect("folder");
    let before = desk.files();
    let long = "x".repeat(256);
    let create = "create --name a --version 1 -o out.swpk";
    let sealed = |key: &str| format!("sign --key {key} lamp.swpk -o out.swpk");
    for (line, exit, part) in [
        ("info nowhere".to_owned(), 2, "there is no such file"),
        ("info folder".to_owned(), 2, "it is a folder"),
        ("info empty".to_owned(), 1, "ends after 0 bytes"),
        ("info words.txt".to_owned(), 1, "not a swmgmt package"),
        ("info mcuboot.bin".to_owned(), 1, "its header says lengths that cannot be"),
        ("verify --revoked 0123 --key key.pub.pem lamp.swpk".to_owned(), 2, "cannot read 0123"),
        ("verify --revoked key.pem --key key.pub.pem lamp.swpk".to_owned(), 2, "it is a private key"),
        ("verify --revoked key.pub.pem --unsigned lamp.swpk".to_owned(), 2, "cannot be used with"),
        ("verify lamp.swpk".to_owned(), 2, "--key"),
        ("verify --key nowhere lamp.swpk".to_owned(), 2, "there is no such file"),
        ("verify --key key.pem lamp.swpk".to_owned(), 2, "it is a private key"),
        ("verify --key words.txt lamp.swpk".to_owned(), 2, "not in PEM"),
        ("verify --key cert.pem lamp.swpk".to_owned(), 2, "it is a certificate, not a public key"),
        ("verify --key long.pem lamp.swpk".to_owned(), 2, "too long to be a key"),
        ("verify --unsigned --vendor 12 lamp.swpk".to_owned(), 2, "32 hex digits"),
        (sealed("key.pub.pem"), 2, "it is a public key"),
        (sealed("damaged.pem"), 2, "damaged"),
        (sealed("sec1.pem"), 2, "openssl pkcs8"),
        (sealed("locked.pem"), 2, "encrypted"),
        ("sign --key key.pem words.txt -o out.swpk".to_owned(), 1, "Update Result 54"),
        ("corrupt --flip 0.0 words.txt -o out.swpk".to_owned(), 1, "Update Result 54"),
        (format!("{create} --component nowhere"), 2, "there is no such file"),
        (format!("{create} --component empty"), 2, "is empty"),
        (format!("{create} --component type=x,file=words.txt"), 2, "0 to 65535"),
        (format!("{create} --component name=a,words.txt"), 2, "file="),
        (format!("{create} --component name={long},file=words.txt"), 2, "256 bytes long, where 1 to 255"),
        (format!("{create} --component words.txt --device {}", &long[..33]), 2, "33 bytes"),
        (format!("{create} --component words.txt --counter 4294967296"), 2, "4294967296"),
        (create.to_owned(), 2, "--component"),
        ("create --name a --version 1 --component words.txt -o lamp.swpk".to_owned(), 2, "is there already"),
        ("create --name a --version 1 --component words.txt -o none/out".to_owned(), 2, "cannot write"),
        ("create --name a --version 1 --component words.txt -o folder --force".to_owned(), 2, "cannot write"),
    ] {
        let ran = desk.words(&line);
        assert_eq!((ran.exit, ran.stdout.as_str()), (exit, ""), "{line}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(part), "{line}: {}", ran.stderr);
    }
    assert_eq!(desk.files(), before, "nothing is left behind");
    let json = desk.words("info --json nowhere");
    assert_eq!(
        json.json(),
        json!({"error": "cannot read nowhere: there is no such file or folder", "exit": 2})
    );
    let told = desk.words("info --json words.txt").json();
    assert_eq!((&told["exit"], &told["result"], &told["reason"]), (&json!(1), &json!(54), &json!("54:type")));
    let empty = desk.run(&["create", "--name", "", "--version", "1", "--component", "words.txt", "-o", "x"]);
    assert!(empty.exit == 2 && empty.stderr.contains("0 bytes long, where 1 to 255"), "{}", empty.stderr);
}

#[test]
fn too_much_for_a_manifest() {
    let desk = Desk::new();
    desk.write("a", b"x");
    let many = |count: usize, name: &str| {
        let component = format!("name={name},file=a");
        let mut line = vec!["create", "--name", "a", "--version", "1", "-o", "it.swpk", "--force"];
        for _ in 0..count {
            line.extend(["--component", &component]);
        }
        desk.run(&line)
    };
    many(255, "a").good();
    assert_eq!(reader::read(&desk.read("it.swpk")).map(|read| read.components.len()), Ok(255));
    assert!(many(256, "a").stderr.contains("256 components, where 1 to 255"));
    assert!(many(255, &"n".repeat(250)).stderr.contains("65535 is the most"));
}
