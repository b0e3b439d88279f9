// SPDX-License-Identifier: Apache-2.0 OR MIT
//! OMA LwM2M Objects 9 (Software Management) and 14 (Software Component), 1.0.3, for
//! devices. `include/swmgmt.h` is the public interface; these modules are not.
//!
//! The rooms. Each knows only those above it:
//!
//! ```text
//! object     what a server sees: paths, resources, values, refusals, Status Reason
//! machine    the lifecycle on one page: what an event does in a state
//! record     the format of what survives a reboot
//! transfer   how a package arrives: chunks by offset, Package URIs
//! verify     digests, containers, signatures, versions
//! payload    the Content-Formats in which servers write and read
//! coap       messages on the wire, and the packet front
//! core       transactions, the loop, the door to the firmware
//! parts      leaves that the core calls at its joints; linked if they are named
//! ffi        the C boundary; all unsafe code
//! ```
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![deny(unsafe_code)]

pub mod coap;
pub mod core;
pub mod ffi;
pub mod machine;
pub mod object;
pub mod parts;
pub mod payload;
pub mod record;
pub mod transfer;
pub mod verify;
