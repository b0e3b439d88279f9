// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The packet front, with an engine behind it that only counts.

use super::block::Block;
use super::exchange::{keep, swmgmt_exchange_t};
use super::front::{Front, Request, ROOM};
use super::message::Message;
use super::write::Writer;
use super::{method, option, Kind};
use crate::object::{Path, Refusal, NONE};
use std::cell::RefCell;

const CHANGED: u8 = 0x44;
const CREATED: u8 = 0x41;
const CONTINUE: u8 = 0x5F;
const INCOMPLETE: u8 = 0x88;
const LIFETIME: u32 = 247_000;

/// A datagram: PUT 9/0/2 of server 1, confirmable, unless said otherwise.
#[derive(Clone)]
struct Sent {
    kind: Kind,
    code: u8,
    id: u16,
    token: Vec<u8>,
    options: Vec<(u16, Vec<u8>)>,
    payload: Vec<u8>,
}

impl Sent {
    fn to(path: &[&str]) -> Sent {
        let options = path.iter().map(|segment| (option::URI_PATH, segment.as_bytes().to_vec())).collect();
        Sent {
            kind: Kind::Confirmable,
            code: method::PUT,
            id: 0x1234,
            token: vec![1, 2, 3],
            options,
            payload: vec![],
        }
    }

    fn with(mut self, number: u16, value: &[u8]) -> Sent {
        self.options.push((number, value.to_vec()));
        self.options.sort_by_key(|option| option.0);
        self
    }

    fn block(self, number: u32, more: bool, length: usize) -> Sent {
        let value = Block::new(number, more, 0).unwrap().value();
        self.with(option::BLOCK1, &value.to_be_bytes()[1..]).payload(&vec![7; length])
    }

    fn payload(mut self, payload: &[u8]) -> Sent {
        self.payload = payload.to_vec();
        self
    }

    fn id(mut self, id: u16) -> Sent {
        self.id = id;
        self
    }

    fn kind(mut self, kind: Kind) -> Sent {
        self.kind = kind;
        self
    }

    fn code(mut self, code: u8) -> Sent {
        self.code = code;
        self
    }

    fn token(mut self, token: &[u8]) -> Sent {
        self.token = token.to_vec();
        self
    }

    fn datagram(&self) -> Vec<u8> {
        let mut room = vec![0; 2048];
        let mut writer = Writer::new(&mut room, self.kind, self.code, self.id, &self.token);
        for (number, value) in &self.options {
            writer.option(*number, value);
        }
        writer.payload(&self.payload);
        let length = writer.finish().unwrap();
        room.truncate(length);
        room
    }
}

fn package() -> Sent {
    Sent::to(&["9", "0", "2"])
}

/// What reached the engine.
#[derive(PartialEq, Debug)]
struct Asked {
    method: u8,
    path: [u16; 4],
    format: u16,
    block: Option<Block>,
    total: u32,
    payload: Vec<u8>,
}

impl Asked {
    fn of(request: &Request<'_>) -> Asked {
        let Path { object, instance, resource, index } = request.path;
        assert_eq!(request.refusal, None);
        Asked {
            method: request.method,
            path: [object, instance, resource, index],
            format: request.format,
            block: request.block,
            total: request.total,
            payload: request.payload.to_vec(),
        }
    }
}

struct Device {
    prefix: &'static str,
    exchanges: Vec<swmgmt_exchange_t>,
    message_id: u16,
    created: u16,
    now_ms: u32,
    answer: Result<(u8, u16), i32>,
    asked: Vec<Asked>,
}

impl Device {
    fn new() -> Device {
        Device {
            prefix: "",
            exchanges: vec![swmgmt_exchange_t::default(); 8],
            message_id: 0xFFFF,
            created: NONE,
            now_ms: 1000,
            answer: Ok((CHANGED, NONE)),
            asked: vec![],
        }
    }

    fn receive(&mut self, server: u16, datagram: &[u8]) -> Result<Vec<u8>, i32> {
        let mut room = vec![0; ROOM];
        let asked = RefCell::new(&mut self.asked);
        let mut front = Front {
            prefix: self.prefix.as_bytes(),
            exchanges: &mut self.exchanges,
            message_id: self.message_id,
            server,
            now_ms: self.now_ms,
            created: NONE,
        };
        let length = front.answer(datagram, &mut room, |request, scratch| {
            scratch.fill(0xA5);
            asked.borrow_mut().push(Asked::of(request));
            self.answer
        })?;
        self.message_id = front.message_id;
        self.created = front.created;
        room.truncate(length);
        Ok(room)
    }

