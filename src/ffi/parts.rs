// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The parts: what no configuration names is not linked.

use super::hash::HOSTED;
use super::perform::ask_about_package;
use crate::manager::components::COMPONENTS;
use crate::manager::config::swmgmt_config_t;
use crate::manager::container::Contained;
use crate::manager::digest::{self, Checked, CRC32_FAST, CRC32_SMALL, SHA256};
use crate::manager::download::DOWNLOAD;
use crate::manager::judge::ED25519;
use crate::manager::part::swmgmt_part_t;
use crate::manager::records::RECORDS;
use crate::payload::{cbor, link_format, opaque, senml_cbor, senml_json, text, tlv};
use crate::verify::manifest::MANIFEST;
use crate::verify::mcuboot::MCUBOOT;

/// CRC-32 of packages, by a table of 1 KiB: 8 instructions a byte.
#[no_mangle]
pub static swmgmt_crc32: swmgmt_part_t = swmgmt_part_t::Digest(&CRC32_FAST);

/// CRC-32 of packages, by a table of 128 bytes: 11 instructions a byte.
#[no_mangle]
pub static swmgmt_crc32_small: swmgmt_part_t = swmgmt_part_t::Digest(&CRC32_SMALL);

/// SHA-256 of packages.
#[no_mangle]
pub static swmgmt_sha256: swmgmt_part_t = swmgmt_part_t::Digest(&SHA256);

/// SHA-256 of packages, by the firmware's hash().
#[no_mangle]
pub static swmgmt_sha256_host: swmgmt_part_t = swmgmt_part_t::Digest(&SHA256_HOST);
static SHA256_HOST: Checked = digest::part(&HOSTED);

/// Packages of one or several components, docs/package.md. Needs SHA-256.
#[no_mangle]
pub static swmgmt_package: swmgmt_part_t = swmgmt_part_t::Container(&PACKAGE);
static PACKAGE: Contained = Contained::new(&MANIFEST, ask_about_package);

/// MCUboot images. Needs SHA-256.
#[no_mangle]
pub static swmgmt_mcuboot: swmgmt_part_t = swmgmt_part_t::Container(&MCUBOOT_IMAGE);
static MCUBOOT_IMAGE: Contained = Contained::new(&MCUBOOT, ask_about_package);

/// Ed25519 signatures of both, with the firmware's key(): 1.6 KB of stack.
#[no_mangle]
pub static swmgmt_ed25519: swmgmt_part_t = swmgmt_part_t::Signature(&ED25519);

/// Object 14, Software Component.
#[no_mangle]
pub static swmgmt_components: swmgmt_part_t = swmgmt_part_t::Components(&COMPONENTS);

/// Package URI, 9/x/3: the firmware's fetch() downloads a package.
#[no_mangle]
pub static swmgmt_download: swmgmt_part_t = swmgmt_part_t::Download(&DOWNLOAD);

/// Records: what survives a reboot, through the firmware's load() and save().
#[no_mangle]
pub static swmgmt_record: swmgmt_part_t = swmgmt_part_t::Records(&RECORDS);

/// Content-Format text/plain, for swmgmt_request(): single values, and packages in base64.
#[no_mangle]
pub static swmgmt_text: swmgmt_part_t = swmgmt_part_t::Content(&text::TEXT);

/// application/octet-stream: packages as they are.
#[no_mangle]
pub static swmgmt_opaque: swmgmt_part_t = swmgmt_part_t::Content(&opaque::OPAQUE);

/// application/cbor: single values, and packages in a byte string.
#[no_mangle]
pub static swmgmt_cbor: swmgmt_part_t = swmgmt_part_t::Content(&cbor::CBOR);

/// OMA TLV: everything, packages included.
#[no_mangle]
pub static swmgmt_tlv: swmgmt_part_t = swmgmt_part_t::Content(&tlv::TLV);

/// application/senml+cbor: everything, packages included.
#[no_mangle]
pub static swmgmt_senml_cbor: swmgmt_part_t = swmgmt_part_t::Content(&senml_cbor::SENML_CBOR);

/// application/senml+json: everything, packages included.
#[no_mangle]
pub static swmgmt_senml_json: swmgmt_part_t = swmgmt_part_t::Content(&senml_json::SENML_JSON);

/// application/link-format: Discover, and the list for a registration.
#[no_mangle]
pub static swmgmt_link_format: swmgmt_part_t = swmgmt_part_t::Content(&link_format::LINK_FORMAT);

/// The parts that a configuration names; `None` if one of them is NULL.
///
/// # Safety
/// `config` stays, and so does its table of pointers, each NULL or one of the parts
/// above.
pub(super) unsafe fn collect(config: &swmgmt_config_t) -> Option<&'static [&'static swmgmt_part_t]> {
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
    // SAFETY: as above, and no pointer is NULL.
    Some(unsafe { core::slice::from_raw_parts(config.parts.cast(), count) })
}
