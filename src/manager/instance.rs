// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One instance of Object 9: what is known of it, what is to be done for it next, and
//! what servers have not been told yet.

use crate::lifecycle::reason::Reason;
use crate::lifecycle::{failure, State};
use crate::object::software;
use crate::operation::{Kind, Verdict};
use crate::transfer::push::Accepted;
use crate::verify::NO_DIGEST;

/// What is to be done next, in this order: names are asked for before they are saved,
/// an intent is saved before it is acted upon, a package goes from the record before it
/// goes from the storage.
pub(crate) mod agenda {
    /// Ask for name and version.
    pub(crate) const ABOUT: u16 = 1;
    /// Ask for the components of software from the factory.
    pub(crate) const LIST: u16 = 2;
    pub(crate) const SAVE: u16 = 4;
    pub(crate) const CANCEL: u16 = 8;
    pub(crate) const DISCARD: u16 = 16;
    /// Look at what has come of a package, before it is stored.
    pub(crate) const LOOK: u16 = 32;
    pub(crate) const OPEN: u16 = 64;
    pub(crate) const WRITE: u16 = 128;
    /// Ask what became of the operation over the reboot.
    pub(crate) const OUTCOME: u16 = 256;
    /// What the state is for.
    pub(crate) const ACT: u16 = 512;
    /// Raise the firmware's rollback counter.
    pub(crate) const COMMIT: u16 = 1024;
}

/// What servers have not been told, in the order in which they are.
pub(crate) mod changed {
    use super::software;
    pub(crate) const REASON: u16 = 1;
    pub(crate) const RESULT: u16 = 2;
    pub(crate) const STATE: u16 = 4;
    pub(crate) const ACTIVE: u16 = 8;
    pub(crate) const NAME: u16 = 16;
    pub(crate) const VERSION: u16 = 32;
    pub(crate) const LINKS: u16 = 64;
    pub(crate) const COUNT: u16 = 128;
    pub(crate) const CHECKPOINT: u16 = 256;
    pub(crate) const UPDATE_OBJECTS: u16 = 512;
    pub(crate) const SETTINGS: u16 = 1024;

    /// The resources of these bits.
    pub(crate) static ORDER: [u8; 11] = [
        software::REASON as u8,
        software::RESULT as u8,
        software::STATE as u8,
        software::ACTIVE as u8,
        software::NAME as u8,
        software::VERSION as u8,
        software::LINKS as u8,
        software::COUNT as u8,
        software::CHECKPOINT as u8,
        software::UPDATE_OBJECTS as u8,
        software::SETTINGS as u8,
    ];
}

/// What is so of an instance, or is not. The first four are saved as they are.
pub(crate) mod flag {
    /// The software waits for the package that updates it.
    pub(crate) const FOR_UPDATE: u16 = 1;
    /// 9/x/12
    pub(crate) const ACTIVE: u16 = 2;
    /// 9/x/8
    pub(crate) const UPDATE_OBJECTS: u16 = 4;
    /// The operation in flight was called once more after a boot.
    pub(crate) const ONCE_MORE: u16 = 8;
    pub(crate) const SAVED: u16 = 15;
    /// There is an instance here.
    pub(crate) const USED: u16 = 16;
    /// Deleted, and going: servers see it no more.
    pub(crate) const DELETED: u16 = 32;
    /// The firmware works on operation `number`.
    pub(crate) const IN_FLIGHT: u16 = 64;
    /// The firmware is opening the storage of a download: operation `storage`.
    pub(crate) const OPENING: u16 = 128;
    /// The firmware is throwing a package away: operation `storage`.
    pub(crate) const DISCARDING: u16 = 256;
    /// An opening is to be cancelled: operation `storage`.
    pub(crate) const STOP_OPENING: u16 = 512;
    /// What is to be cancelled is a verification, not a download.
    pub(crate) const STOP_VERIFYING: u16 = 1024;
    /// The last try to save the record failed.
    pub(crate) const UNSAVED: u16 = 2048;
    /// Its record is of a newer release, which will want to find it again.
    pub(crate) const SEALED: u16 = 4096;
    /// It has appeared since servers were told.
    pub(crate) const APPEARED: u16 = 8192;
}

/// Place of nothing, in the tables of instances and transfers.
pub(crate) const NOBODY: u8 = 255;

