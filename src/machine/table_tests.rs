// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The table is the page: [`look`] is [`step`] on every input.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use super::table::{EVENTS, STATES};
use super::*;

const FACTS: [u32; 14] = [
    AUTO_ACTIVATE,
    REPLACE,
    SHOWS_0,
    EMPTY_CANCELS,
    MAY_DELETE,
    FOR_UPDATE,
    fact::ONCE_MORE,
    DISCARDING,
    HELD,
    ONE,
    USED_UP,
    ALREADY,
    RUNS,
    OLD_LOST,
];
const COMPONENTS: [u32; 4] = [0, SOME_ACTIVE, ALL_ACTIVE, NONE_ACTIVE];

fn check(i: &Situation) {
    if i.is(HELD) && i.state != Verifying {
        return; // HELD says that it verifies
    }
    for event in EVENTS {
        assert!(
            look(i, event) == step(i, event),
            "{event:?} {i:?} {:?} {:?}",
            look(i, event),
            step(i, event)
        );
    }
}

#[test]
fn with_all_facts() {
    let results = [0, 1, 2, 3, 50, 56, 57, 58];
    let codes = [0, 50, 52, 54, 56, 57, 58];
    for bits in 0..1usize << FACTS.len() {
        let facts: u32 = (0..).zip(FACTS).map(|(n, fact)| if bits >> n & 1 != 0 { fact } else { 0 }).sum();
        for (n, components) in COMPONENTS.into_iter().enumerate() {
            // Results and codes in turn: all of them are in the other test.
            let (result, code) = (results[(bits + n) % results.len()], codes[(bits + n) % codes.len()]);
            for state in STATES {
                check(&Situation { state, result, code, facts: facts | components });
            }
        }
    }
}

#[test]
fn with_all_results_and_codes() {
    for facts in [0, SHOWS_0 | MAY_DELETE, FOR_UPDATE | RUNS, FOR_UPDATE | OLD_LOST | MAY_DELETE | REPLACE] {
        for state in STATES {
            for result in 0..=60 {
                for code in (0..=3).chain(48..=61).chain([255]) {
                    check(&Situation { state, result, code, facts });
                }
            }
        }
    }
}
