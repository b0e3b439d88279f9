// SPDX-License-Identifier: Apache-2.0 OR MIT
//! MCUboot images, as imgtool makes them: header, image, protected TLVs, TLVs. What proves an
//! image stands behind it, so nothing is told of one before its end. `docs/package.md` says
//! what is taken and what is not.

use super::container::{
    begins_with, Begins, Claim, Component, Container, Facts, Fault, Parser, State, ECDSA_P256, ED25519,
};

/// The container.
pub static MCUBOOT: Container = Container { keeps_head: false, begins, take, end, claim, about, component };

/// What an image begins with; big-endian ones begin otherwise.
pub const MAGIC: u32 = 0x96f3_b83d;
/// The least header.
pub const HEADER: u16 = 32;
/// Before the TLVs that the digest covers, and before the others.
const PROTECTED_MAGIC: u16 = 0x6908;
const TLV_MAGIC: u16 = 0x6907;
/// Bytes of the head of an area of TLVs, and of a TLV's.
const HEAD: u16 = 4;

/// Flags that change nothing in how an image is checked and stored; MCUboot acts on them, or
/// nobody does: position-independent, not bootable, to be loaded into RAM, for one address.
/// The others mean that the bytes are encrypted or compressed.
const HARMLESS: u32 = 0x001 | 0x010 | 0x020 | 0x100;

/// Types of TLVs.
#[allow(missing_docs)]
pub mod tlv {
    pub const KEYHASH: u16 = 0x01;
    pub const SHA256: u16 = 0x10;
    pub const ECDSA_SIG: u16 = 0x22;
    pub const ED25519: u16 = 0x24;
    pub const DEPENDENCY: u16 = 0x40;
    pub const SEC_CNT: u16 = 0x50;
    pub const BOOT_RECORD: u16 = 0x60;
    pub const UUID_VID: u16 = 0x74;
    pub const UUID_CID: u16 = 0x75;
    /// From here on, whatever the upper byte is, they are the vendor's.
    pub const VENDOR: u16 = 0xa0;
}

/// An entry of [`Facts::dependencies`].
pub const DEPENDENCY_SIZE: u16 = 12;

/// Places in the room, one behind the other; the header is where the digest will be.
const DIGEST_AT: u16 = 0;
const KEY_AT: u16 = 32;
const SIGNATURE_AT: u16 = 64;
const DER: u16 = 72;
const VERSION_AT: u16 = SIGNATURE_AT + DER;
/// `255.255.65535+4294967295`
const VERSION: u16 = 24;
const COUNTER_AT: u16 = VERSION_AT + VERSION;
const VENDOR_AT: u16 = COUNTER_AT + 4;
const CLASS_AT: u16 = VENDOR_AT + 16;
const HEAD_AT: u16 = CLASS_AT + 16;
/// Then come the dependencies.
const DEPENDENCIES_AT: u16 = HEAD_AT + HEAD;
const NOWHERE: u16 = u16::MAX;

/// Flags of the state: what was there.
const DIGEST_SEEN: u8 = 1;
const KEY_SEEN: u8 = 2;
const ED25519_SEEN: u8 = 4;
const ECDSA_SEEN: u8 = 8;
const COUNTER_SEEN: u8 = 16;
const VENDOR_SEEN: u8 = 32;
const CLASS_SEEN: u8 = 64;
/// The digest covers no more.
const OPEN: u8 = 128;
const PROOF: u8 = DIGEST_SEEN | KEY_SEEN | ED25519_SEEN | ECDSA_SEEN;

/// Phases: what is being taken.
const NOTHING: u8 = 0;
const HEADER_COMES: u8 = 1;
const IMAGE_COMES: u8 = 2;
const AREA_COMES: u8 = 3;
const TLV_COMES: u8 = 4;
const VALUE_COMES: u8 = 5;
const COMPLETE: u8 = 6;
const FAILED: u8 = 7;

fn begins(bytes: &[u8]) -> Begins {
    begins_with(bytes, &MAGIC.to_le_bytes())
}

