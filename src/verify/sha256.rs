// SPDX-License-Identifier: Apache-2.0 OR MIT
//! SHA-256 (FIPS 180-4), rolled: 1 KiB of flash where the sha2 crate takes 7 to 14.

use super::{Digest, Work, SHA256};

/// The algorithm.
pub static DIGEST: Digest = Digest { algorithm: SHA256, hosted: false, start, update, finish };

pub(super) static K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

static START: [u32; 8] =
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

fn start(work: &mut Work) {
    for (to, from) in work.words.iter_mut().zip(&START) {
        *to = *from;
    }
    work.length = 0;
}

#[inline(never)]
fn update(work: &mut Work, mut bytes: &[u8]) {
    let filled = (work.length & 63) as usize;
    work.length = work.length.wrapping_add(bytes.len() as u32);
    if filled != 0 {
        let Some(room) = work.block.get_mut(filled..) else {
            return;
        };
        let (now, later) = bytes.split_at_checked(room.len().min(bytes.len())).unwrap_or_default();
        for (to, from) in room.iter_mut().zip(now) {
            *to = *from;
        }
        if now.len() < room.len() {
            return;
        }
        compress(&mut work.words, &work.block);
        bytes = later;
    }
    while let Some((block, rest)) = bytes.split_first_chunk::<64>() {
        compress(&mut work.words, block);
        bytes = rest;
    }
    for (to, from) in work.block.iter_mut().zip(bytes) {
        *to = *from;
    }
}

fn finish(work: &mut Work) {
    let bits = u64::from(work.length) << 3;
    // A bit, and zeros up to where the length is.
    let mut next = 0x80;
    while next != 0 || work.length & 63 != 56 {
        update(work, &[next]);
        next = 0;
    }
    update(work, &bits.to_be_bytes());
    for (to, word) in work.block.chunks_exact_mut(4).zip(&work.words) {
        if let [a, b, c, d] = to {
            [*a, *b, *c, *d] = word.to_be_bytes();
        }
    }
}

#[inline(never)]
fn compress(state: &mut [u32; 8], block: &[u8; 64]) {
    let mut w = [0u32; 16];
    for (word, bytes) in w.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (t, k) in (0..64usize).zip(&K) {
        let at = |n: usize| w.get(t.wrapping_add(n) & 15).copied().unwrap_or(0);
        let word = if t < 16 {
            at(0)
        } else {
            let (x, y) = (at(1), at(14));
            let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3;
            let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ y >> 10;
            at(0).wrapping_add(s0).wrapping_add(at(9)).wrapping_add(s1)
        };
        if let Some(slot) = w.get_mut(t & 15) {
            *slot = word;
        }
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let t1 = h.wrapping_add(s1).wrapping_add(g ^ e & (f ^ g)).wrapping_add(*k).wrapping_add(word);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let t2 = s0.wrapping_add(a & b | c & (a | b));
        h = g;
        g = f;
        f = e;
        e = d.wrapping_add(t1);
        d = c;
        c = b;
        b = a;
        a = t1.wrapping_add(t2);
    }
    for (old, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *old = old.wrapping_add(new);
    }
}
