//! Drawings of a plan: for a person, for Mermaid, for Graphviz, as a picture, for programs.
//!
//! All of them show the same shapes: every statement in the order of the text, what is inside it,
//! and every edge with its reason. Names may come from anyone's file, so each format escapes all
//! that it might take for its own.

mod dot;
mod json;
mod mermaid;
pub(crate) mod shape;
mod svg;
mod terminal;
#[cfg(test)]
mod tests;

pub use self::dot::dot;
pub use self::json::json;
pub use self::mermaid::mermaid;
pub use self::svg::svg;
pub(crate) use self::terminal::steps;
pub use self::terminal::terminal;

use crate::syntax::letters::is_unsafe;

/// `text` in one line, with what would move a terminal's cursor or turn its direction as escapes.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => plain.extend(letter.escape_default()),
            '\u{2028}' | '\u{2029}' => plain.extend(letter.escape_unicode()),
            letter if is_unsafe(letter) => plain.extend(letter.escape_unicode()),
            letter => plain.push(letter),
        }
    }
    plain
}
