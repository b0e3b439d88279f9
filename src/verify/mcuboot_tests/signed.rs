// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A signed image, judged as a device does that trusts one key.

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest as _, Sha256};

use super::maker::{dependency, Image};
use super::{sha256, Parser, State, Work, MCUBOOT, ROOM};
use crate::verify::ed25519;

const ID: [u8; 32] = [7; 32];

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn image() -> Vec<u8> {
    let protected = vec![(0x50, vec![7, 0, 0, 0]), dependency(1), (0xa0, b"vendor".to_vec())];
    let image = Image { body: vec![0x5a; 700], protected, ..Image::least() };
    let digest = Sha256::digest(image.covered());
    let signature = key().sign(&digest).to_bytes().to_vec();
    Image { behind: vec![(0x01, ID.to_vec()), (0x24, signature)], ..image }.bytes()
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
                *claim.key == ID
                    && ed25519::verify(&key().verifying_key().to_bytes(), claim.digest, signature)
            })
    }
}

#[test]
fn no_bit_of_a_signed_image_can_be_changed_and_none_left_out() {
    let image = image();
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
