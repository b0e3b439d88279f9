// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A part: instances of Object 14, the components of the packages, in one pool.

use super::call::{Call, Mode};
use super::changes::{APPEARED, VALUE, VANISHED};
use super::instance::{agenda, changed, flag, Instance, NOBODY};
use super::{About, AboutError, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::object::{component, Path, Refusal, COMPONENT, NONE};

/// The part: what the rest of the manager calls of it.
#[derive(Debug)]
pub struct Components {
    change: fn(&mut Shared<'_>, &mut Instance, What),
    mark: fn(&mut Shared<'_>, &Instance, bool),
    put: fn(&mut Shared<'_>, Component) -> Option<usize>,
    seek: fn(&Shared<'_>, u8, u16, u8) -> usize,
    tally: fn(&Shared<'_>, &Instance) -> Tally,
    next: fn(&Shared<'_>, &Instance) -> u16,
    linked: fn(&Shared<'_>, &Instance, u16) -> u16,
    changed: fn(&mut Shared<'_>) -> (u16, u8),
    execute: fn(&mut Shared<'_>, &mut Instance, &mut Call, Path) -> Result<(), Refusal>,
    told: fn(&mut Shared<'_>, &mut Instance, &mut Call, Result<About<'_>, AboutError>),
}

/// The part.
pub static COMPONENTS: Components =
    Components { change, mark, put, seek, tally, next, linked, changed: next_changed, execute, told };

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
    pub(crate) const FREE: Component =
        Component { id: NONE, gone: NONE, owner: NOBODY, place: 0, flags: GOING };

    fn class(&self) -> u8 {
        self.flags & (STAGED | HIDDEN | GOING)
    }

    fn is_shown(&self) -> bool {
        self.class() == SHOWN
    }

    pub(super) fn is_active(&self) -> bool {
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
}

/// What becomes of a component: what happens, its class before, and after.
static MOVES: [(What, u8, u8); 9] = [
    // Those that go do so when the record says so.
    (What::Unstaged, STAGED, STAGED | GOING),
    (What::Undone, STAGED | GOING, STAGED),
    (What::Installed, STAGED, SHOWN),
    (What::Installed, HIDDEN, HIDDEN | GOING),
    (What::Removed, HIDDEN, HIDDEN | GOING),
    (What::Lost, HIDDEN, HIDDEN | GOING),
    (What::Back, HIDDEN, SHOWN),
    (What::Removed, SHOWN, GOING),
    (What::Prepared, SHOWN, HIDDEN),
];

impl Shared<'_> {
    #[inline(never)]
    pub(super) fn change(&mut self, i: &mut Instance, what: What) {
        if let Some(hooks) = self.containers() {
            (hooks.change)(self, i, what);
        }
        if let Some(part) = self.components() {
            (part.change)(self, i, what);
        }
    }

    /// The component whose turn it was is there now.
    pub(super) fn mark_component(&mut self, i: &Instance, active: bool) {
        if let Some(part) = self.components() {
            (part.mark)(self, i, active);
        }
    }

    /// Puts a component into the pool; without an id, under the lowest free one. Tells where.
    #[inline(never)]
    pub(super) fn add_component(&mut self, i: &Instance, id: u16, place: u8, flags: u8) -> Option<usize> {
        let new = Component { id, gone: NONE, owner: i.place, place, flags };
        let slot = self.components().and_then(|part| (part.put)(self, new))?;
        if let Some(hooks) = self.containers() {
            (hooks.forget_kept)(self, i, Some(slot));
        }
        Some(slot)
    }

    /// Where in the pool a component is that servers see.
    pub(super) fn component_slot(&self, id: u16) -> usize {
        self.components().map_or(usize::MAX, |part| (part.seek)(self, NOBODY, id, NOBODY))
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
    #[inline(never)]
    pub(super) fn component(&self, id: u16) -> Option<&Component> {
        self.component_from(id).filter(|found| found.id == id)
    }

    /// The lowest one from an id on.
    pub(super) fn component_from(&self, from: u16) -> Option<&Component> {
        let part = self.components()?;
        self.components.get((part.seek)(self, NOBODY, from, NOBODY))
    }

    /// The component that entry `index` of resource 17 links to: in order of id.
    pub(super) fn linked(&self, i: &Instance, index: u16) -> u16 {
        self.components().map_or(NONE, |part| (part.linked)(self, i, index))
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

    /// The component that has changed next, and how.
    pub(super) fn changed_component(&mut self) -> Option<(Path, u8)> {
        let (id, kind) = (self.components()?.changed)(self);
        let resource = if kind == VALUE { component::ACTIVE } else { NONE };
        (id != NONE).then_some((Path::to(COMPONENT, id, resource), kind))
    }

    /// Software from the factory: its components come after its name.
    #[inline(never)]
    pub(super) fn ask_factory(&mut self, i: &mut Instance) {
        i.agenda |= agenda::ABOUT | agenda::SAVE;
        if i.state.is_installed() {
            i.agenda |= agenda::LIST;
        }
    }

    /// What the firmware tells about a component, of a package or of software from the
    /// factory.
    pub(super) fn answer_component(
        &mut self,
        i: &mut Instance,
        call: &mut Call,
        told: Result<About<'_>, AboutError>,
    ) {
        if let Some(part) = self.components() {
            (part.told)(self, i, call, told);
        }
    }
}

fn told(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call, told: Result<About<'_>, AboutError>) {
    let place = call.operation.component;
    if call.operation.package {
        let (result, reason) = match told {
            Err(AboutError::Missing) => return shared.verify_ok(i),
            Ok(about) if about.name.len() <= 255 && about.version.len() <= 255 && place < 255 => {
                if shared.add_component(i, NONE, place as u8, STAGED).is_some() {
                    if let Some(transfer) = shared.transfer(i.place) {
                        transfer.component = place.saturating_add(1);
                    }
                    return;
                }
                (51, Reason::COMPONENTS)
            }
            _ => (54, Reason::LIST),
        };
        return shared.fail(i, result, reason);
    }
    if let Ok(about) = told {
        let flags = if about.active { ACTIVE } else { 0 };
        if place < 255 && shared.add_component(i, NONE, place as u8, flags).is_some() {
            call.step = place.saturating_add(1);
            return;
        }
    }
    i.agenda &= !agenda::LIST;
    let active = shared.tally(i).all(i.has(flag::ACTIVE));
    i.rest(active);
    if call.mode == Mode::Boot {
        call.before = *i; // what is so from the start is no change
    }
}

fn change(shared: &mut Shared<'_>, i: &mut Instance, what: What) {
    let mut listed = false;
    let owner = i.place;
    for found in shared.components.iter_mut() {
        if found.owner != owner {
            continue;
        }
        let before = found.class();
        if what == What::Saved && before & GOING != 0 {
            found.owner = NOBODY;
        }
        if what == What::Stopped && before == SHOWN && found.is_active() {
            found.switch(false);
        }
        let Some((.., after)) = MOVES.iter().find(|(when, class, _)| *when == what && *class == before)
        else {
            continue;
        };
        let mut flags = found.flags & !before | after;
        if before == SHOWN {
            if flags & NEW == 0 {
                found.gone = found.id; // else what was told there before is still to be told
            }
            flags &= !(NEW | SWITCHED);
            listed = true;
        } else if *after == SHOWN {
            let mut news = NEW;
            if before == HIDDEN && found.gone == found.id {
                found.gone = NONE; // servers do not know that it was away
                news = SWITCHED;
            }
            flags |= news;
            listed = true;
        }
        found.flags = flags;
    }
    if listed {
        i.changed |= changed::LINKS | changed::COUNT;
        shared.wants_registration(i);
    }
}

fn mark(shared: &mut Shared<'_>, i: &Instance, active: bool) {
    let turn = turn(shared, i);
    if let Some(found) = shared.components.get_mut(turn) {
        found.switch(active);
    }
}

/// Where servers have been told of the one that was there before, if there is a choice.
fn put(shared: &mut Shared<'_>, new: Component) -> Option<usize> {
    let mut id = new.id;
    if id == NONE {
        id = 0;
        while shared.components.iter().any(|other| other.owner != NOBODY && other.id == id) {
            id = id.saturating_add(1);
        }
    }
    let (mut n, mut slot) = (0usize, None);
    for found in shared.components.iter() {
        if found.owner == NOBODY {
            if found.gone == NONE {
                slot = Some(n);
                break;
            }
            slot = slot.or(Some(n));
        }
        n = n.wrapping_add(1);
    }
    let found = shared.components.get_mut(slot?)?;
    *found = Component { id, gone: found.gone, ..new };
    slot
}

/// Where in the pool the lowest component that servers see is, from an id on. Of one
/// owner, or NOBODY: of all; not those whose ACTIVE is `skip`, or NOBODY: all.
#[inline(never)]
fn seek(shared: &Shared<'_>, owner: u8, from: u16, skip: u8) -> usize {
    let (mut lowest, mut at, mut n) = (NONE, usize::MAX, 0usize);
    for found in shared.components.iter() {
        let wanted = found.is_shown() && (owner == NOBODY || found.owner == owner);
        if wanted && found.id >= from && found.id < lowest && found.flags & ACTIVE != skip {
            (lowest, at) = (found.id, n);
        }
        n = n.wrapping_add(1);
    }
    at
}

fn tally(shared: &Shared<'_>, i: &Instance) -> Tally {
    let mut tally = Tally::default();
    for found in shared.components.iter().filter(|found| found.owner == i.place && found.is_shown()) {
        tally.shown = tally.shown.saturating_add(1);
        tally.active = tally.active.saturating_add(u16::from(found.is_active()));
    }
    tally
}

/// Where in the pool the component is that is to be switched next.
fn turn(shared: &Shared<'_>, i: &Instance) -> usize {
    let start = i.state == State::Activating;
    if !start && i.state != State::Deactivating {
        return usize::MAX;
    }
    let (from, skip) = match i.target {
        0 => (0, u8::from(start)),
        id => (id.wrapping_sub(1), NOBODY),
    };
    let at = seek(shared, i.place, from, skip);
    match shared.components.get(at) {
        Some(found) if i.target == 0 || found.id == from => at,
        _ => usize::MAX,
    }
}

fn next(shared: &Shared<'_>, i: &Instance) -> u16 {
    shared.components.get(turn(shared, i)).map_or(NONE, |found| found.place.into())
}

fn linked(shared: &Shared<'_>, i: &Instance, index: u16) -> u16 {
    let (mut id, mut left) = (NONE, index);
    loop {
        let at = seek(shared, i.place, id.wrapping_add(1), NOBODY);
        id = shared.components.get(at).map_or(NONE, |found| found.id);
        if left == 0 {
            return id;
        }
        left = left.wrapping_sub(1);
    }
}

fn execute(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call, path: Path) -> Result<(), Refusal> {
    if !i.state.is_installed() || i.has(flag::DISCARDING) {
        return Err(Refusal::NotAllowed);
    }
    let start = path.resource == component::ACTIVATE;
    let active = shared.component(path.instance).ok_or(Refusal::NotFound)?.is_active();
    call.begin(i, Mode::Request);
    if active != start {
        shared.switch(i, start, path.instance);
    }
    Ok(())
}

fn next_changed(shared: &mut Shared<'_>) -> (u16, u8) {
    for found in shared.components.iter_mut() {
        let gone = core::mem::replace(&mut found.gone, NONE);
        if gone != NONE {
            return (gone, VANISHED);
        }
        let news = found.flags & (NEW | SWITCHED); // only those that servers see have any
        if news != 0 {
            found.flags &= !news;
            return (found.id, if news & NEW != 0 { APPEARED } else { VALUE });
        }
    }
    (NONE, 0)
}
