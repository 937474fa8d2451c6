//! A connection whose bytes are counted, so that there is an end to them and to silence.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::clock::Clock;

/// How many bytes a connection has carried, and how many all of them together still may.
#[derive(Clone)]
pub(super) struct Traffic {
    own: Arc<AtomicU64>,
    all: Arc<AtomicU64>,
    most: u64,
}

impl Traffic {
    /// Of a connection that shares `all`, of which there may be `most`.
    pub(super) fn new(all: Arc<AtomicU64>, most: u64) -> Traffic {
        let own = Arc::default();
        Traffic { own, all, most }
    }

    fn add(&self, bytes: usize) -> io::Result<()> {
        let bytes = bytes as u64;
        self.own.fetch_add(bytes, Ordering::Relaxed);
        let before = self.all.fetch_add(bytes, Ordering::Relaxed);
        match before.saturating_add(bytes) > self.most {
            true => Err(io::Error::other(
                "more bytes than all connections may carry",
            )),
            false => Ok(()),
        }
    }

    /// Ends when no byte has come or gone for so long; at the latest after twice that time.
    pub(super) async fn silence(&self, clock: &Clock, idle: Duration) {
        let mut seen = self.own.load(Ordering::Relaxed);
        loop {
            clock.sleep(idle).await;
            let now = self.own.load(Ordering::Relaxed);
            if now == seen {
                return;
            }
            seen = now;
        }
    }
}

/// A connection with its count.
pub(super) struct Metered<S> {
    stream: S,
    traffic: Traffic,
}

impl<S> Metered<S> {
    pub(super) fn new(stream: S, traffic: Traffic) -> Metered<S> {
        Metered { stream, traffic }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let own = self.get_mut();
        let before = into.filled().len();
        let read = Pin::new(&mut own.stream).poll_read(context, into);
        if let Poll::Ready(Ok(())) = read {
            own.traffic.add(into.filled().len() - before)?;
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let own = self.get_mut();
        let written = Pin::new(&mut own.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(written)) = written {
            own.traffic.add(written)?;
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
