//! Commits that come out the same each time.

use git2::{ObjectType, Signature, Time};

use super::git::Git;
use super::{Oid, RepositoryError, Store};

impl Store {
    /// Makes a commit of `tree` on top of `parent`, by `tau <tau@localhost>` at `seconds` since
    /// 1970 in UTC. The same arguments give the same id, on every machine. The message ends with
    /// one line break, whatever it ended with.
    ///
    /// # Errors
    /// When parent or tree is not stored, or the message holds a zero byte.
    pub fn commit(
        &self,
        parent: &Oid,
        tree: &Oid,
        message: &str,
        seconds: i64,
    ) -> Result<Oid, RepositoryError> {
        let failed = RepositoryError::git("make the commit");
        let message = format!("{}\n", message.trim_end());
        let bytes = self.with_made(&[parent.0, tree.0], |git| {
            let tau =
                Signature::new("tau", "tau@localhost", &Time::new(seconds, 0)).map_err(&failed)?;
            let missing = |id: &Oid| RepositoryError::MissingObject(*id);
            let parent = git.find_commit(parent.0).map_err(|_| missing(parent))?;
            let tree = git.find_tree(tree.0).map_err(|_| missing(tree))?;
            let made = git.commit_create_buffer(&tau, &tau, &message, &tree, &[&parent]);
            made.map(|bytes| bytes.to_vec()).map_err(&failed)
        })?;
        self.made.put(ObjectType::Commit, &bytes).map(Oid)
    }
}

/// What a commit names.
pub(super) struct Links {
    pub(super) tree: git2::Oid,
    pub(super) parents: Vec<git2::Oid>,
}

impl Links {
    /// Reads the head of a commit.
    pub(super) fn read(git: &Git<'_>, id: git2::Oid) -> Result<Links, RepositoryError> {
        let bytes = git.read(ObjectType::Commit, id)?;
        let head = bytes.split(|byte| *byte == b'\n');
        let mut links = head.map_while(|line| {
            let name = line
                .strip_prefix(b"tree ")
                .or(line.strip_prefix(b"parent "))?;
            git2::Oid::from_str(str::from_utf8(name).ok()?).ok()
        });
        match links.next() {
            Some(tree) => Ok(Links {
                tree,
                parents: links.collect(),
            }),
            None => Err(RepositoryError::MissingObject(Oid(id))),
        }
    }
}
