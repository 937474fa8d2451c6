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

mod line_ends;
mod refusal;
#[cfg(test)]
mod tests;

use tau_interpreter::action::Failure;

use self::line_ends::{Plain, push_with_line_ends};
pub(crate) use self::refusal::{ambiguous, missing};
use self::refusal::{empty, no_change};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// One replacement.
pub(crate) struct Replacement<'r> {
    /// What must be there.
    pub(crate) find: &'r str,
    /// What shall be there instead.
    pub(crate) replace: &'r str,
    /// Whether every occurrence is meant, and not the only one.
    pub(crate) all: bool,
}

/// `text`, the content of the file at `path`, with the replacement made.
///
/// # Errors
/// `edit-empty`, `edit-missing`, `edit-ambiguous` or `edit-no-change`.
pub(crate) fn replace(path: &str, text: &str, wanted: &Replacement<'_>) -> Result<String, Failure> {
    if wanted.find.is_empty() {
        return Err(empty(path));
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
        return Err(no_change(path));
    }
    Ok(after)
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
