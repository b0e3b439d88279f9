// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Numbers of 256 bits, and the field modulo 2^255 - 19. There are no secrets here, so
//! nothing is done in constant time.

/// Words, the lowest first. As an element of the field it may be any number below 2^256;
/// only [`canonical`] tells which are the same.
pub type Number = [u32; 8];

/// 2^255 - 19.
pub static P: Number = [0xffff_ffed, !0, !0, !0, !0, !0, !0, 0x7fff_ffff];

/// Reads bytes, the lowest first.
#[inline(never)]
pub fn read(bytes: &[u8; 32], number: &mut Number) {
    for (word, bytes) in number.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
}

/// Takes `m` away if it is not more than the number, and tells whether it was.
#[inline(never)]
pub fn reduce(number: &mut Number, m: &Number) -> bool {
    let mut rest = *number;
    let mut borrow = 0i64;
    for (word, m) in rest.iter_mut().zip(m) {
        borrow = borrow.wrapping_add(i64::from(*word)).wrapping_sub(i64::from(*m));
        *word = borrow as u32;
        borrow >>= 32;
    }
    if borrow == 0 {
        *number = rest;
    }
    borrow == 0
}

/// Makes it the one that is below 2^255 - 19.
#[inline(never)]
pub fn canonical(a: &mut Number) {
    while reduce(a, &P) {}
}

/// Makes it canonical first.
#[inline(never)]
pub fn is_zero(a: &mut Number) -> bool {
    canonical(a);
    a.iter().all(|word| *word == 0)
}

/// `a + b`; with `minus`, which is 0 or 1, `a - b`: that is `a + !b + 1 - 2^256`.
#[inline(never)]
pub fn sum(a: &Number, b: &Number, minus: u32) -> Number {
    let mut out = *a;
    let mut carry = i64::from(minus);
    for (word, b) in out.iter_mut().zip(b) {
        carry = carry.wrapping_add(i64::from(*word)).wrapping_add(i64::from(*b ^ minus.wrapping_neg()));
        *word = carry as u32;
        carry >>= 32;
    }
    fold(&mut out, carry.wrapping_sub(i64::from(minus)));
    out
}

/// Adds what is above 2^256, which is the same as 38; it may be negative.
#[inline(never)]
fn fold(a: &mut Number, mut above: i64) {
    while above != 0 {
        above = above.wrapping_mul(38);
        for word in a.iter_mut() {
            above = above.wrapping_add(i64::from(*word));
            *word = above as u32;
            above >>= 32;
        }
    }
}

#[inline(never)]
pub fn mul(a: &Number, b: &Number) -> Number {
    let (mut low, mut high) = ([0; 8], [0; 8]);
    for (mut below, a) in low.iter_mut().zip(a) {
        // Adds a row, and moves what is not done yet a word down.
        let mut carry = 0;
        for (word, b) in high.iter_mut().zip(b) {
            (*below, carry) = step(*word, *a, *b, carry);
            below = word;
        }
        *below = carry;
    }
    let mut carry = 0;
    for (low, high) in low.iter_mut().zip(high) {
        (*low, carry) = step(*low, high, 38, carry);
    }
    fold(&mut low, i64::from(carry));
    low
}

/// `word + a * b + carry`, which is never more than two words: the lower one, and the upper.
#[inline(always)]
fn step(word: u32, a: u32, b: u32, carry: u32) -> (u32, u32) {
    let both =
        u64::from(a).wrapping_mul(u64::from(b)).wrapping_add(u64::from(word)).wrapping_add(u64::from(carry));
    (both as u32, (both >> 32) as u32)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    fn big(number: &Number) -> BigUint {
        BigUint::from_slice(number)
    }

    /// Numbers at whose words carries begin, end, and go all the way.
    fn edges() -> Vec<Number> {
        let mut edges = vec![P, [0x66; 8], [0x1234_5678, 0, !0, 7, 0, !0 - 1, 0x8000_0000, 0x7fff_ffff]];
        for low in [0, 1, 18, 19, 37, 38, 39, !0 - 38, !0 - 37, !0 - 19, !0 - 18, !0 - 1, !0] {
            for middle in [0, !0] {
                for top in [0, 0x7fff_ffff, 0x8000_0000, !0] {
                    edges.push([low, middle, middle, middle, middle, middle, middle, top]);
                }
            }
        }
        edges
    }

    #[test]
    fn sums_and_products_agree_with_big_numbers_where_words_overflow() {
        let p = big(&P);
        for a in edges() {
            let (mut one, mut other) = (a, a);
            canonical(&mut one);
            assert_eq!(big(&one), big(&a) % &p);
            assert_eq!(is_zero(&mut other), big(&a) % &p == BigUint::ZERO);
            assert_eq!(one, other);
            for b in edges() {
                assert_eq!(big(&sum(&a, &b, 0)) % &p, (big(&a) + big(&b)) % &p, "{a:x?} + {b:x?}");
                assert_eq!(big(&sum(&a, &b, 1)) % &p, (&p * 3u8 + big(&a) - big(&b)) % &p, "{a:x?} - {b:x?}");
                assert_eq!(big(&mul(&a, &b)) % &p, big(&a) * big(&b) % &p, "{a:x?} * {b:x?}");
            }
        }
    }
}
