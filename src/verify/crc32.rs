// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CRC-32 (ISO-HDLC), in two sizes: the crc crate's table of 1 KiB, and that of records.

use super::{Digest, Work, CRC32};
use crate::record::crc32::update;

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
