//! The runs of all commands of a verifier on one tree, as one: each is judged by itself, in a checkout
//! of its own, and all must pass.

use tau_interpreter::action::{Failure, Subject, Work};
use tau_interpreter::blobs::sha256;

use super::judge::{About, Asked, run};
use super::outcome::{Outcome, Run};
use super::report::{Report, Shown, State};
use super::verifier::Verifier;

/// Runs the commands of a verifier once. `round` counts from 0; with `only`, only what these tests
/// are of is run.
///
/// # Errors
/// As of [`judge`](super::judge::judge).
pub(super) async fn run_all(
    hands: &dyn Work,
    verifier: &Verifier,
    subject: Subject,
    round: u64,
    only: Option<&[String]>,
) -> Result<(About, Run), Failure> {
    if verifier.also.is_empty() {
        return run(
            hands,
            verifier,
            asked(verifier, &subject, &verifier.run, round, only),
        )
        .await;
    }
    let mut parts = Vec::new();
    for (at, command) in verifier.commands().enumerate() {
        let own = only.map(|tests| tests_of(at + 1, tests));
        if own.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        let (about, run) = run(
            hands,
            verifier,
            asked(verifier, &subject, command, round, own.as_deref()),
        )
        .await?;
        parts.push(Part {
            number: at + 1,
            command,
            about,
            run,
        });
    }
    match parts.is_empty() {
        // None of them is of a test: the first says as much as any.
        true => {
            run(
                hands,
                verifier,
                asked(verifier, &subject, &verifier.run, round, None),
            )
            .await
        }
        false => Ok(together(parts)),
    }
}

fn asked<'a>(
    verifier: &'a Verifier,
    subject: &Subject,
    command: &'a str,
    round: u64,
    only: Option<&'a [String]>,
) -> Asked<'a> {
    Asked {
        subject: subject.clone(),
        run: command,
        hidden: &verifier.hides,
        round,
        only,
    }
}

/// One command's run.
struct Part<'a> {
    /// Its place among the commands, from 1.
    number: usize,
    command: &'a str,
    about: About,
    run: Run,
}

/// The tests of a command, by the names that it gives them itself.
fn tests_of(number: usize, tests: &[String]) -> Vec<String> {
    let begin = format!("{number}: ");
    let own = tests.iter().filter_map(|test| test.strip_prefix(&begin));
    own.map(str::to_owned).collect()
}

/// What they show together. There is at least one.
fn together(mut parts: Vec<Part<'_>>) -> (About, Run) {
    let report = reported(&parts);
    let runners: Vec<String> = parts.iter().filter_map(Part::runner).collect();
    let seconds = parts.iter().map(|part| part.run.seconds).sum();
    let log = parts
        .iter()
        .filter(|part| part.run.outcome != Outcome::Passed)
        .map(|part| format!("$ {}\n{}", part.command, part.run.log));
    let log = log.collect::<Vec<_>>().join("\n");
    let environments: Vec<&str> = parts
        .iter()
        .map(|part| part.about.environment.as_str())
        .collect();
    let environment = sha256(environments.join("\n").as_bytes());
    let deciding = (0..parts.len()).min_by_key(|at| weight(&parts[*at].run.outcome));
    let Part { about, run, .. } = parts.swap_remove(deciding.unwrap_or_default());
    let about = About {
        environment,
        runner: (!runners.is_empty()).then(|| runners.join(", ")),
        ..about
    };
    let log = match log.is_empty() {
        true => run.log,
        false => log,
    };
    let run = Run {
        report,
        seconds,
        log,
        ..run
    };
    (about, run)
}

impl Part<'_> {
    fn runner(&self) -> Option<String> {
        let report = self.run.report.as_ref()?;
        let name = self.about.runner.clone()?;
        Some(match &report.version {
            Some(version) => format!("{name} ({version})"),
            None => name,
        })
    }
}

/// The tests of all, each behind the number of its command; none where no runner was read. A
/// command whose runner is not known is a test itself.
fn reported(parts: &[Part<'_>]) -> Option<Report> {
    parts.iter().find(|part| part.run.report.is_some())?;
    let all = parts.iter().map(|part| {
        let report = part.run.report.clone().unwrap_or_else(|| {
            let mut report = Report::default();
            let state = match part.run.outcome {
                Outcome::Passed => Some(State::Passed),
                Outcome::Failed(_) => Some(State::Failed),
                _ => None,
            };
            if let Some(state) = state {
                report.saw(part.command.to_owned(), state, Shown::default());
            }
            report
        });
        (part.number, report)
    });
    Some(Report::together(all))
}

/// What decides for all: the least that is to be believed, and before that what failed.
fn weight(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Compromised(_) => 0,
        Outcome::Broken { .. } => 1,
        Outcome::Vacuous(_) => 2,
        Outcome::Failed(_) => 3,
        Outcome::Passed => 4,
    }
}
