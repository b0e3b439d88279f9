// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A folder to run the command in, and what it is made of.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::noise::Noise;

pub const VENDOR: &str = "2b5b3f0c-9d6a-4c1e-8f00-112233445566";
pub const CLASS: &str = "7d0e1a2b-3c4d-4e5f-8a9b-acbdcedfe0f1";
pub const OTHER: &str = "00000000-0000-4000-8000-000000000000";

pub struct Ran {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn good(self) -> Ran {
        assert_eq!((self.exit, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{}", self.stdout))
    }
}

/// A folder to run in.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    pub fn new() -> Desk {
        Desk { folder: tempfile::tempdir().expect("folder") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("write");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("read")
    }

    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("entry").file_name().into_string().expect("name")).collect();
        names.sort();
        names
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_swmgmt"))
            .arg("package")
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .expect("run");
        Ran {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// With words that have no blanks.
    pub fn words(&self, line: &str) -> Ran {
        self.run(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// What `verify` says: 0, or result and reason.
    pub fn verdict(&self, line: &str) -> (i64, String) {
        let ran = self.words(&format!("verify --json {line}"));
        let json = ran.json();
        let result = json["result"].as_i64().unwrap_or(0);
        assert_eq!(ran.exit, i32::from(result != 0), "{line}: {}", ran.stderr);
        assert_eq!(json["good"], result == 0, "{line}");
        (result, json["reason"].as_str().unwrap_or_default().to_owned())
    }

    /// A package with every field, signed with key.pem.
    pub fn lamp(&self) {
        self.words("keygen key").good();
        self.write("boot.bin", b"boot loader");
        self.write("app.bin", &Noise(7).bytes(3000));
        self.words(&format!(
            "create --name lamp --version 1.3 --vendor {VENDOR} --class {CLASS} --device lamp-1 --counter 7 \
             --minimum 1.1 --component name=boot,version=2.0,type=1,file=boot.bin --component app.bin \
             --key key.pem -o lamp.swpk"
        ))
        .good();
    }
}

pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/packages")
}

pub fn vector(name: &str) -> Vec<u8> {
    std::fs::read(vectors().join(format!("{name}.swpk"))).expect("vector")
}

pub fn vector_key(name: &str) -> String {
    vectors().join(name).to_str().expect("path").to_owned()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn dashed(bytes: &[u8]) -> String {
    let text = hex(bytes);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}
