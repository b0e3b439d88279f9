// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A server executes Install, Uninstall, Activate and Deactivate.

use super::device::make;
use crate::core::config::{AUTO_ACTIVATE, RESULT_IN_DELIVERED_0, UNLIMITED};
use crate::core::operation::can;

#[test]
fn install_waits_for_the_poll() {
    let mut t = make().boot();
    t.deliver("abc");
    step!(t.install() => 2.04, save);
    step!(t.poll() => install, save; notify 9 = 2, 7 = 4);
    step!(t.state() => Inactive);
}

#[test]
fn install_may_take_its_time() {
    let mut t = make().boot();
    t.deliver("abc");
    t.install();
    step!(t.poll() => install = pending);
    step!(t.poll() => nothing);
    step!(t.complete("install", "done") => ok, save; notify 9 = 2, 7 = 4);
    step!(t.complete("install", "done") => stale);
}

#[test]
fn arguments_of_install_are_handed_on() {
    let mut t = make().boot();
    t.deliver("abc");
    step!(t.execute(9, 4, "too many chars") => 4.00);
    step!(t.execute(9, 4, "0='x'") => 2.04, save);
    step!(t.poll() => install("0='x'"), save; notify 9 = 2, 7 = 4);
}

#[test]
fn without_room_arguments_of_install_are_dropped() {
    let mut t = make().config(|it| it.arguments = 0).boot();
    t.deliver("abc");
    step!(t.execute(9, 4, "0='x'") => 2.04, save);
    step!(t.poll() => install, save; notify 9 = 2, 7 = 4);
}

#[test]
fn a_failed_install_keeps_the_package() {
    let mut t = make().boot();
    t.deliver("abc");
    t.install();
    step!(t.poll() => install = 58, save; notify 16 = "58:install", 9 = 58);
    step!(t.state() => Delivered);
    step!(t.install() => 2.04, save; notify 16 = "", 9 = 3);
    step!(t.poll() => install = 57, save; notify 16 = "57:device", 9 = 57);
    t.install();
    t.forget();
    step!(t.poll() => install = failed, save; notify 16 = "58:install", 9 = 58);
}

#[test]
fn a_package_may_fail_three_times() {
    let mut t = make().boot();
    t.deliver("abc");
    for _ in 0..3 {
        assert_eq!(t.install(), "2.04");
        t.expect("install=58");
        t.poll();
    }
    t.forget();
    step!(t.install() => 4.05);
    t.uninstall();
    t.deliver("abc");
    step!(t.install() => 2.04, save);
}

#[test]
fn the_number_of_attempts_is_configured() {
    for (limit, answer) in [(1, "4.05"), (2, "2.04"), (UNLIMITED, "2.04")] {
        let mut t = make().config(|it| it.max_install_attempts = limit).boot();
        t.deliver("abc");
        t.install();
        t.expect("install=58");
        t.poll();
        assert_eq!(t.install(), answer);
    }
}

#[test]
fn an_install_that_succeeds_forgets_the_failures() {
    let mut t = make().config(|it| it.max_install_attempts = 1).boot();
    t.run("abc");
    t.prepare();
    t.deliver("de");
    step!(t.install() => 2.04, save);
    step!(t.poll() => install = 58, save; notify 16 = "58:install", 9 = 58);
    step!(t.install() => 4.05);
}

#[test]
fn install_needs_a_package() {
    let mut t = make().boot();
    step!(t.install() => 4.05);
    t.push(0, "abc");
    t.forget();
    step!(t.install() => 4.05);
    t.uninstall();
    t.run("abc");
    step!(t.install() => 4.05);
}

#[test]
fn activate_and_deactivate_act_at_once() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.activate() => 2.04, save, activate, save; notify 12 = true);
    step!(t.activate() => 2.04);
    step!(t.deactivate() => 2.04, save, deactivate, save; notify 12 = false);
    step!(t.deactivate() => 2.04);
}

#[test]
fn activate_that_fails() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.activate() => 5.00, save, activate = failed, save; notify 16 = "0:activate");
    step!(t.state() => Inactive);
    step!(t.activate() => 2.04, save, activate, save; notify 16 = "", 12 = true);
}

#[test]
fn deactivate_that_fails() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.deactivate() => 5.00, save, deactivate = 58, save; notify 16 = "0:deactivate");
    step!(t.state() => Active);
}

#[test]
fn activate_that_takes_its_time() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.activate() => 2.04, save, activate = pending);
    step!(t.activate() => 2.04);
    step!(t.deactivate() => 4.05);
    step!(t.uninstall() => 4.05);
    step!(t.complete("activate", "done") => ok, save; notify 12 = true);
}

