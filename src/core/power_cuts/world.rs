// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The device under the library: what the power does not take, and what it does.

use super::packages::{Kit, Package, PUBLIC_KEY};
use super::seen::{seen, Seen};
use crate::core::door::{About, AboutError};
use crate::core::operation::{Kind, Operation, Told as Answer, Verdict};
use crate::core::Core;
use crate::machine::State;
use crate::object::value::{Type, Value};
use crate::object::{Path, Refusal, NONE};
use crate::parts::components::{self, Found};
use crate::parts::container;
use crate::record;
use crate::verify::digest_size;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The firmware's rollback counter.
#[derive(Clone, Copy, PartialEq)]
pub enum Commits {
    Work,
    /// Every try fails, as long as a life lasts.
    Fail,
    /// It has none: the record's must do.
    Nobody,
}

/// Records, storage, software; and what the firmware has done of each operation.
#[derive(Clone)]
pub struct World {
    pub kit: &'static Kit,
    /// The package that servers have now.
    pub offer: usize,
    pub records: BTreeMap<u32, Vec<u8>>,
    pub stored: Vec<u8>,
    /// Which package.
    pub installed: Option<usize>,
    pub prepared: bool,
    pub running: bool,
    pub parts_running: [bool; 2],
    pub done: Vec<u32>,
    pub highest: u32,
    /// The firmware cannot say what became of an operation.
    pub forgets: bool,
    /// For rollback; and that of what has been installed at the most.
    pub counter: u32,
    pub reached: u32,
    pub commits: Commits,
}

impl World {
    pub fn new(kit: &'static Kit) -> World {
        World {
            kit,
            offer: 0,
            records: BTreeMap::new(),
            stored: vec![],
            installed: None,
            prepared: false,
            running: false,
            parts_running: [false; 2],
            done: vec![],
            highest: 0,
            forgets: false,
            counter: 0,
            reached: 0,
            commits: Commits::Work,
        }
    }

