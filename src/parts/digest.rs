// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Digests of packages: of what was stored, or of what came where that cannot be read.

use crate::core::operation::can;
use crate::core::{read_back, role, Core, Joint, Part, Perform, What};
use crate::verify::{Digest, Engine, SHA256};

/// Makes the part of an algorithm. `read` reads packages back.
pub const fn part(of: &'static Digest, read: Option<Perform>) -> Part {
    Part {
        needs: if of.hosted { can::HASH } else { 0 },
        role: if of.algorithm == SHA256 { role::SHA256 } else { 0 },
        joint: Some(joint),
        perform: match read {
            Some(read) => Some((crate::core::operation::READ, read)),
            None => None,
        },
        read_back: Some(read_back::step),
        what: What::Digest(of),
        ..Part::PLAIN
    }
}

fn joint(core: &mut Core<'_>, part: &'static Part, joint: Joint<'_>) -> u32 {
    let What::Digest(of) = part.what else {
        return 0;
    };
    let is_expected = of.algorithm == core.i.algorithm;
    match joint {
        Joint::Knows(algorithm) => return u32::from(u32::from(of.algorithm) == algorithm),
        Joint::HashStart if is_expected => {
            let engine = Engine { host: core.firmware, slot: u16::from(core.i.transfer), failed: false };
            if let Some(transfer) = core.transfer() {
                transfer.digest.engine = engine;
                (of.start)(&mut transfer.digest);
            }
        }
        Joint::Stored(_) if core.can(can::READ) || !core.running().is_some_and(|it| it.hashing) => {}
        Joint::Stored(bytes) | Joint::Hash(bytes) if is_expected => {
            if let Some(transfer) = core.transfer() {
                (of.update)(&mut transfer.digest, bytes);
            }
        }
        Joint::HashEnd if is_expected => {
            if let Some(transfer) = core.transfer() {
                (of.finish)(&mut transfer.digest);
            }
            let expected = core.expected_digest();
            return core.running().map_or(0, |transfer| u32::from(transfer.digest.is(expected)));
        }
        _ => {}
    }
    0
}
