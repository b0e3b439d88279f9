// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Packages in containers: judged before a byte is stored, and again as they are read back.

use super::device::{make, Device, Make};
use super::world::world;
use crate::core::config::{ALLOW_OLDER, POLICY_SIGNATURE};
use crate::core::operation::can;
use crate::verify::mcuboot_tests::maker::{dependency, Image};
use crate::verify::writer::{Component, Package, Signer};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

/// Secret keys: that of whom the device trusts, and another one.
const TRUSTED: [u8; 32] = [7; 32];
const OTHER: [u8; 32] = [8; 32];

fn sign(key: &[u8; 32], digest: &[u8]) -> Vec<u8> {
    SigningKey::from_bytes(key).sign(digest).to_bytes().to_vec()
}

/// A device that wants signatures.
fn signed() -> Make {
    make().containers().without(can::VERIFY).config(|it| it.policy = POLICY_SIGNATURE)
}

/// Boots, with the trusted key.
fn boot(make: Make) -> Device {
    let t = make.boot();
    world(|world| world.key = SigningKey::from_bytes(&TRUSTED).verifying_key().to_bytes());
    t
}

/// Makes a package of one component of 20 bytes, and calls its lengths `head` and `all`.
fn package_by(key: Option<&[u8; 32]>, of: &Package<'_>) -> &'static [u8] {
    let payload = b"main main main main.";
    let main = Component {
        name: "main",
        version: of.version,
        kind: 1,
        length: payload.len() as u64,
        digest: Sha256::digest(payload).into(),
    };
    let of = Package { components: vec![main], ..of.clone() };
    let with = |digest: &[u8; 32]| Ok(sign(key.unwrap_or(&OTHER), digest));
    let signer = Signer { algorithm: 1, key: [9; 32], sign: &with };
    let mut bytes = of.manifest(key.map(|_| &signer)).unwrap();
    let head = bytes.len() as u32;
    bytes.extend(payload);
    world(|world| world.words = vec![(head, "head"), (head + 20, "all"), (20, "rest")]);
    Vec::leak(bytes)
}

fn package(of: &Package<'_>) -> &'static [u8] {
    package_by(Some(&TRUSTED), of)
}

fn blink(version: &'static str) -> Package<'static> {
    Package { name: "blink", version, ..Package::default() }
}

/// Installed, and waiting for its update.
fn updating(make: Make, of: &Package<'_>) -> Device {
    let mut t = boot(make);
    t.wait_for_update(package(of));
    t
}

#[test]
fn a_package_is_judged_before_it_is_stored_and_as_it_is_read_back() {
    let mut t = boot(signed());
    let all = package(&blink("1.0"));
    step!(t.whole(all) => 2.04, save, key, counter, open(0, all), write(0, head), write(head, rest), save;
        notify 7 = 2);
    step!(t.poll() => read(0, all), key, counter);
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
    t.install();
    t.forget();
    step!(t.poll() => install, save; notify 9 = 2, 7 = 4, 0 = "blink", 1 = "1.0");
}

#[test]
fn nothing_is_stored_before_the_manifest_has_come() {
    let mut t = boot(signed());
    let all = package(&blink("1.0"));
    step!(t.push(0, &all[..3]) => 2.31, save; notify 9 = 1, 7 = 1);
    step!(t.push(3, &all[3..60]) => 2.31);
    let head = all.len() - 20;
    step!(t.push(60, &all[60..head]) => 2.31, key, counter, open(0, all), write(0, head));
    step!(t.last(head as u32, &all[head..]) => 2.04, write(head, rest), save; notify 9 = 0, 7 = 2);
}

#[test]
fn a_package_that_is_refused_is_never_stored() {
    for (verdict, reason) in
        [("unknown", "53:key"), ("failed", "57:revoked"), ("54", "54:type"), ("57", "57:revoked")]
    {
        let mut t = boot(signed());
        let all = package(&blink("1.0"));
        t.push(0, &all[..60]);
        t.expect(&format!("key={verdict}"));
        assert_eq!(t.push(60, &all[60..all.len() - 1]), "5.00");
        assert_eq!(t.read(16), format!("\"{reason}\""));
        assert!(!world(|world| world.asked.iter().any(|asked| asked.starts_with("open"))));
    }
}

#[test]
fn what_the_last_chunk_does_wrong_is_reported_by_the_verification() {
    let mut t = boot(signed());
    let all = package_by(Some(&OTHER), &blink("1.0"));
    step!(t.whole(all) => 2.04, save, key, save; notify 7 = 2);
    step!(t.poll() => save, discard; notify 16 = "53:signature", 9 = 53, 7 = 0);
}

#[test]
fn an_unsigned_package() {
    let mut t = boot(signed());
    step!(t.whole(package_by(None, &blink("1.0"))) => 2.04, save, save; notify 7 = 2);
    step!(t.poll() => save, discard; notify 16 = "57:unsigned", 9 = 57, 7 = 0);
    step!(t.push(0, "no container") => 5.00, save, save, discard; notify 16 = "57:unsigned", 9 = 57);
}

#[test]
fn without_the_policy_an_unsigned_package_is_one_that_is_whole() {
    let mut t = boot(make().containers().without(can::VERIFY));
    step!(t.whole(package_by(None, &blink("1.0"))) => 2.04, save, counter, open(0, all), write(0, head),
        write(head, rest), save; notify 7 = 2);
    step!(t.poll() => read(0, all), counter);
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
}

#[test]
fn another_package_passes_its_first_bytes() {
    let mut t = boot(make().containers());
    step!(t.push(0, "ab") => 2.31, save, open(0), write(0, "ab"); notify 9 = 1, 7 = 1);
    step!(t.last(2, "cd") => 2.04, write(2, "cd"), save; notify 9 = 0, 7 = 2);
    step!(t.poll() => read(0, 4));
    step!(t.poll() => verify(4), save);
}

#[test]
fn another_package_needs_another_proof() {
    let mut t = boot(make().containers().without(can::VERIFY));
    t.whole("abcdef");
    t.forget();
    step!(t.poll() => read(0, 6));
    step!(t.poll() => save, discard; notify 16 = "57:unverified", 9 = 57, 7 = 0);
}

#[test]
fn a_package_too_short_to_be_recognised() {
    let mut t = boot(make().containers());
    let all = package_by(None, &blink("1.0"));
    step!(t.push(0, &all[..2]) => 2.31, save; notify 9 = 1, 7 = 1);
    step!(t.last(2, "") => 2.04, open(0), write(0, "SW"), save; notify 9 = 0, 7 = 2);
}

#[test]
fn a_payload_that_is_not_what_the_manifest_says() {
    let mut t = boot(signed());
    let mut all = package(&blink("1.0")).to_vec();
    *all.last_mut().unwrap() ^= 1;
    t.whole(&*Vec::leak(all));
    t.forget();
    step!(t.poll() => read(0, all), key, counter, save, discard; notify 16 = "53:digest", 9 = 53, 7 = 0);
}

#[test]
fn a_package_that_ends_too_early() {
    let mut t = boot(signed());
    let all = package(&blink("1.0"));
    t.whole(&all[..all.len() - 1]);
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "53:integrity", 9 = 53, 7 = 0);
}

#[test]
fn a_manifest_that_ends_too_early() {
    let mut t = boot(signed());
    let all = package(&blink("1.0"));
    step!(t.whole(&all[..60]) => 2.04, save, save; notify 7 = 2);
    step!(t.poll() => save, discard; notify 16 = "53:integrity", 9 = 53, 7 = 0);
}

#[test]
fn a_manifest_that_there_is_no_room_for() {
    let mut t = boot(signed().config(|it| it.head = 100));
    step!(t.whole(package(&blink("1.0"))) => 2.04, save, save; notify 7 = 2);
    step!(t.poll() => save, discard; notify 16 = "51:memory", 9 = 51, 7 = 0);
}

#[test]
fn a_package_for_other_devices() {
    let of = Package { vendor: Some([1; 16]), class: Some([2; 16]), device: b"serial", ..blink("1.0") };
    let mut t = boot(signed());
    step!(t.whole(package(&of)) => 2.04, save, key, fits(vendor), fits(class), fits(device), counter,
        open(0, all), write(0, head), write(head, rest), save; notify 7 = 2);
    for (fails, reason) in [("vendor", "54:vendor"), ("class", "54:class"), ("device", "54:device")] {
        let mut t = boot(signed());
        t.expect(&format!("fits({fails})=failed"));
        t.whole(package(&of));
        t.poll();
        assert_eq!(t.read(16), format!("\"{reason}\""));
    }
}

#[test]
fn a_counter_below_the_firmwares() {
    let mut t = boot(signed());
    world(|world| world.counter = 6);
    t.whole(package(&Package { counter: Some(5), ..blink("1.0") }));
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "57:rollback", 9 = 57, 7 = 0);
    step!(t.whole(package(&blink("1.0"))) => 2.04, save, key, counter, save; notify 16 = "", 9 = 0, 7 = 2);
}

#[test]
fn a_counter_that_cannot_be_read() {
    let mut t = boot(signed());
    t.expect("counter=failed");
    t.whole(package(&blink("1.0")));
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "57:device", 9 = 57, 7 = 0);
}

