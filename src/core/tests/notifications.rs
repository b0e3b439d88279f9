// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What servers are notified of: newest values, results before states.

use super::device::make;
use super::world::world;
use super::{EMPTY, RUNNING};

#[test]
fn of_several_values_the_newest() {
    let mut t = make().boot();
    t.push(0, "abc");
    t.last(3, "d");
    t.poll();
    step!(t.poll() => save; notify 9 = 3, 7 = 3);
}

#[test]
fn a_second_failure_of_the_same_kind_is_notified() {
    let mut t = make().boot();
    t.deliver("abc");
    for _ in 0..2 {
        t.install();
        step!(t.poll() => install = 58, save; notify 16 = "58:install", 9 = 58);
    }
}

#[test]
fn a_state_that_comes_back_within_one_call_is_not_notified() {
    let mut t = make().boot();
    step!(t.push(0, "abc") => 4.13, save, open(0) = 50, save, discard; notify 16 = "50:storage", 9 = 50);
}

#[test]
fn resources_that_are_not_offered_are_not_notified() {
    let mut t = make().config(|it| it.resources = 1 << 2).boot();
    step!(t.push(0, "abc") => 4.13, save, open(0) = 50, save, discard; notify 9 = 50);
}

#[test]
fn an_instance_that_appears_is_not_notified_value_by_value() {
    let mut t = make().config(|it| it.instances = 2).boot();
    t.add(3, RUNNING);
    t.on(3);
    step!(t.deactivate() => 2.04, save@3, deactivate@3, save@3; notify 9/3 appeared, register);
}

#[test]
fn names_are_notified_when_they_change() {
    let mut t = make().about(&[("slot", "0", false)]).boot();
    t.deliver("abc");
    t.install();
    t.forget();
    world(|world| world.software = vec![("blink", "1.0", false)]);
    step!(t.poll() => install, about, save; notify 9 = 2, 7 = 4, 0 = "blink", 1 = "1.0");
    world(|world| world.software = vec![("blink", "1.0", false)]);
    t.prepare();
    t.forget();
    step!(t.read(0) => "blink");
    t.deliver("de");
    t.install();
    t.forget();
    world(|world| world.software = vec![("blink", "1.1", false)]);
    step!(t.poll() => install, about, save; notify 9 = 2, 7 = 4, 1 = "1.1");
}

#[test]
fn a_name_that_does_not_fit_is_none() {
    let mut t = make().about(&[("slot", "0", false)]).boot();
    t.deliver("abc");
    t.install();
    t.forget();
    world(|world| world.software = vec![("a name that is far too long", "1.0", false)]);
    step!(t.poll() => install, about, save; notify 9 = 2, 7 = 4, 0 = "", 1 = "1.0");
}

#[test]
fn what_is_left_is_not_lost() {
    let mut t = make().slots(&[(0, EMPTY), (1, EMPTY)]).boot();
    t.push(0, "abc");
    t.on(1);
    step!(t.push(0, "x") => 2.31, save@1, open(0)@1, write(0, "x")@1;
        notify 9 = 1, 7 = 1, 9/1/9 = 1, 9/1/7 = 1);
}