    /// The answer to server 1; empty: it is the engine's.
    fn send(&mut self, sent: Sent) -> Vec<u8> {
        self.receive(1, &sent.datagram()).unwrap()
    }

    /// Its code; 0: it is the engine's.
    fn code(&mut self, sent: Sent) -> u8 {
        Message::parse(&self.send(sent)).map_or(0, |answer| answer.code)
    }

    /// What the engine was asked for once, and nothing else.
    fn only(&mut self, sent: Sent) -> Asked {
        assert_eq!(self.code(sent), CHANGED);
        assert_eq!(self.asked.len(), 1);
        self.asked.pop().unwrap()
    }
}

fn path_of(segments: &[&str]) -> Result<[u16; 4], u8> {
    let mut device = Device::new();
    match device.code(Sent::to(segments).code(method::POST)) {
        CHANGED => Ok(device.asked.pop().unwrap().path),
        code => {
            assert!(device.asked.is_empty());
            Err(code)
        }
    }
}

#[test]
fn paths() {
    assert_eq!(path_of(&["9"]), Ok([9, NONE, NONE, NONE]));
    assert_eq!(path_of(&["14", "7"]), Ok([14, 7, NONE, NONE]));
    assert_eq!(path_of(&["9", "0", "2"]), Ok([9, 0, 2, NONE]));
    assert_eq!(path_of(&["9", "65534", "17", "10"]), Ok([9, 65534, 17, 10]));
    for engines in [&[][..], &["3", "0"], &["09", "0"], &["rd"], &["", "9"], &["9x"], &["lwm2m", "9"], &["5"]]
    {
        assert_eq!(path_of(engines), Err(0), "{engines:?}");
    }
    for no_id in
        ["65535", "65536", "99999", "655340", "100000000000", "00", "01", "-1", "+1", "1x", "", " 1", "x"]
    {
        assert_eq!(path_of(&["9", no_id]), Err(Refusal::NotFound as u8), "{no_id}");
        assert_eq!(path_of(&["9", no_id, "2"]), Err(Refusal::NotFound as u8), "{no_id}");
        assert_eq!(path_of(&["14", "0", "3", no_id]), Err(Refusal::NotFound as u8), "{no_id}");
    }
    assert_eq!(path_of(&["9", "0", "17", "1", "1"]), Err(Refusal::NotFound as u8));
}

#[test]
fn prefixes() {
    for (prefix, before) in [
        ("", &[][..]),
        ("/", &[]),
        ("lwm2m", &["lwm2m"]),
        ("/lwm2m", &["lwm2m"]),
        ("/lwm2m/", &["lwm2m"]),
        ("/a/b", &["a", "b"]),
    ] {
        let mut device = Device { prefix, ..Device::new() };
        assert_eq!(device.only(Sent::to(&[before, &["9", "0", "4"]].concat())).path, [9, 0, 4, NONE]);
        for other in [
            &["9", "0", "4"][..],
            &["x", "9", "0"],
            &["", "lwm2m", "9"],
            &["lwm2", "9"],
            &["a", "c", "9"],
            &["lwm2m"],
            &["a"],
        ] {
            if !(before.is_empty() && other[0] == "9") {
                assert_eq!(device.code(Sent::to(other).id(77)), 0, "{prefix}: {other:?}");
            }
        }
    }
}

#[test]
fn what_is_asked() {
    let mut device = Device::new();
    let asked = device.only(
        package().block(3, true, 16).with(option::CONTENT_FORMAT, &[42]).with(option::SIZE1, &[1, 0, 0]),
    );
    let block = Block::new(3, true, 0);
    let (path, payload) = ([9, 0, 2, NONE], vec![7; 16]);
    assert_eq!(asked, Asked { method: 3, path, format: 42, block, total: 65536, payload });
    let asked = Device::new().only(Sent::to(&["9", "0", "4"]).code(method::POST));
    let path = [9, 0, 4, NONE];
    assert_eq!(asked, Asked { method: 2, path, format: NONE, block: None, total: 0, payload: vec![] });
    for (value, format) in [
        (&[][..], 0),
        (&[0x2D, 0x16], 11542),
        (&[0xFF, 0xFE], 65534),
        (&[0xFF, 0xFF], 65534),
        (&[0, 0, 42], NONE),
    ] {
        let asked = Device::new().only(package().with(option::CONTENT_FORMAT, value));
        assert_eq!(asked.format, format, "{value:?}");
    }
    assert_eq!(Device::new().only(package().with(option::SIZE1, &[1; 5])).total, 0);
}

