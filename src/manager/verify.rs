// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Verification, a step at a time: the length, the container, the policy, the digest of
//! what was stored (or of what came, where it cannot be read back), the firmware's own
//! verifier, and then whether the package's name and components find room.

use super::call::Call;
use super::config::{POLICY_CRC, POLICY_NONE, POLICY_SIGNATURE};
use super::instance::{agenda, Instance};
use super::{About, AboutError, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::operation::{can, Kind};
use crate::transfer::Stage;
use crate::verify::{CRC32, NO_DIGEST, SHA256};

impl Shared<'_> {
    /// The next operation of a verification; `false`: the agenda tells how it went on.
    #[inline(never)]
    pub(super) fn verify_step(&mut self, i: &mut Instance, call: &mut Call, room: usize) -> bool {
        let Some(transfer) = self.transfer(i.place) else {
            return false;
        };
        let (stage, component) = (transfer.stage, transfer.component);
        match stage {
            Stage::Check => self.check(i),
            Stage::Container => {
                return self.containers().is_some_and(|hooks| (hooks.step)(self, i, call, room));
            }
            Stage::Policy => self.policy(i),
            Stage::Digest => {
                return self.digest(i.algorithm).is_some_and(|digest| (digest.step)(self, i, call, room));
            }
            Stage::Host if self.can(can::VERIFY) => {
                call.hand_out(i, Kind::Verify, i.number).length = i.length;
                call.acted = true;
                return true;
            }
            Stage::Host => self.stage(i, Stage::Name),
            Stage::Name | Stage::Components if self.is_told(i, stage) => {}
            Stage::Name if self.can(can::ABOUT) && self.config.text > 0 => {
                call.hand_out(i, Kind::About, 0).package = true;
                return true;
            }
            Stage::Name => self.stage(i, Stage::Components),
            Stage::Components if self.can(can::ABOUT) && self.components().is_some() => {
                let operation = call.hand_out(i, Kind::About, 0);
                operation.package = true;
                operation.component = component;
                return true;
            }
            Stage::Components => self.verify_ok(i),
        }
        false
    }

    /// Whether the package itself has told its name, or its components.
    fn is_told(&mut self, i: &mut Instance, stage: Stage) -> bool {
        self.containers().is_some_and(|hooks| (hooks.tell)(self, i, stage))
    }

    #[inline(never)]
    pub(super) fn stage(&mut self, i: &Instance, stage: Stage) {
        if let Some(transfer) = self.transfer(i.place) {
            transfer.stage = stage;
            transfer.component = 0;
        }
    }

    /// Whether the package can still be verified when only the storage has it.
    pub(super) fn can_verify_again(&self, i: &Instance) -> bool {
        self.can(can::READ) || i.algorithm == NO_DIGEST && self.unpackings.is_empty()
    }

    #[inline(never)]
    fn check(&mut self, i: &mut Instance) {
        let wrong = |wanted: u32| wanted != 0 && wanted != i.length;
        let mut fault = self.running(i.place).map_or(Reason::NONE, |transfer| transfer.fault);
        if fault == Reason::NONE && (wrong(i.total) || wrong(i.expected)) {
            fault = Reason::LENGTH;
        }
        if fault != Reason::NONE {
            self.fail(i, fault.result(), fault);
        } else {
            self.stage(i, Stage::Policy);
            if let Some(hooks) = self.containers() {
                (hooks.begin)(self, i);
            }
        }
    }

    /// Whether what proves the package is enough; then its expected digest.
    fn policy(&mut self, i: &mut Instance) {
        let policy = self.config.policy;
        let enough = self.containers().is_some_and(|hooks| (hooks.enough)(self, i))
            || policy == POLICY_NONE
            || policy != POLICY_SIGNATURE && (self.can(can::VERIFY) || i.algorithm == SHA256)
            || policy == POLICY_CRC && i.algorithm == CRC32;
        let plain = i.algorithm == NO_DIGEST;
        let digest = self.digest(i.algorithm);
        if !enough || !plain && digest.is_none() {
            self.fail(i, 57, Reason::UNVERIFIED);
        } else {
            self.stage(i, if plain { Stage::Host } else { Stage::Digest });
            if let Some(digest) = digest {
                (digest.begin)(self, i);
            }
        }
    }

    /// What the firmware tells about a package.
    pub(super) fn answer_package(&mut self, i: &mut Instance, told: Result<About<'_>, AboutError>) {
        let room = usize::from(self.config.text);
        match told {
            Err(AboutError::Failed) => self.fail(i, 57, Reason::DEVICE),
            Ok(about) if about.name.len() > room || about.version.len() > room => {
                self.fail(i, 54, Reason::NAME)
            }
            Ok(_) | Err(AboutError::Missing) => self.stage(i, Stage::Components),
        }
    }

    #[inline(never)]
    pub(super) fn verify_ok(&mut self, i: &mut Instance) {
        self.release(i);
        i.enter(State::Delivered);
        i.tell(self.delivered_result(), Reason::NONE);
        i.number = 0;
        i.agenda = agenda::SAVE | i.agenda & agenda::COMMIT;
    }
}
