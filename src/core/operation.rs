// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the core asks of the firmware, and what the firmware answers.

use super::Core;

/// Kinds of operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Kind {
    Load = 1,
    Save,
    Open,
    Write,
    Read,
    Discard,
    Fetch,
    Verify,
    Install,
    Uninstall,
    Prepare,
    Activate,
    Deactivate,
    Outcome,
    Cancel,
    About,
    Key,
    Signature,
    Fits,
    Counter,
    Commit,
}

/// One operation. What it is about besides is in the core: the instance whose turn it is,
/// the bytes of the chunk, the work buffer. It begins with what the firmware sees of it:
/// `swmgmt_op_t`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Operation {
    /// Quoted by its completion; 0 where there is none. Load and Save: the key of the record.
    pub number: u32,
    /// The instance of Object 9.
    pub instance: u16,
    /// A component's place in its package, or 65535.
    pub component: u16,
    /// What to do; of Cancel and Outcome: what was begun.
    pub shown: u8,
    pub active: bool,
    pub for_update: bool,
    pub reserved: u8,
    /// Where in the package. About: 1 for the package that is being verified.
    pub offset: u32,
    /// Bytes: of a piece, of a record, of the whole package; of Open, what the sender declares,
    /// or 0. Cancel and Outcome: the kind of what was begun. Commit: the counter. Fits: what is
    /// asked for.
    pub length: u32,
    /// What to do.
    pub kind: Kind,
}

/// Bits of kinds that parts alone ask for.
const fn kinds(kinds: &[Kind]) -> u32 {
    match kinds {
        [] => 0,
        [first, rest @ ..] => 1 << *first as u8 | self::kinds(rest),
    }
}

/// Reading a package back: of digests and containers.
pub(crate) const READ: u32 = kinds(&[Kind::Read]);
/// Of records.
pub(crate) const OF_RECORDS: u32 = kinds(&[Kind::Load, Kind::Save, Kind::Outcome]);
/// Of downloads.
pub(crate) const FETCH: u32 = kinds(&[Kind::Fetch]);
/// Of containers: all that they ask of the firmware; and the writing of bytes held back.
pub(crate) const OF_CONTAINERS: u32 =
    kinds(&[Kind::Write, Kind::Read, Kind::Key, Kind::Signature, Kind::Fits, Kind::Counter, Kind::Commit]);

/// The firmware: performs an operation. It is called while no other reference to the core is
/// in use, and may look at the core.
pub type Perform = fn(&mut Core<'_>, &Operation) -> Told;

/// What the firmware says of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Its verdict.
    pub verdict: Verdict,
    /// [`STILL_RUNS`] and so on; of Load: bytes of the record; of Counter: the counter.
    pub more: u32,
}

/// What the firmware answers: a number of the C interface, made safe. What that does not
/// list is a failure of unknown cause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict(i8);

impl Verdict {
    /// The operation is done.
    pub(crate) const DONE: Verdict = Verdict(1);
    /// It will be completed later.
    pub(crate) const PENDING: Verdict = Verdict(2);
    /// Storage busy: the same bytes again.
    pub(crate) const AGAIN: Verdict = Verdict(3);
    /// The operation that was in flight at the power cut never began.
    pub(crate) const NOT_STARTED: Verdict = Verdict(4);
    /// The firmware cannot say what became of it; of a key: not trusted.
    pub(crate) const UNKNOWN: Verdict = Verdict(5);
    /// The operation failed, for a reason that has no Update Result.
    pub(crate) const FAILED: Verdict = Verdict(0);

    /// Takes a number of the C interface.
    #[inline(never)]
    pub fn from_number(number: i32) -> Verdict {
        match number {
            -59..=-56 | -54..=-50 | 1..=5 => Verdict(number as i8),
            _ => Verdict::FAILED,
        }
    }

    /// The Update Result of a failure; 0: the firmware gave none that exists.
    pub fn code(self) -> u8 {
        if self.0 < 0 {
            self.0.unsigned_abs()
        } else {
            0
        }
    }
}

/// After a failure, the software runs as before.
pub(crate) const STILL_RUNS: u32 = 1;
/// The software that was to be updated is lost.
pub(crate) const OLD_LOST: u32 = 2;
/// The device supports other Objects than before.
pub(crate) const OBJECTS_CHANGED: u32 = 4;

/// The callbacks that the firmware has: bits in the order of its table.
#[allow(missing_docs)]
pub mod can {
    pub(crate) const OPEN: u32 = 1;
    pub(crate) const WRITE: u32 = 1 << 1;
    pub(crate) const READ: u32 = 1 << 2;
    pub(crate) const DISCARD: u32 = 1 << 3;
    pub(crate) const VERIFY: u32 = 1 << 4;
    pub(crate) const INSTALL: u32 = 1 << 5;
    pub(crate) const CANCEL: u32 = 1 << 11;
    pub(crate) const ABOUT: u32 = 1 << 12;
    pub(crate) const LOAD: u32 = 1 << 13;
    pub(crate) const SAVE: u32 = 1 << 14;
    pub(crate) const FETCH: u32 = 1 << 15;
    pub(crate) const SCHEMES: u32 = 1 << 16;
    pub(crate) const HASH: u32 = 1 << 17;
    pub(crate) const KEY: u32 = 1 << 18;
    pub(crate) const SIGNATURE: u32 = 1 << 19;
    pub(crate) const COUNTER: u32 = 1 << 21;
    /// Entries of the table.
    pub(crate) const ALL: usize = 24;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_a_failure() {
        for number in -300..300 {
            let verdict = Verdict::from_number(number);
            match number {
                1..=5 => assert!(verdict != Verdict::FAILED && verdict.code() == 0),
                -54..=-50 | -59..=-56 => assert_eq!(i32::from(verdict.code()), -number),
                _ => assert_eq!(verdict, Verdict::FAILED),
            }
        }
    }
}
