//! The repository at hand.

use std::path::Path;

use tau_interpreter::process;

use super::Check;
use crate::git;
use crate::init::{self, Finding};

/// Whether there is a commit that a mission can work on.
pub(super) fn repository(here: &Path) -> Check {
    const NAME: &str = "repository";
    let ask = |arguments: &[&str]| {
        let mut command = git::git(here)?;
        command.args(arguments);
        git::output(command)
    };
    let bare = match ask(&["rev-parse", "--is-bare-repository"]) {
        Ok(answer) => answer == "true",
        Err(why) if why.contains("not a git repository") => {
            let todo = "go into one, name one with `-C DIR`, or make one with `git init`";
            return Check::warn(NAME, "this folder is not in a git repository", todo);
        }
        Err(why) => {
            let first = why.lines().next().unwrap_or_default().to_owned();
            return Check::missing(NAME, first, "see what `git status` says");
        }
    };
    let root = if bare {
        "--absolute-git-dir"
    } else {
        "--show-toplevel"
    };
    let root = ask(&["rev-parse", root]).unwrap_or_else(|_| here.to_string_lossy().into_owned());
    let Ok(head) = ask(&["rev-parse", "--verify", "--short", "HEAD"]) else {
        let todo = "commit something: a mission works on a commit";
        return Check::missing(NAME, format!("{root} has no commit yet"), todo);
    };
    let branch = ask(&["symbolic-ref", "--quiet", "--short", "HEAD"]).map_or_else(
        |_| "a detached HEAD".to_owned(),
        |branch| format!("`{branch}`"),
    );
    let place = format!("{root} at {head} on {branch}");
    if bare {
        return Check::ok(NAME, format!("{place}, bare"));
    }
    match ask(&["status", "--porcelain", "--untracked-files=no"]) {
        Ok(changes) if changes.is_empty() => Check::ok(NAME, place),
        Ok(_) => Check::warn(
            NAME,
            format!("{place}, with changes that are not committed"),
            "missions work on the commit and leave your changes alone; commit what they need",
        ),
        Err(why) => Check::warn(
            NAME,
            format!("{place}; `git status` failed: {why}"),
            "mend that",
        ),
    }
}

/// Whether what would decide a first mission can be started.
pub(super) fn verifiers(here: &Path) -> Vec<Check> {
    let root = init::repository(here).unwrap_or_else(|| here.to_owned());
    let found = init::look(&root);
    if found.is_empty() {
        let todo = "a mission's `check` must be given: `--set check=\"…\"`";
        let check = Check::warn("verifier", "nothing here says how it is tested", todo);
        return vec![check];
    }
    let path = std::env::var_os("PATH");
    let check = |(number, finding): (usize, &Finding)| {
        let name = finding.command.split(' ').next().unwrap_or_default();
        let what = format!("`{}`, from {}", finding.command, finding.because);
        match process::find(name, &root, path.as_deref()) {
            Ok(file) => Check::ok("verifier", format!("{what}: {}", file.display())),
            // The first decides; the others are alternatives.
            Err(why) if number == 0 => {
                let todo = format!("install `{name}`, or put its folder into PATH");
                Check::missing("verifier", format!("{what}. {why}"), todo)
            }
            Err(why) => {
                let todo = format!("install `{name}` if you want to use it");
                Check::warn("verifier", format!("{what}. {why}"), todo)
            }
        }
    };
    found.iter().enumerate().map(check).collect()
}
