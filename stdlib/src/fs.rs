//! Files of the mission's tree: read, find, write, edit, patch, move, remove.
//!
//! The face of the group is `fs/fs.tau`; each action stands in a file of its own. An action looks
//! at everything first and calls [`Work::change`](tau_interpreter::action::Work::change) once
//! at the end, so a call that fails has staged nothing.

mod edit;
mod edit_many;
mod glob;
mod r#move;
mod patch;
mod read;
mod remove;
mod search;
mod write;
mod write_many;

mod edited;
mod lines;
mod replace;
mod similar;
pub(crate) mod tree;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;

pub(crate) use edited::{Changes, Edited};
pub(crate) use patch::{changed_files, edits as patch_edits};
pub use patch::{paths as patch_paths, split as split_patch};
pub(crate) use replace::{Replacement, ambiguous, missing, replace};

/// The face of the group, in tau.
pub const FACE: &str = include_str!("fs/fs.tau");

/// Every action of the group.
pub fn actions() -> Vec<Action> {
    vec![
        Action::observe("fs.read", read::Read),
        Action::observe("fs.glob", glob::Glob),
        Action::observe("fs.search", search::Search),
        Action::replace("fs.write", write::Write),
        Action::replace("fs.write_many", write_many::WriteMany),
        Action::replace("fs.edit", edit::Edit),
        Action::replace("fs.edit_many", edit_many::EditMany),
        Action::replace("fs.patch", patch::Patch),
        Action::replace("fs.move", r#move::Move),
        Action::replace("fs.remove", remove::Remove),
    ]
}
