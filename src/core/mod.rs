// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The core: one context, one working copy, one loop, one door to the firmware.
//!
//! A request, a completion, a poll or a boot begins a *transaction*: the instance whose turn
//! it is is loaded into the context ([`Core::i`]), the machine says what becomes of it, what is
//! to be done goes on its list of work, and [`Core::work`] does that in the one order: save the
//! intent, cancel, discard, open, write, act, save the outcome. The end compares the working
//! copy with its place in the table, notes what changed, and stores it. Undo is loading again.
//!
//! ```text
//! request, push, time, boot, completion     what begins a transaction
//!        transaction                        begin, step, work, end
//!        verify                             the list of checks of a package
//!        door                               ask: the only way to the firmware
//!        read, changes                      what servers see
//! ```
//! docs/architecture.md follows a chunk, an Install and a boot through these files.

pub mod boot;
pub mod changes;
pub mod completion;
pub mod component;
pub mod config;
pub mod door;
pub mod instance;
pub mod operation;
#[cfg(test)]
mod power_cuts;
pub mod push;
pub mod read;
pub mod read_back;
pub mod requests;
#[cfg(test)]
pub(crate) mod tests;
pub mod text;
pub mod time;
pub mod transaction;
pub mod transfer;
pub mod unpacking;
pub mod verify;

use crate::machine::{Objects, Step};
use crate::object::format::Format;
use crate::object::value::Value;
use crate::object::{Path, Refusal};
use crate::verify::container::{Claim, Container};
use crate::verify::Digest;
use component::Component;
use config::swmgmt_config_t as Config;
use door::{About, AboutError};
use instance::Instance;
pub use operation::Perform;
use push::Chunk;
use transfer::Transfer;
use unpacking::Unpacking;

/// One device's software management.
#[repr(C)]
pub struct Core<'a> {
    /// What began the transaction that is running.
    pub(crate) mode: Mode,
    /// CoAP code of its answer.
    pub(crate) answer: u8,
    /// Flags of the whole context, see [`so`].
    pub(crate) flags: u8,
    /// How many numbers may be used before the record must know of more.
    pub(crate) left: u8,
    /// The instance that the last poll was for.
    pub(crate) turn: u8,
    /// The chunk that is being taken completes its package.
    pub(crate) last: bool,
    /// A step of a long operation has been done; the next one waits for the next poll.
    pub(crate) acted: bool,
    /// The bytes of a download are to be offered again.
    pub(crate) again: bool,
    /// The work ends here, though some is left.
    pub(crate) stop: bool,
    /// A record that cannot be saved undoes everything.
    pub(crate) undo: bool,
    /// The instance is gone again unless all succeeds.
    pub(crate) creating: bool,
    /// What the machine has said last.
    pub(crate) says: Step,
    /// The instance whose turn it is: the working copy.
    pub(crate) i: Instance,
    /// Callbacks of the firmware, see [`operation::can`].
    pub(crate) can: u32,
    /// The next operation's number.
    pub(crate) number: u32,
    pub(crate) config: &'a Config,
    pub(crate) transfers: &'a mut [Transfer],
    /// Items left by earlier transactions, set aside during a request so that their failure
    /// is not reported to this server.
    pub(crate) owed: u32,
    /// Bytes of the texts of one instance.
    pub(crate) stride: u16,
    /// The component that an operation is about, by its place in the package; or NONE.
    pub(crate) component: u16,
    /// The chunk, or the package, that the call brought; read until the call ends.
    pub(crate) data: &'a [u8],
    /// Bytes of it that are stored already.
    pub(crate) skip: u32,
    /// What the firmware said besides its last verdict.
    pub(crate) told: u32,
    pub(crate) instances: &'a mut [Instance],
    pub(crate) parts: &'a [&'static Part],
    /// As many as transfers, or none where no part is a container.
    pub(crate) unpackings: &'a mut [Unpacking],
    pub(crate) components: &'a mut [Component],
    pub(crate) text: &'a mut [u8],
    /// Heads of the packages on their way, where a part is a container.
    pub(crate) heads: &'a mut [u8],
    /// Through which packages are read back and records are written.
    pub(crate) work: &'a mut [u8],
    /// The URI schemes that the firmware can download from.
    pub(crate) schemes: &'a [u8],
    /// Performs the operations of the core itself.
    pub(crate) perform: Perform,
    /// What those functions find the firmware by.
    pub(crate) firmware: *const (),
}