#[test]
fn deactivate_that_takes_its_time() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.deactivate() => 2.04, save, deactivate = pending);
    step!(t.deactivate() => 2.04);
    step!(t.activate() => 4.05);
    step!(t.complete("deactivate", "failed") => ok, save; notify 16 = "0:deactivate");
    step!(t.state() => Active);
}

#[test]
fn activate_needs_software() {
    let mut t = make().boot();
    step!(t.activate() => 4.05);
    step!(t.deactivate() => 4.05);
    t.deliver("abc");
    step!(t.activate() => 4.05);
    step!(t.deactivate() => 4.05);
}

#[test]
fn uninstall_removes_software() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.uninstall() => 2.04, save, uninstall(active), save; notify 9 = 0, 7 = 0, 12 = false);
    step!(t.state() => Initial);
    step!(t.uninstall() => 4.05);
}

#[test]
fn uninstall_of_stopped_software() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.execute(9, 6, "0") => 2.04, save, uninstall, save; notify 9 = 0, 7 = 0);
}

#[test]
fn uninstall_that_takes_its_time() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.uninstall() => 2.04, save, uninstall(active) = pending; notify 9 = 0);
    step!(t.uninstall() => 2.04);
    step!(t.prepare() => 4.05);
    step!(t.activate() => 4.05);
    step!(t.complete("uninstall", "done") => ok, save; notify 7 = 0, 12 = false);
}

#[test]
fn uninstall_that_fails() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.uninstall() => 5.00, save, uninstall(active) = failed + still_runs, save; notify 16 = "59:uninstall", 9 = 59);
    step!(t.state() => Active);
    step!(t.uninstall() => 5.00, save, uninstall(active) = 59, save; notify 16 = "59:uninstall", 9 = 59, 12 = false);
    step!(t.state() => Inactive);
}

#[test]
fn uninstall_knows_two_arguments() {
    let mut t = make().boot();
    for arguments in ["2", "00", "1,0", " "] {
        assert_eq!(t.execute(9, 6, arguments), "4.00");
    }
    t.run("abc");
    step!(t.execute(9, 6, "2") => 4.00);
}

#[test]
fn uninstall_throws_a_package_away() {
    let mut t = make().boot();
    t.deliver("abc");
    step!(t.prepare() => 4.05);
    step!(t.uninstall() => 2.04, save, discard; notify 9 = 0, 7 = 0);
}

#[test]
fn software_that_waits_for_its_update() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.prepare() => 2.04, save, prepare(active), save; notify 9 = 0, 7 = 0, 12 = false);
    step!(t.state() => Initial for_update);
    step!(t.prepare() => 2.04; notify 7 = 0);
    step!(t.activate() => 4.05);
}

#[test]
fn the_update_takes_the_place_of_the_software() {
    let mut t = make().boot();
    t.wait_for_update("abc");
    t.deliver("de");
    step!(t.state() => Delivered for_update);
    step!(t.install() => 2.04, save);
    step!(t.poll() => install, save; notify 9 = 2, 7 = 4);
    step!(t.state() => Inactive);
}

#[test]
fn software_that_waits_can_be_removed() {
    let mut t = make().boot();
    t.wait_for_update("abc");
    step!(t.uninstall() => 2.04, save, uninstall = pending);
    step!(t.read(7) => 0);
    step!(t.complete("uninstall", "done") => ok, save);
    step!(t.state() => Initial);
}

#[test]
fn software_that_waits_is_kept_if_it_cannot_be_removed() {
    let mut t = make().boot();
    t.wait_for_update("abc");
    step!(t.uninstall() => 5.00, save, uninstall = failed, save; notify 16 = "59:uninstall", 9 = 59);
    step!(t.state() => Initial for_update);
    step!(t.prepare() => 2.04, save; notify 16 = "", 9 = 0, 7 = 0);
}

#[test]
fn prepare_that_fails() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.prepare() => 5.00, save, prepare(active) = 59, save; notify 16 = "59:prepare", 9 = 59, 12 = false);
    step!(t.state() => Inactive);
    t.activate();
    t.forget();
    step!(t.prepare() => 5.00, save, prepare(active) = 59 + still_runs, save; notify 16 = "59:prepare", 9 = 59);
    step!(t.state() => Active);
}

#[test]
fn prepare_that_takes_its_time() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.prepare() => 2.04, save, prepare(active) = pending; notify 9 = 0);
    step!(t.prepare() => 2.04);
    step!(t.uninstall() => 4.05);
    step!(t.complete("prepare", "done") => ok, save; notify 7 = 0, 12 = false);
}

