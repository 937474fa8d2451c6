//! Reading and changing the mission's tree.

use std::time::Duration;

use jiff::Timestamp;
use tau_lang::glob::{Glob, check_path};
use tau_lang::syntax::tree::Effect;

use super::{Broker, repository};
use crate::action::{
    Asking, Change, Changed, Checkout, Command, Failure, Fetch, Fetched, File, FileMode, Finished,
    Ground, Later, Look, Part, Reply, Reservation, Sending, SpendingSaid, Subject, Talk, Work,
};
use crate::ledger::{Amount, Ledger};
use crate::person::Answer;
use crate::providers::Provider;
use crate::repository::Edit;
use crate::wait::Sent;

fn checked(path: &str) -> Result<(), Failure> {
    check_path(path).map_err(|why| {
        Failure::new(
            "path-refused",
            format!("`{path}` is not a path here: {why}."),
        )
    })
}

impl Look for Broker {
    fn list(&self, glob: &str) -> Result<Vec<String>, Failure> {
        let pattern = Glob::new(glob).map_err(|why| {
            Failure::new(
                "glob-invalid",
                format!("`{glob}` is not a path pattern: {why}."),
            )
        })?;
        self.with_done(|done| done.used.add_listing(glob));
        self.readable(|path| pattern.matches(path))
    }

    fn names(&self) -> Vec<String> {
        self.readable(|_| true).unwrap_or_default()
    }

    fn read(&self, path: &str) -> Result<Option<File>, Failure> {
        checked(path)?;
        self.ask(Effect::Read, None, path)?;
        let Some((mode, blob)) = self.staged(path)? else {
            return Ok(None);
        };
        let bytes = self.world.workspace.store().read(&blob);
        let bytes = bytes.map_err(repository)?;
        Ok(Some(File { bytes, mode }))
    }

    fn diff(&self) -> Result<String, Failure> {
        let tree = self.staged_tree()?;
        let base = self.world.workspace.base().tree;
        let diff = self
            .world
            .workspace
            .store()
            .diff(&base, &tree)
            .map_err(repository)?;
        Ok(String::from_utf8_lossy(&diff).into_owned())
    }

    fn log(&self, limit: usize) -> Result<Vec<serde_json::Value>, Failure> {
        self.history(limit)
    }

    fn candidate(&self, ground: &Ground) -> Result<String, Failure> {
        self.candidate_tree(ground).map(|tree| tree.to_string())
    }

    fn changed(&self, ground: &Ground) -> Result<Vec<Changed>, Failure> {
        self.changed_files(ground)
    }

    fn holds(&self, effect: Effect) -> bool {
        self.holds_any(effect)
    }

    fn finds(&self, program: &str) -> bool {
        self.has_program(program)
    }

    fn is_installed(&self, path: &str) -> bool {
        self.has_installed(path)
    }

    fn answer(&self) -> Option<Answer> {
        self.answer.clone()
    }

    fn wait_until<'a>(&'a self, date: Timestamp) -> Later<'a, ()> {
        Box::pin(self.await_date(date))
    }

    fn event(&self, name: &str, within: Option<Duration>) -> Result<Sent, Failure> {
        self.next_event(name, within)
    }

    fn fetch<'a>(&'a self, fetch: &'a Fetch) -> Later<'a, Fetched> {
        Box::pin(self.get(fetch))
    }

    fn models(&self) -> Result<Vec<String>, Failure> {
        self.granted_models()
    }

    fn models_else(&self, model: &str) -> Vec<String> {
        self.granted_else(model)
    }

    fn provider(&self, model: &str) -> Result<(Provider, String), Failure> {
        self.provider_of(model)
    }

    fn counts_money(&self, model: &str) -> bool {
        Ledger::counts_money(&self.rules, model)
    }

    fn call_model<'a>(&'a self, asking: Asking<'a>) -> Later<'a, Reply> {
        Box::pin(self.model_called(asking))
    }

    fn earlier(&self) -> Vec<serde_json::Value> {
        self.world.earlier.of(&self.step)
    }

    fn reserve<'a>(&'a self, model: &'a str, most: Amount) -> Later<'a, Reservation> {
        Box::pin(self.reserve_for(model, most))
    }

    fn note_spending(&self, said: SpendingSaid) -> Later<'_, ()> {
        Box::pin(self.note_said(said))
    }

    fn sleep<'a>(&'a self, time: Duration) -> Later<'a, ()> {
        Box::pin(self.let_pass(time))
    }
}

