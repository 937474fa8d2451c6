//! A tree that is being changed, and of which no object is made before one is needed.

use std::collections::BTreeMap;
use std::ops::Bound;

use git2::ObjectType;

use super::git::Git;
use super::name::check_path;
use super::tree::{self, Entry, Kind};
use super::{Edit, Oid, RepositoryError, Store};
use crate::action::FileMode;

/// A file, or that there is none.
type Held = Option<(FileMode, Oid)>;

/// A tree and what has been written since. It holds at each moment what [`Store::apply`] would
/// have made of all edits, one after the other.
pub struct Draft {
    tree: Oid,
    /// Every path that is a file here and not so in `tree`, or a file in `tree` and not here.
    written: BTreeMap<String, Held>,
}

/// What an edit finds.
struct Before {
    /// What is at its path in the draft, if it is a file.
    here: Held,
    /// Whether the edit makes it what it is in the tree.
    is_as_in_tree: bool,
}

impl Draft {
    /// Nothing is written yet.
    #[must_use]
    pub fn new(tree: Oid) -> Draft {
        Draft {
            tree,
            written: BTreeMap::new(),
        }
    }

    /// The file at `path`.
    ///
    /// # Errors
    /// The tree cannot be read.
    pub fn entry(&self, store: &Store, path: &str) -> Result<Held, RepositoryError> {
        match self.written.get(path) {
            Some(held) => Ok(*held),
            None => store.entry(&self.tree, path),
        }
    }

    /// Its tree object, which is made now if something was written since the last time.
    ///
    /// # Errors
    /// The objects cannot be read or remembered.
    pub fn tree(&mut self, store: &Store) -> Result<Oid, RepositoryError> {
        if !self.written.is_empty() {
            let edits: Vec<Edit> = self
                .written
                .iter()
                .map(|(path, to)| Edit {
                    path: path.clone(),
                    to: *to,
                })
                .collect();
            self.tree = store.apply(&self.tree, &edits)?;
            self.written.clear();
        }
        Ok(self.tree)
    }

    /// Whether [`Draft::apply`] would take the edits.
    ///
    /// # Errors
    /// As [`Store::apply`].
    pub fn check(&self, store: &Store, edits: &[Edit]) -> Result<(), RepositoryError> {
        self.look(store, edits).map(drop)
    }

    /// Writes all edits, or none of them; of two of one path the later counts. `noted` is told
    /// what was at each path.
    ///
    /// # Errors
    /// As [`Store::apply`].
    pub fn apply(
        &mut self,
        store: &Store,
        edits: &[Edit],
        mut noted: impl FnMut(&str, Held),
    ) -> Result<(), RepositoryError> {
        for (path, (to, before)) in self.look(store, edits)? {
            noted(path, before.here);
            if before.is_as_in_tree {
                self.written.remove(path);
            } else {
                self.written.insert(path.to_owned(), to);
            }
        }
        Ok(())
    }

    /// What each edited path becomes and was, if the edits contradict nothing.
    fn look<'e>(
        &self,
        store: &Store,
        edits: &'e [Edit],
    ) -> Result<BTreeMap<&'e str, (Held, Before)>, RepositoryError> {
        let mut last: BTreeMap<&str, Held> = BTreeMap::new();
        for edit in edits {
            check_path(&edit.path)?;
            last.insert(&edit.path, edit.to);
        }
        store.with(|git| {
            let found = last.iter().map(|(path, to)| {
                let before = self.before(git, path, *to, &last)?;
                Ok((*path, (*to, before)))
            });
            found.collect()
        })
    }

    /// What is at one path, if it may become `to` together with all of the `edits`.
    fn before(
        &self,
        git: &Git<'_>,
        path: &str,
        to: Held,
        edits: &BTreeMap<&str, Held>,
    ) -> Result<Before, RepositoryError> {
        if let Some((_, blob)) = to
            && !matches!(git.header(blob.0), Some((ObjectType::Blob, _)))
        {
            return Err(RepositoryError::MissingObject(blob));
        }
        let ends = path.match_indices('/').map(|(end, _)| end);
        let folders = ends.map(|end| &path[..end]);
        let after = |path: &str| edits.get(path).or(self.written.get(path)).copied();
        let found = tree::look(git, self.tree.0, path)?;
        let conflict = |path: &str| Err(RepositoryError::PathConflict(path.to_owned()));
        // What is on the way in the tree counts if nothing was written there since.
        let in_the_way = found.as_ref().and_then(|(names, entry)| {
            let way = folders.clone().nth(names - 1)?;
            Some((way, entry.kind()))
        });
        for folder in folders.clone() {
            let is_file = match (after(folder), in_the_way) {
                (Some(held), _) => held.is_some(),
                (None, Some((way, Kind::File(_)))) => way == folder,
                (None, _) => false,
            };
            if is_file && to.is_some() {
                return conflict(folder);
            }
        }
        if let Some((way, Kind::Submodule)) = in_the_way {
            return conflict(way);
        }
        let entry = found.filter(|_| in_the_way.is_none()).map(|found| found.1);
        let kind = entry.as_ref().map(Entry::kind);
        // A folder goes only with everything in it, and to remove one by its own name is a
        // mistake.
        let folder = entry.as_ref().and_then(Entry::as_folder);
        let none = BTreeMap::new();
        if kind == Some(Kind::Submodule)
            || (self.has_below(git, folder, path, edits)?
                && (to.is_some() || self.has_below(git, folder, path, &none)?))
        {
            return conflict(path);
        }
        let below = entry.as_ref().and_then(Entry::as_file);
        Ok(Before {
            here: self.written.get(path).copied().unwrap_or(below),
            is_as_in_tree: match (&entry, to) {
                (Some(entry), Some((mode, blob))) => entry.is(mode, blob),
                (_, Some(_)) => false,
                (_, None) => below.is_none(),
            },
        })
    }

    /// Whether anything lies below `path`, which is this folder in the tree or nothing, once
    /// `edits` are made.
    fn has_below(
        &self,
        git: &Git<'_>,
        folder: Option<git2::Oid>,
        path: &str,
        edits: &BTreeMap<&str, Held>,
    ) -> Result<bool, RepositoryError> {
        let prefix = format!("{path}/");
        let is_inside = |at: &str| at.starts_with(&prefix);
        let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        let new = edits.range::<str, _>(from);
        let written = self.written.range::<str, _>(from);
        if new
            .take_while(|(at, _)| is_inside(at))
            .any(|(_, held)| held.is_some())
            || written
                .take_while(|(at, _)| is_inside(at))
                .any(|(at, held)| held.is_some() && !edits.contains_key(at.as_str()))
        {
            return Ok(true);
        }
        let Some(folder) = folder else {
            return Ok(false);
        };
        let mut any = false;
        let mut at = path.as_bytes().to_vec();
        tree::walk(git, folder, &mut at, 0, &mut |at, _| {
            let gone = str::from_utf8(at).is_ok_and(|at| {
                let after = edits.get(at).or(self.written.get(at));
                after.is_some_and(Option::is_none)
            });
            any |= !gone;
        })?;
        Ok(any)
    }
}