#[test]
fn the_counter_is_raised_when_the_package_is_installed() {
    let mut t = boot(signed());
    t.deliver(package(&Package { counter: Some(5), ..blink("1.0") }));
    t.install();
    t.forget();
    step!(t.poll() => install, save, commit(5); notify 9 = 2, 7 = 4, 0 = "blink", 1 = "1.0");
    step!(t.reboot() => ok, save(numbers), commit(5));
}

#[test]
fn a_counter_that_cannot_be_raised_is_tried_again() {
    let mut t = boot(signed());
    t.deliver(package(&Package { counter: Some(5), ..blink("1.0") }));
    t.install();
    t.forget();
    step!(t.at(0) => wait 1000, install, save, commit(5) = failed;
        notify 9 = 2, 7 = 4, 0 = "blink", 1 = "1.0");
    step!(t.activate() => 2.04, save, activate, save; notify 12 = true);
    step!(t.at(1000) => wait forever, commit(5));
}

#[test]
fn the_record_knows_the_counter_too() {
    let mut t = updating(signed(), &Package { counter: Some(5), ..blink("1.0") });
    t.reboot();
    world(|world| world.counter = 0);
    t.whole(package(&Package { counter: Some(4), ..blink("2.0") }));
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "57:rollback", 9 = 57, 7 = 0);
}

