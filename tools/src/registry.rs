// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The registration interface (/rd): who is registered, and the answers.

use std::net::SocketAddr;

use coap_lite::{CoapOption, Packet};

use crate::block::Block;
use crate::coap::{self, code};

const MAX_DEVICES: usize = 64;
const MAX_LINKS: usize = 64 * 1024;

/// A registered device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub location: u32,
    pub endpoint: String,
    pub address: SocketAddr,
    pub lifetime: String,
    pub version: String,
    /// The path prefix all Objects are under (usually none).
    pub root: Vec<String>,
    /// The registered links, as sent.
    pub links: String,
}

impl Device {
    /// Whether the device listed Object 9 or an instance of it.
    pub fn has_object_9(&self) -> bool {
        let prefix: String = self.root.iter().map(|segment| format!("/{segment}")).collect();
        link_targets(&self.links).any(|(target, _)| {
            target.strip_prefix(&prefix).is_some_and(|path| path == "/9" || path.starts_with("/9/"))
        })
    }
}

/// What a request to /rd did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Registered(Device),
    Updated(Device),
    Left(Device),
}

/// A registration that arrives in several blocks.
struct Partial {
    from: SocketAddr,
    links: Vec<u8>,
}

#[derive(Default)]
pub struct Registry {
    devices: Vec<Device>,
    last_location: u32,
    partial: Option<Partial>,
}

impl Registry {
    /// The answer to a request, and what it changed.
    pub fn handle(&mut self, from: SocketAddr, request: &Packet) -> (Packet, Option<Change>) {
        if has_unknown_critical_option(request) {
            return (coap::message(code::BAD_OPTION), None);
        }
        let path = coap::texts(request, CoapOption::UriPath);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (coap::code_of(request), path.as_slice()) {
            (code::POST, ["rd"]) => self.register_block(from, request),
            (code::POST, ["rd", location]) => self.update(from, location, request),
            (code::DELETE, ["rd", location]) => self.remove(location),
            (_, ["rd"] | ["rd", _]) => (coap::message(code::NOT_ALLOWED), None),
            _ => (coap::message(code::NOT_FOUND), None),
        }
    }

    /// Collects a registration sent by Block1, then registers.
    fn register_block(&mut self, from: SocketAddr, request: &Packet) -> (Packet, Option<Change>) {
        let Some(option) = request.get_first_option(CoapOption::Block1) else {
            return self.register(from, request, &request.payload);
        };
        let Some(block) = Block::decode(option) else {
            return (coap::message(code::BAD_REQUEST), None);
        };
        let offset = block.num as usize * block.size();
        let mut links = match self.partial.take() {
            Some(partial) if partial.from == from && block.num > 0 => partial.links,
            _ => Vec::new(),
        };
        if links.len() != offset {
            return (coap::message(code::INCOMPLETE), None);
        }
        links.extend_from_slice(&request.payload);
        if links.len() > MAX_LINKS {
            return (coap::message(code::TOO_LARGE), None);
        }
        let (mut answer, change) = if block.more {
            self.partial = Some(Partial { from, links });
            (coap::message(code::CONTINUE), None)
        } else {
            self.register(from, request, &links)
        };
        answer.add_option(CoapOption::Block1, option.clone());
        (answer, change)
    }

    fn register(&mut self, from: SocketAddr, request: &Packet, links: &[u8]) -> (Packet, Option<Change>) {
        let query = coap::texts(request, CoapOption::UriQuery);
        let Some(endpoint) = query_value(&query, "ep").filter(|name| !name.is_empty()) else {
            return (coap::message(code::BAD_REQUEST), None);
        };
        self.devices.retain(|device| device.endpoint != endpoint);
        if self.devices.len() == MAX_DEVICES {
            self.devices.remove(0);
        }
        self.last_location += 1;
        let links = String::from_utf8_lossy(links).into_owned();
        let device = Device {
            location: self.last_location,
            endpoint: endpoint.to_owned(),
            address: from,
            lifetime: query_value(&query, "lt").unwrap_or("86400").to_owned(),
            version: query_value(&query, "lwm2m").unwrap_or("1.0").to_owned(),
            root: root_of(&links),
            links,
        };
        self.devices.push(device.clone());
        let mut answer = coap::message(code::CREATED);
        for segment in ["rd", &device.location.to_string()] {
            answer.add_option(CoapOption::LocationPath, segment.as_bytes().to_vec());
        }
        (answer, Some(Change::Registered(device)))
    }

    fn update(&mut self, from: SocketAddr, location: &str, request: &Packet) -> (Packet, Option<Change>) {
        let found = self.devices.iter_mut().find(|device| device.location.to_string() == location);
        let Some(device) = found else {
            return (coap::message(code::NOT_FOUND), None);
        };
        device.address = from;
        let query = coap::texts(request, CoapOption::UriQuery);
        if let Some(lifetime) = query_value(&query, "lt") {
            device.lifetime = lifetime.to_owned();
        }
        let whole = request.get_option(CoapOption::Block1).is_none();
        if whole && !request.payload.is_empty() {
            device.links = String::from_utf8_lossy(&request.payload).into_owned();
            device.root = root_of(&device.links);
        }
        let mut answer = coap::message(code::CHANGED);
        match request.get_first_option(CoapOption::Block1).map(|option| Block::decode(option)) {
            // The links of an Update by Block1 are not needed here.
            Some(Some(block)) => {
                if block.more {
                    answer = coap::message(code::CONTINUE);
                }
                answer.add_option(CoapOption::Block1, block.encode().unwrap_or_default());
            }
            Some(None) => return (coap::message(code::BAD_REQUEST), None),
            None => {}
        }
        (answer, Some(Change::Updated(device.clone())))
    }

