// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The parts: leaves that the core calls at its joints (`core::Joint`). None knows another;
//! firmware that names none pays for the joints alone. A new part is a new file here, and a
//! line in `ffi::parts`.

pub mod components;
pub mod container;
pub mod digest;
pub mod download;
pub mod names;
pub mod record;
pub mod signature;
