//! Open handles on one git directory.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{RepositoryError, alternates};

/// Opens a git directory as often as it is used at the same time, and keeps the handles: libgit2
/// lets a handle move between threads but not be shared, and opening one reads files.
pub(super) struct Handles {
    dir: PathBuf,
    objects: Vec<PathBuf>,
    idle: Mutex<Vec<git2::Repository>>,
}

impl Handles {
    /// `dir` is the git directory itself. `objects` are the folders that hold its objects.
    pub(super) fn new(dir: PathBuf, objects: Vec<PathBuf>) -> Self {
        Handles {
            dir,
            objects,
            idle: Mutex::default(),
        }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Every folder that holds objects, its own first.
    pub(super) fn objects(&self) -> &[PathBuf] {
        &self.objects
    }

    /// Lends a handle to `work`.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&git2::Repository) -> Result<T, RepositoryError>,
    ) -> Result<T, RepositoryError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let handle = match idle {
            Some(handle) => handle,
            None => self.open()?,
        };
        let result = work(&handle);
        // After an error the handle is not kept: what it has cached may be what was wrong.
        if result.is_ok() {
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(handle);
        }
        result
    }

    /// A handle that nobody else gets.
    pub(super) fn open(&self) -> Result<git2::Repository, RepositoryError> {
        let opening = RepositoryError::git("open the repository");
        let none: [&str; 0] = [];
        let handle =
            git2::Repository::open_ext(&self.dir, git2::RepositoryOpenFlags::NO_SEARCH, none)
                .map_err(&opening)?;
        alternates::attach(&handle, &self.objects)?;
        Ok(handle)
    }
}
