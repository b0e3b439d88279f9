// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What makes a package acceptable: its length and its digest.

pub mod container;
pub mod crc32;
pub mod ed25519;
mod field;
pub mod manifest;
pub mod mcuboot;
pub mod sha256;
mod sha512;
pub mod version;
#[cfg(any(test, feature = "std"))]
pub mod writer;

#[cfg(test)]
mod manifest_tests;
#[cfg(test)]
pub(crate) mod mcuboot_tests;

/// Nothing but the length.
pub(crate) const NO_DIGEST: u8 = 0;
/// CRC-32 (ISO-HDLC). It finds accidents, not attackers.
pub(crate) const CRC32: u8 = 1;
/// SHA-256.
pub const SHA256: u8 = 2;

/// Bytes of a digest.
pub fn digest_size(algorithm: u8) -> usize {
    match algorithm {
        CRC32 => 4,
        SHA256 => 32,
        _ => 0,
    }
}

/// The state of a digest under way, of any algorithm: transfers have room for one.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Work {
    pub words: [u32; 8],
    /// At the end, the digest is in the first bytes.
    pub block: [u8; 64],
    pub length: u32,
    /// Who computes it, if the firmware does.
    pub engine: Engine,
}

/// What the firmware knows a digest by that it computes itself.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Engine {
    pub host: *const (),
    /// A digest of its own for each.
    pub slot: u16,
    /// It could not: whatever the digest is, it is wrong.
    pub failed: bool,
}

impl Work {
    /// Nothing under way.
    pub const IDLE: Work = Work {
        words: [0; 8],
        block: [0; 64],
        length: 0,
        engine: Engine { host: core::ptr::null(), slot: 0, failed: false },
    };

    /// Whether the digest that has been computed is the expected one. Every byte is
    /// looked at, so that a local observer learns nothing from the time it takes.
    #[inline(never)]
    pub fn is(&self, expected: &[u8]) -> bool {
        let difference = self.block.iter().zip(expected).fold(0, |seen, (a, b)| seen | (a ^ b));
        !expected.is_empty() && difference == 0 && !self.engine.failed
    }
}

/// An algorithm. Parts of the archive name them, so that only what is named is linked.
#[derive(Debug)]
pub struct Digest {
    /// [`CRC32`] or [`SHA256`].
    pub algorithm: u8,
    /// The firmware computes it.
    pub hosted: bool,
    /// Begins.
    pub start: fn(&mut Work),
    /// Takes the next bytes.
    pub update: fn(&mut Work, &[u8]),
    /// Ends: the digest is in the block.
    pub finish: fn(&mut Work),
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    fn digest<const N: usize>(of: &Digest, data: &[u8], chunk: usize) -> [u8; N] {
        let mut work = Work { words: [7; 8], block: [7; 64], length: 7, ..Work::IDLE };
        (of.start)(&mut work);
        for piece in data.chunks(chunk) {
            (of.update)(&mut work, piece);
        }
        (of.finish)(&mut work);
        *work.block.first_chunk().unwrap()
    }

    #[test]
    fn sha256_agrees_with_the_sha2_crate_at_every_length_and_cut() {
        use sha2::Digest as _;
        let data: Vec<u8> = (0..400u32).map(|n| (n * 7 + n / 13) as u8).collect();
        for length in 0..300 {
            let want: [u8; 32] = sha2::Sha256::digest(&data[..length]).into();
            for chunk in [1, 3, 63, 64, 65, 300] {
                assert_eq!(digest(&sha256::DIGEST, &data[..length], chunk), want, "{length} {chunk}");
            }
        }
    }

    #[test]
    fn both_crcs_agree_with_the_catalogue() {
        let crate_crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
        assert_eq!(crate_crc.checksum(b"123456789"), 0xCBF4_3926);
        let data: Vec<u8> = (0..300u32).map(|n| (n * 11) as u8).collect();
        for length in 0..300 {
            let want = crate_crc.checksum(&data[..length]).to_be_bytes();
            for of in [&crc32::TABLE, &crc32::SMALL] {
                for chunk in [1, 7, 300] {
                    assert_eq!(digest(of, &data[..length], chunk), want);
                }
            }
        }
    }

    #[test]
    fn nothing_expected_matches_nothing() {
        let mut work = Work { block: [9; 64], ..Work::IDLE };
        let mut expected = [9; 32];
        assert!(!work.is(&[]));
        assert!(work.is(&expected));
        expected[31] = 8;
        assert!(!work.is(&expected));
        expected[30] = 8;
        assert!(!work.is(&expected), "two differences do not make it good");
        assert!(work.is(&expected[..4]), "only as many bytes count as there are");
        work.block[3] = 8;
        assert!(!work.is(&expected[..4]));
    }
}
