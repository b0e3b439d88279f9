// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Packages in containers once they are complete: read back, judged once more, and what they
//! say of themselves is kept.

use super::call::Call;
use super::components::STAGED;
use super::config::POLICY_SIGNATURE;
use super::container::anew;
use super::instance::Instance;
use super::judge::{self, Verdicts};
use super::Shared;
use crate::lifecycle::reason::Reason;
use crate::object::NONE;
use crate::operation::{can, Kind, Verdict};
use crate::transfer::unpacking::{Judged, OPAQUE, RESUMED};
use crate::transfer::Stage;

/// VERIFYING comes to the container.
pub(super) fn begin(shared: &mut Shared<'_>, i: &mut Instance) {
    if shared.can(can::READ) {
        let was = shared.unpacking(i.place).map_or(0, |unpacking| unpacking.kind);
        anew(shared, i.place);
        if let Some(unpacking) = shared.unpacking_mut(i.place) {
            unpacking.was = if was == RESUMED { 0 } else { was };
        }
    }
    shared.stage(i, Stage::Container);
}

/// Its next operation; `false`: the agenda tells how it went on.
pub(super) fn step(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call, room: usize) -> bool {
    match judge::judge(shared, i, call) {
        Verdicts::Asked => return true,
        Verdicts::Refused => return false,
        Verdicts::Passed => {}
    }
    if shared.can(can::READ) {
        let (seen, kind) = shared.unpacking(i.place).map_or((0, OPAQUE), |it| (it.seen, it.kind));
        let left = i.length.saturating_sub(seen);
        if left > 0 && kind != OPAQUE {
            let operation = call.hand_out(i, Kind::Read, i.number);
            operation.offset = seen;
            operation.length = left.min(room as u32);
            call.acted = true;
            return true;
        }
        if let Err(reason) = shared.parse_end(i.place) {
            shared.refuse(i, call, reason);
            return false;
        }
    }
    shared.stage(i, Stage::Policy);
    false
}

/// What has been read back; `false`: for another stage of the verification.
pub(super) fn read(
    shared: &mut Shared<'_>,
    i: &mut Instance,
    call: &mut Call,
    verdict: Verdict,
    mut bytes: &[u8],
) -> bool {
    if shared.running(i.place).is_none_or(|transfer| transfer.stage != Stage::Container) {
        return false;
    }
    if verdict != Verdict::DONE {
        let (result, reason) = i.fault(verdict);
        shared.fail(i, result, reason);
        return true;
    }
    while !bytes.is_empty() {
        match shared.parse(i, bytes) {
            Ok(taken) => bytes = bytes.get(taken..).unwrap_or_default(),
            Err(reason) => {
                shared.refuse(i, call, reason);
                break;
            }
        }
        if shared.unpacking(i.place).is_some_and(|it| it.judged == Judged::Signature) {
            break; // what is left is read again
        }
    }
    true
}

/// Whether the policy needs no other proof of the package.
pub(super) fn enough(shared: &Shared<'_>, i: &Instance) -> bool {
    let needs_signature = shared.config.policy == POLICY_SIGNATURE;
    shared.unpacking(i.place).is_some_and(|it| {
        if needs_signature {
            it.signed
        } else {
            shared.container(it.kind).is_some()
        }
    })
}

/// VERIFYING comes to names, or to components; `false`: the firmware is asked for them.
pub(super) fn tell(shared: &mut Shared<'_>, i: &mut Instance, stage: Stage) -> bool {
    let room = match usize::from(shared.config.text) {
        0 => usize::MAX, // nothing is kept
        room => room,
    };
    let facts = shared.facts(i.place).unwrap_or_default();
    let (components, named) = (facts.components, !facts.name.is_empty());
    let counter = facts.counter.unwrap_or(0);
    if stage == Stage::Name {
        if facts.name.len() > room || facts.version.len() > room {
            shared.fail(i, 54, Reason::NAME);
            return true;
        }
        let (name, version) = (shared.piece(facts.name), shared.piece(facts.version));
        shared.offer_counter(i, counter);
        shared.keep_texts(i, None, name, version);
        if named {
            shared.stage(i, Stage::Components);
        }
        return named;
    }
    let wanted = if shared.components().is_some() { components } else { 0 };
    for n in 0..wanted {
        let Some(component) = shared.nth(i.place, n) else {
            break;
        };
        let fits = component.name.len() <= room && component.version.len() <= room;
        let (name, version) = (shared.piece(component.name), shared.piece(component.version));
        let slot = if fits { shared.add_component(i, NONE, n as u8, STAGED) } else { None };
        let Some(slot) = slot else {
            let reason = if fits { Reason::COMPONENTS } else { Reason::NAME };
            shared.fail(i, reason.result(), reason);
            return true;
        };
        shared.keep_texts(i, Some(slot), name, version);
    }
    if components > 0 {
        shared.verify_ok(i);
    }
    components > 0
}
