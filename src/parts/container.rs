// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Packages in containers. What comes is looked at before it is stored, and of a container
//! that keeps its head nothing is stored before the package is judged; what was stored is
//! looked at again as it is read back.

use crate::core::config::{ALLOW_OLDER, POLICY_SIGNATURE};
use crate::core::instance::{agenda, flag};
use crate::core::operation::{self, can, Kind, Verdict};
use crate::core::text::Text;
use crate::core::unpacking::{head, told, Unpacking, OPAQUE, RESUMED};
use crate::core::{read_back, role, Core, Joint, Part, Perform, What};
use crate::machine::{Objects, State};
use crate::object::reason::Reason;
use crate::verify::container::{Begins, Claim, Container, Fault, Parser, MAGIC};
use crate::verify::version::compare;
use crate::verify::{Engine, Work, SHA256};
use core::cmp::Ordering;

/// Makes the part of a container. `perform` asks what packages in containers ask for.
pub const fn part(of: &'static Container, needs: u32, perform: Option<Perform>) -> Part {
    Part {
        needs,
        role: role::CONTAINER,
        joint: Some(joint),
        perform: match perform {
            Some(perform) => Some((operation::OF_CONTAINERS, perform)),
            None => None,
        },
        read_back: Some(read_back::step),
        what: What::Container(of),
        ..Part::PLAIN
    }
}

impl Reason {
    fn of_fault(fault: Fault) -> Reason {
        match fault {
            Fault::Malformed => Reason::INTEGRITY,
            Fault::Digest => Reason::DIGEST,
            Fault::Unsupported => Reason::TYPE,
            Fault::NoRoom => Reason::MEMORY,
        }
    }
}

/// Says that a part is the first container that is named: it serves the joints for all.
fn is_first(core: &Core<'_>, part: &'static Part) -> bool {
    let first = core.parts.iter().find(|part| part.role & role::CONTAINER != 0);
    first.is_some_and(|first| core::ptr::eq(*first, part))
}

fn joint(core: &mut Core<'_>, part: &'static Part, joint: Joint<'_>) -> u32 {
    if !is_first(core, part) {
        return 0;
    }
    match joint {
        Joint::Anew => reset(core),
        Joint::Resumed => {
            let length = core.i.length;
            if let Some(unpacking) = core.unpacking_mut() {
                (unpacking.kind, unpacking.holding) = (RESUMED, false);
                unpacking.seen = length;
            }
        }
        Joint::Item(agenda::LOOK) => {
            if let Err(reason) = look(core) {
                refuse(core, reason);
            }
        }
        Joint::Item(agenda::COMMIT) => commit(core),
        Joint::Held => return held(core),
        Joint::HeldStored => held_stored(core),
        Joint::Again => return again(core),
        Joint::Bytes(bytes) => return read(core, bytes),
        Joint::Proved => return proved(core),
        Joint::Offer => core.i.offered = core.facts().and_then(|facts| facts.counter).unwrap_or(0),
        Joint::Count => return core.facts().map_or(0, |facts| facts.components.into()),
        Joint::Objects(Objects::Show) => {
            if core.i.installed < core.i.offered {
                core.i.installed = core.i.offered;
                core.i.agenda |= agenda::COMMIT;
            }
            core.i.offered = 0;
        }
        _ => {}
    }
    0
}

/// Puts the package at its first byte.
fn reset(core: &mut Core<'_>) {
    let slot = core.config.transfers.wrapping_add(core.i.transfer.into());
    let engine = Engine { host: core.firmware, slot, failed: false };
    if let Some(unpacking) = core.unpacking_mut() {
        *unpacking = Unpacking { work: Work { engine, ..Work::IDLE }, ..Unpacking::NEW };
    }
}

