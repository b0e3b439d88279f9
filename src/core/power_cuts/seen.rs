// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What servers see, and whether it can be so.

use super::world::{Told, World};
use crate::core::config::AUTO_ACTIVATE;
use crate::core::Core;
use crate::machine::State;
use crate::object::Path;

/// What a server sees: the state of the machine, 7, 9 and 12, and names.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    pub state: State,
    pub for_update: bool,
    pub shown: u32,
    pub result: u32,
    pub active: bool,
    pub told: Told,
}

pub fn seen(core: &mut Core<'_>) -> Seen {
    let mut number = |resource| match core.read(Path::to(9, 0, resource)) {
        Ok(value) if value.bytes.is_empty() => value.number,
        _ => panic!("9/0/{resource}"),
    };
    let (shown, result, active) = (number(7), number(9), number(12) == 1);
    let (state, for_update) = core.state(0).unwrap();
    Seen { state, for_update, shown, result, active, told: Told::of(core) }
}

/// Whether the table lets `now` be seen after a boot from `before`.
pub fn allowed(before: &Seen, now: &Seen, world: &World) -> bool {
    use State::*;
    let Seen { state: from, for_update: flag, result, active, .. } = *before;
    let Seen { state: to, for_update: now_flag, shown, result: now_result, active: now_active, .. } = *now;
    let new = || world.truth(to, now_flag).is_none_or(|truth| truth == now.told);
    if shown != u32::from(to.update_state(now_flag)) || now.told != before.told && (to == from || !new()) {
        return false;
    }
    let kept = (to, now_flag, now_result, now_active) == (from, flag, result, active);
    let is = |state, flag, results: &[u32], active| {
        to == state && now_flag == flag && results.contains(&now_result) && now_active == active
    };
    match from {
        Initial | Inactive | Active => kept,
        Receiving => is(Initial, flag, &[0], false),
        Fetching => is(Fetching, flag, &[1], false),
        Verifying => is(Verifying, flag, &[0], false) || is(Initial, flag, &[57], false),
        Delivered => kept || is(Initial, flag, &[57], false),
        Installing => {
            is(Installing, flag, &[result], false)
                || world.kit.options & AUTO_ACTIVATE != 0 && is(Activating, false, &[2], false)
                || is(Inactive, false, &[2], false)
                || is(Delivered, flag, &[58], false)
        }
        Activating => kept || is(Active, false, &[result], true) || is(Inactive, false, &[result], active),
        Deactivating => kept || is(Inactive, false, &[result], false) || is(Active, false, &[result], active),
        Preparing => {
            kept || is(Initial, true, &[0], false)
                || is(Inactive, false, &[59], false)
                || world.forgets && to == Active
        }
        Uninstalling => {
            kept || is(Initial, false, &[0], false)
                || is(Inactive, false, &[59], false)
                || flag && is(Initial, true, &[59], false)
        }
    }
}

/// What is seen must be so.
pub fn assert_truth(now: &Seen, world: &World, why: &str) {
    let Seen { state, for_update, active, .. } = *now;
    // A firmware that cannot be asked has failed, by the rules, though it may have acted.
    if world.forgets && state != State::Delivered {
        return;
    }
    match state {
        State::Delivered => assert!(world.good().is_some(), "{why}: DELIVERED without its bytes"),
        State::Inactive | State::Active => {
            assert!(world.installed.is_some(), "{why}: nothing is installed")
        }
        State::Initial if !for_update => {
            assert_eq!(world.installed, None, "{why}: software that servers do not see")
        }
        _ => {}
    }
    if active && state == State::Active {
        let all = if world.components() > 0 { world.parts_running == [true; 2] } else { world.running };
        assert!(all, "{why}: it does not run");
    }
    if let Some(truth) = world.truth(state, for_update) {
        assert_eq!(now.told, truth, "{why}: {state:?}");
    }
}
