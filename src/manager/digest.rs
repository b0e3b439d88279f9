// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Parts: the digests, of what was stored, or of what came where that cannot be read.

use super::call::Call;
use super::instance::Instance;
use super::Shared;
use crate::lifecycle::reason::Reason;
use crate::operation::{can, Kind, Verdict};
use crate::transfer::Stage;
use crate::verify::{crc32, sha256, Digest, CRC32};

/// A part: what the rest of the manager calls of it.
#[derive(Debug)]
pub struct Checked {
    /// The algorithm.
    pub(super) of: &'static Digest,
    /// VERIFYING comes to the digest.
    pub(super) begin: fn(&mut Shared<'_>, &mut Instance),
    /// The next piece to read; `false`: the digest has been looked at.
    pub(super) step: fn(&mut Shared<'_>, &mut Instance, &mut Call, usize) -> bool,
    /// What has been read.
    pub(super) read: fn(&mut Shared<'_>, &mut Instance, Verdict, &[u8]),
}

/// A part of an algorithm.
pub const fn part(of: &'static Digest) -> Checked {
    Checked { of, begin, step, read }
}

/// CRC-32 with a table of 1 KiB.
pub static CRC32_FAST: Checked = part(&crc32::TABLE);
/// CRC-32 with a table of 128 bytes.
pub static CRC32_SMALL: Checked = part(&crc32::SMALL);
/// SHA-256.
pub static SHA256: Checked = part(&sha256::DIGEST);

/// What was stored is read back if it can be; else what came has been hashed.
fn begin(shared: &mut Shared<'_>, i: &mut Instance) {
    let again = shared.can(can::READ);
    let Some(transfer) = shared.transfer(i.place) else {
        return;
    };
    if again {
        transfer.offset = 0;
        shared.start_hash(i);
    } else if !transfer.hashing {
        shared.fail(i, 57, Reason::LOST);
    } else {
        transfer.offset = i.length;
    }
}

fn step(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call, room: usize) -> bool {
    let offset = shared.offset(i.place);
    let left = i.length.saturating_sub(offset);
    if left > 0 {
        let operation = call.hand_out(i, Kind::Read, i.number);
        operation.offset = offset;
        operation.length = left.min(room as u32);
        call.acted = true;
        return true;
    }
    let digest = shared.digest(i.algorithm);
    if let (Some(transfer), Some(digest)) = (shared.transfer(i.place), digest) {
        (digest.of.finish)(&mut transfer.digest);
    }
    if shared.is_expected(i) {
        shared.stage(i, Stage::Host);
    } else {
        shared.fail(i, 53, if i.algorithm == CRC32 { Reason::CRC } else { Reason::DIGEST });
    }
    false
}

fn read(shared: &mut Shared<'_>, i: &mut Instance, verdict: Verdict, bytes: &[u8]) {
    if verdict != Verdict::DONE {
        let (result, reason) = i.fault(verdict);
        return shared.fail(i, result, reason);
    }
    let digest = shared.digest(i.algorithm);
    if let (Some(transfer), Some(digest)) = (shared.transfer(i.place), digest) {
        (digest.of.update)(&mut transfer.digest, bytes);
        transfer.offset = transfer.offset.saturating_add(bytes.len() as u32);
    }
}
