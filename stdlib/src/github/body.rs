//! What a pull request says of its proof.

use std::fmt::Write as _;

use serde_json::Value;

/// How many files are named.
const FILES: usize = 30;

/// A text with the proof below it. `proof` is the `proof` of the face.
pub(super) fn of(text: &str, proof: &Value, commit: &str, files: &[String]) -> String {
    let told = |name: &str| code(proof[name].as_str().unwrap_or_default());
    let why = |of: &str| plain(proof[of]["why"].as_str().unwrap_or_default());
    let mut body = text.trim_end().to_owned();
    if !body.is_empty() {
        body.push_str("\n\n");
    }
    let _ = write!(
        body,
        "## What was shown\n\n| | |\n| --- | --- |\n\
         | RED | the verifier {} fails on {}, and again with the change taken back: {} |\n\
         | GREEN | {} |\n| level | {} |\n| commit | {} |\n",
        told("verifier"),
        told("base"),
        why("taken_back"),
        why("green"),
        told("level"),
        code(commit),
    );
    let limits = proof["limits"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    for limit in limits.iter().filter_map(Value::as_str) {
        let _ = writeln!(body, "| | {} |", plain(limit));
    }
    let _ = writeln!(body, "\n{} changed:\n", counted(files.len()));
    for file in files.iter().take(FILES) {
        let _ = writeln!(body, "- {}", code(file));
    }
    if files.len() > FILES {
        let _ = writeln!(body, "- {} more", files.len() - FILES);
    }
    body.push_str(
        "\nThe run's name is in the source of this text; where it ran, `tau show RUN` tells it and \
         `tau receipt RUN` gives what `tau verify` runs again.\n",
    );
    body
}

fn counted(files: usize) -> String {
    match files {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    }
}

/// A text in backticks, whatever is in it.
fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| !c.is_control() && *c != '`' && *c != '|')
        .collect();
    format!("`{text}`")
}

/// A sentence in a table, in which nothing of Markdown has a meaning.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
    {
        if "\\*_[]<>|#@".contains(letter) {
            plain.push('\\');
        }
        plain.push(letter);
    }
    plain
}
