// SPDX-License-Identifier: Apache-2.0 OR MIT
//! MCUboot images, as imgtool makes them: header, image, protected TLVs, TLVs. The proof stands
//! behind the image: as the package comes, only its header is judged; at its end the TLVs are
//! read where the package is stored. `docs/package.md` lists what is accepted.

use super::container::{
    begins_with, Begins, Claim, Component, Container, Facts, Fault, Parser, Read, State, ECDSA_P256, ED25519,
};

/// The container.
pub static MCUBOOT: Container = Container { keeps_head: false, begins, take, end, claim, about, component };

/// What an image begins with; big-endian ones begin otherwise.
pub const MAGIC: u32 = 0x96f3_b83d;
/// The least header.
pub const HEADER: usize = 32;
/// Before the TLVs that the digest covers, and before the others.
const PROTECTED_MAGIC: u32 = 0x6908;
const TLV_MAGIC: u32 = 0x6907;
/// Bytes of the head of an area of TLVs, and of a TLV's.
const HEAD: u32 = 4;

/// Flags that change nothing in how an image is checked and stored; MCUboot acts on them, or
/// nobody does: position-independent, not bootable, to be loaded into RAM, for one address.
/// The others mean that the bytes are encrypted or compressed.
const HARMLESS: u32 = 0x001 | 0x010 | 0x020 | 0x100;

/// From here on types of TLVs are the vendor's, whatever the upper byte is.
const VENDOR: u32 = 0xa0;
/// An entry of [`Facts::dependencies`].
pub const DEPENDENCY_SIZE: usize = 12;

/// Places in the room, one behind the other; the header is where the digest will be.
const DIGEST_AT: usize = 0;
const KEY_AT: usize = 32;
const SIGNATURE_AT: usize = 64;
const DER: usize = 72;
const COUNTER_AT: usize = SIGNATURE_AT + DER;
const VENDOR_AT: usize = COUNTER_AT + 4;
const CLASS_AT: usize = VENDOR_AT + 16;
/// `255.255.65535+4294967295`, right-aligned.
const VERSION_AT: usize = CLASS_AT + 16;
const VERSION_END: usize = VERSION_AT + 24;
/// The head that is being looked at; then come the dependencies.
const ROOM: usize = VERSION_END + HEAD as usize;
/// Bytes of what is hashed only that are read at once, to where the header was.
const PIECE: u32 = 32;
/// Places elsewhere: behind the room, and nowhere, whatever the length.
const MORE: usize = 254;
const NOWHERE: usize = 255;

/// [`State::flags`]: the TLVs that an image has.
const DIGEST_SEEN: u8 = 1;
const KEY_SEEN: u8 = 2;
const ED25519_SEEN: u8 = 4;
const ECDSA_SEEN: u8 = 8;
const COUNTER_SEEN: u8 = 16;
const VENDOR_SEEN: u8 = 32;
const CLASS_SEEN: u8 = 64;
const PROOF: u8 = DIGEST_SEEN | KEY_SEEN | ED25519_SEEN | ECDSA_SEEN;

/// A type of TLV: its flag, where its value is kept, and the length of that.
#[derive(Clone, Copy)]
struct Tlv {
    kind: u8,
    seen: u8,
    at: u8,
    length: u8,
}

const fn tlv(kind: u8, seen: u8, at: usize, length: usize) -> Tlv {
    Tlv { kind, seen, at: at as u8, length: length as u8 }
}

static TLVS: [Tlv; 9] = [
    tlv(0x10, DIGEST_SEEN, DIGEST_AT, 32),
    tlv(0x01, KEY_SEEN, KEY_AT, 32),
    tlv(0x24, ED25519_SEEN, SIGNATURE_AT, 64),
    tlv(0x22, ECDSA_SEEN, SIGNATURE_AT, DER), // or less
    tlv(0x50, COUNTER_SEEN, COUNTER_AT, 4),
    tlv(0x74, VENDOR_SEEN, VENDOR_AT, 16),
    tlv(0x75, CLASS_SEEN, CLASS_AT, 16),
    tlv(0x40, 0, MORE, DEPENDENCY_SIZE),
    OTHER,
];
/// A boot record; and the vendor's own TLVs, which are not looked at.
const OTHER: Tlv = tlv(0x60, 0, NOWHERE, 0);

fn begins(bytes: &[u8]) -> Begins {
    begins_with(bytes, &MAGIC.to_le_bytes())
}

