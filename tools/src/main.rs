// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `swmgmt`: developer tools for the swmgmt library.

mod about;
mod block;
mod cli;
mod coap;
mod failure;
mod link;
mod names;
mod package;
mod plan;
mod push;
mod registry;
mod report;
mod server;
mod session;
mod steps;
mod value;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::Cli::parse().command {
        cli::Command::Server(args) => ExitCode::from(server::run(&args)),
        cli::Command::Package(args) => ExitCode::from(package::run(&args)),
    }
}
