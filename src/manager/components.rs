// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A part: instances of Object 14, the components of the packages, in one pool.

use super::call::{Call, Mode};
use super::changes::{APPEARED, VALUE, VANISHED};
use super::instance::{agenda, changed, flag, Instance, NOBODY};
use super::{About, AboutError, Shared};
use crate::lifecycle::State;
use crate::object::{component, Path, Refusal, COMPONENT, NONE};

/// The part: what the rest of the manager calls of it.
#[derive(Debug)]
pub struct Components {
    change: fn(&mut Shared<'_>, &mut Instance, What),
    put: fn(&mut Shared<'_>, &Instance, u16, u8, u8) -> bool,
    find: fn(&Shared<'_>, u16) -> Option<Component>,
    tally: fn(&Shared<'_>, &Instance) -> Tally,
    next: fn(&Shared<'_>, &Instance) -> u16,
    linked: fn(&Shared<'_>, &Instance, u16) -> u16,
    lowest: fn(&Shared<'_>, u16) -> Option<u16>,
    changed: fn(&mut Shared<'_>) -> Option<(Path, u8)>,
    execute: fn(&mut Shared<'_>, &mut Instance, &mut Call, Path) -> Result<(), Refusal>,
}

/// The part.
pub static COMPONENTS: Components =
    Components { change, put, find, tally, next, linked, lowest, changed: next_changed, execute };

/// It is active.
pub(crate) const ACTIVE: u8 = 1;
/// Of a package that is verified, not installed: servers do not see it yet.
pub(crate) const STAGED: u8 = 2;
/// Of software that waits for its update: servers do not see it any more.
pub(crate) const HIDDEN: u8 = 4;
/// Servers see it.
pub(crate) const SHOWN: u8 = 0;
/// It goes as soon as the record says so.
pub(super) const GOING: u8 = 8;
/// It has appeared, and servers do not know.
const NEW: u8 = 16;
/// It has been started or stopped, and servers do not know.
const SWITCHED: u8 = 32;
/// What the record keeps.
pub(super) const SAVED: u8 = ACTIVE | STAGED | HIDDEN;

/// One component.
#[derive(Clone, Copy, Debug)]
pub struct Component {
    pub(super) id: u16,
    /// The id that has gone here, and that servers have not been told of; or NONE.
    gone: u16,
    /// The place of its instance of Object 9.
    pub(super) owner: u8,
    /// Its place in the package.
    pub(super) place: u8,
    pub(super) flags: u8,
}

impl Component {
    /// No component.
    pub(crate) const FREE: Component = Component { id: NONE, gone: NONE, owner: NOBODY, place: 0, flags: 0 };

    fn class(&self) -> u8 {
        self.flags & (STAGED | HIDDEN | GOING)
    }

    fn is_shown(&self) -> bool {
        self.owner != NOBODY && self.class() == SHOWN
    }

    fn is_active(&self) -> bool {
        self.flags & ACTIVE != 0
    }

    fn switch(&mut self, active: bool) {
        self.flags = self.flags & !ACTIVE | SWITCHED | u8::from(active);
    }
}

/// How many components of an instance servers see, and how many of these are active.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Tally {
    pub(super) shown: u16,
    pub(super) active: u16,
}

impl Tally {
    /// Whether all are active; `whole` where there are none.
    pub(super) fn all(self, whole: bool) -> bool {
        if self.shown == 0 {
            whole
        } else {
            self.shown == self.active
        }
    }
}

/// What happens to the software of an instance, and so to its components.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// The package has gone, or goes.
    Unstaged,
    /// The package has become the software.
    Installed,
    /// The software has gone.
    Removed,
    /// It waits for its update: servers see its components no more.
    Prepared,
    /// What waited for its update is lost.
    Lost,
    /// The update was given up: they see them again.
    Back,
    /// Nothing of the software runs any more.
    Stopped,
    /// The record says so: what goes is gone.
    Saved,
    /// The record could not say so of a package: its components stay.
    Undone,
    /// The one at this place has been started or stopped.
    Switched(u16, bool),
}

impl Shared<'_> {
    #[inline(never)]
    pub(super) fn change(&mut self, i: &mut Instance, what: What) {
        if let Some(part) = self.components() {
            (part.change)(self, i, what);
        }
    }

    /// The component whose turn it was is there now.
    pub(super) fn mark_component(&mut self, i: &mut Instance, active: bool) {
        let place = self.next_component(i);
        self.change(i, What::Switched(place, active));
    }

    /// Puts a component into the pool, under the lowest free id.
    #[inline(never)]
    pub(super) fn add_component(&mut self, i: &Instance, place: u8, flags: u8) -> bool {
        self.put_component(i, NONE, place, flags)
    }

    /// Likewise, under an id that it has already.
    pub(super) fn put_component(&mut self, i: &Instance, id: u16, place: u8, flags: u8) -> bool {
        self.components().is_some_and(|part| (part.put)(self, i, id, place, flags))
    }

    #[inline(never)]
    pub(super) fn tally(&self, i: &Instance) -> Tally {
        self.components().map_or(Tally::default(), |part| (part.tally)(self, i))
    }

    /// The component, by its place in the package, that is to be switched next; NONE:
    /// none, or the software as a whole.
    #[inline(never)]
    pub(super) fn next_component(&self, i: &Instance) -> u16 {
        self.components().map_or(NONE, |part| (part.next)(self, i))
    }

    /// A component that servers see.
    fn component(&self, id: u16) -> Option<Component> {
        self.components().and_then(|part| (part.find)(self, id))
    }

    /// The place of the instance that a component belongs to.
    pub(super) fn owner_of(&self, id: u16) -> Option<u8> {
        self.component(id).map(|found| found.owner)
    }

    /// Its place in its package.
    pub(super) fn place_of(&self, id: u16) -> u16 {
        self.component(id).map_or(NONE, |found| u16::from(found.place))
    }

    pub(super) fn is_active(&self, id: u16) -> bool {
        self.component(id).is_some_and(|found| found.is_active())
    }

    /// The component that entry `index` of resource 17 links to: in order of id.
    pub(super) fn linked(&self, i: &Instance, index: u16) -> u16 {
        self.components().map_or(NONE, |part| (part.linked)(self, i, index))
    }

    /// The lowest component that servers see from an id on.
    pub(super) fn component_from(&self, from: u16) -> Option<u16> {
        self.components().and_then(|part| (part.lowest)(self, from))
    }

    /// Execute of 14/y/3 or 14/y/4.
    pub(super) fn execute_component(
        &mut self,
        i: &mut Instance,
        call: &mut Call,
        path: Path,
    ) -> Result<(), Refusal> {
        self.components().map_or(Err(Refusal::NotFound), |part| (part.execute)(self, i, call, path))
    }

    pub(super) fn changed_component(&mut self) -> Option<(Path, u8)> {
        self.components().and_then(|part| (part.changed)(self))
    }

    /// Software from the factory: its components come after its name.
    #[inline(never)]
    pub(super) fn ask_factory(&mut self, i: &mut Instance) {
        i.agenda |= agenda::ABOUT | agenda::SAVE;
        if i.state.is_installed() {
            i.agenda |= agenda::LIST;
        }
    }

    #[inline(never)]
    pub(super) fn answer_factory(
        &mut self,
        i: &mut Instance,
        call: &mut Call,
        told: Result<About<'_>, AboutError>,
    ) {
        if let Ok(about) = told {
            let flags = if about.active { ACTIVE } else { 0 };
            if call.step < 255 && self.add_component(i, call.step as u8, flags) {
                call.step = call.step.saturating_add(1);
                return;
            }
        }
        i.agenda &= !agenda::LIST;
        let active = self.tally(i).all(i.has(flag::ACTIVE));
        i.rest(active);
        if call.mode == Mode::Boot {
            call.before = *i; // what is so from the start is no change
        }
    }
}

fn change(shared: &mut Shared<'_>, i: &mut Instance, what: What) {
    let mut listed = false;
    for found in shared.components.iter_mut().filter(|found| found.owner == i.place) {
        let class = found.class();
        match (class, what) {
            // Those that go do so when the record says so.
            (STAGED, What::Unstaged) | (HIDDEN, What::Installed | What::Removed | What::Lost) => {
                found.flags |= GOING;
            }
            (SHOWN, What::Removed | What::Prepared) => {
                found.gone = if found.flags & NEW != 0 { NONE } else { found.id };
                found.flags &= !(NEW | SWITCHED);
                found.flags |= if what == What::Removed { GOING } else { HIDDEN };
                listed = true;
            }
            (STAGED, What::Installed) | (HIDDEN, What::Back) => {
                found.flags &= !(STAGED | HIDDEN);
                let known = class == HIDDEN && found.gone == found.id;
                if known {
                    found.gone = NONE; // servers do not know that it was away
                }
                found.flags |= if known { SWITCHED } else { NEW };
                listed = true;
            }
            (SHOWN, What::Stopped) if found.is_active() => found.switch(false),
            (SHOWN, What::Switched(place, active)) if u16::from(found.place) == place => {
                found.switch(active);
            }
            (_, What::Saved) if class & GOING != 0 => found.owner = NOBODY,
            (_, What::Undone) if class & STAGED != 0 => found.flags &= !GOING,
            _ => {}
        }
    }
    if listed {
        i.changed |= changed::LINKS | changed::COUNT;
        shared.wants_registration(i);
    }
}

/// Where servers have been told of the one that was there before, if there is a choice.
fn put(shared: &mut Shared<'_>, i: &Instance, id: u16, place: u8, flags: u8) -> bool {
    let mut id = id;
    if id == NONE {
        id = 0;
        while shared.components.iter().any(|other| other.owner != NOBODY && other.id == id) {
            id = id.saturating_add(1);
        }
    }
    let mut slot: Option<&mut Component> = None;
    for found in shared.components.iter_mut().filter(|found| found.owner == NOBODY) {
        if found.gone == NONE {
            slot = Some(found);
            break;
        }
        slot = slot.or(Some(found));
    }
    let Some(slot) = slot else { return false };
    *slot = Component { id, gone: slot.gone, owner: i.place, place, flags };
    true
}

fn find(shared: &Shared<'_>, id: u16) -> Option<Component> {
    shared.components.iter().find(|found| found.id == id && found.is_shown()).copied()
}

fn tally(shared: &Shared<'_>, i: &Instance) -> Tally {
    let mut tally = Tally::default();
    for found in shared.components.iter().filter(|found| found.owner == i.place && found.is_shown()) {
        tally.shown = tally.shown.saturating_add(1);
        tally.active = tally.active.saturating_add(u16::from(found.is_active()));
    }
    tally
}

fn next(shared: &Shared<'_>, i: &Instance) -> u16 {
    let start = i.state == State::Activating;
    if !start && i.state != State::Deactivating {
        return NONE;
    }
    let (mut lowest, mut place) = (NONE, NONE);
    for found in shared.components.iter().filter(|found| found.owner == i.place && found.is_shown()) {
        let wanted = if i.target == NONE { found.is_active() != start } else { found.id == i.target };
        if wanted && found.id < lowest {
            lowest = found.id;
            place = u16::from(found.place);
        }
    }
    place
}

fn linked(shared: &Shared<'_>, i: &Instance, index: u16) -> u16 {
    let mut id = NONE;
    for _ in 0..=index {
        let from = id.wrapping_add(1);
        id = NONE;
        for found in shared.components.iter().filter(|found| found.owner == i.place && found.is_shown()) {
            if found.id >= from && found.id < id {
                id = found.id;
            }
        }
    }
    id
}

fn execute(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call, path: Path) -> Result<(), Refusal> {
    if !i.state.is_installed() {
        return Err(Refusal::NotAllowed);
    }
    let start = path.resource == component::ACTIVATE;
    let there = shared.is_active(path.instance) == start;
    call.begin(i, Mode::Request);
    if !there {
        shared.switch(i, start, path.instance);
    }
    Ok(())
}

fn lowest(shared: &Shared<'_>, from: u16) -> Option<u16> {
    shared.components.iter().filter(|found| found.is_shown() && found.id >= from).map(|found| found.id).min()
}

fn next_changed(shared: &mut Shared<'_>) -> Option<(Path, u8)> {
    for found in shared.components.iter_mut() {
        let gone = core::mem::replace(&mut found.gone, NONE);
        if gone != NONE {
            return Some((Path::to(COMPONENT, gone, NONE), VANISHED));
        }
        let news = found.flags & (NEW | SWITCHED);
        found.flags &= !news;
        if found.owner == NOBODY || news == 0 {
            continue;
        }
        if news & NEW != 0 {
            return Some((Path::to(COMPONENT, found.id, NONE), APPEARED));
        }
        if found.is_shown() {
            return Some((Path::to(COMPONENT, found.id, component::ACTIVE), VALUE));
        }
    }
    None
}
