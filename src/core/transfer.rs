// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One package on its way, or being verified. Transfers are a pool.

use super::instance::flag;
use super::{Core, Joint};
use crate::object::format::Wrapping;
use crate::object::reason::Reason;
use crate::verify::Work;
use heapless::Vec;

/// A transfer.
///
/// cbindgen:ignore
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Transfer {
    /// It belongs to an instance.
    pub used: bool,
    /// How far its verification is.
    pub stage: Stage,
    /// A download has begun again because the content had changed.
    pub restarted: bool,
    /// `digest` holds all bytes up to `offset`.
    pub hashing: bool,
    /// A chunk has come since the last poll.
    pub fresh: bool,
    /// A fault of the content, which the verification tells.
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Stage {
    /// Its length.
    Length,
    /// It is to be read back.
    Again,
    /// It is read back.
    Read,
    /// The firmware's own verifier.
    Verifier,
    /// The package's name, and its components.
    Name,
}

impl Transfer {
    /// No instance's: zeros.
    pub(crate) const FREE: Transfer = Transfer {
        used: false,
        stage: Stage::Length,
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

    /// Keeps an ETag; one that is too long is none. Byte by byte, because heapless's own copy
    /// could panic, as far as the compiler knows.
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

impl Core<'_> {
    /// Returns the transfer of the instance whose turn it is.
    #[inline(never)]
    pub(crate) fn transfer(&mut self) -> Option<&mut Transfer> {
        self.transfers.get_mut(usize::from(self.i.transfer).wrapping_sub(1))
    }

    /// Returns the same, to look at.
    #[inline(never)]
    pub(crate) fn running(&self) -> Option<&Transfer> {
        self.transfers.get(usize::from(self.i.transfer).wrapping_sub(1))
    }

    /// Returns how far the transfer has come; 0 if there is none.
    #[inline(never)]
    pub(crate) fn offset(&self) -> u32 {
        self.running().map_or(0, |transfer| transfer.offset)
    }

    /// Says that a transfer is free, or that the instance has one.
    pub(crate) fn can_acquire(&self) -> bool {
        self.i.transfer != 0 || self.transfers.iter().any(|transfer| !transfer.used)
    }

    /// Takes a transfer from the pool, unless the instance has one; false: none is free. It is
    /// then to be put at the first byte.
    #[inline(never)]
    pub(crate) fn acquire(&mut self) -> bool {
        if self.i.transfer != 0 {
            return true;
        }
        let mut n = 0u8;
        for transfer in self.transfers.iter() {
            n = n.saturating_add(1);
            if !transfer.used {
                self.i.transfer = n;
                return true;
            }
        }
        false
    }

    /// Puts the transfer at the first byte of a package.
    #[inline(never)]
    pub(crate) fn restart(&mut self) {
        if let Some(transfer) = self.transfer() {
            *transfer = Transfer::FREE;
            transfer.used = true;
            transfer.hashing = true;
        }
        self.hook(Joint::Anew);
        self.hook(Joint::HashStart);
    }

    /// Gives the transfer back to the pool.
    #[inline(never)]
    pub(crate) fn release(&mut self) {
        if let Some(transfer) = self.transfer() {
            transfer.used = false;
        }
        self.i.transfer = 0;
    }

    /// Says that throwing the package away would touch storage on which the firmware works
    /// and cannot stop.
    pub(crate) fn is_held(&self) -> bool {
        self.i.state == crate::machine::State::Verifying
            && self.i.has(flag::IN_FLIGHT)
            && !self.can(super::operation::can::CANCEL)
    }
}
