// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The Content-Formats in which servers write and read. Each is a table of functions
//! that knows nothing of the others.
