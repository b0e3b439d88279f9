// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Packs files.

use sha2::{Digest, Sha256};
use swmgmt::verify::writer::{Component, Package};

use super::args::CreateArgs;
use super::fields::sealed;
use super::files::{pieces, Output};
use super::info;
use super::keys::Private;
use super::outcome::{shown, Failure, Outcome};
use super::values::Source;

pub fn run(args: &CreateArgs) -> Result<Outcome, Failure> {
    let key = args.key.as_deref().map(Private::load).transpose()?;
    let mut out = Output::new(&args.out)?;
    let components = args.components.iter().map(look).collect::<Result<Vec<_>, _>>()?;
    let package = Package {
        name: &args.name,
        version: &args.version,
        vendor: args.vendor,
        class: args.class,
        device: args.device.as_deref().unwrap_or_default(),
        counter: args.counter,
        minimum: args.minimum.as_deref().unwrap_or_default(),
        components,
    };
    out.write(&sealed(key.as_ref(), |signer| package.manifest(signer))?)?;
    for (source, component) in args.components.iter().zip(&package.components) {
        let mut hash = Sha256::new();
        pieces(&source.file, 0, |bytes| {
            hash.update(bytes);
            out.write(bytes)
        })?;
        if hash.finalize()[..] != component.digest {
            return Err(Failure::usage(format!("{} changed while it was read", shown(&source.file))));
        }
    }
    info::made(out, &args.out.output)
}

fn look(source: &Source) -> Result<Component<'_>, Failure> {
    let mut hash = Sha256::new();
    let length = pieces(&source.file, 0, |bytes| {
        hash.update(bytes);
        Ok(())
    })?;
    if length == 0 {
        return Err(Failure::usage(format!("{} is empty: no component can be", shown(&source.file))));
    }
    let digest = hash.finalize().into();
    Ok(Component { name: &source.name, version: &source.version, kind: source.kind, length, digest })
}
