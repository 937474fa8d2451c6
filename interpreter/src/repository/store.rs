//! A run's own git directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use git2::ObjectType;

use super::handles::Handles;
use super::tree::{self, TreeEntry};
use super::{Oid, Repository, RepositoryError, alternates};
use crate::action::{File, FileMode};

/// Holds every object that a run makes, and reads those of the user's repository.
///
/// An object that the user's repository has already is not stored again. What a method stores is
/// on disk (fsync, file and folder) when it returns.
pub struct Store {
    pub(super) handles: Handles,
}

/// Nothing but this decides how the store behaves; it comes after the user's own configuration
/// and so overrides it.
const CONFIG: &str = "\
[core]
\trepositoryformatversion = 0
\tbare = true
\tfilemode = true
\tsymlinks = true
\tautocrlf = false
\tfsyncObjectFiles = true
\tlogAllRefUpdates = false
\tattributesFile = /dev/null
\thooksPath = /dev/null
[gc]
\tauto = 0
[diff]
\tignoreSubmodules = none
";

/// Takes every file out of the reach of the machine's and the user's attributes.
const ATTRIBUTES: &str = "* !diff !text !eol !filter !ident !working-tree-encoding\n";

impl Store {
    /// Makes a store at `dir`, or opens the one that is there. One whose making was interrupted
    /// is completed, and one whose repository has moved follows it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn create(dir: &Path, of: &Repository) -> Result<Self, RepositoryError> {
        make_folders(dir).map_err(|error| RepositoryError::io("made", dir, error))?;
        let dir = dir
            .canonicalize()
            .map_err(|e| RepositoryError::io("opened", dir, e))?;
        let borrowed = of.handles.objects();
        keep(
            &dir,
            "objects/info/alternates",
            &alternates::list(borrowed)?,
        )?;
        keep(&dir, "info/attributes", ATTRIBUTES)?;
        keep(&dir, "config", CONFIG)?;
        keep(&dir, "HEAD", "ref: refs/heads/none\n")?;
        let mut objects = vec![dir.join("objects")];
        objects.extend_from_slice(borrowed);
        Ok(Store {
            handles: Handles::new(dir, objects),
        })
    }

    /// The git directory.
    pub fn dir(&self) -> &Path {
        self.handles.dir()
    }

    /// Stores a file's content.
    pub fn blob(&self, bytes: &[u8]) -> Result<Oid, RepositoryError> {
        self.handles
            .with(|git| write(git, ObjectType::Blob, bytes))
            .map(Oid)
    }

    /// The content of a blob.
    ///
    /// # Errors
    /// [`RepositoryError::MissingObject`] when there is no such blob.
    pub fn read(&self, blob: &Oid) -> Result<Vec<u8>, RepositoryError> {
        self.handles.with(|git| {
            let blob = git
                .find_blob(blob.0)
                .map_err(|_| RepositoryError::MissingObject(*blob))?;
            Ok(blob.content().to_vec())
        })
    }

    /// The file at `path`; `None` when there is none, or a folder or a submodule.
    pub fn file(&self, tree: &Oid, path: &str) -> Result<Option<File>, RepositoryError> {
        match self.entry(tree, path)? {
            Some((mode, blob)) => Ok(Some(File {
                bytes: self.read(&blob)?,
                mode,
            })),
            None => Ok(None),
        }
    }

    /// Like [`Store::file`], without reading the content.
    pub fn entry(
        &self,
        tree: &Oid,
        path: &str,
    ) -> Result<Option<(FileMode, Oid)>, RepositoryError> {
        self.handles.with(|git| tree::find(git, tree.0, path))
    }

    /// Every file of `tree` by path, in the order of the paths' bytes. Submodules and files whose
    /// path is not UTF-8 are not listed: they stay in the tree, but tau cannot name them.
    pub fn list(&self, tree: &Oid) -> Result<Vec<TreeEntry>, RepositoryError> {
        self.handles.with(|git| tree::list(git, tree.0))
    }
}

/// Stores an object unless it is there.
///
/// libgit2 would touch the time of an object that it finds in the user's repository; asking
/// first keeps that repository as it is. An object that is found in the store may have been
/// written a moment ago, by a thread or a process that did not come to wait for the disk.
pub(super) fn write(
    git: &git2::Repository,
    kind: ObjectType,
    bytes: &[u8],
) -> Result<git2::Oid, RepositoryError> {
    let failed = RepositoryError::git("store an object");
    let id = git2::Oid::hash_object(kind, bytes).map_err(&failed)?;
    let odb = git.odb().map_err(&failed)?;
    if !odb.exists(id) {
        let objects = git.path().join("objects");
        make_fan(&objects).map_err(|error| RepositoryError::io("made", &objects, error))?;
        return odb.write(kind, bytes).map_err(&failed);
    }
    let hex = id.to_string();
    let folder = git.path().join("objects").join(&hex[..2]);
    if folder.join(&hex[2..]).exists() {
        sync(&folder).map_err(|error| RepositoryError::io("written", &folder, error))?;
    }
    Ok(id)
}

/// Makes the store's own folders. A fan of object folders that an owner before had begun is
/// completed, and on disk.
fn make_folders(dir: &Path) -> io::Result<()> {
    let objects = dir.join("objects");
    for name in ["info", "pack"] {
        fs::create_dir_all(objects.join(name))?;
    }
    fs::create_dir_all(dir.join("refs/heads"))?;
    fs::create_dir_all(dir.join("info"))?;
    if objects.join("00").exists() {
        fan(&objects)?;
    }
    sync(&objects)?;
    sync(dir)?;
    dir.parent().map_or(Ok(()), sync)
}

/// Makes every folder that objects will ever be in before the first of them, so that no later
/// write has to make one, whose own entry would have to be waited for too. A run that stores
/// nothing makes none.
fn make_fan(objects: &Path) -> io::Result<()> {
    // The last of them is there only when all are.
    if objects.join("ff").exists() {
        return Ok(());
    }
    fan(objects)?;
    sync(objects)
}

fn fan(objects: &Path) -> io::Result<()> {
    for first in 0..=255 {
        fs::create_dir_all(objects.join(format!("{first:02x}")))?;
    }
    Ok(())
}

/// Waits until a file, or the list of names in a folder, is on disk.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

/// Makes the file hold `content`, in one step, so that a reader never finds half of it. Not waited
/// for: what a crash of the machine takes away is written again when the store is opened.
fn keep(dir: &Path, name: &str, content: &str) -> Result<(), RepositoryError> {
    let path = dir.join(name);
    if fs::read(&path).is_ok_and(|found| found == content.as_bytes()) {
        return Ok(());
    }
    replace(&path, content.as_bytes()).map_err(|error| RepositoryError::io("written", &path, error))
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut new = PathBuf::from(path).into_os_string();
    new.push(".new");
    fs::write(&new, content)?;
    fs::rename(&new, path)
}
