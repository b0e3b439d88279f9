// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the outcomes of operations do to an instance.

use super::instance::{agenda, changed, Instance, NOBODY};
use super::{components, config, Error, Manager, Mode};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::{self, State};
use crate::object::{done, NONE};
use crate::operation::{OBJECTS_CHANGED, OLD_LOST, STILL_RUNS};
use crate::transfer::push::Accepted;
use crate::transfer::{Stage, Transfer};
use crate::verify::{Digest, Expectation, NO_DIGEST};

impl Manager<'_> {
    /// The package is lost, or unwanted: back to INITIAL, and away with it. The record
    /// goes first, then the storage.
    #[inline(never)]
    pub(super) fn fail(&mut self, place: u8, result: u8, reason: Reason) {
        self.leave_transfer(place);
        self.drop_components(place, components::STAGED);
        if let Some(instance) = self.at(place) {
            let for_update = instance.for_update;
            instance.enter(State::Initial, for_update);
            instance.tell(result, reason);
            instance.accepted = Accepted::NONE;
            instance.attempts = 0;
            instance.fault = 0;
            instance.deleted = false;
            instance.number = 0;
            instance.length = 0;
            instance.total = 0;
            instance.agenda = agenda::SAVE | agenda::DISCARD | instance.agenda & agenda::CANCEL;
        }
    }

    /// Stops what the firmware does for a transfer, and gives the transfer back.
    pub(super) fn leave_transfer(&mut self, place: u8) {
        let opened = self.transfer_of(place).map_or(0, |transfer| transfer.number);
        if let Some(instance) = self.at(place) {
            if instance.opening {
                instance.cancel_open = opened;
                instance.agenda |= agenda::CANCEL;
            }
            if instance.in_flight && instance.state.is_transfer() {
                instance.cancel = instance.number;
                instance.cancel_kind = instance.act();
                instance.agenda |= agenda::CANCEL;
            }
            instance.opening = false;
            instance.in_flight = false;
        }
        self.release(place);
    }

    /// Gives the transfer of an instance back to the pool.
    #[inline(never)]
    pub(super) fn release(&mut self, place: u8) {
        if let Some(transfer) = self.transfer_of(place) {
            *transfer = Transfer::FREE;
        }
    }

    /// Takes a transfer from the pool.
    pub(super) fn acquire(&mut self, place: u8) -> bool {
        if self.transfer_of(place).is_some() {
            return true;
        }
        match self.transfer_of(NOBODY) {
            Some(transfer) => {
                *transfer = Transfer { owner: place, ..Transfer::FREE };
                self.start_hash(place);
                true
            }
            None => false,
        }
    }

    /// A transfer begins again at its first byte.
    pub(super) fn restart(&mut self, place: u8) {
        if let Some(transfer) = self.transfer_of(place) {
            transfer.number = 0;
            transfer.offset = 0;
            transfer.saved = 0;
            transfer.total = 0;
            transfer.etag.clear();
        }
        self.start_hash(place);
    }

    /// The digest that the next package is checked with.
    pub(super) fn digest_of(&self, place: u8) -> Option<&'static Digest> {
        let instance = self.instance(place)?;
        self.parts.digest(instance.expected.algorithm)
    }

    /// Begins the digest of a transfer that is at its first byte.
    pub(super) fn start_hash(&mut self, place: u8) {
        let digest = self.digest_of(place);
        if let Some(transfer) = self.transfer_of(place).filter(|transfer| transfer.offset == 0) {
            transfer.hashing = true;
            if let Some(digest) = digest {
                (digest.start)(&mut transfer.digest);
            }
        }
    }

    /// A package is complete: it is verified from the next poll on.
    pub(super) fn complete(&mut self, place: u8) {
        let number = self.take_number();
        let Some(transfer) = self.transfer_of(place) else {
            return;
        };
        transfer.stage = Stage::Check;
        let (length, total) = (transfer.offset, transfer.total);
        if let Some(instance) = self.at(place) {
            instance.enter(State::Verifying, instance.for_update);
            instance.tell(0, Reason::None);
            instance.number = number;
            instance.length = length;
            instance.total = total;
            instance.in_flight = false;
            instance.agenda |= agenda::SAVE | agenda::ACT;
        }
    }

    /// The result that DELIVERED shows.
    pub(super) fn delivered_result(&self) -> u8 {
        let shows_0 =
            self.config.option(config::RESULT_IN_DELIVERED_0) || self.config.policy == config::POLICY_NONE;
        if shows_0 {
            0
        } else {
            3
        }
    }

    /// The operation that the state is for has ended.
    pub(super) fn settle(&mut self, place: u8, outcome: Result<(), u8>, flags: u32) {
        let Some(instance) = self.at(place) else {
            return;
        };
        instance.once_more = false;
        instance.agenda |= agenda::SAVE;
        let state = instance.state;
        match (state, outcome) {
            (State::Fetching, Ok(())) => self.complete(place),
            (State::Verifying, Ok(())) => {
                instance.agenda |= agenda::ACT;
                if let Some(transfer) = self.transfer_of(place) {
                    transfer.stage = Stage::Name;
                }
            }
            (State::Fetching | State::Verifying, Err(code)) => {
                let result = lifecycle::failure(state, code).unwrap_or(57);
                self.fail(place, result, Reason::of(result));
            }
            (State::Installing, Ok(())) => self.install_ok(place, flags),
            (State::Installing, Err(code)) => self.install_failed(place, code, flags),
            (State::Uninstalling, Ok(())) => self.uninstall_ok(place, flags),
            (State::Preparing, Ok(())) => self.prepare_ok(place, flags),
            (State::Uninstalling | State::Preparing, Err(_)) => self.removal_failed(place, flags),
            (State::Activating | State::Deactivating, outcome) => self.activation(place, outcome),
            (State::Initial | State::Receiving | State::Delivered | State::Inactive | State::Active, _) => {}
        }
    }

    fn install_ok(&mut self, place: u8, flags: u32) {
        self.drop_components(place, components::HIDDEN);
        self.show_components(place, components::STAGED);
        let start = self.config.option(config::AUTO_ACTIVATE);
        let number = if start { self.take_number() } else { 0 };
        if let Some(instance) = self.at(place) {
            instance.enter(if start { State::Activating } else { State::Inactive }, false);
            instance.tell(2, Reason::None);
            instance.set_active(false);
            instance.expected = Expectation::NOTHING;
            instance.attempts = 0;
            instance.number = number;
            instance.target = NONE;
            instance.agenda |= agenda::ABOUT;
            if start {
                instance.agenda |= agenda::ACT;
            }
        }
        self.objects_changed(place, flags);
    }

    fn install_failed(&mut self, place: u8, code: u8, flags: u32) {
        let lost = flags & OLD_LOST != 0;
        if lost {
            self.drop_components(place, components::HIDDEN);
        }
        if let Some(instance) = self.at(place) {
            let result = lifecycle::failure(State::Installing, code).unwrap_or(58);
            instance.tell(result, Reason::of(result));
            instance.attempts = instance.attempts.saturating_add(1);
            instance.number = 0;
            let for_update = instance.for_update && !lost;
            if lost {
                instance.agenda |= agenda::ABOUT;
            }
            instance.enter(State::Delivered, for_update);
        }
        self.objects_changed(place, flags);
    }

    fn uninstall_ok(&mut self, place: u8, flags: u32) {
        self.drop_components(place, components::SHOWN);
        self.drop_components(place, components::HIDDEN);
        if let Some(instance) = self.at(place) {
            instance.enter(State::Initial, false);
            instance.tell(0, Reason::None);
            instance.set_active(false);
            instance.expected = Expectation::NOTHING;
            instance.attempts = 0;
            instance.number = 0;
            instance.agenda |= agenda::ABOUT;
        }
        self.objects_changed(place, flags);
    }

    fn prepare_ok(&mut self, place: u8, flags: u32) {
        self.hide_components(place);
        if let Some(instance) = self.at(place) {
            instance.enter(State::Initial, true);
            instance.tell(0, Reason::None);
            instance.set_active(false);
            instance.number = 0;
        }
        self.objects_changed(place, flags);
    }

    fn removal_failed(&mut self, place: u8, flags: u32) {
        let runs = flags & STILL_RUNS != 0;
        if !runs {
            self.stop_components(place);
        }
        let whole = self.all_active(place);
        if let Some(instance) = self.at(place) {
            let reason = if instance.state == State::Preparing { Reason::Prepare } else { Reason::Uninstall };
            instance.tell(59, reason);
            instance.number = 0;
            if instance.for_update {
                instance.enter(State::Initial, true);
            } else {
                instance.rest(runs && whole.unwrap_or(true));
            }
        }
    }

    /// A component, or the whole software, has been started or stopped, or has not.
    fn activation(&mut self, place: u8, outcome: Result<(), u8>) {
        let Some(instance) = self.at(place) else {
            return;
        };
        let start = instance.state == State::Activating;
        let alone = instance.target != NONE;
        if outcome.is_ok() {
            self.mark_component(place, start);
        }
        let more = !alone && outcome.is_ok() && self.next_component(place) != NONE;
        if more {
            let number = self.take_number();
            if let Some(instance) = self.at(place) {
                instance.number = number;
                instance.agenda |= agenda::ACT;
            }
            return;
        }
        let active = self.all_active(place).unwrap_or(outcome.is_ok() == start);
        if let Some(instance) = self.at(place) {
            let reason = if start { Reason::Activate } else { Reason::Deactivate };
            let result = instance.result;
            instance.tell(result, if outcome.is_ok() { Reason::None } else { reason });
            instance.number = 0;
            instance.target = NONE;
            instance.rest(active);
        }
    }

    fn objects_changed(&mut self, place: u8, flags: u32) {
        if flags & OBJECTS_CHANGED != 0 {
            self.wants_registration(place);
        }
    }

    /// The list of Objects and instances has changed: servers learn it at once if 9/x/8
    /// says so.
    pub(super) fn wants_registration(&mut self, place: u8) {
        let now = self.at(place).is_some_and(|instance| instance.update_objects);
        self.register = Some(now || self.register.unwrap_or(false));
    }

    /// Gives up an update: the old software is what it was.
    pub fn give_up_update(&mut self, id: u16, still_runs: bool) -> Result<(), Error> {
        let (place, instance) = self.find_booted(id)?;
        match instance.state {
            State::Installing | State::Uninstalling => return Err(Error::Busy),
            State::Verifying if instance.for_update && self.is_held(instance) => return Err(Error::Busy),
            State::Initial | State::Receiving | State::Fetching | State::Verifying | State::Delivered => {}
            State::Inactive | State::Active | State::Activating | State::Deactivating | State::Preparing => {
                return Ok(())
            }
        }
        let (state, result, reason) = (instance.state, instance.result, instance.reason);
        if !instance.for_update {
            return Ok(());
        }
        self.begin(place, Mode::Completion, done::CHANGED);
        let (result, reason) = if result >= 50 { (result, reason) } else { (57, Reason::GivenUp) };
        self.fail(place, result, reason);
        self.unhide_components(place);
        if !still_runs {
            self.stop_components(place);
        }
        let active = still_runs && self.all_active(place).unwrap_or(true);
        if let Some(instance) = self.at(place) {
            if state == State::Initial {
                instance.agenda &= !agenda::DISCARD;
            }
            instance.rest(active);
        }
        Ok(())
    }
}

impl Instance {
    /// Installed, and nothing being done to it.
    fn rest(&mut self, active: bool) {
        self.enter(if active { State::Active } else { State::Inactive }, false);
        self.set_active(active);
    }

    /// Notifies 9/x/7 though it is the same.
    pub(super) fn show_state_again(&mut self) {
        self.changed |= changed::STATE;
    }
}

/// An expectation that only a digest can meet.
pub(super) fn needs_digest(expected: &Expectation) -> bool {
    expected.algorithm != NO_DIGEST
}
