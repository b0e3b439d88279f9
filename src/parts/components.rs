// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Object 14: the components of the packages, in one pool.

use crate::core::changes::{APPEARED, VALUE, VANISHED};
use crate::core::component::{Component, ACTIVE, GOING, HIDDEN, NOBODY, STAGED};
use crate::core::door::{About, AboutError};
use crate::core::instance::{agenda, changed, flag};
use crate::core::operation::{can, Kind};
use crate::core::text::text_at;
use crate::core::{role, Core, Joint, Mode, Part, ReadValue};
use crate::machine::{fact, Event, Objects, State};
use crate::object::reason::Reason;
use crate::object::value::{Type, Value};
use crate::object::{component, Path, Refusal, COMPONENT, NONE};

/// Makes the part. `read` reads values, which the firmware may have to be asked for.
pub const fn part(read: Option<ReadValue>) -> Part {
    Part { role: role::COMPONENTS, joint: Some(joint), read, ..Part::PLAIN }
}

/// What a Read finds.
#[allow(missing_docs)]
pub enum Found<'c> {
    Value(Value<'c>),
    /// The firmware knows name or version of this component, by its place in the package of
    /// this instance.
    About {
        instance: u16,
        component: u16,
        version: bool,
    },
}

/// Servers see it.
const SHOWN: u8 = 0;
/// It has appeared, and servers have not been notified.
const NEW: u8 = 16;
/// It has been started or stopped, and servers have not been notified.
const SWITCHED: u8 = 32;

/// What becomes of a component: what happens, its class before, and after. Those that go do so
/// when the record says so.
static MOVES: [(Objects, u8, u8); 10] = [
    (Objects::Unstage, STAGED, STAGED | GOING),
    (Objects::Restore, STAGED, STAGED | GOING),
    (Objects::Show, STAGED, SHOWN),
    (Objects::Show, HIDDEN, HIDDEN | GOING),
    (Objects::Remove, HIDDEN, HIDDEN | GOING),
    (Objects::Lose, HIDDEN, HIDDEN | GOING),
    (Objects::Restore, HIDDEN, SHOWN),
    (Objects::Remove, SHOWN, GOING),
    (Objects::Hide, SHOWN, HIDDEN),
    (Objects::Same, STAGED | GOING, STAGED), // undone
];

impl Component {
    fn class(&self) -> u8 {
        self.flags & (STAGED | HIDDEN | GOING)
    }

    fn is_shown(&self) -> bool {
        self.class() == SHOWN
    }

    fn is_active(&self) -> bool {
        self.flags & ACTIVE != 0
    }

    fn switch(&mut self, active: bool) {
        self.flags = self.flags & !ACTIVE | SWITCHED | u8::from(active);
    }
}

fn joint(core: &mut Core<'_>, _: &'static Part, joint: Joint<'_>) -> u32 {
    match joint {
        Joint::Objects(objects) => change(core, objects),
        Joint::Undone => change(core, Objects::Same),
        Joint::Stopped => {
            for found in of_instance(core).filter(|found| found.is_shown() && found.is_active()) {
                found.switch(false);
            }
        }
        Joint::Saved => {
            for found in of_instance(core).filter(|found| found.class() & GOING != 0) {
                found.owner = NOBODY;
            }
        }
        Joint::Mark(active) => {
            let turn = turn(core);
            if let Some(found) = core.components.get_mut(turn) {
                found.switch(active != 0);
            }
        }
        Joint::Facts => return facts(core),
        Joint::Shown(place) => return tally(core, place as u8, SHOWN).0,
        Joint::Turn => {
            return core.components.get(turn(core)).map_or(0, |found| u32::from(found.place).wrapping_add(1));
        }
        Joint::Execute(path) => return execute(core, path),
        Joint::NextId(from) => {
            let at = seek(core, NOBODY, from as u16, NOBODY);
            return core.components.get(at).map_or(0, |found| u32::from(found.id).wrapping_add(1));
        }
        Joint::Owner(id) => {
            return shown(core, id as u16).map_or(0, |found| u32::from(found.owner).wrapping_add(1))
        }
        Joint::Changed => return next_changed(core),
        Joint::Put(new) => return put(core, new),
        Joint::List => list(core),
        Joint::About(about) => said(core, about),
        Joint::Item(agenda::LIST) => {
            core.component = core.component.wrapping_add(1);
            core.ask(Kind::About, 0, 0, 0);
        }
        _ => {}
    }
    0
}

/// The components of the instance whose turn it is.
fn of_instance<'a>(core: &'a mut Core<'_>) -> impl Iterator<Item = &'a mut Component> {
    let owner = core.i.place;
    core.components.iter_mut().filter(move |found| found.owner == owner)
}

