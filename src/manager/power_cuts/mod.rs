// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The power is cut before and after every operation of whole lives, and again at every
//! operation of the boot that follows. What servers then see must be what the table
//! allows for a state that the record can have been in, and must be true of the device.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod packages;
mod seen;
mod world;

use super::components::Component;
use super::instance::Instance;
use super::requests::{Chunk, Item, To};
use super::*;
use crate::object::value::{Type, Value};
use crate::object::{Path, Read};
use crate::operation::{Kind, Operation, Verdict};
use crate::record;
use packages::{mcuboot, own, plain, Kit};
use seen::{allowed, assert_truth, seen, Seen};
use std::collections::BTreeMap;
use world::{Commits, Power, World};

fn config(kit: &Kit) -> Config {
    let components = kit.packages[0].components.len() as u16;
    Config {
        size: 0,
        resources: 0b1_1110_0001_0010_1100 | 1 << 17 | 1 << 18,
        options: 0,
        push_timeout_ms: 0,
        checkpoint: 8,
        parts: core::ptr::null(),
        part_count: 0,
        instances: 1,
        components: components * 2, // the old ones stay while the new ones come
        transfers: 1,
        text: 8,
        arguments: 0,
        credentials: 0,
        work: 0,
        policy: kit.policy,
        max_install_attempts: 0,
        head: 0,
        reserved: [0; 4],
    }
}

struct Tables {
    instances: Vec<Instance>,
    transfers: Vec<Transfer>,
    unpackings: Vec<Unpacking>,
    components: Vec<Component>,
    text: Vec<u8>,
}

impl Tables {
    fn new(config: &Config, kit: &Kit) -> Tables {
        let mut instances = vec![Instance::FREE; config.instances.into()];
        for (place, instance) in (0..).zip(&mut instances) {
            instance.place = place;
        }
        Tables {
            instances,
            transfers: vec![Transfer::FREE; config.transfers.into()],
            unpackings: vec![Unpacking::NEW; Memory::unpackings(config, kit.parts).into()],
            components: vec![Component::FREE; config.components.into()],
            text: vec![0; Memory::text(config, kit.parts)],
        }
    }

