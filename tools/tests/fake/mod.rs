// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A scripted LwM2M client with Object 9 in a thread, on loopback.

use std::collections::{BTreeMap, HashMap};
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use coap_lite::{CoapOption, MessageClass, MessageType, Packet};

pub const GET: u8 = 1;
pub const POST: u8 = 2;
pub const PUT: u8 = 3;
pub const CREATED: u8 = 0x41;
pub const CHANGED: u8 = 0x44;
pub const CONTENT: u8 = 0x45;
pub const CONTINUE: u8 = 0x5f;
pub const NOT_FOUND: u8 = 0x84;
pub const NOT_ALLOWED: u8 = 0x85;
pub const NOT_ACCEPTABLE: u8 = 0x86;
pub const INCOMPLETE: u8 = 0x88;
pub const TOO_LARGE: u8 = 0x8d;
pub const INTERNAL_ERROR: u8 = 0xa0;

/// How the device writes its values.
#[derive(Clone, Copy, PartialEq)]
pub enum Format {
    Text,
    Cbor,
    Tlv,
}

/// How the device behaves. The default is a good device without software.
#[derive(Clone)]
pub struct Script {
    pub endpoint: &'static str,
    pub links: &'static str,
    pub state: i64,
    pub result: i64,
    pub format: Format,
    pub observable: bool,
    /// Answer with an empty ACK and a separate CON response.
    pub separate: bool,
    /// Send every own message twice.
    pub twice: bool,
    /// Answer writes with this code.
    pub refuse_write: Option<u8>,
    /// The result that it then shows; 0: none.
    pub refuse_result: i64,
    /// Ask for blocks of this size exponent in the answers.
    pub shrink_to: Option<u8>,
    /// Refuse larger blocks with 4.13 and this hint.
    pub too_large_hint: Option<u8>,
    /// Answer 4.08 this many times at block 2.
    pub gaps: u32,
    /// Ignore the first message with this block number.
    pub lose_block: Option<u32>,
    /// Restart when this block comes (once).
    pub restart_at_block: Option<u32>,
    /// Say nothing any more when this block comes.
    pub die_at_block: Option<u32>,
    /// The result of the verification.
    pub verify_result: i64,
    /// So many installs fail with 58.
    pub install_failures: u32,
    /// The first install restarts the device ...
    pub restart_in_install: bool,
    /// ... and the package is gone afterwards.
    pub forget_in_install: bool,
    /// Deregister before a restart.
    pub deregister: bool,
    /// What can be read besides: path and text.
    pub texts: BTreeMap<&'static str, &'static str>,
}

impl Default for Script {
    fn default() -> Script {
        Script {
            endpoint: "fake",
            links: "</1/0>,</3/0>,</9/0>",
            state: 0,
            result: 0,
            format: Format::Text,
            observable: true,
            separate: false,
            twice: false,
            refuse_write: None,
            refuse_result: 0,
            shrink_to: None,
            too_large_hint: None,
            gaps: 0,
            lose_block: None,
            restart_at_block: None,
            die_at_block: None,
            verify_result: 3,
            install_failures: 0,
            restart_in_install: false,
            forget_in_install: false,
            deregister: false,
            texts: BTreeMap::new(),
        }
    }
}

/// A request as the device saw it.
#[derive(Debug, Clone)]
pub struct Request {
    pub code: u8,
    pub path: String,
    pub payload: Vec<u8>,
    pub format: Option<u32>,
    pub accept: Option<u32>,
    pub observe: Option<u32>,
    pub block: Option<(u32, bool, u8)>,
    pub size1: Option<u32>,
}

/// What the device saw in its life.
#[derive(Debug, Default)]
pub struct Log {
    pub requests: Vec<Request>,
    pub package: Vec<u8>,
    pub uri: String,
    pub registrations: u32,
    /// Location and message id of every answer to a registration.
    pub locations: Vec<(String, u16)>,
    pub acknowledgements: u32,
    pub resets: u32,
    pub duplicates: u32,
}

impl Log {
    /// Executes as "resource payload".
    pub fn executes(&self) -> Vec<String> {
        self.of(POST)
            .map(|request| {
                let text = String::from_utf8_lossy(&request.payload);
                format!("{} {text}", request.path).trim().to_owned()
            })
            .collect()
    }

    pub fn of(&self, code: u8) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(move |request| request.code == code)
    }

    /// Writes to resource 2.
    pub fn blocks(&self) -> Vec<&Request> {
        self.of(PUT).filter(|request| request.path.ends_with("/2")).collect()
    }
}

/// A running device.
pub struct Running {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Log>,
}

impl Running {
    pub fn start(script: Script, server: SocketAddr) -> Running {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = stop.clone();
        let thread = std::thread::spawn(move || Device::new(script, server).live(&flag));
        Running { stop, thread }
    }

