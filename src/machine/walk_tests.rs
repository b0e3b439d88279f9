// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Walks [`step`] through tests/conformance: every cell of transitions.txt, with and without
//! the for-update flag where the state may carry it, and the rows of options.txt for what
//! that table does not say.
#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use super::table::{EVENTS, STATES};
use super::*;
use std::collections::BTreeSet;

const TABLE: &str = include_str!("../../tests/conformance/transitions.txt");
const OPTIONS: &str = include_str!("../../tests/conformance/options.txt");

pub(super) fn at(state: State, for_update: bool, result: u8) -> Situation {
    Situation { state, result, code: 57, facts: MAY_DELETE | if for_update { FOR_UPDATE } else { 0 } }
}

pub(super) fn may_be_for_update(state: State) -> bool {
    matches!(state, Initial | Receiving | Fetching | Verifying | Delivered | Installing | Uninstalling)
}

/// Returns the results that a server may read in a state, at the default options.
fn results(state: State) -> &'static [u8] {
    match state {
        Initial => &[0, 50, 56, 57, 59],
        Receiving | Fetching => &[1],
        Verifying | Preparing | Uninstalling => &[0],
        Delivered => &[3, 57, 58],
        Installing => &[3],
        Inactive | Active | Activating | Deactivating => &[2, 57, 59],
    }
}

fn state(name: &str) -> State {
    *STATES
        .iter()
        .find(|s| format!("{s:?}").to_uppercase() == name)
        .unwrap_or_else(|| panic!("no state {name}"))
}

fn event(name: &str) -> Event {
    *EVENTS.iter().find(|e| format!("{e:?}") == name).unwrap_or_else(|| panic!("no event {name}"))
}

fn code(text: &str) -> u8 {
    match text.split_once('.') {
        Some((class, detail)) => class.parse::<u8>().unwrap() << 5 | detail.parse::<u8>().unwrap(),
        None if text == "busy" => BUSY,
        None => {
            assert_eq!(text, "-");
            KEEP
        }
    }
}

/// Steps as a server sees it: the last chunk is stored in the request that brings it.
pub(super) fn seen(i: &Situation, event: Event) -> Step {
    let first = step(i, event);
    if matches!(event, PackageLast | PackageWhole) && first.effects & WRITE != 0 {
        let stored = step(&Situation { state: first.next, result: first.result, ..*i }, Stored);
        return Step { answer: first.answer, ..stored };
    }
    first
}

#[derive(Default)]
struct Tally {
    walks: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn check(&mut self, got: &Step, want: &Step, way: &dyn Fn() -> String) {
        self.walks += 1;
        if got != want {
            self.wrong.push(format!("{}\n    is   {got:?}\n    want {want:?}", way()));
        }
    }

    fn end(&self, name: &str) {
        println!("{name}: {} walks", self.walks);
        let shown = self.wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
        assert!(self.wrong.is_empty(), "{name}: {} of {} walks wrong\n{shown}", self.wrong.len(), self.walks);
    }
}

/// One cell of transitions.txt.
struct Cell {
    state: &'static str,
    shown: u8,
    event: &'static str,
    answer: &'static str,
    /// `=`: nothing changes.
    next: &'static str,
    results: &'static str,
    mark: &'static str,
}

fn cells() -> Vec<Cell> {
    let (mut cells, mut others, mut state, mut shown) = (Vec::new(), Vec::new(), "", 0);
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        let mut cell = |mark, event, answer, next, results| {
            cells.push(Cell { state, shown, event, answer, next, results, mark });
        };
        match words.as_slice() {
            [] => {}
            ["@", name, number] => (state, shown) = (name, number.parse().unwrap()),
            ["+", event, answer, next, results] => cell("+", event, answer, next, results),
            ["=", answer, events @ ..] => events.iter().for_each(|event| cell("=", event, answer, "=", "=")),
            ["!", event, other] => others.push((state, *event, *other)),
            [mark @ ("~" | "/"), events @ ..] => {
                events.iter().for_each(|event| cell(mark, event, "-", "=", "="))
            }
            _ => panic!("{line}"),
        }
    }
    for (state, event, other) in others {
        let same = cells.iter().find(|c| (c.state, c.event) == (state, other)).unwrap();
        cells.push(Cell { event, mark: "!", ..*same });
    }
    cells
}

