// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Packages of any fields, mostly right.

use super::fields::{component, field, raw};
use super::reader::read;
use super::{result, take, ROOM};

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    fn text(&mut self, least: usize) -> Vec<u8> {
        let most = [2, 9, 40, 256][self.below(4)];
        let length = self.below(most).max(least);
        (0..length).map(|_| b"0123456789.-abcd"[self.below(16)]).collect()
    }

    fn random_bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    /// Fields, mostly right, and their payload.
    fn package(&mut self) -> Vec<u8> {
        let mut fields = vec![field(1, &self.text(1)), field(2, &self.text(1))];
        for (kind, length) in [(3, 16), (4, 16), (5, 1 + self.below(32)), (6, 4), (200, 1 + self.below(50))] {
            if self.below(2) == 0 {
                let value = self.random_bytes(length);
                fields.push(field(kind, &value));
            }
        }
        if self.below(2) == 0 {
            fields.push(field(7, &self.text(1)));
        }
        let mut payload = vec![];
        for _ in 0..=[0, 3, 20][self.below(3)] {
            let length = 1 + self.below(150);
            let data = self.random_bytes(length);
            fields.push(component(length as u32, &data, &self.text(1), &self.text(0)));
            payload.extend(data);
        }
        let mut behind = vec![];
        if self.below(2) == 0 {
            fields.push(field(9, &self.random_bytes(32)));
            behind.push(field(11, &[&[1], &self.random_bytes(64)[..]].concat()));
        }
        let n = self.below(fields.len());
        match self.below(10) {
            0 => drop(fields.remove(n)),
            1 => fields.insert(n, fields[n].clone()),
            2 => {
                let other = self.below(fields.len());
                fields.swap(n, other);
            }
            3 => fields[n][0] = self.below(256) as u8,
            4 => {
                let at = self.below(fields[n].len());
                fields[n][at] = self.below(256) as u8;
            }
            5 => drop(fields[n].pop()),
            _ => {}
        }
        let mut package = raw(&fields, &behind, &payload);
        match self.below(20) {
            0 => package.push(0),
            1 => drop(package.pop()),
            2 | 3 => {
                let at = self.below(package.len());
                package[at] ^= 1 << self.below(8);
            }
            _ => {}
        }
        package
    }
}

#[test]
fn made_up_packages_are_read_as_the_other_reader_reads_them() {
    let mut dice = Dice(0x5357_504B);
    let mut seen = std::collections::BTreeMap::new();
    for n in 0..700 {
        let package = dice.package();
        let want = read(&package);
        let cut = [1, 16, 100, 5000][dice.below(4)];
        let got = take(package.chunks(cut), &mut [0; ROOM], true);
        assert_eq!(got.map_err(result), want, "{n}: {package:02x?}");
        *seen.entry(want.map_or_else(|result| result, |_| 0)).or_insert(0) += 1;
    }
    println!("{seen:?}");
    assert!([0, 53, 54].iter().all(|result| seen.get(result).is_some_and(|n| *n > 50)), "{seen:?}");
}
