//! Whole files in fences, each behind its path.

use super::{Op, fence, path_of};

pub(super) const EXAMPLE: &str = "\
path/to/file
````
all lines of the file as it shall be
````

Send every file that changes whole, each behind its path, between lines of four backticks.";

/// Whether a text has a fence behind a path.
pub(super) fn is_there(text: &str) -> bool {
    parse(text).map_or(true, |ops| !ops.is_empty())
}

/// Reads all files of a text. Fences that stand behind talk are passed over.
pub(super) fn parse(text: &str) -> Result<Vec<Op>, String> {
    let mut ops = Vec::new();
    let mut lines = text.lines();
    let mut before: Option<&str> = None;
    while let Some(line) = lines.next() {
        let Some(ticks) = fence::opens(line) else {
            if !line.trim().is_empty() {
                before = Some(line);
            }
            continue;
        };
        let mut content = String::new();
        let mut has_ended = false;
        for line in lines.by_ref() {
            if fence::closes(line, ticks) {
                has_ended = true;
                break;
            }
            content.push_str(line);
            content.push('\n');
        }
        let path = before.take().and_then(named);
        match (path, has_ended) {
            (Some(path), true) => ops.push(Op::Write {
                path,
                text: content,
            }),
            (Some(path), false) => {
                return Err(format!(
                    "The file `{path}` has no end: close it with the fence that has opened it."
                ));
            }
            (None, _) => {}
        }
    }
    Ok(ops)
}

/// A path that looks like one: talk before a fence has mostly several words, or no dot and no slash.
fn named(line: &str) -> Option<String> {
    let is_marked = line.trim().starts_with(['`', '#', '*']);
    path_of(line).filter(|path| is_marked || path.contains(['/', '.']))
}
