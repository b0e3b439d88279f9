// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The start: records are loaded, then every instance sees after what the power cut
//! interrupted.

use super::call::{Call, Mode};
use super::{so, Error, Manager};
use crate::operation::can;

impl Manager<'_> {
    /// Starts. The call goes on until all is done.
    pub fn boot(&mut self, call: &mut Call) -> Result<(), Error> {
        if self.is_booted() {
            return Err(Error::Order);
        }
        call.mode = Mode::Load;
        call.step = 0;
        if !self.shared.can(can::SAVE) {
            call.first = true;
            call.step = u16::MAX;
        }
        Ok(())
    }

    /// The next record to load; `false`: all are, and the first instance has its turn.
    pub(super) fn next_load(&mut self, call: &mut Call) -> bool {
        if usize::from(call.step) <= self.instances.len() {
            Manager::load_operation(call);
            return true;
        }
        if call.first {
            // No record: the firmware's list is what there is.
            for i in self.instances.iter_mut().filter(|i| i.is_seen()) {
                self.shared.ask_factory(i);
            }
        } else if let Some(records) = self.shared.records() {
            (records.resume)(self);
        }
        self.shared.flags |= so::BOOTED;
        if let Some(first) = self.instances.first_mut() {
            call.begin(first, Mode::Boot);
        }
        false
    }

    /// The next instance has its turn.
    pub(super) fn next_turn_of_boot(&mut self, call: &mut Call) {
        match self.instances.get_mut(usize::from(call.place).saturating_add(1)) {
            Some(next) => call.begin(next, Mode::Boot),
            None => self.end_of_boot(call),
        }
    }
}
