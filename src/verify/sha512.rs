// SPDX-License-Identifier: Apache-2.0 OR MIT
//! SHA-512 (FIPS 180-4), of 96 bytes: all that Ed25519 needs where digests are signed.

use super::sha256;

/// The constants' lower halves. The upper ones are SHA-256's constants, and 16 more.
static LOW: [u32; 80] = [
    0xd728ae22, 0x23ef65cd, 0xec4d3b2f, 0x8189dbbc, 0xf348b538, 0xb605d019, 0xaf194f9b, 0xda6d8118,
    0xa3030242, 0x45706fbe, 0x4ee4b28c, 0xd5ffb4e2, 0xf27b896f, 0x3b1696b1, 0x25c71235, 0xcf692694,
    0x9ef14ad2, 0x384f25e3, 0x8b8cd5b5, 0x77ac9c65, 0x592b0275, 0x6ea6e483, 0xbd41fbd4, 0x831153b5,
    0xee66dfab, 0x2db43210, 0x98fb213f, 0xbeef0ee4, 0x3da88fc2, 0x930aa725, 0xe003826f, 0x0a0e6e70,
    0x46d22ffc, 0x5c26c926, 0x5ac42aed, 0x9d95b3df, 0x8baf63de, 0x3c77b2a8, 0x47edaee6, 0x1482353b,
    0x4cf10364, 0xbc423001, 0xd0f89791, 0x0654be30, 0xd6ef5218, 0x5565a910, 0x5771202a, 0x32bbd1b8,
    0xb8d2d0c8, 0x5141ab53, 0xdf8eeb99, 0xe19b48a8, 0xc5c95a63, 0xe3418acb, 0x7763e373, 0xd6b2b8a3,
    0x5defb2fc, 0x43172f60, 0xa1f0ab72, 0x1a6439ec, 0x23631e28, 0xde82bde9, 0xb2c67915, 0xe372532b,
    0xea26619c, 0x21c0c207, 0xcde0eb1e, 0xee6ed178, 0x72176fba, 0xa2c898a6, 0xbef90dae, 0x131c471b,
    0x23047d84, 0x40c72493, 0x15c9bebc, 0x9c100d4c, 0xcb3e42b6, 0xfc657e2a, 0x3ad6faec, 0x4a475817,
];
static HIGH: [u32; 16] = [
    0xca273ece, 0xd186b8c7, 0xeada7dd6, 0xf57d4f7f, 0x06f067aa, 0x0a637dc5, 0x113f9804, 0x1b710b35,
    0x28db77f5, 0x32caab7b, 0x3c9ebe0a, 0x431d67c4, 0x4cc5d4be, 0x597f299c, 0x5fcb6fab, 0x6c44198c,
];

static START: [u64; 8] = [
    0x6a09e667f3bcc908,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
];

/// Of three times 32 bytes, which are one block.
pub fn digest(parts: [&[u8; 32]; 3]) -> [u64; 8] {
    let mut block = [0u64; 16];
    let mut words = block.iter_mut();
    for part in parts {
        for (bytes, word) in part.chunks_exact(8).zip(words.by_ref()) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
    }
    if let [end, .., bits] = words.into_slice() {
        *end = 1 << 63;
        *bits = 3 * 32 * 8;
    }
    compress(&mut block)
}

/// Of the only block.
#[inline(never)]
fn compress(w: &mut [u64; 16]) -> [u64; 8] {
    let mut v = START;
    for (t, low) in (0..80usize).zip(&LOW) {
        let at = |n: usize| w.get(t.wrapping_add(n) & 15).copied().unwrap_or(0);
        let mut word = at(0);
        if t > 15 {
            let (s0, s1) = (mix(at(1), turns(1, 8, 7 | SHIFT)), mix(at(14), turns(19, 61, 6 | SHIFT)));
            word = word.wrapping_add(s0).wrapping_add(at(9)).wrapping_add(s1);
        }
        if let Some(slot) = w.get_mut(t & 15) {
            *slot = word;
        }
        let high = sha256::K.get(t).or(HIGH.get(t.wrapping_sub(64))).copied().unwrap_or(0);
        let k = u64::from(high) << 32 | u64::from(*low);
        let [a, b, c, _, e, f, g, h] = v;
        let s1 = mix(e, turns(14, 18, 41));
        let t1 = h.wrapping_add(s1).wrapping_add(g ^ e & (f ^ g)).wrapping_add(k).wrapping_add(word);
        let t2 = mix(a, turns(28, 34, 39)).wrapping_add(a & b | c & (a | b));
        // All move on by a place.
        let mut next = t1.wrapping_add(t2);
        for (n, word) in v.iter_mut().enumerate() {
            core::mem::swap(word, &mut next);
            if n == 4 {
                *word = word.wrapping_add(t1);
            }
        }
    }
    for (word, start) in v.iter_mut().zip(&START) {
        *word = word.wrapping_add(*start);
    }
    v
}

/// With a turn: what falls out is lost.
const SHIFT: u32 = 64;

/// Three turns to the right, for [`mix`].
const fn turns(a: u32, b: u32, c: u32) -> u32 {
    a << 16 | b << 8 | c
}

/// The sum without carries of a number that has been turned in three ways.
#[inline(never)]
fn mix(x: u64, mut turns: u32) -> u64 {
    let mut sum = 0;
    while turns != 0 {
        sum ^= x >> (turns & 63);
        if turns & SHIFT == 0 {
            sum ^= x << (turns.wrapping_neg() & 63);
        }
        turns >>= 8;
    }
    sum
}

#[cfg(test)]
mod tests {
    use sha2::Digest;

    #[test]
    fn agrees_with_the_sha2_crate() {
        let mut parts = [[0; 32], [1; 32], [255; 32]];
        for _ in 0..100 {
            let want = sha2::Sha512::digest(parts.as_flattened());
            let [a, b, c] = &parts;
            let got = super::digest([a, b, c]).map(u64::to_be_bytes);
            assert_eq!(got.as_flattened(), &want[..]);
            for (byte, other) in parts.as_flattened_mut().iter_mut().zip(want.iter().cycle()) {
                *byte ^= other;
            }
        }
    }
}
