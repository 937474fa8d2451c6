//! `fs.edit_many`

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use tau_interpreter::action::{Call, Failure, FailureKind, File, Replace, Running, Work};

use super::edited::{Changes, Edited};
use super::replace::{Replacement, replace};
use super::tree;
use crate::perform::perform;
use crate::shown::TOLD;

/// Replaces several exact pieces of text, in order, all or none.
pub(super) struct EditMany;

#[derive(Deserialize)]
struct Params {
    edits: Vec<OneEdit>,
}

#[derive(Deserialize)]
struct OneEdit {
    path: String,
    find: String,
    replace: String,
}

/// A file that some of the edits are in.
struct Open {
    before: File,
    /// Its text after the edits so far.
    text: String,
}

impl Replace for EditMany {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform(call, hands, edit_many)
    }
}

fn edit_many(params: Params, hands: &dyn Work) -> Result<Edited, Failure> {
    let mut files: BTreeMap<&str, Open> = BTreeMap::new();
    let mut failures = Vec::new();
    for (index, edit) in params.edits.iter().enumerate() {
        match make(&mut files, edit, hands) {
            Ok(()) => {}
            // What is missing is for the broker to say, in its own words.
            Err(failure) if failure.kind != FailureKind::Failed => return Err(failure),
            Err(failure) => failures.push((index, edit.path.as_str(), failure)),
        }
    }
    if !failures.is_empty() {
        return Err(together(failures, params.edits.len()));
    }

    let mut changes = Changes::default();
    for (path, Open { before, text }) in files {
        changes.count(&before.bytes, text.as_bytes());
        changes.write(
            path.to_owned(),
            File {
                bytes: text.into_bytes(),
                mode: before.mode,
            },
        );
    }
    changes.stage(hands)
}

fn make<'e>(
    files: &mut BTreeMap<&'e str, Open>,
    edit: &'e OneEdit,
    hands: &dyn Work,
) -> Result<(), Failure> {
    let path = edit.path.as_str();
    if !files.contains_key(path) {
        let before = tree::existing(hands, path)?;
        let text = tree::text(path, &before)?.to_owned();
        files.insert(path, Open { before, text });
    }
    if let Some(open) = files.get_mut(path) {
        let wanted = Replacement {
            find: &edit.find,
            replace: &edit.replace,
            all: false,
        };
        open.text = replace(path, &open.text, &wanted)?;
    }
    Ok(())
}

/// One failure that tells all of them; its code is the first one's.
fn together(mut failures: Vec<(usize, &str, Failure)>, of: usize) -> Failure {
    let more = failures.len().saturating_sub(TOLD);
    failures.truncate(TOLD);
    let mut told: Vec<String> = failures
        .iter()
        .map(|(index, _, failure)| format!("Edit {} of {of}: {}", index + 1, failure.message))
        .collect();
    if more > 0 {
        told.push(format!("And {more} more."));
    }
    let facts: Vec<Value> = failures
        .iter()
        .map(|(index, path, failure)| {
            json!({ "edit": index + 1, "path": path, "code": failure.code, "detail": failure.detail })
        })
        .collect();
    let mut failure = Failure::new("edit-missing", told.join("\n"))
        .detail(json!({ "edits": facts, "more": more }));
    if let Some((_, _, first)) = failures.into_iter().next() {
        failure.code = first.code;
        failure.help = first.help;
    }
    failure
}
