// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Writing one message. What does not fit, or is out of order, is found at the end.

use super::message::MARKER;
use super::{Kind, MAX_TOKEN};

/// A message that is being written: first options in ascending order, then the payload.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut [u8],
    length: usize,
    number: u16,
}

/// More than there is room for anywhere.
const IMPOSSIBLE: usize = usize::MAX;

impl<'a> Writer<'a> {
    /// Begins one.
    pub fn new(out: &'a mut [u8], kind: Kind, code: u8, id: u16, token: &[u8]) -> Writer<'a> {
        let mut writer = Writer { out, length: 0, number: 0 };
        let [high, low] = id.to_be_bytes();
        writer.bytes(&[1 << 6 | (kind as u8) << 4 | token.len() as u8 & 15, code, high, low]);
        writer.bytes(token);
        if token.len() > MAX_TOKEN {
            writer.length = IMPOSSIBLE;
        }
        writer
    }

    /// One option more, with a number that is not less than the one before.
    #[inline(never)]
    pub fn option(&mut self, number: u16, value: &[u8]) {
        let (delta, length) = (u32::from(number.wrapping_sub(self.number)), value.len() as u32);
        if number < self.number || value.len() > LONGEST {
            self.length = IMPOSSIBLE;
        }
        self.number = number;
        self.bytes(&[bits(delta) << 4 | bits(length)]);
        self.extension(delta);
        self.extension(length);
        self.bytes(value);
    }

    /// One whose value is a number, in as few bytes as there can be.
    pub fn uint(&mut self, number: u16, value: u32) {
        let skip = value.leading_zeros() / 8;
        self.option(number, value.to_be_bytes().get(skip as usize..).unwrap_or(&[]));
    }

    /// The payload, if there is one. Nothing comes after it.
    pub fn payload(&mut self, payload: &[u8]) {
        if !payload.is_empty() {
            self.bytes(&[MARKER]);
            self.bytes(payload);
        }
    }

    /// How long the message is; `None`: it is none.
    pub fn finish(self) -> Option<usize> {
        (self.length <= self.out.len()).then_some(self.length)
    }

    fn extension(&mut self, number: u32) {
        if let 13..=268 = number {
            self.bytes(&[number.wrapping_sub(13) as u8]);
        } else if number > 268 {
            self.bytes(&(number.wrapping_sub(269) as u16).to_be_bytes());
        }
    }

    #[inline(never)]
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if let Some(place) = self.out.get_mut(self.length) {
                *place = *byte;
            }
            self.length = self.length.saturating_add(1);
        }
    }
}

/// The most bytes that an option can have.
const LONGEST: usize = 269 + 65535;

/// The four bits in which a delta or a length begins.
fn bits(number: u32) -> u8 {
    match number {
        0..=12 => number as u8,
        13..=268 => 13,
        _ => 14,
    }
}