fn take(parser: &mut Parser<'_>, bytes: &[u8]) -> Result<usize, Fault> {
    let taken = pieces(parser, bytes);
    if taken.is_err() {
        parser.state.phase = FAILED;
    }
    taken
}

fn end(parser: &mut Parser<'_>) -> Result<(), Fault> {
    if parser.state.phase == COMPLETE {
        Ok(())
    } else {
        Err(Fault::Malformed)
    }
}

fn pieces(parser: &mut Parser<'_>, bytes: &[u8]) -> Result<usize, Fault> {
    let mut rest = bytes;
    while !rest.is_empty() {
        if parser.state.left == 0 {
            next(parser)?; // the beginning, or there is no more to come
        }
        let (now, later) = rest.split_at_checked(parser.state.left as usize).unwrap_or((rest, &[]));
        rest = later;
        if parser.payload && parser.state.flags & OPEN == 0 {
            (parser.hash.update)(parser.work, now);
        }
        if parser.state.number != NOWHERE {
            let room = parser.room.get_mut(parser.state.number.into()..).unwrap_or_default();
            for (to, from) in room.iter_mut().zip(now) {
                *to = *from;
            }
            parser.state.number = parser.state.number.wrapping_add(now.len() as u16);
        }
        parser.state.taken = parser.state.taken.wrapping_add(now.len() as u32);
        parser.state.left = parser.state.left.wrapping_sub(now.len() as u32);
        while parser.state.left == 0 && parser.state.phase != COMPLETE {
            next(parser)?;
        }
        if parser.state.phase == COMPLETE {
            break;
        }
    }
    Ok(bytes.len().wrapping_sub(rest.len()))
}

/// Says what comes, how long it is, and where it is kept.
fn expect(state: &mut State, phase: u8, at: u16, length: u32) {
    state.phase = phase;
    state.number = at;
    state.left = length;
}

/// What was being taken is complete.
fn next(parser: &mut Parser<'_>) -> Result<(), Fault> {
    match parser.state.phase {
        NOTHING => {
            if parser.room.len() < DEPENDENCIES_AT.into() {
                return Err(Fault::NoRoom);
            }
            if parser.payload {
                (parser.hash.start)(parser.work);
            }
            parser.state.kept = DEPENDENCIES_AT;
            expect(parser.state, HEADER_COMES, DIGEST_AT, HEADER.into());
            Ok(())
        }
        HEADER_COMES => header(parser),
        IMAGE_COMES => {
            if protected(parser.room) == 0 {
                uncovered(parser);
            } else {
                expect(parser.state, AREA_COMES, HEAD_AT, HEAD.into());
            }
            Ok(())
        }
        AREA_COMES => area(parser),
        TLV_COMES => tlv_head(parser),
        VALUE_COMES => value(parser),
        _ => Err(Fault::Malformed),
    }
}

/// Of a header, which stays there until the digest comes.
fn protected(room: &[u8]) -> u16 {
    number(room, 10, 2) as u16
}

fn header(parser: &mut Parser<'_>) -> Result<(), Fault> {
    let word = |at| number(parser.room, at, 4);
    let size = number(parser.room, 8, 2);
    if word(0) != MAGIC {
        return Err(Fault::Unsupported);
    }
    let behind = size.checked_sub(HEADER.into()).and_then(|more| more.checked_add(word(12)));
    let image = behind.ok_or(Fault::Malformed)?;
    let covered =
        image.checked_add(HEADER.into()).and_then(|all| all.checked_add(protected(parser.room).into()));
    parser.state.total = covered.ok_or(Fault::Malformed)?;
    if word(16) & !HARMLESS != 0 {
        return Err(Fault::Unsupported);
    }
    let version =
        [number(parser.room, 20, 1), number(parser.room, 21, 1), number(parser.room, 22, 2), word(24)];
    put_version(parser.room.get_mut(VERSION_AT.into()..COUNTER_AT.into()).unwrap_or_default(), version);
    expect(parser.state, IMAGE_COMES, NOWHERE, image);
    Ok(())
}

