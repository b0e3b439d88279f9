// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The only room that knows the others: events in, operations and changes out.
//!
//! An event (a request, a completion, time) begins a [`Call`], changes an instance, and
//! puts on its *agenda* what that needs: ask, save, cancel, discard, open, write, act.
//! [`next`] takes the agenda's items in this order and hands them out as operations;
//! [`answer`] takes the verdicts and may put further items on it. So *persist the
//! intent, act, persist the outcome, answer, notify* is one loop, and a power cut can
//! be tried at every turn of it.
//!
//! [`next`]: Manager::next
//! [`answer`]: Manager::answer

mod agenda;
mod answer;
mod arrival;
mod boot;
mod call;
pub mod changes;
pub mod components;
pub mod config;
pub mod container;
pub mod digest;
pub mod download;
pub mod instance;
pub mod judge;
mod kept;
mod lifecycle;
pub mod part;
mod poll;
#[cfg(test)]
mod power_cuts;
pub mod push;
mod read;
mod read_back;
pub mod records;
pub mod requests;
mod settings;
mod text;
mod verify;

use crate::lifecycle::State;
use crate::object::NONE;
use crate::operation::can;
use crate::transfer::unpacking::Unpacking;
use crate::transfer::Transfer;
pub use call::Call;
use components::Component;
use config::swmgmt_config_t as Config;
use instance::{flag, Instance, NOBODY};
use part::swmgmt_part_t as Part;

/// The caller's memory, carved.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Memory<'a> {
    pub instances: &'a mut [Instance],
    pub transfers: &'a mut [Transfer],
    /// As many as transfers, or none where no part is a container.
    pub unpackings: &'a mut [Unpacking],
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

/// One device's software management.
#[derive(Debug)]
#[repr(C)]
pub struct Manager<'a> {
    pub(crate) shared: Shared<'a>,
    pub(crate) instances: &'a mut [Instance],
}

/// What its instances share.
#[derive(Debug)]
#[repr(C)]
pub struct Shared<'a> {
    /// See [`can`].
    can: u8,
    /// See [`so`].
    flags: u8,
    /// How many numbers may be used before the record must know of more.
    left: u8,
    /// The instance that the last poll was for.
    turn: u8,
    /// The next operation's number.
    number: u32,
    config: &'a Config,
    pub(crate) transfers: &'a mut [Transfer],
    unpackings: &'a mut [Unpacking],
    components: &'a mut [Component],
    parts: &'a [&'static Part],
    text: &'a mut [u8],
}

/// What is so of all instances.
mod so {
    pub(super) const BOOTED: u8 = 1;
    /// Key 0 is saved: the list of slots has been taken over.
    pub(super) const COMMITTED: u8 = 2;
    /// A record could not be used.
    pub(super) const REFUSED: u8 = 4;
    /// The records are of a newer release: nothing is written over them.
    pub(super) const SEALED: u8 = 8;
    /// The servers' list of Objects is out of date; and they must know at once.
    pub(super) const REGISTER: u8 = 16;
    pub(super) const AT_ONCE: u8 = 32;
    /// From this bit on: the algorithm with the longest digest that there is room for.
    pub(super) const ALGORITHM: u8 = 6;
}

