// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A package whose container is looked at: as it comes, and again as it is read back.

use crate::verify::container::{State, MAGIC};
use crate::verify::{Engine, Work};

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
    /// What it has been judged by so far.
    pub judged: Judged,
    /// None of its bytes are stored: those before the transfer's offset are here, or in
    /// the room.
    pub holding: bool,
    /// Somebody who is trusted has signed it.
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

/// What a package is judged by, in this order, as soon as it has told all of itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Judged {
    /// It has not.
    Nothing,
    Signature,
    Vendor,
    Class,
    Device,
    Counter,
    Versions,
    Dependencies,
    /// By all of it.
    All,
}

impl Unpacking {
    /// Nothing has come yet.
    pub const NEW: Unpacking = Unpacking {
        kind: 0,
        was: 0,
        judged: Judged::Nothing,
        holding: true,
        signed: false,
        magic: [0; MAGIC],
        seen: 0,
        stored: 0,
        state: State::NEW,
        work: Work::IDLE,
    };

    /// Nothing has come yet; who computes its digest stays.
    pub fn reset(&mut self) {
        let engine = self.work.engine;
        *self = Unpacking::NEW;
        self.work.engine = Engine { failed: false, ..engine };
    }
}
