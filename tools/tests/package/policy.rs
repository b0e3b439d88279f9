// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a device refuses.

use crate::desk::*;
use crate::reader;

#[test]
fn a_device_refuses_what_is_not_for_it() {
    let desk = Desk::new();
    desk.lamp();
    desk.words("keygen other").good();
    desk.words("create --name lamp --version 1.3 --component app.bin -o plain.swpk").good();
    let key = "--key key.pub.pem";
    let told = desk.words("info --json lamp.swpk").good().json();
    let id = told["signature"]["key"].as_str().expect("id");
    for (device, package, wanted) in [
        (key.to_owned(), "lamp", ""),
        (format!("--key other.pub.pem {key}"), "lamp", ""),
        (
            format!("{key} --vendor {VENDOR} --class {CLASS} --device lamp-1 --counter 7 --installed 1.3"),
            "lamp",
            "",
        ),
        (format!("{key} --counter 6 --installed 1.1"), "lamp", ""),
        (format!("{key} --installed v1.02.9"), "lamp", ""),
        ("--unsigned".to_owned(), "plain", ""),
        (format!("--unsigned --vendor {OTHER} --class {OTHER} --device x --counter 0"), "plain", ""),
        (key.to_owned(), "plain", "57:unsigned"),
        ("--key other.pub.pem".to_owned(), "lamp", "53:key"),
        (format!("{key} --vendor {OTHER}"), "lamp", "54:vendor"),
        (format!("{key} --class {OTHER}"), "lamp", "54:class"),
        (format!("{key} --device lamp-10"), "lamp", "54:device"),
        (format!("{key} --counter 8"), "lamp", "57:rollback"),
        ("--unsigned --counter 1".to_owned(), "plain", "57:rollback"),
        (format!("{key} --installed 1.10"), "lamp", "57:version"),
        (format!("{key} --installed 1.3.1"), "lamp", "57:version"),
        (format!("{key} --installed 1.0.9"), "lamp", "57:minimum"),
        (format!("{key} --room 100"), "lamp", "51:memory"),
        (format!("{key} --revoked other.pub.pem"), "lamp", ""),
        (format!("{key} --revoked other.pub.pem --revoked key.pub.pem"), "lamp", "57:revoked"),
        ("--key other.pub.pem --revoked key.pub.pem".to_owned(), "lamp", "57:revoked"),
        (format!("{key} --revoked {id}"), "lamp", "57:revoked"),
        (format!("{key} --revoked {}", id.to_uppercase()), "lamp", "57:revoked"),
        (format!("{key} --revoked key.pub.pem"), "plain", "57:unsigned"),
        // The first reason counts.
        (format!("{key} --revoked key.pub.pem --device x --counter 9"), "lamp", "57:revoked"),
        (format!("--key other.pub.pem --device x --counter 9 --vendor {OTHER}"), "lamp", "53:key"),
        (format!("{key} --device x --counter 9 --installed 9"), "lamp", "54:device"),
    ] {
        let verdict = desk.verdict(&format!("{device} {package}.swpk"));
        assert_eq!(verdict.1, wanted, "{device} {package}");
        assert_eq!(verdict.0.to_string(), wanted.split(':').next().filter(|w| !w.is_empty()).unwrap_or("0"));
    }
    let exact = reader::read(&desk.read("lamp.swpk")).expect("package").manifest;
    assert_eq!(desk.verdict(&format!("{key} --room {exact} lamp.swpk")).0, 0);
    assert_eq!(desk.verdict(&format!("{key} --room {} lamp.swpk", exact - 1)).1, "51:memory");
    // The manifest is judged before a damaged component is seen.
    let mut bytes = desk.read("lamp.swpk");
    *bytes.last_mut().expect("bytes") ^= 1;
    desk.write("bad.swpk", &bytes);
    assert_eq!(desk.verdict(&format!("{key} bad.swpk")).1, "53:digest");
    assert_eq!(desk.verdict(&format!("{key} --device x bad.swpk")).1, "54:device");

    let told = desk.words(&format!("verify {key} --installed 1.10 lamp.swpk"));
    let text = "lamp.swpk: refused: its version 1.3 is lower than 1.10, which is installed\n\
                a device shows Update Result 57 (device defined update error), Status Reason \"57:version\"\n";
    assert_eq!((told.exit, told.stdout.as_str(), told.stderr.as_str()), (1, text, ""));
}
