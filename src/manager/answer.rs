// SPDX-License-Identifier: Apache-2.0 OR MIT
//! From verdicts to what comes next.

use super::call::{Call, Mode};
use super::components::What;
use super::instance::{agenda, flag, Instance};
use super::{About, AboutError, Error, Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::{Refusal, NONE};
use crate::operation::{can, Kind, Verdict};

impl Manager<'_> {
    /// Takes the verdict on the operation that [`next`](Self::next) handed out. `bytes`
    /// is what was loaded, read or written.
    #[inline(never)]
    pub fn answer(&mut self, call: &mut Call, verdict: Verdict, flags: u32, bytes: &[u8]) {
        if matches!(call.operation.kind, Kind::Load | Kind::Save | Kind::Outcome) {
            if let Some(records) = self.shared.records() {
                (records.answer)(self, call, verdict, flags, bytes);
            }
        } else if let Some(i) = self.instances.get_mut(usize::from(call.place)) {
            self.shared.answer(i, call, verdict, flags, bytes);
        }
    }

    /// Takes what the firmware tells about names.
    #[inline(never)]
    pub fn answer_about(&mut self, call: &mut Call, told: Result<About<'_>, AboutError>) {
        let Some(i) = self.instances.get_mut(usize::from(call.place)) else {
            return;
        };
        if call.operation.component != NONE {
            self.shared.answer_component(i, call, told);
        } else if call.operation.package {
            self.shared.answer_package(i, told);
        } else {
            i.agenda &= !agenda::ABOUT;
            if let Ok(about) = told {
                self.shared.set_names(i, about);
            }
        }
    }

    /// Completes an operation that was pending.
    pub fn done(&mut self, call: &mut Call, number: u32, verdict: Verdict, flags: u32) -> Result<(), Error> {
        for i in self.instances.iter_mut() {
            let storage = i.storage == number && i.has(flag::OPENING | flag::DISCARDING);
            let act = i.number == number && i.has(flag::IN_FLIGHT);
            if number == 0 || !(storage || act) {
                continue;
            }
            call.begin(i, Mode::Completion);
            if !storage {
                call.last = i.state == State::Fetching && verdict == Verdict::DONE;
                i.set(flag::IN_FLIGHT, false);
                self.shared.settle(i, verdict, flags);
            } else if i.has(flag::OPENING) {
                i.set(flag::OPENING, false);
                if verdict != Verdict::DONE {
                    self.shared.not_open(i, call, verdict);
                }
            } else {
                i.set(flag::DISCARDING, false);
            }
            return Ok(());
        }
        Err(Error::Stale)
    }
}

