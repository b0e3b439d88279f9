// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A server writes Package, 9/x/2.

use super::device::make;
use crate::core::config::{EMPTY_WRITE_CANCELS, REPLACE_IN_DELIVERED};
use crate::core::operation::can;

#[test]
fn a_package_comes_in_chunks() {
    let mut t = make().boot();
    step!(t.push(0, "abc") => 2.31, save, open(0), write(0, "abc"); notify 9 = 1, 7 = 1);
    step!(t.push(3, "de") => 2.31, write(3, "de"));
    step!(t.last(5, "f") => 2.04, write(5, "f"), save; notify 9 = 0, 7 = 2);
    step!(t.poll() => verify(6), save);
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
    step!(t.poll() => nothing);
}

#[test]
fn a_package_in_one_chunk_shows_no_result_1() {
    let mut t = make().boot();
    step!(t.whole("abc") => 2.04, save, open(0), write(0, "abc"), save; notify 7 = 2);
}

#[test]
fn a_package_in_a_write_is_one_chunk() {
    let mut t = make().boot();
    step!(t.write_package("abc") => 2.04, save, open(0), write(0, "abc"), save; notify 7 = 2);
}

#[test]
fn the_last_chunk_may_be_empty() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.last(3, "") => 2.04, save; notify 9 = 0, 7 = 2);
}

#[test]
fn an_empty_chunk_on_the_way_is_taken() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.push(3, "") => 2.31);
    step!(t.push(3, "d") => 2.31, write(3, "d"));
}

#[test]
fn a_repeated_chunk_is_answered_and_not_stored_again() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.push(3, "de");
    t.forget();
    step!(t.push(3, "de") => 2.31);
    step!(t.last(5, "f") => 2.04, write(5, "f"), save; notify 9 = 0, 7 = 2);
    step!(t.last(5, "f") => 2.04);
    t.poll();
    t.poll();
    t.forget();
    step!(t.last(5, "f") => 2.04);
    step!(t.state() => Delivered);
}

#[test]
fn other_bytes_at_the_same_place_are_no_repeat() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.push(3, "de");
    t.forget();
    step!(t.push(3, "dx") => 4.08);
}

#[test]
fn a_gap_is_refused_and_the_push_goes_on() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.push(4, "e") => 4.08);
    step!(t.push(2, "c") => 4.08);
    step!(t.last(3, "d") => 2.04, write(3, "d"), save; notify 9 = 0, 7 = 2);
}

#[test]
fn without_a_beginning_there_is_no_push() {
    let mut t = make().boot();
    step!(t.push(3, "d") => 4.08);
    step!(t.last(3, "d") => 4.08);
    step!(t.push(0, "") => 4.00);
    step!(t.whole("") => 4.00);
    step!(t.state() => Initial);
}

#[test]
fn offset_0_begins_again() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.push(0, "xy") => 2.31, open(0), write(0, "xy"));
    step!(t.whole("xyz") => 2.04, open(0), write(0, "xyz"), save; notify 9 = 0, 7 = 2);
}

#[test]
fn another_server_is_refused_while_one_pushes() {
    let mut t = make().boot();
    step!(t.push_from(7, 0, "abc") => 2.31, save, open(0), write(0, "abc"); notify 9 = 1, 7 = 1);
    step!(t.push_from(8, 3, "d") => 4.05);
    step!(t.push_from(8, 0, "d") => 4.05);
    step!(t.push_from(7, 3, "d") => 2.31, write(3, "d"));
}

#[test]
fn a_declared_size_is_handed_on_and_kept_to() {
    let mut t = make().boot();
    step!(t.push_of(5, 0, "abc") => 2.31, save, open(0, 5), write(0, "abc"); notify 9 = 1, 7 = 1);
    step!(t.push_of(6, 3, "d") => 4.00);
    step!(t.push(3, "def") => 5.00, save, discard; notify 16 = "53:length", 9 = 53, 7 = 0);
}

