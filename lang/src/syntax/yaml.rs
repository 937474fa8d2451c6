//! The YAML spelling of a mission.
//!
//! Parser events become nodes with places (`load`), and nodes become the tree, key by key.
//! What is wrong with one key, step or grant is reported there and costs no other.

mod action;
mod authority;
mod comments;
mod file;
mod habits;
pub(crate) mod keys;
mod lines;
mod load;
mod mission;
mod node;
mod places;
mod reader;
mod statement;
mod test;
mod value;
mod why;

#[cfg(test)]
mod tests;

use self::lines::Lines;
use self::reader::Reader;
use super::blanks;
use super::letters::unsafe_letters;
use super::tree::File;
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::{SourceId, Span};

/// Reads the YAML spelling of a mission. Never fails: what could not be read is in the
/// diagnostics, and all else is in the tree.
#[must_use]
pub fn parse(text: &str, file: SourceId) -> (File, Vec<Diagnostic>) {
    let lines = Lines::new(text);
    let mut loaded = load::load(text, &lines, file);
    let root = loaded.root.take();
    let mut reader = Reader::new(text, &lines, file, loaded);
    for (at, letter) in unsafe_letters(text) {
        let span = Span::new(file, at, at + letter.len_utf8());
        reader.report(
            Kind::UnsafeCharacter {
                code: letter.into(),
            },
            span,
        );
    }
    let mut tree = reader.file(root.as_ref());
    blanks::settle(&mut tree);
    let mut diagnostics = reader.diagnostics.into_vec();
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    (tree, diagnostics)
}

/// Where the comments of a text in the YAML spelling begin, in its order.
pub(crate) fn comments(text: &str) -> Vec<usize> {
    let loaded = load::load(text, &Lines::new(text), SourceId::default());
    let comments = loaded.comments.iter();
    comments.map(|comment| comment.start as usize).collect()
}

/// A file as JSON, for tests of its schema.
#[cfg(test)]
pub(crate) fn json(text: &str) -> serde_json::Value {
    use self::node::{Node, NodeKind};
    use serde_json::Value as Json;

    fn of(node: &Node) -> Json {
        match &node.kind {
            NodeKind::Scalar { text, plain: true } => {
                serde_json::from_str(&text.value).unwrap_or_else(|_| text.value.clone().into())
            }
            NodeKind::Scalar { text, .. } => text.value.clone().into(),
            NodeKind::List { items, .. } => items.iter().map(of).collect(),
            NodeKind::Map(entries) => entries
                .iter()
                .map(|entry| (entry.key.value.clone(), of(&entry.value)))
                .collect(),
            NodeKind::Empty | NodeKind::Refused => Json::Null,
        }
    }

    let loaded = load::load(text, &Lines::new(text), SourceId(0));
    loaded.root.as_ref().map_or(Json::Null, of)
}
