//! A finding as programs read it. The field names are fixed.

use serde::Serialize;
use tau_lang::diagnostic::{Diagnostic, Severity};
use tau_lang::source::{Position, SourceMap, Span};

/// One finding.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    code: &'static str,
    family: &'static str,
    severity: Severity,
    message: String,
    #[serde(flatten)]
    place: Place,
    help: Option<String>,
    labels: Vec<Label>,
    fixes: Vec<Fix>,
}

/// Where: lines and columns from 1, columns in characters; the end is behind the last character.
#[derive(Debug, Serialize)]
pub(super) struct Place {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    span: Bytes,
}

/// The same as offsets of bytes from 0; `end` is behind the last byte.
#[derive(Debug, Serialize)]
struct Bytes {
    start: u32,
    end: u32,
}

/// Another place that explains it.
#[derive(Debug, Serialize)]
struct Label {
    message: String,
    #[serde(flatten)]
    place: Place,
}

/// A change that would mend it.
#[derive(Debug, Serialize)]
struct Fix {
    title: String,
    safe: bool,
    edits: Vec<Edit>,
}

/// A replacement of a place's text.
#[derive(Debug, Serialize)]
struct Edit {
    replacement: String,
    #[serde(flatten)]
    place: Place,
}

impl Record {
    /// The projection of one finding.
    pub(super) fn new(sources: &SourceMap, found: &Diagnostic) -> Self {
        let label = |(span, message): &(Span, String)| Label {
            message: message.clone(),
            place: Place::new(sources, *span),
        };
        let edit = |(span, replacement): &(Span, String)| Edit {
            replacement: replacement.clone(),
            place: Place::new(sources, *span),
        };
        Record {
            code: found.code(),
            family: found.kind.family().name(),
            severity: found.severity(),
            message: found.kind.to_string(),
            place: Place::new(sources, found.span),
            help: found.kind.help(),
            labels: found.labels.iter().map(label).collect(),
            fixes: found
                .fixes
                .iter()
                .map(|fix| Fix {
                    title: fix.title.clone(),
                    safe: fix.safe,
                    edits: fix.edits.iter().map(edit).collect(),
                })
                .collect(),
        }
    }
}

impl Place {
    fn new(sources: &SourceMap, span: Span) -> Self {
        let nowhere = Position { line: 1, column: 1 };
        let file = sources.file(span.file);
        let at = |offset| file.map_or(nowhere, |file| file.position(offset));
        let (start, end) = (at(span.start), at(span.end));
        Place {
            file: file.map(|file| file.name.clone()).unwrap_or_default(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            span: Bytes {
                start: span.start,
                end: span.end,
            },
        }
    }
}
