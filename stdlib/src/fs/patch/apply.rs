//! Applying all parts of a patch to the tree: all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tau_interpreter::action::{Failure, File, FileMode, Work};

use super::part::{Part, Target};
use super::place;
use crate::fs::edited::{Changes, Edited};
use crate::shown::TOLD;

/// Applies the parts of a patch.
///
/// The parts that change a file in place build on each other in their order, as in the patches
/// of several commits in a row. Renames and copies read the tree as it was before the patch, so
/// that two files can change places.
///
/// # Errors
/// `patch-conflict` with everything that does not fit the tree, or what the broker refuses.
pub(super) fn apply(parts: &[Part<'_>], hands: &dyn Work) -> Result<Edited, Failure> {
    let mut tree = Tree::new(parts, hands);
    let mut conflicts = Vec::new();
    for part in parts {
        match tree.take(part) {
            Ok(()) => {}
            Err(Problem::Conflicts(found)) => conflicts.extend(found),
            Err(Problem::Refused(failure)) => return Err(failure),
        }
    }
    if !conflicts.is_empty() {
        return Err(conflict(&conflicts));
    }
    tree.changes(parts).stage(hands)
}

/// Something in the patch that does not fit the tree.
struct Conflict {
    path: String,
    /// What is wrong, after the path.
    message: String,
    detail: Value,
}

/// Why a part was not taken.
enum Problem {
    Conflicts(Vec<Conflict>),
    Refused(Failure),
}

/// What a path became.
struct Written {
    file: File,
    /// Whether the file was there before and only its content or mode changed.
    in_place: bool,
}

/// The tree as the parts so far have left it.
struct Tree<'h> {
    hands: &'h dyn Work,
    original: BTreeMap<String, Option<File>>,
    written: BTreeMap<String, Written>,
    /// Paths at which a part so far has taken the file away.
    gone: BTreeSet<String>,
    /// Paths at which some part of the patch takes the file away.
    leaving: BTreeSet<String>,
}

