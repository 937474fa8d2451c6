//! What an action that changes files reports, and how its changes are staged.

use serde::Serialize;
use tau_interpreter::action::{Change, Failure, File, Work};

use super::lines;

/// The `Edited` of the face.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(crate) struct Edited {
    /// The paths that were written or removed, sorted.
    pub(crate) paths: Vec<String>,
    /// Lines that the files have now and had not before.
    pub(crate) added: usize,
    /// Lines that the files had before and have not now.
    pub(crate) removed: usize,
}

/// Changes that are collected first and staged at once.
#[derive(Default)]
pub(crate) struct Changes {
    removals: Vec<Change>,
    writes: Vec<Change>,
    edited: Edited,
}

impl Changes {
    /// The file at `path` becomes `file`.
    pub(crate) fn write(&mut self, path: String, file: File) {
        self.edited.paths.push(path.clone());
        self.writes.push(Change {
            path,
            file: Some(file),
        });
    }

    /// There is no file at `path` any more.
    pub(crate) fn remove(&mut self, path: String) {
        self.edited.paths.push(path.clone());
        self.removals.push(Change { path, file: None });
    }

    /// How many lines `after` has that `before` has not, and the reverse.
    pub(crate) fn lines(before: &[u8], after: &[u8]) -> (usize, usize) {
        lines::changed(before, after)
    }

    /// Adds the lines by which `before` and `after` differ to the report.
    pub(crate) fn count(&mut self, before: &[u8], after: &[u8]) {
        let (added, removed) = Changes::lines(before, after);
        self.count_lines(added, removed);
    }

    /// Adds lines that were counted elsewhere to the report.
    pub(crate) fn count_lines(&mut self, added: usize, removed: usize) {
        self.edited.added += added;
        self.edited.removed += removed;
    }

    /// Stages everything and gives the report. Removals come first, so that a file can take the
    /// place of a folder whose files go, and the reverse.
    pub(crate) fn stage(self, hands: &dyn Work) -> Result<Edited, Failure> {
        let Changes {
            mut removals,
            writes,
            mut edited,
        } = self;
        removals.extend(writes);
        hands.change(removals)?;
        edited.paths.sort();
        Ok(edited)
    }
}
