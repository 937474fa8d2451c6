//! Texts of others in messages.

use std::borrow::Cow;

/// How many of several things of the same kind a failure tells.
pub(crate) const TOLD: usize = 50;

/// The first `limit` characters of a text; one that is longer ends in `…`.
pub(crate) fn shown(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// How many characters of a command a message shows.
pub(crate) const COMMAND: usize = 200;
