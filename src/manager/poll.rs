// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time: what waits, one step at a time, and pushes that have stalled.

use super::agenda::may;
use super::call::{Call, Mode};
use super::instance::{flag, Instance};
use super::{Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;

/// How long to wait before a record that could not be saved is tried again.
const RETRY_MS: u32 = 1000;

impl Instance {
    /// Something waits for the poll.
    #[inline(never)]
    fn is_due(&self) -> bool {
        self.has(flag::USED) && may(self, self.first(), Mode::Poll)
    }
}

impl Manager<'_> {
    /// Chooses what one poll does: a push that has stalled, or the next instance that
    /// waits, in turn.
    pub fn poll(&mut self, call: &mut Call, now: u32) {
        let owes_commit = self.owes_commit();
        let Manager { instances, shared } = self;
        let mut due = None;
        for i in instances.iter_mut() {
            if i.state == State::Receiving && shared.is_stalled(i.place, now) {
                call.begin(i, Mode::Poll);
                return shared.fail(i, 52, Reason::TIMEOUT);
            }
            let later = i.place > shared.turn;
            if i.is_due() && (due.is_none() || later && due <= Some(shared.turn)) {
                due = Some(i.place);
            }
        }
        match due.and_then(|place| instances.get_mut(usize::from(place))) {
            Some(i) => {
                shared.turn = i.place;
                call.begin(i, Mode::Poll);
            }
            None if owes_commit => call.mode = Mode::Reserve,
            None => {}
        }
    }

    /// The first boot is over but for its mark in the record.
    #[inline(never)]
    fn owes_commit(&self) -> bool {
        self.shared.records().is_some_and(|records| (records.is_owed)(self))
    }

    /// In how many milliseconds the next poll is wanted at the latest.
    pub fn idle(&self, now: u32) -> u32 {
        let mut wait = if self.owes_commit() { RETRY_MS } else { u32::MAX };
        for i in self.instances.iter() {
            if i.is_due() {
                wait = wait.min(if i.has(flag::UNSAVED) { RETRY_MS } else { 0 });
            }
            if i.state == State::Receiving {
                wait = wait.min(self.shared.patience(i.place, now));
            }
        }
        wait
    }
}

impl Shared<'_> {
    /// Whether a push has brought nothing for too long. A chunk's time is that of the
    /// first poll after it, since requests bring no time.
    fn is_stalled(&mut self, place: u8, now: u32) -> bool {
        if let Some(transfer) = self.transfer(place).filter(|transfer| transfer.fresh) {
            transfer.fresh = false;
            transfer.since = now;
        }
        self.patience(place, now) == 0
    }

    /// In how many milliseconds a push will have stalled; just after a chunk: 0, so that
    /// the poll comes at once and sees the time.
    fn patience(&self, place: u8, now: u32) -> u32 {
        let transfer = self.running(place);
        transfer.map_or(u32::MAX, |transfer| {
            let left = self.config.push_timeout().saturating_sub(now.wrapping_sub(transfer.since));
            if transfer.fresh {
                0
            } else {
                left
            }
        })
    }
}
