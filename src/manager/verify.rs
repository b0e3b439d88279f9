// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Verification, a step at a time: length and policy, the digest of what was stored (or
//! of what came, where it cannot be read back), the firmware's own verifier, and then
//! whether the package's name and components find room.

use super::config::{POLICY_CRC, POLICY_NONE};
use super::instance::agenda;
use super::lifecycle::needs_digest;
use super::next::operation;
use super::{components, About, AboutError, Manager};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::{self, State};
use crate::object::NONE;
use crate::operation::{Kind, Operation, Verdict};
use crate::transfer::Stage;
use crate::verify::{Expectation, CRC32, SHA256};

impl Manager<'_> {
    /// The next operation of a verification; `None`: the agenda tells how it went on.
    #[inline(never)]
    pub(super) fn verify_step(&mut self, room: usize) -> Option<Operation> {
        let place = self.turn;
        let Some(stage) = self.transfer_of(place).map(|transfer| transfer.stage) else {
            self.fail(place, 51, Reason::Transfers);
            return None;
        };
        match stage {
            Stage::Check => self.check(place),
            Stage::Digest => return self.read_back(place, room),
            Stage::Host => {
                if self.can.has(Kind::Verify) {
                    self.acted = true;
                    let instance = self.instance(place)?;
                    let base = operation(Kind::Verify, instance.number, instance);
                    return Some(Operation { length: instance.length, ..base });
                }
                self.stage(place, Stage::Name);
            }
            Stage::Name | Stage::Component(_) => {
                let component = match stage {
                    Stage::Component(place) => place,
                    _ => NONE,
                };
                let wanted = if component == NONE { self.config.text > 0 } else { self.parts.components() };
                if self.can.has(Kind::About) && wanted {
                    let instance = self.instance(place)?;
                    let base = operation(Kind::About, 0, instance);
                    return Some(Operation { component, package: true, ..base });
                }
                if component == NONE {
                    self.stage(place, Stage::Component(0));
                } else {
                    self.verify_ok(place);
                }
            }
        }
        None
    }

    fn stage(&mut self, place: u8, stage: Stage) {
        if let Some(transfer) = self.transfer_of(place) {
            transfer.stage = stage;
        }
    }

    /// Whether the package can still be verified when only the storage has it.
    pub(super) fn can_verify_again(&self, expected: &Expectation) -> bool {
        self.can.has(Kind::Read) || !needs_digest(expected)
    }

    #[inline(never)]
    fn check(&mut self, place: u8) {
        let Some(instance) = self.instance(place) else {
            return;
        };
        let (length, total, fault, expected) =
            (instance.length, instance.total, instance.fault, instance.expected);
        let policy = self.config.policy;
        let enough = self.can.has(Kind::Verify)
            || expected.algorithm == SHA256
            || expected.algorithm == CRC32 && policy == POLICY_CRC
            || policy == POLICY_NONE;
        let wrong = |wanted: u32| wanted != 0 && wanted != length;
        if fault != 0 {
            self.fail(place, fault, Reason::Length);
        } else if wrong(total) || wrong(expected.length) {
            self.fail(place, 53, Reason::Length);
        } else if !enough || needs_digest(&expected) && self.parts.digest(expected.algorithm).is_none() {
            self.fail(place, 57, Reason::Unverified);
        } else if !needs_digest(&expected) {
            self.stage(place, Stage::Host);
        } else if self.can.has(Kind::Read) {
            if let Some(transfer) = self.transfer_of(place) {
                transfer.offset = 0;
            }
            self.start_hash(place);
            self.stage(place, Stage::Digest);
        } else if self.transfer_of(place).is_some_and(|transfer| transfer.hashing) {
            self.compare(place);
        } else {
            self.fail(place, 57, Reason::Lost);
        }
    }

    fn read_back(&mut self, place: u8, room: usize) -> Option<Operation> {
        let offset = self.transfer(place)?.offset;
        let left = self.instance(place)?.length.saturating_sub(offset);
        if left == 0 {
            self.compare(place);
            return None;
        }
        self.acted = true;
        let instance = self.instance(place)?;
        let length = left.min(room.min(0xFFFF) as u32);
        Some(Operation { offset, length, ..operation(Kind::Read, instance.number, instance) })
    }

    #[inline(never)]
    pub(super) fn answer_read(&mut self, verdict: Verdict, bytes: &[u8]) {
        let place = self.turn;
        let code = match verdict {
            Verdict::Done => 0,
            Verdict::Failed(code) => code.max(1),
            _ => 1,
        };
        if code != 0 {
            let result = lifecycle::failure(State::Verifying, code).unwrap_or(57);
            return self.fail(place, result, Reason::of(result));
        }
        let digest = self.digest_of(place);
        if let (Some(transfer), Some(digest)) = (self.transfer_of(place), digest) {
            (digest.update)(&mut transfer.digest, bytes);
            transfer.offset = transfer.offset.saturating_add(bytes.len() as u32);
        }
    }

    fn compare(&mut self, place: u8) {
        let digest = self.digest_of(place);
        let expected = self.instance(place).map(|instance| instance.expected);
        let (Some(digest), Some(expected), Some(transfer)) = (digest, expected, self.transfer_of(place))
        else {
            return self.fail(place, 57, Reason::Unverified);
        };
        if expected.matches(&(digest.finish)(&mut transfer.digest)) {
            self.stage(place, Stage::Host);
        } else {
            let crc = expected.algorithm == CRC32;
            self.fail(place, 53, if crc { Reason::Crc } else { Reason::Digest });
        }
    }

    /// What the firmware tells about a package: its name, then its components.
    #[inline(never)]
    pub(super) fn answer_package(&mut self, place: u8, component: u16, told: Result<About<'_>, AboutError>) {
        let room = usize::from(self.config.text);
        let next = Stage::Component(component.wrapping_add(1));
        match (told, component) {
            (Err(AboutError::Missing), NONE) => self.stage(place, next),
            (Err(AboutError::Missing), _) => self.verify_ok(place),
            (Err(AboutError::Failed), NONE) => self.fail(place, 57, Reason::Device),
            (Err(AboutError::Failed), _) | (Ok(_), 255..NONE) => self.fail(place, 54, Reason::List),
            (Ok(about), NONE) if about.name.len() > room || about.version.len() > room => {
                self.fail(place, 54, Reason::Name)
            }
            (Ok(_), NONE) => self.stage(place, next),
            (Ok(about), _) if about.name.len() > 255 || about.version.len() > 255 => {
                self.fail(place, 54, Reason::List)
            }
            (Ok(_), n) => {
                if self.add_component(place, n as u8, components::STAGED) {
                    self.stage(place, next);
                } else {
                    self.fail(place, 51, Reason::Components);
                }
            }
        }
    }

    fn verify_ok(&mut self, place: u8) {
        let result = self.delivered_result();
        self.release(place);
        if let Some(instance) = self.at(place) {
            instance.enter(State::Delivered, instance.for_update);
            instance.tell(result, Reason::None);
            instance.number = 0;
            instance.agenda = agenda::SAVE;
        }
    }
}
