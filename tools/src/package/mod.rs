// SPDX-License-Identifier: Apache-2.0 OR MIT
//! `swmgmt package`: makes, signs, checks, shows and breaks packages.

pub mod args;
mod corrupt;
mod create;
mod fault;
mod fields;
mod files;
mod image;
mod info;
mod keygen;
mod keys;
mod outcome;
mod policy;
mod read;
mod sign;
mod values;
mod verify;

use std::io::Write;

use args::{PackageArgs, PackageCommand};

/// Runs a subcommand; gives the exit code.
pub fn run(args: &PackageArgs) -> u8 {
    let outcome = match &args.command {
        PackageCommand::Keygen(args) => keygen::run(args),
        PackageCommand::Create(args) => create::run(args),
        PackageCommand::Sign(args) => sign::run(args),
        PackageCommand::Verify(args) => verify::run(args),
        PackageCommand::Info(args) => info::run(args),
        PackageCommand::Corrupt(args) => corrupt::run(args),
    };
    // A closed pipe is no reason to stop.
    let print = |text: &str| drop(writeln!(std::io::stdout(), "{text}"));
    match outcome {
        Ok(outcome) => {
            print(if args.json { outcome.json.to_string() } else { outcome.text }.as_str());
            outcome.exit
        }
        Err(failure) => {
            if args.json {
                let mut json = serde_json::json!({"error": failure.message, "exit": failure.exit});
                if let Some(refusal) = &failure.refusal {
                    json["result"] = refusal.result.into();
                    json["reason"] = refusal.reason.into();
                }
                print(&json.to_string());
            }
            let _ = writeln!(std::io::stderr(), "error: {}", failure.message);
            failure.exit
        }
    }
}
