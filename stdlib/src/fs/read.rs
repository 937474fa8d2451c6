//! `fs.read`

use serde::{Deserialize, Serialize};
use serde_json::json;
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use super::tree;
use crate::perform::perform;

/// Reads one file as text, or some of its lines.
pub(super) struct Read;

#[derive(Deserialize)]
struct Params {
    path: String,
    /// From 1.
    first: i64,
    last: Option<i64>,
}

#[derive(Serialize)]
struct Content {
    text: String,
    /// Of the whole file, in bytes.
    size: usize,
    /// Of the whole file.
    lines: usize,
}

impl Observe for Read {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, read)
    }
}

fn read(params: Params, hands: &dyn Look) -> Result<Content, Failure> {
    let file = tree::existing(hands, &params.path)?;
    let text = tree::text(&params.path, &file)?;
    let lines = text.split_inclusive('\n').count();
    let chosen = match (params.first, params.last) {
        (1, None) => Some(text.to_owned()),
        (first, last) => some(text, first, last),
    };
    let Some(chosen) = chosen else {
        return Err(no_lines(&params, lines));
    };
    Ok(Content {
        text: chosen,
        size: text.len(),
        lines,
    })
}

/// The lines from `first` to `last`, unless there is none of them.
fn some(text: &str, first: i64, last: Option<i64>) -> Option<String> {
    let before = usize::try_from(first).ok()?.checked_sub(1)?;
    let most = match last {
        Some(last) => usize::try_from(last.checked_sub(first)?).ok()? + 1,
        None => usize::MAX,
    };
    let lines = text.split_inclusive('\n').skip(before).take(most);
    let chosen: String = lines.collect();
    (!chosen.is_empty()).then_some(chosen)
}

fn no_lines(params: &Params, lines: usize) -> Failure {
    let Params { path, first, last } = params;
    let wanted = match last {
        Some(last) => format!("the lines {first} to {last}"),
        None => format!("line {first} and what follows"),
    };
    let noun = if lines == 1 { "line" } else { "lines" };
    Failure::new(
        "file-lines",
        format!("`{path}` has {lines} {noun}, and {wanted} are none of them."),
    )
    .detail(json!({ "path": path, "lines": lines }))
}
