//! The mission's tree, and the folders that commands see of it.

mod clean;
mod place;
mod worktree;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tau_lang::glob::Glob;

pub use self::clean::{CleanFolder, TOOLS, remove};
pub(crate) use self::place::place;
pub use self::worktree::Worktree;
use crate::action::FileMode;
use crate::blobs::{Blobs, sha256};
use crate::content::Contents;
use crate::repository::{Base, Draft, Edit, Oid, RepositoryError, Store};

/// The mission's tree: it begins as the base's and every step's edits turn it into the next.
#[derive(Clone)]
pub struct Workspace {
    store: Arc<Store>,
    base: Base,
    state: Arc<Mutex<State>>,
}

struct State {
    draft: Draft,
    /// What files were before they were written, since the oldest mark that is held.
    before: Vec<(String, Option<(FileMode, Oid)>)>,
    marks: usize,
}

/// A moment of the tree, to which files can be [taken back](Workspace::take_back) as long as this
/// is held.
pub struct Mark {
    state: Arc<Mutex<State>>,
    at: usize,
}

impl Drop for Mark {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.marks -= 1;
        if state.marks == 0 {
            state.before.clear();
        }
    }
}

impl Workspace {
    /// A workspace at its base.
    #[must_use]
    pub fn new(store: Arc<Store>, base: Base) -> Workspace {
        let state = State {
            draft: Draft::new(base.tree),
            before: Vec::new(),
            marks: 0,
        };
        Workspace {
            store,
            base,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// The run's objects.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Where it began.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The tree as it is now. Until somebody asks, no object is made of it.
    ///
    /// # Errors
    /// Its objects cannot be read or remembered.
    pub fn tree(&self) -> Result<Oid, RepositoryError> {
        self.state().draft.tree(&self.store)
    }

    /// The file at `path` as it is now.
    ///
    /// # Errors
    /// The tree cannot be read.
    pub fn entry(&self, path: &str) -> Result<Option<(FileMode, Oid)>, RepositoryError> {
        self.state().draft.entry(&self.store, path)
    }

    /// Says what the files that match hold now: the same as long as they do.
    ///
    /// # Errors
    /// The tree cannot be read.
    pub fn digest(&self, glob: &Glob) -> Result<String, RepositoryError> {
        if glob.as_str() == "**" {
            return Ok(self.tree()?.to_string());
        }
        let held = if glob.is_literal() {
            json!(self.entry(glob.as_str())?)
        } else {
            let all = self.store.list(&self.tree()?)?.into_iter();
            let held = all.filter(|entry| glob.matches(&entry.path));
            held.map(|entry| json!([entry.path, entry.mode, entry.blob]))
                .collect()
        };
        Ok(sha256(held.to_string().as_bytes()))
    }

    /// Whether [`Workspace::apply`] would take the edits now.
    ///
    /// # Errors
    /// They contradict each other, or the tree.
    pub fn check(&self, edits: &[Edit]) -> Result<(), RepositoryError> {
        self.state().draft.check(&self.store, edits)
    }

    /// Makes a step's edits part of the tree, all of them or none.
    ///
    /// # Errors
    /// They contradict each other, or the tree.
    pub fn apply(&self, edits: &[Edit]) -> Result<(), RepositoryError> {
        if edits.is_empty() {
            return Ok(());
        }
        let state = &mut *self.state();
        let (draft, before) = (&mut state.draft, &mut state.before);
        let is_marked = state.marks > 0;
        draft.apply(&self.store, edits, |path, held| {
            if is_marked {
                before.push((path.to_owned(), held));
            }
        })
    }

    /// Remembers the bytes of files that a record says were written.
    ///
    /// # Errors
    /// They are lost, or are not those that were written.
    pub fn remember(
        &self,
        edits: &[Edit],
        contents: &Contents,
        blobs: &Blobs,
    ) -> Result<(), RepositoryError> {
        for (_, blob) in edits.iter().filter_map(|edit| edit.to) {
            let Some(content) = contents.get(&blob.to_string()) else {
                continue;
            };
            let lost = |why| RepositoryError::Lost(blob, why);
            let bytes = content
                .bytes(blobs)
                .map_err(|error| lost(error.to_string()))?;
            if self.store.blob(&bytes)? != blob {
                return Err(lost("its record holds something else".to_owned()));
            }
        }
        Ok(())
    }

    /// Remembers this moment.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let mut state = self.state();
        state.marks += 1;
        Mark {
            state: self.state.clone(),
            at: state.before.len(),
        }
    }

    /// Makes these files be what they were at an earlier moment.
    ///
    /// # Errors
    /// The edits contradict what others have written since.
    pub fn take_back(&self, paths: &BTreeSet<String>, to: &Mark) -> Result<(), RepositoryError> {
        let mut first = BTreeMap::new();
        for (path, held) in self.state().before.get(to.at..).unwrap_or_default() {
            if paths.contains(path) {
                first.entry(path.clone()).or_insert(*held);
            }
        }
        let edits = first.into_iter().map(|(path, to)| Edit { path, to });
        self.apply(&edits.collect::<Vec<Edit>>())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // A panic elsewhere leaves whole edits behind.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
