// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The page as a table: [`step`], evaluated when the library is compiled. [`look`] reads the
//! table and is equal to `step` on every input (`table_tests`), in 40 % of the flash.
//!
//! Each event has a list of rules: in these rows (states), this outcome; the first rule that
//! fits decides. Some rules stand behind a fact, and are skipped without it. Where an outcome
//! depends on the moment (the result so far, the code of a failure, whether the software still
//! runs), it has a mark, and `look` fills in the rest.
//!
//! A change of the page needs none here, unless an event comes to depend on another fact
//! (`BEHIND`) or an outcome on something new (`look`); the test fails then.

use super::*;

/// Rows of the table: the states by their numbers, then a state with a fact that makes it
/// another one.
const ROWS: usize = 15;
const ROWS_WITH_FACTS: [(State, u32); 3] = [(Initial, FOR_UPDATE), (Delivered, REPLACE), (Verifying, HELD)];

const fn row(state: State) -> u16 {
    1 << state as u16
}

// Sets of rows.
const ANY: u16 = (1 << ROWS) - 1;
const INITIAL: u16 = row(Initial) | 1 << 12;
const DELIVERED: u16 = row(Delivered) | 1 << 13;
const TRANSFERS: u16 = row(Receiving) | row(Fetching) | row(Verifying) | 1 << 14;
const INSTALLED: u16 = row(Inactive) | row(Active);
const SWITCHING: u16 = row(Activating) | row(Deactivating);

/// Facts that change what an event does, and the rows in which they do; the first that holds
/// decides.
const BEHIND: [(Event, u32, u16); 20] = [
    (PackageEmpty, EMPTY_CANCELS, INITIAL | TRANSFERS | DELIVERED),
    (UriEmpty, EMPTY_CANCELS, INITIAL | TRANSFERS | DELIVERED),
    (Install, USED_UP, DELIVERED),
    (Delete, FOR_UPDATE, ANY),
    (Delete, MAY_DELETE, INITIAL | TRANSFERS | DELIVERED),
    (Activate, ONE, INSTALLED | SWITCHING),
    (Deactivate, ONE, INSTALLED | SWITCHING),
    (Deactivate, SOME_ACTIVE, row(Inactive)),
    (Deactivate, ALL_ACTIVE, row(Inactive)),
    (ActivateOne, DISCARDING, INSTALLED),
    (DeactivateOne, DISCARDING, INSTALLED),
    (ActivateOne, ALREADY, INSTALLED),
    (DeactivateOne, ALREADY, INSTALLED),
    (Done, AUTO_ACTIVATE, row(Installing)),
    (Done, ONE, SWITCHING),
    (Done, SOME_ACTIVE, SWITCHING),
    (Done, NONE_ACTIVE, row(Activating)),
    (Done, ALL_ACTIVE, row(Deactivating)),
    (GivenUp, FOR_UPDATE, TRANSFERS | DELIVERED),
    (Unknown, fact::ONCE_MORE, SWITCHING | row(Preparing) | row(Uninstalling)),
];

/// Lists of rules: one an event, and one for packages while the storage is being erased.
const LISTS: usize = EVENTS.len() + 1;
const ERASING: usize = EVENTS.len();

pub(super) const STATES: [State; 12] = build::states();

pub(super) const EVENTS: [Event; 34] = [
    PackageFirst,
    PackageNext,
    PackageLast,
    PackageWhole,
    PackageEmpty,
    PackageRepeat,
    PackageGap,
    PackageOtherServer,
    PackageNothing,
    PackageMalformed,
    UriValid,
    UriEmpty,
    UriInvalid,
    Install,
    Uninstall,
    UninstallForUpdate,
    BadArgument,
    Activate,
    Deactivate,
    ActivateOne,
    DeactivateOne,
    Delete,
    Done,
    Failed,
    Stored,
    PushTimeout,
    GivenUp,
    Reboot,
    StillRunning,
    NotStarted,
    Unknown,
    PackageLost,
    Unsaved,
    NoTransfer,
];

// Bits of an outcome besides its effects. In a bit that no effect has: saves the result if it
// is another one.
const SAVE_CHANGE: u32 = 1 << 3;
const OBJECTS_AT: u32 = 22;
const NEXT_AT: u32 = 25;
const CLEARS_FLAG: u32 = 1 << 29;
const SETS_FLAG: u32 = 1 << 30;
const STAYS: u8 = 15;
// Results that depend on the moment.
const AS_IT_IS: u8 = 255;
const SEEN_FAILURE: u8 = 254;
const OF_CODE: u8 = 253;
const OF_DELIVERED: u8 = 252;

#[derive(Clone, Copy)]
struct Outcome {
    then: u32,
    result: u8,
    answer: u8,
}

/// A rule: rows, and the number of their outcome; or a fact by its number, with [`FACT`], and
/// how many rules are skipped without it.
type Rule = (u16, u8);
const FACT: u16 = 1 << ROWS;

