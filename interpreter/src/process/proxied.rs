//! The network of a command: a proxy of its own, which is there for as long as the command is.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::net::{Gate, proxy};
use crate::sandbox::{Line, PORT};

/// By these programs find their proxy: most by the first three, some in small letters only.
const ALL: &[&str] = &["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"];

/// Variables of programs that do not read those, each for addresses of one scheme or both.
const OWN: &[&str] = &["YARN_HTTPS_PROXY", "YARN_HTTP_PROXY"];

/// What else a program must be told to take a proxy: node, for what it fetches itself.
const TOLD: &[(&str, &str)] = &[("NODE_USE_ENV_PROXY", "1")];

/// Hosts that are in the box, and are not reached by the proxy.
const INSIDE: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// The variables by which programs find the proxy of their box.
pub(super) fn variables(gate: &Gate) -> Vec<(OsString, OsString)> {
    let proxy = format!("http://{}:{PORT}", Ipv4Addr::LOCALHOST);
    // Where a grant names one of these, the machine's is meant.
    let inside = INSIDE.iter().filter(|name| !gate.names(name));
    let inside = inside.copied().collect::<Vec<_>>().join(",");
    let both = |name: &str, value: &str| {
        [name.to_owned(), name.to_ascii_lowercase()].map(|name| (name.into(), value.into()))
    };
    let as_written = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
    let mut all: Vec<(OsString, OsString)> = Vec::new();
    all.extend(ALL.iter().flat_map(|name| both(name, &proxy)));
    all.extend(both("NO_PROXY", &inside));
    all.extend(OWN.iter().map(|name| as_written(name, &proxy)));
    all.extend(TOLD.iter().map(|(name, value)| as_written(name, value)));
    all
}

/// A proxy that is served. It ends when this is dropped.
pub(super) struct Proxied(JoinHandle<String>);

impl Proxied {
    /// Serves it on the listener that comes from the box.
    pub(super) fn serve(line: Line, gate: Gate) -> Proxied {
        Proxied(tokio::spawn(async move {
            match line.listener().await {
                Ok(Some(listener)) => {
                    proxy::serve(listener, Arc::new(gate)).await;
                    "its proxy has ended".to_owned()
                }
                // The box says itself why it is not there.
                Ok(None) => std::future::pending().await,
                Err(error) => format!("its proxy has no listener: {error}"),
            }
        }))
    }

    /// Waits until it is no longer served, which it is as long as its command is there; gives why.
    /// May be waited for again when this was cut.
    pub(super) async fn broken(&mut self) -> String {
        let ended = (&mut self.0).await;
        ended.unwrap_or_else(|error| format!("its proxy has ended: {error}"))
    }

    /// Ends it, and all connections that it has.
    pub(super) async fn end(mut self) {
        self.0.abort();
        // It says that it was told to end.
        let _ = (&mut self.0).await;
    }
}

impl Drop for Proxied {
    fn drop(&mut self) {
        self.0.abort();
    }
}
