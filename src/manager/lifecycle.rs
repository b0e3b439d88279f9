// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the outcomes of operations do to an instance.

use super::components::What;
use super::instance::{agenda, flag, Instance, NOBODY};
use super::{config, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::NONE;
use crate::operation::{Verdict, OBJECTS_CHANGED, OLD_LOST, STILL_RUNS};
use crate::transfer::push::Accepted;
use crate::transfer::{Stage, Transfer};
use crate::verify::NO_DIGEST;

impl Shared<'_> {
    /// The package is lost, or unwanted: back to INITIAL, and away with it. The record
    /// goes first, then the storage.
    #[inline(never)]
    pub(super) fn fail(&mut self, i: &mut Instance, result: u8, reason: Reason) {
        self.leave_transfer(i);
        self.change(i, What::Unstaged);
        i.enter(State::Initial);
        i.tell(result, reason);
        i.attempts = 0;
        i.set(flag::DELETED, false);
        i.number = 0;
        i.length = 0;
        i.total = 0;
        i.agenda = agenda::SAVE | agenda::DISCARD | i.agenda & (agenda::CANCEL | agenda::COMMIT);
    }

    /// Takes an instance away, and its package.
    pub(super) fn remove(&mut self, i: &mut Instance) {
        self.leave_transfer(i);
        self.change(i, What::Unstaged);
        i.set(flag::DELETED, true);
        let package = if i.state == State::Initial { 0 } else { agenda::DISCARD };
        i.agenda = agenda::SAVE | package | i.agenda & agenda::CANCEL;
    }

    /// Stops what the firmware does for a transfer, and gives the transfer back.
    fn leave_transfer(&mut self, i: &mut Instance) {
        if i.has(flag::OPENING) {
            i.set(flag::STOP_OPENING, true);
            i.agenda |= agenda::CANCEL;
        }
        if i.has(flag::IN_FLIGHT) && i.state.is_transfer() {
            i.cancel = i.number;
            i.set(flag::STOP_VERIFYING, i.state == State::Verifying);
            i.agenda |= agenda::CANCEL;
        }
        i.set(flag::OPENING | flag::IN_FLIGHT, false);
        self.release(i);
    }

    /// Gives the transfer of an instance back to the pool.
    #[inline(never)]
    pub(super) fn release(&mut self, i: &Instance) {
        if let Some(transfer) = self.transfer(i.place) {
            transfer.give(NOBODY);
        }
    }

    /// Takes a transfer from the pool.
    #[inline(never)]
    pub(super) fn acquire(&mut self, i: &Instance) -> bool {
        if self.transfer(i.place).is_some() {
            return true;
        }
        let Some(transfer) = self.transfer(NOBODY) else {
            return false;
        };
        let engine = transfer.digest.engine;
        *transfer = Transfer::FREE;
        transfer.digest.engine = engine;
        transfer.give(i.place);
        self.start_package(i);
        true
    }

    /// A transfer begins again at its first byte.
    #[inline(never)]
    pub(super) fn restart(&mut self, i: &mut Instance) {
        i.total = 0;
        if let Some(transfer) = self.transfer(i.place) {
            transfer.number = 0;
            transfer.offset = 0;
            transfer.saved = 0;
            transfer.etag.clear();
        }
        self.start_package(i);
    }

    /// A package is at its first byte.
    #[inline(never)]
    fn start_package(&mut self, i: &Instance) {
        if let Some(hooks) = self.containers() {
            (hooks.anew)(self, i.place);
        }
        self.start_hash(i);
    }

    /// Begins the digest of a transfer that is at its first byte.
    #[inline(never)]
    pub(super) fn start_hash(&mut self, i: &Instance) {
        let digest = self.digest(i.algorithm);
        if let Some(transfer) = self.transfer(i.place).filter(|transfer| transfer.offset == 0) {
            transfer.hashing = true;
            transfer.digest.engine.failed = false;
            if let Some(digest) = digest {
                (digest.of.start)(&mut transfer.digest);
            }
        }
    }

    /// A package is complete: it is verified from the next poll on.
    #[inline(never)]
    pub(super) fn complete(&mut self, i: &mut Instance) {
        i.number = self.take_number();
        i.length = self.offset(i.place);
        if self.containers().is_some_and(|hooks| (hooks.is_holding)(self, i.place)) {
            i.length = 0; // refused before anything was stored
        }
        self.stage(i, Stage::Check);
        i.enter(State::Verifying);
        i.tell(0, Reason::NONE);
        i.set(flag::IN_FLIGHT, false);
        i.agenda |= agenda::SAVE | agenda::ACT;
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
    #[inline(never)]
    pub(super) fn settle(&mut self, i: &mut Instance, verdict: Verdict, flags: u32) {
        let ok = verdict == Verdict::DONE;
        i.set(flag::ONCE_MORE, false);
        i.agenda |= agenda::SAVE;
        match i.state {
            State::Fetching if ok && self.unpackings.is_empty() => return self.complete(i),
            State::Fetching if ok => return i.agenda |= agenda::LOOK, // what was held back
            State::Verifying if ok => {
                i.agenda |= agenda::ACT;
                return self.stage(i, Stage::Name);
            }
            State::Fetching | State::Verifying => {
                let (result, reason) = i.fault(verdict);
                return self.fail(i, result, reason);
            }
            State::Activating | State::Deactivating => return self.activation(i, ok),
            State::Initial | State::Receiving | State::Delivered | State::Inactive | State::Active => return,
            State::Installing if !ok => {
                let (result, reason) = i.fault(verdict);
                i.tell(result, reason);
                i.attempts = i.attempts.saturating_add(1);
                i.enter(State::Delivered);
                if flags & OLD_LOST != 0 {
                    self.change(i, What::Lost);
                    i.set(flag::FOR_UPDATE, false);
                    i.agenda |= agenda::ABOUT;
                }
            }
            State::Uninstalling | State::Preparing if !ok => {
                self.removal_failed(i, flags & STILL_RUNS != 0);
            }
            State::Installing | State::Uninstalling | State::Preparing => self.new_software(i),
        }
        if i.agenda & agenda::ACT == 0 {
            i.number = 0;
        }
        if flags & OBJECTS_CHANGED != 0 {
            self.wants_registration(i);
        }
    }

    /// An installation, a removal or a preparation has succeeded.
    fn new_software(&mut self, i: &mut Instance) {
        let (state, result, what) = match i.state {
            State::Installing => (State::Inactive, 2, What::Installed),
            State::Uninstalling => (State::Initial, 0, What::Removed),
            _ => (State::Initial, 0, What::Prepared),
        };
        let prepared = i.state == State::Preparing;
        self.change(i, what);
        i.enter(state);
        i.tell(result, Reason::NONE);
        i.set(flag::ACTIVE | flag::FOR_UPDATE, false);
        i.attempts = 0;
        if prepared {
            i.set(flag::FOR_UPDATE, true);
            return;
        }
        i.expected = 0;
        i.algorithm = NO_DIGEST;
        i.agenda |= agenda::ABOUT;
        if state == State::Inactive && self.config.option(config::AUTO_ACTIVATE) {
            i.target = 0;
            self.begin_act(i, State::Activating);
        }
    }

    /// To a state that makes the firmware work. The record says so first.
    #[inline(never)]
    pub(super) fn begin_act(&mut self, i: &mut Instance, state: State) {
        i.enter(state);
        i.number = self.take_number();
        i.agenda |= agenda::SAVE | agenda::ACT;
    }

    fn removal_failed(&mut self, i: &mut Instance, runs: bool) {
        if !runs {
            self.change(i, What::Stopped);
        }
        let reason = if i.state == State::Preparing { Reason::PREPARE } else { Reason::UNINSTALL };
        i.tell(59, reason);
        if i.has(flag::FOR_UPDATE) {
            i.enter(State::Initial);
        } else {
            i.rest(runs && self.tally(i).all(true));
        }
    }

    /// A component, or the whole software, has been started or stopped, or has not.
    fn activation(&mut self, i: &mut Instance, ok: bool) {
        let start = i.state == State::Activating;
        if ok {
            self.mark_component(i, start);
            if i.target == 0 && self.next_component(i) != NONE {
                return self.begin_act(i, i.state);
            }
        }
        let reason = match (ok, start) {
            (true, _) => Reason::NONE,
            (false, true) => Reason::ACTIVATE,
            (false, false) => Reason::DEACTIVATE,
        };
        i.tell(i.result, reason);
        i.number = 0;
        i.target = 0;
        i.rest(self.tally(i).all(ok == start));
    }

    /// Gives up an update: the old software is what it was.
    pub(super) fn end_update(&mut self, i: &mut Instance, still_runs: bool) {
        let (state, result, reason) = (i.state, i.result, i.reason);
        let owed = i.agenda & agenda::DISCARD;
        let (result, reason) = if result >= 50 { (result, reason) } else { (57, Reason::GIVEN_UP) };
        self.fail(i, result, reason);
        self.change(i, What::Back);
        if !still_runs {
            self.change(i, What::Stopped);
        }
        if state == State::Initial {
            i.agenda = i.agenda & !agenda::DISCARD | owed;
        }
        i.rest(still_runs && self.tally(i).all(true));
    }

    /// Whether throwing the package away would touch storage on which the firmware
    /// works and cannot stop.
    #[inline(never)]
    pub(super) fn is_held(&self, i: &Instance) -> bool {
        i.state == State::Verifying && i.has(flag::IN_FLIGHT) && !self.can(crate::operation::can::CANCEL)
    }

    /// The chunk that was accepted last is forgotten.
    #[inline(never)]
    pub(super) fn forget_package(&mut self, i: &mut Instance) {
        self.change(i, What::Unstaged);
        if i.state == State::Delivered {
            i.agenda |= agenda::DISCARD;
        }
        i.accepted = Accepted::NONE;
        i.attempts = 0;
        i.length = 0;
        i.total = 0;
        i.agenda |= agenda::SAVE | agenda::OPEN;
    }
}
