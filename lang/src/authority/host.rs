//! Hosts with their ports, and patterns of them: what `net` grants, and what is asked for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::pattern::covers_word;

/// The ports of a host that is granted without one: those of `https` and `http`.
pub const USUAL_PORTS: [u16; 2] = [443, 80];

/// A host and its ports: `example.org`, `*.example.org:8443`, `127.0.0.1:*`, `[::1]:80`.
///
/// Names are in small letters and have no dot at their end. Addresses are spelled as Rust spells
/// them, so that one address is one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    name: String,
    ports: Ports,
}

/// Which ports of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// None is written: [`USUAL_PORTS`].
    Usual,
    /// `:8080`
    One(u16),
    /// `:*`
    Any,
}

impl Host {
    /// Reads a host, or a pattern of hosts, with or without a port.
    ///
    /// # Errors
    /// Why it is none, as a clause.
    pub fn new(text: &str) -> Result<Host, String> {
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        if text.contains("://") {
            return Err("only the host is written here, as in `example.org`".to_owned());
        }
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, rest) = rest
                    .split_once(']')
                    .ok_or_else(|| "a bracket is not closed".to_owned())?;
                let address: Ipv6Addr = address
                    .parse()
                    .map_err(|_| format!("`{address}` is no IPv6 address"))?;
                let port = match rest {
                    "" => None,
                    _ => Some(rest.strip_prefix(':').ok_or_else(|| {
                        "behind the bracket there may only be a port, as in `[::1]:80`".to_owned()
                    })?),
                };
                (format!("[{address}]"), port)
            }
            None => {
                let (name, port) = match text.split_once(':') {
                    Some((name, port)) => (name, Some(port)),
                    None => (text, None),
                };
                if port.is_some_and(|port| port.contains(':')) {
                    return Err("an IPv6 address stands in brackets, as in `[::1]`".to_owned());
                }
                (named(name)?, port)
            }
        };
        let ports = match port {
            None => Ports::Usual,
            Some("*") => Ports::Any,
            Some(port) => Ports::One(numbered(port)?),
        };
        Ok(Host { name, ports })
    }

    /// One port of a host, as it is asked for. `name` is as [`Host::name`] gives it.
    #[must_use]
    pub fn at(name: &str, port: u16) -> String {
        format!("{name}:{port}")
    }

    /// The name or address, or the pattern of names. An IPv6 address has its brackets.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ports.
    #[must_use]
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// The address, if it is written as one.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        let name = self.name.trim_matches(['[', ']']);
        name.parse().ok()
    }

    /// Whether any name is meant.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.name.bytes().all(|byte| byte == b'*')
    }

    /// Whether this surely covers all of `other`.
    #[must_use]
    pub fn covers(&self, other: &Host) -> bool {
        let has = |port: u16| match self.ports {
            Ports::Usual => USUAL_PORTS.contains(&port),
            Ports::One(own) => own == port,
            Ports::Any => true,
        };
        let ports = match other.ports {
            Ports::Usual => USUAL_PORTS.into_iter().all(has),
            Ports::One(port) => has(port),
            Ports::Any => self.ports == Ports::Any,
        };
        ports && covers_word(&self.name, &other.name)
    }

    /// Whether this covers some port of what `other` names.
    #[must_use]
    pub fn meets(&self, other: &Host) -> bool {
        let ports = match (self.ports, other.ports) {
            (Ports::Any, _) | (_, Ports::Any) | (Ports::Usual, Ports::Usual) => true,
            (Ports::Usual, Ports::One(port)) | (Ports::One(port), Ports::Usual) => {
                USUAL_PORTS.contains(&port)
            }
            (Ports::One(a), Ports::One(b)) => a == b,
        };
        ports && covers_word(&self.name, &other.name)
    }
}

/// A name, an IPv4 address or a pattern in the one spelling that is compared.
fn named(name: &str) -> Result<String, String> {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    if let Some(wrong) = name
        .chars()
        .find(|it| !it.is_ascii_alphanumeric() && !matches!(it, '-' | '_' | '.' | '*'))
    {
        return Err(match wrong.is_ascii() {
            true => format!("a host has no {wrong:?}"),
            false => "a host is written in its ASCII form, `xn--…`".to_owned(),
        });
    }
    if name.split('.').any(str::is_empty) {
        return Err("a part of the host is empty".to_owned());
    }
    // Programs read such a name as an address, each in its own way: `0x7f.1`, `2130706433`.
    let last = name.rsplit('.').next().unwrap_or(&name);
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if is_number && !name.contains('*') && name.parse::<Ipv4Addr>().is_err() {
        return Err("an IPv4 address has four decimal numbers, as in `192.0.2.1`".to_owned());
    }
    Ok(name)
}

