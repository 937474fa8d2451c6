//! What a command has left behind, and whether it may become part of the tree.

use serde_json::json;
use tau_lang::glob::Glob;
use tau_lang::syntax::tree::Effect;

use super::files::link;
use super::{Broker, NotGranted, repository};
use crate::action::{Failure, FailureKind, FileMode};
use crate::repository::{Edit, RepositoryError};

/// How many paths a message names.
const SHOWN: usize = 10;

impl Broker {
    /// Whether a command may have changed these files. One that may not has changed nothing:
    /// the worktree is brought back before the next command runs in it.
    pub(super) fn accept(&self, edits: &[Edit], writes: &[String]) -> Result<(), Failure> {
        let declared: Vec<Glob> = writes
            .iter()
            .filter_map(|text| Glob::new(text).ok())
            .collect();
        let undeclared: Vec<&str> = edits
            .iter()
            .map(|edit| edit.path.as_str())
            .filter(|path| !declared.iter().any(|glob| glob.matches(path)))
            .collect();
        if !undeclared.is_empty() {
            let shown = undeclared.iter().map(|path| format!("`{path}`"));
            let shown = some(shown, ", ");
            return Err(Failure::new(
                "process-changed-files",
                format!("The command changed {shown}, which `writes` does not name. The change was taken back."),
            )
            .help("Name what it may change, as in `writes: [\"src/**\"]`, or let git ignore it.")
            .detail(json!({ "paths": undeclared })));
        }
        self.granted(edits)?;
        for edit in edits {
            if let Some((FileMode::Link, target)) = edit.to {
                let store = self.world.workspace.store();
                link(&edit.path, &store.read(&target).map_err(repository)?)?;
            }
        }
        Ok(())
    }

    /// Whether all of them are granted; says all at once that are not.
    fn granted(&self, edits: &[Edit]) -> Result<(), Failure> {
        let mut refused: Vec<NotGranted> = Vec::new();
        for Edit { path, .. } in edits {
            match self.refusal(Effect::Write, None, path) {
                None => self.used(Effect::Write, None, path),
                Some(it) => refused.push(it),
            }
        }
        let Some(first) = refused.first() else {
            return Ok(());
        };
        let lines = refused.iter().map(|NotGranted { why, missing }| {
            format!("\n  `{}`, {why}", missing.scope.escape_debug())
        });
        let message = format!(
            "The command of step `{}` left behind what it may not write, and the change was taken back:{}",
            self.step,
            some(lines, "")
        );
        let grants: Vec<&str> = refused
            .iter()
            .filter_map(|it| it.missing.grant.as_deref())
            .collect();
        let help = (!grants.is_empty())
            .then(|| format!("Add to `authority`: {}", some(grants.iter(), "; ")));
        let all: Vec<_> = refused
            .iter()
            .map(|NotGranted { why, missing }| json!({ "effect": missing.effect, "scope": missing.scope, "why": why, "limited_by": missing.limited_by, "limited_at": missing.limited_at, "grant": missing.grant }))
            .collect();
        Err(Failure {
            kind: FailureKind::Blocked(first.missing.clone()),
            code: "authority-missing".to_owned(),
            message,
            help,
            detail: json!({ "refused": all }),
        })
    }

    pub(super) fn left_behind(&self, error: &RepositoryError) -> Failure {
        Failure::new(
            error.code(),
            format!("The command left behind what no commit can hold. {error}"),
        )
        .detail(json!({ "left_behind": error.to_string() }))
    }
}

/// The first few, and how many there are besides.
fn some(all: impl ExactSizeIterator<Item = impl AsRef<str>>, between: &str) -> String {
    let more = all.len().saturating_sub(SHOWN);
    let shown: Vec<String> = all.take(SHOWN).map(|it| it.as_ref().to_owned()).collect();
    let shown = shown.join(between);
    match more {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
