// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reads a package as a device does, with the library's own parser.

use std::path::Path;

use sha2::{Digest, Sha256};
use swmgmt::verify::container::{Begins, Claim, Component, Container, Facts, Fault, Parser, State};
use swmgmt::verify::manifest::{self, MANIFEST};
use swmgmt::verify::mcuboot::MCUBOOT;
use swmgmt::verify::{sha256, Work};

use super::files::pieces;
use super::outcome::{shown, Failure, Refusal};
use super::{fault, image};

/// A package that has been read to its end.
pub struct Package {
    pub format: Format,
    /// What it says of itself, if all of that is right.
    known: Option<State>,
    room: Vec<u8>,
    pub fault: Option<Refusal>,
    pub size: u64,
    /// Of the whole file.
    pub sha256: [u8; 32],
}

/// What it is packed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Swpk,
    Mcuboot,
}

impl Format {
    fn of(begin: &[u8]) -> Format {
        if (MCUBOOT.begins)(begin) == Begins::Yes {
            Format::Mcuboot
        } else {
            Format::Swpk
        }
    }

    fn container(self) -> &'static Container {
        match self {
            Format::Swpk => &MANIFEST,
            Format::Mcuboot => &MCUBOOT,
        }
    }
}

/// The most that stands behind an image: two areas of TLVs.
const TLVS: usize = 2 << 16;

struct Reading {
    format: Format,
    state: State,
    /// The bytes behind an image, which are read at the end.
    tlvs: Vec<u8>,
    /// Bytes that were missing there.
    missing: u64,
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
        let container = self.format.container();
        while !bytes.is_empty() {
            let before = self.state.taken;
            (container.take)(&mut self.parser(), bytes)?;
            if self.format == Format::Mcuboot {
                let skipped = self.tlvs_at().saturating_sub(before) as usize;
                let tlvs = bytes.get(skipped..).unwrap_or_default();
                self.tlvs.extend(tlvs.iter().take(TLVS - self.tlvs.len()));
            }
            bytes = bytes.get((self.state.taken - before) as usize..).unwrap_or_default();
            if self.known.is_none() && (container.about)(&self.state, &self.room).is_some() {
                self.known = Some(self.state);
            }
        }
        Ok(())
    }

    /// Where an image ends, once its header is known.
    fn tlvs_at(&self) -> u32 {
        self.state.total - u32::from(self.state.component)
    }

    fn end(&mut self) -> Result<(), Fault> {
        let (from, taken, tlvs) = (self.tlvs_at(), self.state.taken, std::mem::take(&mut self.tlvs));
        let mut missing = 0;
        let read = &mut |at: u32, to: &mut [u8]| {
            missing = (u64::from(at) + to.len() as u64).saturating_sub(taken.into());
            let bytes = at.checked_sub(from).and_then(|at| tlvs.get(at as usize..)?.get(..to.len()));
            bytes.map(|bytes| to.copy_from_slice(bytes)).is_some()
        };
        let ended = (self.format.container().end)(&mut self.parser(), read);
        self.missing = missing;
        if ended.is_ok() {
            self.known.get_or_insert(self.state);
        }
        ended
    }
}

/// Reads a package, of which so much can be kept.
pub fn read(path: &Path, room: u16) -> Result<Package, Failure> {
    let mut reading = Reading {
        format: Format::Swpk,
        state: State::NEW,
        tlvs: Vec::new(),
        missing: 0,
        known: None,
        room: vec![0; room.into()],
        work: Work::IDLE,
    };
    let (mut whole, mut fault, mut begin) = (Sha256::new(), None, Vec::new());
    let size = pieces(path, 0, |bytes| {
        if begin.is_empty() {
            begin.extend(bytes.iter().take(fault::HEAD.max(image::HEAD)));
            reading.format = Format::of(&begin);
        }
        whole.update(bytes);
        if fault.is_none() {
            fault = reading.take(bytes).err();
        }
        Ok(())
    })?;
    let covered = reading.state.total;
    if fault.is_none() {
        fault = reading.end().err();
    }
    let Reading { format, state, known, room, missing, .. } = reading;
    let mut package = Package { format, known, room, fault: None, size, sha256: whole.finalize().into() };
    package.fault = fault.map(|fault| match format {
        Format::Swpk => fault::explain(fault, &state, &begin, &package),
        Format::Mcuboot => image::explain(fault, &state, &begin, (covered, missing)),
    });
    Ok(package)
}

/// Reads a package that is to be sound.
pub fn sound(path: &Path) -> Result<Package, Failure> {
    let package = read(path, u16::MAX)?;
    package.fault.as_ref().map_or(Ok(()), |fault| Err(fault.failure(path)))?;
    Ok(package)
}

impl Package {
    /// Refuses to go on with what only imgtool makes.
    pub fn not_an_image(&self, path: &Path) -> Result<(), Failure> {
        if self.format == Format::Swpk {
            return Ok(());
        }
        let path = shown(path);
        Err(Failure::usage(format!("{path} is an MCUboot image: imgtool makes, signs and changes these")))
    }

    /// `None`: the manifest is not right, or the image's end.
    pub fn about(&self) -> Option<Facts<'_>> {
        (self.format.container().about)(self.known.as_ref()?, &self.room)
    }

    /// `None`: it is not signed.
    pub fn claim(&self) -> Option<Claim<'_>> {
        (self.format.container().claim)(self.known.as_ref()?, &self.room)
    }

    /// The manifest's state, if there is one and it is right.
    fn manifest_state(&self) -> Option<&State> {
        self.known.as_ref().filter(|_| self.format == Format::Swpk)
    }

    /// The components, with their SHA-256.
    pub fn components(&self) -> impl Iterator<Item = (Component<'_>, &[u8; 32])> {
        (0..).map_while(|n| manifest::nth(self.manifest_state()?, &self.room, n))
    }

    /// All fields of the manifest: type and value.
    pub fn fields(&self) -> impl Iterator<Item = (u8, &[u8])> {
        let mut rest =
            self.manifest_state().and_then(|state| manifest::fields(state, &self.room)).unwrap_or_default();
        std::iter::from_fn(move || manifest::next(&mut rest))
    }

    /// Bytes of the manifest, 0 if there is none or it is not right.
    pub fn manifest(&self) -> u32 {
        self.manifest_state().map_or(0, |state| state.taken)
    }

    /// Bytes that a device keeps of it while it is checked.
    pub fn room(&self) -> u16 {
        self.known.map_or(0, |state| state.kept)
    }
}
