// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Why the run ended, and with which exit code.

use crate::coap::code_text;
use crate::names::value_text;

/// The exit codes of `swmgmt server`.
pub mod exit {
    pub const OK: u8 = 0;
    pub const USAGE: u8 = 2;
    pub const NO_DEVICE: u8 = 3;
    pub const LOST: u8 = 4;
    pub const REFUSED: u8 = 5;
    pub const DEVICE_FAILED: u8 = 6;
}

/// The end of a run that did not reach all its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub exit: u8,
    pub message: String,
}

impl Failure {
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { exit: exit::USAGE, message: message.into() }
    }

    pub fn no_device(message: impl Into<String>) -> Failure {
        Failure { exit: exit::NO_DEVICE, message: message.into() }
    }

    pub fn lost(message: impl Into<String>) -> Failure {
        Failure { exit: exit::LOST, message: message.into() }
    }

    /// The device answered a request with an error code.
    pub fn refused(what: &str, code: u8, hint: &str) -> Failure {
        Failure {
            exit: exit::REFUSED,
            message: format!("the device refused {what}: {}{hint}", code_text(code)),
        }
    }

    /// The device answered a request with a reset.
    pub fn reset(what: &str) -> Failure {
        Failure {
            exit: exit::REFUSED,
            message: format!("the device rejected {what} with a reset message (RST)"),
        }
    }

    /// Resource 9 shows a failure.
    pub fn result(during: &str, result: i64) -> Failure {
        let text = value_text(crate::names::RESULT, result);
        Failure {
            exit: exit::DEVICE_FAILED,
            message: format!("the device reported a failure during {during}: {text}"),
        }
    }
}

/// Why a step could not go on right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The run is over.
    Fatal(Failure),
    /// The device registered anew or left: look at it again.
    Restarted,
    /// The device does not answer: look for it.
    Silent,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Fatal(failure)
    }
}
