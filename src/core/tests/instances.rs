// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Instances come and go: Create, Delete, and slots that the firmware adds.

use super::device::{make, Make};
use super::world::world;
use super::{EMPTY, INSTALLED, RUNNING};
use crate::core::config::{SERVER_MAY_CREATE, SERVER_MAY_DELETE};
use crate::core::operation::can;

/// Room for two, and one is there.
fn room() -> Make {
    make().option(SERVER_MAY_CREATE | SERVER_MAY_DELETE).config(|it| it.instances = 2)
}

#[test]
fn a_server_creates_an_instance() {
    let mut t = room().boot();
    step!(t.create(65535, &[]) => 2.01 of 1, save@1);
    step!(t.list(9, 65535, 65535) => 0 1);
    step!(t.create(65535, &[]) => 4.05);
}

#[test]
fn a_server_names_the_id() {
    let mut t = room().boot();
    step!(t.create(0, &[]) => 4.00);
    step!(t.create(7, &[]) => 2.01 of 7, save@7);
    step!(t.list(9, 65535, 65535) => 0 7);
}

#[test]
fn servers_may_create_only_with_the_option() {
    let mut t = make().config(|it| it.instances = 2).boot();
    step!(t.create(1, &[]) => 4.05);
}

#[test]
fn an_instance_with_settings_and_a_package() {
    let mut t = room().config(|it| it.transfers = 2).boot();
    step!(t.create(1, &[(8, "1"), (2, "abc")]) => 2.01 of 1, save@1, open(0)@1, write(0, "abc")@1, save@1;
        notify 9/1/7 = 2, 9/1/8 = true);
}

#[test]
fn what_is_wrong_with_an_item_creates_nothing() {
    let mut t = room().boot();
    step!(t.create(1, &[(8, "x")]) => 4.00);
    step!(t.create(1, &[(7, "1")]) => 4.05);
    step!(t.create(1, &[(3, "ftp://h/p")]) => 4.00);
    step!(t.list(9, 65535, 65535) => 0);
    step!(t.poll() => nothing);
}

#[test]
fn an_instance_whose_package_cannot_be_stored_goes_again() {
    let mut t = room().boot();
    step!(t.create(1, &[(2, "abc")]) => 4.13, save@1, open(0)@1 = 50, save@1, discard@1, erase@1);
    step!(t.list(9, 65535, 65535) => 0);
    step!(t.create(1, &[]) => 2.01 of 1, save@1);
}

#[test]
fn an_instance_without_a_record_is_none() {
    let mut t = room().boot();
    step!(t.create(1, &[]) => 5.00, save@1 = failed, erase@1);
    step!(t.list(9, 65535, 65535) => 0);
    step!(t.reboot() => ok, save(numbers));
    step!(t.list(9, 65535, 65535) => 0);
}

#[test]
fn a_created_instance_is_there_after_a_reboot() {
    let mut t = room().boot();
    t.create(7, &[]);
    step!(t.reboot() => ok, save(numbers));
    step!(t.list(9, 65535, 65535) => 0 7);
}

#[test]
fn a_server_deletes_an_empty_instance() {
    let mut t = room().boot();
    step!(t.delete() => 2.02, erase);
    step!(t.delete() => 4.04);
    step!(t.read(7) => 4.04);
    step!(t.reboot() => ok, save(numbers));
    step!(t.list(9, 65535, 65535) => nothing);
}

#[test]
fn servers_may_delete_only_with_the_option() {
    let mut t = make().boot();
    step!(t.delete() => 4.05);
}

#[test]
fn software_is_not_deleted() {
    let mut t = room().boot();
    t.run("abc");
    step!(t.delete() => 4.05);
    t.prepare();
    t.forget();
    step!(t.delete() => 4.05);
    t.push(0, "abc");
    t.forget();
    step!(t.delete() => 4.05);
}

#[test]
fn a_package_goes_with_its_instance() {
    let mut t = room().boot();
    t.deliver("abc");
    step!(t.delete() => 2.02, erase, discard);
    step!(t.list(9, 65535, 65535) => nothing);
}

#[test]
fn a_download_goes_with_its_instance() {
    let mut t = room().boot();
    t.uri("http://h/p");
    t.poll();
    t.forget();
    step!(t.delete() => 2.02, erase, cancel(fetch), discard);
    step!(t.fetched(0, "abc") => stale);
}

#[test]
fn a_verification_that_cannot_be_stopped_is_not_deleted() {
    let mut t = room().without(can::CANCEL).boot();
    t.whole("abc");
    t.forget();
    step!(t.poll() => verify(3) = pending);
    step!(t.delete() => 4.05);
}

#[test]
fn an_id_is_free_when_the_storage_is_erased() {
    let mut t = room().boot();
    t.deliver("abc");
    step!(t.delete() => 2.02, erase, discard = pending);
    step!(t.list(9, 65535, 65535) => nothing);
    step!(t.create(0, &[]) => 4.00);
    step!(t.complete("discard", "done") => ok);
    step!(t.create(0, &[]) => 2.01 of 0, save);
}

#[test]
fn numbers_outlive_the_instance_that_used_them() {
    let mut t = room().boot();
    let mut last = 0;
    for _ in 0..3 {
        t.create(1, &[(2, "abc")]);
        t.on(1);
        t.delete();
        let number = world(|world| world.numbers["discard@1"]);
        assert!(number > last, "{number} after {last}");
        last = number;
        t.reboot();
    }
}

#[test]
fn an_instance_whose_record_stays_is_not_deleted() {
    let mut t = room().boot();
    t.deliver("abc");
    step!(t.delete() => 5.00, erase = failed);
    step!(t.state() => Delivered);
    step!(t.install() => 2.04, save);
}

#[test]
fn a_transfer_does_not_outlive_a_failed_delete() {
    let mut t = room().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.delete() => 5.00, erase = failed; notify 16 = "57:record", 9 = 57, 7 = 0);
    step!(t.poll() => save, discard);
    step!(t.state() => Initial);
}

#[test]
fn the_firmware_adds_a_slot() {
    let mut t = room().boot();
    step!(t.add(5, RUNNING) => ok, save@5; notify 9/5 appeared, register);
    step!(t.add(5, EMPTY) => exists);
    step!(t.add(6, EMPTY) => full);
    step!(t.add(65535, EMPTY) => invalid);
    t.on(5);
    step!(t.state() => Active);
    step!(t.read(9) => 2);
}

#[test]
fn slots_with_software_from_the_factory() {
    let mut t = make().slots(&[(0, EMPTY), (1, INSTALLED), (4, RUNNING)]).boot();
    step!(t.state() => Initial);
    t.on(1);
    step!(t.state() => Inactive);
    step!(t.activate() => 2.04, save@1, activate@1, save@1; notify 9/1/12 = true);
    t.on(4);
    step!(t.state() => Active);
    step!(t.uninstall() => 2.04, save@4, uninstall(active)@4, save@4; notify 9/4/9 = 0, 9/4/7 = 0, 9/4/12 = false);
}
