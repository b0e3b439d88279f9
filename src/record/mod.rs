// SPDX-License-Identifier: Apache-2.0 OR MIT
//! What survives a reboot: one blob per instance under the keys 1, 2, ..., and under
//! key 0 the bound of the operation numbers, whose presence also says that a first boot
//! is over. Little-endian; the format's version comes first, a CRC-32 last.
//! docs/record.md shows the bytes.

use crate::verify::{crc32, digest_size, Expectation};

/// Version of the format. A newer one is refused and left alone.
pub(crate) const FORMAT: u8 = 1;

/// Flags of a record.
pub mod flag {
    /// The software waits for the package that updates it.
    pub(crate) const FOR_UPDATE: u8 = 1;
    /// 9/x/12
    pub(crate) const ACTIVE: u8 = 2;
    /// 9/x/8
    pub(crate) const UPDATE_OBJECTS: u8 = 4;
    /// The operation in flight was called once more after a boot.
    pub(crate) const ONCE_MORE: u8 = 8;
}

/// One instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Record<'a> {
    pub id: u16,
    pub state: u8,
    pub flags: u8,
    pub result: u8,
    pub reason: u8,
    pub attempts: u8,
    /// A fault of content that the verification is to tell, as a result; or 0.
    pub fault: u8,
    /// The component that an operation is about, by its Object 14 id; or 65535.
    pub target: u16,
    /// The operation in flight.
    pub number: u32,
    /// Bytes of the package that are stored for certain.
    pub length: u32,
    /// Its declared size, or 0.
    pub total: u32,
    /// 9/x/13
    pub settings: u32,
    /// No operation has had a number from here on, as far as this record knows.
    pub bound: u32,
    pub expected: Expectation,
    pub etag: &'a [u8],
    pub name: &'a [u8],
    pub version: &'a [u8],
    pub uri: &'a [u8],
    /// Four bytes each, see [`Entry`].
    pub components: &'a [u8],
}

/// One component.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Entry {
    /// Id in Object 14.
    pub id: u16,
    /// Place in the package.
    pub place: u8,
    pub flags: u8,
}

/// Why a blob is of no use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unusable {
    /// Of a newer release.
    Newer,
    /// Torn or altered.
    Broken,
}

/// The most bytes that a record takes.
pub fn size(text: u16, uri: u16, components: u16) -> usize {
    let fixed: usize = 8 + 4 + 6 * 4 + 32 + 9 + 2 + 1 + 1 + 4;
    let text = usize::from(text).wrapping_mul(2);
    let components = usize::from(components).wrapping_mul(4);
    fixed.wrapping_add(text).wrapping_add(usize::from(uri)).wrapping_add(components)
}

struct Writer<'a> {
    left: &'a mut [u8],
    fits: bool,
}

impl Writer<'_> {
    #[inline(never)]
    fn bytes(&mut self, bytes: &[u8]) {
        let left = core::mem::take(&mut self.left);
        match left.split_at_mut_checked(bytes.len()) {
            Some((now, later)) => {
                now.copy_from_slice(bytes);
                self.left = later;
            }
            None => self.fits = false,
        }
    }

    fn counted(&mut self, bytes: &[u8]) {
        self.bytes(&[bytes.len() as u8]);
        self.bytes(bytes);
    }
}

/// Writes what `fill` writes, and a checksum. Tells the length.
fn seal(out: &mut [u8], fill: impl FnOnce(&mut Writer<'_>)) -> Option<usize> {
    let room = out.len();
    let mut writer = Writer { left: out, fits: true };
    fill(&mut writer);
    let (fits, left) = (writer.fits, writer.left.len());
    let used = room.checked_sub(left).filter(|_| fits)?;
    let (body, tail) = out.split_at_mut_checked(used)?;
    tail.get_mut(..4)?.copy_from_slice(&crc32::checksum(body).to_le_bytes());
    used.checked_add(4)
}

/// Opens what `seal` has sealed.
#[inline(never)]
fn open(blob: &[u8]) -> Result<&[u8], Unusable> {
    if blob.first().is_some_and(|format| *format > FORMAT) {
        return Err(Unusable::Newer);
    }
    match blob.split_last_chunk::<4>() {
        Some((body, sum))
            if u32::from_le_bytes(*sum) == crc32::checksum(body) && body.first() == Some(&FORMAT) =>
        {
            Ok(body)
        }
        _ => Err(Unusable::Broken),
    }
}

/// Writes the record of an instance into `out`. Tells its length.
pub fn encode(
    record: &Record<'_>,
    components: impl Iterator<Item = Entry> + Clone,
    out: &mut [u8],
) -> Option<usize> {
    seal(out, |to| {
        to.bytes(&[FORMAT, record.state, record.flags, record.result]);
        to.bytes(&[record.reason, record.attempts, record.fault, record.expected.algorithm]);
        to.bytes(&record.id.to_le_bytes());
        to.bytes(&record.target.to_le_bytes());
        for number in [
            record.number,
            record.length,
            record.total,
            record.settings,
            record.bound,
            record.expected.length,
        ] {
            to.bytes(&number.to_le_bytes());
        }
        to.bytes(record.expected.digest.get(..digest_size(record.expected.algorithm)).unwrap_or_default());
        for text in [record.etag, record.name, record.version, record.uri] {
            to.counted(text);
        }
        to.bytes(&[components.clone().fold(0u8, |n, _| n.saturating_add(1))]);
        for entry in components {
            let [low, high] = entry.id.to_le_bytes();
            to.bytes(&[low, high, entry.place, entry.flags]);
        }
    })
}

/// Reads the record of an instance.
pub fn decode(blob: &[u8]) -> Result<Record<'_>, Unusable> {
    read(open(blob)?).ok_or(Unusable::Broken)
}

