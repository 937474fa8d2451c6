//! One step from a tree to the next.

use serde::{Deserialize, Serialize};

use super::Oid;
use crate::action::FileMode;

/// One file of a tree written or removed; its content is a blob that is stored already.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edit {
    /// Relative to the repository's root, `/` between its parts.
    pub path: String,
    /// The file afterwards; `None` removes it (which is fine when there is none).
    pub to: Option<(FileMode, Oid)>,
}
