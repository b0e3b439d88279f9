// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Manifests: the packages of tests/packages, whole, cut, shortened and altered; and made-up
//! ones, against a reader of their own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)]

mod fields;
mod made_up;
mod reader;
mod writing;

use super::container::{Begins, Component, Fault, Parser, State};
use super::manifest::MANIFEST;
use super::{sha256, Work};
use reader::{read, Told};

const ROOM: usize = 20_000;

fn result(fault: Fault) -> u8 {
    match fault {
        Fault::NoRoom => 51,
        Fault::Malformed | Fault::Digest => 53,
        Fault::Unsupported => 54,
    }
}

fn no_reading(_: u32, _: &mut [u8]) -> bool {
    panic!("it is told by what has come");
}

/// Hands a package in, in pieces, and stops where it is to stop.
fn take<'a>(pieces: impl Iterator<Item = &'a [u8]>, room: &mut [u8], payload: bool) -> Result<Told, Fault> {
    let mut state = State::NEW;
    let mut work = Work { words: [7; 8], block: [7; 64], length: 7, ..Work::IDLE };
    let mut told = None;
    let mut hashed = work;
    let mut before = 0;
    for mut piece in pieces {
        loop {
            let parser =
                &mut Parser { state: &mut state, room, hash: &sha256::DIGEST, work: &mut work, payload };
            (MANIFEST.take)(parser, piece).inspect_err(|_| {
                assert_ne!((MANIFEST.end)(parser, &mut no_reading), Ok(()), "after a fault nothing is good");
            })?;
            let taken = state.taken as usize - before;
            before += taken;
            piece = &piece[taken..];
            match (MANIFEST.about)(&state, room) {
                Some(_) if told.is_none() => {
                    told = Some(ask(&state, room, before));
                    hashed = work;
                }
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
    (MANIFEST.end)(parser, &mut no_reading)?;
    let untouched = (hashed.words, hashed.length) == (work.words, work.length);
    assert_eq!(untouched, !payload, "the payload is hashed when it is asked for");
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
    assert_eq!((algorithm, usize::from(signature[1]) + 2, signature.len()), (2, 72, 72));
    let (_, _, _, signature) = whole(&bytes("p256-short")).unwrap().claim.unwrap();
    assert_eq!((usize::from(signature[1]) + 2, signature.len()), (69, 69), "without what fills it up");
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

#[test]
fn the_document_shows_the_packages() {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/package.md")).unwrap();
    let blocks: Vec<_> = document.split("```hex ").skip(1).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let (name, lines) = block.split("```").next().unwrap().split_once('\n').unwrap();
        let words = lines.lines().flat_map(|line| line.split(';').next().unwrap().split_whitespace());
        let shown: Vec<_> = words.map(|word| u8::from_str_radix(word, 16).unwrap()).collect();
        assert_eq!(shown, bytes(name), "{name}");
    }
}
