//! What one run of a verifier's command showed.

use std::mem::discriminant;

use tau_interpreter::action::{Exit, Failure, FailureKind, Finished};
use tau_interpreter::process::without_colors;

use super::exit_codes::{Meaning, meaning};
use super::report::{Read, Report, Tests};
use super::runners::Attached;
use crate::output::{help_with, kept, told};

/// One run in one clean checkout.
pub(super) struct Run {
    pub(super) outcome: Outcome,
    /// What a runner said of its tests.
    pub(super) report: Option<Report>,
    /// Its exit code, if it ended by itself, and no test of tau's decided it.
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
    /// It ran no tests. Its exit code, if that is what says so.
    Vacuous(Option<i32>),
    /// It could not decide: why, as a clause, and what to do.
    Broken {
        why: String,
        help: &'static str,
    },
    /// It is not to be believed: why, as a clause.
    Compromised(String),
}

/// What is to be done where tests cannot be loaded.
const LOAD: &str = "Repair what it tells. A verifier that shows by such an error what is wrong says so: `red { kind: \"error\" }`.";

/// The same where a package is not there, as Python and Node say it.
const ABSENT: &str = "Install it where the check finds it, which has no network, or let a command decide that needs less, such as the tests of one file: `check`, `--set check=\"…\"`.";

/// What to do about what a runner says of a test that it cannot load.
fn repair(last: &str) -> &'static str {
    let absent = [
        "No module named",
        "Cannot find module",
        "Cannot find package",
    ];
    match absent.iter().any(|it| last.contains(it)) {
        true => ABSENT,
        false => LOAD,
    }
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
            report: None,
            exit: match finished.exit {
                Exit::Code(code) => Some(code),
                _ => None,
            },
            log: without_colors(kept(&finished.tail)).into_owned(),
            log_ref: Some(finished.log),
            seconds: finished.seconds,
        })
    }

    /// The same run with what its runner reported. `may_break` says that a test which cannot be
    /// loaded is a failure like others.
    pub(super) fn with(
        mut self,
        read: Read,
        attached: &Attached,
        argv: &[String],
        may_break: bool,
    ) -> Run {
        let Some(code) = self.exit else {
            return self;
        };
        match read {
            Read::Broken { why, help } => {
                self.outcome = match meaning(argv, code) {
                    Some(Meaning::NoTests) => Outcome::Vacuous(Some(code)),
                    Some(Meaning::Undecided(why, help)) => Outcome::Broken {
                        why: why.to_owned(),
                        help,
                    },
                    None => Outcome::Broken { why, help },
                };
            }
            Read::Unknown => {}
            Read::Compromised(why) => self.outcome = Outcome::Compromised(why),
            Read::Report(report) => {
                self.outcome = match meaning(argv, code) {
                    // It says that it never began, and has reported nothing.
                    Some(Meaning::Undecided(why, help)) if report.is_silent() => Outcome::Broken {
                        why: why.to_owned(),
                        help,
                    },
                    _ => Outcome::of(&report, attached, code, may_break),
                };
                if attached.ends_with.is_some() {
                    self.exit = None;
                }
                self.report = Some(report);
            }
        }
        self
    }

    fn not_started(failure: Failure) -> Run {
        Run {
            outcome: Outcome::Broken {
                why: "it could not be started".to_owned(),
                help: "Correct the command, or what it starts.",
            },
            report: None,
            exit: None,
            log: failure.message,
            log_ref: None,
            seconds: 0.0,
        }
    }

    /// Whether both say the same: of the whole, and of each test.
    pub(super) fn agrees(&self, other: &Run) -> bool {
        let tests = |run: &Run| run.report.as_ref().map(Report::tests);
        self.outcome.agrees(&other.outcome) && tests(self) == tests(other)
    }

    /// What the run did, after `run 1`.
    pub(super) fn told(&self) -> String {
        let failed = self.report.as_ref().map(|it| it.tests().failed);
        match (&self.outcome, failed) {
            (Outcome::Passed, _) => "passed".to_owned(),
            (Outcome::Failed(_), Some(failed)) if !failed.is_empty() => {
                format!("failed in {}", some_of(&failed))
            }
            (Outcome::Failed(code), _) => format!("failed with exit code {code}"),
            (Outcome::Vacuous(Some(code)), _) => format!("ran no tests (exit code {code})"),
            (Outcome::Vacuous(None), _) => "ran no tests".to_owned(),
            (Outcome::Broken { why, .. }, _) => format!("could not decide: {why}"),
            (Outcome::Compromised(why), _) => format!("is not to be believed: {why}"),
        }
    }
}

