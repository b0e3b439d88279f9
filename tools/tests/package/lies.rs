// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Packages whose insides are wrong.

use crate::desk::*;
use crate::noise::Noise;
use crate::reader;

#[test]
fn lengths_that_lie() {
    let desk = Desk::new();
    let good = vector("signed");
    let lie = |at: usize, bytes: &[u8]| {
        let mut package = good.clone();
        package[at..at + bytes.len()].copy_from_slice(bytes);
        desk.write("it.swpk", &package);
        let result = desk.verdict("--unsigned it.swpk").0;
        assert_eq!(reader::read(&package).err().map(i64::from), Some(result), "{at} {bytes:?}");
        result
    };
    for (at, bytes) in [
        (6, &[0, 0][..]), // the manifest
        (6, &[12, 0]),
        (6, &[13, 0]),
        (6, &[215, 0]),
        (6, &[255, 255]),
        (8, &[0, 0, 0, 0]), // the package
        (8, &[216, 0, 0, 0]),
        (8, &[251, 0, 0, 0]),
        (8, &[255, 255, 255, 255]),
        (13, &[0, 0]), // the name
        (13, &[255, 0]),
        (13, &[255, 255]),
        (29, &[0, 0]), // the component's field
        (29, &[255, 255]),
        (31, &[0, 0, 0, 0]), // the component
        (31, &[255, 255, 255, 255]),
    ] {
        assert_eq!(lie(at, bytes), 53, "{at} {bytes:?}");
    }
    assert_eq!(lie(13, &[9, 0]), 54, "the next field is none that is known");
}

/// Whole packages with wrong insides: the digest is made right again.
#[test]
fn two_readers_agree_about_altered_packages() {
    let desk = Desk::new();
    let mut noise = Noise(5);
    let (mut taken, mut tried) = (0, 0);
    for round in 0..400 {
        let mut package = vector(["signed", "all", "four", "p256-short", "ignorable"][round % 5]);
        let end = reader::digest_at(&package).expect("digest");
        for _ in 0..1 + noise.below(3) {
            let at = noise.below(end - 6) + 6;
            package[at] =
                [noise.next() as u8, package[at] ^ 1, 0, 255, package[at].wrapping_add(1)][noise.below(5)];
        }
        if let Some(at) = reader::digest_at(&package).filter(|at| at + 35 <= package.len()) {
            let digest = reader::sha256(&package[..at]);
            package[at + 3..at + 35].copy_from_slice(&digest);
        }
        desk.write("it.swpk", &package);
        let here = reader::read(&package).err().map_or(0, i64::from);
        assert_eq!(desk.verdict("--unsigned it.swpk").0, here, "{}", hex(&package));
        tried += 1;
        taken += usize::from(here == 0);
    }
    assert!(taken > 20 && taken < tried - 100, "{taken} of {tried} are good");
}
