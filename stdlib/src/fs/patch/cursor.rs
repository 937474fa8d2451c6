//! The lines of a patch, one after the other.

use std::fmt::Display;

use tau_interpreter::action::Failure;

/// Stands before a line of the patch. Cheap to clone, to look ahead.
#[derive(Clone)]
pub(super) struct Cursor<'p> {
    rest: &'p str,
    /// The number of the line it stands before, from 1.
    pub(super) line: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(patch: &'p str) -> Self {
        Cursor {
            rest: patch,
            line: 1,
        }
    }

    /// The line it stands before, with its line end; `None` at the end.
    pub(super) fn peek(&self) -> Option<&'p str> {
        self.rest.split_inclusive('\n').next()
    }

    /// Steps over a line and gives it, with its line end.
    pub(super) fn next(&mut self) -> Option<&'p str> {
        let line = self.peek()?;
        self.rest = &self.rest[line.len()..];
        self.line += 1;
        Some(line)
    }

    /// What follows `start` in the line it stands before, without its line end.
    pub(super) fn after(&self, start: &str) -> Option<&'p str> {
        Some(
            self.peek()?
                .strip_prefix(start)?
                .trim_end_matches(['\r', '\n']),
        )
    }
}

/// A patch that is not what git writes.
pub(super) fn invalid(line: usize, what: impl Display) -> Failure {
    Failure::new("patch-invalid", format!("Line {line} of the patch {what}."))
        .help("Make the patch with `git diff`, and pass it on unchanged.")
        .detail(serde_json::json!({ "line": line }))
}
