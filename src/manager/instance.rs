// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One instance of Object 9: what is known of it, what is to be done for it next, and
//! what servers have not been told yet.

use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::{software, NONE};
use crate::operation::Kind;
use crate::transfer::push::Accepted;
use crate::verify::Expectation;

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
    pub(crate) const OPEN: u16 = 32;
    pub(crate) const WRITE: u16 = 64;
    /// Ask what became of the operation over the reboot.
    pub(crate) const OUTCOME: u16 = 128;
    /// Do what the state is for.
    pub(crate) const ACT: u16 = 256;
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

    pub(crate) const ORDER: [u16; 11] = [
        software::REASON,
        software::RESULT,
        software::STATE,
        software::ACTIVE,
        software::NAME,
        software::VERSION,
        software::LINKS,
        software::COUNT,
        software::CHECKPOINT,
        software::UPDATE_OBJECTS,
        software::SETTINGS,
    ];
}

/// Place of nothing, in the tables of instances and transfers.
pub(crate) const NOBODY: u8 = 255;

/// One instance.
#[derive(Clone, Debug)]
pub struct Instance {
    pub(crate) id: u16,
    pub(crate) used: bool,
    /// Deleted, and going: servers see it no more.
    pub(crate) deleted: bool,
    pub(crate) state: State,
    pub(crate) for_update: bool,
    /// 9/x/12
    pub(crate) active: bool,
    /// 9/x/8
    pub(crate) update_objects: bool,
    /// The operation in flight was called once more after a boot.
    pub(crate) once_more: bool,
    /// The firmware works on operation `number`.
    pub(crate) in_flight: bool,
    /// The firmware is opening the storage of a download.
    pub(crate) opening: bool,
    /// The last try to save the record failed.
    pub(crate) unsaved: bool,
    /// Its record is of a newer release, which will want to find it again.
    pub(crate) sealed: bool,
    /// It has appeared since servers were told.
    pub(crate) appeared: bool,
    pub(crate) result: u8,
    pub(crate) reason: Reason,
    /// Failed installs of this package.
    pub(crate) attempts: u8,
    /// A fault of content that the verification is to tell; 0: none.
    pub(crate) fault: u8,
    pub(crate) changed: u16,
    pub(crate) cancel_kind: Kind,
    pub(crate) name_length: u8,
    pub(crate) version_length: u8,
    pub(crate) user_length: u8,
    pub(crate) password_length: u8,
    pub(crate) arguments_length: u8,
    pub(crate) agenda: u16,
    /// The component that the operation is about, by id; NONE: all.
    pub(crate) target: u16,
    /// The operation that the state is for.
    pub(crate) number: u32,
    /// A discard that is pending; 0: none.
    pub(crate) discard: u32,
    /// Operations to cancel: what `cancel_kind` says, and an opening.
    pub(crate) cancel: u32,
    pub(crate) cancel_open: u32,
    /// Bytes of the package.
    pub(crate) length: u32,
    /// Its declared size, or 0.
    pub(crate) total: u32,
    pub(crate) checkpoint: u32,
    pub(crate) settings: u32,
    pub(crate) accepted: Accepted,
    pub(crate) expected: Expectation,
}

impl Instance {
    /// No instance.
    pub(crate) const FREE: Instance = Instance {
        id: NONE,
        used: false,
        deleted: false,
        state: State::Initial,
        for_update: false,
        active: false,
        update_objects: false,
        once_more: false,
        in_flight: false,
        opening: false,
        unsaved: false,
        sealed: false,
        appeared: false,
        result: 0,
        reason: Reason::None,
        attempts: 0,
        fault: 0,
        changed: 0,
        cancel_kind: Kind::Cancel,
        name_length: 0,
        version_length: 0,
        user_length: 0,
        password_length: 0,
        arguments_length: 0,
        agenda: 0,
        target: NONE,
        number: 0,
        discard: 0,
        cancel: 0,
        cancel_open: 0,
        length: 0,
        total: 0,
        checkpoint: u32::MAX,
        settings: u32::MAX,
        accepted: Accepted::NONE,
        expected: Expectation::NOTHING,
    };

    /// What is to be done first; 0: nothing.
    pub(crate) fn first(&self) -> u16 {
        self.agenda & self.agenda.wrapping_neg()
    }

    /// Servers see it.
    pub(crate) fn is_seen(&self) -> bool {
        self.used && !self.deleted
    }

    /// 9/x/7
    #[inline(never)]
    pub(crate) fn shown(&self) -> u8 {
        self.state.shown(self.for_update)
    }

    /// To another state, with the for-update flag as it is then.
    #[inline(never)]
    pub(crate) fn enter(&mut self, state: State, for_update: bool) {
        let before = self.shown();
        self.state = state;
        self.for_update = for_update;
        if self.shown() != before {
            self.changed |= changed::STATE;
        }
        if state == State::Initial {
            self.accepted = Accepted::NONE;
        }
    }

    /// A new result, and why.
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

    /// 9/x/12
    pub(crate) fn set_active(&mut self, active: bool) {
        if self.active != active {
            self.active = active;
            self.changed |= changed::ACTIVE;
        }
    }

    /// 9/x/13
    pub(crate) fn set_settings(&mut self, link: u32) {
        if self.settings != link {
            self.settings = link;
            self.changed |= changed::SETTINGS;
            self.agenda |= agenda::SAVE;
        }
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
