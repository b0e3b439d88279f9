// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A package, or the URI of one, arrives at 9/x/2 and 9/x/3: first what becomes of it,
//! then the beginning of that. Nothing changes until the plan is made.

use super::config::{EMPTY_WRITE_CANCELS, REPLACE_IN_DELIVERED};
use super::instance::{agenda, Instance, NOBODY};
use super::requests::Chunk;
use super::{components, Manager, Mode};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::{done, software, Refusal};
use crate::operation::Kind as Operation;
use crate::transfer::push::{classify, Accepted, Kind, Running};
use crate::transfer::uri::{self, Uri};

/// What becomes of a package or a URI.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Plan {
    /// This answer, and nothing else.
    Answer(i32),
    /// A transfer begins, or begins again.
    Start,
    /// The next chunk.
    Continue,
    /// The package is thrown away.
    Cancel,
    /// 4.00, and the result says so.
    BadUri,
}

impl Manager<'_> {
    /// A piece of a package.
    pub fn push(&mut self, server: u16, id: u16, chunk: &Chunk<'_>) -> Result<(), Refusal> {
        let place = self.place_for(id, software::PACKAGE)?;
        let this = chunk.from(server);
        let plan = self.plan_push(place, this, chunk)?;
        self.begin(place, Mode::Request, done::CHANGED);
        self.start_push(place, this, chunk, plan);
        Ok(())
    }

    /// The place of an instance that has this resource.
    pub(super) fn place_for(&self, id: u16, resource: u16) -> Result<u8, Refusal> {
        if !self.booted {
            return Err(Refusal::Order);
        }
        let (place, _) = self.find(id).ok_or(Refusal::NotFound)?;
        if self.has(resource) {
            Ok(place)
        } else {
            Err(Refusal::NotFound)
        }
    }

    /// Whether throwing the package away would touch storage on which the firmware
    /// works and cannot stop.
    pub(super) fn is_held(&self, instance: &Instance) -> bool {
        instance.state == State::Verifying && instance.in_flight && !self.can.has(Operation::Cancel)
    }

    fn cancel_by_empty(&self, instance: &Instance) -> Result<Plan, Refusal> {
        match instance.state {
            State::Initial => Ok(Plan::Answer(done::CHANGED)),
            State::Receiving | State::Fetching | State::Verifying | State::Delivered
                if !self.is_held(instance) =>
            {
                Ok(Plan::Cancel)
            }
            _ => Err(Refusal::NotAllowed),
        }
    }

    pub(super) fn plan_push(&self, place: u8, this: Accepted, chunk: &Chunk<'_>) -> Result<Plan, Refusal> {
        let instance = self.instance(place).ok_or(Refusal::NotFound)?;
        let transfer = self.transfer(place);
        let running = transfer.filter(|_| instance.state == State::Receiving).map(|transfer| Running {
            server: transfer.server,
            next: transfer.offset,
            total: transfer.total,
        });
        let kind = classify(instance.accepted, running, this, chunk.total);
        if instance.discard != 0 {
            return Err(Refusal::Internal);
        }
        if kind == Kind::Empty && self.config.option(EMPTY_WRITE_CANCELS) {
            return self.cancel_by_empty(instance);
        }
        let replace = self.config.option(REPLACE_IN_DELIVERED);
        match (instance.state, kind) {
            (State::Receiving, Kind::Repeat) => Ok(Plan::Answer(done::CONTINUE)),
            // The chunk accepted last is the one that completed the package.
            (State::Verifying | State::Delivered, Kind::Repeat) => Ok(Plan::Answer(done::CHANGED)),
            (State::Delivered, _) if !replace => Err(Refusal::NotAllowed),
            (State::Initial | State::Receiving | State::Delivered, _) => match kind {
                Kind::OtherServer => Err(Refusal::NotAllowed),
                Kind::Empty | Kind::Nothing | Kind::TotalChanged => Err(Refusal::BadRequest),
                Kind::Whole | Kind::First => Ok(Plan::Start),
                Kind::Next | Kind::Last => Ok(Plan::Continue),
                Kind::Idle => Ok(Plan::Answer(done::CONTINUE)),
                Kind::Gap | Kind::Repeat => Err(Refusal::Incomplete),
            },
            (
                State::Fetching
                | State::Verifying
                | State::Installing
                | State::Inactive
                | State::Active
                | State::Activating
                | State::Deactivating
                | State::Preparing
                | State::Uninstalling,
                _,
            ) => Err(Refusal::NotAllowed),
        }
    }

    pub(super) fn plan_uri(&self, place: u8, text: &[u8]) -> Result<Plan, Refusal> {
        let instance = self.instance(place).ok_or(Refusal::NotFound)?;
        if instance.discard != 0 {
            return Err(Refusal::Internal);
        }
        let what = uri::check(text, self.schemes);
        if what == Uri::Empty && self.config.option(EMPTY_WRITE_CANCELS) {
            return self.cancel_by_empty(instance);
        }
        match (instance.state, what) {
            (State::Initial, Uri::Valid) => Ok(Plan::Start),
            (State::Initial, Uri::Empty | Uri::Invalid) => Ok(Plan::BadUri),
            (State::Delivered, _) if self.config.option(REPLACE_IN_DELIVERED) => match what {
                Uri::Valid if self.memory.transfers.iter().any(|transfer| transfer.owner == NOBODY) => {
                    Ok(Plan::Start)
                }
                Uri::Valid => Err(Refusal::Internal),
                Uri::Empty | Uri::Invalid => Err(Refusal::BadRequest),
            },
            _ => Err(Refusal::NotAllowed),
        }
    }

    /// Leaves a package that is there for one that comes.
    fn make_room(&mut self, place: u8) {
        self.drop_components(place, components::STAGED);
        if let Some(instance) = self.at(place) {
            instance.agenda |= agenda::SAVE | agenda::OPEN;
            if instance.state == State::Delivered {
                instance.agenda |= agenda::DISCARD;
            }
            instance.accepted = Accepted::NONE;
            instance.fault = 0;
            instance.attempts = 0;
            instance.length = 0;
            instance.total = 0;
        }
    }

    /// A package that there is no transfer for.
    fn no_transfer(&mut self, place: u8) {
        self.undo = None;
        if let Some(instance) = self.at(place) {
            instance.tell(51, Reason::Transfers);
            instance.agenda |= agenda::SAVE;
        }
    }

    pub(super) fn start_push(&mut self, place: u8, this: Accepted, chunk: &Chunk<'_>, plan: Plan) {
        match plan {
            Plan::Answer(answer) => self.answer = answer,
            Plan::Cancel => self.fail(place, 0, Reason::None),
            Plan::Start | Plan::Continue => {
                let restart = self.at(place).is_some_and(|instance| instance.state == State::Receiving);
                self.answer = if chunk.last { done::CHANGED } else { done::CONTINUE };
                self.chunk = this;
                if plan == Plan::Start && !restart {
                    if !self.acquire(place) {
                        self.answer = Refusal::Internal as i32;
                        if self.at(place).is_some_and(|instance| instance.state == State::Initial) {
                            self.no_transfer(place);
                        }
                        return;
                    }
                    self.make_room(place);
                    if let Some(instance) = self.at(place) {
                        instance.enter(State::Receiving, instance.for_update);
                        // Of one event only the last value is seen: whole packages show no 1.
                        instance.tell(u8::from(!chunk.last), Reason::None);
                    }
                } else if plan == Plan::Start {
                    self.restart(place);
                    if let Some(instance) = self.at(place) {
                        instance.agenda |= agenda::OPEN;
                    }
                }
                self.take_chunk(place, chunk);
            }
            Plan::BadUri => {}
        }
    }

    /// Puts the chunk's bytes on the agenda, unless there are none, or too many.
    fn take_chunk(&mut self, place: u8, chunk: &Chunk<'_>) {
        let expected = self.at(place).map_or(0, |instance| instance.expected.length);
        let accepted = self.chunk;
        let Some(transfer) = self.transfer_of(place) else {
            return;
        };
        transfer.fresh = true;
        transfer.server = accepted.server();
        if transfer.total == 0 {
            transfer.total = chunk.total;
        }
        let room = [transfer.total, expected].into_iter().filter(|size| *size != 0).min().unwrap_or(u32::MAX);
        let end = u32::try_from(chunk.data.len()).ok().and_then(|length| transfer.offset.checked_add(length));
        match end {
            None => self.fail_now(50, Reason::Storage),
            Some(end) if end > room && !chunk.last => self.fail_now(53, Reason::Length),
            Some(end) if end > room || chunk.data.is_empty() => {
                // What the chunk that completes the package does wrong, VERIFYING tells.
                if let Some(instance) = self.at(place) {
                    instance.accepted = accepted;
                    instance.fault = if end > room { 53 } else { 0 };
                    instance.agenda &= !agenda::OPEN;
                }
                self.complete(place);
            }
            Some(_) => {
                if let Some(instance) = self.at(place) {
                    instance.agenda |= agenda::WRITE;
                }
            }
        }
    }

    pub(super) fn start_uri(&mut self, place: u8, text: &[u8], plan: Plan) {
        match plan {
            Plan::Answer(answer) => self.answer = answer,
            Plan::Cancel => self.fail(place, 0, Reason::None),
            Plan::BadUri => {
                // The refusal stands whether or not the record takes the result.
                self.answer = Refusal::BadRequest as i32;
                self.undo = None;
                if let Some(instance) = self.at(place).filter(|instance| instance.result != 56) {
                    instance.tell(56, Reason::Uri);
                    instance.agenda |= agenda::SAVE;
                }
            }
            Plan::Start => {
                if !self.acquire(place) {
                    return self.no_transfer(place);
                }
                self.set_uri(place, text);
                self.make_room(place);
                let (opening, number) = (self.take_number(), self.take_number());
                if let Some(transfer) = self.transfer_of(place) {
                    transfer.number = opening;
                }
                if let Some(instance) = self.at(place) {
                    instance.enter(State::Fetching, instance.for_update);
                    instance.tell(1, Reason::None);
                    instance.number = number;
                    instance.agenda |= agenda::ACT;
                }
            }
            Plan::Continue => {}
        }
    }
}
