// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One thing wrong at a time, with a digest that is right.

use super::maker::{dependency, ecdsa, ed25519, tlvs, Image, Tlv};
use super::{bytes_of, expect, one, whole, Device, Digest, Fault, LEAST, MCUBOOT, MORE};
use crate::verify::SHA256;

pub fn counter() -> Tlv {
    (0x50, vec![7, 0, 0, 0])
}

fn with(protected: &[Tlv]) -> Vec<u8> {
    Image { protected: protected.to_vec(), ..Image::least() }.bytes()
}

fn behind(behind: &[Tlv]) -> Vec<u8> {
    Image { behind: behind.to_vec(), ..Image::least() }.bytes()
}

#[test]
fn flags_tell_what_is_to_be_done_with_the_bytes() {
    for bit in 0..32 {
        let flags = 1 << bit;
        let want = if flags & 0x131 != 0 { 0 } else { 54 };
        expect(&Image { flags, ..Image::least() }.bytes(), want, &format!("flag {flags:#x}"));
    }
}

#[test]
fn protected_tlvs() {
    let cases: &[(&[Tlv], u8)] = &[
        (&[], 0),
        (&[counter()], 0),
        (&[counter(), counter()], 53),
        (&[(0x50, vec![1; 3])], 53),
        (&[(0x50, vec![1; 5])], 53),
        (&[(0x50, vec![])], 53),
        (&[dependency(0), counter(), dependency(0)], 0),
        (&[(0x40, vec![1; 11])], 53),
        (&[(0x40, vec![1; 13])], 53),
        (&[(0x40, vec![1; 24])], 53),
        (&[(0x74, vec![1; 16]), (0x75, vec![2; 16])], 0),
        (&[(0x75, vec![2; 16]), (0x74, vec![1; 16])], 0),
        (&[(0x74, vec![1; 15])], 53),
        (&[(0x75, vec![1; 17])], 53),
        (&[(0x74, vec![1; 16]), (0x74, vec![1; 16])], 53),
        (&[(0x75, vec![1; 16]), (0x75, vec![1; 16])], 53),
        (&[(0x60, vec![]), (0x60, vec![1; 300])], 0),
        (&[(0xa0, vec![]), (0xa0, vec![1]), (0x00ff, vec![2; 300]), (0x1234 | 0xff, vec![3])], 0),
        (&[(0x9f, vec![1])], 54),
        (&[(0x019f, vec![1])], 54),
        (&[(0x0150, vec![1; 4])], 54),
        (&[(0xffff, vec![1])], 54),
        (&[(0x00, vec![])], 54),
        // What belongs elsewhere, and what nobody here does.
        (&[(0x01, vec![1; 32])], 54),
        (&[(0x10, vec![1; 32])], 54),
        (&[(0x22, vec![1; 70])], 54),
        (&[(0x24, vec![1; 64])], 54),
        (&[(0x25, vec![1])], 54),
        (&[(0x70, vec![1; 4])], 54),
        (&[(0x71, vec![1; 32])], 54),
    ];
    for (n, (protected, want)) in cases.iter().enumerate() {
        expect(&with(protected), *want, &format!("case {n}"));
    }
    // As many as there is room for.
    let most = MORE / 12;
    for (count, want) in [(most, 0), (most + 1, 51), (5000, 51)] {
        let protected: Vec<_> = (0..count).map(|n| dependency(n as u8)).collect();
        expect(&with(&protected), want, &format!("{count} dependencies"));
    }
}

