// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The command line of `swmgmt package`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::keys::Revoked;
use super::values::{device, flip, uuid, Bit, Source};

#[derive(Args)]
pub struct PackageArgs {
    #[command(subcommand)]
    pub command: PackageCommand,

    /// One JSON object on stdout instead of text
    #[arg(long, global = true)]
    pub json: bool,
}

pub const ABOUT: &str = "\
Makes packages of one or several components for swmgmt devices, signs them, looks into \
them, and breaks them on purpose. docs/package.md describes the format. MCUboot images, \
which imgtool makes and signs, are read, too: by verify, info, and corrupt --flip and --truncate.";

pub const EXAMPLES: &str = "\
Examples:
  swmgmt package keygen release
  swmgmt package create --name lamp --version 1.3 --component app.bin --key release.pem -o lamp-1.3.swpk
  swmgmt package info lamp-1.3.swpk
  swmgmt package verify --key release.pub.pem --installed 1.2 lamp-1.3.swpk
  swmgmt package corrupt --flip 400.0 lamp-1.3.swpk -o broken.swpk

Exit codes:
  0  done; with verify: a device takes the package
  1  a device would refuse the package
  2  wrong usage (also: a file or a key cannot be read or written)";

#[derive(Subcommand)]
pub enum PackageCommand {
    /// Makes a pair of keys: NAME.pem to sign with, NAME.pub.pem for devices
    #[command(after_long_help = KEYGEN_EXAMPLES)]
    Keygen(KeygenArgs),
    /// Packs files
    #[command(after_long_help = CREATE_EXAMPLES)]
    Create(CreateArgs),
    /// Signs a package, or signs it anew
    #[command(after_long_help = SIGN_EXAMPLES)]
    Sign(SignArgs),
    /// Says whether a device takes a package, and why not
    #[command(after_long_help = VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
    /// Shows what is in a package, and what a server's operator enters
    #[command(after_long_help = INFO_EXAMPLES)]
    Info(InfoArgs),
    /// Makes a package from a good one that a device must refuse
    #[command(after_long_help = CORRUPT_EXAMPLES)]
    Corrupt(CorruptArgs),
}

const KEYGEN_EXAMPLES: &str = "\
Examples:
  swmgmt package keygen release          # release.pem (keep it secret) and release.pub.pem
  swmgmt package keygen --algorithm p256 keys/release

The private key is PKCS#8 in PEM, not encrypted, and readable by you alone; the public one
is SubjectPublicKeyInfo in PEM. OpenSSL and imgtool read both. Nothing is overwritten.";

const CREATE_EXAMPLES: &str = "\
Examples:
  One component, unsigned, named as its file (app):
    swmgmt package create --name lamp --version 1.3 --component app.bin -o lamp.swpk
  Two, signed, for one kind of device, and for none that has had counter 5 or more than 7:
    swmgmt package create --name lamp --version 1.3 --counter 7 --minimum 1.0 \\
        --vendor 2b5b3f0c-9d6a-4c1e-8f00-112233445566 --key release.pem \\
        --component name=boot,version=2.0,type=1,file=boot.bin \\
        --component name=app,version=1.3,file=app.bin -o lamp.swpk";

const SIGN_EXAMPLES: &str = "\
Examples:
  swmgmt package sign --key release.pem lamp.swpk -o lamp-signed.swpk
  swmgmt package sign --key new.pem lamp.swpk -o lamp.swpk --force    # in its place";

const VERIFY_EXAMPLES: &str = "\
Examples:
  As a device does that trusts two keys:
    swmgmt package verify --key release.pub.pem --key spare.pub.pem lamp.swpk
  An MCUboot image; the key of last year is trusted no more:
    swmgmt package verify --key release.pub.pem --revoked old.pub.pem app.signed.bin
  As this one does, which has 1.2 installed and has seen counter 7:
    swmgmt package verify --key release.pub.pem --device lamp-0001 --counter 7 --installed 1.2 lamp.swpk
  Only the digests:
    swmgmt package verify --unsigned lamp.swpk

What is not given is not checked, but for the signature: say --key or --unsigned.";

const INFO_EXAMPLES: &str = "\
Examples:
  swmgmt package info lamp.swpk
  swmgmt package info --json lamp.swpk | jq -r .sha256";

const CORRUPT_EXAMPLES: &str = "\
Examples:
  The least bit of byte 400:     swmgmt package corrupt --flip 400.0 lamp.swpk -o bad.swpk
  Only the first 1000 bytes:     swmgmt package corrupt --truncate 1000 lamp.swpk -o bad.swpk
  Signed with a key of nobody:   swmgmt package corrupt --wrong-key lamp.swpk -o bad.swpk
  For another device:            swmgmt package corrupt --device other --key release.pem lamp.swpk -o bad.swpk
  An older version:              swmgmt package corrupt --version 0.9 --key release.pem lamp.swpk -o bad.swpk
  A lower security counter:      swmgmt package corrupt --counter 6 --key release.pem lamp.swpk -o bad.swpk

