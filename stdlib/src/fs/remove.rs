//! `fs.remove`

use serde::Deserialize;
use tau_interpreter::action::{Action, Call, Failure, Hands, Running};

use super::edited::{Changes, Edited};
use super::tree;
use crate::perform::perform;

/// Removes one file.
pub(super) struct Remove;

#[derive(Deserialize)]
struct Params {
    path: String,
}

impl Action for Remove {
    fn name(&self) -> &'static str {
        "fs.remove"
    }

    fn run<'a>(&'a self, call: &'a Call) -> Running<'a> {
        perform(call, remove)
    }
}

fn remove(params: Params, hands: &dyn Hands) -> Result<Edited, Failure> {
    let file = tree::existing(hands, &params.path)?;
    let mut changes = Changes::default();
    if tree::text(&params.path, &file).is_ok() {
        changes.count(&file.bytes, b"");
    }
    changes.remove(params.path);
    changes.stage(hands)
}
