//! `verify.check`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use super::freeze::Frozen;
use super::judge::{Place, judge};
use super::kept::loss;
use super::proof::of_verifier;
use super::verdict::{Verdict, Word};
use super::verifier::Verifier;
use crate::perform::perform_waiting;

/// Says whether the verifier passes on the mission's tree.
pub(super) struct Check;

#[derive(Deserialize)]
struct Params {
    verifier: Verifier,
    #[serde(default)]
    red: Option<Verdict>,
    #[serde(default)]
    frozen: Option<Frozen>,
}

impl Replace for Check {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, check)
    }
}

async fn check(params: Params, hands: &dyn Work) -> Result<Verdict, Failure> {
    let Params {
        verifier,
        red,
        frozen,
    } = params;
    let verifier = verifier.with(frozen);
    if let Some(red) = &red {
        of_verifier("red", red, &verifier)?;
    }
    let mut verdict = judge(hands, &verifier, Place::Candidate).await?.verdict;
    if verdict.passed
        && let Some(loss) = red.and_then(|red| loss(&verifier, &red, &verdict))
    {
        verdict.passed = false;
        verdict.verdict = Word::Red;
        verdict.why = loss.why;
    }
    Ok(verdict)
}