    /// What servers send.
    pub fn package(&self) -> &'static Package {
        &self.kit.packages[self.offer]
    }

    /// The good package that is stored.
    pub fn good(&self) -> Option<usize> {
        self.kit.packages.iter().position(|package| package.good && package.bytes == self.stored)
    }

    /// How many components the software has.
    pub fn components(&self) -> usize {
        self.installed.map_or(0, |at| self.kit.packages[at].components.len())
    }

    /// What the firmware knows of names: what packages do not tell.
    pub fn about(&self, component: u16, package: bool) -> Result<About<'static>, AboutError> {
        let of = if package { Some(self.offer) } else { self.installed };
        let about = |name: &'static str, version: &'static str| {
            Ok(About { name: name.as_bytes(), version: version.as_bytes(), active: false })
        };
        match of.map(|at| &self.kit.packages[at]) {
            _ if component == NONE => about("slot", "0"),
            Some(of) if of.name.is_empty() => match of.components.get(usize::from(component)) {
                Some((name, version)) => about(name, version),
                None => Err(AboutError::Missing),
            },
            _ => Err(AboutError::Missing),
        }
    }

    /// Does what the firmware is asked for. `data` is what is to be stored, `work` the work buffer.
    fn perform(&mut self, operation: &Operation, work: &mut [u8], data: &[u8]) -> Answer {
        let Operation { kind, component, number, offset, length, .. } = *operation;
        let is_key = matches!(kind, Kind::Load | Kind::Save);
        let fresh = !is_key && !matches!(kind, Kind::Write | Kind::Read | Kind::Outcome | Kind::Cancel);
        if number != 0 && fresh && !self.done.contains(&number) {
            let resumed =
                matches!(kind, Kind::Fetch | Kind::Verify) || self.forgets || number <= self.highest;
            assert!(number > self.highest || resumed, "{operation:?} reuses a number");
            self.highest = self.highest.max(number);
        }
        let (from, to) = (offset as usize, offset as usize + length as usize);
        let mut answer = Answer { verdict: Verdict::DONE, more: 0 };
        match kind {
            Kind::Load => {
                let blob = self.records.get(&number).map_or(&[][..], |blob| blob);
                work[..blob.len()].copy_from_slice(blob);
                answer.more = blob.len() as u32;
            }
            Kind::Save => {
                self.records.insert(number, work[..length as usize].to_vec());
            }
            Kind::Open if self.stored.len() < from => answer.verdict = Verdict::from_number(-57),
            Kind::Open => self.stored.truncate(from),
            Kind::Write => {
                assert_eq!(self.stored.len(), from);
                self.stored.extend_from_slice(data);
            }
            Kind::Read => work[..length as usize].copy_from_slice(&self.stored[from..to]),
            Kind::Discard => {
                let named = State::from_number(self.record()[1]);
                assert!(
                    !matches!(named, Some(State::Verifying | State::Delivered | State::Installing)),
                    "the record still names what is thrown away"
                );
                self.stored.clear();
            }
            Kind::Install => {
                self.installed = self.good();
                assert!(self.installed.is_some(), "only a good package is installed");
                self.reached = self.reached.max(self.kit.packages[self.good().unwrap()].counter);
                self.prepared = false;
                self.done.push(number);
            }
            Kind::Uninstall => {
                self.installed = None;
                self.prepared = false;
                self.running = false;
                self.parts_running = [false; 2];
                self.done.push(number);
            }
            Kind::Prepare => {
                self.prepared = true;
                self.running = false;
                self.parts_running = [false; 2];
                self.done.push(number);
            }
            Kind::Activate | Kind::Deactivate => {
                assert!(self.installed.is_some() || self.forgets);
                let on = kind == Kind::Activate;
                match component {
                    NONE => self.running = on,
                    part => self.parts_running[usize::from(part)] = on,
                }
                self.done.push(number);
            }
            Kind::Outcome if self.forgets => answer.verdict = Verdict::UNKNOWN,
            Kind::Outcome if self.done.contains(&number) => {}
            Kind::Outcome => answer.verdict = Verdict::NOT_STARTED,
            Kind::Fetch => answer.verdict = Verdict::PENDING,
            Kind::Counter => answer.more = self.counter,
            Kind::Commit => {
                let mut fields = [&[][..]; 7];
                record::split(self.record(), digest_size, &mut fields).unwrap();
                let kept = u32::from_le_bytes(*fields[6].first_chunk().unwrap());
                assert!(length <= kept, "the record does not say yet that it is installed");
                assert!(length <= self.reached, "it has never been installed");
                match self.commits {
                    Commits::Fail => answer.verdict = Verdict::FAILED,
                    Commits::Nobody => {}
                    Commits::Work => self.counter = self.counter.max(length),
                }
            }
            Kind::Verify | Kind::Cancel | Kind::About | Kind::Key | Kind::Signature | Kind::Fits => {}
        }
        answer
    }

    /// The record of the instance.
    fn record(&self) -> &[u8] {
        record::open(&self.records[&1]).unwrap()
    }

    /// Name, version and components that servers should see of the software in this state;
    /// `None`: they depend on what has been, too.
    pub fn truth(&self, state: State, for_update: bool) -> Option<Told> {
        let old = for_update && state != State::Uninstalling;
        let shown =
            old || matches!(state, State::Inactive | State::Active | State::Activating | State::Deactivating);
        if !shown && state != State::Initial && !state.is_transfer() && state != State::Delivered {
            return None;
        }
        let software = self.installed.filter(|_| shown).map(|at| &self.kit.packages[at]);
        let or =
            |told: &'static str, else_: &'static str| if told.is_empty() { else_ } else { told }.to_string();
        let components = software.filter(|_| !old).map_or(&[][..], |of| &of.components);
        Some(Told {
            name: or(software.map_or("", |of| of.name), "slot"),
            version: or(software.map_or("", |of| of.version), "0"),
            components: components
                .iter()
                .map(|(name, version)| (name.to_string(), version.to_string()))
                .collect(),
        })
    }
}

/// Name and version, of the software and of its components, as servers see them.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    pub name: String,
    pub version: String,
    pub components: Vec<(String, String)>,
}

