// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A manifest's fields, to write them again with changes. Those that nobody here knows stay.

use swmgmt::verify::manifest::field::{COMPONENT, DIGEST, IGNORABLE, KEY, SIGNATURE};
use swmgmt::verify::writer::{put, seal};

use super::files::{pieces, Output};
use super::keys::Private;
use super::outcome::Failure;
use super::read::Package;

/// Without those that prove it.
pub struct Fields<'a>(Vec<(u8, &'a [u8])>);

impl<'a> Fields<'a> {
    pub fn of(package: &'a Package) -> Fields<'a> {
        Fields(package.fields().filter(|(kind, _)| !matches!(*kind, KEY | DIGEST | SIGNATURE)).collect())
    }

    /// Puts a field, of a type below that of components, in its place.
    pub fn set(&mut self, kind: u8, value: &'a [u8]) {
        debug_assert!(kind < COMPONENT);
        self.0.retain(|(other, _)| *other != kind);
        let later = |(other, _): &(u8, &[u8])| *other > kind && *other < IGNORABLE;
        let at = self.0.iter().position(later).unwrap_or(self.0.len());
        self.0.insert(at, (kind, value));
    }

    /// Writes the package with these fields, its components as they are.
    pub fn write(
        &self,
        package: &Package,
        from: &std::path::Path,
        key: Option<&Private>,
        to: &mut Output,
    ) -> Result<(), Failure> {
        let mut fields = Vec::new();
        for (kind, value) in &self.0 {
            put(&mut fields, *kind, &[*value]).map_err(Failure::usage)?;
        }
        let payload = package.size.saturating_sub(package.manifest().into());
        to.write(&sealed(key, |signer| seal(fields, payload, signer))?)?;
        pieces(from, package.manifest().into(), |bytes| to.write(bytes))?;
        Ok(())
    }
}

/// Calls the writer with the key's signer, if there is a key.
pub fn sealed(
    key: Option<&Private>,
    write: impl FnOnce(Option<&swmgmt::verify::writer::Signer<'_>>) -> Result<Vec<u8>, String>,
) -> Result<Vec<u8>, Failure> {
    let manifest = match key {
        Some(key) => key.signer(|signer| write(Some(signer)))?,
        None => write(None),
    };
    manifest.map_err(Failure::usage)
}
