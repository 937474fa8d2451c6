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
    if verdict.verdict == Word::Broken && asked_for_a_host(&verdict.log) {
        return failure.help(NO_NETWORK);
    }
    match judged.help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

pub(super) const NO_NETWORK: &str = "It asked for a host, and a check has no network. What it needs must be in the repository, in a cache that `read` grants (`tau init` proposes those that are here), or named as `installed`.";

/// Whether an output tells that the name of a host could not be looked up. It decides nothing but
/// which advice is given.
fn asked_for_a_host(output: &str) -> bool {
    let told = [
        "Could not resolve host",
        "Temporary failure in name resolution",
        "Name or service not known",
        "no such host",
        "EAI_AGAIN",
        "ENOTFOUND",
    ];
    told.iter().any(|it| output.contains(it))
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
