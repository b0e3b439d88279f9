// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A package arrives at 9/x/2: first what becomes of it, then the beginning of that.
//! Nothing changes until the plan is made.

use super::call::{Call, Mode};
use super::config::{EMPTY_WRITE_CANCELS, REPLACE_IN_DELIVERED};
use super::instance::{agenda, flag, Instance};
use super::requests::Chunk;
use super::{Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::format::{Unwrap, Wrapping};
use crate::object::{done, software, Path, Refusal, SOFTWARE};
use crate::transfer::push::{classify, Accepted, Kind, Running};

/// What becomes of a package or a URI.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Plan {
    /// 2.04, and nothing else.
    Changed,
    /// 2.31, and nothing else.
    More,
    /// A transfer begins, or begins again.
    Start,
    /// The next chunk.
    Continue,
    /// The package is thrown away.
    Cancel,
    /// 4.00, and the result says so.
    BadUri,
}

/// What wraps the package that a body brings.
#[derive(Debug)]
pub struct Wrapped<'a> {
    /// Its Content-Format.
    pub format: u16,
    /// What unwraps it.
    pub unwrap: Unwrap,
    /// Room for what does not stand in the body as it is.
    pub room: &'a mut [u8],
}

impl Manager<'_> {
    /// A piece of a package, or of a body that wraps one: order, gaps and repeats are the
    /// body's. Of a body `chunk` becomes what is in it.
    #[inline(always)] // once without and once with `wrapped`: firmware that has no bodies pays for none
    pub fn push<'a>(
        &mut self,
        call: &mut Call,
        server: u16,
        id: u16,
        chunk: &mut Chunk<'a>,
        wrapped: Option<Wrapped<'a>>,
    ) -> Result<(), Refusal> {
        let (i, shared) = self.take(id).ok_or(Refusal::NotFound)?;
        if !shared.config.has(software::PACKAGE) {
            return Err(Refusal::NotFound);
        }
        let mut this = Accepted::of(server, chunk.offset, chunk.data, chunk.last);
        let mut format = 0;
        if let Some(wrapped) = &wrapped {
            format = wrapped.format.wrapping_add(1);
            chunk.total = 0; // Size1 counts the body
        }
        let before = shared.running(i.place).map_or((format, Wrapping::NEW), |it| (it.format, it.wrapping));
        let other = before.0 != format;
        // Whether a body that comes at once is the empty write, only what is in it tells.
        let whole = wrapped.is_some() && chunk.offset == 0 && chunk.last;
        let mut plan = Plan::Start;
        if !whole {
            plan = shared.plan_push(i, &this, if other { 0 } else { chunk.total })?;
        }
        let mut wrapping = Wrapping::NEW;
        if plan == Plan::Continue {
            if other {
                return Err(Refusal::Incomplete);
            }
            wrapping = before.1;
        }
        if let (Some(wrapped), Plan::Start | Plan::Continue) = (wrapped, plan) {
            let path = Path::to(SOFTWARE, id, software::PACKAGE);
            let content = (wrapped.unwrap)(&mut wrapping, path, chunk.data, chunk.last, wrapped.room)?;
            chunk.data = content.bytes;
            chunk.total = content.total;
            let nothing = chunk.last && chunk.data.is_empty();
            if whole {
                if nothing {
                    this = Accepted::of(server, 0, &[], true);
                }
                plan = shared.plan_push(i, &this, 0)?;
            } else if nothing && shared.offset(i.place) == 0 {
                plan = shared.plan_empty(i)?;
            }
        }
        call.begin(i, Mode::Request);
        shared.start_push(i, call, &this, chunk, plan);
        if let Some(transfer) = shared.transfer(i.place) {
            if matches!(plan, Plan::Start | Plan::Continue) {
                transfer.format = format;
                transfer.wrapping = wrapping;
                transfer.arrived = this.offset.saturating_add(this.length);
            }
        }
        Ok(())
    }
}

