// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A server's request as CoAP brings it: payloads in Content-Formats, cut into blocks.

use super::handle::{bytes, enter_booted, look, swmgmt_t};
use super::numbers::*;
use super::values::*;
use crate::core::push::{Chunk, Wrapped};
use crate::core::requests::To;
use crate::core::Core;
use crate::object::format::{Decode, Format, Items, Package, Source, Window};
use crate::object::value::Value;
use crate::object::{software, Path, Refusal, E, NONE, R, SOFTWARE, W};

/// swmgmt_request_t::method: Read, or Discover.
pub const SWMGMT_GET: u8 = 1;
/// Execute, Create, or Write to an instance.
pub const SWMGMT_POST: u8 = 2;
/// Write.
pub const SWMGMT_PUT: u8 = 3;
/// Delete.
pub const SWMGMT_DELETE: u8 = 4;

/// Collects a body that comes in several blocks and is no package. The caller sets
/// `bytes` and `room`, the rest is 0 at first and the library's from then on. One body
/// serves all servers: who begins another one ends the one before, whose next block is
/// told 4.08.
#[repr(C)]
#[derive(Debug)]
pub struct swmgmt_body_t {
    /// Room for the body; kept as long as the struct is used.
    pub bytes: *mut u8,
    /// Its bytes. 1024 holds every Write to an instance, 255 the longest string.
    pub room: u32,
    /// Of the body so far.
    pub length: u32,
    /// Where the block accepted last begins.
    pub last: u32,
    /// What is written to.
    pub path: swmgmt_path_t,
    /// Who writes.
    pub server: u16,
    /// Its Content-Format.
    pub format: u16,
    /// SWMGMT_POST or SWMGMT_PUT; 0: there is no body.
    pub method: u8,
    /// 0
    pub reserved: [u8; 3],
}

/// A server's request, as CoAP brings it.
#[repr(C)]
#[derive(Debug)]
pub struct swmgmt_request_t {
    /// What the Uri-Path names. All of it ::SWMGMT_NONE, for a Discover: the list of
    /// Objects and instances for a registration.
    pub path: swmgmt_path_t,
    /// The payload; read during the call only, and no part of the body's bytes. NULL if
    /// there is none.
    pub payload: *const u8,
    /// Its bytes.
    pub length: u32,
    /// Where in the body it belongs: Block1's number times its size. For a Read, where
    /// the wanted piece begins: that of Block2.
    pub offset: u32,
    /// Size1; 0: unknown.
    pub total: u32,
    /// Content-Format; ::SWMGMT_NONE: none.
    pub format: u16,
    /// Accept; ::SWMGMT_NONE: none.
    pub accept: u16,
    /// Short Server ID; 0: unknown.
    pub server: u16,
    /// SWMGMT_GET and so on, the codes of CoAP.
    pub method: u8,
    /// Block1's M: 1: more of the body follows.
    pub more: u8,
    /// Where a body in blocks is collected; NULL: one that is no package is 4.13.
    pub body: *mut swmgmt_body_t,
}

/// The answer to a request, besides its code.
#[repr(C)]
#[derive(Debug)]
pub struct swmgmt_response_t {
    /// In: room for the payload; as much of a representation is written as fits. Also
    /// for what a request brings that must be decoded: three quarters of the longest
    /// block of a package in base64; the strings of SenML-JSON that have escapes, 255
    /// bytes for a URI. What does not fit is 4.13. It must overlap neither the request's
    /// payload nor the body's bytes. May be NULL.
    pub payload: *mut u8,
    /// In: its bytes.
    pub room: u32,
    /// Out: bytes of the payload.
    pub length: u32,
    /// Out: bytes of the whole representation: Size2.
    pub total: u32,
    /// Out: tells two representations apart: ETag.
    pub etag: u32,
    /// Out: Content-Format; ::SWMGMT_NONE: there is no payload.
    pub format: u16,
    /// Out: the instance of Object 9 that 2.01 has created; else ::SWMGMT_NONE.
    pub created: u16,
    /// Out: 1: more of the representation follows, at offset plus length.
    pub more: u8,
    /// 0
    pub reserved: [u8; 7],
}

/// CoAP's application/link-format, which is Discover.
const LINK_FORMAT: u16 = 40;
const TEXT: u16 = 0;