#[test]
fn tlvs_that_nothing_covers_stand_in_one_order_and_alone() {
    let [key, signature]: [Tlv; 2] = ed25519().try_into().unwrap();
    let other = ecdsa(70, 0)[1].clone();
    let cases: &[(&[Tlv], u8)] = &[
        (&[], 0),
        (&[key.clone(), signature.clone()], 0),
        (&[key.clone(), other.clone()], 0),
        (&[key.clone()], 53),
        (&[signature.clone()], 53),
        (&[signature.clone(), key.clone()], 53),
        (&[key.clone(), key.clone(), signature.clone()], 53),
        (&[key.clone(), signature.clone(), signature.clone()], 53),
        (&[key.clone(), signature.clone(), other.clone()], 53),
        (&[key.clone(), other.clone(), signature.clone()], 53),
        (&[key.clone(), signature.clone(), key.clone(), signature.clone()], 53),
        (&[key.clone(), signature.clone(), (0x10, vec![1; 32])], 53),
        (&[(0x10, vec![1; 32])], 53),
        (&[(0x01, vec![1; 31])], 53),
        (&[(0x01, vec![1; 33])], 53),
        (&[(0x01, vec![1; 64])], 53),
        (&[key.clone(), (0x24, vec![1; 63])], 53),
        (&[key.clone(), (0x24, vec![1; 65])], 53),
        // Covered or nowhere.
        (&[counter()], 53),
        (&[dependency(1)], 53),
        (&[(0x60, vec![1])], 53),
        (&[(0x74, vec![1; 16])], 53),
        (&[(0x75, vec![1; 16])], 53),
        (&[key.clone(), signature.clone(), counter()], 53),
        (&[key.clone(), counter(), signature.clone()], 53),
        (&[key.clone(), dependency(1), signature.clone()], 53),
        (&[key.clone(), signature.clone(), (0xa0, vec![1])], 54),
        (&[(0xa0, vec![])], 54),
        (&[(0x02, vec![1; 44]), signature.clone()], 54),
        (&[(0x11, vec![1; 48])], 54),
        (&[(0x12, vec![1; 64])], 54),
        (&[key.clone(), (0x20, vec![1; 256])], 54),
        (&[key.clone(), (0x21, vec![1; 64])], 54),
        (&[key.clone(), (0x23, vec![1; 384])], 54),
        (&[(0x25, vec![1]), key.clone(), signature.clone()], 54),
        (&[key.clone(), (0x0124, vec![1; 64])], 54),
        (&[key.clone(), signature.clone(), (0x31, vec![1; 24])], 54),
        (&[(0, vec![])], 54),
        (&[(0xffff, vec![])], 54),
    ];
    for (n, (tlvs, want)) in cases.iter().enumerate() {
        expect(&behind(tlvs), *want, &format!("case {n}"));
    }
    let digest = |length| (0x10, vec![0; length]);
    let least = Image::least();
    expect(&least.raw(&[]), 53, "no TLV");
    expect(&least.raw(&[digest(31)]), 53, "a short digest");
    expect(&least.raw(&[digest(33)]), 53, "a long one");
    expect(&least.raw(&[digest(32)]), 53, "a wrong one");
    expect(&least.raw(&ed25519()), 53, "a signature without digest");
    expect(&Image { before: vec![key], behind: vec![signature], ..least.clone() }.bytes(), 53, "key first");
    expect(&least.covered(), 53, "nothing behind it");
}

#[test]
fn a_signature_has_one_form() {
    let key = (0x01, vec![7; 32]);
    let der = |size: u8, rest: &[u8]| (0x22, [&[0x30, size], rest].concat());
    let cases = [
        (der(0, &[]), 0),
        (der(70, &[9; 70]), 0),
        (der(68, &[[9; 68].to_vec(), vec![0; 2]].concat()), 0),
        (der(2, &[[9; 2].to_vec(), vec![0; 68]].concat()), 0),
        (der(68, &[[9; 68].to_vec(), vec![0; 1]].concat()), 53),
        (der(68, &[[9; 68].to_vec(), vec![0, 1]].concat()), 53),
        (der(68, &[[9; 68].to_vec(), vec![1, 0]].concat()), 53),
        (der(69, &[9; 68]), 53),
        (der(71, &[9; 70]), 53),
        (der(71, &[9; 71]), 53),
        (der(255, &[9; 70]), 53),
        (der(0x81, &[70]), 53),
        ((0x22, vec![0x31, 2, 9, 9]), 53),
        ((0x22, vec![0x30]), 53),
        ((0x22, vec![]), 53),
        ((0x22, vec![0; 72]), 53),
        ((0x22, vec![0x30; 200]), 53),
    ];
    for (n, (signature, want)) in cases.into_iter().enumerate() {
        expect(&behind(&[key.clone(), signature]), want, &format!("case {n}"));
    }
}

