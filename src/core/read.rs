// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reading, and listing what is there. Nothing changes here.

use super::config::swmgmt_config_t as Config;
use super::instance::{flag, Instance};
use super::text::Text;
use super::{Core, Joint, Mode};
use crate::machine::State;
use crate::object::format::Format;
use crate::object::value::{Type, Value};
use crate::object::{resource, software, Path, Refusal};
use crate::object::{COMPONENT, COMPONENT_RESOURCES, MANDATORY_RESOURCES, NONE, R, SOFTWARE, W};

impl Config {
    /// The resources that an Object has here, as a sum of `1 << id`.
    fn offered(&self, object: u16) -> u32 {
        if object == SOFTWARE {
            self.resources | MANDATORY_RESOURCES
        } else {
            COMPONENT_RESOURCES
        }
    }

    /// Says that Object 9 has the resource here.
    pub(super) fn has(&self, resource: u16) -> bool {
        resource < 32 && self.offered(SOFTWARE) >> resource & 1 != 0
    }

    /// Says that there is such a resource, and that an operation can be done to it.
    #[inline(never)]
    pub(super) fn gate(&self, object: u16, id: u16, operation: u8) -> Result<(), Refusal> {
        match resource(object, id) {
            Some(registered) if self.offered(object) >> (id & 31) & 1 != 0 => {
                if registered.operations() & operation != 0 {
                    Ok(())
                } else {
                    Err(Refusal::NotAllowed)
                }
            }
            _ => Err(Refusal::NotFound),
        }
    }
}

