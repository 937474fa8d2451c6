//! `fs.move`

use serde::Deserialize;
use serde_json::json;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use super::edited::{Changes, Edited};
use super::tree;
use crate::perform::perform;

/// Gives one file another path.
pub(super) struct Move;

#[derive(Deserialize)]
struct Params {
    from: String,
    to: String,
}

impl Replace for Move {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform(call, hands, move_file)
    }
}

fn move_file(params: Params, hands: &dyn Work) -> Result<Edited, Failure> {
    let Params { from, to } = params;
    let file = tree::existing(hands, &from)?;
    if tree::find(hands, &to)?.is_some() {
        return Err(Failure::new(
            "file-exists",
            format!("`{from}` cannot be moved to `{to}`: there is a file already."),
        )
        .help(format!("Remove `{to}` first if it shall go."))
        .detail(json!({ "path": to })));
    }
    let mut changes = Changes::default();
    changes.remove(from);
    changes.write(to, file);
    changes.stage(hands)
}