// Runs in the compiler only, where a wrong index is an error.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod build {
    use super::*;

    pub(super) const fn states() -> [State; 12] {
        let mut states = [Initial; 12];
        let mut n = 0;
        while let Some(state) = State::from_number(n) {
            states[n as usize] = state;
            n += 1;
        }
        states
    }

    pub(super) struct Table {
        pub(super) outcomes: [Outcome; 128],
        pub(super) different: usize,
        pub(super) rules: [Rule; 256],
        pub(super) length: usize,
        pub(super) starts: [u8; LISTS],
    }

    /// Evaluates the page with a result that no state shows, and again with other inputs, to
    /// find out what depends on them.
    const fn outcome(row: usize, list: usize, fact: u32) -> Outcome {
        let (state, more) = if row < 12 { (STATES[row], 0) } else { ROWS_WITH_FACTS[row - 12] };
        let facts = more | fact | if list == ERASING { DISCARDING } else { 0 };
        let i = Situation { state, result: 200, code: 57, facts };
        let event = if list == ERASING { PackageFirst } else { EVENTS[list] };
        let s = step(&i, event);
        let result = if s.result == 200 && step(&Situation { result: 40, ..i }, event).result == 40 {
            AS_IT_IS
        } else if s.result == 200 {
            SEEN_FAILURE
        } else if s.result != step(&Situation { code: 50, ..i }, event).result {
            OF_CODE
        } else if s.result != step(&Situation { facts: facts | SHOWS_0, ..i }, event).result {
            OF_DELIVERED
        } else {
            s.result
        };
        let again = step(&Situation { result: s.result, ..i }, event);
        let mut then = if again.effects != s.effects { s.effects ^ SAVE | SAVE_CHANGE } else { s.effects };
        let updating = step(&Situation { facts: facts | FOR_UPDATE, ..i }, event);
        if s.for_update && !i.is(FOR_UPDATE) {
            then |= SETS_FLAG;
        } else if !updating.for_update && updating.effects == s.effects && updating.next as u8 == s.next as u8
        {
            then |= CLEARS_FLAG;
        }
        let next = if s.next as u8 == state as u8 { STAYS } else { s.next as u8 };
        then |= (s.objects as u32) << OBJECTS_AT | (next as u32) << NEXT_AT;
        Outcome { then, result, answer: s.answer }
    }

    /// Adds the rules of these rows. The commonest outcome comes last, and for all of them.
    const fn add(table: &mut Table, list: usize, fact: u32, rows: u16) {
        let mut ids = [0; ROWS];
        let mut row = 0;
        while row < ROWS {
            if rows >> row & 1 != 0 {
                let new = outcome(row, list, fact);
                let mut n = 0;
                while n < table.different {
                    let known = table.outcomes[n];
                    if known.then == new.then && known.result == new.result && known.answer == new.answer {
                        break;
                    }
                    n += 1;
                }
                table.outcomes[n] = new;
                if n == table.different {
                    table.different += 1;
                }
                ids[row] = n as u8;
            }
            row += 1;
        }
        let (mut left, first) = (rows, table.length);
        while left != 0 {
            // The outcome of fewest rows.
            let (mut id, mut fewest, mut row) = (0, 0u16, 0);
            while row < ROWS {
                let (mut same, mut n) = (0u16, 0);
                while n < ROWS {
                    if left >> n & 1 != 0 && ids[n] == ids[row] {
                        same |= 1 << n;
                    }
                    n += 1;
                }
                if same != 0 && (fewest == 0 || same.count_ones() < fewest.count_ones()) {
                    (id, fewest) = (ids[row], same);
                }
                row += 1;
            }
            left &= !fewest;
            table.rules[table.length] = (if left == 0 { rows } else { fewest }, id);
            table.length += 1;
        }
        if fact != 0 {
            let mut n = table.length;
            while n > first {
                table.rules[n] = table.rules[n - 1];
                n -= 1;
            }
            table.rules[first] = (FACT | fact.trailing_zeros() as u16, (table.length - first) as u8);
            table.length += 1;
        }
    }

    /// Takes back a list of rules with which another one ends.
    const fn share(table: &mut Table, list: usize) {
        let first = table.starts[list] as usize;
        let mut at = 0;
        while at + table.length <= 2 * first {
            let mut n = first;
            while n < table.length {
                let (this, that) = (table.rules[n], table.rules[at + n - first]);
                if this.0 != that.0 || this.1 != that.1 {
                    break;
                }
                n += 1;
            }
            if n == table.length {
                table.starts[list] = at as u8;
                table.length = first;
                return;
            }
            at += 1;
        }
    }

    pub(super) const fn table() -> Table {
        let none = Outcome { then: 0, result: 0, answer: 0 };
        let mut table = Table {
            outcomes: [none; 128],
            different: 0,
            rules: [(0, 0); 256],
            length: 0,
            starts: [0; LISTS],
        };
        let mut list = 0;
        while list < LISTS {
            table.starts[list] = table.length as u8;
            let mut n = 0;
            while n < BEHIND.len() {
                let (event, fact, rows) = BEHIND[n];
                if event as usize == list {
                    add(&mut table, list, fact, rows);
                }
                n += 1;
            }
            add(&mut table, list, 0, ANY);
            share(&mut table, list);
            list += 1;
        }
        assert!(table.length < 256); // STARTS are bytes
        table
    }

    pub(super) const fn when() -> [u16; BUILT.length] {
        let mut out = [0; BUILT.length];
        let mut n = 0;
        while n < out.len() {
            out[n] = BUILT.rules[n].0;
            n += 1;
        }
        out
    }

    pub(super) const fn which() -> [u8; BUILT.length] {
        let mut out = [0; BUILT.length];
        let mut n = 0;
        while n < out.len() {
            out[n] = BUILT.rules[n].1;
            n += 1;
        }
        out
    }

    pub(super) const fn thens() -> [u32; BUILT.different] {
        let mut out = [0; BUILT.different];
        let mut n = 0;
        while n < out.len() {
            out[n] = BUILT.outcomes[n].then;
            n += 1;
        }
        out
    }

    pub(super) const fn says() -> [[u8; 2]; BUILT.different] {
        let mut out = [[0; 2]; BUILT.different];
        let mut n = 0;
        while n < out.len() {
            out[n] = [BUILT.outcomes[n].result, BUILT.outcomes[n].answer];
            n += 1;
        }
        out
    }
}