/// Returns which container begins like this; 0: more bytes will tell.
fn which(parts: &[&'static Part], bytes: &[u8]) -> u8 {
    let mut found = OPAQUE;
    let mut n = 0u8;
    for part in parts {
        n = n.wrapping_add(1);
        if let What::Container(of) = part.what {
            match (of.begins)(bytes) {
                Begins::Yes => return n,
                Begins::Perhaps => found = 0,
                Begins::No => {}
            }
        }
    }
    found
}

/// Hands the next bytes to the parser of the package's container, or says that none follow.
#[inline(never)]
fn pass(core: &mut Core<'_>, bytes: Option<&[u8]>) -> Result<(), Reason> {
    let payload = core.i.state == State::Verifying || !core.can(can::READ);
    let hash = core.parts.iter().find_map(|part| match part.what {
        What::Digest(of) if of.algorithm == SHA256 => Some(of),
        _ => None,
    });
    // No callback that is called meanwhile looks at these.
    let (unpackings, heads) = (core::mem::take(&mut core.unpackings), core::mem::take(&mut core.heads));
    let unpacking = unpackings.get_mut(usize::from(core.i.transfer).wrapping_sub(1));
    let room = heads.get_mut(head(core.config, core.i.transfer));
    let mut verdict = Verdict::DONE;
    let mut passed = Ok(());
    if let (Some(unpacking), Some(room), Some(hash)) = (unpacking, room, hash) {
        if let Some(of) = unpacking.container(core.parts) {
            let Unpacking { state, work, .. } = unpacking;
            let mut parser = Parser { state, room, hash, payload, work };
            passed = match bytes {
                Some(bytes) => (of.take)(&mut parser, bytes),
                None if of.keeps_head || payload => (of.end)(&mut parser, &mut |at, to| {
                    verdict = stored(core, at, to);
                    verdict == Verdict::DONE
                }),
                None => Ok(()),
            };
            unpacking.seen = unpacking.state.taken;
        } else {
            let more = bytes.map_or(0, <[u8]>::len) as u32;
            unpacking.seen = unpacking.seen.wrapping_add(more);
        }
    }
    core.unpackings = unpackings;
    core.heads = heads;
    if verdict != Verdict::DONE {
        return Err(of_verdict(verdict));
    }
    passed.map_err(Reason::of_fault)
}

/// Reads bytes of the stored package.
#[inline(never)]
fn stored(core: &mut Core<'_>, mut at: u32, to: &mut [u8]) -> Verdict {
    if core.i.length.checked_sub(at).is_none_or(|left| (left as usize) < to.len()) {
        return Verdict::from_number(-53); // the package ends before
    }
    for piece in to.chunks_mut(core.work.len().max(1)) {
        let length = piece.len() as u32;
        let verdict = core.ask(Kind::Read, core.i.number, at, length);
        if verdict != Verdict::DONE {
            return verdict;
        }
        for (to, from) in piece.iter_mut().zip(&*core.work) {
            *to = *from;
        }
        at = at.wrapping_add(length);
    }
    Verdict::DONE
}

fn of_verdict(verdict: Verdict) -> Reason {
    Reason::of(crate::machine::fault(State::Verifying, verdict.code()))
}

/// Takes the first bytes off, until they tell which container it is. Then the parser wants to
/// see them.
fn recognise(core: &mut Core<'_>, rest: &mut &[u8]) -> Option<[u8; MAGIC]> {
    let parts = core.parts;
    let unpacking = core.unpacking_mut()?;
    while unpacking.kind == 0 {
        let (byte, later) = rest.split_first()?;
        let seen = unpacking.seen as usize;
        *unpacking.magic.get_mut(seen)? = *byte;
        *rest = later;
        unpacking.seen = unpacking.seen.wrapping_add(1);
        unpacking.kind = which(parts, unpacking.magic.get(..=seen)?);
        if unpacking.container(parts).is_some() {
            return Some(unpacking.magic);
        }
    }
    None
}

/// Looks at the next bytes, and judges the package as soon as it has told all of itself.
fn parse(core: &mut Core<'_>, mut bytes: &[u8]) -> Result<(), Reason> {
    if let Some(magic) = recognise(core, &mut bytes) {
        pass(core, Some(&magic))?;
    }
    let seen = |core: &Core<'_>| core.unpacking().map_or(0, |it| it.seen);
    loop {
        let before = seen(core);
        pass(core, Some(bytes))?;
        bytes = bytes.get(seen(core).wrapping_sub(before) as usize..).unwrap_or_default();
        let unpacking = core.unpacking().ok_or(Reason::MEMORY)?;
        if unpacking.was != 0 && unpacking.kind != 0 && unpacking.kind != unpacking.was {
            return Err(Reason::INTEGRITY); // the storage has changed its first bytes
        }
        if unpacking.kind == OPAQUE && core.config.policy == POLICY_SIGNATURE {
            return Err(Reason::UNSIGNED);
        }
        judge_once(core)?;
        if bytes.is_empty() {
            return Ok(());
        }
    }
}

/// No more bytes follow.
fn parse_end(core: &mut Core<'_>) -> Result<(), Reason> {
    pass(core, None)?;
    judge_once(core)?;
    let (parts, policy) = (core.parts, core.config.policy);
    match core.unpacking_mut() {
        Some(unpacking) if unpacking.kind == RESUMED || unpacking.container(parts).is_some() => Ok(()),
        Some(unpacking) if policy != POLICY_SIGNATURE => {
            unpacking.kind = OPAQUE; // it may be too short for a container
            Ok(())
        }
        _ => Err(Reason::UNSIGNED),
    }
}

/// Judges the package, unless it has been or has not told all of itself yet.
fn judge_once(core: &mut Core<'_>) -> Result<(), Reason> {
    let is_known = core.facts().is_some();
    let Some(unpacking) = core.unpacking_mut().filter(|it| is_known && !it.judged) else {
        return Ok(());
    };
    unpacking.judged = true;
    let total = unpacking.state.total;
    let i = &mut core.i;
    if i.total == 0 {
        i.total = total;
    }
    if [i.total, i.expected].iter().any(|size| *size != 0 && *size != total) {
        return Err(Reason::LENGTH);
    }
    judge(core)
}

/// Refuses the package. A fault of the chunk that completes it is reported by VERIFYING.
fn refuse(core: &mut Core<'_>, reason: Reason) {
    if core.i.state == State::Verifying || !core.last {
        return core.fail(reason);
    }
    if let Some(transfer) = core.transfer() {
        transfer.fault = reason;
    }
    core.i.agenda &= !(agenda::OPEN | agenda::WRITE);
    core.complete();
}

// As it comes.

/// Looks at what a chunk brings.
fn look(core: &mut Core<'_>) -> Result<(), Reason> {
    let offset = core.offset();
    let data = core.data;
    // A download's bytes may be offered again, after the storage was busy.
    let seen = core.unpacking().map_or(0, |it| it.seen).wrapping_sub(offset);
    parse(core, data.get(seen as usize..).unwrap_or_default())?;
    if core.last {
        parse_end(core)?;
    }
    core.i.agenda &= !agenda::WRITE;
    let holds = held(core) & !Core::NOTHING_STORED != 0;
    let waits = core.unpacking().is_some_and(|it| it.waits(core.parts));
    let last = core.last;
    let Some(unpacking) = core.unpacking_mut() else {
        return Ok(());
    };
    let seen = unpacking.seen;
    unpacking.holding &= waits || holds;
    core.skip = unpacking.stored.saturating_sub(offset);
    let Some(transfer) = core.transfer() else {
        return Ok(());
    };
    if waits {
        transfer.offset = seen;
        core.i.agenda &= !agenda::OPEN;
    } else if holds || seen != offset {
        let closed = transfer.number == 0;
        core.i.agenda |= agenda::WRITE | if closed { agenda::OPEN } else { 0 };
    } else if last {
        core.complete();
    }
    Ok(())
}

/// Returns how many bytes, from the package's first one on, were held back and may be stored
/// now; and [`Core::NOTHING_STORED`] as long as all are.
fn held(core: &Core<'_>) -> u32 {
    let Some(unpacking) = core.unpacking().filter(|it| it.holding) else {
        return 0;
    };
    let length = match unpacking.container(core.parts) {
        _ if unpacking.waits(core.parts) => 0,
        Some(of) if of.keeps_head => unpacking.state.kept.into(),
        _ => core.offset(),
    };
    Core::NOTHING_STORED | length
}

/// Returns the bytes that are held back.
pub fn held_bytes<'a>(core: &'a Core<'_>, length: u32) -> &'a [u8] {
    kept(core, core.unpackings, core.heads, length)
}

#[inline(never)]
fn kept<'a>(core: &Core<'_>, unpackings: &'a [Unpacking], heads: &'a [u8], length: u32) -> &'a [u8] {
    let transfer = core.i.transfer;
    let from: &[u8] = match told(core.parts, unpackings, heads, core.config, transfer) {
        Some((of, _, room)) if of.keeps_head => room,
        _ => match unpackings.get(usize::from(transfer).wrapping_sub(1)) {
            Some(unpacking) => &unpacking.magic,
            None => &[],
        },
    };
    from.get(..length as usize).unwrap_or_default()
}

