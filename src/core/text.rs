// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The texts of instances and transfers, in the caller's memory: for each instance
//! name, version, User Name, Password and Install's arguments, each after a byte with
//! its length, and the expected digest; then a Package URI for each transfer, which
//! ends in NUL; then what the part that keeps the names of packages has.

use super::config::swmgmt_config_t as Config;
use super::instance::{agenda, changed, Instance};
use super::{role, Core, Joint, Part, What};
use crate::verify::{digest_size, NO_DIGEST, SHA256};

/// Texts of an instance.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Text {
    /// 9/x/0
    Name,
    /// 9/x/1
    Version,
    /// 9/x/14
    User,
    /// 9/x/15
    Password,
    /// The arguments of Install, kept for the callback.
    Arguments,
}

/// How many texts an instance has; behind them comes the digest.
const TEXTS: u8 = 5;

/// The text that begins with its length at `at`.
pub(crate) fn text_at(all: &[u8], at: usize) -> &[u8] {
    match all.get(at..) {
        Some([length, text @ ..]) => text.get(..usize::from(*length)).unwrap_or_default(),
        _ => &[],
    }
}

/// Returns where a text of an instance begins, with the byte before it, and its room.
#[inline(never)]
fn place_of(config: &Config, which: u8) -> (usize, usize) {
    let (text, credentials) = (usize::from(config.text), usize::from(config.credentials()));
    // Name, version; User Name, Password; arguments.
    let (before, room) = match which >> 1 {
        0 => (0, text),
        1 => (text.wrapping_mul(2), credentials),
        _ => (text.wrapping_add(credentials).wrapping_mul(2), usize::from(config.arguments)),
    };
    let second = if which & 1 == 0 { 0 } else { room };
    (before.wrapping_add(second).wrapping_add(usize::from(which)), room)
}

/// Bytes of the digest that a part brings; a record may bring any.
pub(crate) fn digest_of(part: &Part) -> usize {
    match part.what {
        What::Digest(digest) => digest_size(digest.algorithm),
        _ if part.role & role::RECORD != 0 => digest_size(SHA256),
        _ => 0,
    }
}

/// Bytes of the texts of one instance, without its digest.
pub(crate) fn stride(config: &Config) -> usize {
    place_of(config, TEXTS).0
}

/// Bytes of the texts of all instances and transfers.
pub(crate) fn size(config: &Config, stride: usize) -> usize {
    let uris = usize::from(config.transfers).wrapping_mul(uri_room(config));
    usize::from(config.instances).wrapping_mul(stride).wrapping_add(uris)
}

/// Bytes of a Package URI.
pub(crate) fn uri_room(config: &Config) -> usize {
    if config.offers(3) {
        256
    } else {
        0
    }
}

