//! Tree objects, read and written as they are.

use git2::ObjectType;

use super::git::Git;
use super::name::MAX_DEPTH;
use super::{Oid, RepositoryError};
use crate::action::FileMode;

/// One file of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// Relative to the repository's root, `/` between its parts.
    pub path: String,
    /// Its mode.
    pub mode: FileMode,
    /// Its content.
    pub blob: Oid,
}

/// One line of a tree object. The mode is kept as it was written, because old trees hold modes
/// that git no longer writes, and an edit beside them must not change them.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) mode: u32,
    pub(super) id: git2::Oid,
}

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File(FileMode),
    Folder,
    Submodule,
}

impl Entry {
    fn of(entry: &git2::TreeEntry<'_>) -> Self {
        Entry {
            name: entry.name_bytes().to_vec(),
            mode: entry.filemode_raw().cast_unsigned(),
            id: entry.id(),
        }
    }

    pub(super) fn folder(name: &[u8], id: git2::Oid) -> Self {
        Entry {
            name: name.to_vec(),
            mode: 0o040_000,
            id,
        }
    }

    pub(super) fn file(name: &[u8], mode: FileMode, id: git2::Oid) -> Self {
        let mode = match mode {
            FileMode::Regular => 0o100_644,
            FileMode::Executable => 0o100_755,
            FileMode::Link => 0o120_000,
        };
        Entry {
            name: name.to_vec(),
            mode,
            id,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self.mode & 0o170_000 {
            0o040_000 => Kind::Folder,
            0o160_000 => Kind::Submodule,
            0o120_000 => Kind::File(FileMode::Link),
            _ if self.mode & 0o100 != 0 => Kind::File(FileMode::Executable),
            _ => Kind::File(FileMode::Regular),
        }
    }

    /// Whether it is this file, and written as git writes it today.
    pub(super) fn is(&self, mode: FileMode, blob: Oid) -> bool {
        let file = Entry::file(&self.name, mode, blob.0);
        (self.mode, self.id) == (file.mode, file.id)
    }

    /// The file, if it is one.
    pub(super) fn as_file(&self) -> Option<(FileMode, Oid)> {
        match self.kind() {
            Kind::File(mode) => Some((mode, Oid(self.id))),
            Kind::Folder | Kind::Submodule => None,
        }
    }

    /// The folder's tree, if it is one.
    pub(super) fn as_folder(&self) -> Option<git2::Oid> {
        (self.kind() == Kind::Folder).then_some(self.id)
    }
}

pub(super) fn entries(git: &Git<'_>, tree: git2::Oid) -> Result<Vec<Entry>, RepositoryError> {
    if let Some(bytes) = git.made(ObjectType::Tree, tree)? {
        return Ok(Lines(&bytes)
            .map(|(mode, name, id)| Entry {
                name: name.to_vec(),
                mode,
                id,
            })
            .collect());
    }
    let tree = stored(git, tree)?;
    Ok(tree.iter().map(|entry| Entry::of(&entry)).collect())
}

/// One name of a folder.
fn entry(git: &Git<'_>, tree: git2::Oid, name: &[u8]) -> Result<Option<Entry>, RepositoryError> {
    if let Some(bytes) = git.made(ObjectType::Tree, tree)? {
        let mut lines = Lines(&bytes);
        let found = lines.find(|(_, other, _)| *other == name);
        return Ok(found.map(|(mode, name, id)| Entry {
            name: name.to_vec(),
            mode,
            id,
        }));
    }
    let tree = stored(git, tree)?;
    let found = tree.get_name_bytes(name);
    Ok(found.map(|entry| Entry::of(&entry)))
}

fn stored<'a>(git: &Git<'a>, tree: git2::Oid) -> Result<git2::Tree<'a>, RepositoryError> {
    git.directory
        .find_tree(tree)
        .map_err(|_| RepositoryError::MissingObject(Oid(tree)))
}