#[test]
fn an_update_that_loses_the_old_software() {
    let mut t = make().boot();
    t.wait_for_update("abc");
    t.deliver("de");
    t.install();
    t.forget();
    step!(t.poll() => install = 58 + old_lost, save; notify 16 = "58:install", 9 = 58);
    step!(t.state() => Delivered);
}

#[test]
fn an_update_that_fails_keeps_the_old_software() {
    let mut t = make().boot();
    t.wait_for_update("abc");
    t.deliver("de");
    t.install();
    t.forget();
    step!(t.poll() => install = 58, save; notify 16 = "58:install", 9 = 58);
    step!(t.state() => Delivered for_update);
}

#[test]
fn the_firmware_gives_up_an_update() {
    let mut t = make().boot();
    t.wait_for_update("abc");
    step!(t.give_up(true) => ok, save; notify 16 = "57:abandoned", 9 = 57, 7 = 4, 12 = true);
    step!(t.state() => Active);
    step!(t.give_up(true) => ok);
}

#[test]
fn the_firmware_gives_up_an_update_that_is_delivered() {
    let mut t = make().boot();
    t.wait_for_update("abc");
    t.deliver("de");
    step!(t.give_up(false) => ok, save, discard; notify 16 = "57:abandoned", 9 = 57, 7 = 4);
    step!(t.state() => Inactive);
}

#[test]
fn giving_up_keeps_a_failure_that_servers_have_seen() {
    let mut t = make().boot();
    t.wait_for_update("abc");
    t.deliver("de");
    t.install();
    t.expect("install=58");
    t.poll();
    t.forget();
    step!(t.give_up(false) => ok, save, discard; notify 7 = 4);
    step!(t.read(9) => 58);
}

#[test]
fn giving_up_waits_for_the_firmware_itself() {
    let mut t = make().without(can::CANCEL).boot();
    step!(t.give_up(true) => ok);
    t.wait_for_update("abc");
    t.whole("de");
    t.forget();
    step!(t.poll() => verify(2) = pending);
    step!(t.give_up(true) => busy);
    step!(t.complete("verify", "done") => ok, save);
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
    t.install();
    t.forget();
    step!(t.give_up(true) => busy);
}

#[test]
fn option_auto_activate_starts_new_software() {
    let mut t = make().option(AUTO_ACTIVATE).boot();
    t.deliver("abc");
    t.install();
    t.forget();
    step!(t.poll() => install, save; notify 9 = 2, 7 = 4);
    step!(t.poll() => activate, save; notify 12 = true);
    step!(t.state() => Active);
}

#[test]
fn option_auto_activate_after_an_install_that_took_its_time() {
    let mut t = make().option(AUTO_ACTIVATE).boot();
    t.deliver("abc");
    t.install();
    t.forget();
    step!(t.poll() => install = pending);
    step!(t.complete("install", "done") => ok, save; notify 9 = 2, 7 = 4);
    step!(t.poll() => activate = failed, save; notify 16 = "0:activate");
    step!(t.state() => Inactive);
}

#[test]
fn option_result_0_in_delivered() {
    let mut t = make().option(RESULT_IN_DELIVERED_0).boot();
    t.whole("abc");
    t.poll();
    t.forget();
    step!(t.poll() => save; notify 7 = 3);
    step!(t.read(9) => 0);
}

#[test]
fn a_device_without_records_saves_nothing() {
    let mut t = make().without_records().boot();
    step!(t.whole("abc") => 2.04, open(0), write(0, "abc"); notify 7 = 2);
    step!(t.poll() => verify(3));
    step!(t.poll() => notify 9 = 3, 7 = 3);
    step!(t.install() => 2.04);
    step!(t.poll() => install; notify 9 = 2, 7 = 4);
    step!(t.activate() => 2.04, activate; notify 12 = true);
}

#[test]
fn other_objects_are_registered() {
    let mut t = make().boot();
    t.deliver("abc");
    t.install();
    t.forget();
    step!(t.poll() => install = done + objects_changed, save; notify 9 = 2, 7 = 4, register);
    t.write_text(8, "1");
    t.forget();
    step!(t.uninstall() => 2.04, save, uninstall = done + objects_changed, save; notify 9 = 0, 7 = 0, register now);
}

#[test]
fn only_some_resources_are_executed() {
    let mut t = make().boot();
    step!(t.execute(9, 7, "") => 4.05);
    step!(t.execute(9, 19, "") => 4.04);
    step!(t.execute(14, 3, "") => 4.04);
    t.on(3);
    step!(t.install() => 4.04);
}
