// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Whether a text is a Package URI (RFC 3986) that this device can follow.

/// What a text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Uri {
    /// A URI with a scheme that there is a transport for.
    Valid,
    /// Nothing.
    Empty,
    /// Over 255 bytes, no URI, or a scheme without transport.
    Invalid,
}

/// Looks at a text; `schemes` is "http,https".
#[inline(never)]
pub fn check(text: &[u8], schemes: &[u8]) -> Uri {
    let colon = text.iter().position(|byte| *byte == b':').unwrap_or(text.len());
    match text.split_at_checked(colon) {
        _ if text.is_empty() => Uri::Empty,
        Some((scheme, [_, rest @ ..]))
            if text.len() <= 255 && is_known(scheme, schemes) && is_sound(rest) =>
        {
            Uri::Valid
        }
        _ => Uri::Invalid,
    }
}

/// Whether a scheme, in upper or lower case, is one of the list.
fn is_known(scheme: &[u8], schemes: &[u8]) -> bool {
    let mut same = 0usize; // bytes of an entry that are those of the scheme
    for byte in schemes {
        if *byte == b',' {
            if same == scheme.len() {
                break;
            }
            same = 0;
        } else if scheme.get(same).is_some_and(|other| other.eq_ignore_ascii_case(byte)) {
            same = same.wrapping_add(1);
        } else {
            same = usize::MAX;
        }
    }
    same == scheme.len() && same > 0
}

/// Where behind the scheme a character leads. Where it is one of the last six, the text
/// may end.
#[derive(Clone, Copy)]
enum At {
    /// Nothing sound begins like this.
    No,
    Begin,
    /// Behind `//`.
    Host,
    /// Behind `@`.
    User,
    /// Behind `[`.
    Open,
    Inside,
    /// Behind `[]`.
    Hollow,
    /// Nothing sound, except before an `@`.
    Lost,
    /// Behind an authority without a character, as in `file:///x`.
    Bare,
    BareMark,
    /// Behind the first slash.
    Slash,
    Name,
    /// Behind `]`.
    Closed,
    Port,
    Path,
    /// Behind `#`.
    Fragment,
}

use At::*;

/// What the characters other than these lead to comes first in each row.
static MARKS: &[u8] = b"/?#:@[]";

/// In the order of [`At`].
static NEXT: [u32; 16] = [
    row(&[No, No, No, No, No, No, No, No]),
    row(&[Path, Slash, Path, Fragment, Path, Path, No, No]),
    row(&[Name, Bare, Bare, BareMark, Lost, User, Open, No]),
    row(&[Name, No, No, No, Lost, User, Open, No]),
    row(&[Inside, No, No, No, Inside, No, No, Hollow]),
    row(&[Inside, No, No, No, Inside, No, No, Closed]),
    row(&[Lost, No, No, No, Lost, No, No, No]),
    row(&[Lost, No, No, No, Lost, User, No, No]),
    row(&[Path, Path, Path, Fragment, Path, Path, No, No]),
    row(&[Fragment, Fragment, Fragment, No, Fragment, Fragment, No, No]),
    row(&[Path, Host, Path, Fragment, Path, Path, No, No]),
    row(&[Name, Path, Path, Fragment, Port, User, No, No]),
    row(&[Lost, Path, Path, Fragment, Port, No, No, No]),
    row(&[Lost, Path, Path, Fragment, Lost, User, No, No]),
    row(&[Path, Path, Path, Fragment, Path, Path, No, No]),
    row(&[Fragment, Fragment, Fragment, No, Fragment, Fragment, No, No]),
];

/// Four bits for each.
const fn row(next: &[At]) -> u32 {
    match next {
        [] => 0,
        [first, rest @ ..] => *first as u32 | row(rest) << 4,
    }
}

/// Bit n of word w: the character 32 w + n may stand behind the scheme. UTF-8 beyond ASCII
/// is not in a URI.
static PLAIN: [u32; 4] =
    [0, 0x03FF_0000 | bits(b"!#$%&'()*+,-./:;=?"), 0x07FF_FFFE | bits(b"@[]_"), 0x07FF_FFFE | bits(b"~")];

