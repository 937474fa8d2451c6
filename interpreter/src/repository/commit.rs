//! Commits that come out the same each time.

use git2::{Signature, Time};

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
        self.handles.with(|git| {
            let tau =
                Signature::new("tau", "tau@localhost", &Time::new(seconds, 0)).map_err(&failed)?;
            let missing = |id: &Oid| RepositoryError::MissingObject(*id);
            let parent = git.find_commit(parent.0).map_err(|_| missing(parent))?;
            let tree = git.find_tree(tree.0).map_err(|_| missing(tree))?;
            let bytes = git
                .commit_create_buffer(&tau, &tau, &message, &tree, &[&parent])
                .map_err(&failed)?;
            super::store::write(git, git2::ObjectType::Commit, &bytes).map(Oid)
        })
    }
}
