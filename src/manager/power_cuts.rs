// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The power is cut before and after every operation of whole lives, and again at every
//! operation of the boot that follows. What servers then see must be what the table
//! allows for a state that the record can have been in, and must be true of the device.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use super::components::Component;
use super::config::*;
use super::instance::Instance;
use super::part::swmgmt_part_t;
use super::requests::{Chunk, Item, To};
use super::*;
use crate::object::value::{Type, Value};
use crate::object::{Path, Read};
use crate::operation::{Kind, Operation, Verdict};
use crate::record;
use std::collections::BTreeMap;

const PACKAGE: &[u8] = b"a package of forty bytes, more or less..";
static DIGEST: swmgmt_part_t = swmgmt_part_t::Digest(&digest::SHA256);
static COMPONENTS: swmgmt_part_t = swmgmt_part_t::Components(&components::COMPONENTS);
static DOWNLOAD: swmgmt_part_t = swmgmt_part_t::Download(&download::DOWNLOAD);
static RECORDS: swmgmt_part_t = swmgmt_part_t::Records(&records::RECORDS);
static PARTS: [&swmgmt_part_t; 4] = [&DIGEST, &DOWNLOAD, &RECORDS, &COMPONENTS];

/// What the power does not take: records, storage, software; and what the firmware has
/// done of each operation.
#[derive(Clone, Default)]
struct World {
    records: BTreeMap<u16, Vec<u8>>,
    stored: Vec<u8>,
    installed: Option<Vec<u8>>,
    prepared: bool,
    running: bool,
    parts_running: [bool; 2],
    components: u16,
    done: Vec<u32>,
    highest: u32,
    asks_outcome: bool,
    /// The firmware cannot say what became of an operation.
    forgets: bool,
}

impl World {
    fn perform(&mut self, operation: &Operation, work: &mut [u8], data: &[u8]) -> (Verdict, Vec<u8>) {
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
                return (Verdict::DONE, blob);
            }
            Kind::Save => {
                let blob = work[..operation.length as usize].to_vec();
                self.records.insert(operation.instance, blob);
            }
            Kind::Open => {
                if self.stored.len() < operation.offset as usize {
                    return (Verdict::from_number(-57), Vec::new());
                }
                self.stored.truncate(operation.offset as usize);
            }
            Kind::Write => {
                assert_eq!(self.stored.len(), operation.offset as usize);
                self.stored.extend_from_slice(data);
                return (Verdict::DONE, data.to_vec());
            }
            Kind::Read => {
                let from = operation.offset as usize;
                let bytes = self.stored[from..from + operation.length as usize].to_vec();
                return (Verdict::DONE, bytes);
            }
            Kind::Discard => {
                let state = record::open(&self.records[&1]).unwrap()[1];
                let named = State::from_number(state);
                assert!(
                    !matches!(named, Some(State::Verifying | State::Delivered | State::Installing)),
                    "the record still names what is thrown away"
                );
                self.stored.clear();
            }
            Kind::Install => {
                assert_eq!(self.stored, PACKAGE, "only a verified package is installed");
                self.installed = Some(self.stored.clone());
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
            Kind::Outcome if self.forgets => return (Verdict::UNKNOWN, Vec::new()),
            Kind::Outcome if self.done.contains(&number) => {}
            Kind::Outcome => return (Verdict::NOT_STARTED, Vec::new()),
            Kind::Fetch => return (Verdict::PENDING, Vec::new()),
            Kind::Verify | Kind::Cancel | Kind::About => {}
            Kind::Key | Kind::Signature | Kind::Fits | Kind::Counter | Kind::Commit => {}
        }
        (Verdict::DONE, Vec::new())
    }
}

/// Power, and when it goes: before or after so many operations.
struct Power {
    left: usize,
    after: bool,
    off: bool,
}

fn config(components: u16) -> Config {
    Config {
        size: 0,
        resources: 0b1_1110_0001_0010_1100 | 1 << 17 | 1 << 18,
        options: 0,
        push_timeout_ms: 0,
        checkpoint: 8,
        parts: core::ptr::null(),
        part_count: 0,
        instances: 1,
        components,
        transfers: 1,
        text: 8,
        arguments: 0,
        credentials: 0,
        work: 0,
        policy: POLICY_DIGEST,
        max_install_attempts: 0,
        head: 0,
        reserved: [0; 4],
    }
}

struct Tables {
    instances: Vec<Instance>,
    transfers: Vec<Transfer>,
    components: Vec<Component>,
    text: Vec<u8>,
}