fn numbered(port: &str) -> Result<u16, String> {
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let number = port.parse().ok().filter(|it| is_number && *it > 0);
    number.ok_or_else(|| "a port is a number from 1 to 65535, or `*`".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn host(text: &str) -> Host {
        Host::new(text).unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    #[test]
    fn a_host_without_a_port_has_those_of_https_and_http() {
        for (pattern, covered, not) in [
            (
                "example.org",
                "example.org:443 example.org:80 EXAMPLE.org.:443 example.org",
                "example.org:8080 a.example.org:443 example.org:* example.com:443",
            ),
            (
                "example.org:443",
                "example.org:443",
                "example.org:80 example.org",
            ),
            (
                "example.org:*",
                "example.org:1 example.org example.org:*",
                "example.com:1",
            ),
            (
                "*.example.org",
                "a.example.org:443 a.b.example.org:80 *.a.example.org",
                "example.org:443 aexample.org:443 a.example.org:22 a.example.org.evil:443",
            ),
            ("*", "a:443 [::1]:80 10.0.0.1:80", "a:8080"),
            ("*:*", "a:8080 [::1]:1", ""),
            ("[0:0::1]:80", "[::1]:80", "[::1]:81 [::2]:80"),
            (
                "127.0.0.1:8080",
                "127.0.0.1:8080",
                "127.0.0.1 127.0.0.2:8080",
            ),
        ] {
            for one in covered.split_whitespace() {
                assert!(host(pattern).covers(&host(one)), "{pattern} {one}");
                assert!(host(pattern).meets(&host(one)), "{pattern} {one}");
            }
            for one in not.split_whitespace() {
                assert!(!host(pattern).covers(&host(one)), "{pattern} {one}");
            }
        }
    }

    #[test]
    fn what_is_no_host_says_why() {
        let all = [
            "",
            "https://example.org",
            "example.org/a",
            "a@example.org",
            "a b",
            "bücher.example",
            "a..b",
            "::1",
            "[::1",
            "[a]",
            "[::1]a",
            "a:0",
            "a:65536",
            "a:+1",
            "a:",
            "127.1",
            "2130706433",
            "0x7f000001",
            "1.2.3.04",
        ];
        let all = all.map(|text| format!("{text}: {}", Host::new(text).unwrap_err()));
        insta::assert_snapshot!(all.join("\n"), @"
        : it is empty
        https://example.org: only the host is written here, as in `example.org`
        example.org/a: a host has no '/'
        a@example.org: a host has no '@'
        a b: a host has no ' '
        bücher.example: a host is written in its ASCII form, `xn--…`
        a..b: a part of the host is empty
        ::1: an IPv6 address stands in brackets, as in `[::1]`
        [::1: a bracket is not closed
        [a]: `a` is no IPv6 address
        [::1]a: behind the bracket there may only be a port, as in `[::1]:80`
        a:0: a port is a number from 1 to 65535, or `*`
        a:65536: a port is a number from 1 to 65535, or `*`
        a:+1: a port is a number from 1 to 65535, or `*`
        a:: a port is a number from 1 to 65535, or `*`
        127.1: an IPv4 address has four decimal numbers, as in `192.0.2.1`
        2130706433: an IPv4 address has four decimal numbers, as in `192.0.2.1`
        0x7f000001: an IPv4 address has four decimal numbers, as in `192.0.2.1`
        1.2.3.04: an IPv4 address has four decimal numbers, as in `192.0.2.1`
        ");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_its_spelling_is_its_own(text in "\\PC{0,12}|[a-z0-9.:*\\[\\]x-]{0,16}") {
            if let Ok(one) = Host::new(&text) {
                let again = match one.ports() {
                    Ports::Usual => one.name().to_owned(),
                    Ports::One(port) => Host::at(one.name(), port),
                    Ports::Any => format!("{}:*", one.name()),
                };
                prop_assert_eq!(Host::new(&again), Ok(one.clone()), "{}", again);
                prop_assert!(one.covers(&one));
            }
        }

        #[test]
        fn what_is_covered_is_met(a in "[ab*]{1,3}(:(80|443|81|\\*))?", b in "[ab*]{1,3}(:(80|443|81|\\*))?") {
            let (a, b) = (host(&a), host(&b));
            prop_assert!(!a.covers(&b) || a.meets(&b));
        }
    }
}
