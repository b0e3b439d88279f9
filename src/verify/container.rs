// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a package is packed in: the interface between containers and those who have
//! packages. A container says how long a package is, what is in it, and what proves it.

use super::{Digest, Work};

/// One kind of container.
#[derive(Clone, Copy, Debug)]
pub struct Container {
    /// The parser keeps the beginning of the package in `room` as it came: its first
    /// [`State::kept`] bytes, which are not to be stored before `about` has been judged. If
    /// not, `about` is known at the [`end`](Self::end).
    pub keeps_head: bool,
    /// Whether a package that begins with these bytes is one; at most [`MAGIC`] of them are
    /// needed to tell.
    pub begins: fn(&[u8]) -> Begins,
    /// Takes the next bytes, and counts them in [`State::taken`]: fewer than there are where
    /// [`about`](Self::about) becomes known, but at least one. `about` is to be judged, and
    /// the claim proved, in every pass, before the rest is handed in. After a fault nothing is.
    pub take: fn(&mut Parser<'_>, &[u8]) -> Result<(), Fault>,
    /// No more bytes follow. A container that does not keep its head reads the rest of `about`
    /// here: for such a container, this is called only once the whole package is stored, at
    /// the end of a pass with [`Parser::payload`].
    pub end: fn(&mut Parser<'_>, Read<'_>) -> Result<(), Fault>,
    /// What is signed, as soon as `about` is known; `None` then: nothing is.
    pub claim: for<'a> fn(&State, &'a [u8]) -> Option<Claim<'a>>,
    /// What the package says of itself, as soon as all of it is known.
    pub about: for<'a> fn(&State, &'a [u8]) -> Option<Facts<'a>>,
    /// One of its components, counted from 0.
    pub component: for<'a> fn(&State, &'a [u8], u16) -> Option<Component<'a>>,
}

/// Reads bytes of the stored package from a place on; false: it cannot, or the package has no
/// such bytes.
pub type Read<'a> = &'a mut dyn FnMut(u32, &mut [u8]) -> bool;

/// How many bytes tell which container it is.
pub const MAGIC: usize = 4;

/// See [`Container::begins`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Begins {
    Yes,
    No,
    /// More bytes will tell.
    Perhaps,
}

/// [`Container::begins`] of all that begin with this.
pub fn begins_with(bytes: &[u8], magic: &[u8; MAGIC]) -> Begins {
    if bytes.iter().zip(magic).any(|(a, b)| a != b) {
        Begins::No
    } else if bytes.len() < MAGIC {
        Begins::Perhaps
    } else {
        Begins::Yes
    }
}

/// What is wrong with a package.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// 53: it is not what it says it is.
    Malformed,
    /// 53: its bytes have another digest.
    Digest,
    /// 54: nobody here knows this kind.
    Unsupported,
    /// 51: there is no room for what must be kept of it.
    NoRoom,
}

/// A package on its way through a container's parser.
#[derive(Debug)]
pub struct Parser<'a> {
    /// Where it is.
    pub state: &'a mut State,
    /// What is kept of the package; the same bytes in every call.
    pub room: &'a mut [u8],
    /// SHA-256.
    pub hash: &'a Digest,
    /// Whether the payload is hashed this time; a manifest that stands before it always is.
    pub payload: bool,
    /// The state of the digest.
    pub work: &'a mut Work,
}

/// Where a parser is. It uses the fields as it likes; zeros are the beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
#[allow(missing_docs)]
pub struct State {
    pub phase: u8,
    pub flags: u8,
    pub component: u16,
    /// Bytes of `room` that are in use.
    pub kept: u16,
    pub number: u16,
    /// Bytes taken so far.
    pub taken: u32,
    /// Bytes left of the section that is being taken.
    pub left: u32,
    /// Bytes of the whole package, as far as it has told; 0: it has not. Until its facts are
    /// known it may turn out longer.
    pub total: u32,
}

impl State {
    /// The beginning.
    pub const NEW: State =
        State { phase: 0, flags: 0, component: 0, kept: 0, number: 0, taken: 0, left: 0, total: 0 };
}

/// Ed25519 (RFC 8032), over the digest's 32 bytes.
pub const ED25519: u8 = 1;
/// ECDSA on P-256, in DER, with the digest as the hash.
pub const ECDSA_P256: u8 = 2;

/// A signature, and what it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Claim<'a> {
    /// [`ED25519`] or [`ECDSA_P256`].
    pub algorithm: u8,
    /// SHA-256 of the public key, as DER SubjectPublicKeyInfo.
    pub key: &'a [u8; 32],
    /// SHA-256 of what is signed.
    pub digest: &'a [u8; 32],
    pub signature: &'a [u8],
}

/// What a package says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub struct Facts<'a> {
    /// Empty: it has none.
    pub name: &'a [u8],
    pub version: &'a [u8],
    /// Empty, or 16 bytes: the only ones that may have it.
    pub vendor: &'a [u8],
    pub class: &'a [u8],
    /// Empty, or the one device that may have it.
    pub device: &'a [u8],
    /// The least version of the software that is installed; empty: any.
    pub minimum: &'a [u8],
    /// Of rollback; a device takes none that is lower than what it has seen.
    pub counter: Option<u32>,
    /// Other images that have to be there, 12 bytes each, as MCUboot has them: which (1),
    /// nothing (3), the least version: major (1), minor (1), revision (2), build (4).
    pub dependencies: &'a [u8],
    /// 0: it is one piece, without a name of its own.
    pub components: u16,
}

/// One component of a package.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Component<'a> {
    pub name: &'a [u8],
    pub version: &'a [u8],
    pub kind: u16,
    /// Where it begins in the package, and how long it is.
    pub offset: u32,
    pub length: u32,
}
