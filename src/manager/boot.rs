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
        if self.shared.can(can::SAVE) {
            call.mode = Mode::Load;
        } else {
            // Without records the firmware's list is what there is.
            for i in self.instances.iter_mut().filter(|i| i.is_seen()) {
                self.shared.ask_factory(i);
            }
            self.begin_turns(call);
        }
        Ok(())
    }

    /// The first instance has its turn.
    pub(super) fn begin_turns(&mut self, call: &mut Call) {
        self.shared.flags |= so::BOOTED;
        if let Some(first) = self.instances.first_mut() {
            call.begin(first, Mode::Boot);
        }
    }
}
