//! A clean checkout in a folder of its own.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::home::RunDir;
use crate::repository::{Oid, RepositoryError, Store};

/// A fresh folder with one tree's files, a folder for what is built from them, and one for
/// temporary files. All are removed when this is dropped.
#[derive(Debug)]
pub struct CleanFolder {
    root: PathBuf,
    tree: Oid,
}

/// The folder below that for builds which commands cannot write to where the box can keep it so.
pub const TOOLS: &str = "tau-tools";

/// Numbers the folders of one process; a process that resumes a run empties them first.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl CleanFolder {
    /// Checks `tree` out.
    ///
    /// # Errors
    /// The tree cannot be written to disk.
    pub fn new(run: &RunDir, store: &Store, tree: Oid) -> Result<CleanFolder, RepositoryError> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = run.path().join("trees").join(number.to_string());
        // The folder is known before anything is in it, so that a failure removes what is there.
        let folder = CleanFolder { root, tree };
        for inner in [
            folder.root.clone(),
            folder.build(),
            folder.tools(),
            folder.reports(),
            folder.temp(),
        ] {
            std::fs::create_dir_all(&inner)
                .map_err(|error| RepositoryError::io("made", &inner, error))?;
        }
        store.checkout(&tree, &folder.files())?;
        Ok(folder)
    }

    /// The tree's files.
    #[must_use]
    pub fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// Where builds go, so that no two trees share one.
    #[must_use]
    pub fn build(&self) -> PathBuf {
        self.root.join("build")
    }

    /// What tau gives to commands, below the folder for builds.
    #[must_use]
    pub fn tools(&self) -> PathBuf {
        self.build().join(TOOLS)
    }

    /// What commands report to tau.
    #[must_use]
    pub fn reports(&self) -> PathBuf {
        self.build().join("tau-reports")
    }

    /// Temporary files.
    #[must_use]
    pub fn temp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// The tree that was checked out.
    #[must_use]
    pub fn tree(&self) -> Oid {
        self.tree
    }
}

impl Drop for CleanFolder {
    fn drop(&mut self) {
        remove(&self.root);
    }
}

/// Removes a folder with all that is in it, also where a program took its own write permission
/// away. What cannot be removed stays in the run's folder and harms nothing.
pub fn remove(root: &Path) {
    if std::fs::remove_dir_all(root).is_ok() || !root.exists() {
        return;
    }
    make_writable(root);
    let _ = std::fs::remove_dir_all(root);
}

fn make_writable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        // `file_type` does not follow links.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            make_writable(&entry.path());
        }
    }
}
