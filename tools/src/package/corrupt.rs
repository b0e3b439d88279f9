// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Makes a package that a device must refuse, and says with what.

use std::cmp::Ordering;

use serde_json::json;
use swmgmt::verify::container::Facts;
use swmgmt::verify::manifest::field;
use swmgmt::verify::version;

use super::args::{Algorithm, CorruptArgs};
use super::fields::Fields;
use super::files::{pieces, Output};
use super::keys::Private;
use super::outcome::{exit, shown, Failure, Outcome, Refusal};
use super::policy::{forged, stranger, Policy};
use super::read::{read, sound, Package};
use super::values::{show_device, Bit};
use crate::report::printable;

pub fn run(args: &CorruptArgs) -> Result<Outcome, Failure> {
    let good = sound(&args.file)?;
    let about = good.about().unwrap_or_default();
    let mut out = Output::new(&args.out)?;
    let how = &args.how;
    let (who, policy) = if let Some(bit) = how.flip {
        flip(args, &good, bit, &mut out)?;
        Default::default()
    } else if let Some(size) = how.truncate {
        truncate(args, &good, size, &mut out)?;
        Default::default()
    } else {
        good.not_an_image(&args.file)?;
        change(args, &good, &about, &mut out)?
    };
    // It is judged from what was written.
    let bad = read(out.unfinished(), u16::MAX)?;
    let refusal = match policy.refuses(&bad)? {
        None if how.flip.is_some() => spoilt(&good, &bad),
        refusal => refusal,
    };
    let Some(Refusal { result, reason, why }) = &refusal else {
        return Err(Failure::usage("a device would take this: nothing is written"));
    };
    out.finish()?;
    let seen = refusal.as_ref().map(Refusal::seen).unwrap_or_default();
    let path = shown(&args.out.output);
    Ok(Outcome {
        exit: exit::OK,
        text: format!("{path}: {why}\na device{who} refuses it: {seen}"),
        json: json!({"file": path, "result": result, "reason": reason, "text": why}),
    })
}

/// What is still whole, but not what was signed.
fn spoilt(good: &Package, bad: &Package) -> Option<Refusal> {
    let (good, bad) = (good.claim()?, bad.claim()?);
    if good.key != bad.key {
        return Some(stranger(bad.key));
    }
    (good != bad).then(forged)
}

fn flip(args: &CorruptArgs, good: &Package, bit: Bit, out: &mut Output) -> Result<(), Failure> {
    if bit.byte >= good.size {
        return Err(Failure::usage(format!(
            "the package has only {} bytes: 0 to {}",
            good.size,
            good.size - 1
        )));
    }
    let mut at = 0u64;
    pieces(&args.file, 0, |bytes| {
        let mut bytes = bytes.to_vec();
        if let Some(byte) = bit.byte.checked_sub(at).and_then(|n| bytes.get_mut(n as usize)) {
            *byte ^= 1 << bit.bit;
        }
        at += bytes.len() as u64;
        out.write(&bytes)
    })?;
    Ok(())
}

fn truncate(args: &CorruptArgs, good: &Package, size: u64, out: &mut Output) -> Result<(), Failure> {
    if size >= good.size {
        return Err(Failure::usage(format!("the package has only {} bytes: nothing is cut off", good.size)));
    }
    let mut left = size;
    pieces(&args.file, 0, |bytes| {
        let kept = bytes.get(..left as usize).unwrap_or(bytes);
        left -= kept.len() as u64;
        out.write(kept)
    })?;
    Ok(())
}

/// Everything is right but one thing: tells which device minds.
fn change<'a>(
    args: &'a CorruptArgs,
    good: &'a Package,
    about: &Facts<'a>,
    out: &mut Output,
) -> Result<(String, Policy<'a>), Failure> {
    let how = &args.how;
    let counter = how.counter.map(u32::to_le_bytes).unwrap_or_default();
    let mut fields = Fields::of(good);
    if how.wrong_key {
        if good.claim().is_none() {
            return Err(Failure::usage("the package is not signed: it has no key that could be wrong"));
        }
        fields.write(good, &args.file, Some(&Private::generate(Algorithm::Ed25519)?), out)?;
        return Ok((String::new(), Policy { keys: Some(&[]), ..Policy::default() }));
    }
    let (who, policy) = if let Some(device) = &how.device {
        if about.device == &device[..] {
            return Err(Failure::usage("this is the device that the package is for"));
        }
        fields.set(field::DEVICE, device);
        // A device with another id than any that can be given.
        (format!(" other than {}", show_device(device)), Policy { device: Some(&[]), ..Policy::default() })
    } else if let Some(version) = &how.version {
        let own = std::str::from_utf8(about.version).unwrap_or_default();
        if version.is_empty() || version.len() > 255 {
            return Err(Failure::usage("a version has 1 to 255 bytes"));
        }
        if version::compare(version.as_bytes(), about.version) != Ordering::Less {
            return Err(Failure::usage(format!("{version} is not lower than {}", printable(own))));
        }
        fields.set(field::VERSION, version.as_bytes());
        let who = format!(" that has {} installed and takes no lower version", printable(own));
        (who, Policy { installed: Some(own), ..Policy::default() })
    } else {
        let own = about.counter.unwrap_or(0);
        if how.counter.is_none_or(|counter| counter >= own) {
            return Err(Failure::usage(match about.counter {
                Some(own) => format!("the package's security counter is {own}: give a lower one"),
                None => "the package has no security counter: nothing is lower".to_owned(),
            }));
        }
        fields.set(field::COUNTER, &counter);
        (
            format!(" that has installed security counter {own}"),
            Policy { counter: Some(own), ..Policy::default() },
        )
    };
    fields.write(good, &args.file, key(args, good)?.as_ref(), out)?;
    Ok((who, policy))
}

/// What signed the package: without it the signature would be what is refused.
fn key(args: &CorruptArgs, good: &Package) -> Result<Option<Private>, Failure> {
    let key = args.key.as_deref().map(Private::load).transpose()?;
    match (good.claim(), &key) {
        (Some(_), None) => Err(Failure::usage(
            "the package is signed: give the --key that signed it, or only its signature is refused",
        )),
        (Some(claim), Some(key)) if key.public().id()? != *claim.key => {
            Err(Failure::usage("the package is signed with another key: only its signature would be refused"))
        }
        _ => Ok(key),
    }
}
