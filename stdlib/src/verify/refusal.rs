//! How a step fails over a verdict.

use serde_json::json;
use tau_interpreter::action::Failure;

use super::judge::Judged;
use super::verdict::{Verdict, Word};
use crate::output::ending;

/// The failure of a step that hoped for another verdict.
pub(super) fn refusal(judged: &Judged) -> Failure {
    let verdict = &judged.verdict;
    let failure = refused(code(verdict.verdict), &verdict.why, verdict);
    match judged.help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// A failure with the end of the output and the verdict it rests on.
pub(super) fn refused(code: &str, why: &str, verdict: &Verdict) -> Failure {
    let output = match verdict.log_ref {
        Some(_) => ending(&verdict.log),
        None => verdict.log.clone(),
    };
    Failure::new(code, format!("{why} {output}")).detail(json!(verdict))
}

fn code(word: Word) -> &'static str {
    match word {
        Word::Red => "verify-red",
        Word::Green => "verify-green",
        Word::AlreadyGreen => "verify-already-green",
        Word::Flaky => "verify-flaky",
        Word::Broken => "verify-broken",
        Word::Vacuous => "verify-vacuous",
        Word::Compromised => "verify-compromised",
    }
}
