//! Replacing an exact piece of text.
//!
//! Line ends: when the text to find has no carriage return, each of its line ends matches `LF` as
//! well as `CRLF`, and the replacement is written with the line ends of what it replaces. Only
//! the part in which the two texts differ is written at all, so lines that stand unchanged at
//! the beginning and end of both keep their bytes. In the differing part, the first line takes
//! the line end of the first line replaced, and so on; further lines take the last of these, or,
//! where none is replaced, that of the line they are put into. A text to find that does hold a
//! carriage return is taken to the byte, and so is its replacement.
//!
//! A byte order mark at the file's start stays, whatever the replacement says.

use serde_json::json;
use tau_interpreter::action::Failure;

use super::similar;

/// How many places of an ambiguous text are shown.
const PLACES_SHOWN: usize = 100;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// One replacement.
pub(super) struct Replacement<'r> {
    /// What must be there.
    pub(super) find: &'r str,
    /// What shall be there instead.
    pub(super) replace: &'r str,
    /// Whether every occurrence is meant, and not the only one.
    pub(super) all: bool,
}

/// `text`, the content of the file at `path`, with the replacement made.
///
/// # Errors
/// `edit-empty`, `edit-missing`, `edit-ambiguous` or `edit-no-change`.
pub(super) fn replace(path: &str, text: &str, wanted: &Replacement<'_>) -> Result<String, Failure> {
    if wanted.find.is_empty() {
        return Err(Failure::new(
            "edit-empty",
            format!("The text to find in `{path}` is empty, so it names no place."),
        )
        .help("Send the text that is there now; or use `fs.write` to write the whole file."));
    }
    let exact = wanted.find.contains('\r') || !text.contains('\n');
    let plain = Plain::new(text, exact);
    let places = plain.places(wanted.find, wanted.all);
    match places.len() {
        0 => return Err(missing(path, text, wanted.find)),
        1 => {}
        _ if wanted.all => {}
        _ => return Err(ambiguous(path, &plain.text, wanted.find, &places)),
    }
    let replacement = if exact {
        wanted.replace.to_owned()
    } else {
        wanted.replace.replace("\r\n", "\n")
    };
    let mut after = String::with_capacity(text.len() + replacement.len());
    let (skip, keep) = common_ends(wanted.find, &replacement);
    let new = &replacement[skip..replacement.len() - keep];
    let mut done = 0;
    for place in places {
        let start = plain.raw(place + skip);
        let end = plain.raw(place + wanted.find.len() - keep);
        after.push_str(&text[done..start]);
        if exact {
            after.push_str(new);
        } else {
            push_with_line_ends(&mut after, new, text, start..end);
        }
        done = end;
    }
    after.push_str(&text[done..]);
    if text.starts_with(BYTE_ORDER_MARK) && !after.starts_with(BYTE_ORDER_MARK) {
        after.insert(0, BYTE_ORDER_MARK);
    }
    if after == text {
        return Err(Failure::new(
            "edit-no-change",
            format!("The edit of `{path}` changes nothing: what it finds and what it puts there are the same."),
        )
        .help("Leave this edit out, or send the text that shall be there afterwards.")
        .detail(json!({ "path": path })));
    }
    Ok(after)
}

/// A text with each `CRLF` written as `LF`, and the way back.
struct Plain<'t> {
    text: std::borrow::Cow<'t, str>,
    /// Where in `text` the line ends stand that were `CRLF`, in order.
    carriage_returns: Vec<usize>,
}

impl<'t> Plain<'t> {
    fn new(raw: &'t str, exact: bool) -> Self {
        if exact || !raw.contains("\r\n") {
            return Plain {
                text: raw.into(),
                carriage_returns: Vec::new(),
            };
        }
        let carriage_returns = raw
            .match_indices("\r\n")
            .enumerate()
            .map(|(before, (at, _))| at - before)
            .collect();
        Plain {
            text: raw.replace("\r\n", "\n").into(),
            carriage_returns,
        }
    }

    /// The place in the original text.
    fn raw(&self, place: usize) -> usize {
        place + self.carriage_returns.partition_point(|&at| at < place)
    }

    /// Where `find` stands. Those that overlap count each, unless `all` are to be replaced.
    fn places(&self, find: &str, all: bool) -> Vec<usize> {
        if all {
            return self.text.match_indices(find).map(|(at, _)| at).collect();
        }
        let step = find.chars().next().map_or(1, char::len_utf8);
        let mut places = Vec::new();
        let mut from = 0;
        while let Some(at) = self.text[from..].find(find) {
            places.push(from + at);
            from += at + step;
            if places.len() > PLACES_SHOWN {
                break;
            }
        }
        places
    }
}

/// How many bytes two texts share at the start and, of the rest, at the end.
fn common_ends(a: &str, b: &str) -> (usize, usize) {
    let same = |(x, y): &(char, char)| x == y;
    let length = |(c, _): (char, char)| c.len_utf8();
    let start: usize = a.chars().zip(b.chars()).take_while(same).map(length).sum();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a
        .chars()
        .rev()
        .zip(b.chars().rev())
        .take_while(same)
        .map(length)
        .sum();
    (start, end)
}

/// Writes `new` in the place of `text[old]`, with line ends as the module's head describes.
fn push_with_line_ends(after: &mut String, new: &str, text: &str, old: std::ops::Range<usize>) {
    let mut replaced = line_ends(&text[old.clone()]);
    let mut current = line_ends(&text[old.start..])
        .next()
        .or_else(|| line_ends(&text[..old.start]).next_back())
        .unwrap_or("\n");
    for piece in new.split_inclusive('\n') {
        match piece.strip_suffix('\n') {
            Some(line) => {
                current = replaced.next().unwrap_or(current);
                after.push_str(line);
                after.push_str(current);
            }
            None => after.push_str(piece),
        }
    }
}

fn line_ends(text: &str) -> impl DoubleEndedIterator<Item = &'static str> {
    text.match_indices('\n').map(move |(at, _)| {
        if text[..at].ends_with('\r') {
            "\r\n"
        } else {
            "\n"
        }
    })
}

fn line_of(text: &str, place: usize) -> usize {
    1 + text.as_bytes()[..place]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
}

fn ambiguous(path: &str, text: &str, find: &str, places: &[usize]) -> Failure {
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

fn missing(path: &str, text: &str, find: &str) -> Failure {
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
    let shown: String = near
        .text
        .lines()
        .map(|line| format!("\n    {line}"))
        .collect();
    Failure {
        message: format!("{what} does not occur in `{path}`. {place} {how}:{shown}"),
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

#[cfg(test)]
mod tests;
