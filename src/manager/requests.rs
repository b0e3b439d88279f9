// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What servers ask besides reading: write, execute, create, delete.

use super::config::{SERVER_MAY_CREATE, SERVER_MAY_DELETE};
use super::instance::{agenda, changed, Instance};
use super::push::Plan;
use super::text::Text;
use super::{Manager, Mode};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::{decide, Decision, Request, State};
use crate::object::value::{is_utf8, Value};
use crate::object::{self, component, done, software, Path, Refusal, COMPONENT, E, NONE, SOFTWARE, W};
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

impl<'a> Chunk<'a> {
    /// As it is known again.
    pub(super) fn from(&self, server: u16) -> Accepted {
        Accepted::of(server, self.offset, self.data, self.last)
    }

    /// A whole package.
    fn whole(data: &'a [u8]) -> Self {
        Chunk { data, etag: &[], offset: 0, total: 0, last: true }
    }
}

/// One resource of a Write to an instance, or of a Create.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Item<'a> {
    pub resource: u16,
    pub value: Value<'a>,
}

impl Manager<'_> {
    /// Whether Object 9 has the resource here.
    pub(super) fn has(&self, resource: u16) -> bool {
        object::resource(SOFTWARE, resource).is_some_and(|r| r.mandatory || self.config.offers(resource))
    }

    /// Write of one resource.
    pub fn write(&mut self, server: u16, path: Path, value: Value<'_>) -> Result<(), Refusal> {
        if !self.booted {
            return Err(Refusal::Order);
        }
        if path.object == COMPONENT {
            return Err(self.why_not(path, W));
        }
        if path.object != SOFTWARE || self.find(path.instance).is_none() {
            return Err(Refusal::NotFound);
        }
        if path.resource == NONE {
            return Err(Refusal::NotAllowed);
        }
        if path.index != NONE {
            return Err(self.why_not(path, 0));
        }
        self.write_items(server, path.instance, &[Item { resource: path.resource, value }], true)
    }

    /// Write to an instance: all of the items, or none.
    pub fn write_instance(&mut self, server: u16, id: u16, items: &[Item<'_>]) -> Result<(), Refusal> {
        if !self.booted {
            return Err(Refusal::Order);
        }
        self.find(id).ok_or(Refusal::NotFound)?;
        self.write_items(server, id, items, false)
    }

    fn write_items(&mut self, server: u16, id: u16, items: &[Item<'_>], single: bool) -> Result<(), Refusal> {
        let place = self.place_for(id, software::NAME)?;
        let plan = self.plan_items(place, server, items)?;
        if plan == Some(Plan::BadUri) && !single {
            return Err(Refusal::BadRequest);
        }
        self.begin(place, Mode::Request, done::CHANGED);
        self.write_planned(place, server, items, plan);
        Ok(())
    }

    /// Looks at every item; what becomes of 2 or 3 is the plan.
    fn plan_items(&self, place: u8, server: u16, items: &[Item<'_>]) -> Result<Option<Plan>, Refusal> {
        let mut plan = None;
        for item in items {
            let Some(registered) = object::resource(SOFTWARE, item.resource) else {
                return Err(Refusal::NotFound);
            };
            if !self.has(item.resource) {
                return Err(Refusal::NotFound);
            }
            if registered.operations & W == 0 {
                return Err(Refusal::NotAllowed);
            }
            let again = plan.is_some();
            match item.resource {
                software::PACKAGE | software::URI if again => return Err(Refusal::BadRequest),
                software::PACKAGE => {
                    let data = item.value.opaque().ok_or(Refusal::BadRequest)?;
                    let chunk = Chunk::whole(data);
                    plan = Some(self.plan_push(place, chunk.from(server), &chunk)?);
                }
                software::URI => {
                    let text = item.value.string().ok_or(Refusal::BadRequest)?;
                    plan = Some(self.plan_uri(place, text)?);
                }
                software::UPDATE_OBJECTS => {
                    item.value.boolean().ok_or(Refusal::BadRequest)?;
                }
                software::SETTINGS => {
                    item.value.objlnk().ok_or(Refusal::BadRequest)?;
                }
                _ => {
                    let text = item.value.string().ok_or(Refusal::BadRequest)?;
                    if text.len() > usize::from(self.config.credentials()) || !is_utf8(text) {
                        return Err(Refusal::BadRequest);
                    }
                }
            }
        }
        Ok(plan)
    }

    /// Writes what was looked at: settings first, then 2 or 3.
    fn write_planned(&mut self, place: u8, server: u16, items: &[Item<'_>], plan: Option<Plan>) {
        for Item { resource, value } in items {
            match *resource {
                software::UPDATE_OBJECTS => {
                    if let (Some(on), Some(instance)) = (value.boolean(), self.at(place)) {
                        if instance.update_objects != on {
                            instance.update_objects = on;
                            instance.changed |= changed::UPDATE_OBJECTS;
                            instance.agenda |= agenda::SAVE;
                        }
                    }
                }
                software::SETTINGS => {
                    if let (Some(link), Some(instance)) = (value.objlnk(), self.at(place)) {
                        instance.set_settings(link);
                    }
                }
                software::USER_NAME => {
                    self.set_text(place, Text::User, value.bytes());
                }
                software::PASSWORD => {
                    self.set_text(place, Text::Password, value.bytes());
                }
                _ => {}
            }
        }
        let Some(plan) = plan else { return };
        for Item { resource, value } in items {
            match *resource {
                software::PACKAGE => {
                    let chunk = Chunk::whole(value.bytes());
                    self.start_push(place, chunk.from(server), &chunk, plan);
                }
                software::URI => self.start_uri(place, value.bytes(), plan),
                _ => {}
            }
        }
    }

    /// Why something that exists cannot be done to a path, or that it does not exist.
    pub(super) fn why_not(&self, path: Path, operation: u8) -> Refusal {
        let there = match path.object {
            SOFTWARE => {
                self.find(path.instance).is_some() && (path.resource == NONE || self.has(path.resource))
            }
            COMPONENT => {
                self.component(path.instance).is_some()
                    && (path.resource == NONE
                        || path.resource != component::PACK
                            && object::resource(COMPONENT, path.resource).is_some())
            }
            _ => false,
        };
        let allowed =
            object::resource(path.object, path.resource).is_some_and(|r| r.operations & operation != 0);
        if there && !allowed {
            Refusal::NotAllowed
        } else {
            Refusal::NotFound
        }
    }

    /// Execute of one resource.
    pub fn execute(&mut self, path: Path, arguments: &[u8]) -> Result<(), Refusal> {
        if !self.booted {
            return Err(Refusal::Order);
        }
        match object::resource(path.object, path.resource) {
            Some(registered) if registered.operations & E != 0 && path.index == NONE => {}
            _ => return Err(self.why_not(path, E)),
        }
        if path.object == COMPONENT {
            return self.execute_component(path.instance, path.resource == component::ACTIVATE);
        }
        let place = self.place_for(path.instance, path.resource)?;
        match path.resource {
            software::INSTALL => self.install(place, arguments),
            software::UNINSTALL => match arguments {
                b"" | b"0" => self.uninstall(place),
                b"1" => self.prepare(place),
                _ => Err(Refusal::BadRequest),
            },
            software::ACTIVATE => self.switch(place, Request::Activate, NONE),
            _ => self.switch(place, Request::Deactivate, NONE),
        }
    }

    fn decide(&self, place: u8, request: Request) -> Result<Decision, Refusal> {
        let instance = self.instance(place).ok_or(Refusal::NotFound)?;
        match decide(instance.state, instance.for_update, request) {
            Decision::Refused => Err(Refusal::NotAllowed),
            decision => Ok(decision),
        }
    }

    fn install(&mut self, place: u8, arguments: &[u8]) -> Result<(), Refusal> {
        if self.config.arguments > 0 && arguments.len() > usize::from(self.config.arguments) {
            return Err(Refusal::BadRequest);
        }
        self.decide(place, Request::Install)?;
        let limit = self.config.install_attempts();
        if self.at(place).is_some_and(|instance| limit.is_some_and(|limit| instance.attempts >= limit)) {
            return Err(Refusal::NotAllowed);
        }
        if self.at(place).is_some_and(|instance| instance.agenda & agenda::OPEN != 0) {
            return Err(Refusal::Internal); // the boot has not seen yet whether the bytes are there
        }
        self.begin(place, Mode::Request, done::CHANGED);
        let kept = if self.config.arguments > 0 { arguments } else { &[] };
        self.set_text(place, Text::Arguments, kept);
        let (number, result) = (self.take_number(), self.delivered_result());
        if let Some(instance) = self.at(place) {
            instance.enter(State::Installing, instance.for_update);
            instance.tell(result, Reason::None);
            instance.accepted = Accepted::NONE;
            instance.number = number;
            instance.agenda |= agenda::SAVE | agenda::ACT;
        }
        Ok(())
    }

    fn uninstall(&mut self, place: u8) -> Result<(), Refusal> {
        let decision = self.decide(place, Request::Uninstall)?;
        if self.instance(place).is_some_and(|instance| self.is_held(instance)) {
            return Err(Refusal::NotAllowed);
        }
        self.begin(place, Mode::Request, done::CHANGED);
        match decision {
            Decision::Go(State::Initial) => self.fail(place, 0, Reason::None),
            Decision::Go(state) => self.remove_software(place, state),
            Decision::Already | Decision::ShowAgain | Decision::Refused => {}
        }
        Ok(())
    }

    fn prepare(&mut self, place: u8) -> Result<(), Refusal> {
        let decision = self.decide(place, Request::ForUpdate)?;
        self.begin(place, Mode::Request, done::CHANGED);
        match decision {
            Decision::Go(state) => self.remove_software(place, state),
            Decision::ShowAgain => {
                self.shown = super::instance::NOBODY;
                if let Some(instance) = self.at(place) {
                    if instance.result != 0 {
                        instance.tell(0, Reason::None);
                        instance.agenda |= agenda::SAVE;
                    }
                    instance.show_state_again();
                }
            }
            Decision::Already | Decision::Refused => {}
        }
        Ok(())
    }

    fn remove_software(&mut self, place: u8, state: State) {
        let number = self.take_number();
        if let Some(instance) = self.at(place) {
            instance.enter(state, instance.for_update);
            instance.tell(0, Reason::None);
            instance.number = number;
            instance.agenda |= agenda::SAVE | agenda::ACT;
        }
    }

    /// Starts or stops the software, or one component.
    pub(super) fn switch(&mut self, place: u8, request: Request, target: u16) -> Result<(), Refusal> {
        let start = request == Request::Activate;
        let mut decision = self.decide(place, request)?;
        let some_active = self.any_active(place);
        let Some(instance) = self.at(place) else {
            return Err(Refusal::NotFound);
        };
        if target == NONE {
            if instance.target != NONE {
                return Err(Refusal::NotAllowed); // one component is being switched
            }
            if instance.state == State::Inactive && !start && some_active {
                decision = Decision::Go(State::Deactivating);
            }
        } else {
            decision = Decision::Go(if start { State::Activating } else { State::Deactivating });
        }
        self.begin(place, Mode::Request, done::CHANGED);
        if let Decision::Go(state) = decision {
            let number = self.take_number();
            if let Some(instance) = self.at(place) {
                instance.enter(state, instance.for_update);
                let result = instance.result;
                instance.tell(result, Reason::None);
                instance.target = target;
                instance.number = number;
                instance.agenda |= agenda::SAVE | agenda::ACT;
            }
        }
        Ok(())
    }

    /// Create of an instance of Object 9. Tells its id; it is there if the answer is 2.01.
    pub fn create(&mut self, server: u16, requested: u16, items: &[Item<'_>]) -> Result<u16, Refusal> {
        if !self.booted {
            return Err(Refusal::Order);
        }
        if !self.config.option(SERVER_MAY_CREATE) {
            return Err(Refusal::NotAllowed);
        }
        let taken = |id: u16| self.memory.instances.iter().any(|instance| instance.used && instance.id == id);
        let id = if requested == NONE { (0..NONE).find(|id| !taken(*id)).unwrap_or(NONE) } else { requested };
        if taken(id) {
            return Err(Refusal::BadRequest);
        }
        let place = self.free_place().ok_or(Refusal::NotAllowed)?;
        if let Some(instance) = self.at(place) {
            *instance = Instance { id, used: true, ..Instance::FREE };
        }
        let plan = match self.plan_items(place, server, items) {
            Ok(Some(Plan::BadUri)) => Err(Refusal::BadRequest),
            other => other,
        };
        let plan = match plan {
            Ok(plan) => plan,
            Err(refusal) => {
                if let Some(instance) = self.at(place) {
                    *instance = Instance::FREE;
                }
                return Err(refusal);
            }
        };
        self.begin(place, Mode::Request, done::CHANGED);
        self.undo = None;
        self.creating = true;
        if let Some(instance) = self.at(place) {
            instance.agenda = agenda::ABOUT | agenda::SAVE;
        }
        self.write_planned(place, server, items, plan);
        Ok(id)
    }

    /// Delete of an instance of Object 9.
    pub fn delete(&mut self, id: u16) -> Result<(), Refusal> {
        let place = self.place_for(id, software::NAME)?;
        if !self.config.option(SERVER_MAY_DELETE) {
            return Err(Refusal::NotAllowed);
        }
        self.decide(place, Request::Delete)?;
        if self.instance(place).is_some_and(|instance| self.is_held(instance)) {
            return Err(Refusal::NotAllowed);
        }
        self.begin(place, Mode::Request, done::DELETED);
        self.remove(place);
        Ok(())
    }
}
