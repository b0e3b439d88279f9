// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A server writes Package URI, 9/x/3, and the firmware fetches the package.

use super::device::{make, Device};
use crate::core::config::{EMPTY_WRITE_CANCELS, REPLACE_IN_DELIVERED};
use crate::core::operation::can;
use crate::verify::{NO_DIGEST, SHA256};

/// It fetches, and nothing has come yet.
fn fetching(mut t: Device) -> Device {
    t.uri("http://h/p");
    t.poll();
    t.forget();
    t
}

#[test]
fn a_package_is_fetched() {
    let mut t = make().boot();
    step!(t.uri("http://h/p") => 2.04, save; notify 9 = 1, 7 = 1);
    step!(t.poll() => open(0), fetch(0));
    step!(t.fetched(0, "abc") => ok, write(0, "abc"));
    step!(t.fetched_last(3, "de") => ok, write(3, "de"), save; notify 9 = 0, 7 = 2);
    step!(t.fetched(5, "f") => stale);
    step!(t.poll() => verify(5), save);
}

#[test]
fn the_end_of_a_download_may_bring_no_bytes() {
    let mut t = fetching(make().boot());
    t.fetched(0, "abc");
    t.forget();
    step!(t.fetched(3, "") => ok);
    step!(t.fetched_last(3, "") => ok, save; notify 9 = 0, 7 = 2);
}

#[test]
fn the_firmware_may_say_that_a_download_is_complete() {
    let mut t = fetching(make().boot());
    t.fetched(0, "abc");
    t.forget();
    step!(t.complete("fetch", "done") => ok, save; notify 9 = 0, 7 = 2);
}

#[test]
fn uris_that_cannot_be_fetched() {
    let mut t = make().boot();
    step!(t.uri("ftp://h/p") => 4.00, save; notify 16 = "56:uri", 9 = 56);
    step!(t.uri("ftp://h/p") => 4.00);
    step!(t.uri("") => 4.00);
    step!(t.uri("h/p") => 4.00);
    let long: &'static str = String::leak(format!("http://h/{}", "p".repeat(247)));
    step!(t.uri(long) => 4.00);
    step!(t.uri(&long[1..]) => 4.00);
    step!(t.uri(&long[..255]) => 2.04, save; notify 16 = "", 9 = 1, 7 = 1);
}

#[test]
fn a_refused_uri_among_other_items_changes_nothing() {
    let mut t = make().boot();
    step!(t.write_all(&[(8, "1"), (3, "ftp://h/p")]) => 4.00);
    step!(t.read(8) => false);
}

#[test]
fn there_is_no_uri_that_is_not_offered() {
    let mut t = make().config(|it| it.resources &= !(1 << 3)).boot();
    step!(t.uri("http://h/p") => 4.04);
}

#[test]
fn uninstall_before_the_download_has_begun() {
    let mut t = make().boot();
    t.uri("http://h/p");
    t.forget();
    step!(t.uninstall() => 2.04, save, discard; notify 9 = 0, 7 = 0);
    step!(t.poll() => nothing);
}

#[test]
fn uninstall_cancels_a_download() {
    let mut t = fetching(make().boot());
    step!(t.uninstall() => 2.04, save, cancel(fetch), discard; notify 9 = 0, 7 = 0);
    step!(t.fetched(0, "abc") => stale);
    step!(t.complete("fetch", "52") => stale);
}

#[test]
fn option_empty_write_cancels_a_download() {
    let mut t = fetching(make().option(EMPTY_WRITE_CANCELS).boot());
    step!(t.uri("") => 2.04, save, cancel(fetch), discard; notify 9 = 0, 7 = 0);
    step!(t.uri("") => 2.04);
}

#[test]
fn a_push_is_refused_meanwhile() {
    let mut t = fetching(make().boot());
    step!(t.push(0, "abc") => 4.05);
    step!(t.whole("abc") => 4.05);
    step!(t.uri("http://h/q") => 4.05);
    step!(t.uri("q") => 4.05);
    step!(t.install() => 4.05);
}

#[test]
fn a_download_that_fails_at_once() {
    let mut t = make().boot();
    t.uri("http://h/p");
    t.forget();
    step!(t.poll() => open(0), fetch(0) = 52, save, discard; notify 16 = "52:connection", 9 = 52, 7 = 0);
}

