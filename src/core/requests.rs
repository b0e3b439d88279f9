// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What servers ask besides reading: write, execute, create, delete. Every function returns
//! the CoAP code of its answer; one that refuses has changed nothing.

use super::config::SERVER_MAY_CREATE;
use super::instance::{agenda, flag};
use super::push::Chunk;
use super::text::Text;
use super::{Core, Joint, Mode};
use crate::machine::{effect, Event, State};
use crate::object::format::{Item, List, MAX_ITEMS};
use crate::object::reason::Reason;
use crate::object::value::is_utf8;
use crate::object::{done, software, Path, Refusal, COMPONENT, E, NONE, SOFTWARE, W};
use crate::transfer::push::Accepted;

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

/// What becomes of a package or a URI among the items of a Write.
struct Plan<'a> {
    this: Accepted,
    data: &'a [u8],
    is_uri: bool,
}

impl<'a> Core<'a> {
    /// Execute of one resource.
    pub fn execute(&mut self, path: Path, arguments: &[u8]) -> u8 {
        match self.gate(path, E) {
            Ok(place) => self.load(place),
            Err(refusal) => return refusal as u8,
        };
        if path.object == COMPONENT {
            return match self.hook(Joint::Execute(&path)) as u8 {
                0 => self.work(),
                code => code,
            };
        }
        let room = usize::from(self.config.arguments);
        let kept = if room > 0 { arguments } else { &[] };
        let event = match (path.resource, arguments) {
            (software::INSTALL, _) if kept.len() > room => Event::BadArgument,
            (software::INSTALL, _) => Event::Install,
            (software::UNINSTALL, b"" | b"0") => Event::Uninstall,
            (software::UNINSTALL, b"1") => Event::UninstallForUpdate,
            (software::UNINSTALL, _) => Event::BadArgument,
            (software::ACTIVATE, _) => Event::Activate,
            _ => Event::Deactivate,
        };
        if self.step(event) == 0 {
            return self.says.answer;
        }
        if event == Event::Install {
            if self.i.agenda & agenda::OPEN != 0 {
                return Refusal::Internal as u8; // the boot has not seen yet whether the bytes are there
            }
            self.set_text(Text::Arguments, kept);
        }
        self.change(Reason::NONE)
    }

    /// Delete of an instance of Object 9.
    pub fn delete(&mut self, id: u16) -> u8 {
        if !self.load_instance(id) {
            return Refusal::NotFound as u8;
        }
        if self.step(Event::Delete) == 0 {
            return self.says.answer;
        }
        self.change(self.i.reason)
    }

    /// Does what a request asks for, as the machine has said.
    fn change(&mut self, reason: Reason) -> u8 {
        self.begin(Mode::Request);
        self.answer = self.says.answer;
        self.apply(reason);
        self.work()
    }

    /// Write, or Create. After 2.01 the new instance is `created`.
    #[inline(never)]
    pub fn write(&mut self, server: u16, to: To, items: List<'_, 'a>, created: &mut u16) -> u8 {
        let id = match to {
            To::Resource(path) => match self.gate(path, W) {
                Ok(_) => path.instance,
                Err(refusal) => return refusal as u8,
            },
            To::Instance(id) => id,
            To::New(id) => match self.new_instance(id) {
                Ok(id) => id,
                Err(refusal) => return refusal as u8,
            },
        };
        if !self.load_instance(id) {
            return Refusal::NotFound as u8;
        }
        let new = matches!(to, To::New(_));
        let single = matches!(to, To::Resource(_));
        let mut plan = None;
        for item in (0..MAX_ITEMS).map_while(items) {
            if let Err(code) = self.look(server, &item, single, &mut plan) {
                if new {
                    self.i.reset(NONE, 0);
                    self.store();
                }
                return code;
            }
        }
        self.begin(Mode::Request);
        if new {
            self.creating = true;
            self.undo = false;
            self.i.agenda = agenda::ABOUT | agenda::SAVE;
        }
        for item in (0..MAX_ITEMS).map_while(items) {
            self.setting(&item, true);
        }
        if let Some(plan) = plan {
            if plan.is_uri {
                self.take_uri(plan.data);
            } else {
                let chunk = Chunk { data: plan.data, etag: &[], offset: 0, total: 0, last: true };
                self.take(&plan.this, &chunk);
            }
        }
        *created = id;
        self.work()
    }

