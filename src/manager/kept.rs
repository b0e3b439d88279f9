// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What packages say of themselves, kept behind the texts and in the record: for each
//! instance the rollback counters of what is installed and of what is to be, whether its
//! name and version are the package's own, and those of the package to be installed; for
//! each component its name and version; for each transfer the head of its package.

use super::config::swmgmt_config_t as Config;
use super::instance::{agenda, changed, Instance};
use super::text::Text;
use super::Shared;
use crate::record::{put, put_counted, put_word, take_word, Writer};

/// Bytes before the texts: what has been installed at the most, what is to be, and bits.
const FIXED: usize = 9;
/// Bits: name and version of the software in the slot came with its package.
const OWN: [(Text, u8); 2] = [(Text::Name, 1), (Text::Version, 2)];

/// Some bytes of the texts, by their place there.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    at: usize,
    length: usize,
}

/// Bytes of the two texts of an instance's package, or of a component.
fn texts(config: &Config) -> usize {
    usize::from(config.text).wrapping_add(1).wrapping_mul(2)
}

/// Bytes of all this, and of it in the record of an instance.
pub(super) fn sizes(config: &Config) -> (usize, usize) {
    (size(config), in_record(config))
}

fn size(config: &Config) -> usize {
    let instances = usize::from(config.instances).wrapping_mul(texts(config).wrapping_add(FIXED));
    let components = usize::from(config.components).wrapping_mul(texts(config));
    let heads = usize::from(config.transfers).wrapping_mul(config.head());
    instances.wrapping_add(components).wrapping_add(heads)
}

fn in_record(config: &Config) -> usize {
    usize::from(config.components).wrapping_add(1).wrapping_mul(texts(config)).wrapping_add(FIXED)
}

/// The text that begins with its length at `at`.
fn text_at(all: &[u8], at: usize) -> &[u8] {
    match all.get(at..) {
        Some([length, text @ ..]) => text.get(..usize::from(*length)).unwrap_or_default(),
        _ => &[],
    }
}

impl Shared<'_> {
    /// Where what is kept of an instance begins; of the place behind the last one, where the
    /// components' texts do.
    #[inline(never)]
    fn kept(&self, place: u16) -> usize {
        let one = texts(self.config).wrapping_add(FIXED);
        self.texts_end().wrapping_add(usize::from(place).wrapping_mul(one))
    }

    /// Where name and version of an instance's package begin, or of the component in a slot of
    /// the pool; of a slot that there is not: nowhere.
    #[inline(never)]
    fn texts_of(&self, place: u8, slot: Option<usize>) -> usize {
        match slot {
            None => self.kept(place.into()).wrapping_add(FIXED),
            Some(slot) if slot < self.components.len() => {
                self.kept(self.config.instances).wrapping_add(slot.wrapping_mul(texts(self.config)))
            }
            _ => usize::MAX,
        }
    }

    /// Where the text behind one is.
    fn behind(&self, at: usize) -> usize {
        at.saturating_add(texts(self.config) / 2)
    }

    /// Where the head of a transfer's package is.
    pub(super) fn head_start(&self, slot: usize) -> usize {
        let components = usize::from(self.config.components).wrapping_mul(texts(self.config));
        let heads = slot.wrapping_mul(self.config.head());
        self.kept(self.config.instances).wrapping_add(components).wrapping_add(heads)
    }

    /// Counters, and bits.
    #[inline(never)]
    fn fixed(&self, i: &Instance) -> (u32, u32, u8) {
        let mut bytes = self.text.get(self.kept(i.place.into())..).unwrap_or_default();
        let (installed, offered) = (take_word(&mut bytes), take_word(&mut bytes));
        (installed, offered, bytes.first().copied().unwrap_or(0))
    }

    #[inline(never)]
    fn set_fixed(&mut self, i: &Instance, installed: u32, offered: u32, own: u8) {
        let start = self.kept(i.place.into());
        let mut room = self.text.get_mut(start..).unwrap_or_default();
        put_word(&mut room, installed);
        put_word(&mut room, offered);
        if let Some(bits) = room.first_mut() {
            *bits = own;
        }
    }

    /// Where some of these bytes are, which are looked at; of others: somewhere else.
    pub(super) fn at(&self, bytes: &[u8]) -> usize {
        (bytes.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize)
    }

    /// Some of these bytes, to be copied.
    pub(super) fn piece(&self, bytes: &[u8]) -> Piece {
        Piece { at: self.at(bytes), length: bytes.len() }
    }

    /// Copies a text to where one begins with its length; one that is too long is left out.
    #[inline(never)]
    fn keep(&mut self, at: usize, piece: Piece) {
        let length = if piece.length > self.config.text.into() { 0 } else { piece.length };
        let mut byte = length as u8;
        for n in 0..=length {
            if let Some(to) = self.text.get_mut(at.wrapping_add(n)) {
                *to = byte;
            }
            byte = self.text.get(piece.at.wrapping_add(n)).copied().unwrap_or(0);
        }
    }

    /// Keeps name and version.
    pub(super) fn keep_texts(&mut self, i: &Instance, slot: Option<usize>, name: Piece, version: Piece) {
        let at = self.texts_of(i.place, slot);
        self.keep(at, name);
        self.keep(self.behind(at), version);
    }

    /// The rollback counter of a package that is to be installed.
    pub(super) fn offer_counter(&mut self, i: &Instance, counter: u32) {
        let (installed, _, own) = self.fixed(i);
        self.set_fixed(i, installed, counter, own);
    }

    /// That of what has been installed here at the most.
    pub(super) fn installed_counter(&self, i: &Instance) -> u32 {
        self.fixed(i).0
    }

    /// Name or version of a component, if its package told: then it has a name.
    pub(super) fn kept_component(&self, slot: usize, version: bool) -> Option<&[u8]> {
        let at = self.texts_of(0, Some(slot));
        let name = text_at(self.text, at);
        match (name.is_empty(), version) {
            (true, _) => None,
            (false, false) => Some(name),
            (false, true) => Some(text_at(self.text, self.behind(at))),
        }
    }

    /// The package has become the software.
    pub(super) fn adopt(&mut self, i: &mut Instance) {
        let (installed, offered, before) = self.fixed(i);
        let mut from = self.texts_of(i.place, None);
        let mut own = 0;
        for (which, bit) in OWN {
            let text = text_at(self.text, from);
            let told = !text.is_empty();
            if told {
                own |= bit;
            }
            // One that went with the old software goes, even if the firmware has no other.
            if (told || before & bit != 0) && text != self.text(i.place, which) {
                let piece = self.piece(text);
                self.keep(self.start(i.place, which as u8).0, piece);
                i.changed |= if which == Text::Name { changed::NAME } else { changed::VERSION };
            }
            from = self.behind(from);
        }
        self.set_fixed(i, installed.max(offered), 0, own);
        if installed < offered {
            i.agenda |= agenda::COMMIT;
        }
    }

    /// The software has gone, and its name and version with it.
    pub(super) fn disown(&mut self, i: &mut Instance) {
        let (installed, offered, own) = self.fixed(i);
        self.set_fixed(i, installed, offered, 0);
        for (which, bit) in OWN {
            if own & bit != 0 {
                self.set_name(i, which, &[]); // if the firmware has no other
            }
        }
    }
}