impl Tables {
    fn new(config: &Config) -> Tables {
        let mut instances = vec![Instance::FREE; config.instances.into()];
        for (place, instance) in (0..).zip(&mut instances) {
            instance.place = place;
        }
        Tables {
            instances,
            transfers: vec![Transfer::FREE; config.transfers.into()],
            components: vec![Component::FREE; config.components.into()],
            text: vec![0; Memory::text(config, &PARTS)],
        }
    }

    fn manager<'a>(&'a mut self, config: &'a Config, asks_outcome: bool) -> Manager<'a> {
        let mut can = can::READ | can::DISCARD | can::CANCEL | can::ABOUT | can::SAVE;
        if asks_outcome {
            can |= can::OUTCOME;
        }
        let memory = Memory {
            instances: &mut self.instances,
            transfers: &mut self.transfers,
            unpackings: &mut [],
            components: &mut self.components,
            text: &mut self.text,
        };
        Manager::new(config, can, &PARTS, memory)
    }
}

/// What a server sees: the state of the machine, 7, 9 and 12.
type Seen = (State, bool, u32, u32, bool);

fn seen(manager: &Manager<'_>) -> Seen {
    let number = |resource| match manager.read(Path::to(9, 0, resource)) {
        Ok(Read::Value(value)) if value.bytes.is_empty() => value.number,
        _ => panic!("9/0/{resource}"),
    };
    let (state, for_update) = manager.state(0).unwrap();
    (state, for_update, number(7), number(9), number(12) == 1)
}

