// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What survives a reboot: one blob per instance under the keys 1, 2, ..., and under
//! key 0 the bound of the operation numbers, whose presence also says that a first boot
//! is over. Little-endian; the format's version comes first, a CRC-32 last.
//! docs/record.md shows the bytes.

pub mod crc32;

/// Version of the format. A newer one is refused and left alone.
pub(crate) const FORMAT: u8 = 1;

/// The bytes that every record of an instance begins with: format, state, flags, result,
/// reason, attempts, fault, algorithm, and then words: id and, in the upper half, target;
/// number, length, total, settings, bound of the numbers, expected length.
pub type Fixed = [u8; 8 + 28];

/// The most bytes that a record takes, with a digest of 32 bytes and an ETag of 8.
pub fn size(text: u16, uri: u16, components: u16) -> usize {
    let fixed: usize = 8 + 28 + 32 + 9 + 2 + 1 + 1 + 4;
    let text = usize::from(text).wrapping_mul(2);
    let components = usize::from(components).wrapping_mul(4);
    fixed.wrapping_add(text).wrapping_add(usize::from(uri)).wrapping_add(components)
}

/// Writes one field after the other, as long as there is room.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut [u8],
    used: usize,
}

impl<'a> Writer<'a> {
    /// Begins a record.
    pub fn new(out: &'a mut [u8]) -> Self {
        Writer { out, used: 0 }
    }

    /// Gives the room back.
    pub fn into_inner(self) -> &'a mut [u8] {
        self.out
    }

    fn room(&mut self, length: usize) -> Option<&mut [u8]> {
        let start = self.used;
        self.used = start.saturating_add(length);
        self.out.get_mut(start..self.used)
    }

    /// The room for what an instance's record begins with.
    pub fn fixed(&mut self) -> Option<&mut Fixed> {
        self.room(size_of::<Fixed>())?.first_chunk_mut()
    }

    /// Where the next byte goes.
    pub fn at(&self) -> usize {
        self.used
    }

    /// Writes the number of 4-byte entries that have followed the byte at `at` there.
    pub fn count(&mut self, at: usize) {
        let entries = self.used.wrapping_sub(at) / 4;
        if let Some(count) = self.out.get_mut(at) {
            *count = entries as u8;
        }
    }

    /// Ends with the checksum. Tells the length; `None`: there was no room, or nothing.
    pub fn seal(&mut self) -> Option<usize> {
        if self.used == 0 {
            return None;
        }
        let (sealed, rest) = self.out.split_at_mut_checked(self.used)?;
        *rest.first_chunk_mut()? = crc32::checksum(sealed).to_le_bytes();
        Some(self.used.wrapping_add(4))
    }
}

/// Writes bytes as they are.
#[inline(never)]
pub fn put(bytes: &[u8], writer: &mut Writer<'_>) {
    if let Some(room) = writer.room(bytes.len()) {
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
    }
}

/// Writes at most 255 bytes, and before them how many.
#[inline(never)]
pub fn put_counted(bytes: &[u8], writer: &mut Writer<'_>) {
    put(&[bytes.len() as u8], writer);
    put(bytes, writer);
}

/// Whether a later release has written it.
pub fn is_newer(blob: &[u8]) -> bool {
    blob.first().is_some_and(|format| *format > FORMAT)
}

#[inline(never)]
/// Opens a record that a [`Writer`] has sealed: what is before the checksum.
pub fn open(blob: &[u8]) -> Option<&[u8]> {
    let (sealed, sum) = blob.split_last_chunk()?;
    let good = sealed.first() == Some(&FORMAT) && u32::from_le_bytes(*sum) == crc32::checksum(sealed);
    good.then_some(sealed)
}

