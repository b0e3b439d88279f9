// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A part: a server writes 9/x/3, the firmware fetches the package from there and hands
//! the bytes over.

use super::call::{Call, Mode};
use super::config::{EMPTY_WRITE_CANCELS, REPLACE_IN_DELIVERED};
use super::instance::{agenda, flag, Instance, NOBODY};
use super::push::{Plan, Room};
use super::requests::Chunk;
use super::text::Text;
use super::{Error, Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::Refusal;
use crate::transfer::uri::{self, Uri};

/// The part: what the rest of the manager calls of it.
#[derive(Debug)]
pub struct Download {
    what: for<'a> fn(&'a Shared<'_>, u8) -> Fetch<'a>,
    pub(super) plan: fn(&mut Shared<'_>, &Instance, &Call, &[u8]) -> Result<Plan, Refusal>,
    pub(super) start: fn(&mut Shared<'_>, &mut Instance, &mut Call, &[u8], Plan),
    pub(super) fetched: fn(&mut Shared<'_>, &mut Instance, &mut Call, &Chunk<'_>) -> Result<(), Error>,
}

/// The part.
pub static DOWNLOAD: Download = Download { what, plan, start, fetched };

/// What to fetch.
#[allow(missing_docs)]
pub struct Fetch<'a> {
    /// With a NUL behind it.
    pub uri: &'a [u8],
    pub user_name: &'a [u8],
    pub password: &'a [u8],
    pub etag: &'a [u8],
}

impl Manager<'_> {
    /// What the instance of a call fetches.
    pub fn fetch_of(&self, call: &Call) -> Option<Fetch<'_>> {
        self.shared.download().map(|part| (part.what)(&self.shared, call.place))
    }

    /// The next bytes of a download.
    pub fn fetched(&mut self, call: &mut Call, number: u32, chunk: &Chunk<'_>) -> Result<(), Error> {
        let part = self.shared.download().ok_or(Error::Stale)?;
        let running = |i: &&mut Instance| {
            i.number == number && i.has(flag::IN_FLIGHT) && i.state == State::Fetching && number != 0
        };
        let i = self.instances.iter_mut().find(running).ok_or(Error::Stale)?;
        (part.fetched)(&mut self.shared, i, call, chunk)
    }

    /// Whether a download goes on, after its bytes have been taken.
    pub fn fetch_goes_on(&self, call: &Call, number: u32) -> Result<(), Error> {
        if call.again {
            return Err(Error::Busy);
        }
        match self.instances.get(usize::from(call.place)) {
            Some(i) if i.number == number && i.has(flag::IN_FLIGHT) => Ok(()),
            Some(i) if call.last && i.state == State::Verifying => Ok(()),
            _ => Err(Error::Stale),
        }
    }
}

fn what<'a>(shared: &'a Shared<'_>, place: u8) -> Fetch<'a> {
    let etag = shared.running(place);
    Fetch {
        uri: shared.uri(place),
        user_name: shared.text(place, Text::User),
        password: shared.text(place, Text::Password),
        etag: etag.map_or(&[], |transfer| transfer.etag.as_slice()),
    }
}

fn plan(shared: &mut Shared<'_>, i: &Instance, call: &Call, text: &[u8]) -> Result<Plan, Refusal> {
    if i.has(flag::DISCARDING) {
        return Err(Refusal::Internal);
    }
    let what = uri::check(text, call.schemes);
    if what == Uri::Empty && shared.config.option(EMPTY_WRITE_CANCELS) {
        return shared.plan_empty(i);
    }
    match i.state {
        State::Initial if what == Uri::Valid => Ok(Plan::Start),
        State::Initial => Ok(Plan::BadUri),
        State::Delivered if shared.config.option(REPLACE_IN_DELIVERED) => {
            if what != Uri::Valid {
                Err(Refusal::BadRequest)
            } else if shared.transfer(NOBODY).is_none() {
                Err(Refusal::Internal)
            } else {
                Ok(Plan::Start)
            }
        }
        _ => Err(Refusal::NotAllowed),
    }
}

fn start(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call, text: &[u8], plan: Plan) {
    match plan {
        Plan::Changed | Plan::More | Plan::Continue => {}
        Plan::Cancel => shared.fail(i, 0, Reason::NONE),
        Plan::BadUri => {
            // The refusal stands whether or not the record takes the result.
            call.refuse(Refusal::BadRequest);
            call.undo = false;
            if i.result != 56 {
                i.tell(56, Reason::URI);
                i.agenda |= agenda::SAVE;
            }
        }
        Plan::Start if !shared.acquire(i) => Shared::no_transfer(i, call),
        Plan::Start => {
            shared.set_uri(i.place, text);
            shared.forget_package(i);
            let opening = shared.take_number();
            if let Some(transfer) = shared.transfer(i.place) {
                transfer.number = opening;
            }
            i.tell(1, Reason::NONE);
            shared.begin_act(i, State::Fetching);
        }
    }
}

fn fetched(
    shared: &mut Shared<'_>,
    i: &mut Instance,
    call: &mut Call,
    chunk: &Chunk<'_>,
) -> Result<(), Error> {
    // A restart that is still opening, or a write that has not been taken yet.
    if i.has(flag::OPENING | flag::DISCARDING) {
        return Err(Error::Busy);
    }
    let transfer = shared.transfer(i.place).ok_or(Error::Stale)?;
    let again = chunk.offset != transfer.offset;
    let end = (transfer.offset as usize).saturating_add(chunk.data.len());
    if again && chunk.offset != 0 {
        return Err(Error::Invalid);
    }
    if shared.unpacking(i.place).is_some_and(|it| !again && it.seen as usize > end) {
        return Err(Error::Invalid); // not the bytes that have been looked at already
    }
    call.begin(i, Mode::Completion);
    if chunk.data.is_empty() && !chunk.last {
        return Ok(());
    }
    call.last = chunk.last;
    let changed =
        again && shared.transfer(i.place).is_some_and(|it| core::mem::replace(&mut it.restarted, true));
    if again {
        shared.restart(i);
        i.agenda |= agenda::SAVE | agenda::OPEN;
    }
    if !chunk.etag.is_empty() {
        if let Some(transfer) = shared.transfer(i.place) {
            transfer.set_etag(chunk.etag);
        }
    }
    let (result, reason) = match shared.room(i, chunk) {
        _ if changed => (52, Reason::CHANGED),
        Room::Overflow => (50, Reason::STORAGE),
        Room::TooLong => (53, Reason::LENGTH),
        _ if chunk.total != 0 && chunk.total != i.total => (53, Reason::LENGTH),
        Room::Nothing if shared.unpackings.is_empty() => {
            shared.complete(i);
            return Ok(());
        }
        Room::Nothing | Room::Fits => {
            shared.arrive(i);
            return Ok(());
        }
    };
    shared.fail(i, result, reason);
    Ok(())
}
