//! Runs a verifier on one tree and says what that shows.

use tau_interpreter::action::{Failure, Subject, Work};

use super::outcome::{Outcome, Run};
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
            Place::Base | Place::TakenBack => Subject::Base,
            Place::Candidate => Subject::Candidate {
                protected: verifier.protect.clone(),
            },
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
}

/// What to do about runs that disagree.
pub(super) const MAKE_STEADY: &str =
    "Make the check give the same answer each time (fix its seed, its order, its clock).";

const SHOW_FAILURE: &str = "Give a check that fails without the change. If it ran no tests at all, name tests that exist on the base.";

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
    let (tree, first) = once(hands, verifier, place).await?;
    let mut seconds = first.seconds;
    let mut runs = 1;
    let mut last = first;
    let first = last.outcome.clone();
    while runs < verifier.runs && last.outcome.agrees(&first) && !last.outcome.is_final() {
        let (again, run) = once(hands, verifier, place).await?;
        if again != tree {
            return Err(tree_changed(&tree, &again));
        }
        seconds += run.seconds;
        runs += 1;
        last = run;
    }

    let disagree = !last.outcome.agrees(&first);
    let (word, help) = match &last.outcome {
        _ if disagree => (Word::Flaky, Some(MAKE_STEADY)),
        Outcome::Passed if place == Place::Candidate => (Word::Green, None),
        Outcome::Passed => (Word::AlreadyGreen, Some(SHOW_FAILURE)),
        Outcome::Failed(_) => (Word::Red, None),
        Outcome::Vacuous(_) => (Word::Vacuous, Some("Name tests that exist on the base.")),
        Outcome::Broken { help, .. } => (Word::Broken, Some(*help)),
    };
    let why = why(verifier, place, word, runs, &first, &last.outcome);
    let verdict = Verdict {
        passed: last.outcome == Outcome::Passed && !disagree,
        verdict: word,
        why,
        verifier: verifier.name.clone(),
        digest: verifier.digest(),
        tree,
        exit: last.exit,
        runs,
        seconds,
        log: last.log,
        log_ref: last.log_ref,
    };
    Ok(Judged { verdict, help })
}

/// One run in a checkout of its own, which is gone afterwards.
async fn once(
    hands: &dyn Work,
    verifier: &Verifier,
    place: Place,
) -> Result<(String, Run), Failure> {
    let command = verifier.command()?;
    let argv = command.argv.clone();
    let checkout = hands.checkout(place.subject(verifier))?;
    let run = Run::read(&argv, checkout.run(command).await)?;
    Ok((checkout.tree().to_owned(), run))
}

/// The verdict as a sentence.
fn why(
    verifier: &Verifier,
    place: Place,
    word: Word,
    runs: u64,
    first: &Outcome,
    last: &Outcome,
) -> String {
    let (run, place) = (verifier.shown(), place.told());
    let each = match runs {
        1 => String::new(),
        runs => format!(", in each of {runs} runs"),
    };
    match (word, last) {
        (Word::Flaky, _) => format!(
            "The runs of `{run}` {place} disagree: run 1 {}, run {runs} {}.",
            first.told(),
            last.told()
        ),
        (Word::AlreadyGreen, _) => {
            format!("`{run}` passes {place} already{each}. It shows no failure to fix.")
        }
        (_, Outcome::Passed) => format!("`{run}` passed {place}{each}."),
        (_, Outcome::Failed(code)) => format!("`{run}` failed {place} (exit code {code}){each}."),
        (_, Outcome::Vacuous(code)) => {
            format!("`{run}` ran no tests {place} (exit code {code}).")
        }
        (_, Outcome::Broken { why, .. }) => {
            format!("`{run}` could not decide {place}: {why}.")
        }
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
