//! Addresses of pages: `https://example.org/a?b`. They are read once, and what was read decides what
//! is granted, what is connected to and what is sent, so there are no two readings of one.

use std::fmt;

use super::hosts::Target;

/// The longest address, in bytes.
pub const LONGEST_URL: usize = 8 * 1024;

/// An address of `http` or `https`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    is_secure: bool,
    target: Target,
    /// With its query; begins with `/`.
    path: String,
}

impl Url {
    /// Reads an address. What follows `#` is left out, as it is never sent; letters that an address
    /// cannot have stand in its path as `%C3%A9`.
    ///
    /// # Errors
    /// Why it is none, as a clause.
    pub fn new(text: &str) -> Result<Url, String> {
        if text.len() > LONGEST_URL {
            return Err(format!("it is longer than {LONGEST_URL} bytes"));
        }
        let scheme = |scheme: &str| {
            let (start, rest) = text.split_at_checked(scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then_some(rest)
        };
        let (is_secure, rest) = match (scheme("https://"), scheme("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err("it does not begin with `https://` or `http://`".to_owned()),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err("a name or a password in it would be sent to its host".to_owned());
        }
        let target = Target::of_authority(authority, Some(usual_port(is_secure)))
            .map_err(|why| format!("its host is none: {why}"))?;
        Ok(Url {
            is_secure,
            target,
            path: sent(path)?,
        })
    }

    /// Where a `Location` leads that was given for this address.
    ///
    /// # Errors
    /// Why nowhere, as a clause.
    pub fn join(&self, location: &str) -> Result<Url, String> {
        let location = location.split('#').next().unwrap_or_default();
        let scheme = if self.is_secure { "https" } else { "http" };
        if has_scheme(location) {
            return Url::new(location);
        }
        if location.starts_with("//") {
            return Url::new(&format!("{scheme}:{location}"));
        }
        if location.len() > LONGEST_URL {
            return Err(format!("it is longer than {LONGEST_URL} bytes"));
        }
        let (own, _) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let folder = &own[..=own.rfind('/').unwrap_or_default()];
        let path = match location.chars().next() {
            None => self.path.clone(),
            Some('/') => location.to_owned(),
            Some('?') => format!("{own}{location}"),
            Some(_) => format!("{folder}{location}"),
        };
        Ok(Url {
            path: sent(&without_dots(&path))?,
            ..self.clone()
        })
    }

    /// Whether what is sent there is encrypted.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Whether it is this machine, by its name or its address.
    #[must_use]
    pub fn is_here(&self) -> bool {
        let address = self.target.address();
        self.target.host() == "localhost" || address.is_some_and(|it| it.is_loopback())
    }

    /// Its host and port.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Its path with its query, as it is sent.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The host, with the port where it is not the usual one: what `Host` says.
    #[must_use]
    pub fn host(&self) -> String {
        match self.target.port() == usual_port(self.is_secure) {
            true => self.target.host().to_owned(),
            false => self.target.scope(),
        }
    }

    /// Whether both lead to the same host in the same way.
    #[must_use]
    pub fn is_same_origin(&self, other: &Url) -> bool {
        self.is_secure == other.is_secure && self.target == other.target
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.host(), self.path)
    }
}

fn usual_port(is_secure: bool) -> u16 {
    if is_secure { 443 } else { 80 }
}

fn has_scheme(text: &str) -> bool {
    let scheme = text.split([':', '/', '?']).next().unwrap_or_default();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text[scheme.len()..].starts_with(':')
        && scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme.bytes().all(is_letter)
}

/// A path as it is sent.
fn sent(path: &str) -> Result<String, String> {
    let mut out = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        out.push('/');
    }
    for byte in path.bytes() {
        match byte {
            0..=0x1f | 0x7f => return Err("it has a control character".to_owned()),
            b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x80.. => {
                out.push_str(&format!("%{byte:02X}"));
            }
            _ => out.push(char::from(byte)),
        }
    }
    Ok(out)
}

