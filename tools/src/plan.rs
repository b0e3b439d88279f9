// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What to do, decided from the command line before anything is sent.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use crate::block;
use crate::cli::{ServerArgs, Step};
use crate::failure::Failure;

/// Longest URI that fits in one message (a device takes 255 bytes).
const MAX_URI: usize = 1024;

#[derive(Debug)]
pub enum Package {
    File(Vec<u8>),
    Uri(String),
}

#[derive(Debug)]
pub struct Plan {
    pub package: Option<Package>,
    pub steps: Vec<Step>,
    /// Put an update step in front if the device shows INSTALLED.
    pub update_if_installed: bool,
    pub endpoint: Option<String>,
    pub instance: u16,
    pub szx: u8,
    pub size1: bool,
    pub install_args: Option<String>,
    /// What to activate and deactivate instead of the whole software.
    pub component: Option<u16>,
    pub retry: u32,
    pub timeout: Duration,
    pub wait_registration: Duration,
}

impl Plan {
    pub fn new(args: &ServerArgs) -> Result<Plan, Failure> {
        let steps = steps(args);
        let needs_package = steps.contains(&Step::Push);
        let package = match (&args.file, &args.uri) {
            (Some(path), _) if needs_package => {
                let bytes = read_file(path, max_file(args.block_size))
                    .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
                check_file(&bytes, args.block_size)?;
                Some(Package::File(bytes))
            }
            (None, Some(uri)) if needs_package => {
                if uri.is_empty() || uri.len() > MAX_URI {
                    return Err(Failure::usage("the URI must have 1 to 1024 bytes"));
                }
                Some(Package::Uri(uri.clone()))
            }
            (None, None) if needs_package => {
                return Err(Failure::usage("a FILE to push or --uri is needed (see: swmgmt server --help)"));
            }
            (None, None) => None,
            _ => {
                return Err(Failure::usage("a package is given, but no step of the list is \"push\""));
            }
        };
        if args.install_args.as_ref().is_some_and(|text| text.len() > 1024) {
            return Err(Failure::usage("--install-args is longer than 1024 bytes"));
        }
        Ok(Plan {
            package,
            steps,
            update_if_installed: args.update,
            endpoint: args.endpoint.clone(),
            instance: args.instance,
            szx: block::szx_of(args.block_size).unwrap_or(block::MAX_SZX),
            size1: !args.no_size1,
            install_args: args.install_args.clone(),
            component: args.component,
            retry: args.retry,
            timeout: Duration::from_secs(args.timeout),
            wait_registration: Duration::from_secs(args.wait_registration),
        })
    }
}

/// The list of steps that the flags stand for.
fn steps(args: &ServerArgs) -> Vec<Step> {
    if !args.steps.is_empty() {
        return args.steps.clone();
    }
    let mut steps = Vec::new();
    if !args.no_push {
        steps.extend([Step::Push, Step::Install, Step::Activate]);
    }
    if args.uninstall {
        steps.push(Step::Uninstall);
    }
    steps
}

/// The most bytes that blocks of this size can carry.
fn max_file(block_size: usize) -> usize {
    (block::MAX_NUM as usize + 1) * block_size
}

/// Reads a file, at most one byte more than can be sent.
fn read_file(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check_file(bytes: &[u8], block_size: usize) -> Result<(), Failure> {
    if bytes.is_empty() {
        return Err(Failure::usage("the file is empty"));
    }
    let limit = max_file(block_size);
    if bytes.len() > limit {
        return Err(Failure::usage(format!(
            "the file is too large: blocks of {block_size} bytes carry {limit} bytes at most"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser;

    fn plan(line: &[&str]) -> Result<Plan, String> {
        let words = ["swmgmt", "server"].iter().chain(line);
        let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
        let Command::Server(args) = cli.command else { unreachable!("only servers are asked for") };
        Plan::new(&args).map_err(|failure| failure.message)
    }

    #[test]
    fn flags_are_sugar_for_steps() {
        let uri = ["--uri", "coap://x/y"];
        let default = plan(&uri).expect("plan");
        assert_eq!(default.steps, [Step::Push, Step::Install, Step::Activate]);
        assert!(!default.update_if_installed);
        let all = plan(&[uri[0], uri[1], "--update", "--uninstall"]).expect("plan");
        assert_eq!(all.steps.last(), Some(&Step::Uninstall));
        assert!(all.update_if_installed);
        let only = plan(&["--no-push", "--uninstall"]).expect("plan");
        assert_eq!(only.steps, [Step::Uninstall]);
        let exact = plan(&["--steps", "deactivate,update"]).expect("plan");
        assert_eq!(exact.steps, [Step::Deactivate, Step::Update]);
    }

    #[test]
    fn misuse() {
        assert!(plan(&[]).is_err());
        assert!(plan(&["--no-push"]).is_err());
        assert!(plan(&["--steps", "push"]).is_err());
        assert!(plan(&["--steps", "install", "--uri", "coap://x"]).is_err());
        assert!(plan(&["--steps", "install", "--update"]).is_err());
        assert!(plan(&["--block-size", "100", "--uri", "coap://x"]).is_err());
        assert!(plan(&["/no/such/file"]).is_err());
    }

    #[test]
    fn file_sizes() {
        assert!(check_file(&[], 16).is_err());
        assert!(check_file(&vec![0; 1 << 24], 16).is_ok());
        assert!(check_file(&vec![0; (1 << 24) + 1], 16).is_err());
        assert!(check_file(&vec![0; (1 << 24) + 1], 32).is_ok());
    }
}
