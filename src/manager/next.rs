// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From the agenda to operations.

use super::instance::{agenda, changed, Instance, NOBODY};
use super::text::Text;
use super::{components, Manager, Mode};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::NONE;
use crate::operation::{Kind, Operation};
use crate::record::{self, flag, Record};

/// Numbers are reserved in blocks of so many.
const BLOCK: u32 = 64;

impl Manager<'_> {
    /// The next operation that the running call needs; `None`: it is at its end. A
    /// record to be saved is written to `work`.
    pub fn next(&mut self, work: &mut [u8]) -> Option<Operation> {
        let operation = loop {
            if self.mode == Mode::Idle {
                break None;
            }
            let found = match self.mode {
                Mode::Boot if !self.booted => match self.next_load() {
                    None => continue,
                    operation => operation,
                },
                _ if self.stop => None,
                _ => self.next_of_turn(work),
            };
            if found.is_some() {
                break found;
            }
            self.forget_passing();
            self.repay();
            self.free_deleted();
            if self.mode != Mode::Boot {
                break None;
            }
            match self.next_of_boot(work) {
                Some(operation) => break Some(operation),
                None if self.mode == Mode::Boot => {}
                None => break None,
            }
        };
        self.current = operation;
        operation
    }

    #[inline(never)]
    fn next_of_turn(&mut self, work: &mut [u8]) -> Option<Operation> {
        loop {
            if self.stop {
                return None;
            }
            if self.turn == NOBODY && !self.committed {
                self.stop = true;
                return self.reserve(work);
            }
            let instance = self.instance(self.turn).filter(|instance| instance.used)?;
            let bit = instance.first();
            if bit == 0
                || !self.may(instance, bit, self.mode)
                || bit == agenda::ACT && self.acted && self.mode == Mode::Poll
            {
                return None;
            }
            if self.must_reserve(bit) {
                match self.reserve(work) {
                    Some(operation) => return Some(operation),
                    None => continue,
                }
            }
            let instance = self.instance(self.turn)?;
            match bit {
                agenda::ABOUT => {
                    if self.can.has(Kind::About) {
                        return Some(Operation { package: false, ..operation(Kind::About, 0, instance) });
                    }
                    self.clear(agenda::ABOUT);
                }
                agenda::LIST => {
                    if self.parts.components() {
                        let place = self.step;
                        return Some(Operation { component: place, ..operation(Kind::About, 0, instance) });
                    }
                    self.clear(agenda::LIST);
                }
                agenda::SAVE => {
                    if !self.can.has(Kind::Save) {
                        self.saved();
                    } else if self.sealed || instance.sealed {
                        self.not_saved();
                    } else {
                        let length = self.encode(work).unwrap_or(0);
                        return Some(self.save(u16::from(self.turn).saturating_add(1), length));
                    }
                }
                agenda::CANCEL => {
                    if let Some(cancel) = self.cancel().filter(|_| self.can.has(Kind::Cancel)) {
                        return Some(cancel);
                    }
                }
                agenda::DISCARD => {
                    if self.can.has(Kind::Discard) {
                        let number = self.take_number();
                        let instance = self.instance(self.turn)?;
                        let discard = operation(Kind::Discard, number, instance);
                        return Some(discard);
                    }
                    self.clear(agenda::DISCARD);
                }
                agenda::OPEN => {
                    return self.open();
                }
                agenda::WRITE => {
                    let transfer = self.transfer(self.turn)?;
                    let base = operation(Kind::Write, transfer.number, instance);
                    return Some(Operation { offset: transfer.offset, length: u32::MAX, ..base });
                }
                agenda::OUTCOME => {
                    let begun = instance.act();
                    let component = self.next_component(self.turn);
                    let base = operation(Kind::Outcome, instance.number, instance);
                    return Some(Operation { begun, component, ..base });
                }
                _ => {
                    if instance.state == State::Verifying {
                        match self.verify_step(work.len()) {
                            Some(operation) => return Some(operation),
                            None => continue,
                        }
                    }
                    if instance.state == State::Fetching && self.transfer_of(self.turn).is_none() {
                        self.fail(self.turn, 51, Reason::Transfers);
                        continue;
                    }
                    return self.act();
                }
            }
        }
    }

    /// Whether the bound of the numbers must be saved before this item: it is near, or
    /// it was never saved. On a first boot it is saved last, because its presence says
    /// that the slots have been taken over.
    fn must_reserve(&self, bit: u16) -> bool {
        let slot = bit == agenda::SAVE && matches!(self.mode, Mode::Boot | Mode::Poll);
        bit > agenda::LIST && if self.committed { self.bound < self.number.saturating_add(2) } else { !slot }
    }

    /// A slot of the first boot is not in the record yet.
    pub(super) fn owes_slots(&self) -> bool {
        self.memory.instances.iter().any(|instance| {
            let owed = instance.agenda & agenda::SAVE != 0 || self.owed & agenda::SAVE != 0;
            instance.used && instance.unsaved && owed
        })
    }

    /// Whether an item can be done now. Downloads, verifications and installations wait
    /// for the poll; nothing is begun at boot; a download waits for the storage.
    pub(super) fn may(&self, instance: &Instance, bit: u16, mode: Mode) -> bool {
        let fetching = instance.state == State::Fetching;
        let held = fetching && (instance.opening || instance.discard != 0);
        let late = fetching || matches!(instance.state, State::Verifying | State::Installing);
        match bit {
            agenda::DISCARD => instance.discard == 0,
            agenda::OPEN => !(held || fetching && matches!(mode, Mode::Request | Mode::Setting)),
            agenda::ACT => match mode {
                Mode::Poll => !held,
                Mode::Request => !late,
                Mode::Idle | Mode::Setting | Mode::Completion | Mode::Boot => false,
            },
            _ => true,
        }
    }

    /// One of the operations that are to be cancelled.
    fn cancel(&mut self) -> Option<Operation> {
        let instance = self.at(self.turn)?;
        let (number, begun) = if instance.cancel_open != 0 {
            (core::mem::take(&mut instance.cancel_open), Kind::Open)
        } else {
            (core::mem::take(&mut instance.cancel), instance.cancel_kind)
        };
        if instance.cancel == 0 {
            instance.agenda &= !agenda::CANCEL;
        }
        (number != 0).then(|| Operation { begun, ..operation(Kind::Cancel, number, instance) })
    }

    #[inline(never)]
    fn open(&mut self) -> Option<Operation> {
        let ready = self.transfer_of(self.turn).map_or(0, |transfer| transfer.number);
        let number = if ready == 0 { self.take_number() } else { ready };
        let instance = self.instance(self.turn)?;
        let mut open = operation(Kind::Open, number, instance);
        open.total = instance.total;
        open.offset = instance.length;
        let verifying = instance.state == State::Verifying;
        if let Some(transfer) = self.transfer_of(self.turn) {
            transfer.number = number;
            if !verifying {
                open.offset = transfer.offset;
                open.total = transfer.total;
            }
        }
        Some(open)
    }

    #[inline(never)]
    fn act(&mut self) -> Option<Operation> {
        let component = self.next_component(self.turn);
        let instance = self.instance(self.turn)?;
        let mut act = operation(instance.act(), instance.number, instance);
        act.component = component;
        if instance.state == State::Fetching {
            act.offset = self.transfer(self.turn)?.offset;
        }
        self.acted = true;
        Some(act)
    }

    #[inline(never)]
    pub(super) fn clear(&mut self, bit: u16) {
        if let Some(instance) = self.at(self.turn) {
            instance.agenda &= !bit;
        }
    }

    pub(super) fn save(&self, key: u16, length: usize) -> Operation {
        Operation { length: length as u32, instance: key, ..BLANK }
    }

    /// Puts the bound of the numbers ahead, in the record.
    #[inline(never)]
    pub(super) fn reserve(&mut self, work: &mut [u8]) -> Option<Operation> {
        if self.sealed || !self.committed && self.owes_slots() {
            self.not_saved();
            return None;
        }
        let bound = self.number.saturating_add(BLOCK);
        let length = record::encode_bound(bound, work).unwrap_or(0);
        self.reserving = true;
        Some(self.save(0, length))
    }

    /// Key 0 was saved.
    pub(super) fn reserved(&mut self) {
        self.bound = self.number.saturating_add(BLOCK);
        self.committed = true;
        if let Some(instance) = self.at(self.turn) {
            instance.unsaved &= instance.agenda & agenda::SAVE != 0;
        }
    }

    /// Writes the record of the instance whose turn it is; nothing for one that goes.
    #[inline(never)]
    fn encode(&self, work: &mut [u8]) -> Option<usize> {
        let place = self.turn;
        let instance = self.instance(place)?;
        if instance.deleted {
            return None;
        }
        let transfer = self.transfer(place);
        let fetching = transfer.filter(|_| instance.state == State::Fetching);
        let uri = fetching.map_or(&[][..], |_| self.uri(place));
        let flags = [
            (instance.for_update, flag::FOR_UPDATE),
            (instance.active, flag::ACTIVE),
            (instance.update_objects, flag::UPDATE_OBJECTS),
            (instance.once_more, flag::ONCE_MORE),
        ];
        let record = Record {
            id: instance.id,
            state: instance.state as u8,
            flags: flags.iter().fold(0, |sum, (set, bit)| if *set { sum | bit } else { sum }),
            result: instance.result,
            reason: instance.reason as u8,
            attempts: instance.attempts,
            fault: instance.fault,
            target: instance.target,
            number: instance.number,
            length: fetching.map_or(instance.length, |transfer| transfer.saved),
            total: fetching.map_or(instance.total, |transfer| transfer.total),
            settings: instance.settings,
            bound: self.bound,
            expected: instance.expected,
            etag: fetching.map_or(&[], |transfer| transfer.etag.as_slice()),
            name: self.text(place, Text::Name),
            version: self.text(place, Text::Version),
            uri: uri.strip_suffix(&[0]).unwrap_or_default(),
            components: &[],
        };
        record::encode(&record, components::entries(self.memory.components, place), work)
    }

    /// Of the states that one call passes only the last is ever notified.
    fn forget_passing(&mut self) {
        let shown = self.shown;
        if let Some(instance) = self.at(self.turn) {
            if instance.shown() == shown {
                instance.changed &= !changed::STATE;
            }
        }
    }

    /// An instance that was deleted leaves its place when nothing of it is left to do.
    pub(super) fn free_deleted(&mut self) {
        if let Some(instance) = self.at(self.turn) {
            if instance.deleted && instance.agenda == 0 && instance.discard == 0 {
                *instance = Instance::FREE;
            }
        }
    }
}

pub(super) const BLANK: Operation = Operation {
    kind: Kind::Save,
    begun: Kind::Save,
    number: 0,
    instance: 0,
    component: NONE,
    offset: 0,
    length: 0,
    total: 0,
    active: false,
    for_update: false,
    package: false,
};

/// An operation for an instance.
#[inline(never)]
pub(super) fn operation(kind: Kind, number: u32, instance: &Instance) -> Operation {
    Operation {
        kind,
        begun: kind,
        number,
        instance: instance.id,
        active: instance.active,
        for_update: instance.for_update,
        ..BLANK
    }
}
