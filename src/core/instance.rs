// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One instance of Object 9: what is known of it, what is to be done for it next, and
//! what servers have not been notified of yet.

use crate::machine::State;
use crate::object::reason::Reason;
use crate::object::software;
use crate::transfer::push::Accepted;
use crate::verify::NO_DIGEST;

/// The list of work: items in the order in which they are done. Names are asked for before
/// they are saved, an intent is saved before it is acted upon, a package goes from the record
/// before it goes from the storage. Those that the machine names are its bits.
pub(crate) mod agenda {
    use crate::machine::effect;
    /// Asks for name and version.
    pub(crate) const ABOUT: u32 = effect::ABOUT;
    /// Asks for the components of software from the factory.
    pub(crate) const LIST: u32 = 1 << 1;
    pub(crate) const SAVE: u32 = effect::SAVE;
    /// Stops operations of the firmware.
    pub(crate) const CANCEL: u32 = 1 << 3;
    pub(crate) const DISCARD: u32 = effect::DISCARD;
    /// Looks at what has come of a package, before it is stored.
    pub(crate) const LOOK: u32 = 1 << 5;
    pub(crate) const OPEN: u32 = effect::OPEN;
    pub(crate) const WRITE: u32 = effect::WRITE;
    pub(crate) const OUTCOME: u32 = effect::OUTCOME;
    pub(crate) const ACT: u32 = effect::ACT;
    /// Raises the firmware's rollback counter.
    pub(crate) const COMMIT: u32 = 1 << 10;
    /// All of them.
    pub(crate) const ALL: u32 = (1 << 11) - 1;
    /// Those that outlive a step of the machine; the others die with the state.
    pub(crate) const LASTING: u32 = ABOUT | LIST | SAVE | CANCEL | DISCARD | COMMIT;
}

/// What servers have not been notified of, in the order in which they are.
pub(crate) mod changed {
    use super::software;
    pub(crate) const REASON: u16 = 1;
    pub(crate) const RESULT: u16 = 2;
    pub(crate) const STATE: u16 = 4;
    pub(crate) const ACTIVE: u16 = 8;
    pub(crate) const NAME: u16 = 16;
    pub(crate) const LINKS: u16 = 64;
    pub(crate) const COUNT: u16 = 128;
    pub(crate) const CHECKPOINT: u16 = 256;
    pub(crate) const UPDATE_OBJECTS: u16 = 512;
    pub(crate) const SETTINGS: u16 = 1024;

    /// The resources of these bits; that behind the name is the version.
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

/// Flags of an instance. The first four are saved as they are.
pub(crate) mod flag {
    use crate::machine::fact;
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
    /// It has appeared since servers were notified.
    pub(crate) const APPEARED: u16 = 8192;

    /// Flags that are facts for the machine, and how far they are shifted.
    pub(crate) const FACTS: u16 = FOR_UPDATE | ONCE_MORE | DISCARDING;
    pub(crate) const SHIFT: u32 = 7;
    const _: () = assert!(
        fact::FOR_UPDATE == (FOR_UPDATE as u32) << SHIFT
            && fact::ONCE_MORE == (ONCE_MORE as u32) << SHIFT
            && fact::DISCARDING == (DISCARDING as u32) << SHIFT
    );
}

/// One instance. Bytes come first, because Thumb reaches only 31 bytes far for them with
/// a short instruction; likewise in the other structs that live long.
///
/// cbindgen:ignore
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
    /// Where its transfer is in the pool, plus 1; 0: it has none.
    pub(crate) transfer: u8,
    pub(crate) id: u16,
    /// See [`flag`].
    pub(crate) flags: u16,
    /// See [`changed`].
    pub(crate) changed: u16,
    /// The component that the operation is about, by its id plus 1; 0: all.
    pub(crate) target: u16,
    /// See [`agenda`].
    pub(crate) agenda: u32,
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
    /// Rollback counters, where a part is a container: the highest that has been installed, and
    /// that of the package that is to be.
    pub(crate) installed: u32,
    pub(crate) offered: u32,
    /// Object links, every bit inverted: 0 is no link.
    pub(crate) checkpoint: u32,
    pub(crate) settings: u32,
    /// The chunk that was accepted last.
    pub(crate) accepted: Accepted,
}

impl Instance {
    /// No instance: zeros.
    pub(crate) const FREE: Instance = Instance {
        place: 0,
        state: State::Initial,
        result: 0,
        reason: Reason::NONE,
        attempts: 0,
        algorithm: NO_DIGEST,
        transfer: 0,
        id: 0,
        flags: 0,
        changed: 0,
        target: 0,
        agenda: 0,
        expected: 0,
        number: 0,
        storage: 0,
        cancel: 0,
        length: 0,
        total: 0,
        installed: 0,
        offered: 0,
        checkpoint: 0,
        settings: 0,
        accepted: Accepted::NONE,
    };

    /// Puts another instance into its place, or none.
    #[inline(never)]
    pub(crate) fn reset(&mut self, id: u16, flags: u16) {
        *self = Instance { place: self.place, id, flags, ..Instance::FREE };
    }

    /// Says that one of the flags is set.
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

    /// Says that servers see it.
    pub(crate) fn is_seen(&self) -> bool {
        self.flags & (flag::USED | flag::DELETED) == flag::USED
    }

    /// 9/x/7
    #[inline(never)]
    pub(crate) fn update_state(&self) -> u8 {
        self.state.update_state(self.has(flag::FOR_UPDATE))
    }

    /// Notes a new result and its reason. That it was another one meanwhile is notified, too:
    /// a server waits for a second failure of the same kind.
    #[inline(never)]
    pub(crate) fn note(&mut self, result: u8, reason: Reason) {
        if self.result != result {
            self.result = result;
            self.changed |= changed::RESULT;
        }
        if self.reason != reason {
            self.reason = reason;
            self.changed |= changed::REASON;
        }
    }

    /// Notes what has changed since `before`. Of the values that a call passes through only
    /// the last is notified.
    #[inline(never)]
    pub(crate) fn compare(&mut self, before: &Instance) {
        let mut all = self.changed;
        let mut note = |differs: bool, what: u16| all |= if differs { what } else { 0 };
        let flags = self.flags ^ before.flags;
        note(self.update_state() != before.update_state(), changed::STATE);
        note(flags & flag::ACTIVE != 0, changed::ACTIVE);
        note(flags & flag::UPDATE_OBJECTS != 0, changed::UPDATE_OBJECTS);
        note(self.checkpoint != before.checkpoint, changed::CHECKPOINT);
        note(self.settings != before.settings, changed::SETTINGS);
        self.changed = all;
    }
}
