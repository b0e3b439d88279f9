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
use super::{sha256, Digest, Work};
use maker::good;
use reader::{read, Told};

/// Bytes of room for dependencies, and for the rest.
const MORE: usize = 312;
const LEAST: usize = 200;

fn result(fault: Fault) -> u8 {
    match fault {
        Fault::NoRoom => 51,
        Fault::Malformed | Fault::Digest => 53,
        Fault::Unsupported => 54,
    }
}

/// Reads bytes of an image from a place on.
fn bytes_of(image: &[u8]) -> impl FnMut(u32, &mut [u8]) -> bool + '_ {
    |at, to| {
        assert!(!to.is_empty(), "nothing is read for nothing");
        let bytes = image.get(at as usize..).and_then(|bytes| bytes.get(..to.len()));
        bytes.is_some_and(|bytes| {
            to.copy_from_slice(bytes);
            true
        })
    }
}

/// The parser, and what it keeps.
#[derive(Clone)]
struct Device {
    state: State,
    work: Work,
    room: Vec<u8>,
    hash: &'static Digest,
    payload: bool,
}

impl Device {
    fn new(room: usize) -> Device {
        let work = Work { words: [7; 8], block: [7; 64], length: 7, ..Work::IDLE };
        Device { state: State::NEW, work, room: vec![0xee; room], hash: &sha256::DIGEST, payload: true }
    }

    fn parser(&mut self) -> Parser<'_> {
        let Device { state, work, room, hash, payload } = self;
        Parser { state, work, room, hash, payload: *payload }
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let before = self.state.taken;
        let taken = (MCUBOOT.take)(&mut self.parser(), piece);
        self.knows_nothing();
        if taken.is_ok() {
            assert_eq!(self.state.taken, before + piece.len() as u32);
        }
        taken
    }

    fn end(&mut self, image: &[u8]) -> Result<(), Fault> {
        let ended = (MCUBOOT.end)(&mut self.parser(), &mut bytes_of(image));
        if ended.is_err() {
            self.knows_nothing();
        }
        ended
    }

    #[track_caller]
    fn knows_nothing(&self) {
        assert_eq!((MCUBOOT.about)(&self.state, &self.room), None);
        assert_eq!((MCUBOOT.claim)(&self.state, &self.room), None);
    }

    /// Takes an image in pieces of a size, and tells what it says.
    fn told(&mut self, image: &[u8], size: usize) -> Result<Told, Fault> {
        for piece in image.chunks(size) {
            self.take(piece)?;
        }
        self.end(image)?;
        let (state, room) = (&self.state, &self.room);
        assert_eq!((state.taken as usize, state.total as usize), (image.len(), image.len()));
        assert_eq!((MCUBOOT.component)(state, room, 0), None);
        let about = (MCUBOOT.about)(state, room).unwrap();
        assert_eq!(
            (about.name, about.device, about.minimum, about.components),
            (&[][..], &[][..], &[][..], 0)
        );
        assert_eq!(usize::from(state.kept), LEAST + about.dependencies.len());
        let claim = (MCUBOOT.claim)(state, room);
        Ok(Told {
            version: String::from_utf8(about.version.to_vec()).unwrap(),
            counter: about.counter,
            vendor: about.vendor.to_vec(),
            class: about.class.to_vec(),
            dependencies: about.dependencies.to_vec(),
            claim: claim.map(|c| (c.algorithm, c.key.to_vec(), c.digest.to_vec(), c.signature.to_vec())),
        })
    }
}

/// What an image says, with so much room for dependencies.
fn pulled(image: &[u8], more: usize) -> Result<Told, Fault> {
    Device::new(LEAST + more).told(image, image.len().max(1))
}

fn whole(image: &[u8]) -> Result<Told, Fault> {
    pulled(image, MORE)
}

#[track_caller]
fn expect(image: &[u8], want: u8, what: &str) {
    let got = whole(image);
    assert_eq!(got.clone().map_err(result), read(image, MORE), "{what}");
    assert_eq!(got.map_or_else(result, |_| 0), want, "{what}");
}

fn one(name: &str) -> Vec<u8> {
    good().into_iter().find(|image| image.0 == name).unwrap().1
}

