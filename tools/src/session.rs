// SPDX-License-Identifier: Apache-2.0 OR MIT
//! One device as seen by the server: its registration, requests to it, and
//! what is known about resources 7, 9 and 12.

use std::time::{Duration, Instant};

use coap_lite::{CoapOption, Packet};

use crate::coap::{self, code, format};
use crate::failure::{Failure, Stop};
use crate::link::{Incoming, Link};
use crate::names::{self, ACTIVE, RESULT, STATE};
use crate::plan::Plan;
use crate::registry::{Change, Device, Registry};
use crate::report::{printable, Report, Weight};
use crate::value;

/// First look at the device when a notification might have been lost.
const FIRST_READ: Duration = Duration::from_millis(500);
/// Further looks, with and without observation.
const READ_OBSERVED: Duration = Duration::from_secs(10);
const READ_UNOBSERVED: Duration = Duration::from_secs(1);
/// Between two attempts to reach a silent device.
const SILENCE_PAUSE: Duration = Duration::from_secs(2);
/// A device that registers more often than this in a row is given up.
const MAX_REGISTRATIONS: u32 = 20;
/// How long the end of a run listens to what is still on its way.
const LINGER: Duration = Duration::from_millis(300);
/// RFC 7641: after this time every notification is newer.
const ORDER_LIFETIME: Duration = Duration::from_secs(128);

/// What a step waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    State(i64),
    Active(bool),
}

impl Goal {
    fn resource(self) -> u16 {
        match self {
            Goal::State(_) => STATE,
            Goal::Active(_) => ACTIVE,
        }
    }

    fn met_by(self, value: i64) -> bool {
        match self {
            Goal::State(state) => value == state,
            Goal::Active(active) => (value != 0) == active,
        }
    }

    fn text(self) -> String {
        match self {
            Goal::State(state) => format!("state {}", names::state_name(state)),
            Goal::Active(active) => format!("active = {active}"),
        }
    }
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Reached,
    /// Resource 9 shows this failure.
    Failed(i64),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Notified,
    Read,
}

/// The last known value of a resource, and when it was learned (a counter).
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    value: Option<i64>,
    stamp: u64,
}

struct Observation {
    resource: u16,
    token: Vec<u8>,
    last: Option<(u32, Instant)>,
}

pub struct Session {
    link: Link,
    registry: Registry,
    pub report: Report,
    wanted: Option<String>,
    instance: u16,
    timeout: Duration,
    /// The chosen device's name, from its first registration on.
    name: Option<String>,
    /// Its registration, while it has one.
    device: Option<Device>,
    observations: Vec<Observation>,
    known: [(u16, Known); 3],
    stamp: u64,
    failure: Option<i64>,
    accept_text: bool,
    last_progress: Instant,
}

impl Session {
    pub fn new(link: Link, report: Report, plan: &Plan) -> Session {
        Session {
            link,
            registry: Registry::default(),
            report,
            wanted: plan.endpoint.clone(),
            instance: plan.instance,
            timeout: plan.timeout,
            name: None,
            device: None,
            observations: Vec::new(),
            known: [STATE, RESULT, ACTIVE].map(|resource| (resource, Known::default())),
            stamp: 0,
            failure: None,
            accept_text: true,
            last_progress: Instant::now(),
        }
    }

    pub fn retransmissions(&self) -> u64 {
        self.link.retransmissions()
    }

    // --- registration ---

    /// Waits for the device to register.
    pub fn wait_for_device(&mut self, patience: Duration) -> Result<(), Failure> {
        let deadline = Instant::now() + patience;
        while self.device.is_none() {
            if Instant::now() >= deadline {
                let seconds = patience.as_secs();
                return Err(Failure::no_device(match &self.wanted {
                    Some(name) => {
                        format!("no device named \"{name}\" registered within {seconds} s")
                    }
                    None => format!("no device registered within {seconds} s"),
                }));
            }
            if let Err(Stop::Fatal(failure)) = self.pump(deadline) {
                return Err(failure);
            }
        }
        self.touch();
        Ok(())
    }