/// A path in which no part is `.` or `..`; its query stays as it is.
fn without_dots(path: &str) -> String {
    let (path, query) = match path.find('?') {
        Some(at) => path.split_at(at),
        None => (path, ""),
    };
    let mut parts: Vec<&str> = Vec::new();
    let mut all = path.split('/').skip(1).peekable();
    while let Some(part) = all.next() {
        let is_last = all.peek().is_none();
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => {
                parts.push(part);
                continue;
            }
        }
        if is_last {
            parts.push("");
        }
    }
    format!("/{}{query}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        for (text, spelled) in [
            ("https://Example.org", "https://example.org/"),
            ("HTTPS://example.org:443/a#b", "https://example.org/a"),
            ("http://example.org:443", "http://example.org:443/"),
            (
                "https://example.org?q=é x",
                "https://example.org/?q=%C3%A9%20x",
            ),
            ("http://[0::1]:80/\\{a}|", "http://[::1]/%5C%7Ba%7D%7C"),
            (
                "https://example.org./%41/../b",
                "https://example.org/%41/../b",
            ),
        ] {
            assert_eq!(Url::new(text).unwrap().to_string(), spelled, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        let all = [
            "ftp://a",
            "a",
            "https:/a",
            "https:///a",
            "https://",
            "https://u:p@a/",
            "https://a b/",
            "https://a\\b/",
            "https://a:99999/",
            "https://a/\n",
            "https://1/",
            "https://*/",
            "https://é/",
        ];
        let all = all.map(|text| format!("{text:?}: {}", Url::new(text).unwrap_err()));
        insta::assert_snapshot!(all.join("\n"), @r#"
        "ftp://a": it does not begin with `https://` or `http://`
        "a": it does not begin with `https://` or `http://`
        "https:/a": it does not begin with `https://` or `http://`
        "https:///a": its host is none: it is empty
        "https://": its host is none: it is empty
        "https://u:p@a/": a name or a password in it would be sent to its host
        "https://a b/": its host is none: a host has no ' '
        "https://a\\b/": its host is none: a host has no '\\'
        "https://a:99999/": its host is none: a port is a number from 1 to 65535, or `*`
        "https://a/\n": it has a control character
        "https://1/": its host is none: an IPv4 address has four decimal numbers, as in `192.0.2.1`
        "https://*/": its host is none: a host has no '*'
        "https://é/": its host is none: a host is written in its ASCII form, `xn--…`
        "#);
    }

    /// The examples of RFC 3986, 5.4, as far as they are about addresses of pages.
    #[test]
    fn a_location_leads_where_the_standard_says() {
        let base = Url::new("http://a/b/c/d;p?q").unwrap();
        for (location, leads) in [
            ("g", "b/c/g"),
            ("./g", "b/c/g"),
            ("g/", "b/c/g/"),
            ("/g", "g"),
            ("?y", "b/c/d;p?y"),
            ("g?y", "b/c/g?y"),
            ("#s", "b/c/d;p?q"),
            ("g#s", "b/c/g"),
            (";x", "b/c/;x"),
            ("", "b/c/d;p?q"),
            (".", "b/c/"),
            ("./", "b/c/"),
            ("..", "b/"),
            ("../", "b/"),
            ("../g", "b/g"),
            ("../..", ""),
            ("../../g", "g"),
            ("../../../g", "g"),
            ("/./g", "g"),
            ("/../g", "g"),
            ("g.", "b/c/g."),
            ("..g", "b/c/..g"),
            ("./../g", "b/g"),
            ("./g/.", "b/c/g/"),
            ("g/../h", "b/c/h"),
            ("g?y/../x", "b/c/g?y/../x"),
            ("http://a/x", "x"),
            ("//a/x", "x"),
        ] {
            let joined = base.join(location).unwrap();
            assert_eq!(
                joined.to_string(),
                format!("http://a/{leads}"),
                "{location}"
            );
        }
        assert_eq!(base.join("//c:8080").unwrap().to_string(), "http://c:8080/");
        for location in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https:a",
            "//u@b/",
            "a\r\nb: c",
        ] {
            assert!(base.join(location).is_err(), "{location}");
        }
    }

    proptest! {
        #[test]
        fn a_spelling_reads_as_itself(text in "https?://[a-z0-9.:\\[\\]@-]{0,8}[/?#]?\\PC{0,12}", location in "\\PC{0,16}") {
            let Ok(url) = Url::new(&text) else { return Ok(()) };
            prop_assert_eq!(Url::new(&url.to_string()), Ok(url.clone()));
            if let Ok(next) = url.join(&location) {
                prop_assert_eq!(Url::new(&next.to_string()), Ok(next));
            }
        }
    }
}
