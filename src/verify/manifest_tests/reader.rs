// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Reads a package as docs/package.md says, and with nothing of the parser's.

use super::ROOM;
use sha2::{Digest as _, Sha256};

/// What was told of a package.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    pub size: usize,
    pub texts: Vec<Vec<u8>>,
    pub counter: Option<u32>,
    /// Name, version, kind, offset, length.
    pub components: Vec<(Vec<u8>, Vec<u8>, u16, u32, u32)>,
    /// Algorithm, key, digest, signature.
    pub claim: Option<(u8, Vec<u8>, Vec<u8>, Vec<u8>)>,
}

/// What it says, or the result.
pub fn read(package: &[u8]) -> Result<Told, u8> {
    let start = b"SWPK\x01\x00";
    if package.iter().zip(start).any(|(a, b)| a != b) {
        return Err(54);
    }
    let number = |at: usize, n: usize| {
        let bytes = package.get(at..at + n)?;
        Some(bytes.iter().rev().fold(0u64, |sum, byte| sum * 256 + u64::from(*byte)))
    };
    let (size, total) = (number(6, 2).ok_or(53)? as usize, number(8, 4).ok_or(53)?);
    if size <= 12 || total <= size as u64 {
        return Err(53);
    }
    if size > ROOM {
        return Err(51);
    }
    let manifest = package.get(..size).ok_or(53)?;
    let mut told = Told { size, texts: vec![vec![]; 6], ..Told::default() };
    let mut kinds: Vec<u8> = vec![];
    let mut digests = vec![];
    let mut key = None;
    let mut at = 12;
    while at < size {
        let kind = manifest[at];
        let known = (1..=11).contains(&kind);
        if kinds.contains(&10) && kind != 11 {
            return Err(53);
        }
        if !known && kind < 128 {
            return Err(54);
        }
        let last = kinds.last().copied().unwrap_or(0);
        if known && (kind < last || kind == last && kind != 8) {
            return Err(53);
        }
        let length = manifest.get(at + 1..at + 3).ok_or(53)?;
        let length = usize::from(length[0]) + usize::from(length[1]) * 256;
        let value = manifest.get(at + 3..at + 3 + length).ok_or(53)?;
        let least_most = match kind {
            1 | 2 | 7 => 1..=255,
            3 | 4 => 16..=16,
            5 => 1..=32,
            6 => 4..=4,
            9 | 10 => 32..=32,
            _ => 1..=65535,
        };
        if !least_most.contains(&length) {
            return Err(if length < *least_most.start() { 53 } else { 54 });
        }
        if matches!(kind, 1 | 2 | 7) && std::str::from_utf8(value).is_err() {
            return Err(53);
        }
        match kind {
            1..=5 => told.texts[usize::from(kind) - 1] = value.to_vec(),
            6 => told.counter = Some(u32::from_le_bytes(value.try_into().unwrap())),
            7 => told.texts[5] = value.to_vec(),
            8 => {
                if length < 39 || length < 39 + usize::from(value[38]) {
                    return Err(53);
                }
                let (name, version) = value[39..].split_at(value[38].into());
                if version.len() > 255 || digests.len() == 255 {
                    return Err(54);
                }
                let bytes = u32::from_le_bytes(value[..4].try_into().unwrap());
                let texts = [name, version].map(|text| std::str::from_utf8(text).is_ok());
                if bytes == 0 || name.is_empty() || texts != [true; 2] {
                    return Err(53);
                }
                let kind = u16::from(value[36]) + u16::from(value[37]) * 256;
                digests.push(value[4..36].to_vec());
                told.components.push((name.to_vec(), version.to_vec(), kind, 0, bytes));
            }
            9 => key = Some(value.to_vec()),
            10 if value != &Sha256::digest(&manifest[..at])[..] => return Err(53),
            10 => told.claim = Some((0, vec![], value.to_vec(), vec![])),
            11 => {
                let (algorithm, mut signature) = (value[0], &value[1..]);
                if algorithm == 2 && signature.len() == 72 && signature[0] == 0x30 && signature[1] <= 70 {
                    let (der, zeros) = signature.split_at(2 + usize::from(signature[1]));
                    signature = if zeros.iter().all(|byte| *byte == 0) { der } else { &[] };
                } else if algorithm == 1 && signature.len() != 64 || algorithm == 2 {
                    signature = &[];
                }
                if algorithm != 1 && algorithm != 2 {
                    return Err(54);
                }
                if signature.is_empty() {
                    return Err(53);
                }
                let digest = told.claim.take().map(|claim| claim.2);
                told.claim = digest
                    .map(|digest| (algorithm, key.clone().unwrap_or_default(), digest, signature.to_vec()));
            }
            _ => {}
        }
        if known {
            kinds.push(kind);
        }
        at += 3 + length;
    }
    let has = |kind| kinds.contains(&kind);
    if !(has(1) && has(2) && has(8) && has(10)) || has(9) != has(11) {
        return Err(53);
    }
    told.claim = told.claim.filter(|_| has(11));
    let mut offset = size as u64;
    for (component, digest) in told.components.iter_mut().zip(digests) {
        component.3 = offset as u32;
        let end = offset + u64::from(component.4);
        let bytes = package.get(offset as usize..end as usize).ok_or(53)?;
        if Sha256::digest(bytes)[..] != digest {
            return Err(53);
        }
        offset = end;
    }
    if offset != total || offset != package.len() as u64 {
        return Err(53);
    }
    Ok(told)
}
