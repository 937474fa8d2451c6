//! The head of a part in git's own form, which begins with `diff --git`.

use tau_interpreter::action::{Failure, FileMode};

use super::cursor::{Cursor, invalid};
use super::hunk;
use super::name::{self, Side};
use super::part::{Part, Target};

/// The beginning of each head.
pub(super) const START: &str = "diff --git ";

/// What the lines of one head say.
#[derive(Default)]
struct Header {
    /// The name in the first line, if both sides agree on it.
    name: Option<String>,
    old_mode: Option<FileMode>,
    new_mode: Option<FileMode>,
    created: bool,
    deleted: bool,
    rename_from: Option<String>,
    rename_to: Option<String>,
    copy_from: Option<String>,
    copy_to: Option<String>,
    old: Option<Side>,
    new: Option<Side>,
}

/// Reads the head that the cursor stands before, and leaves it before the hunks.
pub(super) fn parse<'p>(cursor: &mut Cursor<'p>) -> Result<Part<'p>, Failure> {
    let first = cursor.line;
    let mut header = Header {
        name: cursor.after(START).and_then(name::of_both_sides),
        ..Header::default()
    };
    cursor.next();
    while cursor
        .peek()
        .is_some_and(|text| !text.starts_with(hunk::START))
    {
        let line = cursor.line;
        match header.read(cursor) {
            Some(Ok(())) => cursor.next(),
            Some(Err(why)) => return Err(invalid(line, why)),
            None => break,
        };
    }
    let target = header.target().map_err(|why| invalid(first, why))?;
    header.check(&target).map_err(|why| invalid(first, why))?;
    Ok(Part {
        line: first,
        bare: false,
        target,
        old_mode: header.old_mode,
        new_mode: header.new_mode,
        hunks: Vec::new(),
    })
}

impl Header {
    /// Reads one line; `None` if it belongs to no head.
    fn read(&mut self, cursor: &Cursor<'_>) -> Option<Result<(), String>> {
        let name = |text: &str| {
            name::whole(text)
                .map(Some)
                .ok_or_else(|| format!("has a name that cannot be read: `{text}`"))
        };
        let side = |text: &str| {
            name::side(text)
                .map(Some)
                .ok_or_else(|| format!("has a name that cannot be read: `{text}`"))
        };
        let done = if let Some(text) = cursor.after("old mode ") {
            mode(text).map(|mode| self.old_mode = Some(mode))
        } else if let Some(text) = cursor.after("new mode ") {
            mode(text).map(|mode| self.new_mode = Some(mode))
        } else if let Some(text) = cursor.after("new file mode ") {
            self.created = true;
            mode(text).map(|mode| self.new_mode = Some(mode))
        } else if let Some(text) = cursor.after("deleted file mode ") {
            self.deleted = true;
            mode(text).map(|mode| self.old_mode = Some(mode))
        } else if let Some(text) = cursor.after("rename from ") {
            name(text).map(|name| self.rename_from = name)
        } else if let Some(text) = cursor.after("rename to ") {
            name(text).map(|name| self.rename_to = name)
        } else if let Some(text) = cursor.after("copy from ") {
            name(text).map(|name| self.copy_from = name)
        } else if let Some(text) = cursor.after("copy to ") {
            name(text).map(|name| self.copy_to = name)
        } else if let Some(text) = cursor.after("index ") {
            match text.split_once(' ') {
                Some((_, text)) => mode(text).map(|mode| self.old_mode = Some(mode)),
                None => Ok(()),
            }
        } else if let Some(text) = cursor.after("--- ") {
            side(text).map(|side| self.old = side)
        } else if let Some(text) = cursor.after("+++ ") {
            side(text).map(|side| self.new = side)
        } else {
            cursor
                .after("similarity index ")
                .or_else(|| cursor.after("dissimilarity index "))?;
            Ok(())
        };
        Some(done)
    }

    /// What becomes of which file.
    fn target(&self) -> Result<Target, String> {
        let several = "says that a file is created, deleted, renamed and copied at once";
        let names = (
            &self.rename_from,
            &self.rename_to,
            &self.copy_from,
            &self.copy_to,
        );
        match names {
            (None, None, None, None) => {}
            _ if self.created || self.deleted => return Err(several.to_owned()),
            (Some(from), Some(to), None, None) => {
                return Ok(Target::Rename(from.clone(), to.clone()));
            }
            (None, None, Some(from), Some(to)) => {
                return Ok(Target::Copy(from.clone(), to.clone()));
            }
            _ => return Err("begins a rename or copy of which one side is missing".to_owned()),
        }
        if self.created && self.deleted {
            return Err(several.to_owned());
        }
        let created = self.created || self.old == Some(Side::Nothing);
        let deleted = self.deleted || self.new == Some(Side::Nothing);
        let lone = |side: &Option<Side>| match side {
            Some(Side::Name(name)) => Some(name::lone(name).to_owned()),
            _ => None,
        };
        let unnamed = || "names no file".to_owned();
        match (created, deleted) {
            (true, true) => Err("creates and deletes the same file".to_owned()),
            (true, false) => self
                .name
                .clone()
                .or_else(|| lone(&self.new))
                .map(Target::Create)
                .ok_or_else(unnamed),
            (false, true) => self
                .name
                .clone()
                .or_else(|| lone(&self.old))
                .map(Target::Delete)
                .ok_or_else(unnamed),
            (false, false) => match (&self.name, &self.old, &self.new) {
                (Some(name), _, _) => Ok(Target::Modify(name.clone())),
                // `git diff --no-index` of two files writes no rename lines.
                (None, Some(Side::Name(old)), Some(Side::Name(new))) => {
                    match (name::strip(old), name::strip(new)) {
                        (Some(old), Some(new)) => {
                            Ok(Target::Rename(old.to_owned(), new.to_owned()))
                        }
                        _ => Err(unnamed()),
                    }
                }
                _ => Err("names two different files, but no rename follows".to_owned()),
            },
        }
    }

    /// Whether the `---` and `+++` lines say the same as the rest.
    fn check(&self, target: &Target) -> Result<(), String> {
        let (old, new) = match target {
            Target::Modify(path) => (Some(path), Some(path)),
            Target::Create(path) => (None, Some(path)),
            Target::Delete(path) => (Some(path), None),
            Target::Rename(from, to) | Target::Copy(from, to) => (Some(from), Some(to)),
        };
        for (mark, side, path) in [("---", &self.old, old), ("+++", &self.new, new)] {
            let agrees = match (side, path) {
                (None, _) | (Some(Side::Nothing), None) => true,
                (Some(Side::Name(name)), Some(path)) => {
                    name == path || name::strip(name) == Some(path.as_str())
                }
                _ => false,
            };
            if !agrees {
                return Err(format!(
                    "begins a part whose `{mark}` line names another file"
                ));
            }
        }
        Ok(())
    }
}

/// Reads a file mode as git writes it. Of a regular file's permissions only the owner's
/// right to execute counts.
fn mode(text: &str) -> Result<FileMode, String> {
    let text = text.trim_end();
    let bits =
        u32::from_str_radix(text, 8).map_err(|_| format!("has an unknown file mode: `{text}`"))?;
    match bits & 0o170_000 {
        0o100_000 if bits & 0o100 != 0 => Ok(FileMode::Executable),
        0o100_000 => Ok(FileMode::Regular),
        0o120_000 => Ok(FileMode::Link),
        0o160_000 => Err("changes a submodule, which a patch cannot do here".to_owned()),
        _ => Err(format!("has an unknown file mode: `{text}`")),
    }
}
