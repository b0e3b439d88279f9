// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a subcommand comes to.

use std::path::Path;

use serde_json::Value;

use crate::names::result_text;
use crate::report::printable;

/// The exit codes of `swmgmt package`.
pub mod exit {
    pub const OK: u8 = 0;
    pub const REFUSED: u8 = 1;
    pub const USAGE: u8 = 2;
}

/// What is printed, as text and as JSON.
pub struct Outcome {
    pub exit: u8,
    pub text: String,
    pub json: Value,
}

/// It could not be done.
#[derive(Debug)]
pub struct Failure {
    pub exit: u8,
    pub message: String,
    /// A package is at fault.
    pub refusal: Option<Refusal>,
}

impl Failure {
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { exit: exit::USAGE, message: message.into(), refusal: None }
    }
}

pub fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// Why a device refuses a package, and what it then shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Update Result, 9/x/9.
    pub result: u8,
    /// Status Reason, 9/x/16.
    pub reason: &'static str,
    pub why: String,
}

impl Refusal {
    pub fn new(reason: &'static str, why: impl Into<String>) -> Refusal {
        let result = reason.split_once(':').and_then(|(result, _)| result.parse().ok()).unwrap_or(0);
        Refusal { result, reason, why: why.into() }
    }

    /// What to expect of the device.
    pub fn seen(&self) -> String {
        let text = result_text(self.result.into());
        format!("Update Result {} ({text}), Status Reason {:?}", self.result, self.reason)
    }

    /// For a package that must be good to go on.
    pub fn failure(&self, path: &Path) -> Failure {
        let message = format!("{}: {}; a device refuses it: {}", shown(path), self.why, self.seen());
        Failure { exit: exit::REFUSED, message, refusal: Some(self.clone()) }
    }
}
