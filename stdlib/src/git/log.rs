//! `git.log`

use serde::Deserialize;
use serde_json::Value;
use tau_interpreter::action::{Action, Call, Failure, Hands, Running};

use crate::perform::perform;

/// Lists the commits that lead to the base.
pub(super) struct Log;

#[derive(Deserialize)]
struct Params {
    limit: i64,
}

impl Action for Log {
    fn name(&self) -> &'static str {
        "git.log"
    }

    fn run<'a>(&'a self, call: &'a Call) -> Running<'a> {
        perform(call, log)
    }
}

fn log(params: Params, hands: &dyn Hands) -> Result<Vec<Value>, Failure> {
    hands.log(usize::try_from(params.limit).unwrap_or(0))
}