#[test]
fn too_few_bytes_are_found_when_the_package_is_verified() {
    let mut t = make().boot();
    step!(t.last_of(5, 0, "abc") => 2.04, save, open(0, 5), write(0, "abc"), save; notify 7 = 2);
    step!(t.poll() => save, discard; notify 16 = "53:length", 9 = 53, 7 = 0);
}

#[test]
fn too_many_bytes_in_the_last_chunk_are_found_when_the_package_is_verified() {
    let mut t = make().boot();
    t.push_of(4, 0, "abc");
    t.forget();
    step!(t.last(3, "de") => 2.04, save; notify 9 = 0, 7 = 2);
    step!(t.poll() => save, discard; notify 16 = "53:length", 9 = 53, 7 = 0);
}

#[test]
fn the_last_chunk_of_a_package_that_was_complete_before_it() {
    let mut t = make().boot();
    t.push_of(3, 0, "abc");
    t.forget();
    step!(t.last(3, "d") => 2.04, save; notify 9 = 0, 7 = 2);
    step!(t.poll() => save, discard; notify 16 = "53:length", 9 = 53, 7 = 0);
}

#[test]
fn storage_that_does_not_open() {
    let mut t = make().boot();
    step!(t.push(0, "abc") => 4.13, save, open(0) = 50, save, discard; notify 16 = "50:storage", 9 = 50);
    step!(t.push(0, "abc") => 5.00, save, open(0) = failed, save, discard; notify 16 = "57:device", 9 = 57);
}

#[test]
fn a_write_that_fails_drops_the_package() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.push(3, "d") => 4.13, write(3, "d") = 50, save, discard; notify 16 = "50:storage", 9 = 50, 7 = 0);
    step!(t.state() => Initial);
    step!(t.push(3, "d") => 4.08);
}

#[test]
fn results_that_a_push_cannot_have_are_57() {
    for (result, shown) in
        [("51", "51"), ("53", "53"), ("54", "54"), ("52", "57"), ("56", "57"), ("58", "57")]
    {
        let mut t = make().boot();
        t.push(0, "abc");
        t.forget();
        t.expect(&format!("write(3,\"d\")={result}"));
        assert_eq!(t.push(3, "d"), "5.00");
        assert_eq!(t.read(9), shown);
    }
}

#[test]
fn a_write_of_a_push_cannot_wait() {
    for verdict in ["again", "pending"] {
        let mut t = make().boot();
        t.expect(&format!("write(0,\"abc\")={verdict}"));
        assert_eq!(t.push(0, "abc"), "5.00");
        assert_eq!(t.read(16), "\"57:device\"");
    }
}

#[test]
fn uninstall_cancels_a_push() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.uninstall() => 2.04, save, discard; notify 9 = 0, 7 = 0);
    step!(t.push(3, "d") => 4.08);
}

#[test]
fn a_push_that_stalls_times_out() {
    let mut t = make().config(|it| it.push_timeout_ms = 1000).boot();
    t.push(0, "abc");
    t.forget();
    step!(t.at(5000) => wait 1000);
    step!(t.at(5999) => wait 1);
    t.push(3, "d");
    t.forget();
    step!(t.at(6500) => wait 1000);
    step!(t.at(7500) => wait forever, save, discard; notify 16 = "52:timeout", 9 = 52, 7 = 0);
}

#[test]
fn no_package_is_taken_while_one_is_held() {
    let mut t = make().boot();
    t.deliver("abc");
    step!(t.whole("de") => 4.05);
    step!(t.push(0, "de") => 4.05);
    step!(t.push(3, "de") => 4.05);
    step!(t.whole("") => 4.05);
    step!(t.uri("http://h/p") => 4.05);
}

#[test]
fn no_package_is_taken_over_software() {
    let mut t = make().boot();
    t.run("abc");
    step!(t.whole("de") => 4.05);
    step!(t.uri("http://h/p") => 4.05);
    step!(t.whole("") => 4.05);
}

#[test]
fn option_replace_takes_a_new_package() {
    let mut t = make().option(REPLACE_IN_DELIVERED).boot();
    t.deliver("abc");
    step!(t.push(3, "de") => 4.08);
    step!(t.whole("") => 4.00);
    step!(t.push(0, "de") => 2.31, save, discard, open(0), write(0, "de"); notify 9 = 1, 7 = 1);
}