/// One instance. Bytes come first, because Thumb reaches only 31 bytes far for them with
/// a short instruction; likewise in the other structs that live long.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Instance {
    /// Where it is in the table of instances.
    pub(crate) place: u8,
    pub(crate) state: State,
    pub(crate) result: u8,
    pub(crate) reason: Reason,
    /// Failed installs of this package.
    pub(crate) attempts: u8,
    /// Of the digest that the next package must have.
    pub(crate) algorithm: u8,
    pub(crate) id: u16,
    /// See [`flag`].
    pub(crate) flags: u16,
    /// See [`agenda`].
    pub(crate) agenda: u16,
    /// See [`changed`].
    pub(crate) changed: u16,
    /// The component that the operation is about, by its id plus 1; 0: all.
    pub(crate) target: u16,
    /// How long the next package must be; 0: any.
    pub(crate) expected: u32,
    /// The operation that the state is for.
    pub(crate) number: u32,
    /// An operation on its storage: see [`flag`].
    pub(crate) storage: u32,
    /// A download or a verification to cancel.
    pub(crate) cancel: u32,
    /// Bytes of the package.
    pub(crate) length: u32,
    /// The size that its sender declares, or 0.
    pub(crate) total: u32,
    /// Object links, every bit the other way round: 0 is no link.
    pub(crate) checkpoint: u32,
    pub(crate) settings: u32,
    /// The chunk that was accepted last.
    pub(crate) accepted: Accepted,
}

impl Instance {
    /// No instance: nothing but zeros.
    pub(crate) const FREE: Instance = Instance {
        id: 0,
        flags: 0,
        agenda: 0,
        changed: 0,
        target: 0,
        place: 0,
        state: State::Initial,
        result: 0,
        reason: Reason::NONE,
        attempts: 0,
        algorithm: NO_DIGEST,
        expected: 0,
        number: 0,
        storage: 0,
        cancel: 0,
        length: 0,
        total: 0,
        checkpoint: 0,
        settings: 0,
        accepted: Accepted::NONE,
    };

    /// Another one takes its place, or none.
    #[inline(never)]
    pub(crate) fn reset(&mut self, id: u16, flags: u16) {
        *self = Instance { place: self.place, id, flags, ..Instance::FREE };
    }

    /// Whether one of the flags is set.
    pub(crate) fn has(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    /// Sets flags, or clears them.
    pub(crate) fn set(&mut self, flags: u16, on: bool) {
        if on {
            self.flags |= flags;
        } else {
            self.flags &= !flags;
        }
    }

    /// Servers see it.
    pub(crate) fn is_seen(&self) -> bool {
        self.flags & (flag::USED | flag::DELETED) == flag::USED
    }

    /// 9/x/7
    #[inline(never)]
    pub(crate) fn shown(&self) -> u8 {
        self.state.shown(self.has(flag::FOR_UPDATE))
    }

    /// To another state.
    #[inline(never)]
    pub(crate) fn enter(&mut self, state: State) {
        self.state = state;
        if matches!(state, State::Initial | State::Installing) {
            self.accepted = Accepted::NONE;
        }
    }

    /// A new result, and why. That it was another one meanwhile is told, too: a server
    /// waits for a second failure of the same kind.
    #[inline(never)]
    pub(crate) fn tell(&mut self, result: u8, reason: Reason) {
        if self.result != result {
            self.result = result;
            self.changed |= changed::RESULT;
        }
        if self.reason != reason {
            self.reason = reason;
            self.changed |= changed::REASON;
        }
    }

    /// A failure that the firmware told shows this.
    #[inline(never)]
    pub(crate) fn fault(&self, verdict: Verdict) -> (u8, Reason) {
        let result = failure(self.state, verdict.code());
        (result, Reason::of(result))
    }

    /// Notes what a call has changed. Of the values that it passes only the last is told.
    #[inline(never)]
    pub(crate) fn compare(&mut self, before: &Instance) {
        if self.shown() != before.shown() {
            self.changed |= changed::STATE;
        }
        let flags = self.flags ^ before.flags;
        if flags & flag::ACTIVE != 0 {
            self.changed |= changed::ACTIVE;
        }
        if flags & flag::UPDATE_OBJECTS != 0 {
            self.changed |= changed::UPDATE_OBJECTS;
        }
        if self.checkpoint != before.checkpoint {
            self.changed |= changed::CHECKPOINT;
        }
        if self.settings != before.settings {
            self.changed |= changed::SETTINGS;
        }
    }

    /// Installed, and nothing being done to it.
    #[inline(never)]
    pub(crate) fn rest(&mut self, active: bool) {
        self.enter(if active { State::Active } else { State::Inactive });
        self.set(flag::FOR_UPDATE, false);
        self.set(flag::ACTIVE, active);
    }

    /// What the state asks of the firmware.
    pub(crate) fn act(&self) -> Kind {
        match self.state {
            State::Fetching => Kind::Fetch,
            State::Installing => Kind::Install,
            State::Activating => Kind::Activate,
            State::Deactivating => Kind::Deactivate,
            State::Preparing => Kind::Prepare,
            State::Uninstalling => Kind::Uninstall,
            State::Initial
            | State::Receiving
            | State::Verifying
            | State::Delivered
            | State::Inactive
            | State::Active => Kind::Verify,
        }
    }
}
