// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Base64 (RFC 4648), cut anywhere: with padding and the alphabet of section 4, or without
//! padding and in that of section 5. One text stands for given bytes, no other.

use crate::object::format::Wrapping;
use crate::object::Refusal;

/// The two characters in which alphabets differ, and whether there is padding.
pub(super) struct Alphabet {
    pub last: [u8; 2],
    pub padded: bool,
}

/// Section 4.
pub(super) static STANDARD: Alphabet = Alphabet { last: *b"+/", padded: true };

impl Alphabet {
    fn digit(&self, c: u8) -> Option<u32> {
        let [plus, slash] = self.last;
        let from = |first: u8, value: u32| u32::from(c.wrapping_sub(first)).wrapping_add(value);
        match c {
            b'A'..=b'Z' => Some(from(b'A', 0)),
            b'a'..=b'z' => Some(from(b'a', 26)),
            b'0'..=b'9' => Some(from(b'0', 52)),
            _ if c == plus => Some(62),
            _ if c == slash => Some(63),
            _ => None,
        }
    }

    /// Takes the next character, and gives the byte that it completes. Of the state,
    /// `need` counts the characters of a group, `depth` those that are padding, and
    /// `number` has the bits that are no byte yet.
    pub fn take(&self, state: &mut Wrapping, c: u8) -> Result<Option<u8>, Refusal> {
        let at = state.need & 3;
        state.need = at.wrapping_add(1) & 3;
        if self.padded && c == b'=' && at >= 2 {
            state.depth = 1;
            return if state.number == 0 { Ok(None) } else { Err(Refusal::BadRequest) };
        }
        let six = self.digit(c).filter(|_| state.depth == 0).ok_or(Refusal::BadRequest)?;
        let bits = state.number << 6 | six;
        // The bits that stay: 6, 4, 2, 0.
        let stay = (3 ^ at) << 1;
        state.number = bits & !(u32::MAX << stay);
        Ok((at > 0).then_some((bits >> stay) as u8))
    }

    /// Whether the text may end here.
    pub fn is_whole(&self, state: &Wrapping) -> bool {
        if self.padded {
            state.need & 3 == 0
        } else {
            state.need & 3 != 1 && state.number == 0
        }
    }
}
