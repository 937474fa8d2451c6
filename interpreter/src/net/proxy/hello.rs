//! The first message of TLS, as far as it says which host is meant.
//!
//! Nothing is decrypted here: the name stands in it for all to see. What cannot be read exactly is
//! refused, so that nobody reads another name in it than this does.

/// The longest first message that is looked at, in bytes, with the records around it.
pub const LONGEST_HELLO: usize = 32 << 10;

/// What the first bytes of a connection are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The beginning of a first message; more is to come.
    More,
    /// A whole one.
    Hello {
        /// The host that is meant, in small letters; none when it does not say.
        name: Option<String>,
    },
    /// Something else than TLS.
    Other,
    /// TLS whose first message is not as it must be.
    Broken,
}

/// A record of the handshake.
const HANDSHAKE: u8 = 22;
/// The message that a client begins with.
const CLIENT_HELLO: u8 = 1;
/// The extension that names the host, and the kind of name that is a host's.
const SERVER_NAME: u16 = 0;
const HOST_NAME: u8 = 0;
/// The most that one record may hold.
const RECORD: usize = 16 << 10;

/// Looks at all that a client has sent so far.
#[must_use]
pub fn see(bytes: &[u8]) -> Seen {
    match message(bytes) {
        Ok(hello) => match name(&hello) {
            Some(name) => Seen::Hello { name },
            None => Seen::Broken,
        },
        Err(Seen::More) if bytes.len() >= LONGEST_HELLO => Seen::Broken,
        Err(seen) => seen,
    }
}

