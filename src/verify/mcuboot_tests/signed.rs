// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A signed image, judged as a device does that trusts one key.

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest as _, Sha256};

use super::maker::{dependency, Image};
use super::whole;
use crate::verify::ed25519;

pub const ID: [u8; 32] = [7; 32];

pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

pub fn image() -> Vec<u8> {
    let protected = vec![(0x50, vec![7, 0, 0, 0]), dependency(1), (0xa0, b"vendor".to_vec())];
    let image = Image { body: vec![0x5a; 700], protected, ..Image::least() };
    let digest = Sha256::digest(image.covered());
    let signature = key().sign(&digest).to_bytes().to_vec();
    Image { behind: vec![(0x01, ID.to_vec()), (0x24, signature)], ..image }.bytes()
}

/// Whether a device takes it that trusts one key.
fn trusts(image: &[u8]) -> bool {
    let claim = whole(image).ok().and_then(|told| told.claim);
    claim.is_some_and(|(algorithm, id, digest, signature)| {
        let (digest, signature) = (digest.first_chunk().unwrap(), signature.first_chunk().unwrap());
        let owner = key().verifying_key().to_bytes();
        algorithm == 1 && id == ID && ed25519::verify(&owner, digest, signature)
    })
}

#[test]
fn no_bit_of_a_signed_image_can_be_changed_and_none_left_out() {
    let mut image = image();
    assert!(trusts(&image));
    for at in 0..image.len() {
        assert!(!trusts(&image[..at]), "{at} bytes");
        for bit in 0..8 {
            image[at] ^= 1 << bit;
            assert!(!trusts(&image), "{at} {bit}");
            image[at] ^= 1 << bit;
        }
    }
    println!("{} changed bits, {} truncations of a signed image", 8 * image.len(), image.len());
}
