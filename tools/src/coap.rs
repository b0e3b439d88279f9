// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Small helpers around coap-lite's message type: codes, options, paths.

use coap_lite::{CoapOption, MessageClass, MessageType, Packet};

use crate::block::Block;

/// CoAP codes as they are on the wire (class in the upper three bits).
pub mod code {
    pub const EMPTY: u8 = 0x00;
    pub const GET: u8 = 0x01;
    pub const POST: u8 = 0x02;
    pub const PUT: u8 = 0x03;
    pub const DELETE: u8 = 0x04;
    pub const CREATED: u8 = 0x41;
    pub const DELETED: u8 = 0x42;
    pub const CHANGED: u8 = 0x44;
    pub const CONTENT: u8 = 0x45;
    pub const CONTINUE: u8 = 0x5f;
    pub const BAD_REQUEST: u8 = 0x80;
    pub const BAD_OPTION: u8 = 0x82;
    pub const NOT_FOUND: u8 = 0x84;
    pub const NOT_ALLOWED: u8 = 0x85;
    pub const NOT_ACCEPTABLE: u8 = 0x86;
    pub const INCOMPLETE: u8 = 0x88;
    pub const TOO_LARGE: u8 = 0x8d;
    pub const INTERNAL_ERROR: u8 = 0xa0;
    pub const UNAVAILABLE: u8 = 0xa3;
}

/// Content-Formats used here.
pub mod format {
    pub const TEXT: u32 = 0;
    pub const OPAQUE: u32 = 42;
    pub const CBOR: u32 = 60;
    pub const SENML_CBOR: u32 = 112;
    pub const TLV_OLD: u32 = 1542;
    pub const TLV: u32 = 11542;
}

/// The code of a message.
pub fn code_of(packet: &Packet) -> u8 {
    packet.header.code.into()
}

/// Class 2, 4 or 5.
pub fn is_response(code: u8) -> bool {
    matches!(code >> 5, 2 | 4 | 5)
}

/// Class 0, but not the empty message.
pub fn is_request(code: u8) -> bool {
    code != code::EMPTY && code >> 5 == 0
}

/// `4.05 Method Not Allowed`.
pub fn code_text(code: u8) -> String {
    let number = format!("{}.{:02}", code >> 5, code & 0x1f);
    let name = match code {
        code::CREATED => "Created",
        code::DELETED => "Deleted",
        0x43 => "Valid",
        code::CHANGED => "Changed",
        code::CONTENT => "Content",
        code::CONTINUE => "Continue",
        code::BAD_REQUEST => "Bad Request",
        0x81 => "Unauthorized",
        code::BAD_OPTION => "Bad Option",
        0x83 => "Forbidden",
        code::NOT_FOUND => "Not Found",
        code::NOT_ALLOWED => "Method Not Allowed",
        code::NOT_ACCEPTABLE => "Not Acceptable",
        code::INCOMPLETE => "Request Entity Incomplete",
        0x89 => "Conflict",
        0x8c => "Precondition Failed",
        code::TOO_LARGE => "Request Entity Too Large",
        0x8f => "Unsupported Content-Format",
        0x9d => "Too Many Requests",
        code::INTERNAL_ERROR => "Internal Server Error",
        0xa1 => "Not Implemented",
        0xa2 => "Bad Gateway",
        code::UNAVAILABLE => "Service Unavailable",
        0xa4 => "Gateway Timeout",
        _ => return number,
    };
    format!("{number} {name}")
}

/// An unsigned option value in its shortest form (0 is the empty string).
pub fn uint_bytes(value: u32) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let skip = value.leading_zeros() as usize / 8;
    bytes.get(skip..).unwrap_or_default().to_vec()
}

/// Reads an unsigned option value of up to 4 bytes.
pub fn uint_value(bytes: &[u8]) -> Option<u32> {
    if bytes.len() > 4 {
        return None;
    }
    Some(bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)))
}

/// A message without token, options and payload (type and MID are set by the link).
pub fn message(code: u8) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = MessageClass::from(code);
    packet
}

/// A request for a path.
pub fn request(code: u8, path: &[String]) -> Packet {
    let mut packet = message(code);
    for segment in path {
        packet.add_option(CoapOption::UriPath, segment.clone().into_bytes());
    }
    packet
}

/// An empty message (ACK or RST) for a message id.
pub fn empty(kind: MessageType, mid: u16) -> Packet {
    let mut packet = message(code::EMPTY);
    packet.header.set_type(kind);
    packet.header.message_id = mid;
    packet
}

/// Adds an unsigned option.
pub fn add_uint(packet: &mut Packet, option: CoapOption, value: u32) {
    packet.add_option(option, uint_bytes(value));
}

/// The first value of an unsigned option.
pub fn get_uint(packet: &Packet, option: CoapOption) -> Option<u32> {
    packet.get_first_option(option).and_then(|value| uint_value(value))
}

/// The Block1 option, if there is a well-formed one.
pub fn block1_of(packet: &Packet) -> Option<Block> {
    packet.get_first_option(CoapOption::Block1).and_then(|value| Block::decode(value))
}

/// All values of a text option.
pub fn texts(packet: &Packet, option: CoapOption) -> Vec<String> {
    let Some(values) = packet.get_option(option) else {
        return Vec::new();
    };
    values.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uints() {
        for value in [0, 1, 255, 256, 65_535, 65_536, 0x00ff_ffff, u32::MAX] {
            assert_eq!(uint_value(&uint_bytes(value)), Some(value));
        }
        assert!(uint_bytes(0).is_empty());
        assert_eq!(uint_bytes(11_542), [0x2d, 0x16]);
        assert_eq!(uint_value(&[0; 5]), None);
    }

    #[test]
    fn code_names() {
        assert_eq!(code_text(code::NOT_ALLOWED), "4.05 Method Not Allowed");
        assert_eq!(code_text(code::CONTINUE), "2.31 Continue");
        assert_eq!(code_text(0x9e), "4.30");
    }

    /// coap-lite must survive whatever a device sends.
    #[test]
    fn parser_takes_any_bytes() {
        let mut seed = 0x1234_5678_u32;
        for length in 0..64_usize {
            for _ in 0..500 {
                let bytes: Vec<u8> = (0..length)
                    .map(|_| {
                        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        (seed >> 24) as u8
                    })
                    .collect();
                let _ = Packet::from_bytes(&bytes);
            }
        }
    }
}
