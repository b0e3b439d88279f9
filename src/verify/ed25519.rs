// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Ed25519 (RFC 8032), verification only and as strict as can be: everything has one
//! encoding, no point is of small order, and the equation holds without the cofactor.
//!
//! The formulas are programs for a small machine, in which a step is two bytes of flash: a
//! call of `mul` is more than ten.

use super::field::{canonical, is_zero, mul, read, reduce, sum, Number, P};
use super::sha512;

/// The order of the base point.
static ORDER: Number = [0x5cf5_d3ed, 0x5812_631a, 0xa2f7_9cd6, 0x14de_f9de, 0, 0, 0, 0x1000_0000];
static NUMBER_ONE: Number = [1, 0, 0, 0, 0, 0, 0, 0];
/// Of the curve -x^2 + y^2 = 1 + d x^2 y^2.
static CURVE: Number =
    [0x1359_78a3, 0x75eb_4dca, 0x4141_d8ab, 0x0070_0a4d, 0x7779_e898, 0x8cc7_4079, 0x2b6f_fe73, 0x5203_6cee];
/// The square root of -1.
static ROOT_OF_MINUS_ONE: Number =
    [0x4a0e_a0b0, 0xc4ee_1b27, 0xad2f_e478, 0x2f43_1806, 0x3dfb_d7a7, 0x2b4d_0099, 0x4fc1_df0b, 0x2b83_2480];
/// The base point: x, y, and their product.
static BASE_X: Number =
    [0x8f25_d51a, 0xc956_2d60, 0x9525_a7b2, 0x692c_c760, 0xfdd6_dc5c, 0xc0a4_e231, 0xcd6e_53fe, 0x2169_36d3];
static BASE_Y: Number =
    [0x6666_6658, 0x6666_6666, 0x6666_6666, 0x6666_6666, 0x6666_6666, 0x6666_6666, 0x6666_6666, 0x6666_6666];
static BASE_T: Number =
    [0xa5b7_dda3, 0x6dde_8ab3, 0x7751_52f5, 0x20f0_9f80, 0x64ab_e37d, 0x66ea_4e8e, 0xd78b_7665, 0x6787_5f0f];

/// Registers. The point that is worked on: (x / z, y / z), and t is x y / z.
const X: u16 = 0;
const Y: u16 = 1;
const Z: u16 = 2;
const T: u16 = 3;
/// Another point.
const X2: u16 = 4;
const Y2: u16 = 5;
const Z2: u16 = 6;
const T2: u16 = 7;
/// What is in between.
const A: u16 = 8;
const B: u16 = 9;
const C: u16 = 10;
const E: u16 = 11;
/// Points that are kept: the negative key, and its sum with the base point.
const BOTH: u16 = 12;
const KEY: u16 = 16;
/// From here on they are constants; the first ones are the base point.
const BASE: u16 = 20;
static CONSTANTS: [&Number; 9] =
    [&BASE_X, &BASE_Y, &NUMBER_ONE, &BASE_T, &CURVE, &ROOT_OF_MINUS_ONE, &P, &NUMBER_ONE, &NUMBER_ONE];
const D: u16 = 24;
const I: u16 = 25;
/// (0, 1), which changes no sum.
const NEUTRAL: u16 = 26;
const ONE: u16 = 27;
/// Any register that is not there; this one is the t of NEUTRAL.
const ZERO: u16 = 29;

/// What a step does.
const ADD: u16 = 0;
const SUB: u16 = 1;
const MUL: u16 = 2;
/// Copies `a`.
const COPY: u16 = 3;

/// A step of a program: `b` is one of the first 16 registers, `to` not a constant.
const fn step(what: u16, to: u16, a: u16, b: u16) -> u16 {
    what << 14 | to << 9 | a << 4 | b
}

/// The sum of both points, the same or not (add-2008-hwcd-3).
static SUM: [u16; 19] = [
    step(SUB, A, Y, X),
    step(SUB, B, Y2, X2),
    step(MUL, A, A, B),
    step(ADD, B, Y, X),
    step(ADD, C, Y2, X2),
    step(MUL, B, B, C),
    step(MUL, C, D, T),
    step(MUL, C, C, T2),
    step(ADD, C, C, C),
    step(MUL, Z, Z, Z2),
    step(ADD, Z, Z, Z),
    step(SUB, E, B, A),
    step(ADD, B, B, A),
    step(SUB, A, Z, C),
    step(ADD, C, Z, C),
    step(MUL, X, E, A),
    step(MUL, Y, C, B),
    step(MUL, Z, A, C),
    step(MUL, T, E, B),
];

/// Twice the point, whose t is not read (dbl-2008-hwcd, all four factors negated).
static TWICE: [u16; 14] = [
    step(ADD, E, X, Y),
    step(MUL, E, E, E),
    step(MUL, A, X, X),
    step(MUL, B, Y, Y),
    step(MUL, C, Z, Z),
    step(ADD, C, C, C),
    step(ADD, X2, A, B),
    step(SUB, E, X2, E),
    step(SUB, A, A, B),
    step(ADD, C, C, A),
    step(MUL, X, E, C),
    step(MUL, Y, A, X2),
    step(MUL, Z, C, A),
    step(MUL, T, E, X2),
];

