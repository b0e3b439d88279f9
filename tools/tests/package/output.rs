// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is printed.

use crate::desk::*;
use crate::reader;

#[test]
fn info_in_words() {
    let desk = Desk::new();
    desk.write("it.swpk", &vector("all"));
    let text = desk.words("info it.swpk").good().stdout;
    for part in [
        "title            blink\n",
        "version          1.2.3\n",
        "size             331 bytes\n",
        &format!("SHA-256          {}\n", hex(&reader::sha256(&vector("all")))),
        &format!("only for vendor  {VENDOR}\n"),
        &format!("only for class   {CLASS}\n"),
        "only for device  urn:dev:ops:32473-LAMP-0001\n",
        "security counter 7\n",
        "minimum version  1.1\n",
        "Ed25519, not checked here, key id 7e17127c",
        "Component 0: app 1.2.3, type 1\n  34 bytes from byte 297\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let name = "\u{1b}[2J\nblink";
    desk.run(&["create", "--name", name, "--version", "1", "--component", "it.swpk", "-o", "n.swpk"]).good();
    let text = desk.words("info n.swpk").good().stdout;
    assert!(text.contains(r"\u{1b}[2J\nblink"), "no control characters on a terminal: {text}");
}

#[test]
fn every_help_has_examples() {
    let desk = Desk::new();
    for command in ["", "keygen", "create", "sign", "verify", "info", "corrupt"] {
        let help = desk.words(&format!("{command} --help")).good().stdout;
        assert!(help.contains("Examples:\n") && help.contains("  swmgmt package"), "{command}: {help}");
    }
}

#[cfg(unix)]
#[test]
fn packages_can_be_read_by_whom_other_files_can() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.write("a", b"x");
    desk.words("create --name a --version 1 --component a -o a.swpk").good();
    let mode = |name: &str| std::fs::metadata(desk.path(name)).expect("file").permissions().mode();
    assert_eq!(mode("a.swpk"), mode("a"));
}
