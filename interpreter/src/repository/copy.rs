//! Objects of a run, copied into the user's repository.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::path::PathBuf;

use git2::ObjectType;

use super::commit::Links;
use super::git::Git;
use super::store::sync;
use super::tree::{self, Entry, Kind};
use super::{Oid, RepositoryError, confirm};

/// Copies a commit and everything that it needs and that `users` does not have. All of it is on
/// disk afterwards.
pub(super) fn commit(
    own: &Git<'_>,
    users: &git2::Repository,
    tip: git2::Oid,
) -> Result<(), RepositoryError> {
    let mut copy = Copy {
        own,
        users,
        tip,
        done: HashSet::new(),
        folders: BTreeSet::new(),
    };
    for id in missing_commits(own, users, tip)? {
        copy.commit(id)?;
    }
    for folder in &copy.folders {
        sync(folder).map_err(|error| RepositoryError::io("written", folder, error))?;
    }
    Ok(())
}

/// The commits from `tip` back to the first that the user has, oldest first.
fn missing_commits(
    own: &Git<'_>,
    users: &git2::Repository,
    tip: git2::Oid,
) -> Result<Vec<git2::Oid>, RepositoryError> {
    let mut found = Vec::new();
    let mut next = Some(tip);
    while let Some(id) = next.filter(|id| users.find_commit(*id).is_err()) {
        found.push(id);
        // A run's commits have one parent each.
        next = Links::read(own, id)?.parents.first().copied();
    }
    found.reverse();
    Ok(found)
}

/// Copies objects so that each is written after everything that it names, and that was read back.
/// A crash in between leaves unused objects, never broken ones.
struct Copy<'a> {
    own: &'a Git<'a>,
    users: &'a git2::Repository,
    tip: git2::Oid,
    done: HashSet<git2::Oid>,
    folders: BTreeSet<PathBuf>,
}

impl Copy<'_> {
    fn commit(&mut self, id: git2::Oid) -> Result<(), RepositoryError> {
        let commit = Links::read(self.own, id)?;
        // What the parent's tree holds is in the user's repository.
        let parent = commit.parents.first();
        let parent = parent.and_then(|id| Some(Links::read(self.own, *id).ok()?.tree));
        self.tree(commit.tree, parent, 0)?;
        self.object(ObjectType::Commit, id)
    }

    fn tree(
        &mut self,
        id: git2::Oid,
        parent: Option<git2::Oid>,
        depth: usize,
    ) -> Result<(), RepositoryError> {
        if Some(id) == parent || self.done.contains(&id) {
            return Ok(());
        }
        tree::check_depth(&[], depth)?;
        let known = parent.map_or(Ok(Vec::new()), |id| tree::entries(self.own, id))?;
        let known: HashMap<&[u8], &Entry> = known
            .iter()
            .map(|entry| (entry.name.as_slice(), entry))
            .collect();
        for entry in tree::entries(self.own, id)? {
            let before = known.get(entry.name.as_slice()).copied();
            if before.is_some_and(|before| before.id == entry.id) {
                continue;
            }
            match entry.kind() {
                Kind::Folder => {
                    let before = before.and_then(Entry::as_folder);
                    self.tree(entry.id, before, depth + 1)?;
                }
                Kind::File(_) => self.object(ObjectType::Blob, entry.id)?,
                Kind::Submodule => {}
            }
        }
        self.object(ObjectType::Tree, id)
    }

    fn object(&mut self, kind: ObjectType, id: git2::Oid) -> Result<(), RepositoryError> {
        if !self.done.insert(id) {
            return Ok(());
        }
        let failed = RepositoryError::git("copy an object into the repository");
        let object = self.own.read(kind, id)?;
        let users = self.users.odb().map_err(&failed)?;
        users.write(kind, &object).map_err(&failed)?;
        confirm::same(&users, kind, id, &object)
            .map_err(|why| RepositoryError::NotAsMade(Oid(self.tip), Oid(id), why))?;
        // The user's configuration decides whether libgit2 waits for the disk; tau always does.
        let hex = id.to_string();
        let objects = self.users.commondir().join("objects");
        let folder = objects.join(&hex[..2]);
        let file = folder.join(&hex[2..]);
        match sync(&file) {
            Ok(()) => {
                self.folders.extend([folder, objects]);
                Ok(())
            }
            // It was there already, in a pack or in a borrowed folder.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(RepositoryError::io("written", &file, error)),
        }
    }
}
