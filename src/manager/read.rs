// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reading, and listing what is there. Nothing changes here.

use super::config::swmgmt_config_t as Config;
use super::instance::{flag, Instance};
use super::text::Text;
use super::Manager;
use crate::object::value::{Type, Value};
use crate::object::{component, resource, software, Path, Read, Refusal};
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

    /// Whether Object 9 has the resource here.
    pub(super) fn has(&self, resource: u16) -> bool {
        resource < 32 && self.offered(SOFTWARE) >> resource & 1 != 0
    }

    /// Whether there is such a resource, and an operation can be done to it.
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

impl Manager<'_> {
    /// The instance of Object 9 that a path is about, or to which its component belongs.
    #[inline(always)]
    fn owner(&self, object: u16, instance: u16) -> Option<&Instance> {
        match object {
            SOFTWARE => self.find(instance),
            COMPONENT => self.instances.get(usize::from(self.shared.component(instance)?.owner)),
            _ => None,
        }
    }

    /// Whether there is such a path, and an operation can be done to it. Tells the place
    /// of the instance of Object 9, or of that to which the component belongs.
    #[inline(never)]
    pub fn gate(&self, path: Path, operation: u8) -> Result<u8, Refusal> {
        let i = self.owner(path.object, path.instance).ok_or(Refusal::NotFound)?;
        if path.resource == NONE {
            return Err(Refusal::NotAllowed);
        }
        self.shared.config.gate(path.object, path.resource, operation)?;
        if path.index == NONE || operation == R && (path.object, path.resource) == (SOFTWARE, software::LINKS)
        {
            Ok(i.place)
        } else if operation == W {
            Err(Refusal::NotAllowed)
        } else {
            Err(Refusal::NotFound)
        }
    }

    /// Whether there is such a path.
    pub fn exists(&self, path: Path) -> bool {
        let Path { object, instance, resource, index } = path;
        let has = |within: Path, child: u16| self.child_after(within, child.wrapping_sub(1)) == Some(child);
        match object {
            SOFTWARE => {}
            COMPONENT if self.shared.config.components > 0 => {}
            _ => return false,
        }
        instance == NONE
            || self.owner(object, instance).is_some()
                && (resource == NONE
                    || has(Path::to(object, instance, NONE), resource)
                        && (index == NONE || has(Path::to(object, instance, resource), index)))
    }

    /// Whether servers may create instances.
    pub fn may_create(&self) -> bool {
        self.shared.config.option(super::config::SERVER_MAY_CREATE)
    }

    /// Read of one resource, or of one value of resource 17.
    #[inline(never)]
    pub fn read(&self, path: Path) -> Result<Read<'_>, Refusal> {
        let place = self.gate(path, R)?;
        let i = self.instances.get(usize::from(place)).ok_or(Refusal::NotFound)?;
        let shared = &self.shared;
        if path.object == COMPONENT {
            let found = shared.component(path.instance).ok_or(Refusal::NotFound)?;
            if path.resource == component::ACTIVE {
                return Ok(Read::Value(Value::of_number(Type::Boolean, found.is_active().into())));
            }
            let version = path.resource == component::VERSION;
            let told = shared.containers().and_then(|it| (it.component)(shared, path.instance, version));
            if let Some(text) = told {
                return Ok(Read::Value(Value::of_bytes(Type::String, text)));
            }
            return Ok(Read::About { instance: i.id, component: found.place.into(), version });
        }
        let (kind, number) = match path.resource {
            software::CHECKPOINT => (Type::Objlnk, !i.checkpoint),
            software::STATE => (Type::Integer, i.shown().into()),
            software::UPDATE_OBJECTS => (Type::Boolean, i.has(flag::UPDATE_OBJECTS).into()),
            software::RESULT => (Type::Integer, i.result.into()),
            software::ACTIVE => (Type::Boolean, i.has(flag::ACTIVE).into()),
            software::SETTINGS => (Type::Objlnk, !i.settings),
            software::COUNT => (Type::Integer, shared.tally(i).shown.into()),
            software::LINKS => match shared.tally(i).shown {
                0 => return Err(Refusal::NotFound),
                _ if path.index == NONE => return Err(Refusal::NotAcceptable),
                shown if path.index >= shown => return Err(Refusal::NotFound),
                _ => (Type::Objlnk, u32::from(COMPONENT) << 16 | u32::from(shared.linked(i, path.index))),
            },
            name => {
                let bytes = match name {
                    software::NAME => shared.text(i.place, Text::Name),
                    software::VERSION => shared.text(i.place, Text::Version),
                    _ => i.reason.text(),
                };
                return Ok(Read::Value(Value::of_bytes(Type::String, bytes)));
            }
        };
        Ok(Read::Value(Value::of_number(kind, number)))
    }

    /// The child of a path that comes after `last`, or the first if `last` is NONE.
    #[inline(never)]
    pub fn child_after(&self, within: Path, last: u16) -> Option<u16> {
        let Path { object, instance, resource, index } = within;
        let from = last.wrapping_add(1);
        if index != NONE {
            return None;
        }
        if instance == NONE {
            return match object {
                _ if resource != NONE => None,
                SOFTWARE => self.instance_from(from),
                COMPONENT => self.shared.component_from(from).map(|found| found.id),
                _ => None,
            };
        }
        let i = self.owner(object, instance)?;
        let links = self.shared.tally(i).shown;
        let mut offered = self.shared.config.offered(object);
        if object == SOFTWARE {
            if resource == software::LINKS && self.shared.config.has(resource) && from < links {
                return Some(from);
            }
            if links == 0 {
                offered &= !(1 << software::LINKS);
            }
        }
        let left = offered.checked_shr(from.into()).unwrap_or(0);
        (resource == NONE && left != 0).then_some(from.wrapping_add(left.trailing_zeros() as u16))
    }

    /// The lowest instance that servers see from an id on.
    fn instance_from(&self, from: u16) -> Option<u16> {
        let mut lowest = NONE;
        for i in self.instances.iter() {
            if i.is_seen() && i.id >= from && i.id < lowest {
                lowest = i.id;
            }
        }
        (lowest != NONE).then_some(lowest)
    }
}
