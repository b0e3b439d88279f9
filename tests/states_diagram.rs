// SPDX-License-Identifier: Apache-2.0 OR MIT
//! docs/states.md is drawn from the table that tests/c/walk.c walks.
//! `UPDATE=1 cargo test --test states_diagram` draws it again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What makes a label short: events that lead the same way for the same kind of reason.
fn label(event: &str) -> &str {
    match event {
        "write_package_first" | "write_package_whole" => "package",
        "write_package_last" => "last chunk",
        "write_uri_valid" => "URI",
        "execute_uninstall" | "execute_uninstall_0" => "Uninstall",
        "execute_uninstall_1" => "Uninstall 1",
        "transfer_complete" => "complete",
        "push_timeout" => "time-out",
        "update_given_up" => "given up",
        _ if event.starts_with("fail_") => "failure",
        _ if event.starts_with("verify_") && event != "verify_ok" => "refused",
        _ => event.strip_prefix("execute_").unwrap_or(event),
    }
}

fn draw(table: &str) -> String {
    let mut edges: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
    let mut shown = Vec::new();
    let mut state = "";
    for line in table.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["@", name, number] => {
                state = name;
                shown.push((*name, *number));
            }
            ["+", event, _, next, _] if *next != state && *next != "GONE" && *event != "reboot" => {
                let to = if *next == "BEFORE" { "INACTIVE" } else { next };
                let labels = edges.entry((state.to_string(), to.to_string())).or_default();
                if !labels.contains(&label(event)) {
                    labels.push(label(event));
                }
            }
            _ => {}
        }
    }
    let mut out = String::from(
        "# The states of one instance of Object 9\n\nDrawn from `tests/conformance/transitions.txt`, which \
         has every cell. In brackets what a server reads as Update\nState (9/x/7). What fails on the way back to \
         ACTIVE or to INITIAL_FOR_UPDATE is drawn to INACTIVE; Delete and reboots\nare left out.\n\n\
         ```mermaid\nstateDiagram-v2\n    [*] --> INITIAL\n",
    );
    for (name, number) in shown {
        writeln!(out, "    {name} : {name} ({number})").unwrap();
    }
    for ((from, to), labels) in edges {
        writeln!(out, "    {from} --> {to} : {}", labels.join(", ")).unwrap();
    }
    out.push_str("```\n");
    out
}

#[test]
fn the_diagram_is_that_of_the_table() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let drawn = draw(&std::fs::read_to_string(root.join("tests/conformance/transitions.txt")).unwrap());
    let kept = root.join("docs/states.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&kept, &drawn).unwrap();
    }
    assert_eq!(drawn, std::fs::read_to_string(&kept).unwrap(), "draw it again with UPDATE=1");
}
