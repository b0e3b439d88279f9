// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The only room that knows the others: events in, operations and changes out.
//!
//! An event (a request, a completion, time) changes an instance and puts on its
//! *agenda* what that needs: ask, save, cancel, discard, open, write, act. [`next`]
//! takes the agenda's items in this order and hands them out as operations;
//! [`answer`] takes the verdicts and may put further items on it. So *persist the
//! intent, act, persist the outcome, answer, notify* is one loop, and a power cut can
//! be tried at every turn of it.
//!
//! [`next`]: Manager::next
//! [`answer`]: Manager::answer

mod answer;
mod boot;
pub mod changes;
pub mod components;
pub mod config;
mod fetch;
pub mod instance;
mod lifecycle;
mod next;
pub mod part;
mod poll;
#[cfg(test)]
mod power_cuts;
mod push;
mod read;
pub mod requests;
mod text;
mod verify;

use crate::lifecycle::State;
use crate::object::{done, NONE};
use crate::operation::{Abilities, Kind, Operation};
use crate::transfer::push::Accepted;
use crate::transfer::Transfer;
use crate::verify::Expectation;
use components::Component;
use config::swmgmt_config_t as Config;
use instance::{agenda, changed, Instance, NOBODY};
use part::Parts;

/// The caller's memory, carved.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Memory<'a> {
    pub instances: &'a mut [Instance],
    pub transfers: &'a mut [Transfer],
    pub components: &'a mut [Component],
    /// As many bytes as [`Memory::text`] says.
    pub text: &'a mut [u8],
}

/// What a call of the firmware's own did wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    /// Nonsense.
    Invalid,
    /// No room.
    Full,
    /// Not now.
    Busy,
    /// No such thing.
    Missing,
    /// There already.
    Exists,
    /// Before or after boot.
    Order,
    /// No such operation in flight.
    Stale,
}

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

impl Software {
    /// From the number of the C interface.
    pub fn from_number(number: u8) -> Option<Software> {
        [Software::Empty, Software::Installed, Software::Running].get(usize::from(number)).copied()
    }
}

/// A name and a version that the firmware told.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct About<'a> {
    pub name: &'a [u8],
    pub version: &'a [u8],
    pub active: bool,
}

/// Why it told none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AboutError {
    /// There is none, or no more.
    Missing,
    /// It could not, or told nonsense.
    Failed,
}

/// Who has called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// Nobody.
    Idle,
    /// A server; it waits for the answer.
    Request,
    /// The firmware, for a setting; it waits for the record.
    Setting,
    /// The firmware, with a completion, or bytes of a download.
    Completion,
    /// The firmware, with time.
    Poll,
    Boot,
}

/// One device's software management.
#[derive(Debug)]
pub struct Manager<'a> {
    config: &'a Config,
    schemes: &'a [u8],
    can: Abilities,
    parts: Parts,
    memory: Memory<'a>,
    now: u32,
    /// The next operation's number, and the bound that the record holds.
    number: u32,
    bound: u32,
    /// Key 0 is saved: the list of slots has been taken over.
    committed: bool,
    booted: bool,
    /// No record yet: the firmware's list is what there is.
    first: bool,
    /// A record could not be used.
    refused: bool,
    /// The records are of a newer release: nothing is written over them.
    sealed: bool,
    /// The servers' list of Objects is out of date; and they must know at once.
    register: Option<bool>,
    mode: Mode,
    /// Whose turn it is, as a place in the table of instances.
    turn: u8,
    /// Key 0 is being saved, on behalf of `turn`.
    reserving: bool,
    /// No more operations in this call.
    stop: bool,
    /// This call has made the firmware work.
    acted: bool,
    /// A write of a download is to be offered again.
    again: bool,
    creating: bool,
    /// The chunk that is being taken.
    chunk: Accepted,
    step: u16,
    answer: i32,
    /// 9/x/7 when this call began; NOBODY: whatever it was, it is notified.
    shown: u8,
    /// State and operation when this call began.
    began: (State, u32),
    /// What was left to do then: a request does not do it, and does not answer for it.
    owed: u16,
    /// What to go back to when an intent cannot be saved.
    undo: Option<Instance>,
    current: Option<Operation>,
}

