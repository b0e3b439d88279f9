// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Manifests: the packages of tests/packages, whole, cut, shortened and altered; and made-up
//! ones, against a reader of their own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)]

use super::container::{Begins, Component, Fault, Parser, State};
use super::manifest::{field, MANIFEST};
use super::{sha256, writer, Work};
use sha2::{Digest as _, Sha256};

const ROOM: usize = 20_000;

fn result(fault: Fault) -> u8 {
    match fault {
        Fault::NoRoom => 51,
        Fault::Malformed | Fault::Digest => 53,
        Fault::Unsupported => 54,
    }
}

/// What was told of a package.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Told {
    size: usize,
    texts: Vec<Vec<u8>>,
    counter: Option<u32>,
    /// Name, version, kind, offset, length.
    components: Vec<(Vec<u8>, Vec<u8>, u16, u32, u32)>,
    /// Algorithm, key, digest, signature.
    claim: Option<(u8, Vec<u8>, Vec<u8>, Vec<u8>)>,
}

/// Hands a package in, in pieces, and stops where it is to stop.
fn take<'a>(pieces: impl Iterator<Item = &'a [u8]>, room: &mut [u8], payload: bool) -> Result<Told, Fault> {
    let mut state = State::NEW;
    let mut work = Work { words: [7; 8], block: [7; 64], length: 7 };
    let mut told = None;
    let mut before = 0;
    for mut piece in pieces {
        loop {
            let parser =
                &mut Parser { state: &mut state, room, hash: &sha256::DIGEST, work: &mut work, payload };
            let taken = (MANIFEST.take)(parser, piece).inspect_err(|_| {
                assert_ne!((MANIFEST.end)(parser), Ok(()), "after a fault nothing is good");
            })?;
            before += taken;
            piece = &piece[taken..];
            match (MANIFEST.about)(&state, room) {
                Some(_) if told.is_none() => told = Some(ask(&state, room, before)),
                Some(_) => assert!(piece.is_empty()),
                None => {
                    assert!(piece.is_empty());
                    assert_eq!((MANIFEST.claim)(&state, room), None);
                    assert_eq!((MANIFEST.component)(&state, room, 0), None);
                }
            }
            if piece.is_empty() {
                break;
            }
        }
    }
    let parser = &mut Parser { state: &mut state, room, hash: &sha256::DIGEST, work: &mut work, payload };
    (MANIFEST.end)(parser)?;
    assert_eq!((state.taken, state.total), (before as u32, before as u32));
    Ok(told.unwrap())
}

fn ask(state: &State, room: &[u8], size: usize) -> Told {
    let about = (MANIFEST.about)(state, room).unwrap();
    let one = |c: Component<'_>| (c.name.to_vec(), c.version.to_vec(), c.kind, c.offset, c.length);
    let components: Vec<_> = (0..).map_while(|n| (MANIFEST.component)(state, room, n)).map(one).collect();
    assert_eq!(components.len(), usize::from(about.components));
    assert_eq!((MANIFEST.component)(state, room, u16::MAX), None);
    let texts =
        [about.name, about.version, about.vendor, about.class, about.device, about.minimum].map(Vec::from);
    let claim = (MANIFEST.claim)(state, room)
        .map(|c| (c.algorithm, c.key.to_vec(), c.digest.to_vec(), c.signature.to_vec()));
    Told { size, texts: texts.into(), counter: about.counter, components, claim }
}

fn whole(package: &[u8]) -> Result<Told, Fault> {
    take([package].into_iter(), &mut [0; ROOM], true)
}