/// Values, as the context has them or its firmware tells them.
struct Values(*const swmgmt_t);

impl Source for Values {
    fn child_after(&self, within: Path, child: u16) -> Option<u16> {
        // SAFETY: swmgmt_request() has seen the context, and nobody changes it meanwhile.
        unsafe { look(self.0) }.ok()?.child_after(within, child)
    }

    #[inline(never)]
    fn read(&self, path: Path) -> Result<Value<'_>, Refusal> {
        // SAFETY: as above; a value is looked at before the next call.
        unsafe { look(self.0) }.map_err(|_| Refusal::Internal)?.read(path)
    }
}

impl Core<'_> {
    /// Finds what a format has; 4.15 if none of this number has it.
    pub(super) fn format<T>(
        &self,
        number: u16,
        has: impl Fn(&'static Format) -> Option<T>,
    ) -> Result<T, Refusal> {
        let found = self.formats().filter(|format| format.number == number).find_map(has);
        found.ok_or(Refusal::UnsupportedFormat)
    }

    /// Returns what a request to a path is refused with: 4.04 if there is no such path.
    fn refuse(&mut self, path: Path, otherwise: Refusal) -> Refusal {
        match self.exists(path) {
            true => otherwise,
            false => Refusal::NotFound,
        }
    }
}

/// Read, or Discover.
///
/// # Safety
/// `ctx` is a context; `room` is the response's.
#[inline(never)]
unsafe fn get(
    ctx: *const swmgmt_t,
    request: &swmgmt_request_t,
    response: &mut swmgmt_response_t,
    room: &mut [u8],
) -> Result<swmgmt_answer_t, Refusal> {
    let path = request.path.path();
    let discover = request.accept == LINK_FORMAT;
    // SAFETY: the caller's contract.
    let core = unsafe { look(ctx) }.map_err(|_| Refusal::Internal)?;
    if path.object != NONE || !discover {
        core.exists(path).then_some(()).ok_or(Refusal::NotFound)?;
        if discover && path.index != NONE {
            return Err(Refusal::NotAllowed); // Discover ends at resources
        }
        if !discover && path.resource != NONE {
            core.gate(path, R)?;
        }
    }
    let formats = core.formats();
    for format in formats {
        let wanted = match request.accept {
            NONE => format.number != LINK_FORMAT,
            number => format.number == number,
        };
        let (Some(encode), true) = (format.encode, wanted) else {
            continue;
        };
        let mut window = Window::new(&mut *room, request.offset);
        match encode(&Values(ctx), path, &mut window) {
            Err(Refusal::NotAcceptable) => continue,
            other => other?,
        }
        let (filled, total) = (window.filled() as u32, window.total());
        if request.offset != 0 && request.offset >= total {
            return Err(Refusal::BadRequest);
        }
        response.length = filled;
        response.total = total;
        response.etag = window.check();
        response.format = format.number;
        response.more = u8::from(request.offset.saturating_add(filled) < total);
        return Ok(SWMGMT_CONTENT);
    }
    Err(Refusal::NotAcceptable)
}

/// Takes the next piece of a body: the whole body, or `None` if more of it follows.
///
/// # Safety
/// `request.body` is NULL or the caller's, with `room` bytes.
#[inline(never)]
unsafe fn collect<'a>(request: &swmgmt_request_t, payload: &'a [u8]) -> Result<Option<&'a [u8]>, Refusal> {
    let (first, last) = (request.offset == 0, request.more == 0);
    // SAFETY: the caller's contract; nobody else uses the struct meanwhile.
    let body = unsafe { request.body.as_mut() }.filter(|body| !body.bytes.is_null());
    let Some(body) = body else {
        return if first && last { Ok(Some(payload)) } else { Err(Refusal::TooLarge) };
    };
    let of_same = body.method == request.method
        && body.server == request.server
        && body.path.path() == request.path.path();
    if first && last {
        if of_same {
            body.method = 0; // what was begun is superseded
        }
        return Ok(Some(payload));
    }
    let same = of_same && body.format == request.format;
    // SAFETY: the caller's contract: `bytes` has `room` bytes. What lies behind `length`
    // may never have been written, but is not read.
    let bytes = unsafe { core::slice::from_raw_parts_mut(body.bytes, body.room as usize) };
    let (begin, length) = (request.offset as usize, body.length as usize);
    let end = begin.checked_add(payload.len()).ok_or(Refusal::TooLarge)?;
    let repeated = same && !last && request.offset == body.last && end == length && !payload.is_empty();
    if repeated && bytes.get(begin..end) == Some(payload) {
        // The block accepted last, once more.
    } else {
        if first {
            body.method = request.method;
            body.server = request.server;
            body.format = request.format;
            body.path = request.path;
        } else if !same || begin != length {
            return Err(Refusal::Incomplete);
        }
        let Some(room) = bytes.get_mut(begin..end) else {
            body.method = 0;
            return Err(Refusal::TooLarge);
        };
        for (to, from) in room.iter_mut().zip(payload) {
            *to = *from;
        }
        body.last = request.offset;
        body.length = end as u32;
    }
    if !last {
        return Ok(None);
    }
    body.method = 0;
    // SAFETY: as above; the body's bytes stay until the next request.
    unsafe { bytes_of(body.bytes, end) }
}

