// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A package arrives at 9/x/2: first what becomes of it, then the beginning of that.
//! Nothing changes until the plan is made.

use super::instance::agenda;
use super::{Core, Joint, Mode};
use crate::machine::{effect, Event, State};
use crate::object::format::{Unwrap, Wrapping};
use crate::object::reason::Reason;
use crate::object::{software, Path, Refusal, SOFTWARE};
use crate::transfer::push::{classify, Accepted, Running};

/// A run of a package's bytes.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Chunk<'a> {
    pub data: &'a [u8],
    pub etag: &'a [u8],
    pub offset: u32,
    /// The declared size, or 0.
    pub total: u32,
    pub last: bool,
}

/// What wraps the package that a body brings.
#[derive(Debug)]
pub struct Wrapped<'a> {
    /// Its Content-Format.
    pub format: u16,
    /// Unwraps it.
    pub unwrap: Unwrap,
    /// Room for what does not stand in the body as it is.
    pub room: &'a mut [u8],
}

impl<'a> Core<'a> {
    /// Takes a piece of a package. Returns the code of the answer.
    pub fn push(&mut self, server: u16, id: u16, chunk: &Chunk<'a>) -> u8 {
        if !self.load_package(id) {
            return Refusal::NotFound as u8;
        }
        let this = Accepted::of(server, chunk.offset, chunk.data, chunk.last);
        let other = self.running().is_some_and(|it| it.format != 0); // the body that is under way wraps
        let effects = self.plan_push(&this, if other { 0 } else { chunk.total });
        if effects == 0 {
            return self.says.answer;
        }
        if other && effects & (effect::WRITE | effect::RESTART) == effect::WRITE {
            return Refusal::Incomplete as u8;
        }
        self.begin(Mode::Request);
        self.take(&this, chunk);
        self.work()
    }

    /// Takes a piece of a body that wraps a package: order, gaps and repeats are the body's.
    pub fn push_body(
        &mut self,
        server: u16,
        id: u16,
        body: &Chunk<'a>,
        wrapped: Wrapped<'a>,
    ) -> Result<u8, Refusal> {
        if !self.load_package(id) {
            return Err(Refusal::NotFound);
        }
        let mut this = Accepted::of(server, body.offset, body.data, body.last);
        let format = wrapped.format.wrapping_add(1);
        let (was, mut wrapping) =
            self.running().map_or((format, Wrapping::NEW), |it| (it.format, it.wrapping));
        // Only what is in it tells whether a body that comes at once is the empty write.
        let whole = body.offset == 0 && body.last;
        let mut effects = 0;
        if !whole {
            effects = self.plan_push(&this, 0);
            if effects == 0 {
                return Ok(self.says.answer);
            }
        }
        let goes_on = effects & (effect::WRITE | effect::RESTART) == effect::WRITE;
        if goes_on && was != format {
            return Err(Refusal::Incomplete);
        }
        if !goes_on {
            wrapping = Wrapping::NEW;
        }
        let cancels = !whole && effects & effect::WRITE == 0;
        let mut chunk = Chunk { total: 0, ..*body }; // Size1 counts the body
        if !cancels {
            let path = Path::to(SOFTWARE, id, software::PACKAGE);
            let content = (wrapped.unwrap)(&mut wrapping, path, body.data, body.last, wrapped.room)?;
            chunk.data = content.bytes;
            chunk.total = content.total;
            let nothing = body.last && chunk.data.is_empty();
            if whole && nothing {
                this = Accepted::of(server, 0, &[], true);
            }
            if whole {
                effects = self.plan_push(&this, 0);
            } else if nothing && self.offset() == 0 {
                effects = self.step(Event::PackageEmpty);
            }
        }
        if effects == 0 {
            return Ok(self.says.answer);
        }
        self.begin(Mode::Request);
        self.take(&this, &chunk);
        if let Some(transfer) = self.transfer().filter(|_| effects & effect::WRITE != 0) {
            transfer.format = format;
            transfer.wrapping = wrapping;
        }
        Ok(self.work())
    }

