// SPDX-License-Identifier: Apache-2.0 OR MIT
//! MCUboot images, made here: whole, cut, shortened and altered, and made-up ones, against a
//! reader of their own. Images of imgtool are in tests/mcuboot.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)]

mod lies;
mod made_up;
pub(crate) mod maker;
mod reader;
mod signed;
mod streamed;

use super::container::Fault;
use super::image::{self, VERSION};
use maker::good;
use reader::{read, Told};
use sha2::{Digest as _, Sha256};

/// Bytes of room for dependencies.
const MORE: usize = 312;

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

/// Reads an image as a device does that has stored it.
fn pulled(image: &[u8], more: usize) -> Result<Told, Fault> {
    let mut state = image::Image::NEW;
    read_into(&mut state, image, more)
}

fn read_into(state: &mut image::Image, image: &[u8], more: usize) -> Result<Told, Fault> {
    let more = &mut vec![0xee; more];
    let known = whole_image(state, image, more);
    if known.is_err() {
        assert_eq!((state.claim(), state.total()), (None, 0), "after a fault nothing is good");
    }
    known?;
    if state.total() as usize != image.len() {
        return Err(Fault::Malformed);
    }
    let room = &mut [0xee; VERSION];
    let about = state.facts(more, state.version(room));
    assert_eq!((about.name, about.device, about.minimum, about.components), (&[][..], &[][..], &[][..], 0));
    Ok(Told {
        version: String::from_utf8(about.version.to_vec()).unwrap(),
        counter: about.counter,
        vendor: about.vendor.to_vec(),
        class: about.class.to_vec(),
        dependencies: about.dependencies.to_vec(),
        claim: state.claim().map(|c| (c.algorithm, c.key.to_vec(), c.digest.to_vec(), c.signature.to_vec())),
    })
}

fn whole_image(state: &mut image::Image, image: &[u8], more: &mut [u8]) -> Result<(), Fault> {
    state.header(image.first_chunk().ok_or(Fault::Malformed)?)?;
    let covered = image.get(..state.covered() as usize).ok_or(Fault::Malformed)?;
    state.tail(&Sha256::digest(covered).into(), more, &mut bytes_of(image))
}

fn whole(image: &[u8]) -> Result<Told, Fault> {
    pulled(image, MORE)
}

#[track_caller]
fn expect(image: &[u8], want: u8, what: &str) {
    let got = whole(image);
    assert_eq!(got.clone().map_err(result), read(image, MORE), "{what}");
    assert_eq!(got.map_or_else(result, |_| 0), want, "{what}");
    assert!(streamed::agree(image, MORE), "{what}");
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
fn nothing_is_left_of_another_image() {
    let all = good();
    for (name, first) in &all {
        let mut wrong = first.clone();
        *wrong.last_mut().unwrap() ^= 1;
        for (other, second) in &all {
            let mut state = image::Image::NEW;
            for before in [first, &wrong, &first[..first.len() - 1]] {
                let _ = whole_image(&mut state, before, &mut [0; MORE]);
                assert_eq!(read_into(&mut state, second, MORE), whole(second), "{name} {other}");
            }
            let mut header = *first.first_chunk().unwrap();
            header[0] ^= 1;
            assert_eq!(state.header(&header), Err(Fault::Unsupported));
            assert_eq!((state.claim(), state.total(), state.covered()), (None, 0, 0), "{name} {other}");
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
            let mut state = image::Image::NEW;
            assert_eq!(whole_image(&mut state, &longer, &mut [0; MORE]), Ok(()), "{name}");
            assert_eq!(state.total() as usize, image.len(), "{name}: so long, and no longer");
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
fn dependencies_that_do_not_fit_are_refused() {
    for (name, image) in good() {
        let told = whole(&image).unwrap();
        let size = told.dependencies.len();
        for room in 0..size {
            assert_eq!(pulled(&image, room), Err(Fault::NoRoom), "{name} {room}");
        }
        for room in [size, 70_000] {
            assert_eq!(pulled(&image, room), Ok(told.clone()), "{name}");
        }
    }
}
