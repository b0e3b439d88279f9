// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The core in short tests. A line is one call and, behind `=>`, everything that comes of it:
//!
//! ```text
//! step!(t.push(0, "abc") => 2.31, save, open(0), write(0, "abc"); notify 9 = 1, 7 = 1);
//! ```
//!
//! 2.31 is the answer to the server (or `ok`, `busy` ... to the firmware), then come the
//! operations that the firmware is asked for, in order, then what servers are notified of.
//! `nothing`: none of them.
//!
//! An operation succeeds unless the line gives another verdict: `write(0, "abc") = 50` fails
//! with Update Result 50; others are `failed`, `pending`, `again`, `unknown`, `not_started`, with
//! `+ still_runs`, `+ old_lost`, `+ objects_changed` behind them. An operation of another instance
//! than 0 has its id: `save@1`. A resource without a path is one of 9/0.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

/// One line of a test, see above.
macro_rules! step {
    ($device:ident . $call:ident ( $($argument:expr),* $(,)? ) => $($expected:tt)+) => {{
        $device.expect(stringify!($($expected)+));
        let answer = $device.$call($($argument),*);
        $device.check(stringify!($call($($argument),*)), answer);
    }};
}

mod components;
mod containers;
mod device;
mod download;
mod execute;
mod instances;
pub(crate) mod memory;
mod notifications;
mod push;
mod records;
mod settings;
mod time;
mod verify;
mod world;

use crate::core::completion::Software;

const EMPTY: Software = Software::Empty;
const INSTALLED: Software = Software::Installed;
const RUNNING: Software = Software::Running;
