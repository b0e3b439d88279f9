// SPDX-License-Identifier: Apache-2.0 OR MIT
//! How a package arrives: the chunks of a push, and the syntax of a Package URI.

pub mod push;
pub mod uri;
