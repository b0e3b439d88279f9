// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The packet front: requests that change Objects 9 and 14 are answered before an engine
//! sees them that would collect packages on its heap, lose blocks, or execute twice.

use super::block::Block;
use super::exchange::{find, keep, swmgmt_exchange_t};
use super::message::Message;
use super::write::Writer;
use super::{method, option, Kind};
use crate::object::{Path, Refusal, COMPONENT, NONE, SOFTWARE};

/// The least room for an answer: the longest has 25 bytes, and some may come to it.
pub(crate) const ROOM: usize = 64;

/// What the front knows of its datagram's surroundings.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Front<'a> {
    /// Uri-Path before the Objects: "", "lwm2m", "/a/b".
    pub prefix: &'a [u8],
    pub exchanges: &'a mut [swmgmt_exchange_t],
    /// Of the next answer to a request that is not confirmable.
    pub message_id: u16,
    /// Who asks; 0: unknown.
    pub server: u16,
    /// The time, which wraps.
    pub now_ms: u32,
    /// Out: the instance that this datagram has created; else NONE.
    pub created: u16,
}

/// What a server asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Request<'a> {
    pub method: u8,
    pub path: Path,
    /// Content-Format; NONE: none.
    pub format: u16,
    pub block: Option<Block>,
    /// Size1; 0: none.
    pub total: u32,
    pub payload: &'a [u8],
    /// Why it is refused, whatever the path leads to.
    pub refusal: Option<Refusal>,
    pub is_confirmable: bool,
}

impl Front<'_> {
    /// Answers a datagram, of which `ask` does what it asks: it may use the room for the
    /// answer, and tells code and new instance. Returns the bytes of the answer, of which
    /// there is room for at least [`ROOM`]; 0: the datagram is the engine's.
    pub fn answer<E>(
        &mut self,
        datagram: &[u8],
        room: &mut [u8],
        ask: impl FnOnce(&Request<'_>, &mut [u8]) -> Result<(u8, u16), E>,
    ) -> Result<usize, E> {
        let mut it = swmgmt_exchange_t::default();
        let mut request = Request::none();
        if !self.read(datagram, &mut request, &mut it) {
            return Ok(0);
        }
        if let Some(known) = find(self.exchanges, &it) {
            return Ok(write(room, &request, known));
        }
        (it.code, it.created) = match request.refusal {
            Some(refusal) => (refusal as u8, NONE),
            None => ask(&request, room)?,
        };
        it.answer_id = it.message_id;
        if !request.is_confirmable {
            it.answer_id = self.message_id;
            self.message_id = self.message_id.wrapping_add(1);
        }
        self.created = it.created;
        keep(self.exchanges, &it);
        Ok(write(room, &request, &it))
    }

    /// Reads a datagram; false: it is the engine's.
    #[inline(never)]
    fn read<'a>(&self, datagram: &'a [u8], request: &mut Request<'a>, it: &mut swmgmt_exchange_t) -> bool {
        let Some(message) = Message::parse(datagram) else {
            return false;
        };
        it.begin(&message, self.server, self.now_ms);
        request.read(&message, self.prefix)
    }
}