impl Core<'_> {
    /// Returns where a text of an instance begins, and its room.
    #[inline(never)]
    fn start(&self, place: u8, which: u8) -> (usize, usize) {
        let (offset, room) = place_of(self.config, which);
        (usize::from(place).wrapping_mul(self.stride.into()).wrapping_add(offset), room)
    }

    /// Returns a text of an instance.
    #[inline(never)]
    pub(crate) fn text(&self, place: u8, which: Text) -> &[u8] {
        text_at(self.text, self.start(place, which as u8).0)
    }

    /// Copies a text with its length to where a text of the instance begins.
    pub(crate) fn move_text(&mut self, from: usize, which: Text) {
        let (to, _) = self.start(self.i.place, which as u8);
        for n in 0..=text_at(self.text, from).len() {
            let byte = self.text.get(from.wrapping_add(n)).copied().unwrap_or(0);
            if let Some(to) = self.text.get_mut(to.wrapping_add(n)) {
                *to = byte;
            }
        }
    }

    /// Keeps a text; one that is too long leaves the old one.
    #[inline(never)]
    pub(crate) fn set_text(&mut self, which: Text, bytes: &[u8]) {
        let (at, room) = self.start(self.i.place, which as u8);
        if bytes.len() <= room {
            self.set_text_at(at, bytes);
        }
    }

    /// Keeps a text where one begins with its length.
    #[inline(always)]
    pub(crate) fn set_text_at(&mut self, at: usize, bytes: &[u8]) {
        if let Some([length, text @ ..]) = self.text.get_mut(at..) {
            *length = bytes.len() as u8;
            for (to, from) in text.iter_mut().zip(bytes) {
                *to = *from;
            }
        }
    }

    /// Clears the texts of the instance whose turn it is.
    pub(crate) fn clear_texts(&mut self) {
        let stride = usize::from(self.stride);
        let start = usize::from(self.i.place).wrapping_mul(stride);
        self.text.get_mut(start..start.wrapping_add(stride)).unwrap_or_default().fill(0);
        self.hook(Joint::ForgetNames(0));
    }

    /// Keeps name or version of the software; what does not fit is not kept at all.
    #[inline(never)]
    pub(crate) fn set_name(&mut self, which: Text, name: &[u8]) {
        let name = if name.len() > usize::from(self.config.text) { &[] } else { name };
        if self.text(self.i.place, which) != name && self.hook(Joint::IsOwn(which as u32)) == 0 {
            self.set_text(which, name);
            self.i.changed |= changed::NAME << which as u8;
            self.i.agenda |= agenda::SAVE;
        }
    }

    /// Returns the room for the digest that the next package must have.
    #[inline(never)]
    pub(crate) fn digest_room(&mut self) -> &mut [u8] {
        let (start, _) = self.start(self.i.place, TEXTS);
        let end = usize::from(self.i.place).wrapping_add(1).wrapping_mul(self.stride.into());
        self.text.get_mut(start..end).unwrap_or_default()
    }

    /// Returns the digest that the next package must have.
    pub(crate) fn expected_digest(&self) -> &[u8] {
        let (start, _) = self.start(self.i.place, TEXTS);
        self.text.get(start..start.wrapping_add(digest_size(self.i.algorithm))).unwrap_or_default()
    }

    /// Returns where the Package URIs end.
    pub(crate) fn texts_end(&self) -> usize {
        let uris = usize::from(self.config.transfers).wrapping_mul(uri_room(self.config));
        self.uris_start().wrapping_add(uris)
    }

    fn uris_start(&self) -> usize {
        usize::from(self.config.instances).wrapping_mul(self.stride.into())
    }

    /// Returns where the Package URI of the transfer is.
    fn uri_start(&self) -> usize {
        match self.i.transfer.checked_sub(1).filter(|_| self.config.offers(3)) {
            Some(n) => self.uris_start().wrapping_add(usize::from(n).wrapping_mul(uri_room(self.config))),
            None => usize::MAX,
        }
    }

    /// Returns the Package URI that is fetched from, with a NUL behind it.
    #[inline(never)]
    pub(crate) fn uri(&self) -> &[u8] {
        let room = self.text.get(self.uri_start()..).unwrap_or_default();
        let mut end = 0usize;
        for byte in room {
            end = end.wrapping_add(1);
            if *byte == 0 {
                return room.get(..end).unwrap_or_default();
            }
        }
        &NO_URI
    }

    /// Keeps the Package URI.
    pub(crate) fn set_uri(&mut self, uri: &[u8]) {
        let start = self.uri_start();
        let room = self.text.get_mut(start..).unwrap_or_default();
        for (to, from) in room.iter_mut().zip(uri) {
            *to = *from;
        }
        if let Some(end) = room.get_mut(uri.len()) {
            *end = 0;
        }
    }
}

/// A static: the constant would be linked with all other strings.
static NO_URI: [u8; 1] = [0];

impl Instance {
    /// Clears what is expected of the next package.
    pub(crate) fn expect_nothing(&mut self) {
        self.expected = 0;
        self.algorithm = NO_DIGEST;
    }
}
