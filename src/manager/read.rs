// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reading, and listing what is there. Nothing changes here.

use super::config::swmgmt_config_t as Config;
use super::instance::flag;
use super::text::Text;
use super::Manager;
use crate::object::value::Value;
use crate::object::{component, is_multiple, resource, software, Path, Read, Refusal};
use crate::object::{COMPONENT, MANDATORY_RESOURCES, NONE, R, SOFTWARE, W};

impl Config {
    /// Whether Object 9 has the resource here.
    pub(super) fn has(&self, resource: u16) -> bool {
        resource < 19 && (self.resources | MANDATORY_RESOURCES) >> resource & 1 != 0
    }

    /// Whether a resource of Object 9 is there, and an operation can be done to it.
    #[inline(never)]
    pub(super) fn gate(&self, id: u16, operation: u8) -> Result<(), Refusal> {
        match resource(SOFTWARE, id) {
            Some(registered) if self.has(id) => {
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
    /// Whether there is such a path, and an operation can be done to it. Tells the place
    /// of the instance of Object 9, or of that to which the component belongs.
    #[inline(never)]
    pub(super) fn gate(&self, path: Path, operation: u8) -> Result<u8, Refusal> {
        let shared = &self.shared;
        let place = match path.object {
            SOFTWARE => self.find(path.instance).map(|i| i.place),
            COMPONENT => shared.owner_of(path.instance),
            _ => None,
        };
        let place = place.ok_or(Refusal::NotFound)?;
        if path.resource == NONE {
            return Err(Refusal::NotAllowed);
        }
        if path.object == SOFTWARE {
            shared.config.gate(path.resource, operation)?;
        } else {
            match resource(COMPONENT, path.resource) {
                Some(_) if path.resource == component::PACK => return Err(Refusal::NotFound),
                Some(registered) if registered.operations() & operation != 0 => {}
                Some(_) => return Err(Refusal::NotAllowed),
                None => return Err(Refusal::NotFound),
            }
        }
        let single = path.index == NONE || operation == R && is_multiple(path.object, path.resource);
        if single {
            Ok(place)
        } else if operation == W {
            Err(Refusal::NotAllowed)
        } else {
            Err(Refusal::NotFound)
        }
    }

    /// Read of one resource, or of one value of resource 17.
    #[inline(never)]
    pub fn read(&self, path: Path) -> Result<Read<'_>, Refusal> {
        let place = self.gate(path, R)?;
        let shared = &self.shared;
        let i = self.instances.get(usize::from(place)).ok_or(Refusal::NotFound)?;
        if path.object == COMPONENT {
            let version = path.resource == component::VERSION;
            return Ok(match path.resource {
                component::ACTIVE => Read::Value(Value::Boolean(shared.is_active(path.instance))),
                _ => Read::About { instance: i.id, component: shared.place_of(path.instance), version },
            });
        }
        Ok(Read::Value(match path.resource {
            software::NAME => Value::String(shared.text(place, Text::Name)),
            software::VERSION => Value::String(shared.text(place, Text::Version)),
            software::CHECKPOINT => Value::Objlnk(i.checkpoint),
            software::STATE => Value::Integer(u32::from(i.shown())),
            software::UPDATE_OBJECTS => Value::Boolean(i.has(flag::UPDATE_OBJECTS)),
            software::RESULT => Value::Integer(u32::from(i.result)),
            software::ACTIVE => Value::Boolean(i.has(flag::ACTIVE)),
            software::SETTINGS => Value::Objlnk(i.settings),
            software::REASON => Value::String(i.reason.text()),
            software::COUNT => Value::Integer(u32::from(shared.tally(i).shown)),
            _ if path.index < shared.tally(i).shown => {
                Value::Objlnk(u32::from(COMPONENT) << 16 | u32::from(shared.linked(i, path.index)))
            }
            _ if path.index == NONE && shared.tally(i).shown > 0 => return Err(Refusal::NotAcceptable),
            _ => return Err(Refusal::NotFound),
        }))
    }

    /// The child of a path that comes after `last`, or the first if `last` is NONE.
    #[inline(never)]
    pub fn child_after(&self, within: Path, last: u16) -> Option<u16> {
        let Path { object, instance, resource, index } = within;
        let from = if last == NONE { 0 } else { last.checked_add(1)? };
        if index != NONE || instance == NONE && resource != NONE {
            return None;
        }
        if object == COMPONENT {
            return match (instance, resource) {
                (NONE, _) => self.shared.component_from(from),
                (id, NONE) => {
                    self.shared.owner_of(id)?;
                    let from = if from == component::PACK { component::VERSION } else { from };
                    (from <= component::ACTIVE).then_some(from)
                }
                _ => None,
            };
        }
        if object != SOFTWARE {
            return None;
        }
        if instance == NONE {
            let mut lowest = NONE;
            for i in self.instances.iter().filter(|i| i.is_seen()) {
                if i.id >= from && i.id < lowest {
                    lowest = i.id;
                }
            }
            return (lowest != NONE).then_some(lowest);
        }
        let shown = self.shared.tally(self.find(instance)?).shown;
        if resource == software::LINKS {
            return (from < shown && self.shared.config.has(resource)).then_some(from);
        }
        let mut id = from;
        while resource == NONE && id <= software::COUNT {
            if self.shared.config.has(id) && (id != software::LINKS || shown > 0) {
                return Some(id);
            }
            id = id.saturating_add(1);
        }
        None
    }
}