/// Makes of A, which is B to the power of n ones in binary, that of one more.
static ANOTHER: [u16; 2] = [step(MUL, A, A, A), step(MUL, A, A, B)];

/// From y, in x: of x^2 = u / v the root u v^3 (u v^7)^((p - 5) / 8), whose exponent is 250
/// ones, 0, 1 in binary. If A is 0 it is one; if B is 0 it becomes one multiplied by I; else
/// there is none. With -u for u it is the same: that exponent is odd, and the signs cancel.
static ROOT: [u16; 11] = [
    step(COPY, Z, ONE, 0),
    step(MUL, C, Y, Y),
    step(SUB, E, ONE, C), // -u
    step(MUL, C, D, C),
    step(ADD, C, ONE, C), // v
    step(MUL, A, C, C),
    step(MUL, A, A, C), // v^3
    step(MUL, X, E, A), // -u v^3
    step(MUL, A, X, A),
    step(MUL, A, A, C), // -u v^7
    step(COPY, B, A, 0),
];
static ROOT_ENDS: [u16; 8] = [
    step(MUL, A, A, A),
    step(MUL, A, A, A),
    step(MUL, A, A, B),
    step(MUL, X, X, A),
    step(MUL, A, X, X),
    step(MUL, C, A, C), // v x^2
    step(ADD, A, C, E),
    step(SUB, B, C, E),
];
static TIMES_I: [u16; 1] = [step(MUL, X, I, X)];
static NEGATIVE: [u16; 1] = [step(SUB, X, ZERO, X)];
/// Of a point whose z is 1.
static PRODUCT: [u16; 1] = [step(MUL, T, X, Y)];

/// Makes z 1: 1 / z is z^(p - 2), whose exponent is 250 ones, 0, 1, 0, 1, 1 in binary.
static AFFINE: [u16; 2] = [step(COPY, A, Z, 0), step(COPY, B, Z, 0)];
static AFFINE_ENDS: [u16; 11] = [
    step(MUL, A, A, A),
    step(MUL, A, A, A),
    step(MUL, A, A, B),
    step(MUL, A, A, A),
    step(MUL, A, A, A),
    step(MUL, A, A, B),
    step(MUL, A, A, A),
    step(MUL, A, A, B),
    step(MUL, X, X, A),
    step(MUL, Y, Y, A),
    step(MUL, Z, Z, A),
];

/// Copies a point, where its places are added.
static POINT: [u16; 4] = [step(COPY, X, X, 0), step(COPY, Y, Y, 0), step(COPY, Z, Z, 0), step(COPY, T, T, 0)];

/// The registers that are no constants.
struct Machine([Number; BASE as usize]);

impl Machine {
    /// The number in a register.
    #[inline(never)]
    fn at(&self, n: u16) -> &Number {
        match self.0.get(usize::from(n)) {
            Some(register) => register,
            None => CONSTANTS.get(usize::from(n.wrapping_sub(BASE))).copied().unwrap_or(&P),
        }
    }

    /// Runs a program; `more` is added to each step.
    #[inline(never)]
    fn run(&mut self, program: &[u16], more: u16) {
        for step in program {
            let step = step.wrapping_add(more);
            let (a, b) = (self.at(step >> 4 & 31), self.at(step & 15));
            let number = match step >> 14 {
                MUL => mul(a, b),
                COPY => *a,
                minus => sum(a, b, minus.into()),
            };
            if let Some(to) = self.0.get_mut(usize::from(step >> 9 & 31)) {
                *to = number;
            }
        }
    }

    /// Copies a point.
    #[inline(never)]
    fn copy(&mut self, to: u16, from: u16) {
        self.run(&POINT, step(0, to, from, 0));
    }

    /// Runs two programs. In between A, which is B, becomes B to the power of 250 ones.
    #[inline(never)]
    fn run_power(&mut self, begin: &[u16], end: &[u16]) {
        self.run(begin, 0);
        for _ in 1..250 {
            self.run(&ANOTHER, 0);
        }
        self.run(end, 0);
    }

    /// Adds another point.
    #[inline(never)]
    fn add(&mut self, other: u16) {
        self.copy(X2, other);
        self.run(&SUM, 0);
    }

    /// Whether eight times the point, which it becomes, is nothing.
    #[inline(never)]
    fn is_of_small_order(&mut self) -> bool {
        for _ in 0..3 {
            self.run(&TWICE, 0);
        }
        let [x, ..] = &mut self.0;
        is_zero(x)
    }