#[test]
fn what_is_left_to_the_engine() {
    let mut device = Device::new();
    for code in (0..=255).filter(|code| !matches!(code, 2 | 3)) {
        let sent = if code == 0 { Sent { options: vec![], ..package().token(&[]) } } else { package() };
        assert_eq!(device.code(sent.code(code)), 0, "code {code}");
    }
    for kind in [Kind::Acknowledgement, Kind::Reset] {
        assert_eq!(device.code(package().kind(kind)), 0);
    }
    // If-Match, If-None-Match, OSCORE, Uri-Query, Q-Block1, Proxy-Uri, one of nobody.
    for critical in [1, 5, 9, 15, 19, 35, 2049] {
        assert_eq!(device.code(package().with(critical, b"a")), 0, "{critical}");
    }
    let whole = package().datagram();
    for end in 0..whole.len() {
        assert_eq!(
            device.receive(1, &whole[..end]).unwrap().is_empty(),
            Message::parse(&whole[..end]).is_none() || end < 9,
            "{end}"
        );
    }
    device.asked.clear();
    // Uri-Host, Observe, Uri-Port, Accept, Block2, Size2, No-Response, one of nobody.
    for harmless in [3, 6, 7, 17, 23, 28, 258, 2048] {
        device.only(package().with(harmless, &[7]).id(harmless));
    }
}

#[test]
fn blocks_that_cannot_be() {
    for (sent, why) in [
        (package().block(0, true, 16).with(option::BLOCK1, &[8]), "two of them"),
        (package().block(0, true, 16).with(option::BLOCK1, &[15]), "two, one undecodable"),
        (package().with(option::BLOCK1, &[7]), "SZX 7"),
        (package().with(option::BLOCK1, &[15]).payload(&[7; 1024]), "SZX 7"),
        (package().with(option::BLOCK1, &[0, 0, 0, 0]), "4 bytes"),
        (package().block(1, true, 15), "short"),
        (package().block(1, true, 0), "nothing"),
        (package().block(1, true, 17), "long"),
        (package().block(1, false, 17), "long, and the last"),
    ] {
        let mut device = Device::new();
        let answer = device.send(sent);
        let answer = Message::parse(&answer).unwrap();
        assert_eq!(answer.code, Refusal::BadRequest as u8, "{why}");
        assert_eq!(answer.options.count(), 0, "{why}");
        assert!(device.asked.is_empty(), "{why}");
    }
    for length in [0, 1, 16] {
        Device::new().only(package().block(1, false, length));
    }
    assert_eq!(Device::new().code(Sent::to(&["9", "x"]).block(1, true, 15)), Refusal::NotFound as u8);
}

#[test]
fn answers() {
    let mut device = Device::new();
    assert_eq!(device.send(package()), [0x63, CHANGED, 0x12, 0x34, 1, 2, 3]);
    assert_eq!(device.send(package().token(&[])), [0x60, CHANGED, 0x12, 0x34]);
    let non = package().kind(Kind::NonConfirmable).token(&[9; 8]);
    let token = [9; 8];
    assert_eq!(device.send(non.clone().id(1)), [&[0x58, CHANGED, 0xFF, 0xFF][..], &token].concat());
    assert_eq!(device.send(non.clone().id(2)), [&[0x58, CHANGED, 0, 0][..], &token].concat());
    assert_eq!(device.message_id, 1);

    let longest = package().token(&token).with(option::BLOCK1, &[255, 255, 246]);
    for (created, text) in [(0, "0"), (7, "7"), (10, "10"), (65534, "65534")] {
        device.answer = Ok((CREATED, created));
        let answer = device.send(longest.clone().id(created));
        let options = Message::parse(&answer).unwrap().options;
        let options: Vec<_> = options.map(|it| (it.number, it.value)).collect();
        let want = [(8, &b"9"[..]), (8, text.as_bytes()), (option::BLOCK1, &[255, 255, 246])];
        assert_eq!(options, want);
        assert!(answer.len() <= 25);
    }
    for (code, options) in [(CONTINUE, 1), (CHANGED, 1), (INCOMPLETE, 0), (0x8D, 0), (0xA0, 0)] {
        device.answer = Ok((code, NONE));
        let answer = device.send(package().block(1, true, 16).id(u16::from(code)));
        let answer = Message::parse(&answer).unwrap();
        assert_eq!((answer.code, answer.options.count()), (code, options));
        assert!(answer.payload.is_empty());
    }
}

#[test]
fn an_engine_that_cannot_now_is_asked_again() {
    let mut device = Device { answer: Err(-4), ..Device::new() };
    assert_eq!(device.receive(1, &package().datagram()), Err(-4));
    device.answer = Ok((CHANGED, NONE));
    assert_eq!(device.code(package()), CHANGED);
    assert_eq!(device.asked.len(), 2);
}

