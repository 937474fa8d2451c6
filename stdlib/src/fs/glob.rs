//! `fs.glob`

use serde::Deserialize;
use tau_interpreter::action::{Action, Call, Failure, Hands, Running};

use crate::perform::perform;

/// Lists the files whose paths match.
pub(super) struct Glob;

#[derive(Deserialize)]
struct Params {
    pattern: String,
}

impl Action for Glob {
    fn name(&self) -> &'static str {
        "fs.glob"
    }

    fn run<'a>(&'a self, call: &'a Call) -> Running<'a> {
        perform(call, glob)
    }
}

fn glob(params: Params, hands: &dyn Hands) -> Result<Vec<String>, Failure> {
    hands.list(&params.pattern)
}