/// Reads a package as docs/package.md says, and with nothing of the parser's.
fn read(package: &[u8]) -> Result<Told, u8> {
    let start = b"SWPK\x01\x00";
    if package.iter().zip(start).any(|(a, b)| a != b) {
        return Err(54);
    }
    let number = |at: usize, n: usize| {
        let bytes = package.get(at..at + n)?;
        Some(bytes.iter().rev().fold(0u64, |sum, byte| sum * 256 + u64::from(*byte)))
    };
    let (size, total) = (number(6, 2).ok_or(53)? as usize, number(8, 4).ok_or(53)?);
    if size <= 12 || total <= size as u64 {
        return Err(53);
    }
    if size > ROOM {
        return Err(51);
    }
    let manifest = package.get(..size).ok_or(53)?;
    let mut told = Told { size, texts: vec![vec![]; 6], ..Told::default() };
    let mut kinds: Vec<u8> = vec![];
    let mut digests = vec![];
    let mut key = None;
    let mut at = 12;
    while at < size {
        let kind = manifest[at];
        let known = (1..=11).contains(&kind);
        if kinds.contains(&10) && kind != 11 {
            return Err(53);
        }
        if !known && kind < 128 {
            return Err(54);
        }
        let last = kinds.last().copied().unwrap_or(0);
        if known && (kind < last || kind == last && kind != 8) {
            return Err(53);
        }
        let length = manifest.get(at + 1..at + 3).ok_or(53)?;
        let length = usize::from(length[0]) + usize::from(length[1]) * 256;
        let value = manifest.get(at + 3..at + 3 + length).ok_or(53)?;
        let least_most = match kind {
            1 | 2 | 7 => 1..=255,
            3 | 4 => 16..=16,
            5 => 1..=32,
            6 => 4..=4,
            9 | 10 => 32..=32,
            _ => 1..=65535,
        };
        if !least_most.contains(&length) {
            return Err(if length < *least_most.start() { 53 } else { 54 });
        }
        if matches!(kind, 1 | 2 | 7) && std::str::from_utf8(value).is_err() {
            return Err(53);
        }
        match kind {
            1..=5 => told.texts[usize::from(kind) - 1] = value.to_vec(),
            6 => told.counter = Some(u32::from_le_bytes(value.try_into().unwrap())),
            7 => told.texts[5] = value.to_vec(),
            8 => {
                if length < 39 || length < 39 + usize::from(value[38]) {
                    return Err(53);
                }
                let (name, version) = value[39..].split_at(value[38].into());
                if version.len() > 255 || digests.len() == 255 {
                    return Err(54);
                }
                let bytes = u32::from_le_bytes(value[..4].try_into().unwrap());
                let texts = [name, version].map(|text| std::str::from_utf8(text).is_ok());
                if bytes == 0 || name.is_empty() || texts != [true; 2] {
                    return Err(53);
                }
                let kind = u16::from(value[36]) + u16::from(value[37]) * 256;
                digests.push(value[4..36].to_vec());
                told.components.push((name.to_vec(), version.to_vec(), kind, 0, bytes));
            }
            9 => key = Some(value.to_vec()),
            10 if value != &Sha256::digest(&manifest[..at])[..] => return Err(53),
            10 => told.claim = Some((0, vec![], value.to_vec(), vec![])),
            11 => {
                let (algorithm, mut signature) = (value[0], &value[1..]);
                if algorithm == 2 && signature.len() == 72 && signature[0] == 0x30 && signature[1] <= 70 {
                    let (der, zeros) = signature.split_at(2 + usize::from(signature[1]));
                    signature = if zeros.iter().all(|byte| *byte == 0) { der } else { &[] };
                } else if algorithm == 1 && signature.len() != 64 || algorithm == 2 {
                    signature = &[];
                }
                if algorithm != 1 && algorithm != 2 {
                    return Err(54);
                }
                if signature.is_empty() {
                    return Err(53);
                }
                let digest = told.claim.take().map(|claim| claim.2);
                told.claim = digest
                    .map(|digest| (algorithm, key.clone().unwrap_or_default(), digest, signature.to_vec()));
            }
            _ => {}
        }
        if known {
            kinds.push(kind);
        }
        at += 3 + length;
    }
    let has = |kind| kinds.contains(&kind);
    if !(has(1) && has(2) && has(8) && has(10)) || has(9) != has(11) {
        return Err(53);
    }
    told.claim = told.claim.filter(|_| has(11));
    let mut offset = size as u64;
    for (component, digest) in told.components.iter_mut().zip(digests) {
        component.3 = offset as u32;
        let end = offset + u64::from(component.4);
        let bytes = package.get(offset as usize..end as usize).ok_or(53)?;
        if Sha256::digest(bytes)[..] != digest {
            return Err(53);
        }
        offset = end;
    }
    if offset != total || offset != package.len() as u64 {
        return Err(53);
    }
    Ok(told)
}

