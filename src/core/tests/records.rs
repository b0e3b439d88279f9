// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Records, and the boot that finds them.

use super::device::{make, Device};
use super::world::world;
use super::{EMPTY, INSTALLED, RUNNING};
use crate::core::operation::can;

/// In INSTALLING, and the firmware installs.
fn installing() -> Device {
    let mut t = make().boot();
    t.deliver("abc");
    t.install();
    t.forget();
    step!(t.poll() => install = pending);
    t
}

#[test]
fn the_first_boot_saves_the_slots_and_then_the_numbers() {
    let mut t = make().slots(&[(0, EMPTY), (1, RUNNING)]).off();
    step!(t.boot() => ok, save, save@1, save(numbers));
    step!(t.boot() => order);
}

#[test]
fn a_later_boot_reserves_numbers() {
    let mut t = make().boot();
    step!(t.reboot() => ok, save(numbers));
}

#[test]
fn a_first_boot_that_was_cut_is_repeated() {
    let mut t = make().slots(&[(0, EMPTY), (1, RUNNING)]).off();
    step!(t.boot() => ok, save, save@1 = failed);
    step!(t.reboot() => ok, save, save@1, save(numbers));
}

#[test]
fn the_mark_of_the_first_boot_comes_when_all_slots_are_saved() {
    let mut t = make().slots(&[(0, EMPTY), (1, RUNNING)]).off();
    step!(t.boot() => ok, save, save@1 = failed);
    t.on(1);
    step!(t.deactivate() => 5.00);
    step!(t.at(0) => wait 1000, save@1);
    step!(t.at(1000) => wait forever, save(numbers));
}

#[test]
fn the_mark_of_the_first_boot_comes_before_the_first_number() {
    let mut t = make().off();
    step!(t.boot() => ok, save, save(numbers) = failed);
    step!(t.whole("abc") => 2.04, save(numbers), save, open(0), write(0, "abc"), save; notify 7 = 2);
}

#[test]
fn the_record_wins_over_the_list() {
    let mut t = make().slots(&[(0, RUNNING)]).boot();
    t.uninstall();
    t.forget();
    step!(t.reboot() => ok, save(numbers));
    step!(t.state() => Initial);
}

#[test]
fn without_records_the_list_is_what_there_is() {
    let mut t = make().slots(&[(0, RUNNING)]).without_records().boot();
    t.uninstall();
    t.forget();
    step!(t.reboot() => ok);
    step!(t.state() => Active);
}

#[test]
fn a_torn_record_is_replaced_by_the_list() {
    let mut t = make().slots(&[(0, INSTALLED)]).boot();
    t.activate();
    t.forget();
    world(|world| world.records.insert(1, vec![1, 2, 3]));
    step!(t.reboot() => bad_record, save(numbers), save);
    step!(t.state() => Inactive);
    step!(t.reboot() => ok, save(numbers));
}

#[test]
fn a_record_of_a_newer_release_is_not_written_over() {
    let mut t = make().slots(&[(0, RUNNING)]).boot();
    world(|world| world.records.get_mut(&1).unwrap()[0] = 2);
    step!(t.reboot() => bad_record, save(numbers));
    step!(t.state() => Active);
    step!(t.deactivate() => 5.00);
    step!(t.write_text(8, "1") => 5.00);
    step!(t.at(0) => wait 1000);
}

#[test]
fn numbers_of_a_newer_release_seal_everything() {
    let mut t = make().boot();
    world(|world| world.records.get_mut(&0).unwrap()[0] = 2);
    step!(t.reboot() => bad_record);
    step!(t.whole("abc") => 5.00);
}

#[test]
fn no_number_is_used_again() {
    let mut t = make().boot();
    let mut last = 0;
    for _ in 0..5 {
        for _ in 0..40 {
            t.push(0, "abc");
            t.uninstall();
            let number = world(|world| world.numbers["open"]);
            assert!(number > last, "{number} after {last}");
            last = number;
        }
        t.reboot();
    }
    // Even if the record of the numbers is lost: those of instances know their bound, too.
    world(|world| world.records.insert(0, vec![1, 2, 3]));
    t.reboot();
    t.push(0, "abc");
    assert!(world(|world| world.numbers["open"]) > last);
}

#[test]
fn numbers_are_reserved_before_they_run_out() {
    let mut t = make().boot();
    let mut saves = 0;
    for _ in 0..200 {
        t.push(0, "abc");
        t.uninstall();
        saves += world(|world| world.asked.iter().filter(|asked| *asked == "save(numbers)").count());
        t.forget();
    }
    assert!((5..=12).contains(&saves), "{saves}");
}

#[test]
fn a_push_ends_with_the_power() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.reboot() => ok, save(numbers), save, discard; notify 16 = "0:interrupted", 9 = 0, 7 = 0);
    step!(t.push(3, "d") => 4.08);
}

#[test]
fn a_verification_begins_again() {
    let mut t = make().boot();
    t.whole("abc");
    t.forget();
    step!(t.poll() => verify(3) = pending);
    step!(t.reboot() => ok, save(numbers), open(3));
    step!(t.poll() => verify(3), save);
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
}

