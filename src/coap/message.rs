// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reading one message. All of it is checked once; what is read then lies in the datagram.

use super::{Kind, MAX_TOKEN};

/// A message.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Message<'a> {
    pub kind: Kind,
    /// Class and detail: 0 is empty, below 32 are methods.
    pub code: u8,
    pub id: u16,
    pub token: &'a [u8],
    /// In ascending order, as they are sent.
    pub options: Options<'a>,
    pub payload: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads a datagram; `None`: it is no message, or a malformed one.
    pub fn parse(datagram: &'a [u8]) -> Option<Message<'a>> {
        let (&[first, code, high, low], rest) = datagram.split_first_chunk()?;
        let length = usize::from(first & 15);
        if first >> 6 != 1 || length > MAX_TOKEN || (code == 0 && datagram.len() > 4) {
            return None;
        }
        let (token, rest) = rest.split_at_checked(length)?;
        let options = Options { rest, number: 0 };
        let mut unread = options;
        while unread.next().is_some() {}
        let payload = match unread.rest {
            [MARKER, payload @ ..] if !payload.is_empty() => payload,
            [] => &[],
            _ => return None,
        };
        let kind = match first >> 4 & 3 {
            0 => Kind::Confirmable,
            1 => Kind::NonConfirmable,
            2 => Kind::Acknowledgement,
            _ => Kind::Reset,
        };
        Some(Message { kind, code, id: u16::from_be_bytes([high, low]), token, options, payload })
    }
}

/// What stands between options and payload.
pub(super) const MARKER: u8 = 0xFF;

/// One option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Opt<'a> {
    pub number: u16,
    pub value: &'a [u8],
}

impl Opt<'_> {
    /// Its number, if it has at most `most` bytes (4, and no more, can be asked for).
    pub fn uint(&self, most: usize) -> Option<u32> {
        let number = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
        (self.value.len() <= most).then(|| self.value.iter().fold(0, number))
    }
}

/// The options that are left. It ends before what is no option.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    rest: &'a [u8],
    number: u16,
}

impl<'a> Iterator for Options<'a> {
    type Item = Opt<'a>;

    #[inline(never)]
    fn next(&mut self) -> Option<Opt<'a>> {
        let (&first, rest) = self.rest.split_first()?;
        let (delta, rest) = extended(first >> 4, rest)?;
        let (length, rest) = extended(first & 15, rest)?;
        let number = u32::from(self.number).saturating_add(delta);
        let number = u16::try_from(number).ok()?;
        let (value, rest) = rest.split_at_checked(length as usize)?;
        *self = Options { rest, number };
        Some(Opt { number, value })
    }
}

/// A delta or a length: its four bits, and the bytes that go on.
#[inline(never)]
fn extended(bits: u8, rest: &[u8]) -> Option<(u32, &[u8])> {
    match (bits, rest) {
        (0..=12, rest) => Some((u32::from(bits), rest)),
        (13, [more, rest @ ..]) => Some((u32::from(*more).saturating_add(13), rest)),
        (14, [high, low, rest @ ..]) => {
            Some((u32::from(u16::from_be_bytes([*high, *low])).saturating_add(269), rest))
        }
        _ => None, // 15 is the marker's, or there is no more
    }
}
