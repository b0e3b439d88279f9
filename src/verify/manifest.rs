// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Our own container, `docs/package.md`: a manifest, and behind it the components. The
//! manifest is kept as it came, checked once when it is complete, and then read where it
//! lies.

use super::container::{
    begins_with, Begins, Claim, Component, Container, Facts, Fault, Parser, Read, State, ECDSA_P256, ED25519,
};
use crate::object::value::is_utf8;

/// The container.
pub static MANIFEST: Container = Container { keeps_head: true, begins, take, end, claim, about, component };

/// What a package begins with; its fifth byte is the version of the format.
pub const MAGIC: &[u8] = b"SWPK\x01";
/// Bytes before the first field.
pub const HEAD: usize = 12;
/// An ECDSA signature is of no fixed length; it is filled up to this one with zeros.
pub const DER: usize = 72;
/// The most components.
pub const COMPONENTS: u16 = 255;

/// The fields, in the order in which they stand. Only components repeat.
#[allow(missing_docs)]
pub mod field {
    pub const NAME: u8 = 1;
    pub const VERSION: u8 = 2;
    pub const VENDOR: u8 = 3;
    pub const CLASS: u8 = 4;
    pub const DEVICE: u8 = 5;
    pub const COUNTER: u8 = 6;
    pub const MINIMUM: u8 = 7;
    pub const COMPONENT: u8 = 8;
    pub const KEY: u8 = 9;
    pub const DIGEST: u8 = 10;
    pub const SIGNATURE: u8 = 11;
    /// From here on they may be ignored.
    pub const IGNORABLE: u8 = 128;
}
use field::{COMPONENT, DEVICE, DIGEST, IGNORABLE, KEY, NAME, SIGNATURE, VERSION};

const REQUIRED: u16 = 1 << NAME | 1 << VERSION | 1 << COMPONENT | 1 << DIGEST;

/// The most that a text has, and nothing else has.
const TEXT: u8 = 255;
/// The most bytes of a field, by type; 0: any number. Of others than texts and the device's
/// id they are the least, too.
static MOST: [u8; 11] = [0, TEXT, TEXT, 16, 16, 32, 4, TEXT, 0, 32, 32];

/// Phases.
const COMING: u8 = 0;
const COMPLETE: u8 = 1;
const FAILED: u8 = 2;

fn begins(bytes: &[u8]) -> Begins {
    begins_with(bytes, b"SWPK")
}

fn take(parser: &mut Parser<'_>, bytes: &[u8]) -> Result<(), Fault> {
    let taken = match parser.state.phase {
        COMING => keep(parser, bytes),
        COMPLETE => payload(parser, bytes),
        _ => Err(Fault::Malformed),
    };
    if taken.is_err() {
        parser.state.phase = FAILED;
    }
    taken
}

fn end(parser: &mut Parser<'_>, _: Read<'_>) -> Result<(), Fault> {
    // The components' lengths come to the total.
    if parser.state.phase == COMPLETE && parser.state.taken == parser.state.total {
        Ok(())
    } else {
        Err(Fault::Malformed)
    }
}

/// Keeps bytes until the manifest is complete. Its length is in `number`.
fn keep(parser: &mut Parser<'_>, bytes: &[u8]) -> Result<(), Fault> {
    for byte in bytes {
        let at = usize::from(parser.state.kept);
        // Behind the magic are flags, of which none is known.
        if at <= MAGIC.len() && *byte != MAGIC.get(at).copied().unwrap_or(0) {
            return Err(Fault::Unsupported);
        }
        *parser.room.get_mut(at).ok_or(Fault::NoRoom)? = *byte;
        parser.state.kept = parser.state.kept.wrapping_add(1);
        parser.state.taken = parser.state.taken.wrapping_add(1);
        if usize::from(parser.state.kept) == HEAD {
            head(parser)?;
        } else if parser.state.kept == parser.state.number {
            check(parser)?;
            parser.state.phase = COMPLETE;
            break;
        }
    }
    Ok(())
}

