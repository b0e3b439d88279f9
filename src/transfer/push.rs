// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Tells pushed chunks apart. Offsets alone decide, so chunks may be cut anywhere.

use crate::machine::Event;

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
    /// No chunk: nothing but zeros, which is no chunk's check.
    pub(crate) const NONE: Accepted = Accepted { offset: 0, length: 0, check: 0, server: 0, last: false };

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

/// Tells a chunk apart, in the order that the rules give; `last` was accepted last.
pub fn classify(last: &Accepted, running: Option<Running>, this: &Accepted, total: u32) -> Event {
    if this == last {
        return Event::PackageRepeat;
    }
    if running.is_some_and(|running| running.server != this.server) {
        return Event::PackageOtherServer;
    }
    match (this.offset, this.length, this.last) {
        (0, 0, true) => return Event::PackageEmpty,
        (0, 0, false) => return Event::PackageMalformed,
        (0, _, true) => return Event::PackageWhole,
        (0, _, false) => return Event::PackageFirst,
        _ => {}
    }
    match running {
        Some(running) if running.next == this.offset => match (this.length, this.last) {
            _ if total != 0 && running.total != 0 && total != running.total => Event::PackageMalformed,
            (0, false) => Event::PackageNothing,
            (_, true) => Event::PackageLast,
            (_, false) => Event::PackageNext,
        },
        _ => Event::PackageGap,
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
        assert_eq!(is(7, 5, &data, 0, false), Event::PackageRepeat);
        assert_eq!(is(8, 5, &data, 0, false), Event::PackageOtherServer);
        assert_eq!(is(8, 0, &[], 0, true), Event::PackageOtherServer);
        assert_eq!(is(7, 5, &[1, 2, 3, 4, 6], 0, false), Event::PackageGap);
        assert_eq!(is(7, 5, &data, 0, true), Event::PackageGap);
        assert_eq!(is(7, 0, &[], 0, true), Event::PackageEmpty);
        assert_eq!(is(7, 0, &[], 0, false), Event::PackageMalformed);
        assert_eq!(is(7, 0, &data, 0, true), Event::PackageWhole);
        assert_eq!(is(7, 0, &data, 0, false), Event::PackageFirst);
        assert_eq!(is(7, 10, &data, 0, false), Event::PackageNext);
        assert_eq!(is(7, 10, &data, 100, true), Event::PackageLast);
        assert_eq!(is(7, 10, &[], 0, true), Event::PackageLast);
        assert_eq!(is(7, 10, &[], 0, false), Event::PackageNothing);
        assert_eq!(is(7, 10, &data, 99, false), Event::PackageMalformed);
        assert_eq!(is(7, 11, &data, 99, false), Event::PackageGap);
        assert_ne!(Accepted::of(0, 0, &[], false), Accepted::NONE);
        assert_eq!(classify(&Accepted::NONE, None, &Accepted::of(0, 5, &data, false), 0), Event::PackageGap);
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
