//! `fs.write_many`

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;
use tau_interpreter::action::{Action, Call, Failure, Hands, Running};

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

impl Action for WriteMany {
    fn name(&self) -> &'static str {
        "fs.write_many"
    }

    fn run<'a>(&'a self, call: &'a Call) -> Running<'a> {
        perform(call, write_many)
    }
}

fn write_many(params: Params, hands: &dyn Hands) -> Result<Edited, Failure> {
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
