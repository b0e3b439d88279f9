// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A second reader of packages, from docs/package.md: so that the library's is not its own judge.

use sha2::{Digest, Sha256};

pub struct Package {
    pub name: String,
    pub version: String,
    pub vendor: Vec<u8>,
    pub class: Vec<u8>,
    pub device: Vec<u8>,
    pub counter: Option<u32>,
    pub minimum: String,
    pub components: Vec<Component>,
    pub ignored: Vec<(u8, Vec<u8>)>,
    pub key: Option<[u8; 32]>,
    pub digest: [u8; 32],
    /// Algorithm, and signature with what fills it up.
    pub signature: Option<(u8, Vec<u8>)>,
    pub manifest: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Component {
    pub kind: u16,
    pub name: String,
    pub version: String,
    pub bytes: Vec<u8>,
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn text(bytes: &[u8]) -> Result<String, u8> {
    String::from_utf8(bytes.to_vec()).map_err(|_| 53)
}

/// Where the digest's field begins, by what the lengths say.
pub fn digest_at(package: &[u8]) -> Option<usize> {
    let mut at = 12;
    while *package.get(at)? != 10 {
        at += 3 + usize::from(u16::from_le_bytes([*package.get(at + 1)?, *package.get(at + 2)?]));
    }
    Some(at)
}

/// A package, or the Update Result.
pub fn read(package: &[u8]) -> Result<Package, u8> {
    for (n, wanted) in b"SWPK\x01\x00".iter().enumerate() {
        match package.get(n) {
            None => return Err(53),
            Some(byte) if byte != wanted => return Err(54),
            _ => {}
        }
    }
    let head = package.get(..12).ok_or(53)?;
    let size = usize::from(u16::from_le_bytes([head[6], head[7]]));
    let total = u32::from_le_bytes([head[8], head[9], head[10], head[11]]) as usize;
    if size <= 12 || total <= size {
        return Err(53);
    }
    let manifest = package.get(..size).ok_or(53)?;
    let (mut fields, mut wanted, mut last) = (Vec::new(), Vec::new(), 0);
    let mut at = 12;
    while at < size {
        let kind = manifest[at];
        if last == 11 || last == 10 && kind != 11 {
            return Err(53);
        }
        if kind < 128 {
            if kind == 0 || kind > 11 {
                return Err(54);
            }
            if kind < last || kind == last && kind != 8 {
                return Err(53);
            }
            last = kind;
        }
        let length = manifest.get(at + 1..at + 3).ok_or(53)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        let value = manifest.get(at + 3..at + 3 + length).ok_or(53)?;
        let most = match kind {
            1 | 2 | 7 => 255,
            3 | 4 => 16,
            5 => 32,
            6 => 4,
            9 | 10 => 32,
            _ => usize::MAX,
        };
        let least = if matches!(kind, 3 | 4 | 6 | 9 | 10) { most } else { 1 };
        if length < least {
            return Err(53);
        }
        if length > most {
            return Err(54);
        }
        match kind {
            1 | 2 | 7 => drop(text(value)?),
            8 => {
                let bytes = u32::from_le_bytes(value.get(..4).ok_or(53)?.try_into().unwrap());
                let hash: [u8; 32] = value.get(4..36).ok_or(53)?.try_into().unwrap();
                let kind = u16::from_le_bytes(value.get(36..38).ok_or(53)?.try_into().unwrap());
                let named = usize::from(*value.get(38).ok_or(53)?);
                let (name, version) = (value.get(39..39 + named).ok_or(53)?, &value[39 + named..]);
                if version.len() > 255 {
                    return Err(54);
                }
                if bytes == 0 || named == 0 {
                    return Err(53);
                }
                wanted.push((bytes as usize, hash, kind, text(name)?, text(version)?));
            }
            10 if sha256(&manifest[..at]) != *value => return Err(53),
            11 => match value[0] {
                1 if length == 65 => {}
                2 if length == 73 && value[1] == 0x30 && value[2] <= 70 => {
                    if value[3 + usize::from(value[2])..].iter().any(|byte| *byte != 0) {
                        return Err(53);
                    }
                }
                1 | 2 => return Err(53),
                _ => return Err(54),
            },
            _ => {}
        }
        fields.push((kind, value));
        at += 3 + length;
    }
    let find = |wanted: u8| fields.iter().find(|(kind, _)| *kind == wanted).map(|(_, value)| *value);
    if wanted.is_empty() || find(9).is_some() != find(11).is_some() {
        return Err(53);
    }
    if size + wanted.iter().map(|(length, ..)| length).sum::<usize>() != total {
        return Err(53);
    }
    let mut components = Vec::new();
    let mut at = size;
    for (length, hash, kind, name, version) in wanted {
        let bytes = package.get(at..at + length).ok_or(53)?.to_vec();
        if sha256(&bytes) != hash {
            return Err(53);
        }
        components.push(Component { kind, name, version, bytes });
        at += length;
    }
    if package.len() != total {
        return Err(53);
    }
    Ok(Package {
        name: text(find(1).ok_or(53)?)?,
        version: text(find(2).ok_or(53)?)?,
        vendor: find(3).unwrap_or_default().to_vec(),
        class: find(4).unwrap_or_default().to_vec(),
        device: find(5).unwrap_or_default().to_vec(),
        counter: find(6).map(|value| u32::from_le_bytes(value.try_into().unwrap())),
        minimum: text(find(7).unwrap_or_default())?,
        components,
        ignored: fields.iter().filter(|f| f.0 >= 128).map(|f| (f.0, f.1.to_vec())).collect(),
        key: find(9).map(|value| value.try_into().unwrap()),
        digest: find(10).ok_or(53)?.try_into().unwrap(),
        signature: find(11).map(|value| (value[0], value[1..].to_vec())),
        manifest: size,
    })
}

/// Whether the signature is right, and the key id that of the key.
pub fn signed(package: &Package, pem: &[u8]) -> bool {
    use ed25519_dalek::pkcs8::{DecodePublicKey, EncodePublicKey};
    let key = ed25519_dalek::VerifyingKey::from_public_key_pem(std::str::from_utf8(pem).expect("PEM"))
        .expect("key");
    let (algorithm, signature) = package.signature.as_ref().expect("signature");
    let signature = ed25519_dalek::Signature::from_slice(signature).expect("64 bytes");
    let der = key.to_public_key_der().expect("DER");
    *algorithm == 1
        && package.key == Some(sha256(der.as_bytes()))
        && key.verify_strict(&package.digest, &signature).is_ok()
}
