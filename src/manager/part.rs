// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Parts: what a configuration names, and so what is linked.

#![allow(non_camel_case_types)] // the header's name, so that it is found on both sides

use super::components;
use crate::verify::Digest;

/// A part of the library. What no configuration names is not linked.
#[derive(Debug)]
pub enum swmgmt_part_t {
    /// A digest for packages.
    Digest(&'static Digest),
    /// Object 14.
    Components(&'static components::Part),
}

/// The parts that are there.
#[derive(Clone, Copy, Default, Debug)]
pub struct Parts {
    crc32: Option<&'static Digest>,
    sha256: Option<&'static Digest>,
    components: bool,
}

impl Parts {
    /// Adds one.
    pub fn add(&mut self, part: &'static swmgmt_part_t) {
        match part {
            swmgmt_part_t::Digest(digest) if digest.algorithm == crate::verify::CRC32 => {
                self.crc32 = Some(digest)
            }
            swmgmt_part_t::Digest(digest) => self.sha256 = Some(digest),
            swmgmt_part_t::Components(_) => self.components = true,
        }
    }

    /// Whether Object 14 is there.
    pub fn components(&self) -> bool {
        self.components
    }

    /// The digest of an algorithm.
    pub(crate) fn digest(&self, algorithm: u8) -> Option<&'static Digest> {
        match algorithm {
            crate::verify::CRC32 => self.crc32,
            crate::verify::SHA256 => self.sha256,
            _ => None,
        }
    }
}