    pub fn stop(self) -> Log {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().expect("device thread")
    }
}

struct Device {
    script: Script,
    server: SocketAddr,
    socket: UdpSocket,
    mid: u16,
    location: Option<String>,
    registered_at: Option<(Instant, Packet)>,
    /// Resource 7, 9, 12: value.
    values: BTreeMap<u16, i64>,
    /// Resource: token and sequence number.
    observers: HashMap<u16, (Vec<u8>, u32)>,
    answered: HashMap<u16, Vec<Packet>>,
    lost: bool,
    dead: bool,
    restarted: bool,
    root: Vec<String>,
    log: Log,
}

fn new_socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("bind");
    socket.set_read_timeout(Some(Duration::from_millis(20))).expect("timeout");
    socket
}

pub fn uint(value: u32) -> Vec<u8> {
    value.to_be_bytes().into_iter().skip_while(|&byte| byte == 0).collect()
}

pub fn number(packet: &Packet, option: CoapOption) -> Option<u32> {
    let bytes = packet.get_first_option(option)?;
    Some(bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)))
}

pub fn message(code: u8) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = MessageClass::from(code);
    packet
}

fn texts(packet: &Packet, option: CoapOption) -> Vec<String> {
    let values = packet.get_option(option).cloned().unwrap_or_default();
    values.into_iter().map(|value| String::from_utf8(value).expect("text")).collect()
}

impl Device {
    fn new(script: Script, server: SocketAddr) -> Device {
        let active = i64::from(script.state == 4);
        let root = if script.links.contains("oma.lwm2m") { vec!["lwm2m".to_owned()] } else { vec![] };
        Device {
            values: BTreeMap::from([(7, script.state), (9, script.result), (12, active)]),
            script,
            server,
            socket: new_socket(),
            mid: 1000,
            location: None,
            registered_at: None,
            observers: HashMap::new(),
            answered: HashMap::new(),
            lost: false,
            dead: false,
            restarted: false,
            root,
            log: Log::default(),
        }
    }

    fn live(mut self, stop: &AtomicBool) -> Log {
        let mut buffer = [0; 2048];
        while !stop.load(Ordering::SeqCst) {
            self.register_if_needed();
            let Ok((length, _)) = self.socket.recv_from(&mut buffer) else {
                continue;
            };
            if self.dead {
                continue;
            }
            let packet = Packet::from_bytes(&buffer[..length]).expect("message");
            match packet.header.get_type() {
                MessageType::Reset => self.log.resets += 1,
                MessageType::Acknowledgement => self.acknowledged(&packet),
                _ => self.request(&packet),
            }
        }
        self.log
    }

    // --- sending ---

    fn send(&self, packet: &Packet) {
        let bytes = packet.to_bytes().expect("bytes");
        self.socket.send_to(&bytes, self.server).expect("send");
    }

    /// A new confirmable message, perhaps twice.
    fn send_new(&mut self, packet: &mut Packet) {
        self.mid += 1;
        packet.header.message_id = self.mid;
        packet.header.set_type(MessageType::Confirmable);
        self.send(packet);
        if self.script.twice {
            self.send(packet);
        }
    }

    fn register_if_needed(&mut self) {
        if self.location.is_some() || self.dead {
            return;
        }
        match &self.registered_at {
            Some((at, packet)) if at.elapsed() > Duration::from_secs(2) => {
                let packet = packet.clone();
                self.send(&packet);
                self.registered_at = Some((Instant::now(), packet));
            }
            Some(_) => {}
            None => {
                let mut packet = message(POST);
                packet.add_option(CoapOption::UriPath, b"rd".to_vec());
                let ep = format!("ep={}", self.script.endpoint);
                for query in [ep.as_str(), "lt=300", "lwm2m=1.1", "b=U"] {
                    packet.add_option(CoapOption::UriQuery, query.as_bytes().to_vec());
                }
                packet.add_option(CoapOption::ContentFormat, uint(40));
                packet.set_token(vec![0xaa, self.log.registrations as u8]);
                packet.payload = self.script.links.as_bytes().to_vec();
                self.send_new(&mut packet);
                self.log.registrations += 1;
                self.registered_at = Some((Instant::now(), packet));
            }
        }
    }

    fn acknowledged(&mut self, packet: &Packet) {
        match u8::from(packet.header.code) {
            0 => self.log.acknowledgements += 1,
            CREATED => {
                let location = texts(packet, CoapOption::LocationPath).join("/");
                self.log.locations.push((location.clone(), packet.header.message_id));
                self.location = Some(location);
            }
            _ => {}
        }
    }

