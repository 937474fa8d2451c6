//! The mission's tree, and the folders that commands see of it.

mod clean;
mod place;
mod worktree;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tau_lang::glob::Glob;

pub use self::clean::{CleanFolder, remove};
pub use self::worktree::Worktree;
use crate::blobs::sha256;
use crate::repository::{Base, Edit, Oid, RepositoryError, Store};

/// The mission's tree: it begins as the base's and every step's edits turn it into the next.
#[derive(Clone)]
pub struct Workspace {
    store: Arc<Store>,
    base: Base,
    tree: Arc<Mutex<Oid>>,
}

impl Workspace {
    /// A workspace at its base.
    #[must_use]
    pub fn new(store: Arc<Store>, base: Base) -> Workspace {
        let tree = Arc::new(Mutex::new(base.tree));
        Workspace { store, base, tree }
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

    /// The tree as it is now.
    #[must_use]
    pub fn tree(&self) -> Oid {
        // A panic elsewhere leaves a whole object id behind.
        *self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what the files that match hold now: the same as long as they do.
    ///
    /// # Errors
    /// The tree cannot be read.
    pub fn digest(&self, glob: &Glob) -> Result<String, RepositoryError> {
        let tree = self.tree();
        if glob.as_str() == "**" {
            return Ok(tree.to_string());
        }
        let held = if glob.is_literal() {
            json!(self.store.entry(&tree, glob.as_str())?)
        } else {
            let all = self.store.list(&tree)?.into_iter();
            let held = all.filter(|entry| glob.matches(&entry.path));
            held.map(|entry| json!([entry.path, entry.mode, entry.blob]))
                .collect()
        };
        Ok(sha256(held.to_string().as_bytes()))
    }

    /// Makes a step's edits part of the tree, all of them or none.
    ///
    /// # Errors
    /// They contradict each other, or the tree.
    pub fn apply(&self, edits: &[Edit]) -> Result<Oid, RepositoryError> {
        let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        if !edits.is_empty() {
            *tree = self.store.apply(&tree, edits)?;
        }
        Ok(*tree)
    }

    /// Makes these files be what they were in an earlier tree.
    ///
    /// # Errors
    /// A tree cannot be read, or the edits contradict what others have written since.
    pub fn take_back(
        &self,
        paths: &BTreeSet<String>,
        before: &Oid,
    ) -> Result<Oid, RepositoryError> {
        let edits = paths.iter().map(|path| {
            let to = self.store.entry(before, path)?;
            Ok(Edit {
                path: path.clone(),
                to,
            })
        });
        self.apply(&edits.collect::<Result<Vec<Edit>, RepositoryError>>()?)
    }
}
