//! What a process left behind, found by walking the folder.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use git2::ObjectType;
use rustix::fs::FileType;
use rustix::io::Errno;

use super::disk::{self, Found};
use super::git::Git;
use super::ignored::Ignored;
use super::name::{MAX_DEPTH, is_dot_git};
use super::tree::{self, Entry, Kind};
use super::{Edit, Offence, Offender, Oid, RepositoryError, Store};
use crate::action::FileMode;

/// Larger files do not belong into a commit that tau makes.
const MAX_FILE: u64 = 100_000_000;
/// Smaller files may have holes: what they pretend to hold costs nobody anything.
const MAX_SPARSE: u64 = 1_000_000;
/// What one command may change, in bytes and in files.
const MAX_CHANGED: u64 = 1_000_000_000;
const MAX_CHANGES: usize = 100_000;

impl Store {
    /// The edits that make `tree` what `dir`, a checkout of it, is now; sorted by path. Every
    /// file is read and compared by its content, no index or time is believed, no link followed.
    ///
    /// `.git` is passed over wherever it is, and so is what the `.gitignore` files of `tree`
    /// leave out, unless it is in `tree`. Empty folders do not count.
    ///
    /// # Errors
    /// [`RepositoryError::Unacceptable`] with everything that cannot be in a commit.
    pub fn harvest(&self, dir: &Path, tree: &Oid) -> Result<Vec<Edit>, RepositoryError> {
        let opened = |error| RepositoryError::io("opened", dir, error);
        let root = disk::open(dir).map_err(opened)?;
        self.with(|git| {
            let mut harvest = Harvest {
                git,
                dir,
                path: Vec::new(),
                rules: Ignored::default(),
                edits: Vec::new(),
                offenders: Vec::new(),
                changed: 0,
            };
            harvest.folder(&root, Some(tree.0), false, 0)?;
            let Harvest {
                mut edits,
                mut offenders,
                ..
            } = harvest;
            if !offenders.is_empty() {
                offenders.sort();
                return Err(RepositoryError::Unacceptable(offenders));
            }
            edits.sort();
            Ok(edits)
        })
    }
}

struct Harvest<'a> {
    git: &'a Git<'a>,
    dir: &'a Path,
    /// Where the walk is, relative to `dir`.
    path: Vec<u8>,
    rules: Ignored,
    edits: Vec<Edit>,
    offenders: Vec<Offender>,
    /// The bytes of the files that differ.
    changed: u64,
}

