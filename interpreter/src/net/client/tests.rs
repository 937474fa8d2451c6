//! Exchanges with a host that reads and writes bytes by hand. The files in `tls/` were made for this
//! test, with openssl: a root, and a host `a.example` that it vouches for.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;
use crate::clock::Clock;
use crate::net::Names;
use crate::net::testing::{Answers, rules};

const ROOT: &str = include_str!("tls/root.pem");
const HOST_CHAIN: &str = include_str!("tls/host.pem");
const HOST_KEY: &str = include_str!("tls/host.key");

/// Reads a request's head, answers it, and gives it.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &[u8]) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    // A client that has enough does not wait for the rest.
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
    String::from_utf8(head).unwrap()
}

/// One exchange with this machine under the name `host`.
async fn ask(
    scheme: &str,
    host: &str,
    roots: &Roots,
    most: u64,
    answer: &'static [u8],
) -> (Result<Answer, NoAnswer>, Option<String>, bool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let grants = [format!("{host}:{port}"), format!("127.0.0.1:{port}")];
    let names = Names::new(Answers::new([Ok(vec![IpAddr::from([127, 0, 0, 1])])]));
    let rules = rules(&grants.each_ref().map(String::as_str));
    let gate = Gate::new(Arc::new(vec![rules]), names, Clock::system());
    let is_secure = scheme == "https";
    let serving = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        if !is_secure {
            return Some(serve(stream, answer).await);
        }
        let chain = CertificateDer::pem_slice_iter(HOST_CHAIN.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(HOST_KEY.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain.map(Result::unwrap).collect(), key)
            .unwrap();
        let accepted = TlsAcceptor::from(Arc::new(config)).accept(stream).await;
        Some(serve(accepted.ok()?, answer).await)
    });
    let sent = AtomicBool::new(false);
    let wanted = Ask {
        method: Method::GET,
        url: Url::new(&format!("{scheme}://{host}:{port}/x?y")).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
    };
    let ended = exchange(&gate, roots, wanted, &Reading::all(most), &sent).await;
    let request = serving.await.unwrap();
    let request = request.map(|text| text.replace(&port.to_string(), "PORT"));
    (ended, request, sent.into_inner())
}

#[tokio::test]
async fn a_request_says_whom_it_is_for_and_nothing_of_who_asks() {
    let answer = b"HTTP/1.1 404 Not Found\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nno";
    let (ended, request, sent) = ask("http", "a.example", &Roots::default(), 2, answer).await;
    assert_eq!(
        request.unwrap(),
        "GET /x?y HTTP/1.1\r\nhost: a.example:PORT\r\nconnection: close\r\n\r\n"
    );
    let answer = ended.unwrap();
    assert_eq!((answer.status, answer.body), (404, b"no".to_vec()));
    assert_eq!(answer.headers["x-a"], "1");
    assert!(sent);
}

#[tokio::test]
async fn only_a_host_that_proves_who_it_is_is_asked() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let (ended, request, _) = ask("https", "a.example", &Roots::of(ROOT), 2, answer).await;
    assert_eq!(ended.unwrap().body, b"hi");
    assert!(request.is_some());
    for (host, roots) in [
        ("b.example", Roots::of(ROOT)),
        ("127.0.0.1", Roots::of(ROOT)),
        // The host's own certificate vouches for nobody.
        ("a.example", Roots::of(HOST_CHAIN)),
    ] {
        let (ended, request, sent) = ask("https", host, &roots, 2, answer).await;
        let Err(NoAnswer::NotSent(why)) = ended else {
            panic!("{host}");
        };
        assert!(why.starts_with("did not prove who it is: "), "{why}");
        assert_eq!((request, sent), (None, false), "{host}");
    }
}

#[tokio::test]
async fn an_answer_ends_where_it_must() {
    let roots = Roots::default();
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nabc",
    ] {
        let (ended, ..) = ask("http", "a.example", &roots, 3, answer).await;
        assert_eq!(ended.unwrap().body, b"abc");
        let (ended, ..) = ask("http", "a.example", &roots, 2, answer).await;
        assert!(matches!(ended, Err(NoAnswer::TooLarge)));
    }
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabc",
        b"SSH-2.0-x\r\n",
    ] {
        let (ended, _, sent) = ask("http", "a.example", &roots, 100, answer).await;
        assert!(matches!(ended, Err(NoAnswer::Broken(_))), "{answer:?}");
        assert!(sent);
    }
}
