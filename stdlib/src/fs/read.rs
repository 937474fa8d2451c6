//! `fs.read`

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Action, Call, Failure, Hands, Running};

use super::tree;
use crate::perform::perform;

/// Reads one file as text.
pub(super) struct Read;

#[derive(Deserialize)]
struct Params {
    path: String,
}

#[derive(Serialize)]
struct Content {
    text: String,
    /// In bytes.
    size: usize,
}

impl Action for Read {
    fn name(&self) -> &'static str {
        "fs.read"
    }

    fn run<'a>(&'a self, call: &'a Call) -> Running<'a> {
        perform(call, read)
    }
}

fn read(params: Params, hands: &dyn Hands) -> Result<Content, Failure> {
    let file = tree::existing(hands, &params.path)?;
    let text = tree::text(&params.path, &file)?;
    Ok(Content {
        text: text.to_owned(),
        size: text.len(),
    })
}
