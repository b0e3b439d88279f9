// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time: what waits, one step at a time, and pushes that have stalled.

use super::agenda::first;
use super::call::{Call, Mode};
use super::instance::{agenda, flag, NOBODY};
use super::{Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;

/// How long to wait before a record is tried again that could not be saved, or a counter
/// that could not be raised.
const RETRY_MS: u32 = 1000;

impl Manager<'_> {
    /// Does for one instance what waits: the next one, in turn.
    pub fn poll(&mut self, call: &mut Call, now: u32) {
        let (place, wait) = self.due(now);
        let Manager { instances, shared } = self;
        if let Some(i) = instances.get_mut(usize::from(place)) {
            shared.turn = place;
            call.begin(i, Mode::Poll);
            if i.state == State::Receiving && shared.patience(place, now) == 0 {
                shared.fail(i, 52, Reason::TIMEOUT);
            }
        } else if wait == RETRY_MS {
            call.mode = Mode::Reserve;
        }
    }

    /// In how many milliseconds the next poll is wanted at the latest.
    pub fn idle(&mut self, now: u32) -> u32 {
        self.due(now).1
    }

    /// Whose turn it is, and in how many milliseconds.
    #[inline(never)]
    fn due(&mut self, now: u32) -> (u8, u32) {
        // The first boot may be over but for its mark in the record.
        let owed = self.shared.records().is_some_and(|records| (records.is_owed)(self));
        let mut next = (NOBODY, if owed { RETRY_MS } else { u32::MAX });
        let turn = self.shared.turn;
        for i in self.instances.iter() {
            let item = if i.has(flag::USED) { first(i, Mode::Poll) } else { 0 };
            let mut left =
                if i.state == State::Receiving { self.shared.patience(i.place, now) } else { u32::MAX };
            if item != 0 || left == 0 {
                if next.0 == NOBODY || i.place > turn && next.0 <= turn {
                    next.0 = i.place;
                }
                let again = i.has(flag::UNSAVED) || item == agenda::COMMIT;
                left = if again { RETRY_MS } else { 0 };
            }
            next.1 = next.1.min(left);
        }
        next
    }
}

impl Shared<'_> {
    /// In how many milliseconds a push will have stalled, that has brought nothing. A
    /// chunk's time is that of the first poll after it, since requests bring no time.
    #[inline(never)]
    fn patience(&mut self, place: u8, now: u32) -> u32 {
        let timeout = self.config.push_timeout();
        let Some(transfer) = self.transfer(place) else {
            return u32::MAX;
        };
        if transfer.fresh {
            transfer.fresh = false;
            transfer.since = now;
        }
        timeout.saturating_sub(now.wrapping_sub(transfer.since))
    }
}
