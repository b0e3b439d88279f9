// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The lifecycle of one instance of Object 9, on one page: what an event does in a state.
//!
//! Pure: no memory of its own, no calls. The core tells what happened apart into an [`Event`],
//! asks [`step`], and applies the answer to the instance; the effects are bits in the order of
//! the work. Whatever fails on the way is the next event. "Rules" are docs/states.md and
//! tests/conformance, which `walk_tests` walks.

pub(crate) use table::look;
use {Event::*, Objects::*, State::*};

#[cfg(test)]
mod draw_tests;
mod table;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod walk_tests;

/// States. INITIAL_FOR_UPDATE of the interface is `Initial` with the for-update flag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum State {
    /// Holds no package; for update: the old software waits for one.
    Initial = 0,
    /// Takes a package that a server pushes.
    Receiving = 1,
    /// Downloads a package.
    Fetching = 2,
    /// Verifies a package that is complete.
    Verifying = 3,
    /// Holds a package that is verified.
    Delivered = 4,
    /// Installs the package.
    Installing = 5,
    /// Installed, not running.
    Inactive = 6,
    /// Installed and running.
    Active = 7,
    /// Starts the software, or one component.
    Activating = 8,
    /// Stops the software, or one component.
    Deactivating = 9,
    /// Makes the software ready for its update.
    Preparing = 10,
    /// Removes the software.
    Uninstalling = 11,
}

/// What has happened, already told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Event {
    // A server writes Package, 9/x/2; `transfer::push` tells these apart.
    /// Offset 0, more to come.
    PackageFirst,
    /// The next offset, more to come.
    PackageNext,
    /// The next offset, the last one.
    PackageLast,
    /// First and last at once.
    PackageWhole,
    /// No bytes at offset 0 and nothing more.
    PackageEmpty,
    /// The chunk accepted last, once more.
    PackageRepeat,
    /// Any other offset.
    PackageGap,
    /// A chunk of another server than the one whose push is running.
    PackageOtherServer,
    /// No bytes at the next offset, more to come.
    PackageNothing,
    /// No bytes at offset 0 and more to come, or a total that has changed.
    PackageMalformed,
    // A server writes Package URI, 9/x/3.
    /// A URI that can be downloaded.
    UriValid,
    /// No URI.
    UriEmpty,
    /// Too long, not a URI, or of a scheme without transport.
    UriInvalid,
    // A server executes, or deletes the instance.
    /// 9/x/4
    Install,
    /// 9/x/6, also with argument 0.
    Uninstall,
    /// 9/x/6 with argument 1.
    UninstallForUpdate,
    /// An argument that Uninstall does not know, or one longer than Install can keep.
    BadArgument,
    /// 9/x/10
    Activate,
    /// 9/x/11
    Deactivate,
    /// 14/y/3: one component.
    ActivateOne,
    /// 14/y/4
    DeactivateOne,
    /// The instance.
    Delete,
    // An operation ends. Numbers that are not the state's own never come here.
    /// The operation of the state has succeeded; of VERIFYING, all checks have.
    Done,
    /// It has failed, or a transfer or a verification has on this side.
    Failed,
    /// The last bytes of a push are stored.
    Stored,
    /// No chunk has come for the configured time.
    PushTimeout,
    /// The firmware abandons the update.
    GivenUp,
    // The device starts. What the firmware answers to OUTCOME is Done, Failed, or one of these.
    /// The record has been loaded.
    Reboot,
    /// It still works on the operation.
    StillRunning,
    /// It has not begun.
    NotStarted,
    /// It cannot say.
    Unknown,
    /// The storage no longer has the bytes, or they cannot be verified any more.
    PackageLost,
    // The core could not do its part of a step.
    /// The record could not be saved, and what it was to say began or continued a transfer.
    Unsaved,
    /// No transfer is free.
    NoTransfer,
}

