//! Matching without regard to line ends, and writing with them.

use std::borrow::Cow;
use std::ops::Range;

use super::refusal::PLACES_SHOWN;

/// A text with each `CRLF` written as `LF`, and the way back.
pub(super) struct Plain<'t> {
    /// The text.
    pub(super) text: Cow<'t, str>,
    /// Where in `text` the line ends stand that were `CRLF`, in order.
    carriage_returns: Vec<usize>,
}

impl<'t> Plain<'t> {
    /// Of an `exact` text every line end is kept as it is.
    pub(super) fn new(raw: &'t str, exact: bool) -> Self {
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
    pub(super) fn raw(&self, place: usize) -> usize {
        place + self.carriage_returns.partition_point(|&at| at < place)
    }

    /// Where `find` stands. Those that overlap count each, unless `all` are to be replaced.
    pub(super) fn places(&self, find: &str, all: bool) -> Vec<usize> {
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

/// Writes `new` in the place of `text[old]`, with line ends as the head of the module above describes.
pub(super) fn push_with_line_ends(after: &mut String, new: &str, text: &str, old: Range<usize>) {
    if !new.contains('\n') {
        after.push_str(new);
        return;
    }
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
