// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The Block1 and Block2 option values of RFC 7959: a 20-bit block number,
//! the "more" flag and the size exponent, in 0 to 3 bytes.

/// The largest block number the option can carry (20 bits).
pub const MAX_NUM: u32 = (1 << 20) - 1;
/// The largest size exponent on UDP (1024 bytes). 7 is reserved.
pub const MAX_SZX: u8 = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub num: u32,
    pub more: bool,
    pub szx: u8,
}

impl Block {
    /// The option value in its shortest form, or `None` if a field is out of range.
    pub fn encode(self) -> Option<Vec<u8>> {
        if self.num > MAX_NUM || self.szx > MAX_SZX {
            return None;
        }
        let word = self.num << 4 | u32::from(self.more) << 3 | u32::from(self.szx);
        Some(crate::coap::uint_bytes(word))
    }

    /// Reads an option value; longer than 3 bytes or SZX 7 is malformed.
    pub fn decode(bytes: &[u8]) -> Option<Block> {
        if bytes.len() > 3 {
            return None;
        }
        let word = crate::coap::uint_value(bytes)?;
        let block = Block { num: word >> 4, more: word & 8 != 0, szx: (word & 7) as u8 };
        (block.szx <= MAX_SZX).then_some(block)
    }

    /// The block that starts at `offset`, if it has a number.
    pub fn at(offset: usize, more: bool, szx: u8) -> Option<Block> {
        let num = u32::try_from(offset / size_of(szx)).ok()?;
        (num <= MAX_NUM && szx <= MAX_SZX).then_some(Block { num, more, szx })
    }

    /// The block size in bytes.
    pub fn size(self) -> usize {
        size_of(self.szx)
    }
}

/// Bytes of a block with this size exponent.
pub fn size_of(szx: u8) -> usize {
    16 << szx
}

/// The size exponent of a block size of 16, 32, ... 1024.
pub fn szx_of(size: usize) -> Option<u8> {
    (0..=MAX_SZX).find(|&szx| size_of(szx) == size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(num: u32, more: bool, szx: u8) -> Vec<u8> {
        let block = Block { num, more, szx };
        let bytes = block.encode().expect("in range");
        assert_eq!(Block::decode(&bytes), Some(block));
        bytes
    }

    #[test]
    fn known_encodings() {
        assert!(round_trip(0, false, 0).is_empty());
        assert_eq!(round_trip(0, true, 6), [0x0e]);
        assert_eq!(round_trip(1, true, 6), [0x1e]);
        assert_eq!(round_trip(15, false, 2), [0xf2]);
        assert_eq!(round_trip(16, true, 2), [0x01, 0x0a]);
        assert_eq!(round_trip(4095, true, 6), [0xff, 0xfe]);
    }

    #[test]
    fn numbers_beyond_twelve_bits() {
        assert_eq!(round_trip(4096, true, 6), [0x01, 0x00, 0x0e]);
        assert_eq!(round_trip(4097, false, 0), [0x01, 0x00, 0x10]);
        assert_eq!(round_trip(65_535, true, 0), [0x0f, 0xff, 0xf8]);
        assert_eq!(round_trip(65_536, true, 0), [0x10, 0x00, 0x08]);
        assert_eq!(round_trip(MAX_NUM, true, 6), [0xff, 0xff, 0xfe]);
    }

    #[test]
    fn every_number_survives() {
        for num in (0..=MAX_NUM).step_by(97) {
            round_trip(num, num % 2 == 0, (num % 7) as u8);
        }
    }

    #[test]
    fn out_of_range_is_refused() {
        let too_far = Block { num: MAX_NUM + 1, more: false, szx: 0 };
        assert_eq!(too_far.encode(), None);
        let reserved = Block { num: 0, more: false, szx: 7 };
        assert_eq!(reserved.encode(), None);
        assert_eq!(Block::decode(&[0x07]), None);
        assert_eq!(Block::decode(&[0, 0, 0, 0x0e]), None);
    }

    #[test]
    fn leading_zeros_are_read() {
        let expected = Some(Block { num: 0, more: true, szx: 6 });
        assert_eq!(Block::decode(&[0, 0, 0x0e]), expected);
    }

    #[test]
    fn offsets() {
        let block = Block::at(128, true, 1).expect("in range");
        assert_eq!((block.num, block.size()), (4, 32));
        assert!(Block::at((1 << 24) - 16, false, 0).is_some());
        assert_eq!(Block::at(1 << 24, false, 0), None);
        assert_eq!(szx_of(1024), Some(6));
        assert_eq!(szx_of(16), Some(0));
        assert_eq!(szx_of(100), None);
        assert_eq!(szx_of(2048), None);
    }
}
