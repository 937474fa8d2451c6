//! `--format github`: workflow commands that GitHub Actions turns into annotations.

use tau_lang::diagnostic::Diagnostic;
use tau_lang::source::{Position, SourceMap};

use super::{Findings, word};
use crate::render::sanitize::sanitize;

/// One workflow command for each finding.
pub(crate) fn render(findings: &Findings) -> String {
    let command = |found| command(&findings.sources, found);
    findings.diagnostics.iter().map(command).collect()
}

fn command(sources: &SourceMap, found: &Diagnostic) -> String {
    let file = sources.file(found.span.file);
    let at = |offset| {
        let nowhere = Position { line: 1, column: 1 };
        file.map_or(nowhere, |file| file.position(offset))
    };
    let (start, end) = (at(found.span.start), at(found.span.end));
    let mut properties = format!(
        "file={},line={},endLine={}",
        property(file.map_or("", |file| &file.name)),
        start.line,
        end.line
    );
    // GitHub ignores columns that lie on different lines.
    if start.line == end.line {
        // Its columns count to the last character, not behind it.
        let last = (end.column - 1).max(start.column);
        properties += &format!(",col={},endColumn={last}", start.column);
    }
    let mut message = found.kind.to_string();
    if let Some(help) = found.kind.help() {
        message += &format!("\nhelp: {help}");
    }
    format!(
        "::{} {properties},title={}::{}\n",
        word(found.severity()),
        property(found.code()),
        data(&message)
    )
}

/// Escapes what ends a command.
fn data(text: &str) -> String {
    sanitize(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes what ends a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