/// What options, instance and event say, besides state and event: bits of one word. The
/// lowest seven are the options of the configuration.
pub mod fact {
    /// Option: starts the software as soon as it is installed.
    pub(crate) const AUTO_ACTIVATE: u32 = 1;
    /// Option: a new package replaces one in DELIVERED.
    pub(crate) const REPLACE: u32 = 2;
    /// DELIVERED shows result 0.
    pub(crate) const SHOWS_0: u32 = 4;
    /// Option: an empty write cancels.
    pub(crate) const EMPTY_CANCELS: u32 = 8;
    /// Option: servers may delete instances.
    pub(crate) const MAY_DELETE: u32 = 32;
    /// The old software waits for an update.
    pub(crate) const FOR_UPDATE: u32 = 1 << 7;
    /// The operation was called once more after a boot.
    pub(crate) const ONCE_MORE: u32 = 1 << 10;
    /// The storage is being erased.
    pub(crate) const DISCARDING: u32 = 1 << 15;
    /// The firmware verifies and cannot be stopped.
    pub(crate) const HELD: u32 = 1 << 16;
    /// One component is being switched, not all.
    pub(crate) const ONE: u32 = 1 << 17;
    /// As many installs of this package have failed as may.
    pub(crate) const USED_UP: u32 = 1 << 18;
    /// Components: some of the software are active, not all; or all; or none of several.
    pub(crate) const SOME_ACTIVE: u32 = 1 << 19;
    pub(crate) const ALL_ACTIVE: u32 = 1 << 20;
    pub(crate) const NONE_ACTIVE: u32 = 1 << 21;
    /// The one component is as the event wants it.
    pub(crate) const ALREADY: u32 = 1 << 22;
    /// The event says that the software still runs.
    pub(crate) const RUNS: u32 = 1 << 23;
    /// The event says that the old software is lost.
    pub(crate) const OLD_LOST: u32 = 1 << 24;
}
use fact::*;

/// The situation in which an event happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Situation {
    /// State before the event.
    pub state: State,
    /// Update Result, 9/x/9.
    pub result: u8,
    /// Of [`Event::Failed`]: Update Result of the failure, or any other number.
    pub code: u8,
    /// Bits of [`fact`].
    pub facts: u32,
}

/// What becomes of the instance and what is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// State afterwards.
    pub next: State,
    /// The for-update flag afterwards.
    pub for_update: bool,
    /// Update Result afterwards.
    pub result: u8,
    /// CoAP code for the request that waits, if one does; [`KEEP`]: it keeps the one it has.
    pub answer: u8,
    /// Of the software, and of the package.
    pub objects: Objects,
    /// Bits of [`effect`].
    pub effects: u32,
}

/// What becomes of the instances of Object 14.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Objects {
    /// Stay as they are.
    Same,
    /// Gives up the places reserved for the package's components.
    Unstage,
    /// Shows the package's components in place of the old ones.
    Show,
    /// Hides the components of the software that waits; ids and flags are kept.
    Hide,
    /// Shows them again, under their ids, and gives up the package's.
    Restore,
    /// Gives up those hidden for an update.
    Lose,
    /// Removes those of the software, shown or hidden.
    Remove,
}

