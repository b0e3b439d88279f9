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
            if text.len() <= 255 && is_known(scheme, schemes) && is_spelled(rest) && is_sound(rest) =>
        {
            Uri::Valid
        }
        _ => Uri::Invalid,
    }
}

/// Whether a scheme, in upper or lower case, is one of the list.
fn is_known(scheme: &[u8], schemes: &[u8]) -> bool {
    let same = |(a, b): (&u8, &u8)| a.eq_ignore_ascii_case(b);
    !scheme.is_empty()
        && schemes
            .split(|byte| *byte == b',')
            .any(|known| known.len() == scheme.len() && known.iter().zip(scheme).all(same))
}

/// Bit n of word w: the character 32 w + n may stand anywhere behind the scheme.
static PLAIN: [u32; 4] =
    [0, 0x03FF_0000 | bits(b"!$&'()*+,-./:;=?"), 0x07FF_FFFE | bits(b"@_"), 0x07FF_FFFE | bits(b"~")];

const fn bits(characters: &[u8]) -> u32 {
    match characters {
        [] => 0,
        [first, rest @ ..] => 1 << (*first & 31) | bits(rest),
    }
}

/// Allowed characters, whole percent-encodings, one fragment mark. UTF-8 beyond ASCII is
/// not in a URI.
fn is_spelled(rest: &[u8]) -> bool {
    let (mut hex, mut fragment) = (0u8, false);
    for byte in rest {
        let good = match byte {
            _ if hex > 0 => {
                hex = hex.wrapping_sub(1);
                byte.is_ascii_hexdigit()
            }
            b'%' => {
                hex = 2;
                true
            }
            b'#' => !core::mem::replace(&mut fragment, true),
            b'[' | b']' => rest.starts_with(b"//"),
            _ => PLAIN.get(usize::from(*byte >> 5)).is_some_and(|word| word >> (byte & 31) & 1 != 0),
        };
        if !good {
            return false;
        }
    }
    hex == 0 && !rest.is_empty()
}

/// Where in an authority a character is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// In a name, or in user information.
    Name,
    /// In `[...]`.
    Brackets,
    /// Behind them.
    Closed,
    /// Behind the colon.
    Port,
    /// Where nothing sound is, except before an `@`.
    Nowhere,
}

/// Whether the authority, if there is one, is sound: `host`, `host:port`, `user@host`,
/// `[v6]:port`; or nothing at all before a path, as in `file:///x`.
fn is_sound(rest: &[u8]) -> bool {
    let [b'/', b'/', tail @ ..] = rest else {
        return true;
    };
    let mut left = tail;
    let (mut at, mut name, mut port) = (At::Name, 0u32, 0u32);
    while let [byte, rest @ ..] = left {
        if matches!(byte, b'/' | b'?' | b'#') {
            break;
        }
        left = rest;
        at = match (at, byte) {
            (At::Name, b'[') if name == 0 => At::Brackets,
            (At::Brackets, b']') => At::Closed,
            (_, b'[' | b']') | (At::Brackets | At::Closed, b'@') => return false,
            (_, b'@') => {
                (name, port) = (0, 0);
                At::Name
            }
            (At::Name | At::Closed, b':') => At::Port,
            (At::Name | At::Brackets, _) => {
                name = 1;
                at
            }
            (At::Port, b'0'..=b'9') if port <= 65535 => {
                port = port.wrapping_mul(10).wrapping_add(u32::from(byte & 15));
                at
            }
            _ => At::Nowhere,
        };
    }
    let empty = left.len() == tail.len();
    let host = name > 0 && port <= 65535 && matches!(at, At::Name | At::Closed | At::Port);
    (host || empty && left.len() > 1) && !left.iter().any(|byte| matches!(byte, b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_ones() {
        for text in [
            "coap://h/p",
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
