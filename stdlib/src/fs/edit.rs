//! `fs.edit`

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, File, Replace, Running, Work};

use super::edited::{Changes, Edited};
use super::replace::{Replacement, replace};
use super::tree;
use crate::perform::perform;

/// Replaces one exact piece of text in one file.
pub(super) struct Edit;

#[derive(Deserialize)]
struct Params {
    path: String,
    find: String,
    replace: String,
    all: bool,
}

impl Replace for Edit {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform(call, hands, edit)
    }
}

fn edit(params: Params, hands: &dyn Work) -> Result<Edited, Failure> {
    let Params {
        path,
        find,
        replace: with,
        all,
    } = params;
    let file = tree::existing(hands, &path)?;
    let text = tree::text(&path, &file)?;
    let wanted = Replacement {
        find: &find,
        replace: &with,
        all,
    };
    let after = replace(&path, text, &wanted).map_err(|failure| match failure.code.as_str() {
        "edit-ambiguous" => failure.help(
            "Send more of the lines around it, so that it occurs once; or set `all: true` to change every one.",
        ),
        _ => failure,
    })?;

    let mut changes = Changes::default();
    changes.count(&file.bytes, after.as_bytes());
    changes.write(
        path,
        File {
            bytes: after.into_bytes(),
            mode: file.mode,
        },
    );
    changes.stage(hands)
}