/// What to do, lowest bit first up to ACT (these are the bits of the core's list of work, which
/// has others between them), and what to note.
pub mod effect {
    /// Asks the firmware for name and version.
    pub(crate) const ABOUT: u32 = 1;
    /// Saves the record; nothing below is done before it holds.
    pub(crate) const SAVE: u32 = 1 << 2;
    pub(crate) const DISCARD: u32 = 1 << 4;
    /// Opens the storage.
    pub(crate) const OPEN: u32 = 1 << 6;
    /// Stores the chunk.
    pub(crate) const WRITE: u32 = 1 << 7;
    /// Asks the firmware what became of the operation in flight.
    pub(crate) const OUTCOME: u32 = 1 << 8;
    /// Begins the operation of the state.
    pub(crate) const ACT: u32 = 1 << 9;
    /// Gives the transfer back; with DISCARD, stops first what the firmware still does for it.
    pub(crate) const RELEASE: u32 = 1 << 11;
    /// Forgets the package: its length, the chunk accepted last, its failed installs.
    pub(crate) const FORGET: u32 = 1 << 12;
    /// Begins the transfer at offset 0.
    pub(crate) const RESTART: u32 = 1 << 13;
    /// Takes a new number for the operation of the state.
    pub(crate) const NUMBER: u32 = 1 << 14;
    /// Counts a failed install.
    pub(crate) const COUNT_ATTEMPT: u32 = 1 << 15;
    pub(crate) const RESET_ATTEMPTS: u32 = 1 << 16;
    /// Clears the length and the digest that the firmware expects.
    pub(crate) const CLEAR_EXPECTED: u32 = 1 << 17;
    /// Tells 9/x/7 though it is the same.
    pub(crate) const SHOW_STATE: u32 = 1 << 18;
    /// Notes that no component is active any more.
    pub(crate) const STOPPED: u32 = 1 << 19;
    /// Notes that the operation was called once more.
    pub(crate) const ONCE_MORE: u32 = 1 << 20;
    /// Removes the instance.
    pub(crate) const REMOVE: u32 = 1 << 21;
}
use effect::*;

/// Says nothing: no request waits, or its answer stays what it was.
pub(crate) const KEEP: u8 = 0;
/// Tells the firmware that its call comes at a wrong time; not a CoAP code.
pub(crate) const BUSY: u8 = 1;
const DELETED: u8 = 0x42; // 2.02
const CHANGED: u8 = 0x44; // 2.04
const CONTINUE: u8 = 0x5F; // 2.31
const BAD_REQUEST: u8 = 0x80; // 4.00
const NOT_ALLOWED: u8 = 0x85; // 4.05
const INCOMPLETE: u8 = 0x88; // 4.08
const TOO_LARGE: u8 = 0x8D; // 4.13
const INTERNAL: u8 = 0xA0; // 5.00

/// Starts a package at its first byte.
const START: u32 = FORGET | RESTART | OPEN;
/// Begins the operation of a state.
const BEGIN: u32 = SAVE | NUMBER | ACT;
/// Drops the package and the transfer.
const DROP: u32 = SAVE | RELEASE | FORGET | DISCARD;