impl Shared<'_> {
    /// An empty write to 2 or 3.
    #[inline(never)]
    pub(super) fn plan_empty(&self, i: &Instance) -> Result<Plan, Refusal> {
        if !self.config.option(EMPTY_WRITE_CANCELS) {
            return Err(Refusal::BadRequest);
        }
        match i.state {
            State::Initial => Ok(Plan::Changed),
            State::Receiving | State::Fetching | State::Verifying | State::Delivered if !self.is_held(i) => {
                Ok(Plan::Cancel)
            }
            _ => Err(Refusal::NotAllowed),
        }
    }

    #[inline(never)]
    pub(super) fn plan_push(&mut self, i: &Instance, this: &Accepted, total: u32) -> Result<Plan, Refusal> {
        let receiving = i.state == State::Receiving;
        let transfer = self.transfer(i.place).filter(|_| receiving);
        let running = transfer.map(|transfer| Running {
            server: transfer.server,
            next: transfer.arrived,
            total: i.total,
        });
        let kind = classify(&i.accepted, running, this, total);
        if i.has(flag::DISCARDING) {
            return Err(Refusal::Internal);
        }
        if kind == Kind::Empty && self.config.option(EMPTY_WRITE_CANCELS) {
            return self.plan_empty(i);
        }
        let takes = match i.state {
            State::Initial | State::Receiving => true,
            State::Delivered => kind == Kind::Repeat || self.config.option(REPLACE_IN_DELIVERED),
            State::Verifying => kind == Kind::Repeat,
            State::Fetching
            | State::Installing
            | State::Inactive
            | State::Active
            | State::Activating
            | State::Deactivating
            | State::Preparing
            | State::Uninstalling => false,
        };
        if !takes {
            return Err(Refusal::NotAllowed);
        }
        match kind {
            // Past RECEIVING, the chunk accepted last is the one that completed the package.
            Kind::Repeat => Ok(if receiving { Plan::More } else { Plan::Changed }),
            Kind::OtherServer => Err(Refusal::NotAllowed),
            Kind::Empty | Kind::Nothing | Kind::TotalChanged => Err(Refusal::BadRequest),
            Kind::Whole | Kind::First => Ok(Plan::Start),
            Kind::Next | Kind::Last => Ok(Plan::Continue),
            Kind::Idle => Ok(Plan::More),
            Kind::Gap => Err(Refusal::Incomplete),
        }
    }

    /// A package that there is no transfer for.
    pub(super) fn no_transfer(i: &mut Instance, call: &mut Call) {
        if i.state == State::Initial {
            call.undo = false;
            i.tell(51, Reason::TRANSFERS);
            i.agenda |= agenda::SAVE;
        }
    }

    #[inline(never)]
    pub(super) fn start_push(
        &mut self,
        i: &mut Instance,
        call: &mut Call,
        this: &Accepted,
        chunk: &Chunk<'_>,
        plan: Plan,
    ) {
        match plan {
            Plan::Changed | Plan::BadUri => return,
            Plan::More => return call.answer = done::CONTINUE,
            Plan::Cancel => return self.fail(i, 0, Reason::NONE),
            Plan::Continue => {}
            Plan::Start if i.state == State::Receiving => {
                self.restart(i);
                i.agenda |= agenda::OPEN;
            }
            Plan::Start => {
                if !self.acquire(i) {
                    call.refuse(Refusal::Internal);
                    return Shared::no_transfer(i, call);
                }
                self.forget_package(i);
                i.enter(State::Receiving);
                // Of one event only the last value is seen: whole packages show no 1.
                i.tell(u8::from(!chunk.last), Reason::NONE);
            }
        }
        if !chunk.last {
            call.answer = done::CONTINUE;
        }
        call.last = chunk.last;
        self.take_chunk(i, call, this, chunk);
    }

    /// Puts the chunk's bytes on the agenda, unless there are none, or too many.
    fn take_chunk(&mut self, i: &mut Instance, call: &mut Call, this: &Accepted, chunk: &Chunk<'_>) {
        if let Some(transfer) = self.transfer(i.place) {
            transfer.fresh = true;
            transfer.server = this.server;
        }
        i.accepted = *this;
        match self.room(i, chunk) {
            Room::Fits => self.arrive(i),
            Room::Overflow => self.fail_for(i, call, 50, Reason::STORAGE),
            Room::TooLong if !chunk.last => self.fail_for(i, call, 53, Reason::LENGTH),
            // A body that has not come to the package yet.
            Room::Nothing if !chunk.last && self.unpackings.is_empty() => {}
            Room::Nothing if !chunk.last => i.agenda &= !agenda::OPEN, // and so has nothing to look at
            Room::Nothing if !self.unpackings.is_empty() => self.arrive(i),
            // What the chunk that completes the package does wrong, VERIFYING tells.
            room => {
                if let (Some(transfer), Room::TooLong) = (self.transfer(i.place), room) {
                    transfer.fault = Reason::LENGTH;
                }
                i.agenda &= !agenda::OPEN;
                self.complete(i);
            }
        }
    }

    /// Bytes are to be stored; where there are containers, they are looked at first.
    pub(super) fn arrive(&mut self, i: &mut Instance) {
        i.agenda |= agenda::WRITE | if self.unpackings.is_empty() { 0 } else { agenda::LOOK };
    }

    /// Whether the bytes are within what is declared and expected.
    #[inline(never)]
    pub(super) fn room(&self, i: &mut Instance, chunk: &Chunk<'_>) -> Room {
        if i.total == 0 {
            i.total = chunk.total;
        }
        let end = u32::try_from(chunk.data.len()).ok().and_then(|n| self.offset(i.place).checked_add(n));
        let Some(end) = end else {
            return Room::Overflow;
        };
        if [i.total, i.expected].iter().any(|size| *size != 0 && end > *size) {
            Room::TooLong
        } else if chunk.data.is_empty() {
            Room::Nothing
        } else {
            Room::Fits
        }
    }
}

/// See [`Shared::room`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Room {
    Fits,
    Nothing,
    TooLong,
    Overflow,
}