/// Splits an instance's record: what it begins with; and into `fields` digest, ETag, name,
/// version, URI, components, and what packages say of themselves, if a container is named.
/// `digest` tells the bytes of an algorithm's digest. `None`: it is something else.
pub fn split<'a>(sealed: &'a [u8], digest: fn(u8) -> usize, fields: &mut [&'a [u8]; 7]) -> Option<&'a Fixed> {
    let (fixed, mut left): (&Fixed, _) = sealed.split_first_chunk()?;
    let [_, _, _, _, _, _, _, algorithm, ..] = fixed;
    let mut length = digest(*algorithm);
    let [counted @ .., kept] = fields;
    for (at, field) in counted.iter_mut().enumerate() {
        if at > 0 {
            let (count, later) = left.split_first()?;
            length = usize::from(*count);
            left = later;
        }
        if at == 5 {
            length = length.wrapping_mul(4);
        }
        (*field, left) = left.split_at_checked(length)?;
    }
    *kept = left;
    Some(fixed)
}

/// The next of some words.
#[inline(always)]
pub fn take_word(words: &mut &[u8]) -> u32 {
    let Some((word, later)) = words.split_first_chunk::<4>() else {
        return 0;
    };
    *words = later;
    u32::from_le_bytes(*word)
}

/// Writes the next of some words.
#[inline(always)]
pub fn put_word(words: &mut &mut [u8], word: u32) {
    if let Some((room, later)) = core::mem::take(words).split_first_chunk_mut::<4>() {
        *room = word.to_le_bytes();
        *words = later;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::verify::digest_size;

    fn write(out: &mut [u8]) -> Option<usize> {
        let mut writer = Writer::new(out);
        if let Some(fixed) = writer.fixed() {
            *fixed = [3; 36];
            fixed[0] = FORMAT;
            fixed[7] = crate::verify::CRC32;
        }
        put(b"hash", &mut writer);
        for field in [&b"etag"[..], b"name", b"", &[b'u'; 255]] {
            put_counted(field, &mut writer);
        }
        let at = writer.at();
        put(&[0, 1, 2, 3, 4], &mut writer);
        put(&[5, 6, 7, 8], &mut writer);
        writer.count(at);
        writer.seal()
    }

    /// Whether it is what [`write`] writes.
    fn is_same(blob: &[u8]) -> bool {
        let mut fields = [&[][..]; 7];
        let Some(fixed) = open(blob).and_then(|sealed| split(sealed, digest_size, &mut fields)) else {
            return false;
        };
        fixed[1] == 3
            && fields == [&b"hash"[..], b"etag", b"name", b"", &[b'u'; 255], &[1, 2, 3, 4, 5, 6, 7, 8], b""]
    }

    #[test]
    fn what_is_written_is_read() {
        let mut out = [0; 600];
        let used = write(&mut out).unwrap();
        assert_eq!(used, 1 + 7 + 28 + 4 + 5 + 5 + 1 + 256 + 9 + 4);
        assert!(is_same(&out[..used]));
        for room in 0..used {
            assert_eq!(write(&mut out[..room]), None);
        }
        let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&out[..used - 4]);
        assert_eq!(out[used - 4..used], sum.to_le_bytes(), "as docs/record.md says");
    }

    #[test]
    fn every_single_bit_and_every_truncation_is_noticed() {
        let mut out = [0; 600];
        let used = write(&mut out).unwrap();
        for bit in 0..used * 8 {
            out[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&out[..used]), None, "{bit}");
            out[bit / 8] ^= 1 << (bit % 8);
        }
        for length in 0..used {
            assert_eq!(open(&out[..length]), None);
            assert!(!is_newer(&out[..length]));
        }
        out[0] = 2;
        assert!(is_newer(&out[..used]));
    }

    #[test]
    fn a_record_that_is_too_short_or_too_long_is_none() {
        let mut body = [0; 60];
        let fixed = size_of::<Fixed>();
        for length in 0..60 {
            assert_eq!(
                split(&body[..length], digest_size, &mut [&[]; 7]).is_some(),
                length >= fixed + 5,
                "{length}"
            );
        }
        body[fixed + 4] = 3;
        for length in 0..60 {
            assert_eq!(
                split(&body[..length], digest_size, &mut [&[]; 7]).is_some(),
                length >= fixed + 5 + 12,
                "{length}"
            );
        }
    }

    #[test]
    fn words_are_little_endian_and_end() {
        let mut out = [0; 9];
        let mut room = &mut out[..];
        for word in [1, 0xDEAD_BEEF, 7] {
            put_word(&mut room, word);
        }
        assert_eq!(out, [1, 0, 0, 0, 0xEF, 0xBE, 0xAD, 0xDE, 0]);
        let mut words = &out[..];
        assert_eq!([(); 3].map(|()| take_word(&mut words)), [1, 0xDEAD_BEEF, 0]);
    }
}
