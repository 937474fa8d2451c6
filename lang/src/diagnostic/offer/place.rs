//! A finding's place in its file, and what can be taken out there without a trace.

use crate::source::{SourceFile, Span};
use crate::suppress::extents::Extents;
use crate::syntax::tree::{File, Grant, Item, Mission, Spelling};

/// Where a finding is.
pub(super) struct Place<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) tree: &'a File,
    extents: &'a Extents,
    pub(super) span: Span,
    pub(super) spelling: Spelling,
}

impl<'a> Place<'a> {
    pub(super) fn new(
        file: &'a SourceFile,
        tree: &'a File,
        extents: &'a Extents,
        span: Span,
    ) -> Self {
        Place {
            file,
            tree,
            extents,
            span,
            spelling: Spelling::of(&file.name),
        }
    }

    /// The text of a place.
    pub(super) fn text_of(&self, span: Span) -> Option<&'a str> {
        self.file.text.get(span.start as usize..span.end as usize)
    }

    /// The text of the finding's own place.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.text_of(self.span)
    }

    /// What stands before a place, and behind it.
    pub(super) fn around(&self, span: Span) -> Option<(&'a str, &'a str)> {
        let (start, end) = (span.start as usize, span.end as usize);
        Some((self.file.text.get(..start)?, self.file.text.get(end..)?))
    }

    /// The bytes from `start` to `end` of the file.
    pub(super) fn part(&self, start: usize, end: usize) -> Span {
        Span::new(self.span.file, start, end)
    }

    /// The blanks that begin the line of a place.
    pub(super) fn indent(&self, span: Span) -> &'a str {
        let line = self.file.line(span.start);
        &line[..line.len() - line.trim_start().len()]
    }

    /// The whole lines of something that shares them with nothing. A comment on them or above them
    /// may be about it, so they are left to their author then.
    pub(super) fn lines(&self, span: Span) -> Option<Span> {
        let (before, after) = self.around(span)?;
        let line = self.file.line_start(span.start);
        let rest = after.split_inclusive('\n').next().unwrap_or("");
        let above = before[..line].lines().next_back().unwrap_or("");
        let margin = before[line..].trim();
        let item = self.spelling == Spelling::Yaml && margin == "-";
        let alone = (margin.is_empty() || item) && rest.trim().is_empty();
        // In front of the first line there is nothing that could be a comment.
        let remarked = above.contains('#') || self.text_of(span)?.contains('#');
        (alone && !remarked).then(|| self.part(line, span.end as usize + rest.len()))
    }

    /// One of several things with commas between them, with its comma; in YAML also one with a
    /// line and a dash of its own.
    pub(super) fn item(&self, span: Span) -> Option<Span> {
        let (before, after) = self.around(span)?;
        let (start, end) = (span.start as usize, span.end as usize);
        let behind = after.trim_start_matches([' ', '\t']);
        if let Some(rest) = behind.strip_prefix(',') {
            let rest = rest.trim_start_matches([' ', '\t']);
            return Some(self.part(start, end + after.len() - rest.len()));
        }
        let kept = before.trim_end();
        if kept.ends_with(',') {
            return Some(self.part(kept.len() - 1, end));
        }
        let line = self.file.line_start(span.start);
        let dash = self.spelling == Spelling::Yaml && before[line..].trim() == "-";
        dash.then(|| self.lines(span))?
    }

    /// The lines of the statement that holds the place, and no other.
    pub(super) fn statement(&self) -> Option<Span> {
        self.lines(self.extents.only(self.span)?)
    }

    /// The mission that holds the place.
    pub(super) fn mission(&self) -> Option<&'a Mission> {
        self.tree.items.iter().find_map(|item| match item {
            Item::Mission(mission) if holds(mission.at.0, self.span) => Some(mission),
            _ => None,
        })
    }

    /// The line of authority that holds the place.
    pub(super) fn grant(&self) -> Option<&'a Grant> {
        let authority = self.mission()?.authority.as_ref()?;
        let mut grants = authority.grants.iter();
        grants.find(|grant| holds(grant.at.0, self.span))
    }
}

/// Whether one place holds another.
pub(super) fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
