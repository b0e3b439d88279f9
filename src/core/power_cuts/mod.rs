// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The power is cut before and after every operation of whole lives, and again at every
//! operation of the boot that follows. What servers then see must be what the table
//! allows for a state that the record can have been in, and must be true of the device.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod packages;
mod seen;
mod world;

use super::completion::Software;
use super::config::{swmgmt_config_t as Config, AUTO_ACTIVATE};
use super::operation::can;
use super::push::Chunk;
use super::requests::To;
use super::tests::memory::Memory;
use super::Core;
use crate::machine::State;
use crate::object::format::Item;
use crate::object::value::{Type, Value};
use crate::object::{Path, NONE};
use packages::{mcuboot, own, plain, Kit};
use seen::{allowed, assert_truth, seen, Seen};
use world::{device, is_off, perform, put, Commits, Power, World};

fn config(kit: &Kit) -> Config {
    let components = kit.packages[0].components.len() as u16;
    Config {
        size: 0,
        resources: 0b1_1110_0001_0010_1100 | 1 << 17 | 1 << 18,
        options: kit.options,
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

fn memory(config: &Config, kit: &Kit) -> Memory {
    Memory::new(config, kit.parts)
}

/// Boots the device, and waits for nothing.
fn boot<'a>(memory: &'a mut Memory, config: &'a Config, kit: &'static Kit) -> Core<'a> {
    let can = can::OPEN | can::WRITE | can::READ | can::DISCARD | can::INSTALL | can::CANCEL | can::ABOUT;
    let can = can | can::LOAD | can::SAVE | can::FETCH | can::SCHEMES | can::KEY | can::COUNTER;
    let mut core = memory.core(config, kit.parts, can & !kit.lacks, perform);
    core.add(0, Software::Empty).unwrap();
    core.boot().unwrap();
    core
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

fn state(core: &Core<'_>) -> State {
    core.state(0).unwrap().0
}

/// A step of a life, until the power goes.
fn take(core: &mut Core<'_>, step: Step) {
    let (package, kit) = device(|device| (device.world.package(), device.world.kit));
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
    if kit.expects && state(core) == State::Initial {
        use sha2::Digest as _;
        let digest: [u8; 32] = sha2::Sha256::digest(&package.bytes).into();
        let expected = core.expect(0, whole as u32, crate::verify::SHA256, &digest);
        if is_off() {
            return;
        }
        expected.unwrap();
    }
    match step {
        Step::Offer(n) => device(|device| device.world.offer = n),
        Step::Refused => {
            let now = seen(core);
            assert!(now.state == State::Initial && now.result >= 50, "it is taken: {now:?}");
        }
        Step::Push(n) => {
            core.push(1, 0, &chunk(part(n)));
        }
        Step::Fetched(_) | Step::Rest => {
            core.load(0);
            let (from, fetch) = (core.offset() as usize, core.instances[0].number);
            let chunk = chunk(if let Step::Fetched(n) = step { part(n) } else { (from, whole) });
            let _ = core.fetched(fetch, &chunk);
        }
        Step::Uri => {
            let item = Item { resource: 3, value: Value::of_bytes(Type::String, b"http://h/p") };
            core.write(1, To::Instance(0), &|n| (n == 0).then_some(item), &mut NONE.clone());
        }
        Step::Execute(resource, arguments) => {
            core.execute(Path::to(9, 0, resource), arguments);
        }
        Step::Component(id, resource) => {
            core.execute(Path::to(14, id, resource), b"");
        }
        Step::Work => {
            let rests = (0..50).any(|_| core.poll(0) > 0 || is_off());
            assert!(rests, "it never comes to rest");
        }
    }
    if !is_off() {
        let now = seen(core);
        device(|device| device.trail.push(now));
        while core.next_change().is_some() {}
    }
}

/// Lives a life, with a cut in it. Returns what was seen up to then since the last step began.
fn live(config: &Config, kit: &'static Kit, life: &[Step]) -> Vec<Seen> {
    let mut memory = memory(config, kit);
    let mut core = boot(&mut memory, config, kit);
    if is_off() {
        return vec![];
    }
    for step in life {
        let last = seen(&mut core);
        device(|device| device.trail = vec![last]);
        take(&mut core, *step);
        if is_off() {
            break;
        }
    }
    device(|device| core::mem::take(&mut device.trail))
}

/// After the cut: a boot, perhaps cut again, then a boot that is not.
fn survive(world: World, config: &Config, trail: &[Seen], why: &str, depth: usize) -> usize {
    let mut trials = 0;
    let kit = world.kit;
    for left in (0..).take_while(|_| depth > 0) {
        let mut cut_again = false;
        for after in [false, true] {
            put(world.clone(), Power { left, after, off: false });
            boot(&mut memory(config, kit), config, kit);
            if is_off() {
                cut_again = true;
                let world = device(|device| device.world.clone());
                trials += survive(world, config, trail, &format!("{why}, again {left} {after}"), depth - 1);
            }
        }
        if !cut_again {
            break;
        }
    }
    put(world, Power::ENDLESS);
    let mut memory = memory(config, kit);
    let mut core = boot(&mut memory, config, kit);
    let now = seen(&mut core);
    device(|device| {
        let can_be = trail.iter().any(|before| allowed(before, &now, &device.world));
        assert!(can_be || trail.is_empty(), "{why}: {now:?} after {trail:?}");
    });
    go_on(&mut core, why);
    trials + 1
}

/// Life goes on: whatever it was, the software can be installed and started.
fn go_on(core: &mut Core<'_>, why: &str) {
    let is_true = |core: &mut Core<'_>| {
        let now = seen(core);
        device(|device| assert_truth(&now, &device.world, why));
        now
    };
    take(core, Step::Work);
    if state(core) == State::Fetching {
        core.load(0);
        assert_eq!(device(|device| device.world.stored.len()), core.offset() as usize);
        take(core, Step::Rest);
        take(core, Step::Work);
        let good = device(|device| device.world.package().good);
        assert_eq!(state(core) == State::Delivered, good, "{why}: a resumed download");
    }
    is_true(core);
    if state(core) == State::Initial {
        device(|device| {
            let packages = &device.world.kit.packages;
            device.world.offer = packages.iter().rposition(|package| package.good).unwrap();
        });
        PUSH.into_iter().for_each(|step| take(core, step));
    }
    if state(core) == State::Delivered {
        take(core, Step::Execute(4, b""));
        take(core, Step::Work);
    }
    take(core, Step::Execute(10, b""));
    take(core, Step::Work);
    let end = is_true(core);
    assert_eq!((end.state, end.active), (State::Active, true), "{why}");
    let fails = device(|device| device.world.commits == Commits::Fail);
    if fails {
        device(|device| device.world.commits = Commits::Work);
        take(core, Step::Work);
    }
    device(|device| {
        let World { commits, counter, reached, .. } = device.world;
        assert!(commits == Commits::Nobody || counter == reached, "{why}: {counter} is not {reached}");
    });
}

