// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is told of MCUboot images: their parser's faults in plain words, and what they need.

use serde_json::{json, Value};
use swmgmt::verify::container::{Facts, Fault, State};
use swmgmt::verify::mcuboot::{DEPENDENCY_SIZE, HEADER};

use super::outcome::Refusal;
use super::values::count;

/// How many of the first bytes say more about a fault.
pub const HEAD: usize = HEADER;

/// Flags that are refused.
const ENCRYPTED: u32 = 0x00c;
const COMPRESSED: u32 = 0xe00;

/// `covered`: bytes up to the end of the protected TLVs; `missing`: bytes that the TLVs behind
/// it would have had to have.
pub fn explain(fault: Fault, state: &State, begin: &[u8], (covered, missing): (u32, u64)) -> Refusal {
    match fault {
        Fault::Malformed => Refusal::new("53:integrity", malformed(state, covered, missing)),
        Fault::Digest => Refusal::new("53:digest", "the image is not what its SHA-256 says"),
        Fault::Unsupported => Refusal::new("54:type", unsupported(state, begin)),
        Fault::NoRoom => {
            Refusal::new("51:memory", "what has to be kept of the image does not fit into the device's room")
        }
    }
}

fn malformed(state: &State, covered: u32, missing: u64) -> String {
    let (size, header) = (state.taken, HEADER as u32);
    // The total is known as soon as all TLVs are.
    if covered != 0 && covered < state.total && state.total < size {
        return format!(
            "{} behind its end (imgtool pads images with --pad, --confirm and --test)",
            count((size - state.total).into(), "byte")
        );
    }
    let short = covered.max(header).saturating_sub(size).into();
    let missing = if short != 0 { short } else { missing };
    if missing != 0 {
        return format!(
            "it is cut short after {}, with at least {} missing",
            count(size.into(), "byte"),
            count(missing, "byte")
        );
    }
    if covered == 0 {
        return "its header says lengths that cannot be".to_owned();
    }
    "in the TLVs behind the image one is missing, twice there, out of order, in the wrong area, \
     or of a length that cannot be"
        .to_owned()
}

fn unsupported(state: &State, begin: &[u8]) -> String {
    if state.total != 0 {
        return "it has a TLV that is not known here: pure signatures, RSA, SHA-384, SHA-512, and keys in full \
                are not"
            .to_owned();
    }
    let flags =
        begin.get(16..).and_then(|bytes| bytes.first_chunk()).map_or(0, |flags| u32::from_le_bytes(*flags));
    let what = match flags {
        _ if flags & ENCRYPTED != 0 => "it is encrypted",
        _ if flags & COMPRESSED != 0 => "it is compressed",
        _ => "some of them are not known",
    };
    format!("its flags are {flags:#x}: {what}")
}

/// The other images that it needs: which, and from which version on.
pub fn dependencies<'a>(about: &Facts<'a>) -> impl Iterator<Item = (u8, String)> + 'a {
    about.dependencies.chunks_exact(DEPENDENCY_SIZE).filter_map(|entry| {
        let [image, _, _, _, major, minor, r, s, a, b, c, d] = entry.first_chunk()?;
        let (revision, build) = (u16::from_le_bytes([*r, *s]), u32::from_le_bytes([*a, *b, *c, *d]));
        let build = if build == 0 { String::new() } else { format!("+{build}") };
        Some((*image, format!("{major}.{minor}.{revision}{build}")))
    })
}

pub fn dependencies_json(about: &Facts<'_>) -> Vec<Value> {
    dependencies(about).map(|(image, version)| json!({"image": image, "version": version})).collect()
}
