//! The listener of a command's proxy: made in the command's network, and given to tau.

use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

use super::super::network::{LISTENER, PORT};
use super::{Doing as _, Step};

/// Makes a listener in the network that this process is in, and sends it down the line. Nobody in
/// the box keeps it.
pub(super) fn hand_out(line: Option<OwnedFd>) -> Result<(), Step> {
    let line = line.ok_or_else(|| Step("the line of the proxy is not there".to_owned()))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).doing("the proxy's listener")?;
    let fds = [listener.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&fds));
    sendmsg(
        &line,
        &[IoSlice::new(LISTENER)],
        &mut control,
        SendFlags::NOSIGNAL,
    )
    .doing("the line of the proxy")?;
    Ok(())
}
