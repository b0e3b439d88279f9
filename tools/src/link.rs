// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The message layer: one UDP socket, one request at a time with
//! retransmission, duplicates answered again, notifications acknowledged.

use std::collections::hash_map::RandomState;
use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use coap_lite::{MessageType, Packet};

use crate::coap::{self, code};

/// RFC 7252: wait 2 to 3 s for an acknowledgement, then double, 4 repetitions.
const ACK_TIMEOUT: Duration = Duration::from_secs(2);
const MAX_RETRANSMIT: u8 = 4;
/// How long an acknowledged request waits for its separate response.
const SEPARATE_TIMEOUT: Duration = Duration::from_secs(93);
/// A repeated message counts as a duplicate for this long ...
const DUPLICATE_LIFETIME: Duration = Duration::from_secs(93);
/// ... but once newer messages came from there, only for this long (a
/// restarted device may begin again with the same message ids).
const DUPLICATE_OVERTAKEN: Duration = Duration::from_secs(5);
const SEEN_CAPACITY: usize = 64;

/// What arrived, or became of the pending request.
#[derive(Debug)]
pub enum Incoming {
    /// A request of a device; to be answered with [`Link::reply`].
    Request(SocketAddr, Packet),
    /// The response to the pending request.
    Reply(Packet),
    /// The pending request was rejected with RST.
    Reset,
    /// The pending request was never answered.
    GaveUp,
    /// A message with a watched token.
    Notification(Packet),
}

struct Pending {
    peer: SocketAddr,
    mid: u16,
    token: Vec<u8>,
    bytes: Vec<u8>,
    due: Instant,
    wait: Duration,
    left: u8,
    acknowledged: bool,
    block_num: Option<u32>,
}

/// A message that may come again, and what was answered to it.
struct Seen {
    peer: SocketAddr,
    message: Vec<u8>,
    answer: Vec<u8>,
    at: Instant,
}

pub struct Link {
    socket: UdpSocket,
    buffer: Vec<u8>,
    next_mid: u16,
    next_token: u32,
    pending: Option<Pending>,
    watched: Vec<(SocketAddr, Vec<u8>)>,
    seen: VecDeque<Seen>,
    retransmissions: u64,
    ack_timeout: Duration,
}

impl Link {
    pub fn bind(address: SocketAddr) -> io::Result<Link> {
        let seed = RandomState::new().build_hasher().finish();
        Ok(Link {
            socket: UdpSocket::bind(address)?,
            buffer: vec![0; 65_536],
            next_mid: seed as u16,
            next_token: (seed >> 32) as u32,
            pending: None,
            watched: Vec::new(),
            seen: VecDeque::new(),
            retransmissions: 0,
            ack_timeout: ACK_TIMEOUT,
        })
    }

    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    pub fn retransmissions(&self) -> u64 {
        self.retransmissions
    }

    pub fn new_token(&mut self) -> Vec<u8> {
        self.next_token = self.next_token.wrapping_add(1);
        self.next_token.to_be_bytes().to_vec()
    }

    fn new_mid(&mut self) -> u16 {
        self.next_mid = self.next_mid.wrapping_add(1);
        self.next_mid
    }

    /// Sends a confirmable request; the token must be set.
    pub fn start(&mut self, peer: SocketAddr, mut packet: Packet) {
        let mid = self.new_mid();
        packet.header.set_type(MessageType::Confirmable);
        packet.header.message_id = mid;
        let Ok(bytes) = packet.to_bytes_unlimited() else {
            return;
        };
        self.send(peer, &bytes);
        let random = RandomState::new().build_hasher().finish() % 500;
        let wait = self.ack_timeout.mul_f64(1.0 + random as f64 / 1000.0);
        self.pending = Some(Pending {
            peer,
            mid,
            token: packet.get_token().to_vec(),
            bytes,
            due: Instant::now() + wait,
            wait,
            left: MAX_RETRANSMIT,
            acknowledged: false,
            block_num: coap::block1_of(&packet).map(|block| block.num),
        });
    }

    /// Forgets the pending request.
    pub fn abandon(&mut self) {
        self.pending = None;
    }

    /// Sends the pending request again now: the device was just heard, maybe
    /// from a new address.
    pub fn kick(&mut self, peer: SocketAddr) {
        for watch in &mut self.watched {
            watch.0 = peer;
        }
        let Some(pending) = &mut self.pending else {
            return;
        };
        pending.peer = peer;
        if !pending.acknowledged {
            let bytes = pending.bytes.clone();
            self.retransmissions += 1;
            self.send(peer, &bytes);
        }
    }