const fn bits(characters: &[u8]) -> u32 {
    match characters {
        [] => 0,
        [first, rest @ ..] => 1 << (*first & 31) | bits(rest),
    }
}

/// Whether what is behind the scheme and its colon is sound: whole percent-encodings, and
/// an authority, if there is one, of the form `host`, `host:port`, `user@host`, `[v6]:port`.
fn is_sound(rest: &[u8]) -> bool {
    let (mut at, mut hex, mut port) = (Begin as u32, 0u8, 0u32);
    for byte in rest {
        if PLAIN.get(usize::from(*byte >> 5)).is_none_or(|word| word >> (byte & 31) & 1 == 0) {
            return false;
        }
        if hex > 0 {
            hex = hex.wrapping_sub(1);
            if !byte.is_ascii_hexdigit() {
                return false;
            }
        } else if *byte == b'%' {
            hex = 2;
        }
        let digit = byte.wrapping_sub(b'0');
        if at == Port as u32 && digit <= 9 {
            port = port.wrapping_mul(10).wrapping_add(u32::from(digit));
            if port > 65535 {
                at = Lost as u32;
            }
        } else {
            port = 0;
            let column = MARKS.iter().position(|mark| mark == byte).map_or(0, |n| n.wrapping_add(1));
            at = NEXT.get(at as usize & 15).map_or(0, |row| row >> (column << 2 & 31) & 15);
        }
    }
    hex == 0 && at >= Slash as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_ones() {
        for text in [
            "coap://h/p",
            "coap://h:65535/p",
            "COAP://host:5683/a/b?c=d&e",
            "coap://[2001:db8::1]:61616/x",
            "http://u:p@h.example/%20a#f",
            "file:package.bin",
            "file:///tmp/p",
            "http://h",
            "coap://[::1]",
            "coap://[::1]:/x",
            "coap://a@b@h",
            "http://a.b-c_d~e/!$&'()*+,;=:@/",
        ] {
            assert_eq!(check(text.as_bytes(), b"coap,http,file"), Uri::Valid, "{text}");
        }
    }

    #[test]
    fn bad_ones() {
        for text in [
            " ",
            "h",
            ":",
            "coap",
            "coap:",
            "://h/p",
            "1coap://h",
            "co ap://h",
            "ftp://h/p",
            "coap://",
            "coap:///",
            "coap://h/ p",
            "coap://h/%2",
            "coap://h/%zz",
            "coap://h/%2g",
            "coap://h/%g2",
            "coap://h/a#b#c",
            "coap://h:port/",
            "coap://h:65536/",
            "coap://[::1/x",
            "coap://[::1]x/",
            "coap://:5683/",
            "coap://h/\u{e4}",
            "coap://h/\0",
            "coap://h/[",
            "coap://h]/x",
            "coap://[[::1]]/x",
            "coap://[]/x",
            "coap://u:[x]@h/",
            "coap://[::1]@h/",
            "coap://a:1@h:x/",
            "coap://h:99999999999/",
            "coap://user@/x",
            "coa://h",
            "coap,http://h",
            "://",
            "coap://h/\"",
            "coap://h/<>",
            "coap:[x]",
        ] {
            assert_eq!(check(text.as_bytes(), b"coap,http"), Uri::Invalid, "{text}");
        }
        assert_eq!(check(b"", b"coap"), Uri::Empty);
        assert_eq!(check(b"coap://h/\xff", b"coap"), Uri::Invalid);
        assert_eq!(check(b"coap://h", b""), Uri::Invalid);
        assert_eq!(check(b"://h", b""), Uri::Invalid);
    }

    #[test]
    fn up_to_255_bytes() {
        let mut text = [b'a'; 256];
        for (to, from) in text.iter_mut().zip(b"coap://h/") {
            *to = *from;
        }
        let (fits, _) = text.split_at(255);
        assert_eq!(check(fits, b"coap"), Uri::Valid);
        assert_eq!(check(&text, b"coap"), Uri::Invalid);
    }
}
