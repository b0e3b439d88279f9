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
        while let Some(stage) = self.running().map(|transfer| transfer.stage) {
            let goes_on = match stage {
                Stage::Length => self.check_length(),
                Stage::Again | Stage::Read if self.acted => {
                    self.i.agenda |= agenda::ACT;
                    return false;
                }
                Stage::Again | Stage::Read => match self.parts.iter().find_map(|part| part.read_back) {
                    Some(step) => step(self),
                    None => {
                        self.stage(Stage::Verifier);
                        true
                    }
                },
                Stage::Verifier if self.can(can::VERIFY) => {
                    if self.acted {
                        self.i.agenda |= agenda::ACT;
                    }
                    return !self.acted;
                }
                Stage::Verifier => {
                    self.stage(Stage::Name);
                    true
                }
                Stage::Name => self.check_name(),
                Stage::Components => self.check_components(),
            };
            if !goes_on {
                break;
            }
        }
        false
    }

    fn check_length(&mut self) -> bool {
        let length = self.i.length;
        let wrong = |wanted: u32| wanted != 0 && wanted != length;
        let mut fault = self.running().map_or(Reason::NONE, |transfer| transfer.fault);
        if fault == Reason::NONE && (wrong(self.i.total) || wrong(self.i.expected)) {
            fault = Reason::LENGTH;
        }
        if fault == Reason::NONE && self.unpackings.is_empty() && !self.is_enough(false) {
            fault = Reason::UNVERIFIED;
        }
        if fault != Reason::NONE {
            self.fail(fault);
            return false;
        }
        self.stage(Stage::Again);
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

    /// Sees whether the package's name finds room.
    fn check_name(&mut self) -> bool {
        let own = self.hook(Joint::OwnNames);
        if !self.i.state.is_transfer() {
            return false; // it has failed
        }
        self.hook(Joint::Offer);
        self.stage(Stage::Components);
        if own != 0 {
            return true; // the package has told them
        }
        if self.can(can::ABOUT) && self.config.text > 0 {
            self.ask(Kind::About, 0, 1, 0);
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

    /// Lists the package's components.
    fn check_components(&mut self) -> bool {
        self.hook(Joint::List);
        if !self.i.state.is_transfer() {
            return false; // it has failed
        }
        self.happen(Event::Done, Reason::NONE);
        false
    }
}