/// They have been stored.
fn held_stored(core: &mut Core<'_>) {
    let length = held(core) & !Core::NOTHING_STORED;
    if !core.can(can::READ) {
        // Nothing else uses these until they are hashed.
        let (unpackings, heads) = (core::mem::take(&mut core.unpackings), core::mem::take(&mut core.heads));
        core.hash(kept(core, unpackings, heads, length));
        core.unpackings = unpackings;
        core.heads = heads;
    }
    core.skip = length.wrapping_sub(core.offset());
    let Some(unpacking) = core.unpacking_mut() else {
        return;
    };
    unpacking.stored = length;
    unpacking.holding = false;
    if unpacking.seen != length {
        core.i.agenda |= agenda::WRITE;
        return;
    }
    if let Some(transfer) = core.transfer() {
        transfer.offset = length;
    }
    if core.last {
        core.complete();
    }
}

// As it is read back.

fn again(core: &mut Core<'_>) -> u32 {
    if !core.can(can::READ) {
        return 0;
    }
    let was = core.unpacking().map_or(RESUMED, |it| it.kind);
    reset(core);
    if let Some(unpacking) = core.unpacking_mut() {
        unpacking.was = if was == RESUMED { 0 } else { was };
    }
    1
}

fn read(core: &mut Core<'_>, bytes: &[u8]) -> u32 {
    if let Err(reason) = parse(core, bytes) {
        core.fail(reason);
        return 0;
    }
    u32::from(core.unpacking().is_some_and(|it| it.kind != OPAQUE))
}