/// Whether name or version came with the software.
pub(super) fn is_own(shared: &Shared<'_>, i: &Instance, which: Text) -> bool {
    let (_, _, own) = shared.fixed(i);
    // One that did not fit into a later release's room is none.
    let is_there = !shared.text(i.place, which).is_empty();
    is_there && OWN.iter().any(|(text, bit)| *text == which && own & bit != 0)
}

/// What is kept of an instance, or of a component, is another one's.
pub(super) fn forget_kept(shared: &mut Shared<'_>, i: &Instance, slot: Option<usize>) {
    if slot.is_none() {
        shared.set_fixed(i, 0, 0, 0);
    }
    let none = shared.piece(&[]);
    shared.keep_texts(i, slot, none, none);
}

/// Puts what is kept of an instance, or of a component, into its record.
pub(super) fn save_kept(shared: &Shared<'_>, i: &Instance, slot: Option<usize>, writer: &mut Writer<'_>) {
    let at = shared.texts_of(i.place, slot);
    if slot.is_none() {
        put(shared.text.get(at.wrapping_sub(FIXED)..at).unwrap_or_default(), writer);
    }
    put_counted(text_at(shared.text, at), writer);
    put_counted(text_at(shared.text, shared.behind(at)), writer);
}

/// Takes it back; `None`: there is no more in the record.
pub(super) fn restore_kept(
    shared: &mut Shared<'_>,
    i: &Instance,
    slot: Option<usize>,
    rest: &mut &[u8],
) -> Option<()> {
    let mut at = shared.texts_of(i.place, slot);
    if slot.is_none() {
        let (fixed, later) = rest.split_at_checked(FIXED)?;
        *rest = later;
        let room = shared.text.get_mut(at.wrapping_sub(FIXED)..at)?;
        for (to, from) in room.iter_mut().zip(fixed) {
            *to = *from;
        }
    }
    for _ in OWN {
        let (length, text) = rest.split_first()?;
        let (text, later) = text.split_at_checked((*length).into())?;
        *rest = later;
        shared.set_text_at(at, shared.config.text.into(), text);
        at = shared.behind(at);
    }
    Some(())
}
