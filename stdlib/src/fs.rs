//! Files of the mission's tree: read, find, write, edit, patch, move, remove.
//!
//! The face of the group is `fs/fs.tau`; each action stands in a file of its own. An action looks
//! at everything first and calls [`Hands::change`](tau_interpreter::action::Hands::change) once
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
mod tree;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;

pub(crate) use patch::changed_files;
pub use patch::paths as patch_paths;

/// The face of the group, in tau.
pub const FACE: &str = include_str!("fs/fs.tau");

/// Every action of the group.
pub fn actions() -> Vec<Box<dyn Action>> {
    vec![
        Box::new(read::Read),
        Box::new(glob::Glob),
        Box::new(search::Search),
        Box::new(write::Write),
        Box::new(write_many::WriteMany),
        Box::new(edit::Edit),
        Box::new(edit_many::EditMany),
        Box::new(patch::Patch),
        Box::new(r#move::Move),
        Box::new(remove::Remove),
    ]
}