/// Returns the event of a cell and the code of its failure. None: the number of this
/// completion is not the state's own, so that it never comes to the machine.
fn raised(name: &str, at: State) -> Option<(Event, u8)> {
    let failure = |code: u8| (Failed, code);
    let (what, owners): ((Event, u8), &[State]) = match name {
        "write_package_first" => return Some((PackageFirst, 0)),
        "write_package_next" => return Some((PackageNext, 0)),
        "write_package_last" => return Some((PackageLast, 0)),
        "write_package_whole" => return Some((PackageWhole, 0)),
        "write_package_empty" => return Some((PackageEmpty, 0)),
        "write_package_repeat" => return Some((PackageRepeat, 0)),
        "write_package_gap" => return Some((PackageGap, 0)),
        "write_package_other_server" => return Some((PackageOtherServer, 0)),
        "write_uri_valid" => return Some((UriValid, 0)),
        "write_uri_empty" => return Some((UriEmpty, 0)),
        "write_uri_too_long" | "write_uri_invalid" => return Some((UriInvalid, 0)),
        "execute_install" => return Some((Install, 0)),
        "execute_uninstall" | "execute_uninstall_0" => return Some((Uninstall, 0)),
        "execute_uninstall_1" => return Some((UninstallForUpdate, 0)),
        "execute_uninstall_other" => return Some((BadArgument, 0)),
        "execute_activate" => return Some((Activate, 0)),
        "execute_deactivate" => return Some((Deactivate, 0)),
        "delete_instance" => return Some((Delete, 0)),
        "push_timeout" => return Some((PushTimeout, 0)),
        "update_given_up" => return Some((GivenUp, 0)),
        "reboot" => return Some((Reboot, 0)),
        "transfer_complete" => ((Done, 0), &[Fetching]),
        "fail_storage" => (failure(50), &[Receiving, Fetching, Verifying]),
        "fail_memory" => (failure(51), &[Receiving, Fetching, Verifying]),
        "fail_connection" => (failure(52), &[Receiving, Fetching, Verifying]),
        "fail_integrity" => (failure(53), &[Receiving, Fetching, Verifying]),
        "fail_type" => (failure(54), &[Receiving, Fetching, Verifying]),
        "fail_uri" => (failure(56), &[Receiving, Fetching, Verifying]),
        "fail_other" => (failure(57), &[Receiving, Fetching, Verifying]),
        "verify_ok" => ((Done, 0), &[Verifying]),
        "verify_integrity" => (failure(53), &[Verifying]),
        "verify_type" => (failure(54), &[Verifying]),
        "verify_refused" => (failure(57), &[Verifying]),
        "install_ok" => ((Done, 0), &[Installing]),
        "install_failed" => (failure(58), &[Installing]),
        "uninstall_ok" => ((Done, 0), &[Uninstalling]),
        "uninstall_failed" => (failure(59), &[Uninstalling]),
        "prepare_ok" => ((Done, 0), &[Preparing]),
        "prepare_failed" => (failure(59), &[Preparing]),
        "activate_ok" => ((Done, 0), &[Activating]),
        "activate_failed" => (failure(0), &[Activating]),
        "deactivate_ok" => ((Done, 0), &[Deactivating]),
        "deactivate_failed" => (failure(0), &[Deactivating]),
        other => panic!("no event {other}"),
    };
    // RECEIVING has no operation, but a store that fails.
    let idle = matches!(at, Initial | Delivered | Inactive | Active) || at == Receiving && what.0 == Done;
    (owners.contains(&at) || idle).then_some(what)
}

#[test]
fn lists_of_states_and_events_are_complete() {
    for (n, state) in (0..).zip(STATES) {
        assert_eq!((state as u8, State::from_number(n)), (n, Some(state)));
    }
    assert_eq!(State::from_number(12), None);
    assert!((0..).zip(EVENTS).all(|(n, event)| event as u8 == n) && EVENTS[33] == NoTransfer);
}

