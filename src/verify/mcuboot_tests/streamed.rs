// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The parser that takes an image as it comes, and whether it agrees with the one that reads
//! it where it is stored.

use super::lies::counter;
use super::made_up::Dice;
use super::maker::{good, Image, Tlv};
use super::reader::Told;
use super::signed;
use super::{one, pulled, MORE};
use crate::verify::container::{Begins, Fault, Parser, State};
use crate::verify::image::Image as Pulled;
use crate::verify::mcuboot::MCUBOOT;
use crate::verify::{ed25519, sha256, Work};

const ROOM: usize = 200 + MORE;

fn whole(image: &[u8]) -> Result<Told, Fault> {
    take([image].into_iter(), &mut [0; ROOM], true)
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

/// Whether both come to the same. Of an image that ends where the digest still covers it, the
/// one cannot tell what is wrong with its protected TLVs; nothing else may be different.
#[track_caller]
pub fn agree(image: &[u8], more: usize) -> bool {
    let (got, want) = (pulled(image, more), take([image].into_iter(), &mut vec![0; 200 + more], true));
    if got != want {
        let mut state = Pulled::NEW;
        assert_eq!(state.header(image.first_chunk().unwrap()), Ok(()));
        assert!(image.len() < state.covered() as usize, "{got:?} {want:?} {image:02x?}");
        assert_eq!(got, Err(Fault::Malformed));
        assert!(matches!(want, Err(Fault::NoRoom | Fault::Unsupported)));
    }
    got == want
}

#[test]
fn both_agree_on_made_up_images_and_on_altered_ones() {
    let mut dice = Dice(0x5055_4c4c);
    let mut seen = std::collections::BTreeMap::new();
    let (mut tried, mut other) = (0, 0);
    while tried < 25_000 {
        let mut image = dice.image();
        let more = [0, 12, 100, MORE][dice.below(4)];
        for _ in 0..5 {
            other += u32::from(!agree(&image, more));
            *seen.entry(format!("{:?}", pulled(&image, more).err())).or_insert(0) += 1;
            tried += 1;
            dice.alter(&mut image);
            if dice.below(4) != 0 {
                dice.digest(&mut image);
            }
        }
    }
    println!("{seen:?}, {other} end early");
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert!(seen.values().all(|n| *n > 300), "{seen:?}");
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

/// As far as there are bytes; what it says of the whole.
fn begun(image: &[u8], skipped: u32) -> Result<u32, Fault> {
    let (mut state, mut work, room) = (State::NEW, Work::IDLE, &mut [0; ROOM]);
    for piece in [&image[..32], &image[32..]] {
        let parser =
            &mut Parser { state: &mut state, room, hash: &sha256::DIGEST, work: &mut work, payload: false };
        (MCUBOOT.take)(parser, piece)?;
        state.taken += if piece.len() == 32 { skipped } else { 0 };
        state.left -= if piece.len() == 32 { skipped } else { 0 };
    }
    Ok(state.total)
}

#[test]
fn images_of_nearly_4_gib() {
    let image = |header: u16, protected: &[Tlv], body: u32| {
        let lies = (0, 0, body.wrapping_sub(8));
        Image { header, protected: protected.to_vec(), lies, ..Image::least() }.covered()
    };
    for (header, protected, most) in
        [(32, vec![], u32::MAX - 32), (40, vec![], u32::MAX - 40), (32, vec![counter()], u32::MAX - 44)]
    {
        assert_eq!(begun(&image(header, &protected, most)[..40], 0), Ok(u32::MAX));
        for more in [1, 2, 30, most.wrapping_neg() - 1] {
            let got = begun(&image(header, &protected, most + more)[..40], 0);
            assert_eq!(got, Err(Fault::Malformed), "{header} {more}: at once");
        }
    }
    // Up to its TLVs, and with them.
    for (body, want) in [(0xffff_0000, Ok(0xffff_0000 + 32 + 40)), (u32::MAX - 71, Err(Fault::Malformed))] {
        let bytes = [image(32, &[], body), vec![0x07, 0x69, 40, 0]].concat();
        assert_eq!(begun(&bytes, body - 8), want, "{body:#x}");
    }
    assert_eq!(
        begun(&[image(32, &[], u32::MAX - 72), vec![0x07, 0x69, 40, 0]].concat(), u32::MAX - 80),
        Ok(u32::MAX)
    );
}

#[test]
fn what_is_wrong_first_is_told() {
    let image = one("ed25519");
    let mut encrypted = image.clone();
    encrypted[16] = 4;
    for length in 32..image.len() {
        let got = take(encrypted[..length].chunks(1), &mut [0; ROOM], true);
        assert_eq!(got, Err(Fault::Unsupported), "{length}");
    }
    let mut other = image.clone();
    other[0] ^= 1;
    assert_eq!(whole(&other), Err(Fault::Unsupported));
    // The digest is wrong before the unknown one comes, if it is looked at.
    let image = Image::least().raw(&[(0x10, vec![0; 32]), (0x99, vec![1])]);
    assert_eq!(whole(&image), Err(Fault::Digest));
    assert_eq!(take([&image[..]].into_iter(), &mut [0; ROOM], false), Err(Fault::Unsupported));
}

#[test]
fn without_hashing_the_form_alone_is_judged() {
    let mut image = one("ed25519");
    let last = image.len() - 1;
    for at in [20, 33, last] {
        image[at] ^= 1;
        let hashed = whole(&image);
        let form = take([&image[..]].into_iter(), &mut [0; ROOM], false);
        assert!(form.is_ok());
        assert_eq!(hashed.is_ok(), at == last);
        image[at] ^= 1;
    }
}

/// A device, and how far it is.
#[derive(Clone)]
struct Device {
    state: State,
    work: Work,
    room: [u8; ROOM],
}

impl Device {
    fn takes(&mut self, bytes: &[u8]) -> bool {
        let (state, work, room) = (&mut self.state, &mut self.work, &mut self.room);
        let parser = &mut Parser { state, room, hash: &sha256::DIGEST, work, payload: true };
        (MCUBOOT.take)(parser, bytes) == Ok(bytes.len())
    }

    fn trusts(&mut self) -> bool {
        let (state, work, room) = (&mut self.state, &mut self.work, &mut self.room);
        let parser = &mut Parser { state, room, hash: &sha256::DIGEST, work, payload: true };
        let whole = (MCUBOOT.end)(parser).is_ok();
        let claim = (MCUBOOT.claim)(parser.state, parser.room);
        whole
            && claim.is_some_and(|claim| {
                let signature = claim.signature.first_chunk().unwrap();
                *claim.key == signed::ID
                    && ed25519::verify(&signed::key().verifying_key().to_bytes(), claim.digest, signature)
            })
    }
}

#[test]
fn no_bit_of_a_signed_image_that_comes_can_be_changed_and_none_left_out() {
    let image = signed::image();
    let mut device = Device { state: State::NEW, work: Work::IDLE, room: [0; ROOM] };
    let mut changed = 0;
    for (at, byte) in image.iter().enumerate() {
        assert!(!device.clone().trusts(), "{at} bytes");
        for bit in 0..8 {
            let mut other = device.clone();
            let taken = other.takes(&[byte ^ 1 << bit]) && other.takes(&image[at + 1..]);
            assert!(!taken || !other.trusts(), "{at} {bit}");
            changed += 1;
        }
        assert!(device.takes(&[*byte]), "{at}");
    }
    assert!(device.trusts());
    println!("{changed} changed bits, {} truncations of a signed image", image.len());
}
