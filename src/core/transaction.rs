// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Transactions: begin, apply steps of the machine, do the list of work, end.

use super::instance::{agenda, changed, flag, Instance};
use super::operation::{can, Kind, Verdict, OBJECTS_CHANGED, OLD_LOST, STILL_RUNS};
use super::transfer::Stage;
use super::{config, so, Core, Joint, Mode};
use crate::machine::{self, effect, fact, Event, Objects, Situation, State};
use crate::object::done;
use crate::object::reason::Reason;
use crate::transfer::push::Accepted;

impl Core<'_> {
    /// Says that the firmware has one of these callbacks.
    pub(crate) fn can(&self, what: u32) -> bool {
        self.can & what != 0
    }

    /// Says that one of these flags of the whole context is set.
    pub(crate) fn is(&self, what: u8) -> bool {
        self.flags & what != 0
    }

    /// Takes the number of the next operation. The record's bound is ahead of it before the
    /// firmware sees it.
    #[inline(never)]
    pub(crate) fn take_number(&mut self) -> u32 {
        let number = self.number;
        self.number = number.saturating_add(1);
        self.left = self.left.saturating_sub(1);
        number
    }

    /// Loads the instance at a place: from here on it may be looked at.
    #[inline(never)]
    pub(crate) fn load(&mut self, place: u8) -> bool {
        match self.instances.get(usize::from(place)) {
            Some(slot) => {
                self.i = *slot;
                true
            }
            None => false,
        }
    }

    /// Stores the working copy in its place.
    #[inline(never)]
    pub(crate) fn store(&mut self) {
        if let Some(slot) = self.instances.get_mut(usize::from(self.i.place)) {
            *slot = self.i;
        }
    }

    /// Begins: from here on the loaded instance may change.
    #[inline(never)]
    pub(crate) fn begin(&mut self, mode: Mode) {
        self.mode = mode;
        self.answer = done::CHANGED;
        self.component = crate::object::NONE;
        self.owed = 0;
        self.skip = 0;
        self.last = false;
        self.acted = false;
        self.again = false;
        self.stop = false;
        self.creating = false;
        self.undo = matches!(mode, Mode::Request | Mode::Setting);
        if self.undo {
            self.owed = self.i.agenda & !agenda::CANCEL;
            self.i.agenda &= agenda::CANCEL;
        }
    }

    /// Ends: puts back what was left to do before a request, as far as it still makes sense,
    /// notes what has changed, and stores it.
    #[inline(never)]
    fn end(&mut self) {
        let owed = self.owed;
        let i = &mut self.i;
        if let Some(before) = self.instances.get(usize::from(i.place)) {
            i.agenda |= if i.has(flag::DELETED) {
                owed & (agenda::DISCARD | agenda::COMMIT)
            } else if (before.state, before.number) == (i.state, i.number) {
                owed
            } else if i.state.is_transfer() {
                owed & (agenda::ABOUT | agenda::LIST | agenda::SAVE | agenda::COMMIT)
            } else {
                owed & (agenda::ABOUT | agenda::LIST | agenda::SAVE | agenda::COMMIT | agenda::DISCARD)
            };
            i.compare(before);
        }
        // An instance that was deleted leaves its place when nothing is left to do.
        if i.has(flag::DELETED) && i.agenda == 0 && !i.has(flag::DISCARDING) {
            i.reset(crate::object::NONE, 0);
        }
        self.store();
        self.mode = Mode::Idle;
        self.data = &[];
    }

    /// Asks the machine what an event does to the loaded instance: the effects; the rest is in
    /// [`Core::says`]. `code` and `told` are what a failure says: its Update Result, and what
    /// holds besides.
    #[inline(never)]
    pub(crate) fn step_with(&mut self, event: Event, code: u8, told: u32) -> u32 {
        let mut facts = self.config.options | u32::from(self.i.flags & flag::FACTS) << flag::SHIFT | told;
        let mut so = |fact: u32, holds: bool| facts |= if holds { fact } else { 0 };
        so(fact::SHOWS_0, self.config.policy == config::POLICY_NONE);
        so(fact::USED_UP, self.config.is_last_attempt(self.i.attempts));
        so(fact::ONE, self.i.target != 0);
        so(fact::HELD, self.is_held());
        let facts = facts | self.hook(Joint::Facts);
        self.says =
            machine::look(&Situation { state: self.i.state, result: self.i.result, code, facts }, event);
        self.says.effects
    }

    /// The same, of an event that is no failure.
    #[inline(never)]
    pub(crate) fn step(&mut self, event: Event) -> u32 {
        self.step_with(event, 0, 0)
    }

    /// Applies to the instance what the machine has said. `reason` is why, if it saves.
    #[inline(never)]
    pub(crate) fn apply(&mut self, reason: Reason) {
        let effects = self.says.effects;
        let has = |what: u32| effects & what != 0;
        if has(effect::RELEASE) {
            if has(effect::DISCARD) {
                self.stop_firmware();
            }
            self.release();
        }
        if self.says.objects != Objects::Same {
            self.hook(Joint::Objects(self.says.objects));
        }
        if has(effect::STOPPED) {
            self.hook(Joint::Stopped);
        }
        if has(effect::RESTART) {
            self.restart();
        }
        if has(effect::NUMBER) {
            self.i.number = self.take_number();
        } else if self.i.state != self.says.next && !has(effect::ACT | effect::OPEN) {
            self.i.number = 0;
        }
        let (i, step) = (&mut self.i, &self.says);
        if has(effect::SAVE) {
            i.note(step.result, reason);
        }
        if has(effect::FORGET) {
            i.length = 0;
            i.total = 0;
        }
        if has(effect::FORGET | effect::RESET_ATTEMPTS) {
            i.attempts = 0;
        }
        if has(effect::COUNT_ATTEMPT) {
            i.attempts = i.attempts.saturating_add(1);
        }
        if has(effect::CLEAR_EXPECTED) {
            i.expect_nothing();
        }
        if has(effect::SHOW_STATE) {
            i.changed |= changed::STATE;
        }
        if has(effect::FORGET) || matches!(step.next, State::Initial | State::Installing) {
            i.accepted = Accepted::NONE;
        }
        let mut flags = i.flags & !flag::FOR_UPDATE;
        if has(effect::REMOVE) {
            flags |= flag::DELETED;
        }
        if i.state != step.next {
            let switched = matches!(i.state, State::Activating | State::Deactivating);
            if switched || i.state == State::Installing && step.next == State::Activating {
                i.target = 0;
            }
            flags &= !flag::ACTIVE;
            if step.next.activation_state(i.has(flag::ACTIVE)) {
                flags |= flag::ACTIVE;
            }
        }
        if step.for_update {
            flags |= flag::FOR_UPDATE;
        }
        i.flags = flags;
        i.state = step.next;
        i.agenda = effects & agenda::ALL | i.agenda & agenda::LASTING;
    }

    /// Puts on the list of work what the firmware still does for a transfer or a verification,
    /// to be cancelled.
    fn stop_firmware(&mut self) {
        let i = &mut self.i;
        if i.has(flag::OPENING) {
            i.set(flag::STOP_OPENING, true);
            i.agenda |= agenda::CANCEL;
        }
        if i.has(flag::IN_FLIGHT) && i.state.is_transfer() {
            i.cancel = i.number;
            i.set(flag::STOP_VERIFYING, i.state == State::Verifying);
            i.agenda |= agenda::CANCEL;
        }
        i.set(flag::OPENING | flag::IN_FLIGHT, false);
    }

    /// Lets an event happen that no request refuses.
    #[inline(never)]
    pub(crate) fn happen(&mut self, event: Event, reason: Reason) {
        self.step(event);
        self.apply(reason);
    }

    /// Fails a transfer or a verification, for a reason of our own or of the firmware's.
    #[inline(never)]
    pub(crate) fn fail(&mut self, reason: Reason) {
        self.step_with(Event::Failed, reason.result(), 0);
        self.answer_as();
        self.apply(reason);
    }

    fn answer_as(&mut self) {
        if self.says.answer != machine::KEEP {
            self.answer = self.says.answer;
        }
    }

    /// Fails a transfer or a verification as a verdict says.
    #[inline(never)]
    pub(crate) fn fail_as(&mut self, verdict: Verdict) {
        self.fail(Reason::of(machine::fault(self.i.state, verdict.code())));
    }

    /// Ends the operation of the state: it has succeeded, or failed with a verdict and what
    /// was told besides.
    #[inline(never)]
    pub(crate) fn settle(&mut self, verdict: Verdict, told: u32) {
        let state = self.i.state;
        let ok = verdict == Verdict::DONE;
        self.i.set(flag::ONCE_MORE, false);
        if ok && state == State::Verifying {
            self.i.agenda |= agenda::SAVE | agenda::ACT;
            return self.stage(Stage::Name);
        }
        if ok && state == State::Fetching {
            return self.fetched_all();
        }
        if ok && matches!(state, State::Activating | State::Deactivating) {
            self.hook(Joint::Mark((state == State::Activating).into()));
        }
        let mut facts = 0;
        if told & STILL_RUNS != 0 {
            facts |= fact::RUNS;
        }
        if told & OLD_LOST != 0 {
            facts |= fact::OLD_LOST;
        }
        let event = if ok { Event::Done } else { Event::Failed };
        self.step_with(event, verdict.code(), facts);
        let mut reason = match state {
            State::Activating => Reason::ACTIVATE,
            State::Deactivating => Reason::DEACTIVATE,
            State::Preparing => Reason::PREPARE,
            _ => Reason::of(self.says.result),
        };
        if ok {
            reason = Reason::NONE;
        }
        self.answer_as();
        self.apply(reason);
        if told & OBJECTS_CHANGED != 0
            && matches!(state, State::Installing | State::Uninstalling | State::Preparing)
        {
            self.wants_registration();
        }
    }

    /// Notes that the list of Objects and instances has changed: servers learn it at once if
    /// 9/x/8 says so.
    pub(crate) fn wants_registration(&mut self) {
        let at_once = if self.i.has(flag::UPDATE_OBJECTS) { so::AT_ONCE } else { 0 };
        self.flags |= so::REGISTER | at_once;
    }

    /// Does the list of work, as far as it can be done now, and ends the transaction.
    #[inline(never)]
    pub(crate) fn work(&mut self) -> u8 {
        loop {
            while !self.stop {
                let item = self.i.first(self.mode);
                if item == 0 || item == agenda::ACT && self.acted && self.mode == Mode::Poll {
                    break;
                }
                if item < agenda::SAVE || self.hook(Joint::Save(item)) == 0 {
                    self.i.agenda &= !item;
                    self.item(item);
                }
            }
            if !self.creating || self.answer == done::CHANGED {
                break;
            }
            // It could not be created as it was asked for, and goes again.
            self.creating = false;
            self.stop = false;
            self.remove();
        }
        if self.creating {
            self.answer = done::CREATED;
        }
        self.end();
        self.answer
    }

    /// Does one item, which is off the list.
    fn item(&mut self, item: u32) {
        match item {
            agenda::ABOUT => {
                if self.can(can::ABOUT) {
                    self.ask(Kind::About, 0, 0, 0);
                }
            }
            agenda::SAVE => self.saved(),
            agenda::CANCEL => self.cancel(),
            agenda::DISCARD => self.discard(),
            agenda::OPEN => self.open(),
            agenda::WRITE => self.write_chunk(),
            agenda::ACT => self.act(),
            _ => {
                self.hook(Joint::Item(item));
            }
        }
    }

    /// The record holds, or there is none.
    #[inline(never)]
    pub(crate) fn saved(&mut self) {
        self.undo = false;
        self.owed &= !agenda::SAVE;
        self.i.agenda &= !agenda::SAVE;
        self.i.set(flag::UNSAVED, false);
        self.hook(Joint::Saved);
        if self.mode == Mode::Setting && self.offset() == 0 {
            self.hook(Joint::HashStart); // with what is expected now
        }
    }

    fn cancel(&mut self) {
        let i = &mut self.i;
        let (mut number, mut begun) = (core::mem::take(&mut i.cancel), Kind::Fetch);
        if i.has(flag::STOP_OPENING) {
            i.set(flag::STOP_OPENING, false);
            i.cancel = number; // that one comes next
            if number != 0 {
                i.agenda |= agenda::CANCEL;
            }
            (number, begun) = (i.storage, Kind::Open);
        } else if i.has(flag::STOP_VERIFYING) {
            begun = Kind::Verify;
        }
        if number != 0 && self.can(can::CANCEL) {
            self.ask(Kind::Cancel, number, 0, begun as u32);
        }
    }

    fn discard(&mut self) {
        if !self.can(can::DISCARD) {
            return;
        }
        let number = self.take_number();
        if self.ask(Kind::Discard, number, 0, 0) == Verdict::PENDING {
            self.i.storage = number;
            self.i.set(flag::DISCARDING, true);
            if self.i.state == State::Receiving && !self.i.has(flag::DELETED) {
                self.fail_as(Verdict::FAILED);
                self.i.agenda &= !agenda::DISCARD;
            }
        }
    }

    fn open(&mut self) {
        let ready = self.running().map_or(0, |transfer| transfer.number);
        let number = if ready == 0 { self.take_number() } else { ready };
        let mut offset = self.i.length;
        if let Some(transfer) = self.transfer() {
            transfer.number = number;
            offset = transfer.offset;
        }
        if self.held() != 0 {
            offset = 0;
        }
        let verdict = self.ask(Kind::Open, number, offset, self.i.total);
        if verdict == Verdict::PENDING && self.i.state == State::Fetching {
            // Bytes that came with a restart are to be offered again.
            self.again = true;
            self.i.set(flag::OPENING, true);
            self.i.storage = number;
            self.i.agenda &= !agenda::WRITE;
        } else if verdict != Verdict::DONE {
            self.not_open(verdict);
        }
    }

    /// The storage did not open.
    #[inline(never)]
    pub(crate) fn not_open(&mut self, verdict: Verdict) {
        let state = self.i.state;
        match state {
            // Only a boot opens these: are the bytes still there?
            State::Verifying | State::Delivered => self.happen(Event::PackageLost, Reason::LOST),
            // A download that is resumed begins anew.
            State::Fetching if self.offset() > 0 && !self.i.has(flag::IN_FLIGHT) && self.held() == 0 => {
                self.happen(Event::PackageLost, Reason::NONE);
            }
            _ => self.fail_as(verdict),
        }
    }

    /// Asks how many bytes of the package's head were held back and may be stored now.
    fn held(&mut self) -> u32 {
        self.hook(Joint::Held) & !Core::NOTHING_STORED
    }

    fn write_chunk(&mut self) {
        let held = self.held();
        let Some(transfer) = self.running() else {
            return;
        };
        let next = transfer.offset.wrapping_add(self.skip);
        let (number, offset) = (transfer.number, if held == 0 { next } else { 0 });
        let verdict = self.ask(Kind::Write, number, offset, held);
        if verdict == Verdict::AGAIN && self.i.state == State::Fetching {
            self.again = true;
        } else if verdict != Verdict::DONE {
            self.fail_as(verdict);
        } else if held != 0 {
            self.hook(Joint::HeldStored);
        } else {
            self.stored();
        }
    }

    /// Bytes of the chunk have been stored.
    fn stored(&mut self) {
        let skip = self.skip;
        let data = self.chunk();
        if let Some(transfer) = self.transfer() {
            transfer.offset = transfer.offset.wrapping_add(skip).saturating_add(data.len() as u32);
        }
        self.hook(Joint::Stored(&data));
        if self.last {
            self.complete();
        }
    }

    /// All bytes of a download are there. Where there are containers, those held back are
    /// looked at first.
    fn fetched_all(&mut self) {
        if self.unpackings.is_empty() {
            self.complete();
        } else {
            self.i.agenda |= agenda::SAVE | agenda::LOOK;
        }
    }

    /// The package is complete: it is verified from the next poll on.
    #[inline(never)]
    pub(crate) fn complete(&mut self) {
        let event = if self.i.state == State::Fetching { Event::Done } else { Event::Stored };
        self.happen(event, Reason::NONE);
        self.i.set(flag::IN_FLIGHT, false);
        self.i.length = self.offset();
        if self.hook(Joint::Held) & Core::NOTHING_STORED != 0 {
            self.i.length = 0; // refused before anything was stored
        }
        self.stage(Stage::Length);
    }

    /// What the state is for.
    fn act(&mut self) {
        if self.i.state.is_transfer() && self.i.transfer == 0 {
            return self.happen(Event::NoTransfer, Reason::TRANSFERS);
        }
        let mut length = 0;
        if self.i.state == State::Verifying {
            if !self.verify() {
                return;
            }
            length = self.i.length;
        }
        let kind = self.i.act();
        self.acted = true;
        self.component = self.turn();
        let offset = self.offset();
        let verdict = self.ask(kind, self.i.number, offset, length);
        // A download has bytes to bring before it is done.
        if verdict == Verdict::PENDING || verdict == Verdict::DONE && kind == Kind::Fetch {
            return self.i.set(flag::IN_FLIGHT, true);
        }
        self.settle(verdict, self.told);
    }

    /// The component to be switched next, by its place in the package; NONE: the whole software.
    pub(crate) fn turn(&mut self) -> u16 {
        (self.hook(Joint::Turn) as u16).wrapping_sub(1)
    }

    /// Takes the instance away, and its package.
    pub(crate) fn remove(&mut self) {
        let package = if self.i.state == State::Initial { 0 } else { agenda::DISCARD };
        self.stop_firmware();
        self.release();
        self.hook(Joint::Objects(Objects::Unstage));
        self.i.set(flag::DELETED, true);
        self.i.agenda = agenda::SAVE | package | self.i.agenda & agenda::CANCEL;
    }
}