/// The hands' codes for what the operating system would not start all begin so.
fn is_not_started(failure: &Failure) -> bool {
    failure.kind == FailureKind::Failed && failure.code.starts_with("command-")
}

/// Up to three names, and how many more there are.
pub(super) fn some_of<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| format!("`{}`", crate::shown::shown(name, 100)))
        .collect();
    let first = names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(3) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

impl Outcome {
    fn read(argv: &[String], finished: &Finished) -> Outcome {
        let help = match finished.exit {
            Exit::Code(0) => return Outcome::Passed,
            Exit::Code(code) => {
                return match meaning(argv, code) {
                    None => Outcome::Failed(code),
                    Some(Meaning::NoTests) => Outcome::Vacuous(Some(code)),
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

    /// What a runner's report comes to, together with the exit code.
    fn of(report: &Report, attached: &Attached, code: i32, may_break: bool) -> Outcome {
        let missed = attached.may_miss && !report.has_heard_sentinels();
        let sentinels = attached.sentinels.is_some() && !missed;
        if let Some(why) = report.compromised(sentinels) {
            return Outcome::Compromised(why);
        }
        if code == 0 && sentinels && attached.ends_with.is_some_and(|wanted| wanted != 0) {
            return Outcome::Compromised(
                "it ended with exit code 0 though a test had failed".to_owned(),
            );
        }
        let Tests {
            passed,
            failed,
            broken,
            ..
        } = report.tests();
        if !failed.is_empty() || (may_break && !broken.is_empty()) {
            return Outcome::Failed(code);
        }
        if let Some((id, message)) = report.first_error() {
            let last = message.lines().rfind(|line| !line.trim().is_empty());
            let last = last.map_or("it does not say why", |line| {
                line.trim_start_matches("E  ").trim()
            });
            let (id, last) = (
                crate::shown::shown(&id, 100),
                crate::shown::shown(last, 200),
            );
            return Outcome::Broken {
                why: format!("`{id}` could not be run or loaded: {last}"),
                help: repair(&last),
            };
        }
        if passed.is_empty() {
            return Outcome::Vacuous(None);
        }
        let wanted = match attached.ends_with {
            Some(wanted) if report.has_sentinels() => wanted,
            _ => 0,
        };
        match code == wanted {
            true => Outcome::Passed,
            // What is no test, such as a floor of coverage.
            false => Outcome::Failed(code),
        }
    }

    /// Whether no further run can make more of it than this one: only agreement of runs that
    /// passed, or of runs that failed, counts.
    pub(super) fn is_final(&self) -> bool {
        matches!(
            self,
            Outcome::Vacuous(_) | Outcome::Broken { .. } | Outcome::Compromised(_)
        )
    }

    /// Whether both say the same, be it with different exit codes.
    fn agrees(&self, other: &Outcome) -> bool {
        discriminant(self) == discriminant(other)
    }
}

#[cfg(test)]
mod tests {
    use super::{ABSENT, LOAD, repair};

    #[test]
    fn a_package_that_is_not_there_is_installed_and_other_errors_are_mended() {
        let python = "ModuleNotFoundError: No module named 'freezegun'";
        let node = "Error: Cannot find module 'left-pad'";
        assert_eq!([repair(python), repair(node)], [ABSENT, ABSENT]);
        assert_eq!(repair("SyntaxError: invalid syntax"), LOAD);
    }
}