#[test]
fn every_cell_of_the_table() {
    let cells = cells();
    let distinct: BTreeSet<_> = cells.iter().map(|cell| (cell.state, cell.event)).collect();
    assert_eq!((cells.len(), distinct.len()), (13 * 45, 13 * 45));
    let mut tally = Tally::default();
    for cell in cells.iter().filter(|cell| cell.mark != "/") {
        let flagged = cell.state == "INITIAL_FOR_UPDATE";
        let from = if flagged { Initial } else { state(cell.state) };
        let Some((event, code)) = raised(cell.event, from) else {
            assert_eq!(cell.mark, "~", "{} {}", cell.state, cell.event);
            continue;
        };
        for flag in [false, true] {
            if flag && !may_be_for_update(from) || from == Initial && flag != flagged {
                continue;
            }
            if flag && event == Delete && !flagged {
                continue; // options.txt
            }
            for &was in results(from) {
                for runs in [0, RUNS] {
                    let mut i = Situation { code, ..at(from, flag, was) };
                    i.facts |= runs;
                    walk(&mut tally, cell, &i, event);
                }
            }
        }
    }
    tally.end("transitions.txt");
}

fn walk(tally: &mut Tally, cell: &Cell, i: &Situation, event: Event) {
    let flag = i.is(FOR_UPDATE);
    let got = seen(i, event);
    let given_up = event == GivenUp;
    let ends_update = event == Done && matches!(i.state, Installing | Uninstalling) || given_up;
    let (next, for_update) = match cell.next {
        "=" | "GONE" => (i.state, flag),
        "BEFORE" if given_up && !flag => (i.state, flag),
        "BEFORE" if !given_up && flag => (Initial, flag),
        "BEFORE" => (if i.is(RUNS) { Active } else { Inactive }, false),
        "INITIAL_FOR_UPDATE" => (Initial, true),
        name => (state(name), flag && !ends_update),
    };
    let result = match cell.results {
        "=" | "-" | "kept" => i.result,
        _ if given_up && (!flag || i.result >= 50) => i.result, // a failure that was seen stays
        results => results.rsplit('>').next().unwrap().parse().unwrap(),
    };
    let way = || format!("{} {} [{i:?}]", cell.state, cell.event);
    let want = Step {
        next: if cell.next == "GONE" { got.next } else { next },
        for_update,
        result,
        // The status that the firmware reads instead of a code is in options.txt.
        answer: if given_up { got.answer } else { code(cell.answer) },
        objects: if cell.next == "=" { Same } else { got.objects },
        effects: if cell.next == "=" { 0 } else { got.effects },
    };
    tally.check(&got, &want, &way);
    assert_eq!(got.effects & REMOVE != 0, cell.next == "GONE", "{}", way());
    let shown = if i.state == Uninstalling && flag { 0 } else { cell.shown };
    assert_eq!(i.state.update_state(flag), shown, "{}", way());
}

/// Returns the effects of a row, and what becomes of the instances of Object 14.
fn effects(text: &str) -> (u32, Objects) {
    let (mut bits, mut objects) = (0, Same);
    for word in text.split_whitespace() {
        bits |= match word {
            "about" => ABOUT,
            "save" => SAVE,
            "discard" => DISCARD,
            "open" => OPEN,
            "write" => WRITE,
            "outcome" => OUTCOME,
            "act" => ACT,
            "release" => RELEASE,
            "forget" => FORGET,
            "restart" => RESTART,
            "number" => NUMBER,
            "count" => COUNT_ATTEMPT,
            "reset" => RESET_ATTEMPTS,
            "expected" => CLEAR_EXPECTED,
            "show" => SHOW_STATE,
            "stopped" => STOPPED,
            "once_more" => effect::ONCE_MORE,
            "remove" => REMOVE,
            "start" => FORGET | RESTART | OPEN,
            "begin" => SAVE | NUMBER | ACT,
            "drop" => SAVE | RELEASE | FORGET | DISCARD,
            name => {
                objects = *[Unstage, Show, Hide, Restore, Lose, Remove]
                    .iter()
                    .find(|o| format!("{o:?}") == name)
                    .unwrap_or_else(|| panic!("no effect {name}"));
                0
            }
        };
    }
    (bits, objects)
}

