//! The tau spelling: text to tree.
//!
//! `layout` cuts the text into logical lines; each line is parsed by its own rule of the
//! grammar; what cannot be parsed is reported where it stands and costs only itself.

mod authority;
mod errors;
mod face;
mod habits;
mod items;
mod layout;
mod statements;
mod test;
mod values;
mod verifier;

use pest::Parser as _;
use pest::iterators::{Pair, Pairs};

use self::layout::{Block, Entry, Trouble};
use super::letters::unsafe_letters;
use super::tree::{Doc, File, Trivia};
use crate::diagnostic::{Diagnostic, Found, Kind};
use crate::source::{At, SourceId, Span};

/// The grammar's parser. pest makes it and the rules' names from `tau.pest`.
#[allow(
    missing_docs,
    reason = "generated from the grammar, whose comments say what a rule is"
)]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "syntax/tau/tau.pest"]
    pub(super) struct Grammar;
}
use self::grammar::{Grammar, Rule};

/// Reads a file in the tau spelling. Never fails: what cannot be read is in the diagnostics, and
/// everything else is in the tree.
#[must_use]
pub fn parse(text: &str, file: SourceId) -> (File, Vec<Diagnostic>) {
    let mut reader = Reader {
        text,
        file,
        diagnostics: Found::default(),
        misshapen: Vec::new(),
    };
    reader.unsafe_characters();
    let (whole, trouble) = layout::cut(text);
    for trouble in trouble {
        reader.trouble(trouble);
    }
    let mut tree = reader.file(whole);
    super::blanks::settle(&mut tree);
    (tree, reader.diagnostics.into_vec())
}

/// Where the comments of a text in the tau spelling begin, in its order.
pub(crate) fn comments(text: &str) -> Vec<usize> {
    layout::comments(text)
}

/// Reads entries into nodes and collects what is wrong.
struct Reader<'a> {
    text: &'a str,
    file: SourceId,
    diagnostics: Found,
    /// Where the shape itself is wrong.
    misshapen: Vec<Span>,
}

/// What every node takes from its entry.
struct Around {
    doc: Option<Doc>,
    trivia: Trivia,
    at: At,
}

impl<'a> Reader<'a> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn report(&mut self, kind: Kind, span: Span) {
        self.diagnostics.push(Diagnostic::new(kind, span));
    }

    /// Parses one line by its rule; the line's pairs, or `None` after reporting.
    fn line(&mut self, rule: Rule, range: std::ops::Range<usize>) -> Option<Line<'a>> {
        let text = &self.text[range.clone()];
        match Grammar::parse(rule, text) {
            Ok(mut pairs) => Some(Line {
                file: self.file,
                base: range.start,
                pairs: pairs.next()?.into_inner(),
            }),
            Err(error) => {
                // A line whose shape is wrong has been reported already.
                let line = self.span(range.clone());
                if !self
                    .misshapen
                    .iter()
                    .any(|span| line.start <= span.start && span.end <= line.end)
                {
                    let found = errors::explain(&error, text, range.start, self.file);
                    self.diagnostics.push(found);
                }
                None
            }
        }
    }

    /// Documentation, comments and place of an entry.
    fn around(&self, entry: &mut Entry) -> Around {
        let end = [
            Some(entry.head.end),
            entry.block.as_ref().map(|block| block.span.end),
            entry.tail.as_ref().map(|tail| tail.end),
        ];
        let end = end.into_iter().flatten().max().unwrap_or(entry.head.end);
        Around {
            doc: entry.doc.take().and_then(|(text, range)| {
                // As with the text of an `about`, the space around it says nothing.
                let text = text.trim();
                (!text.is_empty()).then(|| Doc {
                    text: text.to_owned(),
                    at: At(self.span(range)),
                })
            }),
            trivia: Trivia {
                before: std::mem::take(&mut entry.before),
                after: entry.after.take(),
            },
            at: At(self.span(entry.head.start..end)),
        }
    }

    /// The first word of an entry, which decides its rule.
    fn keyword(&self, entry: &Entry) -> &'a str {
        let head = &self.text[entry.head.clone()];
        let end = head
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(head.len());
        &head[..end]
    }

    /// Reports an entry that begins with no word that may stand here.
    fn unexpected(&mut self, entry: &Entry, expected: &'static [&'static str], what: &str) {
        let text = &self.text[entry.head.clone()];
        let found = errors::unexpected_line(
            text,
            self.span(entry.head.clone()),
            self.keyword(entry),
            expected,
            what,
        );
        self.diagnostics.push(found);
    }

    /// A block where there must be one.
    fn required_block(&mut self, entry: &mut Entry) -> Block {
        if let Some(block) = entry.block.take() {
            return block;
        }
        let span = self.span(entry.head.clone()).after();
        self.report(
            Kind::Syntax {
                found: "the end of the line".to_owned(),
                expected: "`{` and what belongs to it".to_owned(),
            },
            span,
        );
        Block::default()
    }

    fn trouble(&mut self, trouble: Trouble) {
        let (range, kind) = match trouble {
            Trouble::Unclosed(range) => {
                let bracket = self.text[range.clone()].to_owned();
                (range, Kind::Unclosed { bracket })
            }
            Trouble::Unopened(range) => {
                let found = "`}` without its partner".to_owned();
                let expected = "a statement or the end of the file".to_owned();
                (range, Kind::Syntax { found, expected })
            }
            Trouble::TooDeep(range) => {
                let found = "one more level".to_owned();
                let expected = format!(
                    "at most {} levels of brackets and blocks",
                    layout::MAX_DEPTH
                );
                (range, Kind::Syntax { found, expected })
            }
        };
        let span = self.span(range);
        self.misshapen.push(span);
        self.report(kind, span);
    }

    /// Characters that change what a reader sees (direction controls) or that no text has.
    fn unsafe_characters(&mut self) {
        for (at, c) in unsafe_letters(self.text) {
            let span = self.span(at..at + c.len_utf8());
            self.report(Kind::UnsafeCharacter { code: c.into() }, span);
        }
    }
}

/// The pairs of one parsed line, with the way back to the file.
struct Line<'a> {
    file: SourceId,
    base: usize,
    pairs: Pairs<'a, Rule>,
}

impl<'a> Line<'a> {
    /// The next pair of this rule, if it is the next one.
    fn next_if(&mut self, rule: Rule) -> Option<Pair<'a, Rule>> {
        if self.pairs.peek()?.as_rule() == rule {
            self.pairs.next()
        } else {
            None
        }
    }

    /// The next pair that is no keyword and not the end.
    fn next(&mut self) -> Option<Pair<'a, Rule>> {
        self.pairs
            .by_ref()
            .find(|pair| values::is_content(pair.as_rule()))
    }

    fn at(&self, pair: &Pair<'_, Rule>) -> Span {
        values::span(pair, self.base, self.file)
    }
}

#[cfg(test)]
mod tests;
