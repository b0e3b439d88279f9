// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Draws docs/states.md from [`step`], and fails when the committed file differs.
//! `UPDATE=1 cargo test --lib draw` writes it again.
#![allow(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)]

use super::table::{EVENTS, STATES};
use super::walk_tests::{at, may_be_for_update, seen};
use super::*;
use std::fmt::Write as _;

const HEAD: &str = "\
# The states of one instance of Object 9

Drawn from `src/machine/mod.rs`, as it is with no option set and without components; what these change is in
`tests/conformance/options.txt`. The number behind a state is what a server reads as Update State (9/x/7). During an
update INITIAL is INITIAL_FOR_UPDATE for what goes back to it.

```mermaid
stateDiagram-v2
    [*] --> INITIAL
";

const MIDDLE: &str = "\
```

Not drawn: Delete, reboots, records that cannot be saved, and the way back to ACTIVE if the old software still runs.

## Events

Next: `=` stays in the state, (update) means during an update. Code answers the request that waits, if one does; busy
is what the firmware is told. 9/x/9 is Update Result, if it changes. Failures are of code 57.
In a state that is not named nothing happens.

| event | in | next | code | 9/x/9 |
|---|---|---|---|---|
";

fn label(event: Event) -> &'static str {
    match event {
        PackageFirst => "Package, first chunk",
        PackageNext => "Package, next chunk",
        PackageLast => "Package, last chunk",
        PackageWhole => "Package, whole",
        PackageEmpty => "Package, empty",
        PackageRepeat => "Package, last chunk repeated",
        PackageGap => "Package, gap",
        PackageOtherServer => "Package, other server",
        PackageNothing => "Package, no bytes",
        PackageMalformed => "Package, malformed",
        UriValid => "URI",
        UriEmpty => "URI, empty",
        UriInvalid => "URI, invalid",
        Install => "Install",
        Uninstall => "Uninstall",
        UninstallForUpdate => "Uninstall 1",
        BadArgument => "bad argument",
        Activate => "Activate",
        Deactivate => "Deactivate",
        ActivateOne => "Activate one",
        DeactivateOne => "Deactivate one",
        Delete => "Delete, no update",
        Done => "done",
        Failed => "failed",
        Stored => "stored",
        PushTimeout => "time-out",
        GivenUp => "given up",
        Reboot => "reboot",
        StillRunning => "still running",
        NotStarted => "not started",
        Unknown => "unknown",
        PackageLost => "package lost",
        Unsaved => "record not saved",
        NoTransfer => "no transfer",
    }
}

fn name(state: State, for_update: bool) -> String {
    match (state, for_update) {
        (Initial, true) => "INITIAL_FOR_UPDATE".into(),
        _ => format!("{state:?}").to_uppercase(),
    }
}

/// Returns what a state is like before an event: with the flag or without, with what a server reads.
fn before(state: State, for_update: bool) -> Situation {
    let result = match state {
        Initial | Verifying | Preparing | Uninstalling => 0,
        Receiving | Fetching => 1,
        Delivered | Installing => 3,
        Inactive | Active | Activating | Deactivating => 2,
    };
    at(state, for_update, result)
}

fn diagram(out: &mut String) {
    for (state, flag) in
        STATES.iter().flat_map(|&s| [(s, false), (s, true)]).filter(|s| s.0 == Initial || !s.1)
    {
        writeln!(out, "    {0} : {0} ({1})", name(state, flag), state.update_state(flag)).unwrap();
    }
    let mut edges: Vec<(String, Vec<&str>)> = Vec::new();
    for state in STATES {
        for flag in [false, true] {
            for event in EVENTS.into_iter().filter(|_| !flag || may_be_for_update(state)) {
                // With the flag the others go where they go without, or to INITIAL_FOR_UPDATE.
                let drawn = match event {
                    Delete | Reboot | NotStarted | Unknown | PackageLost | Unsaved | NoTransfer | Stored => {
                        false
                    }
                    ActivateOne | DeactivateOne => false,
                    _ => !flag || state == Initial || event == GivenUp,
                };
                let got = seen(&before(state, flag), event);
                if !drawn || got.next == state {
                    continue;
                }
                let edge = format!("{} --> {}", name(state, flag), name(got.next, got.for_update));
                match edges.iter_mut().find(|known| known.0 == edge) {
                    Some(known) => known.1.push(label(event)),
                    None => edges.push((edge, vec![label(event)])),
                }
            }
        }
    }
    for (edge, labels) in edges {
        writeln!(out, "    {edge} : {}", labels.join("; ")).unwrap();
    }
}

