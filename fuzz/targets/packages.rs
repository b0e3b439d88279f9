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
    // An image is not read to its end then.
    let form = take(by, hash, package, cut, room, false);
    assert!(form == whole || whole == Err(Fault::Digest) || mcuboot && form == Ok(()));
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
            let before = state.taken;
            let parser = &mut Parser { state: &mut state, room, hash, work: &mut work, payload };
            (by.take)(parser, piece)?;
            assert_ne!(state.taken, before);
            piece = &piece[(state.taken - before) as usize..];
            let knows = (by.about)(&state, room).is_some();
            if knows && !known {
                assert!(by.keeps_head);
                told(by, &state, room);
            } else {
                assert!(piece.is_empty(), "it stops once");
            }
            known = knows;
        }
    }
    if !by.keeps_head && !payload {
        return Ok(());
    }
    let parser = &mut Parser { state: &mut state, room, hash, work: &mut work, payload };
    let ended = (by.end)(parser, &mut |at, to| {
        assert!(!by.keeps_head && !to.is_empty());
        let bytes = package.get(at as usize..).and_then(|bytes| bytes.get(..to.len()));
        bytes.map(|bytes| to.copy_from_slice(bytes)).is_some()
    });
    let knows = (by.about)(&state, room).is_some();
    if !by.keeps_head {
        assert_eq!(knows, ended.is_ok());
        if knows {
            told(by, &state, room);
        }
    }
    ended?;
    assert!(knows && state.total as usize == package.len());
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
