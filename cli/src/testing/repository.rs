//! The repository that a test's mission works on.

use std::path::Path;

use crate::git::made;

/// Makes a repository of one commit that holds `files`.
///
/// # Errors
/// A sentence: a file cannot be written, or git fails.
pub(super) fn make(folder: &Path, files: &[(String, String)]) -> Result<(), String> {
    for (path, text) in files {
        made::write(&folder.join(path), text)?;
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make a folder for it: {error}"))?;
    made::commit(folder, "what the test is given")
}
