// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From the agenda to operations.

use super::call::{Call, Mode};
use super::instance::{agenda, flag, Instance, NOBODY};
use super::{Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::done;
use crate::operation::{can, Kind, Operation};

impl Manager<'_> {
    /// Puts the next operation that the call needs into it; `false`: it is at its end. A
    /// record to be saved is written to `work`; `data` are the bytes that the call brought.
    #[inline(never)]
    pub fn next(&mut self, call: &mut Call, work: &mut [u8], data: &[u8]) -> bool {
        loop {
            if call.mode == Mode::Idle {
                return false;
            }
            if let Some(records) = self.shared.records() {
                if (records.next)(self, call, work) {
                    return true;
                }
            }
            let Some(i) = self.instances.get_mut(usize::from(call.place)) else {
                return false;
            };
            if self.shared.next_of_turn(i, call, work, data) {
                return true;
            }
            if call.creating && call.answer != done::CHANGED {
                // It could not be created as it was asked for, and goes again.
                call.creating = false;
                call.stop = false;
                self.shared.remove(i);
                continue;
            }
            call.end(i);
            if call.mode != Mode::Boot {
                call.mode = Mode::Idle;
            } else if let Some(next) = self.instances.get_mut(usize::from(call.place).saturating_add(1)) {
                call.begin(next, Mode::Boot);
            } else {
                call.place = NOBODY;
                call.mode = Mode::Reserve;
            }
        }
    }
}

impl Call {
    /// Hands out an operation for an instance.
    #[inline(never)]
    pub(super) fn hand_out(&mut self, i: &Instance, kind: Kind, number: u32) -> &mut Operation {
        self.operation = Operation {
            kind,
            begun: kind,
            number,
            instance: i.id,
            active: i.has(flag::ACTIVE),
            for_update: i.has(flag::FOR_UPDATE),
            ..Operation::NONE
        };
        &mut self.operation
    }
}

/// The first item of the agenda, if it can be done now; else 0. Downloads, verifications
/// and installations wait for the poll; nothing is begun at boot; a download waits for
/// the storage.
#[inline(never)]
pub(super) fn first(i: &Instance, mode: Mode) -> u16 {
    let fetching = i.state == State::Fetching;
    let held = fetching && i.has(flag::OPENING | flag::DISCARDING);
    let late = fetching || matches!(i.state, State::Verifying | State::Installing);
    let mut waits = 0;
    if i.has(flag::DISCARDING) {
        waits |= agenda::DISCARD;
    }
    if held || fetching && matches!(mode, Mode::Request | Mode::Setting) {
        waits |= agenda::OPEN;
    }
    let can_act = match mode {
        Mode::Poll => !held,
        Mode::Request => !late,
        _ => false,
    };
    if !can_act {
        waits |= agenda::ACT;
    }
    i.agenda & i.agenda.wrapping_neg() & !waits
}

impl Shared<'_> {
    /// The next operation for the instance whose turn it is.
    #[inline(never)]
    fn next_of_turn(&mut self, i: &mut Instance, call: &mut Call, work: &mut [u8], data: &[u8]) -> bool {
        while !call.stop {
            let bit = first(i, call.mode);
            if bit == 0 || bit == agenda::ACT && call.acted && call.mode == Mode::Poll {
                break;
            }
            if let Some(records) = self.records().filter(|_| bit >= agenda::SAVE) {
                if (records.save)(self, i, call, bit, work) {
                    return !call.stop;
                }
            }
            match bit {
                agenda::ABOUT if self.can(can::ABOUT) => {
                    call.hand_out(i, Kind::About, 0);
                    return true;
                }
                agenda::LIST if self.components().is_some() => {
                    call.hand_out(i, Kind::About, 0).component = call.step;
                    return true;
                }
                agenda::SAVE => {
                    self.saved(i, call);
                    continue;
                }
                agenda::CANCEL => {
                    if self.cancel(i, call) {
                        return true;
                    }
                    continue;
                }
                agenda::DISCARD if self.can(can::DISCARD) => {
                    let number = self.take_number();
                    call.hand_out(i, Kind::Discard, number);
                    return true;
                }
                agenda::LOOK | agenda::COMMIT => {
                    if let Some(hooks) = self.containers() {
                        if (hooks.item)(self, i, call, bit, data) {
                            return true;
                        }
                        continue;
                    }
                }
                agenda::OPEN => {
                    self.open(i, call);
                    return true;
                }
                agenda::WRITE => {
                    let held = self.held(i.place);
                    let Some(transfer) = self.transfer(i.place) else {
                        return false;
                    };
                    let (number, offset) = (transfer.number, transfer.offset.wrapping_add(call.skip));
                    let operation = call.hand_out(i, Kind::Write, number);
                    operation.offset = if held == 0 { offset } else { 0 };
                    operation.length = held;
                    return true;
                }
                agenda::OUTCOME => {
                    let component = self.next_component(i);
                    let operation = call.hand_out(i, Kind::Outcome, i.number);
                    operation.begun = i.act();
                    operation.component = component;
                    return true;
                }
                agenda::ACT => {
                    if self.act(i, call, work.len()) {
                        return true;
                    }
                    continue;
                }
                _ => {}
            }
            i.agenda &= !bit; // the firmware has no callback for it
        }
        false
    }

    /// One of the operations that are to be cancelled; `false`: the firmware cannot.
    fn cancel(&mut self, i: &mut Instance, call: &mut Call) -> bool {
        let (number, begun) = if i.has(flag::STOP_OPENING) {
            i.set(flag::STOP_OPENING, false);
            (i.storage, Kind::Open)
        } else {
            let verifying = i.has(flag::STOP_VERIFYING);
            (core::mem::take(&mut i.cancel), if verifying { Kind::Verify } else { Kind::Fetch })
        };
        if i.cancel == 0 {
            i.agenda &= !agenda::CANCEL;
        }
        if number == 0 || !self.can(can::CANCEL) {
            return false;
        }
        call.hand_out(i, Kind::Cancel, number).begun = begun;
        true
    }

    fn open(&mut self, i: &mut Instance, call: &mut Call) {
        let ready = self.transfer(i.place).map_or(0, |transfer| transfer.number);
        let number = if ready == 0 { self.take_number() } else { ready };
        let mut offset = i.length;
        if let Some(transfer) = self.transfer(i.place) {
            transfer.number = number;
            if i.state != State::Verifying {
                offset = transfer.offset;
            }
        }
        if self.held(i.place) != 0 {
            offset = 0;
        }
        let operation = call.hand_out(i, Kind::Open, number);
        operation.offset = offset;
        operation.length = i.total;
    }

    /// How many bytes of a package, from its first one on, have been held back until now.
    #[inline(never)]
    fn held(&self, place: u8) -> u32 {
        self.containers().map_or(0, |hooks| (hooks.held)(self, place))
    }

    /// What the state is for; `false`: the agenda tells how it went on.
    fn act(&mut self, i: &mut Instance, call: &mut Call, room: usize) -> bool {
        if i.state.is_transfer() && self.transfer(i.place).is_none() {
            self.fail(i, 51, Reason::TRANSFERS);
            return false;
        }
        if i.state == State::Verifying {
            return self.verify_step(i, call, room);
        }
        let component = self.next_component(i);
        let offset = self.offset(i.place);
        let operation = call.hand_out(i, i.act(), i.number);
        operation.component = component;
        operation.offset = offset;
        call.acted = true;
        true
    }
}
