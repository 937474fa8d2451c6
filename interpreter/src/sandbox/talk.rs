//! What tau and its keeper say to each other, each a message of JSON on a socket.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::{Deserialize, Serialize};

use super::spec::{Ended, Ground};

/// The most bytes of a message. What may be longer goes in a file of its own.
pub(super) const MESSAGE: usize = 64 << 10;

/// The most descriptors that come with a message.
const DESCRIPTORS: usize = 5;

/// What tau asks for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Asked {
    /// Once, at the beginning.
    Begin(Ground),
    /// A command, under this number. With it come descriptors: a file with its [`Spec`]; where its
    /// output goes; if it is talked with, its input and where its errors go; and, if it is to have a
    /// proxy, where its init hands out the listener for that.
    ///
    /// [`Spec`]: super::spec::Spec
    Start(u64),
    /// An end for it and all that it has started.
    Kill(u64),
}

/// What the keeper says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// Commands can be started.
    Ready,
    /// This machine does not make boxes; why.
    NotReady(String),
    /// The command of this number has ended, and so has all that it had started.
    Ended(u64, Ended),
}

/// Sends bytes, and descriptors with them.
///
/// # Errors
/// The system's.
pub(super) fn send(socket: BorrowedFd<'_>, bytes: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(fds));
    }
    let parts = [IoSlice::new(bytes)];
    sendmsg(socket, &parts, &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Receives bytes: how many, and the descriptors that came with them. None are the end.
///
/// # Errors
/// The system's.
pub(super) fn receive(
    socket: BorrowedFd<'_>,
    bytes: &mut [u8],
) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut parts = [IoSliceMut::new(bytes)];
    let received = loop {
        match recvmsg(socket, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            other => break other?,
        }
    };
    let mut fds = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(passed) = message {
            fds.extend(passed);
        }
    }
    Ok((received.bytes, fds))
}
