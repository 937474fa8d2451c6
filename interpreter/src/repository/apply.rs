//! From one tree to the next.

use std::collections::BTreeMap;

use git2::ObjectType;

use super::git::Git;
use super::name::check_path;
use super::tree::{self, Entry, Kind};
use super::{Edit, Oid, RepositoryError, Store};
use crate::action::FileMode;

/// The edits of one folder, by name.
#[derive(Default)]
struct Edits<'a> {
    here: Option<&'a Edit>,
    below: BTreeMap<&'a str, Edits<'a>>,
}

impl Store {
    /// The tree that `edits` make of `tree`. Of two edits of one path the later counts. Folders
    /// appear with their first file and vanish with their last; everything that no edit names
    /// stays as it is, submodules and odd modes included.
    ///
    /// # Errors
    /// When a path is not allowed, would be a file and a folder at once, lies in a submodule, or
    /// its blob is not stored.
    pub fn apply(&self, tree: &Oid, edits: &[Edit]) -> Result<Oid, RepositoryError> {
        let mut root = Edits::default();
        for edit in edits {
            check_path(&edit.path)?;
            let mut at = &mut root;
            for name in edit.path.split('/') {
                at = at.below.entry(name).or_default();
            }
            at.here = Some(edit);
        }
        self.with(|git| {
            let id = match folder(git, Some(tree.0), &root, &mut Vec::new())? {
                Some(id) => id,
                None => git.write(ObjectType::Tree, &[])?,
            };
            Ok(Oid(id))
        })
    }
}

/// The folder after its edits; `None` when nothing is left in it.
fn folder(
    git: &Git<'_>,
    old: Option<git2::Oid>,
    edits: &Edits<'_>,
    path: &mut Vec<u8>,
) -> Result<Option<git2::Oid>, RepositoryError> {
    let old = match old {
        Some(id) => tree::entries(git, id)?,
        None => Vec::new(),
    };
    let mut new: BTreeMap<Vec<u8>, Entry> = old
        .into_iter()
        .map(|entry| (entry.name.clone(), entry))
        .collect();
    for (name, edits) in &edits.below {
        let name = name.as_bytes();
        let length = tree::push(path, name);
        match entry(git, new.get(name), name, edits, path)? {
            Some(entry) => new.insert(name.to_vec(), entry),
            None => new.remove(name),
        };
        path.truncate(length);
    }
    if new.is_empty() {
        return Ok(None);
    }
    tree::write(git, new.into_values().collect()).map(Some)
}

/// One entry after the edits at it and below it.
fn entry(
    git: &Git<'_>,
    old: Option<&Entry>,
    name: &[u8],
    edits: &Edits<'_>,
    path: &mut Vec<u8>,
) -> Result<Option<Entry>, RepositoryError> {
    let conflict =
        |path: &[u8]| RepositoryError::PathConflict(String::from_utf8_lossy(path).into_owned());
    if old.is_some_and(|old| old.kind() == Kind::Submodule) {
        return Err(conflict(path));
    }
    let file = match edits.here {
        Some(Edit {
            to: Some((mode, blob)),
            ..
        }) => Some(written(git, name, *mode, blob)?),
        Some(Edit { to: None, .. }) => None,
        None => old.filter(|old| old.kind() != Kind::Folder).cloned(),
    };
    let old_folder = old.and_then(Entry::as_folder);
    let below = match (edits.below.is_empty(), old_folder) {
        (true, folder) => folder,
        (false, old) => folder(git, old, edits, path)?,
    };
    match (file, below) {
        (Some(_), Some(_)) => Err(conflict(path)),
        // Removing a folder by its own name is a mistake, not a way to remove all that is in it.
        (None, Some(_)) if edits.here.is_some() && old_folder.is_some() => Err(conflict(path)),
        (None, Some(id)) => Ok(Some(Entry::folder(name, id))),
        (file, None) => Ok(file),
    }
}

fn written(
    git: &Git<'_>,
    name: &[u8],
    mode: FileMode,
    blob: &Oid,
) -> Result<Entry, RepositoryError> {
    match git.header(blob.0) {
        Some((ObjectType::Blob, _)) => Ok(Entry::file(name, mode, blob.0)),
        _ => Err(RepositoryError::MissingObject(*blob)),
    }
}
