// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a server sees: paths, the resources of Objects 9 and 14 as registered, values,
//! and the codes of refusals.

pub mod value;

use value::{Type, Value};

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
    pub(crate) const DEACTIVATE: u16 = 11;
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
    pub(crate) const IDENTITY: u16 = 0;
    pub(crate) const PACK: u16 = 1;
    pub(crate) const VERSION: u16 = 2;
    pub(crate) const ACTIVATE: u16 = 3;
    pub(crate) const DEACTIVATE: u16 = 4;
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
#[repr(i32)]
#[allow(missing_docs)]
pub enum Refusal {
    BadRequest = 0x80,
    NotFound = 0x84,
    NotAllowed = 0x85,
    NotAcceptable = 0x86,
    Incomplete = 0x88,
    TooLarge = 0x8D,
    Internal = 0xA0,
    /// Before boot: the caller's mistake.
    Order = -7,
}

/// Codes of requests that were done.
pub mod done {
    /// 2.01
    pub(crate) const CREATED: i32 = 0x41;
    /// 2.02
    pub(crate) const DELETED: i32 = 0x42;
    /// 2.04
    pub(crate) const CHANGED: i32 = 0x44;
    /// 2.31
    pub(crate) const CONTINUE: i32 = 0x5F;
}

/// What a Read found.
pub enum Read<'a> {
    /// The value.
    Value(Value<'a>),
    /// The firmware knows it: name or version of a component, counted in the package.
    #[allow(missing_docs)]
    About { instance: u16, component: u16, version: bool },
}

pub(crate) const R: u8 = 1;
pub(crate) const W: u8 = 2;
pub(crate) const E: u8 = 4;

/// What is registered for one resource.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Resource {
    pub kind: Type,
    pub operations: u8,
    pub mandatory: bool,
    pub multiple: bool,
    /// Largest number, or most bytes; 0: none given.
    pub maximum: u16,
}

/// The resource as the object's XML registers it.
pub fn resource(object: u16, resource: u16) -> Option<Resource> {
    let (kind, operations, mandatory, maximum) = match object {
        SOFTWARE => match resource {
            software::NAME | software::VERSION => (Type::String, R, true, 255),
            software::PACKAGE => (Type::Opaque, W, false, 0),
            software::URI => (Type::String, W, false, 255),
            software::INSTALL | software::UNINSTALL => (Type::None, E, true, 0),
            software::CHECKPOINT => (Type::Objlnk, R, false, 0),
            software::STATE => (Type::Integer, R, true, 4),
            software::UPDATE_OBJECTS => (Type::Boolean, R | W, false, 0),
            software::RESULT => (Type::Integer, R, true, 200),
            software::ACTIVATE | software::DEACTIVATE => (Type::None, E, true, 0),
            software::ACTIVE => (Type::Boolean, R, true, 0),
            software::SETTINGS => (Type::Objlnk, R | W, false, 0),
            software::USER_NAME | software::PASSWORD => (Type::String, W, false, 255),
            software::REASON => (Type::String, R, false, 0),
            software::LINKS => (Type::Objlnk, R, false, 0),
            software::COUNT => (Type::Integer, R, false, 255),
            _ => return None,
        },
        COMPONENT => match resource {
            component::IDENTITY | component::VERSION => (Type::String, R, false, 255),
            component::PACK => (Type::Opaque, R, false, 0),
            component::ACTIVATE | component::DEACTIVATE => (Type::None, E, false, 0),
            component::ACTIVE => (Type::Boolean, R, false, 0),
            _ => return None,
        },
        _ => return None,
    };
    Some(Resource {
        kind,
        operations,
        mandatory,
        multiple: object == SOFTWARE && resource == software::LINKS,
        maximum,
    })
}
