//! The lines of a file that a finding is about: cleaned, cut to the width of the terminal, and
//! with the finding's places moved to where their text now stands.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use tau_lang::source::{Position, SourceFile, Span};

use crate::render::sanitize::{escape, is_hazard, one_line};

/// How many lines are shown before and behind the places.
const CONTEXT: usize = 1;
/// A place that covers more lines than this is shown by its first one.
const TALLEST: usize = 12;

/// A part of a file, as miette reads it.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    /// Of the file, from 0.
    first_line: usize,
    text: String,
    /// Where each line of `text` begins.
    lines: Vec<usize>,
    /// The beginning of each place in `text`, and where it stands in the file.
    places: Vec<(usize, Position)>,
}

impl Excerpt {
    /// The lines around `spans`, which are all of `file`, and the spans' places in them. Lines
    /// are cut to about `limit` characters, so that the first place in each stays visible.
    pub(super) fn new(file: &SourceFile, spans: &[Span], limit: usize) -> (Self, Vec<SourceSpan>) {
        let text = &*file.text;
        let ranges: Vec<_> = spans.iter().map(|span| range(text, *span)).collect();
        let first = ranges.iter().map(|(start, _)| *start).min().unwrap_or(0);
        let last = ranges.iter().map(|(_, end)| *end).max().unwrap_or(0);
        let (from, to) = (lines_before(text, first), lines_behind(text, last));
        let mut copy = Copy::default();
        let mut at = from;
        for line in text[from..to].split_inclusive('\n') {
            copy.line(line, at, &ranges, limit.max(40));
            at += line.len();
        }
        // Where a text ends with a newline, a place may stand in the empty line behind it.
        copy.marks.push((at, copy.text.len()));
        let lines = std::iter::once(0).chain(copy.text.match_indices('\n').map(|(at, _)| at + 1));
        let mut places = Vec::new();
        let mut moved = Vec::new();
        for (start, end) in ranges {
            let (new_start, new_end) = (copy.place(start), copy.place(end));
            let offset = u32::try_from(start).unwrap_or(u32::MAX);
            places.push((new_start, file.position(offset)));
            moved.push((new_start, new_end - new_start).into());
        }
        let first_line = file.position(u32::try_from(from).unwrap_or(u32::MAX)).line - 1;
        let excerpt = Excerpt {
            name: one_line(&file.name).into_owned(),
            first_line,
            lines: lines.collect(),
            text: copy.text,
            places,
        };
        (excerpt, moved)
    }

    fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).max(1) - 1
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        behind: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = (span.offset() + span.len())
            .saturating_sub(1)
            .max(span.offset());
        let first = self.line_of(span.offset());
        let from = first.saturating_sub(before);
        let to = (self.line_of(end) + behind).min(self.lines.len() - 1);
        let start = self.lines[from];
        let stop = self.lines.get(to + 1).copied().unwrap_or(self.text.len());
        let place = self.places.iter().find(|(at, _)| *at == span.offset());
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.text.as_bytes()[start..stop],
            (start, stop - start).into(),
            self.first_line + from,
            place.map_or(0, |(_, position)| position.column - 1),
            to - from + 1,
        )))
    }
}

/// The bytes a span covers: within the text, on the boundaries of characters, not too tall.
fn range(text: &str, span: Span) -> (usize, usize) {
    let start = boundary(text, span.start as usize);
    let end = boundary(text, span.end as usize).max(start);
    let covered = &text[start..end];
    if covered.matches('\n').count() < TALLEST {
        return (start, end);
    }
    (start, start + covered.find('\n').unwrap_or(covered.len()))
}

/// The nearest boundary of a character at or before `offset`.
fn boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where the line begins that stands `CONTEXT` lines before the one of `offset`.
fn lines_before(text: &str, offset: usize) -> usize {
    let mut begins = text[..offset].rmatch_indices('\n').map(|(at, _)| at + 1);
    begins.nth(CONTEXT).unwrap_or(0)
}

/// Where the line ends, newline included, that stands `CONTEXT` lines behind the one of `offset`.
fn lines_behind(text: &str, offset: usize) -> usize {
    let mut ends = text[offset..]
        .match_indices('\n')
        .map(|(at, _)| offset + at + 1);
    ends.nth(CONTEXT).unwrap_or(text.len())
}

/// A cleaned copy that remembers what was moved where.
#[derive(Default)]
struct Copy {
    text: String,
    /// Offsets in the file and in `text` that belong together, in order. Between two of them,
    /// bytes were copied one to one as far as they reach.
    marks: Vec<(usize, usize)>,
}

impl Copy {
    /// Adds a line that stands at `at` in the file.
    fn line(&mut self, line: &str, at: usize, ranges: &[(usize, usize)], limit: usize) {
        let body = line.trim_end_matches(['\r', '\n']);
        let (from, to) = window(body, at, ranges, limit);
        self.mark(at);
        if from > 0 {
            self.text.push('…');
        }
        self.mark(at + from);
        for (offset, c) in body[from..to].char_indices() {
            if is_hazard(c) && c != '\t' {
                self.mark(at + from + offset);
                self.text.push_str(&escape(c));
                self.mark(at + from + offset + c.len_utf8());
            } else {
                self.text.push(c);
            }
        }
        self.mark(at + to);
        if to < body.len() {
            self.text.push('…');
        }
        self.mark(at + body.len());
        if body.len() < line.len() {
            self.text.push('\n');
        }
    }

    fn mark(&mut self, offset: usize) {
        self.marks.push((offset, self.text.len()));
    }

    /// Where the file's byte `offset` now stands.
    fn place(&self, offset: usize) -> usize {
        let next = self.marks.partition_point(|(at, _)| *at <= offset);
        let (at, new) = match next.checked_sub(1) {
            Some(before) => self.marks[before],
            None => return 0,
        };
        let end = self
            .marks
            .get(next)
            .map_or(self.text.len(), |(_, new)| *new);
        boundary(&self.text, (new + (offset - at)).min(end))
    }
}

/// Which bytes of a line to show: all of it, or about `limit` characters with the first place.
fn window(body: &str, at: usize, ranges: &[(usize, usize)], limit: usize) -> (usize, usize) {
    if body.len() <= limit || body.chars().nth(limit).is_none() {
        return (0, body.len());
    }
    let here = |(start, _): &&(usize, usize)| (at..=at + body.len()).contains(start);
    let place = ranges.iter().filter(here).min();
    let (start, end) = place.map_or((0, 0), |(start, end)| (start - at, end - at));
    let from = if end <= limit {
        0
    } else {
        boundary(body, start.saturating_sub(limit / 3))
    };
    let shown = body[from..].char_indices().nth(limit);
    (from, shown.map_or(body.len(), |(offset, _)| from + offset))
}
