// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Shows what is in a package.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{json, Map, Value};
use swmgmt::verify::container::Facts;
use swmgmt::verify::manifest::field::IGNORABLE;

use super::args::InfoArgs;
use super::files::Output;
use super::image::{dependencies, dependencies_json};
use super::keys::algorithm_name;
use super::outcome::{exit, shown, Failure, Outcome};
use super::read::{read, sound, Format, Package};
use super::values::{count, hex, show_device, show_uuid};
use crate::report::printable;

pub fn run(args: &InfoArgs) -> Result<Outcome, Failure> {
    let package = read(&args.file, u16::MAX)?;
    let Some(about) = package.about() else {
        let unknown = || Failure::usage("the manifest cannot be read"); // a fault says more
        return Err(package.fault.as_ref().map_or_else(unknown, |fault| fault.failure(&args.file)));
    };
    let (mut text, mut json) = (text(&package, &about), json(&package, &about));
    let mut code = exit::OK;
    if let Some(fault) = &package.fault {
        code = exit::REFUSED;
        let _ = write!(text, "\nDAMAGED: {}; a device shows {}", fault.why, fault.seen());
        json.insert("result".into(), fault.result.into());
        json.insert("reason".into(), fault.reason.into());
        json.insert("text".into(), fault.why.clone().into());
    }
    Ok(Outcome { exit: code, text, json: json.into() })
}

/// Ends a new package, after a look whether a device can read it.
pub fn made(out: Output, path: &Path) -> Result<Outcome, Failure> {
    let package = sound(out.unfinished())?;
    let about = package.about().unwrap_or_default();
    out.finish()?;
    let mut json = json(&package, &about);
    json.insert("file".into(), path.to_string_lossy().into());
    let signed = if package.claim().is_some() { "signed" } else { "not signed" };
    let text = format!(
        "{}: {}, {signed}, {}\nthe device needs {} of room for the manifest\nSHA-256 {}",
        shown(path),
        count(package.size, "byte"),
        count(about.components.into(), "component"),
        count(package.manifest().into(), "byte"),
        hex(&package.sha256)
    );
    Ok(Outcome { exit: exit::OK, text, json: json.into() })
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A text, or `None` where there is none.
fn given<'a>(bytes: &'a [u8], show: impl FnOnce(&'a [u8]) -> String) -> Option<String> {
    (!bytes.is_empty()).then(|| show(bytes))
}

fn text(package: &Package, about: &Facts<'_>) -> String {
    let mut text = String::from("For the server's operator\n");
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(text, "  {name:<16} {}", printable(&value));
        }
    };
    let image = package.format == Format::Mcuboot;
    line("title", Some(if image { "(an MCUboot image has none)".to_owned() } else { words(about.name) }));
    line("version", Some(words(about.version)));
    line("size", Some(count(package.size, "byte")));
    line("SHA-256", Some(hex(&package.sha256)));
    line("only for vendor", given(about.vendor, show_uuid));
    line("only for class", given(about.class, show_uuid));
    line("only for device", given(about.device, show_device));
    line("security counter", about.counter.map(|counter| counter.to_string()));
    line("minimum version", given(about.minimum, words));
    for (image, version) in dependencies(about) {
        line("needs", Some(format!("{version} of image {image}")));
    }
    line("manifest", (!image).then(|| count(package.manifest().into(), "byte")));
    line("room on device", image.then(|| count(package.room().into(), "byte")));
    line(
        "signature",
        Some(match package.claim() {
            Some(claim) => {
                format!("{}, not checked here, key id {}", algorithm_name(claim.algorithm), hex(claim.key))
            }
            None => "none".to_owned(),
        }),
    );
    for (kind, value) in package.fields().filter(|(kind, _)| *kind >= IGNORABLE) {
        line("ignored", Some(format!("field {kind}, {}", count(value.len() as u64, "byte"))));
    }
    for (n, (component, digest)) in package.components().enumerate() {
        let version = given(component.version, words).unwrap_or_else(|| "(no version)".to_owned());
        let _ = write!(
            text,
            "Component {n}: {} {}, type {}\n  {} from byte {}\n  SHA-256 {}\n",
            printable(&words(component.name)),
            printable(&version),
            component.kind,
            count(component.length.into(), "byte"),
            component.offset,
            hex(digest)
        );
    }
    text.truncate(text.trim_end().len());
    text
}

fn json(package: &Package, about: &Facts<'_>) -> Map<String, Value> {
    let components: Vec<Value> = package
        .components()
        .map(|(component, digest)| {
            json!({
                "name": words(component.name),
                "version": words(component.version),
                "type": component.kind,
                "length": component.length,
                "offset": component.offset,
                "sha256": hex(digest),
            })
        })
        .collect();
    let signature = package
        .claim()
        .map(|claim| json!({"algorithm": algorithm_name(claim.algorithm), "key": hex(claim.key)}));
    let ignored = package.fields().filter(|(kind, _)| *kind >= IGNORABLE);
    let ignored: Vec<Value> =
        ignored.map(|(kind, value)| json!({"type": kind, "value": hex(value)})).collect();
    let value = json!({
        "format": match package.format { Format::Swpk => "swpk", Format::Mcuboot => "mcuboot" },
        "title": given(about.name, words),
        "version": words(about.version),
        "size": package.size,
        "sha256": hex(&package.sha256),
        "vendor": given(about.vendor, show_uuid),
        "class": given(about.class, show_uuid),
        "device": given(about.device, show_device),
        "counter": about.counter,
        "minimum": given(about.minimum, words),
        "dependencies": dependencies_json(about),
        "manifest": package.manifest(),
        "room": package.room(),
        "components": components,
        "signature": signature,
        "ignored": ignored,
        "sound": package.fault.is_none(),
    });
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
