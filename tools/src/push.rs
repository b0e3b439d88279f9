// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Sends a package to resource 2, block by block.

use std::time::{Duration, Instant};

use coap_lite::{CoapOption, Packet};

use crate::block::{self, Block};
use crate::coap::{self, code, format};
use crate::failure::{Failure, Stop};
use crate::session::Session;

/// Resource 2, Package.
pub const PACKAGE: u16 = 2;
/// How often, and how far apart, block 0 is offered to a device that is
/// still busy with the uninstallation before.
const BUSY_ATTEMPTS: u8 = 5;
const BUSY_PAUSE: Duration = Duration::from_secs(1);

/// A push, kept over its interruptions.
pub struct Push<'a> {
    file: &'a [u8],
    szx: u8,
    size1: bool,
    /// Whether the file goes in blocks (a file of one block needs none).
    in_blocks: bool,
    /// The one new start after 4.08 was used.
    gap_restarted: bool,
    busy_attempts: u8,
    /// The last block went out (maybe unanswered).
    pub sent_last: bool,
    /// The last block was accepted.
    pub complete: bool,
    pub stats: Stats,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Stats {
    pub bytes: usize,
    pub blocks: usize,
    pub block_size: usize,
    pub seconds: f64,
    /// How often the push began anew.
    pub restarts: u32,
}

/// What to do after an answer.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Accepted,
    Smaller(u8),
    FromTheStart,
    Later,
    Refused,
}

