//! `git.log`

use serde::Deserialize;
use serde_json::Value;
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use crate::perform::perform;

/// Lists the commits that lead to the base.
pub(super) struct Log;

#[derive(Deserialize)]
struct Params {
    limit: i64,
}

impl Observe for Log {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, log)
    }
}

fn log(params: Params, hands: &dyn Look) -> Result<Vec<Value>, Failure> {
    hands.log(usize::try_from(params.limit).unwrap_or(0))
}
