// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What servers have not been notified of yet. A change is a fact about a resource: its newest
//! value is notified, results before states, and nothing is ever lost.

use super::instance::{changed, flag};
use super::{so, Core, Joint};
use crate::object::value::{Type, Value};
use crate::object::{component, Path, COMPONENT, NONE, SOFTWARE};

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

impl Core<'_> {
    /// Takes the next change. What is no resource has no value.
    pub fn next_change(&mut self) -> Option<Change<'_>> {
        let (path, kind) = self.changed_instance().or_else(|| self.changed_component())?;
        if kind == REGISTER {
            let value = Value::of_number(Type::Integer, u32::from(self.is(so::AT_ONCE)));
            self.flags &= !(so::REGISTER | so::AT_ONCE);
            return Some(Change { path, value, kind });
        }
        Some(Change { path, value: self.read(path).unwrap_or(Value::NONE), kind })
    }

    fn changed_instance(&mut self) -> Option<(Path, u8)> {
        let config = self.config;
        for i in self.instances.iter_mut() {
            if !i.is_seen() {
                continue; // servers who delete one know it from the answer
            }
            let whole = Path::to(SOFTWARE, i.id, NONE);
            if i.has(flag::APPEARED) {
                i.set(flag::APPEARED, false);
                i.changed = 0;
                return Some((whole, APPEARED));
            }
            while i.changed != 0 {
                let bit = i.changed & i.changed.wrapping_neg();
                i.changed &= !bit;
                let resource = changed::ORDER.get(bit.trailing_zeros() as usize);
                match resource.map(|resource| u16::from(*resource)) {
                    Some(resource) if config.has(resource) => {
                        return Some((Path { resource, ..whole }, VALUE));
                    }
                    _ => {}
                }
            }
        }
        None
    }

    fn changed_component(&mut self) -> Option<(Path, u8)> {
        let found = self.hook(Joint::Changed);
        let (id, kind) = (found as u16, (found >> 16) as u8);
        let resource = if kind == VALUE { component::ACTIVE } else { NONE };
        if kind != 0 {
            return Some((Path::to(COMPONENT, id, resource), kind));
        }
        self.is(so::REGISTER).then_some((Path::to(NONE, NONE, NONE), REGISTER))
    }
}
