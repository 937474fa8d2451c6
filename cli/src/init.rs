//! What `tau init` knows: the repository's files, and the first mission for it. What it is tested
//! with, the standard library finds.

mod caches;
mod installed;
mod tree;
pub(crate) mod workflow;

use std::path::{Path, PathBuf};

pub(crate) use self::caches::caches;
pub(crate) use self::installed::installed;
pub(crate) use tau_stdlib::project::Finding;
use tau_stdlib::project::detect;

/// What the repository at `root` can be tested with, the best first.
pub(crate) fn look(root: &Path) -> Vec<Finding> {
    detect(&tree::read(root))
}

/// The folder at or above `folder` that git works in, if there is one.
pub(crate) fn repository(folder: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(folder).ok()?;
    let mut above = absolute.ancestors();
    // `.git` is a file in a worktree and in a submodule.
    above
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_path_buf)
}
