//! Giving each comment and blank line to the node it belongs to.

use super::lines::Lines;
use crate::syntax::tree::{Lead, Trivia};

/// One comment.
#[derive(Debug)]
pub(super) struct Comment {
    /// The offset of its `#`.
    pub(super) start: u32,
    text: String,
    /// How far from the beginning of its line, in bytes.
    column: usize,
    /// Nothing but blanks stands before it in its line.
    own_line: bool,
    /// A blank line stands above it.
    blank_above: bool,
}

impl Comment {
    /// The comment whose `#` stands at `start`, with what is behind it.
    pub(super) fn new(lines: &Lines, source: &str, text: &str, start: usize) -> Self {
        let line = lines.start(start);
        let own_line = is_margin(&source[line..start], b"");
        Comment {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            text: text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned(),
            column: start - line,
            own_line,
            blank_above: own_line && lines.blank_above(start),
        }
    }
}

/// Gives comments away in the order of the text; each is given once.
pub(super) struct Comments<'a> {
    source: &'a str,
    lines: &'a Lines,
    rest: std::iter::Peekable<std::vec::IntoIter<Comment>>,
}

impl<'a> Comments<'a> {
    pub(super) fn new(source: &'a str, lines: &'a Lines, comments: Vec<Comment>) -> Self {
        Comments {
            source,
            lines,
            rest: comments.into_iter().peekable(),
        }
    }

    /// What stands before an item that begins at `start`, and behind it in its first line.
    pub(super) fn open(&mut self, start: u32) -> Trivia {
        let mut trivia = Trivia::default();
        self.before(start, &mut trivia.before);
        let line_end = self.line_end(start);
        let after = self
            .rest
            .next_if(|comment| comment.start < line_end && !comment.own_line);
        trivia.after = after.map(|comment| comment.text);
        trivia
    }

    /// What stands before `start`, ending with the blank line above it, if there is one.
    pub(super) fn before(&mut self, start: u32, leads: &mut Vec<Lead>) {
        while let Some(comment) = self.rest.next_if(|comment| comment.start < start) {
            if comment.blank_above {
                leads.push(Lead::Blank);
            }
            leads.push(Lead::Comment(comment.text));
        }
        let start = start as usize;
        let margin = &self.source[self.lines.start(start)..start];
        if self.lines.blank_above(start) && is_margin(margin, b"-{") {
            leads.push(Lead::Blank);
        }
    }

    /// Gives what stands inside an item, where no part has claimed it, and behind its last line
    /// to the item itself.
    pub(super) fn close(&mut self, end: u32, trivia: &mut Trivia) {
        while let Some(comment) = self.rest.next_if(|comment| comment.start < end) {
            trivia.before.push(Lead::Comment(comment.text));
        }
        let line_end = self.line_end(end);
        let behind = self
            .rest
            .next_if(|comment| comment.start < line_end && !comment.own_line);
        if let Some(comment) = behind {
            match trivia.after {
                None => trivia.after = Some(comment.text),
                Some(_) => trivia.before.push(Lead::Comment(comment.text)),
            }
        }
    }

    /// What stands behind a block that ends at `end` and whose items begin at `column`, before
    /// the next thing that is no comment.
    pub(super) fn tail(&mut self, column: usize, end: u32) -> Vec<Lead> {
        let mut next = end as usize;
        loop {
            let rest = &self.source[next..];
            next += rest.len() - rest.trim_start().len();
            if !self.source[next..].starts_with('#') {
                break;
            }
            next = self.lines.end(next);
        }
        self.take(column, u32::try_from(next).unwrap_or(u32::MAX))
    }

    /// What is left, up to a comment that begins before `column`.
    pub(super) fn rest(&mut self, column: usize) -> Vec<Lead> {
        self.take(column, u32::MAX)
    }

    fn take(&mut self, column: usize, until: u32) -> Vec<Lead> {
        let mut leads = Vec::new();
        while let Some(comment) = self
            .rest
            .next_if(|comment| comment.start < until && comment.column >= column)
        {
            if comment.blank_above {
                leads.push(Lead::Blank);
            }
            leads.push(Lead::Comment(comment.text));
        }
        leads
    }

    /// How far `offset` is from the beginning of its line, in bytes.
    pub(super) fn column(&self, offset: u32) -> usize {
        offset as usize - self.lines.start(offset as usize)
    }

    /// Whether both stand in one line.
    pub(super) fn same_line(&self, one: u32, other: u32) -> bool {
        self.lines.start(one as usize) == self.lines.start(other as usize)
    }

    fn line_end(&self, offset: u32) -> u32 {
        u32::try_from(self.lines.end(offset as usize)).unwrap_or(u32::MAX)
    }
}

/// Whether nothing but blanks and `marks` stands before the first thing of a line.
fn is_margin(text: &str, marks: &[u8]) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t') || marks.contains(&byte))
}
