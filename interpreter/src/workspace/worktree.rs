//! The folder in which a mission's own commands run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{Mutex, Notify};

use super::clean;
use super::place::place;
use crate::repository::{Edit, Oid, RepositoryError, Store};

/// One folder that lasts for the whole run, so that what one command builds and git ignores is
/// there for the next. It is made when the first command needs it.
pub struct Worktree {
    dir: PathBuf,
    store: Arc<Store>,
    state: Mutex<State>,
    left: Notify,
}

/// Who is in it, and what it holds.
struct State {
    /// The tree it surely holds; `None` when that is not known.
    holds: Option<Oid>,
    users: usize,
}

impl Worktree {
    /// A worktree at `dir`, which may be there from an earlier owner of the run.
    #[must_use]
    pub fn new(dir: PathBuf, store: Arc<Store>) -> Worktree {
        Worktree {
            dir,
            store,
            state: Mutex::new(State {
                holds: None,
                users: 0,
            }),
            left: Notify::new(),
        }
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the folder hold `tree` and enters it. Several commands may be in it at once as long
    /// as they want the same tree; others wait.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub async fn enter(&self, tree: Oid) -> Result<(), RepositoryError> {
        loop {
            let left = self.left.notified();
            let mut state = self.state.lock().await;
            if state.users == 0 && state.holds != Some(tree) {
                state.holds = None;
                self.bring_to(&tree)?;
                state.holds = Some(tree);
            }
            if state.holds == Some(tree) {
                state.users += 1;
                return Ok(());
            }
            drop(state);
            left.await;
        }
    }

    /// What differs from `tree` now that a command has ended.
    ///
    /// # Errors
    /// It left something that no tree can hold.
    pub fn differences(&self, tree: &Oid) -> Result<Vec<Edit>, RepositoryError> {
        self.store.harvest(&self.dir, tree)
    }

    /// Leaves the folder. `clean` says that it surely holds the tree it was entered with.
    pub async fn leave(&self, clean: bool) {
        let mut state = self.state.lock().await;
        state.users = state.users.saturating_sub(1);
        if !clean {
            state.holds = None;
        }
        drop(state);
        self.left.notify_waiters();
    }

    fn bring_to(&self, tree: &Oid) -> Result<(), RepositoryError> {
        if !self.dir.exists() {
            return self.store.checkout(tree, &self.dir);
        }
        match self.store.harvest(&self.dir, tree) {
            Ok(differences) => {
                for edit in differences {
                    let file = self.store.file(tree, &edit.path)?;
                    place(&self.dir, &edit.path, file.as_ref()).map_err(|error| {
                        RepositoryError::io("written", self.dir.join(&edit.path), error)
                    })?;
                }
                Ok(())
            }
            // It holds something that no tree can: begin anew.
            Err(_) => {
                clean::remove(&self.dir);
                self.store.checkout(tree, &self.dir)
            }
        }
    }
}
