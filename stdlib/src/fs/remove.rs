//! `fs.remove`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use super::edited::{Changes, Edited};
use super::tree;
use crate::perform::perform;

/// Removes one file.
pub(super) struct Remove;

#[derive(Deserialize)]
struct Params {
    path: String,
}

impl Replace for Remove {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform(call, hands, remove)
    }
}

fn remove(params: Params, hands: &dyn Work) -> Result<Edited, Failure> {
    let file = tree::existing(hands, &params.path)?;
    let mut changes = Changes::default();
    if tree::text(&params.path, &file).is_ok() {
        changes.count(&file.bytes, b"");
    }
    changes.remove(params.path);
    changes.stage(hands)
}
