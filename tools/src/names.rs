// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The names of the values of Object 9 (LwM2M Software Management).

/// Resource 7, Update State.
pub const STATE: u16 = 7;
/// Resource 9, Update Result.
pub const RESULT: u16 = 9;
/// Resource 12, Activation State.
pub const ACTIVE: u16 = 12;

/// The update states.
pub mod state {
    pub const INITIAL: i64 = 0;
    pub const DOWNLOAD_STARTED: i64 = 1;
    pub const DOWNLOADED: i64 = 2;
    pub const DELIVERED: i64 = 3;
    pub const INSTALLED: i64 = 4;
}

/// Results from here on are failures.
pub const FIRST_FAILURE: i64 = 50;
/// "Software installation failure".
pub const INSTALL_FAILED: i64 = 58;

pub fn state_name(value: i64) -> &'static str {
    match value {
        state::INITIAL => "INITIAL",
        state::DOWNLOAD_STARTED => "DOWNLOAD STARTED",
        state::DOWNLOADED => "DOWNLOADED",
        state::DELIVERED => "DELIVERED",
        state::INSTALLED => "INSTALLED",
        _ => "unknown state",
    }
}

pub fn result_text(value: i64) -> &'static str {
    match value {
        0 => "initial value",
        1 => "downloading",
        2 => "software successfully installed",
        3 => "successfully downloaded and package integrity verified",
        50 => "not enough storage for the new software package",
        51 => "out of memory during the downloading process",
        52 => "connection lost during the downloading process",
        53 => "package integrity check failure",
        54 => "unsupported package type",
        56 => "invalid URI",
        57 => "device defined update error",
        INSTALL_FAILED => "software installation failure",
        59 => "uninstallation failure",
        _ => "unknown result",
    }
}

/// What a resource is called in the output.
pub fn resource_name(resource: u16) -> &'static str {
    match resource {
        STATE => "state",
        RESULT => "result",
        ACTIVE => "active",
        _ => "resource",
    }
}

/// A value in words: `DELIVERED (3)`, `downloading (1)`, `true`.
pub fn value_text(resource: u16, value: i64) -> String {
    match resource {
        STATE => format!("{} ({value})", state_name(value)),
        RESULT => format!("{} ({value})", result_text(value)),
        ACTIVE => (value != 0).to_string(),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert_eq!(value_text(STATE, 1), "DOWNLOAD STARTED (1)");
        assert_eq!(value_text(RESULT, 53), "package integrity check failure (53)");
        assert_eq!(value_text(ACTIVE, 1), "true");
        assert_eq!(value_text(STATE, 77), "unknown state (77)");
    }
}