#[test]
fn lengths_that_lie_are_refused() {
    let least = Image { behind: ed25519(), protected: vec![counter()], ..Image::least() };
    expect(&least.bytes(), 0, "the truth");
    let (header, protected, body) = (32, 12, least.body.len() as u32);
    for lie in [0u16, 1, 4, 31, 33, 40, 255, 32767, 65535] {
        let lies = (lie.wrapping_sub(header), 0, 0);
        expect(&Image { lies, ..least.clone() }.bytes(), 53, &format!("the header is {lie}"));
    }
    for lie in [0u16, 1, 3, 4, 11, 13, 24, 65535] {
        let lies = (0, lie.wrapping_sub(protected), 0);
        expect(&Image { lies, ..least.clone() }.bytes(), 53, &format!("what is protected is {lie}"));
    }
    for lie in [0, 1, body - 1, body + 1, body + 12, 65536, 1 << 31, u32::MAX - 44, u32::MAX - 43, u32::MAX] {
        let lies = (0, 0, lie.wrapping_sub(body));
        expect(&Image { lies, ..least.clone() }.bytes(), 53, &format!("the image is {lie}"));
    }
    // Together they come to the right sum.
    expect(&Image { lies: (1, 0, u32::MAX), ..least.clone() }.bytes(), 0, "a byte of the image as header");
    expect(&Image { lies: (u16::MAX, 0, 1), ..least.clone() }.bytes(), 53, "less than a header");

    for (magic, size) in [(0x6907, 12), (0x6909, 12), (0, 12), (0x6908, 0), (0x6908, 8), (0x6908, 16)] {
        let head = Some((magic, size));
        expect(&Image { protected_head: head, ..least.clone() }.bytes(), 53, "the first area");
    }
    // An area that is less than its head is not one of 64 KiB.
    let endless = vec![(0xa0, vec![0; 65531])];
    let image = Image { protected: endless, protected_head: Some((0x6908, 3)), ..Image::least() };
    expect(&image.bytes(), 53, "the first area is 3");
    let all = 4 + 36 + 36 + 68;
    expect(&Image { head: Some((0x6907, all)), ..least.clone() }.bytes(), 0, "the truth");
    for lie in [0, 1, 3, 4, 5, 8, 39, 40, 76, all - 1, all + 1, all + 4, 32768 + all, 65535] {
        // That of the digest alone would be good if nothing were behind.
        expect(
            &Image { head: Some((0x6907, lie)), ..least.clone() }.bytes(),
            53,
            &format!("the area is {lie}"),
        );
    }
    for magic in [0x6908, 0x6906, 0, 0xffff] {
        expect(&Image { head: Some((magic, all)), ..least.clone() }.bytes(), 53, "the second area");
    }
}

#[test]
fn lengths_of_tlvs_that_lie_are_refused() {
    let image = one("all");
    let mut tried = 0;
    // Where a TLV begins: each length there, as if it were shorter, longer, none or endless.
    let mut at = image.len() - tlvs(&ed25519()).len() - 36;
    while at < image.len() {
        let length = u16::from_le_bytes([image[at + 2], image[at + 3]]);
        for lie in [0, length - 1, length + 1, length + 4, length + 256, 32767, 65535] {
            let mut bad = image.clone();
            bad[at + 2..at + 4].copy_from_slice(&lie.to_le_bytes());
            expect(&bad, 53, &format!("{at} {lie}"));
            tried += 1;
        }
        at += 4 + usize::from(length);
    }
    assert_eq!(tried, 21);
    // The last one of the protected area reaches over its end, with a digest that is right.
    let head = Some((0x6908, 12));
    for (kind, value) in [(0x50u16, 5u16), (0xa0, 9), (0xa0, 65535)] {
        let tlv = [&kind.to_le_bytes()[..], &value.to_le_bytes(), &[0; 4]].concat();
        let mut image = Image { protected_head: head, ..Image::least() };
        image.lies.1 = 8;
        let covered = [image.covered(), tlv].concat();
        let digest = <sha2::Sha256 as sha2::Digest>::digest(&covered).to_vec();
        let rest = Image::least().raw(&[(0x10, digest)]).split_off(Image::least().covered().len());
        expect(&[covered, rest].concat(), 53, "over the end");
    }
    // Three bytes are no TLV.
    let image = Image { head: Some((0x6907, 43)), ..Image::least() };
    expect(&[image.bytes(), vec![0; 3]].concat(), 53, "three bytes");
}