    /// Finds a device again that restarted or fell silent, and looks at it anew.
    pub fn rejoin(&mut self) -> Result<(), Failure> {
        let mut registrations = 0;
        loop {
            let deadline = self.deadline();
            if Instant::now() >= deadline {
                let seconds = self.timeout.as_secs();
                return Err(Failure::lost(match self.device {
                    Some(_) => {
                        format!("connection lost: no answer from the device for {seconds} s")
                    }
                    None => {
                        format!("connection lost: the device did not come back within {seconds} s")
                    }
                }));
            }
            let attempt = match self.device {
                None => self.pump(deadline),
                Some(_) => match self.attach() {
                    Ok(()) => return Ok(()),
                    Err(Stop::Silent) => {
                        self.pause(SILENCE_PAUSE.min(deadline.saturating_duration_since(Instant::now())))
                    }
                    Err(stop) => Err(stop),
                },
            };
            match attempt {
                Err(Stop::Fatal(failure)) => return Err(failure),
                Err(_) => registrations += 1,
                Ok(()) => {}
            }
            if registrations > MAX_REGISTRATIONS {
                return Err(Failure::lost("connection lost: the device registers again and again"));
            }
        }
    }

    fn is_mine(&self, device: &Device) -> bool {
        match self.name.as_ref().or(self.wanted.as_ref()) {
            Some(name) => *name == device.endpoint,
            None => true,
        }
    }

    fn registration(&mut self, change: Change) -> Result<(), Stop> {
        let (verb, device) = match &change {
            Change::Registered(device) => ("registered", device),
            Change::Updated(device) => ("updated its registration", device),
            Change::Left(device) => ("deregistered", device),
        };
        let mine = self.is_mine(device);
        let event = match &change {
            Change::Registered(_) => "registered",
            Change::Updated(_) => "updated",
            Change::Left(_) => "deregistered",
        };
        let name = printable(&device.endpoint);
        let mut text = format!("device \"{name}\" {verb}");
        if let Change::Registered(_) = change {
            text.push_str(&format!(
                " from {} as rd/{} (LwM2M {}, lifetime {} s)",
                device.address,
                device.location,
                printable(&device.version),
                printable(&device.lifetime),
            ));
        }
        if !mine {
            text.push_str(", not the one wanted");
        }
        let fields = [
            ("endpoint", device.endpoint.as_str().into()),
            ("address", device.address.to_string().into()),
            ("location", format!("rd/{}", device.location).into()),
            ("wanted", mine.into()),
        ];
        self.report.event(Weight::Normal, event, &text, &fields);
        if !mine {
            return Ok(());
        }
        match change {
            Change::Registered(device) => {
                if !device.has_object_9() {
                    self.report.note("the device did not list Object 9 when it registered");
                }
                let again = self.name.replace(device.endpoint.clone()).is_some();
                self.device = Some(device);
                self.forget_observations();
                self.touch();
                if again {
                    return Err(Stop::Restarted);
                }
            }
            Change::Updated(device) => {
                self.link.kick(device.address);
                self.device = Some(device);
            }
            Change::Left(_) => {
                self.device = None;
                self.forget_observations();
                if self.name.is_some() {
                    return Err(Stop::Restarted);
                }
            }
        }
        Ok(())
    }

    // --- time ---

    /// Something happened: the step's time begins anew.
    pub fn touch(&mut self) {
        self.last_progress = Instant::now();
    }

    pub fn deadline(&self) -> Instant {
        self.last_progress + self.timeout
    }

    /// Handles what arrives for a while.
    pub fn pause(&mut self, duration: Duration) -> Result<(), Stop> {
        let until = Instant::now() + duration;
        while Instant::now() < until {
            self.pump(until)?;
        }
        Ok(())
    }

    /// Handles the next thing that arrives, if one does before `until`.
    fn pump(&mut self, until: Instant) -> Result<(), Stop> {
        match self.link.poll(until).map_err(network)? {
            Some(incoming) => self.handle(incoming),
            None => Ok(()),
        }
    }

    fn handle(&mut self, incoming: Incoming) -> Result<(), Stop> {
        match incoming {
            Incoming::Request(from, request) => {
                let (answer, change) = self.registry.handle(from, &request);
                self.link.reply(from, &request, answer);
                change.map_or(Ok(()), |change| self.registration(change))
            }
            Incoming::Notification(packet) => {
                self.notified(&packet);
                Ok(())
            }
            Incoming::Reply(_) | Incoming::Reset | Incoming::GaveUp => Ok(()),
        }
    }

    // --- requests ---

    /// How a request is called in messages: `POST /9/0/4`.
    pub fn what(&self, method: u8, resource: u16) -> String {
        let method = match method {
            code::GET => "GET",
            code::POST => "POST",
            code::PUT => "PUT",
            _ => "request",
        };
        format!("{method} /9/{}/{resource}", self.instance)
    }

    pub fn new_token(&mut self) -> Vec<u8> {
        self.link.new_token()
    }

