// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The codec against coap-lite's, in both directions, and against what is broken.

use super::block::Block;
use super::message::{Message, Opt};
use super::write::Writer;
use super::Kind;
use coap_lite::{CoapOption, MessageType, Packet};

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    /// A number that is likely to be where something changes.
    fn near_an_edge(&mut self, most: usize) -> usize {
        let edges = [0, 1, 11, 12, 13, 14, 255, 268, 269, 270, 525, 65534, 65535];
        let number = if self.below(2) == 0 { self.below(20) } else { edges[self.below(edges.len())] };
        number.min(most)
    }

    /// Any message that can be sent.
    fn message(&mut self) -> Sent {
        let count = self.below(7);
        let mut options: Vec<(u16, Vec<u8>)> = (0..count)
            .map(|_| {
                let length = self.near_an_edge(600);
                (self.near_an_edge(65535) as u16, self.bytes(length))
            })
            .collect();
        options.sort_by_key(|option| option.0);
        let token = self.below(9);
        let payload = self.near_an_edge(1024);
        Sent {
            kind: [Kind::Confirmable, Kind::NonConfirmable, Kind::Acknowledgement, Kind::Reset]
                [self.below(4)],
            code: 1 + self.below(255) as u8,
            id: self.below(65536) as u16,
            token: self.bytes(token),
            options,
            payload: self.bytes(payload),
        }
    }
}

#[derive(PartialEq, Debug)]
struct Sent {
    kind: Kind,
    code: u8,
    id: u16,
    token: Vec<u8>,
    options: Vec<(u16, Vec<u8>)>,
    payload: Vec<u8>,
}

impl Sent {
    fn read(datagram: &[u8]) -> Option<Sent> {
        let it = Message::parse(datagram)?;
        Some(Sent {
            kind: it.kind,
            code: it.code,
            id: it.id,
            token: it.token.to_vec(),
            options: it.options.map(|it| (it.number, it.value.to_vec())).collect(),
            payload: it.payload.to_vec(),
        })
    }

    fn read_by_coap_lite(datagram: &[u8]) -> Option<Sent> {
        let it = Packet::from_bytes(datagram).ok()?;
        Some(Sent {
            kind: match it.header.get_type() {
                MessageType::Confirmable => Kind::Confirmable,
                MessageType::NonConfirmable => Kind::NonConfirmable,
                MessageType::Acknowledgement => Kind::Acknowledgement,
                MessageType::Reset => Kind::Reset,
            },
            code: it.header.code.into(),
            id: it.header.message_id,
            token: it.get_token().to_vec(),
            options: it
                .options()
                .flat_map(|(number, values)| values.iter().map(|value| (*number, value.clone())))
                .collect(),
            payload: it.payload,
        })
    }

    fn write(&self, room: &mut [u8]) -> Option<usize> {
        let mut writer = Writer::new(room, self.kind, self.code, self.id, &self.token);
        for (number, value) in &self.options {
            writer.option(*number, value);
        }
        writer.payload(&self.payload);
        writer.finish()
    }

    fn written(&self) -> Vec<u8> {
        let mut room = vec![0xA5; 8192];
        let length = self.write(&mut room).unwrap();
        assert!(room[length..].iter().all(|byte| *byte == 0xA5));
        room.truncate(length);
        room
    }

    fn written_by_coap_lite(&self) -> Vec<u8> {
        let mut packet = Packet::new();
        packet.header.set_type(match self.kind {
            Kind::Confirmable => MessageType::Confirmable,
            Kind::NonConfirmable => MessageType::NonConfirmable,
            Kind::Acknowledgement => MessageType::Acknowledgement,
            Kind::Reset => MessageType::Reset,
        });
        packet.header.code = self.code.into();
        packet.header.message_id = self.id;
        packet.set_token(self.token.clone());
        for (number, value) in &self.options {
            packet.add_option(CoapOption::from(*number), value.clone());
        }
        packet.payload = self.payload.clone();
        packet.to_bytes_unlimited().unwrap()
    }
}

#[test]
fn messages_are_written_and_read_as_coap_lite_does() {
    let mut dice = Dice(0x5357_4D47);
    for _ in 0..20_000 {
        let sent = dice.message();
        let datagram = sent.written_by_coap_lite();
        assert_eq!(sent.written(), datagram);
        assert_eq!(Sent::read(&datagram), Some(sent));
    }
}

/// Where the codec is stricter than coap-lite, as RFC 7252 demands (3, 4.1).
fn is_refused_by_rfc(datagram: &[u8]) -> bool {
    datagram[0] >> 6 != 1
        || (datagram[1] == 0 && datagram.len() > 4)
        || Sent::read_by_coap_lite(datagram).is_some_and(|it| it.payload.is_empty())
            && datagram.last() == Some(&0xFF)
}

fn is_read_alike_or_refused(datagram: &[u8]) -> bool {
    match (Sent::read(datagram), Sent::read_by_coap_lite(datagram)) {
        (None, None) => true,
        (None, Some(_)) => is_refused_by_rfc(datagram),
        (ours, theirs) => ours == theirs,
    }
}

#[test]
fn what_is_cut_off_or_falsified_is_read_alike_or_refused() {
    let mut dice = Dice(0x0009_000E);
    let mut refused = 0;
    for _ in 0..60 {
        let whole = dice.message().written();
        for end in 0..whole.len() {
            let cut = &whole[..end];
            refused += usize::from(Sent::read(cut).is_none());
            assert!(is_read_alike_or_refused(cut), "{cut:02x?}");
        }
        for bit in 0..whole.len().min(400) * 8 {
            let mut falsified = whole.clone();
            falsified[bit / 8] ^= 1 << (bit % 8);
            refused += usize::from(Sent::read(&falsified).is_none());
            assert!(is_read_alike_or_refused(&falsified), "{falsified:02x?}");
        }
    }
    assert!(refused > 1000, "{refused}");
}

