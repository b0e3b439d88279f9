// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One thing wrong at a time, with a digest that is right.

use super::reader::read;
use super::{bytes, result, take, whole, Fault, ROOM};
use sha2::{Digest as _, Sha256};

pub fn field(kind: u8, value: &[u8]) -> Vec<u8> {
    [&[kind], &(value.len() as u16).to_le_bytes()[..], value].concat()
}

pub fn component(length: u32, payload: &[u8], name: &[u8], version: &[u8]) -> Vec<u8> {
    let digest = Sha256::digest(payload);
    let head = [&length.to_le_bytes()[..], &digest, &[3, 0, name.len() as u8]].concat();
    field(8, &[&head, name, version].concat())
}

/// A package of any fields, right or wrong, with lengths and digest that are right.
pub fn raw(before: &[Vec<u8>], behind: &[Vec<u8>], payload: &[u8]) -> Vec<u8> {
    let (before, behind) = (before.concat(), behind.concat());
    let size = 12 + before.len() + 35 + behind.len();
    let total = (size + payload.len()) as u32;
    let mut all = [b"SWPK\x01\x00", &(size as u16).to_le_bytes()[..], &total.to_le_bytes(), &before].concat();
    let digest = Sha256::digest(&all);
    all.extend(field(10, &digest));
    [all, behind, payload.to_vec()].concat()
}

/// Puts the digest right again after the bytes before it were changed.
pub fn heal(package: &mut [u8], digest_at: usize) {
    let digest = Sha256::digest(&package[..digest_at]);
    package[digest_at + 3..digest_at + 35].copy_from_slice(&digest);
}

const BYTES: &[u8] = b"0123456789";

