// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CRC-32 (ISO-HDLC) by a table of 128 bytes, which the crc crate does not have, for an eighth
//! of the flash of its own.

/// Returns the check sum of one whole text: it guards a record.
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

/// Adds bytes to a register, which is ones at the beginning.
pub(crate) fn update(register: u32, bytes: &[u8]) -> u32 {
    let [low, high] = &HALVES;
    let half = |table: &[u32; 16], n: u32| table.get((n & 15) as usize).copied().unwrap_or(0);
    bytes.iter().fold(register, |register, byte| {
        let n = register ^ u32::from(*byte);
        register >> 8 ^ half(low, n) ^ half(high, n >> 4)
    })
}
