//! From the text of a model's answer to edits. Each form stands in a file of its own.
//!
//! What is safe is tolerated: talk around the edits, fences, white space at the ends of marks. What
//! could mean two things is refused, with words that tell the model what to send instead.

mod apply_patch;
mod blocks;
mod diff;
mod fence;
mod json;
#[cfg(test)]
mod tests;
mod whole;

use serde::Deserialize;

/// The form that a model is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Format {
    #[default]
    #[serde(rename = "search-replace")]
    SearchReplace,
    #[serde(rename = "whole")]
    Whole,
    #[serde(rename = "diff")]
    Diff,
    #[serde(rename = "apply-patch")]
    ApplyPatch,
    #[serde(rename = "json")]
    Json,
}

/// What an answer changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edits {
    /// One after the other.
    Each(Vec<Op>),
    /// A unified diff.
    Diff(String),
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Whole lines take the place of others.
    Lines {
        path: String,
        /// The lines stand behind one with this text.
        after: Option<String>,
        find: Vec<String>,
        replace: Vec<String>,
    },
    /// A piece of text takes the place of another.
    Text {
        path: String,
        find: String,
        replace: String,
    },
    /// A file that is not there yet.
    Create { path: String, text: String },
    /// A whole file, be it there or not.
    Write { path: String, text: String },
    /// A file that goes.
    Remove { path: String },
    /// A file that gets another path.
    Move { from: String, to: String },
}

/// The edits of an answer, in whichever form it has; `wanted` counts where several could be meant.
///
/// # Errors
/// Why there are none, as sentences for the model.
pub(super) fn parse(wanted: Format, text: &str) -> Result<Edits, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let form = form(wanted, text);
    let edits = match form {
        Some(Format::SearchReplace) => Edits::Each(blocks::parse(text)?),
        Some(Format::ApplyPatch) => Edits::Each(apply_patch::parse(text)?),
        Some(Format::Json) => json::parse(text)?,
        Some(Format::Diff) => Edits::Diff(diff::parse(text)),
        Some(Format::Whole) => Edits::Each(whole::parse(text)?),
        None => return Err(nothing(wanted)),
    };
    match &edits {
        Edits::Each(all) if all.is_empty() => Err(nothing(wanted)),
        _ => Ok(edits),
    }
}

/// How many edits a model's answer has, in whichever form; a diff counts as one.
///
/// # Errors
/// It has none that can be made, as sentences for the model.
pub fn edits_of_answer(text: &str) -> Result<usize, String> {
    let whole = || parse(Format::Whole, text);
    Ok(
        match parse(Format::SearchReplace, text).or_else(|_| whole())? {
            Edits::Each(all) => all.len(),
            Edits::Diff(_) => 1,
        },
    )
}

/// The form that an answer has: the wanted one if it can be that, and else another that nobody could
/// take for something else.
fn form(wanted: Format, text: &str) -> Option<Format> {
    let marked = [
        (Format::SearchReplace, blocks::is_there as fn(&str) -> bool),
        (Format::ApplyPatch, apply_patch::is_there),
        (Format::Json, json::is_there),
        (Format::Diff, diff::is_there),
    ];
    let has = |format: Format| match marked.iter().find(|(it, _)| *it == format) {
        Some((_, is_there)) => is_there(text),
        None => whole::is_there(text),
    };
    if has(wanted) {
        return Some(wanted);
    }
    let others = marked.iter().filter(|(_, is_there)| is_there(text));
    others.map(|(format, _)| *format).next()
}

fn nothing(wanted: Format) -> String {
    format!(
        "There is no edit in your answer, so nothing was changed. Send each change in this form:\n\n{}",
        wanted.example()
    )
}

impl Format {
    /// How a model is told to write its answer.
    pub(super) fn example(self) -> &'static str {
        match self {
            Format::SearchReplace => blocks::EXAMPLE,
            Format::Whole => whole::EXAMPLE,
            Format::Diff => diff::EXAMPLE,
            Format::ApplyPatch => apply_patch::EXAMPLE,
            Format::Json => json::EXAMPLE,
        }
    }
}

/// A path as a model writes it alone on a line: `**src/a.py**:`, `### src/a.py`.
fn path_of(line: &str) -> Option<String> {
    let mut text = line.trim();
    for start in ["File:", "file:", "Path:", "path:"] {
        text = text.strip_prefix(start).unwrap_or(text).trim();
    }
    let text = text.trim_start_matches(['#', ' ']);
    let is_quoted = text.starts_with('`');
    let text = text.trim_matches(['`', '*', '"', ':', ' ']);
    let text = text.strip_prefix("./").unwrap_or(text);
    let is_path = !text.is_empty() && (is_quoted || !text.contains(char::is_whitespace));
    is_path.then(|| text.to_owned())
}
