//! Where a repository's objects really are.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use super::RepositoryError;

/// The folders that hold the objects of the repository whose shared git directory is `common`:
/// its own, and those that it borrows from, and so on. libgit2 does not follow a relative path
/// in a borrowed folder's own list, so tau works the chain out itself.
pub(super) fn object_folders(common: &Path) -> Result<Vec<PathBuf>, RepositoryError> {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut todo = VecDeque::from([common.join("objects")]);
    while let Some(folder) = todo.pop_front() {
        // A list may name folders that are gone; git warns and goes on.
        let Ok(folder) = folder.canonicalize() else {
            continue;
        };
        if found.contains(&folder) {
            continue;
        }
        let list = folder.join("info/alternates");
        match fs::read(&list) {
            Ok(bytes) => todo.extend(listed(&bytes).map(|path| folder.join(path))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(RepositoryError::io("read", &list, error)),
        }
        found.push(folder);
    }
    Ok(found)
}

/// Lets `handle` read from these folders too.
pub(super) fn attach(
    handle: &git2::Repository,
    objects: &[PathBuf],
) -> Result<(), RepositoryError> {
    let failed = RepositoryError::git("open the repository's objects");
    let odb = handle.odb().map_err(&failed)?;
    for folder in objects.iter().skip(1) {
        let path = folder.to_str().ok_or_else(|| not_text(folder))?;
        odb.add_disk_alternate(path).map_err(&failed)?;
    }
    Ok(())
}

/// The content of an `info/alternates` that names `folders`.
pub(super) fn list(folders: &[PathBuf]) -> Result<String, RepositoryError> {
    let mut text = String::new();
    for folder in folders {
        match folder.to_str() {
            Some(path) if !path.contains('\n') => text += path,
            _ => return Err(not_text(folder)),
        }
        text.push('\n');
    }
    Ok(text)
}

fn listed(bytes: &[u8]) -> impl Iterator<Item = PathBuf> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty() && !line.starts_with(b"#"))
        .map(|line| PathBuf::from(OsString::from_vec(line.to_vec())))
}

fn not_text(folder: &Path) -> RepositoryError {
    RepositoryError::Unsupported(
        folder.to_owned(),
        "the path of its objects holds a line break or is not UTF-8".to_owned(),
    )
}
