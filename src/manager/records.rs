// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A part: records are loaded at the start, and saved before and after acts. A first
//! boot takes over the slots that the firmware lists, and says so in key 0 last of all.

use super::call::{Call, Mode};
use super::components::{Component, What, GOING, SAVED};
use super::instance::{agenda, flag, Instance, NOBODY};
use super::text::Text;
use super::{so, Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::{software, Refusal};
use crate::operation::{can, Kind, Operation, Verdict};
use crate::record::{self, put, put_counted, put_word, take_word, Fixed, Writer, FORMAT};
use crate::transfer::unpacking::RESUMED;

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
            hand_out(call, Kind::Load, call.step, 0);
            return true;
        }
        manager.begin_turns(call);
    }
    let committed = manager.shared.is(so::COMMITTED);
    if !committed {
        call.held = owes_slots(manager, call.place, call.owed);
    }
    if call.mode != Mode::Reserve {
        return false;
    }
    call.mode = Mode::Idle;
    let shared = &mut manager.shared;
    let due = if committed { shared.left < BLOCK / 2 } else { !call.held };
    let can = due && shared.can(can::SAVE) && !shared.is(so::SEALED);
    if can {
        write(shared, None, call, work);
    }
    can
}

/// A slot of the first boot is not in the record yet. The instance whose turn it is may
/// owe more than its agenda says.
#[inline(never)]
fn owes_slots(manager: &Manager<'_>, place: u8, owed: u16) -> bool {
    manager.instances.iter().any(|i| {
        let more = if i.place == place { owed } else { 0 };
        i.has(flag::UNSAVED) && !i.has(flag::SEALED) && (i.agenda | more) & agenda::SAVE != 0
    })
}

fn is_owed(manager: &Manager<'_>) -> bool {
    !manager.shared.is(so::COMMITTED | so::SEALED) && !owes_slots(manager, NOBODY, 0)
}

fn answer(manager: &mut Manager<'_>, call: &mut Call, verdict: Verdict, flags: u32, bytes: &[u8]) {
    let operation = &call.operation;
    if operation.kind == Kind::Load {
        return load(manager, call, verdict, bytes);
    }
    let Manager { instances, shared } = manager;
    let i = instances.get_mut(usize::from(call.place));
    let saved = verdict == Verdict::DONE;
    let numbers = operation.kind == Kind::Save && operation.instance == 0;
    if numbers && saved {
        shared.left = BLOCK;
        shared.flags |= so::COMMITTED;
    }
    let Some(i) = i else {
        return;
    };
    if operation.kind == Kind::Outcome {
        outcome(shared, i, verdict, flags);
    } else if !saved {
        shared.not_saved(i, call);
    } else if !numbers {
        shared.saved(i, call);
    } else if i.agenda & agenda::SAVE == 0 {
        i.set(flag::UNSAVED, false);
    }
}

