// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The committed packages of tests/packages.

use serde_json::json;

use crate::desk::*;
use crate::reader;

/// The public key to a private one of the vectors, made by hand: the crates know how.
fn publish(desk: &Desk, name: &str) {
    use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePublicKey};
    let text = std::fs::read_to_string(vector_key(name)).expect("key");
    let text = &text[text.find("-----").expect("PEM")..];
    let pem = match p256::SecretKey::from_pkcs8_pem(text) {
        Ok(key) => key.public_key().to_public_key_pem(Default::default()),
        Err(_) => ed25519_dalek::SigningKey::from_pkcs8_pem(text)
            .expect("key")
            .verifying_key()
            .to_public_key_pem(Default::default()),
    };
    desk.write(name, pem.expect("PEM").as_bytes());
}

#[test]
fn the_committed_packages_are_judged_as_their_table_says() {
    let desk = Desk::new();
    publish(&desk, "test-ed25519.pem");
    publish(&desk, "test-p256.pem");
    publish(&desk, "test-other.pem");
    let table = std::fs::read_to_string(vectors().join("packages.csv")).expect("table");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|row| row.splitn(4, ',').collect()).collect();
    assert!(rows.len() >= 24);
    for row in rows {
        let (name, result, signature) = (row[0], row[1].parse::<i64>().expect("result"), row[2]);
        let bytes = vector(name);
        desk.write("it.swpk", &bytes);
        assert_eq!(desk.verdict("--unsigned it.swpk").0, result, "{name}");
        assert_eq!(reader::read(&bytes).err().map_or(0, i64::from), result, "{name}: the reader here");
        let keys = "--key test-ed25519.pem --key test-p256.pem --key test-other.pem";
        let wanted = match (result, signature) {
            (0, "none") => 57,
            (0, "bad") => 53,
            _ => result,
        };
        assert_eq!(desk.verdict(&format!("{keys} it.swpk")).0, wanted, "{name}");
    }
    desk.write("it.swpk", &vector("other-key"));
    let stranger = desk.verdict("--key test-ed25519.pem --key test-p256.pem it.swpk");
    assert_eq!(stranger, (53, "53:key".to_owned()));
}

#[test]
fn the_committed_packages_come_out_byte_for_byte() {
    let desk = Desk::new();
    let app = b"These are the bytes of a program.\n";
    let key = vector_key("test-ed25519.pem");
    desk.write("app.bin", app);
    desk.write("boot.bin", b"boot loader");
    desk.write("radio.bin", &(0..70).collect::<Vec<u8>>());
    desk.write("more.bin", b"\xff");
    let one = "create --name blink --version 1.2.3 --component name=app,version=1.2.3,file=app.bin";
    let all = format!(
        "create --name blink --version 1.2.3 --component name=app,version=1.2.3,type=1,file=app.bin --vendor \
         {VENDOR} --class {CLASS} --device urn:dev:ops:32473-LAMP-0001 --counter 7 --minimum 1.1"
    );
    let p256 = vector_key("test-p256.pem");
    for (name, line) in [
        ("least", one.to_owned()),
        ("signed", format!("{one} --key {key}")),
        ("other-key", format!("{one} --key {}", vector_key("test-other.pem"))),
        ("all", format!("{all} --key {key}")),
        ("p256", format!("{all} --key {p256}")),
        ("p256-short", format!("{one} --counter 79 --key {p256}")),
        (
            "four",
            format!(
                "create --name blink --version 1.2.3 --key {key} \
                 --component name=boot,version=2.0,type=1,file=boot.bin \
                 --component name=radio,version=5.1.2+7,type=2,file=radio.bin \
                 --component name=Zubehör,type=3,file=more.bin \
                 --component name=app,version=1.2.3,file=app.bin"
            ),
        ),
    ] {
        desk.words(&format!("{line} -o {name}.swpk")).good();
        assert_eq!(desk.read(&format!("{name}.swpk")), vector(name), "{name}");
    }
    // Signing anew comes to the same, and keeps what it does not know.
    desk.words(&format!("sign --key {key} least.swpk -o again.swpk")).good();
    assert_eq!(desk.read("again.swpk"), vector("signed"));
    desk.words(&format!("sign --key {key} other-key.swpk -o again.swpk --force")).good();
    assert_eq!(desk.read("again.swpk"), vector("signed"));
    desk.write("it.swpk", &vector("ignorable"));
    desk.words(&format!("sign --key {key} it.swpk -o it.swpk --force")).good();
    assert_eq!(desk.read("it.swpk"), vector("ignorable"));
    let info = desk.words("info --json it.swpk").good().json();
    assert_eq!(info["ignored"], json!([{"type": 200, "value": hex(b"of a later release")}]));
}