/// Returns next state, code and result as the table has them.
fn cells(i: &Situation, got: &Step) -> String {
    let flag = i.facts & FOR_UPDATE != 0;
    let next = match got {
        _ if got.effects & REMOVE != 0 => "gone".into(),
        _ if got.next != i.state || got.for_update != flag => name(got.next, got.for_update),
        _ if got.answer != KEEP => "=".into(),
        _ if got.effects & OUTCOME != 0 => "=, the firmware is asked".into(),
        _ if got.effects & ACT != 0 => "=, begins again".into(),
        _ if got.effects & OPEN != 0 => "=, the storage is opened".into(),
        _ => "=".into(),
    };
    let code = match got.answer {
        KEEP => String::new(),
        BUSY => "busy".into(),
        code => format!("{}.{:02}", code >> 5, code & 31),
    };
    let result = if got.result == i.result { String::new() } else { got.result.to_string() };
    format!("{next} | {code} | {result}")
}

/// Returns the rows of an event; with `more`, only of those states where that changes something.
fn rows(event: Event, more: u32) -> Vec<(String, String)> {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for (state, flag) in STATES.iter().flat_map(|&s| [(s, false), (s, true)]) {
        if flag && !may_be_for_update(state) {
            continue;
        }
        let i = before(state, flag);
        let with = Situation { facts: i.facts | more, ..i };
        let (plain, got) = (seen(&i, event), seen(&with, event));
        let shown = cells(&with, &got);
        if more != 0 && got == plain {
            continue;
        }
        // During an update, as without: only what differs by more than the flag.
        let without = cells(&before(state, false), &seen(&before(state, false), event));
        if flag && state != Initial && more == 0 && shown.replace("INITIAL_FOR_UPDATE", "INITIAL") == without
        {
            continue;
        }
        let name =
            if flag && state != Initial { name(state, false) + " (update)" } else { name(state, flag) };
        match rows.iter_mut().find(|row| row.0 == shown) {
            Some(row) => row.1.push(name),
            None => rows.push((shown, vec![name])),
        }
    }
    // The answer of most states comes last; none is left out.
    let most = rows.iter().map(|row| row.1.len()).max().unwrap_or(0);
    if let Some(at) = rows.iter().position(|row| row.0.starts_with("= ") && row.1.len() == most && more == 0)
    {
        let (shown, _) = rows.remove(at);
        let which = if rows.is_empty() { "all" } else { "others" };
        rows.push((shown, vec![which.into()]));
    }
    if rows.len() > 1 {
        rows.retain(|row| row.0 != "= |  | ");
    }
    rows.into_iter().map(|(shown, states)| (states.join(", "), shown)).collect()
}

fn table(out: &mut String) {
    let mut merged: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for event in EVENTS {
        for (more, suffix) in [(0, ""), (RUNS, ", still runs")] {
            let rows = rows(event, more);
            match merged.last_mut() {
                _ if rows.is_empty() => {}
                Some(last) if last.1 == rows => write!(last.0, "; {}", label(event)).unwrap(),
                _ => merged.push((format!("{}{suffix}", label(event)), rows)),
            }
        }
    }
    for (label, rows) in merged {
        for (n, (states, shown)) in rows.iter().enumerate() {
            writeln!(out, "| {} | {states} | {shown} |", if n == 0 { &label } else { "" }).unwrap();
        }
    }
}

#[test]
fn the_states_are_drawn_from_the_machine() {
    let mut drawn = String::from(HEAD);
    diagram(&mut drawn);
    drawn.push_str(MIDDLE);
    table(&mut drawn);
    let kept = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/states.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&kept, &drawn).unwrap();
    }
    assert!(
        drawn == std::fs::read_to_string(&kept).unwrap(),
        "docs/states.md is old: UPDATE=1 cargo test --lib draw"
    );
}