    /// Sends a non-confirmable request and expects nothing.
    pub fn send_and_forget(&mut self, peer: SocketAddr, mut packet: Packet) {
        packet.header.set_type(MessageType::NonConfirmable);
        packet.header.message_id = self.new_mid();
        if let Ok(bytes) = packet.to_bytes_unlimited() {
            self.send(peer, &bytes);
        }
    }

    /// From now on messages with this token are notifications.
    pub fn watch(&mut self, peer: SocketAddr, token: &[u8]) {
        self.watched.push((peer, token.to_vec()));
    }

    pub fn unwatch_all(&mut self) {
        self.watched.clear();
    }

    /// Answers a request of a device.
    pub fn reply(&mut self, peer: SocketAddr, request: &Packet, mut response: Packet) {
        if request.header.get_type() == MessageType::Confirmable {
            response.header.set_type(MessageType::Acknowledgement);
            response.header.message_id = request.header.message_id;
        } else {
            response.header.set_type(MessageType::NonConfirmable);
            response.header.message_id = self.new_mid();
        }
        response.set_token(request.get_token().to_vec());
        let Ok(bytes) = response.to_bytes_unlimited() else {
            return;
        };
        self.send(peer, &bytes);
        let original = request.to_bytes_unlimited().unwrap_or_default();
        if let Some(seen) =
            self.seen.iter_mut().rev().find(|seen| seen.peer == peer && seen.message == original)
        {
            seen.answer = bytes;
        }
    }

