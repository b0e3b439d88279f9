// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is where in a package that the firmware installs.

use super::handle::bytes;
use super::numbers::*;
use crate::verify::manifest;
use core::ffi::c_char;

/// One component of a package, docs/package.md.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct swmgmt_component_t {
    /// Its identity, UTF-8; need not end in NUL. A piece of the head.
    pub name: *const c_char,
    /// Its version, likewise.
    pub version: *const c_char,
    /// Where its bytes begin, from the start of the package.
    pub offset: u32,
    /// How many there are.
    pub length: u32,
    /// Bytes of the name, 1 ... 255.
    pub name_length: u16,
    /// Bytes of the version, 0 ... 255.
    pub version_length: u16,
    /// What the product says that it is.
    pub kind: u16,
    /// 0
    pub reserved: u16,
}

/// Tells where a component is, for install(): of a package of docs/package.md that has been
/// verified, read from the storage. Components follow each other; their digests and the
/// signature have been checked before install() is called.
///
/// @param[in]  head       The beginning of the package.
/// @param[in]  length     Its bytes: all of the manifest, or more. Bytes 6 and 7 of the package
///                        say how long that is, little-endian.
/// @param[in]  n          The component: 0 for the first.
/// @param[out] component  The component. It points into the head.
///
/// @retval SWMGMT_OK      Written.
/// @retval SWMGMT_ENOENT  There are no more.
/// @retval SWMGMT_EINVAL  NULL, or not the head of such a package, or not all of it.
///
/// @note Any thread, also from inside a callback.
#[no_mangle]
pub unsafe extern "C" fn swmgmt_package_component(
    head: *const u8,
    length: usize,
    n: u16,
    component: *mut swmgmt_component_t,
) -> swmgmt_status_t {
    // SAFETY: the caller's contract; `component` is NULL or writable.
    unsafe {
        let Some(head) = bytes(head, length) else {
            return SWMGMT_EINVAL;
        };
        let state = manifest::verified(head);
        let Some(state) = state.filter(|state| manifest::fields(state, head).is_some()) else {
            return SWMGMT_EINVAL;
        };
        if component.is_null() {
            return SWMGMT_EINVAL;
        }
        let Some((found, _)) = manifest::nth(&state, head, n) else {
            return SWMGMT_ENOENT;
        };
        component.write(swmgmt_component_t {
            name: found.name.as_ptr().cast(),
            version: found.version.as_ptr().cast(),
            offset: found.offset,
            length: found.length,
            name_length: found.name.len() as u16,
            version_length: found.version.len() as u16,
            kind: found.kind,
            reserved: 0,
        });
    }
    SWMGMT_OK
}
