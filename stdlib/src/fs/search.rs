//! `fs.search`

use regex::Regex;
use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use super::tree;
use crate::perform::perform;
use crate::shown::shown;

/// The longest line that is given back whole, in characters.
const LINE_SHOWN: usize = 500;

/// Finds the lines that hold a text or match a regular expression.
pub(super) struct Search;

#[derive(Deserialize)]
struct Params {
    text: String,
    files: String,
    regex: bool,
    limit: i64,
}

#[derive(Serialize)]
struct Found {
    matches: Vec<Line>,
    /// Whether these are all.
    complete: bool,
}

#[derive(Serialize)]
struct Line {
    path: String,
    /// From 1.
    line: usize,
    text: String,
}

impl Observe for Search {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, search)
    }
}

fn search(params: Params, hands: &dyn Look) -> Result<Found, Failure> {
    let pattern = pattern(&params)?;
    let limit = usize::try_from(params.limit).unwrap_or(0);
    let mut matches = Vec::new();
    for path in hands.list(&params.files)? {
        let Some(file) = hands.read(&path)? else {
            continue;
        };
        // Links and binary files have no lines to show.
        let Ok(text) = tree::text(&path, &file) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            if !pattern.is_match(line) {
                continue;
            }
            if matches.len() == limit {
                return Ok(Found {
                    matches,
                    complete: false,
                });
            }
            matches.push(Line {
                path: path.clone(),
                line: index + 1,
                text: shown(line, LINE_SHOWN).into_owned(),
            });
        }
    }
    Ok(Found {
        matches,
        complete: true,
    })
}

fn pattern(params: &Params) -> Result<Regex, Failure> {
    if params.text.is_empty() {
        return Err(Failure::new(
            "search-empty",
            "The text to search for is empty.",
        ));
    }
    let escaped;
    let source = if params.regex {
        &params.text
    } else {
        escaped = regex::escape(&params.text);
        &escaped
    };
    Regex::new(source).map_err(|error| {
        Failure::new(
            "search-pattern",
            format!("`{}` is not a regular expression: {error}", params.text),
        )
        .help("Without `regex: true` the text is searched for as it is.")
    })
}
