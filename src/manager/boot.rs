// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The start: records are loaded, then every instance sees after what the power cut
//! interrupted. A first boot takes over the slots that the firmware lists, and says so
//! in the record last of all.

use super::instance::{agenda, Instance, NOBODY};
use super::next::BLANK;
use super::text::Text;
use super::{components, Error, Manager, Mode};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::operation::{Kind, Operation, Verdict};
use crate::record::{self, flag, Record, Unusable};
use heapless::Vec;

impl Manager<'_> {
    /// Starts. The running call is [`Mode::Boot`] until all is done.
    pub fn boot(&mut self, now: u32) -> Result<(), Error> {
        if self.booted {
            return Err(Error::Order);
        }
        self.now = now;
        self.mode = Mode::Boot;
        self.turn = NOBODY;
        self.stop = false;
        // Key of the next record to load.
        self.step = 0;
        if !self.can.has(Kind::Save) {
            self.take_over();
        }
        Ok(())
    }

    pub(super) fn next_load(&mut self) -> Option<Operation> {
        let keys = self.memory.instances.len().min(255) as u16;
        if self.step > keys {
            if self.first {
                self.take_over();
            } else {
                self.resume();
            }
            return None;
        }
        Some(Operation { kind: Kind::Load, begun: Kind::Load, instance: self.step, ..BLANK })
    }

    #[inline(never)]
    pub(super) fn answer_load(&mut self, verdict: Verdict, blob: &[u8]) {
        let key = self.step;
        self.step = key.saturating_add(1);
        let loaded = verdict == Verdict::Done;
        if key == 0 {
            match record::decode_bound(blob) {
                _ if loaded && blob.is_empty() => self.first = true,
                Ok(bound) if loaded => {
                    self.committed = true;
                    self.number = bound.max(1);
                    self.bound = bound;
                }
                Err(Unusable::Newer) if loaded => {
                    self.seal();
                    self.first = true;
                }
                // The numbers are lost: those of the records are the best that is known.
                _ => self.refused = true,
            }
            return;
        }
        let place = (key.saturating_sub(1)).min(254) as u8;
        if self.first {
            // A first boot that was cut left this: it goes where no slot is listed.
            if let Some(instance) = self.at(place).filter(|instance| !instance.used && !blob.is_empty()) {
                *instance = Instance { used: true, deleted: true, agenda: agenda::SAVE, ..Instance::FREE };
            }
            return;
        }
        match record::decode(blob) {
            _ if loaded && blob.is_empty() => {
                if let Some(instance) = self.at(place) {
                    *instance = Instance::FREE;
                }
            }
            Ok(record) if loaded => self.restore(place, &record),
            unusable => {
                // The firmware's list is the next best thing that is known.
                self.refused = true;
                if let Some(instance) = self.at(place) {
                    instance.sealed = loaded && unusable == Err(Unusable::Newer);
                    if instance.used {
                        self.ask_factory(place);
                    }
                }
            }
        }
    }

    /// A newer release wrote here: it will want to find it again.
    fn seal(&mut self) {
        self.refused = true;
        self.sealed = true;
    }

    #[inline(never)]
    fn restore(&mut self, place: u8, record: &Record<'_>) {
        let Some(state) = State::from_number(record.state) else {
            self.refused = true;
            return;
        };
        // A slot of the list that has moved to another place.
        for other in self.memory.instances.iter_mut().filter(|other| other.used && other.id == record.id) {
            *other = Instance { sealed: other.sealed, ..Instance::FREE };
        }
        let Some(instance) = self.at(place) else {
            return;
        };
        *instance = Instance {
            id: record.id,
            used: true,
            state,
            for_update: record.flags & flag::FOR_UPDATE != 0,
            active: record.flags & flag::ACTIVE != 0,
            update_objects: record.flags & flag::UPDATE_OBJECTS != 0,
            once_more: record.flags & flag::ONCE_MORE != 0,
            result: record.result,
            reason: Reason::from_number(record.reason),
            attempts: record.attempts,
            fault: record.fault,
            target: record.target,
            number: record.number,
            length: record.length,
            total: record.total,
            settings: record.settings,
            expected: record.expected,
            ..Instance::FREE
        };
        // Ahead of key 0 only where that was broken.
        self.number = self.number.max(record.bound);
        self.set_text(place, Text::Name, record.name);
        self.set_text(place, Text::Version, record.version);
        for entry in record::entries(record.components) {
            if !self.put_component(entry, place) {
                self.refused = true;
            }
        }
        if state == State::Fetching && self.acquire(place) {
            self.set_uri(place, record.uri);
            let resumable = self.can_verify_again(&record.expected);
            if let Some(transfer) = self.transfer_of(place) {
                if resumable {
                    transfer.total = record.total;
                    transfer.offset = record.length;
                    transfer.saved = record.length;
                    transfer.etag = Vec::from_slice(record.etag).unwrap_or_default();
                    transfer.hashing = record.length == 0;
                }
            }
        }
        if state == State::Verifying && self.acquire(place) {
            if let Some(transfer) = self.transfer_of(place) {
                transfer.offset = record.length;
                transfer.hashing = false;
            }
        }
    }

    /// No record: the firmware's list is what there is.
    fn take_over(&mut self) {
        let mut place = 0u8;
        for _ in 0..self.memory.instances.len() {
            if self.at(place).is_some_and(|instance| instance.is_seen()) {
                self.ask_factory(place);
            }
            place = place.saturating_add(1);
        }
        self.step = 0;
        self.begin_turn(0);
        self.booted = true;
    }

    /// Records are loaded: what was in flight?
    #[inline(never)]
    fn resume(&mut self) {
        let mut place = 0u8;
        for _ in 0..self.memory.instances.len() {
            self.resume_instance(place);
            place = place.saturating_add(1);
        }
        self.step = 0;
        self.begin_turn(0);
        self.booted = true;
    }

    #[inline(never)]
    fn resume_instance(&mut self, place: u8) {
        let Some(instance) = self.instance(place).filter(|instance| instance.used) else {
            return;
        };
        let (state, expected) = (instance.state, instance.expected);
        let empty = !instance.for_update
            && matches!(
                state,
                State::Initial
                    | State::Receiving
                    | State::Fetching
                    | State::Verifying
                    | State::Delivered
                    | State::Installing
            );
        match state {
            State::Initial | State::Inactive | State::Active => {}
            State::Receiving => self.fail(place, 0, Reason::Interrupted),
            State::Fetching if self.transfer_of(place).is_none() => self.fail(place, 51, Reason::Transfers),
            State::Verifying if self.transfer_of(place).is_none() => self.fail(place, 51, Reason::Transfers),
            State::Verifying if !self.can_verify_again(&expected) => self.fail(place, 57, Reason::Lost),
            State::Fetching | State::Verifying => self.put(place, agenda::OPEN | agenda::ACT),
            State::Delivered => self.put(place, agenda::OPEN),
            State::Installing
            | State::Activating
            | State::Deactivating
            | State::Preparing
            | State::Uninstalling => {
                self.put(place, agenda::OUTCOME);
            }
        }
        if empty {
            self.put(place, agenda::ABOUT);
        }
    }

    #[inline(never)]
    fn put(&mut self, place: u8, bits: u16) {
        if let Some(instance) = self.at(place) {
            instance.agenda |= bits;
        }
    }

    fn begin_turn(&mut self, place: u8) {
        self.begin(place, Mode::Boot, crate::object::done::CHANGED);
    }

    /// The next instance has its turn; when all have had theirs, the numbers of this
    /// boot are reserved, and the boot is over.
    #[inline(never)]
    pub(super) fn next_of_boot(&mut self, work: &mut [u8]) -> Option<Operation> {
        if !self.booted {
            return None;
        }
        let count = self.memory.instances.len();
        let next = self.turn.saturating_add(1);
        if usize::from(next) < count && self.turn != NOBODY {
            self.step = 0;
            self.begin_turn(next);
            return None;
        }
        let due = self.bound < self.number.saturating_add(32) || !self.committed;
        let owed = !self.committed && self.owes_slots();
        if self.turn != NOBODY && self.can.has(Kind::Save) && !self.sealed && due && !owed {
            self.turn = NOBODY;
            self.stop = true;
            return self.reserve(work);
        }
        self.turn = NOBODY;
        self.mode = Mode::Idle;
        None
    }
}

/// Components of a record keep their flags.
const _: () = assert!(components::STAGED == 2 && components::HIDDEN == 4);