impl<'h> Tree<'h> {
    fn new(parts: &[Part<'_>], hands: &'h dyn Work) -> Self {
        let leaving = parts.iter().filter_map(|part| match &part.target {
            Target::Delete(path) | Target::Rename(path, _) => Some(path.clone()),
            _ => None,
        });
        Tree {
            hands,
            original: BTreeMap::new(),
            written: BTreeMap::new(),
            gone: BTreeSet::new(),
            leaving: leaving.collect(),
        }
    }

    fn take(&mut self, part: &Part<'_>) -> Result<(), Problem> {
        match &part.target {
            Target::Create(path) => self.create(part, path),
            Target::Modify(path) => self.modify(part, path),
            Target::Delete(path) => {
                self.check_unchanged(path)?;
                let file = self.leave(part, path)?;
                let rest = changed(part, path, &file)?;
                if rest.bytes.is_empty() {
                    return Ok(());
                }
                Err(conflicts(
                    path,
                    "is deleted by the patch, but it has more lines than the patch removes",
                ))
            }
            Target::Rename(from, to) => {
                self.check_unchanged(from)?;
                let file = self.leave(part, from)?;
                self.arrive(part, to, &file)
            }
            Target::Copy(from, to) => {
                let file = self.read(part, from)?;
                self.arrive(part, to, &file)
            }
        }
    }

    fn create(&mut self, part: &Part<'_>, path: &str) -> Result<(), Problem> {
        let mode = part.new_mode.unwrap_or(FileMode::Regular);
        self.arrive(
            part,
            path,
            &File {
                bytes: Vec::new(),
                mode,
            },
        )
    }

    fn modify(&mut self, part: &Part<'_>, path: &str) -> Result<(), Problem> {
        if self.gone.contains(path) && !self.written.contains_key(path) {
            return Err(conflicts(
                path,
                "is changed by the patch after it was deleted or renamed",
            ));
        }
        let (file, in_place) = if let Some(written) = self.written.get(path) {
            check_type(part, path, &written.file)?;
            (written.file.clone(), written.in_place)
        } else if may_create(part) && self.original(path)?.is_none() {
            return self.create(part, path);
        } else {
            (self.read(part, path)?, true)
        };
        let file = changed(part, path, &file)?;
        self.written
            .insert(path.to_owned(), Written { file, in_place });
        Ok(())
    }

    /// A file that is new at `path`, made from `file`.
    fn arrive(&mut self, part: &Part<'_>, path: &str, file: &File) -> Result<(), Problem> {
        if self.written.contains_key(path) {
            return Err(conflicts(path, "is created twice by the patch"));
        }
        if self.original(path)?.is_some() && !self.leaving.contains(path) {
            return Err(conflicts(
                path,
                "is new in the patch, but it is there already",
            ));
        }
        let file = changed(part, path, file)?;
        self.written.insert(
            path.to_owned(),
            Written {
                file,
                in_place: false,
            },
        );
        Ok(())
    }

    /// Takes the original file at `path` away.
    fn leave(&mut self, part: &Part<'_>, path: &str) -> Result<File, Problem> {
        if !self.gone.insert(path.to_owned()) {
            return Err(conflicts(path, "is deleted or renamed twice by the patch"));
        }
        self.read(part, path)
    }

    /// The original file at `path`, which must be there and be of the kind the patch says.
    fn read(&mut self, part: &Part<'_>, path: &str) -> Result<File, Problem> {
        let file = self
            .original(path)?
            .clone()
            .ok_or_else(|| conflicts(path, "does not exist"))?;
        check_type(part, path, &file)?;
        Ok(file)
    }

    fn original(&mut self, path: &str) -> Result<&Option<File>, Problem> {
        if !self.original.contains_key(path) {
            let file = self.hands.read(path).map_err(Problem::Refused)?;
            self.original.insert(path.to_owned(), file);
        }
        Ok(self.original.get(path).unwrap_or(&None))
    }

    /// A file that an earlier part changed in place cannot go: its change would be lost.
    fn check_unchanged(&self, path: &str) -> Result<(), Problem> {
        if self
            .written
            .get(path)
            .is_some_and(|written| written.in_place)
        {
            return Err(conflicts(
                path,
                "is changed by the patch and then deleted or renamed; send two patches",
            ));
        }
        Ok(())
    }

    fn changes(self, parts: &[Part<'_>]) -> Changes {
        let mut changes = Changes::default();
        for hunk in parts.iter().flat_map(|part| &part.hunks) {
            changes.count_lines(hunk.added, hunk.removed);
        }
        for path in self.gone {
            if !self.written.contains_key(&path) {
                changes.remove(path);
            }
        }
        for (path, written) in self.written {
            changes.write(path, written.file);
        }
        changes
    }
}

/// `file` with the hunks and the new mode of `part`.
fn changed(part: &Part<'_>, path: &str, file: &File) -> Result<File, Problem> {
    let misfit = |misfit: place::Misfit| Conflict {
        path: path.to_owned(),
        message: misfit.message,
        detail: misfit.detail,
    };
    let bytes = place::apply(&file.bytes, &part.hunks)
        .map_err(|misfits| Problem::Conflicts(misfits.into_iter().map(misfit).collect()))?;
    let mode = part.new_mode.unwrap_or(file.mode);
    if (mode == FileMode::Link) != (file.mode == FileMode::Link) {
        return Err(conflicts(
            path,
            "cannot become a symbolic link or cease to be one without being deleted and created",
        ));
    }
    Ok(File { bytes, mode })
}

/// A file is not taken for a symbolic link, nor the reverse.
fn check_type(part: &Part<'_>, path: &str, file: &File) -> Result<(), Problem> {
    match part.old_mode {
        Some(FileMode::Link) if file.mode != FileMode::Link => Err(conflicts(
            path,
            "is not a symbolic link, as the patch expects",
        )),
        Some(FileMode::Regular | FileMode::Executable) if file.mode == FileMode::Link => Err(
            conflicts(path, "is a symbolic link, which the patch does not expect"),
        ),
        _ => Ok(()),
    }
}

/// Whether the part adds lines to nothing and does not say if the file is there.
fn may_create(part: &Part<'_>) -> bool {
    part.bare && part.hunks.len() == 1 && part.hunks.iter().all(|hunk| hunk.old.is_empty())
}

fn conflicts(path: &str, message: &str) -> Problem {
    Problem::Conflicts(vec![Conflict {
        path: path.to_owned(),
        message: message.to_owned(),
        detail: Value::Null,
    }])
}

fn conflict(conflicts: &[Conflict]) -> Failure {
    let shown = &conflicts[..conflicts.len().min(TOLD)];
    let mut told: Vec<String> = shown
        .iter()
        .map(|conflict| format!("`{}`: {}.", conflict.path, conflict.message))
        .collect();
    let more = conflicts.len() - shown.len();
    if more > 0 {
        told.push(format!("And {more} more."));
    }
    let facts: Vec<Value> = shown
        .iter()
        .map(|conflict| json!({ "path": conflict.path, "message": conflict.message, "hunk": conflict.detail }))
        .collect();
    Failure::new(
        "patch-conflict",
        format!("The patch does not fit the tree. {}", told.join("\n")),
    )
    .help("Nothing was changed. Make the patch against the files as they are now.")
    .detail(json!({ "conflicts": facts, "more": more }))
}
