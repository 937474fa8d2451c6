//! The one way into the user's repository: new objects and one branch.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType};

use super::tree::{self, Entry, Kind};
use super::{Oid, Repository, RepositoryError, Store, heads};

/// What [`Store::publish`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The branch was made.
    Created,
    /// The branch was moved from where it was expected.
    Moved,
    /// The branch was at the commit already.
    AlreadyThere,
}

impl Store {
    /// Copies what `commit` needs into the user's repository and then makes the branch, or moves
    /// it from `expected`, in one step. Everything is on disk when this returns; doing it again
    /// changes nothing.
    ///
    /// # Errors
    /// When the branch is anywhere else than at `expected` (or at `commit`), when some checkout
    /// uses it, when its name is not allowed or another branch is in its way.
    pub fn publish(
        &self,
        commit: &Oid,
        branch: &str,
        expected: Option<&Oid>,
        repository: &Repository,
    ) -> Result<Published, RepositoryError> {
        if !git2::Branch::name_is_valid(branch).unwrap_or(false) {
            return Err(RepositoryError::BadBranch(branch.to_owned()));
        }
        let target = Branch {
            name: branch,
            refname: format!("refs/heads/{branch}"),
            repository,
        };
        self.handles.with(|own| {
            repository.handles.with(|users| {
                if target.decide(users, commit, expected)? == Published::AlreadyThere {
                    return Ok(Published::AlreadyThere);
                }
                let objects = missing_commits(own, users, commit.0)?;
                Copy {
                    own,
                    users,
                    done: HashSet::new(),
                    folders: BTreeSet::new(),
                }
                .commits(&objects)?;
                target.set(users, commit, expected)
            })
        })
    }
}

/// The branch to be set.
struct Branch<'a> {
    name: &'a str,
    refname: String,
    repository: &'a Repository,
}

impl Branch<'_> {
    /// What is to be done, or why nothing may be.
    fn decide(
        &self,
        users: &git2::Repository,
        commit: &Oid,
        expected: Option<&Oid>,
    ) -> Result<Published, RepositoryError> {
        let found = match users.find_reference(&self.refname) {
            // A symbolic branch is followed for its value but never written through.
            Ok(found) => match found.target() {
                Some(id) => Some(Oid(id)),
                None => return Err(self.moved(found.target_peel().map(Oid))),
            },
            Err(error) if error.code() == ErrorCode::NotFound => None,
            Err(error) => return Err(RepositoryError::git("read the branch")(error)),
        };
        if found.as_ref() == Some(commit) {
            return Ok(Published::AlreadyThere);
        }
        if found.as_ref() != expected {
            return Err(self.moved(found));
        }
        if let Some(by) =
            heads::checked_out(self.repository.common(), users.is_bare(), &self.refname)
        {
            return Err(RepositoryError::CheckedOut {
                branch: self.name.to_owned(),
                by,
            });
        }
        match found {
            Some(_) => Ok(Published::Moved),
            None => self.has_room(users).map(|()| Published::Created),
        }
    }

    /// Sets the branch if nothing has changed since, which its lock file makes certain.
    fn set(
        &self,
        users: &git2::Repository,
        commit: &Oid,
        expected: Option<&Oid>,
    ) -> Result<Published, RepositoryError> {
        let failed = RepositoryError::git("set the branch");
        let mut transaction = users.transaction().map_err(&failed)?;
        transaction
            .lock_ref(&self.refname)
            .map_err(|error| match error.code() {
                ErrorCode::Locked => RepositoryError::BranchLocked(self.name.to_owned()),
                _ => failed(error),
            })?;
        let published = self.decide(users, commit, expected)?;
        if published != Published::AlreadyThere {
            let tau = git2::Signature::now("tau", "tau@localhost").map_err(&failed)?;
            transaction
                .set_target(&self.refname, commit.0, Some(&tau), "tau: commit")
                .map_err(&failed)?;
            transaction.commit().map_err(&failed)?;
            let file = self.repository.common().join(&self.refname);
            sync(&file)
                .and_then(|()| file.parent().map_or(Ok(()), sync))
                .map_err(|error| RepositoryError::io("written", &file, error))?;
        }
        Ok(published)
    }

    /// Whether no branch is called like a folder of this one's name, or lies below it.
    fn has_room(&self, users: &git2::Repository) -> Result<(), RepositoryError> {
        let in_the_way = |other: &str| {
            let other = other
                .strip_prefix("refs/heads/")
                .unwrap_or(other)
                .to_owned();
            Err(RepositoryError::BranchInTheWay {
                branch: self.name.to_owned(),
                other,
            })
        };
        let above = self
            .refname
            .match_indices('/')
            .skip(2)
            .map(|(at, _)| &self.refname[..at]);
        for above in above {
            if users.find_reference(above).is_ok() {
                return in_the_way(above);
            }
        }
        let failed = RepositoryError::git("list the branches");
        let all = users.references_glob("refs/heads/*").map_err(&failed)?;
        let prefix = format!("{}/", self.refname);
        for reference in all.flatten() {
            if reference.name_bytes().starts_with(prefix.as_bytes()) {
                return in_the_way(&String::from_utf8_lossy(reference.name_bytes()));
            }
        }
        Ok(())
    }

    fn moved(&self, found: Option<Oid>) -> RepositoryError {
        RepositoryError::BranchMoved {
            branch: self.name.to_owned(),
            found,
        }
    }
}

/// The commits from `tip` back to the first that the user has, oldest first.
fn missing_commits(
    own: &git2::Repository,
    users: &git2::Repository,
    tip: git2::Oid,
) -> Result<Vec<git2::Oid>, RepositoryError> {
    let mut found = Vec::new();
    let mut next = Some(tip);
    while let Some(id) = next.filter(|id| users.find_commit(*id).is_err()) {
        let commit = own
            .find_commit(id)
            .map_err(|_| RepositoryError::MissingObject(Oid(id)))?;
        found.push(id);
        // A run's commits have one parent each.
        next = commit.parent_ids().next();
    }
    found.reverse();
    Ok(found)
}

/// Copies objects so that each is written after everything that it names. A crash in between
/// leaves unused objects, never broken ones.
struct Copy<'a> {
    own: &'a git2::Repository,
    users: &'a git2::Repository,
    done: HashSet<git2::Oid>,
    folders: BTreeSet<PathBuf>,
}

impl Copy<'_> {
    fn commits(mut self, commits: &[git2::Oid]) -> Result<(), RepositoryError> {
        for id in commits {
            let missing = |_| RepositoryError::MissingObject(Oid(*id));
            let commit = self.own.find_commit(*id).map_err(missing)?;
            // What the parent's tree holds is in the user's repository.
            let parent = commit.parent_ids().next();
            let parent = parent.and_then(|id| Some(self.own.find_commit(id).ok()?.tree_id()));
            self.tree(commit.tree_id(), parent, 0)?;
            self.object(ObjectType::Commit, *id)?;
        }
        for folder in &self.folders {
            sync(folder).map_err(|error| RepositoryError::io("written", folder, error))?;
        }
        Ok(())
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
        let own = self.own.odb().map_err(&failed)?;
        let object = own
            .read(id)
            .map_err(|_| RepositoryError::MissingObject(Oid(id)))?;
        let users = self.users.odb().map_err(&failed)?;
        users.write(kind, object.data()).map_err(&failed)?;
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

fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