/// The first message without the records that carry it, and without its own head.
fn message(mut bytes: &[u8]) -> Result<Vec<u8>, Seen> {
    let mut message = Vec::new();
    let mut is_first = true;
    loop {
        let wrong = if is_first { Seen::Other } else { Seen::Broken };
        // Type, version, length.
        let &[kind, ref rest @ ..] = bytes else {
            return Err(Seen::More);
        };
        if kind != HANDSHAKE {
            return Err(wrong);
        }
        let &[major, ref rest @ ..] = rest else {
            return Err(Seen::More);
        };
        if major != 3 {
            return Err(wrong);
        }
        let &[_, high, low, ref rest @ ..] = rest else {
            return Err(Seen::More);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length == 0 || length > RECORD {
            return Err(Seen::Broken);
        }
        // INVARIANT: only whole records are decided about, so that it does not matter how the bytes
        // come.
        let Some((part, next)) = rest.split_at_checked(length) else {
            return Err(Seen::More);
        };
        message.extend_from_slice(part);
        if let Some(kind) = message.first()
            && *kind != CLIENT_HELLO
        {
            return Err(Seen::Broken);
        }
        if let &[_, a, b, c, ref body @ ..] = message.as_slice() {
            let wanted = usize::try_from(u32::from_be_bytes([0, a, b, c])).unwrap_or(usize::MAX);
            if wanted > LONGEST_HELLO {
                return Err(Seen::Broken);
            }
            if let Some(body) = body.get(..wanted) {
                // Nothing may follow in the same record: nobody has answered yet.
                return match body.len() + 4 == message.len() {
                    true => Ok(body.to_vec()),
                    false => Err(Seen::Broken),
                };
            }
        }
        bytes = next;
        is_first = false;
    }
}

/// The host that a message names: `Some(None)` where it names none, `None` where it is broken.
fn name(hello: &[u8]) -> Option<Option<String>> {
    let mut rest = Bytes(hello);
    // Version and random.
    rest.take(34)?;
    // Session, ciphers, compressions.
    rest.short()?;
    rest.long()?;
    rest.short()?;
    if rest.0.is_empty() {
        return Some(None);
    }
    let mut extensions = Bytes(rest.long()?);
    if !rest.0.is_empty() {
        return None;
    }
    let mut found = None;
    while !extensions.0.is_empty() {
        let kind = extensions.number()?;
        let body = extensions.long()?;
        if kind == SERVER_NAME {
            // Of two, each side could take another.
            if found.is_some() {
                return None;
            }
            found = Some(listed(body)?);
        }
    }
    Some(found)
}

/// The one name in the list of an extension.
fn listed(body: &[u8]) -> Option<String> {
    let mut body = Bytes(body);
    let mut names = Bytes(body.long()?);
    let [kind] = names.take(1)? else {
        return None;
    };
    let name = names.long()?;
    if *kind != HOST_NAME || !names.0.is_empty() || !body.0.is_empty() || name.is_empty() {
        return None;
    }
    let is_plain = |byte: &u8| byte.is_ascii_graphic();
    let name = str::from_utf8(name)
        .ok()
        .filter(|it| it.as_bytes().iter().all(is_plain))?;
    Some(name.to_ascii_lowercase())
}

/// What has not been read yet.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        let taken = self.take(2)?;
        Some(u16::from_be_bytes([taken[0], taken[1]]))
    }

    /// What has its length in one byte before it.
    fn short(&mut self) -> Option<&'a [u8]> {
        let length = self.take(1)?[0];
        self.take(usize::from(length))
    }

    /// What has its length in two bytes before it.
    fn long(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::from(length))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore};

    use super::*;

    /// What a client of rustls begins with.
    pub(crate) fn hello(host: &str) -> Vec<u8> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut bytes = Vec::new();
        client.write_tls(&mut bytes).unwrap();
        bytes
    }

    fn named(name: &str) -> Seen {
        Seen::Hello {
            name: Some(name.to_owned()),
        }
    }

    /// The same message in records of so many bytes.
    fn split(hello: &[u8], size: usize) -> Vec<u8> {
        let parts = hello[5..].chunks(size);
        parts
            .flat_map(|part| {
                let length = u16::try_from(part.len()).unwrap().to_be_bytes();
                [&[22, 3, 1], &length[..], part].concat()
            })
            .collect()
    }

    /// A message with these extensions and nothing else.
    fn with_extensions(extensions: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let sized = |bytes: &[u8]| {
            let length = u16::try_from(bytes.len()).unwrap();
            [&length.to_be_bytes(), bytes].concat()
        };
        let all: Vec<u8> = extensions
            .iter()
            .flat_map(|(kind, body)| [kind.to_be_bytes().to_vec(), sized(body)].concat())
            .collect();
        let body = [
            &[3, 3],
            &[7; 32][..],
            &[0],
            &[0, 2, 0x13, 1],
            &[1, 0],
            &sized(&all),
        ]
        .concat();
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        let message = [&[1], &length[1..], &body].concat();
        [&[22, 3, 1], &sized(&message)[..]].concat()
    }

    fn names(all: &[&str]) -> Vec<u8> {
        let names: Vec<u8> = all
            .iter()
            .flat_map(|name| [&[0, 0, name.len() as u8], name.as_bytes()].concat())
            .collect();
        [&(names.len() as u16).to_be_bytes(), &names[..]].concat()
    }

    #[test]
    fn the_name_is_read_whatever_it_is_cut_into() {
        let bytes = hello("a.Example.org");
        assert_eq!(see(&bytes), named("a.example.org"));
        for end in 0..bytes.len() {
            assert_eq!(see(&bytes[..end]), Seen::More, "{end}");
        }
        for size in [1, 3, 4, 100, 10_000] {
            let cut = split(&bytes, size);
            assert_eq!(see(&cut), named("a.example.org"), "{size}");
            assert_eq!(see(&cut[..cut.len() - 1]), Seen::More, "{size}");
        }
        assert_eq!(see(&hello("192.0.2.1")), Seen::Hello { name: None });
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_broken() {
        let one = (0, names(&["a"]));
        assert_eq!(
            see(&with_extensions(std::slice::from_ref(&one))),
            named("a")
        );
        assert_eq!(see(&with_extensions(&[])), Seen::Hello { name: None });
        for extensions in [
            vec![one.clone(), one.clone()],
            vec![(0, names(&["a", "b"]))],
            vec![(0, names(&[""]))],
            vec![(0, names(&[]))],
            vec![(0, names(&["a b"]))],
            vec![(0, names(&["a\0"]))],
            vec![(0, [names(&["a"]), vec![0]].concat())],
            vec![(0, vec![0, 4, 1, 0, 1, b'a'])],
            vec![(0, vec![])],
        ] {
            assert_eq!(
                see(&with_extensions(&extensions)),
                Seen::Broken,
                "{extensions:?}"
            );
        }
        let mut longer = with_extensions(std::slice::from_ref(&one));
        longer[4] += 1;
        longer.push(0);
        assert_eq!(see(&longer), Seen::Broken, "bytes behind the message");
        // That they are there is not known before they have come.
        let end = longer.len() - 1;
        assert_eq!(see(&longer[..end]), Seen::More, "the record is not whole");
        let mut shorter = with_extensions(&[one]);
        shorter[8] -= 1;
        shorter[4] -= 1;
        shorter.pop();
        assert_eq!(
            see(&shorter),
            Seen::Broken,
            "the list is longer than the message"
        );
    }

    #[test]
    fn what_is_not_tls_is_told_at_once() {
        assert_eq!(see(b""), Seen::More);
        assert_eq!(see(b"GET / HTTP/1.1\r\n"), Seen::Other);
        assert_eq!(see(b"SSH-2.0-x\r\n"), Seen::Other);
        assert_eq!(see(&[22, 2, 0, 0, 1]), Seen::Other);
        assert_eq!(see(&[22, 3, 1, 0, 0]), Seen::Broken);
        assert_eq!(see(&[22, 3, 1, 0xff, 0xff]), Seen::Broken);
        assert_eq!(see(&[22, 3, 1, 0, 1, 2]), Seen::Broken, "it is no client's");
        assert_eq!(see(&[22, 3, 1, 0, 4, 1, 1, 0, 0]), Seen::Broken, "too long");
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = see(&bytes);
            let _ = see(&[&[22, 3, 1, 0, 200, 1, 0, 0, 196], &bytes[..]].concat());
        }

        /// What has been decided does not change when more bytes come.
        #[test]
        fn what_is_seen_stays(bytes in prop::collection::vec(any::<u8>(), 0..64), flip in 0..400usize, end in 0..400usize) {
            let mut hello = hello("a.example.org");
            let at = flip % hello.len();
            hello[at] ^= 1;
            let all = [&hello[..], &bytes].concat();
            let seen = see(&all[..end.min(all.len())]);
            if matches!(seen, Seen::Hello { .. } | Seen::Other) && end >= hello.len() {
                prop_assert_eq!(seen, see(&all[..hello.len()]));
            }
        }
    }
}