#[test]
fn the_same_counter_will_do() {
    let mut t = boot(signed());
    world(|world| world.counter = 5);
    t.deliver(package(&Package { counter: Some(5), ..blink("1.0") }));
}

#[test]
fn the_version_of_an_empty_slot_does_not_count() {
    let mut t = boot(signed().about(&[("slot", "9.0", false)]));
    t.deliver(package(&blink("1.0")));
}

#[test]
fn an_update_does_not_lead_back() {
    let mut t = updating(signed(), &blink("1.10"));
    step!(t.whole(package(&blink("1.9"))) => 2.04, save, key, counter, save; notify 7 = 2);
    step!(t.poll() => save, discard; notify 16 = "57:version", 9 = 57, 7 = 0);
    t.deliver(package(&blink("1.10")));
}

#[test]
fn option_allow_older() {
    let mut t = updating(signed().option(ALLOW_OLDER), &blink("1.10"));
    t.deliver(package(&blink("1.9")));
}

#[test]
fn an_update_that_needs_a_lowest_version() {
    let mut t = updating(signed(), &blink("1.5"));
    t.whole(package(&Package { minimum: "1.6", ..blink("2.0") }));
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "57:minimum", 9 = 57, 7 = 0);
    t.deliver(package(&Package { minimum: "1.5", ..blink("2.0") }));
}

