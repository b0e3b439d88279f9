// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is asked of the firmware, and what it answers.

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

/// One operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    /// What to do.
    pub kind: Kind,
    /// For outcome and cancel, what was begun; else the same as `kind`.
    pub begun: Kind,
    /// The software is active.
    pub active: bool,
    /// It is to be updated in place.
    pub for_update: bool,
    /// About: the package, not what is installed.
    pub package: bool,
    /// Instance of Object 9; the key of a record.
    pub instance: u16,
    /// A component's place in its package, or 65535.
    pub component: u16,
    /// Quoted by its completion; 0 where there is none (records, names).
    pub number: u32,
    /// Where in the package.
    pub offset: u32,
    /// How many bytes: of a piece, of a record, or of the whole package; to open, the
    /// size that the sender declares, or 0; to write, how many that were held back, or 0:
    /// what has come. Commit: the counter.
    pub length: u32,
}

impl Operation {
    /// No operation yet.
    pub(crate) const NONE: Operation = Operation {
        kind: Kind::Save,
        begun: Kind::Save,
        active: false,
        for_update: false,
        package: false,
        instance: 0,
        component: crate::object::NONE,
        number: 0,
        offset: 0,
        length: 0,
    };
}

/// What the firmware answers: a number of the C interface, made safe. What it does not
/// list is a failure of unknown cause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict(i8);

impl Verdict {
    /// It is done.
    pub(crate) const DONE: Verdict = Verdict(1);
    /// It will be completed later.
    pub(crate) const PENDING: Verdict = Verdict(2);
    /// Not now: the same bytes again.
    pub(crate) const AGAIN: Verdict = Verdict(3);
    /// The operation that was in flight at the power cut never began.
    pub(crate) const NOT_STARTED: Verdict = Verdict(4);
    /// Nobody knows what became of it.
    pub(crate) const UNKNOWN: Verdict = Verdict(5);
    /// It failed, for a reason that has no Update Result.
    pub(crate) const FAILED: Verdict = Verdict(0);

    /// From the number of the C interface.
    pub fn from_number(number: i32) -> Verdict {
        match number {
            -59..=-56 | -54..=-50 | 1..=5 => Verdict(number as i8),
            _ => Verdict::FAILED,
        }
    }

    /// The Update Result of a failure; 0: the firmware gave none that there is.
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

/// Which of the optional callbacks there are: a sum of these.
#[allow(missing_docs)]
pub mod can {
    pub(crate) const READ: u8 = 1;
    pub(crate) const DISCARD: u8 = 2;
    pub(crate) const VERIFY: u8 = 4;
    pub(crate) const OUTCOME: u8 = 8;
    pub(crate) const CANCEL: u8 = 16;
    pub(crate) const ABOUT: u8 = 32;
    pub(crate) const SAVE: u8 = 64;
    pub(crate) const SIGNATURE: u8 = 128;
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
