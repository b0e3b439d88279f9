// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A package is read back once, for its container and for its expected digest. Only the parts
//! that look at packages call this, so that firmware without them does not have it.

use super::operation::{can, Kind, Verdict};
use super::transfer::Stage;
use super::{Core, Joint};
use crate::object::reason::Reason;
use crate::verify::{CRC32, NO_DIGEST};

/// Does the next step: begins, reads a piece, or comes to the end. true: the next check can be
/// done.
#[inline(never)]
pub(crate) fn step(core: &mut Core<'_>) -> bool {
    let offset = match core.running() {
        Some(transfer) if transfer.stage == Stage::Again => return begin(core),
        Some(transfer) => transfer.offset,
        None => return false,
    };
    let left = core.i.length.saturating_sub(offset);
    if left == 0 {
        return end(core);
    }
    let length = left.min(core.work.len() as u32);
    core.acted = true;
    let verdict = core.ask(Kind::Read, core.i.number, offset, length);
    if verdict != Verdict::DONE {
        core.fail_as(verdict);
        return false;
    }
    // Nothing else uses the work buffer until this piece has been looked at.
    let work = core::mem::take(&mut core.work);
    let piece = work.get(..length as usize).unwrap_or_default();
    core.hook(Joint::Hash(&piece));
    let wanted = core.hook(Joint::Bytes(&piece)) != 0 || core.i.algorithm != NO_DIGEST;
    core.work = work;
    let next = if wanted { offset.saturating_add(length) } else { core.i.length };
    match core.transfer() {
        Some(transfer) => {
            transfer.offset = next;
            true
        }
        None => false, // it has failed
    }
}

fn begin(core: &mut Core<'_>) -> bool {
    let reads = core.can(can::READ);
    let wanted = core.hook(Joint::Again) != 0 || core.i.algorithm != NO_DIGEST;
    if reads {
        core.hook(Joint::HashStart);
    }
    let length = core.i.length;
    if let Some(transfer) = core.transfer() {
        transfer.stage = Stage::Read;
        transfer.offset = if reads && wanted { 0 } else { length };
        transfer.hashing |= reads;
    }
    true
}

/// All bytes have been seen: container, policy, digest.
fn end(core: &mut Core<'_>) -> bool {
    let algorithm = core.i.algorithm;
    let fault = match core.hook(Joint::Proved) {
        _ if !core.i.state.is_transfer() => return false, // it has failed
        proved if !core.is_enough(proved > 1) => Reason::UNVERIFIED,
        _ if algorithm == NO_DIGEST => Reason::NONE,
        _ if !core.running().is_some_and(|transfer| transfer.hashing) => Reason::LOST,
        _ if core.hook(Joint::HashEnd) != 0 => Reason::NONE,
        _ if algorithm == CRC32 => Reason::CRC,
        _ => Reason::DIGEST,
    };
    if fault != Reason::NONE {
        core.fail(fault);
        return false;
    }
    core.stage(Stage::Verifier);
    true
}