impl<'a> Request<'a> {
    fn none() -> Request<'a> {
        Request {
            method: 0,
            path: Path { object: NONE, instance: NONE, resource: NONE, index: NONE },
            format: NONE,
            block: None,
            total: 0,
            payload: &[],
            refusal: None,
            is_confirmable: false,
        }
    }

    /// Reads what a message asks; false: it is nothing for the front.
    fn read(&mut self, message: &Message<'a>, mut prefix: &[u8]) -> bool {
        self.method = message.code;
        self.payload = message.payload;
        self.is_confirmable = message.kind == Kind::Confirmable;
        if message.kind as u8 > Kind::NonConfirmable as u8
            || !matches!(self.method, method::PUT | method::POST)
        {
            return false;
        }
        let (mut is_path, mut is_sound, mut depth) = (true, true, 0u8);
        for it in message.options {
            match it.number {
                option::URI_PATH => {
                    while let [b'/', rest @ ..] = prefix {
                        prefix = rest;
                    }
                    if !prefix.is_empty() {
                        match prefix.strip_prefix(it.value) {
                            Some(rest @ ([] | [b'/', ..])) => prefix = rest,
                            _ => return false,
                        }
                        continue;
                    }
                    is_path &= self.path.add(depth, it.value);
                    depth = depth.saturating_add(1);
                    if !matches!(self.path.object, SOFTWARE | COMPONENT) {
                        return false;
                    }
                }
                option::CONTENT_FORMAT => {
                    // 65535 is nobody's format, and NONE.
                    let format = it.uint(2).map(|format| (format as u16).min(NONE.wrapping_sub(1)));
                    self.format = format.unwrap_or(self.format);
                }
                option::BLOCK1 => {
                    // With two of them nobody can say which bytes these are.
                    is_sound &= self.block.is_none();
                    self.block = Block::of(&it);
                    is_sound &= self.block.is_some_and(|block| block.can_have(message.payload.len()));
                }
                option::SIZE1 => self.total = it.uint(4).unwrap_or(0),
                option::URI_HOST | option::URI_PORT | option::ACCEPT | option::BLOCK2 => {}
                // A critical one that is not known; or Uri-Query, which means attributes.
                critical if critical & 1 == 1 => return false,
                _ => {}
            }
        }
        if depth == 0 {
            return false;
        }
        if !is_path {
            // What is no id names nothing that could be there.
            self.refusal = Some(Refusal::NotFound);
        } else if !is_sound {
            self.refusal = Some(Refusal::BadRequest);
        }
        true
    }
}

impl Path {
    /// One segment more; false: it is no id, or there are too many.
    #[inline(never)]
    fn add(&mut self, depth: u8, text: &[u8]) -> bool {
        let place = match depth {
            0 => &mut self.object,
            1 => &mut self.instance,
            2 => &mut self.resource,
            3 => &mut self.index,
            _ => return false,
        };
        *place = id(text);
        *place != NONE
    }
}

/// An id in its one decimal form; NONE, which is reserved, if it is none.
fn id(text: &[u8]) -> u16 {
    let mut id = 0u32;
    for digit in text {
        if !digit.is_ascii_digit() || id > 6553 {
            return NONE;
        }
        id = id.wrapping_mul(10).wrapping_add(u32::from(digit & 15));
    }
    match text {
        [] | [b'0', _, ..] => NONE,
        _ => id.min(u32::from(NONE)) as u16,
    }
}

/// Code, Location-Path and Block1.
#[inline(never)]
fn write(room: &mut [u8], request: &Request<'_>, it: &swmgmt_exchange_t) -> usize {
    let kind = if request.is_confirmable { Kind::Acknowledgement } else { Kind::NonConfirmable };
    // The message that is repeated may have been of the other kind.
    let id = if request.is_confirmable { it.message_id } else { it.answer_id };
    let mut answer = Writer::new(room, kind, it.code, id, it.token());
    if it.code == crate::object::done::CREATED {
        answer.option(option::LOCATION_PATH, b"9");
        let mut digits = [0; 5];
        let mut left = it.created;
        let mut length = 0usize;
        for place in digits.iter_mut().rev() {
            *place = b'0' | (left % 10) as u8;
            length = length.wrapping_add(1);
            left /= 10;
            if left == 0 {
                break;
            }
        }
        answer.option(option::LOCATION_PATH, digits.get(5usize.wrapping_sub(length)..).unwrap_or(&[]));
    }
    // Not with a refusal: beside 4.13 it would propose another block size.
    if let (Some(block), true) = (request.block, it.code < Refusal::BadRequest as u8) {
        answer.uint(option::BLOCK1, block.value());
    }
    answer.finish().unwrap_or(0)
}
