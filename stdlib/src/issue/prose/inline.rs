//! The words of a paragraph.

use std::ops::Range;

use super::section::Section;
use super::{Clause, Kind, Prose, Word};

/// How long a quotation may be, in bytes; a mark without another that near is a mistake.
const QUOTE: usize = 400;

/// Takes lines of one paragraph, and makes clauses of them.
pub(super) struct Reader<'t> {
    text: &'t str,
    section: Section,
    /// Whether the paragraph is an item of a list, and has an open box.
    pub(super) item: Option<bool>,
    words: Vec<Word>,
    /// Whether the last thing read was a colon.
    colon: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, section: Section) -> Reader<'t> {
        Reader {
            text,
            section,
            item: None,
            words: Vec::new(),
            colon: false,
        }
    }

    /// Whether nothing of the paragraph was read.
    pub(super) fn is_at_start(&self) -> bool {
        self.words.is_empty()
    }

    /// Ends the paragraph. It tells whether it ended with a colon.
    pub(super) fn end(&mut self, clauses: &mut Vec<Clause>) -> bool {
        let colon = self.colon;
        self.cut(false, clauses);
        self.colon = false;
        self.item = None;
        colon
    }

    /// Ends a clause.
    fn cut(&mut self, asks: bool, clauses: &mut Vec<Clause>) {
        let words = std::mem::take(&mut self.words);
        if words.iter().all(|word| word.kind == Kind::Mark) {
            return;
        }
        clauses.push(Clause {
            words,
            asks,
            item: self.item.take(),
            section: self.section,
            block: None,
        });
    }

    /// Reads one line of the paragraph.
    pub(super) fn read(&mut self, line: Range<usize>, prose: &mut Prose) {
        let mut at = line.start;
        while at < line.end {
            if let Some(hidden) = prose.hidden.iter().find(|it| hides(it, at)) {
                at = (hidden.end + 3).max(at + 1);
                continue;
            }
            let rest = &self.text[at..line.end];
            let Some(letter) = rest.chars().next() else {
                break;
            };
            let size = letter.len_utf8();
            at += match letter {
                '`' => self.code(at, rest),
                '"' | '“' | '«' => self.quote(at, rest, letter),
                '\'' | '‘' => self.quote(at, rest, letter),
                '<' => tag(rest),
                ']' if rest.starts_with("](") => rest.find(')').map_or(1, |end| end + 1),
                '.' | '!' | '?' | ';' | ':' | '…' if ends(&rest[size..]) => {
                    self.cut(letter == '?', &mut prose.clauses);
                    self.colon = letter == ':';
                    size
                }
                '—' | '–' | '|' | '→' => {
                    self.cut(false, &mut prose.clauses);
                    size
                }
                '-' if self.is_alone(at, rest) => {
                    self.cut(false, &mut prose.clauses);
                    size
                }
                ',' | '(' | ')' => {
                    self.push(letter.to_string(), Kind::Mark, at..at + size);
                    size
                }
                _ => match self.word(at, rest) {
                    0 => size,
                    read => read,
                },
            };
            self.but(&mut prose.clauses);
        }
    }

    fn push(&mut self, text: String, kind: Kind, at: Range<usize>) {
        self.colon = false;
        self.words.push(Word { text, kind, at });
    }

    /// What stands between as many backticks.
    fn code(&mut self, at: usize, rest: &str) -> usize {
        let marks = rest.len() - rest.trim_start_matches('`').len();
        let inside = &rest[marks..];
        let Some(end) = inside.find(&"`".repeat(marks)) else {
            return marks;
        };
        let whole = marks + end + marks;
        self.push(inside[..end].to_owned(), Kind::Code, at..at + whole);
        whole
    }

    /// What stands between quotation marks; an apostrophe is none.
    fn quote(&mut self, at: usize, rest: &str, open: char) -> usize {
        let close = match open {
            '“' => '”',
            '«' => '»',
            '‘' => '’',
            same => same,
        };
        let size = open.len_utf8();
        let before = self.text[..at].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            return size;
        }
        let inside = &rest[size..];
        let end = inside.char_indices().find(|(end, letter)| {
            let behind = inside[end + letter.len_utf8()..].chars().next();
            *letter == close && *end > 0 && !behind.is_some_and(char::is_alphanumeric)
        });
        match end {
            Some((end, letter)) if end <= QUOTE => {
                let whole = size + end + letter.len_utf8();
                self.push(inside[..end].to_lowercase(), Kind::Quote, at..at + whole);
                whole
            }
            _ => size,
        }
    }

    /// Whether a hyphen is a dash: between spaces.
    fn is_alone(&self, at: usize, rest: &str) -> bool {
        self.text[..at].ends_with(' ') && rest[1..].trim_start_matches('-').starts_with(' ')
    }

    /// One word, or one name of code.
    fn word(&mut self, at: usize, rest: &str) -> usize {
        if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest
                .find(|c: char| c.is_whitespace() || "<>\")]`".contains(c))
                .unwrap_or(rest.len());
            let end = rest[..end]
                .trim_end_matches(['.', ',', ';', ':', '!', '?'])
                .len();
            self.push(rest[..end].to_owned(), Kind::Address, at..at + end);
            return end;
        }
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || "_-./\\:'’@#$%&+=*~".contains(c)))
            .unwrap_or(rest.len());
        let of_word = &rest[..end];
        let end = of_word
            .trim_end_matches(['.', ':', '\'', '’', '*', '/', '-', '=', '~'])
            .len();
        let start =
            end.min(of_word.len() - of_word.trim_start_matches(['*', '\'', '’', '~', '#']).len());
        let word = &of_word[start..end];
        if !word.chars().any(char::is_alphanumeric) {
            return end;
        }
        let kind = match is_name(word) {
            true => Kind::Code,
            false => Kind::Plain,
        };
        let plain = word.to_lowercase().replace('’', "'");
        let plain = plain.trim_matches(['*', '_']).to_owned();
        // Their full stop ends no sentence.
        let is_short = matches!(plain.as_str(), "e.g" | "i.e" | "etc" | "vs" | "cf");
        self.push(plain, kind, at + start..at + end);
        match is_short && rest[end..].starts_with('.') {
            true => end + 1,
            false => end,
        }
    }

    /// What follows a `but` is another clause.
    fn but(&mut self, clauses: &mut Vec<Clause>) {
        let is_but = |word: &Word| word.kind == Kind::Plain && word.text == "but";
        if self.words.len() > 1 && self.words.last().is_some_and(is_but) {
            self.words.pop();
            self.cut(false, clauses);
        }
    }
}

