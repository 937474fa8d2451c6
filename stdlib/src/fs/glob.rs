//! `fs.glob`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use crate::perform::perform;

/// Lists the files whose paths match.
pub(super) struct Glob;

#[derive(Deserialize)]
struct Params {
    pattern: String,
}

impl Observe for Glob {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, glob)
    }
}

fn glob(params: Params, hands: &dyn Look) -> Result<Vec<String>, Failure> {
    hands.list(&params.pattern)
}
