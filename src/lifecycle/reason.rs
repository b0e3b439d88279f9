// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Status Reason, 9/x/16: a result, a colon, and a word of our own.

/// Why the result is what it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Reason {
    None = 0,
    Interrupted,
    Activate,
    Deactivate,
    Storage,
    Memory,
    Transfers,
    Components,
    Connection,
    Timeout,
    Changed,
    Integrity,
    Length,
    Digest,
    Crc,
    Type,
    Name,
    List,
    Uri,
    Device,
    Unverified,
    Record,
    Lost,
    GivenUp,
    Install,
    Uninstall,
    Prepare,
}

use Reason::*;

const ALL: [(Reason, &str); 27] = [
    (None, ""),
    (Interrupted, "0:interrupted"),
    (Activate, "0:activate"),
    (Deactivate, "0:deactivate"),
    (Storage, "50:storage"),
    (Memory, "51:memory"),
    (Transfers, "51:transfers"),
    (Components, "51:components"),
    (Connection, "52:connection"),
    (Timeout, "52:timeout"),
    (Changed, "52:changed"),
    (Integrity, "53:integrity"),
    (Length, "53:length"),
    (Digest, "53:digest"),
    (Crc, "53:crc"),
    (Type, "54:type"),
    (Name, "54:name"),
    (List, "54:components"),
    (Uri, "56:uri"),
    (Device, "57:device"),
    (Unverified, "57:unverified"),
    (Record, "57:record"),
    (Lost, "57:lost"),
    (GivenUp, "57:abandoned"),
    (Install, "58:install"),
    (Uninstall, "59:uninstall"),
    (Prepare, "59:prepare"),
];

impl Reason {
    /// The text a server reads.
    pub fn text(self) -> &'static [u8] {
        ALL.get(self as usize).map_or(&[], |(_, text)| text.as_bytes())
    }

    /// From a record; a number of a newer release says nothing to us.
    pub fn from_number(number: u8) -> Reason {
        ALL.get(usize::from(number)).map_or(None, |(reason, _)| *reason)
    }

    /// The general reason of a result that the firmware gave.
    pub fn of(result: u8) -> Reason {
        match result {
            50 => Storage,
            51 => Memory,
            52 => Connection,
            53 => Integrity,
            54 => Type,
            56 => Uri,
            57 => Device,
            58 => Install,
            59 => Uninstall,
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_numbers() {
        for (n, (reason, text)) in ALL.iter().enumerate() {
            assert_eq!(*reason as usize, n);
            assert_eq!(Reason::from_number(n as u8), *reason);
            assert_eq!(reason.text(), text.as_bytes());
        }
        for result in 50..60u8 {
            let text = core::str::from_utf8(Reason::of(result).text()).unwrap();
            assert!(result == 55 || text.starts_with(&result.to_string()), "{text}");
        }
    }
}
