//! Talking with a process while it runs: what it is told goes into its input, and what it writes is
//! heard line by line.

use std::io::{self, PipeReader};
use std::os::fd::OwnedFd;
use std::time::Duration;

use tokio::net::unix::pipe::Sender;
use tokio::time::Instant;

/// The longest line that is heard, in bytes.
const LINE: usize = 8 << 20;

/// How long a process goes on when all has been said.
const FAREWELL: Duration = Duration::from_secs(5);

/// Who talks with a process.
pub trait Speaker: Send {
    /// Whether it hears what the process writes; if not, only its input is written to.
    fn hears(&self) -> bool;
    /// What is said first.
    fn begin(&mut self) -> Said;
    /// What is said to a line.
    fn hear(&mut self, line: &str) -> Said;
}

/// What is said to a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Written to its input.
    pub text: String,
    /// How it goes on behind that.
    pub then: Then,
}

/// How a conversation goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// With more.
    #[default]
    More,
    /// The process gets no more, and may take its time. What it writes is still heard.
    Closed,
    /// All has been said: a process that does not end soon is killed.
    Over,
    /// The process is killed now.
    Killed,
}

/// One conversation.
pub(super) struct Talking<'a> {
    speaker: &'a mut dyn Speaker,
    input: Option<Sender>,
    pending: Vec<u8>,
    line: Vec<u8>,
    then: Then,
    /// When a process that is still there is killed.
    pub(super) until: Option<Instant>,
}

impl<'a> Talking<'a> {
    /// Begins it; with it comes what the process reads from.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn begin(speaker: &'a mut dyn Speaker) -> io::Result<(Talking<'a>, PipeReader)> {
        let (reader, writer) = io::pipe()?;
        let input = Sender::from_owned_fd(OwnedFd::from(writer))?;
        let said = speaker.begin();
        let mut talking = Talking {
            speaker,
            input: Some(input),
            pending: Vec::new(),
            line: Vec::new(),
            then: Then::More,
            until: None,
        };
        talking.say(said);
        Ok((talking, reader))
    }

    /// Whether what the process writes is heard.
    pub(super) fn hears(&self) -> bool {
        self.speaker.hears()
    }

    /// Whether something is to be done with the input.
    pub(super) fn has_more(&self) -> bool {
        self.input.is_some() && (!self.pending.is_empty() || self.then != Then::More)
    }

    /// Writes some of what is pending. May be cut.
    pub(super) async fn write(&mut self) {
        let Some(input) = &self.input else {
            return;
        };
        if !self.pending.is_empty() {
            let wrote = match input.writable().await {
                Ok(()) => input.try_write(&self.pending),
                Err(error) => Err(error),
            };
            match wrote {
                Ok(length) => drop(self.pending.drain(..length)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // It has closed its input, and reads no more.
                Err(_) => self.input = None,
            }
        }
        if self.pending.is_empty() && self.then != Then::More {
            self.input = None;
        }
    }

    /// Hears what the process has written.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        if !self.speaker.hears() {
            return;
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.len() > LINE {
                self.line.clear();
                // Who only listens misses it; who answers has lost the thread.
                if self.then == Then::Closed {
                    continue;
                }
                self.say(Said {
                    text: String::new(),
                    then: Then::Over,
                });
            }
            if self.line.ends_with(b"\n") && matches!(self.then, Then::More | Then::Closed) {
                let line = std::mem::take(&mut self.line);
                let said = self.speaker.hear(String::from_utf8_lossy(&line).trim_end());
                self.say(said);
            }
        }
    }

    fn say(&mut self, said: Said) {
        self.pending.extend_from_slice(said.text.as_bytes());
        // What is closed is not opened again.
        if (self.then, said.then) != (Then::Closed, Then::More) {
            self.then = said.then;
        }
        self.until = match self.then {
            Then::Over => Some(Instant::now() + FAREWELL),
            Then::Killed => Some(Instant::now()),
            Then::More | Then::Closed => None,
        };
    }
}
