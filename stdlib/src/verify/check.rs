//! `verify.check`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use super::judge::{Place, judge};
use super::verdict::Verdict;
use super::verifier::Verifier;
use crate::perform::perform_waiting;

/// Says whether the verifier passes on the mission's tree.
pub(super) struct Check;

#[derive(Deserialize)]
struct Params {
    verifier: Verifier,
}

impl Replace for Check {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, check)
    }
}

async fn check(params: Params, hands: &dyn Work) -> Result<Verdict, Failure> {
    let judged = judge(hands, &params.verifier, Place::Candidate).await?;
    Ok(judged.verdict)
}
