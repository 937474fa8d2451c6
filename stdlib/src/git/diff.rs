//! `git.diff`

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Action, Call, Failure, Hands, Running};

use crate::fs::changed_files;
use crate::perform::perform;

/// Gives the change so far.
pub(super) struct Diff;

#[derive(Deserialize)]
struct Params {}

#[derive(Serialize)]
struct Difference {
    text: String,
    files: Vec<String>,
}

impl Action for Diff {
    fn name(&self) -> &'static str {
        "git.diff"
    }

    fn run<'a>(&'a self, call: &'a Call) -> Running<'a> {
        perform(call, diff)
    }
}

fn diff(_: Params, hands: &dyn Hands) -> Result<Difference, Failure> {
    let text = hands.diff()?;
    Ok(Difference {
        files: changed_files(&text),
        text,
    })
}
