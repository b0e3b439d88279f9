// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A device under test: its configuration, and the calls that the lines make.

use super::memory::Memory;
use super::world::{perform, read_component, squeeze, verdict, world, World};
use crate::core::changes::{APPEARED, REGISTER, VANISHED};
use crate::core::completion::Software;
use crate::core::config::swmgmt_config_t as Config;
use crate::core::operation::can;
use crate::core::push::Chunk;
use crate::core::requests::To;
use crate::core::{Core, Error, Part};
use crate::machine::State;
use crate::object::format::{Item, MAX_ITEMS};
use crate::object::value::{Type, Value};
use crate::object::{Path, NONE};
use crate::parts::{components, container, digest, download, names, record, signature};
use crate::verify::manifest::MANIFEST;
use crate::verify::mcuboot::MCUBOOT;
use crate::verify::{crc32, sha256};

static RECORD: Part = record::part(None);
static CRC: Part = digest::part(&crc32::SMALL, None);
static SHA: Part = digest::part(&sha256::DIGEST, None);
static DOWNLOAD: Part = download::part(None);
static COMPONENTS: Part = components::part(Some(read_component));
static PACKAGE: Part = container::part(&MANIFEST, 0, None);
static IMAGE: Part = container::part(&MCUBOOT, can::READ, None);
static NAMES: Part = names::PART;
static SIGNATURE: Part = signature::PART;

/// What a device is made of. A test changes what it needs otherwise.
pub(super) struct Make {
    pub config: Config,
    pub parts: Vec<&'static Part>,
    pub can: u32,
    /// The firmware's list.
    pub slots: Vec<(u16, Software)>,
    /// What it says of names, see `World`.
    pub software: Vec<(&'static str, &'static str, bool)>,
}

/// Object 9 with all its resources, in one empty slot, with records; a package is verified by
/// the firmware.
pub(super) fn make() -> Make {
    let config = Config {
        size: 0,
        resources: 0b111_1110_0001_0010_1100,
        options: 0,
        push_timeout_ms: 0,
        checkpoint: 0,
        parts: core::ptr::null(),
        part_count: 0,
        instances: 1,
        components: 0,
        transfers: 1,
        text: 16,
        arguments: 8,
        credentials: 8,
        work: 0,
        policy: 0,
        max_install_attempts: 0,
        head: 0,
        reserved: [0; 4],
    };
    let can = can::OPEN | can::WRITE | can::READ | can::DISCARD | can::VERIFY | can::INSTALL | can::CANCEL;
    let records = can::LOAD | can::SAVE;
    Make {
        config,
        parts: vec![&RECORD, &CRC, &SHA, &DOWNLOAD],
        can: can | records | can::FETCH | can::SCHEMES,
        slots: vec![(0, Software::Empty)],
        software: vec![],
    }
}

impl Make {
    /// The firmware lacks a callback.
    pub fn without(mut self, what: u32) -> Make {
        self.can &= !what;
        self
    }

    /// Options of the configuration.
    pub fn option(mut self, options: u32) -> Make {
        self.config.options |= options;
        self
    }

    pub fn config(mut self, change: impl FnOnce(&mut Config)) -> Make {
        change(&mut self.config);
        self
    }

    /// Nothing survives a reboot.
    pub fn without_records(self) -> Make {
        self.without(can::LOAD | can::SAVE)
    }

    /// These slots instead, one transfer for each.
    pub fn slots(mut self, slots: &[(u16, Software)]) -> Make {
        self.slots = slots.to_vec();
        self.config.instances = slots.len() as u16;
        self.config.transfers = slots.len() as u16;
        self
    }

    /// about(), and what it says of the software and of its components.
    pub fn about(mut self, software: &[(&'static str, &'static str, bool)]) -> Make {
        self.can |= can::ABOUT;
        self.software = software.to_vec();
        self
    }

    /// Object 14, with room for so many.
    pub fn components(mut self, room: u16) -> Make {
        self.config.components = room;
        self.parts.push(&COMPONENTS);
        self
    }