impl<'a> Manager<'a> {
    /// A manager of empty memory; [`boot`](Self::boot) comes next.
    pub fn new(
        config: &'a Config,
        can: Abilities,
        parts: Parts,
        schemes: &'a [u8],
        memory: Memory<'a>,
    ) -> Self {
        Manager {
            config,
            schemes,
            can,
            parts,
            memory,
            now: 0,
            number: 1,
            bound: if can.has(Kind::Save) { 1 } else { u32::MAX },
            committed: !can.has(Kind::Save),
            booted: false,
            first: false,
            refused: false,
            sealed: false,
            register: None,
            mode: Mode::Idle,
            turn: NOBODY,
            reserving: false,
            stop: false,
            acted: false,
            again: false,
            creating: false,
            chunk: Accepted::NONE,
            step: 0,
            answer: done::CHANGED,
            shown: NOBODY,
            began: (State::Initial, 0),
            owed: 0,
            undo: None,
            current: None,
        }
    }

    /// Whether [`boot`](Self::boot) was called.
    pub fn is_booted(&self) -> bool {
        self.booted
    }

    /// Whether a record could not be used at boot.
    pub fn record_refused(&self) -> bool {
        self.refused
    }

    /// State and for-update flag of an instance.
    pub fn state(&self, id: u16) -> Option<(State, bool)> {
        self.find(id).map(|(_, instance)| (instance.state, instance.for_update))
    }

    #[inline(never)]
    fn find(&self, id: u16) -> Option<(u8, &Instance)> {
        let mut place = 0u8;
        for instance in self.memory.instances.iter() {
            if instance.is_seen() && instance.id == id {
                return Some((place, instance));
            }
            place = place.saturating_add(1);
        }
        None
    }

    #[inline(never)]
    fn instance(&self, place: u8) -> Option<&Instance> {
        self.memory.instances.get(usize::from(place))
    }

    #[inline(never)]
    fn transfer(&self, place: u8) -> Option<&Transfer> {
        self.memory.transfers.iter().find(|transfer| transfer.owner == place)
    }

    #[inline(never)]
    fn at(&mut self, place: u8) -> Option<&mut Instance> {
        self.memory.instances.get_mut(usize::from(place))
    }

    #[inline(never)]
    fn transfer_of(&mut self, place: u8) -> Option<&mut Transfer> {
        self.memory.transfers.iter_mut().find(|transfer| transfer.owner == place)
    }

    /// The number of the next operation. The record's bound is ahead of it before the
    /// firmware hears of it.
    #[inline(never)]
    fn take_number(&mut self) -> u32 {
        let number = self.number;
        self.number = number.saturating_add(1);
        number
    }

    /// Begins a call that is about one instance.
    #[inline(never)]
    fn begin(&mut self, place: u8, mode: Mode, answer: i32) {
        self.mode = mode;
        self.turn = place;
        self.answer = answer;
        self.stop = false;
        self.acted = false;
        self.again = false;
        self.creating = false;
        self.reserving = false;
        self.current = None;
        self.undo = None;
        self.owed = 0;
        let asked = matches!(mode, Mode::Request | Mode::Setting);
        let Some(instance) = self.memory.instances.get_mut(usize::from(place)) else {
            return;
        };
        self.began = (instance.state, instance.number);
        let untold = instance.changed & changed::STATE != 0;
        self.shown = if untold { NOBODY } else { instance.shown() };
        if asked {
            self.undo = Some(instance.clone());
            self.owed = core::mem::take(&mut instance.agenda);
        }
    }

    /// Puts back what was left to do before a request, as far as it still makes sense.
    fn repay(&mut self) {
        let owed = core::mem::take(&mut self.owed);
        let began = self.began;
        let Some(instance) = self.at(self.turn) else {
            return;
        };
        instance.agenda |= if began == (instance.state, instance.number) {
            owed
        } else if instance.state.is_transfer() {
            owed & (agenda::ABOUT | agenda::LIST | agenda::SAVE | agenda::CANCEL)
        } else {
            owed & (agenda::ABOUT | agenda::LIST | agenda::SAVE | agenda::CANCEL | agenda::DISCARD)
        };
    }