    /// A request for a resource of the instance.
    pub fn resource_request(&self, method: u8, resource: u16) -> Packet {
        self.request_to(method, &[9, self.instance, resource])
    }

    /// A request for a path below the device's root.
    fn request_to(&self, method: u8, ids: &[u16]) -> Packet {
        let mut path = self.device.as_ref().map(|device| device.root.clone()).unwrap_or_default();
        path.extend(ids.iter().map(u16::to_string));
        coap::request(method, &path)
    }

    /// The instance of Object 9.
    pub fn instance(&self) -> u16 {
        self.instance
    }

    /// Executes anything without arguments; gives the code of the answer.
    pub fn execute_at(&mut self, ids: &[u16]) -> Result<u8, Stop> {
        let mut packet = self.request_to(code::POST, ids);
        packet.set_token(self.new_token());
        let reply = self.exchange(packet, &format!("POST {}", slashed(ids)))?;
        Ok(coap::code_of(&reply))
    }

    /// Reads anything as text; `None`: the device has no such thing, or not as text.
    pub fn text(&mut self, ids: &[u16]) -> Result<Option<String>, Stop> {
        let mut packet = self.request_to(code::GET, ids);
        packet.set_token(self.new_token());
        coap::add_uint(&mut packet, CoapOption::Accept, format::TEXT);
        let reply = self.exchange(packet, &format!("GET {}", slashed(ids)))?;
        let is_text =
            coap::get_uint(&reply, CoapOption::ContentFormat).unwrap_or(format::TEXT) == format::TEXT;
        let is_there = coap::code_of(&reply) == code::CONTENT && is_text;
        Ok(String::from_utf8(reply.payload).ok().filter(|_| is_there))
    }

    /// Sends a request and waits for its response; the step's time limits it.
    pub fn exchange(&mut self, packet: Packet, what: &str) -> Result<Packet, Stop> {
        let Some(device) = &self.device else {
            return Err(Stop::Restarted);
        };
        self.link.start(device.address, packet);
        let deadline = self.deadline();
        let result = loop {
            match self.link.poll(deadline).map_err(network) {
                Err(failure) => break Err(failure.into()),
                Ok(None | Some(Incoming::GaveUp)) => break Err(Stop::Silent),
                Ok(Some(Incoming::Reset)) => break Err(Failure::reset(what).into()),
                Ok(Some(Incoming::Reply(reply))) => break Ok(reply),
                Ok(Some(incoming)) => {
                    if let Err(stop) = self.handle(incoming) {
                        break Err(stop);
                    }
                }
            }
        };
        self.link.abandon();
        result
    }

    /// Executes a resource; gives the code of the answer.
    pub fn execute(&mut self, resource: u16, arguments: Option<&str>) -> Result<u8, Stop> {
        let mut packet = self.resource_request(code::POST, resource);
        if let Some(arguments) = arguments {
            coap::add_uint(&mut packet, CoapOption::ContentFormat, format::TEXT);
            packet.payload = arguments.as_bytes().to_vec();
        }
        self.single(packet, code::POST, resource)
    }

    /// Writes a text; gives the code of the answer.
    pub fn write_text(&mut self, resource: u16, text: &str) -> Result<u8, Stop> {
        let mut packet = self.resource_request(code::PUT, resource);
        coap::add_uint(&mut packet, CoapOption::ContentFormat, format::TEXT);
        packet.payload = text.as_bytes().to_vec();
        self.single(packet, code::PUT, resource)
    }

    fn single(&mut self, mut packet: Packet, method: u8, resource: u16) -> Result<u8, Stop> {
        packet.set_token(self.new_token());
        let what = self.what(method, resource);
        let reply = self.exchange(packet, &what)?;
        Ok(coap::code_of(&reply))
    }

    /// GET, with or without Observe; tries without Accept if text is not offered.
    fn get(&mut self, resource: u16, token: &[u8], observe: bool) -> Result<Packet, Stop> {
        let what = self.what(code::GET, resource);
        loop {
            let mut packet = self.resource_request(code::GET, resource);
            packet.set_token(token.to_vec());
            if observe {
                coap::add_uint(&mut packet, CoapOption::Observe, 0);
            }
            if self.accept_text {
                coap::add_uint(&mut packet, CoapOption::Accept, format::TEXT);
            }
            let reply = self.exchange(packet, &what)?;
            if coap::code_of(&reply) != code::NOT_ACCEPTABLE || !self.accept_text {
                return Ok(reply);
            }
            self.accept_text = false;
        }
    }

    // --- values ---

