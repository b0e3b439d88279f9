// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The start: records are loaded, then every instance sees after what the power cut
//! interrupted.

use super::operation::can;
use super::{so, Core, Error, Joint, Mode};

impl Core<'_> {
    /// Says that [`boot`](Self::boot) was called.
    pub fn is_booted(&self) -> bool {
        self.is(so::BOOTED)
    }

    /// Starts. `Ok(true)`: a record could not be used.
    pub fn boot(&mut self) -> Result<bool, Error> {
        if self.is_booted() {
            return Err(Error::Order);
        }
        let records = self.can(can::SAVE);
        if records {
            self.hook(Joint::Load);
        } else {
            self.flags |= so::COMMITTED;
        }
        self.flags |= so::BOOTED;
        let mut place = 0;
        while self.load(place) {
            if !records && self.i.is_seen() {
                self.i.ask_factory(); // the firmware's list is what there is
            }
            self.begin(Mode::Boot);
            self.work();
            place = place.saturating_add(1);
        }
        self.hook(Joint::Reserve);
        Ok(self.is(so::REFUSED))
    }
}
