// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the firmware tells by itself: slots, completions, a download's bytes, expectations,
//! links, an update that it abandons.

use super::instance::{agenda, flag, Instance};
use super::operation::Verdict;
use super::push::Chunk;
use super::{so, Core, Error, Joint, Mode};
use crate::machine::{self, fact, Event, State};
use crate::object::reason::Reason;
use crate::object::software::{CHECKPOINT, SETTINGS};
use crate::object::{done, NONE};
use crate::verify::{digest_size, NO_DIGEST};

/// What the firmware says is in a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Software {
    /// Nothing.
    Empty,
    /// Software from the factory, stopped.
    Installed,
    /// Software from the factory, running.
    Running,
}

impl<'a> Core<'a> {
    /// Lists a slot.
    pub fn add(&mut self, id: u16, software: Software) -> Result<(), Error> {
        if id == NONE {
            return Err(Error::Invalid);
        }
        if self.is_taken(id) {
            return Err(Error::Exists);
        }
        if !self.occupy(id) {
            return Err(Error::Full);
        }
        if software != Software::Empty {
            let running = software == Software::Running;
            self.i.state = if running { State::Active } else { State::Inactive };
            self.i.set(flag::ACTIVE, running);
            self.i.result = 2;
        }
        self.store();
        if self.is(so::BOOTED) {
            self.begin(Mode::Completion);
            self.i.ask_factory();
            self.i.set(flag::APPEARED, true);
            self.flags |= so::REGISTER;
            self.work();
        }
        Ok(())
    }

    /// Completes an operation that was pending.
    pub fn complete_operation(&mut self, number: u32, verdict: Verdict, told: u32) -> Result<(), Error> {
        let is_storage = |i: &Instance| i.storage == number && i.has(flag::OPENING | flag::DISCARDING);
        let is_act = |i: &Instance| i.number == number && i.has(flag::IN_FLIGHT);
        let found = self.instances.iter().find(|i| number != 0 && (is_storage(i) || is_act(i)));
        let Some(place) = found.map(|i| i.place) else {
            return Err(Error::Stale);
        };
        self.load(place);
        self.begin(Mode::Completion);
        if !is_storage(&self.i) {
            self.last = self.i.state == State::Fetching && verdict == Verdict::DONE;
            self.i.set(flag::IN_FLIGHT, false);
            self.settle(verdict, told);
        } else if self.i.has(flag::OPENING) {
            self.i.set(flag::OPENING, false);
            if verdict != Verdict::DONE {
                self.not_open(verdict);
            }
        } else {
            self.i.set(flag::DISCARDING, false);
        }
        self.work();
        Ok(())
    }

    /// Takes the next bytes of a download. `Stale`: it does not go on.
    pub fn fetched(&mut self, number: u32, chunk: &Chunk<'a>) -> Result<(), Error> {
        let is_running = |i: &&Instance| {
            number != 0 && i.number == number && i.has(flag::IN_FLIGHT) && i.state == State::Fetching
        };
        let Some(place) = self.instances.iter().find(is_running).map(|i| i.place) else {
            return Err(Error::Stale);
        };
        self.load(place);
        self.data = chunk.data;
        let said = self.hook(Joint::Fetched(chunk));
        if said != 0 {
            self.data = &[];
            return Err(if said == Core::NOT_NOW { Error::Busy } else { Error::Invalid });
        }
        self.work();
        let i = &self.i;
        if self.again {
            Err(Error::Busy)
        } else if i.number == number && i.has(flag::IN_FLIGHT) || self.last && i.state == State::Verifying {
            Ok(())
        } else {
            Err(Error::Stale)
        }
    }

    /// Says what the next package must be.
    pub fn expect(&mut self, id: u16, length: u32, algorithm: u8, digest: &[u8]) -> Result<(), Error> {
        if !self.load_instance(id) {
            return Err(Error::Missing);
        }
        if digest.len() != digest_size(algorithm)
            || algorithm != NO_DIGEST && self.hook(Joint::Knows(algorithm.into())) == 0
        {
            return Err(Error::Invalid);
        }
        match self.i.state {
            State::Initial => {}
            State::Fetching if self.offset() == 0 => {}
            _ => return Err(Error::Busy),
        }
        let mut kept = [0; 32];
        for (to, from) in kept.iter_mut().zip(digest) {
            *to = *from;
        }
        self.swap_digest(&mut kept, digest.len());
        self.begin(Mode::Setting);
        self.i.expected = length;
        self.i.algorithm = algorithm;
        self.i.agenda |= agenda::SAVE;
        if self.work() == done::CHANGED {
            return Ok(());
        }
        self.swap_digest(&mut kept, digest.len());
        Err(Error::Unsaved)
    }

    fn swap_digest(&mut self, digest: &mut [u8; 32], size: usize) {
        for (ours, theirs) in self.digest_room().iter_mut().zip(digest.iter_mut().take(size)) {
            core::mem::swap(ours, theirs);
        }
    }

    /// Sets Checkpoint or Package Settings.
    pub fn set_link(&mut self, id: u16, resource: u16, link: u32) -> Result<(), Error> {
        if !self.load_instance(id) {
            return Err(Error::Missing);
        }
        if !matches!(resource, CHECKPOINT | SETTINGS) || !self.config.offers(resource) {
            return Err(Error::Invalid);
        }
        self.begin(Mode::Setting);
        if resource == SETTINGS {
            self.set_settings(link);
        } else {
            self.i.checkpoint = !link;
        }
        if self.work() == done::CHANGED {
            Ok(())
        } else {
            Err(Error::Unsaved)
        }
    }

    /// Gives up an update: the old software is what it was.
    pub fn give_up_update(&mut self, id: u16, still_runs: bool) -> Result<(), Error> {
        if !self.load_instance(id) {
            return Err(Error::Missing);
        }
        if self.step_with(Event::GivenUp, 0, if still_runs { fact::RUNS } else { 0 }) == 0 {
            return if self.says.answer == machine::BUSY { Err(Error::Busy) } else { Ok(()) };
        }
        let reason = if self.i.result >= 50 { self.i.reason } else { Reason::GIVEN_UP };
        self.begin(Mode::Completion);
        self.apply(reason);
        self.work();
        Ok(())
    }
}

impl Instance {
    /// Asks for the names of software from the factory, and then for its components.
    #[inline(never)]
    pub(crate) fn ask_factory(&mut self) {
        self.agenda |= agenda::ABOUT | agenda::SAVE;
        if self.state.is_installed() {
            self.agenda |= agenda::LIST;
        }
    }
}
