// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What packages say of themselves, kept behind the texts and in the record: for each
//! instance the rollback counters of what is installed and of what is to be, whether its
//! name and version are the package's own, and those of the package to be installed; for
//! each component its name and version; for each transfer the head of its package.

use super::config::swmgmt_config_t as Config;
use super::instance::{agenda, changed, Instance};
use super::text::Text;
use super::Shared;
use crate::record::{put, put_counted, take_word, Writer};

/// Bytes before the texts: what has been installed at the most, what is to be, and bits.
const FIXED: usize = 9;
/// Bits: name and version of the software in the slot came with its package.
const NAMED: u8 = 1;
const VERSIONED: u8 = 2;

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

/// Bytes of all this.
pub(super) fn size(config: &Config) -> usize {
    let instances = usize::from(config.instances).wrapping_mul(texts(config).wrapping_add(FIXED));
    let components = usize::from(config.components).wrapping_mul(texts(config));
    let heads = usize::from(config.transfers).wrapping_mul(config.head());
    instances.wrapping_add(components).wrapping_add(heads)
}

/// Bytes of it in the record of an instance.
pub(super) fn in_record(config: &Config) -> usize {
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
    /// Where what is kept of an instance begins.
    #[inline(never)]
    fn kept(&self, place: u8) -> usize {
        let one = texts(self.config).wrapping_add(FIXED);
        self.texts_end().wrapping_add(usize::from(place).wrapping_mul(one))
    }

    /// Where the texts of the instance's package begin; `n` 0: its name, 1: its version.
    fn package_text(&self, place: u8, n: usize) -> usize {
        let one = usize::from(self.config.text).wrapping_add(1);
        self.kept(place).wrapping_add(FIXED).wrapping_add(one.wrapping_mul(n))
    }

    /// Where the texts of components begin.
    fn component_texts(&self) -> usize {
        self.kept(0).wrapping_add(
            usize::from(self.config.instances).wrapping_mul(texts(self.config).wrapping_add(FIXED)),
        )
    }

    /// Where a text of a component begins, by its place in the pool; of none: nowhere.
    #[inline(never)]
    fn component_text(&self, slot: usize, n: usize) -> usize {
        if slot >= self.components.len() {
            return usize::MAX;
        }
        let one = usize::from(self.config.text).wrapping_add(1);
        self.component_texts().wrapping_add(one.wrapping_mul(slot.wrapping_mul(2).wrapping_add(n)))
    }

    /// Where the head of a transfer's package is.
    pub(super) fn head_start(&self, slot: usize) -> usize {
        let before = usize::from(self.config.components).wrapping_mul(texts(self.config));
        let heads = slot.wrapping_mul(self.config.head());
        self.component_texts().wrapping_add(before).wrapping_add(heads)
    }

    /// Counters, and bits.
    #[inline(never)]
    fn fixed(&self, place: u8) -> (u32, u32, u8) {
        let mut bytes = self.text.get(self.kept(place)..).unwrap_or_default();
        let (installed, offered) = (take_word(&mut bytes), take_word(&mut bytes));
        (installed, offered, bytes.first().copied().unwrap_or(0))
    }

    #[inline(never)]
    fn set_fixed(&mut self, place: u8, (installed, offered, named): (u32, u32, u8)) {
        let start = self.kept(place);
        let room = self.text.get_mut(start..).unwrap_or_default();
        let counters = installed.to_le_bytes().into_iter().chain(offered.to_le_bytes());
        for (to, from) in room.iter_mut().zip(counters.chain([named])) {
            *to = from;
        }
    }

    /// Where a piece of these bytes is, which is looked at; else behind them.
    pub(super) fn at(&self, piece: &[u8]) -> usize {
        (piece.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize)
    }

    /// A piece of these bytes, to be copied.
    pub(super) fn piece(&self, bytes: &[u8]) -> Piece {
        Piece { at: self.at(bytes), length: bytes.len() }
    }

    /// Copies a text to where one begins with its length; one that is too long is left out.
    #[inline(never)]
    fn keep_text(&mut self, at: usize, piece: Piece) {
        let length = if piece.length > self.config.text.into() { 0 } else { piece.length };
        let mut byte = length as u8;
        for n in 0..=length {
            if let Some(to) = self.text.get_mut(at.wrapping_add(n)) {
                *to = byte;
            }
            byte = self.text.get(piece.at.wrapping_add(n)).copied().unwrap_or(0);
        }
    }

    /// The rollback counter of what has been installed here at the most.
    pub(super) fn installed_counter(&self, i: &Instance) -> u32 {
        self.fixed(i.place).0
    }

    /// What a package says that is to be installed.
    pub(super) fn keep_package(&mut self, i: &Instance, counter: u32, name: Piece, version: Piece) {
        let (installed, _, named) = self.fixed(i.place);
        self.set_fixed(i.place, (installed, counter, named));
        self.keep_text(self.package_text(i.place, 0), name);
        self.keep_text(self.package_text(i.place, 1), version);
    }

    /// The name (0) or version (1) of a component, by its place in the pool.
    pub(super) fn kept_component(&self, slot: usize, n: usize) -> &[u8] {
        text_at(self.text, self.component_text(slot, n))
    }

    /// What is kept of an instance, or of a component, is another one's.
    pub(super) fn forget_kept(&mut self, place: u8, slot: Option<usize>) {
        let size = texts(self.config).wrapping_add(if slot.is_none() { FIXED } else { 0 });
        let start = slot.map_or_else(|| self.kept(place), |slot| self.component_text(slot, 0));
        let room = self.text.get_mut(start..).unwrap_or_default();
        room.iter_mut().take(size).for_each(|byte| *byte = 0);
    }

    pub(super) fn keep_component(&mut self, slot: usize, name: Piece, version: Piece) {
        self.keep_text(self.component_text(slot, 0), name);
        self.keep_text(self.component_text(slot, 1), version);
    }

    /// Whether name or version came with the software.
    pub(super) fn is_own(&self, i: &Instance, which: Text) -> bool {
        let bit = if which == Text::Name { NAMED } else { VERSIONED };
        self.fixed(i.place).2 & bit != 0
    }

    /// The package has become the software.
    pub(super) fn adopt(&mut self, i: &mut Instance) {
        let (installed, offered, _) = self.fixed(i.place);
        self.disown(i);
        let mut own = 0;
        for (n, which, bit) in [(0, Text::Name, NAMED), (1, Text::Version, VERSIONED)] {
            let text = text_at(self.text, self.package_text(i.place, n));
            if !text.is_empty() {
                own |= bit;
                if text != self.text(i.place, which) {
                    let piece = self.piece(text);
                    let (to, _) = self.start(i.place, which as u8);
                    self.keep_text(to, piece);
                    i.changed |= if which == Text::Name { changed::NAME } else { changed::VERSION };
                }
            }
        }
        self.set_fixed(i.place, (installed.max(offered), 0, own));
        if installed < offered {
            i.agenda |= agenda::COMMIT;
        }
    }

    /// The software has gone, and its name and version with it.
    pub(super) fn disown(&mut self, i: &mut Instance) {
        let (installed, offered, own) = self.fixed(i.place);
        self.set_fixed(i.place, (installed, offered, 0));
        for (which, bit) in [(Text::Name, NAMED), (Text::Version, VERSIONED)] {
            if own & bit != 0 {
                self.set_name(i, which, &[]); // if the firmware has no other
            }
        }
    }

    /// Puts what is kept of an instance into its record, or of a component.
    pub(super) fn save_kept(&self, i: &Instance, slot: Option<usize>, writer: &mut Writer<'_>) {
        let mut at = self.component_text(slot.unwrap_or(0), 0);
        if slot.is_none() {
            at = self.kept(i.place);
            put(self.text.get(at..at.wrapping_add(FIXED)).unwrap_or_default(), writer);
            at = at.wrapping_add(FIXED);
        }
        put_counted(text_at(self.text, at), writer);
        at = at.saturating_add(usize::from(self.config.text)).saturating_add(1);
        put_counted(text_at(self.text, at), writer);
    }

    /// Takes it back.
    pub(super) fn restore_kept(&mut self, i: &mut Instance, slot: Option<usize>, rest: &mut &[u8]) {
        let mut at = self.component_text(slot.unwrap_or(0), 0);
        if slot.is_none() {
            at = self.kept(i.place);
            let Some((fixed, later)) = rest.split_at_checked(FIXED) else {
                return;
            };
            *rest = later;
            for (to, from) in self.text.get_mut(at..).unwrap_or_default().iter_mut().zip(fixed) {
                *to = *from;
            }
            at = at.wrapping_add(FIXED);
        }
        for _ in 0..2 {
            let Some((length, text)) = rest.split_first() else {
                return;
            };
            let Some((text, later)) = text.split_at_checked((*length).into()) else {
                return;
            };
            *rest = later;
            self.set_text_at(at, usize::from(self.config.text), text);
            at = at.saturating_add(usize::from(self.config.text)).saturating_add(1);
        }
    }
}
