// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The values that lie at a path and may be read, one after the other, and their names.

use super::put_decimal;
use crate::object::format::{Source, Window};
use crate::object::{self, Path, NONE, R};

/// Goes on to the next child of a path. Resources that cannot be read are passed by.
#[inline(never)]
pub(super) fn next_child(source: &dyn Source, within: Path, child: &mut Path) -> bool {
    let id = match within {
        Path { instance: NONE, .. } => &mut child.instance,
        Path { resource: NONE, .. } => &mut child.resource,
        _ => &mut child.index,
    };
    loop {
        let Some(next) = source.child_after(within, *id) else {
            return false;
        };
        *id = next;
        let hidden = within.instance != NONE
            && within.resource == NONE
            && object::resource(within.object, next).is_none_or(|found| found.operations() & R == 0);
        if !hidden {
            return true;
        }
    }
}

/// Whether one value lies there.
#[inline(never)]
pub(super) fn is_leaf(path: Path) -> bool {
    path.index != NONE
        || object::resource(path.object, path.resource).is_some_and(|found| !found.is_multiple())
}

/// Goes through all values at a path.
pub(super) struct Leaves<'a> {
    source: &'a dyn Source,
    within: Path,
    at: Path,
    /// What lies below has not been seen yet.
    down: bool,
}

impl<'a> Leaves<'a> {
    pub fn new(source: &'a dyn Source, within: Path) -> Leaves<'a> {
        Leaves { source, within, at: within, down: true }
    }
}

impl Iterator for Leaves<'_> {
    type Item = Path;

    #[inline(never)]
    fn next(&mut self) -> Option<Path> {
        loop {
            let at = self.at;
            if self.down {
                self.down = !is_leaf(at) && next_child(self.source, at, &mut self.at);
                if is_leaf(at) {
                    return Some(at);
                }
            } else {
                if at == self.within {
                    return None;
                }
                let above = match at {
                    Path { resource: NONE, .. } => Path { instance: NONE, ..at },
                    Path { index: NONE, .. } => Path { resource: NONE, ..at },
                    _ => Path { index: NONE, ..at },
                };
                self.down = next_child(self.source, above, &mut self.at);
                if !self.down {
                    self.at = above;
                }
            }
        }
    }
}

/// The ids of a path, as text: "/9/0".
pub(super) struct Name {
    room: [u8; 24],
    length: usize,
}

impl Name {
    /// Of a path.
    #[inline(never)]
    pub fn of(path: Path) -> Name {
        let mut name = Name { room: [0; 24], length: 0 };
        let mut out = Window::new(&mut name.room, 0);
        put_path(&mut out, path);
        name.length = out.filled();
        name
    }

    pub fn bytes(&self) -> &[u8] {
        self.room.get(..self.length).unwrap_or(&[])
    }
}

/// Writes a path.
#[inline(never)]
pub(super) fn put_path(out: &mut Window<'_>, path: Path) {
    for id in [path.object, path.instance, path.resource, path.index] {
        if id == NONE {
            break;
        }
        out.byte(b'/');
        put_decimal(out, id.into());
    }
}
