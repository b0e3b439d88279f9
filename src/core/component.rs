// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One component of a package: an instance of Object 14, in a pool.

use crate::object::NONE;

/// Place of nothing, in the tables of instances and components.
pub(crate) const NOBODY: u8 = 255;

/// It is active.
pub(crate) const ACTIVE: u8 = 1;
/// Of a package that is verified, not installed: servers do not see it yet.
pub(crate) const STAGED: u8 = 2;
/// Of software that waits for its update: servers do not see it any more.
pub(crate) const HIDDEN: u8 = 4;
/// It goes as soon as the record says so.
pub(crate) const GOING: u8 = 8;
/// Flags that the record keeps.
pub(crate) const SAVED: u8 = ACTIVE | STAGED | HIDDEN;

/// One component.
///
/// cbindgen:ignore
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Component {
    pub(crate) id: u16,
    /// The id that has gone here, and that servers have not been notified of; or NONE.
    pub(crate) gone: u16,
    /// The place of its instance of Object 9.
    pub(crate) owner: u8,
    /// Its place in the package.
    pub(crate) place: u8,
    pub(crate) flags: u8,
}

impl Component {
    /// No component.
    pub(crate) const FREE: Component =
        Component { id: NONE, gone: NONE, owner: NOBODY, place: 0, flags: GOING };
}
