// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Components of a package: instances of Object 14.

use super::device::{make, Device};
use super::world::world;
use super::{INSTALLED, RUNNING};
use crate::core::config::AUTO_ACTIVATE;

const TWO: [(&str, &str, bool); 3] = [("app", "1", false), ("main", "1.1", false), ("lib", "1.2", false)];

/// With a package of two components in DELIVERED.
fn delivered() -> Device {
    let mut t = make().about(&[("slot", "0", false)]).components(4).boot();
    world(|world| world.package = TWO.to_vec());
    t.deliver("abc");
    t
}

/// Installed: 14/0 and 14/1.
fn installed() -> Device {
    let mut t = delivered();
    world(|world| world.software = TWO.to_vec());
    t.install();
    t.poll();
    t.forget();
    t
}

fn running() -> Device {
    let mut t = installed();
    t.activate();
    t.forget();
    t
}

#[test]
fn the_firmware_lists_the_components_of_a_package() {
    let mut t = make().about(&[]).components(4).boot();
    world(|world| world.package = TWO.to_vec());
    t.whole("abc");
    t.poll();
    t.forget();
    step!(t.poll() => about_package, about_package(0), about_package(1), about_package(2), save;
        notify 9 = 3, 7 = 3);
    step!(t.list(14, 65535, 65535) => nothing);
}

#[test]
fn they_appear_when_the_package_is_installed() {
    let mut t = delivered();
    t.install();
    t.forget();
    step!(t.poll() => install, about, save;
        notify 9 = 2, 7 = 4, 17, 18 = 2, 14/0 appeared, 14/1 appeared, register);
    step!(t.list(14, 65535, 65535) => 0 1);
    step!(t.list(14, 0, 65535) => 0 2 3 4 5);
}

#[test]
fn what_servers_read_of_them() {
    let mut t = installed();
    step!(t.read_path(14, 0, 0, 65535) => "main");
    step!(t.read_path(14, 1, 2, 65535) => "1.2");
    step!(t.read_path(14, 1, 5, 65535) => false);
    step!(t.read_path(14, 2, 5, 65535) => 4.04);
    step!(t.read_path(14, 0, 1, 65535) => 4.04);
    step!(t.read(18) => 2);
    step!(t.read(17) => 4.06);
    step!(t.read_path(9, 0, 17, 1) => 14:1);
    step!(t.read_path(9, 0, 17, 2) => 4.04);
    step!(t.list(9, 0, 17) => 0 1);
}

#[test]
fn activate_starts_them_in_order_of_id() {
    let mut t = installed();
    step!(t.activate() => 2.04, save, activate(0), save, activate(1), save;
        notify 12 = true, 14/0/5 = true, 14/1/5 = true);
    step!(t.deactivate() => 2.04, save, deactivate(0), save, deactivate(1), save;
        notify 12 = false, 14/0/5 = false, 14/1/5 = false);
}

#[test]
fn one_that_does_not_start_leaves_the_earlier_ones_running() {
    let mut t = installed();
    step!(t.activate() => 5.00, save, activate(0), save, activate(1) = failed, save;
        notify 16 = "0:activate", 14/0/5 = true);
    step!(t.state() => Inactive);
    step!(t.activate() => 2.04, save, activate(1), save; notify 16 = "", 12 = true, 14/1/5 = true);
}

#[test]
fn one_that_does_not_stop() {
    let mut t = running();
    step!(t.deactivate() => 5.00, save, deactivate(0) = failed, save; notify 16 = "0:deactivate");
    step!(t.state() => Active);
    step!(t.deactivate() => 5.00, save, deactivate(0), save, deactivate(1) = failed, save;
        notify 16 = "0:deactivate", 12 = false, 14/0/5 = false);
    step!(t.state() => Inactive);
    step!(t.deactivate() => 2.04, save, deactivate(1), save; notify 16 = "", 14/1/5 = false);
    step!(t.deactivate() => 2.04);
}

#[test]
fn components_that_take_their_time() {
    let mut t = installed();
    step!(t.activate() => 2.04, save, activate(0) = pending);
    step!(t.complete("activate", "done") => ok, save; notify 14/0/5 = true);
    step!(t.poll() => activate(1) = pending);
    step!(t.complete("activate", "done") => ok, save; notify 12 = true, 14/1/5 = true);
}

