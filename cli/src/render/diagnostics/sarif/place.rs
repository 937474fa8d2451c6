//! Where something is, as SARIF says it.

use std::fmt::Write as _;

use serde::Serialize;
use tau_lang::source::{Position, SourceMap, Span};

/// A region of a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    artifact_location: Artifact,
    region: Region,
}

/// A file.
#[derive(PartialEq, Serialize)]
pub(super) struct Artifact {
    uri: String,
}

/// Lines and columns from 1, columns in UTF-16 code units; the end is behind the last one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl Place {
    pub(super) fn new(sources: &SourceMap, span: Span) -> Place {
        Place {
            artifact_location: Artifact::new(sources, span),
            region: Region::new(sources, span),
        }
    }
}

impl Artifact {
    pub(super) fn new(sources: &SourceMap, span: Span) -> Artifact {
        let name = sources.file(span.file).map_or("", |file| &file.name);
        Artifact { uri: uri(name) }
    }
}

impl Region {
    pub(super) fn new(sources: &SourceMap, span: Span) -> Region {
        let nowhere = Position { line: 1, column: 1 };
        let file = sources.file(span.file);
        let at = |offset| file.map_or(nowhere, |file| file.position_utf16(offset));
        let (start, end) = (at(span.start), at(span.end));
        Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

/// A path as a URI: relative as it is, absolute as `file:`.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