    fn remove(&mut self, location: &str) -> (Packet, Option<Change>) {
        let found = self.devices.iter().position(|device| device.location.to_string() == location);
        match found {
            Some(index) => {
                let device = self.devices.remove(index);
                (coap::message(code::DELETED), Some(Change::Left(device)))
            }
            None => (coap::message(code::NOT_FOUND), None),
        }
    }
}

/// A critical option (odd number) that a request to /rd has no use for.
fn has_unknown_critical_option(request: &Packet) -> bool {
    request.options().any(|(number, _)| number % 2 == 1 && ![3, 7, 11, 15, 17, 23, 27].contains(number))
}

fn query_value<'a>(query: &'a [String], name: &str) -> Option<&'a str> {
    query.iter().find_map(|item| item.strip_prefix(name)?.strip_prefix('='))
}

/// The targets of a link-format text with their attributes.
fn link_targets(links: &str) -> impl Iterator<Item = (&str, &str)> {
    links.split('<').skip(1).filter_map(|link| link.split_once('>'))
}

/// The path of the link marked `rt="oma.lwm2m"`.
fn root_of(links: &str) -> Vec<String> {
    link_targets(links)
        .find(|(_, attributes)| attributes.contains("rt=\"oma.lwm2m\""))
        .map(|(target, _)| {
            target.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 5000))
    }

    fn send(
        registry: &mut Registry,
        method: u8,
        path: &[&str],
        query: &[&str],
        payload: &str,
    ) -> (u8, Option<Change>) {
        let path: Vec<String> = path.iter().map(|&segment| segment.to_owned()).collect();
        let mut packet = coap::request(method, &path);
        for item in query {
            packet.add_option(CoapOption::UriQuery, item.as_bytes().to_vec());
        }
        packet.payload = payload.as_bytes().to_vec();
        let (answer, change) = registry.handle(here(), &packet);
        (coap::code_of(&answer), change)
    }

    #[test]
    fn life_of_a_registration() {
        let mut registry = Registry::default();
        let query = ["ep=a", "lt=60", "lwm2m=1.1", "b=U"];
        let links = "</1/0>,</9/0>;ver=1.0";
        let (code, change) = send(&mut registry, code::POST, &["rd"], &query, links);
        assert_eq!(code, code::CREATED);
        let Some(Change::Registered(device)) = change else {
            panic!("not registered");
        };
        assert_eq!((device.location, device.lifetime.as_str()), (1, "60"));
        assert!(device.has_object_9());

        let (code, change) = send(&mut registry, code::POST, &["rd", "1"], &["lt=90"], "");
        assert_eq!(code, code::CHANGED);
        assert!(matches!(change, Some(Change::Updated(device)) if device.lifetime == "90"));

        // A second registration of the same name ends the first.
        send(&mut registry, code::POST, &["rd"], &query, links);
        assert_eq!(send(&mut registry, code::POST, &["rd", "1"], &[], "").0, code::NOT_FOUND);
        assert_eq!(send(&mut registry, code::DELETE, &["rd", "2"], &[], "").0, code::DELETED);
        assert_eq!(send(&mut registry, code::DELETE, &["rd", "2"], &[], "").0, code::NOT_FOUND);
    }

    #[test]
    fn refusals() {
        let mut registry = Registry::default();
        assert_eq!(send(&mut registry, code::POST, &["rd"], &["lt=60"], "").0, code::BAD_REQUEST);
        assert_eq!(send(&mut registry, code::GET, &["rd"], &[], "").0, code::NOT_ALLOWED);
        assert_eq!(send(&mut registry, code::GET, &["x"], &[], "").0, code::NOT_FOUND);
        let mut packet = coap::request(code::POST, &["rd".into()]);
        packet.add_option(CoapOption::Unknown(2049), vec![1]);
        let (answer, _) = registry.handle(here(), &packet);
        assert_eq!(coap::code_of(&answer), code::BAD_OPTION);
    }

    #[test]
    fn alternate_path() {
        let mut registry = Registry::default();
        let links = "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/9/0>";
        let (_, change) = send(&mut registry, code::POST, &["rd"], &["ep=a"], links);
        let Some(Change::Registered(device)) = change else {
            panic!("not registered");
        };
        assert_eq!(device.root, ["lwm2m"]);
        assert!(device.has_object_9());
    }

    #[test]
    fn registration_in_blocks() {
        let mut registry = Registry::default();
        let mut step = |num, more, payload: &[u8]| {
            let mut packet = coap::request(code::POST, &["rd".into()]);
            packet.add_option(CoapOption::UriQuery, b"ep=a".to_vec());
            let block = Block { num, more, szx: 0 };
            packet.add_option(CoapOption::Block1, block.encode().expect("in range"));
            packet.payload = payload.to_vec();
            let (answer, change) = registry.handle(here(), &packet);
            (coap::code_of(&answer), change)
        };
        assert_eq!(step(0, true, b"</1/0>,</3/0>,</").0, code::CONTINUE);
        assert_eq!(step(2, false, b"").0, code::INCOMPLETE);
        assert_eq!(step(0, true, b"</1/0>,</3/0>,</").0, code::CONTINUE);
        let (code, change) = step(1, false, b"9/0>");
        assert_eq!(code, code::CREATED);
        assert!(matches!(change, Some(Change::Registered(device)) if device.has_object_9()));
    }
}