#[test]
fn one_component_is_started() {
    let mut t = installed();
    step!(t.activate_one(1) => 2.04, save, activate(1), save; notify 14/1/5 = true);
    step!(t.state() => Inactive);
    step!(t.activate_one(1) => 2.04);
    step!(t.activate_one(0) => 2.04, save, activate(0), save; notify 12 = true, 14/0/5 = true);
    step!(t.state() => Active);
    step!(t.deactivate_one(0) => 2.04, save, deactivate(0), save; notify 12 = false, 14/0/5 = false);
    step!(t.state() => Inactive);
}

#[test]
fn one_component_that_cannot_be_switched() {
    let mut t = running();
    step!(t.deactivate_one(1) => 5.00, save, deactivate(1) = failed, save; notify 16 = "0:deactivate");
    step!(t.state() => Active);
    t.deactivate_one(1);
    t.forget();
    step!(t.activate_one(1) => 5.00, save, activate(1) = failed, save; notify 16 = "0:activate");
    step!(t.state() => Inactive);
}

#[test]
fn while_one_is_switched_all_wait() {
    let mut t = installed();
    step!(t.activate_one(0) => 2.04, save, activate(0) = pending);
    step!(t.activate() => 4.05);
    step!(t.deactivate() => 4.05);
    step!(t.activate_one(1) => 4.05);
    step!(t.uninstall() => 4.05);
    step!(t.complete("activate", "done") => ok, save; notify 14/0/5 = true);
    step!(t.activate() => 2.04, save, activate(1), save; notify 12 = true, 14/1/5 = true);
}

#[test]
fn there_is_no_component_before_the_install() {
    let mut t = delivered();
    step!(t.activate_one(0) => 4.04);
    step!(t.read_path(14, 0, 0, 65535) => 4.04);
}

#[test]
fn uninstall_takes_them_away() {
    let mut t = running();
    step!(t.uninstall() => 2.04, save, uninstall(active), about, save;
        notify 9 = 0, 7 = 0, 12 = false, 17, 18 = 0, 14/0 gone, 14/1 gone, register);
    step!(t.list(14, 65535, 65535) => nothing);
}

#[test]
fn removal_that_fails_stops_them() {
    let mut t = running();
    step!(t.uninstall() => 5.00, save, uninstall(active) = failed, save;
        notify 16 = "59:uninstall", 9 = 59, 12 = false, 14/0/5 = false, 14/1/5 = false);
}

#[test]
fn an_update_hides_them_and_giving_it_up_shows_them_again() {
    let mut t = running();
    step!(t.prepare() => 2.04, save, prepare(active), save;
        notify 9 = 0, 7 = 0, 12 = false, 17, 18 = 0, 14/0 gone, 14/1 gone, register);
    step!(t.give_up(true) => ok, save;
        notify 16 = "57:abandoned", 9 = 57, 7 = 4, 12 = true, 17, 18 = 2, 14/0 appeared, 14/1 appeared, register);
    step!(t.read_path(14, 1, 5, 65535) => true);
}

#[test]
fn what_comes_back_before_servers_are_notified_has_not_gone() {
    let mut t = running();
    t.prepare();
    step!(t.give_up(true) => ok, save; notify 16 = "57:abandoned", 9 = 57, 7 = 4, 12 = true, 17, 18 = 2,
        14/0/5 = true, 14/1/5 = true, register);
}

#[test]
fn an_update_brings_its_own_under_new_ids() {
    let mut t = running();
    t.prepare();
    t.deliver("de");
    t.install();
    t.forget();
    step!(t.poll() => install, about, save; notify 9 = 2, 7 = 4, 17, 18 = 2, 14/2 appeared, 14/3 appeared, register);
    step!(t.list(14, 65535, 65535) => 2 3);
    t.uninstall();
    t.install_package("abc");
    step!(t.list(14, 65535, 65535) => 0 1);
}

#[test]
fn an_update_that_loses_the_old_ones() {
    let mut t = running();
    t.prepare();
    t.deliver("de");
    t.install();
    t.forget();
    step!(t.poll() => install = 58 + old_lost, about, save; notify 16 = "58:install", 9 = 58);
    t.install();
    t.poll();
    t.forget();
    step!(t.list(14, 65535, 65535) => 2 3);
}