/// Whether a comment with this inside hides what stands at a place.
fn hides(inside: &Range<usize>, at: usize) -> bool {
    inside.start.saturating_sub(4) <= at && at < inside.end + 3
}

/// A tag that a page does not show, or a lesser-than.
fn tag(rest: &str) -> usize {
    let inside = &rest[1..];
    let is_tag = inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    match inside.find('>') {
        Some(end) if is_tag && end < 200 => end + 2,
        _ => 1,
    }
}

/// Whether a full stop before this ends a sentence.
fn ends(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['.', '!', '?', ')', '"', '\'', '”', '*', '_']);
    rest.is_empty() || rest.starts_with(char::is_whitespace)
}

/// Whether a word is a name of code: `src/lib.rs`, `--admin`, `foo_bar`, `a::b`, `getUser`.
fn is_name(word: &str) -> bool {
    let inner = word.trim_matches(['*', '_', '.']);
    let mut letters = inner.chars().zip(inner.chars().skip(1));
    word.starts_with("--")
        || word.starts_with('$')
        || inner.contains(['_', '\\', '=', '@'])
        || inner.contains("::")
        || (inner.contains('/') && inner.contains('.'))
        || inner.split_once('.').is_some_and(|(name, ending)| {
            !name.is_empty()
                && ending.chars().all(|c| c.is_ascii_alphanumeric())
                && ending.len() < 6
                && !name.chars().all(|c| c.is_ascii_digit())
                && ending.starts_with(|c: char| c.is_ascii_alphabetic())
                && !matches!(inner, "e.g" | "i.e")
        })
        || word.starts_with('.') && inner.len() > 1
        || letters.any(|(a, b)| a.is_lowercase() && b.is_uppercase())
}
