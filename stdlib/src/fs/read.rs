//! `fs.read`

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

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

impl Observe for Read {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, read)
    }
}

fn read(params: Params, hands: &dyn Look) -> Result<Content, Failure> {
    let file = tree::existing(hands, &params.path)?;
    let text = tree::text(&params.path, &file)?;
    Ok(Content {
        text: text.to_owned(),
        size: text.len(),
    })
}
