//! The proxy between a client that writes bytes by hand and a host that reads them so.

use std::net::IpAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;

use super::hello::tests::hello;
use super::*;
use crate::clock::Clock;
use crate::net::testing::{Answers, Told, rules};
use crate::net::{Limits, Names};

/// A host, a proxy in front of it, and what the proxy tells.
struct World {
    host: TcpListener,
    /// The host's port.
    port: u16,
    proxy: std::net::SocketAddr,
    serving: JoinHandle<()>,
    told: Told,
}

/// `PORT` in a grant is the port of the host, which every name leads to.
async fn world(grants: &[&str], change: impl FnOnce(&mut Limits)) -> World {
    let host = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = host.local_addr().unwrap().port();
    let grants: Vec<String> = grants
        .iter()
        .chain(&["127.0.0.1:PORT"])
        .map(|grant| grant.replace("PORT", &port.to_string()))
        .collect();
    let grants: Vec<&str> = grants.iter().map(String::as_str).collect();
    let here = || Ok(vec![IpAddr::from([127, 0, 0, 1])]);
    let names = Names::new(Answers::new([here(), here(), here()]));
    let mut limits = Limits::default();
    change(&mut limits);
    let told = Told::default();
    let gate = Gate::new(Arc::new(vec![rules(&grants)]), names, Clock::system());
    let gate = gate.limited(limits).telling(told.sink());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = listener.local_addr().unwrap();
    let serving = tokio::spawn(serve(listener, Arc::new(gate)));
    World {
        host,
        port,
        proxy,
        serving,
        told,
    }
}

impl World {
    /// Sends bytes to the proxy, in which `PORT` is the host's port.
    async fn sends(&self, text: &str) -> TcpStream {
        let mut client = TcpStream::connect(self.proxy).await.unwrap();
        let text = text.replace("PORT", &self.port.to_string());
        client.write_all(text.as_bytes()).await.unwrap();
        client
    }

    /// What the proxy answers to something that it passes on to nobody.
    async fn refuses(&self, text: &str) -> String {
        let mut client = self.sends(text).await;
        let answer = all(&mut client).await;
        let line = answer.lines().next().unwrap_or_default().to_owned();
        let words = answer.lines().last().unwrap_or_default();
        let told = match line.ends_with(words) && !words.is_empty() {
            true => line,
            false => format!("{line}: {words}"),
        };
        told.replace(&self.port.to_string(), "PORT")
    }

    /// Whether nobody has connected to the host.
    async fn is_untouched(&self) -> bool {
        let connected = tokio::time::timeout(Duration::ZERO, self.host.accept()).await;
        connected.is_err()
    }
}

