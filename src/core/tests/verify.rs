// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A complete package is verified, one step a poll.

use super::device::{make, Device, Make};
use super::world::world;
use crate::core::config::{EMPTY_WRITE_CANCELS, POLICY_CRC, POLICY_NONE};
use crate::core::operation::can;
use crate::verify::{CRC32, NO_DIGEST, SHA256};
use sha2::Digest as _;

fn sha256(data: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(data).into()
}

fn crc32(data: &[u8]) -> [u8; 4] {
    crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(data).to_be_bytes()
}

fn policy(policy: u8) -> Make {
    make().without(can::VERIFY).config(|it| it.policy = policy)
}

fn expecting(mut t: Device, data: &[u8]) -> Device {
    assert_eq!(t.expects(0, SHA256, &sha256(data)), "ok");
    t.forget();
    t
}

#[test]
fn a_verifier_may_take_its_time() {
    let mut t = make().boot();
    t.whole("abc");
    t.forget();
    step!(t.poll() => verify(3) = pending);
    step!(t.poll() => nothing);
    step!(t.complete("verify", "done") => ok, save);
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
}

#[test]
fn a_verifier_that_refuses() {
    for (verdict, shown) in
        [("50", "50"), ("51", "51"), ("53", "53"), ("54", "54"), ("57", "57"), ("52", "57")]
    {
        for pending in [false, true] {
            let mut t = make().boot();
            t.whole("abc");
            t.expect(&format!("verify(3)={}", if pending { "pending" } else { verdict }));
            t.poll();
            if pending {
                t.complete("verify", verdict);
            }
            assert_eq!((t.read(9).as_str(), t.read(7).as_str()), (shown, "0"));
        }
    }
}

#[test]
fn what_was_refused_is_thrown_away() {
    let mut t = make().boot();
    t.whole("abc");
    t.forget();
    step!(t.poll() => verify(3) = pending);
    step!(t.complete("verify", "54") => ok, save, discard; notify 16 = "54:type", 9 = 54, 7 = 0);
}

#[test]
fn uninstall_cancels_a_verification() {
    let mut t = make().boot();
    t.whole("abc");
    t.forget();
    step!(t.poll() => verify(3) = pending);
    step!(t.uninstall() => 2.04, save, cancel(verify), discard; notify 7 = 0);
    step!(t.complete("verify", "done") => stale);
}

#[test]
fn what_is_not_in_flight_is_not_cancelled() {
    let mut t = make().boot();
    t.whole("abc");
    t.forget();
    step!(t.uninstall() => 2.04, save, discard; notify 7 = 0);
}

#[test]
fn a_verification_that_cannot_be_stopped_holds_the_package() {
    let mut t = make().without(can::CANCEL).option(EMPTY_WRITE_CANCELS).boot();
    t.whole("abc");
    t.forget();
    step!(t.poll() => verify(3) = pending);
    step!(t.uninstall() => 4.05);
    step!(t.whole("") => 4.05);
    step!(t.uri("") => 4.05);
    step!(t.complete("verify", "done") => ok, save);
    step!(t.uninstall() => 2.04, save, discard; notify 7 = 0);
}

#[test]
fn an_expected_digest_is_that_of_what_was_stored() {
    let mut t = expecting(make().boot(), b"abc");
    t.whole("abc");
    t.forget();
    step!(t.poll() => read(0, 3));
    step!(t.poll() => verify(3), save);
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
}

#[test]
fn storage_that_changes_a_byte_is_found() {
    let mut t = expecting(make().boot(), b"abc");
    t.whole("abc");
    t.forget();
    world(|world| world.stored.insert(0, b"abd".to_vec()));
    step!(t.poll() => read(0, 3));
    step!(t.poll() => save, discard; notify 16 = "53:digest", 9 = 53, 7 = 0);
}

#[test]
fn a_package_is_read_back_in_pieces() {
    let long: &'static [u8] = Vec::leak(vec![b'x'; 700]);
    let mut t = expecting(make().boot(), long);
    let size = t.core.work.len() as u32;
    world(|world| world.words = vec![(700, "all"), (size, "work"), (700 - size, "rest")]);
    step!(t.whole(long) => 2.04, save, open(0), write(0, all), save; notify 7 = 2);
    step!(t.poll() => read(0, work));
    step!(t.poll() => read(work, rest));
    step!(t.poll() => verify(all), save);
}

#[test]
fn storage_that_cannot_be_read() {
    let mut t = expecting(make().boot(), b"abc");
    t.whole("abc");
    t.forget();
    step!(t.poll() => read(0, 3) = failed, save, discard; notify 16 = "57:device", 9 = 57, 7 = 0);
    t.whole("abc");
    t.forget();
    step!(t.poll() => read(0, 3) = 53, save, discard; notify 16 = "53:integrity", 9 = 53, 7 = 0);
}

