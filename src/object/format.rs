// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a Content-Format can do: the interface between the payloads and those who have
//! them. The formats themselves are in `payload`.

use super::value::Value;
use super::{Path, Refusal, NONE};
use heapless::Vec;

/// One Content-Format.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its number in CoAP.
    pub number: u16,
    /// Writes what lies at a path that is there and may be read;
    /// [`Refusal::NotAcceptable`] if the format cannot. `None`: it is for input only.
    pub encode: Option<Encode>,
    /// Takes a whole body apart that is written to a path: an Object (Create), an
    /// instance, or a resource. `None`: it is for output only.
    pub decode: Option<Decode>,
    /// How a package comes in it.
    pub package: Package,
}

/// Writes a representation: of what, of which path, and where to.
pub type Encode = fn(&dyn Source, Path, &mut Window<'_>) -> Result<(), Refusal>;

/// Takes a body apart: where it is written to, the body, room for what does not stand in
/// it as it is, and what is found.
pub type Decode = for<'a> fn(Path, &'a [u8], &'a mut [u8], &mut Items<'a>) -> Result<(), Refusal>;

/// Unwraps the next piece of a package: where it is written to, the piece, whether it is
/// the last, and room for what does not stand in it as it is. After a refusal the state
/// is of no use.
pub type Unwrap =
    for<'a> fn(&mut Wrapping, Path, &'a [u8], bool, &'a mut [u8]) -> Result<Content<'a>, Refusal>;

/// How a package comes in a format.
#[derive(Clone, Copy, Debug)]
pub enum Package {
    /// Not at all.
    Never,
    /// Its bytes are the body.
    AsItIs,
    /// The body wraps its bytes.
    Wrapped(Unwrap),
}

/// Package bytes that a piece of a body brings.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Content<'a> {
    pub bytes: &'a [u8],
    /// How many the body has in all, as far as it has told; 0: it has not.
    pub total: u32,
}

/// Where in a body the next piece begins. A format uses the fields as it likes; zeros are
/// the beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Wrapping {
    pub phase: u8,
    pub need: u8,
    pub depth: u8,
    pub name: u8,
    pub number: u32,
    pub left: u32,
}

impl Wrapping {
    /// The beginning.
    pub const NEW: Wrapping = Wrapping { phase: 0, need: 0, depth: 0, name: 0, number: 0, left: 0 };
}

/// Where the values come from that are encoded.
pub trait Source {
    /// The next child after `child` (NONE: the first) of a path: an Object's instances,
    /// an instance's resources, a resource's instances.
    fn child_after(&self, within: Path, child: u16) -> Option<u16>;
    /// A value. Several, of a resource with instances: [`Refusal::NotAcceptable`]. It is
    /// looked at before the next call.
    fn read(&self, path: Path) -> Result<Value<'_>, Refusal>;
}

/// The piece of a representation that is wanted: what lies outside is only counted.
#[derive(Debug)]
pub struct Window<'a> {
    out: &'a mut [u8],
    from: u32,
    filled: usize,
    total: u32,
    check: u32,
}

impl<'a> Window<'a> {
    /// Of the bytes from `from` on, as many as there is room for.
    pub fn new(out: &'a mut [u8], from: u32) -> Window<'a> {
        Window { out, from, filled: 0, total: 0, check: 2_166_136_261 }
    }

    /// For counting alone.
    pub fn counter() -> Window<'static> {
        Window::new(&mut [], 0)
    }

    /// One byte more.
    #[inline(never)]
    pub fn byte(&mut self, byte: u8) {
        if self.total >= self.from {
            if let Some(place) = self.out.get_mut(self.filled) {
                *place = byte;
                self.filled = self.filled.saturating_add(1);
            }
        }
        self.total = self.total.saturating_add(1);
        self.check = (self.check ^ u32::from(byte)).wrapping_mul(16_777_619); // FNV-1a
    }

    /// More bytes.
    #[inline(never)]
    pub fn put(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.byte(*byte);
        }
    }

    /// How many bytes of the piece there are.
    pub fn filled(&self) -> usize {
        self.filled
    }

    /// How many bytes there are in all.
    pub fn total(&self) -> u32 {
        self.total
    }

    /// Tells two representations apart.
    pub fn check(&self) -> u32 {
        self.check
    }
}

/// One resource of a Write, or of a Create.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Item<'a> {
    pub resource: u16,
    pub value: Value<'a>,
}

/// What a Write brings, by its number from 0 on.
pub type List<'l, 'a> = &'l dyn Fn(usize) -> Option<Item<'a>>;

/// How many resources one Write or Create may carry.
pub(crate) const MAX_ITEMS: usize = 8;

/// What a body brings.
#[derive(Debug)]
pub struct Items<'a> {
    /// The instance that a Create names; NONE: none.
    pub instance: u16,
    list: Vec<Item<'a>, MAX_ITEMS, u8>,
}

impl<'a> Items<'a> {
    /// Nothing yet.
    pub fn none() -> Items<'a> {
        Items { instance: NONE, list: Vec::new() }
    }

    /// One more; too many are a bad request.
    #[inline(never)]
    pub fn add(&mut self, resource: u16, value: Value<'a>) -> Result<(), Refusal> {
        self.list.push(Item { resource, value }).map_err(|_| Refusal::BadRequest)
    }

    /// All of them.
    pub fn all(&self) -> &[Item<'a>] {
        self.list.as_slice()
    }
}