/// The package may go on (1), and needs no other proof (2).
fn proved(core: &mut Core<'_>) -> u32 {
    if core.can(can::READ) {
        if let Err(reason) = parse_end(core) {
            core.fail(reason);
            return 0;
        }
    }
    let needs_signature = core.config.policy == POLICY_SIGNATURE;
    let enough = core.unpacking().is_some_and(|it| {
        if needs_signature {
            it.signed
        } else {
            it.container(core.parts).is_some()
        }
    });
    if enough {
        2
    } else {
        1
    }
}

// The judge.

/// Judges a package that is well-formed: who has signed it, which devices it is for, and
/// whether it leads forward. The firmware is asked for what only it knows.
fn judge(core: &mut Core<'_>) -> Result<(), Reason> {
    signature(core)?;
    fits(core, 1, Reason::VENDOR)?;
    fits(core, 2, Reason::CLASS)?;
    fits(core, 3, Reason::OTHER_DEVICE)?;
    if core.ask(Kind::Counter, 0, 0, 0) != Verdict::DONE {
        return Err(Reason::DEVICE);
    }
    let least = core.told.max(core.i.installed);
    let facts = core.facts().unwrap_or_default();
    if facts.counter.unwrap_or(0) < least {
        return Err(Reason::ROLLBACK);
    }
    // An update may not lead back. Where no software is, only a package that needs some is
    // refused.
    let update = core.i.has(flag::FOR_UPDATE);
    let installed = core.text(core.i.place, Text::Version);
    if update && compare(facts.version, installed) == Ordering::Less && !core.config.option(ALLOW_OLDER) {
        return Err(Reason::VERSION);
    }
    let lacks = !update || compare(installed, facts.minimum) == Ordering::Less;
    if lacks && !facts.minimum.is_empty() {
        return Err(Reason::MINIMUM);
    }
    fits(core, 4, Reason::DEPENDENCY)
}

fn signature(core: &mut Core<'_>) -> Result<(), Reason> {
    let Some(claimed) = core.claim().map(|claim| claim.algorithm) else {
        return if core.config.policy == POLICY_SIGNATURE { Err(Reason::UNSIGNED) } else { Ok(()) };
    };
    let ours = core.parts.iter().find_map(|part| match part.what {
        What::Signature(algorithm, _) => Some(algorithm),
        _ => None,
    });
    let verdict = match ours {
        Some(algorithm) if algorithm == claimed => core.ask(Kind::Key, 0, 0, 0),
        _ if core.can(can::SIGNATURE) => {
            let number = core.take_number();
            core.ask(Kind::Signature, number, 0, 0)
        }
        Some(_) => return Err(Reason::TYPE),
        // A device without any key has nothing to check it with, and does not ask for one.
        None => return Ok(()),
    };
    match verdict {
        Verdict::DONE => {
            if let Some(unpacking) = core.unpacking_mut() {
                unpacking.signed = true;
            }
            Ok(())
        }
        Verdict::UNKNOWN => Err(Reason::KEY),
        verdict => Err(match verdict.code() {
            53 => Reason::SIGNATURE,
            0 | 57 => Reason::REVOKED,
            _ => of_verdict(verdict),
        }),
    }
}

/// Says that a key has signed the package: for the operation [`Kind::Key`].
pub fn is_signed(core: &Core<'_>, key: &[u8; 32]) -> bool {
    let verify = core.parts.iter().find_map(|part| match part.what {
        What::Signature(_, verify) => Some(verify),
        _ => None,
    });
    verify.zip(core.claim()).is_some_and(|(verify, claim): (_, Claim<'_>)| verify(key, &claim))
}

/// Returns what the operation [`Kind::Fits`] asks about.
pub fn asked<'a>(core: &'a Core<'_>, what: u32) -> &'a [u8] {
    let facts = core.facts().unwrap_or_default();
    match what {
        1 => facts.vendor,
        2 => facts.class,
        3 => facts.device,
        _ => facts.dependencies,
    }
}

fn fits(core: &mut Core<'_>, what: u32, otherwise: Reason) -> Result<(), Reason> {
    if asked(core, what).is_empty() || core.ask(Kind::Fits, 0, 0, what) == Verdict::DONE {
        return Ok(());
    }
    Err(otherwise)
}

/// Raises the firmware's rollback counter to that of what has been installed.
fn commit(core: &mut Core<'_>) {
    let counter = core.i.installed;
    if counter != 0 && core.ask(Kind::Commit, 0, 0, counter) != Verdict::DONE {
        core.i.agenda |= agenda::COMMIT;
        core.stop = true; // it is the last item: a later poll tries again
    }
}
