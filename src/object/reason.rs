// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Status Reason, 9/x/16: a result, a colon, and a word of our own.

/// Why the result is what it is. The numbers are those of the record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reason(pub(crate) u8);

#[allow(missing_docs)]
impl Reason {
    pub(crate) const NONE: Reason = Reason(0);
    pub(crate) const INTERRUPTED: Reason = Reason(1);
    pub(crate) const ACTIVATE: Reason = Reason(2);
    pub(crate) const DEACTIVATE: Reason = Reason(3);
    pub(crate) const STORAGE: Reason = Reason(4);
    pub(crate) const MEMORY: Reason = Reason(5);
    pub(crate) const TRANSFERS: Reason = Reason(6);
    pub(crate) const COMPONENTS: Reason = Reason(7);
    pub(crate) const CONNECTION: Reason = Reason(8);
    pub(crate) const TIMEOUT: Reason = Reason(9);
    pub(crate) const CHANGED: Reason = Reason(10);
    pub(crate) const INTEGRITY: Reason = Reason(11);
    pub(crate) const LENGTH: Reason = Reason(12);
    pub(crate) const DIGEST: Reason = Reason(13);
    pub(crate) const CRC: Reason = Reason(14);
    pub(crate) const TYPE: Reason = Reason(15);
    pub(crate) const NAME: Reason = Reason(16);
    pub(crate) const LIST: Reason = Reason(17);
    pub(crate) const URI: Reason = Reason(18);
    pub(crate) const DEVICE: Reason = Reason(19);
    pub(crate) const UNVERIFIED: Reason = Reason(20);
    pub(crate) const RECORD: Reason = Reason(21);
    pub(crate) const LOST: Reason = Reason(22);
    pub(crate) const GIVEN_UP: Reason = Reason(23);
    pub(crate) const INSTALL: Reason = Reason(24);
    pub(crate) const UNINSTALL: Reason = Reason(25);
    pub(crate) const PREPARE: Reason = Reason(26);
    pub(crate) const SIGNATURE: Reason = Reason(27);
    pub(crate) const KEY: Reason = Reason(28);
    pub(crate) const VENDOR: Reason = Reason(29);
    pub(crate) const CLASS: Reason = Reason(30);
    pub(crate) const OTHER_DEVICE: Reason = Reason(31);
    pub(crate) const UNSIGNED: Reason = Reason(32);
    pub(crate) const REVOKED: Reason = Reason(33);
    pub(crate) const ROLLBACK: Reason = Reason(34);
    pub(crate) const VERSION: Reason = Reason(35);
    pub(crate) const MINIMUM: Reason = Reason(36);
    pub(crate) const DEPENDENCY: Reason = Reason(37);
}

/// In the order of the numbers, a comma behind each: a quarter of a table of slices.
static TEXTS: &[u8] = b",0:interrupted,0:activate,0:deactivate,50:storage,51:memory,\
51:transfers,51:components,52:connection,52:timeout,52:changed,53:integrity,53:length,\
53:digest,53:crc,54:type,54:name,54:components,56:uri,57:device,57:unverified,57:record,\
57:lost,57:abandoned,58:install,59:uninstall,59:prepare,53:signature,53:key,54:vendor,\
54:class,54:device,57:unsigned,57:revoked,57:rollback,57:version,57:minimum,57:dependency,";

impl Reason {
    /// The text a server reads. A number of a newer release says nothing to us.
    #[inline(never)]
    pub fn text(self) -> &'static [u8] {
        let (mut number, mut start, mut n) = (self.0, 0usize, 0usize);
        for byte in TEXTS {
            if *byte == b',' {
                if number == 0 {
                    return TEXTS.get(start..n).unwrap_or_default();
                }
                number = number.wrapping_sub(1);
                start = n.wrapping_add(1);
            }
            n = n.wrapping_add(1);
        }
        b""
    }

    /// The result that it explains.
    pub fn result(self) -> u8 {
        match self.text() {
            [tens, ones, b':', ..] => {
                tens.wrapping_sub(b'0').wrapping_mul(10).wrapping_add(ones.wrapping_sub(b'0'))
            }
            _ => 0,
        }
    }

    /// The general reason of a result that the firmware gave.
    pub fn of(result: u8) -> Reason {
        match result {
            50 => Reason::STORAGE,
            51 => Reason::MEMORY,
            52 => Reason::CONNECTION,
            53 => Reason::INTEGRITY,
            54 => Reason::TYPE,
            56 => Reason::URI,
            57 => Reason::DEVICE,
            58 => Reason::INSTALL,
            59 => Reason::UNINSTALL,
            _ => Reason::NONE,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_text() {
        let all = [
            (Reason::NONE, ""),
            (Reason::INTERRUPTED, "0:interrupted"),
            (Reason::ACTIVATE, "0:activate"),
            (Reason::DEACTIVATE, "0:deactivate"),
            (Reason::STORAGE, "50:storage"),
            (Reason::MEMORY, "51:memory"),
            (Reason::TRANSFERS, "51:transfers"),
            (Reason::COMPONENTS, "51:components"),
            (Reason::CONNECTION, "52:connection"),
            (Reason::TIMEOUT, "52:timeout"),
            (Reason::CHANGED, "52:changed"),
            (Reason::INTEGRITY, "53:integrity"),
            (Reason::LENGTH, "53:length"),
            (Reason::DIGEST, "53:digest"),
            (Reason::CRC, "53:crc"),
            (Reason::TYPE, "54:type"),
            (Reason::NAME, "54:name"),
            (Reason::LIST, "54:components"),
            (Reason::URI, "56:uri"),
            (Reason::DEVICE, "57:device"),
            (Reason::UNVERIFIED, "57:unverified"),
            (Reason::RECORD, "57:record"),
            (Reason::LOST, "57:lost"),
            (Reason::GIVEN_UP, "57:abandoned"),
            (Reason::INSTALL, "58:install"),
            (Reason::UNINSTALL, "59:uninstall"),
            (Reason::PREPARE, "59:prepare"),
            (Reason::SIGNATURE, "53:signature"),
            (Reason::KEY, "53:key"),
            (Reason::VENDOR, "54:vendor"),
            (Reason::CLASS, "54:class"),
            (Reason::OTHER_DEVICE, "54:device"),
            (Reason::UNSIGNED, "57:unsigned"),
            (Reason::REVOKED, "57:revoked"),
            (Reason::ROLLBACK, "57:rollback"),
            (Reason::VERSION, "57:version"),
            (Reason::MINIMUM, "57:minimum"),
            (Reason::DEPENDENCY, "57:dependency"),
        ];
        for (n, (reason, text)) in all.iter().enumerate() {
            assert_eq!(usize::from(reason.0), n);
            assert_eq!(reason.text(), text.as_bytes());
            let result = text.split(':').next().and_then(|result| result.parse().ok());
            assert_eq!(reason.result(), result.unwrap_or(0));
        }
        assert_eq!(Reason(38).text(), b"");
        for result in 50..60u8 {
            let text = core::str::from_utf8(Reason::of(result).text()).unwrap();
            assert!(result == 55 || text.starts_with(&result.to_string()), "{text}");
        }
    }
}
