// SPDX-License-Identifier: Apache-2.0 OR MIT
//! MCUboot images, made here: whole, cut, shortened and altered, and made-up ones, against a
//! reader of their own. Images of imgtool are in tests/mcuboot.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)]

mod lies;
mod made_up;
pub(crate) mod maker;
mod reader;
mod signed;

use super::container::{Begins, Fault, Parser, State};
use super::mcuboot::MCUBOOT;
use super::{sha256, Work};
use maker::good;
use reader::{read, Told};

const ROOM: usize = 512;

fn result(fault: Fault) -> u8 {
    match fault {
        Fault::NoRoom => 51,
        Fault::Malformed | Fault::Digest => 53,
        Fault::Unsupported => 54,
    }
}

/// Hands an image in, in pieces.
fn take<'a>(pieces: impl Iterator<Item = &'a [u8]>, room: &mut [u8], payload: bool) -> Result<Told, Fault> {
    let mut state = State::NEW;
    let mut work = Work { words: [7; 8], block: [7; 64], length: 7, ..Work::IDLE };
    let before = work;
    let mut handed = 0;
    room.fill(0xee);
    for mut piece in pieces {
        while !piece.is_empty() {
            let done = (MCUBOOT.about)(&state, room).is_some();
            let total = state.total;
            let parser =
                &mut Parser { state: &mut state, room, hash: &sha256::DIGEST, work: &mut work, payload };
            let taken = (MCUBOOT.take)(parser, piece).inspect_err(|_| {
                assert_ne!((MCUBOOT.end)(parser), Ok(()), "after a fault nothing is good");
                assert!((MCUBOOT.take)(parser, &[0]).is_err());
                assert_eq!((MCUBOOT.about)(parser.state, parser.room), None);
                assert_eq!((MCUBOOT.claim)(parser.state, parser.room), None);
            })?;
            assert!(!done && state.total >= total, "nothing is taken behind the end, and no end draws near");
            handed += taken;
            piece = &piece[taken..];
            assert_eq!(state.taken, handed as u32);
            assert_eq!((MCUBOOT.component)(&state, room, 0), None);
            let told = (MCUBOOT.about)(&state, room).is_some();
            assert!(
                told || piece.is_empty() && (MCUBOOT.claim)(&state, room).is_none(),
                "it stops there only"
            );
        }
    }
    let parser = &mut Parser { state: &mut state, room, hash: &sha256::DIGEST, work: &mut work, payload };
    (MCUBOOT.end)(parser)?;
    assert_eq!((state.taken, state.total), (handed as u32, handed as u32));
    let untouched = (before.words, before.block) == (work.words, work.block);
    assert_eq!(untouched, !payload, "it is hashed when it is asked for");
    let about = (MCUBOOT.about)(&state, room).unwrap();
    assert_eq!((about.name, about.device, about.minimum, about.components), (&[][..], &[][..], &[][..], 0));
    let claim = (MCUBOOT.claim)(&state, room);
    Ok(Told {
        version: String::from_utf8(about.version.to_vec()).unwrap(),
        counter: about.counter,
        vendor: about.vendor.to_vec(),
        class: about.class.to_vec(),
        dependencies: about.dependencies.to_vec(),
        claim: claim.map(|c| (c.algorithm, c.key.to_vec(), c.digest.to_vec(), c.signature.to_vec())),
    })
}

fn whole(image: &[u8]) -> Result<Told, Fault> {
    take([image].into_iter(), &mut [0; ROOM], true)
}

#[track_caller]
fn expect(image: &[u8], want: u8, what: &str) {
    let got = whole(image);
    assert_eq!(got.clone().map_err(result), read(image, ROOM), "{what}");
    assert_eq!(got.map_or_else(result, |_| 0), want, "{what}");
}

fn one(name: &str) -> Vec<u8> {
    good().into_iter().find(|image| image.0 == name).unwrap().1
}

#[test]
fn what_an_image_says_is_told() {
    for (name, image) in good() {
        expect(&image, 0, name);
    }
    let told = whole(&one("all")).unwrap();
    assert_eq!(told.version, "255.255.65535+4294967295");
    assert_eq!(told.counter, Some(7));
    assert_eq!((&told.vendor[..], &told.class[..]), (&[0x74; 16][..], &[0x75; 16][..]));
    let entry = |image| [image, 0, 0, 0, 1, 2, 3, 0, 4, 0, 0, 0];
    assert_eq!(told.dependencies, [entry(1), entry(2)].concat());
    let (algorithm, key, digest, signature) = told.claim.unwrap();
    assert_eq!((algorithm, key, digest.len()), (1, vec![7; 32], 32));
    assert_eq!(signature, (0..64).collect::<Vec<_>>());

    let least = whole(&one("least")).unwrap();
    assert_eq!(least, Told { version: "1.2.3".into(), ..Told::default() });
    assert_eq!(whole(&one("empty")).unwrap().version, "0.0.0+10");
    for (name, size) in [("p256", 71), ("p256 filled up", 70), ("long", 8)] {
        let (algorithm, _, _, signature) = whole(&one(name)).unwrap().claim.unwrap();
        assert_eq!((algorithm, signature.len()), (2, size), "{name}: without what fills it up");
    }
}

