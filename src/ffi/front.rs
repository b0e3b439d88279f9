// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The packet front: datagrams, before a CoAP engine sees them.

use super::handle::{bytes, enter_booted, look, swmgmt_t};
use super::numbers::*;
use super::request::{change, swmgmt_body_t, swmgmt_request_t, SWMGMT_POST};
use super::text::c_string;
use super::values::swmgmt_path_t;
use crate::coap::exchange::swmgmt_exchange_t;
use crate::coap::front::{Front, ROOM};
use crate::core::Core;
use crate::object::NONE;
use core::ffi::c_char;
use core::slice::from_raw_parts_mut;

/// What swmgmt_front() keeps between datagrams. The caller sets the fields; one that is
/// left out is 0 and means what its line says.
#[repr(C)]
#[derive(Debug)]
pub struct swmgmt_front_t {
    /// The segments of the Uri-Path before the Objects, "lwm2m" or "/a/b": LwM2M's
    /// alternate path. A C string without escapes, kept. NULL or "": there are none.
    pub prefix: *const c_char,
    /// An array of `exchange_count`, kept, zeroed at first: the answers that
    /// retransmissions are given again. If it is full, the server that has most of them
    /// loses its oldest.
    pub exchanges: *mut swmgmt_exchange_t,
    /// Collects bodies in blocks that are no package; they are 4.13 without.
    pub body: swmgmt_body_t,
    /// 1 or more; 4 for each server is plenty.
    pub exchange_count: u16,
    /// Of the next answer to a request that is not confirmable; counted up. If the engine
    /// has such a counter, copy it here before each call and back after it.
    pub message_id: u16,
    /// Out: the instance of Object 9 that the last datagram has created; ::SWMGMT_NONE:
    /// none. A retransmission creates none.
    pub created: u16,
    /// 0
    pub reserved: u16,
}

/// Answers a datagram that asks for a change of Objects 9 and 14: for an engine that
/// collects packages on its heap, loses blocks, or runs a repeated Execute twice. Show it
/// every datagram before the engine sees it, decrypted and from a registered server.
///
/// It does each PUT and POST to the Objects that has no Uri-Query as swmgmt_request()
/// does, with Block1 or without; the Content-Formats are parts. A retransmission within
/// 247 seconds is answered alike, and not done again. Everything else is the engine's: what
/// reads and deletes, attributes, answers, other Objects, critical options that are not
/// known here, what is malformed, and a Content-Format that is no part, if it is not in
/// blocks (which are 4.15). For CoAP over UDP or DTLS.
///
/// @param[in]     ctx       The context.
/// @param[in,out] front     What is kept from one call to the next.
/// @param[in]     server    Short Server ID of the sender; 0: unknown. All that are unknown are
///                          one server: with equal message IDs and tokens the second one would
///                          be given the first one's answer, so number them if you can.
/// @param[in]     now_ms    The time, as for swmgmt_poll(). It may wrap.
/// @param[in]     datagram  Read during the call only.
/// @param[in]     length    Its bytes.
/// @param[out]    answer    Room for the answer, and for what must be decoded meanwhile.
///                          It must not overlap the datagram, nor the body's bytes.
/// @param[in]     room      Its bytes: 64 or more, and what swmgmt_response_t::payload needs.
///
/// @return Above 0: bytes of the answer, which is to be sent to the server; take the
///         changes, too. 0: nothing was done, hand the datagram to the engine.
///         SWMGMT_EINVAL, SWMGMT_EORDER, SWMGMT_EBUSY: nothing was done, drop the
///         datagram; its server will repeat it.
#[no_mangle]
pub unsafe extern "C" fn swmgmt_front(
    ctx: *mut swmgmt_t,
    front: *mut swmgmt_front_t,
    server: u16,
    now_ms: u32,
    datagram: *const u8,
    length: usize,
    answer: *mut u8,
    room: usize,
) -> i32 {
    // SAFETY: the caller's contract for a context; the pointers are NULL or valid for what
    // is said of them. Nobody uses `front` meanwhile: from inside a callback this ends at
    // the context. There is no reference to `front` itself, since `body` has one of its own.
    unsafe {
        or_status!(enter_booted(ctx));
        let Some(datagram) = bytes(datagram, length) else {
            return SWMGMT_EINVAL;
        };
        if front.is_null() || answer.is_null() || !(ROOM..=isize::MAX as usize).contains(&room) {
            return SWMGMT_EINVAL;
        }
        let (exchanges, count) = ((*front).exchanges, usize::from((*front).exchange_count));
        if exchanges.is_null() || count == 0 {
            return SWMGMT_EINVAL;
        }
        let body = &raw mut (*front).body;
        let mut it = Front {
            prefix: c_string((*front).prefix),
            exchanges: from_raw_parts_mut(exchanges, count),
            message_id: (*front).message_id,
            server,
            now_ms,
            created: NONE,
        };
        let answered = it.answer(datagram, from_raw_parts_mut(answer, room), |request, room| {
            // A format that is no part is perhaps one of the engine's; blocks of it are not,
            // and arguments need none.
            let is_part = |core: &mut Core<'_>| core.format(request.format, Some).is_ok();
            let executes = request.method == SWMGMT_POST && request.path.resource != NONE;
            let is_plain = request.format == NONE || request.block.is_some() || executes;
            if !is_plain && !look(ctx).is_ok_and(is_part) {
                return Err(0);
            }
            let path = request.path;
            let asked = swmgmt_request_t {
                path: swmgmt_path_t {
                    object: path.object,
                    instance: path.instance,
                    resource: path.resource,
                    index: path.index,
                },
                payload: request.payload.as_ptr(),
                length: request.payload.len() as u32,
                offset: request.block.map_or(0, |block| block.offset()),
                total: request.total,
                format: request.format,
                accept: SWMGMT_NONE,
                server,
                method: request.method,
                more: request.block.map_or(0, |block| u8::from(block.more())),
                body,
            };
            let mut created = NONE;
            let room = from_raw_parts_mut(room.as_mut_ptr(), room.len()); // as long as this call
            match change(ctx, &asked, room, &mut created).unwrap_or_else(|refusal| refusal as swmgmt_answer_t)
            {
                code @ 1.. => Ok((code as u8, created)),
                status => Err(status),
            }
        });
        (*front).message_id = it.message_id;
        (*front).created = it.created;
        match answered {
            Ok(length) => length as i32,
            Err(status) => status,
        }
    }
}
