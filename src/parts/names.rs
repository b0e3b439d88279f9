// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The names of packages: name and version that came in a package's container are kept for
//! 9/x/0 and 9/x/1, and those of its components for Object 14. Behind the texts there are, for
//! each instance, bits that say which of its names are its package's own, and name and version
//! of the package that is to be installed; and for each component its name and version.

use crate::core::config::swmgmt_config_t as Config;
use crate::core::instance::changed;
use crate::core::text::{text_at, Text};
use crate::core::unpacking::told;
use crate::core::{role, Core, Joint, Part};
use crate::machine::Objects;
use crate::object::reason::Reason;

/// The part.
pub(crate) const PART: Part =
    Part { role: role::NAMES, joint: Some(joint), memory: Some(size), ..Part::PLAIN };

/// The texts, and their bits.
const OWN: [(Text, u8); 2] = [(Text::Name, 1), (Text::Version, 2)];

/// Bytes of a name with its length.
fn one(config: &Config) -> usize {
    usize::from(config.text).wrapping_add(1)
}

/// Bytes of all this.
pub fn size(config: &Config) -> usize {
    let two = one(config).wrapping_mul(2);
    let instances = usize::from(config.instances).wrapping_mul(two.wrapping_add(1));
    instances.wrapping_add(usize::from(config.components).wrapping_mul(two))
}

/// Returns where the bits of the instance are (0), or the name of the component in a slot,
/// plus 1.
#[inline(never)]
fn place(core: &Core<'_>, slot: u32) -> usize {
    let two = one(core.config).wrapping_mul(2);
    let of = |n: usize| core.texts_end().wrapping_add(n.wrapping_mul(two.wrapping_add(1)));
    match slot as usize {
        0 => of(core.i.place.into()),
        n if n <= core.components.len() => {
            of(core.config.instances.into()).wrapping_add(n.wrapping_sub(1).wrapping_mul(two))
        }
        _ => usize::MAX,
    }
}

fn joint(core: &mut Core<'_>, _: &'static Part, joint: Joint<'_>) -> u32 {
    match joint {
        Joint::NamesAt(slot) => return (place(core, slot) as u32).wrapping_add(1),
        Joint::NameAt(which) => {
            let at = place(core, (which >> 1).wrapping_add(1));
            let told = !text_at(core.text, at).is_empty();
            let at = if which & 1 != 0 { at.wrapping_add(one(core.config)) } else { at };
            return if told { (at as u32).wrapping_add(1) } else { 0 };
        }
        Joint::ForgetNames(slot) => {
            let at = place(core, slot);
            let size = one(core.config).wrapping_mul(2).wrapping_add(usize::from(slot == 0));
            core.text.get_mut(at..).unwrap_or_default().iter_mut().take(size).for_each(|byte| *byte = 0);
        }
        Joint::IsOwn(which) => {
            let own = core.text.get(place(core, 0)).copied().unwrap_or(0);
            let text = if which == 0 { Text::Name } else { Text::Version };
            // One that did not fit into a later release's room is none.
            let bit = if which == 0 { 1 } else { 2 };
            return u32::from(own & bit != 0 && !core.text(core.i.place, text).is_empty());
        }
        Joint::Objects(Objects::Show) => adopt(core),
        Joint::Objects(Objects::Remove | Objects::Lose) => disown(core),
        Joint::OwnNames => return keep_package(core),
        Joint::HasRoom(n) if !keep(core, Some(n as u16), usize::MAX) => return Core::NONSENSE,
        Joint::KeepName(both) => {
            let at = place(core, both & 0xFFFF);
            keep(core, Some((both >> 16) as u16), at);
        }
        _ => {}
    }
    0
}

/// Keeps name and version of a component of the package, or of the package itself, at a place.
/// false: there is no room for them.
fn keep(core: &mut Core<'_>, component: Option<u16>, at: usize) -> bool {
    let Core { parts, unpackings, heads, config, i, text, .. } = core;
    let package = told(parts, unpackings, heads, config, i.transfer);
    let names = package.and_then(|(of, state, head)| match component {
        Some(n) => (of.component)(state, head, n).map(|it| (it.name, it.version)),
        None => (of.about)(state, head).map(|it| (it.name, it.version)),
    });
    let (name, version) = names.unwrap_or_default();
    let room = usize::from(config.text);
    for (bytes, at) in [(name, at), (version, at.saturating_add(one(config)))] {
        if bytes.len() > room {
            if room != 0 {
                return false;
            }
        } else if let Some([length, to @ ..]) = text.get_mut(at..) {
            *length = bytes.len() as u8;
            for (to, from) in to.iter_mut().zip(bytes) {
                *to = *from;
            }
        }
    }
    true
}

/// Keeps the package's name and version: 1 if it has told a name.
fn keep_package(core: &mut Core<'_>) -> u32 {
    let at = place(core, 0).wrapping_add(1);
    if !keep(core, None, at) {
        core.fail(Reason::NAME);
        return 0;
    }
    u32::from(core.facts().is_some_and(|facts| !facts.name.is_empty()))
}

/// The package has become the software.
fn adopt(core: &mut Core<'_>) {
    let bits = place(core, 0);
    let before = core.text.get(bits).copied().unwrap_or(0);
    let mut from = bits.wrapping_add(1);
    let mut own = 0;
    for (which, bit) in OWN {
        let told = !text_at(core.text, from).is_empty();
        if told {
            own |= bit;
        }
        // One that went with the old software goes, even if the firmware has no other.
        if (told || before & bit != 0) && text_at(core.text, from) != core.text(core.i.place, which) {
            core.move_text(from, which);
            core.i.changed |= changed::NAME << which as u8;
        }
        from = from.wrapping_add(one(core.config));
    }
    if let Some(bits) = core.text.get_mut(bits) {
        *bits = own;
    }
}

/// The software has gone, and its name and version with it.
fn disown(core: &mut Core<'_>) {
    let own = core.text.get_mut(place(core, 0)).map_or(0, core::mem::take);
    for (which, bit) in OWN {
        if own & bit != 0 {
            core.set_name(which, &[]); // if the firmware has no other
        }
    }
}
