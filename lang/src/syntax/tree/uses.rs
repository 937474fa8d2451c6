//! What a file takes from elsewhere.

use super::{Ident, Trivia};
use crate::source::At;
use crate::syntax::text::Text;

/// `use std.{fs, git}`, `use "./lib/review.tau" as review` or `use "https://host/a/b@v1" as b`.
/// In YAML: `use: [std.fs, std.git]` or `use: [{ from: ./lib/review.tau, as: review }]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// Where it comes from.
    pub from: UseFrom,
    /// `as name`: what its names are called by here, before a dot. Without one it is the name of
    /// the file or repository. Only for what does not come from `std`.
    pub alias: Option<Ident>,
    /// Comments.
    pub trivia: Trivia,
    /// The whole of it.
    pub at: At,
}

/// See [`Use`].
#[derive(Clone, Debug, PartialEq)]
pub enum UseFrom {
    /// `std`, with the names taken from it; none when it alone is named.
    Std {
        /// As written; anything but `std` is an error of the checker.
        root: Ident,
        /// The names taken from it.
        names: Vec<Ident>,
    },
    /// A file, from the folder of the file that uses it (`./review.tau`), or a git repository at
    /// a version (`https://host/owner/repo@v1.2`, `../flows@v1`).
    Source(Text),
}
