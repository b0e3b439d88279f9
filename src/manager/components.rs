// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Instances of Object 14: the components of the packages, in one pool.

use super::instance::{agenda, changed, NOBODY};
use super::{About, AboutError, Manager};
use crate::lifecycle::{Request, State};
use crate::object::{Refusal, NONE};
use crate::record::Entry;

/// The part.
#[derive(Debug)]
pub struct Part;

/// The part.
pub static PART: Part = Part;

/// It is active.
pub(crate) const ACTIVE: u8 = 1;
/// Of a package that is verified, not installed: servers do not see it yet.
pub(crate) const STAGED: u8 = 2;
/// Of software that waits for its update: servers do not see it any more.
pub(crate) const HIDDEN: u8 = 4;
/// Servers see it.
pub(crate) const SHOWN: u8 = 0;
/// It has appeared.
pub(super) const NEW: u8 = 1;
/// It has been started or stopped.
pub(super) const SWITCHED: u8 = 2;

/// It goes as soon as the record says so.
const GOING: u8 = 8;

/// One component.
#[derive(Clone, Debug)]
pub struct Component {
    id: u16,
    /// The place of its instance of Object 9.
    owner: u8,
    /// Its place in the package.
    place: u8,
    flags: u8,
    /// What servers have not been told: [`NEW`], [`SWITCHED`].
    pub(super) news: u8,
    /// The id that has gone here, and that servers have not been told of; or NONE.
    pub(super) gone: u16,
}

impl Component {
    /// No component.
    pub(crate) const FREE: Component =
        Component { id: NONE, owner: NOBODY, place: 0, flags: 0, news: 0, gone: NONE };

    pub(super) fn id(&self) -> u16 {
        self.id
    }

    pub(super) fn place(&self) -> u8 {
        self.place
    }

    pub(super) fn owner(&self) -> u8 {
        self.owner
    }

    pub(super) fn is_active(&self) -> bool {
        self.flags & ACTIVE != 0
    }

    fn is(&self, owner: u8, class: u8) -> bool {
        self.owner == owner && self.flags & (STAGED | HIDDEN | GOING) == class
    }

    pub(super) fn is_shown(&self) -> bool {
        self.owner != NOBODY && self.is(self.owner, SHOWN)
    }
}

/// The components of an instance, for its record.
pub(super) fn entries(components: &[Component], owner: u8) -> impl Iterator<Item = Entry> + Clone + '_ {
    components
        .iter()
        .filter(move |component| component.owner == owner && component.flags & GOING == 0)
        .map(|component| Entry { id: component.id, place: component.place, flags: component.flags })
}

