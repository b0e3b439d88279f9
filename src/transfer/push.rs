// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a pushed chunk is. Offsets alone decide, so chunks may be cut anywhere.

/// A chunk, as it is known again: who sends what, and where it belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Accepted {
    pub(crate) offset: u32,
    pub(crate) length: u32,
    check: u32,
    pub(crate) server: u16,
    pub(crate) last: bool,
}

impl Accepted {
    /// No chunk: a length that no chunk has.
    pub(crate) const NONE: Accepted =
        Accepted { offset: 0, length: u32::MAX, check: 0, server: 0, last: false };

    /// This chunk.
    #[inline(never)]
    pub fn of(server: u16, offset: u32, data: &[u8], last: bool) -> Accepted {
        Accepted { offset, length: data.len().min(0x7FFF_FFFF) as u32, check: check(data), server, last }
    }
}

/// Tells two chunks apart that have the same place and length: a polynomial of their
/// words, for a tenth of the instructions of a CRC. A multiplier that is odd loses no bit.
fn check(mut data: &[u8]) -> u32 {
    let add = |sum: u32, word: u32| sum.wrapping_mul(0x9E37_79B1).wrapping_add(word);
    let mut sum = 1;
    while let Some((words, rest)) = data.split_first_chunk::<8>() {
        let [a, b, c, d, e, f, g, h] = *words;
        sum = add(add(sum, u32::from_le_bytes([a, b, c, d])), u32::from_le_bytes([e, f, g, h]));
        data = rest;
    }
    data.iter().fold(sum, |sum, byte| add(sum, u32::from(*byte)))
}

/// Where the chunks of a running push are.
#[derive(Clone, Copy, Debug)]
pub struct Running {
    /// Who pushes.
    pub server: u16,
    /// The next byte that is wanted.
    pub next: u32,
    /// The declared size, or 0.
    pub total: u32,
}

/// What a chunk is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The chunk accepted last once more.
    Repeat,
    /// Another server's, in the middle of a push.
    OtherServer,
    /// Offset 0, last, no bytes.
    Empty,
    /// Offset 0, no bytes, not last.
    Nothing,
    /// First and last at once.
    Whole,
    /// Offset 0.
    First,
    /// The next bytes.
    Next,
    /// The next bytes, and the last.
    Last,
    /// No bytes at the next offset.
    Idle,
    /// The next bytes, with another total than before.
    TotalChanged,
    /// Any other offset.
    Gap,
}

/// Tells what a chunk is, in the order that the rules give; `last` was accepted last.
pub fn classify(last: &Accepted, running: Option<Running>, this: &Accepted, total: u32) -> Kind {
    if this == last {
        return Kind::Repeat;
    }
    if running.is_some_and(|running| running.server != this.server) {
        return Kind::OtherServer;
    }
    match (this.offset, this.length, this.last) {
        (0, 0, true) => return Kind::Empty,
        (0, 0, false) => return Kind::Nothing,
        (0, _, true) => return Kind::Whole,
        (0, _, false) => return Kind::First,
        _ => {}
    }
    match running {
        Some(running) if running.next == this.offset => match (this.length, this.last) {
            _ if total != 0 && running.total != 0 && total != running.total => Kind::TotalChanged,
            (0, false) => Kind::Idle,
            (_, true) => Kind::Last,
            (_, false) => Kind::Next,
        },
        _ => Kind::Gap,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_rules() {
        let data = [1, 2, 3, 4, 5];
        let accepted = Accepted::of(7, 5, &data, false);
        let running = Some(Running { server: 7, next: 10, total: 100 });
        let is = |server, offset, data: &[u8], total, last| {
            classify(&accepted, running, &Accepted::of(server, offset, data, last), total)
        };
        assert_eq!(is(7, 5, &data, 0, false), Kind::Repeat);
        assert_eq!(is(8, 5, &data, 0, false), Kind::OtherServer);
        assert_eq!(is(8, 0, &[], 0, true), Kind::OtherServer);
        assert_eq!(is(7, 5, &[1, 2, 3, 4, 6], 0, false), Kind::Gap);
        assert_eq!(is(7, 5, &data, 0, true), Kind::Gap);
        assert_eq!(is(7, 0, &[], 0, true), Kind::Empty);
        assert_eq!(is(7, 0, &[], 0, false), Kind::Nothing);
        assert_eq!(is(7, 0, &data, 0, true), Kind::Whole);
        assert_eq!(is(7, 0, &data, 0, false), Kind::First);
        assert_eq!(is(7, 10, &data, 0, false), Kind::Next);
        assert_eq!(is(7, 10, &data, 100, true), Kind::Last);
        assert_eq!(is(7, 10, &[], 0, true), Kind::Last);
        assert_eq!(is(7, 10, &[], 0, false), Kind::Idle);
        assert_eq!(is(7, 10, &data, 99, false), Kind::TotalChanged);
        assert_eq!(is(7, 11, &data, 99, false), Kind::Gap);
        assert_eq!(classify(&Accepted::NONE, None, &Accepted::of(0, 5, &data, false), 0), Kind::Gap);
    }

    #[test]
    fn one_changed_byte_is_another_chunk() {
        for fill in [0u8, 0xFF, 0xA7] {
            let mut data = [fill; 67];
            let before = Accepted::of(1, 0, &data, false);
            for n in 0..data.len() {
                for bit in 0..8 {
                    if let Some(byte) = data.get_mut(n) {
                        *byte ^= 1 << bit;
                    }
                    assert_ne!(Accepted::of(1, 0, &data, false), before, "{n}.{bit}");
                    if let Some(byte) = data.get_mut(n) {
                        *byte ^= 1 << bit;
                    }
                }
            }
            assert_ne!(Accepted::of(1, 0, &[fill; 66], false), before);
        }
    }
}
