// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Records: loaded at the start, and saved before and after acts. A first boot takes over the
//! slots that the firmware lists, and says so in key 0 last of all.

use crate::core::component::{Component, GOING, SAVED};
use crate::core::instance::{agenda, flag, Instance};
use crate::core::operation::{self, can, Kind, Verdict};
use crate::core::text::{text_at, Text};
use crate::core::{role, so, Core, Joint, Mode, Part, Perform};
use crate::machine::{effect, Event, State};
use crate::object::reason::Reason;
use crate::object::{software, Refusal, NONE};
use crate::record::{self, put, put_counted, put_word, take_word, Fixed, Writer, FORMAT};
use crate::verify::{digest_size, NO_DIGEST};

/// Makes the part.
pub const fn part(perform: Option<Perform>) -> Part {
    Part {
        role: role::RECORD,
        joint: Some(joint),
        perform: match perform {
            Some(perform) => Some((operation::OF_RECORDS, perform)),
            None => None,
        },
        ..Part::PLAIN
    }
}

/// Numbers are reserved in blocks of so many.
const BLOCK: u8 = 64;
/// The record of key 0 begins with this, besides its format.
const BOUND: u8 = b'N';

fn joint(core: &mut Core<'_>, _: &'static Part, joint: Joint<'_>) -> u32 {
    match joint {
        Joint::Load => load_all(core),
        Joint::Save(item) => return u32::from(save(core, item)),
        Joint::Reserve => reserve(core),
        Joint::Owed => return u32::from(!core.is(so::COMMITTED | so::SEALED) && !owes_slots(core)),
        Joint::Item(agenda::OUTCOME) => outcome(core),
        _ => {}
    }
    0
}

// Saving.

/// Says that a slot of the first boot is not in the record yet. The instance whose turn it is
/// may owe more than its list of work says.
#[inline(never)]
fn owes_slots(core: &Core<'_>) -> bool {
    let owes = |i: &Instance, agenda: u32| {
        i.has(flag::UNSAVED) && !i.has(flag::SEALED) && agenda & agenda::SAVE != 0
    };
    let turn = core.mode != Mode::Idle;
    turn && owes(&core.i, core.i.agenda | core.owed)
        || core.instances.iter().any(|i| !(turn && i.place == core.i.place) && owes(i, i.agenda))
}

/// Reserves the numbers of this boot, or sets the mark of the first one.
fn reserve(core: &mut Core<'_>) {
    let due = if core.is(so::COMMITTED) { core.left < BLOCK / 2 } else { !owes_slots(core) };
    if due && core.can(can::SAVE) && !core.is(so::SEALED) {
        write(core, None);
    }
}

/// Saves what must be saved before an item of work is done; false: nothing.
fn save(core: &mut Core<'_>, item: u32) -> bool {
    if !core.can(can::SAVE) {
        return false;
    }
    // The bound of the numbers is saved first where it is near, or was never saved. On a
    // first boot it is saved last, because its presence says that the slots have been
    // taken over.
    let committed = core.is(so::COMMITTED);
    let slot = item == agenda::SAVE && matches!(core.mode, Mode::Boot | Mode::Poll);
    let numbers = if committed { core.left < 2 } else { !slot };
    if !numbers && item != agenda::SAVE {
        return false;
    }
    let held = if numbers { !committed && owes_slots(core) } else { core.i.has(flag::SEALED) };
    let key = if numbers { None } else { Some(core.i.place) };
    if held || core.is(so::SEALED) || !write(core, key) {
        not_saved(core);
    } else if !numbers {
        core.saved();
    } else if core.i.agenda & agenda::SAVE == 0 {
        core.i.set(flag::UNSAVED, false);
    }
    true
}

