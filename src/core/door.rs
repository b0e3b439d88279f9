// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The door: the only way from the core to the firmware.

use super::instance::flag;
use super::operation::{Kind, Operation, Verdict};
use super::text::Text;
use super::{Core, Joint, Part};
use crate::object::NONE;

/// A name and a version that the firmware tells.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct About<'a> {
    pub name: &'a [u8],
    pub version: &'a [u8],
    pub active: bool,
}

/// Why it tells none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AboutError {
    /// There is none, or no more.
    Missing,
    /// It could not, or told nonsense.
    Failed,
}

impl Core<'_> {
    /// Asks the firmware for an operation, see [`Operation`], and takes its verdict on the
    /// spot. What it says besides is in [`Core::told`] afterwards.
    #[inline(never)]
    pub(crate) fn ask(&mut self, kind: Kind, number: u32, offset: u32, length: u32) -> Verdict {
        let begun = matches!(kind, Kind::Cancel | Kind::Outcome);
        let operation = Operation {
            number,
            instance: self.i.id,
            component: self.component,
            shown: if begun { length as u8 } else { kind as u8 },
            active: self.i.has(flag::ACTIVE),
            for_update: self.i.has(flag::FOR_UPDATE),
            reserved: 0,
            offset,
            length,
            kind,
        };
        // Parts perform the operations that they alone ask for: firmware without them links none.
        let mut perform = self.perform;
        if kind != Kind::Write || length != 0 {
            let of_part = |part: &&Part| part.perform.filter(|(kinds, _)| kinds >> kind as u8 & 1 != 0);
            if let Some((_, of_part)) = self.parts.iter().find_map(of_part) {
                perform = of_part;
            }
        }
        let told = perform(self, &operation);
        self.told = told.more;
        told.verdict
    }

    /// Takes what the firmware says of names, before the next callback: of the software, of the
    /// package that is being verified (`package`), or of a component.
    pub(crate) fn said(&mut self, about: &Result<About<'_>, AboutError>, package: bool) {
        if self.component != NONE {
            self.hook(Joint::About(about));
        } else if package {
            self.package_name(about);
        } else if let Ok(about) = about {
            self.set_name(Text::Name, about.name);
            self.set_name(Text::Version, about.version);
        }
    }
}
