//! A YAML document as nodes with places, before anything is known of missions.

use crate::source::Span;
use crate::syntax::text::Text;

/// A node with its place: from its first letter to behind its last one.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) span: Span,
}

/// See [`Node`].
#[derive(Debug)]
pub(super) enum NodeKind {
    /// A text, and whether it stands there without quotes.
    Scalar { text: Text, plain: bool },
    /// Nothing behind `key:` or `-`.
    Empty,
    /// `[a, b]`, which is `flow`, or lines with dashes.
    List { items: Vec<Node>, flow: bool },
    /// `{ a: b }` or lines with keys. No key stands twice.
    Map(Vec<Entry>),
    /// Something that has been reported already.
    Refused,
}

/// One `key: value`.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Text,
    pub(super) value: Node,
}

impl Entry {
    /// From the key to behind the value.
    pub(super) fn span(&self) -> Span {
        self.key.at.0.to(self.value.span)
    }
}

impl Node {
    /// What it is, in a reader's words.
    pub(super) fn found(&self) -> &'static str {
        match self.kind {
            NodeKind::Scalar { .. } => "a text",
            NodeKind::Empty => "nothing",
            NodeKind::List { .. } => "a list",
            NodeKind::Map(_) => "keys with values",
            NodeKind::Refused => "something else",
        }
    }

    /// The value of `key`, if this has keys and that one is among them.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            NodeKind::Map(entries) => entries
                .iter()
                .find(|entry| entry.key.value == key)
                .map(|entry| &entry.value),
            _ => None,
        }
    }
}
