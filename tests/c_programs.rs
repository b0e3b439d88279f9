// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The C tests, as a test of cargo's, so that cargo-mutants sees what they find. They
//! are ctest's otherwise: `cargo test -- --ignored` runs them here.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::Command;

fn run(command: &mut Command) {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
#[ignore = "ctest runs them"]
fn c_programs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = root.join("target/c-programs");
    run(Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["rustc", "--lib", "--crate-type", "staticlib", "--features", "std", "--target-dir"])
        .arg(&out));
    let table = "tests/conformance/transitions.txt";
    let packages = "tests/packages";
    for (name, arguments) in [
        ("walk", &[table][..]),
        ("push", &[]),
        ("verify", &[]),
        ("options", &[]),
        ("components", &[]),
        ("misuse", &[]),
        ("reboot", &[]),
        ("fetch", &[]),
        ("regress", &[]),
        ("front", &[]),
        ("package", &[]),
        ("faults", &[]),
        ("carried", &[]),
        ("downloaded", &[]),
        ("trust", &[packages]),
        ("conditions", &[]),
        ("rollback", &[]),
        ("names", &[]),
        ("relapse", &[]),
        ("places", &[]),
        ("configured", &[]),
        ("sweep", &[packages, "64"]),
        ("tempest", &["1", "300"]),
    ] {
        let program = out.join(name);
        run(Command::new("cc")
            .args(["-std=c11", "-O1", "-I"])
            .arg(root.join("include"))
            .arg(root.join(format!("tests/c/{name}.c")))
            .args(
                ["fake", "packed", "keyed", "digest"].map(|helper| root.join(format!("tests/c/{helper}.c"))),
            )
            .arg(out.join("debug/libswmgmt.a"))
            .args(["-lpthread", "-ldl", "-lm", "-o"])
            .arg(&program));
        run(Command::new("timeout").current_dir(root).arg("60").arg(&program).args(arguments));
    }
}
