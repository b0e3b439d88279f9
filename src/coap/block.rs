// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Block1 and Block2: which piece of a body a message has.

use super::message::Opt;

/// One block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block(u32);

/// The largest block's SZX; 7 is for reliable transports only.
const SZX_1024: u32 = 6;

impl Block {
    /// Block `number` (20 bits) of `16 << szx` bytes; `None`: there is no such.
    pub fn new(number: u32, more: bool, szx: u32) -> Option<Block> {
        (number < 1 << 20 && szx <= SZX_1024).then_some(Block(number << 4 | u32::from(more) << 3 | szx))
    }

    /// Of an option; `None`: it is undecodable.
    pub fn of(option: &Opt<'_>) -> Option<Block> {
        let value = option.uint(3)?;
        Block::new(value >> 4, value & 8 != 0, value & 7)
    }

    /// As the value of an option.
    pub fn value(self) -> u32 {
        self.0
    }

    /// Bytes of a block, but for the last.
    pub fn size(self) -> u32 {
        16 << (self.0 & 7)
    }

    /// Where it begins in the body.
    pub fn offset(self) -> u32 {
        (self.0 >> 4) << (self.0 & 7).wrapping_add(4)
    }

    /// Whether more come.
    pub fn more(self) -> bool {
        self.0 & 8 != 0
    }

    /// Whether it can have so many bytes.
    pub fn can_have(self, length: usize) -> bool {
        let size = self.size() as usize;
        length == size || (length < size && !self.more())
    }
}
