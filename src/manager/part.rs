// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Parts: what a configuration names, and so what is linked.

#![allow(non_camel_case_types)] // the header's name, so that it is found on both sides

use super::components::Components;
use super::config::swmgmt_config_t as Config;
use super::digest::Checked;
use super::download::Download;
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
}

use swmgmt_part_t::*;

/// Whether a configuration names every part that it needs, and that these callbacks need.
pub fn is_complete(config: &Config, named: &[&swmgmt_part_t], can: u8) -> bool {
    let mut components = config.components == 0;
    let mut download = !config.offers(software::URI);
    let mut records = can & can::SAVE == 0;
    for part in named {
        match part {
            Digest(_) | Content(_) => {}
            Components(_) => components = true,
            Download(_) => download = true,
            Records(_) => records = true,
        }
    }
    components && download && records
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