/// # Safety
/// `data` has `length` bytes, which stay for `'a`.
unsafe fn bytes_of<'a>(data: *const u8, length: usize) -> Result<Option<&'a [u8]>, Refusal> {
    // SAFETY: the caller's contract.
    unsafe { bytes(data, length) }.map(Some).ok_or(Refusal::Internal)
}

/// A piece of a package.
fn package(
    core: &mut Core<'static>,
    request: &swmgmt_request_t,
    payload: &'static [u8],
    room: &'static mut [u8],
) -> Result<swmgmt_answer_t, Refusal> {
    let chunk = Chunk {
        data: payload,
        etag: &[],
        offset: request.offset,
        total: request.total,
        last: request.more == 0,
    };
    let (server, id) = (request.server, request.path.instance);
    let unwrap = match request.format {
        NONE => None, // as it is: what CoAP clients that send a file mean
        number => core.format(number, |format| match format.package {
            Package::AsItIs => Some(None),
            Package::Wrapped(unwrap) => Some(Some(unwrap)),
            Package::Never => None,
        })?,
    };
    let code = match unwrap {
        None => core.push(server, id, &chunk),
        Some(unwrap) => {
            core.push_body(server, id, &chunk, Wrapped { format: request.format, unwrap, room })?
        }
    };
    Ok(code.into())
}

/// Write, Write to an instance, or Create.
#[inline(never)]
fn write_body(
    core: &mut Core<'static>,
    request: &swmgmt_request_t,
    decode: Option<Decode>,
    body: &'static [u8],
    room: &'static mut [u8],
    created: &mut u16,
) -> Result<swmgmt_answer_t, Refusal> {
    let path = request.path.path();
    let mut found = Items::none();
    if !(body.is_empty() && path.instance == NONE) {
        decode.ok_or(Refusal::UnsupportedFormat)?(path, body, room, &mut found)?;
    }
    let to = match (path.instance, path.resource) {
        (NONE, _) => To::New(found.instance),
        (id, NONE) => To::Instance(id),
        _ => To::Resource(path),
    };
    let mut id = NONE;
    let answer = core.write(request.server, to, &|n| found.all().get(n).copied(), &mut id).into();
    if answer == SWMGMT_CREATED {
        *created = id;
    }
    Ok(answer)
}