/// Writes the record of the instance at its place, or the bound of the numbers, and saves it.
#[inline(never)]
fn write(core: &mut Core<'_>, place: Option<u8>) -> bool {
    let work = core::mem::take(&mut core.work);
    let mut writer = Writer::new(work);
    let mut key = 0;
    if let Some(place) = place {
        key = u32::from(place).saturating_add(1);
        if !core.i.has(flag::DELETED) {
            encode(core, &mut writer);
        }
    } else {
        let [a, b, c, d] = core.number.saturating_add(u32::from(BLOCK)).to_le_bytes();
        put(&[FORMAT, BOUND, a, b, c, d], &mut writer);
    }
    let length = writer.seal().unwrap_or_default() as u32;
    core.work = writer.into_inner();
    let saved = core.ask(Kind::Save, key, 0, length) == Verdict::DONE;
    if saved && place.is_none() {
        core.left = BLOCK;
        core.flags |= so::COMMITTED;
    }
    saved
}

/// Writes the record of the instance whose turn it is.
fn encode(core: &mut Core<'_>, writer: &mut Writer<'_>) {
    let (mut length, mut etag, mut uri) = (core.i.length, &[][..], &[][..]);
    if core.i.state == State::Fetching {
        if let Some(transfer) = core.running() {
            length = transfer.saved;
            etag = transfer.etag.as_slice();
        }
        uri = core.uri().split_last().map_or(&[], |(_, uri)| uri);
    }
    if let Some(fixed) = writer.fixed() {
        core.i.keep(fixed, length, core.number.saturating_add(u32::from(core.left)));
        let [_, _, _, _, _, _, fault, ..] = fixed;
        *fault = core.running().map_or(0, |transfer| transfer.fault.0);
    }
    put(core.expected_digest(), writer);
    put_counted(etag, writer);
    put_counted(core.text(core.i.place, Text::Name), writer);
    put_counted(core.text(core.i.place, Text::Version), writer);
    put_counted(uri, writer);
    let components = writer.at();
    put_counted(&[], writer);
    let owner = core.i.place;
    let is_kept = |found: &Component| found.owner == owner && found.flags & GOING == 0;
    for found in core.components.iter().filter(|found| is_kept(found)) {
        let [low, high] = found.id.to_le_bytes();
        put(&[low, high, found.place, found.flags & SAVED], writer);
    }
    writer.count(components);
    if core.unpackings.is_empty() {
        return;
    }
    put(&core.i.installed.to_le_bytes(), writer);
    put(&core.i.offered.to_le_bytes(), writer);
    encode_names(core, 0, writer);
    for slot in 0..core.components.len() {
        if core.components.get(slot).is_some_and(is_kept) {
            encode_names(core, (slot as u32).wrapping_add(1), writer);
        }
    }
}

/// Writes what is kept of the names that came with packages.
fn encode_names(core: &mut Core<'_>, slot: u32, writer: &mut Writer<'_>) {
    let mut at = (core.hook(Joint::NamesAt(slot)) as usize).wrapping_sub(1);
    if slot == 0 {
        put(&[core.text.get(at).copied().unwrap_or(0)], writer);
        at = at.saturating_add(1);
    }
    for _ in 0..2 {
        put_counted(text_at(core.text, at), writer);
        at = at.saturating_add(usize::from(core.config.text)).saturating_add(1);
    }
}

/// The record does not hold. What was only intended is undone; what has been done stays, and
/// the next poll tries again. A transfer does not outlive its record.
#[inline(never)]
fn not_saved(core: &mut Core<'_>) {
    core.stop = true;
    let place = core.i.place;
    let was = core.instances.get(usize::from(place)).map_or(State::Initial, |before| before.state);
    let undo = core::mem::take(&mut core.undo);
    let i = &core.i;
    let begun = i.has(flag::DELETED) || i.state != was || i.agenda & (agenda::OPEN | agenda::WRITE) != 0;
    let transfer = if undo {
        was.is_transfer() && begun
    } else {
        i.state.is_transfer() && !i.has(flag::DELETED) && !core.creating
    };
    if transfer || undo || core.creating {
        core.answer = Refusal::Internal as u8;
    }
    if undo && !transfer {
        core.owed = 0;
        if !was.is_transfer() {
            core.release();
        }
        if was == State::Delivered {
            core.hook(Joint::Undone);
        }
    }
    if undo {
        core.load(place);
    }
    if transfer {
        core.happen(Event::Unsaved, Reason::RECORD);
    }
    if transfer || !undo {
        core.i.set(flag::UNSAVED, true);
    }
}

