// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The page as a table: [`step`], evaluated when the library is compiled. [`look`] reads it and
//! is equal to `step` on every input (`table_tests`), in half the flash.
//!
//! For each event there is a list of rules: in these rows, this outcome; the first that fits
//! holds. Some rules stand behind a fact, and are skipped without it. What an outcome cannot
//! know (the result so far, the code of a failure, whether the software still runs) is marked
//! in it, and filled in by `look`.

use super::*;

/// Rows: the states by their numbers, then a state and a fact that makes it another one.
const ROWS: usize = 16;
const FACTS_OF_ROWS: [(State, u32); 4] =
    [(Initial, FOR_UPDATE), (Delivered, REPLACE), (Verifying, HELD), (Installing, AUTO_ACTIVATE)];
const ALL: u32 = 0xFFFF;
const INITIAL: u32 = 1 | 1 << 12;
const DELIVERED: u32 = 1 << 4 | 1 << 13;
const TRANSFERS: u32 = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 14;
const INSTALLED: u32 = 1 << 6 | 1 << 7;
const STARTING: u32 = 1 << 8;
const STOPPING: u32 = 1 << 9;

/// Facts that change what an event does, and in which rows; the first that holds decides.
const BEHIND: [(Event, u32, u32); 19] = [
    (PackageEmpty, EMPTY_CANCELS, INITIAL | TRANSFERS | DELIVERED),
    (UriEmpty, EMPTY_CANCELS, INITIAL | TRANSFERS | DELIVERED),
    (Install, USED_UP, DELIVERED),
    (Delete, FOR_UPDATE, ALL),
    (Delete, MAY_DELETE, INITIAL | TRANSFERS | DELIVERED),
    (Activate, ONE, INSTALLED | STARTING),
    (Deactivate, ONE, INSTALLED | STOPPING),
    (Deactivate, SOME_ACTIVE, 1 << 6),
    (Deactivate, ALL_ACTIVE, 1 << 6),
    (ActivateOne, DISCARDING, INSTALLED),
    (DeactivateOne, DISCARDING, INSTALLED),
    (ActivateOne, ALREADY, INSTALLED),
    (DeactivateOne, ALREADY, INSTALLED),
    (Done, ONE, STARTING | STOPPING),
    (Done, SOME_ACTIVE, STARTING | STOPPING),
    (Done, NONE_ACTIVE, STARTING),
    (Done, ALL_ACTIVE, STOPPING),
    (GivenUp, FOR_UPDATE, TRANSFERS | DELIVERED),
    (Unknown, fact::ONCE_MORE, 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11),
];

/// Lists: the events, and what a package meets while the storage is being erased.
const LISTS: usize = NoTransfer as usize + 2;
const ERASING: usize = LISTS - 1;
const EVENTS: [Event; LISTS] = [
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
    PackageFirst,
];

// An outcome: effects, then these. Where effects have no bit, a mark: saves a result that is another.
const SAVE_CHANGE: u32 = 1 << 3;
const OBJECTS_AT: u32 = 22;
const NEXT_AT: u32 = 25;
const CLEARS_FLAG: u32 = 1 << 29;
const SETS_FLAG: u32 = 1 << 30;
const STAYS: u8 = 15;
// Results that are no constants.
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

/// A rule: rows and an outcome; or a fact and, marked, how many rules are skipped without it.
type Rule = [u8; 3];
const SKIP: u8 = 0x80;

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)] // when compiled
mod build {
    use super::*;

    pub(super) struct Table {
        pub(super) outcomes: [Outcome; 128],
        pub(super) different: usize,
        pub(super) rules: [Rule; 256],
        pub(super) length: usize,
        pub(super) starts: [u8; LISTS],
    }

    const STATES: [State; 12] = [
        Initial,
        Receiving,
        Fetching,
        Verifying,
        Delivered,
        Installing,
        Inactive,
        Active,
        Activating,
        Deactivating,
        Preparing,
        Uninstalling,
    ];

