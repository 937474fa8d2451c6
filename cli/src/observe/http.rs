//! One HTTP request at a time, to an address that is not encrypted: a collector on this machine or
//! in this network.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Host and port.
    host: String,
    /// With everything behind it.
    pub(super) path: String,
}

impl Address {
    /// From `http://host:port/path`; the port is 80 if there is none.
    pub(super) fn parse(url: &str) -> Option<Address> {
        let rest = url.strip_prefix("http://")?;
        let (host, path) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        };
        let odd = |c: char| c.is_whitespace() || c.is_control();
        if host.is_empty() || host.contains('@') || url.contains(odd) {
            return None;
        }
        let has_port = host
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let host = if has_port {
            host.to_owned()
        } else {
            format!("{host}:80")
        };
        Some(Address { host, path })
    }
}

/// Sends JSON, and waits until it was taken, for at most this long.
///
/// # Errors
/// Nobody takes it, or not in time, or the answer is not one of success.
pub(super) fn post(
    address: &Address,
    headers: &[(String, String)],
    body: &[u8],
    patience: Duration,
) -> io::Result<()> {
    let until = Instant::now() + patience;
    let left = || {
        let left = until.saturating_duration_since(Instant::now());
        match left.is_zero() {
            true => Err(io::Error::from(io::ErrorKind::TimedOut)),
            false => Ok(left),
        }
    };
    let mut places = address.host.to_socket_addrs()?;
    let place = places.next().ok_or(io::ErrorKind::NotFound)?;
    let mut stream = TcpStream::connect_timeout(&place, left()?)?;
    let Address { host, path } = address;
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\nUser-Agent: tau/{}\r\n",
        body.len(),
        env!("CARGO_PKG_VERSION"),
    );
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    let request = [head.as_bytes(), b"\r\n", body].concat();
    let mut rest = &request[..];
    while !rest.is_empty() {
        stream.set_write_timeout(Some(left()?))?;
        match stream.write(rest)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => rest = &rest[written..],
        }
    }
    // `HTTP/1.1 200`; the rest is not for us.
    let mut answer = [0; 12];
    let mut known = 0;
    while known < answer.len() {
        stream.set_read_timeout(Some(left()?))?;
        match stream.read(&mut answer[known..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => known += read,
        }
    }
    match answer.strip_prefix(b"HTTP/1.").map(|rest| &rest[2..]) {
        Some([b'2', ..]) => Ok(()),
        Some(code) if code.iter().all(u8::is_ascii_digit) => {
            let code = String::from_utf8_lossy(code);
            Err(io::Error::other(format!("the answer is {code}")))
        }
        _ => Err(io::Error::other("the answer is not HTTP")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let parts = |url| Address::parse(url).map(|it| (it.host, it.path));
        let some = |host: &str, path: &str| Some((host.to_owned(), path.to_owned()));
        assert_eq!(parts("http://a:1"), some("a:1", "/"));
        assert_eq!(parts("http://a/b"), some("a:80", "/b"));
        assert_eq!(parts("http://[::1]:4318/v1?x"), some("[::1]:4318", "/v1?x"));
        assert_eq!(parts("http://[::1]"), some("[::1]:80", "/"));
        for wrong in [
            "https://a",
            "a:1",
            "http://",
            "http://u:p@a",
            "http://a/ b",
            "http://a\r\n",
        ] {
            assert_eq!(parts(wrong), None, "{wrong:?}");
        }
    }
}
