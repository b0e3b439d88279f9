// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The firmware of a test: it does what the line says, and writes down what it was asked.

use crate::core::door::{About, AboutError};
use crate::core::instance::flag;
use crate::core::operation::{Kind, Operation, Told, Verdict, OBJECTS_CHANGED, OLD_LOST, STILL_RUNS};
use crate::core::text::Text;
use crate::core::Core;
use crate::object::value::{Type, Value};
use crate::object::NONE;
use crate::object::{Path, Refusal};
use crate::parts::components::{self, Found};
use crate::parts::{container, download};
use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local!(static WORLD: RefCell<World> = RefCell::default());

/// What the power does not take, and what was asked since the line began.
#[derive(Default)]
pub(super) struct World {
    /// Records by key.
    pub records: BTreeMap<u32, Vec<u8>>,
    /// Packages by instance.
    pub stored: BTreeMap<u16, Vec<u8>>,
    /// Name and version of the software, or of the slot; then of its components, with whether
    /// they are active. None: about() does not know.
    pub software: Vec<(&'static str, &'static str, bool)>,
    /// The same of the package.
    pub package: Vec<(&'static str, &'static str, bool)>,
    pub key: [u8; 32],
    pub counter: u32,
    /// Numbers that have a word in this test.
    pub words: Vec<(u32, &'static str)>,
    /// The newest number of each kind of operation.
    pub numbers: BTreeMap<String, u32>,
    /// What was asked, in the words of the tests.
    pub asked: Vec<String>,
    /// Operations of the line that are still to come, and what it says of them; empty: done.
    pub verdicts: Vec<(String, String)>,
}

pub(super) fn world<R>(with: impl FnOnce(&mut World) -> R) -> R {
    WORLD.with_borrow_mut(with)
}

/// Takes the verdicts of a line: 50 ... 59, or a word; behind `+` what holds besides.
pub(super) fn verdict(words: &str) -> (Verdict, u32) {
    let mut words = words.split('+');
    let verdict = match words.next().unwrap_or_default() {
        "done" => Verdict::DONE,
        "pending" => Verdict::PENDING,
        "again" => Verdict::AGAIN,
        "not_started" => Verdict::NOT_STARTED,
        "unknown" => Verdict::UNKNOWN,
        "failed" => Verdict::FAILED,
        number => Verdict::from_number(-number.parse::<i32>().expect("a verdict")),
    };
    let besides = words.map(|word| match word {
        "still_runs" => STILL_RUNS,
        "old_lost" => OLD_LOST,
        "objects_changed" => OBJECTS_CHANGED,
        other => panic!("no such word: {other}"),
    });
    (verdict, besides.sum())
}

/// Removes what the compiler may put between tokens.
pub(super) fn squeeze(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The firmware: `Core::perform` of every test.
pub(super) fn perform(core: &mut Core<'_>, operation: &Operation) -> Told {
    let (told, about) = world(|world| world.perform(core, operation));
    if let Some(about) = about {
        core.said(&about, operation.offset != 0);
    }
    told
}

/// Reads values of Object 14: the firmware knows the names of components.
pub(super) fn read_component<'c>(core: &'c mut Core<'_>, path: &Path) -> Result<Value<'c>, Refusal> {
    match components::read(core, path)? {
        Found::Value(value) => Ok(value),
        Found::About { component, version, .. } => world(|world| {
            let about = world.software.get(usize::from(component) + 1).ok_or(Refusal::Internal)?;
            let text = if version { about.1 } else { about.0 };
            Ok(Value::of_bytes(Type::String, text.as_bytes()))
        }),
    }
}

impl World {
    fn perform(
        &mut self,
        core: &mut Core<'_>,
        operation: &Operation,
    ) -> (Told, Option<Result<About<'static>, AboutError>>) {
        let Operation { kind, component, number, offset, length, .. } = *operation;
        let mut told = Told { verdict: Verdict::DONE, more: 0 };
        if kind == Kind::Load {
            let blob = self.records.get(&number).cloned().unwrap_or_default();
            told.more = blob.len() as u32;
            core.work[..blob.len()].copy_from_slice(&blob);
            return (told, None);
        }
        let words = self.words_of(core, operation);
        if number != 0 && !matches!(kind, Kind::Save | Kind::Outcome | Kind::Cancel) {
            let of = words.split('(').next().unwrap_or_default();
            let at = if core.i.id == 0 { String::new() } else { format!("@{}", core.i.id) };
            self.numbers.insert(format!("{}{at}", of.split('@').next().unwrap_or_default()), number);
        }
        // The line's next operation of these words, and what it says of it.
        let next = self.verdicts.iter().position(|(of, _)| *of == squeeze(&words));
        match next.and_then(|next| self.verdicts.drain(..=next).next_back()) {
            Some((_, given)) if !given.is_empty() => {
                (told.verdict, told.more) = verdict(&given);
                let given = given.replace('+', " + ");
                self.asked.push(format!("{words} = {given}"));
            }
            _ => self.asked.push(words),
        }
        let done = told.verdict == Verdict::DONE;
        let stored = self.stored.entry(core.i.id).or_default();
        let (from, to) = (offset as usize, offset.saturating_add(length) as usize);
        let mut about = None;
        match kind {
            Kind::Save if done => {
                self.records.insert(number, core.work[..length as usize].to_vec());
            }
            Kind::Open if done => stored.resize(from, 0),
            Kind::Write if done => {
                let data = if length == 0 { core.chunk() } else { container::held_bytes(core, length) };
                stored.truncate(from);
                stored.extend_from_slice(data);
            }
            Kind::Read if done => core.work[..to - from].copy_from_slice(&stored[from..to]),
            Kind::Discard if done => stored.clear(),
            Kind::About => {
                let all = if offset == 0 { &self.software } else { &self.package };
                let n = if component == NONE { 0 } else { usize::from(component) + 1 };
                about = Some(match all.get(n).filter(|_| done) {
                    Some((name, version, active)) => {
                        Ok(About { name: name.as_bytes(), version: version.as_bytes(), active: *active })
                    }
                    None => Err(if done { AboutError::Missing } else { AboutError::Failed }),
                });
            }
            Kind::Key if done && !container::is_signed(core, &self.key) => {
                told.verdict = Verdict::from_number(-53)
            }
            Kind::Counter => told.more = self.counter,
            Kind::Commit if done => self.counter = self.counter.max(length),
            _ => {}
        }
        (told, about)
    }

    /// Says what is asked for, in the words of the tests.
    fn words_of(&self, core: &Core<'_>, operation: &Operation) -> String {
        let Operation { kind, component, number, offset, length, .. } = *operation;
        let count = |n: u32| match self.words.iter().find(|(known, _)| *known == n && n != 0) {
            Some((_, word)) => (*word).to_string(),
            None => n.to_string(),
        };
        let place = |name: &str| match component {
            NONE => name.to_string(),
            n => format!("{name}({n})"),
        };
        let stops =
            |name: &str| if core.i.has(flag::ACTIVE) { format!("{name}(active)") } else { name.to_string() };
        let words = match kind {
            Kind::Load => "load".to_string(),
            Kind::Save if number == 0 => return "save(numbers)".to_string(),
            Kind::Save if length == 0 => "erase".to_string(),
            Kind::Save => "save".to_string(),
            Kind::Open if length == 0 => format!("open({})", count(offset)),
            Kind::Open => format!("open({}, {})", count(offset), count(length)),
            Kind::Write => {
                let data = if length == 0 { core.chunk() } else { container::held_bytes(core, length) };
                format!("write({}, {})", count(offset), brief(data, &count))
            }
            Kind::Read => format!("read({}, {})", count(offset), count(length)),
            Kind::Discard => "discard".to_string(),
            Kind::Fetch => {
                let what = download::what(core);
                let mut words = format!("fetch({}", count(offset));
                for text in [what.etag, what.user_name, what.password] {
                    if !text.is_empty() {
                        words += &format!(", {}", brief(text, &count));
                    }
                }
                words + ")"
            }
            Kind::Verify => format!("verify({})", count(length)),
            Kind::Install => match core.text(core.i.place, Text::Arguments) {
                b"" => "install".to_string(),
                arguments => format!("install({})", brief(arguments, &count)),
            },
            Kind::Uninstall => stops("uninstall"),
            Kind::Prepare => stops("prepare"),
            Kind::Activate => place("activate"),
            Kind::Deactivate => place("deactivate"),
            Kind::Outcome | Kind::Cancel => {
                let of = match length {
                    3 => "open",
                    7 => "fetch",
                    8 => "verify",
                    9 => "install",
                    10 => "uninstall",
                    11 => "prepare",
                    12 => "activate",
                    13 => "deactivate",
                    other => panic!("{operation:?} of {other}"),
                };
                let of = place(of);
                if kind == Kind::Cancel {
                    format!("cancel({of})")
                } else {
                    format!("outcome({of})")
                }
            }
            Kind::About if offset == 0 => place("about"),
            Kind::About => place("about_package"),
            Kind::Key => "key".to_string(),
            Kind::Signature => "signature".to_string(),
            Kind::Fits => {
                let what = ["", "vendor", "class", "device", "dependencies"][length as usize];
                format!("fits({what})")
            }
            Kind::Counter => "counter".to_string(),
            Kind::Commit => format!("commit({length})"),
        };
        if core.i.id == 0 {
            words
        } else {
            format!("{words}@{}", core.i.id)
        }
    }
}

/// Short text as it is, of other bytes how many.
fn brief(data: &[u8], count: &dyn Fn(u32) -> String) -> String {
    match core::str::from_utf8(data) {
        Ok(text) if text.len() < 16 && text.chars().all(|c| c.is_ascii_graphic()) => format!("\"{text}\""),
        _ => count(data.len() as u32),
    }
}