#[test]
fn a_verification_without_its_bytes() {
    let mut t = make().boot();
    t.whole("abc");
    t.forget();
    step!(t.reboot() => ok, save(numbers), open(3) = 57, save, discard; notify 16 = "57:lost", 9 = 57, 7 = 0);
}

#[test]
fn a_verification_whose_digest_needs_what_came() {
    let mut t = make().without(can::READ).boot();
    t.expects(0, crate::verify::SHA256, &[0; 32]);
    t.whole("abc");
    t.forget();
    step!(t.reboot() => ok, save(numbers), save, discard; notify 16 = "57:lost", 9 = 57, 7 = 0);
}

#[test]
fn a_package_is_still_there() {
    let mut t = make().boot();
    t.deliver("abc");
    step!(t.reboot() => ok, save(numbers), open(3));
    step!(t.install() => 2.04, save);
    step!(t.poll() => install, save; notify 9 = 2, 7 = 4);
}

#[test]
fn install_waits_until_the_bytes_have_been_seen() {
    let mut t = make().boot();
    t.deliver("abc");
    step!(t.reboot() => ok, save(numbers) = failed, save(numbers));
    step!(t.install() => 5.00);
    step!(t.poll() => open(3));
    step!(t.install() => 2.04, save);
}

#[test]
fn a_package_that_is_no_longer_there() {
    let mut t = make().boot();
    t.deliver("abc");
    step!(t.reboot() => ok, save(numbers), open(3) = failed, save, discard;
        notify 16 = "57:lost", 9 = 57, 7 = 0);
}

#[test]
fn a_fault_that_was_found_before_the_reboot_is_reported_after_it() {
    let mut t = make().boot();
    t.push_of(3, 0, "abc");
    t.last(3, "d");
    t.forget();
    step!(t.reboot() => ok, save(numbers), open(3, 3));
    step!(t.poll() => save, discard; notify 16 = "53:length", 9 = 53, 7 = 0);
}

#[test]
fn an_install_that_goes_on_over_the_reboot() {
    let mut t = installing();
    step!(t.reboot() => ok, save(numbers), outcome(install) = pending);
    step!(t.complete("install", "done") => ok, save; notify 9 = 2, 7 = 4);
}

#[test]
fn an_install_that_the_reboot_has_ended() {
    let mut t = installing();
    step!(t.reboot() => ok, save(numbers), outcome(install), save; notify 9 = 2, 7 = 4);
    let mut t = installing();
    step!(t.reboot() => ok, save(numbers), outcome(install) = 58, save; notify 16 = "58:install", 9 = 58);
    let mut t = installing();
    step!(t.reboot() => ok, save(numbers), outcome(install) = unknown, save;
        notify 16 = "58:install", 9 = 58);
}

#[test]
fn an_install_that_had_not_begun_keeps_its_number() {
    let mut t = installing();
    let number = world(|world| world.numbers["install"]);
    step!(t.reboot() => ok, save(numbers), outcome(install) = not_started);
    step!(t.poll() => install, save; notify 9 = 2, 7 = 4);
    assert_eq!(world(|world| world.numbers["install"]), number);
}

#[test]
fn an_operation_of_unknown_outcome_is_called_once_more() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.activate() => 2.04, save, activate = pending);
    step!(t.reboot() => ok, save(numbers), outcome(activate) = unknown, save);
    step!(t.poll() => activate = pending);
    step!(t.reboot() => ok, save(numbers), outcome(activate) = unknown, save; notify 16 = "0:activate");
    step!(t.state() => Inactive);
}

#[test]
fn every_operation_is_called_once_more() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.activate() => 2.04, save, activate = pending);
    step!(t.reboot() => ok, save(numbers), outcome(activate) = unknown, save);
    step!(t.poll() => activate, save; notify 12 = true);
    step!(t.deactivate() => 2.04, save, deactivate = pending);
    step!(t.reboot() => ok, save(numbers), outcome(deactivate) = unknown, save);
    step!(t.poll() => deactivate, save; notify 12 = false);
}

#[test]
fn a_removal_of_unknown_outcome_is_called_once_more() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.uninstall() => 2.04, save, uninstall(active) = pending; notify 9 = 0);
    step!(t.reboot() => ok, save(numbers), outcome(uninstall) = unknown, save);
    step!(t.poll() => uninstall(active), save; notify 7 = 0, 12 = false);
}

#[test]
fn outcomes_of_the_other_operations() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.deactivate() => 2.04, save, deactivate = pending);
    step!(t.reboot() => ok, save(numbers), outcome(deactivate), save; notify 12 = false);
    step!(t.prepare() => 2.04, save, prepare = pending; notify 9 = 0);
    step!(t.reboot() => ok, save(numbers), outcome(prepare), save; notify 7 = 0);
    step!(t.state() => Initial for_update);
    step!(t.reboot() => ok, save(numbers));
    step!(t.state() => Initial for_update);
}

#[test]
fn an_outcome_that_failed_while_the_software_still_runs() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.prepare() => 2.04, save, prepare(active) = pending; notify 9 = 0);
    step!(t.reboot() => ok, save(numbers), outcome(prepare) = 59 + still_runs, save;
        notify 16 = "59:prepare", 9 = 59);
    step!(t.state() => Active);
}

