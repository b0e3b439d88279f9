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
}

/// One operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    /// What to do.
    pub kind: Kind,
    /// For outcome and cancel, what was begun; else the same as `kind`.
    pub begun: Kind,
    /// Quoted by its completion; 0 where there is none (records, names).
    pub number: u32,
    /// Instance of Object 9; the key of a record.
    pub instance: u16,
    /// A component's place in its package, or 65535.
    pub component: u16,
    /// Where in the package.
    pub offset: u32,
    /// How many bytes: of a piece, of a record, or of the whole package.
    pub length: u32,
    /// The size the sender declares, or 0.
    pub total: u32,
    /// The software is active.
    pub active: bool,
    /// It is to be updated in place.
    pub for_update: bool,
    /// About: the package, not what is installed.
    pub package: bool,
}

/// What the firmware answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is done.
    Done,
    /// It will be completed later.
    Pending,
    /// Not now: the same bytes again.
    Again,
    /// The operation that was in flight at the power cut never began.
    NotStarted,
    /// Nobody knows what became of it.
    Unknown,
    /// It failed, with an Update Result; 0: the firmware gave none that there is.
    Failed(u8),
}

/// After a failure, the software runs as before.
pub(crate) const STILL_RUNS: u32 = 1;
/// The software that was to be updated is lost.
pub(crate) const OLD_LOST: u32 = 2;
/// The device supports other Objects than before.
pub(crate) const OBJECTS_CHANGED: u32 = 4;

/// Which of the optional callbacks there are.
#[derive(Clone, Copy, Default, Debug)]
pub struct Abilities(u32);

impl Abilities {
    /// Notes whether there is a callback for `kind`.
    pub fn set(&mut self, kind: Kind, there: bool) {
        if there {
            self.0 |= 1 << kind as u32;
        }
    }

    /// Whether there is a callback for `kind`.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }
}