impl<'a> Manager<'a> {
    /// A manager of empty memory; [`boot`](Self::boot) comes next.
    #[inline(always)]
    pub fn new(config: &'a Config, can: u8, parts: &'a [&'static Part], memory: Memory<'a>) -> Self {
        let committed = if can & can::SAVE != 0 { 0 } else { so::COMMITTED };
        Manager {
            instances: memory.instances,
            shared: Shared {
                config,
                parts,
                transfers: memory.transfers,
                unpackings: memory.unpackings,
                components: memory.components,
                text: memory.text,
                number: 1,
                left: 0,
                can,
                flags: committed | text::algorithm(parts) << so::ALGORITHM,
                turn: NOBODY,
            },
        }
    }

    /// Whether [`boot`](Self::boot) was called.
    pub fn is_booted(&self) -> bool {
        self.shared.is(so::BOOTED)
    }

    /// Whether a record could not be used at boot.
    pub fn record_refused(&self) -> bool {
        self.shared.is(so::REFUSED)
    }

    /// Where the work buffer begins, which lies behind the texts, and its bytes.
    pub fn work(&self) -> (usize, usize) {
        let Shared { text, config, parts, .. } = &self.shared;
        ((text.as_ptr() as usize).wrapping_add(text.len()), Memory::work(config, parts))
    }

    /// Install's arguments, for the instance of a call.
    pub fn arguments_of(&self, call: &Call) -> &[u8] {
        self.shared.text(call.place, text::Text::Arguments)
    }

    /// State and for-update flag of an instance.
    pub fn state(&self, id: u16) -> Option<(State, bool)> {
        self.find(id).map(|instance| (instance.state, instance.has(flag::FOR_UPDATE)))
    }

    #[inline(never)]
    pub(crate) fn find(&self, id: u16) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.id == id && instance.is_seen())
    }

    /// The instance, and what it shares with the others.
    #[inline(never)]
    fn take(&mut self, id: u16) -> Option<(&mut Instance, &mut Shared<'a>)> {
        let instance = self.instances.iter_mut().find(|instance| instance.id == id && instance.is_seen())?;
        Some((instance, &mut self.shared))
    }

    /// Whether an id is in use, also by an instance that is going.
    #[inline(never)]
    fn is_taken(&self, id: u16) -> bool {
        self.instances.iter().any(|instance| instance.has(flag::USED) && instance.id == id)
    }

    fn free(&mut self) -> Option<(&mut Instance, &mut Shared<'a>)> {
        let instance = self.instances.iter_mut().find(|i| !i.has(flag::USED | flag::SEALED))?;
        Some((instance, &mut self.shared))
    }

    /// Lists a slot.
    pub fn add(&mut self, call: &mut Call, id: u16, software: Software) -> Result<(), Error> {
        if id == NONE {
            return Err(Error::Invalid);
        }
        if self.is_taken(id) {
            return Err(Error::Exists);
        }
        let (i, shared) = self.free().ok_or(Error::Full)?;
        shared.occupy(i, id);
        if software != Software::Empty {
            i.rest(software == Software::Running);
            i.result = 2;
        }
        if shared.is(so::BOOTED) {
            call.begin(i, call::Mode::Completion);
            shared.ask_factory(i);
            i.set(flag::APPEARED, true);
            shared.flags |= so::REGISTER;
        }
        Ok(())
    }
}

impl Shared<'_> {
    fn is(&self, what: u8) -> bool {
        self.flags & what != 0
    }

    /// Whether there is one of these callbacks.
    fn can(&self, what: u8) -> bool {
        self.can & what != 0
    }

    /// The transfer of an instance, by its place; of NOBODY: a free one.
    #[inline(never)]
    fn transfer(&mut self, place: u8) -> Option<&mut Transfer> {
        self.transfers.iter_mut().find(|transfer| transfer.is_of(place))
    }

    /// How far the transfer of an instance has come; 0: there is none.
    #[inline(never)]
    fn offset(&self, place: u8) -> u32 {
        self.running(place).map_or(0, |transfer| transfer.offset)
    }

    /// The transfer of an instance, to look at.
    #[inline(never)]
    fn running(&self, place: u8) -> Option<&Transfer> {
        self.transfers.iter().find(|transfer| transfer.is_of(place))
    }

    /// The number of the next operation. The record's bound is ahead of it before the
    /// firmware hears of it.
    #[inline(never)]
    fn take_number(&mut self) -> u32 {
        let number = self.number;
        self.number = number.saturating_add(1);
        self.left = self.left.saturating_sub(1);
        number
    }

    /// The list of Objects and instances has changed: servers learn it at once if 9/x/8
    /// says so.
    fn wants_registration(&mut self, i: &Instance) {
        let at_once = if i.has(flag::UPDATE_OBJECTS) { so::AT_ONCE } else { 0 };
        self.flags |= so::REGISTER | at_once;
    }
}