/// Sets in all situations what a word says; alternatives multiply them.
fn give(situations: Vec<Situation>, word: &str) -> Vec<Situation> {
    let fact = |name: &str| match name {
        "auto_activate" => AUTO_ACTIVATE,
        "replace" => REPLACE,
        "shows_0" => SHOWS_0,
        "empty_cancels" => EMPTY_CANCELS,
        "once_more" => fact::ONCE_MORE,
        "discarding" => DISCARDING,
        "held" => HELD,
        "one" => ONE,
        "used_up" => USED_UP,
        "some" => SOME_ACTIVE,
        "all" => ALL_ACTIVE,
        "none" => NONE_ACTIVE,
        "already" => ALREADY,
        "runs" => RUNS,
        "lost" => OLD_LOST,
        "-" => 0,
        other => panic!("no fact {other}"),
    };
    let with = |name: &str, value: &str, i: Situation| match name {
        "result" => Situation { result: value.parse().unwrap(), ..i },
        "code" => Situation { code: value.parse().unwrap(), ..i },
        "no_delete" => Situation { facts: i.facts & !MAY_DELETE, ..i },
        _ => Situation { facts: i.facts | fact(value), ..i },
    };
    let (name, values) = word.split_once('=').unwrap_or((if word == "no_delete" { word } else { "" }, word));
    let each = |i: Situation| values.split(',').map(move |value| with(name, value, i));
    situations.into_iter().flat_map(each).collect()
}

#[test]
fn every_row_of_the_options() {
    let mut tally = Tally::default();
    for line in OPTIONS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [given, events, next, result, answer, then, _clause] = columns[..] else { panic!("{line}") };
        let all_results = if given.contains("result=") { "-" } else { "result=0,3,58" };
        let mut given = given.split_whitespace();
        let mut situations: Vec<Situation> = match given.next().unwrap() {
            "*" => STATES
                .iter()
                .flat_map(|&s| [at(s, false, 0), at(s, true, 0)])
                .filter(|i| !i.is(FOR_UPDATE) || may_be_for_update(i.state))
                .collect(),
            names => names
                .split(',')
                .map(|name| at(state(name.trim_end_matches('+')), name.ends_with('+'), 0))
                .collect(),
        };
        for word in given.chain([all_results]) {
            situations = give(situations, word);
        }
        let (bits, objects) = effects(then);
        for i in situations {
            for name in events.split(',') {
                let flag = i.is(FOR_UPDATE) && !next.ends_with('~') || next.ends_with('+');
                let want = Step {
                    next: if next == "=" { i.state } else { state(next.trim_end_matches(['+', '~'])) },
                    for_update: flag,
                    result: if result == "=" { i.result } else { result.parse().unwrap() },
                    answer: code(answer),
                    objects,
                    effects: bits,
                };
                tally.check(&step(&i, event(name.trim())), &want, &|| format!("{line}\n    {name} [{i:?}]"));
            }
        }
    }
    tally.end("options.txt");
}

#[test]
fn what_servers_see_is_saved() {
    // Also with facts that the rows of options.txt do not combine.
    let each =
        [AUTO_ACTIVATE, REPLACE, SHOWS_0, EMPTY_CANCELS, MAY_DELETE, FOR_UPDATE, ONE, RUNS, OLD_LOST, HELD];
    for bits in 0..1u32 << each.len() {
        let facts = (0..).zip(each).map(|(n, fact)| if bits >> n & 1 != 0 { fact } else { 0 }).sum();
        for (state, event) in STATES.iter().flat_map(|&state| EVENTS.iter().map(move |&event| (state, event)))
        {
            for &result in results(state) {
                let i = Situation { state, result, code: 57, facts };
                let got = step(&i, event);
                let same = got.next == state && got.result == result && got.for_update == i.is(FOR_UPDATE);
                assert!(same || got.effects & SAVE != 0, "{i:?} {event:?} {got:?}");
            }
        }
    }
}

#[test]
fn activation_state() {
    for state in STATES {
        for was in [false, true] {
            let want = state == Active || was && matches!(state, Deactivating | Preparing | Uninstalling);
            assert_eq!(state.activation_state(was), want, "{state:?}");
        }
    }
}