/// The lines of a tree that [`write`] has made: mode, name, id.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = (u32, &'a [u8], git2::Oid);

    fn next(&mut self) -> Option<Self::Item> {
        let space = self.0.iter().position(|byte| *byte == b' ')?;
        let (mode, rest) = self.0.split_at(space);
        let mode = u32::from_str_radix(str::from_utf8(mode).ok()?, 8).ok()?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        let name = rest.get(1..end)?;
        let (id, rest) = rest.get(end + 1..)?.split_at_checked(20)?;
        self.0 = rest;
        Some((mode, name, git2::Oid::from_bytes(id).ok()?))
    }
}

pub(super) fn write(git: &Git<'_>, mut entries: Vec<Entry>) -> Result<git2::Oid, RepositoryError> {
    entries.sort_by(|a, b| sort_key(a).cmp(sort_key(b)));
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(format!("{:o} ", entry.mode).as_bytes());
        bytes.extend_from_slice(&entry.name);
        bytes.push(0);
        bytes.extend_from_slice(entry.id.as_bytes());
    }
    git.write(ObjectType::Tree, &bytes)
}

/// Git sorts a folder as if its name ended with a slash.
fn sort_key(entry: &Entry) -> impl Iterator<Item = &u8> {
    let slash: &[u8] = if entry.kind() == Kind::Folder {
        b"/"
    } else {
        b""
    };
    entry.name.iter().chain(slash)
}

/// What is at `path`: a file, a folder or a submodule; or what is in its way, with how many of
/// the path's names lead there.
pub(super) fn look(
    git: &Git<'_>,
    tree: git2::Oid,
    path: &str,
) -> Result<Option<(usize, Entry)>, RepositoryError> {
    let mut tree = tree;
    let mut names = path.split('/').enumerate().peekable();
    while let Some((index, name)) = names.next() {
        let Some(entry) = entry(git, tree, name.as_bytes())? else {
            return Ok(None);
        };
        match entry.as_folder() {
            Some(folder) if names.peek().is_some() => tree = folder,
            _ => return Ok(Some((index + 1, entry))),
        }
    }
    Ok(None)
}

/// The file at `path`.
pub(super) fn find(
    git: &Git<'_>,
    tree: git2::Oid,
    path: &str,
) -> Result<Option<(FileMode, Oid)>, RepositoryError> {
    let found = look(git, tree, path)?;
    let found = found.filter(|(names, _)| *names == path.split('/').count());
    Ok(found.and_then(|(_, entry)| entry.as_file()))
}

/// Every file whose path is UTF-8.
pub(super) fn list(git: &Git<'_>, tree: git2::Oid) -> Result<Vec<TreeEntry>, RepositoryError> {
    let mut found = Vec::new();
    walk(git, tree, &mut Vec::new(), 0, &mut |path, entry| {
        if let (Some((mode, blob)), Ok(path)) = (entry.as_file(), str::from_utf8(path)) {
            found.push(TreeEntry {
                path: path.to_owned(),
                mode,
                blob,
            });
        }
    })?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Shows `visit` everything below `tree` that is not a folder.
pub(super) fn walk(
    git: &Git<'_>,
    tree: git2::Oid,
    path: &mut Vec<u8>,
    depth: usize,
    visit: &mut impl FnMut(&[u8], &Entry),
) -> Result<(), RepositoryError> {
    check_depth(path, depth)?;
    for entry in entries(git, tree)? {
        let length = push(path, &entry.name);
        match entry.as_folder() {
            Some(folder) => walk(git, folder, path, depth + 1, visit)?,
            None => visit(path, &entry),
        }
        path.truncate(length);
    }
    Ok(())
}

/// Goes down to `name`; returns the length to which `path` is cut to come back up.
pub(super) fn push(path: &mut Vec<u8>, name: &[u8]) -> usize {
    let length = path.len();
    if length > 0 {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    length
}

pub(super) fn check_depth(path: &[u8], depth: usize) -> Result<(), RepositoryError> {
    if depth > MAX_DEPTH {
        let path = String::from_utf8_lossy(path).into_owned();
        return Err(RepositoryError::UnsafeTree(
            path,
            "it lies below more than 256 folders",
        ));
    }
    Ok(())
}