/// A record has been loaded.
#[inline(never)]
fn load(manager: &mut Manager<'_>, call: &mut Call, verdict: Verdict, blob: &[u8]) {
    // What cannot be loaded is as good as torn.
    let blob = if verdict == Verdict::DONE { blob } else { &[FORMAT] };
    let missing = blob.is_empty();
    let newer = record::is_newer(blob);
    let sealed = record::open(blob);
    let key = usize::from(call.step);
    call.step = call.step.wrapping_add(1);
    let Manager { instances, shared } = manager;
    let Some(i) = instances.get_mut(key.wrapping_sub(1)) else {
        call.first = missing || newer;
        shared.flags |= match sealed {
            _ if missing => 0,
            Some(&[_, BOUND, a, b, c, d]) => {
                shared.number = u32::from_le_bytes([a, b, c, d]).max(1);
                so::COMMITTED
            }
            _ if newer => so::REFUSED | so::SEALED,
            // The numbers are lost: those of the records are the best that is known.
            _ => so::REFUSED,
        };
        return;
    };
    let first = call.first;
    let Instance { place, id: listed, flags, state, result, .. } = *i;
    if !first && missing {
        i.reset(crate::object::NONE, 0);
    } else if !first && sealed.is_some_and(|sealed| shared.restore(i, sealed)) {
        // A slot of the list has moved here from another place: they change places, so
        // that the list can still tell of the other one if its record is of no use.
        let id = i.id;
        for other in instances.iter_mut().filter(|other| other.has(flag::USED) && other.id == id) {
            if other.place != place {
                shared.release(other);
                other.reset(listed, flags | other.flags & flag::SEALED);
                (other.state, other.result) = (state, result);
                if other.has(flag::USED) {
                    shared.ask_factory(other);
                }
            }
        }
    } else {
        if !first || newer {
            shared.flags |= so::REFUSED;
            i.set(flag::SEALED, newer);
        }
        // The firmware's list is the next best thing that is known.
        if i.has(flag::USED) {
            shared.ask_factory(i);
        } else if first && !missing && !newer {
            // A first boot that was cut left this: it goes where no slot is listed.
            i.reset(crate::object::NONE, flag::USED | flag::DELETED);
            i.agenda = agenda::SAVE;
        }
    }
}

impl Instance {
    /// Writes what its record begins with.
    #[inline(never)]
    fn keep(&self, fixed: &mut Fixed, length: u32, bound: u32) {
        let [format, state, flags, result, reason, attempts, _, algorithm, words @ ..] = fixed;
        *format = FORMAT;
        *state = self.state as u8;
        *flags = (self.flags & flag::SAVED) as u8;
        *result = self.result;
        *reason = self.reason.0;
        *attempts = self.attempts;
        *algorithm = self.algorithm;
        let words = &mut words.as_mut_slice();
        put_word(words, u32::from(self.target.wrapping_sub(1)) << 16 | u32::from(self.id));
        put_word(words, self.number);
        put_word(words, length);
        put_word(words, self.total);
        put_word(words, !self.settings);
        put_word(words, bound);
        put_word(words, self.expected);
    }

    /// Takes it back, and raises the number of the next operation where key 0 was broken.
    /// `false`: there is no such state.
    #[inline(never)]
    fn take_back(&mut self, fixed: &Fixed, number: &mut u32) -> bool {
        let [_, state, flags, result, reason, attempts, _, algorithm, words @ ..] = fixed;
        let Some(state) = State::from_number(*state) else {
            return false;
        };
        let words = &mut words.as_slice();
        let ids = take_word(words);
        self.reset(ids as u16, u16::from(*flags) & flag::SAVED | flag::USED);
        self.target = ((ids >> 16) as u16).wrapping_add(1);
        self.state = state;
        self.result = *result;
        self.reason = Reason(*reason);
        self.attempts = *attempts;
        self.algorithm = *algorithm;
        self.number = take_word(words);
        self.length = take_word(words);
        self.total = take_word(words);
        self.settings = !take_word(words);
        *number = take_word(words).max(*number);
        self.expected = take_word(words);
        true
    }
}

