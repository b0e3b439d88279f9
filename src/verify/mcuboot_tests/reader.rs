// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reads an image as docs/package.md says, and with nothing of the parser's.

use sha2::{Digest as _, Sha256};

/// What was told of an image.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    pub version: String,
    pub counter: Option<u32>,
    pub vendor: Vec<u8>,
    pub class: Vec<u8>,
    pub dependencies: Vec<u8>,
    /// Algorithm, key, digest, signature.
    pub claim: Option<(u8, Vec<u8>, Vec<u8>, Vec<u8>)>,
}

/// The bytes that have not been read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn bytes(&mut self, n: usize) -> Result<&'a [u8], u8> {
        let bytes = self.0.get(..n).ok_or(53)?;
        self.0 = &self.0[n..];
        Ok(bytes)
    }

    fn number(&mut self, n: usize) -> Result<u64, u8> {
        Ok(self.bytes(n)?.iter().rev().fold(0, |sum, byte| sum * 256 + u64::from(*byte)))
    }
}

/// What it says, or the result, with so much room for dependencies.
pub fn read(image: &[u8], more: usize) -> Result<Told, u8> {
    let mut told = Told::default();
    let mut head = Rest(image.get(..32).ok_or(53)?);
    if head.number(4)? != 0x96f3_b83d {
        return Err(54);
    }
    head.number(4)?;
    let (header, protected, body) = (head.number(2)?, head.number(2)?, head.number(4)?);
    if header < 32 || header + protected + body > u64::from(u32::MAX) {
        return Err(53);
    }
    if head.number(4)? & !0x131 != 0 {
        return Err(54);
    }
    let version = [1, 1, 2, 4].map(|n| head.number(n).unwrap());
    told.version = format!("{}.{}.{}", version[0], version[1], version[2]);
    if version[3] != 0 {
        told.version += &format!("+{}", version[3]);
    }

    let mut rest = Rest(image);
    rest.bytes((header + body) as usize)?;
    if protected != 0 {
        if (rest.number(2)?, rest.number(2)?) != (0x6908, protected) || protected < 4 {
            return Err(53);
        }
        let mut left = protected - 4;
        let mut seen = vec![];
        while left != 0 {
            let (kind, value) = tlv(
                &mut rest,
                &mut left,
                |kind, length| match kind {
                    0x40 => exact(length, 12).and(room_for(told.dependencies.len() + length, more)),
                    0x50 => exact(length, 4),
                    0x74 | 0x75 => exact(length, 16),
                    0x60 => Ok(()),
                    0xffff => Err(54),
                    _ if kind % 256 >= 0xa0 => Ok(()),
                    _ => Err(54),
                },
                |kind| matches!(kind, 0x50 | 0x74 | 0x75) && seen.contains(&kind),
            )?;
            seen.push(kind);
            match kind {
                0x40 => told.dependencies.extend(value),
                0x50 => told.counter = Some(u32::from_le_bytes(value.try_into().unwrap())),
                0x74 => told.vendor = value.to_vec(),
                0x75 => told.class = value.to_vec(),
                _ => {}
            }
        }
    }
    let covered = image.len() - rest.0.len();
    let size = (rest.number(2)?, rest.number(2)?);
    if size.0 != 0x6907 || size.1 < 4 {
        return Err(53);
    }
    let mut left = size.1 - 4;
    let mut values: Vec<(u64, &[u8])> = vec![];
    while left != 0 {
        let order: &[u64] = match values.len() {
            0 => &[0x10],
            1 => &[0x01],
            2 => &[0x22, 0x24],
            _ => &[],
        };
        let (kind, value) = tlv(
            &mut rest,
            &mut left,
            |kind, length| match kind {
                0x10 | 0x01 => exact(length, 32),
                0x24 => exact(length, 64),
                0x22 if (2..=72).contains(&length) => Ok(()),
                0x22 | 0x40 | 0x50 | 0x60 | 0x74 | 0x75 => Err(53),
                _ => Err(54),
            },
            |kind| !order.contains(&kind),
        )?;
        if kind == 0x10 && value != &Sha256::digest(&image[..covered])[..] {
            return Err(53);
        }
        let mut value = value;
        if kind == 0x22 {
            let end = 2 + usize::from(value[1]);
            if value[0] != 0x30 || end > value.len() || value[end..].iter().any(|byte| *byte != 0) {
                return Err(53);
            }
            if end != value.len() && value.len() != 72 {
                return Err(53);
            }
            value = &value[..end];
        }
        values.push((kind, value));
    }
    if !rest.0.is_empty() || values.is_empty() || values.len() == 2 {
        return Err(53);
    }
    if let [digest, key, signature] = &values[..] {
        let algorithm = if signature.0 == 0x24 { 1 } else { 2 };
        told.claim = Some((algorithm, key.1.to_vec(), digest.1.to_vec(), signature.1.to_vec()));
    }
    Ok(told)
}

fn exact(length: usize, wanted: usize) -> Result<(), u8> {
    if length == wanted {
        Ok(())
    } else {
        Err(53)
    }
}

fn room_for(needed: usize, room: usize) -> Result<(), u8> {
    if needed <= room {
        Ok(())
    } else {
        Err(51)
    }
}

/// The next one; whether it can be there at all, and whether it can here.
fn tlv<'a>(
    rest: &mut Rest<'a>,
    left: &mut u64,
    known: impl Fn(u64, usize) -> Result<(), u8>,
    misplaced: impl Fn(u64) -> bool,
) -> Result<(u64, &'a [u8]), u8> {
    if *left < 4 {
        return Err(53);
    }
    let (kind, length) = (rest.number(2)?, rest.number(2)?);
    *left -= 4;
    match known(kind, length as usize) {
        Err(54) => return Err(54),
        _ if length > *left || misplaced(kind) => return Err(53),
        other => other?,
    }
    *left -= length;
    Ok((kind, rest.bytes(length as usize)?))
}
