//! The proxy through which programs in the box reach the hosts that their mission grants.
//!
//! It speaks HTTP/1.1 and knows two requests. `CONNECT host:port` gives a tunnel; what begins it
//! as TLS must name the same host. Any other request has a whole `http://` address and is passed on
//! by one exchange, with the same host in its `Host`. Every connection carries one request,
//! and every request is read and written anew by a parser and a printer, never copied: there is
//! nothing in which two readers could see two different requests.
//!
//! Refusals have status 403 and say in one line, which is their reason phrase too, what was refused and
//! which line would grant it.

pub mod hello;
mod plain;
mod tunnel;

use std::convert::Infallible;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use self::tunnel::Tunnel;
use super::metered::{Metered, Traffic};
use super::{Gate, NotOpened};

/// What the proxy answers with: words of its own, or what a host has sent.
type Body = Either<Full<Bytes>, Incoming>;

/// Serves the proxy on a listener, for programs that may reach what `gate` lets through.
///
/// It never ends by itself. Whoever drops it ends every connection that it has, so a step that is
/// over has no way out any more. The listener may stand in a network namespace of its own: only
/// what comes in does so there, and what goes out goes from where tau runs. Errors of single
/// connections are told to their clients; what is refused, and what is used, is told to the gate's
/// sink.
pub async fn serve(listener: TcpListener, gate: Arc<Gate>) {
    let limits = *gate.limits();
    let free = Arc::new(Semaphore::new(limits.connections));
    let all = Arc::new(AtomicU64::new(0));
    let mut connections = JoinSet::new();
    loop {
        // Who finds no place waits in the listener's queue.
        let Ok(place) = free.clone().acquire_owned().await else {
            return;
        };
        let accepted = loop {
            tokio::select! {
                accepted = listener.accept() => break accepted,
                // Those that have ended are forgotten.
                Some(_) = connections.join_next() => {}
            }
        };
        let Ok((stream, _)) = accepted else {
            // For want of descriptors, or of a client that is gone already.
            gate.clock()
                .sleep(std::time::Duration::from_millis(20))
                .await;
            continue;
        };
        let traffic = Traffic::new(all.clone(), limits.bytes);
        let gate = gate.clone();
        connections.spawn(async move {
            tokio::select! {
                () = connection(stream, &gate, &traffic) => {}
                () = traffic.silence(gate.clock(), limits.idle) => {}
            }
            drop(place);
        });
    }
}

/// One connection with its one request.
async fn connection(stream: TcpStream, gate: &Arc<Gate>, traffic: &Traffic) {
    let limits = *gate.limits();
    let _ = stream.set_nodelay(true);
    let stream = TokioIo::new(Metered::new(stream, traffic.clone()));
    let asked: Arc<Asked> = Arc::default();
    let service = service_fn(|request| {
        let (gate, asked) = (gate.clone(), asked.clone());
        async move { Ok::<_, Infallible>(answer(request, &gate, &asked).await) }
    });
    let served = http1::Builder::new()
        .keep_alive(false)
        .half_close(true)
        .max_buf_size(limits.head)
        .max_headers(limits.fields)
        .timer(TokioTimer::new())
        .header_read_timeout(limits.first)
        .serve_connection(stream, service)
        .with_upgrades();
    if served.await.is_err() {
        // It was told so, as far as it listens.
        return;
    }
    let tunnel = asked
        .tunnel
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(tunnel) = tunnel {
        tunnel.carry(gate).await;
    }
}

/// What the one request of a connection has led to, for as long as the connection is there.
#[derive(Default)]
struct Asked {
    tunnel: Mutex<Option<Tunnel>>,
    /// What carries the body of an answer.
    carriers: Mutex<JoinSet<()>>,
}

async fn answer(request: Request<Incoming>, gate: &Gate, asked: &Asked) -> Response<Body> {
    let answered = match *request.method() {
        Method::CONNECT => match Tunnel::open(request, gate).await {
            Ok(opened) => {
                let mut tunnel = asked.tunnel.lock().unwrap_or_else(PoisonError::into_inner);
                *tunnel = Some(opened);
                Ok(Response::new(Either::Left(Full::default())))
            }
            Err(not) => Err(not),
        },
        _ => plain::pass_on(request, gate, &asked.carriers).await,
    };
    answered.unwrap_or_else(Not::told)
}

/// Why a request is not passed on.
enum Not {
    /// It is not one that a proxy passes on; why, as a sentence.
    Wrong(String),
    /// Its host gives no connection.
    Opened(String, NotOpened),
    /// The host has not answered as HTTP says; why, as a sentence.
    Broken(String),
}

impl Not {
    fn told(self) -> Response<Body> {
        let (status, text) = match self {
            Not::Wrong(why) => (StatusCode::BAD_REQUEST, why),
            Not::Broken(why) => (StatusCode::BAD_GATEWAY, why),
            Not::Opened(_, NotOpened::Refused(refused)) => {
                let grant = refused.grant.as_ref();
                let grant = grant.map(|line| format!(" Add to `authority`: {line}"));
                let text = format!("{refused}.{}", grant.unwrap_or_default());
                (StatusCode::FORBIDDEN, text)
            }
            Not::Opened(scope, NotOpened::Unreachable(why)) => {
                (StatusCode::BAD_GATEWAY, format!("`{scope}` {why}."))
            }
        };
        let text = format!("tau: {text}");
        let body = Either::Left(Full::from(format!("{text}\n")));
        let mut response = Response::new(body);
        *response.status_mut() = status;
        // Of what `CONNECT` is answered most programs show nothing but this.
        if let Ok(reason) = ReasonPhrase::try_from(text) {
            response.extensions_mut().insert(reason);
        }
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, plain);
        response
    }
}

#[cfg(test)]
mod tests;
