// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Whether a package that is well-formed is for this device: who has signed it, whom it is
//! for, and whether it leads forward. The firmware is asked for what only it knows.

use super::call::Call;
use super::config::{ALLOW_OLDER, POLICY_SIGNATURE};
use super::instance::{flag, Instance};
use super::text::Text;
use super::Shared;
use crate::lifecycle::reason::Reason;
use crate::operation::{can, Kind, Verdict};
use crate::transfer::unpacking::Judged;
use crate::verify::container::{self, Claim, Facts};
use crate::verify::ed25519;
use crate::verify::version::compare;
use core::cmp::Ordering;

/// A part: a way to check signatures without the firmware's help.
#[derive(Debug)]
pub struct Signed {
    /// As [`Claim::algorithm`] has it.
    pub(super) algorithm: u8,
    /// Whether the owner of this key has signed it.
    pub(super) verify: fn(&[u8; 32], &Claim<'_>) -> bool,
}

/// Ed25519.
pub static ED25519: Signed = Signed { algorithm: container::ED25519, verify };

fn verify(key: &[u8; 32], claim: &Claim<'_>) -> bool {
    let signature = claim.signature.first_chunk().filter(|it| it.len() == claim.signature.len());
    signature.is_some_and(|signature| ed25519::verify(key, claim.digest, signature))
}

/// What has come of it.
pub(super) enum Verdicts {
    /// The firmware is asked.
    Asked,
    /// The package is refused.
    Refused,
    /// Nothing speaks against it so far.
    Passed,
}

/// Goes on judging a package that has told all of itself.
pub(super) fn judge(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call) -> Verdicts {
    loop {
        let Some(judged) = shared.unpacking(i.place).map(|unpacking| unpacking.judged) else {
            return Verdicts::Passed;
        };
        if matches!(judged, Judged::Nothing | Judged::All) {
            return Verdicts::Passed;
        }
        match next(shared, i, judged) {
            Ok(Some(kind)) => {
                let number = if kind == Kind::Signature { shared.take_number() } else { 0 };
                call.hand_out(i, kind, number);
                return Verdicts::Asked;
            }
            Ok(None) => passed(shared, i),
            Err(reason) => {
                shared.refuse(i, call, reason);
                return Verdicts::Refused;
            }
        }
    }
}

/// What to ask of the firmware; `None`: nothing.
#[inline(never)]
fn next(shared: &Shared<'_>, i: &Instance, judged: Judged) -> Result<Option<Kind>, Reason> {
    let facts = shared.facts(i.place).unwrap_or_default();
    let fits = |id: &[u8]| Ok(if id.is_empty() { None } else { Some(Kind::Fits) });
    match judged {
        Judged::Signature => signature(shared, shared.claim(i.place)),
        Judged::Vendor => fits(facts.vendor),
        Judged::Class => fits(facts.class),
        Judged::Device => fits(facts.device),
        Judged::Counter => Ok(Some(Kind::Counter)),
        Judged::Versions => versions(shared, i, &facts),
        Judged::Dependencies => fits(facts.dependencies),
        Judged::Nothing | Judged::All => Ok(None),
    }
}

/// What is asked of the firmware, and about which of the facts.
pub(super) fn fits<'a>(shared: &'a Shared<'_>, place: u8) -> (u8, &'a [u8]) {
    let facts = shared.facts(place).unwrap_or_default();
    match shared.unpacking(place).map(|unpacking| unpacking.judged) {
        Some(Judged::Vendor) => (1, facts.vendor),
        Some(Judged::Class) => (2, facts.class),
        Some(Judged::Device) => (3, facts.device),
        _ => (4, facts.dependencies),
    }
}

fn signature(shared: &Shared<'_>, claim: Option<Claim<'_>>) -> Result<Option<Kind>, Reason> {
    let ours = shared.signed();
    match claim {
        None if shared.config.policy == POLICY_SIGNATURE => Err(Reason::UNSIGNED),
        None => Ok(None),
        Some(claim) if ours.is_some_and(|ours| ours.algorithm == claim.algorithm) => Ok(Some(Kind::Key)),
        Some(_) if shared.can(can::SIGNATURE) => Ok(Some(Kind::Signature)),
        Some(_) if ours.is_some() => Err(Reason::TYPE),
        // A device without any key has nothing to check it with, and does not ask for one.
        Some(_) => Ok(None),
    }
}

/// An update may not lead back. Where no software is, only a package that needs some is
/// refused.
fn versions(shared: &Shared<'_>, i: &Instance, facts: &Facts<'_>) -> Result<Option<Kind>, Reason> {
    let update = i.has(flag::FOR_UPDATE);
    let installed = shared.text(i.place, Text::Version);
    let older = update && compare(facts.version, installed) == Ordering::Less;
    if older && !shared.config.option(ALLOW_OLDER) {
        return Err(Reason::VERSION);
    }
    let lacks = !update || compare(installed, facts.minimum) == Ordering::Less;
    if lacks && !facts.minimum.is_empty() {
        return Err(Reason::MINIMUM);
    }
    Ok(None)
}

/// On to what comes next.
fn passed(shared: &mut Shared<'_>, i: &Instance) {
    if let Some(unpacking) = shared.unpacking_mut(i.place) {
        unpacking.judged = match unpacking.judged {
            Judged::Nothing => Judged::Nothing,
            Judged::Signature => Judged::Vendor,
            Judged::Vendor => Judged::Class,
            Judged::Class => Judged::Device,
            Judged::Device => Judged::Counter,
            Judged::Counter => Judged::Versions,
            Judged::Versions => Judged::Dependencies,
            Judged::Dependencies | Judged::All => Judged::All,
        };
    }
}

/// What the firmware has answered; with it came a key, or a number.
pub(super) fn answer(
    shared: &mut Shared<'_>,
    i: &mut Instance,
    call: &mut Call,
    verdict: Verdict,
    number: u32,
    bytes: &[u8],
) {
    let Some(judged) = shared.unpacking(i.place).map(|unpacking| unpacking.judged) else {
        return;
    };
    let good = verdict == Verdict::DONE;
    let reason = match judged {
        Judged::Signature if good => {
            let claim = shared.claim(i.place).zip(bytes.first_chunk());
            let by_us = shared.signed().zip(claim).map(|(ours, (claim, key))| (ours.verify)(key, &claim));
            if call.operation.kind == Kind::Key && by_us != Some(true) {
                Reason::SIGNATURE
            } else {
                if let Some(unpacking) = shared.unpacking_mut(i.place) {
                    unpacking.signed = true;
                }
                Reason::NONE
            }
        }
        Judged::Signature if verdict == Verdict::UNKNOWN => Reason::KEY,
        Judged::Signature => match verdict.code() {
            53 => Reason::SIGNATURE,
            0 | 57 => Reason::REVOKED,
            _ => i.fault(verdict).1,
        },
        Judged::Counter if good => {
            let theirs = shared.facts(i.place).and_then(|facts| facts.counter).unwrap_or(0);
            if theirs < number.max(shared.installed_counter(i)) {
                Reason::ROLLBACK
            } else {
                Reason::NONE
            }
        }
        _ if good => Reason::NONE,
        Judged::Vendor => Reason::VENDOR,
        Judged::Class => Reason::CLASS,
        Judged::Device => Reason::OTHER_DEVICE,
        Judged::Dependencies => Reason::DEPENDENCY,
        Judged::Counter | Judged::Versions | Judged::Nothing | Judged::All => Reason::DEVICE,
    };
    if reason == Reason::NONE {
        passed(shared, i);
    } else {
        shared.refuse(i, call, reason);
    }
}
