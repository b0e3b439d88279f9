// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What servers have not been told yet. A change is a fact about a resource: its newest
//! value is told, results before states, and nothing is ever lost.

use super::components::{NEW, SWITCHED};
use super::instance::changed;
use super::Manager;
use crate::object::value::Value;
use crate::object::{self, component, Path, Read, COMPONENT, NONE, SOFTWARE};

/// A resource has a new value.
pub(crate) const VALUE: u8 = 1;
/// An instance has appeared.
pub(crate) const APPEARED: u8 = 2;
/// An instance has gone.
pub(crate) const VANISHED: u8 = 3;
/// Servers must learn the list of Objects; at once if the value is 1.
pub(crate) const REGISTER: u8 = 4;

/// One change.
#[allow(missing_docs)]
pub struct Change<'a> {
    pub path: Path,
    pub value: Value<'a>,
    pub kind: u8,
}

impl Manager<'_> {
    /// Takes the next change.
    pub fn next_change(&mut self) -> Option<Change<'_>> {
        let found = self.changed_instance().or_else(|| self.changed_component());
        match found {
            Some((path, kind)) => {
                let value = match self.read(path) {
                    Ok(Read::Value(value)) if kind == VALUE => value,
                    _ => Value::None,
                };
                Some(Change { path, value, kind })
            }
            None => {
                let at_once = self.register.take()?;
                let path = Path { object: NONE, instance: NONE, resource: NONE, index: NONE };
                Some(Change { path, value: Value::Integer(u32::from(at_once)), kind: REGISTER })
            }
        }
    }

    fn changed_instance(&mut self) -> Option<(Path, u8)> {
        let config = self.config;
        for instance in self.memory.instances.iter_mut().filter(|instance| instance.used) {
            if instance.deleted {
                instance.changed = 0;
            }
            if core::mem::take(&mut instance.appeared) {
                instance.changed = 0;
                let path = Path { object: SOFTWARE, instance: instance.id, resource: NONE, index: NONE };
                return Some((path, APPEARED));
            }
            for (bit, resource) in (0..16u8).map(|bit| 1u16 << bit).zip(changed::ORDER) {
                if instance.changed & bit != 0 {
                    instance.changed &= !bit;
                    if object::resource(SOFTWARE, resource).is_some_and(|r| r.mandatory)
                        || config.offers(resource)
                    {
                        return Some((Path::to(SOFTWARE, instance.id, resource), VALUE));
                    }
                }
            }
        }
        None
    }

    fn changed_component(&mut self) -> Option<(Path, u8)> {
        for component in self.memory.components.iter_mut() {
            let whole = |id| Path { object: COMPONENT, instance: id, resource: NONE, index: NONE };
            if component.gone != NONE {
                return Some((whole(core::mem::replace(&mut component.gone, NONE)), VANISHED));
            }
            let news = component.news;
            component.news = 0;
            if news & NEW != 0 {
                return Some((whole(component.id()), APPEARED));
            }
            if news & SWITCHED != 0 && component.is_shown() {
                return Some((Path::to(COMPONENT, component.id(), component::ACTIVE), VALUE));
            }
        }
        None
    }
}
