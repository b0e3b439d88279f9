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
        if self.can(can::SAVE) {
            self.hook(Joint::Load);
        } else {
            // Without records the firmware's list is what there is.
            self.flags |= so::COMMITTED;
            for i in self.instances.iter_mut().filter(|i| i.is_seen()) {
                i.ask_factory();
            }
        }
        self.flags |= so::BOOTED;
        let mut place = 0;
        while self.load(place) {
            self.begin(Mode::Boot);
            self.work();
            place = place.saturating_add(1);
        }
        self.hook(Joint::Reserve);
        Ok(self.is(so::REFUSED))
    }
}