#[test]
fn a_storage_that_answers_otherwise_later_is_noticed() {
    let image = one("all");
    let word = |at: usize| usize::from(u16::from_le_bytes([image[at], image[at + 1]]));
    let body = u32::from_le_bytes(image[12..16].try_into().unwrap()) as usize;
    let protected = word(8) + body..word(8) + body + word(10);
    assert!(protected.len() > 4);
    for at in protected {
        let mut device = Device::new(LEAST + MORE);
        device.take(&image).unwrap();
        let mut later = image.clone();
        later[at] ^= 1;
        assert!(device.end(&later).is_err(), "byte {at}");
    }
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
        for at in 0..=image.len() {
            let mut device = Device::new(LEAST + MORE);
            let (a, b) = image.split_at(at);
            assert_eq!((device.take(a), device.take(b)), (Ok(()), Ok(())), "{name} {at}");
            assert_eq!(device.told(&[], 1), Err(Fault::Malformed), "it has ended");
            device.work = Device::new(0).work;
            device.state = State::NEW;
            assert_eq!((device.take(a), device.take(b), device.end(&image)), (Ok(()), Ok(()), Ok(())));
        }
        for size in [1, 2, 3, 7, 31, 32, 33, 64] {
            assert_eq!(Device::new(LEAST + MORE).told(&image, size), Ok(want.clone()), "{name} {size}");
        }
    }
}

#[test]
fn as_it_comes_the_header_is_judged_and_nothing_hashed() {
    for (name, image) in good() {
        for (at, bit, want) in
            [(40, 0, None), (16, 2, Some(Fault::Unsupported)), (9, 7, None), (8, 5, Some(Fault::Malformed))]
        {
            let mut other = image.clone();
            other[at] ^= 1 << bit;
            for size in [1, 5, 32, 1000] {
                let mut device = Device { payload: false, ..Device::new(LEAST + MORE) };
                let before = device.work;
                let mut fault = None;
                for piece in other.chunks(size) {
                    fault = device.take(piece).err();
                    if fault.is_some() {
                        assert!(device.state.taken < 32 + size as u32, "{name} {at} {size}: at once");
                        break;
                    }
                }
                let want = want.filter(|_| at != 8 || image[9] == 0);
                assert_eq!(fault, want, "{name} {at} {size}");
                assert_eq!((before.words, before.block), (device.work.words, device.work.block));
            }
        }
    }
}

#[test]
fn nothing_is_left_of_another_image() {
    let all = good();
    for (name, first) in &all {
        let mut wrong = first.clone();
        *wrong.last_mut().unwrap() ^= 1;
        for (other, second) in &all {
            let mut device = Device::new(LEAST + MORE);
            for before in [first, &wrong, &first[..first.len() - 1]] {
                let _ = device.told(before, 100);
                device.state = State::NEW;
                assert_eq!(device.told(second, 100), whole(second), "{name} {other}");
                device.state = State::NEW;
            }
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    let mut tried = 0;
    for (name, image) in good() {
        for length in 0..image.len() {
            assert_eq!(whole(&image[..length]), Err(Fault::Malformed), "{name} {length}");
            tried += 1;
        }
        for more in [&[0][..], &[0xff; 100]] {
            let longer = [&image[..], more].concat();
            assert_eq!(whole(&longer), Err(Fault::Malformed), "{name}");
        }
    }
    println!("{tried} truncations");
}

#[test]
fn what_cannot_be_read_is_malformed() {
    let image = one("all");
    for fails in 0.. {
        let mut device = Device::new(LEAST + MORE);
        device.take(&image).unwrap();
        let (mut reads, mut bytes) = (0, bytes_of(&image));
        let ended = (MCUBOOT.end)(&mut device.parser(), &mut |at, to| {
            reads += 1;
            reads <= fails && bytes(at, to)
        });
        if ended.is_ok() {
            assert_eq!(reads, fails);
            assert_eq!(
                fails,
                2 + 8 + 5 + 3 + 3 + 3,
                "heads of areas and TLVs, values, and those that are hashed only"
            );
            break;
        }
        assert_eq!(ended, Err(Fault::Malformed));
        device.knows_nothing();
    }
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
                assert_eq!(got.clone().map_err(result), read(&image, MORE), "{name} {at} {bit}");
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
        let size = told.dependencies.len();
        for room in 0..LEAST + size {
            assert_eq!(Device::new(room).told(&image, 5), Err(Fault::NoRoom), "{name} {room}");
        }
        for room in [size, 70_000] {
            assert_eq!(pulled(&image, room), Ok(told.clone()), "{name}");
        }
    }
}
