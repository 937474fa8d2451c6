//! What was there before a change, and must be there after it.

use std::collections::BTreeSet;

use super::expected::{in_two, selects};
use super::outcome::some_of;
use super::report::Tests;
use super::verdict::Verdict;
use super::verifier::Verifier;

/// Why a GREEN is none, seen from the RED before it.
pub(super) struct Loss {
    /// The code of a failure over it.
    pub(super) code: &'static str,
    /// One sentence.
    pub(super) why: String,
    pub(super) help: &'static str,
}

/// Compares what passes now with what failed and what passed on the base. Nothing is said where
/// both are judged by exit codes alone.
pub(super) fn loss(verifier: &Verifier, red: &Verdict, green: &Verdict) -> Option<Loss> {
    let before = red.tests.as_ref()?;
    let nothing = Tests::default();
    // A change may have put something else in the runner's place, as in the scripts of a package.
    let now = green.tests.as_ref().unwrap_or(&nothing);
    let unmet: BTreeSet<&String> = before
        .failed
        .iter()
        .chain(&before.broken)
        .filter(|test| !passes(test, now) && !may_be_lost(test, verifier))
        .collect();
    if !unmet.is_empty() {
        return Some(Loss {
            code: "proof-red-not-green",
            why: format!(
                "What failed on the base does not pass now: {} {}.",
                some_of(unmet.iter().copied()),
                became(unmet.iter().copied(), now)
            ),
            help: "Let the tests that failed run and pass. A test that is left out, renamed or removed shows nothing.",
        });
    }
    let lost: BTreeSet<&String> = before
        .passed
        .difference(&now.passed)
        .filter(|test| !may_be_lost(test, verifier))
        .collect();
    (!lost.is_empty()).then(|| Loss {
        code: "proof-tests-lost",
        why: format!(
            "What passed on the base does not pass now: {} {}.",
            some_of(lost.iter().copied()),
            became(lost.iter().copied(), now)
        ),
        help: "Keep the tests that passed. If one is meant to go, name it in the verifier: `loses \"NAME\"`.",
    })
}

/// Whether a test passes, or all of a file that could not be loaded before.
fn passes(test: &str, now: &Tests) -> bool {
    let is_part = |it: &String| {
        let rest = it.strip_prefix(test);
        rest.is_some_and(|rest| rest.starts_with("::") || rest.starts_with(" > "))
    };
    // How unittest names a module that it could not load.
    let (number, name) = in_two(test);
    if let Some(module) = name.strip_prefix("unittest.loader._FailedTest.") {
        let module = format!(".{module}.");
        let is_of_it = |it: &String| {
            let (of, name) = in_two(it);
            of == number && format!(".{name}").contains(&module)
        };
        return now.passed.iter().any(is_of_it);
    }
    now.passed.contains(test) || now.passed.iter().any(is_part)
}

fn may_be_lost(test: &str, verifier: &Verifier) -> bool {
    verifier.loses.iter().any(|pattern| selects(pattern, test))
}

/// What has become of the first of them, as a clause.
fn became<'a>(tests: impl Iterator<Item = &'a String>, now: &Tests) -> &'static str {
    let mut tests = tests;
    let Some(first) = tests.next() else {
        return "is gone";
    };
    match () {
        () if now.skipped.contains(first) => "is skipped",
        () if now.failed.contains(first) => "fails",
        () if now.broken.contains(first) => "cannot be run",
        () => "is gone",
    }
}
