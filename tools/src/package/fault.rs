// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A parser's fault in plain words.

use swmgmt::verify::container::{Fault, State};
use swmgmt::verify::manifest::{self, MAGIC};

use super::outcome::Refusal;
use super::read::Package;
use super::values::count;
use crate::report::printable;

/// How many of the first bytes say more about a fault.
pub const HEAD: usize = manifest::HEAD;

pub fn explain(fault: Fault, state: &State, begin: &[u8], package: &Package) -> Refusal {
    match fault {
        Fault::Malformed => Refusal::new("53:integrity", malformed(state, begin, package)),
        Fault::Digest => Refusal::new("53:digest", digest(state, package)),
        Fault::Unsupported => Refusal::new("54:type", unsupported(begin)),
        Fault::NoRoom => Refusal::new("51:memory", no_room(begin)),
    }
}

/// What the head says: the manifest's length, and the package's.
fn lengths(begin: &[u8]) -> Option<(u16, u32)> {
    let [_, _, _, _, _, _, m, n, a, b, c, d] = begin.first_chunk::<HEAD>()?;
    Some((u16::from_le_bytes([*m, *n]), u32::from_le_bytes([*a, *b, *c, *d])))
}

fn malformed(state: &State, begin: &[u8], package: &Package) -> String {
    let size = count(package.size, "byte");
    let Some((manifest, total)) = lengths(begin) else {
        return format!("it ends after {size}, in the middle of its head");
    };
    if usize::from(manifest) <= HEAD || total <= manifest.into() {
        return format!("its head says that the manifest has {manifest} bytes of {total}: that cannot be");
    }
    if package.about().is_none() && u64::from(state.taken) < manifest.into() {
        return format!("it ends after {size}, in the middle of its manifest of {manifest}");
    }
    if package.about().is_none() {
        return "in its manifest a field is missing, twice there, out of order, or of a length that cannot be, \
                or the lengths do not come to the whole"
            .to_owned();
    }
    if package.size < total.into() {
        return format!("it is cut short: it has {size}, and says {total}");
    }
    format!("{} behind its end", count(package.size.saturating_sub(total.into()), "byte"))
}

fn digest(state: &State, package: &Package) -> String {
    match package.components().nth(state.component.into()) {
        Some((component, _)) => {
            let name = printable(&String::from_utf8_lossy(component.name));
            format!("component {} ({name}) is not what its SHA-256 says", state.component)
        }
        None => "the manifest is not what its SHA-256 says".to_owned(),
    }
}

fn unsupported(begin: &[u8]) -> String {
    let (magic, format) = MAGIC.split_at(4);
    if !begin.starts_with(magic) {
        return "it is not a swmgmt package (an opaque file needs an expected digest on the device)"
            .to_owned();
    }
    match begin.get(4..6) {
        Some([version, _]) if !format.contains(version) => {
            format!("it has format version {version}; only 1 is known")
        }
        Some([_, flags]) if *flags != 0 => format!("its flags are {flags:#04x}; none are known"),
        _ => "its manifest has a field or a signature algorithm that is not known, a text that is too long, \
              or too many components"
            .to_owned(),
    }
}

fn no_room(begin: &[u8]) -> String {
    let manifest = lengths(begin).map_or(0, |(manifest, _)| manifest);
    format!("its manifest of {} does not fit into the device's room", count(manifest.into(), "byte"))
}
