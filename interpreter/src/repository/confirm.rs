//! That a commit in the user's repository is the one that was made, down to the last file.
//!
//! The repository is not tau's alone. An object may have been there before, damaged or in a
//! borrowed folder, in which case git writes none over it; and a `refs/replace` shows whoever
//! reads an object with git another one. So what was copied is read back, with a handle that has
//! cached nothing.

use std::collections::HashMap;

use git2::ObjectType;

use super::commit::Links;
use super::git::Git;
use super::tree::{self, Entry, Kind};
use super::{Oid, Repository, RepositoryError, Store};

/// Where git finds what it shows in an object's place.
const REPLACED: &str = "refs/replace/";

/// What is wrong with an object.
const MISSING: &str = "cannot be read there";
const OTHER: &str = "has other bytes there";
const SHOWN_OTHERWISE: &str = "is shown as another one by `refs/replace`";

impl Store {
    /// Reads a published commit back: the branch is at it, it is of this tree, follows this commit
    /// and no other, and all that it changes is there.
    ///
    /// # Errors
    /// [`RepositoryError::NotAsMade`], with what is not.
    pub fn confirm(
        &self,
        commit: &Oid,
        (tree, parent): (&Oid, &Oid),
        branch: &str,
        repository: &Repository,
    ) -> Result<(), RepositoryError> {
        let not = |why| Err(RepositoryError::NotAsMade(*commit, *commit, why));
        let users = repository.handles.open()?;
        let found = users.find_reference(&format!("refs/heads/{branch}"));
        if found.ok().and_then(|it| it.target()) != Some(commit.0) {
            return not("is not where the branch is");
        }
        let links = self.with(|own| {
            objects(own, &users, commit.0)?;
            Links::read(own, commit.0)
        })?;
        if links.tree != tree.0 {
            return not("has another tree");
        }
        if links.parents != [parent.0] {
            return not("follows another commit");
        }
        Ok(())
    }
}

/// Compares a commit, and all that it changes of its parent, with what the run has made.
pub(super) fn objects(
    own: &Git<'_>,
    users: &git2::Repository,
    tip: git2::Oid,
) -> Result<(), RepositoryError> {
    let failed = RepositoryError::git("read the copied objects");
    let replaced = users
        .references_glob(&format!("{REPLACED}*"))
        .map_err(&failed)?;
    let replaced = replaced.flatten().filter_map(|it| {
        let name = it.name().ok()?.strip_prefix(REPLACED)?;
        git2::Oid::from_str(name).ok()
    });
    let compared = Compared {
        own,
        database: users.odb().map_err(&failed)?,
        replaced: replaced.collect(),
        tip,
    };
    let commit = Links::read(own, tip)?;
    compared.object(ObjectType::Commit, tip)?;
    let parent = commit.parents.first();
    let parent = parent.and_then(|id| Some(Links::read(own, *id).ok()?.tree));
    compared.tree(commit.tree, parent, 0)
}

struct Compared<'a> {
    own: &'a Git<'a>,
    database: git2::Odb<'a>,
    replaced: Vec<git2::Oid>,
    tip: git2::Oid,
}

impl Compared<'_> {
    fn tree(
        &self,
        id: git2::Oid,
        parent: Option<git2::Oid>,
        depth: usize,
    ) -> Result<(), RepositoryError> {
        if Some(id) == parent {
            return Ok(());
        }
        tree::check_depth(&[], depth)?;
        self.object(ObjectType::Tree, id)?;
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
        Ok(())
    }

    fn object(&self, kind: ObjectType, id: git2::Oid) -> Result<(), RepositoryError> {
        let not = |why| Err(RepositoryError::NotAsMade(Oid(self.tip), Oid(id), why));
        if self.replaced.contains(&id) {
            return not(SHOWN_OTHERWISE);
        }
        let made = self.own.read(kind, id)?;
        same(&self.database, kind, id, &made).or_else(not)
    }
}

/// Compares an object with its bytes.
pub(super) fn same(
    database: &git2::Odb<'_>,
    kind: ObjectType,
    id: git2::Oid,
    bytes: &[u8],
) -> Result<(), &'static str> {
    // Its bytes are held against its name by libgit2.
    let found = database.read(id).map_err(|_| MISSING)?;
    match found.kind() == kind && found.data() == bytes {
        true => Ok(()),
        false => Err(OTHER),
    }
}
