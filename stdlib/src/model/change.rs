//! From edits to changes of the tree: all of them or none, and only of what the step may write.

mod lines;

use std::collections::BTreeMap;

use tau_interpreter::action::{Failure, FailureKind, File, FileMode, Work};

use super::answer::{Edits, Op};
use crate::fs::{Changes, Edited, Replacement, patch_edits, replace, tree};
use crate::shown::TOLD;

/// Why edits were not made, in words for the model. Nothing was changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Refused {
    /// One for each thing that is wrong.
    pub(super) reasons: Vec<String>,
    /// The paths among them that may not be written.
    pub(super) protected: Vec<String>,
}

/// Makes the edits, or says why they are not made.
///
/// # Errors
/// What is no fault of the edits: a disk that is full.
pub(super) fn make(edits: &Edits, hands: &dyn Work) -> Result<Result<Edited, Refused>, Failure> {
    let mut refused = Refused::default();
    let mut paths = match edits {
        Edits::Each(ops) => ops.iter().flat_map(Op::paths).map(str::to_owned).collect(),
        Edits::Diff(diff) => match crate::fs::patch_paths(diff) {
            Ok(paths) => paths,
            Err(why) => {
                refused
                    .reasons
                    .push(format!("Your diff cannot be read. {why}"));
                return Ok(Err(refused));
            }
        },
    };
    paths.sort();
    paths.dedup();
    for path in paths {
        if let Err(why) = tree::check_path(&path) {
            refused.reasons.push(format!("The path `{path}` {why}."));
        } else if let Err(why) = hands.may_write(&path) {
            refused.reasons.push(format!(
                "`{path}` may not be written: it {why}. Leave it as it is, and change other files."
            ));
            refused.protected.push(path);
        }
    }
    if !refused.reasons.is_empty() {
        return Ok(Err(refused));
    }
    let made = match edits {
        Edits::Diff(diff) => patch_edits(diff, hands).map_err(|failure| vec![failure]),
        Edits::Each(ops) => each(ops, hands),
    };
    match made {
        Ok(edited) => Ok(Ok(edited)),
        Err(failures) => {
            for failure in failures {
                let told = told(failure)?;
                if refused.reasons.len() < TOLD {
                    refused.reasons.push(told);
                }
            }
            Ok(Err(refused))
        }
    }
}

/// What went wrong as words for the model, if it is the edit's fault.
fn told(failure: Failure) -> Result<String, Failure> {
    let is_own = match failure.kind {
        FailureKind::Failed => failure.code != "value-not-kept",
        // Another file may not be read.
        FailureKind::Blocked(_) => true,
        _ => false,
    };
    match (is_own, failure.help) {
        // Behind lines that are shown, it is a line of its own.
        (true, Some(help)) if failure.message.contains('\n') => {
            Ok(format!("{}\n{help}", failure.message))
        }
        (true, Some(help)) => Ok(format!("{} {help}", failure.message)),
        (true, None) => Ok(failure.message),
        (false, help) => Err(Failure { help, ..failure }),
    }
}

/// The files as the edits so far have left them.
struct Tree<'h> {
    hands: &'h dyn Work,
    before: BTreeMap<String, Option<File>>,
    now: BTreeMap<String, Option<File>>,
}

/// Makes them one after the other; each sees what the ones before it left.
fn each(ops: &[Op], hands: &dyn Work) -> Result<Edited, Vec<Failure>> {
    let mut tree = Tree {
        hands,
        before: BTreeMap::new(),
        now: BTreeMap::new(),
    };
    let failures: Vec<Failure> = ops.iter().filter_map(|op| tree.make(op).err()).collect();
    if !failures.is_empty() {
        return Err(failures);
    }
    let changes = tree.changes().map_err(|failure| vec![failure])?;
    changes.stage(hands).map_err(|failure| vec![failure])
}

