//! What a patch says, after parsing.

use tau_interpreter::action::FileMode;

/// What a patch does to one file.
#[derive(Debug, PartialEq)]
pub(super) struct Part<'p> {
    /// The line of the patch on which it begins.
    pub(super) line: usize,
    /// Whether its head is only a `---` and a `+++` line.
    pub(super) bare: bool,
    /// What becomes of which file.
    pub(super) target: Target,
    /// The mode the file is said to have before.
    pub(super) old_mode: Option<FileMode>,
    /// The mode it shall have.
    pub(super) new_mode: Option<FileMode>,
    /// The changes of its lines, in the order of the patch.
    pub(super) hunks: Vec<Hunk<'p>>,
}

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    /// It is changed where it is.
    Modify(String),
    /// It did not exist.
    Create(String),
    /// It exists no more.
    Delete(String),
    /// It goes from the first path to the second.
    Rename(String, String),
    /// The first path stays, the second is new.
    Copy(String, String),
}

impl Target {
    /// Every path that is read or written.
    pub(super) fn paths(&self) -> Vec<&str> {
        match self {
            Target::Modify(path) | Target::Create(path) | Target::Delete(path) => vec![path],
            Target::Rename(from, to) | Target::Copy(from, to) => vec![from, to],
        }
    }
}

/// One change of neighbouring lines. A line includes its line end, if it has one.
#[derive(Debug, PartialEq)]
pub(super) struct Hunk<'p> {
    /// Its head, such as `@@ -1,3 +1,4 @@`.
    pub(super) head: &'p str,
    /// The first line in the file before, from 1; 0 when there are none.
    pub(super) old_start: usize,
    /// The first line in the file afterwards.
    pub(super) new_start: usize,
    /// The lines that must be there.
    pub(super) old: Vec<&'p str>,
    /// The lines that take their place.
    pub(super) new: Vec<&'p str>,
    /// How many lines at its end are context.
    pub(super) trailing: usize,
    /// How many lines are marked `+`.
    pub(super) added: usize,
    /// How many lines are marked `-`.
    pub(super) removed: usize,
}

impl<'p> Hunk<'p> {
    /// A hunk whose lines are yet to come.
    pub(super) fn empty(head: &'p str, old_start: usize, new_start: usize) -> Self {
        Hunk {
            head,
            old_start,
            new_start,
            old: Vec::new(),
            new: Vec::new(),
            trailing: 0,
            added: 0,
            removed: 0,
        }
    }
}
