// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The parts: what no configuration names is not linked.

use crate::manager::components;
use crate::manager::part::{swmgmt_part_t, Parts};
use crate::verify::{crc32, sha256};

/// CRC-32 of packages, by a table of 1 KiB: 7 instructions a byte.
#[no_mangle]
pub static swmgmt_crc32: swmgmt_part_t = swmgmt_part_t::Digest(&crc32::TABLE);

/// CRC-32 of packages, by a table of 64 bytes: 10 instructions a byte.
#[no_mangle]
pub static swmgmt_crc32_small: swmgmt_part_t = swmgmt_part_t::Digest(&crc32::SMALL);

/// SHA-256 of packages.
#[no_mangle]
pub static swmgmt_sha256: swmgmt_part_t = swmgmt_part_t::Digest(&sha256::DIGEST);

/// Object 14, Software Component.
#[no_mangle]
pub static swmgmt_components: swmgmt_part_t = swmgmt_part_t::Components(&components::PART);

/// Sorts out the parts that a configuration names; `None` if one of them is NULL.
///
/// # Safety
/// `parts` has `count` pointers, each NULL or one of the parts above.
pub(super) unsafe fn collect(parts: *const *const swmgmt_part_t, count: u16) -> Option<Parts> {
    let mut found = Parts::default();
    for n in 0..usize::from(count) {
        // SAFETY: the caller's contract; the parts above are statics.
        let part: &'static swmgmt_part_t = unsafe { (*parts.add(n)).as_ref() }?;
        found.add(part);
    }
    Some(found)
}