impl<'a> Push<'a> {
    pub fn new(file: &'a [u8], szx: u8, size1: bool, after_uninstall: bool) -> Push<'a> {
        Push {
            file,
            szx,
            size1,
            in_blocks: file.len() > block::size_of(szx),
            gap_restarted: false,
            busy_attempts: if after_uninstall { BUSY_ATTEMPTS } else { 0 },
            sent_last: false,
            complete: false,
            stats: Stats::default(),
        }
    }

    /// Sends the file from its beginning.
    pub fn send(&mut self, session: &mut Session) -> Result<(), Stop> {
        self.sent_last = false;
        self.complete = false;
        session.report.progress_start(self.file.len());
        let result = self.send_blocks(session);
        session.report.progress_end();
        result
    }

    fn send_blocks(&mut self, session: &mut Session) -> Result<(), Stop> {
        let total = self.file.len();
        let what = session.what(code::PUT, PACKAGE);
        let token = session.new_token();
        let begin = Instant::now();
        let mut offset = 0;
        let mut blocks = 0;
        loop {
            let end = if self.in_blocks { total.min(offset + block::size_of(self.szx)) } else { total };
            let more = end < total;
            let mut packet = self.block_request(session, offset, end)?;
            packet.set_token(token.clone());
            self.sent_last |= !more;
            let reply = session.exchange(packet, &what)?;
            let answer = coap::code_of(&reply);
            match self.judge(&reply, offset) {
                Next::Accepted => {
                    session.touch();
                    blocks += 1;
                    offset = end;
                    session.report.progress(offset, total);
                    if let Some(result) = session.failure() {
                        return Err(Failure::result("push", result).into());
                    }
                    if !more {
                        break;
                    }
                    self.follow_block_size(session, &reply);
                    if answer != code::CONTINUE && blocks == 1 {
                        let text = coap::code_text(answer);
                        session.report.note(&format!("the first block was answered {text}"));
                    }
                }
                Next::Smaller(szx) => {
                    self.in_blocks = true;
                    self.sent_last = false;
                    self.use_block_size(session, szx);
                }
                Next::FromTheStart => {
                    session.report.note("the device missed a block (4.08): the push starts again");
                    self.gap_restarted = true;
                    self.sent_last = false;
                    self.stats.restarts += 1;
                    offset = 0;
                    blocks = 0;
                    session.touch();
                }
                Next::Later => {
                    self.busy_attempts -= 1;
                    self.sent_last = false;
                    session.pause(BUSY_PAUSE)?;
                    if session.failure().is_some() {
                        let hint = self.hint(session, &reply);
                        return Err(Failure::refused(&what, answer, &hint).into());
                    }
                    session.report.note("the device is still busy: the push waits a second");
                }
                Next::Refused => {
                    // A result that explains the refusal may be on its way.
                    session.pause(Duration::from_millis(200))?;
                    let hint = self.hint(session, &reply);
                    return Err(Failure::refused(&what, answer, &hint).into());
                }
            }
        }
        self.complete = true;
        self.stats.bytes = total;
        self.stats.blocks = blocks;
        self.stats.block_size = block::size_of(self.szx);
        self.stats.seconds = begin.elapsed().as_secs_f64();
        Ok(())
    }

    fn block_request(&self, session: &Session, offset: usize, end: usize) -> Result<Packet, Failure> {
        let mut packet = session.resource_request(code::PUT, PACKAGE);
        coap::add_uint(&mut packet, CoapOption::ContentFormat, format::OPAQUE);
        if self.in_blocks {
            let more = end < self.file.len();
            let option = Block::at(offset, more, self.szx).and_then(Block::encode);
            let Some(option) = option else {
                return Err(Failure::lost(format!(
                    "the file is too large for blocks of {} bytes",
                    block::size_of(self.szx)
                )));
            };
            packet.add_option(CoapOption::Block1, option);
            if offset == 0 && self.size1 {
                let total = u32::try_from(self.file.len()).unwrap_or(u32::MAX);
                coap::add_uint(&mut packet, CoapOption::Size1, total);
            }
        }
        packet.payload = self.file.get(offset..end).unwrap_or_default().to_vec();
        Ok(packet)
    }

    fn judge(&self, reply: &Packet, offset: usize) -> Next {
        let busy = offset == 0 && self.busy_attempts > 0;
        match coap::code_of(reply) {
            code::CONTINUE | code::CHANGED | code::CREATED => Next::Accepted,
            code::TOO_LARGE => match coap::block1_of(reply) {
                Some(hint) if hint.szx < self.szx && hint.size() < self.file.len() => Next::Smaller(hint.szx),
                _ => Next::Refused,
            },
            code::INCOMPLETE if !self.gap_restarted => Next::FromTheStart,
            code::INTERNAL_ERROR | code::UNAVAILABLE if busy => Next::Later,
            _ => Next::Refused,
        }
    }

    /// The device may ask for smaller blocks in any answer.
    fn follow_block_size(&mut self, session: &Session, reply: &Packet) {
        if let Some(block) = coap::block1_of(reply) {
            if block.szx < self.szx {
                self.use_block_size(session, block.szx);
            }
        }
    }

    fn use_block_size(&mut self, session: &Session, szx: u8) {
        self.szx = szx;
        let size = block::size_of(szx);
        session.report.note(&format!("the device wants blocks of {size} bytes"));
    }

    fn hint(&self, session: &Session, reply: &Packet) -> String {
        let limit = coap::get_uint(reply, CoapOption::Size1);
        if let (code::TOO_LARGE, Some(limit)) = (coap::code_of(reply), limit) {
            return format!(" (it takes {limit} bytes, the file has {})", self.file.len());
        }
        match session.failure() {
            Some(result) => {
                let text = crate::names::value_text(crate::names::RESULT, result);
                format!(" (result: {text})")
            }
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u8, szx: Option<u8>) -> Packet {
        let mut packet = coap::message(code);
        if let Some(szx) = szx {
            let block = Block { num: 0, more: true, szx };
            packet.add_option(CoapOption::Block1, block.encode().expect("in range"));
        }
        packet
    }

    #[test]
    fn answers() {
        let file = [0; 5000];
        let mut push = Push::new(&file, 6, true, false);
        assert_eq!(push.judge(&reply(code::CONTINUE, Some(6)), 0), Next::Accepted);
        assert_eq!(push.judge(&reply(code::CHANGED, None), 0), Next::Accepted);
        assert_eq!(push.judge(&reply(code::TOO_LARGE, Some(4)), 0), Next::Smaller(4));
        assert_eq!(push.judge(&reply(code::TOO_LARGE, Some(6)), 0), Next::Refused);
        assert_eq!(push.judge(&reply(code::TOO_LARGE, None), 0), Next::Refused);
        assert_eq!(push.judge(&reply(code::NOT_ALLOWED, None), 0), Next::Refused);
        assert_eq!(push.judge(&reply(code::INTERNAL_ERROR, None), 0), Next::Refused);
        assert_eq!(push.judge(&reply(code::INCOMPLETE, None), 1024), Next::FromTheStart);
        push.gap_restarted = true;
        assert_eq!(push.judge(&reply(code::INCOMPLETE, None), 1024), Next::Refused);
    }

    #[test]
    fn busy_after_an_uninstallation() {
        let file = [0; 5000];
        let push = Push::new(&file, 6, true, true);
        assert_eq!(push.judge(&reply(code::INTERNAL_ERROR, None), 0), Next::Later);
        assert_eq!(push.judge(&reply(code::INTERNAL_ERROR, None), 1024), Next::Refused);
    }

    #[test]
    fn one_block_needs_no_block_option() {
        assert!(!Push::new(&[0; 1024], 6, true, false).in_blocks);
        assert!(Push::new(&[0; 1025], 6, true, false).in_blocks);
        assert!(Push::new(&[0; 17], 0, true, false).in_blocks);
    }
}
