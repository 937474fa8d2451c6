//! JSON: `files`, `edits`, `delete`, `rename`, or a `diff`.

use serde::Deserialize;

use super::{Edits, Op, diff, fence};

pub(super) const EXAMPLE: &str = r#"{
  "edits":  [{ "path": "path/to/file", "find": "text that stands there once", "replace": "text instead" }],
  "files":  [{ "path": "path/to/new", "text": "all of the file" }],
  "rename": [{ "from": "path/to/a", "to": "path/to/b" }],
  "delete": ["path/to/old"]
}

Leave out what you do not need. Instead of all of these, `"diff"` may hold a unified diff."#;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Answer {
    files: Vec<Whole>,
    edits: Vec<Edit>,
    rename: Vec<Rename>,
    delete: Vec<String>,
    diff: Option<String>,
    #[serde(rename = "summary")]
    _summary: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    path: String,
    #[serde(alias = "content")]
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    path: String,
    find: String,
    replace: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    from: String,
    to: String,
}

/// The JSON of a text: all of it, or what is between its fences.
fn json(text: &str) -> Option<String> {
    let text = text.trim();
    if text.starts_with('{') {
        return Some(text.to_owned());
    }
    let mut lines = text.lines();
    let ticks = lines.find_map(|line| fence::opens(line.trim()))?;
    let inner = lines.take_while(|line| !fence::closes(line.trim(), ticks));
    let inner: String = inner.map(|line| format!("{line}\n")).collect();
    inner.trim_start().starts_with('{').then_some(inner)
}

/// Whether a text is an object with a field of these.
pub(super) fn is_there(text: &str) -> bool {
    let fields = [
        "\"files\"",
        "\"edits\"",
        "\"rename\"",
        "\"delete\"",
        "\"diff\"",
    ];
    json(text).is_some_and(|json| fields.iter().any(|field| json.contains(field)))
}

/// Reads the object of a text.
pub(super) fn parse(text: &str) -> Result<Edits, String> {
    let json = json(text).unwrap_or_default();
    let answer: Answer = serde_json::from_str(&json)
        .map_err(|error| format!("Your answer is no JSON as it was asked for: {error}."))?;
    let Answer {
        files,
        edits,
        rename,
        delete,
        diff,
        ..
    } = answer;
    let edits = edits.into_iter().map(|it| Op::Text {
        path: it.path,
        find: it.find,
        replace: it.replace,
    });
    let files = files.into_iter().map(|it| Op::Write {
        path: it.path,
        text: it.text,
    });
    let renames = rename.into_iter().map(|it| Op::Move {
        from: it.from,
        to: it.to,
    });
    let removals = delete.into_iter().map(|path| Op::Remove { path });
    let all: Vec<Op> = edits.chain(files).chain(renames).chain(removals).collect();
    match diff {
        Some(diff) if all.is_empty() => Ok(Edits::Diff(diff::parse(&diff))),
        Some(_) => Err("Your answer has a `diff` and other changes: send one or the other.".into()),
        None => Ok(Edits::Each(all)),
    }
}
