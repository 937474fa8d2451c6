//! A command that is confined by Landlock and seccomp, in namespaces that something else has made, or
//! in none: its helper, as tau sees it.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

use tokio::process::{Child, Command};

use super::inside::{CONFINED, WITHIN};
use super::spec::{Ended, Spec};
use super::streams::Streams;
use super::{sys, talk};

/// How many bytes say how long what follows is.
pub(super) const LENGTH: usize = size_of::<u64>();

/// The least Landlock that is a box by itself: it keeps signals from the machine's processes.
const LEAST: i32 = 6;

/// Whether this machine can confine commands.
///
/// # Errors
/// Why not.
pub(super) fn probe() -> Result<(), String> {
    sys::has_landlock(LEAST)?;
    lists_children()
}

/// Whether the kernel lists the children of a process, by which it is found what a command has left
/// behind.
///
/// # Errors
/// It does not.
pub(super) fn lists_children() -> Result<(), String> {
    match Path::new("/proc/thread-self/children").exists() {
        true => Ok(()),
        false => Err("this kernel does not list the children of processes".to_owned()),
    }
}

/// A helper with its command.
#[derive(Debug)]
pub(super) struct Confined {
    helper: Child,
    socket: UnixStream,
}

impl Confined {
    /// Starts a command with these streams. `around` starts the helper in namespaces of
    /// its own, if it starts in any.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn start(
        spec: &Spec,
        around: Option<std::process::Command>,
        streams: Streams<'_>,
    ) -> io::Result<Confined> {
        let (mut own, theirs) = UnixStream::pair()?;
        let word = if around.is_some() { WITHIN } else { CONFINED };
        let around = around.unwrap_or_else(|| std::process::Command::new("/proc/self/exe"));
        let mut command = Command::from(around);
        command
            .arg(word)
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(streams.output.try_clone_to_owned()?))
            .stderr(Stdio::null())
            .process_group(0);
        let helper = command.spawn()?;
        // The other end is the helper's alone, so that its end is the end of what is read.
        drop(command);
        let text = serde_json::to_vec(spec)?;
        let length: [u8; LENGTH] = (text.len() as u64).to_le_bytes();
        // The output is the helper's own; what else there is goes with the first bytes.
        talk::send(own.as_fd(), &length, &streams.all()[1..])?;
        own.write_all(&text)?;
        Ok(Confined {
            helper,
            socket: own,
        })
    }

    /// Waits for its end.
    pub(super) async fn wait(&mut self) -> Ended {
        if let Err(error) = self.helper.wait().await {
            return Ended::NoBox(format!("the helper cannot be waited for: {error}"));
        }
        let mut said = Vec::new();
        match self.socket.read_to_end(&mut said) {
            Ok(1..) => serde_json::from_slice(&said).unwrap_or(Ended::Killed),
            _ => Ended::Killed,
        }
    }

    /// Makes the helper kill the command with all it has started. It does so also when this is
    /// dropped, or this process is gone.
    pub(super) fn kill(&self) {
        // It fails when the helper is gone.
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}