async fn all(from: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // Who is refused may find that its connection was reset.
    let _ = from.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads up to a text.
async fn until(from: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end.as_bytes()) {
        bytes.push(from.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_request_is_written_anew_for_its_host() {
    let world = world(&["a.example:PORT"], |_| ()).await;
    let mut client = world
        .sends(
            "POST http://A.example:PORT/x?y HTTP/1.1\r\nHost: a.example:PORT\r\n\
             Connection: keep-alive, x-mine\r\nX-Mine: 1\r\nX-Other: 2\r\n\
             Proxy-Authorization: Basic eA==\r\nContent-Length: 1\r\n\
             Transfer-Encoding: chunked\r\n\r\n\
             3\r\nabc\r\n0\r\n\r\nGET http://a.example:PORT/next HTTP/1.1\r\nHost: a.example:PORT\r\n\r\n",
        )
        .await;
    let (mut host, _) = world.host.accept().await.unwrap();
    let request = until(&mut host, "0\r\n\r\n").await;
    insta::assert_snapshot!(request.replace(&world.port.to_string(), "PORT").replace('\r', ""), @"
    POST /x?y HTTP/1.1
    host: a.example:PORT
    x-other: 2
    connection: close
    transfer-encoding: chunked

    3
    abc
    0
    ");
    let answer = b"HTTP/1.1 200 OK\r\nKeep-Alive: x\r\nContent-Length: 2\r\n\r\nhi";
    host.write_all(answer).await.unwrap();
    let answer = all(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nhi"), "{answer}");
    assert!(!answer.to_lowercase().contains("keep-alive"), "{answer}");
    // The second request in the same bytes is not passed on, to this host or as a new one.
    assert_eq!(all(&mut host).await, "");
    assert!(world.is_untouched().await);
    let used = format!("used a.example:{}", world.port);
    assert_eq!(world.told.lines(), [used]);
}

#[tokio::test]
async fn what_is_not_granted_is_told_with_the_line_that_grants_it() {
    let world = world(&[], |_| ()).await;
    let all = [
        world.refuses("GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n"),
        world.refuses("CONNECT a.example:443 HTTP/1.1\r\n\r\n"),
        world.refuses("CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n"),
        world.refuses("CONNECT [::1]:PORT HTTP/1.1\r\n\r\n"),
    ];
    let mut told = Vec::new();
    for one in all {
        told.push(one.await);
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    HTTP/1.1 403 tau: `a.example:80` is not granted. Add to `authority`: net "a.example"
    HTTP/1.1 403 tau: `a.example:443` is not granted. Add to `authority`: net "a.example"
    HTTP/1.1 403 tau: `169.254.169.254:80` is not granted. Add to `authority`: net "169.254.169.254"
    HTTP/1.1 403 tau: `[::1]:PORT` is not granted. Add to `authority`: net "[::1]:PORT"
    "#);
    assert_eq!(world.told.lines().len(), 4);
    assert!(world.is_untouched().await);
}

#[tokio::test]
async fn what_could_be_read_in_two_ways_goes_nowhere() {
    let world = world(&["a.example:PORT", "b.example:PORT"], |_| ()).await;
    let get = "GET http://a.example:PORT/ HTTP/1.1\r\n";
    let post = "POST http://a.example:PORT/ HTTP/1.1\r\nHost: a.example:PORT\r\n";
    let mut told = Vec::new();
    for request in [
        format!("{get}\r\n"),
        format!("{get}Host: b.example:PORT\r\n\r\n"),
        format!("{get}Host: a.example\r\n\r\n"),
        format!("{get}Host: a.example:PORT\r\nHost: a.example:PORT\r\n\r\n"),
        format!("{get}Host : a.example:PORT\r\n\r\n"),
        format!("{post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        format!("{post}Content-Length: +3\r\n\r\nabc"),
        format!("{post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        "GET / HTTP/1.1\r\nHost: a.example:PORT\r\n\r\n".to_owned(),
        "GET https://a.example:PORT/ HTTP/1.1\r\nHost: a.example:PORT\r\n\r\n".to_owned(),
        "GET http://u@a.example:PORT/ HTTP/1.1\r\nHost: a.example:PORT\r\n\r\n".to_owned(),
        "CONNECT a.example HTTP/1.1\r\n\r\n".to_owned(),
        "CONNECT *:PORT HTTP/1.1\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\r\n\r\n".to_owned(),
    ] {
        told.push(world.refuses(&request).await);
    }
    insta::assert_snapshot!(told.join("\n"), @"
    HTTP/1.1 400 tau: `Host` must name the host of the address, once.
    HTTP/1.1 400 tau: `Host` must name the host of the address, once.
    HTTP/1.1 400 tau: `Host` must name the host of the address, once.
    HTTP/1.1 400 tau: `Host` must name the host of the address, once.
    HTTP/1.1 400 Bad Request: 
    HTTP/1.1 400 Bad Request: 
    HTTP/1.1 400 Bad Request: 
    HTTP/1.1 400 tau: A request says once how long it is, by its length or as `chunked`.
    HTTP/1.1 400 tau: This is a proxy: a request has its whole address, `http://host/path`.
    HTTP/1.1 400 tau: Only `http://` is passed on; a host of `https://` is reached by `CONNECT`.
    HTTP/1.1 400 tau: The host of the address is none: a host has no '@'.
    HTTP/1.1 400 tau: `CONNECT` wants `host:port`: it has no port.
    HTTP/1.1 400 tau: `CONNECT` wants `host:port`: a host has no '*'.
    HTTP/1.1 400 Bad Request:
    ");
    assert!(world.is_untouched().await);
}

#[tokio::test]
async fn tls_for_another_host_never_reaches_it() {
    let world = world(&["a.example:PORT", "b.example:PORT"], |_| ()).await;
    let connect = "CONNECT a.example:PORT HTTP/1.1\r\n\r\n";
    let mut client = world.sends(connect).await;
    assert!(
        until(&mut client, "\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 200 OK")
    );
    client.write_all(&hello("b.example")).await.unwrap();
    let (mut host, _) = world.host.accept().await.unwrap();
    assert_eq!(all(&mut host).await, "");
    assert_eq!(all(&mut client).await, "");
    let lines = world.told.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[1].ends_with("was asked for, and then TLS for `b.example`"),
        "{lines:?}"
    );

    let mut client = world.sends(connect).await;
    until(&mut client, "\r\n\r\n").await;
    let hello = hello("a.example");
    for part in hello.chunks(50) {
        client.write_all(part).await.unwrap();
    }
    let (mut host, _) = world.host.accept().await.unwrap();
    let mut seen = vec![0; hello.len()];
    host.read_exact(&mut seen).await.unwrap();
    assert_eq!(seen, hello);
    host.write_all(b"answer").await.unwrap();
    assert_eq!(until(&mut client, "answer").await, "answer");
}

#[tokio::test]
async fn a_port_that_a_grant_says_may_carry_anything() {
    let world = world(&["a.example:PORT"], |_| ()).await;
    let mut client = world.sends("CONNECT a.example:PORT HTTP/1.1\r\n\r\n").await;
    until(&mut client, "\r\n\r\n").await;
    let (mut host, _) = world.host.accept().await.unwrap();
    // Here the host speaks first.
    host.write_all(b"SSH-2.0-host\r\n").await.unwrap();
    until(&mut client, "\n").await;
    client.write_all(b"SSH-2.0-client\r\n").await.unwrap();
    assert_eq!(until(&mut host, "\n").await, "SSH-2.0-client\r\n");
    client.shutdown().await.unwrap();
    assert_eq!(all(&mut host).await, "");
    host.write_all(b"end").await.unwrap();
    drop(host);
    assert_eq!(all(&mut client).await, "end");
}

#[tokio::test]
async fn whoever_drops_the_proxy_ends_all_that_goes_through_it() {
    let world = world(&["a.example:PORT"], |_| ()).await;
    let mut tunnel = world.sends("CONNECT a.example:PORT HTTP/1.1\r\n\r\n").await;
    until(&mut tunnel, "\r\n\r\n").await;
    let (mut far, _) = world.host.accept().await.unwrap();
    let mut plain = world
        .sends("GET http://a.example:PORT/ HTTP/1.1\r\nHost: a.example:PORT\r\n\r\n")
        .await;
    let (mut host, _) = world.host.accept().await.unwrap();
    until(&mut host, "\r\n\r\n").await;
    host.write_all(b"HTTP/1.1 200 OK\r\n\r\nsome")
        .await
        .unwrap();
    until(&mut plain, "some").await;
    world.serving.abort();
    for end in [&mut tunnel, &mut far, &mut plain, &mut host] {
        all(end).await;
    }
}

#[tokio::test]
async fn everything_has_an_end() {
    let short = Duration::from_millis(50);
    let world = world(&["a.example:PORT"], |limits| {
        limits.first = short;
        limits.idle = short;
        limits.bytes = 100_000;
        limits.connections = 1;
    })
    .await;
    // A head that does not end, whether it comes or not.
    let long = format!("GET http://a.example/{} HTTP/1.1\r\n", "x".repeat(70_000));
    for head in ["", "GET http://a.example/ HTTP/1.1\r\nHost", &long] {
        let answer = all(&mut world.sends(head).await).await;
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    let fields = "x: y\r\n".repeat(101);
    let many = format!("GET http://a.example/ HTTP/1.1\r\n{fields}\r\n");
    let told = world.refuses(&many).await;
    assert!(told.starts_with("HTTP/1.1 431 "), "{told}");
    // A tunnel in which nothing happens.
    let connect = "CONNECT a.example:PORT HTTP/1.1\r\n\r\n";
    let mut client = world.sends(connect).await;
    until(&mut client, "\r\n\r\n").await;
    let (mut host, _) = world.host.accept().await.unwrap();
    assert_eq!(all(&mut client).await, "");
    assert_eq!(all(&mut host).await, "");
    // One through which too much goes. Most of what there may be has gone through before.
    let mut client = world.sends(connect).await;
    until(&mut client, "\r\n\r\n").await;
    let (mut host, _) = world.host.accept().await.unwrap();
    let _ = host.write_all(&vec![b'x'; 200_000]).await;
    assert!(all(&mut client).await.len() < 100_000);
    assert!(world.is_untouched().await);
}