#[test]
fn a_lowest_version_where_no_software_is() {
    let mut t = boot(signed());
    t.whole(package(&Package { minimum: "0.1", ..blink("2.0") }));
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "57:minimum", 9 = 57, 7 = 0);
}

#[test]
fn names_and_components_of_the_package_are_kept() {
    let mut t = boot(signed().components(2).about(&[("slot", "0", false)]));
    let all = package(&blink("1.0"));
    t.whole(all);
    t.poll();
    t.forget();
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
    t.install();
    t.forget();
    step!(t.poll() => install, about, save;
        notify 9 = 2, 7 = 4, 0 = "blink", 1 = "1.0", 17, 18 = 1, 14/0 appeared, register);
    step!(t.read_path(14, 0, 0, 65535) => "main");
    step!(t.read_path(14, 0, 2, 65535) => "1.0");
    step!(t.reboot() => ok, about, save(numbers));
    step!(t.read(0) => "blink");
    step!(t.read_path(14, 0, 0, 65535) => "main");
    step!(t.uninstall() => 2.04, save, uninstall, about, save;
        notify 9 = 0, 7 = 0, 0 = "slot", 1 = "0", 17, 18 = 0, 14/0 gone, register);
}

#[test]
fn a_name_in_the_package_that_there_is_no_room_for() {
    let mut t = boot(signed());
    let of = Package { name: "a name that is far too long", ..blink("1.0") };
    t.whole(package(&of));
    t.poll();
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "54:name", 9 = 54, 7 = 0);
}

#[test]
fn storage_that_changes_its_kind_is_found() {
    let mut t = boot(make().containers());
    t.whole("abcdef");
    t.forget();
    let other = package_by(None, &blink("1.0"))[..6].to_vec();
    world(|world| world.stored.insert(0, other));
    step!(t.poll() => read(0, 6), save, discard; notify 16 = "53:integrity", 9 = 53, 7 = 0);
}

#[test]
fn a_verification_in_a_container_survives_a_reboot() {
    let mut t = boot(signed());
    t.whole(package(&blink("1.0")));
    t.forget();
    step!(t.reboot() => ok, save(numbers), open(all, all));
    step!(t.poll() => read(0, all), key, counter);
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
}

#[test]
fn a_download_in_a_container_survives_a_reboot() {
    let mut t = boot(signed().config(|it| it.checkpoint = 1));
    let all = package(&blink("1.0"));
    let head = all.len() - 20;
    world(|world| world.words.extend([(head as u32 + 1, "more"), (19, "end")]));
    t.uri("http://h/p");
    t.forget();
    step!(t.poll() => open(0), fetch(0));
    step!(t.fetched(0, &all[..60]) => ok);
    step!(t.fetched(60, &all[60..head]) => ok, key, counter, write(0, head));
    step!(t.fetched(head as u32, &all[head..head + 1]) => ok, write(head, "m"), save);
    step!(t.reboot() => ok, save(numbers), open(more, all));
    step!(t.poll() => fetch(more));
    step!(t.fetched_last(head as u32 + 1, &all[head + 1..]) => ok, write(more, end), save; notify 9 = 0, 7 = 2);
    step!(t.poll() => read(0, all), key, counter);
}

#[test]
fn what_was_held_back_is_fetched_again_after_a_reboot() {
    let mut t = boot(signed().config(|it| it.checkpoint = 1));
    let all = package(&blink("1.0"));
    t.uri("http://h/p");
    t.poll();
    t.fetched(0, &all[..60]);
    t.forget();
    step!(t.reboot() => ok, save(numbers), open(0));
    step!(t.poll() => fetch(0));
}

#[test]
fn a_storage_that_does_not_open_for_what_was_held_back_fails_the_download() {
    let mut t = boot(make().containers());
    t.uri("http://h/p");
    t.poll();
    t.fetched_with("old", 0, "SWP");
    t.fetched_with("new", 0, "SWP"); // held back, and the storage is to be opened anew
    t.forget();
    step!(t.complete("fetch", "done") => ok, save, open(0) = failed, save, discard;
        notify 16 = "57:device", 9 = 57, 7 = 0);
}

