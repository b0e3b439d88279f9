// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Which of two versions is the newer one. Any bytes are a version, and all of them have
//! one order; `docs/package.md` says which.

use core::cmp::Ordering;

/// Compares them field by field, and numbers as numbers, of any length.
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let ((a, build_a), (b, build_b)) = (cut(a, b'+', b""), cut(b, b'+', b""));
    // 1.0-rc1 comes before 1.0: what is there comes before what is not.
    let ((a, before_a), (b, before_b)) = (cut(a, b'-', LAST), cut(b, b'-', LAST));
    fields(v(a), v(b))
        .then_with(|| fields(before_a, before_b))
        .then_with(|| fields(build(build_a), build(build_b)))
}

/// Behind all UTF-8.
const LAST: &[u8] = b"\xff";

/// Without the letter that many put before it.
fn v(version: &[u8]) -> &[u8] {
    match version {
        [b'v' | b'V', rest @ ..] => rest,
        _ => version,
    }
}

/// A build number counts. The name of a commit does not: it is no later than another.
fn build(text: &[u8]) -> &[u8] {
    let number = text.iter().all(|c| c.is_ascii_digit() || *c == b'.');
    if number {
        text
    } else {
        b""
    }
}

/// What is before the first such character, and what is behind it.
#[inline(never)]
fn cut<'a>(text: &'a [u8], at: u8, none: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let (before, behind) = split(text, |c| c != at);
    (before, behind.split_first().map_or(none, |(_, behind)| behind))
}

/// A field is a number and what follows it: 2 in 1.2, 2 and b in 1.2b3. Where there is
/// none, it is 0.
fn fields(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !(a.is_empty() && b.is_empty()) {
        let order = field(&mut a).cmp(&field(&mut b));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// Takes a field off the front, as what is compared of it: how many digits, which, and the
/// word behind them. A word without a number comes behind all numbers.
#[inline(never)]
fn field<'a>(text: &mut &'a [u8]) -> (usize, &'a [u8], &'a [u8]) {
    let (number, rest) = split(text, |c| c.is_ascii_digit());
    let (word, rest) = split(rest, |c| c != b'.' && !c.is_ascii_digit());
    *text = rest.strip_prefix(b".").unwrap_or(rest);
    let (_, value) = split(number, |c| c == b'0');
    (if number.is_empty() && !word.is_empty() { usize::MAX } else { value.len() }, value, word)
}

/// The bytes at the front that are such ones, and the others.
fn split(text: &[u8], such: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let n = text.iter().take_while(|c| such(**c)).count();
    text.split_at_checked(n).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// In order; those in one line are the same version.
    const ORDER: &[&[&str]] = &[
        &["0", "", ".", "v0", "v", "v.0", "0.0.0", "+", "+0", "+abc"],
        &["0.1"],
        &["1-1", "1.0-1"],
        &["1.0.0-9"],
        &["1.0.0-10"],
        &["1.0.0-alpha", "1-alpha"],
        &["1.0.0-alpha.1", "1.0.0-alpha1"],
        &["1.0.0-alpha.beta"],
        &["1.0.0-beta"],
        &["1.0.0-beta.2"],
        &["1.0.0-beta.11", "1.0.0-beta.11+77ab"],
        &["1.0.0-rc9"],
        &["1.0.0-rc10"],
        &["1", "1.0", "1.0.0", "v1", "V1.0", "01.00", "1.0.0+0", "1.0+sha.5114f85", "1.0+5114f85"],
        &["1.0.0+9", "1+9"],
        &["1.0.0+10"],
        &["1.0.1-rc1"],
        &["1.0.1"],
        &["1.2.3"],
        &["1.2.3+4"],
        &["1.2.3a"],
        &["1.2.3b"],
        &["1.2.4"],
        &["1.9"],
        &["1.10"],
        &["2-rc"],
        &["2", "v2"],
        &["10"],
        &["18446744073709551615"],
        &["18446744073709551616", "v018446744073709551616.0"],
        &["99999999999999999999999999999999999999999"],
        &["ista", "vista"],
        &["\u{e9}"],
    ];

    #[test]
    fn versions_have_the_order_of_the_list() {
        for (i, left) in ORDER.iter().enumerate() {
            for (j, right) in ORDER.iter().enumerate() {
                for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (a, b))) {
                    assert_eq!(compare(a.as_bytes(), b.as_bytes()), i.cmp(&j), "{a:?} {b:?}");
                }
            }
        }
    }

    /// All texts of up to four of these characters: the order is one, whatever they are.
    #[test]
    fn the_order_is_total() {
        let mut all: Vec<Vec<u8>> = vec![vec![]];
        for length in 0..4 {
            let longer: Vec<_> = all.iter().filter(|text| text.len() == length).cloned().collect();
            for text in longer {
                all.extend(b"019.-+av".iter().map(|c| [&text[..], &[*c]].concat()));
            }
        }
        assert_eq!(all.len(), 1 + 8 + 64 + 512 + 4096);
        let mut sorted = all.clone();
        sorted.sort_by(|a, b| compare(a, b));
        // If it is one, each is not behind any that comes later, at any distance.
        for distance in [1, 2, 3, 5, 8, 64, 511, 2048] {
            for (a, b) in sorted.iter().zip(sorted.iter().skip(distance)) {
                assert_ne!(compare(a, b), Ordering::Greater, "{a:?} {b:?}");
                assert_eq!(compare(a, b), compare(b, a).reverse(), "{a:?} {b:?}");
            }
        }
    }
}
