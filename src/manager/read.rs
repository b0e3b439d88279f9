// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reading, and listing what is there. Nothing changes here.

use super::text::Text;
use super::Manager;
use crate::object::value::Value;
use crate::object::{component, resource, software, Path, Read, Refusal, COMPONENT, NONE, R, SOFTWARE};

impl Manager<'_> {
    /// Read of one resource, or of one value of resource 17.
    pub fn read(&self, path: Path) -> Result<Read<'_>, Refusal> {
        let registered = resource(path.object, path.resource);
        let single = path.index == NONE || registered.is_some_and(|r| r.multiple);
        match registered {
            Some(r) if r.operations & R != 0 && single => {}
            _ => return Err(self.why_not(path, R)),
        }
        if path.object == COMPONENT {
            return self.read_component(path);
        }
        let (place, instance) = self.find(path.instance).ok_or(Refusal::NotFound)?;
        if !self.has(path.resource) {
            return Err(Refusal::NotFound);
        }
        Ok(Read::Value(match path.resource {
            software::NAME => Value::String(self.text(place, Text::Name)),
            software::VERSION => Value::String(self.text(place, Text::Version)),
            software::CHECKPOINT => Value::Objlnk(instance.checkpoint),
            software::STATE => Value::Integer(u32::from(instance.shown())),
            software::UPDATE_OBJECTS => Value::Boolean(instance.update_objects),
            software::RESULT => Value::Integer(u32::from(instance.result)),
            software::ACTIVE => Value::Boolean(instance.active),
            software::SETTINGS => Value::Objlnk(instance.settings),
            software::REASON => Value::String(instance.reason.text()),
            software::COUNT => Value::Integer(u32::from(self.component_count(place))),
            _ => match self.linked(place, path.index) {
                Some(id) => Value::Objlnk(u32::from(COMPONENT) << 16 | u32::from(id)),
                None if path.index == NONE && self.component_count(place) > 0 => {
                    return Err(Refusal::NotAcceptable)
                }
                None => return Err(Refusal::NotFound),
            },
        }))
    }

    fn read_component(&self, path: Path) -> Result<Read<'_>, Refusal> {
        let found = self.component(path.instance).ok_or(Refusal::NotFound)?;
        let about = |version| {
            let instance = self.instance(found.owner()).map_or(NONE, |owner| owner.id);
            Read::About { instance, component: u16::from(found.place()), version }
        };
        match path.resource {
            component::IDENTITY => Ok(about(false)),
            component::VERSION => Ok(about(true)),
            component::ACTIVE => Ok(Read::Value(Value::Boolean(found.is_active()))),
            _ => Err(Refusal::NotFound),
        }
    }

    /// How many components an instance shows.
    pub(super) fn component_count(&self, owner: u8) -> u16 {
        let shown = self.memory.components.iter().filter(|found| found.is_shown() && found.owner() == owner);
        shown.fold(0, |count, _| count.wrapping_add(1))
    }

    /// The component that entry `index` of resource 17 links to: in order of id.
    fn linked(&self, owner: u8, index: u16) -> Option<u16> {
        let shown =
            || self.memory.components.iter().filter(|found| found.is_shown() && found.owner() == owner);
        let below = |id: u16| shown().fold(0u16, |n, other| n.wrapping_add(u16::from(other.id() < id)));
        shown().map(|found| found.id()).find(|id| below(*id) == index)
    }

    /// The child of a path that comes after `last`, or the first if `last` is NONE.
    pub fn child_after(&self, within: Path, last: u16) -> Option<u16> {
        let after = |id: &u16| last == NONE || *id > last;
        let Path { object, instance, resource, index } = within;
        if index != NONE || instance == NONE && resource != NONE {
            return None;
        }
        match (object, instance, resource) {
            (SOFTWARE, NONE, _) => {
                let seen = self.memory.instances.iter().filter(|instance| instance.is_seen());
                seen.map(|instance| instance.id).filter(after).min()
            }
            (COMPONENT, NONE, _) => {
                let shown = self.memory.components.iter().filter(|component| component.is_shown());
                shown.map(|component| component.id()).filter(after).min()
            }
            (SOFTWARE, id, NONE) => {
                let (place, _) = self.find(id)?;
                let there =
                    |r: &u16| self.has(*r) && (*r != software::LINKS || self.component_count(place) > 0);
                (0..=software::COUNT).filter(after).find(there)
            }
            (COMPONENT, id, NONE) => {
                self.component(id)?;
                (0..=component::ACTIVE).filter(after).find(|r| *r != component::PACK)
            }
            (SOFTWARE, id, software::LINKS) if self.has(software::LINKS) => {
                let (place, _) = self.find(id)?;
                (0..self.component_count(place)).find(after)
            }
            _ => None,
        }
    }
}