    /// The negative of an encoded point, if it is one.
    fn decode_negated(&mut self, bytes: &[u8; 32]) -> bool {
        let [_, y, ..] = &mut self.0;
        let odd = encoded(bytes, y);
        if reduce(y, &P) {
            return false;
        }
        self.run_power(&ROOT, &ROOT_ENDS);
        let [_, _, _, _, _, _, _, _, a, b, ..] = &mut self.0;
        if !is_zero(a) {
            if !is_zero(b) {
                return false;
            }
            self.run(&TIMES_I, 0);
        }
        let [x, ..] = &mut self.0;
        canonical(x);
        let [low, ..] = x;
        if *low & 1 == odd {
            self.run(&NEGATIVE, 0);
        }
        self.run(&PRODUCT, 0);
        true
    }
}

/// Reads the y of an encoded point, and tells whether its x is odd.
#[inline(never)]
fn encoded(bytes: &[u8; 32], y: &mut Number) -> u32 {
    read(bytes, y);
    let [.., top] = y;
    let odd = *top >> 31;
    *top &= 0x7fff_ffff;
    odd
}

/// Whether the owner of the key has signed these 32 bytes, which are a digest.
pub fn verify(key: &[u8; 32], message: &[u8; 32], signature: &[u8; 64]) -> bool {
    signature.first_chunk().is_some_and(|r| holds(key, &sha512::digest([r, key, message]), signature))
}

/// The same, with SHA-512 of the signature's first half, the key and the message.
pub fn holds(key: &[u8; 32], hash: &[u64; 8], signature: &[u8; 64]) -> bool {
    let (Some(r), Some(rest)) = (signature.first_chunk(), signature.last_chunk()) else {
        return false;
    };
    let mut s = [0; 8];
    read(rest, &mut s);
    if reduce(&mut s, &ORDER) {
        return false;
    }
    let mut machine = Machine([[0; 8]; BASE as usize]);
    if !machine.decode_negated(key) {
        return false;
    }
    machine.copy(KEY, X);
    machine.add(BASE);
    machine.copy(BOTH, X);
    machine.copy(X, KEY);
    if machine.is_of_small_order() {
        return false;
    }
    // R = s B - h A, a bit of both at a time.
    let mut h = modulo_order(hash);
    machine.copy(X, NEUTRAL);
    for _ in 0..256 {
        machine.run(&TWICE, 0);
        let bits = shift(&mut s, 0) | shift(&mut h, 0) << 1;
        if bits != 0 {
            // 1: the base point, 2: the key, 3: both.
            machine.add((BASE + 4).wrapping_sub((bits as u16) << 2));
        }
    }
    machine.run_power(&AFFINE, &AFFINE_ENDS);
    let [x, y, _, _, wanted, ..] = &mut machine.0;
    let odd = encoded(r, wanted);
    canonical(x);
    canonical(y);
    let [low, ..] = x;
    *low & 1 == odd && y == wanted && !machine.is_of_small_order()
}

/// Moves a number up by a bit, which comes in below, and tells the one that falls out.
#[inline(never)]
fn shift(number: &mut Number, mut bit: u32) -> u32 {
    for word in number {
        let above = *word >> 31;
        *word = *word << 1 | bit;
        bit = above;
    }
    bit
}

/// A hash as a number, its lowest byte first, modulo the order.
fn modulo_order(hash: &[u64; 8]) -> Number {
    let mut rest = [0; 8];
    for word in hash.iter().rev() {
        let mut word = word.swap_bytes();
        for _ in 0..64 {
            shift(&mut rest, (word >> 63) as u32);
            word <<= 1;
            reduce(&mut rest, &ORDER);
        }
    }
    rest
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    #[test]
    fn the_machine_agrees_with_big_numbers() {
        let p = BigUint::from_slice(&P);
        let big = |machine: &Machine, n: u16| BigUint::from_slice(machine.at(n)) % &p;
        for z in [[1, 0, 0, 0, 0, 0, 0, 0], [0, 7, 0, 0, 0, 0, 0, 1 << 31], [!0; 8], BASE_X, CURVE] {
            let mut machine = Machine([[0; 8]; BASE as usize]);
            machine.copy(X, BASE);
            machine.0[usize::from(Z)] = z;
            machine.run_power(&AFFINE, &AFFINE_ENDS);
            let inverse = BigUint::from_slice(&z).modpow(&(&p - 2u8), &p);
            assert_eq!(big(&machine, X), BigUint::from_slice(&BASE_X) * &inverse % &p, "{z:x?}");
            assert_eq!(big(&machine, Z), BigUint::from(1u8));
        }
        let mut machine = Machine([[0; 8]; BASE as usize]);
        machine.copy(X, BASE);
        machine.run(&PRODUCT, 0);
        assert_eq!(big(&machine, T), big(&machine, BASE + T));
        machine.run(&NEGATIVE, 0);
        assert_eq!((big(&machine, X) + big(&machine, BASE)) % &p, BigUint::ZERO);
        assert_eq!(big(&machine, NEUTRAL + T), BigUint::ZERO);
        assert_eq!(&big(&machine, I) * &big(&machine, I) % &p, &p - 1u8);
    }
}