#[test]
fn a_busy_storage_is_offered_the_held_bytes_again() {
    let mut t = boot(signed());
    let all = package(&blink("1.0"));
    t.uri("http://h/p");
    t.poll();
    t.forget();
    step!(t.fetched_last(0, all) => busy, key, counter, write(0, head) = again);
    step!(t.fetched_last(0, all) => ok, write(0, head), write(head, rest), save; notify 9 = 0, 7 = 2);
}

#[test]
fn a_busy_storage_is_offered_the_rest_again() {
    let mut t = boot(signed());
    let all = package(&blink("1.0"));
    t.uri("http://h/p");
    t.poll();
    t.forget();
    step!(t.fetched_last(0, all) => busy, key, counter, write(0, head), write(head, rest) = again);
    step!(t.fetched_last(0, all) => ok, write(head, rest), save; notify 9 = 0, 7 = 2);
}

/// Makes an image that the trusted key has signed.
fn image(version: u8, protected: Vec<(u16, Vec<u8>)>) -> &'static [u8] {
    let mut of = Image { version: (version, 0, 0, 0), protected, ..Image::least() };
    of.behind = vec![(0x01, vec![9; 32]), (0x24, sign(&TRUSTED, &Sha256::digest(of.covered())))];
    let all = of.bytes();
    world(|world| world.words = vec![(all.len() as u32, "all")]);
    Vec::leak(all)
}

#[test]
fn an_mcuboot_image_is_stored_as_it_comes_and_judged_as_it_is_read_back() {
    let mut t = boot(signed());
    let all = image(1, vec![]);
    step!(t.push(0, &all[..3]) => 2.31, save; notify 9 = 1, 7 = 1);
    step!(t.push(3, &all[3..10]) => 2.31, open(0), write(0, 3), write(3, 7));
    world(|world| world.words.push((all.len() as u32 - 10, "rest")));
    step!(t.last(10, &all[10..]) => 2.04, write(10, rest), save; notify 9 = 0, 7 = 2);
    step!(t.poll() => read(0, all));
    step!(t.poll() => read(40, 4), read(44, 4), read(48, 32), read(80, 4), read(84, 32), read(116, 4),
        read(120, 64), key, counter, save; notify 9 = 3, 7 = 3);
    t.install();
    t.forget();
    step!(t.poll() => install, save; notify 9 = 2, 7 = 4, 1 = "1.0.0");
}

#[test]
fn an_mcuboot_image_with_dependencies_and_a_counter() {
    let mut t = boot(signed());
    let all = image(1, vec![(0x50, vec![7, 0, 0, 0]), dependency(1)]);
    t.whole(all);
    t.forget();
    step!(t.poll() => read(0, all));
    step!(t.poll() => read(40, 4), read(44, 4), read(48, 4), read(52, 4), read(56, 12), read(68, 4), read(72, 4),
        read(76, 32), read(108, 4), read(112, 32), read(144, 4), read(148, 64), key, counter,
        fits(dependencies) = failed, save, discard; notify 16 = "57:dependency", 9 = 57, 7 = 0);
    t.deliver(all);
    t.install();
    t.forget();
    step!(t.poll() => install, save, commit(7); notify 9 = 2, 7 = 4, 1 = "1.0.0");
}

#[test]
fn the_firmware_may_check_signatures_itself() {
    let mut make = signed();
    make.can = make.can & !can::KEY | can::SIGNATURE;
    make.parts.pop();
    let mut t = boot(make);
    let all = package(&blink("1.0"));
    step!(t.whole(all) => 2.04, save, signature, counter, open(0, all), write(0, head), write(head, rest), save;
        notify 7 = 2);
    step!(t.poll() => read(0, all), signature = 53, save, discard; notify 16 = "53:signature", 9 = 53, 7 = 0);
}
