//! Markdown as people write it in issues, read as clauses of words.
//!
//! What is shown and not said is one word that nobody looks into: code, quotations, addresses. Code
//! blocks and quoted lines are no clauses at all. Each word knows where it stands.

mod inline;
mod lines;
mod section;

use std::ops::Range;

pub(super) use self::section::Section;

/// How many bytes of one text are read; the rest of a longer one is passed over.
pub(super) const MOST: usize = 256 * 1024;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of the language, or a number.
    Plain,
    /// Inline code, a path, a flag, a name with `_`, `::` or an inner capital.
    Code,
    /// What stands between quotation marks.
    Quote,
    /// An address.
    Address,
    /// A comma, a bracket.
    Mark,
}

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In small letters, without the marks around it.
    pub(super) text: String,
    /// What it is.
    pub(super) kind: Kind,
    /// Where it stands, in bytes of the text.
    pub(super) at: Range<usize>,
}

/// Words that belong together: a sentence or a part of one.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// At least one.
    pub(super) words: Vec<Word>,
    /// Whether it ends with a question mark.
    pub(super) asks: bool,
    /// Whether it begins an item of a list; `Some(true)` for one with an open box to tick.
    pub(super) item: Option<bool>,
    /// What the part of the text that it stands in is about.
    pub(super) section: Section,
    /// The code block right behind it, when it ends with a colon.
    pub(super) block: Option<Range<usize>>,
}

impl Clause {
    /// Where the words from `from` to before `to` stand.
    pub(super) fn span(&self, from: usize, to: usize) -> Range<usize> {
        let start = self.words.get(from).map_or(0, |word| word.at.start);
        let end = self.words.get(to.saturating_sub(1));
        start..end.map_or(start, |word| word.at.end)
    }

    /// A word's text; empty behind the end.
    pub(super) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &word.text)
    }

    /// Where all of it stands.
    pub(super) fn whole(&self) -> Range<usize> {
        self.span(0, self.words.len())
    }
}

/// A text, read.
#[derive(Clone, Debug, Default)]
pub(super) struct Prose {
    /// In their order.
    pub(super) clauses: Vec<Clause>,
    /// The insides of code blocks.
    pub(super) blocks: Vec<Range<usize>>,
    /// The insides of comments, which a page does not show.
    pub(super) hidden: Vec<Range<usize>>,
}

impl Prose {
    /// Reads the beginning of a text, which is [`MOST`] bytes at most.
    pub(super) fn new(text: &str) -> Prose {
        lines::read(beginning(text))
    }

    /// How many words are the writer's own: neither code nor quoted.
    pub(super) fn own_words(&self) -> usize {
        let words = self.clauses.iter().flat_map(|clause| &clause.words);
        words.filter(|word| word.kind == Kind::Plain).count()
    }

    /// Whether it names something that can be looked for: code, a quotation, a number, a block.
    pub(super) fn is_specific(&self) -> bool {
        let mut words = self.clauses.iter().flat_map(|clause| &clause.words);
        !self.blocks.is_empty()
            || words.any(|word| {
                matches!(word.kind, Kind::Code | Kind::Quote)
                    || (word.kind == Kind::Plain && word.text.starts_with(char::is_numeric))
            })
    }
}

/// The part of a text that is read.
pub(super) fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests;
