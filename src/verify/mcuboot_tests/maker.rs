// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Makes images, right or wrong, with a digest that is right.

use sha2::{Digest as _, Sha256};

/// Type and value.
pub type Tlv = (u16, Vec<u8>);

#[derive(Clone)]
pub struct Image {
    pub header: u16,
    pub flags: u32,
    /// Major, minor, revision, build.
    pub version: (u8, u8, u16, u32),
    pub body: Vec<u8>,
    pub protected: Vec<Tlv>,
    /// Before the digest, and behind it.
    pub before: Vec<Tlv>,
    pub behind: Vec<Tlv>,
    /// Added to the lengths that the header tells: header, protected TLVs, image.
    pub lies: (u16, u16, u32),
    /// Magic and length, where they are not what they should be.
    pub protected_head: Option<(u16, u16)>,
    pub head: Option<(u16, u16)>,
}

pub fn tlvs(tlvs: &[Tlv]) -> Vec<u8> {
    let one =
        |(kind, value): &Tlv| [&kind.to_le_bytes()[..], &(value.len() as u16).to_le_bytes(), value].concat();
    tlvs.iter().flat_map(one).collect()
}

fn area(magic: u16, given: Option<(u16, u16)>, tlvs: &[u8]) -> Vec<u8> {
    let (magic, size) = given.unwrap_or((magic, (tlvs.len() + 4) as u16));
    [&magic.to_le_bytes()[..], &size.to_le_bytes(), tlvs].concat()
}

impl Image {
    pub fn least() -> Image {
        Image {
            header: 32,
            flags: 0,
            version: (1, 2, 3, 0),
            body: b"an image".to_vec(),
            protected: vec![],
            before: vec![],
            behind: vec![],
            lies: (0, 0, 0),
            protected_head: None,
            head: None,
        }
    }

    /// What the digest covers.
    pub fn covered(&self) -> Vec<u8> {
        let protected = if self.protected.is_empty() && self.protected_head.is_none() {
            vec![]
        } else {
            area(0x6908, self.protected_head, &tlvs(&self.protected))
        };
        let (major, minor, revision, build) = self.version;
        let mut all = [
            &0x96f3_b83d_u32.to_le_bytes()[..],
            &0x0800_0000_u32.to_le_bytes(),
            &self.header.wrapping_add(self.lies.0).to_le_bytes(),
            &(protected.len() as u16).wrapping_add(self.lies.1).to_le_bytes(),
            &(self.body.len() as u32).wrapping_add(self.lies.2).to_le_bytes(),
            &self.flags.to_le_bytes(),
            &[major, minor],
            &revision.to_le_bytes(),
            &build.to_le_bytes(),
            &[0; 4],
        ]
        .concat();
        all.resize(self.header.into(), 0xff);
        [all, self.body.clone(), protected].concat()
    }

    pub fn bytes(&self) -> Vec<u8> {
        let covered = self.covered();
        let digest = (0x10, Sha256::digest(&covered).to_vec());
        let behind = [self.before.clone(), vec![digest], self.behind.clone()].concat();
        self.raw(&behind)
    }

    /// With these TLVs behind it, and no others.
    pub fn raw(&self, behind: &[Tlv]) -> Vec<u8> {
        [self.covered(), area(0x6907, self.head, &tlvs(behind))].concat()
    }
}

pub fn ed25519() -> Vec<Tlv> {
    vec![(0x01, vec![7; 32]), (0x24, (0..64).collect())]
}

/// With so many bytes of DER, filled up with so many zeros.
pub fn ecdsa(size: u8, zeros: usize) -> Vec<Tlv> {
    let der = [vec![0x30, size - 2], vec![9; usize::from(size) - 2], vec![0; zeros]].concat();
    vec![(0x01, vec![7; 32]), (0x22, der)]
}

pub fn dependency(image: u8) -> Tlv {
    (0x40, vec![image, 0, 0, 0, 1, 2, 3, 0, 4, 0, 0, 0])
}

/// One of each kind that is good.
pub fn good() -> Vec<(&'static str, Vec<u8>)> {
    let least = Image::least;
    let counter = (0x50, vec![7, 0, 0, 0]);
    let all = vec![
        counter.clone(),
        (0x60, vec![0xa1; 40]),
        dependency(1),
        dependency(2),
        (0x74, vec![0x74; 16]),
        (0x75, vec![0x75; 16]),
        (0xa0, b"vendor".to_vec()),
        (0xfffe, vec![]),
    ];
    let images = [
        ("least", least()),
        ("ed25519", Image { behind: ed25519(), ..least() }),
        ("p256", Image { behind: ecdsa(71, 0), protected: vec![counter], ..least() }),
        ("p256 filled up", Image { behind: ecdsa(70, 2), header: 0x200, ..least() }),
        ("all", Image { behind: ed25519(), protected: all, version: (255, 255, 65535, u32::MAX), ..least() }),
        ("empty", Image { body: vec![], header: 40, version: (0, 0, 0, 10), ..least() }),
        ("nothing protected", Image { protected_head: Some((0x6908, 4)), flags: 0x131, ..least() }),
        ("long", Image { body: vec![0x5a; 1000], behind: ecdsa(8, 0), ..least() }),
    ];
    images.into_iter().map(|(name, image)| (name, image.bytes())).collect()
}
