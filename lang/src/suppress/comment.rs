//! The comments themselves: where they stand and what they say.

use crate::source::{SourceFile, SourceId, Span};
use crate::syntax::tree::Spelling;
use crate::syntax::{tau, yaml};

/// What every such comment begins with, behind its `#`.
const MARK: &str = "tau: ignore";

/// One comment that silences something.
#[derive(Debug)]
pub(super) struct Comment {
    /// From its `#` to behind its last letter.
    pub(super) at: Span,
    /// The codes that it names.
    pub(super) codes: Vec<Code>,
    /// Why.
    pub(super) reason: String,
    /// What it is about.
    pub(super) reach: Reach,
    /// It stands alone on its line.
    own_line: bool,
}

/// A code with its place.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) text: String,
    pub(super) at: Span,
}

/// What a comment is about; lines count from 1.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    /// The line it ends.
    Line(usize),
    /// The line below it, with the whole statement that begins there.
    Below(usize),
    /// Everything in the file.
    File,
    /// Nothing, as it is written or stands wrongly: why.
    Nothing(&'static str),
}

/// All of them, in the order of the text.
pub(super) fn comments(source: &SourceFile, file: SourceId) -> Vec<Comment> {
    let text = &*source.text;
    // Hardly a file has one, and finding comments means reading the file again.
    if !text.contains(MARK) {
        return Vec::new();
    }
    let starts = match Spelling::of(&source.name) {
        Spelling::Tau => tau::comments(text),
        Spelling::Yaml => yaml::comments(text),
    };
    let read = |start| Comment::read(start, source, file);
    starts.into_iter().filter_map(read).collect()
}

impl Comment {
    /// The comment whose `#` stands at `start`, if it is one of these.
    fn read(start: usize, source: &SourceFile, file: SourceId) -> Option<Comment> {
        let text = &*source.text;
        let whole = text.get(start..)?.lines().next()?;
        // What another `#` begins is another comment.
        let whole = whole[..whole.find(" #").unwrap_or(whole.len())].trim_end();
        let body = whole.trim_start_matches('#').trim_start();
        let mut rest = body.strip_prefix(MARK)?;
        let of_file = rest.strip_prefix("-file");
        rest = of_file.unwrap_or(rest);
        let end = start + whole.len();
        let at = |part: &str| {
            let from = end - (body.len() - (part.as_ptr().addr() - body.as_ptr().addr()));
            Span::new(file, from, from + part.len())
        };
        let offset = u32::try_from(start).unwrap_or(u32::MAX);
        let line = source.position(offset).line;
        let before = &text[source.line_start(offset)..start];
        let own_line = before.trim().is_empty();
        let list = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (codes, reason) = list.unwrap_or_default();
        let codes: Vec<Code> = codes
            .split(',')
            .map(str::trim)
            .filter(|code| !code.is_empty())
            .map(|code| Code {
                text: code.to_owned(),
                at: at(code),
            })
            .collect();
        let reach = if codes.is_empty() {
            Reach::Nothing("it names no code: write `# tau: ignore[CODE] reason`")
        } else if of_file.is_some() {
            let above = text[..start].lines().map(str::trim);
            match above
                .into_iter()
                .all(|line| line.is_empty() || line.starts_with('#'))
            {
                true => Reach::File,
                false => Reach::Nothing("`ignore-file` stands above everything else in a file"),
            }
        } else if !own_line {
            Reach::Line(line)
        } else {
            let below = text[end..].lines().skip(1);
            let skipped = below.take_while(|line| {
                let line = line.trim();
                line.is_empty() || line.starts_with('#')
            });
            Reach::Below(line + 1 + skipped.count())
        };
        Some(Comment {
            at: Span::new(file, start, end),
            codes,
            reason: reason.trim().to_owned(),
            reach,
            own_line,
        })
    }

    /// The edit that takes these codes out, or all of the comment when none is left.
    pub(super) fn without(&self, unused: &[String], source: &SourceFile) -> (Span, String) {
        let kept: Vec<&str> = self
            .codes
            .iter()
            .map(|code| code.text.as_str())
            .filter(|code| !unused.iter().any(|it| it == code))
            .collect();
        let (start, end) = (self.at.start as usize, self.at.end as usize);
        if let (false, [first, ..], Some(last)) = (kept.is_empty(), &*self.codes, self.codes.last())
        {
            return (first.at.to(last.at), kept.join(", "));
        }
        let text = &*source.text;
        let line = source.line_start(self.at.start);
        let span = if self.own_line {
            let newline = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
            (line, newline)
        } else {
            (line + text[line..start].trim_end().len(), end)
        };
        (Span::new(self.at.file, span.0, span.1), String::new())
    }
}
