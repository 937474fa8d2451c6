//! `verify.check`

use serde::Deserialize;
use tau_interpreter::action::{Action, Call, Failure, Hands, Running};

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

impl Action for Check {
    fn name(&self) -> &'static str {
        "verify.check"
    }

    fn run<'a>(&'a self, call: &'a Call) -> Running<'a> {
        perform_waiting(call, check)
    }
}

async fn check(params: Params, hands: &dyn Hands) -> Result<Verdict, Failure> {
    let judged = judge(hands, &params.verifier, Place::Candidate).await?;
    Ok(judged.verdict)
}
