// SPDX-License-Identifier: Apache-2.0 OR MIT
//! A part: packages in containers. What comes is looked at before it is stored, what was
//! stored is looked at again, and what the package says of itself is kept.

use super::call::Call;
use super::components::What;
use super::config::{swmgmt_config_t as Config, POLICY_SIGNATURE};
use super::instance::{agenda, Instance};
use super::part::swmgmt_part_t as Part;
use super::text::Text;
use super::{arrival, judge, kept, read_back, Manager, Shared};
use crate::lifecycle::reason::Reason;
use crate::lifecycle::State;
use crate::operation::{can, Kind, Verdict};
use crate::record::Writer;
use crate::transfer::unpacking::{Judged, Unpacking, OPAQUE, RESUMED};
use crate::transfer::Stage;
use crate::verify::container::{Begins, Claim, Component, Container, Facts, Fault, Parser, MAGIC};
use crate::verify::SHA256;

/// A part: one kind of container, and what the rest of the manager calls of all.
#[derive(Debug)]
pub struct Contained {
    of: &'static Container,
    pub(super) hooks: &'static Hooks,
    /// How the firmware is asked about a package: a function of the boundary's.
    pub(super) ask: Ask,
}

/// Takes the context, the call, and the work buffer; tells the verdict, and what comes with
/// it.
pub type Ask = unsafe fn(*mut (), &Call, *mut u8, usize) -> (i32, usize);

impl Contained {
    /// A part.
    pub const fn new(of: &'static Container, ask: Ask) -> Contained {
        Contained { of, hooks: &HOOKS, ask }
    }
}