    fn payload(&self, resource: u16) -> (u32, Vec<u8>) {
        let value = self.values[&resource];
        match self.script.format {
            Format::Text => (0, value.to_string().into_bytes()),
            Format::Cbor if resource == 12 => (60, vec![0xf4 + value as u8]),
            Format::Cbor if value < 24 => (60, vec![value as u8]),
            Format::Cbor => (60, vec![0x18, value as u8]),
            Format::Tlv => (11542, vec![0xc1, resource as u8, value as u8]),
        }
    }

    fn set(&mut self, resource: u16, value: i64) {
        let before = self.values.insert(resource, value);
        if before == Some(value) {
            return;
        }
        let (format, payload) = self.payload(resource);
        let Some((token, order)) = self.observers.get_mut(&resource) else {
            return;
        };
        *order += 1;
        let mut packet = message(CONTENT);
        packet.set_token(token.clone());
        packet.add_option(CoapOption::Observe, uint(*order));
        packet.add_option(CoapOption::ContentFormat, uint(format));
        packet.payload = payload;
        self.send_new(&mut packet);
    }

    /// Killed and started again: new port, nothing remembered but 7, 9, 12.
    fn restart(&mut self) {
        if self.script.deregister {
            let mut packet = message(4);
            for segment in self.location.clone().unwrap_or_default().split('/') {
                packet.add_option(CoapOption::UriPath, segment.as_bytes().to_vec());
            }
            self.send_new(&mut packet);
            std::thread::sleep(Duration::from_millis(100));
        }
        self.restarted = true;
        self.socket = new_socket();
        self.mid = 1000;
        self.observers.clear();
        self.answered.clear();
        self.location = None;
        self.registered_at = None;
        self.log.package.clear();
        std::thread::sleep(Duration::from_millis(100));
    }

    // --- requests ---

    fn request(&mut self, packet: &Packet) {
        let mid = packet.header.message_id;
        if let Some(answers) = self.answered.get(&mid).cloned() {
            self.log.duplicates += 1;
            answers.iter().for_each(|answer| self.send(answer));
            return;
        }
        let mut path = texts(packet, CoapOption::UriPath);
        for segment in &self.root {
            assert_eq!(path.first(), Some(segment));
            path.remove(0);
        }
        let block =
            number(packet, CoapOption::Block1).map(|word| (word >> 4, word & 8 != 0, (word & 7) as u8));
        let request = Request {
            code: packet.header.code.into(),
            path: format!("/{}", path.join("/")),
            payload: packet.payload.clone(),
            format: number(packet, CoapOption::ContentFormat),
            accept: number(packet, CoapOption::Accept),
            observe: number(packet, CoapOption::Observe),
            block,
            size1: number(packet, CoapOption::Size1),
        };
        if let Some((num, ..)) = block {
            if self.script.lose_block == Some(num) && !self.lost {
                self.lost = true;
                return;
            }
            if self.script.die_at_block == Some(num) {
                self.dead = true;
                return;
            }
            if self.script.restart_at_block == Some(num) && !self.restarted {
                self.values.insert(7, 0);
                self.values.insert(9, 0);
                self.restart();
                return;
            }
        }
        self.log.requests.push(request.clone());
        let resource: u16 = match path.as_slice() {
            [object, instance, resource] if object == "9" && instance == "0" => {
                resource.parse().expect("number")
            }
            _ => 0xffff,
        };
        let text = self.script.texts.get(request.path.as_str()).copied();
        let mut answer = match (request.code, resource) {
            (GET, _) if text.is_some() => {
                let mut answer = message(CONTENT);
                answer.add_option(CoapOption::ContentFormat, uint(0));
                answer.payload = text.unwrap_or_default().into();
                answer
            }
            (POST, _) if request.path.starts_with("/14/") => self.component(&request.path),
            (GET, 7 | 9 | 12) => self.read(resource, packet, &request),
            (PUT, 2) => self.write(&request),
            (PUT, 3) => self.write_uri(&request),
            (POST, 4 | 6 | 10 | 11) => self.may_execute(resource),
            _ => message(NOT_FOUND),
        };
        self.answer(packet, &mut answer);
        let code = u8::from(answer.header.code);
        match (request.code, resource, code) {
            (PUT, 2, CONTINUE) => {
                self.set(9, 1);
                self.set(7, 1);
            }
            (PUT, 2 | 3, CHANGED) => self.verify(),
            (POST, _, CHANGED) => self.execute(resource, &request),
            _ => {}
        }
    }

