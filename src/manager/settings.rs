// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the firmware itself says of an instance.

use super::call::{Call, Mode};
use super::instance::{agenda, flag, Instance};
use super::{Error, Manager, Shared};
use crate::lifecycle::State;
use crate::object::software::{CHECKPOINT, SETTINGS};
use crate::verify::{digest_size, NO_DIGEST};

impl Manager<'_> {
    /// What the next package must be. In `digest` the old digest comes back: it is put
    /// back by [`swap_digest`](Self::swap_digest) if the record does not take the new one.
    pub fn expect(
        &mut self,
        call: &mut Call,
        id: u16,
        length: u32,
        algorithm: u8,
        digest: &mut [u8],
    ) -> Result<(), Error> {
        let (i, shared) = self.take(id).ok_or(Error::Missing)?;
        if digest.len() != digest_size(algorithm)
            || algorithm != NO_DIGEST && shared.digest(algorithm).is_none()
        {
            return Err(Error::Invalid);
        }
        match i.state {
            State::Initial => {}
            State::Fetching if shared.offset(i.place) == 0 => {}
            _ => return Err(Error::Busy),
        }
        call.begin(i, Mode::Setting);
        i.expected = length;
        i.algorithm = algorithm;
        i.agenda |= agenda::SAVE;
        shared.swap_digest(i, digest);
        Ok(())
    }

    /// Puts back what [`expect`](Self::expect) has replaced.
    pub fn swap_digest(&mut self, id: u16, digest: &mut [u8]) {
        if let Some((i, shared)) = self.take(id) {
            shared.swap_digest(i, digest);
        }
    }

    /// Sets Checkpoint or Package Settings.
    pub fn set_link(&mut self, call: &mut Call, id: u16, resource: u16, link: u32) -> Result<(), Error> {
        let (i, shared) = self.take(id).ok_or(Error::Missing)?;
        if !matches!(resource, CHECKPOINT | SETTINGS) || !shared.config.offers(resource) {
            return Err(Error::Invalid);
        }
        call.begin(i, Mode::Setting);
        if resource == SETTINGS {
            Shared::set_settings(i, link);
        } else {
            i.checkpoint = !link;
        }
        Ok(())
    }

    /// Gives up an update: the old software is what it was.
    pub fn give_up_update(&mut self, call: &mut Call, id: u16, still_runs: bool) -> Result<(), Error> {
        let (i, shared) = self.take(id).ok_or(Error::Missing)?;
        match i.state {
            State::Installing | State::Uninstalling => return Err(Error::Busy),
            State::Initial | State::Receiving | State::Fetching | State::Verifying | State::Delivered => {}
            State::Inactive | State::Active | State::Activating | State::Deactivating | State::Preparing => {
                return Ok(())
            }
        }
        if !i.has(flag::FOR_UPDATE) {
            return Ok(());
        }
        if shared.is_held(i) {
            return Err(Error::Busy);
        }
        call.begin(i, Mode::Completion);
        shared.end_update(i, still_runs);
        Ok(())
    }
}

impl Shared<'_> {
    /// 9/x/13
    pub(super) fn set_settings(i: &mut Instance, link: u32) {
        if i.settings != !link {
            i.settings = !link;
            i.agenda |= agenda::SAVE;
        }
    }

    fn swap_digest(&mut self, i: &Instance, digest: &mut [u8]) {
        for (ours, theirs) in self.digest_room(i).iter_mut().zip(digest) {
            core::mem::swap(ours, theirs);
        }
    }
}
