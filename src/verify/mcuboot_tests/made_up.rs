// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Images of any TLVs, mostly right.

use super::maker::{dependency, ecdsa, ed25519, Image};
use super::reader::read;
use super::{result, take, ROOM};

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    fn random_bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    fn image(&mut self) -> Vec<u8> {
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
}

#[test]
fn made_up_images_are_read_as_the_other_reader_reads_them() {
    let mut dice = Dice(0x4d43_5542);
    let mut seen = std::collections::BTreeMap::new();
    for n in 0..2000 {
        let image = dice.image();
        let want = read(&image, ROOM);
        let cut = [1, 16, 100, 5000][dice.below(4)];
        let got = take(image.chunks(cut), &mut [0; ROOM], true);
        assert_eq!(got.map_err(result), want, "{n}: {image:02x?}");
        *seen.entry(want.map_or_else(|result| result, |_| 0)).or_insert(0) += 1;
    }
    println!("{seen:?}");
    assert!([0, 51, 53, 54].iter().all(|result| seen.get(result).is_some_and(|n| *n > 50)), "{seen:?}");
}
