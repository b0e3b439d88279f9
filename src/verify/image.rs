// SPDX-License-Identifier: Apache-2.0 OR MIT
//! MCUboot images, as imgtool makes them: header, image, protected TLVs, TLVs. What proves an
//! image stands behind it: as it comes, its header is looked at, and once it is stored and its
//! digest is known, the rest is read from there. `docs/package.md` says what is taken and what
//! is not.

use super::container::{Claim, Facts, Fault, ECDSA_P256, ED25519};

/// What an image begins with; big-endian ones begin otherwise.
pub const MAGIC: u32 = 0x96f3_b83d;
/// The least header.
pub const HEADER: u32 = 32;
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
pub const DEPENDENCY_SIZE: u16 = 12;
/// `255.255.65535+4294967295`
pub const VERSION: usize = 24;

/// Places in what is kept, one behind the other.
const DIGEST_AT: usize = 0;
const KEY_AT: usize = 32;
const SIGNATURE_AT: usize = 64;
const DER: usize = 72;
const COUNTER_AT: usize = SIGNATURE_AT + DER;
const VENDOR_AT: usize = COUNTER_AT + 4;
const CLASS_AT: usize = VENDOR_AT + 16;
const KEPT: usize = CLASS_AT + 16;
/// Places elsewhere: in the room for more, and nowhere, whatever the length.
const MORE: usize = 254;
const NOWHERE: usize = 255;

/// What was there.
const DIGEST_SEEN: u8 = 1;
const KEY_SEEN: u8 = 2;
const ED25519_SEEN: u8 = 4;
const ECDSA_SEEN: u8 = 8;
const COUNTER_SEEN: u8 = 16;
const VENDOR_SEEN: u8 = 32;
const CLASS_SEEN: u8 = 64;
const PROOF: u8 = DIGEST_SEEN | KEY_SEEN | ED25519_SEEN | ECDSA_SEEN;

/// A type of TLV: what has been seen with it, where its value goes, and the length of that.
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
    tlv(0x40, 0, MORE, DEPENDENCY_SIZE as usize),
    OTHER,
];
/// A boot record; and what is the vendor's, which is of no more interest here.
const OTHER: Tlv = tlv(0x60, 0, NOWHERE, 0);

/// What is known of an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Image {
    covered: u32,
    total: u32,
    /// Major, minor and revision, as the header has them.
    version: u32,
    build: u32,
    /// Bytes of protected TLVs, and of dependencies.
    protected: u16,
    more: u16,
    kept: [u8; KEPT],
    seen: u8,
}

/// Reads bytes of the package from a place on, and tells whether it could.
pub type Read<'a> = &'a mut dyn FnMut(u32, &mut [u8]) -> bool;

impl Image {
    /// Nothing is known.
    pub const NEW: Image =
        Image { covered: 0, total: 0, version: 0, build: 0, protected: 0, more: 0, kept: [0; KEPT], seen: 0 };

    /// Judges the header, and forgets what was known of another image.
    pub fn header(&mut self, header: &[u8; HEADER as usize]) -> Result<(), Fault> {
        *self = Image::NEW;
        let mut words = [0; 8];
        for (word, bytes) in words.iter_mut().zip(header.chunks_exact(4)) {
            *word = bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        }
        let [magic, _, sizes, body, flags, version, build, _] = words;
        if magic != MAGIC {
            return Err(Fault::Unsupported);
        }
        let (size, protected) = (sizes & 0xffff, sizes >> 16);
        let image = size.checked_add(body).filter(|_| size >= HEADER);
        let covered = image.and_then(|image| image.checked_add(protected));
        self.covered = covered.ok_or(Fault::Malformed)?;
        if flags & !HARMLESS != 0 {
            return Err(Fault::Unsupported);
        }
        self.protected = protected as u16;
        self.version = version;
        self.build = build;
        Ok(())
    }

    /// How many bytes the digest covers, from the first one on.
    pub fn covered(&self) -> u32 {
        self.covered
    }

