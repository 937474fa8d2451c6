//! When a mission starts by itself.

use super::{Arg, CallOf, Doc, Ident, Trivia};
use crate::source::At;

/// `on schedule("0 7 * * 1-5", zone: "Europe/Berlin") run nightly()`.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// `label`, `comment`, `schedule`, `webhook`.
    pub event: Ident,
    /// What the event is asked for.
    pub args: Vec<Arg>,
    /// What starts; its inputs may use `event`.
    pub run: CallOf,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}