/// Keeps the header, judges it when it is complete, and hashes what lies before the TLVs.
/// `total` is the number of bytes that the digest covers, until the TLVs are read; `component`
/// the number of protected ones among them.
fn take(parser: &mut Parser<'_>, bytes: &[u8]) -> Result<(), Fault> {
    let Parser { state, room, hash, payload, work } = parser;
    let room = room.first_chunk_mut::<ROOM>().ok_or(Fault::NoRoom)?;
    let before = state.taken;
    state.taken = before.saturating_add(bytes.len() as u32);
    if before < HEADER as u32 {
        let header = room.get_mut(before as usize..HEADER).unwrap_or_default();
        for (to, from) in header.iter_mut().zip(bytes) {
            *to = *from;
        }
        if state.taken >= HEADER as u32 {
            judge_header(state, room)?;
        }
    }
    if *payload {
        if before == 0 {
            (hash.start)(work);
        }
        let image = state.total.wrapping_sub(state.component.into()).max(HEADER as u32);
        (hash.update)(work, bytes.get(..image.saturating_sub(before) as usize).unwrap_or(bytes));
    }
    Ok(())
}

fn judge_header(state: &mut State, room: &mut [u8; ROOM]) -> Result<(), Fault> {
    let mut words = [0; HEADER / 4];
    for (word, bytes) in words.iter_mut().zip(room.chunks_exact(4)) {
        *word = bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    }
    let [magic, _, sizes, body, flags, version, build, _] = words;
    if magic != MAGIC {
        return Err(Fault::Unsupported);
    }
    let (size, protected) = (sizes & 0xffff, sizes >> 16);
    let image = size.checked_add(body).filter(|_| size >= HEADER as u32);
    let covered = image.and_then(|image| image.checked_add(protected)).ok_or(Fault::Malformed)?;
    if flags & !HARMLESS != 0 {
        return Err(Fault::Unsupported);
    }
    state.total = covered;
    state.component = protected as u16;
    // The version as text: `1.2.3`, or `1.2.3+4`.
    let [major, minor, ..] = version.to_le_bytes();
    let mut from = VERSION_END;
    if build != 0 {
        from = put(room, from, build, b'+');
    }
    from = put(room, from, version >> 16, b'.');
    from = put(room, from, minor.into(), b'.');
    state.number = put(room, from, major.into(), 0).wrapping_add(1) as u16;
    Ok(())
}