/// What began a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Mode {
    /// None is running.
    Idle,
    /// A server; it waits for the answer.
    Request,
    /// The firmware, with a setting; it waits for the record.
    Setting,
    /// The firmware, with a completion, or bytes of a download.
    Completion,
    /// The firmware, with time.
    Poll,
    /// The firmware, at its start.
    Boot,
}

/// Flags of the whole context.
pub(crate) mod so {
    pub(crate) const BOOTED: u8 = 1;
    /// Key 0 is saved: the list of slots has been taken over.
    pub(crate) const COMMITTED: u8 = 2;
    /// A record could not be used.
    pub(crate) const REFUSED: u8 = 4;
    /// The records are of a newer release: nothing is written over them.
    pub(crate) const SEALED: u8 = 8;
    /// The servers' list of Objects is out of date; and they must know at once.
    pub(crate) const REGISTER: u8 = 16;
    pub(crate) const AT_ONCE: u8 = 32;
}

/// Mistakes of the firmware's own calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    /// A number out of range, or not now possible for what it names.
    Invalid,
    /// No room.
    Full,
    /// Not now.
    Busy,
    /// No such instance.
    Missing,
    /// There already.
    Exists,
    /// Before or after boot.
    Order,
    /// No such operation in flight.
    Stale,
    /// The record could not be saved.
    Unsaved,
}