impl Core<'_> {
    /// Returns an instance that servers see: the working copy, while its turn lasts.
    #[inline(never)]
    pub(crate) fn find(&self, id: u16) -> Option<&Instance> {
        let found = self.instances.iter().find(|i| i.id == id && i.is_seen())?;
        if self.mode != Mode::Idle && found.place == self.i.place {
            return Some(&self.i).filter(|i| i.is_seen());
        }
        Some(found)
    }

    /// Loads an instance that servers see.
    #[inline(never)]
    pub(crate) fn load_instance(&mut self, id: u16) -> bool {
        match self.find(id) {
            Some(i) => {
                let place = i.place;
                self.load(place)
            }
            None => false,
        }
    }

    /// State and for-update flag of an instance.
    pub fn state(&self, id: u16) -> Option<(State, bool)> {
        self.find(id).map(|i| (i.state, i.has(flag::FOR_UPDATE)))
    }

    /// The place of the instance of Object 9 that a path is about, or to which its component
    /// belongs.
    fn owner(&mut self, object: u16, instance: u16) -> Option<u8> {
        match object {
            SOFTWARE => self.find(instance).map(|i| i.place),
            COMPONENT => (self.hook(Joint::Owner(instance.into())) as u8).checked_sub(1),
            _ => None,
        }
    }

    /// Says that there is such a path, and that an operation can be done to it. Returns the
    /// place of the instance of Object 9, or of that to which the component belongs.
    #[inline(never)]
    pub fn gate(&mut self, path: Path, operation: u8) -> Result<u8, Refusal> {
        let place = self.owner(path.object, path.instance).ok_or(Refusal::NotFound)?;
        if path.resource == NONE {
            return Err(Refusal::NotAllowed);
        }
        self.config.gate(path.object, path.resource, operation)?;
        if path.index == NONE || operation == R && (path.object, path.resource) == (SOFTWARE, software::LINKS)
        {
            Ok(place)
        } else if operation == W {
            Err(Refusal::NotAllowed)
        } else {
            Err(Refusal::NotFound)
        }
    }

    /// Says that there is such a path.
    pub fn exists(&mut self, path: Path) -> bool {
        let Path { object, instance, resource, index } = path;
        match object {
            SOFTWARE => {}
            COMPONENT if self.config.components > 0 => {}
            _ => return false,
        }
        let mut has =
            |within: Path, child: u16| self.child_after(within, child.wrapping_sub(1)) == Some(child);
        let parent = Path::to(object, instance, NONE);
        instance == NONE
            || has(Path::to(object, NONE, NONE), instance)
                && (resource == NONE
                    || has(parent, resource)
                        && (index == NONE || has(Path::to(object, instance, resource), index)))
    }

    /// Says that servers may create instances.
    pub fn may_create(&self) -> bool {
        self.config.option(super::config::SERVER_MAY_CREATE)
    }

    /// The Content-Formats that the configuration names, in its order.
    pub fn formats(&self) -> impl Iterator<Item = &'static Format> + '_ {
        self.parts.iter().filter_map(|part| match part.what {
            super::What::Format(format) => Some(format),
            _ => None,
        })
    }

    /// Returns the instance at a place: the working copy, while its turn lasts.
    fn at(&self, place: u8) -> Option<&Instance> {
        if self.mode != Mode::Idle && self.i.place == place {
            return Some(&self.i);
        }
        self.instances.get(usize::from(place))
    }

    /// Read of one resource, or of one value of resource 17.
    #[inline(never)]
    pub fn read(&mut self, path: Path) -> Result<Value<'_>, Refusal> {
        let place = self.gate(path, R)?;
        let id = path.resource;
        if path.object == COMPONENT || id == software::LINKS {
            return match self.parts.iter().find_map(|part| part.read) {
                Some(read) => read(self, &path),
                None => Err(Refusal::NotFound),
            };
        }
        let shown = if id == software::COUNT { self.hook(Joint::Shown(place.into())) } else { 0 };
        let i = self.at(place).ok_or(Refusal::NotFound)?;
        let (kind, number) = match id {
            software::CHECKPOINT => (Type::Objlnk, !i.checkpoint),
            software::STATE => (Type::Integer, i.update_state().into()),
            software::UPDATE_OBJECTS => (Type::Boolean, i.has(flag::UPDATE_OBJECTS).into()),
            software::RESULT => (Type::Integer, i.result.into()),
            software::ACTIVE => (Type::Boolean, i.has(flag::ACTIVE).into()),
            software::SETTINGS => (Type::Objlnk, !i.settings),
            software::COUNT => (Type::Integer, shown),
            name => {
                let bytes = match name {
                    software::NAME => self.text(place, Text::Name),
                    software::VERSION => self.text(place, Text::Version),
                    _ => i.reason.text(),
                };
                return Ok(Value::of_bytes(Type::String, bytes));
            }
        };
        Ok(Value::of_number(kind, number))
    }

    /// Returns the child of a path that comes after `last`, or the first if `last` is NONE.
    #[inline(never)]
    pub fn child_after(&mut self, within: Path, last: u16) -> Option<u16> {
        let Path { object, instance, resource, index } = within;
        let from = last.wrapping_add(1);
        if index != NONE {
            return None;
        }
        if instance == NONE {
            return match object {
                _ if resource != NONE => None,
                SOFTWARE => self.instance_from(from),
                COMPONENT => (self.hook(Joint::NextId(from.into())) as u16).checked_sub(1),
                _ => None,
            };
        }
        let place = self.owner(object, instance)?;
        let links = self.hook(Joint::Shown(place.into())) as u16;
        let mut offered = self.config.offered(object);
        if object == SOFTWARE {
            if resource == software::LINKS && self.config.has(resource) && from < links {
                return Some(from);
            }
            if links == 0 {
                offered &= !(1 << software::LINKS);
            }
        }
        let left = offered.checked_shr(from.into()).unwrap_or(0);
        (resource == NONE && left != 0).then_some(from.wrapping_add(left.trailing_zeros() as u16))
    }

    /// Returns the lowest instance that servers see from an id on.
    fn instance_from(&self, from: u16) -> Option<u16> {
        let mut lowest = NONE;
        for n in 0..self.instances.len() {
            if let Some(i) = self.at(n as u8).filter(|i| i.is_seen() && i.id >= from && i.id < lowest) {
                lowest = i.id;
            }
        }
        (lowest != NONE).then_some(lowest)
    }
}