/// Writes a number up to `end`, and a character before it; tells where that is.
#[inline(never)]
fn put(room: &mut [u8; ROOM], mut end: usize, mut number: u32, before: u8) -> usize {
    let mut put = |byte| {
        end = end.wrapping_sub(1);
        if let Some(place) = room.get_mut(end) {
            *place = byte;
        }
    };
    loop {
        put(b'0' | (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    put(before);
    end
}

/// Reads the TLVs, and compares the digest. Without a whole header there are none. What is
/// believed of the protected ones is hashed as it is read: the storage is not asked twice.
fn end(parser: &mut Parser<'_>, read: Read<'_>) -> Result<(), Fault> {
    let Parser { state, room, hash, work, .. } = parser;
    let (room, more) = room.split_first_chunk_mut::<ROOM>().ok_or(Fault::NoRoom)?;
    let protected = u32::from(state.component);
    let mut at = state.total.wrapping_sub(protected);
    // The digest covers no more: what follows has to be in one order, without anything
    // unknown.
    let mut open = protected == 0;
    if open {
        (hash.finish)(work);
    }
    let (mut seen, mut used) = (0, 0usize);
    // Bytes left of an area; when it is complete, the head of another comes.
    let (mut left, mut complete) = (0u32, true);
    loop {
        let head = room.last_chunk_mut::<{ HEAD as usize }>().ok_or(Fault::NoRoom)?;
        if !read(at, head) {
            return Err(Fault::Malformed);
        }
        if !open {
            (hash.update)(work, head);
        }
        let head = u32::from_le_bytes(*head);
        let (kind, length) = (head & 0xffff, head >> 16);
        let end = at.checked_add(length);
        at = at.wrapping_add(HEAD);
        if complete {
            let wanted = if open { TLV_MAGIC } else { PROTECTED_MAGIC };
            left = length.checked_sub(HEAD).ok_or(Fault::Malformed)?;
            if kind != wanted || !open && length != protected || end.is_none() {
                return Err(Fault::Malformed);
            }
        } else {
            let tlv = match TLVS.iter().find(|tlv| kind == u32::from(tlv.kind)) {
                Some(tlv) if open || tlv.seen & PROOF == 0 => *tlv,
                None if !open && kind & 0xff >= VENDOR && kind != 0xffff => OTHER,
                _ => return Err(Fault::Unsupported),
            };
            left = left.checked_sub(length).ok_or(Fault::Malformed)?;
            // First the digest, then key and signature; what is covered, once, and
            // nowhere else.
            let (before, wanted) = if open {
                (seen & PROOF, (tlv.seen & PROOF).wrapping_sub(1) & !(ED25519_SEEN | ECDSA_SEEN))
            } else {
                (seen & tlv.seen, 0)
            };
            if before != wanted {
                return Err(Fault::Malformed);
            }
            seen |= tlv.seen;
            let from = usize::from(tlv.at);
            let value = if tlv.at == NOWHERE as u8 {
                for done in (0..length).step_by(PIECE as usize) {
                    let size = length.wrapping_sub(done).min(PIECE);
                    let piece = room.get_mut(..size as usize).unwrap_or_default();
                    if !read(at.wrapping_add(done), piece) {
                        return Err(Fault::Malformed);
                    }
                    (hash.update)(work, piece);
                }
                Some(&mut [][..])
            } else if length != u32::from(tlv.length) && (tlv.seen != ECDSA_SEEN || length > DER as u32) {
                return Err(Fault::Malformed);
            } else if tlv.at == MORE as u8 {
                let from = used;
                used = used.wrapping_add(DEPENDENCY_SIZE);
                more.get_mut(from..used)
            } else {
                room.get_mut(from..from.wrapping_add(length as usize))
            };
            let value = value.ok_or(Fault::NoRoom)?;
            if !value.is_empty() {
                if !read(at, value) {
                    return Err(Fault::Malformed);
                }
                if !open {
                    (hash.update)(work, value);
                }
            }
            if tlv.seen == DIGEST_SEEN && !work.is(value) {
                return Err(Fault::Digest);
            }
            if tlv.seen == ECDSA_SEEN && !is_der(value) {
                return Err(Fault::Malformed);
            }
            at = at.wrapping_add(length);
        }
        complete = left == 0;
        if !complete {
            left = left.checked_sub(HEAD).ok_or(Fault::Malformed)?;
        } else if open {
            break;
        } else {
            open = true;
            (hash.finish)(work);
        }
    }
    if seen & PROOF != DIGEST_SEEN && seen & (ED25519_SEEN | ECDSA_SEEN) == 0 {
        return Err(Fault::Malformed);
    }
    state.total = at;
    if at != state.taken {
        return Err(Fault::Malformed);
    }
    state.flags = seen;
    state.kept = ROOM.wrapping_add(used) as u16;
    Ok(())
}

/// Says that a signature is a sequence in DER. imgtool can fill it up with zeros to the most
/// that it can have.
fn is_der(signature: &[u8]) -> bool {
    let [0x30, size, rest @ ..] = signature else {
        return false;
    };
    rest.get(usize::from(*size)..).is_some_and(|zeros| {
        (zeros.is_empty() || signature.len() == DER) && zeros.iter().all(|byte| *byte == 0)
    })
}

fn claim<'a>(state: &State, room: &'a [u8]) -> Option<Claim<'a>> {
    let room = room.first_chunk::<ROOM>()?;
    let (key, digest) = (get(room, KEY_AT, 32).first_chunk()?, get(room, DIGEST_AT, 32).first_chunk()?);
    let (algorithm, length) = match (state.flags & (ED25519_SEEN | ECDSA_SEEN), get(room, SIGNATURE_AT, DER))
    {
        (ED25519_SEEN, _) => (ED25519, 64),
        (ECDSA_SEEN, [_, size, ..]) => (ECDSA_P256, usize::from(*size).wrapping_add(2)),
        _ => return None,
    };
    Some(Claim { algorithm, key, digest, signature: get(room, SIGNATURE_AT, length) })
}

/// `kept` is 0 until all is known.
fn about<'a>(state: &State, room: &'a [u8]) -> Option<Facts<'a>> {
    let dependencies = room.get(ROOM..state.kept.into())?;
    let room = room.first_chunk::<ROOM>()?;
    let seen = |what, at, length| if state.flags & what != 0 { get(room, at, length) } else { &[] };
    Some(Facts {
        version: room.get(state.number.into()..VERSION_END).unwrap_or_default(),
        vendor: seen(VENDOR_SEEN, VENDOR_AT, 16),
        class: seen(CLASS_SEEN, CLASS_AT, 16),
        counter: seen(COUNTER_SEEN, COUNTER_AT, 4).first_chunk().map(|bytes| u32::from_le_bytes(*bytes)),
        dependencies,
        ..Facts::default()
    })
}

/// An image is one piece.
fn component<'a>(_: &State, _: &'a [u8], _: u16) -> Option<Component<'a>> {
    None
}

#[inline(always)]
fn get(room: &[u8; ROOM], at: usize, length: usize) -> &[u8] {
    room.get(at..at.wrapping_add(length)).unwrap_or_default()
}