#[test]
fn option_replace_shows_no_result_1_for_a_whole_package() {
    let mut t = make().option(REPLACE_IN_DELIVERED).boot();
    t.deliver("abc");
    step!(t.whole("de") => 2.04, save, discard, open(0), write(0, "de"), save; notify 9 = 0, 7 = 2);
}

#[test]
fn option_empty_write_cancels() {
    let mut t = make().option(EMPTY_WRITE_CANCELS).boot();
    step!(t.whole("") => 2.04);
    t.push(0, "abc");
    t.forget();
    step!(t.whole("") => 2.04, save, discard; notify 9 = 0, 7 = 0);
    t.deliver("abc");
    step!(t.whole("") => 2.04, save, discard; notify 9 = 0, 7 = 0);
    t.run("abc");
    step!(t.whole("") => 4.05);
}

#[test]
fn a_storage_that_is_being_erased_takes_nothing() {
    let mut t = make().option(EMPTY_WRITE_CANCELS).boot();
    t.deliver("abc");
    step!(t.uninstall() => 2.04, save, discard = pending; notify 9 = 0, 7 = 0);
    step!(t.whole("de") => 5.00);
    step!(t.whole("") => 5.00);
    step!(t.uri("http://h/p") => 5.00);
    step!(t.complete("discard", "done") => ok);
    step!(t.push(0, "de") => 2.31, save, open(0), write(0, "de"); notify 9 = 1, 7 = 1);
}

#[test]
fn a_package_that_replaces_one_does_not_wait_for_the_storage() {
    let mut t = make().option(REPLACE_IN_DELIVERED).boot();
    t.deliver("abc");
    step!(t.whole("de") => 5.00, save, discard = pending, save; notify 16 = "57:device", 9 = 57, 7 = 0);
    step!(t.whole("de") => 5.00);
    step!(t.complete("discard", "done") => ok);
    step!(t.whole("de") => 2.04, save, open(0), write(0, "de"), save; notify 16 = "", 9 = 0, 7 = 2);
}

#[test]
fn firmware_without_discard_is_not_asked() {
    let mut t = make().without(can::DISCARD).boot();
    t.deliver("abc");
    step!(t.uninstall() => 2.04, save; notify 9 = 0, 7 = 0);
}

#[test]
fn a_failure_is_forgotten_by_the_next_package() {
    let mut t = make().boot();
    step!(t.whole("abc") => 2.04, save, open(0), write(0, "abc"), save; notify 7 = 2);
    step!(t.poll() => verify(3) = 53, save, discard; notify 16 = "53:integrity", 9 = 53, 7 = 0);
    step!(t.push(0, "abc") => 2.31, save, open(0), write(0, "abc"); notify 16 = "", 9 = 1, 7 = 1);
}

#[test]
fn there_is_no_package_resource_that_is_not_offered() {
    let mut t = make().config(|it| it.resources &= !(1 << 2)).boot();
    step!(t.push(0, "abc") => 4.04);
    step!(t.write_package("abc") => 4.04);
}

#[test]
fn there_is_no_package_of_another_instance() {
    let mut t = make().boot();
    t.on(1);
    step!(t.push(0, "abc") => 4.04);
    step!(t.write_package("abc") => 4.04);
}

#[test]
fn a_second_push_finds_no_transfer() {
    let mut t = make().slots(&[(0, super::EMPTY), (1, super::EMPTY)]).config(|it| it.transfers = 1).boot();
    t.push(0, "abc");
    t.forget();
    t.on(1);
    step!(t.push(0, "x") => 5.00, save@1; notify 9/1/16 = "51:transfers", 9/1/9 = 51);
    t.on(0);
    t.uninstall();
    t.forget();
    t.on(1);
    step!(t.push(0, "x") => 2.31, save@1, open(0)@1, write(0, "x")@1; notify 9/1/16 = "", 9/1/9 = 1, 9/1/7 = 1);
}
