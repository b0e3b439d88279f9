// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Keys in PEM: PKCS#8 and SubjectPublicKeyInfo, of Ed25519 and P-256.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use ed25519_dalek::pkcs8::{
    spki::der::pem::LineEnding, DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey,
    KeypairBytes,
};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use sha2::{Digest, Sha256};
use swmgmt::verify::container::{Claim, ECDSA_P256, ED25519};
use swmgmt::verify::writer::Signer;

use super::args::Algorithm;
use super::files;
use super::outcome::{shown, Failure};
use super::values::bytes;

pub enum Private {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
}

#[derive(PartialEq, Eq)]
pub enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
}

impl Private {
    pub fn generate(algorithm: Algorithm) -> Result<Private, Failure> {
        let mut secret = [0; 32];
        loop {
            let random = getrandom::fill(&mut secret);
            random.map_err(|error| Failure::usage(format!("this computer gives no randomness: {error}")))?;
            match algorithm {
                Algorithm::Ed25519 => {
                    return Ok(Private::Ed25519(ed25519_dalek::SigningKey::from_bytes(&secret)))
                }
                Algorithm::P256 => {
                    // One in four billion is no key.
                    if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&secret) {
                        return Ok(Private::P256(key));
                    }
                }
            }
        }
    }

    pub fn load(path: &Path) -> Result<Private, Failure> {
        let text = pem(path)?;
        let key = p256::ecdsa::SigningKey::from_pkcs8_pem(&text)
            .map(Private::P256)
            .or_else(|_| ed25519_dalek::SigningKey::from_pkcs8_pem(&text).map(Private::Ed25519));
        key.map_err(|_| useless(path, &text, "private"))
    }

    pub fn pem(&self) -> Result<String, Failure> {
        let text = match self {
            // Without the public key beside it: not everybody reads it then.
            Private::Ed25519(key) => {
                KeypairBytes { secret_key: key.to_bytes(), public_key: None }.to_pkcs8_pem(LineEnding::LF)
            }
            Private::P256(key) => key.to_pkcs8_pem(LineEnding::LF),
        };
        text.map(|text| text.to_string()).map_err(|error| Failure::usage(error.to_string()))
    }

    pub fn public(&self) -> Public {
        match self {
            Private::Ed25519(key) => Public::Ed25519(key.verifying_key()),
            Private::P256(key) => Public::P256(*key.verifying_key()),
        }
    }

    /// Calls `then` with what the writer asks for.
    pub fn signer<T>(&self, then: impl FnOnce(&Signer<'_>) -> T) -> Result<T, Failure> {
        let sign = |digest: &[u8; 32]| match self {
            Private::Ed25519(key) => Ok(ed25519_dalek::Signer::sign(key, digest).to_bytes().to_vec()),
            Private::P256(key) => {
                let made: Result<p256::ecdsa::Signature, _> = key.sign_prehash(digest);
                made.map(|made| made.to_der().as_bytes().to_vec()).map_err(|error| error.to_string())
            }
        };
        let algorithm = match self {
            Private::Ed25519(_) => ED25519,
            Private::P256(_) => ECDSA_P256,
        };
        Ok(then(&Signer { algorithm, key: self.public().id()?, sign: &sign }))
    }
}

impl Public {
    pub fn load(path: &Path) -> Result<Public, Failure> {
        let text = pem(path)?;
        let key = p256::ecdsa::VerifyingKey::from_public_key_pem(&text)
            .map(Public::P256)
            .or_else(|_| ed25519_dalek::VerifyingKey::from_public_key_pem(&text).map(Public::Ed25519));
        key.map_err(|_| useless(path, &text, "public"))
    }

    pub fn pem(&self) -> Result<String, Failure> {
        let text = match self {
            Public::Ed25519(key) => key.to_public_key_pem(LineEnding::LF),
            Public::P256(key) => key.to_public_key_pem(LineEnding::LF),
        };
        text.map_err(|error| Failure::usage(error.to_string()))
    }

    /// SHA-256 of the key, as DER SubjectPublicKeyInfo.
    pub fn id(&self) -> Result<[u8; 32], Failure> {
        let der = match self {
            Public::Ed25519(key) => key.to_public_key_der(),
            Public::P256(key) => key.to_public_key_der(),
        };
        let der = der.map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Sha256::digest(der.as_bytes()).into())
    }

    /// As strictly as a device does.
    pub fn verifies(&self, claim: &Claim<'_>) -> bool {
        match self {
            Public::Ed25519(key) => {
                claim.algorithm == ED25519
                    && ed25519_dalek::Signature::from_slice(claim.signature)
                        .is_ok_and(|signature| key.verify_strict(claim.digest, &signature).is_ok())
            }
            Public::P256(key) => {
                claim.algorithm == ECDSA_P256
                    && p256::ecdsa::Signature::from_der(claim.signature)
                        .is_ok_and(|signature| key.verify_prehash(claim.digest, &signature).is_ok())
            }
        }
    }
}

/// A key that is trusted no more: its id, or where its public key is.
#[derive(Clone)]
pub enum Revoked {
    Id([u8; 32]),
    File(PathBuf),
}

impl std::str::FromStr for Revoked {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Revoked, Infallible> {
        let id = bytes(text).and_then(|bytes| bytes.try_into().ok());
        Ok(id.map_or_else(|| Revoked::File(text.into()), Revoked::Id))
    }
}

impl Revoked {
    pub fn id(&self) -> Result<[u8; 32], Failure> {
        match self {
            Revoked::Id(id) => Ok(*id),
            Revoked::File(path) => Public::load(path)?.id(),
        }
    }
}

pub fn algorithm_name(algorithm: u8) -> &'static str {
    match algorithm {
        ED25519 => "Ed25519",
        _ => "ECDSA P-256",
    }
}

/// A key's text; it may have words before it.
fn pem(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    files::pieces(path, 0, |piece| {
        bytes.extend_from_slice(piece);
        if bytes.len() > 1 << 16 {
            return Err(Failure::usage(format!("{} is too long to be a key", shown(path))));
        }
        Ok(())
    })?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    let start = text.find("-----BEGIN ").unwrap_or_default();
    Ok(text.get(start..).unwrap_or_default().to_owned())
}

fn useless(path: &Path, text: &str, wanted: &str) -> Failure {
    let label = text.strip_prefix("-----BEGIN ").and_then(|rest| rest.split_once("-----"));
    let why = match label.map(|(label, _)| label) {
        None => format!("it is not in PEM; a {wanted} key is wanted"),
        Some("ENCRYPTED PRIVATE KEY") => {
            "it is encrypted: openssl pkey -in FILE -out PLAIN makes it readable".to_owned()
        }
        Some("EC PRIVATE KEY") => {
            "it is not PKCS#8: openssl pkcs8 -topk8 -nocrypt -in FILE -out PLAIN makes it so".to_owned()
        }
        Some("PUBLIC KEY") if wanted == "private" => {
            "it is a public key; signing needs the private one".to_owned()
        }
        Some("PRIVATE KEY") if wanted == "public" => {
            "it is a private key; only its public one is wanted, and only that belongs here".to_owned()
        }
        Some("PUBLIC KEY" | "PRIVATE KEY") => "it is damaged, or of neither Ed25519 nor P-256".to_owned(),
        Some(other) => format!("it is a {}, not a {wanted} key", other.to_lowercase()),
    };
    Failure::usage(format!("cannot use the key {}: {why}", shown(path)))
}
