// SPDX-License-Identifier: Apache-2.0 OR MIT
//! MCUboot images, made here; those of imgtool are in tests/mcuboot.

use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePublicKey};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::json;

use crate::desk::*;
use crate::noise::Noise;
use crate::reader::sha256;

type Tlv = (u16, Vec<u8>);

fn area(magic: u16, tlvs: &[Tlv]) -> Vec<u8> {
    let one =
        |(kind, value): &Tlv| [&kind.to_le_bytes()[..], &(value.len() as u16).to_le_bytes(), value].concat();
    let all: Vec<u8> = tlvs.iter().flat_map(one).collect();
    [&magic.to_le_bytes()[..], &(all.len() as u16 + 4).to_le_bytes(), &all].concat()
}

/// With flags, protected TLVs, and what is behind the digest, which is told.
fn image(flags: u32, protected: &[Tlv], behind: impl FnOnce(&[u8]) -> Vec<Tlv>) -> Vec<u8> {
    let protected = if protected.is_empty() { vec![] } else { area(0x6908, protected) };
    let body = Noise(9).bytes(1000);
    let all = [
        &0x96f3_b83d_u32.to_le_bytes()[..],
        &[0; 4],
        &[32, 0],
        &(protected.len() as u16).to_le_bytes(),
        &(body.len() as u32).to_le_bytes(),
        &flags.to_le_bytes(),
        &[1, 2, 3, 0, 4, 0, 0, 0],
        &[0; 4],
        &body,
        &protected,
    ]
    .concat();
    let digest = sha256(&all).to_vec();
    let tlvs = [vec![(0x10, digest.clone())], behind(&digest)].concat();
    [all, area(0x6907, &tlvs)].concat()
}

fn signed(desk: &Desk, protected: &[Tlv]) -> Vec<u8> {
    let pem = String::from_utf8(desk.read("key.pem")).expect("PEM");
    let key = SigningKey::from_pkcs8_pem(&pem).expect("key");
    let id = sha256(key.verifying_key().to_public_key_der().expect("DER").as_bytes()).to_vec();
    image(0, protected, |digest| vec![(0x01, id), (0x24, key.sign(digest).to_bytes().to_vec())])
}

fn with_everything() -> Vec<Tlv> {
    let uuid = |text: &str| {
        let digits = text.replace('-', "");
        (0..16).map(|n| u8::from_str_radix(&digits[2 * n..2 * n + 2], 16).expect("hex")).collect::<Vec<u8>>()
    };
    let needs = |image| (0x40, vec![image, 0, 0, 0, 2, 1, 255, 0, image, 0, 0, 0]);
    vec![(0x50, vec![7, 0, 0, 0]), needs(0), needs(3), (0x74, uuid(VENDOR)), (0x75, uuid(CLASS))]
}

#[test]
fn an_image_is_shown_and_judged() {
    let desk = Desk::new();
    desk.words("keygen key").good();
    desk.words("keygen other").good();
    let bytes = signed(&desk, &with_everything());
    desk.write("it.bin", &bytes);
    desk.write("plain.bin", &image(0, &[], |_| vec![]));
    let told = desk.words("info --json it.bin").good().json();
    for (name, value) in [
        ("format", json!("mcuboot")),
        ("title", json!(null)),
        ("version", json!("1.2.3+4")),
        ("size", json!(bytes.len())),
        ("sha256", json!(hex(&sha256(&bytes)))),
        ("vendor", json!(VENDOR)),
        ("class", json!(CLASS)),
        ("device", json!(null)),
        ("counter", json!(7)),
        ("dependencies", json!([{"image": 0, "version": "2.1.255"}, {"image": 3, "version": "2.1.255+3"}])),
        ("room", json!(224)),
        ("components", json!([])),
        ("sound", json!(true)),
    ] {
        assert_eq!(told[name], value, "{name}");
    }
    assert_eq!(told["signature"]["algorithm"], "Ed25519");
    let text = desk.words("info it.bin").good().stdout;
    for part in ["version          1.2.3+4\n", "needs            2.1.255+3 of image 3\n", "224 bytes\n"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("manifest"), "{text}");
    let text = desk.words("verify --key key.pub.pem it.bin").good().stdout;
    assert!(text.contains("2.1.255 of image 0, which is not looked at"), "{text}");

    let key = "--key key.pub.pem";
    for (device, file, wanted) in [
        (key.to_owned(), "it", ""),
        (format!("{key} --vendor {VENDOR} --class {CLASS} --counter 7 --installed 1.2.3+4"), "it", ""),
        ("--unsigned".to_owned(), "plain", ""),
        (key.to_owned(), "plain", "57:unsigned"),
        ("--key other.pub.pem".to_owned(), "it", "53:key"),
        (format!("{key} --revoked key.pub.pem"), "it", "57:revoked"),
        (format!("{key} --vendor {OTHER}"), "it", "54:vendor"),
        (format!("{key} --class {OTHER}"), "it", "54:class"),
        (format!("{key} --counter 8"), "it", "57:rollback"),
        (format!("{key} --installed 1.2.3+5"), "it", "57:version"),
        (format!("{key} --installed 1.3"), "it", "57:version"),
        (format!("{key} --room 224"), "it", ""),
        (format!("{key} --room 223"), "it", "51:memory"),
        ("--unsigned --room 199".to_owned(), "plain", "51:memory"),
    ] {
        assert_eq!(desk.verdict(&format!("{device} {file}.bin")).1, wanted, "{device} {file}");
    }
}

