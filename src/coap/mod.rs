// SPDX-License-Identifier: Apache-2.0 OR MIT
//! CoAP over datagrams, without state (RFC 7252) and in blocks (RFC 7959); and on top of
//! it the packet front, which answers for an engine that cannot stream.

pub mod block;
pub mod exchange;
pub mod front;
pub mod message;
pub mod write;

#[cfg(test)]
mod codec_tests;
#[cfg(test)]
mod front_tests;

/// The types of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Kind {
    Confirmable = 0,
    NonConfirmable = 1,
    Acknowledgement = 2,
    Reset = 3,
}

/// Methods.
pub(crate) mod method {
    pub(crate) const POST: u8 = 2;
    pub(crate) const PUT: u8 = 3;
}

/// Option numbers. Those that are odd are critical.
pub(crate) mod option {
    pub(crate) const URI_HOST: u16 = 3;
    pub(crate) const URI_PORT: u16 = 7;
    pub(crate) const LOCATION_PATH: u16 = 8;
    pub(crate) const URI_PATH: u16 = 11;
    pub(crate) const CONTENT_FORMAT: u16 = 12;
    pub(crate) const ACCEPT: u16 = 17;
    pub(crate) const BLOCK2: u16 = 23;
    pub(crate) const BLOCK1: u16 = 27;
    pub(crate) const SIZE1: u16 = 60;
}

/// The most bytes of a token.
pub(crate) const MAX_TOKEN: usize = 8;