/// Says what an event does.
#[rustfmt::skip] // an arm a line, where it fits
pub const fn step(i: &Situation, event: Event) -> Step {
    match (event, i.state) {
        // Package and Package URI, 9/x/2 and 9/x/3.
        (PackageFirst | PackageNext | PackageLast | PackageWhole | PackageEmpty | PackageRepeat | PackageGap
            | PackageOtherServer | PackageNothing | PackageMalformed | UriValid | UriEmpty | UriInvalid, _)
            if i.is(DISCARDING) => i.stay(INTERNAL),
        (PackageEmpty | UriEmpty, Receiving | Fetching | Verifying | Delivered)
            if i.is(EMPTY_CANCELS) && !i.is(HELD) => i.drop(0, CHANGED),
        (PackageEmpty | UriEmpty, Initial) if i.is(EMPTY_CANCELS) => i.stay(CHANGED), // nothing to cancel
        (PackageFirst, Initial) => i.to(Receiving, 1, CONTINUE, SAVE | START | WRITE),
        (PackageWhole, Initial) => i.to(Receiving, 0, CHANGED, SAVE | START | WRITE), // then Stored; 1 is not seen
        (UriValid, Initial) => i.to(Fetching, 1, CHANGED, BEGIN | START),
        (PackageFirst, Receiving) => i.to(Receiving, i.result, CONTINUE, START | WRITE), // begins again
        (PackageWhole, Receiving) => i.to(Receiving, i.result, CHANGED, START | WRITE),
        (PackageNext, Receiving) => i.to(Receiving, i.result, CONTINUE, WRITE),
        (PackageLast, Receiving) => i.to(Receiving, i.result, CHANGED, WRITE), // then Stored
        // Option replace: the record forgets the old package first; 0 is never shown between.
        (PackageFirst, Delivered) if i.is(REPLACE) =>
            i.to(Receiving, 1, CONTINUE, SAVE | DISCARD | START | WRITE).objects(Unstage),
        (PackageWhole, Delivered) if i.is(REPLACE) =>
            i.to(Receiving, 0, CHANGED, SAVE | DISCARD | START | WRITE).objects(Unstage),
        (UriValid, Delivered) if i.is(REPLACE) => i.to(Fetching, 1, CHANGED, BEGIN | DISCARD | START).objects(Unstage),
        (PackageNext | PackageLast | PackageGap | PackageNothing, Delivered) if i.is(REPLACE) =>
            i.stay(INCOMPLETE), // as in INITIAL
        (PackageEmpty | PackageMalformed | UriEmpty | UriInvalid, Delivered) if i.is(REPLACE) =>
            i.stay(BAD_REQUEST), // keeps the package
        (PackageRepeat, Receiving) => i.stay(CONTINUE), // its answer was lost
        (PackageRepeat, Verifying | Delivered) => i.stay(CHANGED), // that of the completing chunk
        (PackageNothing, Receiving) => i.stay(CONTINUE),
        (PackageGap, Initial | Receiving) => i.stay(INCOMPLETE),
        (PackageNext | PackageLast | PackageRepeat | PackageNothing, Initial) => i.stay(INCOMPLETE), // no transfer
        (PackageEmpty | PackageMalformed, Initial | Receiving) => i.stay(BAD_REQUEST),
        (UriEmpty | UriInvalid, Initial) => i.to(Initial, 56, BAD_REQUEST, if i.result == 56 { 0 } else { SAVE }),
        (PackageFirst | PackageNext | PackageLast | PackageWhole | PackageEmpty | PackageRepeat | PackageGap
            | PackageOtherServer | PackageNothing | PackageMalformed | UriValid | UriEmpty | UriInvalid, _) =>
            i.stay(NOT_ALLOWED), // no place for a package, or another server's push is running

        // Install, Uninstall, Delete.
        (Install, Delivered) if !i.is(USED_UP) => i.to(Installing, i.delivered(), CHANGED, BEGIN), // 9 leaves 58
        (Uninstall | Delete, Verifying) if i.is(HELD) => i.stay(NOT_ALLOWED), // no cancel callback
        (Uninstall, Receiving | Fetching | Verifying | Delivered) => i.drop(0, CHANGED), // cancels
        (Uninstall, Inactive | Active) => i.to(Uninstalling, 0, CHANGED, BEGIN), // 9 leaves 59
        (Uninstall, Initial) if i.is(FOR_UPDATE) => i.to(Uninstalling, 0, CHANGED, BEGIN), // the old software
        (Uninstall, Uninstalling) | (UninstallForUpdate, Preparing) => i.stay(CHANGED), // repeated
        (UninstallForUpdate, Inactive | Active) => i.to(Preparing, 0, CHANGED, BEGIN),
        (UninstallForUpdate, Initial) if i.is(FOR_UPDATE) => // a server is known to wait for 7
            i.to(Initial, 0, CHANGED, if i.result == 0 { SHOW_STATE } else { SAVE | SHOW_STATE }),
        (Delete, Initial) if i.is(MAY_DELETE) && !i.is(FOR_UPDATE) =>
            i.to(Initial, i.result, DELETED, SAVE | RELEASE | REMOVE),
        (Delete, Receiving | Fetching | Verifying | Delivered) if i.is(MAY_DELETE) && !i.is(FOR_UPDATE) =>
            i.drop(i.result, DELETED).also(REMOVE), // aborts the transfer first
        (BadArgument, _) => i.stay(BAD_REQUEST), // before the state
        (Install | Uninstall | UninstallForUpdate | Delete, _) => i.stay(NOT_ALLOWED),

        // Activate and Deactivate, of all components or of one.
        (Activate | Deactivate, _) if i.is(ONE) => i.stay(NOT_ALLOWED), // 14/y/3 or 4 is under way
        (Activate, Inactive) => i.to(Activating, i.result, CHANGED, BEGIN),
        (Deactivate, Active) => i.to(Deactivating, i.result, CHANGED, BEGIN),
        (Deactivate, Inactive) if i.is(SOME_ACTIVE | ALL_ACTIVE) =>
            i.to(Deactivating, i.result, CHANGED, BEGIN), // a no-op only if none is active
        (Activate, Active | Activating) | (Deactivate, Inactive | Deactivating) => i.stay(CHANGED), // so already
        (ActivateOne | DeactivateOne, Inactive | Active) if i.is(DISCARDING) => i.stay(NOT_ALLOWED),
        (ActivateOne | DeactivateOne, Inactive | Active) if i.is(ALREADY) => i.stay(CHANGED),
        (ActivateOne, Inactive | Active) => i.to(Activating, i.result, CHANGED, BEGIN),
        (DeactivateOne, Inactive | Active) => i.to(Deactivating, i.result, CHANGED, BEGIN),
        (Activate | Deactivate | ActivateOne | DeactivateOne, _) => i.stay(NOT_ALLOWED),

        // Operations end: transfer and verification.
        (Stored, Receiving) | (Done, Fetching) => i.to(Verifying, 0, KEEP, BEGIN),
        (Done, Verifying) => i.to(Delivered, i.delivered(), KEEP, SAVE | RELEASE),
        (Failed, Receiving | Fetching | Verifying) => i.drop(fault(i.state, i.code), refusal(i.state, i.code)),
        (PushTimeout, Receiving) => i.drop(52, KEEP),
        (NoTransfer, Initial) => i.to(Initial, 51, INTERNAL, SAVE),
        (NoTransfer, Receiving | Fetching | Verifying) => i.drop(51, KEEP), // fewer than before the boot
        (Unsaved, Receiving | Fetching | Verifying) => i.drop(57, INTERNAL), // it does not outlive its record
        (NoTransfer | Unsaved, _) => i.stay(INTERNAL), // nothing has happened

        // Install, Uninstall and Prepare end.
        (Done, Installing) if i.is(AUTO_ACTIVATE) => i.new_software(Activating, BEGIN), // in one record
        (Done, Installing) => i.new_software(Inactive, SAVE),
        (Failed, Installing) => i.install_failed(fault(Installing, i.code)),
        (Unknown, Installing) => i.install_failed(58), // nobody can say
        (Done, Uninstalling) => i
            .to(Initial, 0, KEEP, SAVE | ABOUT | CLEAR_EXPECTED | RESET_ATTEMPTS)
            .flag(false)
            .objects(Remove),
        (Done, Preparing) => i.to(Initial, 0, KEEP, SAVE | RESET_ATTEMPTS).flag(true).objects(Hide),
        (Failed, Uninstalling | Preparing) => i.before(59, INTERNAL, SAVE),
        (Unknown, Uninstalling | Preparing) if i.is(fact::ONCE_MORE) => i.before(59, INTERNAL, SAVE),

        // Activate and Deactivate end; 9 has no code for them.
        (Done, Activating) if !i.is(ONE) && i.is(NONE_ACTIVE | SOME_ACTIVE) =>
            i.to(Activating, i.result, KEEP, BEGIN), // the next one, in order of id
        (Done, Deactivating) if !i.is(ONE) && i.is(ALL_ACTIVE | SOME_ACTIVE) =>
            i.to(Deactivating, i.result, KEEP, BEGIN),
        (Done, Activating) => i.rest(true, KEEP),
        (Done, Deactivating) => i.rest(false, KEEP),
        (Failed, Activating) => i.rest(false, INTERNAL), // earlier ones stay
        (Failed, Deactivating) => i.rest(true, INTERNAL),
        (Unknown, Activating) if i.is(fact::ONCE_MORE) => i.rest(false, INTERNAL),
        (Unknown, Deactivating) if i.is(fact::ONCE_MORE) => i.rest(true, INTERNAL),

        // The firmware abandons an update.
        (GivenUp, Verifying) if i.is(FOR_UPDATE) && i.is(HELD) => i.stay(BUSY), // no cancel callback
        (GivenUp, Initial) if i.is(FOR_UPDATE) => i.give_up(SAVE | RELEASE | FORGET),
        (GivenUp, Receiving | Fetching | Verifying | Delivered) if i.is(FOR_UPDATE) => i.give_up(DROP),
        (GivenUp, Installing | Uninstalling) => i.stay(BUSY), // the firmware works
        (GivenUp, Initial | Receiving | Fetching | Verifying | Delivered | Inactive | Active | Activating
            | Deactivating | Preparing) => i.stay(KEEP), // no update to give up

        // The device starts.
        (Reboot, Receiving) => i.drop(0, KEEP), // the server saw its own Write fail
        (Reboot, Fetching | Verifying) => i.to(i.state, i.result, KEEP, OPEN | ACT), // goes on; is verified again
        (Reboot, Delivered) => i.to(Delivered, i.result, KEEP, OPEN), // are the bytes still there?
        (Reboot, Installing | Activating | Deactivating | Preparing | Uninstalling) =>
            i.to(i.state, i.result, KEEP, OUTCOME),
        (PackageLost, Verifying | Delivered) => i.drop(57, KEEP),
        (PackageLost, Fetching) => i.to(Fetching, i.result, KEEP, START | ACT), // from 0
        (NotStarted, Installing | Activating | Deactivating | Preparing | Uninstalling) =>
            i.to(i.state, i.result, KEEP, ACT), // under its recorded number
        (Unknown, Activating | Deactivating | Preparing | Uninstalling) =>
            i.to(i.state, i.result, KEEP, SAVE | effect::ONCE_MORE | ACT), // once more, then failed
        (StillRunning, _) => i.stay(KEEP), // waits

        // Nothing waits for it.
        (Done | Failed, Initial | Receiving | Delivered | Inactive | Active) => i.stay(KEEP),
        (Stored | PushTimeout | Reboot | PackageLost | NotStarted | Unknown, _) => i.stay(KEEP),
    }
}

