//! One request over a connection of its own, and its answer.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::rustls::pki_types::ServerName;

use super::url::Url;
use super::{Gate, NotOpened, Roots};

/// What is asked.
pub struct Ask {
    /// How.
    pub method: Method,
    /// Of whom.
    pub url: Url,
    /// Fields besides `Host` and those of the connection.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
}

/// How an answer is read.
pub struct Reading<'a> {
    /// The most bytes that its body may have.
    pub most: u64,
    /// How long nothing may come, where that is bounded.
    pub patience: Option<Patience>,
    /// Whether what has come of its body is all that matters, though the host has not ended it.
    pub is_whole: &'a (dyn Fn(&[u8]) -> bool + Sync),
}

/// How long a host may be silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From the request to the head of the answer.
    pub first: Duration,
    /// Between any two pieces of its body.
    pub idle: Duration,
}

impl Reading<'_> {
    /// To its end, with at most so many bytes of a body.
    #[must_use]
    pub fn all(most: u64) -> Reading<'static> {
        Reading {
            most,
            patience: None,
            is_whole: &|_| false,
        }
    }
}

/// What was answered.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its fields.
    pub headers: HeaderMap,
    /// Its body, all of it.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// There is no connection.
    NotOpened(NotOpened),
    /// Nothing was sent; why, as a clause about the host.
    NotSent(String),
    /// It was sent, and what came back cannot be used; why, as a clause about the host.
    Broken(String),
    /// It was sent, and nothing has come for so long.
    Silent(Duration),
    /// The answer is larger than what is wanted.
    TooLarge,
}

/// Asks, and reads the answer. `sent` turns `true` before the first byte of the request goes out.
/// Whoever drops it drops the connection.
///
/// # Errors
/// There is no answer.
pub async fn exchange(
    gate: &Gate,
    roots: &Roots,
    ask: Ask,
    reading: &Reading<'_>,
    sent: &AtomicBool,
) -> Result<Answer, NoAnswer> {
    let opened = gate.open(ask.url.target()).await;
    let stream = opened.map_err(NoAnswer::NotOpened)?;
    if !ask.url.is_secure() {
        return over(stream, gate, ask, reading, sent).await;
    }
    let connector = roots.connector().map_err(NoAnswer::NotSent)?;
    let host = ask.url.target().host().trim_matches(['[', ']']).to_owned();
    let host = ServerName::try_from(host)
        .map_err(|_| NoAnswer::NotSent("has a name that TLS does not know".to_owned()))?;
    let stream = connector.connect(host, stream).await.map_err(|error| {
        NoAnswer::NotSent(match error.kind() {
            // What TLS itself says, and not the connection below it.
            io::ErrorKind::InvalidData => format!("did not prove who it is: {error}"),
            _ => format!("broke off before it was known who it is: {error}"),
        })
    })?;
    over(stream, gate, ask, reading, sent).await
}

/// Does it over a connection that is there.
async fn over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    gate: &Gate,
    ask: Ask,
    reading: &Reading<'_>,
    sent: &AtomicBool,
) -> Result<Answer, NoAnswer> {
    let limits = gate.limits();
    let shaken = http1::Builder::new()
        .max_buf_size(limits.head)
        .max_headers(limits.fields)
        .handshake(TokioIo::new(stream))
        .await;
    let (mut sender, connection) = shaken.map_err(|error| NoAnswer::NotSent(told(&error)))?;
    let asking = async move {
        let request = request(ask).map_err(NoAnswer::NotSent)?;
        sent.store(true, Ordering::Relaxed);
        let first = reading.patience.map(|patience| patience.first);
        let answered = within(gate, first, sender.send_request(request)).await?;
        let answered = answered.map_err(|error| NoAnswer::Broken(told(&error)))?;
        read(answered, gate, reading).await
    };
    let carrying = async move {
        // Whoever asks sees what went wrong.
        let _ = connection.await;
        std::future::pending::<std::convert::Infallible>().await
    };
    tokio::select! {
        ended = asking => ended,
        never = carrying => match never {},
    }
}

fn request(ask: Ask) -> Result<Request<Full<Bytes>>, String> {
    let host = HeaderValue::from_str(&ask.url.host());
    let mut request = Request::builder()
        .method(ask.method)
        .uri(ask.url.path())
        .body(Full::new(ask.body))
        .map_err(|error| format!("has a path that cannot be sent: {error}"))?;
    *request.headers_mut() = ask.headers;
    let host = host.map_err(|error| format!("has a name that cannot be sent: {error}"))?;
    request.headers_mut().insert(HOST, host);
    let close = HeaderValue::from_static("close");
    request.headers_mut().insert(CONNECTION, close);
    Ok(request)
}

async fn read(
    response: Response<Incoming>,
    gate: &Gate,
    reading: &Reading<'_>,
) -> Result<Answer, NoAnswer> {
    let (parts, mut incoming) = response.into_parts();
    if incoming.size_hint().lower() > reading.most {
        return Err(NoAnswer::TooLarge);
    }
    let idle = reading.patience.map(|patience| patience.idle);
    let mut body = Vec::new();
    while let Some(frame) = within(gate, idle, incoming.frame()).await? {
        let frame = frame.map_err(|error| NoAnswer::Broken(told(&error)))?;
        if let Ok(data) = frame.into_data() {
            if (body.len() + data.len()) as u64 > reading.most {
                return Err(NoAnswer::TooLarge);
            }
            body.extend_from_slice(&data);
            if (reading.is_whole)(&body) {
                break;
            }
        }
    }
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body,
    })
}

/// What comes within this time, where it is bounded.
async fn within<T>(
    gate: &Gate,
    time: Option<Duration>,
    what: impl Future<Output = T>,
) -> Result<T, NoAnswer> {
    let Some(time) = time else {
        return Ok(what.await);
    };
    tokio::select! {
        ended = what => Ok(ended),
        () = gate.clock().sleep(time) => Err(NoAnswer::Silent(time)),
    }
}

/// What went wrong, as a clause about the host.
fn told(error: &hyper::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("did not answer as HTTP says: {error}: {source}"),
        None => format!("did not answer as HTTP says: {error}"),
    }
}

#[cfg(test)]
mod tests;