#[test]
fn fewer_transfers_than_before_the_boot() {
    let mut t = make().slots(&[(0, EMPTY), (1, EMPTY)]).boot();
    t.whole("abc");
    t.on(1);
    t.whole("de");
    t.forget();
    t.transfers(1);
    step!(t.reboot() => ok, save(numbers), open(3), save@1, discard@1;
        notify 9/1/16 = "51:transfers", 9/1/9 = 51, 9/1/7 = 0);
}

#[test]
fn firmware_that_downloads_no_more() {
    let mut t = make().boot();
    t.uri("http://h/p");
    t.forget();
    t.resources(1 << 2);
    step!(t.reboot() => ok, save(numbers), save, discard; notify 9 = 57, 7 = 0);
}

#[test]
fn an_intent_that_cannot_be_saved_is_refused() {
    let mut t = make().boot();
    t.deliver("abc");
    step!(t.install() => 5.00, save = failed);
    step!(t.uninstall() => 5.00, save = failed);
    step!(t.state() => Delivered);
    step!(t.at(0) => wait forever);
    t.uninstall();
    t.forget();
    step!(t.push(0, "abc") => 5.00, save = failed);
    step!(t.uri("http://h/p") => 5.00, save = failed);
    t.run("abc");
    step!(t.deactivate() => 5.00, save = failed);
    step!(t.prepare() => 5.00, save = failed);
    step!(t.uninstall() => 5.00, save = failed);
    step!(t.state() => Active);
}

#[test]
fn a_refused_uri_stands_even_if_it_cannot_be_saved() {
    let mut t = make().boot();
    step!(t.uri("q") => 4.00, save = failed; notify 16 = "56:uri", 9 = 56);
    step!(t.at(0) => wait forever, save);
}

#[test]
fn a_refused_package_stands_even_if_it_cannot_be_saved() {
    let mut t = make().slots(&[(0, EMPTY), (1, EMPTY)]).config(|it| it.transfers = 1).boot();
    t.push(0, "abc");
    t.forget();
    t.on(1);
    step!(t.push(0, "x") => 5.00, save@1 = failed; notify 9/1/16 = "51:transfers", 9/1/9 = 51);
    step!(t.poll() => save@1);
}

#[test]
fn what_has_been_done_is_saved_later() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.activate() => 2.04, save, activate, save = failed; notify 12 = true);
    step!(t.at(10) => wait 1000, save = failed);
    step!(t.at(1010) => wait forever, save);
}

#[test]
fn a_reboot_before_it_is_saved_asks_for_the_outcome() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.activate() => 2.04, save, activate, save = failed; notify 12 = true);
    step!(t.reboot() => ok, save(numbers), outcome(activate), save; notify 12 = true);
}

#[test]
fn a_package_whose_record_does_not_follow_is_thrown_away() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.last(3, "d") => 5.00, write(3, "d"), save = failed; notify 16 = "57:record", 9 = 57, 7 = 0);
    step!(t.poll() => save, discard);
}

#[test]
fn a_download_whose_progress_cannot_be_saved_ends() {
    let mut t = make().config(|it| it.checkpoint = 3).boot();
    t.uri("http://h/p");
    t.poll();
    t.forget();
    step!(t.fetched(0, "abc") => stale, write(0, "abc"), save = failed; notify 16 = "57:record", 9 = 57, 7 = 0);
    step!(t.poll() => save, cancel(fetch), discard);
}

#[test]
fn a_request_that_saves_pays_what_is_owed() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.activate() => 2.04, save, activate, save = failed; notify 12 = true);
    step!(t.deactivate() => 2.04, save, deactivate, save; notify 12 = false);
    step!(t.at(0) => wait forever);
}

#[test]
fn a_request_does_not_answer_for_a_record_that_is_owed() {
    let mut t = make().boot();
    t.install_package("abc");
    step!(t.activate() => 2.04, save, activate, save = failed; notify 12 = true);
    step!(t.activate() => 2.04);
    step!(t.execute(9, 6, "2") => 4.00);
    step!(t.set_link(5, 1) => ok; notify 5 = 0:1);
    step!(t.at(0) => wait forever, save);
}

#[test]
fn slots_that_change_places_in_the_list() {
    let mut t = make().slots(&[(0, EMPTY), (1, RUNNING)]).boot();
    t.slots = vec![(1, RUNNING), (0, EMPTY)];
    step!(t.reboot() => ok, save(numbers));
    step!(t.list(9, 65535, 65535) => 0 1);
    t.on(1);
    step!(t.state() => Active);
}

#[test]
fn names_are_asked_for_and_saved_at_boot() {
    let mut t = make().about(&[("slot", "0", false)]).off();
    step!(t.boot() => ok, about, save, save(numbers); notify 0 = "slot", 1 = "0");
    step!(t.reboot() => ok, about, save(numbers));
    world(|world| world.software = vec![("slot", "1", false)]);
    step!(t.reboot() => ok, about, save(numbers), save; notify 1 = "1");
}