    /// Observes (and so reads) resources 7, 9 and 12.
    pub fn attach(&mut self) -> Result<(), Stop> {
        self.forget_observations();
        for resource in [STATE, RESULT, ACTIVE] {
            let token = self.new_token();
            let reply = self.get(resource, &token, true)?;
            let answer = coap::code_of(&reply);
            if answer != code::CONTENT {
                let what = self.what(code::GET, resource);
                if resource == STATE {
                    let hint = format!(" (has it an instance {} of Object 9?)", self.instance);
                    return Err(Failure::refused(&what, answer, &hint).into());
                }
                let text = format!("the device refused {what}: {}", coap::code_text(answer));
                self.report.note(&text);
                continue;
            }
            if let Some(order) = coap::get_uint(&reply, CoapOption::Observe) {
                if let Some(device) = &self.device {
                    self.link.watch(device.address, &token);
                }
                let last = Some((order, Instant::now()));
                self.observations.push(Observation { resource, token, last });
            }
            self.learn(resource, &reply, How::Read);
        }
        Ok(())
    }

    fn forget_observations(&mut self) {
        self.link.unwatch_all();
        self.observations.clear();
    }

    fn notified(&mut self, packet: &Packet) {
        let token = packet.get_token();
        let Some(index) = self.observations.iter().position(|item| item.token == token) else {
            return;
        };
        let order = coap::get_uint(packet, CoapOption::Observe);
        let Some(observation) = self.observations.get_mut(index) else {
            return;
        };
        let resource = observation.resource;
        let now = Instant::now();
        match (order, observation.last) {
            (Some(new), Some((old, at))) if !is_newer(new, old) && now - at < ORDER_LIFETIME => return,
            (Some(new), _) => observation.last = Some((new, now)),
            // Without the option, or with an error, the observation has ended.
            (None, _) => {
                self.observations.remove(index);
            }
        }
        let answer = coap::code_of(packet);
        if answer == code::CONTENT {
            let how = if order.is_some() { How::Notified } else { How::Read };
            self.learn(resource, packet, how);
        } else {
            let what = self.what(code::GET, resource);
            let answer = coap::code_text(answer);
            self.report.note(&format!("the device ended the observation of {what}: {answer}"));
        }
    }

    /// Takes a value from a response or notification.
    fn learn(&mut self, resource: u16, packet: &Packet, how: How) {
        let content_format = coap::get_uint(packet, CoapOption::ContentFormat);
        let Some(value) = value::parse(content_format, &packet.payload) else {
            let what = self.what(code::GET, resource);
            self.report.note(&format!("the value in the answer to {what} cannot be read"));
            return;
        };
        self.stamp += 1;
        let stamp = self.stamp;
        let Some((_, known)) = self.known.iter_mut().find(|(number, _)| *number == resource) else {
            return;
        };
        let before = known.value;
        *known = Known { value: Some(value), stamp };
        let changed = before != Some(value);
        let mut is_event = changed;
        if resource == RESULT {
            if value < names::FIRST_FAILURE {
                self.failure = None;
            } else if how == How::Notified || (changed && before.is_some()) {
                self.failure = Some(value);
                is_event = true;
            }
        }
        if changed {
            self.touch();
        }
        if is_event {
            self.print_value(resource, value, how);
        }
    }

    fn print_value(&self, resource: u16, value: i64, how: How) {
        let path = format!("/9/{}/{resource}", self.instance);
        let name = names::resource_name(resource);
        let words = match resource {
            STATE => names::state_name(value).to_owned(),
            RESULT => names::result_text(value).to_owned(),
            _ => (value != 0).to_string(),
        };
        let by = if how == How::Notified { "notification" } else { "read" };
        let fields = [
            ("path", path.as_str().into()),
            ("name", name.into()),
            ("value", value.into()),
            ("text", words.into()),
            ("by", by.into()),
        ];
        let text = format!("{path} {name}: {}", names::value_text(resource, value));
        self.report.event(Weight::Normal, "value", &text, &fields);
    }

    fn known(&self, resource: u16) -> Known {
        self.known.iter().find(|(number, _)| *number == resource).map(|(_, known)| *known).unwrap_or_default()
    }

    pub fn state(&self) -> Option<i64> {
        self.known(STATE).value
    }

    pub fn result(&self) -> Option<i64> {
        self.known(RESULT).value
    }

    /// A failure result learned since the last [`Session::clear_failure`].
    pub fn failure(&self) -> Option<i64> {
        self.failure
    }

    pub fn clear_failure(&mut self) {
        self.failure = None;
    }