/// A part: what a configuration names, and so what is linked. A part is a leaf: the core
/// calls it at its joints, and no part knows another.
///
/// cbindgen:ignore
pub struct Part {
    /// Callbacks that the firmware must have, see [`operation::can`].
    pub needs: u32,
    /// Bits of [`role`].
    pub role: u8,
    /// Its function at the joints.
    pub joint: Option<Hook>,
    /// The kinds of operations that it alone asks for, as bits, and what performs them.
    pub perform: Option<(u32, Perform)>,
    /// How many bytes it needs behind the texts.
    pub memory: Option<fn(&Config) -> usize>,
    /// Reads Object 14 and 9/x/17.
    pub read: Option<ReadValue>,
    /// Reads packages back, if the part looks at them: `read_back::step`.
    pub read_back: Option<fn(&mut Core<'_>) -> bool>,
    /// What it is besides.
    pub what: What,
}

impl Part {
    /// A part that needs and does nothing.
    pub(crate) const PLAIN: Part = Part {
        needs: 0,
        role: 0,
        joint: None,
        perform: None,
        memory: None,
        read: None,
        read_back: None,
        what: What::Function,
    };
}

/// Reads a value for a server.
pub type ReadValue = for<'c> fn(&'c mut Core<'_>, &Path) -> Result<Value<'c>, Refusal>;

/// A part's function at its joints. 0 is the answer where a part has nothing to say.
pub type Hook = fn(&mut Core<'_>, &'static Part, Joint<'_>) -> u32;

/// What some parts are, besides their joints.
///
/// cbindgen:ignore
#[allow(missing_docs)]
pub enum What {
    Function,
    Digest(&'static Digest),
    Container(&'static Container),
    /// A check of signatures: its algorithm, and the function.
    Signature(u8, fn(&[u8; 32], &Claim<'_>) -> bool),
    Format(&'static Format),
}

/// What parts are good for, where something else may need one.
#[allow(missing_docs)]
pub mod role {
    pub(crate) const COMPONENTS: u8 = 1;
    pub(crate) const DOWNLOAD: u8 = 2;
    pub(crate) const RECORD: u8 = 4;
    pub(crate) const SHA256: u8 = 8;
    pub(crate) const CONTAINER: u8 = 16;
    pub(crate) const SIGNATURE: u8 = 32;
    pub(crate) const NAMES: u8 = 64;
}

/// The joints: where the core calls its parts. All that parts can do is on this list. What a
/// joint carries is one word, so that it travels in registers.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Joint<'j> {
    // record
    /// The device starts: loads the records. 1: done.
    Load,
    /// Before this item of work: saves what must be saved. 1: look at the list again.
    Save(u32),
    /// A boot or a poll ends: reserves operation numbers ahead.
    Reserve,
    /// 1: the mark of the first boot is still to be saved.
    Owed,
    // any part
    /// Does an item of work that the core does not know.
    Item(u32),
    // components
    /// The software of an instance changes, and so do its components.
    Objects(Objects),
    /// Nothing of the software runs any more.
    Stopped,
    /// The record holds: what was to go is gone.
    Saved,
    /// The record does not hold: what was to go stays.
    Undone,
    /// The component whose turn it was is active now (1), or inactive (0).
    Mark(u32),
    /// Facts for the machine: how many components are active.
    Facts,
    /// Components that servers see of the instance at a place.
    Shown(u32),
    /// The component to be switched next, by its place in the package, plus 1.
    Turn,
    /// Execute of 14/y/3 or 14/y/4; answers with the code, or 0.
    Execute(&'j Path),
    /// The lowest component that servers see from an id on, plus 1.
    NextId(u32),
    /// The instance of Object 9 that a component belongs to: its place, plus 1.
    Owner(u32),
    /// The component that has changed next: its id, and from bit 16 on how; 0: none.
    Changed,
    /// Puts a component into the pool; answers with its slot, plus 1.
    Put(&'j Component),
    /// VERIFYING lists the components of a package.
    List,
    /// The firmware says what a component is called.
    About(&'j Result<About<'j>, AboutError>),
    // download
    /// Tells a Package URI apart: its event, plus 1.
    Uri(&'j &'j [u8]),
    /// A download begins: keeps its URI.
    Fetch(&'j &'j [u8]),
    /// The next bytes of a download; 0, or [`Core::NOT_NOW`] or [`Core::NONSENSE`].
    Fetched(&'j Chunk<'j>),
    // digests
    /// 1: there is this algorithm.
    Knows(u32),
    /// Bytes of the chunk have been stored.
    Stored(&'j &'j [u8]),
    /// The digest of a transfer begins.
    HashStart,
    /// Its next bytes.
    Hash(&'j &'j [u8]),
    /// Its end. 1: it is the expected one.
    HashEnd,
    // containers
    /// A package begins, or begins again, at its first byte.
    Anew,
    /// A package that was looked at before the reboot goes on.
    Resumed,
    /// How many bytes are held back and may be stored now; 2^31: none may yet.
    Held,
    /// They have been stored.
    HeldStored,
    /// A package is to be read back: it begins. 1: its bytes are wanted.
    Again,
    /// Bytes that were read back. 1: more are wanted.
    Bytes(&'j &'j [u8]),
    /// All have been. 1: the package may go on; 2: and it needs no other proof.
    Proved,
    /// The rollback counter of the package is that of what may be installed.
    Offer,
    /// How many components the package has told; 0: none.
    Count,
    // names of packages
    /// VERIFYING comes to names. 1: the package has told its own.
    OwnNames,
    /// [`Core::NONSENSE`]: there is no room for the names of this component of the package.
    HasRoom(u32),
    /// Keeps them (in the upper half) for the component in a slot, plus 1 (in the lower).
    KeepName(u32),
    /// The text of a component in a slot, if its package told: its place in the texts, plus 1.
    /// Twice the slot, plus 1 for the version.
    NameAt(u32),
    /// All that is kept of the instance (0), or of the component in a slot, plus 1: its place,
    /// plus 1.
    NamesAt(u32),
    /// The instance (0), or the component in a slot, plus 1, is another one now.
    ForgetNames(u32),
    /// 1: this text (0 name, 1 version) came with the package of the software.
    IsOwn(u32),
}

impl Core<'_> {
    /// Of [`Joint::Held`]: all bytes of the package are held back so far.
    pub(crate) const NOTHING_STORED: u32 = 1 << 31;
    /// Of [`Joint::Fetched`]: the storage is busy.
    pub(crate) const NOT_NOW: u32 = 1;
    /// Of several joints: no, and nothing has changed.
    pub(crate) const NONSENSE: u32 = 2;

    /// Calls the parts that serve a joint; 0: none has anything to say.
    #[inline(never)]
    pub(crate) fn hook(&mut self, joint: Joint<'_>) -> u32 {
        let mut said = 0;
        for part in self.parts {
            if let Some(serve) = part.joint {
                said |= serve(self, part, joint);
            }
        }
        said
    }
}
