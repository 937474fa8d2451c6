//! Where a test's mission runs. It is gone with the test.

use std::path::PathBuf;

use tau_interpreter::home::Home;
use tempfile::TempDir;

/// A folder for a repository and for the state of its run.
pub(super) struct Place {
    folder: TempDir,
}

impl Place {
    /// A new one.
    ///
    /// # Errors
    /// A sentence: it cannot be made.
    pub(super) fn new() -> Result<Place, String> {
        tempfile::Builder::new()
            .prefix("tau-test-")
            .tempdir()
            .map(|folder| Place { folder })
            .map_err(|error| format!("cannot make a folder for it: {error}"))
    }

    /// The repository that the mission works on.
    pub(super) fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    /// Where its run is kept.
    pub(super) fn home(&self) -> Home {
        Home::new(self.folder.path().join("home"))
    }
}