impl Shared<'_> {
    #[inline(never)]
    fn answer(&mut self, i: &mut Instance, call: &mut Call, verdict: Verdict, flags: u32, bytes: &[u8]) {
        let operation = call.operation;
        match operation.kind {
            Kind::Open => {
                i.agenda &= !agenda::OPEN;
                if verdict == Verdict::PENDING && i.state == State::Fetching {
                    // Bytes that came with a restart are to be offered again.
                    call.again = true;
                    i.set(flag::OPENING, true);
                    i.storage = operation.number;
                    i.agenda &= !agenda::WRITE;
                } else if verdict != Verdict::DONE {
                    self.not_open(i, call, verdict);
                }
            }
            Kind::Write => {
                i.agenda &= !agenda::WRITE;
                if verdict == Verdict::DONE {
                    if operation.length == 0 {
                        self.stored(i, call, bytes);
                    } else if let Some(hooks) = self.containers() {
                        (hooks.stored)(self, i, call);
                    }
                } else if verdict == Verdict::AGAIN && i.state == State::Fetching {
                    call.again = true;
                } else {
                    self.fail_told(i, call, verdict);
                }
            }
            Kind::Read => {
                let container = self.containers();
                if container.is_some_and(|hooks| (hooks.read)(self, i, call, verdict, bytes)) {
                    return;
                }
                if let Some(digest) = self.digest(i.algorithm) {
                    (digest.read)(self, i, verdict, bytes);
                }
            }
            Kind::Discard => {
                i.agenda &= !agenda::DISCARD;
                if verdict == Verdict::PENDING {
                    i.storage = operation.number;
                    i.set(flag::DISCARDING, true);
                    if i.state == State::Receiving && !i.has(flag::DELETED) {
                        self.fail_told(i, call, Verdict::FAILED);
                        i.agenda &= !agenda::DISCARD;
                    }
                }
            }
            Kind::Key | Kind::Signature | Kind::Fits | Kind::Counter | Kind::Commit => {
                if let Some(hooks) = self.containers() {
                    (hooks.answer)(self, i, call, verdict, flags, bytes);
                }
            }
            Kind::Load | Kind::Save | Kind::Outcome | Kind::Cancel | Kind::About => {}
            Kind::Fetch
            | Kind::Verify
            | Kind::Install
            | Kind::Uninstall
            | Kind::Prepare
            | Kind::Activate
            | Kind::Deactivate => {
                i.agenda &= !agenda::ACT;
                // A download has bytes to bring before it is done.
                let early = verdict == Verdict::DONE && operation.kind == Kind::Fetch;
                if verdict == Verdict::PENDING || early {
                    i.set(flag::IN_FLIGHT, true);
                    return;
                }
                if verdict != Verdict::DONE {
                    call.refuse(Refusal::Internal);
                }
                self.settle(i, verdict, flags);
            }
        }
    }

    /// A transfer that fails inside the call that brought the bytes.
    #[inline(never)]
    pub(super) fn fail_told(&mut self, i: &mut Instance, call: &mut Call, verdict: Verdict) {
        let (result, reason) = i.fault(verdict);
        self.fail_for(i, call, result, reason);
    }

    /// Likewise, for a reason of our own.
    #[inline(never)]
    pub(super) fn fail_for(&mut self, i: &mut Instance, call: &mut Call, result: u8, reason: Reason) {
        call.refuse(if result == 50 { Refusal::TooLarge } else { Refusal::Internal });
        self.fail(i, result, reason);
    }

    /// The record of the instance holds.
    #[inline(never)]
    pub(super) fn saved(&mut self, i: &mut Instance, call: &mut Call) {
        call.undo = false;
        call.owed &= !agenda::SAVE;
        i.agenda &= !agenda::SAVE;
        i.set(flag::UNSAVED, false);
        self.change(i, What::Saved);
        if call.mode == Mode::Setting {
            self.start_hash(i); // with what is expected now
        }
    }

    /// The storage did not open.
    #[inline(never)]
    pub(super) fn not_open(&mut self, i: &mut Instance, call: &mut Call, verdict: Verdict) {
        match i.state {
            // Only a boot opens these: are the bytes still there?
            State::Verifying | State::Delivered => self.fail(i, 57, Reason::LOST),
            State::Fetching if self.offset(i.place) > 0 => {
                self.restart(i);
                i.agenda |= agenda::OPEN;
            }
            _ => self.fail_told(i, call, verdict),
        }
    }

    /// Bytes have been stored.
    fn stored(&mut self, i: &mut Instance, call: &mut Call, data: &[u8]) {
        let step = self.config.checkpoint();
        let readable = self.can(can::READ);
        let digest = self.digest(i.algorithm);
        let Some(transfer) = self.transfer(i.place) else {
            return;
        };
        transfer.offset = call.operation.offset.saturating_add(data.len() as u32);
        if let (true, false, Some(digest)) = (transfer.hashing, readable, digest) {
            (digest.of.update)(&mut transfer.digest, data);
        }
        if call.last {
            return self.complete(i);
        }
        if i.state == State::Fetching && transfer.offset.wrapping_sub(transfer.saved) >= step {
            transfer.saved = transfer.offset;
            i.agenda |= agenda::SAVE;
        }
    }
}