    /// Waits for the next thing to happen, at most until `until`.
    pub fn poll(&mut self, until: Instant) -> io::Result<Option<Incoming>> {
        loop {
            if let Some(given_up) = self.retransmit() {
                return Ok(Some(given_up));
            }
            let now = Instant::now();
            let next = match &self.pending {
                Some(pending) => until.min(pending.due),
                None => until,
            };
            let wait = next.saturating_duration_since(now);
            if until <= now {
                return Ok(None);
            }
            self.socket.set_read_timeout(Some(wait.max(Duration::from_millis(1))))?;
            match self.socket.recv_from(&mut self.buffer) {
                Ok((length, peer)) => {
                    let datagram = self.buffer.get(..length).unwrap_or_default().to_vec();
                    if let Some(incoming) = self.receive(peer, &datagram) {
                        return Ok(Some(incoming));
                    }
                }
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock
                    | ErrorKind::TimedOut
                    | ErrorKind::Interrupted
                    | ErrorKind::ConnectionReset
                    | ErrorKind::ConnectionRefused => {}
                    _ => return Err(error),
                },
            }
        }
    }

    fn retransmit(&mut self) -> Option<Incoming> {
        let pending = self.pending.as_mut()?;
        if Instant::now() < pending.due {
            return None;
        }
        if pending.left == 0 || pending.acknowledged {
            self.pending = None;
            return Some(Incoming::GaveUp);
        }
        pending.left -= 1;
        pending.wait *= 2;
        pending.due = Instant::now() + pending.wait;
        let (peer, bytes) = (pending.peer, pending.bytes.clone());
        self.retransmissions += 1;
        self.send(peer, &bytes);
        None
    }

    fn receive(&mut self, peer: SocketAddr, datagram: &[u8]) -> Option<Incoming> {
        let Ok(packet) = Packet::from_bytes(datagram) else {
            self.reject_malformed(peer, datagram);
            return None;
        };
        if packet.header.get_version() != 1 {
            return None;
        }
        match packet.header.get_type() {
            MessageType::Acknowledgement => self.acknowledged(peer, packet),
            MessageType::Reset => self.reset(peer, &packet),
            _ => self.message(peer, packet, datagram),
        }
    }

    fn reject_malformed(&mut self, peer: SocketAddr, datagram: &[u8]) {
        if let [first, _, high, low, ..] = *datagram {
            if first >> 4 == 0b0100 {
                self.send_empty(peer, MessageType::Reset, u16::from_be_bytes([high, low]));
            }
        }
    }

    fn acknowledged(&mut self, peer: SocketAddr, packet: Packet) -> Option<Incoming> {
        let pending = self.pending.as_mut()?;
        if pending.peer != peer || pending.mid != packet.header.message_id {
            return None;
        }
        let code = coap::code_of(&packet);
        if code == code::EMPTY {
            pending.acknowledged = true;
            pending.due = Instant::now() + SEPARATE_TIMEOUT;
            return None;
        }
        if !coap::is_response(code) || pending.token != packet.get_token() {
            return None;
        }
        self.pending = None;
        Some(Incoming::Reply(packet))
    }

    fn reset(&mut self, peer: SocketAddr, packet: &Packet) -> Option<Incoming> {
        let pending = self.pending.as_ref()?;
        if pending.peer != peer || pending.mid != packet.header.message_id {
            return None;
        }
        self.pending = None;
        Some(Incoming::Reset)
    }

    /// A confirmable or non-confirmable message.
    fn message(&mut self, peer: SocketAddr, packet: Packet, datagram: &[u8]) -> Option<Incoming> {
        let confirmable = packet.header.get_type() == MessageType::Confirmable;
        let mid = packet.header.message_id;
        let code = coap::code_of(&packet);
        if coap::is_request(code) {
            // Kept as this end would write it, so that `reply` finds it.
            let bytes = packet.to_bytes_unlimited().unwrap_or_default();
            if !self.is_duplicate(peer, &bytes) {
                return Some(Incoming::Request(peer, packet));
            }
        } else if coap::is_response(code) {
            if !self.is_duplicate(peer, datagram) {
                return self.response(peer, packet, datagram);
            }
        } else if confirmable {
            self.send_empty(peer, MessageType::Reset, mid);
        }
        None
    }

    fn response(&mut self, peer: SocketAddr, packet: Packet, datagram: &[u8]) -> Option<Incoming> {
        let confirmable = packet.header.get_type() == MessageType::Confirmable;
        let mid = packet.header.message_id;
        let token = packet.get_token();
        let answers =
            self.pending.as_ref().is_some_and(|pending| pending.peer == peer && pending.token == token);
        let notifies = self.watched.iter().any(|(from, watched)| *from == peer && watched == token);
        let kind = if answers || notifies { MessageType::Acknowledgement } else { MessageType::Reset };
        if confirmable || kind == MessageType::Reset {
            let answer = self.send_empty(peer, kind, mid);
            if let Some(seen) =
                self.seen.iter_mut().rev().find(|seen| seen.peer == peer && seen.message == datagram)
            {
                seen.answer = answer;
            }
        }
        if answers {
            // All blocks of a push share a token: an old answer may come late.
            let asked = self.pending.as_ref().and_then(|pending| pending.block_num);
            let answered = coap::block1_of(&packet).map(|block| block.num);
            if asked.is_some() && answered.is_some() && asked != answered {
                return None;
            }
            self.pending = None;
            return Some(Incoming::Reply(packet));
        }
        notifies.then_some(Incoming::Notification(packet))
    }

    /// Notes the message; if it came before, repeats the answer instead.
    fn is_duplicate(&mut self, peer: SocketAddr, message: &[u8]) -> bool {
        let now = Instant::now();
        self.seen.retain(|seen| now.duration_since(seen.at) < DUPLICATE_LIFETIME);
        let newest = self.seen.iter().rposition(|seen| seen.peer == peer);
        let found = self.seen.iter().rposition(|seen| seen.peer == peer && seen.message == message);
        if let Some(seen) = found.and_then(|index| self.seen.get(index)) {
            if found == newest || now.duration_since(seen.at) < DUPLICATE_OVERTAKEN {
                let answer = seen.answer.clone();
                if !answer.is_empty() {
                    self.send(peer, &answer);
                }
                return true;
            }
        }
        if self.seen.len() == SEEN_CAPACITY {
            self.seen.pop_front();
        }
        self.seen.push_back(Seen { peer, message: message.to_vec(), answer: Vec::new(), at: now });
        false
    }

    fn send_empty(&mut self, peer: SocketAddr, kind: MessageType, mid: u16) -> Vec<u8> {
        let bytes = coap::empty(kind, mid).to_bytes_unlimited().unwrap_or_default();
        self.send(peer, &bytes);
        bytes
    }

    /// A datagram that cannot be sent is like one that gets lost.
    fn send(&self, peer: SocketAddr, bytes: &[u8]) {
        let _ = self.socket.send_to(bytes, peer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Link, UdpSocket, SocketAddr) {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let link = Link::bind(any).expect("bind");
        let device = UdpSocket::bind(any).expect("bind");
        device.set_read_timeout(Some(Duration::from_secs(10))).expect("timeout");
        let address = device.local_addr().expect("address");
        (link, device, address)
    }

    fn receive(device: &UdpSocket) -> Packet {
        let mut buffer = [0; 2048];
        let (length, _) = device.recv_from(&mut buffer).expect("datagram");
        Packet::from_bytes(&buffer[..length]).expect("message")
    }

    fn send(device: &UdpSocket, link: &Link, packet: &Packet) {
        let bytes = packet.to_bytes().expect("bytes");
        let to = link.local_addr().expect("address");
        device.send_to(&bytes, to).expect("send");
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(200)
    }

    fn get(link: &mut Link) -> Packet {
        let mut packet = coap::request(code::GET, &["9".into()]);
        packet.set_token(link.new_token());
        packet
    }

    #[test]
    fn unanswered_request_is_sent_again_then_given_up() {
        let (mut link, device, address) = pair();
        link.ack_timeout = Duration::from_millis(20);
        let packet = get(&mut link);
        link.start(address, packet);
        let end = Instant::now() + Duration::from_secs(30);
        assert!(matches!(link.poll(end), Ok(Some(Incoming::GaveUp))));
        assert_eq!(link.retransmissions(), 4);
        let first = receive(&device);
        for _ in 0..4 {
            assert_eq!(receive(&device), first);
        }
    }

    #[test]
    fn known_device_at_a_new_address_gets_the_request_again() {
        let (mut link, _, old) = pair();
        let (_, device, new) = pair();
        let packet = get(&mut link);
        link.start(old, packet);
        link.kick(new);
        assert_eq!(u8::from(receive(&device).header.code), code::GET);
    }

    #[test]
    fn separate_response() {
        let (mut link, device, address) = pair();
        let packet = get(&mut link);
        link.start(address, packet);
        let request = receive(&device);
        let ack = coap::empty(MessageType::Acknowledgement, request.header.message_id);
        send(&device, &link, &ack);
        let mut response = coap::message(code::CONTENT);
        response.header.message_id = 77;
        response.set_token(request.get_token().to_vec());
        send(&device, &link, &response);
        // Repeated, as if the acknowledgement was lost.
        send(&device, &link, &response);
        let end = Instant::now() + Duration::from_secs(5);
        assert!(matches!(link.poll(end), Ok(Some(Incoming::Reply(_)))));
        assert!(link.poll(soon()).expect("poll").is_none());
        let expected = coap::empty(MessageType::Acknowledgement, 77);
        assert_eq!(receive(&device), expected);
        assert_eq!(receive(&device), expected);
    }

    #[test]
    fn late_answer_to_an_earlier_block_is_not_taken() {
        let (mut link, device, address) = pair();
        let block = |num| crate::block::Block { num, more: true, szx: 2 };
        let mut packet = get(&mut link);
        let token = packet.get_token().to_vec();
        packet.add_option(coap_lite::CoapOption::Block1, block(5).encode().expect("block"));
        link.start(address, packet);
        for (mid, num) in [(1, 4), (2, 5)] {
            let mut response = coap::message(code::CONTINUE);
            response.header.message_id = mid;
            response.set_token(token.clone());
            response.add_option(coap_lite::CoapOption::Block1, block(num).encode().expect("block"));
            send(&device, &link, &response);
        }
        let end = Instant::now() + Duration::from_secs(5);
        let Ok(Some(Incoming::Reply(reply))) = link.poll(end) else {
            panic!("no reply");
        };
        assert_eq!(reply.header.message_id, 2);
    }

    #[test]
    fn unknown_token_ping_and_garbage_get_a_reset() {
        let (mut link, device, _) = pair();
        let mut stray = coap::message(code::CONTENT);
        stray.header.message_id = 1;
        stray.set_token(vec![9, 9]);
        send(&device, &link, &stray);
        let ping = coap::empty(MessageType::Confirmable, 2);
        send(&device, &link, &ping);
        let to = link.local_addr().expect("address");
        device.send_to(&[0x4f, 1, 0, 3], to).expect("send");
        device.send_to(&[0x40], to).expect("send");
        assert!(link.poll(soon()).expect("poll").is_none());
        for mid in 1..=3 {
            assert_eq!(receive(&device), coap::empty(MessageType::Reset, mid));
        }
    }

    #[test]
    fn duplicate_request_gets_the_same_answer() {
        let (mut link, device, address) = pair();
        let mut request = coap::request(code::POST, &["rd".into()]);
        request.header.message_id = 5;
        request.set_token(vec![1]);
        send(&device, &link, &request);
        let end = Instant::now() + Duration::from_secs(5);
        let Ok(Some(Incoming::Request(peer, received))) = link.poll(end) else {
            panic!("no request");
        };
        assert_eq!(peer, address);
        link.reply(peer, &received, coap::message(code::CREATED));
        let first = receive(&device);
        send(&device, &link, &request);
        assert!(link.poll(soon()).expect("poll").is_none());
        assert_eq!(receive(&device), first);
    }
}
