//! History, and the run's branch.

use std::sync::PoisonError;

use tau_lang::syntax::tree::Effect;

use super::{Broker, repository};
use crate::action::Failure;
use crate::evidence::keys::{Keys, Role};
use crate::journal::Entry;
use crate::repository::Oid;

impl Broker {
    pub(super) fn history(&self, limit: usize) -> Result<Vec<serde_json::Value>, Failure> {
        let base = self.world.workspace.base().commit;
        let entries = self
            .world
            .repository
            .log(&base, limit)
            .map_err(repository)?;
        Ok(entries
            .into_iter()
            .map(|entry| {
                let date = jiff::Timestamp::from_second(entry.seconds).unwrap_or_default();
                serde_json::json!({
                    "sha": entry.commit.to_string(),
                    "date": date.to_string(),
                    "author": entry.author,
                    "subject": entry.subject,
                })
            })
            .collect())
    }

    /// Commits a tree behind the run's last commit, or its base, and publishes it.
    pub(super) fn make_commit(
        &self,
        tree: &str,
        message: &str,
        sign: bool,
    ) -> Result<(String, String), Failure> {
        let world = &self.world;
        self.ask(Effect::Git, Some("commit"), &world.branch)?;
        self.without_secrets(message.as_bytes(), "a commit's message")?;
        let tree: Oid = tree.parse().map_err(|_| {
            Failure::new("tree-invalid", format!("`{tree}` is not the id of a tree."))
        })?;
        let mut head = world.head.lock().unwrap_or_else(PoisonError::into_inner);
        let parent = head.unwrap_or(world.workspace.base().commit);
        let store = world.workspace.store();
        let mut commit = store
            .commit(&parent, &tree, message, world.date)
            .map_err(repository)?;
        if sign {
            let keys = Keys::open(&world.keys).map_err(not_signed)?;
            let signed = store.sign(&commit, keys.of(Role::Runner));
            commit = signed.map_err(repository)?;
        }
        store.keep(&commit).map_err(repository)?;
        let what = format!("move the branch {} to {commit}", world.branch);
        let intent = Entry::Intent {
            step: self.step.clone(),
            what,
            commit: Some(commit),
            outside: None,
        };
        world
            .journal
            .write_blocking(intent)
            .map_err(|why| Failure::new("journal-failed", why))?;
        // What an earlier owner of the run has put there may be replaced.
        let found = world.repository.branch(&world.branch).map_err(repository)?;
        let expected = found.filter(|found| world.own.contains(found)).or(*head);
        store
            .publish(&commit, &world.branch, expected.as_ref(), &world.repository)
            .map_err(repository)?;
        store
            .confirm(&commit, (&tree, &parent), &world.branch, &world.repository)
            .map_err(repository)?;
        *head = Some(commit);
        self.with_done(|done| done.commit = Some(commit));
        Ok((commit.to_string(), world.branch.clone()))
    }
}

/// The key cannot be used; why, as a clause.
fn not_signed(why: String) -> Failure {
    Failure::new(
        "commit-not-signed",
        format!("The commit cannot be signed: {why}."),
    )
    .help("Repair the key, or commit without `sign`.")
}
