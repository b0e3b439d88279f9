// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The CoAP codec beside coap-lite's, and the packet front. An input is datagrams, each
//! behind a byte that tells its length.
#![no_main]

use coap_lite::Packet;
use libfuzzer_sys::fuzz_target;
use swmgmt::coap::exchange::swmgmt_exchange_t;
use swmgmt::coap::front::Front;
use swmgmt::coap::message::Message;
use swmgmt::coap::write::Writer;
use swmgmt::coap::Kind;

fuzz_target!(|input: &[u8]| {
    let mut exchanges = [swmgmt_exchange_t::default(); 4];
    let mut rest = input;
    while let [length, behind @ ..] = rest {
        let (datagram, behind) = behind.split_at(behind.len().min(usize::from(*length)));
        rest = behind;
        codec(datagram);
        front(&mut exchanges, datagram);
    }
});

/// What is read is what coap-lite reads, and what is written again; what is not read
/// coap-lite does not read either, or RFC 7252 (3, 4.1) does not allow it.
fn codec(datagram: &[u8]) {
    let theirs = Packet::from_bytes(datagram).ok();
    let Some(it) = Message::parse(datagram) else {
        assert!(theirs.is_none_or(|theirs| {
            datagram[0] >> 6 != 1
                || datagram[1] == 0 && datagram.len() > 4
                || theirs.payload.is_empty() && datagram.last() == Some(&0xFF)
        }));
        return;
    };
    let theirs = theirs.expect("coap-lite reads it, too");
    let options: Vec<_> = it.options.map(|option| (option.number, option.value)).collect();
    let of_theirs: Vec<_> = theirs
        .options()
        .flat_map(|(number, values)| values.iter().map(|value| (*number, value.as_slice())))
        .collect();
    assert_eq!(options, of_theirs);
    assert_eq!((it.code, it.id), (theirs.header.code.into(), theirs.header.message_id));
    assert_eq!((it.token, it.payload), (theirs.get_token(), theirs.payload.as_slice()));

    let mut room = [0; 600];
    let mut writer = Writer::new(&mut room, it.kind, it.code, it.id, it.token);
    options.iter().for_each(|(number, value)| writer.option(*number, value));
    writer.payload(it.payload);
    let length = writer.finish().expect("it is not longer than what was read");
    let again = Message::parse(&room[..length]).expect("what was written");
    assert!(length <= datagram.len());
    assert_eq!((again.kind, again.code, again.id), (it.kind, it.code, it.id));
    assert_eq!((again.token, again.payload), (it.token, it.payload));
    assert!(again.options.eq(it.options));
}

/// The same datagram twice is answered alike, and asked for once at most.
fn front(exchanges: &mut [swmgmt_exchange_t], datagram: &[u8]) {
    let mut asked = 0;
    let mut answers = [(); 2].map(|()| {
        let mut room = vec![0; 64];
        let mut front =
            Front { prefix: b"/p", exchanges, message_id: 7, server: 1, now_ms: 0, created: 65535 };
        let length = front.answer(datagram, &mut room, |request, _| {
            asked += 1;
            assert!(matches!(request.path.object, 9 | 14));
            let length = request.payload.len();
            assert!(request.block.is_none_or(|block| block.can_have(length)));
            Ok::<_, ()>(([0x41, 0x44, 0x5F, 0x88][length % 4], length as u16))
        });
        room.truncate(length.expect("nothing stands against it"));
        room
    });
    assert!(asked <= 1);
    let [first, second] = &mut answers;
    assert_eq!(first, second);
    let Some(answer) = Message::parse(first) else {
        assert!(first.is_empty());
        return;
    };
    let request = Message::parse(datagram).expect("it was answered");
    assert_eq!(answer.token, request.token);
    assert_eq!(answer.kind == Kind::Acknowledgement, request.kind == Kind::Confirmable);
    assert!(answer.options.count() == 0 || answer.code < 0x80);
}
