// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Base64 (RFC 4648), cut anywhere. Bits that belong to no byte must be 0.

use crate::object::format::Wrapping;
use crate::object::Refusal;

/// Which texts are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Base64 {
    /// Section 4, with padding.
    Standard,
    /// Section 5 without padding, which is what SenML-JSON has; and section 4, with it or
    /// without, which is what Wakaama sends there.
    Any,
}

impl Base64 {
    fn digit(self, c: u8) -> Option<u32> {
        let from = |first: u8, value: u32| u32::from(c.wrapping_sub(first)).wrapping_add(value);
        match c {
            b'A'..=b'Z' => Some(from(b'A', 0)),
            b'a'..=b'z' => Some(from(b'a', 26)),
            b'0'..=b'9' => Some(from(b'0', 52)),
            b'+' => Some(62),
            b'/' => Some(63),
            b'-' if self == Base64::Any => Some(62),
            b'_' if self == Base64::Any => Some(63),
            _ => None,
        }
    }

    /// Takes the next character, and puts the byte that it completes, if any, at `length`
    /// into the room. Of the state, `need` counts the characters of a group, `depth` tells
    /// that there was padding, and `number` has the bits that are no byte yet.
    #[inline(never)]
    pub fn take(
        self,
        state: &mut Wrapping,
        c: u8,
        room: &mut [u8],
        length: &mut usize,
    ) -> Result<(), Refusal> {
        let at = state.need & 3;
        state.need = at.wrapping_add(1) & 3;
        if c == b'=' && at >= 2 && state.number == 0 {
            state.depth = 1;
            return Ok(());
        }
        let six = self.digit(c).filter(|_| state.depth == 0).ok_or(Refusal::BadRequest)?;
        let bits = state.number << 6 | six;
        // The bits that stay: 6, 4, 2, 0.
        let stay = (3 ^ at) << 1;
        state.number = bits & !(u32::MAX << stay);
        if at > 0 {
            *room.get_mut(*length).ok_or(Refusal::TooLarge)? = (bits >> stay) as u8;
            *length = length.wrapping_add(1);
        }
        Ok(())
    }

    /// Whether the text may end here.
    pub fn is_whole(self, state: &Wrapping) -> bool {
        match state.need & 3 {
            0 => true,
            1 => false,
            _ => self == Base64::Any && state.depth == 0 && state.number == 0,
        }
    }
}
