//! `verify.red`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use super::expected::Unexpected;
use super::freeze::Frozen;
use super::judge::{Judged, NAME_TESTS, Place, SHOW_FAILURE, judge};
use super::refusal::refusal;
use super::verdict::{Verdict, Word};
use super::verifier::Verifier;
use crate::perform::perform_waiting;

/// Shows that the verifier fails on the base.
pub(super) struct Red;

#[derive(Deserialize)]
struct Params {
    verifier: Verifier,
    #[serde(default)]
    frozen: Option<Frozen>,
}

impl Replace for Red {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, red)
    }
}

async fn red(params: Params, hands: &dyn Work) -> Result<Verdict, Failure> {
    let verifier = params.verifier.with(params.frozen);
    let mut judged = judge(hands, &verifier, Place::Base).await?;
    compare(&verifier, &mut judged);
    match judged.verdict.verdict {
        Word::Red => Ok(judged.verdict),
        _ => Err(refusal(&judged)),
    }
}

/// Says what a failure is that is not the expected one.
pub(super) fn compare(verifier: &Verifier, judged: &mut Judged) {
    if judged.verdict.verdict != Word::Red {
        return;
    }
    let expected = verifier.red.clone().unwrap_or_default();
    let log = &judged.verdict.log;
    let Some(unlike) = expected.unlike(judged.report.as_ref(), log) else {
        return;
    };
    let run = verifier.shown();
    let (word, why, help) = match unlike {
        Unexpected::Passes(test) => (
            Word::AlreadyGreen,
            format!("`{run}` fails on the base, but not in `{test}`, which passes already."),
            SHOW_FAILURE,
        ),
        Unexpected::Missing(test) => (
            Word::Vacuous,
            format!("`{run}` fails on the base, but runs no test `{test}`."),
            NAME_TESTS,
        ),
        Unexpected::Otherwise(why) => (
            Word::Broken,
            format!("`{run}` fails on the base, but not as the verifier announces: {why}."),
            "Correct what `red` announces, or the check.",
        ),
    };
    judged.verdict.verdict = word;
    judged.verdict.why = why;
    judged.help = Some(help);
}