    /// Ends a call: the answer to the server. An instance that could not be created as
    /// it was asked for goes again.
    pub fn finish(&mut self) -> i32 {
        let answer = self.answer;
        if !self.creating {
            self.mode = Mode::Idle;
            return answer;
        }
        let place = self.turn;
        if answer == done::CHANGED {
            self.mode = Mode::Idle;
            return done::CREATED;
        }
        self.begin(place, Mode::Completion, answer);
        self.remove(place);
        answer
    }

    /// Takes an instance away, and its package.
    fn remove(&mut self, place: u8) {
        self.leave_transfer(place);
        self.owed &= agenda::CANCEL; // nothing else is left to do for it
        self.drop_components(place, components::STAGED);
        if let Some(instance) = self.at(place) {
            let package = instance.state != State::Initial;
            instance.deleted = true;
            instance.agenda = agenda::SAVE | instance.agenda & agenda::CANCEL;
            if package {
                instance.agenda |= agenda::DISCARD;
            }
        }
    }

    /// Lists a slot.
    pub fn add(&mut self, id: u16, software: Software) -> Result<(), Error> {
        if id == NONE {
            return Err(Error::Invalid);
        }
        if self.memory.instances.iter().any(|instance| instance.used && instance.id == id) {
            return Err(Error::Exists);
        }
        let place = self.free_place().ok_or(Error::Full)?;
        let booted = self.booted;
        if let Some(instance) = self.at(place) {
            *instance = Instance { id, used: true, ..Instance::FREE };
            if software != Software::Empty {
                instance.state = if software == Software::Running { State::Active } else { State::Inactive };
                instance.active = software == Software::Running;
                instance.result = 2;
            }
        }
        self.mode = Mode::Idle;
        if booted {
            self.begin(place, Mode::Completion, done::CHANGED);
            self.step = 0;
            self.ask_factory(place);
            if let Some(instance) = self.at(place) {
                instance.appeared = true;
            }
            self.register = Some(self.register.unwrap_or(false));
        }
        Ok(())
    }

    #[inline(never)]
    fn free_place(&self) -> Option<u8> {
        let mut place = 0u8;
        for instance in self.memory.instances.iter() {
            if !instance.used && !instance.sealed {
                return Some(place);
            }
            place = place.saturating_add(1);
        }
        None
    }

    /// What the next package must be.
    pub fn expect(&mut self, id: u16, length: u32, algorithm: u8, digest: &[u8]) -> Result<(), Error> {
        let (place, instance) = self.find_booted(id)?;
        let early = match instance.state {
            State::Initial => true,
            State::Fetching => {
                self.memory.transfers.iter().all(|transfer| transfer.owner != place || transfer.offset == 0)
            }
            _ => false,
        };
        if digest.len() != crate::verify::digest_size(algorithm)
            || algorithm > crate::verify::SHA256
            || algorithm != crate::verify::NO_DIGEST && self.parts.digest(algorithm).is_none()
        {
            return Err(Error::Invalid);
        }
        if !early {
            return Err(Error::Busy);
        }
        self.begin(place, Mode::Setting, done::CHANGED);
        if let Some(instance) = self.at(place) {
            instance.expected = Expectation { length, algorithm, digest: [0; 32] };
            for (to, from) in instance.expected.digest.iter_mut().zip(digest) {
                *to = *from;
            }
            instance.agenda |= agenda::SAVE;
        }
        Ok(())
    }

    /// Sets Checkpoint or Package Settings.
    pub fn set_link(&mut self, id: u16, resource: u16, link: u32) -> Result<(), Error> {
        use crate::object::software::{CHECKPOINT, SETTINGS};
        let (place, _) = self.find_booted(id)?;
        if !matches!(resource, CHECKPOINT | SETTINGS) || !self.config.offers(resource) {
            return Err(Error::Invalid);
        }
        self.begin(place, Mode::Setting, done::CHANGED);
        if let Some(instance) = self.at(place) {
            if resource == SETTINGS {
                instance.set_settings(link);
            } else if instance.checkpoint != link {
                instance.checkpoint = link;
                instance.changed |= changed::CHECKPOINT;
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn find_booted(&self, id: u16) -> Result<(u8, &Instance), Error> {
        if !self.booted {
            return Err(Error::Order);
        }
        self.find(id).ok_or(Error::Missing)
    }
}
