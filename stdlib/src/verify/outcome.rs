//! What one run of a verifier's command showed.

use std::mem::discriminant;

use tau_interpreter::action::{Exit, Failure, FailureKind, Finished};

use super::exit_codes::{Meaning, meaning};
use crate::output::{help_with, kept, told};

/// One run in one clean checkout.
pub(super) struct Run {
    pub(super) outcome: Outcome,
    /// Its exit code, if it ended by itself.
    pub(super) exit: Option<i32>,
    /// The last of its output; why it could not be started, if it could not.
    pub(super) log: String,
    /// The blob with all of its output, if it was started.
    pub(super) log_ref: Option<String>,
    pub(super) seconds: f64,
}

/// What a run says about the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    /// With this exit code.
    Failed(i32),
    /// It ran no tests, as this exit code says.
    Vacuous(i32),
    /// It could not decide: why, as a clause, and what to do.
    Broken {
        why: String,
        help: &'static str,
    },
}

impl Run {
    /// Reads how a command ended.
    ///
    /// # Errors
    /// What is no fault of the command: missing authority, a missing program, a full disk.
    pub(super) fn read(argv: &[String], ended: Result<Finished, Failure>) -> Result<Run, Failure> {
        let finished = match ended {
            Ok(finished) => finished,
            Err(failure) if is_not_started(&failure) => return Ok(Run::not_started(failure)),
            Err(failure) => return Err(failure),
        };
        Ok(Run {
            outcome: Outcome::read(argv, &finished),
            exit: match finished.exit {
                Exit::Code(code) => Some(code),
                _ => None,
            },
            log: kept(&finished.tail).to_owned(),
            log_ref: Some(finished.log),
            seconds: finished.seconds,
        })
    }

    fn not_started(failure: Failure) -> Run {
        Run {
            outcome: Outcome::Broken {
                why: "it could not be started".to_owned(),
                help: "Correct the command, or what it starts.",
            },
            exit: None,
            log: failure.message,
            log_ref: None,
            seconds: 0.0,
        }
    }
}

/// The hands' codes for what the operating system would not start all begin so.
fn is_not_started(failure: &Failure) -> bool {
    failure.kind == FailureKind::Failed && failure.code.starts_with("command-")
}

impl Outcome {
    fn read(argv: &[String], finished: &Finished) -> Outcome {
        let help = match finished.exit {
            Exit::Code(0) => return Outcome::Passed,
            Exit::Code(code) => {
                return match meaning(argv, code) {
                    None => Outcome::Failed(code),
                    Some(Meaning::NoTests) => Outcome::Vacuous(code),
                    Some(Meaning::Undecided(why, help)) => Outcome::Broken {
                        why: why.to_owned(),
                        help,
                    },
                };
            }
            Exit::Signal(_) => {
                "Make the check fail by an exit code: a crash may have nothing to do with what it tests."
            }
            Exit::TimedOut => "Give the verifier a longer `timeout`, or make the check narrower.",
            Exit::TooMuchOutput => "Make the check write less.",
            Exit::Over(limit) => help_with(limit),
        };
        Outcome::Broken {
            why: told(finished),
            help,
        }
    }

    /// Whether no further run can make more of it than this one: only agreement of runs that
    /// passed, or of runs that failed, counts.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Outcome::Vacuous(_) | Outcome::Broken { .. })
    }

    /// Whether both say the same, be it with different exit codes.
    pub(super) fn agrees(&self, other: &Outcome) -> bool {
        discriminant(self) == discriminant(other)
    }

    /// What the run did, after `run 1`.
    pub(super) fn told(&self) -> String {
        match self {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Failed(code) => format!("failed with exit code {code}"),
            Outcome::Vacuous(code) => format!("ran no tests (exit code {code})"),
            Outcome::Broken { why, .. } => format!("could not decide: {why}"),
        }
    }
}