impl Harvest<'_> {
    fn folder(
        &mut self,
        fd: &OwnedFd,
        tree: Option<git2::Oid>,
        ignored: bool,
        depth: usize,
    ) -> Result<(), RepositoryError> {
        if depth > MAX_DEPTH {
            self.refuse(Offence::TooDeep);
            return Ok(());
        }
        let tracked: BTreeMap<Vec<u8>, Entry> = match tree {
            Some(id) => tree::entries(self.git, id)?
                .into_iter()
                .map(|entry| (entry.name.clone(), entry))
                .collect(),
            None => BTreeMap::new(),
        };
        self.enter_rules(tracked.get(b".gitignore".as_slice()))?;
        let mut on_disk = BTreeMap::new();
        for found in disk::names(fd).map_err(|error| self.io("read", error))? {
            on_disk.insert(found.name.as_bytes().to_vec(), found);
        }
        for (name, entry) in &tracked {
            if !on_disk.contains_key(name) {
                self.at(name, |walk| walk.removed(entry, depth))?;
            }
        }
        for (name, found) in &on_disk {
            self.at(name, |walk| {
                walk.found(fd, found, tracked.get(name), ignored, depth)
            })?;
        }
        self.rules.leave();
        Ok(())
    }

    /// One name that is on disk.
    fn found(
        &mut self,
        fd: &OwnedFd,
        found: &Found,
        tracked: Option<&Entry>,
        ignored: bool,
        depth: usize,
    ) -> Result<(), RepositoryError> {
        let is_folder = found.kind == FileType::Directory;
        let ignored = ignored || self.rules.contains(&self.path, is_folder);
        let name = found.name.as_bytes();
        if name == b".git" || (ignored && tracked.is_none()) {
            return Ok(());
        }
        if is_dot_git(name) {
            self.refuse(Offence::Reserved);
            return Ok(());
        }
        let kind = tracked.map(Entry::kind);
        if kind == Some(Kind::Submodule) {
            return self.submodule(fd, found);
        }
        match found.kind {
            FileType::Directory => {
                if let (Some(Kind::File(_)), Some(entry)) = (kind, tracked) {
                    self.removed(entry, depth)?;
                }
                match disk::open_in(fd, &found.name) {
                    Ok(below) => self.folder(
                        &below,
                        tracked.and_then(Entry::as_folder),
                        ignored,
                        depth + 1,
                    ),
                    Err(Errno::ACCESS) => {
                        self.refuse(Offence::Unreadable);
                        Ok(())
                    }
                    Err(error) => Err(self.io("opened", error)),
                }
            }
            FileType::RegularFile | FileType::Symlink => {
                if let (Some(Kind::Folder), Some(entry)) = (kind, tracked) {
                    self.removed(entry, depth)?;
                }
                self.file(fd, found, tracked.and_then(Entry::as_file))
            }
            _ => {
                self.refuse(Offence::Special);
                Ok(())
            }
        }
    }

    fn file(
        &mut self,
        fd: &OwnedFd,
        found: &Found,
        tracked: Option<(FileMode, Oid)>,
    ) -> Result<(), RepositoryError> {
        if found.size > MAX_FILE && !self.is_as_long(tracked, found.size) {
            self.refuse(Offence::TooLarge);
            return Ok(());
        }
        if found.size > MAX_SPARSE && found.kind == FileType::RegularFile {
            let holes = disk::has_holes(fd, found).unwrap_or(false);
            if holes && !self.is_as_long(tracked, found.size) {
                self.refuse(Offence::Sparse);
                return Ok(());
            }
        }
        let (mode, bytes) = match disk::read(fd, found, MAX_FILE) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                self.refuse(Offence::Unreadable);
                return Ok(());
            }
            Err(error) => return Err(self.io("read", error)),
        };
        let failed = RepositoryError::git("store a file");
        let id = git2::Oid::hash_object(ObjectType::Blob, &bytes).map_err(&failed)?;
        if tracked == Some((mode, Oid(id))) {
            return Ok(());
        }
        if bytes.len() as u64 > MAX_FILE {
            self.refuse(Offence::TooLarge);
            return Ok(());
        }
        self.changed += bytes.len() as u64;
        if self.changed > MAX_CHANGED || self.edits.len() >= MAX_CHANGES {
            // One that names them all would be as long.
            if !self
                .offenders
                .iter()
                .any(|it| it.offence == Offence::TooMuch)
            {
                self.refuse(Offence::TooMuch);
            }
            return Ok(());
        }
        // A file that will be refused is not worth storing.
        if str::from_utf8(&self.path).is_ok() {
            self.git.write(ObjectType::Blob, &bytes)?;
        }
        self.edit(Some((mode, Oid(id))));
        Ok(())
    }

    /// A file of the tree that is large may stay, as long as it stays the same.
    fn is_as_long(&self, tracked: Option<(FileMode, Oid)>, size: u64) -> bool {
        tracked.is_some_and(|(_, blob)| {
            let header = self.git.header(blob.0);
            header.is_some_and(|(_, length)| length as u64 == size)
        })
    }

    /// A checkout has an empty folder for each submodule, and that is all there may be.
    fn submodule(&mut self, fd: &OwnedFd, found: &Found) -> Result<(), RepositoryError> {
        let empty = found.kind == FileType::Directory
            && disk::open_in(fd, &found.name)
                .and_then(|folder| disk::names(&folder))
                .is_ok_and(|names| names.iter().all(|found| found.name.as_bytes() == b".git"));
        if !empty {
            self.refuse(Offence::Submodule);
        }
        Ok(())
    }

    /// Something of the tree that is not on disk any more, or is something else there. A
    /// submodule stays: its folder was empty, and tools remove empty folders.
    fn removed(&mut self, entry: &Entry, depth: usize) -> Result<(), RepositoryError> {
        match entry.kind() {
            Kind::File(_) => self.edit(None),
            Kind::Submodule => {}
            Kind::Folder => {
                tree::check_depth(&self.path, depth)?;
                for below in tree::entries(self.git, entry.id)? {
                    let name = below.name.clone();
                    self.at(&name, |walk| walk.removed(&below, depth + 1))?;
                }
            }
        }
        Ok(())
    }

    fn edit(&mut self, to: Option<(FileMode, Oid)>) {
        match str::from_utf8(&self.path) {
            Ok(path) => self.edits.push(Edit {
                path: path.to_owned(),
                to,
            }),
            Err(_) => self.refuse(Offence::Name),
        }
    }

    fn refuse(&mut self, offence: Offence) {
        let path = String::from_utf8_lossy(&self.path).into_owned();
        self.offenders.push(Offender { path, offence });
    }

    fn at<T>(&mut self, name: &[u8], work: impl FnOnce(&mut Self) -> T) -> T {
        let length = tree::push(&mut self.path, name);
        let result = work(self);
        self.path.truncate(length);
        result
    }

    fn enter_rules(&mut self, file: Option<&Entry>) -> Result<(), RepositoryError> {
        // Git does not follow a `.gitignore` that is a link.
        let file = file.filter(|entry| {
            matches!(
                entry.kind(),
                Kind::File(FileMode::Regular | FileMode::Executable)
            )
        });
        match file {
            Some(Entry { id, .. }) => {
                let content = self.git.read(ObjectType::Blob, *id)?;
                self.rules.enter(&self.path, Some(&content));
            }
            None => self.rules.enter(&self.path, None),
        }
        Ok(())
    }

    fn io(&self, tried: &'static str, error: impl Into<io::Error>) -> RepositoryError {
        let path = String::from_utf8_lossy(&self.path).into_owned();
        RepositoryError::io(tried, self.dir.join(path), error)
    }
}