/// Writes a version as text, from its end: before it are zeros.
fn put_version(room: &mut [u8], [major, minor, revision, build]: [u32; 4]) {
    let mut digits = room.iter_mut().rev();
    for (part, before) in [(build, b'+'), (revision, b'.'), (minor, b'.'), (major, 0)] {
        let mut part = part;
        if before == b'+' && part == 0 {
            continue;
        }
        loop {
            if let Some(digit) = digits.next() {
                *digit = b'0' | (part % 10) as u8;
            }
            part /= 10;
            if part == 0 {
                break;
            }
        }
        if let Some(digit) = digits.next() {
            *digit = before;
        }
    }
    digits.for_each(|digit| *digit = 0);
}

/// The digest ends here. What follows has to be in one order, without anything unknown,
/// because nothing covers it.
fn uncovered(parser: &mut Parser<'_>) {
    if parser.payload {
        (parser.hash.finish)(parser.work);
    }
    parser.state.flags |= OPEN;
    expect(parser.state, AREA_COMES, HEAD_AT, HEAD.into());
}

/// The head of an area: what it is, and its bytes with this head.
fn area(parser: &mut Parser<'_>) -> Result<(), Fault> {
    let (magic, size) = head(parser.room);
    let wanted = if parser.state.flags & OPEN != 0 {
        let before = parser.state.taken.wrapping_sub(HEAD.into());
        parser.state.total = before.checked_add(size.into()).ok_or(Fault::Malformed)?;
        TLV_MAGIC
    } else if size == protected(parser.room) {
        PROTECTED_MAGIC
    } else {
        return Err(Fault::Malformed);
    };
    if magic != wanted {
        return Err(Fault::Malformed);
    }
    parser.state.component = size.checked_sub(HEAD).ok_or(Fault::Malformed)?;
    another(parser)
}

/// Another TLV, or the area's end.
fn another(parser: &mut Parser<'_>) -> Result<(), Fault> {
    let seen = parser.state.flags;
    if let Some(left) = parser.state.component.checked_sub(HEAD) {
        parser.state.component = left;
        expect(parser.state, TLV_COMES, HEAD_AT, HEAD.into());
    } else if parser.state.component != 0 {
        return Err(Fault::Malformed);
    } else if seen & OPEN == 0 {
        uncovered(parser);
    } else if seen & PROOF == DIGEST_SEEN || seen & (ED25519_SEEN | ECDSA_SEEN) != 0 {
        parser.state.phase = COMPLETE;
    } else {
        return Err(Fault::Malformed);
    }
    Ok(())
}

/// The head of a TLV.
fn tlv_head(parser: &mut Parser<'_>) -> Result<(), Fault> {
    let (kind, length) = head(parser.room);
    let open = parser.state.flags & OPEN != 0;
    // What it is, where it goes, and its length.
    let (seen, at, least, most) = match kind {
        tlv::SHA256 if open => (DIGEST_SEEN, DIGEST_AT, 32, 32),
        tlv::KEYHASH if open => (KEY_SEEN, KEY_AT, 32, 32),
        tlv::ED25519 if open => (ED25519_SEEN, SIGNATURE_AT, 64, 64),
        tlv::ECDSA_SIG if open => (ECDSA_SEEN, SIGNATURE_AT, 2, DER),
        tlv::SEC_CNT => (COUNTER_SEEN, COUNTER_AT, 4, 4),
        tlv::UUID_VID => (VENDOR_SEEN, VENDOR_AT, 16, 16),
        tlv::UUID_CID => (CLASS_SEEN, CLASS_AT, 16, 16),
        tlv::DEPENDENCY => (0, parser.state.kept, DEPENDENCY_SIZE, DEPENDENCY_SIZE),
        // For the boot loader, and for the vendor; the digest covers it.
        tlv::BOOT_RECORD => (0, NOWHERE, 0, u16::MAX),
        _ if !open && kind & 0xff >= tlv::VENDOR && kind != u16::MAX => (0, NOWHERE, 0, u16::MAX),
        _ => return Err(Fault::Unsupported),
    };
    let before = parser.state.flags & if open { PROOF } else { seen };
    // First the digest, then key and signature; what is covered, once, and nowhere else.
    let wanted = if open { seen.wrapping_sub(1) & (DIGEST_SEEN | KEY_SEEN) } else { 0 };
    let left = parser.state.component.checked_sub(length).ok_or(Fault::Malformed)?;
    if before != wanted || open && seen & PROOF == 0 || length < least || length > most {
        return Err(Fault::Malformed);
    }
    if kind == tlv::DEPENDENCY {
        // An area has no room for so many that this would not do.
        parser.state.kept = at.wrapping_add(DEPENDENCY_SIZE);
        if usize::from(parser.state.kept) > parser.room.len() {
            return Err(Fault::NoRoom);
        }
    }
    parser.state.component = left;
    parser.state.flags |= seen;
    expect(parser.state, VALUE_COMES, at, length.into());
    Ok(())
}

