// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The firmware fetches a package from its URI and hands the bytes over.

use super::instance::agenda;
use super::requests::Chunk;
use super::text::Text;
use super::{Error, Manager, Mode};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::done;
use crate::transfer::push::Accepted;
use heapless::Vec;

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
    /// What an instance fetches.
    pub fn fetch_of(&self, id: u16) -> Fetch<'_> {
        let place = self.find(id).map_or(super::instance::NOBODY, |(place, _)| place);
        let transfer = self.transfer(place);
        Fetch {
            uri: self.uri(place),
            user_name: self.text(place, Text::User),
            password: self.text(place, Text::Password),
            etag: transfer.map_or(&[], |transfer| transfer.etag.as_slice()),
        }
    }

    /// Install's arguments.
    pub fn arguments_of(&self, id: u16) -> &[u8] {
        self.find(id).map_or(&[], |(place, _)| self.text(place, Text::Arguments))
    }

    /// Whether a download goes on, after its bytes have been taken.
    pub fn fetch_goes_on(&self, number: u32) -> Result<(), Error> {
        let complete = |state| matches!(state, State::Verifying);
        if self.again {
            return Err(Error::Busy);
        }
        match self.instance(self.turn) {
            Some(instance) if instance.in_flight && instance.number == number => Ok(()),
            Some(instance) if self.chunk.is_last() && complete(instance.state) => Ok(()),
            _ => Err(Error::Stale),
        }
    }

    /// The next bytes of a download.
    pub fn fetched(&mut self, number: u32, chunk: &Chunk<'_>) -> Result<(), Error> {
        if !self.booted {
            return Err(Error::Order);
        }
        let mut place = 0u8;
        for instance in self.memory.instances.iter() {
            if instance.used
                && instance.in_flight
                && instance.number == number
                && instance.state == State::Fetching
            {
                break;
            }
            place = place.saturating_add(1);
        }
        let Some(instance) = self.instance(place).filter(|_| number != 0) else {
            return Err(Error::Stale);
        };
        // A restart that is still opening, or a write that has not been taken yet.
        if instance.opening || instance.discard != 0 {
            return Err(Error::Busy);
        }
        let expected = instance.expected.length;
        let Some(transfer) = self.transfer_of(place) else {
            return Err(Error::Stale);
        };
        let again = chunk.offset == 0 && transfer.offset != 0;
        if chunk.offset != transfer.offset && !again {
            return Err(Error::Invalid);
        }
        if chunk.data.is_empty() && !chunk.last {
            self.begin(place, Mode::Completion, done::CHANGED);
            return Ok(());
        }
        self.begin(place, Mode::Completion, done::CHANGED);
        self.chunk = Accepted::of(0, chunk.offset, &[], chunk.last);
        if again {
            self.restart(place);
            let Some(transfer) = self.transfer_of(place) else {
                return Err(Error::Stale);
            };
            transfer.restarts = transfer.restarts.saturating_add(1);
            let changed = transfer.restarts > 1;
            if changed {
                self.fail(place, 52, Reason::Changed);
                return Ok(());
            }
            if let Some(instance) = self.at(place) {
                instance.agenda |= agenda::SAVE | agenda::OPEN;
            }
        }
        let Some(transfer) = self.transfer_of(place) else {
            return Err(Error::Stale);
        };
        if !chunk.etag.is_empty() {
            transfer.etag = Vec::from_slice(chunk.etag).unwrap_or_default();
        }
        if transfer.total == 0 {
            transfer.total = chunk.total;
        }
        let (total, offset) = (transfer.total, transfer.offset);
        let differs = chunk.total != 0 && chunk.total != total;
        let room = [total, expected].into_iter().filter(|size| *size != 0).min().unwrap_or(u32::MAX);
        let end = u32::try_from(chunk.data.len()).ok().and_then(|length| offset.checked_add(length));
        match end {
            None => self.fail(place, 50, Reason::Storage),
            Some(end) if end > room || differs => self.fail(place, 53, Reason::Length),
            Some(_) if chunk.data.is_empty() => self.complete(place),
            Some(_) => {
                if let Some(instance) = self.at(place) {
                    instance.agenda |= agenda::WRITE;
                }
            }
        }
        Ok(())
    }
}
