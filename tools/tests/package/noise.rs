// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What looks random, and is the same every time.

/// Bytes that look random, always the same.
pub struct Noise(pub u64);

impl Noise {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    pub fn text(&mut self, longest: usize) -> String {
        const LETTERS: [&str; 12] = ["a", "B", "7", ".", "-", "_", "ö", "=", ",", "日", "\"", "\\"];
        let length = 1 + self.below(longest / 3);
        (0..length).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }
}