/// Everything but reading.
///
/// # Safety
/// `ctx` is a context; `payload` and `body` of the request are the caller's, and `room` is other
/// memory, all as long as the call.
#[inline(never)]
pub(super) unsafe fn change(
    ctx: *mut swmgmt_t,
    request: &swmgmt_request_t,
    room: &'static mut [u8],
    created: &mut u16,
) -> Result<swmgmt_answer_t, Refusal> {
    let path = request.path.path();
    // SAFETY: the caller's contract.
    let (core, payload) = unsafe {
        let core = enter_booted(ctx).map_err(|_| Refusal::Internal)?;
        (core, bytes(request.payload, request.length as usize).ok_or(Refusal::Internal)?)
    };
    let depth = match path {
        Path { instance: NONE, .. } => 1,
        Path { resource: NONE, .. } => 2,
        Path { index: NONE, .. } => 3,
        _ => 4,
    };
    let executes = match (request.method, path.object, depth) {
        (SWMGMT_PUT, _, 3..) => {
            core.gate(path, W)?;
            if path.resource == software::PACKAGE {
                return package(core, request, payload, room);
            }
            false
        }
        (SWMGMT_POST, SOFTWARE, 1) if core.may_create() => false,
        (SWMGMT_POST, SOFTWARE, 2) if core.exists(path) => false,
        (SWMGMT_POST, _, 3) => {
            core.gate(path, E)?;
            if request.format != NONE && request.format != TEXT && !payload.is_empty() {
                return Err(Refusal::UnsupportedFormat);
            }
            true
        }
        (SWMGMT_DELETE, SOFTWARE, 2) => return Ok(core.delete(path.instance).into()),
        _ => return Err(core.refuse(path, Refusal::NotAllowed)),
    };
    let number = if request.format == NONE { TEXT } else { request.format };
    let decode = core.format(number, |format| format.decode).ok();
    if !executes && decode.is_none() && !payload.is_empty() {
        return Err(Refusal::UnsupportedFormat); // with the first block
    }
    // SAFETY: the caller's contract.
    match unsafe { collect(request, payload) }? {
        None => Ok(SWMGMT_CONTINUE),
        Some(arguments) if executes => Ok(core.execute(path, arguments).into()),
        Some(body) => write_body(core, request, decode, body, room, created),
    }
}

/// Answers a server's request whose payload is in a Content-Format: for an engine that
/// hands payloads over as they came, or a bare CoAP stack. What the other functions of
/// this section do for values, this one does for all of them; the formats are the parts
/// that the configuration names, and one that it does not is 4.15, or 4.06.
///
/// A package (a PUT to 9/x/2) goes on to the storage block by block, whatever its format
/// wraps it in, and however it is cut. A block that is repeated, lost or out of order is
/// dealt with here (of a body that is no package all but the last); a retransmitted
/// *message* is the CoAP stack's.
///
/// @param[in]     ctx       The context.
/// @param[in]     request   The request; read during the call only.
/// @param[in,out] response  The rest of the answer. Its outputs are written if the answer
///                          is a code. Not NULL.
///
/// @return Every code that swmgmt_read(), _write(), _push(), _execute(), _create() and
///         _delete() have, and 2.31 more of the body is wanted, 4.06 not in a format that
///         is accepted, 4.08 not the next block, 4.13 no room for the body, 4.15;
///         SWMGMT_EINVAL, SWMGMT_EORDER, SWMGMT_EBUSY (not for SWMGMT_GET).
#[no_mangle]
pub unsafe extern "C" fn swmgmt_request(
    ctx: *mut swmgmt_t,
    request: *const swmgmt_request_t,
    response: *mut swmgmt_response_t,
) -> swmgmt_answer_t {
    // SAFETY: the caller's contract for a context; the structs are NULL or valid, and
    // `payload` has `room` bytes that nobody else uses meanwhile.
    unsafe {
        let (Some(request), Some(response)) = (request.as_ref(), response.as_mut()) else {
            return SWMGMT_EINVAL;
        };
        let reads = request.method == SWMGMT_GET;
        if reads {
            or_status!(look(ctx));
        } else {
            or_status!(enter_booted(ctx));
        }
        let swmgmt_path_t { instance, resource, index, .. } = request.path;
        let hole = instance == NONE && resource != NONE || resource == NONE && index != NONE;
        if hole || bytes(request.payload, request.length as usize).is_none() {
            return SWMGMT_EINVAL;
        }
        let room: &'static mut [u8] = match response.room {
            0 => &mut [],
            _ if response.payload.is_null() => return SWMGMT_EINVAL,
            room => core::slice::from_raw_parts_mut(response.payload, room as usize),
        };
        response.length = 0;
        response.total = 0;
        response.etag = 0;
        response.format = NONE;
        response.created = NONE;
        response.more = 0;
        let mut created = NONE;
        let answer =
            if reads { get(ctx, request, response, room) } else { change(ctx, request, room, &mut created) };
        response.created = created;
        answer.unwrap_or_else(|refusal| refusal as swmgmt_answer_t)
    }
}
