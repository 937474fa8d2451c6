//! The YAML spelling, as its author sees it.

mod errors;
mod habits;
mod laws;
mod places;
mod shape;

use std::fmt::Write as _;

use super::parse;
use crate::source::{SourceId, SourceMap};
use crate::syntax::tree::{File, Item, Mission};

/// The example of the language's own page.
pub(super) const FIX: &str = include_str!("tests/fix.yaml");

/// The file of `text`, which must be right.
fn file(text: &str) -> File {
    let (file, diagnostics) = parse(text, SourceId(0));
    assert_eq!(diagnostics, [], "{text}");
    file
}

/// The mission of `text`, which must be right.
fn mission(text: &str) -> Mission {
    file(text)
        .items
        .into_iter()
        .find_map(|item| match item {
            Item::Mission(mission) => Some(mission),
            _ => None,
        })
        .expect("a mission")
}

/// Each diagnostic with its code, line and column, the text it underlines, and its words.
fn errors(text: &str) -> String {
    let mut map = SourceMap::default();
    let id = map.add("m.yaml", text);
    let (_, diagnostics) = parse(text, id);
    let mut shown = String::new();
    for diagnostic in diagnostics {
        let at = map.location(diagnostic.span);
        let under = map.text(diagnostic.span).escape_debug().to_string();
        let code = diagnostic.code();
        let _ = writeln!(shown, "{code} {at} `{under}`: {}", diagnostic.kind);
        for (span, label) in &diagnostic.labels {
            let _ = writeln!(shown, "  {}: {label}", map.location(*span));
        }
        if let Some(help) = diagnostic.kind.help() {
            let _ = writeln!(shown, "  {help}");
        }
    }
    shown
}
