//! Where the streams of a command lead.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

/// The streams that a command is started with, as tau has them.
#[derive(Clone, Copy, Debug)]
pub struct Streams<'a> {
    /// Where its output goes; its errors, too, if nobody talks with it.
    pub output: BorrowedFd<'a>,
    /// What it reads, and where its errors go, if somebody talks with it. Otherwise its input is
    /// empty.
    pub talked: Option<(BorrowedFd<'a>, BorrowedFd<'a>)>,
}

impl<'a> Streams<'a> {
    /// In the order in which they are sent, behind each other.
    pub(super) fn all(&self) -> Vec<BorrowedFd<'a>> {
        let mut all = vec![self.output];
        all.extend(
            self.talked
                .iter()
                .flat_map(|(input, errors)| [input, errors]),
        );
        all
    }
}

/// The same in the process that starts the command.
#[derive(Debug)]
pub(super) struct Given {
    output: OwnedFd,
    talked: Option<(OwnedFd, OwnedFd)>,
}

impl Given {
    /// From what was sent; `None` if something is missing.
    pub(super) fn new(sent: Vec<OwnedFd>) -> Option<Given> {
        let mut sent = sent.into_iter();
        let output = sent.next()?;
        let talked = match (sent.next(), sent.next()) {
            (None, None) => None,
            (input, errors) => Some((input?, errors?)),
        };
        Some(Given { output, talked })
    }

    /// Input, output and errors; `null` opens what is read where nobody talks.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn three(
        &self,
        null: impl FnOnce() -> io::Result<OwnedFd>,
    ) -> io::Result<(OwnedFd, OwnedFd, OwnedFd)> {
        let own = |fd: &OwnedFd| fd.as_fd().try_clone_to_owned();
        Ok(match &self.talked {
            Some((input, errors)) => (own(input)?, own(&self.output)?, own(errors)?),
            None => (null()?, own(&self.output)?, own(&self.output)?),
        })
    }
}
