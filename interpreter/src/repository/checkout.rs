//! A tree as a folder on disk.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use git2::ObjectType;

use super::git::Git;
use super::name::unsafe_name;
use super::tree::{self, Entry, Kind};
use super::{Oid, RepositoryError, Store};
use crate::action::FileMode;

impl Store {
    /// Writes `tree` into `dir`, which must be empty or not be there yet. Files hold exactly
    /// their blobs' bytes, executables are executable, links are made as they are and never
    /// followed, submodules are empty folders.
    ///
    /// # Errors
    /// When the tree holds a name that would do harm, or the folder cannot be written; what was
    /// written until then is left there.
    pub fn checkout(&self, tree: &Oid, dir: &Path) -> Result<(), RepositoryError> {
        make_empty(dir)?;
        self.with(|git| folder(git, tree.0, dir, &mut Vec::new(), 0))
    }
}

fn make_empty(dir: &Path) -> Result<(), RepositoryError> {
    let opened = |error| RepositoryError::io("opened", dir, error);
    match fs::create_dir(dir) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(RepositoryError::io("made", dir, error)),
    }
    let is_folder = fs::symlink_metadata(dir).map_err(opened)?.is_dir();
    if !is_folder || fs::read_dir(dir).map_err(opened)?.next().is_some() {
        return Err(RepositoryError::NotEmpty(dir.to_owned()));
    }
    Ok(())
}

/// INVARIANT: nothing below `dir` existed before, and every folder, file and link is made with a
/// call that fails when the name is taken. So no link of the tree is ever followed, and a tree
/// that holds a name twice (or twice to a file system that ignores case) is an error.
fn folder(
    git: &Git<'_>,
    tree: git2::Oid,
    dir: &Path,
    path: &mut Vec<u8>,
    depth: usize,
) -> Result<(), RepositoryError> {
    tree::check_depth(path, depth)?;
    for entry in tree::entries(git, tree)? {
        let length = tree::push(path, &entry.name);
        if let Some(why) = unsafe_name(&entry.name) {
            let path = String::from_utf8_lossy(path).into_owned();
            return Err(RepositoryError::UnsafeTree(path, why));
        }
        let at = dir.join(OsStr::from_bytes(&entry.name));
        match entry.kind() {
            Kind::File(mode) => file(git, &entry, mode, &at)?,
            Kind::Folder | Kind::Submodule => {
                fs::create_dir(&at).map_err(|error| RepositoryError::io("made", &at, error))?;
            }
        }
        if let Some(id) = entry.as_folder() {
            folder(git, id, &at, path, depth + 1)?;
        }
        path.truncate(length);
    }
    Ok(())
}

fn file(git: &Git<'_>, entry: &Entry, mode: FileMode, at: &PathBuf) -> Result<(), RepositoryError> {
    let content = git.read(ObjectType::Blob, entry.id)?;
    let written = match mode {
        FileMode::Link => symlink(OsStr::from_bytes(&content), at),
        FileMode::Regular => write_new(at, &content, 0o666),
        FileMode::Executable => write_new(at, &content, 0o777),
    };
    written.map_err(|error| RepositoryError::io("written", at, error))
}

fn write_new(at: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(at)?
        .write_all(bytes)
}