    /// Packages in containers, signed or not.
    pub fn containers(mut self) -> Make {
        self.can |= can::KEY | can::COUNTER;
        self.parts.extend([&PACKAGE, &IMAGE, &NAMES, &SIGNATURE]);
        self
    }

    /// Boots for the first time.
    pub fn boot(self) -> Device {
        let mut device = self.off();
        device.boot();
        device.forget();
        device
    }

    /// Before the boot.
    pub fn off(self) -> Device {
        world(|world| *world = World { software: self.software.clone(), ..World::default() });
        let config: &'static Config = Box::leak(Box::new(self.config));
        let parts: &'static [&'static Part] = Vec::leak(self.parts);
        let core = new_core(config, parts, self.can, &self.slots);
        Device { core, config, parts, can: self.can, slots: self.slots, id: 0, now: 0, line: String::new() }
    }
}

fn new_core(
    config: &'static Config,
    parts: &'static [&'static Part],
    can: u32,
    slots: &[(u16, Software)],
) -> Core<'static> {
    let memory: &'static mut Memory = Box::leak(Box::new(Memory::new(config, parts)));
    let mut core = memory.core(config, parts, can, perform);
    for (id, software) in slots {
        core.add(*id, *software).unwrap();
    }
    core
}

/// A device. Its methods are the calls of the lines; each returns the answer in words.
pub(super) struct Device {
    pub core: Core<'static>,
    config: &'static Config,
    parts: &'static [&'static Part],
    pub can: u32,
    pub slots: Vec<(u16, Software)>,
    id: u16,
    now: u32,
    line: String,
}

pub(super) trait Bytes {
    fn bytes(self) -> &'static [u8];
}

impl Bytes for &'static str {
    fn bytes(self) -> &'static [u8] {
        self.as_bytes()
    }
}

impl Bytes for &'static [u8] {
    fn bytes(self) -> &'static [u8] {
        self
    }
}

fn copy(config: &Config) -> Config {
    let Config {
        size, resources, options, push_timeout_ms, checkpoint, parts, part_count, instances, ..
    } = *config;
    let Config { components, transfers, text, arguments, credentials, work, head, policy, .. } = *config;
    let Config { max_install_attempts, reserved, .. } = *config;
    Config {
        size,
        resources,
        options,
        push_timeout_ms,
        checkpoint,
        parts,
        part_count,
        instances,
        components,
        transfers,
        text,
        arguments,
        credentials,
        work,
        head,
        policy,
        max_install_attempts,
        reserved,
    }
}

fn code(code: u8) -> String {
    format!("{}.{:02}", code >> 5, code & 31)
}

fn status<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "ok".to_string(),
        Err(error) => format!("{error:?}").to_lowercase(),
    }
}

fn words_of_value(value: &Value<'_>) -> String {
    match value.kind {
        Type::None => String::new(),
        Type::String | Type::Opaque => format!("\"{}\"", String::from_utf8_lossy(value.bytes)),
        Type::Boolean => (value.number == 1).to_string(),
        Type::Objlnk => format!("{}:{}", value.number >> 16, value.number & 0xFFFF),
        Type::Integer => value.number.to_string(),
    }
}

fn words_of_path(path: Path) -> String {
    match (path.object, path.instance, path.resource) {
        (9, 0, resource) if resource != NONE => resource.to_string(),
        (object, instance, NONE) => format!("{object}/{instance}"),
        (object, instance, resource) => format!("{object}/{instance}/{resource}"),
    }
}

/// The operations of a line, and their verdicts.
fn verdicts(line: &str) -> Vec<(String, String)> {
    let (mut all, mut depth, mut quoted) = (vec![], 0, false);
    let (mut of, mut verdict) = (String::new(), None::<String>);
    for c in line.chars().chain([';']) {
        quoted ^= c == '"';
        depth += i32::from(!quoted && c == '(') - i32::from(!quoted && c == ')');
        let within = quoted || depth > 0;
        match (c, &mut verdict) {
            (',' | ';', _) if !within => {
                let of = core::mem::take(&mut of);
                if of.starts_with("notify") {
                    break;
                }
                all.push((of, verdict.take().unwrap_or_default()));
                if c == ';' {
                    break;
                }
            }
            ('=', None) if !within => verdict = Some(String::new()),
            (_, Some(verdict)) => verdict.push(c),
            (_, None) => of.push(c),
        }
    }
    all
}

