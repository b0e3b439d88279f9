// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CRC-32 (ISO-HDLC), in two sizes: the crc crate's table of 1 KiB, and one of 128
//! bytes, which the crate does not have, for an eighth of the flash.

use super::{Digest, Work, CRC32};

static CRATE: crc::Crc<u32, crc::Table<1>> = crc::Crc::<u32, crc::Table<1>>::new(&crc::CRC_32_ISO_HDLC);

/// Fast.
pub static TABLE: Digest = Digest {
    algorithm: CRC32,
    hosted: false,
    start,
    update: |work, bytes| {
        // The crate takes the start value unreflected, and hands out the end reflected.
        if let Some(register) = work.words.first_mut() {
            let mut digest = CRATE.digest_with_initial(register.reverse_bits());
            digest.update(bytes);
            *register = !digest.finalize();
        }
    },
    finish,
};

/// Small.
pub static SMALL: Digest = Digest {
    algorithm: CRC32,
    hosted: false,
    start,
    update: |work, bytes| {
        if let Some(register) = work.words.first_mut() {
            *register = update(*register, bytes);
        }
    },
    finish,
};

fn start(work: &mut Work) {
    work.words = [u32::MAX; 8]; // of which only the first counts
}

fn finish(work: &mut Work) {
    let [register, ..] = work.words;
    for (out, byte) in work.block.iter_mut().zip((!register).to_be_bytes()) {
        *out = byte;
    }
}

/// Of one whole text: what guards a record.
pub fn checksum(bytes: &[u8]) -> u32 {
    !update(u32::MAX, bytes)
}

/// What the low and the high half of a byte come to, eight bits later.
static HALVES: [[u32; 16]; 2] = [halves(1), halves(16)];

const fn halves(step: u32) -> [u32; 16] {
    let mut table = [0u32; 16];
    let mut left: &mut [u32] = &mut table;
    let mut n = 0u32;
    while let [first, rest @ ..] = left {
        let mut bit = 0u8;
        let mut value = n;
        while bit < 8 {
            value = if value & 1 != 0 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
            bit = bit.wrapping_add(1);
        }
        *first = value;
        n = n.wrapping_add(step);
        left = rest;
    }
    table
}

fn update(register: u32, bytes: &[u8]) -> u32 {
    let [low, high] = &HALVES;
    let half = |table: &[u32; 16], n: u32| table.get((n & 15) as usize).copied().unwrap_or(0);
    bytes.iter().fold(register, |register, byte| {
        let n = register ^ u32::from(*byte);
        register >> 8 ^ half(low, n) ^ half(high, n >> 4)
    })
}