/// Every cut of a life.
fn cut_everywhere(life: &[Step], blank: World) -> usize {
    let config = config(blank.kit);
    let mut trials = 0;
    for left in 0.. {
        let mut cut = false;
        for after in [false, true] {
            put(blank.clone(), Power { left, after, off: false });
            let trail = live(&config, blank.kit, life);
            if !is_off() {
                continue;
            }
            cut = true;
            let world = device(|device| device.world.clone());
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

/// What was stored cannot be verified again after a cut.
#[test]
fn a_firmware_that_reads_nothing_back() {
    all_lives(Kit { lacks: can::READ, ..plain(0) });
    all_lives(Kit { lacks: can::READ, ..own() });
}

#[test]
fn a_firmware_that_neither_stops_nor_discards() {
    all_lives(Kit { lacks: can::CANCEL | can::DISCARD, ..plain(0) });
}

#[test]
fn software_that_starts_by_itself() {
    all_lives(Kit { options: AUTO_ACTIVATE, ..plain(0) });
    all_lives(Kit { options: AUTO_ACTIVATE, ..plain(2) });
}

#[test]
fn a_firmware_that_cannot_be_asked() {
    let kit = leak(plain(0));
    let blank = World { forgets: true, ..World::new(kit) };
    println!("{} cuts", cut_everywhere(&whole_life(kit, &PUSH), blank));
}
