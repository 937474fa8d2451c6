//! The form `apply_patch`: parts of files between `*** Begin Patch` and `*** End Patch`.

use super::{Op, fence};

pub(super) const EXAMPLE: &str = "\
*** Begin Patch
*** Update File: path/to/file
@@ a line above the change
 a line that stays
-a line that goes
+a line that comes
*** Add File: path/to/new
+all its lines
*** Delete File: path/to/old
*** End Patch

Behind `*** Update File:` a line `*** Move to: path/to/other` renames it.";

const BEGIN: &str = "*** Begin Patch";
const END: &str = "*** End Patch";
const ADD: &str = "*** Add File: ";
const UPDATE: &str = "*** Update File: ";
const DELETE: &str = "*** Delete File: ";
const MOVE: &str = "*** Move to: ";
const END_OF_FILE: &str = "*** End of File";

/// Whether a text begins such a patch.
pub(super) fn is_there(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == BEGIN)
}

/// Reads the patch of a text.
pub(super) fn parse(text: &str) -> Result<Vec<Op>, String> {
    let lines = text.lines().skip_while(|line| line.trim_end() != BEGIN);
    let lines: Vec<&str> = lines.skip(1).collect();
    let Some(end) = lines.iter().position(|line| line.trim_end() == END) else {
        return Err(format!(
            "Your patch has no end: write `{END}` behind its last line."
        ));
    };
    let mut rest = &lines[..end];
    let mut ops = Vec::new();
    while let Some((line, more)) = rest.split_first() {
        let (part, behind) = more.split_at(part(more));
        rest = behind;
        let line = line.trim_end();
        if let Some(path) = line.strip_prefix(ADD) {
            ops.push(add(path, part)?);
        } else if let Some(path) = line.strip_prefix(DELETE) {
            let path = path.to_owned();
            ops.push(Op::Remove { path });
        } else if let Some(path) = line.strip_prefix(UPDATE) {
            update(path, part, &mut ops)?;
        } else if !line.is_empty() && !fence::is_fence(line) {
            return Err(format!(
                "The line `{line}` of your patch begins no part: write `{UPDATE}PATH`, `{ADD}PATH` or `{DELETE}PATH`."
            ));
        }
    }
    Ok(ops)
}

/// How many lines belong to the part before them.
fn part(lines: &[&str]) -> usize {
    let begins = |line: &&str| [ADD, UPDATE, DELETE].iter().any(|it| line.starts_with(it));
    lines.iter().position(begins).unwrap_or(lines.len())
}

fn add(path: &str, part: &[&str]) -> Result<Op, String> {
    let mut text = String::new();
    for line in part {
        let Some(line) = line.strip_prefix('+') else {
            return Err(format!(
                "Every line of the new file `{path}` begins with `+`, and `{line}` does not."
            ));
        };
        text.push_str(line);
        text.push('\n');
    }
    let path = path.to_owned();
    Ok(Op::Create { path, text })
}

fn update(path: &str, part: &[&str], ops: &mut Vec<Op>) -> Result<(), String> {
    let mut chunk = Chunk::default();
    let mut moved = None;
    for line in part {
        if let Some(to) = line.strip_prefix(MOVE) {
            moved = Some(to.trim_end().to_owned());
        } else if line.trim_end() == END_OF_FILE {
        } else if let Some(after) = line.strip_prefix("@@") {
            chunk.close(path, ops)?;
            let after = after.trim();
            chunk.after = (!after.is_empty()).then(|| after.to_owned());
        } else if let Some(line) = line.strip_prefix('+') {
            chunk.replace.push(line.to_owned());
            chunk.changes = true;
        } else if let Some(line) = line.strip_prefix('-') {
            chunk.find.push(line.to_owned());
            chunk.changes = true;
        } else {
            let line = line.strip_prefix(' ').unwrap_or(line);
            chunk.find.push(line.to_owned());
            chunk.replace.push(line.to_owned());
        }
    }
    chunk.close(path, ops)?;
    if let Some(to) = moved {
        let from = path.to_owned();
        ops.push(Op::Move { from, to });
    }
    Ok(())
}

/// Neighbouring lines of one file.
#[derive(Default)]
struct Chunk {
    after: Option<String>,
    find: Vec<String>,
    replace: Vec<String>,
    changes: bool,
}

impl Chunk {
    fn close(&mut self, path: &str, ops: &mut Vec<Op>) -> Result<(), String> {
        let Chunk {
            after,
            find,
            replace,
            changes,
        } = std::mem::take(self);
        if !changes {
            return Ok(());
        }
        if find.is_empty() {
            return Err(format!(
                "A part of the patch of `{path}` only adds lines and does not say where: \
                 send a line that stands before them, with a space in front."
            ));
        }
        ops.push(Op::Lines {
            path: path.to_owned(),
            after,
            find,
            replace,
        });
        Ok(())
    }
}
