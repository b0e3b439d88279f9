// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The parts: what no configuration names is not linked.

use super::door::{fetch, packages, read, read_component, records};
use super::hash::HOSTED;
use crate::core::config::swmgmt_config_t;
use crate::core::operation::can;
use crate::core::{Part, What};
use crate::object::format::Format;
use crate::parts::{components, container, digest, download, names, record, signature};
use crate::payload::senml_cbor_package::SENML_CBOR_PACKAGE;
use crate::payload::senml_json_package::SENML_JSON_PACKAGE;
use crate::payload::{cbor, link_format, opaque, senml_cbor, senml_json, text, tlv};
use crate::verify::manifest::MANIFEST;
use crate::verify::mcuboot::MCUBOOT;
use crate::verify::{crc32, sha256};

/// A part, under the name that the header has for it.
///
/// cbindgen:ignore
#[repr(transparent)]
pub struct Linked(Part);

// SAFETY: a part is a constant; its pointers are to functions and to other constants.
unsafe impl Sync for Linked {}

const fn format(of: &'static Format) -> Linked {
    Linked(Part { what: What::Format(of), ..Part::PLAIN })
}

/// CRC-32 of packages, by a table of 1 KiB: 8 instructions a byte.
#[no_mangle]
pub static swmgmt_crc32: Linked = Linked(digest::part(&crc32::TABLE, Some(read)));

/// CRC-32 of packages, by a table of 128 bytes: 11 instructions a byte.
#[no_mangle]
pub static swmgmt_crc32_small: Linked = Linked(digest::part(&crc32::SMALL, Some(read)));

/// SHA-256 of packages.
#[no_mangle]
pub static swmgmt_sha256: Linked = Linked(digest::part(&sha256::DIGEST, Some(read)));

/// SHA-256 of packages, by the firmware's hash().
#[no_mangle]
pub static swmgmt_sha256_host: Linked = Linked(digest::part(&HOSTED, Some(read)));

/// Packages of one or several components, docs/package.md. Needs SHA-256.
#[no_mangle]
pub static swmgmt_package: Linked = Linked(container::part(&MANIFEST, 0, Some(packages)));

/// MCUboot images. Needs SHA-256, and read().
#[no_mangle]
pub static swmgmt_mcuboot: Linked = Linked(container::part(&MCUBOOT, can::READ, Some(packages)));

/// Names and versions that come in packages, for 9/x/0 and 9/x/1 and for Object 14; without it
/// about() is asked for them.
#[no_mangle]
pub static swmgmt_names: Linked = Linked(names::PART);

/// Ed25519 signatures of both, with the firmware's key(): 2.1 KB of stack.
#[no_mangle]
pub static swmgmt_ed25519: Linked = Linked(signature::PART);

/// Object 14, Software Component.
#[no_mangle]
pub static swmgmt_components: Linked = Linked(components::part(Some(read_component)));

/// Package URI, 9/x/3: the firmware's fetch() downloads a package.
#[no_mangle]
pub static swmgmt_download: Linked = Linked(download::part(Some(fetch)));

/// Records: what survives a reboot, through the firmware's load() and save().
#[no_mangle]
pub static swmgmt_record: Linked = Linked(record::part(Some(records)));

/// Content-Format text/plain, for swmgmt_request(): single values, and packages in base64.
#[no_mangle]
pub static swmgmt_text: Linked = format(&text::TEXT);

/// application/octet-stream: packages as they are.
#[no_mangle]
pub static swmgmt_opaque: Linked = format(&opaque::OPAQUE);

/// application/cbor: single values, and packages in a byte string.
#[no_mangle]
pub static swmgmt_cbor: Linked = format(&cbor::CBOR);

/// OMA TLV: everything, packages included.
#[no_mangle]
pub static swmgmt_tlv: Linked = format(&tlv::TLV);

/// application/senml+cbor: everything but packages.
#[no_mangle]
pub static swmgmt_senml_cbor: Linked = format(&senml_cbor::SENML_CBOR);

/// Packages in application/senml+cbor.
#[no_mangle]
pub static swmgmt_senml_cbor_package: Linked = format(&SENML_CBOR_PACKAGE);

/// application/senml+json: everything but packages.
#[no_mangle]
pub static swmgmt_senml_json: Linked = format(&senml_json::SENML_JSON);

/// Packages in application/senml+json.
#[no_mangle]
pub static swmgmt_senml_json_package: Linked = format(&SENML_JSON_PACKAGE);

/// application/link-format: Discover, and the list for a registration.
#[no_mangle]
pub static swmgmt_link_format: Linked = format(&link_format::LINK_FORMAT);

/// The parts that a configuration names; `None` if one of them is NULL.
///
/// # Safety
/// `config` stays, and so does its table of pointers, each NULL or one of the parts
/// above.
pub(super) unsafe fn collect(config: &swmgmt_config_t) -> Option<&'static [&'static Part]> {
    let count = usize::from(config.part_count);
    for n in 0..count {
        // SAFETY: the caller's contract.
        if unsafe { *config.parts.add(n) }.is_null() {
            return None;
        }
    }
    if count == 0 {
        return Some(&[]);
    }
    // SAFETY: as above, and no pointer is NULL; each is to a `Linked`, which is a part.
    Some(unsafe { core::slice::from_raw_parts(config.parts.cast(), count) })
}
