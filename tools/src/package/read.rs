// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reads a package as a device does, with the library's own parser.

use std::path::Path;

use sha2::{Digest, Sha256};
use swmgmt::verify::container::{Claim, Component, Facts, Fault, Parser, State, MAGIC};
use swmgmt::verify::manifest::{self, MANIFEST};
use swmgmt::verify::{sha256, Work};

use super::fault;
use super::files::pieces;
use super::outcome::{shown, Failure, Refusal};

/// An MCUboot image begins with this.
const MCUBOOT: [u8; MAGIC] = 0x96f3_b83d_u32.to_le_bytes();

/// A package that has been read to its end.
pub struct Package {
    /// The manifest, if all of it is right.
    known: Option<State>,
    room: Vec<u8>,
    pub fault: Option<Refusal>,
    pub size: u64,
    /// Of the whole file.
    pub sha256: [u8; 32],
}

struct Reading {
    state: State,
    known: Option<State>,
    room: Vec<u8>,
    work: Work,
}

impl Reading {
    fn parser(&mut self) -> Parser<'_> {
        Parser {
            state: &mut self.state,
            room: &mut self.room,
            hash: &sha256::DIGEST,
            payload: true,
            work: &mut self.work,
        }
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Fault> {
        while !bytes.is_empty() {
            let taken = (MANIFEST.take)(&mut self.parser(), bytes)?;
            bytes = bytes.get(taken..).unwrap_or_default();
            if self.known.is_none() && (MANIFEST.about)(&self.state, &self.room).is_some() {
                self.known = Some(self.state);
            }
        }
        Ok(())
    }
}

/// Reads a package, of which the manifest may take so much room.
pub fn read(path: &Path, room: u16) -> Result<Package, Failure> {
    let mut reading =
        Reading { state: State::NEW, known: None, room: vec![0; room.into()], work: Work::IDLE };
    let (mut whole, mut fault, mut begin) = (Sha256::new(), None, Vec::new());
    let size = pieces(path, 0, |bytes| {
        let missing = fault::HEAD.saturating_sub(begin.len());
        begin.extend(bytes.iter().take(missing));
        if begin.starts_with(&MCUBOOT) {
            let path = shown(path);
            return Err(Failure::usage(format!(
                "{path} is an MCUboot image: these are not read yet (imgtool dumpinfo and imgtool verify do)"
            )));
        }
        whole.update(bytes);
        if fault.is_none() {
            fault = reading.take(bytes).err();
        }
        Ok(())
    })?;
    if fault.is_none() {
        fault = (MANIFEST.end)(&mut reading.parser()).err();
    }
    let Reading { state, known, room, .. } = reading;
    let mut package = Package { known, room, fault: None, size, sha256: whole.finalize().into() };
    package.fault = fault.map(|fault| fault::explain(fault, &state, &begin, &package));
    Ok(package)
}

/// Reads a package that is to be sound.
pub fn sound(path: &Path) -> Result<Package, Failure> {
    let package = read(path, u16::MAX)?;
    package.fault.as_ref().map_or(Ok(()), |fault| Err(fault.failure(path)))?;
    Ok(package)
}

impl Package {
    /// `None`: the manifest is not right.
    pub fn about(&self) -> Option<Facts<'_>> {
        (MANIFEST.about)(self.known.as_ref()?, &self.room)
    }

    /// `None`: it is not signed.
    pub fn claim(&self) -> Option<Claim<'_>> {
        (MANIFEST.claim)(self.known.as_ref()?, &self.room)
    }

    /// The components, with their SHA-256.
    pub fn components(&self) -> impl Iterator<Item = (Component<'_>, &[u8; 32])> {
        (0..).map_while(|n| manifest::nth(self.known.as_ref()?, &self.room, n))
    }

    /// All fields of the manifest: type and value.
    pub fn fields(&self) -> impl Iterator<Item = (u8, &[u8])> {
        let mut rest =
            self.known.as_ref().and_then(|state| manifest::fields(state, &self.room)).unwrap_or_default();
        std::iter::from_fn(move || manifest::next(&mut rest))
    }

    /// Bytes of the manifest, 0 if it is not right.
    pub fn manifest(&self) -> u32 {
        self.known.map_or(0, |state| state.taken)
    }
}