    /// Evaluates the page with results that no state shows, and looks at what depends on them.
    const fn outcome(row: usize, list: usize, fact: u32) -> Outcome {
        let (state, more) = if row < 12 { (STATES[row], 0) } else { FACTS_OF_ROWS[row - 12] };
        let facts = more | fact | if list == ERASING { DISCARDING } else { 0 };
        let i = Situation { state, result: 200, code: 57, facts };
        let event = EVENTS[list];
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
        } else if !updating.for_update && updating.effects == s.effects && updating.next as u8 == s.next as u8 {
            then |= CLEARS_FLAG;
        }
        let next = if s.next as u8 == state as u8 { STAYS } else { s.next as u8 };
        then |= (s.objects as u32) << OBJECTS_AT | (next as u32) << NEXT_AT;
        Outcome { then, result, answer: s.answer }
    }

    /// Adds the rules of these rows; the commonest outcome comes last, and for all of them.
    const fn add(mut table: Table, list: usize, fact: u32, rows: u32) -> Table {
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
            let (mut id, mut fewest, mut row) = (0, 0u32, 0);
            while row < ROWS {
                let (mut same, mut n) = (0u32, 0);
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
            let rule = if left == 0 { rows } else { fewest };
            table.rules[table.length] = [rule as u8, (rule >> 8) as u8, id];
            table.length += 1;
        }
        if fact != 0 {
            let mut n = table.length;
            while n > first {
                table.rules[n] = table.rules[n - 1];
                n -= 1;
            }
            table.rules[first] = [fact.trailing_zeros() as u8, 0, SKIP | (table.length - first) as u8];
            table.length += 1;
        }
        table
    }

    pub(super) const fn table() -> Table {
        let none = Outcome { then: 0, result: 0, answer: 0 };
        let mut table =
            Table { outcomes: [none; 128], different: 0, rules: [[0; 3]; 256], length: 0, starts: [0; LISTS] };
        let mut list = 0;
        while list < LISTS {
            table.starts[list] = table.length as u8;
            let mut n = 0;
            while n < BEHIND.len() {
                let (event, fact, rows) = BEHIND[n];
                if event as usize == list {
                    table = add(table, list, fact, rows);
                }
                n += 1;
            }
            table = add(table, list, 0, ALL);
            list += 1;
        }
        assert!(table.length < 256 && table.different < SKIP as usize);
        table
    }

    pub(super) const fn rules() -> [Rule; BUILT.length] {
        let mut out = [[0; 3]; BUILT.length];
        let mut n = 0;
        while n < out.len() {
            out[n] = BUILT.rules[n];
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
static RULES: [Rule; BUILT.length] = build::rules();
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
        SEEN_FAILURE => {
            if i.result >= 50 {
                i.result
            } else {
                57
            }
        }
        OF_DELIVERED => i.delivered(),
        OF_CODE => {
            if answer == INTERNAL && i.code == 50 {
                answer = TOO_LARGE;
            }
            fault(i.state, i.code)
        }
        result => result,
    };
    let mut effects = then & ((1 << OBJECTS_AT) - 1);
    if effects & SAVE_CHANGE != 0 {
        effects ^= if result == i.result { SAVE_CHANGE } else { SAVE_CHANGE | SAVE };
    }
    let mut for_update = i.is(FOR_UPDATE) && then & CLEARS_FLAG == 0 || then & SETS_FLAG != 0;
    let mut objects = (then >> OBJECTS_AT) as u8 & 7;
    let mut next = (then >> NEXT_AT) as u8 & 15;
    if effects & STOPPED != 0 {
        // BEFORE
        let runs = i.is(RUNS);
        if runs {
            effects ^= STOPPED;
        }
        next = if for_update { Initial as u8 } else { i.resting(runs, runs) as u8 };
    } else if matches!(i.state, Activating | Deactivating) && (next | 1) == Active as u8 {
        next = i.resting(next == Active as u8, true) as u8;
    } else if effects & COUNT_ATTEMPT != 0 && i.is(OLD_LOST) {
        effects |= ABOUT;
        objects = Lose as u8;
        for_update = false;
    }
    Step { next: State::from_number(next).unwrap_or(i.state), for_update, result, answer, objects: OBJECTS.get(usize::from(objects)).copied().unwrap_or(Same), effects }
}
static OBJECTS: [Objects; 7] = [Same, Unstage, Show, Hide, Restore, Lose, Remove];

/// Returns the number of the outcome.
fn find(i: &Situation, list: usize) -> usize {
    let row = match i.state {
        Initial if i.is(FOR_UPDATE) => 12,
        Delivered if i.is(REPLACE) => 13,
        Verifying if i.is(HELD) => 14,
        Installing if i.is(AUTO_ACTIVATE) => 15,
        state => state as u32,
    };
    let mut at = STARTS.get(list).copied().map_or(0, usize::from);
    while let Some(&[low, high, id]) = RULES.get(at) {
        at = at.wrapping_add(1);
        if id & SKIP != 0 {
            if i.facts >> (low & 31) & 1 == 0 {
                at = at.wrapping_add((id & !SKIP).into());
            }
        } else if u32::from(u16::from_le_bytes([low, high])) >> row & 1 != 0 {
            return id.into();
        }
    }
    0
}
