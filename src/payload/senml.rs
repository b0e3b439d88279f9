// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What both forms of SenML (RFC 8428) have in common: base name and name give the path
//! of a value.

use super::add;
use super::leaves::{Leaves, Name};
use crate::object::format::{Items, Source, Window};
use crate::object::value::{Type, Value};
use crate::object::{Path, Refusal, NONE};

/// Writes one record: what comes before its value's label, base name, name, and value.
pub(super) type Put = fn(&mut Window<'_>, &Value<'_>, Names<'_>) -> Result<(), Refusal>;

/// The names of a record.
pub(super) struct Names<'a> {
    /// Without its last slash: there is one where there are names. The first record's only.
    pub base: Option<&'a [u8]>,
    /// Relative to that. Empty: the base name is the whole.
    pub name: &'a [u8],
}

/// Writes a record for each value at a path.
#[inline(never)]
pub(super) fn put_records(
    source: &dyn Source,
    within: Path,
    out: &mut Window<'_>,
    put: Put,
) -> Result<(), Refusal> {
    let length = Name::of(within).bytes().len();
    let mut first = true;
    for leaf in Leaves::new(source, within) {
        let name = Name::of(leaf);
        let (base, rest) = name.bytes().split_at_checked(length).ok_or(Refusal::Internal)?;
        let relative = rest.split_first().map_or(rest, |(_, behind_slash)| behind_slash);
        put(out, &source.read(leaf)?, Names { base: first.then_some(base), name: relative })?;
        first = false;
    }
    Ok(())
}

/// Labels: those of SenML-CBOR, the negative ones as the numbers in their heads. One that
/// ends in "_" must be understood, and none is.
pub(super) mod label {
    pub(crate) const N: u8 = 0;
    pub(crate) const V: u8 = 2;
    pub(crate) const VS: u8 = 3;
    pub(crate) const VB: u8 = 4;
    pub(crate) const VD: u8 = 8;
    /// Those that have no number.
    pub(crate) const VLO: u8 = 0x7E;
    pub(crate) const OTHER: u8 = 0x7F;
    pub(crate) const NEGATIVE: u8 = 0x80;
    pub(crate) const BVER: u8 = NEGATIVE;
    pub(crate) const BN: u8 = NEGATIVE | 1;
    pub(crate) const BV: u8 = NEGATIVE | 4;
    pub(crate) const BS: u8 = NEGATIVE | 5;
}

/// A pack that is being read.
pub(super) struct Pack<'a> {
    /// Where it is written to.
    path: Path,
    /// It holds for the records that follow, too.
    base: &'a [u8],
    /// What the record has of its own.
    own_base: bool,
    name: Option<&'a [u8]>,
    value: Option<Value<'a>>,
}

impl<'a> Pack<'a> {
    pub fn new(path: Path) -> Pack<'a> {
        Pack { path, base: &[], own_base: false, name: None, value: None }
    }

    /// Takes a field of a record.
    #[inline(never)]
    pub fn field(&mut self, label: u8, value: Value<'a>) -> Result<(), Refusal> {
        let kind = match label {
            label::BN | label::N | label::VS | label::VLO => Type::String,
            label::V | label::BVER => Type::Integer,
            label::VB => Type::Boolean,
            label::VD => Type::Opaque,
            label::BV | label::BS => return Err(Refusal::BadRequest),
            _ => return Ok(()),
        };
        let again = match label {
            label::BN => core::mem::replace(&mut self.own_base, true),
            label::N => self.name.replace(value.bytes).is_some(),
            label::BVER => value.number > 10,
            label::VLO => {
                let link = value.objlnk().ok_or(Refusal::BadRequest)?;
                self.value.replace(Value::of_number(Type::Objlnk, link)).is_some()
            }
            _ => self.value.replace(value).is_some(),
        };
        if label == label::BN {
            self.base = value.bytes;
        }
        if kind != value.kind || again {
            return Err(Refusal::BadRequest);
        }
        Ok(())
    }

    /// A record is complete.
    #[inline(never)]
    pub fn close(&mut self, items: &mut Items<'a>) -> Result<(), Refusal> {
        let value = self.value.take().ok_or(Refusal::BadRequest)?;
        let name = self.name.take().unwrap_or(&[]);
        self.own_base = false;
        let (path, found) = (self.path, resolve(self.base, name).ok_or(Refusal::BadRequest)?);
        if path.instance == NONE && items.all().is_empty() {
            items.instance = found.instance;
        }
        let instance = if path.instance == NONE { items.instance } else { path.instance };
        let resource = if path.resource == NONE { found.resource } else { path.resource };
        if found != Path::to(path.object, instance, resource) || resource == NONE {
            return Err(Refusal::BadRequest);
        }
        add(items, found.object, found.resource, value)
    }
}

/// The path that two parts of a name are together.
#[inline(never)]
fn resolve(base: &[u8], name: &[u8]) -> Option<Path> {
    let mut ids = [NONE; 4];
    let mut left = ids.iter_mut();
    // An id without a digit is NONE.
    let mut id = left.next()?;
    let mut text = base.iter().chain(name);
    if text.next() != Some(&b'/') {
        return None;
    }
    for c in text {
        if *c == b'/' && *id != NONE {
            id = left.next()?;
            continue;
        }
        let digit = u16::from(c.wrapping_sub(b'0'));
        let before = if *id == NONE { 0 } else { *id };
        if digit > 9 || *id == 0 {
            return None;
        }
        *id = before.checked_mul(10)?.checked_add(digit).filter(|id| *id != NONE)?;
    }
    let whole = *id != NONE;
    let [object, instance, resource, index] = ids;
    whole.then_some(Path { object, instance, resource, index })
}