impl Situation {
    const fn is(&self, facts: u32) -> bool {
        self.facts & facts != 0
    }

    const fn to(&self, next: State, result: u8, answer: u8, effects: u32) -> Step {
        Step { next, for_update: self.is(FOR_UPDATE), result, answer, objects: Same, effects }
    }

    /// Changes nothing.
    const fn stay(&self, answer: u8) -> Step {
        self.to(self.state, self.result, answer, 0)
    }

    /// Drops the package: back to INITIAL, with the flag as it is.
    const fn drop(&self, result: u8, answer: u8) -> Step {
        self.to(Initial, result, answer, DROP).objects(Unstage)
    }

    /// Shows the package as the software.
    const fn new_software(&self, next: State, effects: u32) -> Step {
        self.to(next, 2, KEEP, effects | ABOUT | CLEAR_EXPECTED | RESET_ATTEMPTS).flag(false).objects(Show)
    }

    /// Keeps the package for another attempt; the old software may be lost.
    const fn install_failed(&self, result: u8) -> Step {
        let failed = self.to(Delivered, result, KEEP, SAVE | COUNT_ATTEMPT);
        if self.is(OLD_LOST) {
            failed.flag(false).also(ABOUT).objects(Lose)
        } else {
            failed
        }
    }

    /// Goes to BEFORE: INITIAL_FOR_UPDATE with the flag, else where the software rests.
    const fn before(&self, result: u8, answer: u8, effects: u32) -> Step {
        let runs = self.is(RUNS);
        let next = if self.is(FOR_UPDATE) { Initial } else { self.resting(runs, runs) };
        self.to(next, result, answer, if runs { effects } else { effects | STOPPED })
    }

