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
use crate::verify::SHA256;

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

/// Parts that something else may need.
const COMPONENTS: u8 = 1;
const DOWNLOAD: u8 = 2;
const RECORDS: u8 = 4;
const DIGEST: u8 = 8;
const CONTAINER: u8 = 16;
const SIGNATURE: u8 = 32;

/// A part needs a callback that is not there.
#[derive(Debug)]
pub struct NoCallback;

/// Whether a configuration names every part that it needs, and that these callbacks need; and
/// whether the parts have key() and hash(), if they need them.
#[inline(never)]
pub fn look_over(
    config: &Config,
    named: &[&swmgmt_part_t],
    can: u8,
    key: bool,
    hash: bool,
) -> Result<bool, NoCallback> {
    let need = |so: bool, bit: u8| if so { bit } else { 0 };
    let mut lacks = need(config.components != 0, COMPONENTS)
        | need(config.offers(software::URI), DOWNLOAD)
        | need(can & can::SAVE != 0, RECORDS)
        | need(config.policy == POLICY_SIGNATURE, CONTAINER | SIGNATURE);
    if can & can::SIGNATURE != 0 {
        lacks &= !SIGNATURE;
    }
    let mut has = 0;
    for part in named {
        has |= match part {
            Content(_) => 0,
            Digest(digest) if digest.of.hosted && !hash => return Err(NoCallback),
            Digest(digest) => need(digest.of.algorithm == SHA256, DIGEST),
            Signature(_) if !key => return Err(NoCallback),
            Signature(_) => SIGNATURE,
            Container(_) => CONTAINER,
            Components(_) => COMPONENTS,
            Download(_) => DOWNLOAD,
            Records(_) => RECORDS,
        };
    }
    lacks |= need(has & CONTAINER != 0, DIGEST);
    Ok(lacks & !has == 0)
}

/// One of the containers; what is called of it is the same for all.
#[inline(never)]
pub(super) fn contained(parts: &[&'static swmgmt_part_t]) -> Option<&'static Contained> {
    parts.iter().find_map(|part| match part {
        Container(part) => Some(*part),
        _ => None,
    })
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
    pub(super) fn contained(&self) -> Option<&'static Contained> {
        contained(self.parts)
    }

    /// What is called where there are containers.
    pub(super) fn containers(&self) -> Option<&'static Hooks> {
        self.contained().map(|part| part.hooks)
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
