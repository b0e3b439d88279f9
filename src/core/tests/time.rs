// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Time: when the next poll is wanted, and whose turn it is.

use super::device::make;
use super::EMPTY;

#[test]
fn nothing_waits() {
    let mut t = make().boot();
    step!(t.at(7) => wait forever);
}

#[test]
fn work_that_waits_is_done_at_once() {
    let mut t = make().boot();
    t.whole("abc");
    t.forget();
    step!(t.at(0) => wait 0, verify(3), save);
    step!(t.at(0) => wait forever, save; notify 9 = 3, 7 = 3);
}

#[test]
fn a_push_waits_five_minutes() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.at(1) => wait 300000);
    step!(t.at(300000) => wait 1);
    step!(t.at(300001) => wait forever, save, discard; notify 16 = "52:timeout", 9 = 52, 7 = 0);
}

#[test]
fn a_repeated_chunk_is_no_progress() {
    let mut t = make().config(|it| it.push_timeout_ms = 100).boot();
    t.push(0, "abc");
    t.forget();
    step!(t.at(0) => wait 100);
    step!(t.push(0, "abc") => 2.31);
    step!(t.at(60) => wait 40);
}

#[test]
fn time_may_wrap() {
    let mut t = make().config(|it| it.push_timeout_ms = 100).boot();
    t.push(0, "abc");
    t.forget();
    step!(t.at(u32::MAX - 9) => wait 100);
    step!(t.at(40) => wait 50);
    step!(t.at(90) => wait forever, save, discard; notify 16 = "52:timeout", 9 = 52, 7 = 0);
}

#[test]
fn a_download_has_no_time_out() {
    let mut t = make().boot();
    t.uri("http://h/p");
    t.poll();
    t.fetched(0, "abc");
    t.forget();
    step!(t.at(1_000_000_000) => wait forever);
}

#[test]
fn instances_take_turns() {
    let mut t = make().slots(&[(0, EMPTY), (1, EMPTY)]).boot();
    t.whole("abc");
    t.on(1);
    t.whole("de");
    t.forget();
    step!(t.at(0) => wait 0, verify(3), save);
    step!(t.at(0) => wait 0, verify(2)@1, save@1);
    step!(t.at(0) => wait 0, save; notify 9 = 3, 7 = 3);
    step!(t.at(0) => wait forever, save@1; notify 9/1/9 = 3, 9/1/7 = 3);
}

#[test]
fn a_record_that_fails_holds_up_no_other_instance() {
    let mut t = make().slots(&[(0, EMPTY), (1, EMPTY)]).boot();
    t.install_package("abc");
    step!(t.activate() => 2.04, save, activate, save = failed; notify 12 = true);
    t.on(1);
    t.whole("de");
    t.forget();
    step!(t.at(0) => wait 0, verify(2)@1, save@1);
    step!(t.at(0) => wait 0, save = failed);
    step!(t.at(0) => wait 1000, save@1; notify 9/1/9 = 3, 9/1/7 = 3);
}