fn head(parser: &mut Parser<'_>) -> Result<(), Fault> {
    let Some([.., m, n, a, b, c, d]) = parser.room.first_chunk::<HEAD>() else {
        return Err(Fault::NoRoom);
    };
    let size = u16::from_le_bytes([*m, *n]);
    let total = u32::from_le_bytes([*a, *b, *c, *d]);
    if usize::from(size) <= HEAD || total <= u32::from(size) {
        return Err(Fault::Malformed);
    }
    if usize::from(size) > parser.room.len() {
        return Err(Fault::NoRoom);
    }
    parser.state.number = size;
    parser.state.total = total;
    Ok(())
}

/// The whole manifest, once: whatever is read from it later is well-formed. `left` is the
/// number of components.
fn check(parser: &mut Parser<'_>) -> Result<(), Fault> {
    let manifest = parser.room.get(..parser.state.number.into()).unwrap_or_default();
    let mut rest = manifest.get(HEAD..).unwrap_or_default();
    let mut seen = 0u16;
    let mut reached = u32::from(parser.state.number);
    while let Some(kind) = rest.first() {
        let kind = *kind;
        let covered = manifest.len().wrapping_sub(rest.len());
        if seen >> DIGEST != 0 && kind != SIGNATURE {
            return Err(Fault::Malformed); // the digest does not cover it
        }
        if kind < IGNORABLE {
            if kind == 0 || kind > SIGNATURE {
                return Err(Fault::Unsupported);
            }
            // Neither a later one, nor this one unless it may repeat.
            if seen >> kind > u16::from(kind == COMPONENT) {
                return Err(Fault::Malformed);
            }
            seen |= 1 << kind;
        }
        let (_, value) = next(&mut rest).ok_or(Fault::Malformed)?;
        let most = MOST.get(usize::from(kind)).copied().unwrap_or(0);
        let least = if most == TEXT || kind == DEVICE { 1 } else { most.max(1) };
        if value.len() < least.into() {
            return Err(Fault::Malformed);
        }
        if value.len() > most.into() && most != 0 {
            return Err(Fault::Unsupported);
        }
        if most == TEXT && !is_utf8(value) {
            return Err(Fault::Malformed);
        }
        match kind {
            COMPONENT => {
                let (component, _) = split(value, 0).ok_or(Fault::Malformed)?;
                if component.version.len() > 255 || parser.state.left == u32::from(COMPONENTS) {
                    return Err(Fault::Unsupported);
                }
                if component.length == 0
                    || component.name.is_empty()
                    || !is_utf8(component.name)
                    || !is_utf8(component.version)
                {
                    return Err(Fault::Malformed);
                }
                parser.state.left = parser.state.left.wrapping_add(1);
                reached = reached.checked_add(component.length).ok_or(Fault::Malformed)?;
            }
            DIGEST => {
                (parser.hash.start)(parser.work);
                (parser.hash.update)(parser.work, manifest.get(..covered).unwrap_or_default());
                (parser.hash.finish)(parser.work);
                if !parser.work.is(value) {
                    return Err(Fault::Digest);
                }
            }
            SIGNATURE => {
                if !matches!(value.first(), Some(&(ED25519 | ECDSA_P256))) {
                    return Err(Fault::Unsupported);
                }
                signature(value).ok_or(Fault::Malformed)?;
            }
            _ => {}
        }
    }
    let unpaired = (seen >> KEY ^ seen >> SIGNATURE) & 1 != 0;
    if seen & REQUIRED != REQUIRED || unpaired || reached != parser.state.total {
        return Err(Fault::Malformed);
    }
    Ok(())
}

fn payload(parser: &mut Parser<'_>, mut bytes: &[u8]) -> Result<(), Fault> {
    while !bytes.is_empty() {
        // None: bytes behind the end.
        let (component, digest) =
            nth(parser.state, parser.room, parser.state.component).ok_or(Fault::Malformed)?;
        let done = parser.state.taken.wrapping_sub(component.offset);
        let left = component.length.wrapping_sub(done) as usize;
        let (now, later) = bytes.split_at_checked(left.min(bytes.len())).unwrap_or_default();
        if parser.payload {
            if done == 0 {
                (parser.hash.start)(parser.work);
            }
            (parser.hash.update)(parser.work, now);
        }
        if now.len() == left {
            if parser.payload {
                (parser.hash.finish)(parser.work);
                if !parser.work.is(digest) {
                    return Err(Fault::Digest);
                }
            }
            parser.state.component = parser.state.component.wrapping_add(1);
        }
        parser.state.taken = parser.state.taken.wrapping_add(now.len() as u32);
        bytes = later;
    }
    Ok(())
}