#[inline(never)]
fn take<'a, const N: usize>(left: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (now, later) = left.split_first_chunk::<N>()?;
    *left = later;
    Some(now)
}

#[inline(never)]
fn counted<'a>(left: &mut &'a [u8], size: usize) -> Option<&'a [u8]> {
    let [count] = *take::<1>(left)?;
    let (now, later) = left.split_at_checked(usize::from(count).checked_mul(size)?)?;
    *left = later;
    Some(now)
}

fn read(mut left: &[u8]) -> Option<Record<'_>> {
    let left = &mut left;
    let [_, state, flags, result, reason, attempts, fault, algorithm] = *take::<8>(left)?;
    let id = u16::from_le_bytes(*take(left)?);
    let target = u16::from_le_bytes(*take(left)?);
    let number = u32::from_le_bytes(*take(left)?);
    let length = u32::from_le_bytes(*take(left)?);
    let total = u32::from_le_bytes(*take(left)?);
    let settings = u32::from_le_bytes(*take(left)?);
    let bound = u32::from_le_bytes(*take(left)?);
    let mut expected = Expectation { length: u32::from_le_bytes(*take(left)?), algorithm, digest: [0; 32] };
    let (digest, later) = left.split_at_checked(digest_size(algorithm))?;
    *left = later;
    for (to, from) in expected.digest.iter_mut().zip(digest) {
        *to = *from;
    }
    let etag = counted(left, 1)?;
    let name = counted(left, 1)?;
    let version = counted(left, 1)?;
    let uri = counted(left, 1)?;
    let components = counted(left, 4)?;
    left.is_empty().then_some(Record {
        id,
        state,
        flags,
        result,
        reason,
        attempts,
        fault,
        target,
        number,
        length,
        total,
        settings,
        bound,
        expected,
        etag,
        name,
        version,
        uri,
        components,
    })
}

/// The components of a record.
pub fn entries(components: &[u8]) -> impl Iterator<Item = Entry> + '_ {
    components.chunks_exact(4).filter_map(|bytes| match bytes {
        [low, high, place, flags] => {
            Some(Entry { id: u16::from_le_bytes([*low, *high]), place: *place, flags: *flags })
        }
        _ => None,
    })
}

/// Writes the record of key 0: no number from `bound` on has been used.
pub fn encode_bound(bound: u32, out: &mut [u8]) -> Option<usize> {
    seal(out, |to| {
        to.bytes(&[FORMAT, b'N']);
        to.bytes(&bound.to_le_bytes());
    })
}

/// Reads the record of key 0.
pub fn decode_bound(blob: &[u8]) -> Result<u32, Unusable> {
    match open(blob)? {
        [_, b'N', rest @ ..] => rest.try_into().map(u32::from_le_bytes).map_err(|_| Unusable::Broken),
        _ => Err(Unusable::Broken),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    fn sample() -> Record<'static> {
        Record {
            id: 65534,
            state: 3,
            flags: 15,
            result: 53,
            reason: 9,
            attempts: 2,
            fault: 53,
            target: 7,
            number: 0xDEAD_BEEF,
            length: 1 << 31,
            total: u32::MAX,
            settings: 14 << 16,
            bound: 99,
            expected: Expectation { length: 9, algorithm: 2, digest: [0xA5; 32] },
            etag: &[1; 8],
            name: b"name",
            version: b"1.0",
            uri: &[b'u'; 255],
            components: &[],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let list = [Entry { id: 300, place: 0, flags: 1 }, Entry { id: 2, place: 1, flags: 4 }];
        let mut out = [0; 600];
        let used = encode(&sample(), list.into_iter(), &mut out).unwrap();
        assert!(used <= size(4, 255, 2));
        let back = decode(&out[..used]).unwrap();
        assert_eq!(Record { components: &[], ..back }, sample());
        assert!(entries(back.components).eq(list));
        for room in 0..used {
            assert_eq!(encode(&sample(), list.into_iter(), &mut out[..room]), None);
        }
    }

    #[test]
    fn every_single_bit_and_every_truncation_is_noticed() {
        let mut out = [0; 600];
        let used = encode(&sample(), core::iter::empty(), &mut out).unwrap();
        for bit in 0..used * 8 {
            out[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&out[..used]).is_err(), "{bit}");
            out[bit / 8] ^= 1 << (bit % 8);
        }
        for length in 0..used {
            assert_eq!(decode(&out[..length]), Err(Unusable::Broken));
        }
        out[0] = 2;
        assert_eq!(decode(&out[..used]), Err(Unusable::Newer));
        let used = encode_bound(77, &mut out).unwrap();
        assert_eq!(decode_bound(&out[..used]), Ok(77));
        let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&out[..used - 4]);
        assert_eq!(out[used - 4..used], sum.to_le_bytes(), "as docs/record.md says");
        assert_eq!(decode(&out[..used]), Err(Unusable::Broken));
    }
}