/// The packages of tests/packages: name, result, signature, bytes.
fn packages() -> Vec<(String, u8, String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packages/");
    let table = std::fs::read_to_string(format!("{folder}packages.csv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<_> = line.split(',').collect();
        let bytes = std::fs::read(format!("{folder}{}.swpk", cells[0])).unwrap();
        (cells[0].into(), cells[1].parse().unwrap(), cells[2].into(), bytes)
    };
    table.lines().skip(1).map(row).collect()
}

fn good() -> Vec<(String, Vec<u8>)> {
    let all: Vec<_> = packages().into_iter().filter(|p| p.1 == 0).map(|p| (p.0, p.3)).collect();
    assert!(all.len() >= 6);
    all
}

fn bytes(name: &str) -> Vec<u8> {
    packages().into_iter().find(|p| p.0 == name).unwrap().3
}

#[test]
fn packages_are_what_their_table_says() {
    for (name, want, signature, package) in packages() {
        let got = whole(&package);
        assert_eq!(got.clone().map_err(result), read(&package), "{name}");
        assert_eq!(got.clone().map_or_else(result, |_| 0), want, "{name}");
        if let Ok(told) = got {
            assert_eq!(told.claim.is_some(), signature != "none", "{name}");
        }
    }
}

#[test]
fn what_a_package_says_is_told() {
    let told = whole(&bytes("all")).unwrap();
    let vendor =
        [0x2b, 0x5b, 0x3f, 0x0c, 0x9d, 0x6a, 0x4c, 0x1e, 0x8f, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66];
    assert_eq!(told.texts[0], b"blink");
    assert_eq!(told.texts[1], b"1.2.3");
    assert_eq!(told.texts[2], vendor);
    assert_eq!((told.texts[3][0], told.texts[3].len()), (0x7d, 16));
    assert_eq!(told.texts[4], b"urn:dev:ops:32473-LAMP-0001");
    assert_eq!(told.texts[5], b"1.1");
    assert_eq!(told.counter, Some(7));
    assert_eq!(told.components, [(b"app".to_vec(), b"1.2.3".to_vec(), 1, told.size as u32, 34)]);
    let (algorithm, key, digest, signature) = told.claim.unwrap();
    assert_eq!((algorithm, key.len(), digest.len(), signature.len()), (1, 32, 32, 64));

    let told = whole(&bytes("four")).unwrap();
    let places: Vec<_> = told.components.iter().map(|c| (c.2, c.3 - told.size as u32, c.4)).collect();
    assert_eq!(places, [(1, 0, 11), (2, 11, 70), (3, 81, 1), (0, 82, 34)]);
    assert_eq!(told.components[2].0, "Zubehör".as_bytes());
    assert_eq!((told.components[2].1.as_slice(), told.counter), (&[][..], None));

    let (algorithm, _, _, signature) = whole(&bytes("p256")).unwrap().claim.unwrap();
    assert_eq!((algorithm, usize::from(signature[1]) + 2), (2, signature.len()));
}

#[test]
fn the_first_four_bytes_tell_what_it_is() {
    for n in 0..4 {
        assert_eq!((MANIFEST.begins)(&b"SWPK"[..n]), Begins::Perhaps);
    }
    assert_eq!((MANIFEST.begins)(b"SWPK"), Begins::Yes);
    assert_eq!((MANIFEST.begins)(b"SWPK\x02"), Begins::Yes, "a later format is ours to refuse");
    for n in 0..4 {
        let mut other = *b"SWPK";
        other[n] ^= 1;
        assert_eq!((MANIFEST.begins)(&other), Begins::No);
        assert_eq!((MANIFEST.begins)(&other[..=n]), Begins::No);
    }
}

#[test]
fn every_cut_comes_to_the_same() {
    for (name, package) in good() {
        let want = whole(&package).unwrap();
        let room = &mut [0; ROOM];
        for at in 0..=package.len() {
            let (a, b) = package.split_at(at);
            assert_eq!(take([a, b].into_iter(), room, true), Ok(want.clone()), "{name} {at}");
        }
        for size in [1, 2, 3, 7, 64] {
            assert_eq!(take(package.chunks(size), room, true), Ok(want.clone()), "{name} {size}");
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    let mut tried = 0;
    for (name, package) in good() {
        for length in 0..package.len() {
            for payload in [true, false] {
                let got = take(package[..length].chunks(64), &mut [0; ROOM], payload);
                assert_eq!(got, Err(Fault::Malformed), "{name} {length}");
                tried += 1;
            }
        }
        let longer = [&package[..], &[0]].concat();
        assert_eq!(take(longer.chunks(64), &mut [0; ROOM], false), Err(Fault::Malformed), "{name}");
    }
    println!("{tried} truncations");
}

#[test]
fn every_changed_bit_is_refused_or_is_the_signatures() {
    let mut tried = 0;
    for (name, mut package) in good() {
        let told = whole(&package).unwrap();
        let signature = told.claim.clone().map(|claim| claim.3).unwrap_or_default();
        let filled = if signature.is_empty() { 0 } else { 64.max(72 * usize::from(signature.len() != 64)) };
        let signature = told.size - filled..told.size - filled + signature.len();
        for at in 0..package.len() {
            for bit in 0..8 {
                package[at] ^= 1 << bit;
                let got = whole(&package);
                assert_eq!(got.clone().map_err(result), read(&package), "{name} {at} {bit}");
                match got {
                    Ok(other) => {
                        assert!(signature.contains(&at), "{name} {at} {bit}");
                        assert_ne!(other.claim, told.claim);
                        assert_eq!(Told { claim: None, ..other }, Told { claim: None, ..told.clone() });
                    }
                    Err(_) if signature.contains(&at) => {
                        assert!(at < signature.start + 2, "only the form of DER")
                    }
                    Err(fault) => {
                        let hashed = take([&package[..]].into_iter(), &mut [0; ROOM], false);
                        let want = if at < told.size { Some(fault) } else { None };
                        assert_eq!(hashed.err(), want, "{name} {at}: the manifest is hashed always");
                    }
                }
                package[at] ^= 1 << bit;
                tried += 1;
            }
        }
    }
    println!("{tried} changed bits");
}

#[test]
fn a_manifest_larger_than_the_room_is_refused() {
    for (name, package) in good() {
        let size = whole(&package).unwrap().size;
        for room in 0..size {
            let got = take(package.chunks(5), &mut vec![0; room], true);
            assert_eq!(got, Err(Fault::NoRoom), "{name} {room}");
        }
        assert!(take(package.chunks(5), &mut vec![0; size], true).is_ok(), "{name}");
    }
}

fn field(kind: u8, value: &[u8]) -> Vec<u8> {
    [&[kind], &(value.len() as u16).to_le_bytes()[..], value].concat()
}

fn component(length: u32, payload: &[u8], name: &[u8], version: &[u8]) -> Vec<u8> {
    let digest = Sha256::digest(payload);
    let head = [&length.to_le_bytes()[..], &digest, &[3, 0, name.len() as u8]].concat();
    field(8, &[&head, name, version].concat())
}

/// A package of any fields, right or wrong, with lengths and digest that are right.
fn raw(before: &[Vec<u8>], behind: &[Vec<u8>], payload: &[u8]) -> Vec<u8> {
    let (before, behind) = (before.concat(), behind.concat());
    let size = 12 + before.len() + 35 + behind.len();
    let total = (size + payload.len()) as u32;
    let mut all = [b"SWPK\x01\x00", &(size as u16).to_le_bytes()[..], &total.to_le_bytes(), &before].concat();
    let digest = Sha256::digest(&all);
    all.extend(field(10, &digest));
    [all, behind, payload.to_vec()].concat()
}

/// Puts the digest right again after the bytes before it were changed.
fn heal(package: &mut [u8], digest_at: usize) {
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

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    fn text(&mut self, least: usize) -> Vec<u8> {
        let most = [2, 9, 40, 256][self.below(4)];
        let length = self.below(most).max(least);
        (0..length).map(|_| b"0123456789.-abcd"[self.below(16)]).collect()
    }

    fn random_bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    /// Fields, mostly right, and their payload.
    fn package(&mut self) -> Vec<u8> {
        let mut fields = vec![field(1, &self.text(1)), field(2, &self.text(1))];
        for (kind, length) in [(3, 16), (4, 16), (5, 1 + self.below(32)), (6, 4), (200, 1 + self.below(50))] {
            if self.below(2) == 0 {
                let value = self.random_bytes(length);
                fields.push(field(kind, &value));
            }
        }
        if self.below(2) == 0 {
            fields.push(field(7, &self.text(1)));
        }
        let mut payload = vec![];
        for _ in 0..=[0, 3, 20][self.below(3)] {
            let length = 1 + self.below(150);
            let data = self.random_bytes(length);
            fields.push(component(length as u32, &data, &self.text(1), &self.text(0)));
            payload.extend(data);
        }
        let mut behind = vec![];
        if self.below(2) == 0 {
            fields.push(field(9, &self.random_bytes(32)));
            behind.push(field(11, &[&[1], &self.random_bytes(64)[..]].concat()));
        }
        let n = self.below(fields.len());
        match self.below(10) {
            0 => drop(fields.remove(n)),
            1 => fields.insert(n, fields[n].clone()),
            2 => {
                let other = self.below(fields.len());
                fields.swap(n, other);
            }
            3 => fields[n][0] = self.below(256) as u8,
            4 => {
                let at = self.below(fields[n].len());
                fields[n][at] = self.below(256) as u8;
            }
            5 => drop(fields[n].pop()),
            _ => {}
        }
        let mut package = raw(&fields, &behind, &payload);
        match self.below(20) {
            0 => package.push(0),
            1 => drop(package.pop()),
            2 | 3 => {
                let at = self.below(package.len());
                package[at] ^= 1 << self.below(8);
            }
            _ => {}
        }
        package
    }
}

#[test]
fn made_up_packages_are_read_as_the_other_reader_reads_them() {
    let mut dice = Dice(0x5357_504B);
    let mut seen = std::collections::BTreeMap::new();
    for n in 0..700 {
        let package = dice.package();
        let want = read(&package);
        let cut = [1, 16, 100, 5000][dice.below(4)];
        let got = take(package.chunks(cut), &mut [0; ROOM], true);
        assert_eq!(got.map_err(result), want, "{n}: {package:02x?}");
        *seen.entry(want.map_or_else(|result| result, |_| 0)).or_insert(0) += 1;
    }
    println!("{seen:?}");
    assert!([0, 53, 54].iter().all(|result| seen.get(result).is_some_and(|n| *n > 50)), "{seen:?}");
}

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
    for name in ["least", "signed", "all", "four", "p256", "other-key", "bad-signature"] {
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
