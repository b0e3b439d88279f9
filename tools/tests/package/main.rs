// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `swmgmt package`, through the command line.

mod bad_input;
mod corrupt;
mod desk;
mod keys;
mod lies;
mod mcuboot;
mod noise;
mod output;
mod policy;
mod reader;
mod round_trip;
mod vectors;