/// Finds a digest of sevens.
static SEVENS: Digest = Digest {
    algorithm: SHA256,
    hosted: false,
    start: |_| {},
    update: |_, _| {},
    finish: |work| work.block = [7; 64],
};

/// What is read of an image whose first 40 bytes are followed by so many others.
fn begun(bytes: &[u8], skipped: u32) -> Result<u32, Fault> {
    let mut device = Device { hash: &SEVENS, ..Device::new(LEAST + MORE) };
    device.take(&bytes[..40])?;
    device.state.taken += skipped;
    device.take(&bytes[40..])?;
    let mut read = bytes_of(bytes);
    (MCUBOOT.end)(&mut device.parser(), &mut |at, to| {
        at.checked_sub(skipped).is_some_and(|at| read(at, to))
    })?;
    Ok(device.state.total)
}

#[test]
fn images_of_nearly_4_gib() {
    let image = |header: u16, protected: &[Tlv], body: u32| {
        let lies = (0, 0, body.wrapping_sub(8));
        Image { header, protected: protected.to_vec(), lies, ..Image::least() }.covered()
    };
    for (header, protected, most) in
        [(32, vec![], u32::MAX - 32), (40, vec![], u32::MAX - 40), (32, vec![counter()], u32::MAX - 44)]
    {
        let mut device = Device::new(LEAST);
        assert_eq!(device.take(&image(header, &protected, most)[..32]), Ok(()));
        assert_eq!(device.state.total, u32::MAX);
        for more in [1, 2, 30, most.wrapping_neg() - 1] {
            let got = Device::new(LEAST).take(&image(header, &protected, most + more)[..32]);
            assert_eq!(got, Err(Fault::Malformed), "{header} {more}: at once");
        }
    }
    let tail = [vec![0x07, 0x69, 40, 0, 0x10, 0, 32, 0], vec![7; 32]].concat();
    let counted = vec![counter()];
    for (protected, most) in [(&[][..], u32::MAX - 72), (&counted, u32::MAX - 84)] {
        for (body, want) in [
            (0xffff_0000, Ok(u32::MAX - most + 0xffff_0000)),
            (most, Ok(u32::MAX)),
            (most + 1, Err(Fault::Malformed)),
        ] {
            let bytes = [image(32, protected, body), tail.clone()].concat();
            if want.is_ok() {
                assert_eq!(begun(&bytes, body - 8), want, "{body:#x}");
            } else {
                // It would have to be longer than a package can be.
                let mut device = Device { hash: &SEVENS, ..Device::new(LEAST + MORE) };
                device.take(&bytes[..40]).unwrap();
                device.state.taken = u32::MAX;
                let mut read = bytes_of(&bytes);
                let ended = (MCUBOOT.end)(&mut device.parser(), &mut |at, to| {
                    at.checked_sub(body - 8).is_some_and(|at| read(at, to))
                });
                assert_eq!(ended.map(|()| 0), want);
            }
        }
    }
}

#[test]
fn what_is_wrong_first_is_told() {
    let image = one("ed25519");
    let mut encrypted = image.clone();
    encrypted[16] = 4;
    for length in 32..image.len() {
        assert_eq!(whole(&encrypted[..length]), Err(Fault::Unsupported), "{length}");
    }
    let mut other = image.clone();
    other[0] ^= 1;
    assert_eq!(whole(&other), Err(Fault::Unsupported));
    let unknown = (0x99, vec![1]);
    expect(&with(&[unknown.clone(), counter(), counter()]), 54, "first 54");
    expect(&with(&[counter(), counter(), unknown.clone()]), 53, "first 53");
    // The digest is wrong before the unknown one comes.
    let image = Image::least().raw(&[(0x10, vec![0; 32]), unknown]);
    assert_eq!(whole(&image), Err(Fault::Digest));
}
