// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A part: records are loaded at the start, and saved before and after acts. A first
//! boot takes over the slots that the firmware lists, and says so in key 0 last of all.

use super::call::{Call, Mode};
use super::components::{What, GOING, SAVED};
use super::instance::{agenda, flag, Instance, NOBODY};
use super::text::Text;
use super::{so, Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::Refusal;
use crate::operation::{can, Kind, Operation, Verdict};
use crate::record::{self, Fixed, Reader, Unusable, Writer};
use crate::verify::digest_size;

/// The part: what the rest of the manager calls of it.
#[derive(Debug)]
pub struct Records {
    /// What comes before an instance has its turn; `false`: it can have it.
    pub(super) next: fn(&mut Manager<'_>, &mut Call, &mut [u8]) -> bool,
    /// What comes before an item of the agenda; `false`: it can be done.
    pub(super) save: fn(&mut Shared<'_>, &mut Instance, &mut Call, u16, &mut [u8]) -> bool,
    /// The verdicts on what this part has handed out.
    pub(super) answer: fn(&mut Manager<'_>, &mut Call, Verdict, u32, &[u8]),
    /// Whether the mark of a first boot is owed, and can be set.
    pub(super) is_owed: fn(&Manager<'_>) -> bool,
}

/// The part.
pub static RECORDS: Records = Records { next, save, answer, is_owed };

/// Numbers are reserved in blocks of so many.
const BLOCK: u8 = 64;

/// What the record of key 0 begins with, besides its format.
const BOUND: u8 = b'N';

/// Records to load, before all; the numbers of this boot, after all.
fn next(manager: &mut Manager<'_>, call: &mut Call, work: &mut [u8]) -> bool {
    if call.mode == Mode::Load {
        if usize::from(call.step) <= manager.instances.len() {
            let instance = call.step;
            call.operation = Operation { kind: Kind::Load, begun: Kind::Load, instance, ..Operation::NONE };
            return true;
        }
        if call.first {
            manager.list();
        } else {
            resume(manager);
        }
        manager.begin_turns(call);
    }
    if !manager.shared.is(so::COMMITTED) {
        call.held = owes_slots(manager, call.place);
    }
    if call.mode != Mode::Reserve {
        return false;
    }
    call.mode = Mode::Idle;
    let due = manager.shared.left < BLOCK / 2 || !manager.shared.is(so::COMMITTED);
    due && manager.shared.can(can::SAVE) && reserve(&mut manager.shared, call, work)
}

/// A slot of the first boot is not in the record yet.
#[inline(never)]
fn owes_slots(manager: &Manager<'_>, but: u8) -> bool {
    manager.instances.iter().any(|i| {
        let unsaved = i.has(flag::UNSAVED) && i.has(flag::USED);
        unsaved && i.agenda & agenda::SAVE != 0 && i.place != but
    })
}

fn is_owed(manager: &Manager<'_>) -> bool {
    !manager.shared.is(so::COMMITTED | so::SEALED) && !owes_slots(manager, NOBODY)
}

fn answer(manager: &mut Manager<'_>, call: &mut Call, verdict: Verdict, flags: u32, bytes: &[u8]) {
    if call.operation.kind == Kind::Load {
        return load(manager, call, verdict, bytes);
    }
    let Manager { instances, shared } = manager;
    let i = instances.get_mut(usize::from(call.place));
    let saved = verdict == Verdict::DONE;
    let reserved = core::mem::take(&mut call.reserving);
    if reserved && saved {
        shared.left = BLOCK;
        shared.flags |= so::COMMITTED;
    }
    let Some(i) = i else {
        return;
    };
    if call.operation.kind == Kind::Outcome {
        outcome(shared, i, verdict, flags);
    } else if !saved {
        shared.not_saved(i, call);
    } else if !reserved {
        shared.saved(i, call);
    } else if i.agenda & agenda::SAVE == 0 {
        i.set(flag::UNSAVED, false);
    }
}

/// A record has been loaded.
fn load(manager: &mut Manager<'_>, call: &mut Call, verdict: Verdict, blob: &[u8]) {
    let key = call.step;
    call.step = key.saturating_add(1);
    let opened = if verdict == Verdict::DONE { record::open(blob) } else { Err(Unusable::Broken) };
    let missing = verdict == Verdict::DONE && blob.is_empty();
    let Manager { instances, shared } = manager;
    if key == 0 {
        let bound = opened.map(|mut reader| (reader.bytes(1) == [BOUND], reader.word(), reader.is_whole()));
        match bound {
            _ if missing => call.first = true,
            Ok((true, bound, true)) => {
                shared.flags |= so::COMMITTED;
                shared.number = bound.max(1);
            }
            Err(Unusable::Newer) => {
                shared.flags |= so::REFUSED | so::SEALED;
                call.first = true;
            }
            // The numbers are lost: those of the records are the best that is known.
            _ => shared.flags |= so::REFUSED,
        }
        return;
    }
    let place = usize::from(key.saturating_sub(1));
    if call.first || missing {
        let Some(i) = instances.get_mut(place) else {
            return;
        };
        if !call.first {
            i.reset(crate::object::NONE, 0);
        } else if !missing && !i.has(flag::USED) {
            // A first boot that was cut left this: it goes where no slot is listed.
            i.reset(crate::object::NONE, flag::USED | flag::DELETED);
            i.agenda = agenda::SAVE;
        }
        return;
    }
    match opened {
        Ok(reader) if manager.restore(place, reader) => {}
        unusable => {
            // The firmware's list is the next best thing that is known.
            manager.shared.flags |= so::REFUSED;
            if let Some(i) = manager.instances.get_mut(place) {
                i.set(flag::SEALED, matches!(unusable, Err(Unusable::Newer)));
                if i.has(flag::USED) {
                    manager.shared.ask_factory(i);
                }
            }
        }
    }
}

impl Manager<'_> {
    /// `false`: it is no record.
    #[inline(never)]
    fn restore(&mut self, place: usize, mut reader: Reader<'_>) -> bool {
        let Fixed { bytes, words } = reader.fixed();
        let [state, flags, result, reason, attempts, fault, algorithm] = bytes;
        let [ids, number, length, total, settings, bound, expected] = words;
        let id = ids as u16;
        let Some(state) = State::from_number(state) else {
            return false;
        };
        let digest = reader.bytes(digest_size(algorithm));
        let rest = reader;
        for size in [1, 1, 1, 1, 4] {
            reader.counted(size);
        }
        if !reader.is_whole() {
            return false;
        }
        // A slot of the list that has moved to another place.
        for other in self.instances.iter_mut().filter(|i| i.has(flag::USED) && i.id == id) {
            other.reset(crate::object::NONE, other.flags & flag::SEALED);
        }
        let shared = &mut self.shared;
        let Some(i) = self.instances.get_mut(place) else {
            return true;
        };
        i.reset(id, u16::from(flags) & flag::SAVED | flag::USED);
        i.target = (ids >> 16) as u16;
        i.state = state;
        i.result = result;
        i.reason = Reason(reason);
        i.attempts = attempts;
        i.set(flag::FAULT, fault != 0);
        i.algorithm = algorithm;
        i.number = number;
        i.length = length;
        i.total = total;
        i.settings = settings;
        i.expected = expected;
        for (to, from) in shared.digest_room(i).iter_mut().zip(digest) {
            *to = *from;
        }
        // Ahead of key 0 only where that was broken.
        shared.number = shared.number.max(bound);
        let mut reader = rest;
        let etag = reader.counted(1);
        for which in [Text::Name, Text::Version] {
            shared.set_text(i.place, which, reader.counted(1));
        }
        let uri = reader.counted(1);
        for entry in reader.counted(4).chunks_exact(4) {
            if let [low, high, place, flags] = *entry {
                if !shared.add_component(i, u16::from_le_bytes([low, high]), place, flags & SAVED) {
                    shared.flags |= so::REFUSED;
                }
            }
        }
        let fetching = state == State::Fetching;
        if !(fetching || state == State::Verifying) || !shared.acquire(i) {
            return true;
        }
        shared.set_uri(i.place, uri);
        let resumable = shared.can_verify_again(i);
        if let Some(transfer) = shared.transfer(i.place) {
            if !fetching || resumable {
                transfer.offset = length;
                transfer.saved = length;
                transfer.set_etag(etag);
                transfer.hashing = fetching && length == 0;
            } else {
                i.total = 0;
            }
        }
        true
    }
}

/// Records are loaded: what was in flight?
fn resume(manager: &mut Manager<'_>) {
    let Manager { instances, shared } = manager;
    for i in instances.iter_mut().filter(|i| i.has(flag::USED)) {
        if !(i.has(flag::FOR_UPDATE) || i.state.has_software()) {
            i.agenda |= agenda::ABOUT;
        }
        let about = i.agenda;
        let lost = shared.transfer(i.place).is_none();
        match i.state {
            State::Initial | State::Inactive | State::Active => {}
            State::Receiving => shared.fail(i, 0, Reason::INTERRUPTED),
            State::Fetching | State::Verifying if lost => shared.fail(i, 51, Reason::TRANSFERS),
            State::Verifying if !shared.can_verify_again(i) => shared.fail(i, 57, Reason::LOST),
            State::Fetching | State::Verifying => i.agenda |= agenda::OPEN | agenda::ACT,
            State::Delivered => i.agenda |= agenda::OPEN,
            State::Installing
            | State::Activating
            | State::Deactivating
            | State::Preparing
            | State::Uninstalling => i.agenda |= agenda::OUTCOME,
        }
        i.agenda |= about;
    }
}

/// Saves what must be saved before an item of the agenda is done; `false`: nothing.
fn save(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call, bit: u16, work: &mut [u8]) -> bool {
    if !shared.can(can::SAVE) {
        return false;
    }
    // The bound of the numbers is saved first where it is near, or was never saved. On a
    // first boot it is saved last, because its presence says that the slots have been
    // taken over.
    let slot = bit == agenda::SAVE && matches!(call.mode, Mode::Boot | Mode::Poll);
    let committed = shared.is(so::COMMITTED);
    if if committed { shared.left < 2 } else { !slot } {
        let own = i.has(flag::UNSAVED) && (i.agenda | call.owed) & agenda::SAVE != 0;
        call.held |= own;
        if !reserve(shared, call, work) {
            shared.not_saved(i, call);
        }
        return true;
    }
    if bit != agenda::SAVE {
        return false;
    }
    if shared.is(so::SEALED) || i.has(flag::SEALED) {
        shared.not_saved(i, call);
    } else {
        let length = if i.has(flag::DELETED) { 0 } else { encode(shared, i, work) };
        hand_out(call, u16::from(i.place).saturating_add(1), length);
    }
    true
}

fn hand_out(call: &mut Call, key: u16, length: usize) {
    call.operation = Operation { instance: key, length: length as u32, ..Operation::NONE };
}

/// Puts the bound of the numbers ahead, in the record; `false`: that cannot be.
fn reserve(shared: &mut Shared<'_>, call: &mut Call, work: &mut [u8]) -> bool {
    if shared.is(so::SEALED) || !shared.is(so::COMMITTED) && call.held {
        return false;
    }
    let mut writer = Writer::new(work);
    writer.bytes(&[BOUND]);
    writer.word(shared.number.saturating_add(u32::from(BLOCK)));
    hand_out(call, 0, writer.seal());
    call.reserving = true;
    true
}

/// Writes the record of an instance.
#[inline(never)]
fn encode(shared: &mut Shared<'_>, i: &Instance, work: &mut [u8]) -> usize {
    let fetching = i.state == State::Fetching;
    let transfer = shared.running(i.place).filter(|_| fetching);
    let fault = if i.has(flag::FAULT) { 53 } else { 0 };
    let mut writer = Writer::new(work);
    writer.fixed(&Fixed {
        bytes: [
            i.state as u8,
            (i.flags & flag::SAVED) as u8,
            i.result,
            i.reason.0,
            i.attempts,
            fault,
            i.algorithm,
        ],
        words: [
            u32::from(i.target) << 16 | u32::from(i.id),
            i.number,
            transfer.map_or(i.length, |transfer| transfer.saved),
            i.total,
            i.settings,
            shared.number.saturating_add(u32::from(shared.left)),
            i.expected,
        ],
    });
    writer.bytes(shared.expected_digest(i));
    writer.counted(transfer.map_or(&[], |transfer| transfer.etag.as_slice()));
    writer.counted(shared.text(i.place, Text::Name));
    writer.counted(shared.text(i.place, Text::Version));
    let uri = if fetching { shared.uri(i.place) } else { &[] };
    writer.counted(uri.strip_suffix(&[0]).unwrap_or_default());
    let kept = || shared.components.iter().filter(|found| found.owner == i.place && found.flags & GOING == 0);
    writer.bytes(&[kept().fold(0u8, |count, _| count.saturating_add(1))]);
    for found in kept() {
        let [low, high] = found.id.to_le_bytes();
        writer.bytes(&[low, high, found.place, found.flags & SAVED]);
    }
    writer.seal()
}

/// What became of an operation over a reboot.
fn outcome(shared: &mut Shared<'_>, i: &mut Instance, verdict: Verdict, flags: u32) {
    i.agenda &= !agenda::OUTCOME;
    let unknown = verdict == Verdict::AGAIN || verdict == Verdict::UNKNOWN;
    if verdict == Verdict::PENDING {
        i.set(flag::IN_FLIGHT, true);
    } else if verdict == Verdict::NOT_STARTED {
        i.agenda |= agenda::ACT;
    } else if unknown && i.state != State::Installing && !i.has(flag::ONCE_MORE) {
        i.set(flag::ONCE_MORE, true);
        i.agenda |= agenda::SAVE | agenda::ACT;
    } else {
        shared.settle(i, if unknown { Verdict::FAILED } else { verdict }, flags);
    }
}

impl Shared<'_> {
    /// It does not hold. What was only intended is undone; what has been done stays, and
    /// the next poll tries again. A transfer does not outlive its record.
    #[inline(never)]
    fn not_saved(&mut self, i: &mut Instance, call: &mut Call) {
        call.stop = true;
        i.set(flag::UNSAVED, true);
        let before = &call.before;
        let left = i.has(flag::DELETED) || i.state != before.state;
        let transfer = if call.undo {
            before.state.is_transfer() && left
        } else {
            i.state.is_transfer() && !i.has(flag::DELETED) && !call.creating
        };
        if transfer {
            self.fail_for(i, call, 57, Reason::RECORD);
        } else if call.undo {
            call.refuse(Refusal::Internal);
            call.owed = 0;
            if !call.before.state.is_transfer() {
                self.release(i);
            }
            if call.before.state == State::Delivered {
                self.change(i, What::Undone);
            }
            *i = call.before;
        } else if call.creating {
            call.refuse(Refusal::Internal);
        }
        call.undo = false;
    }
}