    /// Takes a place for an instance that a server creates.
    fn new_instance(&mut self, requested: u16) -> Result<u16, Refusal> {
        if !self.config.option(SERVER_MAY_CREATE) {
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
        if !self.occupy(id) {
            return Err(Refusal::NotAllowed);
        }
        self.store();
        Ok(id)
    }

    /// Says that an id is in use, also by an instance that is going.
    #[inline(never)]
    pub(crate) fn is_taken(&self, id: u16) -> bool {
        self.instances.iter().any(|i| i.has(flag::USED) && i.id == id)
    }

    /// Loads a new instance into a free place; false: there is none.
    pub(crate) fn occupy(&mut self, id: u16) -> bool {
        let free = self.instances.iter().find(|i| !i.has(flag::USED | flag::SEALED));
        let Some(place) = free.map(|i| i.place) else {
            return false;
        };
        self.i.place = place;
        self.i.reset(id, flag::USED);
        self.clear_texts();
        true
    }

    /// Looks at an item, and plans what becomes of a package or a URI.
    fn look(
        &mut self,
        server: u16,
        item: &Item<'a>,
        single: bool,
        plan: &mut Option<Plan<'a>>,
    ) -> Result<(), u8> {
        const BAD: Result<(), u8> = Err(Refusal::BadRequest as u8);
        self.config.gate(SOFTWARE, item.resource, W).map_err(|refusal| refusal as u8)?;
        let is_uri = item.resource == software::URI;
        if item.resource != software::PACKAGE && !is_uri {
            return if self.setting(item, false).is_some() { Ok(()) } else { BAD };
        }
        let value = if is_uri { item.value.string() } else { item.value.opaque() };
        let (Some(data), None) = (value, &plan) else {
            return BAD;
        };
        let this = if is_uri { Accepted::NONE } else { Accepted::of(server, 0, data, true) };
        let effects = if is_uri { self.plan_uri(data) } else { self.plan_push(&this, 0) };
        let answer = self.says.answer;
        if answer >= Refusal::BadRequest as u8 && (effects == 0 || !single) {
            return Err(answer);
        }
        *plan = Some(Plan { this, data, is_uri });
        Ok(())
    }

    /// Says what becomes of a Package URI: the effects.
    fn plan_uri(&mut self, text: &[u8]) -> u32 {
        let event = match self.hook(Joint::Uri(&text)) {
            1 => Event::UriValid,
            2 => Event::UriEmpty,
            _ => Event::UriInvalid,
        };
        let mut effects = self.step(event);
        if effects & effect::RESTART != 0 && self.i.state == State::Delivered && !self.can_acquire() {
            effects = self.step(Event::NoTransfer); // keeps the package
        }
        effects
    }

    /// Takes a Package URI, as planned.
    fn take_uri(&mut self, text: &[u8]) {
        if self.says.effects & effect::RESTART == 0 {
            // The refusal stands whether or not the record takes the result.
            self.undo &= self.says.answer == done::CHANGED;
            self.answer = self.says.answer;
            let reason = if self.says.result == 56 { Reason::URI } else { Reason::NONE };
            if self.says.effects != 0 {
                self.apply(reason);
            }
            return;
        }
        if !self.acquire() {
            return self.no_transfer();
        }
        self.hook(Joint::Fetch(&text));
        let opening = self.take_number();
        self.apply(Reason::NONE);
        if let Some(transfer) = self.transfer() {
            transfer.number = opening;
        }
    }

    /// Looks at a setting, or writes it; `None`: it is nonsense.
    #[inline(never)]
    fn setting(&mut self, item: &Item<'_>, write: bool) -> Option<()> {
        match item.resource {
            software::UPDATE_OBJECTS => {
                let on = item.value.boolean()?;
                if write && on != self.i.has(flag::UPDATE_OBJECTS) {
                    self.i.set(flag::UPDATE_OBJECTS, on);
                    self.i.agenda |= agenda::SAVE;
                }
            }
            software::SETTINGS => {
                let link = item.value.objlnk()?;
                if write {
                    self.set_settings(link);
                }
            }
            software::USER_NAME | software::PASSWORD => {
                let text = item.value.string()?;
                if text.len() > usize::from(self.config.credentials()) || !is_utf8(text) {
                    return None;
                }
                let user = item.resource == software::USER_NAME;
                if write {
                    self.set_text(if user { Text::User } else { Text::Password }, text);
                }
            }
            _ => {}
        }
        Some(())
    }

    /// 9/x/13
    pub(crate) fn set_settings(&mut self, link: u32) {
        if self.i.settings != !link {
            self.i.settings = !link;
            self.i.agenda |= agenda::SAVE;
        }
    }
}
