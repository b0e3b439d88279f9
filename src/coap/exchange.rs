// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Answers that are kept for retransmissions: an Execute whose answer was lost must not
//! run twice (RFC 7252, 4.5).
#![allow(non_camel_case_types)] // the header's name, so that it is found on both sides

use super::message::Message;

/// Room for one answer that is kept for retransmissions, for 247 seconds at most. Zeroed
/// at first; then the library's alone.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct swmgmt_exchange_t {
    /// When the request came, in milliseconds.
    pub when_ms: u32,
    /// Of the request, and the answer.
    pub token: [u8; 8],
    /// Who asked.
    pub server: u16,
    /// Of the request.
    pub message_id: u16,
    /// Of the answer.
    pub answer_id: u16,
    /// With 2.01: the new instance.
    pub created: u16,
    /// 0 ... 8
    pub token_length: u8,
    /// Of the answer; 0: nothing is kept here.
    pub code: u8,
    /// 0
    pub reserved: [u8; 2],
}

/// EXCHANGE_LIFETIME (RFC 7252, 4.8.2): then a message ID is used anew.
const LIFETIME_MS: u32 = 247_000;

impl swmgmt_exchange_t {
    /// What a message begins; there is no answer yet.
    pub fn begin(&mut self, message: &Message<'_>, server: u16, now_ms: u32) {
        self.when_ms = now_ms;
        self.server = server;
        self.message_id = message.id;
        self.token_length = message.token.len() as u8;
        for (to, from) in self.token.iter_mut().zip(message.token) {
            *to = *from;
        }
    }

    /// Of request and answer.
    pub fn token(&self) -> &[u8] {
        self.token.get(..usize::from(self.token_length)).unwrap_or(&[])
    }

    fn is_same(&self, other: &swmgmt_exchange_t) -> bool {
        self.message_id == other.message_id
            && self.server == other.server
            && self.token_length == other.token_length
            && self.token == other.token
    }
}

/// Forgets what is too old by now, and looks for an exchange that began in the same way.
#[inline(never)]
pub fn find<'a>(
    exchanges: &'a mut [swmgmt_exchange_t],
    it: &swmgmt_exchange_t,
) -> Option<&'a swmgmt_exchange_t> {
    let mut found = None;
    for other in exchanges {
        if it.when_ms.wrapping_sub(other.when_ms) >= LIFETIME_MS {
            other.code = 0;
        }
        if other.code != 0 && other.is_same(it) {
            found = Some(&*other);
        }
    }
    found
}

/// Keeps one more: in a free place, or in that of the oldest of the server that has most
/// of them, so that no server drives out another's.
#[inline(never)]
pub fn keep(exchanges: &mut [swmgmt_exchange_t], it: &swmgmt_exchange_t) {
    let worth_giving_up = |other: &swmgmt_exchange_t| {
        if other.code == 0 {
            return (u32::MAX, 0);
        }
        let mut share = u32::from(other.server == it.server);
        for one in exchanges.iter() {
            share = share.wrapping_add(u32::from(one.server == other.server));
        }
        (share, it.when_ms.wrapping_sub(other.when_ms))
    };
    let mut most = (0, 0);
    let mut place = usize::MAX;
    for (i, other) in exchanges.iter().enumerate() {
        let worth = worth_giving_up(other);
        if worth > most {
            most = worth;
            place = i;
        }
    }
    if let Some(place) = exchanges.get_mut(place) {
        *place = *it;
    }
}
