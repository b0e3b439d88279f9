// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What the firmware decides once, before anything runs.

#![allow(non_camel_case_types)] // the header's name, so that it is found on both sides

/// A part of the library. What no configuration names is not linked.
pub struct swmgmt_part_t {
    _opaque: (),
}

pub(crate) const POLICY_DIGEST: u8 = 0;
pub(crate) const POLICY_CRC: u8 = 1;
pub(crate) const POLICY_NONE: u8 = 2;
pub(crate) const POLICY_SIGNATURE: u8 = 3;

pub(crate) const AUTO_ACTIVATE: u32 = 1;
pub(crate) const REPLACE_IN_DELIVERED: u32 = 2;
pub(crate) const RESULT_IN_DELIVERED_0: u32 = 4;
pub(crate) const EMPTY_WRITE_CANCELS: u32 = 8;
pub(crate) const SERVER_MAY_CREATE: u32 = 16;
pub(crate) const SERVER_MAY_DELETE: u32 = 32;
pub(crate) const ALLOW_OLDER: u32 = 64;

pub(crate) const UNLIMITED: u8 = 255;

/// What the firmware decides once. It is kept, not copied: make it `static const`.
/// A field that is left out is 0 and means what its line says.
#[repr(C)]
#[derive(Debug)]
pub struct swmgmt_config_t {
    /// `sizeof(swmgmt_config_t)`, so that later releases can add fields.
    pub size: u32,
    /// The optional resources of Object 9 to offer: a sum of SWMGMT_OFFER(n), with
    /// n one of 2, 3, 5, 8, 13 ... 18; at least one of 2 and 3. The mandatory ones
    /// are always there. 3 needs fetch() and the part ::swmgmt_download.
    pub resources: u32,
    /// A sum of options, SWMGMT_AUTO_ACTIVATE and so on. 0: none.
    pub options: u32,
    /// A push that has brought nothing for so many milliseconds has failed (52).
    /// 0: 300000.
    pub push_timeout_ms: u32,
    /// How many bytes of a download may have to be fetched again after a power cut:
    /// its progress is saved each time so many have arrived. 0: 65536.
    pub checkpoint: u32,
    /// The parts to link: an array of `part_count` pointers, kept.
    pub parts: *const *const swmgmt_part_t,
    /// 0 ... 32.
    pub part_count: u16,
    /// Room for instances of Object 9, 1 ... 255.
    pub instances: u16,
    /// Room for instances of Object 14, 0 ... 255; above 0 the part
    /// ::swmgmt_components must be named, too. While a package updates software, the
    /// components of both count.
    pub components: u16,
    /// How many packages may be on their way at the same time, 1 ... 255.
    pub transfers: u16,
    /// Bytes kept of each name and of each version, 0 ... 255. 0: versions of packages are
    /// not compared, and one that needs a lowest version is refused.
    pub text: u16,
    /// Bytes kept of Install's arguments, 0 ... 255; longer ones are refused.
    /// 0: arguments are dropped.
    pub arguments: u16,
    /// Bytes kept of User Name and of Password, 0 ... 255; longer ones are refused.
    pub credentials: u16,
    /// Bytes of the work buffer, through which packages are read back and records
    /// are written. Less than a record needs is raised to that.
    pub work: u16,
    /// Bytes kept of the head of each package on its way; one that needs more is refused
    /// (51). For ::swmgmt_package 206 and its texts if there is one signed component, 42
    /// and its texts for each further one; for ::swmgmt_mcuboot 200, and 12 for each
    /// dependency. 0: 512.
    pub head: u16,
    /// SWMGMT_REQUIRE_DIGEST (0), SWMGMT_ALLOW_CRC, SWMGMT_ALLOW_NONE or
    /// SWMGMT_REQUIRE_SIGNATURE.
    pub policy: u8,
    /// After so many failed installs of one package Install is refused until the
    /// package is discarded or replaced. 0: 3; SWMGMT_UNLIMITED: never.
    pub max_install_attempts: u8,
    /// 0
    pub reserved: [u8; 4],
}

const RESOURCES: u32 = bits(&[2, 3, 5, 8, 13, 14, 15, 16, 17, 18]);

/// Package and Package URI.
const ARRIVES: u32 = bits(&[2, 3]);

const fn bits(resources: &[u32]) -> u32 {
    match resources {
        [] => 0,
        [first, rest @ ..] => 1 << *first | bits(rest),
    }
}

impl swmgmt_config_t {
    /// Whether Object 9 has the optional `resource`.
    pub(crate) fn offers(&self, resource: u16) -> bool {
        resource < 32 && self.resources & (1 << resource) != 0
    }

    /// Whether an option is on.
    pub(crate) fn option(&self, option: u32) -> bool {
        self.options & option != 0
    }

    pub(crate) fn push_timeout(&self) -> u32 {
        if self.push_timeout_ms == 0 {
            300_000
        } else {
            self.push_timeout_ms
        }
    }

    pub(crate) fn checkpoint(&self) -> u32 {
        if self.checkpoint == 0 {
            65_536
        } else {
            self.checkpoint
        }
    }

    /// Bytes kept of the head of a package.
    pub(crate) fn head(&self) -> usize {
        if self.head == 0 {
            512
        } else {
            self.head.into()
        }
    }

    /// Whether no install of a package may fail after so many.
    pub(crate) fn is_last_attempt(&self, failed: u8) -> bool {
        match self.max_install_attempts {
            0 => failed >= 3,
            UNLIMITED => false,
            limit => failed >= limit,
        }
    }

    /// Bytes kept of a Package URI.
    pub(crate) fn uri(&self) -> u16 {
        if self.offers(3) {
            255
        } else {
            0
        }
    }

    /// Bytes in a record of what packages say of themselves.
    pub(crate) fn said(&self) -> usize {
        let texts = usize::from(self.text).wrapping_add(1).wrapping_mul(2);
        usize::from(self.components).wrapping_add(1).wrapping_mul(texts).wrapping_add(9)
    }

    /// Bytes of the work buffer: as many as are asked for, and as a record needs, in which
    /// so many bytes are of what packages say of themselves.
    pub(crate) fn work_length(&self, said: usize) -> usize {
        let record = crate::record::size(self.text, self.uri(), self.components);
        usize::from(self.work).max(record.wrapping_add(said))
    }

    /// Bytes kept of User Name, and of Password.
    pub(crate) fn credentials(&self) -> u16 {
        if self.offers(14) || self.offers(15) {
            self.credentials
        } else {
            0
        }
    }

    /// Whether every number is in its range.
    pub(crate) fn is_valid(&self) -> bool {
        let counts = self.instances | self.components | self.transfers;
        let lengths = self.text | self.arguments | self.credentials;
        counts | lengths <= 255
            && self.instances != 0
            && self.transfers != 0
            && self.resources & !RESOURCES == 0
            && self.resources & ARRIVES != 0
            && self.options < 128
            && self.part_count <= 32
            && self.policy <= POLICY_SIGNATURE
            && self.reserved == [0; 4]
    }
}
