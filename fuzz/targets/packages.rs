// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The parsers of packages, our own and MCUboot's, and the order of versions. An input is
//! what is asked, how a package is cut, how much room there is, and the package.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swmgmt::object::value::is_utf8;
use swmgmt::verify::container::{Begins, Container, Fault, Parser, State};
use swmgmt::verify::manifest::MANIFEST;
use swmgmt::verify::mcuboot::MCUBOOT;
use swmgmt::verify::{sha256, version, Digest, Work, SHA256};

/// Finds everything right whose digest is zeros: what is behind a digest can be reached.
static ZEROS: Digest = Digest {
    algorithm: SHA256,
    hosted: false,
    start: |_| {},
    update: |_, _| {},
    finish: |work| work.block = [0; 64],
};

fuzz_target!(|input: &[u8]| {
    let [what, cut, room, package @ ..] = input else {
        return;
    };
    let (cut, mut room) = (usize::from(*cut).max(1), vec![0; usize::from(*room) * 4]);
    match what {
        b'v' => {
            let (a, b) = package.split_at(cut.min(package.len()));
            assert_eq!(version::compare(a, b), version::compare(b, a).reverse());
            assert!(version::compare(a, a).is_eq());
        }
        b's' => same(&sha256::DIGEST, package, cut, &mut room),
        _ => same(&ZEROS, package, cut, &mut room),
    }
});

fn same(hash: &Digest, package: &[u8], cut: usize, room: &mut [u8]) {
    let mcuboot = (MCUBOOT.begins)(package) == Begins::Yes;
    let by = if mcuboot { &MCUBOOT } else { &MANIFEST };
    let whole = take(by, hash, package, package.len().max(1), room, true);
    assert_eq!(take(by, hash, package, cut, room, true), whole);
    // What is good when all is hashed is good when not, and a manifest is as good or as bad.
    let form = take(by, hash, package, cut, room, false);
    assert!(form == whole || whole == Err(Fault::Digest));
}

fn take(
    by: &Container,
    hash: &Digest,
    package: &[u8],
    cut: usize,
    room: &mut [u8],
    payload: bool,
) -> Result<(), Fault> {
    let (mut state, mut work) = (State::NEW, Work::IDLE);
    let mut known = false;
    for mut piece in package.chunks(cut) {
        while !piece.is_empty() {
            let parser = &mut Parser { state: &mut state, room, hash, work: &mut work, payload };
            let taken = (by.take)(parser, piece)?;
            piece = &piece[taken..];
            let knows = (by.about)(&state, room).is_some();
            if knows && !known {
                told(by, &state, room);
            } else {
                assert!(piece.is_empty(), "it stops once");
            }
            known = knows;
        }
    }
    let parser = &mut Parser { state: &mut state, room, hash, work: &mut work, payload };
    (by.end)(parser)?;
    assert!(known && state.total as usize == package.len());
    Ok(())
}

fn told(by: &Container, state: &State, room: &[u8]) {
    let about = (by.about)(state, room).unwrap();
    for text in [about.name, about.version, about.minimum] {
        assert!(text.len() < 256 && is_utf8(text));
    }
    assert!(!about.version.is_empty() && about.dependencies.len() % 12 == 0);
    let mut reached = state.taken;
    for n in 0..about.components {
        let component = (by.component)(state, room, n).unwrap();
        assert!(component.offset == reached && component.length != 0 && !component.name.is_empty());
        assert!(is_utf8(component.name) && is_utf8(component.version));
        reached = reached.checked_add(component.length).unwrap();
    }
    assert!(reached == state.total && (by.component)(state, room, about.components).is_none());
    if let Some(claim) = (by.claim)(state, room) {
        assert!(matches!(claim.algorithm, 1 | 2) && claim.signature.len() <= 72);
    }
}