impl Tree<'_> {
    fn make(&mut self, op: &Op) -> Result<(), Failure> {
        match op {
            Op::Lines {
                path,
                after,
                find,
                replace,
            } => self.edit(path, |text| {
                lines::replace(path, text, after.as_deref(), find, replace)
            }),
            Op::Text {
                path,
                find,
                replace: with,
            } => self.edit(path, |text| {
                let wanted = Replacement {
                    find,
                    replace: with,
                    all: false,
                };
                replace(path, text, &wanted)
            }),
            Op::Create { path, text } => {
                let is_there = self.file(path)?.is_some_and(|file| !file.bytes.is_empty());
                if is_there {
                    let message = format!(
                        "`{path}` is there already, and an empty SEARCH part, or a part that adds it, \
                         is for a new file."
                    );
                    return Err(Failure::new("file-exists", message)
                        .help("Find the lines of it that shall change."));
                }
                self.write(path, text)
            }
            Op::Write { path, text } => self.write(path, text),
            Op::Remove { path } => {
                self.existing(path)?;
                self.now.insert(path.clone(), None);
                Ok(())
            }
            Op::Move { from, to } => {
                if self.file(to)?.is_some() {
                    let message = format!("`{to}` is there already, and `{from}` shall become it.");
                    return Err(Failure::new("file-exists", message)
                        .help("Remove it first, or choose another path."));
                }
                let file = self.existing(from)?;
                self.now.insert(from.clone(), None);
                self.now.insert(to.clone(), Some(file));
                Ok(())
            }
        }
    }

    fn edit(
        &mut self,
        path: &str,
        edit: impl FnOnce(&str) -> Result<String, Failure>,
    ) -> Result<(), Failure> {
        let file = self.existing(path)?;
        let after = edit(tree::text(path, &file)?)?;
        let file = File {
            bytes: after.into_bytes(),
            mode: file.mode,
        };
        self.now.insert(path.to_owned(), Some(file));
        Ok(())
    }

    fn write(&mut self, path: &str, text: &str) -> Result<(), Failure> {
        let mode = match self.file(path)? {
            Some(file) => {
                tree::refuse_link(path, &file)?;
                file.mode
            }
            None => FileMode::Regular,
        };
        let bytes = text.as_bytes().to_vec();
        self.now.insert(path.to_owned(), Some(File { bytes, mode }));
        Ok(())
    }

    fn existing(&mut self, path: &str) -> Result<File, Failure> {
        match self.file(path)? {
            Some(file) => Ok(file),
            None => Err(tree::missing(self.hands, path)),
        }
    }

    fn file(&mut self, path: &str) -> Result<Option<File>, Failure> {
        if let Some(file) = self.now.get(path) {
            return Ok(file.clone());
        }
        let file = tree::find(self.hands, path)?;
        self.before.insert(path.to_owned(), file.clone());
        self.now.insert(path.to_owned(), file.clone());
        Ok(file)
    }

    fn changes(self) -> Result<Changes, Failure> {
        let Tree { before, now, .. } = self;
        let mut changes = Changes::default();
        let mut is_empty = true;
        for (path, file) in now {
            let was = before.get(&path).and_then(Option::as_ref);
            if was == file.as_ref() {
                continue;
            }
            is_empty = false;
            let bytes = |file: Option<&File>| file.map_or(&[][..], |file| &file.bytes).to_vec();
            changes.count(&bytes(was), &bytes(file.as_ref()));
            match file {
                Some(file) => changes.write(path, file),
                None => changes.remove(path),
            }
        }
        match is_empty {
            false => Ok(changes),
            true => Err(Failure::new(
                "edit-no-change",
                "Your edits change nothing: every file would stay as it is.",
            )
            .help("Send what shall be different.")),
        }
    }
}

impl Op {
    fn paths(&self) -> Vec<&str> {
        match self {
            Op::Lines { path, .. }
            | Op::Text { path, .. }
            | Op::Create { path, .. }
            | Op::Write { path, .. }
            | Op::Remove { path } => vec![path],
            Op::Move { from, to } => vec![from, to],
        }
    }
}

#[cfg(test)]
mod tests;