    /// Goes back to the old software; a failure that a server has seen stays.
    const fn give_up(&self, effects: u32) -> Step {
        let result = if self.result >= 50 { self.result } else { 57 };
        let runs = self.is(RUNS);
        self.to(self.resting(runs, runs), result, KEEP, if runs { effects } else { effects | STOPPED })
            .flag(false)
            .objects(Restore)
    }

    /// Ends an activation or a deactivation.
    const fn rest(&self, active: bool, answer: u8) -> Step {
        self.to(self.resting(active, true), self.result, answer, SAVE)
    }

    /// Tells ACTIVE from INACTIVE: with components, all must be active.
    const fn resting(&self, whole: bool, all: bool) -> State {
        let active = if self.is(SOME_ACTIVE | NONE_ACTIVE) {
            false
        } else if self.is(ALL_ACTIVE) {
            all
        } else {
            whole
        };
        if active {
            Active
        } else {
            Inactive
        }
    }

    const fn delivered(&self) -> u8 {
        if self.is(SHOWS_0) {
            0
        } else {
            3
        }
    }
}

impl Step {
    const fn objects(self, objects: Objects) -> Step {
        Step { objects, ..self }
    }

    const fn flag(self, for_update: bool) -> Step {
        Step { for_update, ..self }
    }