impl Instance {
    /// Returns the first item of work, if it can be done now; else 0. Downloads,
    /// verifications and installations wait for the poll; nothing is begun at boot; a download
    /// waits for the storage.
    #[inline(never)]
    pub(crate) fn first(&self, mode: Mode) -> u32 {
        let fetching = self.state == State::Fetching;
        let held = fetching && self.has(flag::OPENING | flag::DISCARDING);
        let late = fetching || matches!(self.state, State::Verifying | State::Installing);
        let mut waits = 0;
        if self.has(flag::DISCARDING) {
            waits |= agenda::DISCARD;
        }
        if held || fetching && matches!(mode, Mode::Request | Mode::Setting) {
            waits |= agenda::OPEN;
        }
        let can_act = match mode {
            Mode::Poll => !held,
            Mode::Request => !late,
            _ => false,
        };
        if !can_act {
            waits |= agenda::ACT;
        }
        self.agenda & self.agenda.wrapping_neg() & !waits
    }

    /// Returns what the state asks of the firmware.
    pub(crate) fn act(&self) -> Kind {
        static ACTS: [Kind; 12] = [
            Kind::Verify, // of the states in which nothing is asked for, too
            Kind::Verify,
            Kind::Fetch,
            Kind::Verify,
            Kind::Verify,
            Kind::Install,
            Kind::Verify,
            Kind::Verify,
            Kind::Activate,
            Kind::Deactivate,
            Kind::Prepare,
            Kind::Uninstall,
        ];
        ACTS.get(self.state as usize).copied().unwrap_or(Kind::Verify)
    }
}