impl Work for Broker {
    fn may_write(&self, path: &str) -> Result<(), String> {
        check_path(path).map_err(|why| format!("is not a path here: {why}"))?;
        self.why_not(Effect::Write, path)
    }

    fn change(&self, changes: Vec<Change>) -> Result<(), Failure> {
        let store = self.world.workspace.store();
        let mut edits = Vec::with_capacity(changes.len());
        for change in &changes {
            checked(&change.path)?;
            self.ask(Effect::Write, None, &change.path)?;
            if let Some(file) = &change.file {
                self.without_secrets(&file.bytes, &format!("the file `{}`", change.path))?;
            }
            if let Some(file) = change
                .file
                .as_ref()
                .filter(|file| file.mode == FileMode::Link)
            {
                link(&change.path, &file.bytes)?;
            }
        }
        for change in changes {
            let to = match change.file {
                Some(file) => Some((file.mode, store.blob(&file.bytes).map_err(repository)?)),
                None => None,
            };
            edits.push(Edit {
                path: change.path,
                to,
            });
        }
        // Edits that contradict each other, or earlier ones, fail before the step ends.
        let workspace = &self.world.workspace;
        let earlier = self.with_done(|done| done.edits.clone());
        let all = [earlier.as_slice(), &edits].concat();
        workspace.check(&all).map_err(repository)?;
        self.stage(edits)
    }

    fn checkout(
        &self,
        subject: Subject,
        hidden: &[String],
        installed: &[String],
    ) -> Result<Box<dyn Checkout>, Failure> {
        self.clean_checkout(subject, hidden, installed)
    }

    fn run<'a>(&'a self, command: Command, writes: &'a [String]) -> Later<'a, Finished> {
        Box::pin(self.run_in_worktree(command, writes, None))
    }

    fn converse<'a>(
        &'a self,
        command: Command,
        writes: &'a [String],
        talk: &'a mut dyn Talk,
    ) -> Later<'a, Finished> {
        Box::pin(self.run_in_worktree(command, writes, Some(talk)))
    }

    fn send<'a>(&'a self, sending: &'a Sending) -> Later<'a, Fetched> {
        Box::pin(self.send_once(sending))
    }

    fn part<'a>(&'a self, part: Part<'a>) -> Later<'a, serde_json::Value> {
        Box::pin(self.part_done(part))
    }

    fn commit(&self, tree: &str, message: &str, sign: bool) -> Result<(String, String), Failure> {
        self.make_commit(tree, message, sign)
    }
}

impl Broker {
    /// The files that may be read, of those that are wanted.
    fn readable(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<String>, Failure> {
        let tree = self.staged_tree()?;
        let entries = self.world.workspace.store().list(&tree);
        let paths = entries.map_err(repository)?.into_iter();
        let paths = paths.map(|entry| entry.path);
        Ok(paths
            .filter(|path| wanted(path) && self.allows(Effect::Read, None, path))
            .collect())
    }
}

/// A link may only lead to a place in the tree.
pub(super) fn link(path: &str, target: &[u8]) -> Result<(), Failure> {
    let refuse = |why: &str| {
        let target = String::from_utf8_lossy(target);
        Err(Failure::new(
            "link-leaves-tree",
            format!("The link `{path}` would lead to `{target}`, {why}."),
        ))
    };
    let Ok(target) = std::str::from_utf8(target) else {
        return refuse("which is not UTF-8");
    };
    if target.is_empty() || target.starts_with('/') {
        return refuse("which is not a place in the tree");
    }
    let mut depth = path.matches('/').count();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return refuse("which is outside of the tree"),
            ".." => depth -= 1,
            part if check_path(part).is_err() => return refuse("which is not a place in the tree"),
            _ => depth += 1,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn links_stay_in_the_tree() {
        for (path, target) in [
            ("a", "b"),
            ("a/b", "../c"),
            ("a/b/c", "../../d/e"),
            ("a", "./b"),
        ] {
            assert!(link(path, target.as_bytes()).is_ok(), "{path} {target}");
        }
        for (path, target) in [
            ("a", "/etc"),
            ("a", "../b"),
            ("a/b", "../../c"),
            ("a", ".git/config"),
            ("a", ""),
        ] {
            assert!(link(path, target.as_bytes()).is_err(), "{path} {target}");
        }
        assert!(link("a", &[0xff]).is_err());
    }
}