const BUILT: build::Table = build::table();
static STARTS: [u8; LISTS] = BUILT.starts;
static WHEN: [u16; BUILT.length] = build::when();
static WHICH: [u8; BUILT.length] = build::which();
static THENS: [u32; BUILT.different] = build::thens();
static SAYS: [[u8; 2]; BUILT.different] = build::says();

/// Says what an event does, as [`step`].
pub(crate) fn look(i: &Situation, event: Event) -> Step {
    let erasing = i.is(DISCARDING) && event as u8 <= UriInvalid as u8;
    let id = find(i, if erasing { ERASING } else { event as usize });
    let then = THENS.get(id).copied().unwrap_or_default();
    let [result, mut answer] = SAYS.get(id).copied().unwrap_or_default();

    let result = match result {
        AS_IT_IS => i.result,
        SEEN_FAILURE if i.result >= 50 => i.result,
        SEEN_FAILURE => 57,
        OF_DELIVERED => i.delivered(),
        OF_CODE => {
            if answer == INTERNAL {
                answer = refusal(i.state, i.code);
            }
            fault(i.state, i.code)
        }
        constant => constant,
    };
    let mut effects = then & ((1 << OBJECTS_AT) - 1);
    if effects & SAVE_CHANGE != 0 {
        effects ^= if result == i.result { SAVE_CHANGE } else { SAVE_CHANGE | SAVE };
    }
    let mut for_update = i.is(FOR_UPDATE) && then & CLEARS_FLAG == 0 || then & SETS_FLAG != 0;
    let mut objects = (then >> OBJECTS_AT) as u8 & 7;
    let mut next = (then >> NEXT_AT) as u8 & 15;
    if effects & STOPPED != 0 {
        // BEFORE; the table has it for software that runs no more
        let runs = i.is(RUNS);
        if runs {
            effects ^= STOPPED;
        }
        next = if for_update { Initial as u8 } else { i.resting(runs, runs) as u8 };
    } else if matches!(i.state, Activating | Deactivating) && next | 1 == Active as u8 {
        next = i.resting(next == Active as u8, true) as u8;
    } else if effects & COUNT_ATTEMPT != 0 && i.is(OLD_LOST) {
        effects |= ABOUT;
        objects = Lose as u8;
        for_update = false;
    }
    Step {
        next: State::from_number(next).unwrap_or(i.state),
        for_update,
        result,
        answer,
        objects: match objects {
            1 => Unstage,
            2 => Show,
            3 => Hide,
            4 => Restore,
            5 => Lose,
            6 => Remove,
            _ => Same,
        },
        effects,
    }
}

/// Returns the number of the outcome.
fn find(i: &Situation, list: usize) -> usize {
    let row = match i.state {
        Initial if i.is(FOR_UPDATE) => 12,
        Delivered if i.is(REPLACE) => 13,
        Verifying if i.is(HELD) => 14,
        state => state as u16,
    };
    let mut at = STARTS.get(list).copied().map_or(0, usize::from);
    while let (Some(&when), Some(&which)) = (WHEN.get(at), WHICH.get(at)) {
        at = at.wrapping_add(1);
        if when & FACT != 0 {
            if i.facts >> (when & 31) & 1 == 0 {
                at = at.wrapping_add(which.into());
            }
        } else if when >> row & 1 != 0 {
            return which.into();
        }
    }
    0
}