/// The state of a package that has been verified: what [`nth`] needs to read it again.
pub fn verified(head: &[u8]) -> Option<State> {
    let [magic @ .., _, m, n, a, b, c, d] = head.first_chunk::<HEAD>()?;
    let total = u32::from_le_bytes([*a, *b, *c, *d]);
    (magic == MAGIC).then_some(State {
        phase: COMPLETE,
        number: u16::from_le_bytes([*m, *n]),
        total,
        ..State::NEW
    })
}

/// The fields, once they are checked.
pub fn fields<'a>(state: &State, room: &'a [u8]) -> Option<&'a [u8]> {
    if state.phase != COMPLETE {
        return None;
    }
    room.get(HEAD..state.number.into())
}

/// Takes the next field off the front: its type and its value.
#[inline(never)]
pub fn next<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let ([kind, low, high], behind) = rest.split_first_chunk::<3>()?;
    let (value, behind) = behind.split_at_checked(u16::from_le_bytes([*low, *high]).into())?;
    *rest = behind;
    Some((*kind, value))
}

/// A component's field, without its offset. Beside it, its SHA-256.
#[inline(never)]
fn split(value: &[u8], offset: u32) -> Option<(Component<'_>, &[u8; 32])> {
    let (length, rest) = value.split_first_chunk::<4>()?;
    let (digest, rest) = rest.split_first_chunk::<32>()?;
    let ([low, high, size], rest) = rest.split_first_chunk::<3>()?;
    let (name, version) = rest.split_at_checked((*size).into())?;
    let kind = u16::from_le_bytes([*low, *high]);
    Some((Component { name, version, kind, offset, length: u32::from_le_bytes(*length) }, digest))
}

/// The signature in its field, without what fills it up.
fn signature(value: &[u8]) -> Option<&[u8]> {
    let (algorithm, rest) = value.split_first()?;
    if *algorithm == ED25519 {
        return (rest.len() == 64).then_some(rest);
    }
    let [0x30, size, ..] = rest else {
        return None;
    };
    let (der, zeros) = rest.split_at_checked(usize::from(*size).wrapping_add(2))?;
    (rest.len() == DER && zeros.iter().all(|byte| *byte == 0)).then_some(der)
}

/// A component, and its SHA-256.
pub fn nth<'a>(state: &State, room: &'a [u8], mut n: u16) -> Option<(Component<'a>, &'a [u8; 32])> {
    let mut rest = fields(state, room)?;
    let mut offset = u32::from(state.number);
    while let Some((kind, value)) = next(&mut rest) {
        if kind == COMPONENT {
            let found = split(value, offset)?;
            if n == 0 {
                return Some(found);
            }
            offset = offset.wrapping_add(found.0.length);
            n = n.wrapping_sub(1);
        }
    }
    None
}

fn component<'a>(state: &State, room: &'a [u8], n: u16) -> Option<Component<'a>> {
    nth(state, room, n).map(|(component, _)| component)
}

/// The fields by type, the last one of components; empty where there is none, for none is.
#[inline(never)]
fn by_type<'a>(state: &State, room: &'a [u8]) -> [&'a [u8]; 12] {
    let mut rest = fields(state, room).unwrap_or_default();
    let mut found = [&[][..]; 12];
    while let Some((kind, value)) = next(&mut rest) {
        if let Some(place) = found.get_mut(usize::from(kind)) {
            *place = value;
        }
    }
    found
}

fn claim<'a>(state: &State, room: &'a [u8]) -> Option<Claim<'a>> {
    let [.., key, digest, proof] = by_type(state, room);
    let (key, digest) = (key.first_chunk()?, digest.first_chunk()?);
    Some(Claim { algorithm: *proof.first()?, key, digest, signature: signature(proof)? })
}

fn about<'a>(state: &State, room: &'a [u8]) -> Option<Facts<'a>> {
    let [_, name, version, vendor, class, device, counter, minimum, ..] = by_type(state, room);
    // Every package has a name.
    (!name.is_empty()).then_some(Facts {
        name,
        version,
        vendor,
        class,
        device,
        minimum,
        counter: counter.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)),
        dependencies: &[],
        components: state.left as u16,
    })
}