impl Shared<'_> {
    /// `false`: it is no record, and nothing has changed.
    #[inline(never)]
    fn restore(&mut self, i: &mut Instance, sealed: &[u8]) -> bool {
        let mut fields = [&[][..]; 7];
        let Some(fixed) = record::split(sealed, &mut fields) else {
            return false;
        };
        if !i.take_back(fixed, &mut self.number) {
            return false;
        }
        let [_, _, _, _, _, _, fault, ..] = *fixed;
        let [digest, etag, name, version, uri, components, kept] = &fields;
        let (hooks, mut kept) = (self.containers(), *kept);
        if let Some(hooks) = hooks {
            (hooks.restore_kept)(self, i, None, &mut kept);
        }
        for (to, from) in self.digest_room(i).iter_mut().zip(*digest) {
            *to = *from;
        }
        self.set_text(i.place, Text::Name, name);
        self.set_text(i.place, Text::Version, version);
        let mut left = *components;
        while let Some((&[low, high, place, flags], later)) = left.split_first_chunk() {
            let slot = self.add_component(i, u16::from_le_bytes([low, high]), place, flags & SAVED);
            if slot.is_none() {
                self.flags |= so::REFUSED;
            }
            if let Some(hooks) = hooks {
                (hooks.restore_kept)(self, i, slot.or(Some(usize::MAX)), &mut kept);
            }
            left = later;
        }
        let before = *i;
        self.resume(i, etag, uri);
        if let Some(transfer) = self.transfer(i.place) {
            transfer.fault = Reason(fault);
        }
        i.compare(&before);
        if hooks.is_some() {
            i.agenda |= agenda::COMMIT; // it may have been cut off
        }
        if !i.has(flag::FOR_UPDATE) {
            i.agenda |= agenda::ABOUT; // whatever was done to the slot without us
        }
        true
    }

    /// What was in flight?
    fn resume(&mut self, i: &mut Instance, etag: &[u8], uri: &[u8]) {
        let (result, reason) = match i.state {
            State::Initial | State::Inactive | State::Active => return,
            State::Delivered => {
                i.agenda = agenda::OPEN;
                return;
            }
            State::Installing
            | State::Activating
            | State::Deactivating
            | State::Preparing
            | State::Uninstalling => {
                i.agenda = agenda::OUTCOME;
                return;
            }
            State::Receiving => (0, Reason::INTERRUPTED),
            State::Fetching | State::Verifying => {
                if !self.acquire(i) {
                    (51, Reason::TRANSFERS)
                } else if self.go_on(i, etag, uri) {
                    return;
                } else {
                    (57, Reason::LOST)
                }
            }
        };
        self.fail(i, result, reason);
    }

    /// A transfer goes on; `false`: it cannot, because nothing can read its package.
    fn go_on(&mut self, i: &mut Instance, etag: &[u8], uri: &[u8]) -> bool {
        let fetching = i.state == State::Fetching;
        if fetching && !self.config.offers(software::URI) {
            return false; // this firmware downloads no more
        }
        self.set_uri(i.place, uri);
        i.agenda = agenda::OPEN | agenda::ACT;
        let again = self.can_verify_again(i);
        if fetching && (!again || i.length == 0) {
            i.total = 0; // it begins anew, and may be another one
        }
        if !again {
            return fetching;
        }
        if let Some(transfer) = self.transfer(i.place) {
            transfer.offset = i.length;
            transfer.saved = i.length;
            transfer.hashing = i.length == 0;
            transfer.set_etag(etag);
        }
        if let Some(unpacking) = self.unpacking_mut(i.place).filter(|_| i.length > 0) {
            (unpacking.kind, unpacking.holding) = (RESUMED, false);
            unpacking.seen = i.length;
        }
        true
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
    let committed = shared.is(so::COMMITTED);
    let slot = bit == agenda::SAVE && matches!(call.mode, Mode::Boot | Mode::Poll);
    let numbers = if committed { shared.left < 2 } else { !slot };
    if !numbers && bit != agenda::SAVE {
        return false;
    }
    let held = if numbers { !committed && call.held } else { i.has(flag::SEALED) };
    if held || shared.is(so::SEALED) {
        shared.not_saved(i, call);
    } else {
        write(shared, if numbers { None } else { Some(i) }, call, work);
    }
    true
}

#[inline(never)]
fn hand_out(call: &mut Call, kind: Kind, key: u16, length: usize) {
    let length = length as u32;
    call.operation = Operation { kind, begun: kind, instance: key, length, ..Operation::NONE };
}

/// Writes the record of an instance, or the bound of the numbers, and hands it out.
#[inline(never)]
fn write(shared: &Shared<'_>, i: Option<&Instance>, call: &mut Call, work: &mut [u8]) {
    let mut writer = Writer::new(work);
    let mut key = 0;
    if let Some(i) = i {
        key = u16::from(i.place).saturating_add(1);
        if !i.has(flag::DELETED) {
            encode(shared, i, &mut writer);
        }
    } else {
        let [a, b, c, d] = shared.number.saturating_add(u32::from(BLOCK)).to_le_bytes();
        put(&[FORMAT, BOUND, a, b, c, d], &mut writer);
    }
    hand_out(call, Kind::Save, key, writer.seal().unwrap_or_default());
}