fn value(parser: &mut Parser<'_>) -> Result<(), Fault> {
    let (kind, length) = head(parser.room);
    if kind == tlv::SHA256 && parser.payload && !parser.work.is(get(parser.room, DIGEST_AT, 32)) {
        return Err(Fault::Digest);
    }
    if kind == tlv::ECDSA_SIG {
        // imgtool can fill it up to the most it can have.
        let whole = get(parser.room, SIGNATURE_AT, length);
        let zeros = whole.get(der(whole).len()..).unwrap_or_default();
        let fills = zeros.is_empty() || length == DER;
        if der(whole).is_empty() || !fills || zeros.iter().any(|byte| *byte != 0) {
            return Err(Fault::Malformed);
        }
    }
    another(parser)
}

/// A DER sequence without what is behind it; empty if it is none.
fn der(bytes: &[u8]) -> &[u8] {
    match bytes {
        [0x30, size, ..] => bytes.get(..usize::from(*size).wrapping_add(2)).unwrap_or_default(),
        _ => &[],
    }
}

/// Little-endian, of up to four bytes.
#[inline(never)]
fn number(room: &[u8], at: u16, length: u16) -> u32 {
    get(room, at, length).iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[inline(never)]
fn get(room: &[u8], at: u16, length: u16) -> &[u8] {
    let at = usize::from(at);
    room.get(at..at.wrapping_add(length.into())).unwrap_or_default()
}

/// What is kept of heads: magic and size, or type and length.
fn head(room: &[u8]) -> (u16, u16) {
    (number(room, HEAD_AT, 2) as u16, number(room, HEAD_AT.wrapping_add(2), 2) as u16)
}

fn claim<'a>(state: &State, room: &'a [u8]) -> Option<Claim<'a>> {
    let (algorithm, signature) = match state.flags & (ED25519_SEEN | ECDSA_SEEN) {
        _ if state.phase != COMPLETE => return None,
        ED25519_SEEN => (ED25519, get(room, SIGNATURE_AT, 64)),
        ECDSA_SEEN => (ECDSA_P256, der(get(room, SIGNATURE_AT, DER))),
        _ => return None,
    };
    let (key, digest) = (get(room, KEY_AT, 32).first_chunk()?, get(room, DIGEST_AT, 32).first_chunk()?);
    Some(Claim { algorithm, key, digest, signature })
}

fn about<'a>(state: &State, room: &'a [u8]) -> Option<Facts<'a>> {
    if state.phase != COMPLETE {
        return None;
    }
    let seen = |what, at, length| if state.flags & what != 0 { get(room, at, length) } else { &[] };
    let mut version = get(room, VERSION_AT, VERSION);
    while let [0, text @ ..] = version {
        version = text;
    }
    Some(Facts {
        version,
        vendor: seen(VENDOR_SEEN, VENDOR_AT, 16),
        class: seen(CLASS_SEEN, CLASS_AT, 16),
        counter: seen(COUNTER_SEEN, COUNTER_AT, 4).first_chunk().map(|bytes| u32::from_le_bytes(*bytes)),
        dependencies: room.get(DEPENDENCIES_AT.into()..state.kept.into()).unwrap_or_default(),
        ..Facts::default()
    })
}

/// An image is one piece.
fn component<'a>(_: &State, _: &'a [u8], _: u16) -> Option<Component<'a>> {
    None
}