// Loading.

fn load_all(core: &mut Core<'_>) {
    let mut first = false;
    for key in 0..=core.instances.len() {
        let verdict = core.ask(Kind::Load, key as u32, 0, 0);
        let length = core.told as usize;
        let work = core::mem::take(&mut core.work);
        // A record that cannot be loaded counts as torn.
        let blob = if verdict == Verdict::DONE { work.get(..length).unwrap_or_default() } else { &[FORMAT] };
        match key.checked_sub(1) {
            Some(place) => load(core, place as u8, blob, first),
            None => first = load_numbers(core, blob),
        }
        core.work = work;
    }
}

/// Takes the bound of the numbers. true: no boot has taken over the slots yet.
fn load_numbers(core: &mut Core<'_>, blob: &[u8]) -> bool {
    let (missing, newer) = (blob.is_empty(), record::is_newer(blob));
    core.flags |= match record::open(blob) {
        _ if missing => 0,
        Some(&[_, BOUND, a, b, c, d]) => {
            core.number = u32::from_le_bytes([a, b, c, d]).max(1);
            so::COMMITTED
        }
        _ if newer => so::REFUSED | so::SEALED,
        // The numbers are lost: those of the records are the best that is known.
        _ => so::REFUSED,
    };
    missing || newer
}

/// Takes the record of the instance at a place.
#[inline(never)]
fn load(core: &mut Core<'_>, place: u8, blob: &[u8], first: bool) {
    let (missing, newer) = (blob.is_empty(), record::is_newer(blob));
    core.load(place);
    let listed = core.i;
    if !first && missing {
        core.i.reset(NONE, 0);
    } else if !first && record::open(blob).is_some_and(|sealed| restore(core, sealed)) {
        take_over(core, &listed);
    } else {
        if !first || newer {
            core.flags |= so::REFUSED;
            core.i.set(flag::SEALED, newer);
        }
        // The firmware's list is the next best thing that is known.
        if core.i.has(flag::USED) {
            core.i.ask_factory();
        } else if first && !missing && !newer {
            // A first boot that was cut left this: it goes where no slot is listed.
            core.i.reset(NONE, flag::USED | flag::DELETED);
            core.i.agenda = agenda::SAVE;
        }
    }
    core.store();
}

/// A slot of the list may have moved here from another place: they change places, so that the
/// list can still tell of the other one if its record is of no use.
fn take_over(core: &mut Core<'_>, listed: &Instance) {
    let (id, place) = (core.i.id, core.i.place);
    for other in core.instances.iter_mut().filter(|i| i.has(flag::USED) && i.id == id && i.place != place) {
        if let Some(transfer) = core.transfers.get_mut(usize::from(other.transfer).wrapping_sub(1)) {
            transfer.used = false;
        }
        other.reset(listed.id, listed.flags | other.flags & flag::SEALED);
        (other.state, other.result) = (listed.state, listed.result);
        if other.has(flag::USED) {
            other.ask_factory();
        }
    }
}

