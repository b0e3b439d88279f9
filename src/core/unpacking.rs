// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A package whose container is looked at: as it comes, and again as it is read back.

use super::config::swmgmt_config_t as Config;
use super::{Core, Part, What};
use crate::verify::container::{Claim, Container, Facts, State, MAGIC};
use crate::verify::Work;

/// One for each transfer, where the configuration names a container.
///
/// cbindgen:ignore
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Unpacking {
    /// Which container: its place among the parts, plus 1; 0: not known yet.
    pub kind: u8,
    /// Which one it was as it came; 0: that is not known any more.
    pub was: u8,
    /// The package has told all of itself, and has been judged.
    pub judged: bool,
    /// None of its bytes are stored: those before the transfer's offset are here, or in
    /// the room.
    pub holding: bool,
    /// A trusted key has signed it.
    pub signed: bool,
    /// Its first bytes, by which it is known.
    pub magic: [u8; MAGIC],
    /// Bytes of the package that have been looked at.
    pub seen: u32,
    /// Bytes of its head that have been stored; the rest of that chunk may not be.
    pub stored: u32,
    /// The parser's.
    pub state: State,
    /// The digest.
    pub work: Work,
}

/// [`Unpacking::kind`]: no container that is known here.
pub(crate) const OPAQUE: u8 = 255;
/// [`Unpacking::kind`]: it was looked at before a reboot; it is again once it is complete.
pub(crate) const RESUMED: u8 = 254;

impl Unpacking {
    /// Nothing has come yet.
    pub(crate) const NEW: Unpacking = Unpacking {
        kind: 0,
        was: 0,
        judged: false,
        holding: true,
        signed: false,
        magic: [0; MAGIC],
        seen: 0,
        stored: 0,
        state: State::NEW,
        work: Work::IDLE,
    };

    /// Says that nothing of the package may be stored yet.
    pub(crate) fn waits(&self, parts: &[&'static Part]) -> bool {
        let keeps = || self.container(parts).is_some_and(|of| of.keeps_head);
        self.holding && (self.kind == 0 || !self.judged && keeps())
    }

    /// Returns the container that the package is in.
    pub(crate) fn container(&self, parts: &[&'static Part]) -> Option<&'static Container> {
        match parts.get(usize::from(self.kind).wrapping_sub(1))?.what {
            What::Container(of) => Some(of),
            _ => None,
        }
    }
}

/// Returns where the head of a transfer's package is.
pub(crate) fn head(config: &Config, transfer: u8) -> core::ops::Range<usize> {
    let start = usize::from(transfer).wrapping_sub(1).wrapping_mul(config.head());
    start..start.wrapping_add(config.head())
}

/// Borrows what a package of a transfer has told of itself: its container, the state of its
/// parser, and its head.
#[inline(never)]
pub(crate) fn told<'c>(
    parts: &[&'static Part],
    unpackings: &'c [Unpacking],
    heads: &'c [u8],
    config: &Config,
    transfer: u8,
) -> Option<(&'static Container, &'c State, &'c [u8])> {
    let unpacking = unpackings.get(usize::from(transfer).wrapping_sub(1))?;
    Some((unpacking.container(parts)?, &unpacking.state, heads.get(head(config, transfer))?))
}

impl Core<'_> {
    /// Returns the unpacking of the instance whose turn it is.
    pub(crate) fn unpacking(&self) -> Option<&Unpacking> {
        self.unpackings.get(usize::from(self.i.transfer).wrapping_sub(1))
    }

    /// Returns the same, to change it.
    pub(crate) fn unpacking_mut(&mut self) -> Option<&mut Unpacking> {
        self.unpackings.get_mut(usize::from(self.i.transfer).wrapping_sub(1))
    }

    /// Returns what the package says of itself, once all of that is known.
    pub(crate) fn facts(&self) -> Option<Facts<'_>> {
        let (of, state, head) = told(self.parts, self.unpackings, self.heads, self.config, self.i.transfer)?;
        (of.about)(state, head)
    }

    /// Returns what is signed.
    pub fn claim(&self) -> Option<Claim<'_>> {
        let (of, state, head) = told(self.parts, self.unpackings, self.heads, self.config, self.i.transfer)?;
        (of.claim)(state, head)
    }
}