    fn manager<'a>(&'a mut self, config: &'a Config, world: &World) -> Manager<'a> {
        let mut can = can::READ | can::DISCARD | can::CANCEL | can::ABOUT | can::SAVE;
        if world.asks_outcome {
            can |= can::OUTCOME;
        }
        let memory = Memory {
            instances: &mut self.instances,
            transfers: &mut self.transfers,
            unpackings: &mut self.unpackings,
            components: &mut self.components,
            text: &mut self.text,
        };
        Manager::new(config, can, world.kit.parts, memory)
    }
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
    let mut work = vec![0; Memory::work(manager.shared.config, world.kit.parts)];
    while manager.next(call, &mut work, data) {
        let operation = call.operation;
        // What the operation is to make durable, or has been begun for.
        if manager.is_booted() && manager.state(0).is_some() {
            let now = seen(manager, world);
            let judged = !matches!(now.state, State::Delivered | State::Installing) || world.good().is_some();
            assert!(judged, "{now:?} without a good package");
            trail.push(now);
        }
        if power.left == 0 && (!power.after || operation.kind == Kind::About) {
            power.off = true;
            return;
        }
        if operation.kind == Kind::About {
            manager.answer_about(call, world.about(operation.component, operation.package));
        } else {
            let bytes = match operation.length {
                0 => data.get(call.skip as usize..).unwrap_or_default(),
                _ => manager.held(call), // of a write
            };
            let (verdict, flags, bytes) = world.perform(&operation, &mut work, bytes);
            if power.left == 0 {
                power.off = true;
                return;
            }
            manager.answer(call, verdict, flags, &bytes);
        }
        power.left -= 1;
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// Servers have this package now.
    Offer(usize),
    /// A chunk of it.
    Push(usize),
    Uri,
    Fetched(usize),
    /// What is left of a download.
    Rest,
    Work,
    /// The package has been refused.
    Refused,
    Execute(u16, &'static [u8]),
    Component(u16, u16),
}

const PUSH: [Step; 4] = [Step::Push(0), Step::Push(1), Step::Push(2), Step::Work];
const FETCH: [Step; 6] =
    [Step::Uri, Step::Work, Step::Fetched(0), Step::Fetched(1), Step::Fetched(2), Step::Work];
const INSTALL: [Step; 4] = [Step::Execute(4, b""), Step::Work, Step::Execute(10, b""), Step::Work];

fn boot(manager: &mut Manager<'_>, world: &mut World, power: &mut Power) {
    let mut call = Call::new();
    manager.add(&mut call, 0, Software::Empty).unwrap();
    manager.boot(&mut call).unwrap();
    run(manager, &mut call, world, power, &[], &mut Vec::new());
}

fn take(manager: &mut Manager<'_>, world: &mut World, power: &mut Power, step: Step, trail: &mut Vec<Seen>) {
    let fetch = manager.instances[0].number;
    let package = world.package();
    let whole = package.bytes.len();
    let part = |n: usize| {
        let from = if n == 0 { 0 } else { package.cuts[n - 1] };
        (from, if n == 2 { whole } else { package.cuts[n] })
    };
    let chunk = |(from, to): (usize, usize)| Chunk {
        data: &package.bytes[from..to],
        etag: b"e",
        offset: from as u32,
        total: whole as u32,
        last: to == whole,
    };
    let mut call = Call::new();
    if world.kit.expects && manager.state(0).unwrap().0 == State::Initial {
        use sha2::Digest as _;
        let mut digest: [u8; 32] = sha2::Sha256::digest(&package.bytes).into();
        manager.expect(&mut call, 0, whole as u32, crate::verify::SHA256, &mut digest).unwrap();
        run(manager, &mut call, world, power, &[], trail);
        if power.off {
            return;
        }
    }
    let mut call = Call::new();
    let mut data = &[][..];
    match step {
        Step::Offer(n) => world.offer = n,
        Step::Refused => {
            let now = seen(manager, world);
            assert!(now.state == State::Initial && now.result >= 50, "{} is taken: {now:?}", world.offer);
        }
        Step::Push(n) => {
            let mut chunk = chunk(part(n));
            data = chunk.data;
            let _ = manager.push(&mut call, 1, 0, &mut chunk, None);
        }
        Step::Fetched(_) | Step::Rest => {
            let from = manager.shared.offset(0) as usize;
            let chunk = chunk(if let Step::Fetched(n) = step { part(n) } else { (from, whole) });
            data = chunk.data;
            let _ = manager.fetched(&mut call, fetch, &chunk);
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
        trail.push(seen(manager, world));
        while manager.next_change().is_some() {}
    }
}

/// Lives a life, with a cut in it. Tells what was seen up to then since the last step
/// began, and whether the power went.
fn live(world: &mut World, config: &Config, life: &[Step], power: &mut Power) -> Vec<Seen> {
    let mut tables = Tables::new(config, world.kit);
    let mut manager = tables.manager(config, &world);
    boot(&mut manager, world, power);
    let mut trail = Vec::new();
    if power.off {
        return trail;
    }
    for step in life {
        let last = seen(&manager, world);
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
                let mut tables = Tables::new(config, world.kit);
                let mut manager = tables.manager(config, &world);
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
    let mut endless = Power::ENDLESS;
    let mut tables = Tables::new(config, world.kit);
    let mut manager = tables.manager(config, &world);
    boot(&mut manager, &mut world, &mut endless);
    let now = seen(&manager, &world);
    if !trail.is_empty() {
        let can_be = trail.iter().any(|before| allowed(before, &now, &world));
        assert!(can_be, "{why}: {now:?} after {trail:?}");
    }
    // Life goes on: whatever it was, the software can be installed and started.
    let mut trail = Vec::new();
    take(&mut manager, &mut world, &mut endless, Step::Work, &mut trail);
    if manager.state(0).unwrap().0 == State::Fetching {
        assert_eq!(world.stored.len(), manager.shared.offset(0) as usize);
        take(&mut manager, &mut world, &mut endless, Step::Rest, &mut trail);
        take(&mut manager, &mut world, &mut endless, Step::Work, &mut trail);
        let delivered = manager.state(0).unwrap().0 == State::Delivered;
        assert_eq!(delivered, world.package().good, "{why}: a resumed download");
    }
    assert_truth(&seen(&manager, &world), &world, why);
    if manager.state(0).unwrap().0 == State::Initial {
        let newest = world.kit.packages.iter().rposition(|package| package.good).unwrap();
        take(&mut manager, &mut world, &mut endless, Step::Offer(newest), &mut trail);
        for step in PUSH {
            take(&mut manager, &mut world, &mut endless, step, &mut trail);
        }
    }
    if manager.state(0).unwrap().0 == State::Delivered {
        take(&mut manager, &mut world, &mut endless, Step::Execute(4, b""), &mut trail);
        take(&mut manager, &mut world, &mut endless, Step::Work, &mut trail);
    }
    take(&mut manager, &mut world, &mut endless, Step::Execute(10, b""), &mut trail);
    take(&mut manager, &mut world, &mut endless, Step::Work, &mut trail);
    let end = seen(&manager, &world);
    assert_eq!((end.state, end.active), (State::Active, true), "{why}");
    assert_truth(&end, &world, why);
    if world.commits == Commits::Fail {
        world.commits = Commits::Work;
        take(&mut manager, &mut world, &mut endless, Step::Work, &mut trail);
    }
    let raised = world.commits == Commits::Nobody || world.counter == world.reached;
    assert!(raised, "{why}: {} is not {}", world.counter, world.reached);
    trials + 1
}

/// Every cut of a life.
fn cut_everywhere(life: &[Step], blank: World) -> usize {
    let config = config(blank.kit);
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

fn whole_life(kit: &Kit, first: &[Step]) -> Vec<Step> {
    let mut life = first.to_vec();
    life.extend(INSTALL);
    if !kit.packages[0].components.is_empty() {
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
    for bad in (0..kit.packages.len()).filter(|bad| !kit.packages[*bad].good) {
        life.push(Step::Offer(bad));
        life.extend(first);
        life.push(Step::Refused);
    }
    life.push(Step::Offer(usize::from(kit.packages.len() > 1)));
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

fn leak(kit: Kit) -> &'static Kit {
    Box::leak(Box::new(kit))
}

fn all_lives(kit: Kit) {
    let kit = leak(kit);
    for (first, commits) in [
        (&PUSH[..], Commits::Work),
        (&FETCH[..], Commits::Work),
        (&PUSH[..], Commits::Fail),
        (&PUSH[..], Commits::Nobody),
    ] {
        if commits == Commits::Work || kit.packages.len() > 1 {
            let blank = World { commits, ..World::new(kit) };
            println!("{} cuts", cut_everywhere(&whole_life(kit, first), blank));
        }
    }
}

#[test]
fn a_life_of_pushes_and_one_of_downloads() {
    all_lives(plain(0));
}

#[test]
fn a_life_with_components() {
    all_lives(plain(2));
}

#[test]
fn a_life_of_packages_in_our_container() {
    all_lives(own());
}

#[test]
fn a_life_of_mcuboot_images() {
    all_lives(mcuboot());
}

#[test]
fn a_firmware_that_cannot_be_asked() {
    let kit = leak(plain(0));
    for asks_outcome in [false, true] {
        let blank = World { asks_outcome, forgets: true, ..World::new(kit) };
        println!("{} cuts", cut_everywhere(&whole_life(kit, &PUSH), blank));
    }
}
