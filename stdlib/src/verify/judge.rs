//! Runs a verifier on one tree and says what that shows.

use tau_interpreter::action::{Command, Failure, Subject, Work};
use tau_interpreter::sandbox::Tier;

use super::expected::Expected;
use super::outcome::{Outcome, Run, some_of};
use super::report::{Read, Report};
use super::runners;
use super::together::run_all;
use super::verdict::{Verdict, Word};
use super::verifier::Verifier;

/// Which tree is judged, and what it is called in sentences.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The base, before any edit.
    Base,
    /// The mission's tree as it is now.
    Candidate,
    /// The base again: what is left of the mission's tree without its change.
    TakenBack,
}

impl Place {
    fn subject(self, verifier: &Verifier) -> Subject {
        match self {
            Place::Base | Place::TakenBack => Subject::Base(verifier.ground()),
            Place::Candidate => Subject::Candidate(verifier.ground()),
        }
    }

    fn told(self) -> &'static str {
        match self {
            Place::Base => "on the base",
            Place::Candidate => "with the change",
            Place::TakenBack => "with the change taken back",
        }
    }
}

/// A verdict, and what its reader can do if it decides nothing.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) help: Option<&'static str>,
    /// What the runner of the last run said.
    pub(super) report: Option<Report>,
}

/// What to do about runs that disagree.
pub(super) const MAKE_STEADY: &str =
    "Make the check give the same answer each time (fix its seed, its order, its clock).";

pub(super) const SHOW_FAILURE: &str = "Give a check that fails without the change. If it ran no tests at all, name tests that exist on the base.";

pub(super) const NAME_TESTS: &str = "Name tests that exist on the base.";

const DISBELIEVE: &str = "Look at what the tree does to its own test runner: its configuration, its plugins, and code that ends or changes the runner's process.";

/// Runs the verifier as often as it asks for, each time in a fresh checkout, until the verdict is
/// settled.
///
/// # Errors
/// Only what says nothing about the tree: missing authority, a missing program, a full disk.
pub(super) async fn judge(
    hands: &dyn Work,
    verifier: &Verifier,
    place: Place,
) -> Result<Judged, Failure> {
    let (about, first) = run_all(hands, verifier, place.subject(verifier), 0, None).await?;
    let mut seconds = first.seconds;
    let mut runs = 1;
    let mut again: Option<Run> = None;
    let mut last = &first;
    while runs < verifier.runs && last.agrees(&first) && !last.outcome.is_final() {
        let (now, run) = run_all(hands, verifier, place.subject(verifier), runs, None).await?;
        if now.tree != about.tree {
            return Err(tree_changed(&about.tree, &now.tree));
        }
        seconds += run.seconds;
        runs += 1;
        last = again.insert(run);
    }

    let disagree = !last.agrees(&first);
    let (word, help) = match &last.outcome {
        _ if disagree => (Word::Flaky, Some(MAKE_STEADY)),
        Outcome::Passed if place == Place::Candidate => (Word::Green, None),
        Outcome::Passed => (Word::AlreadyGreen, Some(SHOW_FAILURE)),
        Outcome::Failed(_) => (Word::Red, None),
        Outcome::Vacuous(_) => (Word::Vacuous, Some(NAME_TESTS)),
        Outcome::Broken { help, .. } => (Word::Broken, Some(*help)),
        Outcome::Compromised(_) => (Word::Compromised, Some(DISBELIEVE)),
    };
    let why = why(verifier, place, word, runs, &first, last);
    let report = last.report.clone();
    let version = report.as_ref().and_then(|it| it.version.clone());
    let verdict = Verdict {
        passed: last.outcome == Outcome::Passed && !disagree,
        verdict: word,
        why,
        verifier: verifier.name.clone(),
        digest: verifier.digest(),
        environment: about.environment,
        tier: about.tier.name().to_owned(),
        runner: report.as_ref().and(about.runner).map(|name| match version {
            Some(version) => format!("{name} ({version})"),
            None => name,
        }),
        sentinels: report.as_ref().is_some_and(Report::has_sentinels),
        tests: report.as_ref().map(Report::tests),
        tree: about.tree,
        exit: last.exit,
        runs,
        seconds,
        log: last.log.clone(),
        log_ref: last.log_ref.clone(),
    };
    Ok(Judged {
        verdict,
        help,
        report,
    })
}

/// What a run was about.
pub(super) struct About {
    pub(super) tree: String,
    pub(super) tier: Tier,
    pub(super) environment: String,
    /// The runner that was watched.
    pub(super) runner: Option<String>,
}

