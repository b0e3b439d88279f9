// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A new pair of keys.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::KeygenArgs;
use super::files::{exists, unwritable};
use super::keys::Private;
use super::outcome::{exit, shown, Failure, Outcome};
use super::values::hex;

pub fn run(args: &KeygenArgs) -> Result<Outcome, Failure> {
    let (private, public) =
        (PathBuf::from(format!("{}.pem", args.name)), PathBuf::from(format!("{}.pub.pem", args.name)));
    let key = Private::generate(args.algorithm)?;
    let (secret, open, id) = (key.pem()?, key.public().pem()?, hex(&key.public().id()?));
    write(&private, true, &secret)?;
    write(&public, false, &open).inspect_err(|_| drop(std::fs::remove_file(&private)))?;
    let text = format!(
        "{}  the private key: it signs, keep it secret\n{}  the public key: devices get it\nkey id {id}",
        shown(&private),
        shown(&public)
    );
    let json = json!({"private": private.to_string_lossy(), "public": public.to_string_lossy(), "key": id});
    Ok(Outcome { exit: exit::OK, text, json })
}

fn write(path: &Path, secret: bool, text: &str) -> Result<(), Failure> {
    create(path, secret).and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
        match error.kind() {
            ErrorKind::AlreadyExists => exists(path),
            _ => unwritable(path, &error),
        }
    })
}

fn create(path: &Path, secret: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if secret { 0o600 } else { 0o644 });
    #[cfg(not(unix))]
    let _ = secret;
    options.write(true).create_new(true).open(path)
}