#[test]
fn noise_is_read_alike_or_refused() {
    let mut dice = Dice(0x7252_7959);
    for _ in 0..200_000 {
        let length = dice.below(40);
        let mut noise = dice.bytes(length);
        if let Some(first) = noise.first_mut() {
            *first = *first & 0x3F | 0x40;
        }
        assert!(is_read_alike_or_refused(&noise), "{noise:02x?}");
    }
}

#[test]
fn format_errors_are_refused() {
    let good: &[u8] = &[0x40, 3, 1, 2, 0xB1, b'9'];
    assert!(Sent::read(good).is_some());
    for (bad, why) in [
        (&[][..], "nothing"),
        (&[0x40, 3, 1], "less than a header"),
        (&[0x00, 3, 1, 2, 0xB1, b'9'], "version 0"),
        (&[0x80, 3, 1, 2, 0xB1, b'9'], "version 2"),
        (&[0x49, 3, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9], "token of 9 bytes"),
        (&[0x42, 3, 1, 2, 7], "half a token"),
        (&[0x40, 0, 1, 2, 0xB1, b'9'], "empty, and more"),
        (&[0x41, 0, 1, 2, 7], "empty, and a token"),
        (&[0x40, 3, 1, 2, 0xB2, b'9'], "half an option"),
        (&[0x40, 3, 1, 2, 0xF1, b'9'], "delta 15"),
        (&[0x40, 3, 1, 2, 0x1F, b'9'], "length 15"),
        (&[0x40, 3, 1, 2, 0xD0], "no extended delta"),
        (&[0x40, 3, 1, 2, 0x0E, 0], "half an extended length"),
        (&[0x40, 3, 1, 2, 0xE0, 0xFE, 0xF2, 0x10], "option 65536"),
        (&[0x40, 3, 1, 2, 0xFF], "a marker, and no payload"),
    ] {
        assert_eq!(Sent::read(bad), None, "{why}");
    }
    let last: &[u8] = &[0x40, 3, 1, 2, 0xE0, 0xFE, 0xF2];
    assert_eq!(Sent::read(last).unwrap().options, [(65535, vec![])]);
    assert!(Sent::read(&[0x60, 0, 1, 2]).is_some(), "an empty acknowledgement");
}

#[test]
fn what_does_not_fit_or_is_no_message_is_not_written() {
    let sent = Dice(1).message();
    let length = sent.written().len();
    for room in 0..length {
        assert_eq!(sent.write(&mut vec![0; room]), None);
    }
    assert_eq!(sent.write(&mut vec![0; length]), Some(length));

    let mut room = [0; 64];
    let token = [7; 9];
    assert!(Writer::new(&mut room, Kind::Confirmable, 1, 2, &token).finish().is_none());
    let mut writer = Writer::new(&mut room, Kind::Confirmable, 1, 2, &token[..8]);
    writer.option(11, b"9");
    writer.option(8, b"9");
    writer.payload(b"1");
    assert!(writer.finish().is_none(), "descending");
    let mut large = vec![0; 70_000];
    for (length, fits) in [(65804, true), (65805, false)] {
        let mut writer = Writer::new(&mut large, Kind::Confirmable, 1, 2, &[]);
        writer.option(11, &vec![1; length]);
        assert_eq!(writer.finish().is_some(), fits, "{length}");
    }
}

#[test]
fn numbers_are_as_short_as_can_be() {
    let mut room = [0; 16];
    for (number, bytes) in [
        (0, &[0xB0][..]),
        (1, &[0xB1, 1]),
        (255, &[0xB1, 255]),
        (256, &[0xB2, 1, 0]),
        (65536, &[0xB3, 1, 0, 0]),
        (u32::MAX, &[0xB4, 255, 255, 255, 255]),
    ] {
        let mut writer = Writer::new(&mut room, Kind::Confirmable, 1, 2, &[]);
        writer.uint(11, number);
        let length = writer.finish().unwrap();
        assert_eq!(&room[4..length], bytes);
        assert_eq!(Opt { number: 11, value: &bytes[1..] }.uint(4), Some(number));
    }
    let zeros = Opt { number: 11, value: &[0, 0, 1] };
    assert_eq!((zeros.uint(2), zeros.uint(3)), (None, Some(1)), "leading zeros are allowed");
}

#[test]
fn blocks() {
    for szx in 0..7 {
        for (number, more) in [(0, true), (1, false), (75_000, true), ((1 << 20) - 1, false)] {
            let block = Block::new(number, more, szx).unwrap();
            let bytes = block.value().to_be_bytes();
            assert_eq!(Block::of(&Opt { number: 27, value: &bytes[1..] }), Some(block));
            assert_eq!((block.size(), block.more()), (16 << szx, more));
            assert_eq!(block.offset(), number * (16 << szx));
            let size = 16 << szx;
            assert_eq!(
                [0, size - 1, size, size + 1].map(|length| block.can_have(length)),
                [!more, !more, true, false]
            );
        }
    }
    assert_eq!(Block::new(0, false, 7), None);
    assert_eq!(Block::new(1 << 20, false, 6), None);
    assert_eq!(Block::of(&Opt { number: 27, value: &[7] }), None, "SZX 7");
    assert_eq!(Block::of(&Opt { number: 27, value: &[0, 0, 0, 6] }), None, "4 bytes");
    assert_eq!(Block::of(&Opt { number: 27, value: &[] }), Block::new(0, false, 0));
}
