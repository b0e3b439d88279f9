// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The one list of checks of a package: its length; then it is read back once, for its
//! container and its expected digest; the policy; the firmware's own verifier; and then whether
//! the package's name and components find room.

use super::config::{POLICY_CRC, POLICY_NONE, POLICY_SIGNATURE};
use super::door::{About, AboutError};
use super::instance::agenda;
use super::operation::{can, Kind};
use super::transfer::Stage;
use super::{Core, Joint};
use crate::machine::Event;
use crate::object::reason::Reason;
use crate::verify::{CRC32, NO_DIGEST, SHA256};

impl Core<'_> {
    pub(crate) fn stage(&mut self, stage: Stage) {
        if let Some(transfer) = self.transfer() {
            transfer.stage = stage;
            transfer.component = 0;
        }
    }

    /// Does the next checks, as far as one step goes. true: the firmware's own verifier is
    /// next. The list of work says how it goes on.
    #[inline(never)]
    pub(crate) fn verify(&mut self) -> bool {
        let Some(stage) = self.running().map(|transfer| transfer.stage) else {
            return false;
        };
        if stage == Stage::Length {
            let fault = self.fault_of_length();
            if fault != Reason::NONE {
                self.fail(fault);
                return false;
            }
            self.stage(Stage::Again);
        }
        if stage < Stage::Name {
            if !self.read_back() {
                return false;
            }
            if self.can(can::VERIFY) {
                return !self.waits();
            }
        }
        if self.check_names() {
            self.happen(Event::Done, Reason::NONE);
        }
        false
    }

    /// A step has been done: the next one waits for the next poll.
    fn waits(&mut self) -> bool {
        if self.acted {
            self.i.agenda |= agenda::ACT;
        }
        self.acted
    }

    fn fault_of_length(&mut self) -> Reason {
        let length = self.i.length;
        let wrong = |wanted: u32| wanted != 0 && wanted != length;
        let fault = self.running().map_or(Reason::NONE, |transfer| transfer.fault);
        if fault != Reason::NONE {
            fault
        } else if wrong(self.i.total) || wrong(self.i.expected) {
            Reason::LENGTH
        } else if self.unpackings.is_empty() && !self.is_enough(false) {
            Reason::UNVERIFIED
        } else {
            Reason::NONE
        }
    }

    /// Reads the package back, if a part looks at it. false: not all of it yet, or it has failed.
    fn read_back(&mut self) -> bool {
        let Some(step) = self.parts.iter().find_map(|part| part.read_back) else {
            return true;
        };
        while self.running().is_some_and(|transfer| transfer.stage < Stage::Verifier) {
            if self.waits() || !step(self) {
                return false;
            }
        }
        true
    }

    /// Says that what proves the package is enough for the policy; `container`: it does.
    pub(crate) fn is_enough(&mut self, container: bool) -> bool {
        let (policy, algorithm) = (self.config.policy, self.i.algorithm);
        let enough = container
            || policy == POLICY_NONE
            || policy != POLICY_SIGNATURE && (self.can(can::VERIFY) || algorithm == SHA256)
            || policy == POLICY_CRC && algorithm == CRC32;
        enough && (algorithm == NO_DIGEST || self.hook(Joint::Knows(algorithm.into())) != 0)
    }

    /// Sees whether the package's name and its components find room; false: it has failed.
    fn check_names(&mut self) -> bool {
        let own = self.hook(Joint::OwnNames);
        if !self.i.state.is_transfer() {
            return false;
        }
        self.hook(Joint::Offer);
        if own == 0 && self.can(can::ABOUT) && self.config.text > 0 {
            self.ask(Kind::About, 0, 1, 0);
        }
        if self.i.state.is_transfer() {
            self.hook(Joint::List);
        }
        self.i.state.is_transfer()
    }

    /// Takes what the firmware says of the package's name.
    pub(crate) fn package_name(&mut self, about: &Result<About<'_>, AboutError>) {
        let room = usize::from(self.config.text);
        match about {
            Err(AboutError::Failed) => self.fail(Reason::DEVICE),
            Ok(about) if about.name.len() > room || about.version.len() > room => self.fail(Reason::NAME),
            Ok(_) | Err(AboutError::Missing) => {}
        }
    }
}
