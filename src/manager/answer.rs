// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From verdicts to what comes next.

use super::instance::{agenda, Instance};
use super::{About, AboutError, Error, Manager, Mode};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::{self, State};
use crate::object::{done, Refusal};
use crate::operation::{Kind, Verdict};

impl Manager<'_> {
    /// Takes the verdict on the operation that [`next`](Self::next) handed out. `bytes`
    /// is what was loaded, read or written.
    #[inline(never)]
    pub fn answer(&mut self, verdict: Verdict, flags: u32, bytes: &[u8]) {
        let Some(operation) = self.current.take() else {
            return;
        };
        let place = self.turn;
        match operation.kind {
            Kind::Load => self.answer_load(verdict, bytes),
            Kind::Save => {
                let reserving = core::mem::take(&mut self.reserving);
                match (verdict, reserving) {
                    (Verdict::Done, true) => self.reserved(),
                    (Verdict::Done, false) => self.saved(),
                    _ => self.not_saved(),
                }
            }
            Kind::Open => self.answer_open(verdict, operation.number),
            Kind::Write => self.answer_write(verdict, bytes),
            Kind::Read => self.answer_read(verdict, bytes),
            Kind::Discard => {
                self.clear(agenda::DISCARD);
                let Some(instance) = self.at(place).filter(|_| verdict == Verdict::Pending) else {
                    return;
                };
                instance.discard = operation.number;
                if instance.state == State::Receiving && !instance.deleted {
                    self.fail_now(57, Reason::Device);
                    self.clear(agenda::DISCARD);
                }
            }
            Kind::Outcome => self.answer_outcome(verdict, flags),
            Kind::Cancel | Kind::About => {}
            Kind::Fetch
            | Kind::Verify
            | Kind::Install
            | Kind::Uninstall
            | Kind::Prepare
            | Kind::Activate
            | Kind::Deactivate => {
                self.clear(agenda::ACT);
                match verdict {
                    Verdict::Pending => self.fly(),
                    // A download has bytes to bring before it is done.
                    Verdict::Done if operation.kind == Kind::Fetch => self.fly(),
                    Verdict::Done => self.settle(place, Ok(()), flags),
                    Verdict::Failed(code) => self.settle_now(code, flags),
                    Verdict::Again | Verdict::NotStarted | Verdict::Unknown => self.settle_now(0, flags),
                }
            }
        }
    }

    /// The operation goes on without us.
    fn fly(&mut self) {
        if let Some(instance) = self.at(self.turn) {
            instance.in_flight = true;
        }
    }

    /// A failure inside the call that asked: its answer is 5.00.
    fn settle_now(&mut self, code: u8, flags: u32) {
        self.answer = Refusal::Internal as i32;
        self.settle(self.turn, Err(code), flags);
    }

    /// A transfer that fails inside the call that brought the bytes.
    #[inline(never)]
    pub(super) fn fail_now(&mut self, result: u8, reason: Reason) {
        self.answer = if result == 50 { Refusal::TooLarge as i32 } else { Refusal::Internal as i32 };
        self.fail(self.turn, result, reason);
    }

    /// The record of the instance holds.
    #[inline(never)]
    pub(super) fn saved(&mut self) {
        let place = self.turn;
        self.undo = None;
        self.owed &= !agenda::SAVE;
        self.sweep_components(place);
        if let Some(instance) = self.at(place) {
            instance.agenda &= !agenda::SAVE;
            instance.unsaved = false;
        }
        if self.mode == Mode::Setting {
            self.start_hash(place); // with what is expected now
        }
    }

    /// It does not hold. What was only intended is undone; what has been done stays, and
    /// the next poll tries again. A transfer does not outlive its record.
    #[inline(never)]
    pub(super) fn not_saved(&mut self) {
        self.stop = true;
        let place = self.turn;
        let undo = self.undo.take();
        let Some(instance) = self.at(place) else {
            return;
        };
        instance.unsaved = true;
        let (state, deleted) = (instance.state, instance.deleted);
        match undo {
            Some(before) if before.state.is_transfer() && (deleted || state != before.state) => {
                self.fail_now(57, Reason::Record);
            }
            Some(before) => {
                self.answer = Refusal::Internal as i32;
                self.undo(before);
            }
            None if self.creating => self.answer = Refusal::Internal as i32,
            None if state.is_transfer() && !deleted => self.fail_now(57, Reason::Record),
            None => {}
        }
    }

    fn undo(&mut self, before: Instance) {
        let place = self.turn;
        self.owed = 0;
        if !before.state.is_transfer() {
            self.release(place);
        }
        if before.state == State::Delivered {
            self.keep_components(place);
        }
        if let Some(instance) = self.at(place) {
            // Texts that are not saved have been overwritten already.
            let (user, password) = (instance.user_length, instance.password_length);
            let arguments = instance.arguments_length;
            *instance = before;
            instance.user_length = user;
            instance.password_length = password;
            instance.arguments_length = arguments;
        }
    }

    #[inline(never)]
    fn answer_open(&mut self, verdict: Verdict, number: u32) {
        self.clear(agenda::OPEN);
        let place = self.turn;
        let Some(state) = self.at(place).map(|instance| instance.state) else {
            return;
        };
        match verdict {
            Verdict::Done => {}
            Verdict::Pending if state == State::Fetching => {
                // Bytes that came with a restart are to be offered again.
                self.again = true;
                if let Some(instance) = self.at(place) {
                    instance.opening = true;
                    instance.agenda &= !agenda::WRITE;
                }
                if let Some(transfer) = self.transfer_of(place) {
                    transfer.number = number;
                }
            }
            _ => {
                let code = match verdict {
                    Verdict::Failed(code) => code,
                    _ => 0,
                };
                self.not_open(place, code);
            }
        }
    }

    /// The storage did not open.
    pub(super) fn not_open(&mut self, place: u8, code: u8) {
        let Some(state) = self.at(place).map(|instance| instance.state) else {
            return;
        };
        let result = lifecycle::failure(state, code).unwrap_or(57);
        let resumed = self.transfer_of(place).is_some_and(|transfer| transfer.offset > 0);
        match state {
            // Only a boot opens these: are the bytes still there?
            State::Verifying | State::Delivered => self.fail(place, 57, Reason::Lost),
            State::Fetching if resumed => {
                self.restart(place);
                if let Some(instance) = self.at(place) {
                    instance.agenda |= agenda::OPEN;
                }
            }
            _ => self.fail_now(result, Reason::of(result)),
        }
    }

    #[inline(never)]
    fn answer_write(&mut self, verdict: Verdict, data: &[u8]) {
        self.clear(agenda::WRITE);
        let place = self.turn;
        let Some(state) = self.at(place).map(|instance| instance.state) else {
            return;
        };
        let code = match verdict {
            Verdict::Done => return self.stored(place, state, data),
            Verdict::Again if state == State::Fetching => {
                self.again = true;
                return;
            }
            Verdict::Failed(code) => code,
            _ => 0,
        };
        let result = lifecycle::failure(state, code).unwrap_or(57);
        self.fail_now(result, Reason::of(result));
    }

    /// Bytes have been stored.
    #[inline(never)]
    fn stored(&mut self, place: u8, state: State, data: &[u8]) {
        let last = self.chunk.is_last();
        let step = self.config.checkpoint();
        let readable = self.can.has(Kind::Read);
        let digest = self.digest_of(place);
        let accepted = self.chunk;
        let Some(transfer) = self.transfer_of(place) else {
            return;
        };
        transfer.offset = transfer.offset.saturating_add(data.len() as u32);
        if let (true, false, Some(digest)) = (transfer.hashing, readable, digest) {
            (digest.update)(&mut transfer.digest, data);
        }
        let due = transfer.offset.wrapping_sub(transfer.saved) >= step;
        if state == State::Fetching && due && !last {
            transfer.saved = transfer.offset;
        }
        if let Some(instance) = self.at(place) {
            if state == State::Receiving {
                instance.accepted = accepted;
            } else if due && !last {
                instance.agenda |= agenda::SAVE;
            }
        }
        if last {
            self.complete(place);
        }
    }

    /// Completes an operation that was pending.
    pub fn done(&mut self, number: u32, verdict: Verdict, flags: u32) -> Result<(), Error> {
        if !self.booted {
            return Err(Error::Order);
        }
        let mut place = 0u8;
        for instance in self.memory.instances.iter() {
            if instance.used {
                let opened = instance.opening
                    && self.memory.transfers.iter().any(|t| t.owner == place && t.number == number);
                let discarded = instance.discard == number;
                let flown = instance.in_flight && instance.number == number;
                if number != 0 && (opened || discarded || flown) {
                    self.begin(place, Mode::Completion, done::CHANGED);
                    let outcome = match verdict {
                        Verdict::Done => Ok(()),
                        Verdict::Failed(code) => Err(code),
                        _ => Err(0),
                    };
                    self.conclude(place, outcome, flags, opened, discarded);
                    return Ok(());
                }
            }
            place = place.saturating_add(1);
        }
        Err(Error::Stale)
    }

    fn conclude(&mut self, place: u8, outcome: Result<(), u8>, flags: u32, opened: bool, discarded: bool) {
        let Some(instance) = self.at(place) else {
            return;
        };
        if discarded {
            instance.discard = 0;
        } else if opened {
            instance.opening = false;
            if let Err(code) = outcome {
                self.not_open(place, code);
            }
        } else {
            instance.in_flight = false;
            self.settle(place, outcome, flags);
        }
    }

    /// What became of an operation over a reboot.
    #[inline(never)]
    pub(super) fn answer_outcome(&mut self, verdict: Verdict, flags: u32) {
        self.clear(agenda::OUTCOME);
        let place = self.turn;
        match verdict {
            Verdict::Done => self.settle(place, Ok(()), flags),
            Verdict::Failed(code) => self.settle(place, Err(code), flags),
            Verdict::Pending => self.fly(),
            Verdict::NotStarted => {
                if let Some(instance) = self.at(place) {
                    instance.agenda |= agenda::ACT;
                }
            }
            Verdict::Again | Verdict::Unknown => {
                let again = self.at(place).is_some_and(|i| i.state != State::Installing && !i.once_more);
                match self.at(place) {
                    Some(instance) if again => {
                        instance.once_more = true;
                        instance.agenda |= agenda::SAVE | agenda::ACT;
                    }
                    _ => self.settle(place, Err(0), flags),
                }
            }
        }
    }

    /// Takes what the firmware tells about names.
    #[inline(never)]
    pub fn answer_about(&mut self, told: Result<About<'_>, AboutError>) {
        let Some(operation) = self.current.take() else {
            return;
        };
        let place = self.turn;
        if operation.package {
            self.answer_package(place, operation.component, told);
        } else if operation.component == crate::object::NONE {
            self.clear(agenda::ABOUT);
            if let Ok(about) = told {
                self.set_names(place, about);
            }
        } else {
            self.answer_factory(place, operation.component, told);
        }
    }
}
