// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What survives a reboot: one blob per instance under the keys 1, 2, ..., and under
//! key 0 the bound of the operation numbers, whose presence also says that a first boot
//! is over. Little-endian; the format's version comes first, a CRC-32 last.
//! docs/record.md shows the bytes.

use crate::verify::crc32;

/// Version of the format. A newer one is refused and left alone.
pub(crate) const FORMAT: u8 = 1;

/// The fields of an instance's record that are always there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fixed {
    /// State, flags, result, reason, attempts, fault, algorithm.
    pub bytes: [u8; 7],
    /// Id and, in the upper half, target; number, length, total, settings, bound of the
    /// numbers, expected length.
    pub words: [u32; 7],
}

/// Why a blob is of no use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unusable {
    /// Of a newer release.
    Newer,
    /// Torn or altered.
    Broken,
}

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
        let mut writer = Writer { out, used: 0 };
        writer.bytes(&[FORMAT]);
        writer
    }

    /// Writes bytes as they are.
    #[inline(never)]
    pub fn bytes(&mut self, bytes: &[u8]) {
        let end = self.used.saturating_add(bytes.len());
        if let Some(room) = self.out.get_mut(self.used..end) {
            for (to, from) in room.iter_mut().zip(bytes) {
                *to = *from;
            }
        }
        self.used = end;
    }

    /// Writes at most 255 bytes, and before them how many.
    pub fn counted(&mut self, bytes: &[u8]) {
        self.bytes(&[bytes.len() as u8]);
        self.bytes(bytes);
    }

    /// Writes a word.
    pub fn word(&mut self, word: u32) {
        self.bytes(&word.to_le_bytes());
    }

    /// Writes what is always there.
    pub fn fixed(&mut self, fixed: &Fixed) {
        self.bytes(&fixed.bytes);
        for word in fixed.words {
            self.word(word);
        }
    }

    /// Ends with the checksum. Tells the length; 0: there was no room.
    pub fn seal(mut self) -> usize {
        let sum = self.out.get(..self.used).map_or(0, crc32::checksum);
        self.word(sum);
        if self.used > self.out.len() {
            0
        } else {
            self.used
        }
    }
}

/// Opens a record that a [`Writer`] has sealed: what is between format and checksum.
#[inline(never)]
pub fn open(blob: &[u8]) -> Result<Reader<'_>, Unusable> {
    if blob.first().is_some_and(|format| *format > FORMAT) {
        return Err(Unusable::Newer);
    }
    match blob.split_last_chunk::<4>() {
        Some((body @ [FORMAT, left @ ..], sum)) if u32::from_le_bytes(*sum) == crc32::checksum(body) => {
            Ok(Reader { left, good: true })
        }
        _ => Err(Unusable::Broken),
    }
}

/// Reads one field after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    left: &'a [u8],
    good: bool,
}

impl<'a> Reader<'a> {
    /// So many bytes; none where there are not as many.
    #[inline(never)]
    pub fn bytes(&mut self, length: usize) -> &'a [u8] {
        match self.left.split_at_checked(length) {
            Some((now, later)) => {
                self.left = later;
                now
            }
            None => {
                self.good = false;
                &[]
            }
        }
    }

    /// Fields of `size` bytes, as many as the byte before them says.
    pub fn counted(&mut self, size: usize) -> &'a [u8] {
        let count = self.bytes(1).first().map_or(0, |count| usize::from(*count));
        self.bytes(count.wrapping_mul(size))
    }

    /// A word.
    pub fn word(&mut self) -> u32 {
        self.bytes(4).first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// What is always there.
    pub fn fixed(&mut self) -> Fixed {
        let bytes = self.bytes(7).first_chunk().copied().unwrap_or_default();
        let mut words = [0; 7];
        for word in words.iter_mut() {
            *word = self.word();
        }
        Fixed { bytes, words }
    }

    /// Whether all fields were there, and nothing else.
    pub fn is_whole(&self) -> bool {
        self.good && self.left.is_empty()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    const FIXED: Fixed =
        Fixed { bytes: [1, 2, 3, 4, 5, 6, 7], words: [9, u32::MAX, 0xDEAD_BEEF, 3, 4, 5, 6] };

    fn write(out: &mut [u8]) -> usize {
        let mut writer = Writer::new(out);
        writer.fixed(&FIXED);
        writer.counted(b"name");
        writer.counted(&[b'u'; 255]);
        writer.seal()
    }

    fn read(blob: &[u8]) -> Result<bool, Unusable> {
        let mut reader = open(blob)?;
        let same =
            reader.fixed() == FIXED && reader.counted(1) == b"name" && reader.counted(1) == [b'u'; 255];
        Ok(same && reader.is_whole())
    }

    #[test]
    fn what_is_written_is_read() {
        let mut out = [0; 600];
        let used = write(&mut out);
        assert_eq!(used, 1 + 7 + 28 + 5 + 256 + 4);
        assert_eq!(read(&out[..used]), Ok(true));
        for room in 0..used {
            assert_eq!(write(&mut out[..room]), 0);
        }
        let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&out[..used - 4]);
        assert_eq!(out[used - 4..used], sum.to_le_bytes(), "as docs/record.md says");
    }

    #[test]
    fn every_single_bit_and_every_truncation_is_noticed() {
        let mut out = [0; 600];
        let used = write(&mut out);
        for bit in 0..used * 8 {
            out[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&out[..used]).is_err(), "{bit}");
            out[bit / 8] ^= 1 << (bit % 8);
        }
        for length in 0..used {
            assert_eq!(read(&out[..length]), Err(Unusable::Broken));
        }
        out[0] = 2;
        assert_eq!(read(&out[..used]), Err(Unusable::Newer));
    }

    #[test]
    fn a_record_that_is_too_short_or_too_long_is_not_whole() {
        let mut out = [0; 64];
        for length in 0..20 {
            let mut writer = Writer::new(&mut out);
            writer.bytes(&[5; 20][..length]);
            let used = writer.seal();
            let mut reader = open(&out[..used]).unwrap();
            reader.word();
            reader.counted(1);
            assert_eq!(reader.is_whole(), length == 10, "{length}");
        }
    }
}