/// The loop of the C boundary, with the power in it.
fn run(
    manager: &mut Manager<'_>,
    call: &mut Call,
    world: &mut World,
    power: &mut Power,
    data: &[u8],
    trail: &mut Vec<Seen>,
) {
    let mut work = vec![0; record::size(8, 255, 4)];
    while manager.next(call, &mut work, data) {
        let operation = call.operation;
        // What the operation is to make durable, or has been begun for.
        if manager.is_booted() && manager.state(0).is_some() {
            trail.push(seen(manager));
        }
        if power.left == 0 && (!power.after || operation.kind == Kind::About) {
            power.off = true;
            return;
        }
        if operation.kind == Kind::About {
            let names = [&b"c0"[..], b"c1"];
            let told = match operation.component {
                NONE => Ok(About { name: b"name", version: b"1", active: false }),
                n if n < world.components => {
                    Ok(About { name: names[usize::from(n)], version: b"1", active: false })
                }
                _ => Err(AboutError::Missing),
            };
            manager.answer_about(call, told);
        } else {
            let (verdict, bytes) = world.perform(&operation, &mut work, data);
            if power.left == 0 {
                power.off = true;
                return;
            }
            manager.answer(call, verdict, 0, &bytes);
        }
        power.left -= 1;
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Push(usize, usize),
    Uri,
    Fetched(usize, usize),
    Work,
    Execute(u16, &'static [u8]),
    Component(u16, u16),
}

const PUSH: [Step; 4] = [Step::Push(0, 16), Step::Push(16, 32), Step::Push(32, 40), Step::Work];
const FETCH: [Step; 6] =
    [Step::Uri, Step::Work, Step::Fetched(0, 16), Step::Fetched(16, 32), Step::Fetched(32, 40), Step::Work];
const INSTALL: [Step; 4] = [Step::Execute(4, b""), Step::Work, Step::Execute(10, b""), Step::Work];

fn boot(manager: &mut Manager<'_>, world: &mut World, power: &mut Power) {
    let mut call = Call::new();
    manager.add(&mut call, 0, Software::Empty).unwrap();
    manager.boot(&mut call).unwrap();
    run(manager, &mut call, world, power, &[], &mut Vec::new());
}

fn take(manager: &mut Manager<'_>, world: &mut World, power: &mut Power, step: Step, trail: &mut Vec<Seen>) {
    let fetch = manager.instances[0].number;
    let chunk = |from: usize, to: usize| Chunk {
        data: &PACKAGE[from..to],
        etag: b"e",
        offset: from as u32,
        total: 40,
        last: to == PACKAGE.len(),
    };
    let mut call = Call::new();
    if manager.state(0) == Some((State::Initial, false)) || manager.state(0) == Some((State::Initial, true)) {
        use sha2::Digest as _;
        let mut digest: [u8; 32] = sha2::Sha256::digest(PACKAGE).into();
        manager.expect(&mut call, 0, 40, crate::verify::SHA256, &mut digest).unwrap();
        run(manager, &mut call, world, power, &[], trail);
        if power.off {
            return;
        }
    }
    let mut call = Call::new();
    let mut data = &[][..];
    match step {
        Step::Push(from, to) => {
            data = &PACKAGE[from..to];
            let _ = manager.push(&mut call, 1, 0, &mut chunk(from, to), None);
        }
        Step::Fetched(from, to) => {
            data = &PACKAGE[from..to];
            let _ = manager.fetched(&mut call, fetch, &chunk(from, to));
        }
        Step::Uri => {
            call.schemes = b"file";
            let item = Item { resource: 3, value: Value::of_bytes(Type::String, b"file:p") };
            let _ = manager.write(&mut call, 1, To::Instance(0), &|n| (n == 0).then_some(item));
        }
        Step::Execute(resource, arguments) => {
            let _ = manager.execute(&mut call, Path::to(9, 0, resource), arguments);
        }
        Step::Component(id, resource) => {
            let _ = manager.execute(&mut call, Path::to(14, id, resource), b"");
        }
        Step::Work => {
            for _ in 0..50 {
                let mut call = Call::new();
                manager.poll(&mut call, 0);
                run(manager, &mut call, world, power, &[], trail);
                if power.off || manager.idle(0) > 0 {
                    break;
                }
            }
            assert!(power.off || manager.idle(0) > 0, "it never comes to rest");
        }
    }
    run(manager, &mut call, world, power, data, trail);
    if !power.off {
        trail.push(seen(manager));
        while manager.next_change().is_some() {}
    }
}

/// Whether the table lets `now` be seen after a boot from `before`.
fn allowed(before: &Seen, now: &Seen, world: &World) -> bool {
    use State::*;
    let (from, flag, _, result, active) = *before;
    let (to, now_flag, shown, now_result, now_active) = *now;
    if shown != u32::from(to.shown(now_flag)) {
        return false;
    }
    let kept = (to, now_flag, now_result, now_active) == (from, flag, result, active);
    let is = |state, flag, results: &[u32], active| {
        to == state && now_flag == flag && results.contains(&now_result) && now_active == active
    };
    match from {
        Initial | Inactive | Active => kept,
        Receiving => is(Initial, flag, &[0], false),
        Fetching => is(Fetching, flag, &[1], false),
        Verifying => is(Verifying, flag, &[0], false) || is(Initial, flag, &[57], false),
        Delivered => kept || is(Initial, flag, &[57], false),
        Installing => {
            is(Installing, flag, &[result], false)
                || is(Inactive, false, &[2], false)
                || is(Delivered, flag, &[58], false)
        }
        Activating => kept || is(Active, false, &[result], true) || is(Inactive, false, &[result], active),
        Deactivating => kept || is(Inactive, false, &[result], false) || is(Active, false, &[result], active),
        Preparing => {
            kept || is(Initial, true, &[0], false)
                || is(Inactive, false, &[59], false)
                || world.forgets && to == Active
        }
        Uninstalling => {
            kept || is(Initial, false, &[0], false)
                || is(Inactive, false, &[59], false)
                || flag && is(Initial, true, &[59], false)
        }
    }
}

/// What is seen must be so.
fn assert_truth(now: &Seen, world: &World, why: &str) {
    let (state, for_update, _, _, active) = *now;
    // A firmware that cannot be asked has failed, by the rules, though it may have acted.
    if world.forgets && state != State::Delivered {
        return;
    }
    match state {
        State::Delivered => assert_eq!(world.stored, PACKAGE, "{why}: DELIVERED without its bytes"),
        State::Inactive | State::Active => {
            assert!(world.installed.is_some(), "{why}: nothing is installed")
        }
        State::Initial if !for_update => {
            assert_eq!(world.installed, None, "{why}: software that nobody sees")
        }
        _ => {}
    }
    if active && state == State::Active {
        let all = if world.components > 0 { world.parts_running == [true; 2] } else { world.running };
        assert!(all, "{why}: it does not run");
    }
}

/// Lives a life, with a cut in it. Tells what was seen up to then since the last step
/// began, and whether the power went.
fn live(world: &mut World, config: &Config, life: &[Step], power: &mut Power) -> Vec<Seen> {
    let mut tables = Tables::new(config);
    let mut manager = tables.manager(config, world.asks_outcome);
    boot(&mut manager, world, power);
    let mut trail = Vec::new();
    if power.off {
        return trail;
    }
    for step in life {
        let last = seen(&manager);
        trail = vec![last];
        take(&mut manager, world, power, *step, &mut trail);
        if power.off {
            return trail;
        }
    }
    trail
}

/// After the cut: a boot, perhaps cut again, then a boot that is not.
fn survive(mut world: World, config: &Config, trail: &[Seen], why: &str, depth: usize) -> usize {
    let mut trials = 0;
    if depth > 0 {
        for left in 0.. {
            let mut cut_again = false;
            for after in [false, true] {
                let mut world = world.clone();
                let mut tables = Tables::new(config);
                let mut manager = tables.manager(config, world.asks_outcome);
                let mut power = Power { left, after, off: false };
                boot(&mut manager, &mut world, &mut power);
                if power.off {
                    cut_again = true;
                    trials +=
                        survive(world, config, trail, &format!("{why}, again {left} {after}"), depth - 1);
                }
            }
            if !cut_again {
                break;
            }
        }
    }
    let mut endless = Power { left: usize::MAX, after: false, off: false };
    let mut tables = Tables::new(config);
    let mut manager = tables.manager(config, world.asks_outcome);
    boot(&mut manager, &mut world, &mut endless);
    let now = seen(&manager);
    if !trail.is_empty() {
        let can_be = trail.iter().any(|before| allowed(before, &now, &world));
        assert!(can_be, "{why}: {now:?} after {trail:?}");
    }
    // Life goes on: whatever it was, the software can be installed and started.
    let mut trail = Vec::new();
    take(&mut manager, &mut world, &mut endless, Step::Work, &mut trail);
    if manager.state(0).unwrap().0 == State::Fetching {
        let from = manager.shared.transfers[0].offset as usize;
        assert!(world.stored.len() == from);
        take(&mut manager, &mut world, &mut endless, Step::Fetched(from, 40), &mut trail);
        take(&mut manager, &mut world, &mut endless, Step::Work, &mut trail);
        assert_eq!(manager.state(0).unwrap().0, State::Delivered, "{why}: a resumed download");
    }
    assert_truth(&seen(&manager), &world, why);
    if manager.state(0).unwrap().0 == State::Initial {
        for step in PUSH {
            take(&mut manager, &mut world, &mut endless, step, &mut trail);
        }
    }
    if manager.state(0).unwrap().0 == State::Delivered {
        take(&mut manager, &mut world, &mut endless, Step::Execute(4, b""), &mut trail);
        take(&mut manager, &mut world, &mut endless, Step::Work, &mut trail);
    }
    take(&mut manager, &mut world, &mut endless, Step::Execute(10, b""), &mut trail);
    let end = seen(&manager);
    assert_eq!((end.0, end.4), (State::Active, true), "{why}");
    assert_truth(&end, &world, why);
    trials + 1
}

/// Every cut of a life.
fn cut_everywhere(life: &[Step], components: u16, asks_outcome: bool, forgets: bool) -> usize {
    let config = config(components * 2); // the old ones stay while the new ones come
    let blank = World { components, asks_outcome, forgets, ..World::default() };
    let mut trials = 0;
    for left in 0.. {
        let mut cut = false;
        for after in [false, true] {
            let mut world = blank.clone();
            let mut power = Power { left, after, off: false };
            let trail = live(&mut world, &config, life, &mut power);
            if !power.off {
                continue;
            }
            cut = true;
            trials += survive(world, &config, &trail, &format!("cut {left} {after}"), 1);
        }
        if !cut {
            return trials;
        }
    }
    trials
}

fn whole_life(first: &[Step], components: u16) -> Vec<Step> {
    let mut life = first.to_vec();
    life.extend(INSTALL);
    if components > 0 {
        life.extend([
            Step::Component(0, 4),
            Step::Component(1, 4),
            Step::Component(0, 3),
            Step::Execute(10, b""),
        ]);
    }
    life.extend([
        Step::Execute(11, b""),
        Step::Execute(10, b""),
        Step::Execute(6, b"1"),
        Step::Execute(6, b"1"),
    ]);
    life.extend(PUSH);
    life.extend(INSTALL);
    life.push(Step::Execute(6, b"1"));
    life.extend(first);
    life.push(Step::Execute(6, b"0")); // throws the package away
    life.extend([Step::Work, Step::Execute(6, b""), Step::Work]); // removes the old software
    life.extend(PUSH);
    life.extend(INSTALL);
    life.push(Step::Execute(6, b"0"));
    life
}

#[test]
fn a_life_of_pushes() {
    println!("{} cuts", cut_everywhere(&whole_life(&PUSH, 0), 0, true, false));
}

#[test]
fn a_life_of_downloads() {
    println!("{} cuts", cut_everywhere(&whole_life(&FETCH, 0), 0, true, false));
}

#[test]
fn a_life_with_components() {
    println!("{} cuts", cut_everywhere(&whole_life(&PUSH, 2), 2, true, false));
}

#[test]
fn a_firmware_that_cannot_be_asked() {
    println!("{} cuts", cut_everywhere(&whole_life(&PUSH, 0), 0, false, true));
    println!("{} cuts", cut_everywhere(&whole_life(&PUSH, 0), 0, true, true));
}
