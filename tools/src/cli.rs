// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::package::args as package;

#[derive(Parser)]
#[command(name = "swmgmt", version, about = "Developer tools for swmgmt")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// A small LwM2M server for a developer's PC: updates one device and ends
    #[command(long_about = SERVER_ABOUT, after_long_help = SERVER_EXAMPLES)]
    Server(ServerArgs),
    /// Makes packages, signs them, looks into them, and breaks them on purpose
    #[command(long_about = package::ABOUT, after_long_help = package::EXAMPLES)]
    Package(package::PackageArgs),
}

const SERVER_ABOUT: &str = "\
A small LwM2M 1.0/1.1 server for a developer's PC, to try a device with.

It waits for a device to register, observes its Object 9 (Software Management) \
and takes it through an update: push the package, install it, activate it. \
Every change the device reports is printed.

Plain CoAP over UDP only: there is no DTLS, so no --psk. Use it on your own \
desk, not on the Internet.";

const SERVER_EXAMPLES: &str = "\
Examples:
  Update the first device that registers on this PC:
    swmgmt server app-1.2.swpkg
  A real device on the network (it registers at coap://<this PC>:5683):
    swmgmt server --listen 0.0.0.0:5683 --endpoint my-device app-1.2.swpkg
  The device has software installed already:
    swmgmt server --update app-1.3.swpkg
  Let the device fetch the package itself:
    swmgmt server --uri coap://192.168.1.10:5684/app-1.3.swpkg
  Only remove the software:
    swmgmt server --no-push --uninstall
  Exactly these steps:
    swmgmt server --steps push,install app-1.3.swpkg
  Start one component only, of software that is installed:
    swmgmt server --steps activate --component 1
  In a script:
    swmgmt server --json --timeout 30 app-1.3.swpkg > events.jsonl

Exit codes:
  0  all steps reached
  2  wrong usage (also: FILE cannot be read, the address cannot be used)
  3  no device registered
  4  timeout, or the connection was lost
  5  the device refused a request (its CoAP code is printed)
  6  the device reported a failure result (resource 9 shows 50 or more)";

#[derive(Args)]
pub struct ServerArgs {
    /// The package to push to the device
    pub file: Option<PathBuf>,

    /// Address and port to listen on (port 0: any; the first line of output tells)
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:5683")]
    pub listen: SocketAddr,

    /// Wait for the device of this name [default: the first that registers]
    #[arg(long, value_name = "NAME")]
    pub endpoint: Option<String>,

    /// The instance of Object 9
    #[arg(long, value_name = "N", default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(..65535))]
    pub instance: u16,

    /// Size of the blocks: 16, 32, 64, 128, 256, 512 or 1024
    #[arg(long, value_name = "BYTES", default_value = "1024", value_parser = block_size)]
    pub block_size: usize,

    /// Leave the Size1 option out of the first block
    #[arg(long)]
    pub no_size1: bool,

    /// Instead of FILE: let the device fetch its package from there
    #[arg(long, value_name = "URI", conflicts_with = "file")]
    pub uri: Option<String>,

    /// Arguments of the Install execute, e.g. 0='x'
    #[arg(long, value_name = "TEXT")]
    pub install_args: Option<String>,

    /// If the device shows INSTALLED, begin with Uninstall for update
    #[arg(long, conflicts_with = "steps")]
    pub update: bool,

    /// At the end uninstall the software
    #[arg(long, conflicts_with = "steps")]
    pub uninstall: bool,

    /// No push, install and activate (with --uninstall: only uninstall)
    #[arg(long, conflicts_with_all = ["steps", "file", "uri"], requires = "uninstall")]
    pub no_push: bool,

    /// Exactly these steps in this order [default: push,install,activate]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_enum)]
    pub steps: Vec<Step>,

    /// Activate and deactivate this component only, an instance of Object 14
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(..65535))]
    pub component: Option<u16>,

    /// Install again up to N times when the device reports result 58
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub retry: u32,

    /// How long a step may go on without anything happening
    #[arg(long, value_name = "SECONDS", default_value_t = 120,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,

    /// How long to wait for a device to register
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub wait_registration: u64,

    /// One JSON line per event on stdout instead of text
    #[arg(long)]
    pub json: bool,

    /// Print only the listening line, the summary and errors
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Send the package (or the URI), wait for DELIVERED
    Push,
    /// Install, wait for INSTALLED
    Install,
    /// Activate, wait for active = true
    Activate,
    /// Deactivate, wait for active = false
    Deactivate,
    /// Uninstall for update, wait for INITIAL
    Update,
    /// Uninstall, wait for INITIAL
    Uninstall,
}

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Step::Push => "push",
            Step::Install => "install",
            Step::Activate => "activate",
            Step::Deactivate => "deactivate",
            Step::Update => "update",
            Step::Uninstall => "uninstall",
        }
    }
}

fn block_size(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|&size| crate::block::szx_of(size).is_some())
        .ok_or_else(|| "must be 16, 32, 64, 128, 256, 512 or 1024".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn definition_is_sound() {
        Cli::command().debug_assert();
    }
}
