//! A run's own git directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use git2::ObjectType;

use super::git::Git;
use super::handles::Handles;
use super::objects::Objects;
use super::tree::{self, TreeEntry};
use super::{Oid, Repository, RepositoryError, alternates};
use crate::action::{File, FileMode};

/// Holds every object that a run makes, and reads those of the user's repository.
///
/// What a run makes is in memory first. The bytes that files get are in the run's records, and
/// trees follow from them, so [`Store::keep`] puts on disk only what a commit needs. The stores
/// of older runs hold the bytes themselves.
pub struct Store {
    pub(super) handles: Handles,
    pub(super) made: Objects,
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
            made: Objects::new(&dir),
            handles: Handles::new(dir, objects),
        })
    }

    /// The git directory.
    pub fn dir(&self) -> &Path {
        self.handles.dir()
    }

    /// Lends a look at all objects to `work`.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&Git<'_>) -> Result<T, RepositoryError>,
    ) -> Result<T, RepositoryError> {
        self.handles
            .with(|directory| work(&Git::new(directory, &self.made)?))
    }

    /// Remembers a file's content.
    pub fn blob(&self, bytes: &[u8]) -> Result<Oid, RepositoryError> {
        self.made.put(ObjectType::Blob, bytes).map(Oid)
    }

    /// Whether a git directory has the content already.
    #[must_use]
    pub fn is_stored(&self, blob: &Oid) -> bool {
        let stored = self.with(|git| Ok(git.is_stored(blob.0)));
        stored.unwrap_or(false)
    }

    /// The content of a blob.
    ///
    /// # Errors
    /// [`RepositoryError::MissingObject`] when there is no such blob.
    pub fn read(&self, blob: &Oid) -> Result<Vec<u8>, RepositoryError> {
        self.with(|git| Ok(git.read(ObjectType::Blob, blob.0)?.to_vec()))
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
        self.with(|git| tree::find(git, tree.0, path))
    }

    /// Every file of `tree` by path, in the order of the paths' bytes. Submodules and files whose
    /// path is not UTF-8 are not listed: they stay in the tree, but tau cannot name them.
    pub fn list(&self, tree: &Oid) -> Result<Vec<TreeEntry>, RepositoryError> {
        self.with(|git| tree::list(git, tree.0))
    }
}

/// Makes the store's own folders. Nothing here is waited for: what a crash of the machine takes
/// away is made again when the store is opened.
fn make_folders(dir: &Path) -> io::Result<()> {
    for name in ["objects/info", "objects/pack", "refs/heads", "info"] {
        fs::create_dir_all(dir.join(name))?;
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
