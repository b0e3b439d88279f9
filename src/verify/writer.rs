// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Writes manifests, `docs/package.md`: for the command `swmgmt package`, and for tests.

use super::container::{ECDSA_P256, ED25519};
use super::manifest::{field, COMPONENTS, DER, HEAD, MAGIC};
use super::{sha256, Work};

/// What a manifest says. What is empty or `None` is not in it.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Package<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub vendor: Option<[u8; 16]>,
    pub class: Option<[u8; 16]>,
    pub device: &'a [u8],
    pub counter: Option<u32>,
    pub minimum: &'a str,
    pub components: Vec<Component<'a>>,
}

/// One component: its bytes come behind the manifest.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Component<'a> {
    pub name: &'a str,
    /// May be empty.
    pub version: &'a str,
    pub kind: u16,
    pub length: u64,
    /// SHA-256.
    pub digest: [u8; 32],
}

/// Bytes before a field's value.
const FIELD: usize = 3;

/// Makes a signature over a digest: with ECDSA it is the hash, with Ed25519 the message.
pub type Sign<'a> = dyn Fn(&[u8; 32]) -> Result<Vec<u8>, String> + 'a;

/// Who signs.
#[allow(missing_docs, missing_debug_implementations)]
pub struct Signer<'a> {
    /// 1: Ed25519, 2: ECDSA on P-256, in DER.
    pub algorithm: u8,
    /// SHA-256 of the public key, as DER SubjectPublicKeyInfo.
    pub key: [u8; 32],
    pub sign: &'a Sign<'a>,
}

impl Package<'_> {
    /// The manifest, or why there can be none.
    pub fn manifest(&self, signer: Option<&Signer<'_>>) -> Result<Vec<u8>, String> {
        let payload = self.components.iter().fold(0u64, |sum, c| sum.saturating_add(c.length));
        seal(self.fields()?, payload, signer)
    }

    fn fields(&self) -> Result<Vec<u8>, String> {
        let mut to = Vec::new();
        let counter = self.counter.map(u32::to_le_bytes);
        let optional = |bytes: &Option<[u8; 16]>| bytes.map(Vec::from).unwrap_or_default();
        within("the package's name", self.name.len(), 1, 255)?;
        within("the package's version", self.version.len(), 1, 255)?;
        within("the device's id", self.device.len(), 0, 32)?;
        within("the minimum version", self.minimum.len(), 0, 255)?;
        for (kind, value) in [
            (field::NAME, self.name.as_bytes()),
            (field::VERSION, self.version.as_bytes()),
            (field::VENDOR, &optional(&self.vendor)),
            (field::CLASS, &optional(&self.class)),
            (field::DEVICE, self.device),
            (field::COUNTER, counter.as_ref().map_or(&[], |bytes| &bytes[..])),
            (field::MINIMUM, self.minimum.as_bytes()),
        ] {
            if !value.is_empty() {
                put(&mut to, kind, &[value])?;
            }
        }
        if self.components.is_empty() || self.components.len() > COMPONENTS.into() {
            return Err(format!("{} components, where 1 to {COMPONENTS} can be", self.components.len()));
        }
        for component in &self.components {
            within("a component's name", component.name.len(), 1, 255)?;
            within("a component's version", component.version.len(), 0, 255)?;
            let length = u32::try_from(component.length).ok().filter(|length| *length != 0);
            let length = length.ok_or_else(|| {
                format!("component {:?} is {} bytes long", component.name, component.length)
            })?;
            let mut head =
                [&length.to_le_bytes()[..], &component.digest, &component.kind.to_le_bytes()].concat();
            head.push(component.name.len() as u8);
            let texts = [component.name.as_bytes(), component.version.as_bytes()].concat();
            put(&mut to, field::COMPONENT, &[&head, &texts])?;
        }
        Ok(to)
    }
}

/// The manifest of these fields, without those that prove it, and of a payload so long.
pub fn seal(mut fields: Vec<u8>, payload: u64, signer: Option<&Signer<'_>>) -> Result<Vec<u8>, String> {
    if let Some(signer) = signer {
        put(&mut fields, field::KEY, &[&signer.key])?;
    }
    // Room for it is counted before the signature is there: the digest covers the length.
    let room = match signer.map(|signer| signer.algorithm) {
        None => 0,
        Some(ED25519) => 64,
        Some(ECDSA_P256) => DER,
        Some(other) => return Err(format!("there is no signature algorithm {other}")),
    };
    let proof = if signer.is_some() { FIELD + 32 + FIELD + 1 } else { FIELD + 32 };
    let size = HEAD.saturating_add(fields.len()).saturating_add(proof).saturating_add(room);
    let size = u16::try_from(size)
        .map_err(|_| format!("the manifest would be {size} bytes long, 65535 is the most"))?;
    let total = payload.saturating_add(size.into());
    let total = u32::try_from(total)
        .map_err(|_| format!("the package would be {total} bytes long, {} is the most", u32::MAX))?;

    let mut manifest = [MAGIC, &[0], &size.to_le_bytes(), &total.to_le_bytes(), &fields].concat();
    let digest = hash(&manifest);
    put(&mut manifest, field::DIGEST, &[&digest])?;
    if let Some(signer) = signer {
        let mut made = (signer.sign)(&digest)?;
        if made.len() > room || signer.algorithm == ED25519 && made.len() != room {
            return Err(format!("a signature is not {} bytes long", made.len()));
        }
        made.resize(room, 0);
        put(&mut manifest, field::SIGNATURE, &[&[signer.algorithm], &made])?;
    }
    Ok(manifest)
}

fn within(what: &str, length: usize, least: usize, most: usize) -> Result<(), String> {
    if (least..=most).contains(&length) {
        return Ok(());
    }
    Err(format!("{what} is {length} bytes long, where {least} to {most} can be"))
}

/// Adds a field; its value may come in parts.
pub fn put(to: &mut Vec<u8>, kind: u8, value: &[&[u8]]) -> Result<(), String> {
    let value = value.concat();
    let length = u16::try_from(value.len()).map_err(|_| format!("field {kind} is too long"))?;
    to.push(kind);
    to.extend(length.to_le_bytes());
    to.extend(value);
    Ok(())
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut work = Work::IDLE;
    (sha256::DIGEST.start)(&mut work);
    (sha256::DIGEST.update)(&mut work, bytes);
    (sha256::DIGEST.finish)(&mut work);
    work.block.first_chunk().copied().unwrap_or_default()
}
