//! What the checks of a run showed. A verdict is known by its form, whatever action gave it: other
//! fields than those that are named here may be there or not.

use serde_json::Value as Json;

use crate::journal::State;
use crate::report::Report;

/// Under which name a proof holds the verdict that it was given.
const GIVEN: &str = "red";

/// A verdict, and which step gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seen<'r> {
    /// The step.
    pub(super) step: &'r str,
    /// Under which name, when it is part of what the step gave.
    pub(super) part: Option<&'r str>,
    /// What it gave.
    pub(super) verdict: &'r Json,
}

/// All verdicts that count, in the order in which their steps began. A proof also holds the RED that
/// it was given, which is only told once.
pub(super) fn verdicts(report: &Report) -> Vec<Seen<'_>> {
    let steps = report.steps.iter();
    let counted = steps.filter(|step| step.state == State::Succeeded && !step.taken_back);
    let mut all: Vec<Seen<'_>> = Vec::new();
    let given = counted.flat_map(|step| {
        let whole = is_verdict(&step.result).then_some((None, &step.result));
        let parts = step.result.as_object().into_iter().flatten();
        let parts = parts
            .filter(|(_, value)| is_verdict(value))
            .map(|(name, value)| (Some(name.as_str()), value));
        whole.into_iter().chain(parts).map(|(part, verdict)| Seen {
            step: &step.name,
            part,
            verdict,
        })
    });
    for seen in given {
        let is_given = seen.part == Some(GIVEN);
        if !is_given || all.iter().all(|it| it.verdict != seen.verdict) {
            all.push(seen);
        }
    }
    all
}

/// The last proof that counts.
pub(super) fn proof(report: &Report) -> Option<&Json> {
    let steps = report.steps.iter().rev();
    let mut counted = steps.filter(|step| step.state == State::Succeeded && !step.taken_back);
    counted.find_map(|step| {
        let result = &step.result;
        let is_proof = result["level"].is_string() && is_verdict(&result["green"]);
        is_proof.then_some(result)
    })
}

fn is_verdict(value: &Json) -> bool {
    let texts = ["verdict", "tree", "digest", "verifier"];
    value["passed"].is_boolean() && texts.iter().all(|name| value[name].is_string())
}