/// What the rest of the manager calls.
#[derive(Debug)]
pub(super) struct Hooks {
    /// Bytes of what is kept in memory, and in a record.
    pub(super) sizes: fn(&Config) -> (usize, usize),
    /// A package begins, or begins again.
    pub(super) anew: fn(&mut Shared<'_>, u8),
    /// An item of the agenda: LOOK at what a chunk brings, or COMMIT; `true`: the firmware is
    /// asked something.
    pub(super) item: fn(&mut Shared<'_>, &mut Instance, &mut Call, u16, &[u8]) -> bool,
    /// How many bytes are held back and may be stored now.
    pub(super) held: fn(&Shared<'_>, u8) -> u32,
    /// They have been stored.
    pub(super) stored: fn(&mut Shared<'_>, &mut Instance, &mut Call),
    /// Whether none of the package has been stored.
    pub(super) is_holding: fn(&Shared<'_>, u8) -> bool,
    /// VERIFYING comes to the container.
    pub(super) begin: fn(&mut Shared<'_>, &mut Instance),
    /// Its next operation; `false`: the agenda tells how it went on.
    pub(super) step: fn(&mut Shared<'_>, &mut Instance, &mut Call, usize) -> bool,
    /// What has been read back; `false`: for another stage of the verification.
    pub(super) read: fn(&mut Shared<'_>, &mut Instance, &mut Call, Verdict, &[u8]) -> bool,
    /// What the firmware answers when a package is judged, with the number that comes with
    /// it, or when its rollback counter is raised.
    pub(super) answer: fn(&mut Shared<'_>, &mut Instance, &mut Call, Verdict, u32, &[u8]),
    /// Whether the policy needs no other proof of the package.
    pub(super) enough: fn(&Shared<'_>, &Instance) -> bool,
    /// VERIFYING comes to names, or to components; `false`: the firmware is asked for them.
    pub(super) tell: fn(&mut Shared<'_>, &mut Instance, Stage) -> bool,
    /// Something happens to the software.
    pub(super) change: fn(&mut Shared<'_>, &mut Instance, What),
    /// Whether name or version came with the software.
    pub(super) is_own: fn(&Shared<'_>, &Instance, Text) -> bool,
    /// Another instance has come to this place, or another component to this slot.
    pub(super) forget_kept: fn(&mut Shared<'_>, &Instance, Option<usize>),
    /// Name or version of a component, if its package told.
    pub(super) component: for<'a> fn(&'a Shared<'_>, u16, bool) -> Option<&'a [u8]>,
    /// To the record, and from it: of the instance, or of a component, by its slot.
    pub(super) save_kept: fn(&Shared<'_>, &Instance, Option<usize>, &mut Writer<'_>),
    pub(super) restore_kept: fn(&mut Shared<'_>, &Instance, Option<usize>, &mut &[u8]) -> Option<()>,
}

static HOOKS: Hooks = Hooks {
    sizes: kept::sizes,
    anew,
    item,
    held: arrival::held,
    stored: arrival::stored,
    is_holding: arrival::is_holding,
    begin: read_back::begin,
    step: read_back::step,
    read: read_back::read,
    answer,
    enough: read_back::enough,
    tell: read_back::tell,
    change,
    is_own: kept::is_own,
    forget_kept: kept::forget_kept,
    component,
    save_kept: kept::save_kept,
    restore_kept: kept::restore_kept,
};

impl Manager<'_> {
    /// How the firmware is asked about a package.
    pub fn ask(&self) -> Option<Ask> {
        self.shared.contained().map(|part| part.ask)
    }

    /// The bytes of the package, from its first one on, that are held back, for the instance
    /// of a call.
    pub fn held(&self, call: &Call) -> &[u8] {
        self.shared.head(call.place, arrival::held(&self.shared, call.place))
    }

    /// What is asked of the firmware about it, and which of its facts.
    pub fn fits_of(&self, call: &Call) -> (u8, &[u8]) {
        judge::fits(&self.shared, call.place)
    }

    /// Who says to have signed it.
    pub fn claim_of(&self, call: &Call) -> Option<Claim<'_>> {
        self.shared.claim(call.place)
    }
}

impl Reason {
    fn of_fault(fault: Fault) -> Reason {
        match fault {
            Fault::Malformed => Reason::INTEGRITY,
            Fault::Digest => Reason::DIGEST,
            Fault::Unsupported => Reason::TYPE,
            Fault::NoRoom => Reason::MEMORY,
        }
    }
}

impl Shared<'_> {
    /// Where in the pool the transfer of an instance is.
    #[inline(never)]
    pub(super) fn slot(&self, place: u8) -> usize {
        let mut n = 0usize;
        for transfer in self.transfers.iter() {
            if transfer.is_of(place) {
                return n;
            }
            n = n.wrapping_add(1);
        }
        usize::MAX
    }

    #[inline(never)]
    pub(super) fn unpacking(&self, place: u8) -> Option<&Unpacking> {
        self.unpackings.get(self.slot(place))
    }

    #[inline(never)]
    pub(super) fn unpacking_mut(&mut self, place: u8) -> Option<&mut Unpacking> {
        let slot = self.slot(place);
        self.unpackings.get_mut(slot)
    }

    /// The container that a package is in.
    pub(super) fn container(&self, kind: u8) -> Option<&'static Container> {
        match self.parts.get(usize::from(kind).wrapping_sub(1)) {
            Some(Part::Container(part)) => Some(part.of),
            _ => None,
        }
    }

    /// The room of a transfer for the head of its package.
    fn head_room(&self, place: u8) -> &[u8] {
        let room = self.text.get(self.head_start(self.slot(place))..).unwrap_or_default();
        room.get(..self.config.head()).unwrap_or_default()
    }

    /// The first bytes of a package, as far as they are held back.
    pub(super) fn head(&self, place: u8, length: u32) -> &[u8] {
        let Some(unpacking) = self.unpacking(place) else {
            return &[];
        };
        let from = if self.keeps_head(unpacking) { self.head_room(place) } else { &unpacking.magic };
        from.get(..length as usize).unwrap_or_default()
    }

    /// Whether the first bytes are in the room.
    pub(super) fn keeps_head(&self, unpacking: &Unpacking) -> bool {
        self.container(unpacking.kind).is_some_and(|of| of.keeps_head)
    }

    /// Whether nothing of a package may be stored yet.
    #[inline(never)]
    pub(super) fn is_waiting(&self, place: u8) -> bool {
        self.unpacking(place)
            .is_some_and(|it| it.holding && (it.kind == 0 || self.keeps_head(it) && it.judged != Judged::All))
    }

    pub(super) fn facts(&self, place: u8) -> Option<Facts<'_>> {
        let unpacking = self.unpacking(place)?;
        (self.container(unpacking.kind)?.about)(&unpacking.state, self.head_room(place))
    }

    pub(super) fn claim(&self, place: u8) -> Option<Claim<'_>> {
        let unpacking = self.unpacking(place)?;
        (self.container(unpacking.kind)?.claim)(&unpacking.state, self.head_room(place))
    }

    pub(super) fn nth(&self, place: u8, n: u16) -> Option<Component<'_>> {
        let unpacking = self.unpacking(place)?;
        (self.container(unpacking.kind)?.component)(&unpacking.state, self.head_room(place), n)
    }

    /// Which container begins like this; 0: more bytes will tell.
    fn which(&self, bytes: &[u8]) -> u8 {
        let mut found = OPAQUE;
        let mut n = 0u8;
        for part in self.parts {
            n = n.wrapping_add(1);
            if let Part::Container(part) = part {
                match (part.of.begins)(bytes) {
                    Begins::Yes => return n,
                    Begins::Perhaps => found = 0,
                    Begins::No => {}
                }
            }
        }
        found
    }

    /// The container of a package, and its parser.
    #[inline(never)]
    fn parser(&mut self, place: u8, payload: bool) -> Option<(&'static Container, Parser<'_>)> {
        let slot = self.slot(place);
        let of = self.container(self.unpackings.get(slot)?.kind)?;
        let hash = self.digest(SHA256)?.of;
        let start = self.head_start(slot);
        let end = start.wrapping_add(self.config.head());
        let Unpacking { state, work, .. } = self.unpackings.get_mut(slot)?;
        let room = self.text.get_mut(start..end)?;
        Some((of, Parser { state, room, hash, payload, work }))
    }

    /// Takes the first bytes off, until they tell which container it is. Then the parser
    /// wants to see them.
    fn recognise(&mut self, place: u8, rest: &mut &[u8]) -> Option<[u8; MAGIC]> {
        loop {
            let unpacking = self.unpacking(place)?;
            let (byte, later) = rest.split_first()?;
            if unpacking.kind != 0 {
                return None;
            }
            let (mut magic, seen) = (unpacking.magic, unpacking.seen);
            *magic.get_mut(seen as usize)? = *byte;
            *rest = later;
            let seen = seen.wrapping_add(1);
            let kind = self.which(magic.get(..seen as usize)?);
            let unpacking = self.unpacking_mut(place)?;
            (unpacking.magic, unpacking.seen, unpacking.kind) = (magic, seen, kind);
            if self.container(kind).is_some() {
                return Some(magic);
            }
        }
    }

    /// Looks at the next bytes. Tells how many: fewer where the package is to be judged.
    pub(super) fn parse(&mut self, i: &mut Instance, bytes: &[u8]) -> Result<usize, Reason> {
        let mut rest = bytes;
        let magic = self.recognise(i.place, &mut rest);
        let payload = i.state == State::Verifying || !self.can(can::READ);
        let (mut taken, mut total) = (rest.len(), None);
        if let Some((of, mut parser)) = self.parser(i.place, payload) {
            if let Some(magic) = magic {
                (of.take)(&mut parser, &magic).map_err(Reason::of_fault)?;
            }
            taken = (of.take)(&mut parser, rest).map_err(Reason::of_fault)?;
            if (of.about)(parser.state, parser.room).is_some() {
                total = Some((parser.state.total, of.keeps_head || payload));
            }
            if taken == 0 && !rest.is_empty() {
                return Err(Reason::INTEGRITY);
            }
        }
        let policy = self.config.policy;
        let unpacking = self.unpacking_mut(i.place).ok_or(Reason::MEMORY)?;
        if unpacking.was != 0 && unpacking.kind != 0 && unpacking.kind != unpacking.was {
            return Err(Reason::INTEGRITY); // the storage has changed its first bytes
        }
        if unpacking.kind == OPAQUE && policy == POLICY_SIGNATURE {
            return Err(Reason::UNSIGNED);
        }
        unpacking.seen = unpacking.seen.wrapping_add(taken as u32);
        if let (Some((total, worth)), Judged::Nothing) = (total, unpacking.judged) {
            unpacking.judged = if worth { Judged::Signature } else { Judged::All };
            if i.total == 0 {
                i.total = total;
            }
            if [i.total, i.expected].iter().any(|size| *size != 0 && *size != total) {
                return Err(Reason::LENGTH);
            }
        }
        Ok(bytes.len().wrapping_sub(rest.len()).wrapping_add(taken))
    }

    /// No more bytes follow.
    pub(super) fn parse_end(&mut self, place: u8) -> Result<(), Reason> {
        if let Some((of, mut parser)) = self.parser(place, true) {
            return (of.end)(&mut parser).map_err(Reason::of_fault);
        }
        let policy = self.config.policy;
        match self.unpacking_mut(place) {
            Some(unpacking) if unpacking.kind == RESUMED => Ok(()),
            Some(unpacking) if policy != POLICY_SIGNATURE => {
                unpacking.kind = OPAQUE; // it may be too short for a container
                Ok(())
            }
            _ => Err(Reason::UNSIGNED),
        }
    }

    /// The package is refused. What the chunk that completes it does wrong, VERIFYING tells.
    #[inline(never)]
    pub(super) fn refuse(&mut self, i: &mut Instance, call: &mut Call, reason: Reason) {
        if i.state == State::Verifying {
            self.fail(i, reason.result(), reason);
        } else if call.last {
            if let Some(transfer) = self.transfer(i.place) {
                transfer.fault = reason;
            }
            i.agenda &= !(agenda::LOOK | agenda::OPEN | agenda::WRITE);
            self.complete(i);
        } else {
            self.fail_for(i, call, reason.result(), reason);
        }
    }
}

pub(super) fn anew(shared: &mut Shared<'_>, place: u8) {
    if let Some(unpacking) = shared.unpacking_mut(place) {
        unpacking.reset();
    }
}

fn item(shared: &mut Shared<'_>, i: &mut Instance, call: &mut Call, bit: u16, data: &[u8]) -> bool {
    if bit == agenda::LOOK {
        return arrival::look(shared, i, call, data);
    }
    let counter = shared.installed_counter(i);
    if counter == 0 {
        i.agenda &= !agenda::COMMIT;
        return false;
    }
    call.hand_out(i, Kind::Commit, 0).length = counter;
    true
}

fn answer(
    shared: &mut Shared<'_>,
    i: &mut Instance,
    call: &mut Call,
    verdict: Verdict,
    number: u32,
    bytes: &[u8],
) {
    if call.operation.kind != Kind::Commit {
        return judge::answer(shared, i, call, verdict, number, bytes);
    }
    if verdict == Verdict::DONE {
        i.agenda &= !agenda::COMMIT;
    } else {
        call.stop = true; // it is the last item of the agenda: a later poll tries again
    }
}

fn component<'a>(shared: &'a Shared<'_>, id: u16, version: bool) -> Option<&'a [u8]> {
    shared.kept_component(shared.component_slot(id), version)
}

fn change(shared: &mut Shared<'_>, i: &mut Instance, what: What) {
    match what {
        What::Installed => shared.adopt(i),
        What::Removed | What::Lost => shared.disown(i),
        _ => {}
    }
}
