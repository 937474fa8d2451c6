//! The way out of a box: its init makes a listener in the network of the box, where nothing else is,
//! and hands it to tau. Whoever connects to it in the box is connected to tau, and to nobody else.

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use tokio::io::Interest;
use tokio::net::{TcpListener, UnixStream};

/// The port of the listener, at `127.0.0.1` in the box. It is below those that a command may take for
/// its own servers, and below those that the system gives out.
pub const PORT: u16 = 808;

/// What is sent with the listener, since a descriptor cannot be sent alone.
pub(super) const LISTENER: &[u8] = b"l";

/// On which an init hands out its listener.
#[derive(Debug)]
pub struct Line(UnixStream);

impl Line {
    /// This end, and the init's.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn new() -> io::Result<(Line, OwnedFd)> {
        let (own, theirs) = StdUnixStream::pair()?;
        own.set_nonblocking(true)?;
        Ok((Line(UnixStream::from_std(own)?), theirs.into()))
    }

    /// Waits for the listener; `None` when the init has ended before.
    ///
    /// # Errors
    /// The system's, as when this process has too many open files.
    pub async fn listener(self) -> io::Result<Option<TcpListener>> {
        let receiving = || receive(&self.0);
        let Some(listener) = self.0.async_io(Interest::READABLE, receiving).await? else {
            return Ok(None);
        };
        let listener = std::net::TcpListener::from(listener);
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener).map(Some)
    }
}

fn receive(line: &UnixStream) -> io::Result<Option<OwnedFd>> {
    let mut bytes = [0; LISTENER.len()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut parts = [IoSliceMut::new(&mut bytes)];
    let received = recvmsg(line, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let passed = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    match passed {
        Some(listener) => Ok(Some(listener)),
        None if received.bytes == 0 => Ok(None),
        // What came with it had no place in this process.
        None => Err(rustix::io::Errno::MFILE.into()),
    }
}
