// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Ed25519 (RFC 8032), verification only and as strict as can be: everything has one
//! encoding, no point is of small order, and the equation holds without the cofactor.

use super::field::{
    add, canonical, from_bytes, inverse, is_canonical, is_zero, mul, negative, power, reduce, sub, Number,
};
use super::sha512;

/// The order of the base point.
static ORDER: Number = [0x5cf5_d3ed, 0x5812_631a, 0xa2f7_9cd6, 0x14de_f9de, 0, 0, 0, 0x1000_0000];
/// Of the curve -x^2 + y^2 = 1 + d x^2 y^2.
static D: Number =
    [0x1359_78a3, 0x75eb_4dca, 0x4141_d8ab, 0x0070_0a4d, 0x7779_e898, 0x8cc7_4079, 0x2b6f_fe73, 0x5203_6cee];
/// The square root of -1.
static I: Number =
    [0x4a0e_a0b0, 0xc4ee_1b27, 0xad2f_e478, 0x2f43_1806, 0x3dfb_d7a7, 0x2b4d_0099, 0x4fc1_df0b, 0x2b83_2480];
/// The base point.
static X: Number =
    [0x8f25_d51a, 0xc956_2d60, 0x9525_a7b2, 0x692c_c760, 0xfdd6_dc5c, 0xc0a4_e231, 0xcd6e_53fe, 0x2169_36d3];
static Y: Number =
    [0x6666_6658, 0x6666_6666, 0x6666_6666, 0x6666_6666, 0x6666_6666, 0x6666_6666, 0x6666_6666, 0x6666_6666];
static ONE: Number = [1, 0, 0, 0, 0, 0, 0, 0];

/// Whether the owner of the key has signed these 32 bytes, which are a digest.
pub fn verify(key: &[u8; 32], message: &[u8; 32], signature: &[u8; 64]) -> bool {
    signature.first_chunk().is_some_and(|r| holds(key, &sha512::digest([r, key, message]), signature))
}

/// The same, with SHA-512 of the signature's first half, the key and the message.
pub fn holds(key: &[u8; 32], hash: &[u64; 8], signature: &[u8; 64]) -> bool {
    let (Some(r), Some(s)) = (signature.first_chunk(), signature.last_chunk()) else {
        return false;
    };
    let mut s = from_bytes(s);
    if reduce(&mut s, &ORDER) {
        return false;
    }
    let Some(minus_key) = Point::decode_negated(key) else {
        return false;
    };
    // R = s B - h A
    let point = Point::sum_of(&s, &Point::new(X, Y), &modulo_order(hash), &minus_key);
    !minus_key.is_of_small_order() && !point.is_of_small_order() && point.encode() == from_bytes(r)
}

/// A hash as a number, its lowest byte first, modulo the order.
#[inline(never)]
fn modulo_order(hash: &[u64; 8]) -> Number {
    let mut rest = [0; 8];
    for word in hash.iter().rev() {
        let mut word = word.swap_bytes();
        for _ in 0..64 {
            let mut bit = (word >> 63) as u32;
            word <<= 1;
            for rest in &mut rest {
                let above = *rest >> 31;
                *rest = *rest << 1 | bit;
                bit = above;
            }
            reduce(&mut rest, &ORDER);
        }
    }
    rest
}

/// The point (x / z, y / z), and t is x y / z.
#[derive(Clone)]
struct Point {
    x: Number,
    y: Number,
    z: Number,
    t: Number,
}

impl Point {
    fn new(x: Number, y: Number) -> Point {
        Point { x, y, z: ONE, t: mul(&x, &y) }
    }

    /// The negative of an encoded point.
    #[inline(never)]
    fn decode_negated(bytes: &[u8; 32]) -> Option<Point> {
        let mut y = from_bytes(bytes);
        let [.., top] = &mut y;
        let odd = *top >> 31;
        *top &= 0x7fff_ffff;
        if !is_canonical(&y) {
            return None;
        }
        // x^2 = u / v; a root of it is u v^3 (u v^7)^((p - 5) / 8), or that times I.
        let square = mul(&y, &y);
        let u = sub(&square, &ONE);
        let v = add(&mul(&square, &D), &ONE);
        let v3 = mul(&mul(&v, &v), &v);
        let uv3 = mul(&u, &v3);
        let mut x = mul(&uv3, &power(&mul(&mul(&uv3, &v3), &v)));
        let vx2 = mul(&mul(&x, &x), &v);
        if !is_zero(&sub(&vx2, &u)) {
            x = mul(&x, &I);
            if !is_zero(&add(&vx2, &u)) {
                return None;
            }
        }
        x = canonical(&x);
        let [low, ..] = x;
        if low & 1 == odd {
            x = negative(&x);
        }
        Some(Point::new(x, y))
    }

    /// As 32 bytes would be read.
    #[inline(never)]
    fn encode(&self) -> Number {
        let z = inverse(&self.z);
        let [odd, ..] = canonical(&mul(&self.x, &z));
        let mut y = canonical(&mul(&self.y, &z));
        let [.., top] = &mut y;
        *top |= odd << 31;
        y
    }

    /// One formula for any two points, the same or not (add-2008-hwcd-3).
    #[inline(never)]
    fn add(&self, other: &Point) -> Point {
        let a = mul(&sub(&self.y, &self.x), &sub(&other.y, &other.x));
        let b = mul(&add(&self.y, &self.x), &add(&other.y, &other.x));
        let t = mul(&mul(&self.t, &D), &other.t);
        let c = add(&t, &t);
        let z = mul(&self.z, &other.z);
        let d = add(&z, &z);
        let (e, f, g, h) = (sub(&b, &a), sub(&d, &c), add(&d, &c), add(&b, &a));
        Point { x: mul(&e, &f), y: mul(&g, &h), z: mul(&f, &g), t: mul(&e, &h) }
    }

    /// Whether eight times this point is nothing.
    fn is_of_small_order(&self) -> bool {
        let point = (0..3).fold(self.clone(), |point, _| point.add(&point));
        is_zero(&point.x)
    }

    /// m p + n q, both at once.
    #[inline(never)]
    fn sum_of(m: &Number, p: &Point, n: &Number, q: &Point) -> Point {
        let both = p.add(q);
        let mut sum = Point::new([0; 8], ONE);
        for (m, n) in m.iter().rev().zip(n.iter().rev()) {
            let (mut m, mut n) = (*m, *n);
            for _ in 0..32 {
                sum = sum.add(&sum);
                match (m >> 31, n >> 31) {
                    (0, 0) => {}
                    (_, 0) => sum = sum.add(p),
                    (0, _) => sum = sum.add(q),
                    _ => sum = sum.add(&both),
                }
                m <<= 1;
                n <<= 1;
            }
        }
        sum
    }
}
