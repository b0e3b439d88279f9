// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What a device asks of a package beside its being whole.

use std::cmp::Ordering;

use swmgmt::verify::container::Facts;
use swmgmt::verify::version;

use super::keys::Public;
use super::outcome::{Failure, Refusal};
use super::read::Package;
use super::values::{hex, show_device, show_uuid};
use crate::report::printable;

/// A device, as far as it is known. What is `None` is not checked.
#[derive(Default)]
pub struct Policy<'a> {
    /// Trusted keys; a signature by one of them is required.
    pub keys: Option<&'a [Public]>,
    /// Ids of keys that are trusted no more, whatever else is said.
    pub revoked: &'a [[u8; 32]],
    pub vendor: Option<[u8; 16]>,
    pub class: Option<[u8; 16]>,
    pub device: Option<&'a [u8]>,
    /// The highest that has been installed.
    pub counter: Option<u32>,
    pub installed: Option<&'a str>,
}

impl Policy<'_> {
    /// Why such a device refuses the package: what stands first in its bytes counts, so the
    /// manifest is judged before the components.
    pub fn refuses(&self, package: &Package) -> Result<Option<Refusal>, Failure> {
        let Some(about) = package.about() else {
            return Ok(package.fault.clone());
        };
        Ok(self
            .signature(package)?
            .or_else(|| self.addressee(&about))
            .or_else(|| self.rollback(&about))
            .or_else(|| package.fault.clone()))
    }

    fn signature(&self, package: &Package) -> Result<Option<Refusal>, Failure> {
        let Some(keys) = self.keys else {
            return Ok(None);
        };
        let Some(claim) = package.claim() else {
            return Ok(Some(Refusal::new("57:unsigned", "it is not signed")));
        };
        if self.revoked.contains(claim.key) {
            let why = format!("it is signed with a key that was revoked: {}", hex(claim.key));
            return Ok(Some(Refusal::new("57:revoked", why)));
        }
        for key in keys {
            if key.id()? == *claim.key {
                return Ok((!key.verifies(&claim)).then(forged));
            }
        }
        Ok(Some(stranger(claim.key)))
    }

    fn addressee(&self, about: &Facts<'_>) -> Option<Refusal> {
        let other = |ours: Option<&[u8]>, theirs: &[u8]| {
            ours.is_some_and(|ours| !theirs.is_empty() && ours != theirs)
        };
        if other(self.vendor.as_ref().map(|id| &id[..]), about.vendor) {
            return Some(Refusal::new("54:vendor", format!("it is for vendor {}", show_uuid(about.vendor))));
        }
        if other(self.class.as_ref().map(|id| &id[..]), about.class) {
            return Some(Refusal::new("54:class", format!("it is for class {}", show_uuid(about.class))));
        }
        other(self.device, about.device)
            .then(|| Refusal::new("54:device", format!("it is for device {}", show_device(about.device))))
    }

    fn rollback(&self, about: &Facts<'_>) -> Option<Refusal> {
        // A package without a counter is as one with 0.
        let (ours, theirs) = (self.counter.unwrap_or(0), about.counter.unwrap_or(0));
        if theirs < ours {
            let why = format!("its security counter is {theirs}, and {ours} has been installed");
            return Some(Refusal::new("57:rollback", why));
        }
        let installed = self.installed?;
        let show = |text: &[u8]| printable(&String::from_utf8_lossy(text));
        if version::compare(about.version, installed.as_bytes()) == Ordering::Less {
            let why =
                format!("its version {} is lower than {installed}, which is installed", show(about.version));
            return Some(Refusal::new("57:version", why));
        }
        if version::compare(installed.as_bytes(), about.minimum) == Ordering::Less {
            let why = format!("it needs {} installed, and {installed} is", show(about.minimum));
            return Some(Refusal::new("57:minimum", why));
        }
        None
    }
}

/// The signature is not one.
pub fn forged() -> Refusal {
    Refusal::new("53:signature", "its signature is not right")
}

pub fn stranger(key: &[u8; 32]) -> Refusal {
    Refusal::new("53:key", format!("it is signed with a key that is not trusted: {}", hex(key)))
}