    /// Now, on the clock that says when a value was learned.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    /// Whether the goal is met by a value learned after `since`.
    pub fn reached(&self, goal: Goal, since: u64) -> bool {
        let known = self.known(goal.resource());
        known.stamp > since && known.value.is_some_and(|value| goal.met_by(value))
    }

    /// Waits for the goal, or for a failure result. Looks at the device now
    /// and then, in case a notification got lost.
    pub fn wait(&mut self, goal: Goal, since: u64) -> Result<Outcome, Stop> {
        let mut next_read = Instant::now() + FIRST_READ;
        loop {
            if self.reached(goal, since) {
                return Ok(Outcome::Reached);
            }
            if let Some(result) = self.failure {
                return Ok(Outcome::Failed(result));
            }
            let now = Instant::now();
            if now >= self.deadline() {
                return self.timed_out(goal, since);
            }
            if now >= next_read {
                self.read(goal.resource(), true)?;
                self.read(RESULT, false)?;
                let observed = [goal.resource(), RESULT]
                    .iter()
                    .all(|resource| self.observations.iter().any(|item| item.resource == *resource));
                let pause = if observed { READ_OBSERVED } else { READ_UNOBSERVED };
                next_read = Instant::now() + pause;
                continue;
            }
            self.pump(next_read.min(self.deadline()))?;
        }
    }

    fn read(&mut self, resource: u16, required: bool) -> Result<(), Stop> {
        let token = self.new_token();
        let reply = self.get(resource, &token, false)?;
        let answer = coap::code_of(&reply);
        if answer == code::CONTENT {
            self.learn(resource, &reply, How::Read);
        } else if required {
            let what = self.what(code::GET, resource);
            return Err(Failure::refused(&what, answer, "").into());
        }
        Ok(())
    }

    fn timed_out(&self, goal: Goal, since: u64) -> Result<Outcome, Stop> {
        let result = self.known(RESULT);
        let failed = result.value.filter(|value| *value >= names::FIRST_FAILURE);
        if let (Goal::State(_), Some(code), true) = (goal, failed, result.stamp > since) {
            return Ok(Outcome::Failed(code));
        }
        let resource = goal.resource();
        let shows = match self.known(resource).value {
            Some(value) => {
                format!("{} is {}", names::resource_name(resource), names::value_text(resource, value))
            }
            None => "nothing is known of it".to_owned(),
        };
        let (seconds, wanted) = (self.timeout.as_secs(), goal.text());
        let text = format!("timeout: {shows}, nothing changed for {seconds} s (waited for {wanted})");
        Err(Failure::lost(text).into())
    }

    /// Ends the observations and acknowledges what is still on its way.
    pub fn finish(&mut self) {
        if let Some(address) = self.device.as_ref().map(|device| device.address) {
            for index in 0..self.observations.len() {
                let Some(observation) = self.observations.get(index) else {
                    break;
                };
                let mut packet = self.resource_request(code::GET, observation.resource);
                packet.set_token(observation.token.clone());
                coap::add_uint(&mut packet, CoapOption::Observe, 1);
                if self.accept_text {
                    coap::add_uint(&mut packet, CoapOption::Accept, format::TEXT);
                }
                self.link.send_and_forget(address, packet);
            }
            let until = Instant::now() + LINGER;
            while Instant::now() < until {
                if let Err(Stop::Fatal(_)) = self.pump(until) {
                    break;
                }
            }
        }
    }
}

/// A path as it is printed: `/14/0/3`.
pub fn slashed(ids: &[u16]) -> String {
    ids.iter().map(|id| format!("/{id}")).collect()
}

fn network(error: std::io::Error) -> Failure {
    Failure::lost(format!("network error: {error}"))
}

/// RFC 7641: whether a 24-bit sequence number is newer. An equal one counts as
/// newer too (some clients do not count; repeated messages are dropped before).
fn is_newer(new: u32, old: u32) -> bool {
    new.wrapping_sub(old) & 0x00ff_ffff < 1 << 23
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observe_order() {
        assert!(is_newer(2, 1));
        assert!(is_newer(1, 1));
        assert!(!is_newer(1, 2));
        assert!(is_newer(1, 0x00ff_fff0));
        assert!(!is_newer(0x00ff_fff0, 1));
    }

    #[test]
    fn goals() {
        assert!(Goal::State(3).met_by(3));
        assert!(!Goal::State(3).met_by(4));
        assert!(Goal::Active(true).met_by(1));
        assert!(Goal::Active(false).met_by(0));
    }
}
