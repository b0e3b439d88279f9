// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What servers ask besides reading: write, execute, create, delete.

use super::call::{Call, Mode};
use super::config::{SERVER_MAY_CREATE, SERVER_MAY_DELETE};
use super::instance::{agenda, changed, flag, Instance};
use super::push::Plan;
use super::text::Text;
use super::{Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::{decide, Decision, Request, State};
pub use crate::object::format::Item;
use crate::object::format::{List, MAX_ITEMS};
use crate::object::value::is_utf8;
use crate::object::{done, software, Path, Refusal, COMPONENT, E, NONE, SOFTWARE, W};
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

/// Where items are written to.
#[derive(Clone, Copy, Debug)]
pub enum To {
    /// One resource.
    Resource(Path),
    /// An instance: all of them, or none.
    Instance(u16),
    /// A new instance; NONE: with the lowest free id.
    New(u16),
}

/// Items are looked at first, then the settings among them are written, then 2 or 3.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Look,
    Settings,
    Arrival,
}

impl Manager<'_> {
    /// Write, or Create. Tells the id of the instance; a new one is there if the answer
    /// is 2.01.
    #[inline(never)]
    pub fn write(
        &mut self,
        call: &mut Call,
        server: u16,
        to: To,
        items: List<'_, '_>,
    ) -> Result<u16, Refusal> {
        let id = match to {
            To::Resource(path) => {
                self.gate(path, W)?;
                path.instance
            }
            To::Instance(id) => id,
            To::New(id) => self.new_instance(id)?,
        };
        let (i, shared) = self.take(id).ok_or(Refusal::NotFound)?;
        let new = matches!(to, To::New(_));
        let mut plan = None;
        for step in [Step::Look, Step::Settings, Step::Arrival] {
            if step == Step::Settings {
                call.begin(i, Mode::Request);
                if new {
                    call.creating = true;
                    call.undo = false;
                    i.agenda = agenda::ABOUT | agenda::SAVE;
                }
            }
            for item in (0..MAX_ITEMS).map_while(items) {
                let mut taken = shared.item(i, call, server, &item, step, &mut plan);
                if taken.is_ok() && plan == Some(Plan::BadUri) && !matches!(to, To::Resource(_)) {
                    taken = Err(Refusal::BadRequest);
                }
                if let (Err(refusal), Step::Look) = (taken, step) {
                    if new {
                        i.reset(NONE, 0);
                    }
                    return Err(refusal);
                }
            }
        }
        Ok(id)
    }

    /// Takes a place for an instance that a server creates.
    fn new_instance(&mut self, requested: u16) -> Result<u16, Refusal> {
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
        let i = self.instances.get_mut(usize::from(place)).ok_or(Refusal::NotFound)?;
        if path.object == COMPONENT {
            return shared.execute_component(i, call, path);
        }
        match path.resource {
            software::INSTALL => shared.install(i, call, arguments),
            software::UNINSTALL => {
                let request = match arguments {
                    b"" | b"0" => Request::Uninstall,
                    b"1" => Request::ForUpdate,
                    _ => return Err(Refusal::BadRequest),
                };
                shared.uninstall(i, call, request)
            }
            software::ACTIVATE => shared.activate(i, call, Request::Activate),
            _ => shared.activate(i, call, Request::Deactivate),
        }
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
    fn install(&mut self, i: &mut Instance, call: &mut Call, arguments: &[u8]) -> Result<(), Refusal> {
        let room = usize::from(self.config.arguments);
        let kept = if room > 0 { arguments } else { &[] };
        if kept.len() > room {
            return Err(Refusal::BadRequest);
        }
        i.decide(Request::Install)?;
        if self.config.is_last_attempt(i.attempts) {
            return Err(Refusal::NotAllowed);
        }
        if i.agenda & agenda::OPEN != 0 {
            return Err(Refusal::Internal); // the boot has not seen yet whether the bytes are there
        }
        call.begin(i, Mode::Request);
        self.set_text(i.place, Text::Arguments, kept);
        i.tell(self.delivered_result(), Reason::NONE);
        self.begin_act(i, State::Installing);
        Ok(())
    }

    fn uninstall(&mut self, i: &mut Instance, call: &mut Call, request: Request) -> Result<(), Refusal> {
        let decision = i.decide(request)?;
        if self.is_held(i) {
            return Err(Refusal::NotAllowed);
        }
        call.begin(i, Mode::Request);
        match decision {
            Decision::Go(State::Initial) => self.fail(i, 0, Reason::NONE),
            Decision::Go(state) => {
                i.tell(0, Reason::NONE);
                self.begin_act(i, state);
            }
            Decision::ShowAgain => {
                if i.result != 0 {
                    i.tell(0, Reason::NONE);
                    i.agenda |= agenda::SAVE;
                }
                i.changed |= changed::STATE;
            }
            Decision::Refused | Decision::Already => {}
        }
        Ok(())
    }

    fn activate(&mut self, i: &mut Instance, call: &mut Call, request: Request) -> Result<(), Refusal> {
        let decision = i.decide(request)?;
        if i.target != 0 {
            return Err(Refusal::NotAllowed); // one component is being switched
        }
        call.begin(i, Mode::Request);
        let start = request == Request::Activate;
        let some = i.state == State::Inactive && self.tally(i).active > 0;
        if decision != Decision::Already || !start && some {
            self.switch(i, start, NONE);
        }
        Ok(())
    }

    /// Starts or stops the software, or one component.
    pub(super) fn switch(&mut self, i: &mut Instance, start: bool, target: u16) {
        i.tell(i.result, Reason::NONE);
        i.target = target.wrapping_add(1);
        self.begin_act(i, if start { State::Activating } else { State::Deactivating });
    }

    /// One step of an item; `plan` is what becomes of 2 or 3, if one of them is written.
    fn item(
        &mut self,
        i: &mut Instance,
        call: &mut Call,
        server: u16,
        item: &Item<'_>,
        step: Step,
        plan: &mut Option<Plan>,
    ) -> Result<(), Refusal> {
        let arrives = matches!(item.resource, software::PACKAGE | software::URI);
        if step == Step::Look {
            self.config.gate(SOFTWARE, item.resource, W)?;
            if arrives && plan.is_some() {
                return Err(Refusal::BadRequest);
            }
        }
        if !arrives {
            return if step == Step::Arrival || self.setting(i, item, step == Step::Settings).is_some() {
                Ok(())
            } else {
                Err(Refusal::BadRequest)
            };
        }
        let data = item.value.bytes;
        if item.resource == software::PACKAGE {
            let this = || Accepted::of(server, 0, data, true);
            match (step, *plan) {
                (Step::Look, _) if item.value.opaque().is_none() => return Err(Refusal::BadRequest),
                (Step::Look, _) => *plan = Some(self.plan_push(i, &this(), 0)?),
                (Step::Arrival, Some(plan)) => {
                    let chunk = Chunk { data, etag: &[], offset: 0, total: 0, last: true };
                    self.start_push(i, call, &this(), &chunk, plan);
                }
                _ => {}
            }
        } else if let Some(part) = self.download() {
            match (step, *plan) {
                (Step::Look, _) if item.value.string().is_none() => return Err(Refusal::BadRequest),
                (Step::Look, _) => *plan = Some((part.plan)(self, i, call, data)?),
                (Step::Arrival, Some(plan)) => (part.start)(self, i, call, data, plan),
                _ => {}
            }
        }
        Ok(())
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
