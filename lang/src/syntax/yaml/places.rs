//! From the decoded text of a scalar back to the letters of the file.

/// Pairs of (offset in `value`, offset in the file) for a scalar whose source is `source` and
/// begins at `start` in the file; see [`Text::mapped`](crate::syntax::text::Text::mapped).
///
/// Decoding only folds white space, doubles `'` and resolves escapes, so all other letters stand
/// in both in the same order. White space is matched loosely: which of several blanks a decoded
/// blank came from does not matter to anyone.
pub(super) fn places(value: &str, source: &str, start: usize, style: Quotes) -> Vec<(u32, u32)> {
    let mut scan = Scan {
        source,
        at: usize::from(style != Quotes::None),
        style,
    };
    let mut places = Places::default();
    for (offset, letter) in value.char_indices() {
        let (from, length) = scan.find(letter);
        // Letters that are longer decoded than written keep inside what is written.
        for byte in 0..letter.len_utf8() {
            let to = from + byte.min(length.saturating_sub(1));
            places.push(offset + byte, start + to);
        }
    }
    places.pairs
}

/// How a scalar is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Plain, `|` and `>`.
    None,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
}

#[derive(Default)]
struct Places {
    pairs: Vec<(u32, u32)>,
}

impl Places {
    fn push(&mut self, value: usize, file: usize) {
        let fit = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (value, file) = (fit(value), fit(file));
        let runs_on = self
            .pairs
            .last()
            .is_some_and(|(from, to)| file.checked_sub(*to) == Some(value - from));
        if !runs_on {
            self.pairs.push((value, file));
        }
    }
}

struct Scan<'a> {
    source: &'a str,
    at: usize,
    style: Quotes,
}

impl Scan<'_> {
    /// Moves behind the next occurrence of `letter`; where it begins and how long it is written.
    fn find(&mut self, letter: char) -> (usize, usize) {
        let mut at = self.at;
        while let Some((written, length)) = self.next(at) {
            let same = match written {
                Some(written) if is_blank(letter) => is_blank(written),
                written => written == Some(letter),
            };
            if same {
                self.at = at + length;
                return (at, length);
            }
            if written.is_some_and(|written| !is_blank(written)) {
                break;
            }
            at += length;
        }
        (self.at.min(self.source.len().saturating_sub(1)), 0)
    }

    /// The letter written at `at`, `None` for an escaped line break, and its length.
    fn next(&self, at: usize) -> Option<(Option<char>, usize)> {
        let rest = self.source.get(at..)?;
        let first = rest.chars().next()?;
        match (self.style, first) {
            (Quotes::Single, '\'') if rest.starts_with("''") => Some((Some('\''), 2)),
            (Quotes::Double, '\\') => Some(escape(rest)),
            _ => Some((Some(first), first.len_utf8())),
        }
    }
}

fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

/// The letter of the escape that `rest` begins with, and the escape's length.
fn escape(rest: &str) -> (Option<char>, usize) {
    let hex = |from: usize, to: usize| {
        rest.get(from..to)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    let known = |letter: char| (Some(letter), 2);
    match rest[1..].chars().next() {
        Some('n') => known('\n'),
        Some('t' | '\t') => known('\t'),
        Some('r') => known('\r'),
        Some('0') => known('\0'),
        Some('a') => known('\x07'),
        Some('b') => known('\x08'),
        Some('e') => known('\x1b'),
        Some('f') => known('\x0c'),
        Some('v') => known('\x0b'),
        Some('N') => known('\u{85}'),
        Some('_') => known('\u{a0}'),
        Some('L') => known('\u{2028}'),
        Some('P') => known('\u{2029}'),
        Some('\n' | '\r') => (None, 2),
        Some('x') => (hex(2, 4).and_then(char::from_u32), 4),
        Some('U') => (hex(2, 10).and_then(char::from_u32), 10),
        Some('u') => match (hex(2, 6), hex(8, 12)) {
            (Some(high @ 0xD800..=0xDBFF), Some(low @ 0xDC00..=0xDFFF)) => {
                let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                (char::from_u32(code), 12)
            }
            (code, _) => (code.and_then(char::from_u32), 6),
        },
        Some(other) => (Some(other), 1 + other.len_utf8()),
        None => (None, 1),
    }
}