/// Restores the instance from its record; false: it is no record, and nothing has changed.
#[inline(never)]
fn restore(core: &mut Core<'_>, sealed: &[u8]) -> bool {
    let mut fields = [&[][..]; 7];
    let Some(fixed) = record::split(sealed, digest_size, &mut fields) else {
        return false;
    };
    if !core.i.take_back(fixed, &mut core.number) {
        return false;
    }
    let [_, _, _, _, _, _, fault, ..] = *fixed;
    let [digest, etag, name, version, uri, components, mut kept] = fields;
    let contained = !core.unpackings.is_empty();
    if contained {
        if let Some((counters, names)) = kept.split_first_chunk::<8>() {
            let words = &mut counters.as_slice();
            core.i.installed = take_word(words);
            core.i.offered = take_word(words);
            kept = names;
            restore_names(core, 0, &mut kept);
        }
    }
    for (to, from) in core.digest_room().iter_mut().zip(digest) {
        *to = *from;
    }
    core.set_text(Text::Name, name);
    core.set_text(Text::Version, version);
    let mut left = components;
    while let Some((&[low, high, place, flags], later)) = left.split_first_chunk() {
        let id = u16::from_le_bytes([low, high]);
        let new = Component { id, gone: NONE, owner: core.i.place, place, flags: flags & SAVED };
        let slot = core.hook(Joint::Put(&new));
        if slot == 0 {
            core.flags |= so::REFUSED;
        }
        if contained {
            restore_names(core, if slot == 0 { u32::MAX } else { slot }, &mut kept);
        }
        left = later;
    }
    let before = core.i;
    resume(core, etag, uri);
    if let Some(transfer) = core.transfer() {
        transfer.fault = Reason(fault);
    }
    core.i.compare(&before);
    if contained {
        core.i.agenda |= agenda::COMMIT; // it may have been cut off
    }
    if !core.i.has(flag::FOR_UPDATE) {
        core.i.agenda |= agenda::ABOUT; // whatever was done to the slot without us
    }
    true
}

/// Takes back what is kept of names; `None`: there is no more in the record.
fn restore_names(core: &mut Core<'_>, slot: u32, rest: &mut &[u8]) -> Option<()> {
    let mut at = (core.hook(Joint::NamesAt(slot)) as usize).wrapping_sub(1);
    if slot == 0 {
        let (own, later) = rest.split_first()?;
        *rest = later;
        if let Some(bits) = core.text.get_mut(at) {
            *bits = *own;
        }
        at = at.saturating_add(1);
    }
    for _ in 0..2 {
        let (length, text) = rest.split_first()?;
        let (text, later) = text.split_at_checked((*length).into())?;
        *rest = later;
        if text.len() <= core.config.text.into() {
            core.set_text_at(at, text);
        }
        at = at.saturating_add(usize::from(core.config.text)).saturating_add(1);
    }
    Some(())
}

/// Sees after what was in flight.
fn resume(core: &mut Core<'_>, etag: &[u8], uri: &[u8]) {
    let i = &core.i;
    match i.state {
        State::Receiving => return core.happen(Event::Reboot, Reason::INTERRUPTED),
        State::Fetching | State::Verifying => {}
        _ => return core.happen(Event::Reboot, i.reason),
    }
    if !core.acquire() {
        return core.happen(Event::NoTransfer, Reason::TRANSFERS);
    }
    core.restart();
    let fetching = core.i.state == State::Fetching;
    // Can it still be verified when only the storage has it?
    let again = core.can(can::READ) || core.i.algorithm == NO_DIGEST && core.unpackings.is_empty();
    // This firmware downloads no more, or nothing can read its package.
    if fetching && !core.config.offers(software::URI) || !fetching && !again {
        return core.fail(Reason::LOST);
    }
    core.set_uri(uri);
    core.happen(Event::Reboot, core.i.reason);
    let length = core.i.length;
    if fetching && (!again || length == 0) {
        core.i.total = 0; // it begins anew, and may be another one
    }
    if !again {
        return;
    }
    if let Some(transfer) = core.transfer() {
        transfer.offset = length;
        transfer.saved = length;
        transfer.hashing = length == 0;
        transfer.set_etag(etag);
    }
    if length > 0 {
        core.hook(Joint::Resumed);
    }
}

/// Asks what became of an operation over a reboot.
fn outcome(core: &mut Core<'_>) {
    core.component = core.turn();
    let (number, begun) = (core.i.number, core.i.act());
    match core.ask(Kind::Outcome, number, 0, begun as u32) {
        Verdict::PENDING => core.i.set(flag::IN_FLIGHT, true),
        Verdict::NOT_STARTED => core.happen(Event::NotStarted, core.i.reason),
        Verdict::AGAIN | Verdict::UNKNOWN => {
            if core.step(Event::Unknown) & effect::ONCE_MORE != 0 {
                core.i.set(flag::ONCE_MORE, true);
                core.apply(core.i.reason);
            } else {
                core.settle(Verdict::FAILED, 0);
            }
        }
        verdict => core.settle(verdict, core.told),
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