// The lines.
impl Device {
    /// Begins a line: notes what it says of verdicts.
    pub fn expect(&mut self, line: &str) {
        self.line = line.to_string();
        world(|world| {
            world.asked.clear();
            world.verdicts = verdicts(&squeeze(line));
        });
    }

    /// Ends a line: all that has happened must be what it says.
    #[track_caller]
    pub fn check(&mut self, call: &str, answer: String) {
        let mut asked = world(|world| core::mem::take(&mut world.asked));
        if !answer.is_empty() {
            asked.insert(0, answer);
        }
        let mut happened = asked.join(", ");
        let notified = self.notified();
        if happened.is_empty() && notified.is_empty() {
            happened = "nothing".to_string();
        }
        if !notified.is_empty() {
            let comma = if happened.is_empty() { "" } else { "; " };
            happened = format!("{happened}{comma}notify {}", notified.join(", "));
        }
        let same = squeeze(&happened) == squeeze(&self.line);
        let line = self.line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(same, "\n{call}\n  expected: {line}\n  happened: {happened}\n");
    }

    fn notified(&mut self) -> Vec<String> {
        let mut all = vec![];
        while let Some(change) = self.core.next_change() {
            let path = words_of_path(change.path);
            let value = words_of_value(&change.value);
            all.push(match change.kind {
                APPEARED => format!("{path} appeared"),
                VANISHED => format!("{path} gone"),
                REGISTER if change.value.number == 1 => "register now".to_string(),
                REGISTER => "register".to_string(),
                _ if value.is_empty() => path,
                _ => format!("{path} = {value}"),
            });
        }
        all
    }

    /// Forgets what has happened so far: a line need not say it.
    pub fn forget(&mut self) {
        while self.core.next_change().is_some() {}
        world(|world| {
            world.asked.clear();
            world.verdicts.clear();
        });
    }

    /// The next firmware has so many transfers.
    pub fn transfers(&mut self, transfers: u16) {
        self.config = Box::leak(Box::new(Config { transfers, ..copy(self.config) }));
    }

    /// The next firmware offers these resources.
    pub fn resources(&mut self, resources: u32) {
        self.config = Box::leak(Box::new(Config { resources, ..copy(self.config) }));
    }

    /// Calls are about this instance from now on.
    pub fn on(&mut self, id: u16) {
        self.id = id;
    }
}

// Ways to a state, where nothing fails.
impl Device {
    /// A package has been pushed and verified.
    pub fn deliver(&mut self, package: impl Bytes) {
        self.whole(package);
        self.poll_all();
        self.forget();
        self.must_be(State::Delivered);
    }

    /// It has been installed.
    pub fn install_package(&mut self, package: impl Bytes) {
        self.deliver(package);
        self.install();
        self.poll_all();
        self.forget();
        self.must_be(State::Inactive);
    }

    /// And started.
    pub fn run(&mut self, package: impl Bytes) {
        self.install_package(package);
        self.activate();
        self.poll_all();
        self.forget();
        self.must_be(State::Active);
    }

    /// And then made ready for an update.
    pub fn wait_for_update(&mut self, package: impl Bytes) {
        self.run(package);
        self.prepare();
        self.forget();
        self.must_be(State::Initial);
    }

    fn must_be(&self, state: State) {
        assert_eq!(self.core.state(self.id).map(|(state, _)| state), Some(state));
    }

    fn poll_all(&mut self) {
        for _ in 0..30 {
            self.poll();
        }
    }
}

// Requests of servers.
impl Device {
    fn push_chunk(
        &mut self,
        server: u16,
        offset: u32,
        data: &'static [u8],
        total: u32,
        last: bool,
    ) -> String {
        code(self.core.push(server, self.id, &Chunk { data, etag: &[], offset, total, last }))
    }

