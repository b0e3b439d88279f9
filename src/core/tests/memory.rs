// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The memory of a core, as `ffi::context` carves it, from the heap of the test.

use crate::core::component::{Component, NOBODY};
use crate::core::config::swmgmt_config_t as Config;
use crate::core::instance::Instance;
use crate::core::transfer::Transfer;
use crate::core::unpacking::Unpacking;
use crate::core::{role, text, Core, Mode, Part, Perform};
use crate::machine::{Objects, State, Step};
use crate::object::{done, NONE};

/// All tables of one core.
pub(crate) struct Memory {
    instances: Vec<Instance>,
    transfers: Vec<Transfer>,
    unpackings: Vec<Unpacking>,
    components: Vec<Component>,
    text: Vec<u8>,
    heads: Vec<u8>,
    work: Vec<u8>,
}

impl Memory {
    pub(crate) fn new(config: &Config, parts: &[&'static Part]) -> Memory {
        let has = |what: u8| parts.iter().any(|part| part.role & what != 0);
        let contained = has(role::CONTAINER);
        let unpacked = if contained { usize::from(config.transfers) } else { 0 };
        let mut instances = vec![Instance::FREE; config.instances.into()];
        for (place, i) in (0..).zip(&mut instances) {
            i.place = place;
        }
        let kept = parts.iter().find_map(|part| part.memory).map_or(0, |memory| memory(config));
        Memory {
            instances,
            transfers: vec![Transfer::FREE; config.transfers.into()],
            unpackings: vec![Unpacking::NEW; unpacked],
            components: vec![Component::FREE; config.components.into()],
            text: vec![0; text::size(config, stride(config, parts)) + kept],
            heads: vec![0; unpacked * config.head()],
            work: vec![0; config.work_length(if contained { config.said() } else { 0 })],
        }
    }

    pub(crate) fn core<'a>(
        &'a mut self,
        config: &'a Config,
        parts: &'a [&'static Part],
        can: u32,
        perform: Perform,
    ) -> Core<'a> {
        Core {
            mode: Mode::Idle,
            answer: done::CHANGED,
            flags: 0,
            left: 0,
            turn: NOBODY,
            last: false,
            acted: false,
            again: false,
            stop: false,
            undo: false,
            creating: false,
            says: Step {
                next: State::Initial,
                for_update: false,
                result: 0,
                answer: 0,
                objects: Objects::Same,
                effects: 0,
            },
            owed: 0,
            stride: stride(config, parts) as u16,
            component: NONE,
            i: Instance::FREE,
            number: 1,
            told: 0,
            can,
            data: &[],
            skip: 0,
            schemes: b"http,coap",
            perform,
            firmware: core::ptr::null(),
            config,
            parts,
            instances: &mut self.instances,
            transfers: &mut self.transfers,
            unpackings: &mut self.unpackings,
            components: &mut self.components,
            text: &mut self.text,
            heads: &mut self.heads,
            work: &mut self.work,
        }
    }
}

/// Bytes of the texts of one instance, and of its digest.
fn stride(config: &Config, parts: &[&'static Part]) -> usize {
    let digest = parts.iter().map(|part| text::digest_of(part)).max();
    text::stride(config) + digest.unwrap_or(0)
}
