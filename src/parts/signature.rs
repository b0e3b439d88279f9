// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Ed25519 signatures, with public keys that the firmware has.

use crate::core::operation::can;
use crate::core::{role, Part, What};
use crate::verify::container::{Claim, ED25519};
use crate::verify::ed25519;

/// The part.
pub(crate) const PART: Part =
    Part { needs: can::KEY, role: role::SIGNATURE, what: What::Signature(ED25519, verify), ..Part::PLAIN };

fn verify(key: &[u8; 32], claim: &Claim<'_>) -> bool {
    let signature = claim.signature.first_chunk().filter(|it| it.len() == claim.signature.len());
    signature.is_some_and(|signature| ed25519::verify(key, claim.digest, signature))
}
