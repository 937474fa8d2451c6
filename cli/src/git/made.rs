//! Repositories that tau makes itself, to show or to test something. They are the same on every
//! machine.

use std::fs;
use std::path::Path;

use super::{git, output};
use crate::render::sanitize;

/// Writes a file, and the folders that lead to it.
///
/// # Errors
/// A sentence with the path and why.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("cannot write `{}`: {error}", sanitize::path(path)))
}

/// Makes `repo`, which exists, a repository whose one commit on `main` holds all its files.
///
/// # Errors
/// A sentence: git failed.
pub(crate) fn commit(repo: &Path, message: &str) -> Result<(), String> {
    run(repo, &["init", "--quiet", "--template="])?;
    run(repo, &["symbolic-ref", "HEAD", "refs/heads/main"])?;
    run(repo, &["add", "--all", "--force"])?;
    let commit = ["commit", "--quiet", "--allow-empty", "--message", message];
    run(repo, &commit)
}

/// Git without the user's configuration, hooks and signing keys, and with a fixed identity.
fn run(repo: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = git(repo)?;
    command
        .args([
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.autocrlf=false",
        ])
        .args(["-c", "commit.gpgSign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_CONFIG_COUNT")
        .env_remove("GIT_CONFIG_PARAMETERS")
        .env_remove("GIT_TEMPLATE_DIR");
    for role in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{role}_NAME"), "tau")
            .env(format!("GIT_{role}_EMAIL"), "tau@localhost")
            .env(format!("GIT_{role}_DATE"), "2026-01-01T00:00:00Z");
    }
    let failed = |why| format!("`git {}` failed: {why}", arguments.join(" "));
    output(command).map(|_| ()).map_err(failed)
}
