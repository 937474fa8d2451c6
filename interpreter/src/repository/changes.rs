//! What is different between two trees.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::git::Git;
use super::tree::{self, Entry};
use super::{Oid, RepositoryError, Store};
use crate::action::FileMode;

/// One file that two trees do not share: added when it has no `old`, removed when it has no
/// `new`, changed otherwise. A rename is a removal and an addition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDiff {
    /// Relative to the repository's root, `/` between its parts.
    pub path: String,
    /// Mode and content in the first tree.
    pub old: Option<(FileMode, Oid)>,
    /// Mode and content in the second tree.
    pub new: Option<(FileMode, Oid)>,
}

impl Store {
    /// The files that differ, in the order of the paths' bytes. Submodules and files whose path
    /// is not UTF-8 are left out, as in [`Store::list`].
    pub fn changes(&self, from: &Oid, to: &Oid) -> Result<Vec<FileDiff>, RepositoryError> {
        let mut found = Vec::new();
        self.with(|git| {
            folder(
                git,
                Some(from.0),
                Some(to.0),
                &mut Vec::new(),
                0,
                &mut found,
            )
        })?;
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }
}

fn folder(
    git: &Git<'_>,
    old: Option<git2::Oid>,
    new: Option<git2::Oid>,
    path: &mut Vec<u8>,
    depth: usize,
    found: &mut Vec<FileDiff>,
) -> Result<(), RepositoryError> {
    if old == new {
        return Ok(());
    }
    tree::check_depth(path, depth)?;
    let mut pairs: BTreeMap<Vec<u8>, [Option<Entry>; 2]> = BTreeMap::new();
    for (side, tree) in [old, new].into_iter().enumerate() {
        for entry in tree.map_or(Ok(Vec::new()), |id| tree::entries(git, id))? {
            let pair = pairs.entry(entry.name.clone()).or_default();
            pair[side] = Some(entry);
        }
    }
    for (name, pair) in pairs {
        let length = tree::push(path, &name);
        let [old, new] = pair
            .each_ref()
            .map(|entry| entry.as_ref().and_then(Entry::as_file));
        if let (true, Ok(path)) = (old != new, str::from_utf8(path)) {
            found.push(FileDiff {
                path: path.to_owned(),
                old,
                new,
            });
        }
        let [old, new] = pair
            .each_ref()
            .map(|entry| entry.as_ref().and_then(Entry::as_folder));
        folder(git, old, new, path, depth + 1, found)?;
        path.truncate(length);
    }
    Ok(())
}