The last three are whole and signed: only the device's policy refuses them. Of MCUboot images,
bits and ends can be spoilt; the others are made with imgtool.";

/// Where a package goes.
#[derive(Args)]
pub struct Out {
    /// The file to write
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,

    /// Overwrite it if it is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Algorithm {
    /// Ed25519
    Ed25519,
    /// ECDSA on P-256
    P256,
}

#[derive(Args)]
pub struct KeygenArgs {
    /// The files' name, without .pem
    pub name: String,

    /// What the keys are for
    #[arg(long, value_enum, default_value = "ed25519")]
    pub algorithm: Algorithm,
}

#[derive(Args)]
pub struct CreateArgs {
    /// The package's name, as the device shows it (9/x/0)
    #[arg(long, value_name = "TEXT")]
    pub name: String,

    /// The package's version (9/x/1)
    #[arg(long, value_name = "TEXT")]
    pub version: String,

    /// A file, or name=TEXT,version=TEXT,type=N,file=FILE [default: the file's name, no version, 0]
    #[arg(long = "component", value_name = "FILE|LIST", required = true)]
    pub components: Vec<Source>,

    /// Only for devices of this vendor
    #[arg(long, value_name = "UUID", value_parser = uuid)]
    pub vendor: Option<[u8; 16]>,

    /// Only for devices of this kind
    #[arg(long, value_name = "UUID", value_parser = uuid)]
    pub class: Option<[u8; 16]>,

    /// Only for this one device: text, or hex: and digits
    #[arg(long, value_name = "ID", value_parser = device)]
    pub device: Option<super::values::Device>,

    /// Security counter: not for a device that has installed a higher one
    #[arg(long, value_name = "N")]
    pub counter: Option<u32>,

    /// Not for a device with an older version installed
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub minimum: Option<String>,

    /// Sign it with this private key (PEM)
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    #[command(flatten)]
    pub out: Out,
}

#[derive(Args)]
pub struct SignArgs {
    /// The package
    pub file: PathBuf,

    /// The private key (PEM)
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,

    #[command(flatten)]
    pub out: Out,
}

#[derive(Args)]
pub struct VerifyArgs {
    /// The package, or an MCUboot image
    pub file: PathBuf,

    /// A public key that the device trusts (PEM); several can be given
    #[arg(long = "key", value_name = "FILE", required_unless_present = "unsigned")]
    pub keys: Vec<PathBuf>,

    /// A key that it trusts no more: its public key (PEM), or its id in hex; several can be given
    #[arg(long, value_name = "FILE|ID")]
    pub revoked: Vec<Revoked>,

    /// The device asks for no signature, and looks at none
    #[arg(long, conflicts_with_all = ["keys", "revoked"])]
    pub unsigned: bool,

    /// The device's vendor
    #[arg(long, value_name = "UUID", value_parser = uuid)]
    pub vendor: Option<[u8; 16]>,

    /// The device's class
    #[arg(long, value_name = "UUID", value_parser = uuid)]
    pub class: Option<[u8; 16]>,

    /// The device's id: text, or hex: and digits
    #[arg(long, value_name = "ID", value_parser = device)]
    pub device: Option<super::values::Device>,

    /// The highest security counter that the device has installed
    #[arg(long, value_name = "N")]
    pub counter: Option<u32>,

    /// The version that is installed
    #[arg(long, value_name = "TEXT")]
    pub installed: Option<String>,

    /// The device's room for a manifest, or for what is kept of an MCUboot image
    #[arg(long, value_name = "BYTES", default_value_t = u16::MAX)]
    pub room: u16,
}

#[derive(Args)]
pub struct InfoArgs {
    /// The package, or an MCUboot image
    pub file: PathBuf,
}

#[derive(Args)]
pub struct CorruptArgs {
    /// The good package
    pub file: PathBuf,

    #[command(flatten)]
    pub how: How,

    /// The key that signed it (PEM), to sign it anew after a change
    #[arg(long, value_name = "FILE", conflicts_with_all = ["flip", "truncate", "wrong_key"])]
    pub key: Option<PathBuf>,

    #[command(flatten)]
    pub out: Out,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct How {
    /// Invert one bit: bytes count from 0, bit 0 is the least
    #[arg(long, value_name = "BYTE.BIT", value_parser = flip)]
    pub flip: Option<Bit>,

    /// Keep only the first N bytes
    #[arg(long, value_name = "N")]
    pub truncate: Option<u64>,

    /// Sign it with a new key that is thrown away
    #[arg(long)]
    pub wrong_key: bool,

    /// Make it for this one device, which is not the one it is tried on
    #[arg(long, value_name = "ID", value_parser = device)]
    pub device: Option<super::values::Device>,

    /// Give it this version, lower than its own
    #[arg(long, value_name = "TEXT")]
    pub version: Option<String>,

    /// Give it this security counter, lower than its own
    #[arg(long, value_name = "N")]
    pub counter: Option<u32>,
}
