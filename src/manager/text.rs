// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The texts of instances and transfers, in the caller's memory: for each instance
//! name, version, User Name, Password and Install's arguments, then a Package URI for
//! each transfer, which ends in NUL.

use super::config::swmgmt_config_t as Config;
use super::instance::{changed, NOBODY};
use super::{About, Manager, Memory};

/// Which text of an instance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Name,
    Version,
    User,
    Password,
    Arguments,
}

impl Memory<'_> {
    /// How many bytes the texts take.
    pub fn text(config: &Config) -> usize {
        let instances = usize::from(config.instances).wrapping_mul(stride(config));
        instances.wrapping_add(usize::from(config.transfers).wrapping_mul(uri_room(config)))
    }
}

fn stride(config: &Config) -> usize {
    let twice = config.text.wrapping_add(config.credentials()).wrapping_mul(2);
    usize::from(twice.wrapping_add(config.arguments))
}

fn uri_room(config: &Config) -> usize {
    if config.uri() == 0 {
        0
    } else {
        usize::from(config.uri()).wrapping_add(1)
    }
}

impl Manager<'_> {
    /// Start and room of a text.
    fn place_of(&self, place: u8, which: Text) -> (usize, usize) {
        let text = usize::from(self.config.text);
        let credentials = usize::from(self.config.credentials());
        let start = usize::from(place).wrapping_mul(stride(self.config));
        let (offset, room) = match which {
            Text::Name => (0, text),
            Text::Version => (text, text),
            Text::User => (text.wrapping_mul(2), credentials),
            Text::Password => (text.wrapping_mul(2).wrapping_add(credentials), credentials),
            Text::Arguments => {
                (text.wrapping_add(credentials).wrapping_mul(2), usize::from(self.config.arguments))
            }
        };
        (start.wrapping_add(offset), room)
    }

    fn length_of(&self, place: u8, which: Text) -> usize {
        let Some(instance) = self.instance(place) else {
            return 0;
        };
        usize::from(match which {
            Text::Name => instance.name_length,
            Text::Version => instance.version_length,
            Text::User => instance.user_length,
            Text::Password => instance.password_length,
            Text::Arguments => instance.arguments_length,
        })
    }

    #[inline(never)]
    pub(super) fn text(&self, place: u8, which: Text) -> &[u8] {
        let (start, room) = self.place_of(place, which);
        let length = self.length_of(place, which).min(room);
        self.memory.text.get(start..start.wrapping_add(length)).unwrap_or_default()
    }

    /// Keeps a text; `false` if it is too long, and then the old one stays.
    #[inline(never)]
    pub(super) fn set_text(&mut self, place: u8, which: Text, bytes: &[u8]) -> bool {
        let (start, room) = self.place_of(place, which);
        if bytes.len() > room || bytes.len() > 255 {
            return false;
        }
        if let Some(to) = self.memory.text.get_mut(start..start.wrapping_add(bytes.len())) {
            to.copy_from_slice(bytes);
        }
        if let Some(instance) = self.memory.instances.get_mut(usize::from(place)) {
            let length = bytes.len() as u8;
            match which {
                Text::Name => instance.name_length = length,
                Text::Version => instance.version_length = length,
                Text::User => instance.user_length = length,
                Text::Password => instance.password_length = length,
                Text::Arguments => instance.arguments_length = length,
            }
        }
        true
    }

    /// Keeps the slot's name and version; what does not fit is not kept at all.
    #[inline(never)]
    pub(super) fn set_names(&mut self, place: u8, about: About<'_>) {
        for (which, bytes, bit) in
            [(Text::Name, about.name, changed::NAME), (Text::Version, about.version, changed::VERSION)]
        {
            let bytes = if bytes.len() > usize::from(self.config.text) { &[] } else { bytes };
            if self.text(place, which) != bytes {
                self.set_text(place, which, bytes);
                if let Some(instance) = self.at(place) {
                    instance.changed |= bit;
                }
            }
        }
    }

    #[inline(never)]
    fn uri_place(&self, place: u8) -> Option<usize> {
        let mut start = usize::from(self.config.instances).wrapping_mul(stride(self.config));
        for transfer in self.memory.transfers.iter() {
            if transfer.owner == place && place != NOBODY {
                return Some(start);
            }
            start = start.wrapping_add(uri_room(self.config));
        }
        None
    }

    /// The Package URI that an instance fetches from, with a NUL behind it.
    #[inline(never)]
    pub(super) fn uri(&self, place: u8) -> &[u8] {
        let Some(start) = self.uri_place(place) else {
            return &[0];
        };
        let room = self.memory.text.get(start..start.wrapping_add(uri_room(self.config))).unwrap_or_default();
        let end = room.iter().position(|byte| *byte == 0).map_or(0, |end| end.wrapping_add(1));
        room.get(..end).unwrap_or_default()
    }

    pub(super) fn set_uri(&mut self, place: u8, uri: &[u8]) {
        let Some(start) = self.uri_place(place) else {
            return;
        };
        let room = uri_room(self.config);
        if let Some(room) = self.memory.text.get_mut(start..start.wrapping_add(room)) {
            room.fill(0);
            for (to, from) in room.iter_mut().zip(uri) {
                *to = *from;
            }
        }
    }
}
