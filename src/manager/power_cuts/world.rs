// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The device under the library: what the power does not take, and what it does.

use super::packages::{Kit, Package, PUBLIC_KEY};
use super::*;

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
    pub records: BTreeMap<u16, Vec<u8>>,
    pub stored: Vec<u8>,
    /// Which package.
    pub installed: Option<usize>,
    pub prepared: bool,
    pub running: bool,
    pub parts_running: [bool; 2],
    pub done: Vec<u32>,
    pub highest: u32,
    pub asks_outcome: bool,
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
            asks_outcome: true,
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

    /// Tells the verdict, what comes with it, and the bytes.
    pub fn perform(
        &mut self,
        operation: &Operation,
        work: &mut [u8],
        data: &[u8],
    ) -> (Verdict, u32, Vec<u8>) {
        let fresh = !matches!(operation.kind, Kind::Write | Kind::Read | Kind::Outcome | Kind::Cancel);
        if operation.number != 0 && fresh && !self.done.contains(&operation.number) {
            let resumed = matches!(operation.kind, Kind::Fetch | Kind::Verify)
                || self.forgets
                || operation.number <= self.highest;
            assert!(operation.number > self.highest || resumed, "{operation:?} reuses a number");
            self.highest = self.highest.max(operation.number);
        }
        let number = operation.number;
        match operation.kind {
            Kind::Load => {
                let blob = self.records.get(&operation.instance).cloned().unwrap_or_default();
                work[..blob.len()].copy_from_slice(&blob);
                return (Verdict::DONE, 0, blob);
            }
            Kind::Save => {
                let blob = work[..operation.length as usize].to_vec();
                self.records.insert(operation.instance, blob);
            }
            Kind::Open => {
                if self.stored.len() < operation.offset as usize {
                    return (Verdict::from_number(-57), 0, Vec::new());
                }
                self.stored.truncate(operation.offset as usize);
            }
            Kind::Write => {
                assert_eq!(self.stored.len(), operation.offset as usize);
                self.stored.extend_from_slice(data);
                return (Verdict::DONE, 0, data.to_vec());
            }
            Kind::Read => {
                let from = operation.offset as usize;
                let bytes = self.stored[from..from + operation.length as usize].to_vec();
                return (Verdict::DONE, 0, bytes);
            }
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
                let on = operation.kind == Kind::Activate;
                match operation.component {
                    NONE => self.running = on,
                    part => self.parts_running[usize::from(part)] = on,
                }
                self.done.push(number);
            }
            Kind::Outcome if self.forgets => return (Verdict::UNKNOWN, 0, Vec::new()),
            Kind::Outcome if self.done.contains(&number) => {}
            Kind::Outcome => return (Verdict::NOT_STARTED, 0, Vec::new()),
            Kind::Fetch => return (Verdict::PENDING, 0, Vec::new()),
            Kind::Key => return (Verdict::DONE, 0, PUBLIC_KEY.to_vec()),
            Kind::Counter => return (Verdict::DONE, self.counter, Vec::new()),
            Kind::Commit => {
                let mut fields = [&[][..]; 7];
                record::split(self.record(), &mut fields).unwrap();
                let kept = u32::from_le_bytes(*fields[6].first_chunk().unwrap());
                assert!(operation.length <= kept, "the record does not say yet that it is installed");
                assert!(operation.length <= self.reached, "it has never been installed");
                match self.commits {
                    Commits::Fail => return (Verdict::FAILED, 0, Vec::new()),
                    Commits::Nobody => {}
                    Commits::Work => self.counter = self.counter.max(operation.length),
                }
            }
            Kind::Verify | Kind::Cancel | Kind::About | Kind::Signature | Kind::Fits => {}
        }
        (Verdict::DONE, 0, Vec::new())
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
    pub fn of(manager: &Manager<'_>, world: &World) -> Told {
        let text = |object, instance, resource| match manager.read(Path::to(object, instance, resource)) {
            Ok(Read::Value(value)) => String::from_utf8(value.bytes.to_vec()).unwrap(),
            // The firmware tells; at any time the same, however far it is ahead of the record.
            Ok(Read::About { component, version, .. }) => {
                let told = world.kit.packages[0].components[usize::from(component)];
                if version { told.1 } else { told.0 }.to_string()
            }
            Err(_) => panic!("{object}/{instance}/{resource}"),
        };
        let mut components = vec![];
        let mut id = NONE;
        while let Some(next) = manager.child_after(Path::to(14, NONE, NONE), id) {
            id = next;
            components.push((text(14, id, 0), text(14, id, 2)));
        }
        Told { name: text(9, 0, 0), version: text(9, 0, 1), components }
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