impl Told {
    pub fn of(core: &mut Core<'_>) -> Told {
        let mut text = |object, instance, resource| match core.read(Path::to(object, instance, resource)) {
            Ok(value) => String::from_utf8(value.bytes.to_vec()).unwrap(),
            Err(_) => panic!("{object}/{instance}/{resource}"),
        };
        let (name, version) = (text(9, 0, 0), text(9, 0, 1));
        let mut components = vec![];
        let mut id = NONE;
        while let Some(next) = core.child_after(Path::to(14, NONE, NONE), id) {
            id = next;
            let mut text = |resource| match core.read(Path::to(14, id, resource)) {
                Ok(value) => String::from_utf8(value.bytes.to_vec()).unwrap(),
                Err(_) => panic!("14/{id}/{resource}"),
            };
            components.push((text(0), text(2)));
        }
        Told { name, version, components }
    }
}

/// Reads values of Object 14. What the firmware answers is at any time the same, however far it is
/// ahead of the record.
pub fn read_component<'c>(core: &'c mut Core<'_>, path: &Path) -> Result<Value<'c>, Refusal> {
    match components::read(core, path)? {
        Found::Value(value) => Ok(value),
        Found::About { component, version, .. } => {
            let told = device(|device| device.world.kit.packages[0].components[usize::from(component)]);
            let text = if version { told.1 } else { told.0 };
            Ok(Value::of_bytes(Type::String, text.as_bytes()))
        }
    }
}

/// Power, and when it goes: before or after so many operations.
pub struct Power {
    pub left: usize,
    pub after: bool,
    pub off: bool,
}

impl Power {
    pub const ENDLESS: Power = Power { left: usize::MAX, after: false, off: false };
}

/// The device of this thread.
pub struct Device {
    pub world: World,
    pub power: Power,
    /// What servers could see when an operation began.
    pub trail: Vec<Seen>,
}

thread_local!(static DEVICE: RefCell<Option<Device>> = const { RefCell::new(None) });

/// Puts a device there, with its power on.
pub fn put(world: World, power: Power) {
    DEVICE.set(Some(Device { world, power, trail: vec![] }));
}

pub fn device<R>(with: impl FnOnce(&mut Device) -> R) -> R {
    DEVICE.with_borrow_mut(|device| with(device.as_mut().unwrap()))
}

pub fn is_off() -> bool {
    device(|device| device.power.off)
}

/// The firmware: `Core::perform`. Without power nothing is done, and nothing comes back; the core
/// that asks is thrown away.
pub fn perform(core: &mut Core<'_>, operation: &Operation) -> Answer {
    let (about, package) = (operation.kind == Kind::About, operation.offset != 0);
    let lost = |core: &mut Core<'_>| {
        if about {
            core.said(&Err(AboutError::Failed), package);
        }
        Answer { verdict: Verdict::FAILED, more: 0 }
    };
    if is_off() {
        return lost(core);
    }
    // The state that the operation was begun for, or is to make durable.
    if core.is_booted() && core.state(0).is_some() {
        let now = seen(core);
        device(|device| {
            let judged = !matches!(now.state, State::Delivered | State::Installing);
            assert!(judged || device.world.good().is_some(), "{now:?} without a good package");
            device.trail.push(now);
        });
    }
    let data = match operation.kind {
        Kind::Write if operation.length == 0 => core.chunk().to_vec(),
        Kind::Write => container::held_bytes(core, operation.length).to_vec(),
        _ => vec![],
    };
    let performed = device(|device| {
        let last = device.power.left == 0;
        device.power.off = last;
        if last && (!device.power.after || about) {
            return None;
        }
        let answer = device.world.perform(operation, core.work, &data);
        device.power.left = device.power.left.saturating_sub(1);
        (!last).then_some(answer)
    });
    let Some(mut answer) = performed else {
        return lost(core);
    };
    if about {
        let told = device(|device| device.world.about(operation.component, package));
        core.said(&told, package);
    }
    if operation.kind == Kind::Key && !container::is_signed(core, &PUBLIC_KEY) {
        answer.verdict = Verdict::from_number(-53);
    }
    answer
}
