// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What is packed comes back.

use serde_json::json;

use crate::desk::*;
use crate::noise::Noise;
use crate::reader::{self, signed};

#[test]
fn random_packages_come_back_as_they_were() {
    let desk = Desk::new();
    desk.words("keygen ed").good();
    desk.words("keygen --algorithm p256 ec").good();
    let mut noise = Noise(2026);
    for round in 0..30 {
        let (name, version, minimum) = (noise.text(255), noise.text(40), noise.text(255));
        let (vendor, class) = (noise.bytes(16), noise.bytes(16));
        let device = noise.below(32) + 1;
        let device = noise.bytes(device);
        let counter = noise.next() as u32;
        let mut line: Vec<String> = vec!["create".into(), "-o".into(), "it.swpk".into(), "--force".into()];
        let mut add = |option: &str, value: String| line.push(format!("--{option}={value}"));
        add("name", name.clone());
        add("version", version.clone());
        let optional = noise.below(32);
        if optional & 1 != 0 {
            add("vendor", hex(&vendor));
        }
        if optional & 2 != 0 {
            add("class", dashed(&class));
        }
        if optional & 4 != 0 {
            add("device", format!("hex:{}", hex(&device)));
        }
        if optional & 8 != 0 {
            add("counter", counter.to_string());
        }
        if optional & 16 != 0 {
            add("minimum", minimum.clone());
        }
        let key = [None, Some("ed"), Some("ec")][round % 3];
        if let Some(key) = key {
            add("key", format!("{key}.pem"));
        }
        let mut components = Vec::new();
        for n in 0..1 + noise.below(9) {
            // Some are longer than what is read at once.
            let length = 1 + noise.below(if n == 0 && round % 10 == 0 { 200_000 } else { 300 });
            let component = reader::Component {
                kind: noise.next() as u16,
                name: noise.text(255).replace(',', ""),
                version: if n % 3 == 0 { String::new() } else { noise.text(255).replace(',', "") },
                bytes: noise.bytes(length),
            };
            let name = if component.name.is_empty() { "x" } else { &component.name };
            let component = reader::Component { name: name.to_owned(), ..component };
            desk.write(&format!("c{n}.bin"), &component.bytes);
            let reader::Component { kind, name, version, .. } = &component;
            add("component", format!("name={name},version={version},type={kind},file=c{n}.bin"));
            components.push(component);
        }
        desk.run(&line.iter().map(String::as_str).collect::<Vec<_>>()).good();

        let bytes = desk.read("it.swpk");
        let read = reader::read(&bytes).expect("a package");
        assert_eq!((&read.name, &read.version), (&name, &version));
        let given = |bit: usize, bytes: &[u8]| if optional & bit != 0 { bytes.to_vec() } else { Vec::new() };
        assert_eq!(read.vendor, given(1, &vendor));
        assert_eq!(read.class, given(2, &class));
        assert_eq!(read.device, given(4, &device));
        assert_eq!(read.counter, (optional & 8 != 0).then_some(counter));
        assert_eq!(read.minimum.as_bytes(), given(16, minimum.as_bytes()));
        assert_eq!(read.components, components);
        assert_eq!(read.ignored, []);
        assert_eq!(read.key.is_some(), key.is_some());

        let info = desk.words("info --json it.swpk").good().json();
        let mut offset = read.manifest;
        for (n, component) in components.iter().enumerate() {
            let wanted = json!({
                "name": component.name, "version": component.version, "type": component.kind,
                "length": component.bytes.len(), "offset": offset,
                "sha256": hex(&reader::sha256(&component.bytes)),
            });
            assert_eq!(info["components"][n], wanted);
            offset += component.bytes.len();
        }
        assert_eq!(info["components"].as_array().map(Vec::len), Some(components.len()));
        assert_eq!((&info["title"], &info["version"]), (&json!(name), &json!(version)));
        assert_eq!(info["sha256"], hex(&reader::sha256(&bytes)));
        assert_eq!((&info["size"], &info["sound"]), (&json!(bytes.len()), &json!(true)));
        assert_eq!(
            info["vendor"].as_str().unwrap_or(""),
            if optional & 1 != 0 { dashed(&vendor) } else { String::new() }
        );
        assert_eq!(info["counter"].as_u64(), read.counter.map(u64::from));

        let both = "--key ed.pub.pem --key ec.pub.pem it.swpk";
        let wanted = if key.is_some() { 0 } else { 57 };
        assert_eq!(desk.verdict(both).0, wanted);
        // Another signature, the same package.
        desk.words("sign --key ed.pem it.swpk -o it.swpk --force").good();
        let again = reader::read(&desk.read("it.swpk")).expect("a package");
        assert_eq!(again.components, components);
        assert!(signed(&again, &desk.read("ed.pub.pem")));
        assert_eq!(desk.verdict("--key ed.pub.pem it.swpk").0, 0);
    }
}
