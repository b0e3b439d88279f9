// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One call from outside, as long as it lasts: on the caller's stack.

use super::instance::{agenda, flag, Instance, NOBODY};
use crate::object::{done, Refusal};
use crate::operation::Operation;

/// Who has called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// Nobody, or there is nothing to do.
    Idle,
    /// A server; it waits for the answer.
    Request,
    /// The firmware, for a setting; it waits for the record.
    Setting,
    /// The firmware, with a completion, or bytes of a download.
    Completion,
    /// The firmware, with time.
    Poll,
    /// The firmware, at its start: records are loaded; then each instance has its turn.
    Load,
    Boot,
    /// The numbers of this boot are to be reserved; or its mark is still owed.
    Reserve,
}

/// A call, and what has become of it so far.
#[derive(Debug)]
#[repr(C)]
pub struct Call {
    pub(super) mode: Mode,
    /// Whose turn it is.
    pub(super) place: u8,
    /// CoAP code.
    pub(super) answer: u8,
    /// No more operations.
    pub(super) stop: bool,
    /// The firmware has been made to work.
    pub(super) acted: bool,
    /// A write of a download is to be offered again.
    pub(super) again: bool,
    /// The chunk that is being taken completes its package.
    pub(super) last: bool,
    /// A record that cannot be saved undoes everything.
    pub(super) undo: bool,
    /// The instance is gone again unless all succeeds.
    pub(super) creating: bool,
    /// No record yet: the firmware's list is what there is.
    pub(super) first: bool,
    /// Slots of a first boot are not in the record yet.
    pub(super) held: bool,
    /// What was left to do when it began: a request does not do it, and does not answer
    /// for it.
    pub(super) owed: u16,
    /// At boot the key of the record; for software from the factory the component.
    pub(super) step: u16,
    /// Bytes of the chunk that need not be written.
    pub skip: u32,
    /// What the firmware is to do now.
    pub operation: Operation,
    /// The URI schemes that it can download from; set only if there is a URI.
    pub schemes: &'static [u8],
    /// The instance when the call began: what to compare with, and what to go back to
    /// when an intent cannot be saved.
    pub(super) before: Instance,
}

impl Default for Call {
    fn default() -> Self {
        Self::new()
    }
}

impl Call {
    /// Nothing yet.
    #[inline(never)]
    pub fn new() -> Call {
        Call {
            operation: Operation::NONE,
            schemes: &[],
            before: Instance::FREE,
            owed: 0,
            step: 0,
            skip: 0,
            mode: Mode::Idle,
            place: NOBODY,
            answer: done::CHANGED,
            stop: false,
            acted: false,
            again: false,
            last: false,
            undo: false,
            creating: false,
            first: false,
            held: false,
        }
    }

    /// Begins: from here on the instance may change.
    #[inline(never)]
    pub(super) fn begin(&mut self, i: &mut Instance, mode: Mode) {
        self.mode = mode;
        self.place = i.place;
        self.before = *i;
        self.stop = false;
        self.step = 0;
        if matches!(mode, Mode::Request | Mode::Setting) {
            self.undo = true;
            self.owed = i.agenda & !agenda::CANCEL;
            i.agenda &= agenda::CANCEL;
        }
    }

    /// The CoAP code of the answer.
    pub fn answer(&self) -> u8 {
        if self.creating && self.answer == done::CHANGED {
            done::CREATED
        } else {
            self.answer
        }
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.answer = refusal as u8;
    }

    /// Ends a turn: puts back what was left to do before a request, as far as it still
    /// makes sense, and notes what has changed.
    #[inline(never)]
    pub(super) fn end(&mut self, i: &mut Instance) {
        let owed = core::mem::take(&mut self.owed);
        let same = (self.before.state, self.before.number) == (i.state, i.number);
        i.agenda |= if i.has(flag::DELETED) {
            owed & (agenda::DISCARD | agenda::COMMIT)
        } else if same {
            owed
        } else if i.state.is_transfer() {
            owed & (agenda::ABOUT | agenda::LIST | agenda::SAVE | agenda::COMMIT)
        } else {
            owed & (agenda::ABOUT | agenda::LIST | agenda::SAVE | agenda::COMMIT | agenda::DISCARD)
        };
        i.compare(&self.before);
        // An instance that was deleted leaves its place when nothing is left to do.
        if i.has(flag::DELETED) && i.agenda == 0 && !i.has(flag::DISCARDING) {
            i.reset(crate::object::NONE, 0);
        }
    }
}
