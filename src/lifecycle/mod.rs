// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One software's life: the package machine and the activation machine of Object 9, as
//! pure functions. tests/conformance states the same once more, cell by cell.

pub mod reason;

/// States of the machine. INITIAL_FOR_UPDATE is `Initial` with the for-update flag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum State {
    /// Nothing here yet.
    Initial = 0,
    /// A server pushes a package.
    Receiving = 1,
    /// The device downloads one.
    Fetching = 2,
    /// It is complete and being verified.
    Verifying = 3,
    /// It is verified and can be installed.
    Delivered = 4,
    /// It is being installed.
    Installing = 5,
    /// Installed, not running.
    Inactive = 6,
    /// Installed and running.
    Active = 7,
    /// Being started.
    Activating = 8,
    /// Being stopped.
    Deactivating = 9,
    /// Being made ready for an update.
    Preparing = 10,
    /// Being removed.
    Uninstalling = 11,
}

use State::*;

impl State {
    /// From a record.
    pub fn from_number(number: u8) -> Option<State> {
        Some(match number {
            0 => Initial,
            1 => Receiving,
            2 => Fetching,
            3 => Verifying,
            4 => Delivered,
            5 => Installing,
            6 => Inactive,
            7 => Active,
            8 => Activating,
            9 => Deactivating,
            10 => Preparing,
            11 => Uninstalling,
            _ => return None,
        })
    }

    /// Update State, 9/x/7. An update's software that is being removed shows 0: the
    /// server has seen INITIAL since Uninstall with argument 1.
    pub fn shown(self, for_update: bool) -> u8 {
        match self {
            Initial => 0,
            Receiving | Fetching => 1,
            Verifying => 2,
            Delivered | Installing => 3,
            Uninstalling if for_update => 0,
            Inactive | Active | Activating | Deactivating | Preparing | Uninstalling => 4,
        }
    }

    /// A package is on its way, or being verified.
    pub fn is_transfer(self) -> bool {
        matches!(self, Receiving | Fetching | Verifying)
    }

    /// The software is installed, and nothing is being done to it.
    pub fn is_installed(self) -> bool {
        matches!(self, Inactive | Active)
    }
}

/// What a server asks of the machine, besides bringing a package.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// 9/x/4
    Install,
    /// 9/x/6 without argument, or with 0.
    Uninstall,
    /// 9/x/6 with 1.
    ForUpdate,
    /// 9/x/10
    Activate,
    /// 9/x/11
    Deactivate,
    /// Delete of the instance.
    Delete,
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// 4.05, nothing changes.
    Refused,
    /// 2.04, nothing changes: it is so already, or on its way.
    Already,
    /// 2.04, and Update State is notified though it is the same: a server that repeats
    /// Uninstall with argument 1 waits for it.
    ShowAgain,
    /// To this state.
    Go(State),
}

/// Decides a request.
pub fn decide(state: State, for_update: bool, request: Request) -> Decision {
    use Decision::*;
    match request {
        Request::Install => match state {
            Delivered => Go(Installing),
            Initial | Receiving | Fetching | Verifying | Installing | Inactive | Active | Activating
            | Deactivating | Preparing | Uninstalling => Refused,
        },
        Request::Uninstall => match state {
            Initial if for_update => Go(Uninstalling),
            Initial => Refused,
            Receiving | Fetching | Verifying | Delivered => Go(Initial),
            Inactive | Active => Go(Uninstalling),
            Uninstalling => Already,
            Installing | Activating | Deactivating | Preparing => Refused,
        },
        Request::ForUpdate => match state {
            Initial if for_update => ShowAgain,
            Initial => Refused,
            Inactive | Active => Go(Preparing),
            Preparing => Already,
            Receiving | Fetching | Verifying | Delivered | Installing | Activating | Deactivating
            | Uninstalling => Refused,
        },
        Request::Activate => match state {
            Inactive => Go(Activating),
            Active | Activating => Already,
            Initial | Receiving | Fetching | Verifying | Delivered | Installing | Deactivating
            | Preparing | Uninstalling => Refused,
        },
        Request::Deactivate => match state {
            Active => Go(Deactivating),
            Inactive | Deactivating => Already,
            Initial | Receiving | Fetching | Verifying | Delivered | Installing | Activating | Preparing
            | Uninstalling => Refused,
        },
        Request::Delete => match state {
            Initial | Receiving | Fetching | Verifying | Delivered if !for_update => Go(Initial),
            Initial | Receiving | Fetching | Verifying | Delivered | Installing | Inactive | Active
            | Activating | Deactivating | Preparing | Uninstalling => Refused,
        },
    }
}

/// The Update Result that a failure shows, told with `code`, in `state`; a code of 0 is
/// one that does not exist. Activation has none: 0.
#[inline(never)]
pub fn failure(state: State, code: u8) -> u8 {
    match (state, code) {
        (Receiving | Verifying, 50 | 51 | 53 | 54) => code,
        (Fetching, 50..=54 | 56) => code,
        (Initial | Receiving | Fetching | Verifying | Delivered, _) => 57,
        (Installing, 57) => 57,
        (Installing, _) => 58,
        (Preparing | Uninstalling, _) => 59,
        (Inactive | Active | Activating | Deactivating, _) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_a_state_is_its_own() {
        for n in 0..=255 {
            match State::from_number(n) {
                Some(state) => assert_eq!(state as u8, n),
                None => assert!(n > 11),
            }
        }
    }

    #[test]
    fn only_results_that_servers_know_are_ever_shown() {
        for n in 0..12 {
            for code in 0..=255 {
                let result = State::from_number(n).map_or(0, |state| failure(state, code));
                assert!(matches!(result, 0 | 50..=54 | 56..=59), "{n} {code}");
            }
        }
    }
}