    /// A chunk, and more to come.
    pub fn push(&mut self, offset: u32, data: impl Bytes) -> String {
        self.push_chunk(1, offset, data.bytes(), 0, false)
    }

    /// The last chunk.
    pub fn last(&mut self, offset: u32, data: impl Bytes) -> String {
        self.push_chunk(1, offset, data.bytes(), 0, true)
    }

    /// A package in one chunk.
    pub fn whole(&mut self, data: impl Bytes) -> String {
        self.push_chunk(1, 0, data.bytes(), 0, true)
    }

    /// A chunk from a server.
    pub fn push_from(&mut self, server: u16, offset: u32, data: impl Bytes) -> String {
        self.push_chunk(server, offset, data.bytes(), 0, false)
    }

    /// A chunk that declares the size of the package.
    pub fn push_of(&mut self, total: u32, offset: u32, data: impl Bytes) -> String {
        self.push_chunk(1, offset, data.bytes(), total, false)
    }

    /// The last chunk of a package whose size is declared.
    pub fn last_of(&mut self, total: u32, offset: u32, data: impl Bytes) -> String {
        self.push_chunk(1, offset, data.bytes(), total, true)
    }

    fn write_value(&mut self, resource: u16, value: Value<'static>) -> String {
        let to = To::Resource(Path::to(9, self.id, resource));
        let item = Item { resource, value };
        code(self.core.write(1, to, &|n| (n == 0).then_some(item), &mut NONE.clone()))
    }

    /// Write of Package URI.
    pub fn uri(&mut self, uri: impl Bytes) -> String {
        self.write_text(3, uri)
    }

    /// Write of a resource, as text.
    pub fn write_text(&mut self, resource: u16, text: impl Bytes) -> String {
        self.write_value(resource, Value::of_bytes(Type::String, text.bytes()))
    }

    /// Write of a whole package.
    pub fn write_package(&mut self, data: impl Bytes) -> String {
        self.write_value(2, Value::of_bytes(Type::Opaque, data.bytes()))
    }