/// Writes the record of an instance.
fn encode(shared: &Shared<'_>, i: &Instance, writer: &mut Writer<'_>) {
    let (mut length, mut etag) = (i.length, &[][..]);
    let fetching = i.state == State::Fetching;
    if fetching {
        if let Some(transfer) = shared.running(i.place) {
            length = transfer.saved;
            etag = transfer.etag.as_slice();
        }
    }
    if let Some(fixed) = writer.fixed() {
        i.keep(fixed, length, shared.number.saturating_add(u32::from(shared.left)));
        let [_, _, _, _, _, _, fault, ..] = fixed;
        *fault = shared.running(i.place).map_or(0, |transfer| transfer.fault.0);
    }
    put(shared.expected_digest(i), writer);
    put_counted(etag, writer);
    put_counted(shared.text(i.place, Text::Name), writer);
    put_counted(shared.text(i.place, Text::Version), writer);
    let uri = if fetching { shared.uri(i.place) } else { &[] };
    put_counted(uri.split_last().map_or(&[], |(_, uri)| uri), writer);
    let components = writer.at();
    put_counted(&[], writer);
    let is_kept = |found: &Component| found.owner == i.place && found.flags & GOING == 0;
    for found in shared.components.iter().filter(|found| is_kept(found)) {
        let [low, high] = found.id.to_le_bytes();
        put(&[low, high, found.place, found.flags & SAVED], writer);
    }
    writer.count(components);
    if let Some(hooks) = shared.containers() {
        (hooks.save_kept)(shared, i, None, writer);
        let mut slot = 0usize;
        for found in shared.components.iter() {
            if is_kept(found) {
                (hooks.save_kept)(shared, i, Some(slot), writer);
            }
            slot = slot.wrapping_add(1);
        }
    }
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
        let was = call.before.state;
        let undo = core::mem::take(&mut call.undo);
        let transfer = if undo {
            was.is_transfer()
                && (i.has(flag::DELETED) || i.state != was || i.agenda & (agenda::OPEN | agenda::WRITE) != 0)
        } else {
            i.state.is_transfer() && !i.has(flag::DELETED) && !call.creating
        };
        if transfer || undo || call.creating {
            call.refuse(Refusal::Internal);
        }
        if transfer {
            self.fail(i, 57, Reason::RECORD);
        } else if undo {
            call.owed = 0;
            if !was.is_transfer() {
                self.release(i);
            }
            if was == State::Delivered {
                self.change(i, What::Undone);
            }
            *i = call.before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_taken_back() {
        let kept = Instance {
            place: 3,
            id: 0x1234,
            flags: flag::SAVED | flag::USED,
            target: 0x5678,
            state: State::Uninstalling,
            result: 59,
            reason: Reason::UNINSTALL,
            attempts: 7,
            algorithm: 2,
            number: 0xFFFF_FFF0,
            length: 9,
            total: 10,
            settings: 11,
            expected: 12,
            ..Instance::FREE
        };
        let mut fixed = [0; size_of::<Fixed>()];
        kept.keep(&mut fixed, kept.length, 100);
        for (known, next) in [(1, 100), (200, 200)] {
            let mut number = known;
            let mut i = Instance { place: 3, ..Instance::FREE };
            assert!(i.take_back(&fixed, &mut number));
            assert_eq!(number, next);
            assert_eq!(format!("{i:?}"), format!("{kept:?}"));
        }
        fixed[1] = 12;
        let mut i = kept;
        assert!(!i.take_back(&fixed, &mut 1));
        assert_eq!(format!("{i:?}"), format!("{kept:?}"), "nothing has changed");
    }
}