impl Manager<'_> {
    /// A component that servers see.
    #[inline(never)]
    pub(super) fn component(&self, id: u16) -> Option<&Component> {
        self.memory.components.iter().find(|component| component.is_shown() && component.id == id)
    }

    /// Puts a component into the pool, under the lowest free id.
    #[inline(never)]
    pub(super) fn add_component(&mut self, owner: u8, place: u8, flags: u8) -> bool {
        let id = (0..NONE).find(|id| {
            self.memory.components.iter().all(|component| component.owner == NOBODY || component.id != *id)
        });
        let Some(id) = id else { return false };
        self.put_component(Entry { id, place, flags }, owner)
    }

    /// Puts a component into the pool; where servers have been told of the one that was
    /// there before, if there is a choice.
    #[inline(never)]
    pub(super) fn put_component(&mut self, entry: Entry, owner: u8) -> bool {
        let free = |component: &&mut Component| component.owner == NOBODY;
        let told =
            self.memory.components.iter_mut().find(|component| free(component) && component.gone == NONE);
        let slot = match told {
            Some(slot) => Some(slot),
            None => self.memory.components.iter_mut().find(free),
        };
        let Some(slot) = slot else { return false };
        let gone = slot.gone;
        *slot = Component {
            id: entry.id,
            owner,
            place: entry.place,
            flags: entry.flags,
            gone,
            ..Component::FREE
        };
        true
    }

    /// Components of a class go; the record says so first.
    pub(super) fn drop_components(&mut self, owner: u8, class: u8) {
        let mut some = false;
        for component in self.memory.components.iter_mut().filter(|component| component.is(owner, class)) {
            component.flags |= GOING;
            if class == SHOWN {
                component.gone = if component.news & NEW != 0 { NONE } else { component.id };
                component.news = 0;
                some = true;
            }
        }
        if some {
            self.links_changed(owner);
        }
    }

    /// The record says so: those that go are gone.
    pub(super) fn sweep_components(&mut self, owner: u8) {
        for component in self.memory.components.iter_mut() {
            if component.owner == owner && component.flags & GOING != 0 {
                component.owner = NOBODY;
            }
        }
    }

    /// The record could not say so of a package: its components stay.
    pub(super) fn keep_components(&mut self, owner: u8) {
        for component in self.memory.components.iter_mut().filter(|component| component.owner == owner) {
            if component.flags & STAGED != 0 {
                component.flags &= !GOING;
            }
        }
    }

    /// Servers see the components of a class from now on.
    pub(super) fn show_components(&mut self, owner: u8, class: u8) {
        let mut some = false;
        for component in self.memory.components.iter_mut().filter(|component| component.is(owner, class)) {
            component.flags &= !(STAGED | HIDDEN);
            if class == HIDDEN && component.gone == component.id {
                component.gone = NONE; // servers do not know that it was away
                component.news |= SWITCHED;
            } else {
                component.news |= NEW;
            }
            some = true;
        }
        if some {
            self.links_changed(owner);
        }
    }

    /// Servers see the components of software that waits for its update no more.
    pub(super) fn hide_components(&mut self, owner: u8) {
        let mut some = false;
        for component in self.memory.components.iter_mut().filter(|component| component.is(owner, SHOWN)) {
            component.flags = HIDDEN | component.flags & ACTIVE;
            component.gone = if component.news & NEW != 0 { NONE } else { component.id };
            component.news = 0;
            some = true;
        }
        if some {
            self.links_changed(owner);
        }
    }

    /// They see them again.
    pub(super) fn unhide_components(&mut self, owner: u8) {
        self.show_components(owner, HIDDEN);
    }

    fn links_changed(&mut self, owner: u8) {
        if let Some(instance) = self.at(owner) {
            instance.changed |= changed::LINKS | changed::COUNT;
        }
        self.wants_registration(owner);
    }

    /// Nothing of the software runs any more.
    pub(super) fn stop_components(&mut self, owner: u8) {
        for component in self.memory.components.iter_mut().filter(|component| component.is(owner, SHOWN)) {
            if component.flags & ACTIVE != 0 {
                component.news |= SWITCHED;
            }
            component.flags &= !ACTIVE;
        }
    }

    /// Whether all components are active; `None`: there are none.
    #[inline(never)]
    pub(super) fn all_active(&self, owner: u8) -> Option<bool> {
        let mut shown =
            self.memory.components.iter().filter(|component| component.is(owner, SHOWN)).peekable();
        shown.peek()?;
        Some(shown.all(Component::is_active))
    }

    /// Whether some components are active.
    pub(super) fn any_active(&self, owner: u8) -> bool {
        self.memory.components.iter().any(|component| component.is(owner, SHOWN) && component.is_active())
    }

    /// The component, by its place in the package, that is to be switched next; NONE:
    /// none, or the software as a whole.
    #[inline(never)]
    pub(super) fn next_component(&self, owner: u8) -> u16 {
        let Some(instance) = self.instance(owner) else {
            return NONE;
        };
        let start = match instance.state {
            State::Activating => true,
            State::Deactivating => false,
            _ => return NONE,
        };
        self.memory
            .components
            .iter()
            .filter(|component| component.is(owner, SHOWN))
            .filter(|component| match instance.target {
                NONE => component.is_active() != start,
                id => component.id == id,
            })
            .min_by_key(|component| component.id)
            .map_or(NONE, |component| u16::from(component.place))
    }

    /// The component whose turn it was is there now.
    pub(super) fn mark_component(&mut self, owner: u8, active: bool) {
        let place = self.next_component(owner);
        let of_turn =
            |component: &&mut Component| component.is(owner, SHOWN) && u16::from(component.place) == place;
        if let Some(component) = self.memory.components.iter_mut().find(of_turn) {
            component.flags = if active { component.flags | ACTIVE } else { component.flags & !ACTIVE };
            component.news |= SWITCHED;
        }
    }

    /// Execute of 14/y/3 or 14/y/4.
    pub(super) fn execute_component(&mut self, id: u16, start: bool) -> Result<(), Refusal> {
        let (owner, active) = self
            .component(id)
            .map(|component| (component.owner, component.is_active()))
            .ok_or(Refusal::NotFound)?;
        match self.at(owner) {
            Some(instance) if instance.state.is_installed() => {}
            _ => return Err(Refusal::NotAllowed),
        }
        if active == start {
            self.begin(owner, super::Mode::Request, crate::object::done::CHANGED);
            return Ok(());
        }
        self.switch(owner, if start { Request::Activate } else { Request::Deactivate }, id)
    }

    /// Software from the factory: its components come after its name.
    pub(super) fn ask_factory(&mut self, place: u8) {
        if let Some(instance) = self.at(place) {
            instance.agenda |= agenda::ABOUT | agenda::SAVE;
            if instance.state.is_installed() {
                instance.agenda |= agenda::LIST;
            }
        }
    }

    pub(super) fn answer_factory(&mut self, place: u8, component: u16, told: Result<About<'_>, AboutError>) {
        let fits = match told {
            Ok(about) => {
                let flags = if about.active { ACTIVE } else { 0 };
                component < 255 && self.add_component(place, component as u8, flags)
            }
            Err(_) => false,
        };
        if fits {
            self.step = component.saturating_add(1);
            return;
        }
        self.step = 0;
        self.clear(agenda::LIST);
        if let Some(active) = self.all_active(place) {
            if let Some(instance) = self.at(place) {
                instance.state = if active { State::Active } else { State::Inactive };
                instance.active = active;
            }
        }
    }
}