    /// Loads an instance that takes packages.
    fn load_package(&mut self, id: u16) -> bool {
        self.config.has(software::PACKAGE) && self.load_instance(id)
    }

    /// Says what becomes of a chunk: the effects.
    #[inline(never)]
    pub(crate) fn plan_push(&mut self, this: &Accepted, total: u32) -> u32 {
        let i = &self.i;
        let running = if i.state == State::Receiving { self.running() } else { None };
        let running = running.map(|it| Running { server: it.server, next: it.arrived, total: i.total });
        let event = classify(&i.accepted, running, this, total);
        self.step(event)
    }

    /// No transfer is free for a package.
    pub(crate) fn no_transfer(&mut self) {
        self.undo &= self.i.state != State::Initial;
        if self.step(Event::NoTransfer) != 0 {
            self.apply(Reason::TRANSFERS);
        }
    }

    /// Takes a chunk, as planned.
    #[inline(never)]
    pub(crate) fn take(&mut self, this: &Accepted, chunk: &Chunk<'a>) {
        let effects = self.says.effects;
        self.answer = self.says.answer;
        if effects == 0 {
            return;
        }
        if effects & effect::RESTART != 0 && !self.acquire() {
            self.answer = Refusal::Internal as u8;
            return self.no_transfer();
        }
        self.apply(Reason::NONE);
        if effects & effect::WRITE == 0 {
            return; // an empty write that cancels
        }
        self.last = chunk.last;
        self.data = chunk.data;
        self.i.accepted = *this;
        if let Some(transfer) = self.transfer() {
            transfer.fresh = true;
            transfer.server = this.server;
            transfer.format = 0;
            transfer.arrived = this.offset.saturating_add(this.length);
        }
        let room = self.room(chunk);
        if matches!(room, Room::Fits) {
            return self.arrive();
        }
        self.i.agenda &= !agenda::WRITE;
        match room {
            Room::Overflow => self.fail(Reason::STORAGE),
            Room::TooLong if !chunk.last => self.fail(Reason::LENGTH),
            Room::Nothing if !chunk.last && self.unpackings.is_empty() => {} // the body has not come to the package
            Room::Nothing if !chunk.last => self.i.agenda &= !agenda::OPEN,  // and so has nothing to look at
            Room::Nothing if !self.unpackings.is_empty() => self.arrive(),
            // What the chunk that completes the package does wrong, VERIFYING tells.
            _ => {
                if let (Some(transfer), Room::TooLong) = (self.transfer(), room) {
                    transfer.fault = Reason::LENGTH;
                }
                self.i.agenda &= !agenda::OPEN;
                self.complete();
            }
        }
    }

    /// Puts the bytes that are to be stored on the list of work; where there are containers,
    /// they are looked at first.
    pub(crate) fn arrive(&mut self) {
        self.i.agenda |= agenda::WRITE | if self.unpackings.is_empty() { 0 } else { agenda::LOOK };
    }

    /// Says whether the bytes are within what is declared and expected.
    #[inline(never)]
    pub(crate) fn room(&mut self, chunk: &Chunk<'_>) -> Room {
        if self.i.total == 0 {
            self.i.total = chunk.total;
        }
        let end = u32::try_from(chunk.data.len()).ok().and_then(|n| self.offset().checked_add(n));
        let Some(end) = end else {
            return Room::Overflow;
        };
        let over = |size: u32| size != 0 && end > size;
        if over(self.i.total) || over(self.i.expected) {
            Room::TooLong
        } else if chunk.data.is_empty() {
            Room::Nothing
        } else {
            Room::Fits
        }
    }

    /// Returns the bytes of the chunk that are to be stored.
    pub(crate) fn chunk(&self) -> &'a [u8] {
        self.data.get(self.skip as usize..).unwrap_or_default()
    }

    /// Adds bytes to the digest of the stream, if one is under way.
    pub(crate) fn hash(&mut self, data: &[u8]) {
        if self.running().is_some_and(|transfer| transfer.hashing) {
            self.hook(Joint::Hash(&data));
        }
    }
}

/// See [`Core::room`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Room {
    Fits,
    Nothing,
    TooLong,
    Overflow,
}
