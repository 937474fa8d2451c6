//! `verify.red`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

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

impl Replace for Red {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, red)
    }
}

async fn red(params: Params, hands: &dyn Work) -> Result<Verdict, Failure> {
    let judged = judge(hands, &params.verifier, Place::Base).await?;
    match judged.verdict.verdict {
        Word::Red => Ok(judged.verdict),
        _ => Err(refusal(&judged)),
    }
}