    /// Reads what is behind the image, which has this digest; where nothing can be read, it
    /// has ended. Dependencies are kept in `more`. Called once for each header.
    pub fn tail(&mut self, digest: &[u8; 32], more: &mut [u8], read: Read<'_>) -> Result<(), Fault> {
        let mut at = self.covered.wrapping_sub(self.protected.into());
        // The digest covers no more: what follows has to be in one order, without anything
        // unknown.
        let mut open = self.protected == 0;
        let (mut seen, mut used) = (0, 0usize);
        // Of an area; when one is complete, the head of another comes.
        let (mut left, mut complete) = (0u32, true);
        loop {
            let mut head = [0; HEAD as usize];
            if !read(at, &mut head) {
                return Err(Fault::Malformed);
            }
            let head = u32::from_le_bytes(head);
            let (kind, length) = (head & 0xffff, head >> 16);
            let end = at.checked_add(length);
            at = at.wrapping_add(HEAD);
            if complete {
                let wanted = if open { TLV_MAGIC } else { PROTECTED_MAGIC };
                left = length.checked_sub(HEAD).ok_or(Fault::Malformed)?;
                if kind != wanted || !open && length != u32::from(self.protected) || end.is_none() {
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
                    Some(&mut [][..])
                } else if length != u32::from(tlv.length) && (tlv.seen != ECDSA_SEEN || length > DER as u32) {
                    return Err(Fault::Malformed);
                } else if tlv.at == MORE as u8 {
                    let from = used;
                    used = used.wrapping_add(DEPENDENCY_SIZE.into());
                    more.get_mut(from..used)
                } else {
                    self.kept.get_mut(from..from.wrapping_add(length as usize))
                };
                let value = value.ok_or(Fault::NoRoom)?;
                if !value.is_empty() && !read(at, value) {
                    return Err(Fault::Malformed);
                }
                if tlv.seen == DIGEST_SEEN && self.get(DIGEST_AT, 32) != digest {
                    return Err(Fault::Digest);
                }
                if tlv.seen == ECDSA_SEEN && !self.is_der(length) {
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
            }
        }
        if seen & PROOF != DIGEST_SEEN && seen & (ED25519_SEEN | ECDSA_SEEN) == 0 {
            return Err(Fault::Malformed);
        }
        self.seen = seen;
        self.more = used as u16;
        self.total = at;
        Ok(())
    }

    /// Whether a signature of so many bytes is a sequence in DER. imgtool can fill it up to
    /// the most it can have; behind it there are zeros in any case.
    fn is_der(&self, length: u32) -> bool {
        let signature = self.get(SIGNATURE_AT, DER);
        let [0x30, size, rest @ ..] = signature else {
            return false;
        };
        let whole = u32::from(*size).wrapping_add(2) == length || length == DER as u32;
        whole && rest.get(usize::from(*size)..).is_some_and(|zeros| zeros.iter().all(|byte| *byte == 0))
    }

    /// Bytes of the whole image, once the tail is known; before that 0.
    pub fn total(&self) -> u32 {
        self.total
    }

    /// What is signed, once the tail is known; `None`: nothing is.
    pub fn claim(&self) -> Option<Claim<'_>> {
        let (digest, key) = (self.get(DIGEST_AT, 32).first_chunk()?, self.get(KEY_AT, 32).first_chunk()?);
        let (algorithm, length) = match (self.seen & (ED25519_SEEN | ECDSA_SEEN), self.get(SIGNATURE_AT, DER))
        {
            (ED25519_SEEN, _) => (ED25519, 64),
            (ECDSA_SEEN, [_, size, ..]) => (ECDSA_P256, usize::from(*size).wrapping_add(2)),
            _ => return None,
        };
        Some(Claim { algorithm, key, digest, signature: self.get(SIGNATURE_AT, length) })
    }

    /// What the image says of itself, once the tail is known. `more` is what the tail has been
    /// given, `version` what [`version`](Self::version) has made.
    pub fn facts<'a>(&'a self, more: &'a [u8], version: &'a [u8]) -> Facts<'a> {
        let seen = |what, at, length| if self.seen & what != 0 { self.get(at, length) } else { &[] };
        Facts {
            version,
            vendor: seen(VENDOR_SEEN, VENDOR_AT, 16),
            class: seen(CLASS_SEEN, CLASS_AT, 16),
            counter: seen(COUNTER_SEEN, COUNTER_AT, 4).first_chunk().map(|bytes| u32::from_le_bytes(*bytes)),
            dependencies: more.get(..self.more.into()).unwrap_or_default(),
            ..Facts::default()
        }
    }

    /// Writes the version as text: `1.2.3`, or `1.2.3+4`.
    pub fn version<'a>(&self, room: &'a mut [u8; VERSION]) -> &'a [u8] {
        let [major, minor, ..] = self.version.to_le_bytes();
        let mut from = VERSION;
        if self.build != 0 {
            from = put(room, from, self.build, b'+').wrapping_sub(1);
        }
        from = put(room, from, self.version >> 16, b'.').wrapping_sub(1);
        from = put(room, from, minor.into(), b'.').wrapping_sub(1);
        from = put(room, from, major.into(), 0);
        room.get(from..).unwrap_or_default()
    }

    #[inline(always)]
    fn get(&self, at: usize, length: usize) -> &[u8] {
        self.kept.get(at..at.wrapping_add(length)).unwrap_or_default()
    }
}

/// Writes a number up to `end`, and a character before it; tells where the number begins.
#[inline(never)]
fn put(room: &mut [u8; VERSION], mut end: usize, mut number: u32, before: u8) -> usize {
    let mut put = |at, byte| {
        if let Some(place) = room.get_mut(at) {
            *place = byte;
        }
    };
    loop {
        end = end.wrapping_sub(1);
        put(end, b'0' | (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    put(end.wrapping_sub(1), before);
    end
}
