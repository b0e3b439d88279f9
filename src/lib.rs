// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OMA LwM2M Objects 9 (Software Management) and 14 (Software Component), 1.0.3, for
//! devices. `include/swmgmt.h` is the public interface; these modules are not.
//!
//! The core never calls anybody. It takes events in and hands **operations** out:
//!
//! ```text
//! event -> [`manager::Manager`] -> next() -> Operation -> the firmware
//!                                ^                           |
//!                                +------ answer(verdict) <---+
//! ```
//!
//! The rooms, and who may know whom (always downwards):
//!
//! ```text
//! ffi        the C boundary; all unsafe code; performs operations
//! manager    joins the rooms below: events in, operations and changes out
//! payload    the Content-Formats in which servers write and read
//! lifecycle  one software's life, as pure functions
//! transfer   how a package arrives: chunks, and Package URIs
//! verify     what makes a package acceptable
//! record     what survives a reboot
//! coap       messages on the wire, and the packet front
//! operation  what is asked of the firmware
//! object     what a server sees: resources, values, refusals
//! ```
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![deny(unsafe_code)]

pub mod coap;
pub mod ffi;
pub mod lifecycle;
pub mod manager;
pub mod object;
pub mod operation;
pub mod payload;
pub mod record;
pub mod transfer;
pub mod verify;