#[test]
fn a_download_that_fails_later() {
    for (verdict, shown) in [
        ("50", "\"50:storage\""),
        ("51", "\"51:memory\""),
        ("52", "\"52:connection\""),
        ("53", "\"53:integrity\""),
        ("54", "\"54:type\""),
        ("56", "\"56:uri\""),
        ("58", "\"57:device\""),
        ("failed", "\"57:device\""),
    ] {
        let mut t = fetching(make().boot());
        t.fetched(0, "abc");
        assert_eq!(t.complete("fetch", verdict), "ok");
        assert_eq!((t.read(16).as_str(), t.read(7).as_str()), (shown, "0"));
    }
}

#[test]
fn a_storage_that_opens_later() {
    let mut t = make().boot();
    t.uri("http://h/p");
    t.forget();
    step!(t.poll() => open(0) = pending);
    step!(t.poll() => nothing);
    step!(t.fetched(0, "abc") => stale);
    step!(t.complete("open", "done") => ok);
    step!(t.poll() => fetch(0));
}

#[test]
fn a_storage_that_does_not_open_later() {
    let mut t = make().boot();
    t.uri("http://h/p");
    t.forget();
    step!(t.poll() => open(0) = pending);
    step!(t.complete("open", "50") => ok, save, discard; notify 16 = "50:storage", 9 = 50, 7 = 0);
}

#[test]
fn an_opening_is_cancelled() {
    let mut t = make().boot();
    t.uri("http://h/p");
    t.forget();
    step!(t.poll() => open(0) = pending);
    step!(t.uninstall() => 2.04, save, cancel(open), discard; notify 9 = 0, 7 = 0);
    step!(t.complete("open", "done") => stale);
}

#[test]
fn a_storage_that_is_busy_gets_the_same_bytes_again() {
    let mut t = fetching(make().boot());
    step!(t.fetched(0, "abc") => busy, write(0, "abc") = again);
    step!(t.fetched(3, "d") => invalid);
    step!(t.fetched(0, "abc") => ok, write(0, "abc"));
    step!(t.fetched_last(3, "d") => busy, write(3, "d") = again);
    step!(t.fetched_last(3, "d") => ok, write(3, "d"), save; notify 9 = 0, 7 = 2);
}

#[test]
fn a_write_that_fails_ends_the_download() {
    let mut t = fetching(make().boot());
    step!(t.fetched(0, "abc") => stale, write(0, "abc") = 50, save, cancel(fetch), discard;
        notify 16 = "50:storage", 9 = 50, 7 = 0);
}

#[test]
fn bytes_come_in_order() {
    let mut t = fetching(make().boot());
    step!(t.fetched(1, "b") => invalid);
    t.fetched(0, "abc");
    t.forget();
    step!(t.fetched(2, "c") => invalid);
    step!(t.fetched(4, "e") => invalid);
    step!(t.fetched(3, "d") => ok, write(3, "d"));
}

#[test]
fn content_that_has_changed_begins_again_once() {
    let mut t = fetching(make().boot());
    t.fetched_with("e1", 0, "abc");
    t.forget();
    step!(t.fetched_with("e2", 0, "xyz") => ok, save, open(0), write(0, "xyz"));
    step!(t.poll() => nothing);
    step!(t.fetched_with("e3", 0, "uvw") => stale, save, cancel(fetch), discard;
        notify 16 = "52:changed", 9 = 52, 7 = 0);
}

#[test]
fn a_restart_whose_storage_opens_later() {
    let mut t = fetching(make().boot());
    t.fetched(0, "abc");
    t.forget();
    step!(t.fetched(0, "xyz") => busy, save, open(0) = pending);
    step!(t.fetched(0, "xyz") => busy);
    step!(t.complete("open", "done") => ok);
    step!(t.fetched(0, "xyz") => ok, write(0, "xyz"));
}

#[test]
fn a_size_that_is_known_is_kept_to() {
    let mut t = fetching(make().boot());
    step!(t.fetched_of(5, 0, "abc") => ok, write(0, "abc"));
    step!(t.fetched_of(6, 3, "de") => stale, save, cancel(fetch), discard; notify 16 = "53:length", 9 = 53, 7 = 0);
}

#[test]
fn more_bytes_than_expected_end_the_download() {
    let mut t = make().boot();
    t.expects(4, NO_DIGEST, b"");
    let mut t = fetching(t);
    step!(t.fetched(0, "abcde") => stale, save, cancel(fetch), discard; notify 16 = "53:length", 9 = 53, 7 = 0);
}