/// What is to be run, and on what.
pub(super) struct Asked<'a> {
    pub(super) subject: Subject,
    /// The command, as the verifier says it.
    pub(super) run: &'a str,
    /// The files that are not there.
    pub(super) hidden: &'a [String],
    /// Which run of several it is, from 0.
    pub(super) round: u64,
    /// Only these tests, where the runner can select them.
    pub(super) only: Option<&'a [String]>,
}

/// Runs what is asked for, in a checkout of its own, which is gone afterwards.
///
/// # Errors
/// As of [`judge`].
pub(super) async fn run(
    hands: &dyn Work,
    verifier: &Verifier,
    asked: Asked<'_>,
) -> Result<(About, Run), Failure> {
    let mut command = verifier.command_of(asked.run)?;
    let argv = command.argv.clone();
    let has_zone = command.env.iter().any(|(name, _)| name == "TZ");
    if asked.round > 0 && !has_zone {
        // What depends on the time zone shows it.
        let zone = ["Pacific/Kiritimati", "Etc/GMT+12"][asked.round as usize % 2];
        command.env.push(("TZ".to_owned(), zone.to_owned()));
    }
    let checkout = hands.checkout(asked.subject, asked.hidden, &verifier.installed)?;
    let about = |runner| About {
        tree: checkout.tree().to_owned(),
        tier: checkout.tier(),
        environment: checkout.environment(&argv),
        runner,
    };
    let Some(runner) = verifier.runner(&argv) else {
        let run = Run::read(&argv, checkout.run(command, None).await)?;
        return Ok((about(None), run));
    };
    let attached = runner.attach(
        &runners::Command {
            argv: &argv,
            env: &command.env,
            round: asked.round,
            only: asked.only,
        },
        checkout.as_ref(),
    )?;
    let command = Command {
        env: attached.env.clone(),
        ..command
    };
    let watched = Some(attached.argv.clone());
    let run = Run::read(&argv, checkout.run(command, watched).await)?;
    let about = about(Some(runner.name().to_owned()));
    let Some(code) = run.exit else {
        return Ok((about, run));
    };
    let read = match attached.altered(checkout.as_ref()) {
        Some(name) => Read::Compromised(format!("what tau gave it was altered (`{name}`)")),
        None => runner.read(&attached, checkout.as_ref(), code)?,
    };
    let may_break = verifier.red.as_ref().is_some_and(Expected::may_break);
    Ok((about, run.with(read, &attached, &argv, may_break)))
}

/// The verdict as a sentence.
fn why(
    verifier: &Verifier,
    place: Place,
    word: Word,
    runs: u64,
    first: &Run,
    last: &Run,
) -> String {
    let (command, place) = (verifier.shown(), place.told());
    let each = match runs {
        1 => String::new(),
        runs => format!(", in each of {runs} runs"),
    };
    let tests = last.report.as_ref().map(Report::tests);
    match (word, &last.outcome) {
        (Word::Flaky, _) => format!(
            "The runs of `{command}` {place} disagree: run 1 {}, run {runs} {}.",
            first.told(),
            last.told()
        ),
        (Word::AlreadyGreen, _) => {
            let passes = if verifier.also.is_empty() {
                "passes"
            } else {
                "pass"
            };
            format!("`{command}` {passes} {place} already{each}. It shows no failure to fix.")
        }
        (_, Outcome::Passed) => match tests {
            Some(tests) => format!(
                "`{command}` passed {place}{each}: {}.",
                count(tests.passed.len(), "passed", "test")
            ),
            None => format!("`{command}` passed {place}{each}."),
        },
        (_, Outcome::Failed(code)) => match tests {
            Some(tests) if !tests.failed.is_empty() => format!(
                "`{command}` failed {place}{each}: {} ({}).",
                count(tests.failed.len(), "failed", "test"),
                some_of(&tests.failed)
            ),
            _ => format!("`{command}` failed {place} (exit code {code}){each}."),
        },
        (_, Outcome::Vacuous(Some(code))) => {
            format!("`{command}` ran no tests {place} (exit code {code}).")
        }
        (_, Outcome::Vacuous(None)) => format!("`{command}` ran no tests {place}."),
        (_, Outcome::Broken { why, .. }) => {
            format!("`{command}` could not decide {place}: {why}.")
        }
        (_, Outcome::Compromised(why)) => {
            format!("`{command}` is not to be believed {place}: {why}.")
        }
    }
}

/// `1 test passed`, `2 tests passed`.
fn count(number: usize, did: &str, what: &str) -> String {
    match number {
        1 => format!("1 {what} {did}"),
        number => format!("{number} {what}s {did}"),
    }
}

/// The face says that no write happens meanwhile; a verdict about two trees would be about none.
fn tree_changed(first: &str, then: &str) -> Failure {
    Failure::new(
        "tree-changed",
        format!(
            "The tree was changed between two runs of the verifier, from `{first}` to `{then}`."
        ),
    )
    .help("Run the check again.")
}
