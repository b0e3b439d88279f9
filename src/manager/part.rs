// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Parts: what a configuration names, and so what is linked.

#![allow(non_camel_case_types)] // the header's name, so that it is found on both sides

use super::components::Components;
use super::config::{swmgmt_config_t as Config, POLICY_SIGNATURE};
use super::container::{Contained, Hooks};
use super::digest::Checked;
use super::download::Download;
use super::judge::Signed;
use super::records::Records;
use super::{Manager, Shared};
use crate::object::format::Format;
use crate::object::software;
use crate::operation::can;

/// A part of the library. What no configuration names is not linked.
#[derive(Debug)]
pub enum swmgmt_part_t {
    /// A digest for packages.
    Digest(&'static Checked),
    /// Object 14.
    Components(&'static Components),
    /// Downloads from a Package URI.
    Download(&'static Download),
    /// What survives a reboot.
    Records(&'static Records),
    /// A Content-Format.
    Content(&'static Format),
    /// What packages are packed in.
    Container(&'static Contained),
    /// A check of signatures.
    Signature(&'static Signed),
}

use swmgmt_part_t::*;

/// Whether a configuration names every part that it needs, and that these callbacks need.
pub fn is_complete(config: &Config, named: &[&swmgmt_part_t], can: u8) -> bool {
    let mut components = config.components == 0;
    let mut download = !config.offers(software::URI);
    let mut records = can & can::SAVE == 0;
    let (mut sha256, mut container, mut signature) = (false, false, can & can::SIGNATURE != 0);
    for part in named {
        match part {
            Content(_) => {}
            Digest(digest) => sha256 |= digest.of.algorithm == crate::verify::SHA256,
            Container(_) => container = true,
            Signature(_) => signature = true,
            Components(_) => components = true,
            Download(_) => download = true,
            Records(_) => records = true,
        }
    }
    let signed = container && signature || config.policy != POLICY_SIGNATURE;
    components && download && records && signed && (sha256 || !container)
}

impl Manager<'_> {
    /// The Content-Formats that the configuration names, in its order.
    pub fn formats(&self) -> impl Iterator<Item = &'static Format> + '_ {
        self.shared.parts.iter().filter_map(|part| match part {
            Content(format) => Some(*format),
            _ => None,
        })
    }
}

impl Shared<'_> {
    /// The digest of an algorithm.
    #[inline(never)]
    pub(super) fn digest(&self, algorithm: u8) -> Option<&'static Checked> {
        self.parts.iter().find_map(|part| match part {
            Digest(digest) if digest.of.algorithm == algorithm => Some(*digest),
            _ => None,
        })
    }

    #[inline(never)]
    pub(super) fn containers(&self) -> Option<&'static Hooks> {
        self.parts.iter().find_map(|part| match part {
            Container(part) => Some(part.hooks),
            _ => None,
        })
    }

    pub(super) fn signed(&self) -> Option<&'static Signed> {
        self.parts.iter().find_map(|part| match part {
            Signature(part) => Some(*part),
            _ => None,
        })
    }

    #[inline(never)]
    pub(super) fn components(&self) -> Option<&'static Components> {
        self.parts.iter().find_map(|part| match part {
            Components(part) => Some(*part),
            _ => None,
        })
    }

    #[inline(never)]
    pub(super) fn download(&self) -> Option<&'static Download> {
        self.parts.iter().find_map(|part| match part {
            Download(part) => Some(*part),
            _ => None,
        })
    }

    #[inline(never)]
    pub(super) fn records(&self) -> Option<&'static Records> {
        self.parts.iter().find_map(|part| match part {
            Records(part) => Some(*part),
            _ => None,
        })
    }
}
