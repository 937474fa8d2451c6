//! Lines of files in messages.

use std::borrow::Cow;

/// How many of several things of the same kind a failure tells.
pub(super) const TOLD: usize = 50;

/// The first `limit` characters of a text; one that is longer ends in `…`.
pub(super) fn shown(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}
