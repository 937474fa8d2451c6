//! The one way into the user's repository: new objects and one branch.

use std::io;
use std::time::Duration;

use git2::ErrorCode;

use super::store::sync;
use super::{Oid, Repository, RepositoryError, Store, confirm, copy, heads};

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
    /// uses it, when its name is not allowed or another branch is in its way; and when what was
    /// copied cannot be read back as it was made.
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
        self.with(|own| {
            repository.handles.with(|users| {
                let mut published = target.decide(users, commit, expected)?;
                if published != Published::AlreadyThere {
                    copy::commit(own, users, commit.0)?;
                    confirm::objects(own, &repository.handles.open()?, commit.0)?;
                    published = target.set(users, commit, expected)?;
                }
                target.sync()?;
                Ok(published)
            })
        })
    }
}

/// How often a lock is looked at that a process may only just hold, and how long between.
const LOOKS: u32 = 50;
const BETWEEN: Duration = Duration::from_millis(20);

impl Repository {
    /// Removes the lock of a branch that nobody but this run makes or moves, which a process has
    /// left that was killed while it did so. A program of the user's may have it for a moment, so
    /// it is only taken for one that was left when it stays for a second.
    pub fn remove_left_lock(&self, branch: &str) {
        if !git2::Branch::name_is_valid(branch).unwrap_or(false) {
            return;
        }
        let lock = self.common().join(format!("refs/heads/{branch}.lock"));
        for _ in 0..LOOKS {
            if !lock.exists() {
                return;
            }
            std::thread::sleep(BETWEEN);
        }
        // One that stays is told when the branch is made.
        let _ = std::fs::remove_file(lock);
    }

    /// Whether a branch of this name, or of a name like it with `*` for parts that are not known
    /// yet, could be made beside the branches that are there.
    ///
    /// # Errors
    /// Another branch is in its way.
    pub fn has_room_for(&self, branch: &str) -> Result<(), RepositoryError> {
        let target = Branch {
            name: branch,
            refname: format!("refs/heads/{branch}"),
            repository: self,
        };
        self.handles.with(|users| target.has_room(users))
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
        }
        Ok(published)
    }

    /// Waits until the branch is on disk, with every folder that was made for it.
    fn sync(&self) -> Result<(), RepositoryError> {
        let file = self.repository.common().join(&self.refname);
        for path in file.ancestors().take(self.refname.split('/').count()) {
            match sync(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(RepositoryError::io("written", path, error));
                }
                // Without a file of its own, the branch is in `packed-refs`, and was before.
                _ => {}
            }
        }
        Ok(())
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
