// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Images of any TLVs, mostly right.

use super::maker::{dependency, ecdsa, ed25519, Image};
use super::reader::read;
use super::{pulled, result, MORE};
use sha2::{Digest as _, Sha256};

/// The same numbers each time.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    fn random_bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    pub fn image(&mut self) -> Vec<u8> {
        let mut image = Image { header: 32 + self.below(100) as u16, ..Image::least() };
        image.flags = [0, 0x10, 0x20, 0x100, 0x131][self.below(5)];
        image.version = (self.below(256) as u8, self.below(30) as u8, self.below(65536) as u16, 0);
        image.version.3 = [0, 1, 99, 4_000_000_000][self.below(4)];
        let length = self.below(300);
        image.body = self.random_bytes(length);
        for (kind, length) in [(0x50, 4), (0x60, 50), (0x74, 16), (0x75, 16), (0xa0 + self.below(90), 9)] {
            if self.below(3) == 0 {
                let value = self.random_bytes(length);
                image.protected.push((kind as u16, value));
            }
        }
        for n in 0..[0, 1, 3, 30][self.below(4)] {
            image.protected.push(dependency(n));
        }
        let (size, zeros) = [(70, 0), (71, 1), (72, 0), (68, 4), (70, 1)][self.below(5)];
        image.behind = [vec![], ed25519(), ecdsa(size, zeros)][self.below(3)].clone();
        let (last, any) = (image.protected.len(), self.below(256) as u16);
        let at = self.below(last + 1);
        match self.below(8) {
            0 if at < last => image.protected.push(image.protected[at].clone()),
            1 if at < last => image.protected[at].0 = any,
            2 if at < last => drop(image.protected[at].1.pop()),
            3 => image.behind.insert(self.below(image.behind.len() + 1), (any, vec![1; 32])),
            4 => image.flags ^= 1 << self.below(32),
            _ => {}
        }
        let mut image = image.bytes();
        match self.below(20) {
            0 => image.push(0),
            1 => drop(image.pop()),
            2 | 3 => {
                let at = self.below(image.len());
                image[at] ^= 1 << self.below(8);
            }
            _ => {}
        }
        image
    }

    /// Alters something: a bit, a byte, a length, a piece.
    pub fn alter(&mut self, image: &mut Vec<u8>) {
        // More often where the TLVs are.
        let from = if self.below(3) == 0 { 0 } else { image.len().saturating_sub(200) };
        let at = from + self.below(image.len() - from);
        match self.below(6) {
            0 => image[at] = self.below(256) as u8,
            1 => image[at] = [0, 1, 4, 0x10, 0x22, 0x24, 0x40, 0x50, 0x60, 0x74, 0xa0, 0xff][self.below(12)],
            2 => image.truncate(at + 1),
            3 => {
                let piece = image[at..].iter().take(self.below(80)).copied().collect::<Vec<_>>();
                image.splice(at..at, piece);
            }
            _ => image[at] ^= 1 << self.below(8),
        }
    }

    /// With the digest that it has to have, where it has one.
    pub fn digest(&mut self, image: &mut [u8]) {
        let word =
            |at: usize| image.get(at..at + 2).map_or(0, |b| usize::from(u16::from_le_bytes([b[0], b[1]])));
        let covered = word(8) + word(10) + word(12);
        if let Some((covered, [_, _, _, _, 0x10, 0, 32, 0, digest @ ..])) =
            image.split_at_mut_checked(covered)
        {
            if let Some(digest) = digest.get_mut(..32) {
                digest.copy_from_slice(&Sha256::digest(covered));
            }
        }
    }
}

#[test]
fn made_up_images_and_altered_ones_are_read_as_the_other_reader_reads_them() {
    let mut dice = Dice(0x4d43_5542);
    let mut seen = std::collections::BTreeMap::new();
    for n in 0..5000 {
        let mut image = dice.image();
        let more = [0, 12, 100, MORE][dice.below(4)];
        for _ in 0..5 {
            let want = read(&image, more);
            let got = pulled(&image, more);
            assert_eq!(got.map_err(result), want, "{n}: {image:02x?}");
            *seen.entry(want.map_or_else(|result| result, |_| 0)).or_insert(0) += 1;
            dice.alter(&mut image);
            if dice.below(4) != 0 {
                dice.digest(&mut image);
            }
        }
    }
    println!("{seen:?}");
    assert!([0, 51, 53, 54].iter().all(|result| seen.get(result).is_some_and(|n| *n > 300)), "{seen:?}");
}
