//! Talking with a command while it runs.

use std::path::Path;

pub use crate::process::{Said, Then};

/// Who talks with a command: hears the lines of its output and answers.
pub trait Talk: Send {
    /// What is said first.
    fn begin(&mut self, desk: &dyn Desk) -> Said;

    /// What is said to a line.
    fn hear(&mut self, line: &str, desk: &dyn Desk) -> Said;
}

/// The files that a command works on, as they are while it runs. What is written here becomes part of
/// the tree as what the command writes itself does: when it has ended, and if it is granted.
pub trait Desk: Send + Sync {
    /// The folder in which the command was started.
    fn folder(&self) -> &Path;

    /// The text of a file; its path may begin with the folder.
    ///
    /// # Errors
    /// Why there is none, as a sentence.
    fn read(&self, path: &str) -> Result<String, String>;

    /// Writes a file.
    ///
    /// # Errors
    /// Why not, as a sentence.
    fn write(&self, path: &str, text: &str) -> Result<(), String>;

    /// Whether the step may write a file.
    ///
    /// # Errors
    /// Why not, as a clause about it: `is not granted`.
    fn may_write(&self, path: &str) -> Result<(), String>;
}
