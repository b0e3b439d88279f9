// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a server sees: paths, the resources of Objects 9 and 14 as registered, values,
//! and the codes of refusals.

pub mod format;
pub mod reason;
pub mod value;

use value::Type;

/// Software Management.
pub(crate) const SOFTWARE: u16 = 9;
/// Software Component.
pub(crate) const COMPONENT: u16 = 14;
/// An id that is not there.
pub(crate) const NONE: u16 = 65535;

/// Resources of Object 9.
#[allow(missing_docs)]
pub mod software {
    pub(crate) const NAME: u16 = 0;
    pub(crate) const VERSION: u16 = 1;
    pub(crate) const PACKAGE: u16 = 2;
    pub(crate) const URI: u16 = 3;
    pub(crate) const INSTALL: u16 = 4;
    pub(crate) const CHECKPOINT: u16 = 5;
    pub(crate) const UNINSTALL: u16 = 6;
    pub(crate) const STATE: u16 = 7;
    pub(crate) const UPDATE_OBJECTS: u16 = 8;
    pub(crate) const RESULT: u16 = 9;
    pub(crate) const ACTIVATE: u16 = 10;
    pub(crate) const ACTIVE: u16 = 12;
    pub(crate) const SETTINGS: u16 = 13;
    pub(crate) const USER_NAME: u16 = 14;
    pub(crate) const PASSWORD: u16 = 15;
    pub(crate) const REASON: u16 = 16;
    pub(crate) const LINKS: u16 = 17;
    pub(crate) const COUNT: u16 = 18;
}

/// Resources of Object 14.
#[allow(missing_docs)]
pub mod component {
    pub(crate) const VERSION: u16 = 2;
    pub(crate) const ACTIVATE: u16 = 3;
    pub(crate) const ACTIVE: u16 = 5;
}

/// Where something is; [`NONE`] where the path ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Path {
    pub object: u16,
    pub instance: u16,
    pub resource: u16,
    pub index: u16,
}

impl Path {
    /// A resource.
    pub fn to(object: u16, instance: u16, resource: u16) -> Path {
        Path { object, instance, resource, index: NONE }
    }
}

/// Codes with which requests are refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Refusal {
    BadRequest = 0x80,
    NotFound = 0x84,
    NotAllowed = 0x85,
    NotAcceptable = 0x86,
    Incomplete = 0x88,
    TooLarge = 0x8D,
    UnsupportedFormat = 0x8F,
    Internal = 0xA0,
}

/// Codes of requests that were done.
pub mod done {
    /// 2.01
    pub(crate) const CREATED: u8 = 0x41;
    /// 2.04
    pub(crate) const CHANGED: u8 = 0x44;
}

pub(crate) const R: u8 = 1;
pub(crate) const W: u8 = 2;
pub(crate) const E: u8 = 4;

/// What is registered for one resource.
#[derive(Clone, Copy, Debug)]
pub struct Resource(u16);

const MANDATORY: u16 = 8;
const KIND: u16 = 4;
const MULTIPLE: u16 = 128;
const MAXIMUM: u16 = 8;

/// `more` is MANDATORY, MULTIPLE, or none.
const fn registered(kind: Type, operations: u8, maximum: u8, more: u16) -> Resource {
    Resource((maximum as u16) << MAXIMUM | (kind as u16) << KIND | operations as u16 | more)
}

/// Object 9, as its XML registers it.
static OF_SOFTWARE: [Resource; 19] = [
    registered(Type::String, R, 255, MANDATORY),
    registered(Type::String, R, 255, MANDATORY),
    registered(Type::Opaque, W, 0, 0),
    registered(Type::String, W, 255, 0),
    registered(Type::None, E, 0, MANDATORY),
    registered(Type::Objlnk, R, 0, 0),
    registered(Type::None, E, 0, MANDATORY),
    registered(Type::Integer, R, 4, MANDATORY),
    registered(Type::Boolean, R | W, 0, 0),
    registered(Type::Integer, R, 200, MANDATORY),
    registered(Type::None, E, 0, MANDATORY),
    registered(Type::None, E, 0, MANDATORY),
    registered(Type::Boolean, R, 0, MANDATORY),
    registered(Type::Objlnk, R | W, 0, 0),
    registered(Type::String, W, 255, 0),
    registered(Type::String, W, 255, 0),
    registered(Type::String, R, 0, 0),
    registered(Type::Objlnk, R, 0, MULTIPLE),
    registered(Type::Integer, R, 255, 0),
];

/// Object 14.
static OF_COMPONENT: [Resource; 6] = [
    registered(Type::String, R, 255, 0),
    registered(Type::Opaque, R, 0, 0),
    registered(Type::String, R, 255, 0),
    registered(Type::None, E, 0, 0),
    registered(Type::None, E, 0, 0),
    registered(Type::Boolean, R, 0, 0),
];

/// The mandatory resources of Object 9, as a sum of `1 << id`.
pub(crate) const MANDATORY_RESOURCES: u32 = 0b1_1110_1101_0011;

/// Those of Object 14 that are here: all but the package.
pub(crate) const COMPONENT_RESOURCES: u32 = 0b11_1101;

/// The resource as the object's XML registers it.
pub fn resource(object: u16, resource: u16) -> Option<Resource> {
    let all: &[Resource] = match object {
        SOFTWARE => &OF_SOFTWARE,
        COMPONENT => &OF_COMPONENT,
        _ => &[],
    };
    all.get(usize::from(resource)).copied()
}

impl Resource {
    /// Its data type.
    pub fn kind(self) -> u8 {
        (self.0 >> KIND) as u8 & 7
    }

    /// A sum of [`R`], [`W`] and [`E`].
    pub fn operations(self) -> u8 {
        self.0 as u8 & (R | W | E)
    }

    /// Every instance has it.
    pub fn is_mandatory(self) -> bool {
        self.0 & MANDATORY != 0
    }

    /// Whether it has resource instances.
    pub fn is_multiple(self) -> bool {
        self.0 & MULTIPLE != 0
    }

    /// Largest number, or most bytes; 0: none given.
    pub fn maximum(self) -> u16 {
        self.0 >> MAXIMUM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mandatory_ones_are_those_of_the_table() {
        for id in 0..32 {
            let mandatory = resource(SOFTWARE, id).is_some_and(Resource::is_mandatory);
            assert_eq!(MANDATORY_RESOURCES >> id & 1 == 1, mandatory, "{id}");
        }
    }
}
