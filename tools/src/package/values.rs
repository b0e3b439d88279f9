// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What arguments mean, and how values are shown.

use std::path::{Path, PathBuf};

/// A component on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub name: String,
    pub version: String,
    pub kind: u16,
    pub file: PathBuf,
}

impl std::str::FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Source, String> {
        let mut source = Source { name: String::new(), version: String::new(), kind: 0, file: text.into() };
        let mut rest = text;
        // A file's name may have commas and equals signs: it comes last, or alone.
        while let Some((key @ ("name" | "version" | "type" | "file"), behind)) = rest.split_once('=') {
            if key == "file" {
                source.file = behind.into();
                rest = "";
                break;
            }
            let (value, more) = behind.split_once(',').ok_or("file=FILE must come last")?;
            match key {
                "name" => source.name = value.to_owned(),
                "version" => source.version = value.to_owned(),
                _ => source.kind = value.parse().map_err(|_| "type= is a number from 0 to 65535")?,
            }
            rest = more;
        }
        if !rest.is_empty() && rest.len() != text.len() {
            return Err(format!("{rest:?}: name=, version=, type= and at last file= are known"));
        }
        if source.name.is_empty() {
            let stem = Path::new(&source.file).file_stem().and_then(|stem| stem.to_str());
            source.name = stem.ok_or("the file's name cannot name the component: give name=")?.to_owned();
        }
        Ok(source)
    }
}

/// A device's id.
pub type Device = std::sync::Arc<[u8]>;

pub fn device(text: &str) -> Result<Device, String> {
    let bytes = match text.strip_prefix("hex:") {
        Some(digits) => bytes(digits).ok_or("these are not pairs of hex digits")?,
        None => text.as_bytes().to_vec(),
    };
    match bytes.len() {
        1..=32 => Ok(bytes.into()),
        length => Err(format!("{length} bytes, where 1 to 32 can be")),
    }
}

/// One bit of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bit {
    pub byte: u64,
    pub bit: u8,
}

pub fn flip(text: &str) -> Result<Bit, String> {
    let parse = || {
        let (byte, bit) = text.split_once('.')?;
        Some(Bit { byte: byte.parse().ok()?, bit: bit.parse().ok().filter(|bit| *bit < 8)? })
    };
    parse().ok_or_else(|| "a byte, a dot and a bit from 0 to 7, e.g. 400.0".to_owned())
}

pub fn uuid(text: &str) -> Result<[u8; 16], String> {
    let plain = text.strip_prefix("urn:uuid:").unwrap_or(text);
    let dashes =
        plain.len() == 36 && [8, 13, 18, 23].iter().all(|at| plain.as_bytes().get(*at) == Some(&b'-'));
    let digits = if dashes { plain.replace('-', "") } else { plain.to_owned() };
    let bytes = bytes(&digits).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| "32 hex digits, as in 2b5b3f0c-9d6a-4c1e-8f00-112233445566".to_owned())
}

/// Of pairs of hex digits.
pub fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    let byte = |pair: &[u8]| Some(value(*pair.first()?)? << 4 | value(*pair.get(1)?)?);
    digits.chunks(2).map(byte).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn show_uuid(bytes: &[u8]) -> String {
    let mut text = hex(bytes);
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text
}

/// As text if it reads as such: as [`device`] takes it.
pub fn show_device(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with("hex:") && !text.chars().any(char::is_control) => text.to_owned(),
        _ => format!("hex:{}", hex(bytes)),
    }
}

/// `1 byte`, `2 bytes`.
pub fn count(n: u64, word: &str) -> String {
    if n == 1 {
        format!("1 {word}")
    } else {
        format!("{n} {word}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components() {
        let source = |name: &str, version: &str, kind, file: &str| {
            Ok(Source { name: name.into(), version: version.into(), kind, file: file.into() })
        };
        assert_eq!("out/app.bin".parse(), source("app", "", 0, "out/app.bin"));
        assert_eq!("a,b=c.bin".parse(), source("a,b=c", "", 0, "a,b=c.bin"));
        assert_eq!("file=x=1,y.bin".parse(), source("x=1,y", "", 0, "x=1,y.bin"));
        let all = "version=1.3,type=65535,name=radio,file=a,name=b";
        assert_eq!(all.parse(), source("radio", "1.3", 65535, "a,name=b"));
        for bad in ["name=x", "type=65536,file=a", "name=x,colour=3,file=a", "name=x,app.bin", ".."] {
            assert!(bad.parse::<Source>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ids() {
        let vendor = uuid("2b5b3f0c-9d6a-4c1e-8f00-112233445566").unwrap();
        assert_eq!(uuid("2B5B3F0C9D6A4C1E8F00112233445566"), Ok(vendor));
        assert_eq!(show_uuid(&vendor), "2b5b3f0c-9d6a-4c1e-8f00-112233445566");
        for bad in ["", "2b5b", "2b5b3f0c9d6a4c1e8f0011223344556", "2b5b3f0c9d6a4c1e8f001122334455667", "zz"]
        {
            assert!(uuid(bad).is_err(), "{bad}");
        }
        for text in ["lamp-0001", "hex:00ff", "hex:6865783a"] {
            assert_eq!(show_device(&device(text).unwrap()), text);
        }
        for bad in ["", "hex:", "hex:0", "hex:0g", &"x".repeat(33)] {
            assert!(device(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bits() {
        assert_eq!(flip("400.7"), Ok(Bit { byte: 400, bit: 7 }));
        for bad in ["400", "400.8", ".1", "1.", "-1.0", "1.0.0"] {
            assert!(flip(bad).is_err(), "{bad}");
        }
    }
}