#[test]
fn fields_that_are_wrong_are_refused() {
    let (name, version) = (field(1, b"n"), field(2, b"v"));
    let one = component(10, BYTES, b"c", b"");
    let key = field(9, &[9; 32]);
    let ed = |n: usize| field(11, &[&[1][..], &vec![5; n]].concat());
    let der = |der: &[u8], n: usize| field(11, &[&[2][..], der, &vec![0; n - der.len()]].concat());
    // The fields between version and component; those behind the digest; what comes of it.
    let cases: &[(&[Vec<u8>], &[Vec<u8>], u8)] = &[
        (&[], &[], 0),
        (
            &[field(3, &[1; 16]), field(4, &[2; 16]), field(5, &[3; 32]), field(6, &[4; 4]), field(7, b"5")],
            &[],
            0,
        ),
        (&[field(3, &[1; 15])], &[], 53),
        (&[field(3, &[1; 17])], &[], 54),
        (&[field(4, &[])], &[], 53),
        (&[field(5, &[])], &[], 53),
        (&[field(5, &[1; 33])], &[], 54),
        (&[field(6, &[1; 3])], &[], 53),
        (&[field(6, &[1; 5])], &[], 54),
        (&[field(7, &[b'1'; 255])], &[], 0),
        (&[field(7, &[b'1'; 256])], &[], 54),
        (&[field(7, b"\xff")], &[], 53),
        (&[field(7, b"1"), field(6, &[1; 4])], &[], 53),
        (&[field(6, &[1; 4]), field(6, &[1; 4])], &[], 53),
        (&[field(0, b"?")], &[], 54),
        (&[field(12, b"?")], &[], 54),
        (&[field(127, b"?")], &[], 54),
        (&[field(128, b"?"), field(255, b"?"), field(128, &[7; 300])], &[], 0),
        (&[field(128, b"")], &[], 53),
        (&[], &[field(128, b"?")], 53),
        (&[], &[field(8, b"?")], 53),
        (&[], &[vec![128, 1]], 53),
        (&[], &[field(127, b"?")], 53),
        (&[], &[ed(64)], 53),
        (&[key.clone()], &[], 53),
    ];
    for (n, (between, behind, want)) in cases.iter().enumerate() {
        let fields = [&[name.clone(), version.clone()], *between].concat();
        // A key stands behind the components.
        let keys = fields.iter().filter(|f| f[0] == 9).cloned();
        let others = fields.iter().filter(|f| f[0] != 9).cloned();
        let before: Vec<_> = others.chain([one.clone()]).chain(keys).collect();
        expect(&raw(&before, behind, BYTES), *want, &format!("case {n}"));
    }

    let signatures: &[(Vec<u8>, u8)] = &[
        (ed(64), 0),
        (ed(63), 53),
        (ed(65), 53),
        (ed(0), 53),
        (field(11, &[]), 53),
        (field(11, &[0; 65]), 54),
        (field(11, &[3; 65]), 54),
        (field(11, &[3]), 54),
        (der(&[0x30, 2, 9, 9], 72), 0),
        (der(&[[0x30, 70].to_vec(), vec![9; 70]].concat(), 72), 0),
        (der(&[0x30, 71], 72), 53),
        (der(&[0x30, 255], 72), 53),
        (der(&[0x31, 2], 72), 53),
        (der(&[0x30, 2, 9, 9, 1], 72), 53),
        (der(&[0x30, 2, 9, 9], 71), 53),
        (der(&[0x30, 2, 9, 9], 73), 53),
        (der(&[0x30], 1), 53),
        ([ed(64), ed(64)].concat(), 53),
        ([ed(64), field(10, &[0; 32])].concat(), 53),
    ];
    for (n, (signature, want)) in signatures.iter().enumerate() {
        let before = [name.clone(), version.clone(), one.clone(), key.clone()];
        expect(&raw(&before, &[signature.clone()], BYTES), *want, &format!("signature {n}"));
    }

    let nothing = vec![];
    for (n, (fields, want)) in [
        ([&name, &version, &one, &nothing], 0),
        ([&nothing, &version, &one, &nothing], 53),
        ([&name, &nothing, &one, &nothing], 53),
        ([&name, &version, &nothing, &nothing], 53),
        ([&version, &name, &one, &nothing], 53),
        ([&name, &one, &version, &nothing], 53),
        ([&name, &name, &version, &one], 53),
        ([&field(1, b""), &version, &one, &nothing], 53),
        ([&field(1, &[b'n'; 255]), &version, &one, &nothing], 0),
        ([&field(1, &[b'n'; 256]), &version, &one, &nothing], 54),
        ([&name, &field(2, b"\xc3"), &one, &nothing], 53),
        ([&name, &version, &component(10, BYTES, b"", b""), &nothing], 53),
        ([&name, &version, &component(10, BYTES, &[b'c'; 255], &[b'v'; 255]), &nothing], 0),
        ([&name, &version, &component(10, BYTES, b"c", &[b'v'; 256]), &nothing], 54),
        ([&name, &version, &component(10, BYTES, b"\xff", b""), &nothing], 53),
        ([&name, &version, &component(10, BYTES, b"c", b"\xff"), &nothing], 53),
        ([&name, &version, &component(10, b"others", b"c", b""), &nothing], 53),
        ([&name, &version, &component(9, &BYTES[..9], b"c", b""), &nothing], 53),
        ([&name, &version, &component(11, BYTES, b"c", b""), &nothing], 53),
        ([&name, &version, &one, &component(0, b"", b"d", b"")], 53),
        ([&name, &version, &component(9, &BYTES[..9], b"c", b""), &component(1, b"9", b"d", b"")], 0),
        ([&name, &version, &component(1, b"9", b"d", b""), &component(9, &BYTES[..9], b"c", b"")], 53),
        ([&name, &version, &component(u32::MAX, b"", b"c", b""), &component(11, BYTES, b"c", b"")], 53),
        ([&name, &version, &field(8, &[1; 38]), &nothing], 53),
        ([&name, &version, &field(8, &[200; 39]), &nothing], 53),
    ]
    .into_iter()
    .enumerate()
    {
        expect(&raw(&fields.map(Vec::clone), &[], BYTES), want, &format!("fields {n}"));
    }

    for (count, want) in [(255u32, 0), (256, 54)] {
        let parts = (0..count).map(|n| component(1, &[n as u8], b"c", b""));
        let fields: Vec<_> = [name.clone(), version.clone()].into_iter().chain(parts).collect();
        let payload: Vec<_> = (0..count).map(|n| n as u8).collect();
        expect(&raw(&fields, &[], &payload), want, &format!("{count} components"));
    }
}