fn change(core: &mut Core<'_>, objects: Objects) {
    let mut listed = false;
    for found in of_instance(core) {
        let before = found.class();
        let Some((.., after)) = MOVES.iter().find(|(when, class, _)| *when == objects && *class == before)
        else {
            continue;
        };
        let mut flags = found.flags & !before | after;
        if before == SHOWN {
            if flags & NEW == 0 {
                found.gone = found.id; // else what was notified there before is still to be
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
        core.i.changed |= changed::LINKS | changed::COUNT;
        core.wants_registration();
    }
}

/// Puts a component where servers have been notified of the one that was there before, if there
/// is a choice; without an id, under the lowest free one.
fn put(core: &mut Core<'_>, new: &Component) -> u32 {
    let mut id = new.id;
    if id == NONE {
        id = 0;
        while core.components.iter().any(|other| other.owner != NOBODY && other.id == id) {
            id = id.saturating_add(1);
        }
    }
    let (mut n, mut slot) = (0usize, None);
    for found in core.components.iter() {
        if found.owner == NOBODY {
            if found.gone == NONE {
                slot = Some(n);
                break;
            }
            slot = slot.or(Some(n));
        }
        n = n.wrapping_add(1);
    }
    let Some(n) = slot else {
        return 0;
    };
    if let Some(found) = core.components.get_mut(n) {
        *found = Component { id, gone: found.gone, ..*new };
    }
    core.hook(Joint::ForgetNames((n as u32).wrapping_add(1)));
    (n as u32).wrapping_add(1)
}

/// Returns where in the pool the lowest component that servers see is, from an id on. Of one
/// owner, or NOBODY: of all; not those whose ACTIVE is `skip`, or NOBODY: all.
#[inline(never)]
fn seek(core: &Core<'_>, owner: u8, from: u16, skip: u8) -> usize {
    let (mut lowest, mut at, mut n) = (NONE, usize::MAX, 0usize);
    for found in core.components.iter() {
        let wanted = found.is_shown() && (owner == NOBODY || found.owner == owner);
        if wanted && found.id >= from && found.id < lowest && found.flags & ACTIVE != skip {
            (lowest, at) = (found.id, n);
        }
        n = n.wrapping_add(1);
    }
    at
}

/// Returns a component that servers see.
fn shown<'a>(core: &'a Core<'_>, id: u16) -> Option<&'a Component> {
    core.components.get(seek(core, NOBODY, id, NOBODY)).filter(|found| found.id == id)
}

/// Counts the components of an instance, and the active ones; with HIDDEN, those hidden, too.
fn tally(core: &Core<'_>, place: u8, with: u8) -> (u32, u32) {
    let (mut all, mut active) = (0u32, 0u32);
    for found in core.components.iter().filter(|found| found.owner == place && found.class() & !with == 0) {
        all = all.saturating_add(1);
        active = active.saturating_add(found.is_active().into());
    }
    (all, active)
}

fn facts(core: &Core<'_>) -> u32 {
    let waits = core.i.state as u8 <= State::Installing as u8; // the old software, if there is any
    match tally(core, core.i.place, if waits { HIDDEN } else { SHOWN }) {
        (0, _) => 0,
        (_, 0) => fact::NONE_ACTIVE,
        (all, active) if all == active => fact::ALL_ACTIVE,
        _ => fact::SOME_ACTIVE,
    }
}

/// Returns where in the pool the component is that is to be switched next.
fn turn(core: &Core<'_>) -> usize {
    let i = &core.i;
    let start = i.state == State::Activating;
    if !start && i.state != State::Deactivating {
        return usize::MAX;
    }
    let (from, skip) = match i.target {
        0 => (0, u8::from(start)),
        id => (id.wrapping_sub(1), NOBODY),
    };
    let at = seek(core, i.place, from, skip);
    match core.components.get(at) {
        Some(found) if i.target == 0 || found.id == from => at,
        _ => usize::MAX,
    }
}

/// Reads a value of Object 14, or an entry of 9/x/17.
pub fn read<'c>(core: &'c mut Core<'_>, path: &Path) -> Result<Found<'c>, Refusal> {
    if path.object != COMPONENT {
        return link(core, path).map(|link| Found::Value(Value::of_number(Type::Objlnk, link)));
    }
    let at = seek(core, NOBODY, path.instance, NOBODY);
    let found = core.components.get(at).copied().ok_or(Refusal::NotFound)?;
    if path.resource == component::ACTIVE {
        return Ok(Found::Value(Value::of_number(Type::Boolean, found.is_active().into())));
    }
    let version = path.resource == component::VERSION;
    match core.hook(Joint::NameAt((at as u32) << 1 | u32::from(version))).checked_sub(1) {
        Some(text) => Ok(Found::Value(Value::of_bytes(Type::String, text_at(core.text, text as usize)))),
        None => {
            let instance = core.instances.get(usize::from(found.owner)).map_or(NONE, |i| i.id);
            Ok(Found::About { instance, component: found.place.into(), version })
        }
    }
}

/// Returns an entry of 9/x/17: in order of id.
fn link(core: &Core<'_>, path: &Path) -> Result<u32, Refusal> {
    let place = core.find(path.instance).map_or(NOBODY, |i| i.place);
    let (count, _) = tally(core, place, SHOWN);
    if count != 0 && path.index == NONE {
        return Err(Refusal::NotAcceptable);
    }
    if u32::from(path.index) >= count {
        return Err(Refusal::NotFound);
    }
    let (mut id, mut left) = (NONE, path.index);
    loop {
        let at = seek(core, place, id.wrapping_add(1), NOBODY);
        id = core.components.get(at).map_or(NONE, |found| found.id);
        if left == 0 {
            return Ok(u32::from(COMPONENT) << 16 | u32::from(id));
        }
        left = left.wrapping_sub(1);
    }
}

fn execute(core: &mut Core<'_>, path: &Path) -> u32 {
    let start = path.resource == component::ACTIVATE;
    let already = shown(core, path.instance).is_some_and(|found| found.is_active() == start);
    let event = if start { Event::ActivateOne } else { Event::DeactivateOne };
    if core.step_with(event, 0, if already { fact::ALREADY } else { 0 }) == 0 {
        return core.says.answer.into();
    }
    core.begin(Mode::Request);
    core.i.target = path.instance.wrapping_add(1);
    core.apply(Reason::NONE);
    0
}

fn next_changed(core: &mut Core<'_>) -> u32 {
    for found in core.components.iter_mut() {
        let gone = core::mem::replace(&mut found.gone, NONE);
        if gone != NONE {
            return u32::from(VANISHED) << 16 | u32::from(gone);
        }
        let news = found.flags & (NEW | SWITCHED); // only those that servers see have any
        if news != 0 {
            found.flags &= !news;
            let kind = if news & NEW != 0 { APPEARED } else { VALUE };
            return u32::from(kind) << 16 | u32::from(found.id);
        }
    }
    0
}

/// Lists the components of a package: as its container says, or else the firmware.
fn list(core: &mut Core<'_>) {
    let contained = core.hook(Joint::Count);
    if contained == 0 && !core.can(can::ABOUT) {
        return;
    }
    loop {
        let n = core.running().map_or(NONE, |transfer| transfer.component);
        if n == NONE || contained != 0 && u32::from(n) >= contained {
            return;
        }
        if contained == 0 {
            core.component = n;
            core.ask(Kind::About, 0, 1, 0);
            core.component = NONE;
            continue;
        }
        if core.hook(Joint::HasRoom(n.into())) == Core::NONSENSE {
            return core.fail(Reason::NAME);
        }
        let slot = stage(core, n);
        if slot == 0 {
            return core.fail(Reason::COMPONENTS);
        }
        core.hook(Joint::KeepName(u32::from(n) << 16 | slot));
    }
}

/// Puts a component of a package into the pool; the next one comes then. Returns its slot.
fn stage(core: &mut Core<'_>, place: u16) -> u32 {
    let owner = core.i.place;
    let slot = put(core, &Component { id: NONE, gone: NONE, owner, place: place as u8, flags: STAGED });
    if let Some(transfer) = core.transfer() {
        transfer.component = place.saturating_add(1);
    }
    slot
}

/// Takes what the firmware says of a component, of a package or of software from the factory.
fn said(core: &mut Core<'_>, about: &Result<About<'_>, AboutError>) {
    let place = core.component;
    if core.i.state == State::Verifying {
        match about {
            Err(AboutError::Missing) => {
                if let Some(transfer) = core.transfer() {
                    transfer.component = NONE;
                }
            }
            Ok(about) if about.name.len() <= 255 && about.version.len() <= 255 && place < 255 => {
                if stage(core, place) == 0 {
                    core.fail(Reason::COMPONENTS);
                }
            }
            _ => core.fail(Reason::LIST),
        }
        return;
    }
    if let Ok(about) = about {
        let flags = if about.active { ACTIVE } else { 0 };
        let new = Component { id: NONE, gone: NONE, owner: core.i.place, place: place as u8, flags };
        if place < 255 && put(core, &new) != 0 {
            core.i.agenda |= agenda::LIST;
            return;
        }
    }
    core.component = NONE;
    let active = match facts(core) {
        0 => core.i.has(flag::ACTIVE),
        facts => facts == fact::ALL_ACTIVE,
    };
    core.i.state = if active { State::Active } else { State::Inactive };
    core.i.set(flag::FOR_UPDATE, false);
    core.i.set(flag::ACTIVE, active);
    if core.mode == Mode::Boot {
        core.store(); // what is so from the start is no change
    }
}