    const fn also(self, effects: u32) -> Step {
        Step { effects: self.effects | effects, ..self }
    }
}

/// Maps the code of a failure to a result that a transfer, VERIFYING or INSTALLING may show.
#[inline(never)]
pub const fn fault(state: State, code: u8) -> u8 {
    match (state, code) {
        (Installing, 57) => 57,
        (Installing, _) => 58,
        (_, 50 | 51 | 53 | 54) | (Fetching, 52 | 56) => code,
        (_, _) => 57,
    }
}

/// Answers the Write in which a store failed; no request waits for the others.
const fn refusal(state: State, code: u8) -> u8 {
    match (state, code) {
        (Receiving, 50) => TOO_LARGE,
        (Receiving, _) => INTERNAL,
        (_, _) => KEEP,
    }
}

impl State {
    /// The state of a number, as records have it.
    pub(crate) const fn from_number(number: u8) -> Option<State> {
        Some(match number {
            0 => Initial,
            1 => Receiving,
            2 => Fetching,
            3 => Verifying,
            4 => Delivered,
            5 => Installing,
            6 => Inactive,
            7 => Active,
            8 => Activating,
            9 => Deactivating,
            10 => Preparing,
            11 => Uninstalling,
            _ => return None,
        })
    }

    /// Update State, 9/x/7. A server saw INITIAL before it removed what waits for an update.
    pub(crate) const fn update_state(self, for_update: bool) -> u8 {
        match self {
            Initial => 0,
            Receiving | Fetching => 1,
            Verifying => 2,
            Delivered | Installing => 3,
            Uninstalling if for_update => 0,
            Inactive | Active | Activating | Deactivating | Preparing | Uninstalling => 4,
        }
    }

    /// Activation State, 9/x/12, after a step. The last three keep it until their end.
    pub(crate) const fn activation_state(self, was: bool) -> bool {
        match self {
            Active => true,
            Deactivating | Preparing | Uninstalling => was,
            Initial | Receiving | Fetching | Verifying | Delivered | Installing | Inactive | Activating => {
                false
            }
        }
    }

    /// Says that a package is on its way, or being verified.
    pub(crate) const fn is_transfer(self) -> bool {
        matches!(self, Receiving | Fetching | Verifying)
    }

    /// Says that the software is installed, and that nothing is being done to it.
    pub(crate) const fn is_installed(self) -> bool {
        matches!(self, Inactive | Active)
    }
}
