//! Requests with a whole `http://` address: each is read, and written anew to its host.

use std::sync::{Mutex, PoisonError};

use http_body_util::Either;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use hyper::http::uri::PathAndQuery;
use hyper::{Request, Response, Uri, Version};
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;

use super::{Body, Not};
use crate::net::Gate;
use crate::net::hosts::Target;

/// The port of `http`.
const HTTP: u16 = 80;

/// Fields that are about one connection, and not about what is asked or answered.
const HOP_BY_HOP: &[&str] = &[
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Asks the host that a request is for, and gives its answer. What carries the answer's body goes
/// on among `carriers` when this has returned.
pub(super) async fn pass_on(
    request: Request<Incoming>,
    gate: &Gate,
    carriers: &Mutex<JoinSet<()>>,
) -> Result<Response<Body>, Not> {
    let target = target(&request)?;
    one_length(request.headers())?;
    let opened = gate.open(&target).await;
    let stream = opened.map_err(|not| Not::Opened(target.scope(), not))?;
    let broken = |_| {
        Not::Broken(format!(
            "`{}` does not answer as HTTP says.",
            target.scope()
        ))
    };
    let limits = gate.limits();
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(limits.head)
        .max_headers(limits.fields)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let request = anew(request, &target);
    carriers
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .spawn(async move {
            // Whoever reads the answer sees that it has broken off.
            let _ = connection.await;
        });
    let mut response = sender.send_request(request).await.map_err(broken)?;
    strip(response.headers_mut());
    *response.version_mut() = Version::HTTP_11;
    Ok(response.map(Either::Right))
}

/// The host that a request is for, when all that it says of it agrees.
fn target(request: &Request<Incoming>) -> Result<Target, Not> {
    let wrong = |why: &str| Err(Not::Wrong(why.to_owned()));
    let uri = request.uri();
    let authority = match (uri.scheme_str(), uri.authority()) {
        (Some("http"), Some(authority)) => authority.as_str(),
        (Some(_), _) => {
            return wrong(
                "Only `http://` is passed on; a host of `https://` is reached by `CONNECT`.",
            );
        }
        _ => return wrong("This is a proxy: a request has its whole address, `http://host/path`."),
    };
    let read = |text| Target::of_authority(text, Some(HTTP));
    let target = read(authority)
        .map_err(|why| Not::Wrong(format!("The host of the address is none: {why}.")))?;
    let mut hosts = request.headers().get_all(HOST).iter();
    let agrees = match (hosts.next(), hosts.next()) {
        (None, _) => request.version() == Version::HTTP_10,
        (Some(host), None) => {
            let host = host.to_str().ok().and_then(|host| read(host).ok());
            host.as_ref() == Some(&target)
        }
        (Some(_), Some(_)) => false,
    };
    match agrees {
        true => Ok(target),
        false => wrong("`Host` must name the host of the address, once."),
    }
}

/// Refuses what says in more than one way where it ends. A length beside `chunked` has been taken
/// away when this sees it, as HTTP says, and its host never sees it.
fn one_length(headers: &HeaderMap) -> Result<(), Not> {
    let lengths = headers.get_all(CONTENT_LENGTH).iter().count();
    let codings: Vec<_> = headers.get_all(TRANSFER_ENCODING).iter().collect();
    let is_chunked = |it: &&HeaderValue| it.as_bytes().eq_ignore_ascii_case(b"chunked");
    match (lengths, codings.as_slice()) {
        (0 | 1, []) => Ok(()),
        (0, [one]) if is_chunked(one) => Ok(()),
        _ => Err(Not::Wrong(
            "A request says once how long it is, by its length or as `chunked`.".to_owned(),
        )),
    }
}

/// The request as it goes to its host.
fn anew(request: Request<Incoming>, target: &Target) -> Request<Incoming> {
    let (mut parts, body) = request.into_parts();
    strip(&mut parts.headers);
    let host = match target.port() {
        HTTP => target.host().to_owned(),
        _ => target.scope(),
    };
    if let Ok(host) = HeaderValue::from_str(&host) {
        parts.headers.insert(HOST, host);
    }
    parts
        .headers
        .insert(CONNECTION, HeaderValue::from_static("close"));
    let path = parts.uri.path_and_query().cloned();
    parts.uri = Uri::from(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
    parts.version = Version::HTTP_11;
    Request::from_parts(parts, body)
}

/// Takes away what is about one connection: what is known to be, and what `Connection` names.
fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        // Who could have these taken away could make a request that is read in two ways.
        .filter(|name| *name != HOST && *name != CONTENT_LENGTH)
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(*name);
    }
}
