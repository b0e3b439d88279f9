// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Signs a package, or signs it anew. One that is not sound is not signed.

use super::args::SignArgs;
use super::fields::Fields;
use super::files::Output;
use super::info;
use super::keys::Private;
use super::outcome::{Failure, Outcome};
use super::read::sound;

pub fn run(args: &SignArgs) -> Result<Outcome, Failure> {
    let key = Private::load(&args.key)?;
    let package = sound(&args.file)?;
    package.not_an_image(&args.file)?;
    let mut out = Output::new(&args.out)?;
    Fields::of(&package).write(&package, &args.file, Some(&key), &mut out)?;
    info::made(out, &args.out.output)
}