#[test]
fn more_components_than_there_is_room_for() {
    let mut t = make().about(&[]).components(1).boot();
    world(|world| world.package = TWO.to_vec());
    t.whole("abc");
    t.poll();
    t.forget();
    step!(t.poll() => about_package, about_package(0), about_package(1), save, discard;
        notify 16 = "51:components", 9 = 51, 7 = 0);
    world(|world| world.package.truncate(2));
    t.deliver("abc");
}

#[test]
fn a_list_that_about_cannot_return() {
    let mut t = make().about(&[]).components(4).boot();
    world(|world| world.package = TWO.to_vec());
    t.whole("abc");
    t.poll();
    t.forget();
    step!(t.poll() => about_package, about_package(0), about_package(1) = failed, save, discard;
        notify 16 = "54:components", 9 = 54, 7 = 0);
}

#[test]
fn a_package_that_is_thrown_away_frees_its_components() {
    let mut t = make().about(&[]).components(2).boot();
    world(|world| world.package = TWO.to_vec());
    for _ in 0..3 {
        t.deliver("abc");
        t.uninstall();
    }
    step!(t.list(14, 65535, 65535) => notify 9 = 0, 7 = 0);
}

#[test]
fn what_goes_stays_if_the_record_does_not_hold() {
    let mut t = delivered();
    step!(t.uninstall() => 5.00, save = failed);
    t.install();
    t.poll();
    t.forget();
    step!(t.list(14, 65535, 65535) => 0 1);
}

#[test]
fn they_outlive_a_reboot() {
    let mut t = installed();
    t.activate_one(1);
    t.forget();
    step!(t.reboot() => ok, about, save(numbers));
    step!(t.list(14, 65535, 65535) => 0 1);
    step!(t.read_path(14, 0, 5, 65535) => false);
    step!(t.read_path(14, 1, 5, 65535) => true);
    step!(t.activate() => 2.04, save, activate(0), save; notify 12 = true, 14/0/5 = true);
}

#[test]
fn a_reboot_while_one_is_switched() {
    let mut t = installed();
    step!(t.activate_one(1) => 2.04, save, activate(1) = pending);
    step!(t.reboot() => ok, about, save(numbers), outcome(activate(1)), save; notify 14/1/5 = true);
    step!(t.state() => Inactive);
}

#[test]
fn a_reboot_while_all_are_switched() {
    let mut t = installed();
    step!(t.activate() => 2.04, save, activate(0) = pending);
    step!(t.reboot() => ok, about, save(numbers), outcome(activate(0)), save; notify 14/0/5 = true);
    step!(t.poll() => activate(1), save; notify 12 = true, 14/1/5 = true);
}

#[test]
fn option_auto_activate_starts_them_one_a_poll() {
    let mut t = make().option(AUTO_ACTIVATE).about(&[]).components(2).boot();
    world(|world| world.package = TWO.to_vec());
    t.deliver("abc");
    t.install();
    t.forget();
    step!(t.poll() => install, about, save;
        notify 9 = 2, 7 = 4, 17, 18 = 2, 14/0 appeared, 14/1 appeared, register);
    step!(t.poll() => activate(0), save; notify 14/0/5 = true);
    step!(t.poll() => activate(1), save; notify 12 = true, 14/1/5 = true);
}

#[test]
fn components_of_software_from_the_factory() {
    let all = [("app", "1", true), ("main", "1", true), ("lib", "1", false)];
    let mut t = make().slots(&[(0, RUNNING)]).about(&all).components(2).off();
    step!(t.boot() => ok, about, about(0), about(1), about(2), save, save(numbers); notify 0 = "app", 1 = "1");
    step!(t.state() => Inactive);
    step!(t.activate() => 2.04, save, activate(1), save; notify 12 = true, 14/1/5 = true);
    step!(t.reboot() => ok, about, save(numbers));
    step!(t.list(14, 65535, 65535) => 0 1);
}

#[test]
fn software_without_components() {
    let mut t = make().slots(&[(0, INSTALLED)]).about(&[("app", "1", false)]).components(2).boot();
    step!(t.activate() => 2.04, save, activate, save; notify 12 = true);
    step!(t.read(18) => 0);
    step!(t.read_path(9, 0, 17, 0) => 4.04);
    step!(t.list(9, 0, 17) => nothing);
}
