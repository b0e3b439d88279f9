// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Package URI: a server writes 9/x/3, the firmware fetches the package from there and hands
//! the bytes over.

use crate::core::instance::{agenda, flag};
use crate::core::operation;
use crate::core::push::{Chunk, Room};
use crate::core::text::Text;
use crate::core::{role, Core, Joint, Mode, Part, Perform};
use crate::machine::{Event, State};
use crate::object::reason::Reason;
use crate::transfer::uri::{self, Uri};

/// Makes the part.
pub const fn part(fetch: Option<Perform>) -> Part {
    Part {
        role: role::DOWNLOAD,
        joint: Some(joint),
        perform: match fetch {
            Some(fetch) => Some((operation::FETCH, fetch)),
            None => None,
        },
        ..Part::PLAIN
    }
}

/// What to fetch.
#[allow(missing_docs)]
pub struct Fetch<'a> {
    /// With a NUL behind it.
    pub uri: &'a [u8],
    pub user_name: &'a [u8],
    pub password: &'a [u8],
    pub etag: &'a [u8],
}

/// Returns what the instance whose turn it is fetches.
pub fn what<'a>(core: &'a Core<'_>) -> Fetch<'a> {
    let place = core.i.place;
    Fetch {
        uri: core.uri(),
        user_name: core.text(place, Text::User),
        password: core.text(place, Text::Password),
        etag: core.running().map_or(&[], |transfer| transfer.etag.as_slice()),
    }
}

fn joint(core: &mut Core<'_>, _: &'static Part, joint: Joint<'_>) -> u32 {
    match joint {
        Joint::Uri(text) => match uri::check(text, core.schemes) {
            Uri::Valid => 1,
            Uri::Empty => 2,
            Uri::Invalid => 3,
        },
        Joint::Fetch(uri) => {
            core.set_uri(uri);
            0
        }
        Joint::Fetched(chunk) => fetched(core, chunk),
        Joint::Stored(_) if core.i.state == State::Fetching && !core.last => progress(core),
        _ => 0,
    }
}

/// Saves how far the download is, if that is far enough.
fn progress(core: &mut Core<'_>) -> u32 {
    let step = core.config.checkpoint();
    if let Some(transfer) = core.transfer() {
        if transfer.offset.wrapping_sub(transfer.saved) >= step {
            transfer.saved = transfer.offset;
            core.i.agenda |= agenda::SAVE;
        }
    }
    0
}

fn fetched(core: &mut Core<'_>, chunk: &Chunk<'_>) -> u32 {
    // A restart that is still opening, or a write that has not been taken yet.
    if core.i.has(flag::OPENING | flag::DISCARDING) {
        return Core::NOT_NOW;
    }
    let offset = core.offset();
    let again = chunk.offset != offset;
    let end = (offset as usize).saturating_add(chunk.data.len());
    // Not the next bytes, or not those that have been looked at already.
    if again && chunk.offset != 0 || !again && core.unpacking().is_some_and(|it| it.seen as usize > end) {
        return Core::NONSENSE;
    }
    core.begin(Mode::Completion);
    if chunk.data.is_empty() && !chunk.last {
        return 0;
    }
    core.last = chunk.last;
    let restarted = core.running().is_some_and(|transfer| transfer.restarted);
    if again {
        core.happen(Event::PackageLost, core.i.reason);
        core.i.agenda |= agenda::SAVE | agenda::OPEN;
        core.i.agenda &= !agenda::ACT; // fetch() goes on
        if let Some(transfer) = core.transfer() {
            transfer.restarted = true;
        }
    }
    if !chunk.etag.is_empty() {
        if let Some(transfer) = core.transfer() {
            transfer.set_etag(chunk.etag);
        }
    }
    match core.room(chunk) {
        _ if again && restarted => core.fail(Reason::CHANGED),
        Room::Overflow => core.fail(Reason::STORAGE),
        Room::TooLong => core.fail(Reason::LENGTH),
        _ if chunk.total != 0 && chunk.total != core.i.total => core.fail(Reason::LENGTH),
        Room::Nothing if core.unpackings.is_empty() => {
            let opens = core.i.agenda & agenda::OPEN;
            core.complete();
            core.i.agenda |= opens;
        }
        Room::Nothing | Room::Fits => core.arrive(),
    }
    0
}
