//! What stands around a node: its comments and its documentation.

use crate::source::At;

/// What stands before a node: a blank line (several count as one) or a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// A blank line.
    Blank,
    /// A comment without its `#` and the space behind it.
    Comment(String),
}

/// The comments that belong to a node. Comments inside a node, where there is no place of their
/// own, are moved before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trivia {
    /// In the lines before it, in order.
    pub before: Vec<Lead>,
    /// At the end of its (first) line, without `#`.
    pub after: Option<String>,
}

/// A `##` comment's text: lines joined by newlines, without the `##` and the space behind it.
/// In YAML it is the value of `about`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// The text.
    pub text: String,
    /// Its place.
    pub at: At,
}
