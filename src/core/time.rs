// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time: what waits, one step at a time, and pushes that have stalled.

use super::component::NOBODY;
use super::instance::{agenda, flag};
use super::{Core, Joint, Mode};
use crate::machine::{Event, State};
use crate::object::reason::Reason;

/// How long to wait before a record is tried again that could not be saved, or a counter
/// that could not be raised.
const RETRY_MS: u32 = 1000;

impl Core<'_> {
    /// Does for one instance what waits: the next one, in turn. Returns in how many
    /// milliseconds the next poll is wanted at the latest.
    pub fn poll(&mut self, now: u32) -> u32 {
        let (place, _) = self.due(now);
        if self.load(place) {
            self.turn = place;
            self.begin(Mode::Poll);
            if self.i.state == State::Receiving && self.patience(self.i.transfer, now) == 0 {
                self.happen(Event::PushTimeout, Reason::TIMEOUT);
            }
            self.work();
        } else if self.hook(Joint::Owed) != 0 {
            self.hook(Joint::Reserve);
        }
        self.due(now).1
    }

    /// Says whose turn it is, and in how many milliseconds.
    #[inline(never)]
    fn due(&mut self, now: u32) -> (u8, u32) {
        // The first boot may be over but for its mark in the record.
        let owed = self.hook(Joint::Owed) != 0;
        let (mut place, mut wait) = (NOBODY, if owed { RETRY_MS } else { u32::MAX });
        let mut n = 0usize;
        while let Some(i) = self.instances.get(n) {
            n = n.wrapping_add(1);
            let item = if i.has(flag::USED) { i.first(Mode::Poll) } else { 0 };
            let (at, again) = (i.place, i.has(flag::UNSAVED) || item == agenda::COMMIT);
            let receiving = if i.state == State::Receiving { i.transfer } else { 0 };
            let mut left = self.patience(receiving, now);
            if item != 0 || left == 0 {
                if place == NOBODY || at > self.turn && place <= self.turn {
                    place = at;
                }
                left = if again { RETRY_MS } else { 0 };
            }
            wait = wait.min(left);
        }
        (place, wait)
    }

    /// Says in how many milliseconds a push will have stalled, that has brought nothing. A
    /// chunk's time is that of the first poll after it, since requests bring no time.
    #[inline(never)]
    fn patience(&mut self, transfer: u8, now: u32) -> u32 {
        let timeout = self.config.push_timeout();
        let Some(transfer) = self.transfers.get_mut(usize::from(transfer).wrapping_sub(1)) else {
            return u32::MAX;
        };
        if transfer.fresh {
            transfer.fresh = false;
            transfer.since = now;
        }
        timeout.saturating_sub(now.wrapping_sub(transfer.since))
    }
}
