// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Packages in containers as they come: looked at before anything is stored, and held back
//! until it is known what they are.

use super::call::Call;
use super::instance::{agenda, Instance};
use super::judge::{self, Verdicts};
use super::Shared;
use crate::operation::can;

/// LOOK: at what a chunk brings; `true`: the firmware is asked about it.
pub(super) fn look(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call, data: &[u8]) -> bool {
    let offset = shared.offset(i.place);
    loop {
        match judge::judge(shared, i, call) {
            Verdicts::Asked => return true,
            Verdicts::Refused => return false,
            Verdicts::Passed => {}
        }
        // A download's bytes may be offered again, after the storage was busy.
        let seen = shared.unpacking(i.place).map_or(0, |it| it.seen).wrapping_sub(offset);
        let rest = data.get(seen as usize..).unwrap_or_default();
        let fault = if !rest.is_empty() {
            shared.parse(i, rest).err()
        } else if call.last {
            shared.parse_end(i.place).err()
        } else {
            None
        };
        if let Some(reason) = fault {
            shared.refuse(i, call, reason);
            return false;
        }
        if rest.is_empty() {
            break;
        }
    }
    let held = held(shared, i.place);
    i.agenda &= !(agenda::LOOK | agenda::WRITE);
    let waits = shared.is_waiting(i.place);
    let Some(unpacking) = shared.unpacking_mut(i.place) else {
        return false;
    };
    let seen = unpacking.seen;
    unpacking.holding &= waits || held > 0;
    call.skip = unpacking.stored.saturating_sub(offset);
    let Some(transfer) = shared.transfer(i.place) else {
        return false;
    };
    if waits {
        transfer.offset = seen;
        i.agenda &= !agenda::OPEN;
    } else if held > 0 || seen != offset {
        i.agenda |= agenda::WRITE | if transfer.number == 0 { agenda::OPEN } else { 0 };
    } else if call.last {
        shared.complete(i);
    }
    false
}

/// How many bytes, from the package's first one on, were held back and may be stored now.
pub(super) fn held(shared: &Shared<'_>, place: u8) -> u32 {
    match shared.unpacking(place) {
        Some(unpacking) if unpacking.holding && !shared.is_waiting(place) => {
            if shared.keeps_head(unpacking) {
                unpacking.state.kept.into()
            } else {
                shared.offset(place)
            }
        }
        _ => 0,
    }
}

/// They have been stored.
pub(super) fn stored(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call) {
    let length = held(shared, i.place);
    let readable = shared.can(can::READ);
    let digest = shared.digest(i.algorithm);
    let (slot, start) = (shared.slot(i.place), shared.at(shared.head(i.place, length)));
    let Shared { transfers, unpackings, text, .. } = shared;
    let (Some(transfer), Some(unpacking)) = (transfers.get_mut(slot), unpackings.get_mut(slot)) else {
        return;
    };
    if let (true, false, Some(digest)) = (transfer.hashing, readable, digest) {
        let head = text.get(start..).unwrap_or(&unpacking.magic);
        (digest.of.update)(&mut transfer.digest, head.get(..length as usize).unwrap_or_default());
    }
    call.skip = length.wrapping_sub(transfer.offset);
    unpacking.stored = length;
    unpacking.holding = false;
    if unpacking.seen != length {
        i.agenda |= agenda::WRITE;
        return;
    }
    transfer.offset = length;
    if call.last {
        shared.complete(i);
    }
}

/// Whether none of the package has been stored.
pub(super) fn is_holding(shared: &Shared<'_>, place: u8) -> bool {
    shared.unpacking(place).is_some_and(|unpacking| unpacking.holding)
}
