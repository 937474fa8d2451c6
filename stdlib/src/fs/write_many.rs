//! `fs.write_many`

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use super::edited::{Changes, Edited};
use super::write;
use crate::perform::perform;

/// Writes several whole files, all or none.
pub(super) struct WriteMany;

#[derive(Deserialize)]
struct Params {
    files: Vec<NewFile>,
}

#[derive(Deserialize)]
struct NewFile {
    path: String,
    text: String,
}

impl Replace for WriteMany {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform(call, hands, write_many)
    }
}

fn write_many(params: Params, hands: &dyn Work) -> Result<Edited, Failure> {
    let mut changes = Changes::default();
    let mut seen = BTreeSet::new();
    for NewFile { path, text } in params.files {
        if !seen.insert(path.clone()) {
            return Err(Failure::new(
                "write-twice",
                format!("`{path}` is given twice; it can have only one text."),
            )
            .detail(json!({ "path": path })));
        }
        write::add(&mut changes, hands, path, text, None)?;
    }
    changes.stage(hands)
}
