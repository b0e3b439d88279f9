// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The texts of instances and transfers, in the caller's memory: for each instance
//! name, version, User Name, Password and Install's arguments, each after a byte with
//! its length, and the expected digest; then a Package URI for each transfer, which
//! ends in NUL.

use super::config::swmgmt_config_t as Config;
use super::instance::{agenda, changed, flag, Instance, NOBODY};
use super::part::contained;
use super::{so, About, Memory, Part, Shared};
use crate::verify::{digest_size, NO_DIGEST, SHA256};

/// Which text of an instance.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Text {
    Name,
    Version,
    User,
    Password,
    Arguments,
}

impl Memory<'_> {
    /// How many bytes the texts take.
    pub fn text(config: &Config, parts: &[&'static Part]) -> usize {
        let instances = usize::from(config.instances).wrapping_mul(stride(config, algorithm(parts)));
        let uris = usize::from(config.transfers).wrapping_mul(uri_room(config));
        instances.wrapping_add(uris).wrapping_add(kept(config, parts).0)
    }

    /// How many bytes the work buffer behind them takes.
    pub fn work(config: &Config, parts: &[&'static Part]) -> usize {
        config.work_length(kept(config, parts).1)
    }

    /// How many packages are looked at.
    pub fn unpackings(config: &Config, parts: &[&'static Part]) -> u16 {
        if contained(parts).is_some() {
            config.transfers
        } else {
            0
        }
    }
}

/// Bytes of what is kept of packages: behind the texts, and in a record.
fn kept(config: &Config, parts: &[&'static Part]) -> (usize, usize) {
    contained(parts).map_or((0, 0), |part| (part.hooks.sizes)(config))
}

/// The algorithm with the longest digest that there is a part for; a record may bring any.
pub(super) fn algorithm(parts: &[&Part]) -> u8 {
    parts.iter().fold(NO_DIGEST, |longest, part| match part {
        Part::Digest(digest) => longest.max(digest.of.algorithm),
        Part::Records(_) => SHA256,
        _ => longest,
    })
}

/// Bytes of the texts of one instance, and of its digest.
#[inline(never)]
fn stride(config: &Config, algorithm: u8) -> usize {
    place_of(config, TEXTS).0.wrapping_add(digest_size(algorithm))
}

/// How many texts an instance has; behind them comes the digest.
const TEXTS: u8 = 5;

/// Where a text of an instance begins, with the byte before it, and its room.
#[inline(never)]
fn place_of(config: &Config, which: u8) -> (usize, usize) {
    let (text, credentials) = (usize::from(config.text), usize::from(config.credentials()));
    let pairs = usize::from(which >> 1);
    // Name, version; User Name, Password; arguments.
    let (before, room) = match pairs {
        0 => (0, text),
        1 => (text.wrapping_mul(2), credentials),
        _ => (text.wrapping_add(credentials).wrapping_mul(2), usize::from(config.arguments)),
    };
    let second = if which & 1 == 0 { 0 } else { room };
    (before.wrapping_add(second).wrapping_add(usize::from(which)), room)
}

/// A static: the constant would be linked with all other strings.
static NO_URI: [u8; 1] = [0];

fn uri_room(config: &Config) -> usize {
    if config.offers(3) {
        256
    } else {
        0
    }
}

impl Shared<'_> {
    fn stride(&self) -> usize {
        stride(self.config, self.flags >> so::ALGORITHM)
    }

    /// Where a text of an instance begins, and its room.
    #[inline(never)]
    pub(super) fn start(&self, place: u8, which: u8) -> (usize, usize) {
        let (offset, room) = place_of(self.config, which);
        (usize::from(place).wrapping_mul(self.stride()).wrapping_add(offset), room)
    }

    #[inline(never)]
    pub(super) fn text(&self, place: u8, which: Text) -> &[u8] {
        let (start, _) = self.start(place, which as u8);
        match self.text.get(start..) {
            Some([length, text @ ..]) => text.get(..usize::from(*length)).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Keeps a text; one that is too long leaves the old one.
    #[inline(never)]
    pub(super) fn set_text(&mut self, place: u8, which: Text, bytes: &[u8]) {
        let (start, room) = self.start(place, which as u8);
        self.set_text_at(start, room, bytes);
    }

    pub(super) fn set_text_at(&mut self, at: usize, room: usize, bytes: &[u8]) {
        if bytes.len() > room {
            return;
        }
        if let Some([length, text @ ..]) = self.text.get_mut(at..) {
            *length = bytes.len() as u8;
            for (to, from) in text.iter_mut().zip(bytes) {
                *to = *from;
            }
        }
    }

    /// Another instance is where one was before: its texts are not.
    pub(super) fn occupy(&mut self, i: &mut Instance, id: u16) {
        i.reset(id, flag::USED);
        let stride = self.stride();
        let start = usize::from(i.place).wrapping_mul(stride);
        self.text.get_mut(start..).unwrap_or_default().iter_mut().take(stride).for_each(|byte| *byte = 0);
        if let Some(hooks) = self.containers() {
            (hooks.forget_kept)(self, i, None);
        }
    }

    /// Keeps the slot's name and version.
    pub(super) fn set_names(&mut self, i: &mut Instance, about: About<'_>) {
        self.set_name(i, Text::Name, about.name);
        self.set_name(i, Text::Version, about.version);
    }

    /// What does not fit is not kept at all.
    #[inline(never)]
    pub(super) fn set_name(&mut self, i: &mut Instance, which: Text, name: &[u8]) {
        let name = if name.len() > usize::from(self.config.text) { &[] } else { name };
        let own = self.containers().is_some_and(|hooks| (hooks.is_own)(self, i, which));
        if !own && self.text(i.place, which) != name {
            self.set_text(i.place, which, name);
            i.changed |= if which == Text::Name { changed::NAME } else { changed::VERSION };
            i.agenda |= agenda::SAVE;
        }
    }

    /// The room for the digest that the next package must have.
    #[inline(never)]
    pub(super) fn digest_room(&mut self, i: &Instance) -> &mut [u8] {
        let (start, _) = self.start(i.place, TEXTS);
        let end = usize::from(i.place).wrapping_add(1).wrapping_mul(self.stride());
        self.text.get_mut(start..end).unwrap_or_default()
    }

    /// The digest that the next package must have.
    #[inline(never)]
    pub(super) fn expected_digest(&self, i: &Instance) -> &[u8] {
        let (start, _) = self.start(i.place, TEXTS);
        self.text.get(start..start.wrapping_add(digest_size(i.algorithm))).unwrap_or_default()
    }

    /// Whether the digest of an instance's transfer is the expected one.
    pub(super) fn is_expected(&self, i: &Instance) -> bool {
        self.running(i.place).is_some_and(|transfer| transfer.digest.is(self.expected_digest(i)))
    }

    /// Where the Package URIs begin.
    fn uris_start(&self) -> usize {
        usize::from(self.config.instances).wrapping_mul(self.stride())
    }

    /// Where the Package URIs end.
    pub(super) fn texts_end(&self) -> usize {
        self.uris_start().wrapping_add(usize::from(self.config.transfers).wrapping_mul(uri_room(self.config)))
    }

    /// Where the Package URI of an instance begins; behind all texts: it has no transfer.
    #[inline(never)]
    fn uri_start(&self, place: u8) -> usize {
        let mut start = self.uris_start();
        for transfer in self.transfers.iter() {
            if transfer.is_of(place) && place != NOBODY {
                return start;
            }
            start = start.wrapping_add(uri_room(self.config));
        }
        start
    }

    /// The Package URI that an instance fetches from, with a NUL behind it.
    #[inline(never)]
    pub(super) fn uri(&self, place: u8) -> &[u8] {
        let room = self.text.get(self.uri_start(place)..).unwrap_or_default();
        let mut end = 0usize;
        for byte in room {
            end = end.wrapping_add(1);
            if *byte == 0 {
                return room.get(..end).unwrap_or_default();
            }
        }
        &NO_URI
    }

    pub(super) fn set_uri(&mut self, place: u8, uri: &[u8]) {
        let start = self.uri_start(place);
        let room = self.text.get_mut(start..).unwrap_or_default();
        for (to, from) in room.iter_mut().zip(uri) {
            *to = *from;
        }
        if let Some(end) = room.get_mut(uri.len()) {
            *end = 0;
        }
    }
}
