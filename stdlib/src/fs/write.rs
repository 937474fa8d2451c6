//! `fs.write`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, File, FileMode, Replace, Running, Work};

use super::edited::{Changes, Edited};
use super::tree;
use crate::perform::perform;

/// Writes one whole file.
pub(super) struct Write;

#[derive(Deserialize)]
struct Params {
    path: String,
    text: String,
    #[serde(default)]
    executable: Option<bool>,
}

impl Replace for Write {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform(call, hands, write)
    }
}

fn write(params: Params, hands: &dyn Work) -> Result<Edited, Failure> {
    let mut changes = Changes::default();
    add(
        &mut changes,
        hands,
        params.path,
        params.text,
        params.executable,
    )?;
    changes.stage(hands)
}

/// Adds the writing of one file to `changes`. A file that is there keeps its mode, a new one is
/// not executable, unless `executable` decides.
pub(super) fn add(
    changes: &mut Changes,
    hands: &dyn Work,
    path: String,
    text: String,
    executable: Option<bool>,
) -> Result<(), Failure> {
    let before = tree::find(hands, &path)?;
    if let Some(before) = &before {
        tree::refuse_link(&path, before)?;
    }
    let mode = match executable {
        Some(true) => FileMode::Executable,
        Some(false) => FileMode::Regular,
        None => before.as_ref().map_or(FileMode::Regular, |file| file.mode),
    };
    let before = before.map(|file| file.bytes).unwrap_or_default();
    let bytes = text.into_bytes();
    changes.count(&before, &bytes);
    changes.write(path, File { bytes, mode });
    Ok(())
}
