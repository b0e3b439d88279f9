// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Settings of an instance, and what can be read and written.

use super::device::make;

#[test]
fn update_supported_objects() {
    let mut t = make().boot();
    step!(t.write_text(8, "1") => 2.04, save; notify 8 = true);
    step!(t.write_text(8, "1") => 2.04);
    step!(t.write_text(8, "2") => 4.00);
    step!(t.write_text(8, "") => 4.00);
    t.reboot();
    t.forget();
    step!(t.read(8) => true);
}

#[test]
fn package_settings() {
    let mut t = make().boot();
    step!(t.read(13) => 65535:65535);
    step!(t.write_text(13, "14:3") => 2.04, save; notify 13 = 14:3);
    step!(t.write_text(13, "14") => 4.00);
    t.reboot();
    t.forget();
    step!(t.read(13) => 14:3);
    step!(t.set_link(13, 9 << 16 | 2) => ok, save; notify 13 = 9:2);
}

#[test]
fn checkpoint_is_the_firmwares_and_not_saved() {
    let mut t = make().boot();
    step!(t.set_link(5, 9 << 16 | 2) => ok; notify 5 = 9:2);
    step!(t.write_text(5, "9:1") => 4.05);
    step!(t.set_link(7, 0) => invalid);
    t.on(1);
    step!(t.set_link(5, 0) => missing);
}

#[test]
fn a_link_that_is_not_offered_or_not_saved() {
    let mut t = make().config(|it| it.resources &= !(1 << 5)).boot();
    step!(t.set_link(5, 1) => invalid);
    step!(t.set_link(13, 1) => unsaved, save = failed);
    step!(t.read(13) => 65535:65535);
}

#[test]
fn credentials_are_written_and_never_read() {
    let mut t = make().boot();
    step!(t.write_text(14, "12345678") => 2.04);
    step!(t.write_text(14, "123456789") => 4.00);
    step!(t.write_text(15, &b"\xFF"[..]) => 4.00);
    step!(t.read(14) => 4.05);
    step!(t.read(15) => 4.05);
}

#[test]
fn credentials_need_room() {
    let mut t = make().config(|it| it.credentials = 0).boot();
    step!(t.write_text(14, "me") => 4.00);
    step!(t.write_text(14, "") => 2.04);
}

#[test]
fn a_write_to_the_instance_writes_all_or_nothing() {
    let mut t = make().boot();
    step!(t.write_all(&[(8, "1"), (13, "9:1")]) => 2.04, save; notify 8 = true, 13 = 9:1);
    step!(t.write_all(&[(8, "0"), (13, "x")]) => 4.00);
    step!(t.write_all(&[(8, "0"), (7, "1")]) => 4.05);
    step!(t.write_all(&[(8, "0"), (19, "1")]) => 4.04);
    step!(t.write_all(&[]) => 2.04);
    step!(t.read(8) => true);
}

#[test]
fn a_write_brings_one_package_at_most() {
    let mut t = make().boot();
    step!(t.write_all(&[(2, "abc"), (2, "abc")]) => 4.00);
    step!(t.write_all(&[(2, "abc"), (3, "http://h/p")]) => 4.00);
    step!(t.write_all(&[(2, "abc"), (8, "1")]) => 2.04, save, open(0), write(0, "abc"), save; notify 7 = 2, 8 = true);
    step!(t.write_all(&[(8, "0"), (2, "de")]) => 4.05);
    step!(t.read(8) => true);
}

#[test]
fn a_setting_that_cannot_be_saved_is_as_before() {
    let mut t = make().boot();
    step!(t.write_text(8, "1") => 5.00, save = failed);
    step!(t.read(8) => false);
    step!(t.poll() => nothing);
}

#[test]
fn a_package_is_text_or_bytes_and_nothing_else() {
    let mut t = make().boot();
    step!(t.write_text(2, "abc") => 4.00);
}

#[test]
fn what_an_instance_has() {
    let mut t = make().boot();
    step!(t.list(9, 65535, 65535) => 0);
    step!(t.list(9, 0, 65535) => 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18);
    step!(t.list(9, 1, 65535) => nothing);
    let mut t = make().config(|it| it.resources = 1 << 2).boot();
    step!(t.list(9, 0, 65535) => 0 1 2 4 6 7 9 10 11 12);
}

#[test]
fn reading_what_is_not_there() {
    let mut t = make().config(|it| it.resources = 1 << 2).boot();
    step!(t.read(16) => 4.04);
    step!(t.read(19) => 4.04);
    step!(t.read(2) => 4.05);
    step!(t.read(4) => 4.05);
    step!(t.read(65535) => 4.05);
    step!(t.read_path(9, 0, 7, 0) => 4.04);
    step!(t.read_path(9, 1, 7, 65535) => 4.04);
    step!(t.read_path(3, 0, 7, 65535) => 4.04);
}
