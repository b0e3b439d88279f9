// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What there is to send: packages of each kind, good ones and ones to be refused.

use crate::core::config::{POLICY_DIGEST, POLICY_SIGNATURE};
use crate::core::operation::can;
use crate::core::{role, Part, What};
use crate::parts::{components, container, digest, download, names, record};
use crate::verify::container::{Claim, ED25519};
use crate::verify::manifest::MANIFEST;
use crate::verify::mcuboot::MCUBOOT;
use crate::verify::mcuboot_tests::maker::Image;
use crate::verify::writer::{self, Signer};
use crate::verify::{ed25519, sha256};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static DIGEST: Part = digest::part(&sha256::DIGEST, None);
static COMPONENTS: Part = components::part(Some(super::world::read_component));
static DOWNLOAD: Part = download::part(None);
static RECORD: Part = record::part(None);
static OWN: Part = container::part(&MANIFEST, 0, None);
static MCU: Part = container::part(&MCUBOOT, can::READ, None);
static NAMES: Part = names::PART;
/// Ed25519; the same signature is checked once, because that takes long here.
static SIGNATURE: Part = Part {
    needs: can::KEY,
    role: role::SIGNATURE,
    what: What::Signature(ED25519, remembered),
    ..Part::PLAIN
};
static PLAIN: [&Part; 4] = [&DIGEST, &DOWNLOAD, &RECORD, &COMPONENTS];
static PACKED: [&Part; 8] = [&DIGEST, &DOWNLOAD, &RECORD, &COMPONENTS, &OWN, &MCU, &NAMES, &SIGNATURE];

fn remembered(key: &[u8; 32], claim: &Claim<'_>) -> bool {
    thread_local!(static SEEN: RefCell<BTreeMap<Vec<u8>, bool>> = RefCell::default());
    let all = [key, &claim.digest[..], claim.signature].concat();
    SEEN.with_borrow_mut(|seen| *seen.entry(all).or_insert_with(|| is_signed(key, claim)))
}

fn is_signed(key: &[u8; 32], claim: &Claim<'_>) -> bool {
    claim.signature.try_into().is_ok_and(|signature| ed25519::verify(key, claim.digest, signature))
}

/// The key that the firmware knows, and another one.
const TRUSTED: [u8; 32] = [7; 32];
const STOLEN: [u8; 32] = [8; 32];
/// What packages call it.
const KEY_ID: [u8; 32] = [9; 32];

pub static PUBLIC_KEY: LazyLock<[u8; 32]> =
    LazyLock::new(|| SigningKey::from_bytes(&TRUSTED).verifying_key().to_bytes());

fn sign(key: &[u8; 32], digest: &[u8]) -> Vec<u8> {
    SigningKey::from_bytes(key).sign(digest).to_bytes().to_vec()
}

/// A package that a server has.
pub struct Package {
    pub bytes: Vec<u8>,
    /// Where its chunks end, but for the last.
    pub cuts: [usize; 2],
    /// What it says of itself; empty: the firmware knows.
    pub name: &'static str,
    pub version: &'static str,
    pub counter: u32,
    /// Names and versions.
    pub components: Vec<(&'static str, &'static str)>,
    /// When it is sent, it can be installed.
    pub good: bool,
}

/// A device, and what is sent to it.
pub struct Kit {
    pub parts: &'static [&'static Part],
    pub policy: u8,
    /// Options of the configuration.
    pub options: u32,
    /// Callbacks that the firmware does not have.
    pub lacks: u32,
    /// The digest of a package is given to the device before it comes.
    pub expects: bool,
    pub packages: Vec<Package>,
}

pub fn plain(components: usize) -> Kit {
    let package = Package {
        bytes: b"a package of forty bytes, more or less..".to_vec(),
        cuts: [16, 32],
        name: "",
        version: "",
        counter: 0,
        components: [("c0", "1"), ("c1", "1")][..components].to_vec(),
        good: true,
    };
    Kit { parts: &PLAIN, policy: POLICY_DIGEST, options: 0, lacks: 0, expects: true, packages: vec![package] }
}

/// The first is installed, the second updates it. The others are sent meanwhile, and must be
/// refused: for who has signed them, for a bit of the payload, for the counter, for the version.
fn packed(make: fn(&'static str, u32, [u8; 32]) -> Package) -> Kit {
    let mut packages = vec![make("1.0.0", 5, TRUSTED), make("2.0.0", 7, TRUSTED)];
    let mut broken = make("2.0.0", 8, TRUSTED);
    let at = broken.bytes.windows(4).position(|seen| seen == b"main").unwrap();
    broken.bytes[at] ^= 1;
    for bad in [make("2.0.0", 7, STOLEN), broken, make("2.0.0", 4, TRUSTED), make("0.9.0", 9, TRUSTED)] {
        packages.push(Package { good: false, ..bad });
    }
    Kit { parts: &PACKED, policy: POLICY_SIGNATURE, options: 0, lacks: 0, expects: false, packages }
}

/// Packages of docs/package.md: the manifest is cut, and so is what comes behind it.
pub fn own() -> Kit {
    packed(|version, counter, key| {
        let first = version.starts_with('1');
        let components =
            if first { vec![("main", "1"), ("lib", "")] } else { vec![("main", "2"), ("font", "3")] };
        let name = if first { "blink" } else { "blinker" };
        let payload = |name: &str| format!("{name} of {version}").into_bytes();
        let component = |(name, version): &(&'static str, &'static str)| writer::Component {
            name,
            version,
            kind: 1,
            length: payload(name).len() as u64,
            digest: Sha256::digest(payload(name)).into(),
        };
        let manifest = writer::Package {
            name,
            version,
            vendor: Some([1; 16]),
            counter: Some(counter),
            components: components.iter().map(component).collect(),
            ..writer::Package::default()
        };
        let signer = Signer { algorithm: 1, key: KEY_ID, sign: &|digest| Ok(sign(&key, digest)) };
        let mut bytes = manifest.manifest(Some(&signer)).unwrap();
        let cuts = [100, bytes.len() + 5];
        components.iter().for_each(|(name, _)| bytes.extend(payload(name)));
        Package { bytes, cuts, name, version, counter, components, good: true }
    })
}

/// MCUboot images: the magic is cut, and so is what proves them.
pub fn mcuboot() -> Kit {
    packed(|version, counter, key| {
        let number = |at: usize| version.as_bytes()[at] - b'0';
        let mut image = Image {
            version: (number(0), number(2), u16::from(number(4)), 0),
            body: b"the main image".to_vec(),
            protected: vec![(0x50, counter.to_le_bytes().to_vec())],
            ..Image::least()
        };
        let signature = sign(&key, &Sha256::digest(image.covered()));
        image.behind = vec![(0x01, KEY_ID.to_vec()), (0x24, signature)];
        let bytes = image.bytes();
        let cuts = [3, bytes.len() - 40];
        Package { bytes, cuts, name: "", version, counter, components: vec![], good: true }
    })
}
