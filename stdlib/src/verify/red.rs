//! `verify.red`

use serde::Deserialize;
use tau_interpreter::action::{Action, Call, Failure, Hands, Running};

use super::judge::{Place, judge};
use super::refusal::refusal;
use super::verdict::{Verdict, Word};
use super::verifier::Verifier;
use crate::perform::perform_waiting;

/// Shows that the verifier fails on the base.
pub(super) struct Red;

#[derive(Deserialize)]
struct Params {
    verifier: Verifier,
}

impl Action for Red {
    fn name(&self) -> &'static str {
        "verify.red"
    }

    fn run<'a>(&'a self, call: &'a Call) -> Running<'a> {
        perform_waiting(call, red)
    }
}

async fn red(params: Params, hands: &dyn Hands) -> Result<Verdict, Failure> {
    let judged = judge(hands, &params.verifier, Place::Base).await?;
    match judged.verdict.verdict {
        Word::Red => Ok(judged.verdict),
        _ => Err(refusal(&judged)),
    }
}