#[test]
fn progress_is_saved_each_time_so_much_has_come() {
    let mut t = fetching(make().config(|it| it.checkpoint = 4).boot());
    step!(t.fetched(0, "abc") => ok, write(0, "abc"));
    step!(t.fetched(3, "de") => ok, write(3, "de"), save);
    step!(t.fetched(5, "fgh") => ok, write(5, "fgh"));
    step!(t.fetched(8, "i") => ok, write(8, "i"), save);
}

#[test]
fn credentials_and_etag_are_handed_on() {
    let mut t = make().config(|it| it.checkpoint = 3).boot();
    step!(t.write_all(&[(3, "http://h/p"), (14, "me"), (15, "secret")]) => 2.04, save; notify 9 = 1, 7 = 1);
    step!(t.poll() => open(0), fetch(0, "me", "secret"));
    step!(t.fetched_with("e1", 0, "abc") => ok, write(0, "abc"), save);
    step!(t.reboot() => ok, save(numbers), open(3));
    step!(t.poll() => fetch(3, "e1"));
    step!(t.fetched_last(3, "d") => ok, write(3, "d"), save; notify 9 = 0, 7 = 2);
}

#[test]
fn what_came_after_the_last_save_is_fetched_again() {
    let mut t = fetching(make().config(|it| it.checkpoint = 3).boot());
    t.fetched(0, "abc");
    t.fetched(3, "d");
    t.forget();
    step!(t.reboot() => ok, save(numbers), open(3));
    step!(t.poll() => fetch(3));
}

#[test]
fn bytes_that_the_reboot_has_lost_are_fetched_again() {
    let mut t = fetching(make().config(|it| it.checkpoint = 3).boot());
    t.fetched(0, "abc");
    t.forget();
    step!(t.reboot() => ok, save(numbers), open(3) = 57, open(0));
    step!(t.poll() => fetch(0));
}

#[test]
fn a_digest_that_needs_all_bytes_begins_again_after_a_reboot() {
    let mut t = make().without(can::READ).config(|it| it.checkpoint = 3).boot();
    t.expects(0, SHA256, &[0; 32]);
    let mut t = fetching(t);
    t.fetched(0, "abc");
    t.forget();
    step!(t.reboot() => ok, save(numbers), open(0));
    step!(t.poll() => fetch(0));
}

#[test]
fn a_storage_that_opens_later_after_a_reboot() {
    let mut t = fetching(make().config(|it| it.checkpoint = 3).boot());
    t.fetched(0, "abc");
    t.forget();
    step!(t.reboot() => ok, save(numbers), open(3) = pending);
    step!(t.complete("open", "57") => ok, open(0));
    step!(t.poll() => fetch(0));
}

#[test]
fn option_replace_takes_a_new_uri() {
    let mut t = make().option(REPLACE_IN_DELIVERED).boot();
    t.deliver("abc");
    step!(t.uri("q") => 4.00);
    step!(t.read(9) => 3);
    step!(t.uri("http://h/p") => 2.04, save, discard; notify 9 = 1, 7 = 1);
    step!(t.poll() => open(0), fetch(0));
}

#[test]
fn a_download_waits_until_the_storage_is_erased() {
    let mut t = make().option(REPLACE_IN_DELIVERED).boot();
    t.deliver("abc");
    step!(t.uri("http://h/p") => 2.04, save, discard = pending; notify 9 = 1, 7 = 1);
    step!(t.poll() => nothing);
    step!(t.complete("discard", "done") => ok, open(0));
    step!(t.poll() => fetch(0));
}

#[test]
fn a_uri_without_a_free_transfer() {
    let mut t = make()
        .slots(&[(0, super::EMPTY), (1, super::EMPTY)])
        .option(REPLACE_IN_DELIVERED)
        .config(|it| it.transfers = 1)
        .boot();
    t.on(1);
    t.deliver("abc");
    t.on(0);
    t.uri("http://h/p");
    t.forget();
    t.on(1);
    step!(t.uri("http://h/p") => 5.00);
    step!(t.state() => Delivered);
    t.uninstall();
    t.forget();
    step!(t.uri("http://h/p") => 2.04, save@1; notify 9/1/16 = "51:transfers", 9/1/9 = 51);
}

#[test]
fn an_expectation_may_come_before_the_first_byte() {
    let mut t = fetching(make().boot());
    step!(t.expects(3, NO_DIGEST, b"") => ok, save);
    t.fetched(0, "ab");
    t.forget();
    step!(t.expects(3, NO_DIGEST, b"") => busy);
}
