//! What `tau init` knows: what a repository is tested with, and the first mission for it.

pub(crate) mod detect;
mod tree;
pub(crate) mod workflow;

use std::path::{Path, PathBuf};

pub(crate) use self::detect::Finding;
use self::tree::Tree;

/// What the repository at `root` can be tested with, the best first.
pub(crate) fn look(root: &Path) -> Vec<Finding> {
    detect::detect(&Tree::read(root))
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
