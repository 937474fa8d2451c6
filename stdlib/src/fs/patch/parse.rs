//! From the text of a patch to its parts.

use serde_json::json;
use tau_interpreter::action::Failure;

use super::cursor::{Cursor, invalid};
use super::part::{Part, Target};
use super::{LARGEST, bare, header, hunk};
use crate::fs::tree;

/// Reads a patch. Text before, between and after the parts is passed over, as in a mail.
///
/// # Errors
/// `patch-too-large`, `patch-empty`, `patch-binary`, `path-refused`, or `patch-invalid` with the
/// line that is wrong. Every path in the result may be named.
pub(super) fn parse(patch: &str) -> Result<Vec<Part<'_>>, Failure> {
    if patch.len() > LARGEST {
        return Err(Failure::new(
            "patch-too-large",
            format!(
                "The patch has {} bytes; the limit is {LARGEST}.",
                patch.len()
            ),
        )
        .help("Apply it in several steps."));
    }
    let mut cursor = Cursor::new(patch.strip_prefix('\u{feff}').unwrap_or(patch));
    let mut parts = Vec::new();
    while let Some(line) = cursor.peek() {
        let mut part = if line.starts_with(header::START) {
            header::parse(&mut cursor)?
        } else if let Some(part) = bare_part(&cursor)? {
            cursor.next();
            cursor.next();
            part
        } else {
            refuse_stray(&cursor)?;
            cursor.next();
            continue;
        };
        check_paths(&part)?;
        read_hunks(&mut cursor, &mut part)?;
        check_content(&part)?;
        parts.push(part);
    }
    if parts.is_empty() {
        return Err(Failure::new(
            "patch-empty",
            "The patch changes nothing: it holds no `diff --git` and no `---` and `+++` lines.",
        )
        .help("Make the patch with `git diff`."));
    }
    Ok(parts)
}

/// The part that begins with a bare pair of `---` and `+++` lines, if the cursor is before one.
fn bare_part<'p>(cursor: &Cursor<'p>) -> Result<Option<Part<'p>>, Failure> {
    let mut ahead = cursor.clone();
    let old = ahead.after("--- ");
    ahead.next();
    let (Some(old), Some(new)) = (old, ahead.after("+++ ")) else {
        return Ok(None);
    };
    ahead.next();
    let line = cursor.line;
    if !ahead
        .peek()
        .is_some_and(|text| text.starts_with(hunk::START))
    {
        return Err(invalid(
            line,
            "begins a part, but no hunk (`@@ -…`) follows",
        ));
    }
    let target = bare::target(old, new).ok_or_else(|| {
        invalid(
            line,
            format!("and the next do not name one file: `{old}` and `{new}`"),
        )
    })?;
    Ok(Some(Part {
        line,
        bare: true,
        target,
        old_mode: None,
        new_mode: None,
        hunks: Vec::new(),
    }))
}

/// Refuses lines between the parts that are changes in a form that cannot be applied.
fn refuse_stray(cursor: &Cursor<'_>) -> Result<(), Failure> {
    let Some(text) = cursor.peek() else {
        return Ok(());
    };
    if text.starts_with(hunk::START) {
        return Err(invalid(
            cursor.line,
            "is a hunk without the names of its file before it",
        ));
    }
    if ["diff --cc ", "diff --combined "]
        .iter()
        .any(|start| text.starts_with(start))
    {
        return Err(invalid(
            cursor.line,
            "begins the combined diff of a merge, which cannot be applied",
        ));
    }
    Ok(())
}

fn check_paths(part: &Part<'_>) -> Result<(), Failure> {
    for path in part.target.paths() {
        tree::check_path(path).map_err(|why| {
            let line = part.line;
            Failure::new(
                "path-refused",
                format!("The path `{path}` at line {line} of the patch {why}."),
            )
            .detail(json!({ "path": path, "line": line }))
        })?;
    }
    Ok(())
}

fn read_hunks<'p>(cursor: &mut Cursor<'p>, part: &mut Part<'p>) -> Result<(), Failure> {
    let path = part.target.paths().pop().unwrap_or_default().to_owned();
    let binary =
        |text: &str| text.starts_with("GIT binary patch") || text.starts_with("Binary files ");
    if cursor.peek().is_some_and(binary) {
        return Err(Failure::new(
            "patch-binary",
            format!(
                "The patch changes `{path}`, a binary file, at line {}. Only text can be patched.",
                cursor.line
            ),
        )
        .help("Leave the binary file out of the patch.")
        .detail(json!({ "path": path, "line": cursor.line })));
    }
    while cursor
        .peek()
        .is_some_and(|text| text.starts_with(hunk::START))
    {
        part.hunks.push(hunk::parse(cursor, &path)?);
    }
    Ok(())
}

/// Whether the hunks fit what the head says.
fn check_content(part: &Part<'_>) -> Result<(), Failure> {
    let line = part.line;
    let old = part.hunks.iter().any(|hunk| !hunk.old.is_empty());
    let new = part.hunks.iter().any(|hunk| !hunk.new.is_empty());
    match &part.target {
        Target::Create(path) if old => Err(invalid(
            line,
            format!("creates `{path}`, but its hunks expect lines that are there already"),
        )),
        Target::Delete(path) if new => Err(invalid(
            line,
            format!("deletes `{path}`, but its hunks leave lines in it"),
        )),
        Target::Modify(path) if part.hunks.is_empty() && part.new_mode.is_none() => Err(invalid(
            line,
            format!("begins a part for `{path}` that changes nothing"),
        )),
        Target::Rename(from, to) | Target::Copy(from, to) if from == to => Err(invalid(
            line,
            format!("renames or copies `{from}` to itself"),
        )),
        _ => Ok(()),
    }
}