    fn answer(&mut self, request: &Packet, answer: &mut Packet) {
        let mid = request.header.message_id;
        answer.set_token(request.get_token().to_vec());
        if request.header.get_type() != MessageType::Confirmable {
            answer.header.set_type(MessageType::NonConfirmable);
            self.send(answer);
            return;
        }
        let mut answers = Vec::new();
        if self.script.separate {
            let mut ack = message(0);
            ack.header.set_type(MessageType::Acknowledgement);
            ack.header.message_id = mid;
            self.send(&ack);
            answers.push(ack);
            self.send_new(answer);
        } else {
            answer.header.set_type(MessageType::Acknowledgement);
            answer.header.message_id = mid;
            self.send(answer);
        }
        answers.push(answer.clone());
        self.answered.insert(mid, answers);
    }

    /// Starts or stops component 14/0.
    fn component(&mut self, path: &str) -> Packet {
        let active = if path == "/14/0/3" { "1" } else { "0" };
        match self.script.texts.get_mut("/14/0/5") {
            Some(text) => *text = active,
            None => return message(NOT_FOUND),
        }
        message(CHANGED)
    }

    fn read(&mut self, resource: u16, packet: &Packet, request: &Request) -> Packet {
        let (format, payload) = self.payload(resource);
        if request.accept.is_some_and(|accept| accept != format) {
            return message(NOT_ACCEPTABLE);
        }
        let mut answer = message(CONTENT);
        if self.script.observable && request.observe == Some(0) {
            self.observers.insert(resource, (packet.get_token().to_vec(), 10));
            answer.add_option(CoapOption::Observe, uint(10));
        }
        if request.observe == Some(1) {
            self.observers.remove(&resource);
        }
        answer.add_option(CoapOption::ContentFormat, uint(format));
        answer.payload = payload;
        answer
    }

    fn write(&mut self, request: &Request) -> Packet {
        if let Some(code) = self.script.refuse_write {
            if self.script.refuse_result != 0 {
                self.set(9, self.script.refuse_result);
            }
            return message(code);
        }
        if ![0, 1].contains(&self.values[&7]) {
            return message(NOT_ALLOWED);
        }
        let (num, more, szx) = request.block.unwrap_or((0, false, 6));
        let size = 16_usize << szx;
        if let Some(hint) = self.script.too_large_hint.filter(|&hint| hint < szx) {
            let mut answer = message(TOO_LARGE);
            answer.add_option(CoapOption::Block1, uint(u32::from(hint)));
            return answer;
        }
        if num == 2 && self.script.gaps > 0 {
            self.script.gaps -= 1;
            return message(INCOMPLETE);
        }
        if num == 0 {
            self.log.package.clear();
        }
        if num as usize * size != self.log.package.len() {
            return message(INCOMPLETE);
        }
        assert!(!more || request.payload.len() == size);
        self.log.package.extend_from_slice(&request.payload);
        let mut answer = message(if more { CONTINUE } else { CHANGED });
        if request.block.is_some() {
            let szx = self.script.shrink_to.map_or(szx, |wish| wish.min(szx));
            let word = num << 4 | u32::from(more) << 3 | u32::from(szx);
            answer.add_option(CoapOption::Block1, uint(word));
        }
        answer
    }

    fn write_uri(&mut self, request: &Request) -> Packet {
        assert_eq!(request.format, Some(0));
        self.log.uri = String::from_utf8(request.payload.clone()).expect("text");
        message(CHANGED)
    }

    fn verify(&mut self) {
        self.set(9, 1);
        self.set(7, 1);
        self.set(7, 2);
        let result = self.script.verify_result;
        self.set(9, result);
        self.set(7, if result == 3 { 3 } else { 0 });
    }

    fn may_execute(&self, resource: u16) -> Packet {
        let allowed = match resource {
            4 => self.values[&7] == 3,
            10 | 11 => self.values[&7] == 4,
            _ => true,
        };
        message(if allowed { CHANGED } else { NOT_ALLOWED })
    }

    fn execute(&mut self, resource: u16, request: &Request) {
        match resource {
            4 if self.script.restart_in_install && !self.restarted => {
                if self.script.forget_in_install {
                    self.values.extend([(7, 0), (9, 0)]);
                } else if self.script.install_failures > 0 {
                    self.script.install_failures -= 1;
                    self.values.insert(9, 58);
                } else {
                    self.values.extend([(7, 4), (9, 2)]);
                }
                self.restart();
            }
            4 if self.script.install_failures > 0 => {
                self.script.install_failures -= 1;
                self.set(9, 3);
                self.set(9, 58);
            }
            4 => {
                self.set(9, 2);
                self.set(7, 4);
            }
            6 => {
                self.set(9, 0);
                self.set(7, 0);
                self.set(12, 0);
                assert!(request.payload.is_empty() || request.format == Some(0));
            }
            10 => self.set(12, 1),
            _ => self.set(12, 0),
        }
    }
}