#[test]
fn what_is_wrong_with_an_image_is_said() {
    let desk = Desk::new();
    let plain = image(0, &[], |_| vec![]);
    let last = plain.len() - 1;
    let flip = |at: usize| {
        let mut bad = plain.clone();
        bad[at] ^= 4;
        bad
    };
    for (bytes, reason, part) in [
        (plain[..20].to_vec(), "53:integrity", "cut short after 20 bytes, with at least 12 bytes missing"),
        (plain[..last].to_vec(), "53:integrity", "at least 1 byte missing"),
        ([&plain[..], &[0xff; 9]].concat(), "53:integrity", "9 bytes behind its end (imgtool pads"),
        (flip(9), "53:integrity", "at least 984 bytes missing"),
        (flip(last - 39), "53:integrity", "in the TLVs"),
        (flip(40), "53:digest", "not what its SHA-256 says"),
        (
            [&plain[..8], &[31], &plain[9..]].concat(),
            "53:integrity",
            "its header says lengths that cannot be",
        ),
        (image(4, &[], |_| vec![]), "54:type", "flags are 0x4: it is encrypted"),
        (image(0x400, &[], |_| vec![]), "54:type", "flags are 0x400: it is compressed"),
        (image(0x40, &[], |_| vec![]), "54:type", "flags are 0x40: some of them are not known"),
        (image(0, &[], |_| vec![(0x20, vec![1; 256])]), "54:type", "RSA"),
        (image(0, &[], |_| vec![(0x01, vec![1; 32])]), "53:integrity", "in the TLVs behind the image one is"),
    ] {
        desk.write("it.bin", &bytes);
        assert_eq!(desk.verdict("--unsigned it.bin").1, reason, "{part}");
        let text = desk.words("verify --unsigned it.bin").stdout;
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn an_image_is_spoilt_but_not_signed_or_changed() {
    let desk = Desk::new();
    desk.words("keygen key").good();
    let good = signed(&desk, &with_everything());
    desk.write("it.bin", &good);
    let size = good.len();
    for (how, wanted) in [
        ("--flip 500.3".to_owned(), "53:digest"),
        ("--flip 16.2".to_owned(), "54:type"),
        (format!("--flip {}.0", size - 1), "53:signature"),
        (format!("--flip {}.0", size - 68 - 32), "53:key"),
        ("--truncate 31".to_owned(), "53:integrity"),
        (format!("--truncate {}", size - 1), "53:integrity"),
    ] {
        let promised = desk.words(&format!("corrupt --json {how} it.bin -o bad.bin --force")).good().json();
        assert_eq!(promised["reason"], wanted, "{how}");
        assert_eq!(desk.verdict("--key key.pub.pem bad.bin").1, wanted, "{how}");
    }
    let before = desk.files();
    for line in [
        "sign --key key.pem it.bin -o out",
        "corrupt --wrong-key it.bin -o out",
        "corrupt --device x --key key.pem it.bin -o out",
        "corrupt --version 1 --key key.pem it.bin -o out",
        "corrupt --counter 1 --key key.pem it.bin -o out",
    ] {
        let ran = desk.words(line);
        assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""), "{line}");
        assert!(ran.stderr.contains("is an MCUboot image: imgtool makes"), "{line}: {}", ran.stderr);
    }
    assert_eq!(desk.files(), before, "nothing is left behind");
}

#[test]
fn no_altered_or_shortened_bit_of_a_signed_image_is_taken() {
    let desk = Desk::new();
    desk.words("keygen key").good();
    let good = signed(&desk, &with_everything());
    let tlvs = good.len() - 4 - 36 - 36 - 68;
    // The header, and from the last bytes of the image on.
    for at in (0..32).chain(tlvs - 110..good.len()) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        desk.write("bad.bin", &bad);
        assert!(desk.verdict("--key key.pub.pem bad.bin").0 >= 53, "{at}");
        if at % 5 == 0 {
            desk.write("bad.bin", &good[..at]);
            assert_eq!(
                desk.verdict("--key key.pub.pem bad.bin").0,
                if (1..4).contains(&at) { 54 } else { 53 },
                "{at}"
            );
        }
    }
}
