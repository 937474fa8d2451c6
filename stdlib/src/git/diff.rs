//! `git.diff`

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

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

impl Observe for Diff {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, diff)
    }
}

fn diff(_: Params, hands: &dyn Look) -> Result<Difference, Failure> {
    let text = hands.diff()?;
    Ok(Difference {
        files: changed_files(&text),
        text,
    })
}
