//! How `tau` ends, as other programs see it.

use std::process::ExitCode;

/// The exit codes. Scripts depend on them: none ever changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(
    dead_code,
    reason = "every exit code has its place here, also those that nothing ends with yet"
)]
pub(crate) enum Exit {
    /// Done.
    Succeeded = 0,
    /// Done, and the answer is no: a run failed, a file has errors.
    Failed = 1,
    /// The file or the command line is wrong.
    Usage = 2,
    /// Nothing was touched, because something is missing.
    Blocked = 3,
    /// Stopped by a person.
    Cancelled = 4,
    /// An outside effect may or may not have happened.
    Uncertain = 5,
    /// It goes on later: waiting for a person, a time or an event.
    Waiting = 6,
    /// A fault in tau itself.
    Fault = 70,
}

impl Exit {
    /// The number that the calling program sees.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Why a command could not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The exit code it leads to.
    pub(crate) exit: Exit,
    /// One sentence, the user's text in backticks.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

impl Failure {
    /// The answer is no.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Failure::new(Exit::Failed, message)
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Failure::new(Exit::Usage, message)
    }

    /// A failure with any exit code.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Failure {
            exit,
            message: message.into(),
            help: None,
        }
    }

    /// The same with what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// How a command ends.
pub(crate) type Outcome = Result<Exit, Failure>;