fn expect(package: &[u8], want: u8, what: &str) {
    let got = whole(package);
    assert_eq!(got.clone().map_err(result), read(package), "{what}");
    assert_eq!(got.map_or_else(result, |_| 0), want, "{what}");
}

#[test]
fn lengths_that_lie_are_refused() {
    let least = bytes("least");
    let told = whole(&least).unwrap();
    let digest_at = told.size - 35;
    let with = |at: usize, value: &[u8]| {
        let mut package = least.clone();
        package[at..at + value.len()].copy_from_slice(value);
        heal(&mut package, digest_at);
        package
    };
    let total = least.len() as u32;
    assert!(whole(&with(8, &total.to_le_bytes())).is_ok(), "the tool itself changes nothing");
    for lie in [0, 1, 12, told.size as u32, total - 1, total + 1, total + 65536, 1 << 31, u32::MAX] {
        expect(&with(8, &lie.to_le_bytes()), 53, &format!("the package is {lie}"));
    }
    for lie in [0, 1, 11, 12, 13, told.size as u16 - 1, told.size as u16 + 1, least.len() as u16, 65535] {
        expect(&with(6, &lie.to_le_bytes()), 53, &format!("the manifest is {lie}"));
    }
    for lie in [0u16, 12] {
        let got = take([&with(6, &lie.to_le_bytes())[..]].into_iter(), &mut [0; 12], true);
        assert_eq!(got, Err(Fault::Malformed), "at once, and not for want of room");
    }
    // Each field, as if it were a byte shorter or longer, empty, or endless.
    let mut at = 12;
    while at < told.size {
        let length = u16::from_le_bytes([least[at + 1], least[at + 2]]);
        for lie in [0, length - 1, length + 1, length + 256, 32767, 65535] {
            let mut package = with(at + 1, &lie.to_le_bytes());
            let got = whole(&package);
            assert_eq!(got.clone().map_err(result), read(&package), "{at} {lie}");
            assert!(got.is_err(), "{at} {lie}");
            package.truncate(told.size);
            assert!(whole(&package).is_err());
        }
        at += 3 + usize::from(length);
    }
    let large = with(8, &u32::MAX.to_le_bytes());
    let large = [&large[..6], &[0xff, 0xff], &large[8..]].concat();
    assert_eq!(whole(&large), Err(Fault::NoRoom));
}

#[test]
fn what_is_wrong_first_is_told() {
    let room = &mut [0; ROOM];
    let signed = bytes("signed");
    for (n, at) in [0, 3, 4, 5].into_iter().enumerate() {
        let mut package = signed.clone();
        package[at] ^= 0x80;
        // 54 at once, whatever comes, or does not, behind it.
        for length in at + 1..package.len() {
            let got = take(package[..length].chunks(1), room, true);
            assert_eq!(got, Err(Fault::Unsupported), "{n} {length}");
        }
    }
    // An unknown field, then a broken one; and the other way round.
    let (name, version) = (field(1, b"n"), field(2, b"v"));
    let one = component(10, BYTES, b"c", b"");
    let (unknown, broken) = (field(12, b"?"), field(6, &[1]));
    let package = |fields: [&Vec<u8>; 5]| raw(&fields.map(Vec::clone), &[], BYTES);
    expect(&package([&name, &version, &unknown, &broken, &one]), 54, "first 54");
    expect(&package([&name, &version, &broken, &unknown, &one]), 53, "first 53");
}
