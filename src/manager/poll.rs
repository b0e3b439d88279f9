// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time: what waits, one step at a time, and pushes that have stalled.

use super::instance::{Instance, NOBODY};
use super::{Error, Manager, Mode};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::done;

/// How long to wait before a record that could not be saved is tried again.
const RETRY_MS: u32 = 1000;

impl Manager<'_> {
    /// Chooses what one poll does: the next instance that waits, in turn.
    pub fn poll(&mut self, now: u32) -> Result<(), Error> {
        if !self.booted {
            return Err(Error::Order);
        }
        self.now = now;
        self.mode = Mode::Idle;
        if let Some(place) = self.stalled() {
            self.begin(place, Mode::Poll, done::CHANGED);
            self.fail(place, 52, Reason::Timeout);
        } else if let Some(place) = self.due() {
            self.begin(place, Mode::Poll, done::CHANGED);
        } else if self.owes_commit() {
            self.begin(NOBODY, Mode::Poll, done::CHANGED);
        }
        Ok(())
    }

    /// Something of this instance waits for the poll.
    fn is_due(&self, instance: &Instance) -> bool {
        let first = instance.first();
        instance.used && first != 0 && self.may(instance, first, Mode::Poll)
    }

    /// The first boot is over but for its mark in the record.
    fn owes_commit(&self) -> bool {
        !self.committed && !self.sealed && !self.owes_slots()
    }

    /// A push that has brought nothing for too long. A chunk's time is that of the
    /// first poll after it, since requests bring no time.
    fn stalled(&mut self) -> Option<u8> {
        let (now, timeout) = (self.now, self.config.push_timeout());
        let mut found = None;
        for transfer in self.memory.transfers.iter_mut() {
            let instance = self.memory.instances.get(usize::from(transfer.owner));
            if !instance.is_some_and(|instance| instance.state == State::Receiving) {
                continue;
            }
            if core::mem::take(&mut transfer.fresh) {
                transfer.since = now;
            } else if now.wrapping_sub(transfer.since) >= timeout {
                found = Some(transfer.owner);
            }
        }
        found
    }

    fn due(&self) -> Option<u8> {
        let mut first = None;
        let mut place = 0u8;
        for instance in self.memory.instances.iter() {
            if self.is_due(instance) {
                if place > self.turn || self.turn == NOBODY {
                    return Some(place);
                }
                first = first.or(Some(place));
            }
            place = place.saturating_add(1);
        }
        first
    }

    /// In how many milliseconds the next poll is wanted at the latest.
    pub fn idle(&self) -> u32 {
        let mut wait = if self.owes_commit() { RETRY_MS } else { u32::MAX };
        for instance in self.memory.instances.iter().filter(|instance| self.is_due(instance)) {
            wait = wait.min(if instance.unsaved { RETRY_MS } else { 0 });
        }
        for transfer in self.memory.transfers.iter() {
            let instance = self.instance(transfer.owner);
            if instance.is_some_and(|instance| instance.state == State::Receiving) {
                let gone = self.now.wrapping_sub(transfer.since);
                wait = wait.min(if transfer.fresh {
                    0
                } else {
                    self.config.push_timeout().saturating_sub(gone)
                });
            }
        }
        wait
    }
}
