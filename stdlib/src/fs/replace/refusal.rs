//! Why a replacement is not made, in words.

use serde_json::json;
use tau_interpreter::action::Failure;

use crate::fs::similar;
use crate::shown::shown;

/// How many places of an ambiguous text are shown.
pub(super) const PLACES_SHOWN: usize = 100;
/// Lines are shown up to this many characters.
const LINE_SHOWN: usize = 200;

/// There is no text to find.
pub(super) fn empty(path: &str) -> Failure {
    Failure::new(
        "edit-empty",
        format!("The text to find in `{path}` is empty, so it names no place."),
    )
    .help("Send the text that is there now; or use `fs.write` to write the whole file.")
    .detail(json!({ "path": path }))
}

/// The file would stay as it is.
pub(super) fn no_change(path: &str) -> Failure {
    Failure::new(
        "edit-no-change",
        format!(
            "The edit of `{path}` changes nothing: what it finds and what it puts there are the same."
        ),
    )
    .help("Leave this edit out, or send the text that shall be there afterwards.")
    .detail(json!({ "path": path }))
}

/// The text stands in several places.
pub(crate) fn ambiguous(path: &str, text: &str, find: &str, places: &[usize]) -> Failure {
    let more = places.len() > PLACES_SHOWN;
    let lines: Vec<usize> = places
        .iter()
        .take(PLACES_SHOWN)
        .map(|&at| line_of(text, at))
        .collect();
    let count = if more {
        format!("more than {PLACES_SHOWN}")
    } else {
        places.len().to_string()
    };
    let listed: Vec<String> = lines.iter().map(usize::to_string).collect();
    Failure::new(
        "edit-ambiguous",
        format!(
            "{} occurs {count} times in `{path}`, at lines {}{}. It must occur exactly once.",
            quoted(find),
            listed.join(", "),
            if more { ", …" } else { "" },
        ),
    )
    .help("Send more of the lines around it, so that it occurs once.")
    .detail(json!({ "path": path, "lines": lines, "more": more }))
}

/// The text stands nowhere.
pub(crate) fn missing(path: &str, text: &str, find: &str) -> Failure {
    let what = quoted(find);
    let failure = Failure::new("edit-missing", "").detail(json!({ "path": path, "similar": null }));
    let Some(near) = similar::nearest(text, find) else {
        return Failure {
            message: format!("{what} does not occur in `{path}`."),
            ..failure
        }
        .help("Read the file as it is now and send its text exactly.");
    };
    let place = match near.last_line - near.line {
        0 => format!("Line {} is", near.line),
        _ => format!("Lines {} to {} are", near.line, near.last_line),
    };
    let how = if near.only_white_space {
        "the same but for white space"
    } else {
        "similar"
    };
    let lines: String = near
        .text
        .lines()
        .map(|line| format!("\n    {}", shown(line, LINE_SHOWN)))
        .collect();
    Failure {
        message: format!("{what} does not occur in `{path}`. {place} {how}:{lines}"),
        ..failure
    }
    .help("Send the text exactly as it is in the file, with its indentation and line ends.")
    .detail(json!({ "path": path, "similar": near }))
}

/// The first line of a text, in backticks, short enough for a sentence.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let first = text
        .trim_start_matches(['\r', '\n'])
        .lines()
        .next()
        .unwrap_or_default();
    let mut shown: String = first.chars().take(SHOWN).collect();
    if shown.len() < text.trim_end_matches(['\r', '\n']).len() {
        shown.push('…');
    }
    if shown.trim().is_empty() || shown == "…" {
        return "The text to find (only white space)".to_owned();
    }
    format!("The text `{shown}`")
}

fn line_of(text: &str, place: usize) -> usize {
    1 + text.as_bytes()[..place]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
}
