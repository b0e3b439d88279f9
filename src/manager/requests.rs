// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What servers ask besides reading: write, execute, create, delete.

use super::call::{Call, Mode};
use super::config::{SERVER_MAY_CREATE, SERVER_MAY_DELETE};
use super::instance::{agenda, flag, Instance};
use super::push::Plan;
use super::text::Text;
use super::{Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::{decide, Decision, Request, State};
use crate::object::value::{is_utf8, Value};
use crate::object::{component, done, software, Path, Refusal, COMPONENT, E, NONE, W};
use crate::transfer::push::Accepted;

/// A run of a package's bytes.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Chunk<'a> {
    pub data: &'a [u8],
    pub etag: &'a [u8],
    pub offset: u32,
    /// The declared size, or 0.
    pub total: u32,
    pub last: bool,
}

/// One resource of a Write to an instance, or of a Create.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Item<'a> {
    pub resource: u16,
    pub value: Value<'a>,
}

/// What becomes of 2 or 3, if one of them is written.
type Arrival<'a> = Option<(Item<'a>, Accepted, Plan)>;

impl Manager<'_> {
    /// Write of one resource.
    pub fn write(
        &mut self,
        call: &mut Call,
        server: u16,
        path: Path,
        value: Value<'_>,
    ) -> Result<(), Refusal> {
        self.gate(path, W)?;
        let (i, shared) = self.take(path.instance).ok_or(Refusal::NotFound)?;
        let items = [Item { resource: path.resource, value }];
        let arrival = shared.look_at(i, server, &items)?;
        call.begin(i, Mode::Request);
        shared.write(i, call, &items, arrival);
        Ok(())
    }

    /// Write to an instance: all of the items, or none.
    pub fn write_instance(
        &mut self,
        call: &mut Call,
        server: u16,
        id: u16,
        items: &[Item<'_>],
    ) -> Result<(), Refusal> {
        let (i, shared) = self.take(id).ok_or(Refusal::NotFound)?;
        let arrival = shared.look_at_all(i, server, items)?;
        call.begin(i, Mode::Request);
        shared.write(i, call, items, arrival);
        Ok(())
    }

    /// Create of an instance of Object 9. Tells its id; it is there if the answer is 2.01.
    pub fn create(
        &mut self,
        call: &mut Call,
        server: u16,
        requested: u16,
        items: &[Item<'_>],
    ) -> Result<u16, Refusal> {
        if !self.shared.config.option(SERVER_MAY_CREATE) {
            return Err(Refusal::NotAllowed);
        }
        let mut id = requested;
        if id == NONE {
            id = 0;
            while id < NONE && self.is_taken(id) {
                id = id.saturating_add(1);
            }
        } else if self.is_taken(id) {
            return Err(Refusal::BadRequest);
        }
        let (i, shared) = self.free().ok_or(Refusal::NotAllowed)?;
        shared.occupy(i, id);
        let arrival = match shared.look_at_all(i, server, items) {
            Ok(arrival) => arrival,
            Err(refusal) => {
                i.reset(NONE, 0);
                return Err(refusal);
            }
        };
        call.begin(i, Mode::Request);
        call.undo = false;
        call.creating = true;
        i.agenda = agenda::ABOUT | agenda::SAVE;
        shared.write(i, call, items, arrival);
        Ok(id)
    }

    /// Delete of an instance of Object 9.
    pub fn delete(&mut self, call: &mut Call, id: u16) -> Result<(), Refusal> {
        let (i, shared) = self.take(id).ok_or(Refusal::NotFound)?;
        if !shared.config.option(SERVER_MAY_DELETE) || shared.is_held(i) {
            return Err(Refusal::NotAllowed);
        }
        i.decide(Request::Delete)?;
        call.begin(i, Mode::Request);
        call.answer = done::DELETED;
        shared.remove(i);
        Ok(())
    }

    /// Execute of one resource.
    pub fn execute(&mut self, call: &mut Call, path: Path, arguments: &[u8]) -> Result<(), Refusal> {
        let place = self.gate(path, E)?;
        let shared = &mut self.shared;
        let Some(i) = self.instances.get_mut(usize::from(place)) else {
            return Err(Refusal::NotFound);
        };
        if path.object == COMPONENT {
            if !i.state.is_installed() {
                return Err(Refusal::NotAllowed);
            }
            let start = path.resource == component::ACTIVATE;
            let there = shared.is_active(path.instance) == start;
            call.begin(i, Mode::Request);
            if !there {
                shared.switch(i, start, path.instance);
            }
            return Ok(());
        }
        let request = match (path.resource, arguments) {
            (software::INSTALL, _) => Request::Install,
            (software::UNINSTALL, b"" | b"0") => Request::Uninstall,
            (software::UNINSTALL, b"1") => Request::ForUpdate,
            (software::UNINSTALL, _) => return Err(Refusal::BadRequest),
            (software::ACTIVATE, _) => Request::Activate,
            _ => Request::Deactivate,
        };
        let room = usize::from(shared.config.arguments);
        let kept = if room > 0 { arguments } else { &[] };
        let install = request == Request::Install;
        if install && kept.len() > room {
            return Err(Refusal::BadRequest);
        }
        let mut decision = i.decide(request)?;
        if request == Request::Uninstall && shared.is_held(i)
            || install && shared.config.is_last_attempt(i.attempts)
            || matches!(request, Request::Activate | Request::Deactivate) && i.target != NONE
        {
            return Err(Refusal::NotAllowed);
        }
        if install && i.agenda & agenda::OPEN != 0 {
            return Err(Refusal::Internal); // the boot has not seen yet whether the bytes are there
        }
        if request == Request::Deactivate && i.state == State::Inactive && shared.tally(i).active > 0 {
            decision = Decision::Go(State::Deactivating);
        }
        call.begin(i, Mode::Request);
        match decision {
            Decision::Refused | Decision::Already => {}
            Decision::ShowAgain => {
                if i.result != 0 {
                    i.tell(0, Reason::NONE);
                    i.agenda |= agenda::SAVE;
                }
                Call::show_state_again(i);
            }
            Decision::Go(State::Initial) => shared.fail(i, 0, Reason::NONE),
            Decision::Go(State::Activating | State::Deactivating) => {
                shared.switch(i, request == Request::Activate, NONE)
            }
            Decision::Go(state) => {
                if install {
                    shared.set_text(i.place, Text::Arguments, kept);
                }
                i.tell(if install { shared.delivered_result() } else { 0 }, Reason::NONE);
                shared.begin_act(i, state);
            }
        }
        Ok(())
    }
}

impl Instance {
    /// What becomes of a request.
    fn decide(&self, request: Request) -> Result<Decision, Refusal> {
        match decide(self.state, self.has(flag::FOR_UPDATE), request) {
            Decision::Refused => Err(Refusal::NotAllowed),
            decision => Ok(decision),
        }
    }
}

impl Shared<'_> {
    /// Starts or stops the software, or one component.
    fn switch(&mut self, i: &mut Instance, start: bool, target: u16) {
        i.tell(i.result, Reason::NONE);
        i.target = target;
        self.begin_act(i, if start { State::Activating } else { State::Deactivating });
    }

    /// Looks at the items of a Write to an instance.
    fn look_at_all<'a>(
        &mut self,
        i: &mut Instance,
        server: u16,
        items: &[Item<'a>],
    ) -> Result<Arrival<'a>, Refusal> {
        for item in items {
            self.config.gate(item.resource, W)?;
        }
        match self.look_at(i, server, items)? {
            Some((_, _, Plan::BadUri)) => Err(Refusal::BadRequest),
            arrival => Ok(arrival),
        }
    }

    /// Looks at every item.
    #[inline(never)]
    fn look_at<'a>(
        &mut self,
        i: &mut Instance,
        server: u16,
        items: &[Item<'a>],
    ) -> Result<Arrival<'a>, Refusal> {
        let mut arrival = None;
        for item in items {
            let value = &item.value;
            let (this, plan) = match item.resource {
                software::PACKAGE => {
                    let data = value.opaque().ok_or(Refusal::BadRequest)?;
                    let this = Accepted::of(server, 0, data, true);
                    (this, self.plan_push(i, &this, 0))
                }
                software::URI => {
                    let text = value.string().ok_or(Refusal::BadRequest)?;
                    let part = self.download().ok_or(Refusal::NotFound)?;
                    (Accepted::NONE, (part.plan)(self, i, text))
                }
                _ => {
                    self.setting(i, item, false).ok_or(Refusal::BadRequest)?;
                    continue;
                }
            };
            if arrival.is_some() {
                return Err(Refusal::BadRequest);
            }
            arrival = Some((*item, this, plan?));
        }
        Ok(arrival)
    }

    /// Writes what was looked at: settings first, then 2 or 3.
    #[inline(never)]
    fn write(&mut self, i: &mut Instance, call: &mut Call, items: &[Item<'_>], arrival: Arrival<'_>) {
        for item in items {
            self.setting(i, item, true);
        }
        let Some((item, this, plan)) = arrival else {
            return;
        };
        let data = item.value.bytes();
        if item.resource == software::PACKAGE {
            let chunk = Chunk { data, etag: &[], offset: 0, total: 0, last: true };
            self.start_push(i, call, &this, &chunk, plan);
        } else if let Some(part) = self.download() {
            (part.start)(self, i, call, data, plan);
        }
    }

    /// Looks at a setting, or writes it; `None`: it is nonsense.
    #[inline(never)]
    fn setting(&mut self, i: &mut Instance, item: &Item<'_>, write: bool) -> Option<()> {
        match item.resource {
            software::UPDATE_OBJECTS => {
                let on = item.value.boolean()?;
                if write && on != i.has(flag::UPDATE_OBJECTS) {
                    i.set(flag::UPDATE_OBJECTS, on);
                    i.agenda |= agenda::SAVE;
                }
            }
            software::SETTINGS => {
                let link = item.value.objlnk()?;
                if write {
                    Shared::set_settings(i, link);
                }
            }
            software::USER_NAME | software::PASSWORD => {
                let text = item.value.string()?;
                if text.len() > usize::from(self.config.credentials()) || !is_utf8(text) {
                    return None;
                }
                let user = item.resource == software::USER_NAME;
                if write {
                    self.set_text(i.place, if user { Text::User } else { Text::Password }, text);
                }
            }
            _ => {}
        }
        Some(())
    }
}