#[test]
fn retransmissions_are_answered_alike_and_not_done_again() {
    for sent in [
        package().block(0, true, 16),
        package().kind(Kind::NonConfirmable),
        package().token(&[]),
        Sent::to(&["9"]).code(method::POST),
    ] {
        let mut device = Device { answer: Ok((CREATED, 5)), ..Device::new() };
        let first = device.send(sent.clone());
        assert_eq!(device.created, 5);
        device.answer = Ok((INCOMPLETE, NONE));
        assert_eq!(device.send(sent.clone()), first);
        assert_eq!(device.created, NONE, "it was told once");
        device.now_ms += LIFETIME - 1;
        assert_eq!(device.send(sent.clone()), first);
        assert_eq!(device.asked.len(), 1);

        assert_eq!(device.code(sent.clone().id(0x1235)), INCOMPLETE, "another message");
        for token in [&[1, 2][..], &[1, 2, 3, 0], &[1, 2, 4]] {
            assert_eq!(device.code(sent.clone().token(token)), INCOMPLETE, "another token");
        }
        let answer = device.receive(2, &sent.datagram()).unwrap();
        assert_eq!(answer[1], INCOMPLETE, "another server");
        assert_eq!(device.asked.len(), 6);
        device.now_ms += 1;
        assert_eq!(device.code(sent), INCOMPLETE, "too old");
        assert_eq!(device.asked.len(), 7);
    }
}

#[test]
fn an_acknowledgement_has_the_id_of_what_it_acknowledges() {
    let mut device = Device::new();
    let sent = package();
    device.send(sent.clone().kind(Kind::NonConfirmable));
    let answer = device.send(sent.clone());
    assert_eq!(answer[2..4], sent.datagram()[2..4]);
    assert_eq!(device.asked.len(), 1);
}

#[test]
fn refusals_are_kept_too() {
    let mut device = Device::new();
    let refused = package().block(1, true, 15).kind(Kind::NonConfirmable);
    assert_eq!(device.send(refused.clone()), device.send(refused));
}

#[test]
fn time_wraps() {
    let mut device = Device { now_ms: u32::MAX - 100, ..Device::new() };
    device.send(package());
    device.now_ms = device.now_ms.wrapping_add(LIFETIME - 1);
    device.send(package());
    assert_eq!(device.asked.len(), 1);
    // Seen once when it was too old, it is gone for ever.
    device.now_ms = device.now_ms.wrapping_add(1);
    device.send(Sent::to(&["9", "0", "4"]).id(5));
    device.now_ms = u32::MAX - 100;
    device.send(package());
    assert_eq!(device.asked.len(), 3);
}

/// Whose answers are kept.
fn kept(device: &Device, server: u16) -> Vec<u16> {
    let mut ids: Vec<u16> = device
        .exchanges
        .iter()
        .filter(|it| it.code != 0 && it.server == server)
        .map(|it| it.message_id)
        .collect();
    ids.sort_unstable();
    ids
}

#[test]
fn no_server_drives_out_anothers_answers() {
    let mut device = Device::new();
    let from = |device: &mut Device, server, id| {
        device.now_ms += 1;
        device.receive(server, &package().id(id).datagram()).unwrap()
    };
    for id in 0..20 {
        from(&mut device, 1, id);
    }
    assert_eq!(kept(&device, 1), (12..20).collect::<Vec<_>>(), "alone, it has all places");
    from(&mut device, 2, 100);
    for id in 20..500 {
        from(&mut device, 1, id);
    }
    assert_eq!(kept(&device, 2), [100]);
    assert_eq!(kept(&device, 1), (493..500).collect::<Vec<_>>());
    for id in 101..200 {
        from(&mut device, 2, id);
    }
    assert_eq!(kept(&device, 1), (496..500).collect::<Vec<_>>(), "half of them each");
    assert_eq!(kept(&device, 2), (196..200).collect::<Vec<_>>());
    from(&mut device, 3, 1);
    assert_eq!([1, 2, 3].map(|server| kept(&device, server).len()), [3, 4, 1]);
    device.now_ms += LIFETIME;
    from(&mut device, 3, 2);
    assert_eq!([1, 2, 3].map(|server| kept(&device, server).len()), [0, 0, 1]);
}

#[test]
fn one_place_keeps_the_newest() {
    let mut device = Device { exchanges: vec![swmgmt_exchange_t::default()], ..Device::new() };
    for id in [1, 1, 2, 2, 1] {
        device.send(package().id(id));
    }
    assert_eq!(device.asked.len(), 3);
    keep(&mut [], &swmgmt_exchange_t::default()); // none at all is no panic
}
