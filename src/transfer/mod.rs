// SPDX-License-Identifier: Apache-2.0 OR MIT
//! How a package arrives: a transfer of the pool, the chunks of a push, and the syntax
//! of a Package URI.

pub mod push;
pub mod unpacking;
pub mod uri;

use crate::lifecycle::reason::Reason;
use crate::object::format::Wrapping;
use crate::verify::Work;
use heapless::Vec;

/// One package on its way, or being verified. Transfers are a pool.
///
/// cbindgen:ignore
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Transfer {
    /// Whose it is: the place of an instance, plus 1; so that memory of zeros is free.
    owner: u8,
    /// How far its verification is.
    pub stage: Stage,
    /// A download has begun again because the content had changed.
    pub restarted: bool,
    /// `digest` holds all bytes up to `offset`.
    pub hashing: bool,
    /// A chunk has come since the last poll.
    pub fresh: bool,
    /// What is wrong with the content, for the verification to tell.
    pub fault: Reason,
    /// The component that its verification asks for next.
    pub component: u16,
    /// Who pushes; 0: unknown.
    pub server: u16,
    /// The Content-Format that wraps the package, plus 1; 0: none does.
    pub format: u16,
    /// Where its body is.
    pub wrapping: Wrapping,
    /// The next byte of the body that is wanted.
    pub arrived: u32,
    /// The operation that opened the storage.
    pub number: u32,
    /// The next byte of the package that is wanted.
    pub offset: u32,
    /// Up to where the record says that a download is.
    pub saved: u32,
    /// When the last chunk came.
    pub since: u32,
    /// Of a download's content.
    pub etag: Vec<u8, 8, u8>,
    /// The digest so far: of the stream, or of what is read back.
    pub digest: Work,
}

/// How far a verification is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Its length.
    Check,
    /// Its container; reading back.
    Container,
    /// Whether what is known of it is enough.
    Policy,
    /// The digest; reading back.
    Digest,
    /// The firmware's own verifier.
    Host,
    /// The package's name.
    Name,
    /// Its components.
    Components,
}

impl Transfer {
    /// Whether it belongs to the instance at a place; of 255: whether it is free.
    pub fn is_of(&self, place: u8) -> bool {
        self.owner == place.wrapping_add(1)
    }

    /// Gives it to the instance at a place; to 255: back to the pool.
    pub fn give(&mut self, place: u8) {
        self.owner = place.wrapping_add(1);
    }

    /// Nobody's.
    pub(crate) const FREE: Transfer = Transfer {
        owner: 0,
        stage: Stage::Check,
        restarted: false,
        hashing: false,
        fresh: false,
        fault: Reason::NONE,
        component: 0,
        server: 0,
        format: 0,
        wrapping: Wrapping::NEW,
        arrived: 0,
        number: 0,
        offset: 0,
        saved: 0,
        since: 0,
        etag: Vec::new(),
        digest: Work::IDLE,
    };

    /// One that is too long is none. Byte by byte, because heapless's own copy could panic,
    /// as far as the compiler knows.
    #[inline(never)]
    pub(crate) fn set_etag(&mut self, etag: &[u8]) {
        self.etag.clear();
        if etag.len() <= self.etag.capacity() {
            for byte in etag {
                let _ = self.etag.push(*byte);
            }
        }
    }
}
