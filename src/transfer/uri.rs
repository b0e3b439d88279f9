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
    if text.is_empty() {
        return Uri::Empty;
    }
    let valid = text.len() <= 255
        && text
            .iter()
            .position(|byte| *byte == b':')
            .and_then(|colon| text.split_at_checked(colon))
            .is_some_and(|(scheme, rest)| {
                let known =
                    schemes.split(|byte| *byte == b',').any(|known| known.eq_ignore_ascii_case(scheme));
                let rest = rest.get(1..).unwrap_or_default();
                known && !scheme.is_empty() && is_rest(rest)
            });
    if valid {
        Uri::Valid
    } else {
        Uri::Invalid
    }
}

/// What follows the scheme: allowed characters, whole percent-encodings, one fragment
/// mark, and a sound authority if there is one. UTF-8 beyond ASCII is not in a URI.
fn is_rest(rest: &[u8]) -> bool {
    if rest.is_empty() {
        return false;
    }
    let mut fragment = false;
    let mut left = rest;
    loop {
        left = match left {
            [] => break,
            [b'%', a, b, tail @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => tail,
            [b'#', tail @ ..] if !fragment => {
                fragment = true;
                tail
            }
            [b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z', tail @ ..] => tail,
            [b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'@', tail @ ..] => tail,
            [b'[' | b']', tail @ ..] if rest.starts_with(b"//") => tail,
            [b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=', tail @ ..] => tail,
            _ => return false,
        };
    }
    match rest {
        [b'/', b'/', authority @ ..] => {
            let end = authority
                .iter()
                .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
                .unwrap_or(authority.len());
            let (authority, path) = authority.split_at_checked(end).unwrap_or((authority, &[]));
            is_authority(authority, path) && !path.iter().any(|byte| matches!(byte, b'[' | b']'))
        }
        _ => true,
    }
}

/// `host`, `host:port`, `user@host`, `[v6]:port`; nothing at all before a path, as in
/// `file:///x`.
fn is_authority(authority: &[u8], path: &[u8]) -> bool {
    if authority.is_empty() {
        return path.len() > 1;
    }
    let host = authority.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    let (name, port) = match host {
        [b'[', tail @ ..] => {
            let Some((name, after)) =
                tail.iter().position(|byte| *byte == b']').and_then(|end| tail.split_at_checked(end))
            else {
                return false;
            };
            match after {
                [_] => (name, &[][..]),
                [_, b':', port @ ..] => (name, port),
                _ => return false,
            }
        }
        _ => {
            let mut halves = host.splitn(2, |byte| *byte == b':');
            (halves.next().unwrap_or_default(), halves.next().unwrap_or_default())
        }
    };
    let number = port.iter().try_fold(0u32, |n, digit| match digit {
        b'0'..=b'9' => Some(n.saturating_mul(10).saturating_add(u32::from(digit & 15))),
        _ => None,
    });
    !name.is_empty() && !name.contains(&b'[') && number.is_some_and(|n| n <= 65535)
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