    fn items(&mut self, to: To, items: &[(u16, &'static str)]) -> String {
        assert!(items.len() <= MAX_ITEMS);
        let mut created = NONE;
        let item = |n: usize| {
            items.get(n).map(|(resource, text)| {
                let kind = if *resource == 2 { Type::Opaque } else { Type::String };
                Item { resource: *resource, value: Value::of_bytes(kind, text.as_bytes()) }
            })
        };
        let answer = code(self.core.write(1, to, &item, &mut created));
        if answer == "2.01" {
            format!("{answer} of {created}")
        } else {
            answer
        }
    }

    /// Write to the instance.
    pub fn write_all(&mut self, items: &[(u16, &'static str)]) -> String {
        self.items(To::Instance(self.id), items)
    }

    /// Create.
    pub fn create(&mut self, id: u16, items: &[(u16, &'static str)]) -> String {
        self.items(To::New(id), items)
    }

    pub fn delete(&mut self) -> String {
        code(self.core.delete(self.id))
    }

    pub fn execute(&mut self, object: u16, resource: u16, arguments: &str) -> String {
        code(self.core.execute(Path::to(object, self.id, resource), arguments.as_bytes()))
    }

    pub fn install(&mut self) -> String {
        self.execute(9, 4, "")
    }

    pub fn uninstall(&mut self) -> String {
        self.execute(9, 6, "")
    }

    /// Uninstall with argument 1.
    pub fn prepare(&mut self) -> String {
        self.execute(9, 6, "1")
    }

    pub fn activate(&mut self) -> String {
        self.execute(9, 10, "")
    }

    pub fn deactivate(&mut self) -> String {
        self.execute(9, 11, "")
    }

    /// Activate of a component.
    pub fn activate_one(&mut self, id: u16) -> String {
        code(self.core.execute(Path::to(14, id, 3), b""))
    }

    pub fn deactivate_one(&mut self, id: u16) -> String {
        code(self.core.execute(Path::to(14, id, 4), b""))
    }

    /// Read of a resource of the instance.
    pub fn read(&mut self, resource: u16) -> String {
        self.read_path(9, self.id, resource, NONE)
    }

    pub fn read_path(&mut self, object: u16, instance: u16, resource: u16, index: u16) -> String {
        match self.core.read(Path { object, instance, resource, index }) {
            Ok(value) => words_of_value(&value),
            Err(refusal) => code(refusal as u8),
        }
    }

    /// What is below a path.
    pub fn list(&mut self, object: u16, instance: u16, resource: u16) -> String {
        let (mut all, mut last) = (vec![], NONE);
        let within = Path::to(object, instance, resource);
        while let Some(next) = self.core.child_after(within, last) {
            all.push(next.to_string());
            last = next;
        }
        all.join(" ")
    }

    /// The state of the instance.
    pub fn state(&mut self) -> String {
        match self.core.state(self.id) {
            Some((state, true)) => format!("{state:?} for_update"),
            Some((state, false)) => format!("{state:?}"),
            None => "none".to_string(),
        }
    }
}

// Calls of the firmware.
impl Device {
    pub fn boot(&mut self) -> String {
        match self.core.boot() {
            Ok(false) => "ok".to_string(),
            Ok(true) => "bad_record".to_string(),
            Err(error) => status::<()>(Err(error)),
        }
    }

    /// The power goes, and comes again.
    pub fn reboot(&mut self) -> String {
        self.core = new_core(self.config, self.parts, self.can, &self.slots);
        self.boot()
    }

    /// Does what waits, one step.
    pub fn poll(&mut self) -> String {
        self.core.poll(self.now);
        String::new()
    }

    /// It is so late; returns when the next poll is wanted.
    pub fn at(&mut self, now: u32) -> String {
        self.now = now;
        match self.core.poll(now) {
            u32::MAX => "wait forever".to_string(),
            wait => format!("wait {wait}"),
        }
    }

    /// Completes the operation of this kind that was asked for last.
    pub fn complete(&mut self, kind: &str, words: &str) -> String {
        let number = world(|world| world.numbers.get(kind).copied().unwrap_or(0));
        self.complete_number(number, words)
    }

    pub fn complete_number(&mut self, number: u32, words: &str) -> String {
        let (verdict, besides) = verdict(&squeeze(words));
        status(self.core.complete_operation(number, verdict, besides))
    }

    fn fetch_chunk(
        &mut self,
        offset: u32,
        data: &'static [u8],
        etag: &'static [u8],
        total: u32,
        last: bool,
    ) -> String {
        let of = if self.id == 0 { "fetch".to_string() } else { format!("fetch@{}", self.id) };
        let number = world(|world| world.numbers.get(&of).copied().unwrap_or(0));
        status(self.core.fetched(number, &Chunk { data, etag, offset, total, last }))
    }

    /// Bytes of the download.
    pub fn fetched(&mut self, offset: u32, data: impl Bytes) -> String {
        self.fetch_chunk(offset, data.bytes(), b"", 0, false)
    }

    pub fn fetched_last(&mut self, offset: u32, data: impl Bytes) -> String {
        self.fetch_chunk(offset, data.bytes(), b"", 0, true)
    }

    /// Bytes of the download, with their ETag.
    pub fn fetched_with(&mut self, etag: &'static str, offset: u32, data: impl Bytes) -> String {
        self.fetch_chunk(offset, data.bytes(), etag.as_bytes(), 0, false)
    }

    /// Bytes of the download, whose size is known.
    pub fn fetched_of(&mut self, total: u32, offset: u32, data: impl Bytes) -> String {
        self.fetch_chunk(offset, data.bytes(), b"", total, false)
    }

    /// What the next package must be.
    pub fn expects(&mut self, length: u32, algorithm: u8, digest: &[u8]) -> String {
        status(self.core.expect(self.id, length, algorithm, digest))
    }

    pub fn set_link(&mut self, resource: u16, link: u32) -> String {
        status(self.core.set_link(self.id, resource, link))
    }

    pub fn give_up(&mut self, still_runs: bool) -> String {
        status(self.core.give_up_update(self.id, still_runs))
    }

    pub fn add(&mut self, id: u16, software: Software) -> String {
        status(self.core.add(id, software))
    }
}