#[test]
fn without_read_the_digest_is_that_of_what_came() {
    let mut t = expecting(make().without(can::READ).boot(), b"abcd");
    t.push(0, "ab");
    t.last(2, "cd");
    t.forget();
    step!(t.poll() => verify(4), save);
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
    t.uninstall();
    t.push(0, "ab");
    t.last(2, "ce");
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "53:digest", 9 = 53, 7 = 0);
}

#[test]
fn the_digest_begins_again_with_the_package() {
    let mut t = expecting(make().without(can::READ).boot(), b"abcd");
    t.push(0, "xx");
    t.push(0, "ab");
    t.last(2, "cd");
    t.forget();
    step!(t.poll() => verify(4), save);
}

#[test]
fn a_crc_that_is_wrong() {
    let mut t = policy(POLICY_CRC).boot();
    t.expects(0, CRC32, &crc32(b"abc"));
    t.whole("abd");
    t.forget();
    step!(t.poll() => read(0, 3));
    step!(t.poll() => save, discard; notify 16 = "53:crc", 9 = 53, 7 = 0);
}

#[test]
fn policy_crc_is_content_with_one() {
    let mut t = policy(POLICY_CRC).boot();
    t.expects(0, CRC32, &crc32(b"abc"));
    t.whole("abc");
    t.forget();
    step!(t.poll() => read(0, 3));
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
}

#[test]
fn a_package_that_nothing_proves_is_refused() {
    for weak in [0, POLICY_CRC] {
        let mut t = policy(weak).boot();
        if weak == 0 {
            t.expects(0, CRC32, &crc32(b"abc"));
        }
        t.whole("abc");
        t.forget();
        step!(t.poll() => save, discard; notify 16 = "57:unverified", 9 = 57, 7 = 0);
    }
}

#[test]
fn policy_none_takes_everything_and_says_so() {
    let mut t = policy(POLICY_NONE).boot();
    t.whole("abc");
    t.forget();
    step!(t.poll() => save; notify 7 = 3);
    step!(t.read(9) => 0);
}

#[test]
fn an_expected_length() {
    let mut t = make().boot();
    step!(t.expects(4, NO_DIGEST, b"") => ok, save);
    t.whole("abc");
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "53:length", 9 = 53, 7 = 0);
    t.push(0, "abc");
    t.forget();
    step!(t.push(3, "de") => 5.00, save, discard; notify 16 = "53:length", 9 = 53, 7 = 0);
}

#[test]
fn what_is_expected_outlives_failures_and_ends_with_the_install() {
    let mut t = expecting(make().boot(), b"abc");
    t.whole("abd");
    t.poll();
    t.forget();
    step!(t.poll() => save, discard; notify 16 = "53:digest", 9 = 53, 7 = 0);
    t.install_package("abc");
    t.prepare();
    t.whole("xyz");
    t.forget();
    step!(t.poll() => verify(3), save);
}

#[test]
fn expectations_come_before_the_package() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.forget();
    step!(t.expects(3, NO_DIGEST, b"") => busy);
    t.last(3, "d");
    t.forget();
    step!(t.expects(3, NO_DIGEST, b"") => busy);
    t.poll();
    t.poll();
    t.forget();
    step!(t.expects(3, NO_DIGEST, b"") => busy);
}

#[test]
fn expectations_are_looked_at() {
    let mut t = make().boot();
    step!(t.expects(3, SHA256, b"abc") => invalid);
    step!(t.expects(3, 7, b"") => invalid);
    step!(t.expects(3, NO_DIGEST, b"x") => invalid);
    t.on(1);
    step!(t.expects(3, NO_DIGEST, b"") => missing);
}

#[test]
fn an_expectation_that_cannot_be_saved_changes_nothing() {
    let mut t = expecting(make().boot(), b"abc");
    t.expect("save=failed");
    assert_eq!(t.expects(9, SHA256, &sha256(b"x")), "unsaved");
    t.deliver("abc");
}

#[test]
fn the_firmware_says_what_a_package_is_called() {
    let mut t = make().about(&[]).boot();
    world(|world| world.package = vec![("blink", "1.0", false)]);
    t.whole("abc");
    t.forget();
    step!(t.poll() => verify(3), save);
    step!(t.poll() => about_package, save; notify 9 = 3, 7 = 3);
}

#[test]
fn a_name_that_there_is_no_room_for() {
    let mut t = make().about(&[]).boot();
    world(|world| world.package = vec![("blink", "a version of 26 characters", false)]);
    t.whole("abc");
    t.poll();
    t.forget();
    step!(t.poll() => about_package, save, discard; notify 16 = "54:name", 9 = 54, 7 = 0);
}

#[test]
fn a_name_that_about_cannot_return() {
    let mut t = make().about(&[]).boot();
    t.whole("abc");
    t.poll();
    t.forget();
    step!(t.poll() => about_package = failed, save, discard; notify 16 = "57:device", 9 = 57, 7 = 0);
}

#[test]
fn without_room_for_names_none_is_asked_for() {
    let mut t = make().about(&[]).config(|it| it.text = 0).boot();
    t.whole("abc");
    t.poll();
    t.forget();
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
}