#[test]
fn the_first_four_bytes_tell_what_it_is() {
    let magic = [0x3d, 0xb8, 0xf3, 0x96, 0];
    for n in 0..4 {
        assert_eq!((MCUBOOT.begins)(&magic[..n]), Begins::Perhaps);
        let mut other = magic;
        other[n] ^= 1;
        assert_eq!((MCUBOOT.begins)(&other), Begins::No);
        assert_eq!((MCUBOOT.begins)(&other[..=n]), Begins::No);
    }
    assert_eq!((MCUBOOT.begins)(&magic[..4]), Begins::Yes);
    assert_eq!((MCUBOOT.begins)(&magic), Begins::Yes);
    assert_eq!((MCUBOOT.begins)(&[0x96, 0xf3, 0xb8, 0x3d]), Begins::No, "big-endian");
}

#[test]
fn every_cut_comes_to_the_same() {
    for (name, image) in good() {
        let want = whole(&image).unwrap();
        let room = &mut [0; ROOM];
        for payload in [true, false] {
            for at in 0..=image.len() {
                let (a, b) = image.split_at(at);
                assert_eq!(take([a, b].into_iter(), room, payload), Ok(want.clone()), "{name} {at}");
            }
            for size in [1, 2, 3, 7, 64] {
                assert_eq!(take(image.chunks(size), room, payload), Ok(want.clone()), "{name} {size}");
            }
        }
    }
}

#[test]
fn it_stops_where_all_is_known_whatever_comes_behind() {
    for (name, image) in good() {
        let longer = [&image[..], &[0xff; 9]].concat();
        let (mut state, mut work, room) = (State::NEW, Work::IDLE, &mut [0; ROOM]);
        let parser =
            &mut Parser { state: &mut state, room, hash: &sha256::DIGEST, work: &mut work, payload: true };
        assert_eq!((MCUBOOT.take)(parser, &longer), Ok(image.len()), "{name}");
        assert!((MCUBOOT.about)(parser.state, parser.room).is_some());
        assert_eq!((MCUBOOT.end)(parser), Ok(()));
        assert_eq!((MCUBOOT.take)(parser, &longer[image.len()..]), Err(Fault::Malformed));
        assert!((MCUBOOT.about)(parser.state, parser.room).is_none());
    }
}

#[test]
fn every_truncation_is_refused() {
    let mut tried = 0;
    for (name, image) in good() {
        for length in 0..image.len() {
            for payload in [true, false] {
                let got = take(image[..length].chunks(64), &mut [0; ROOM], payload);
                assert_eq!(got, Err(Fault::Malformed), "{name} {length}");
                tried += 1;
            }
        }
        for more in [&[0][..], &[0xff; 100]] {
            let longer = [&image[..], more].concat();
            for cut in [1, 64, 5000] {
                let got = take(longer.chunks(cut), &mut [0; ROOM], false);
                assert_eq!(got, Err(Fault::Malformed), "{name}");
            }
        }
    }
    println!("{tried} truncations");
}

/// Where key and signature are, which the parser cannot judge: they are at the end.
fn claimed(image: &[u8], told: &Told) -> std::ops::Range<usize> {
    let signed = told.claim.as_ref().map_or(0, |claim| 32 + 4 + claim.3.len());
    let zeros = image.iter().rev().take_while(|byte| **byte == 0).count();
    let end = image.len() - if signed == 0 { 0 } else { zeros };
    end - signed..end
}

#[test]
fn every_changed_bit_is_refused_or_is_the_claims() {
    let mut tried = 0;
    for (name, mut image) in good() {
        let told = whole(&image).unwrap();
        let claimed = claimed(&image, &told);
        for at in 0..image.len() {
            for bit in 0..8 {
                image[at] ^= 1 << bit;
                let got = whole(&image);
                assert_eq!(got.clone().map_err(result), read(&image, ROOM), "{name} {at} {bit}");
                if let Ok(other) = got {
                    assert!(claimed.contains(&at), "{name} {at} {bit}");
                    assert_ne!(other.claim, told.claim);
                    assert_eq!(Told { claim: None, ..other }, Told { claim: None, ..told.clone() });
                }
                image[at] ^= 1 << bit;
                tried += 1;
            }
        }
    }
    println!("{tried} changed bits");
}

#[test]
fn what_does_not_fit_into_the_room_is_refused() {
    for (name, image) in good() {
        let told = whole(&image).unwrap();
        let size = 200 + told.dependencies.len();
        for room in 0..size {
            let got = take(image.chunks(5), &mut vec![0; room], true);
            assert_eq!(got, Err(Fault::NoRoom), "{name} {room}");
        }
        assert_eq!(take(image.chunks(5), &mut vec![0; size], true), Ok(told), "{name}");
        // A room in which every offset of 16 bits is one.
        assert!(take(image.chunks(5), &mut vec![0; 70_000], true).is_ok(), "{name}");
    }
}
