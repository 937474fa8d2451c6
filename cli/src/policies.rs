//! The policies that hold: of the machine, of the user, of the repository and of the command line.
//!
//! Each of them only narrows, so all that are there hold, and one that cannot be read is an error:
//! to go on without it would give more than its author does.

mod folders;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tau_interpreter::repository::{Base, Repository, RepositoryError};
use tau_lang::diagnostic::Severity;
use tau_lang::policy::{Policies, PolicyFile, PolicyOf};
use tau_lang::source::{MAX_FILE_BYTES, decode};

use self::folders::of_user;
use crate::context::Context;
use crate::exit::Failure;
use crate::files::{Input, read};
use crate::language::Language;
use crate::libraries::Recorded;
use crate::render::diagnostics::counted;
use crate::render::diagnostics::human::{self, Look};

/// Where the machine's policy is.
const OF_MACHINE: &str = "/etc/tau";
/// Where a repository's policy is, from its root.
const OF_REPOSITORY: &str = ".tau";
/// What the file is called in its folder. Where several are there, all hold.
const NAMES: [&str; 3] = ["policy.tau", "policy.yaml", "policy.yml"];

/// The files of the machine and of the user.
///
/// # Errors
/// Usage: one of them is there and cannot be read.
pub(crate) fn of_machine() -> Result<Vec<PolicyFile>, Failure> {
    let mut files = in_folder(Path::new(OF_MACHINE), PolicyOf::Machine)?;
    for folder in of_user(|name| std::env::var_os(name)) {
        files.extend(in_folder(&folder, PolicyOf::User)?);
    }
    Ok(files)
}

/// The folders in which the machine and the user say what they allow and whom they trust.
pub(crate) fn settings_folders() -> Vec<PathBuf> {
    let mut all = vec![PathBuf::from(OF_MACHINE)];
    all.extend(of_user(|name| std::env::var_os(name)));
    all
}

/// The files that `--policy` names.
///
/// # Errors
/// Usage: one of them cannot be read.
pub(crate) fn asked(paths: &[PathBuf]) -> Result<Vec<PolicyFile>, Failure> {
    paths
        .iter()
        .map(|path| file(path, PolicyOf::Command))
        .collect()
}

/// The files that `--policy` named when a run was started, as they are now. One that is gone holds
/// as it was.
///
/// # Errors
/// Usage: one of them is there and cannot be read.
pub(crate) fn again(recorded: &[PolicyFile]) -> Result<Vec<PolicyFile>, Failure> {
    let asked = recorded.iter().filter(|it| it.of == PolicyOf::Command);
    asked
        .map(|was| match was.path.as_deref().map(Path::new) {
            Some(path) if is_there(path)? => Ok(PolicyFile {
                name: was.name.clone(),
                ..file(path, PolicyOf::Command)?
            }),
            _ => Ok(was.clone()),
        })
        .collect()
}

/// The files of a repository, as its commit `rev` has them: what a mission does to them in its tree
/// changes nothing. None when there is no such repository or commit, as then nothing can be run.
///
/// # Errors
/// Usage: one of them is there and is no text of at most [`MAX_FILE_BYTES`] in a regular file.
/// Failed: the disk does not give it.
pub(crate) fn of_repository(repo: &Path, rev: Option<&str>) -> Result<Vec<PolicyFile>, Failure> {
    let found = Repository::discover(repo);
    let found = found.and_then(|repository| Ok((repository.base(rev)?, repository)));
    let (base, repository) = match found {
        Ok(found) => found,
        Err(why) if says_that_nothing_is_there(&why) => return Ok(Vec::new()),
        Err(why) => return Err(Failure::failed(unreadable(OF_REPOSITORY, why))),
    };
    let files = NAMES.iter().map(|name| committed(&repository, &base, name));
    let files: Result<Vec<_>, Failure> = files.collect();
    Ok(files?.into_iter().flatten().collect())
}

/// Whether the run that is asked for would end for the same reason.
fn says_that_nothing_is_there(why: &RepositoryError) -> bool {
    use RepositoryError as E;
    matches!(
        why,
        E::NotARepository(_)
            | E::NotOwned(_)
            | E::NoCommits(_)
            | E::UnknownRevision { .. }
            | E::AmbiguousRevision(_)
            | E::NotACommit(_)
    )
}

fn unreadable(name: &str, why: impl std::fmt::Display) -> String {
    format!("cannot read policy `{name}` of the repository: {why}")
}

fn committed(
    repository: &Repository,
    base: &Base,
    name: &str,
) -> Result<Option<PolicyFile>, Failure> {
    let name = format!("{OF_REPOSITORY}/{name}");
    let wrong = |why: String| Failure::usage(unreadable(&name, why));
    let bytes = match repository.read(base, &name) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(RepositoryError::NotAFile(_)) => return Err(wrong("it is no regular file".to_owned())),
        Err(why) => return Err(Failure::failed(unreadable(&name, why))),
    };
    if bytes.len() > MAX_FILE_BYTES {
        let (found, most) = (bytes.len(), MAX_FILE_BYTES);
        return Err(wrong(format!(
            "it has {found} bytes, and it may have {most}"
        )));
    }
    let text = decode(bytes).map_err(|error| wrong(error.0))?;
    Ok(Some(PolicyFile {
        name,
        path: None,
        of: PolicyOf::Repository,
        text,
    }))
}

/// Checks policies.
///
/// # Errors
/// Usage: one of them has errors, which have been shown, or is no policy.
pub(crate) fn check(
    files: Vec<PolicyFile>,
    language: &mut Language,
    context: &mut Context,
) -> Result<Policies, Failure> {
    let mut policies = Policies::default();
    for file in files {
        let name = file.name.clone();
        // It stands alone, and nothing that it names would be read.
        let nothing = Recorded {
            texts: &BTreeMap::new(),
            now: None,
        };
        let read = language.check_with(&name, &file.text, &nothing);
        let errors = read.checked.diagnostics.iter();
        let errors: Vec<_> = errors
            .filter(|one| one.severity() == Severity::Error)
            .collect();
        for one in &errors {
            let drawn = human::diagnostic(&language.sources, one, Look::of(context));
            context.error_block(&drawn);
        }
        if !errors.is_empty() {
            let count = counted(errors.len(), "error");
            return Err(Failure::usage(format!(
                "policy `{name}` has {count}, so nothing was started"
            )));
        }
        match read.checked.policy {
            Some(policy) => policies.add(&policy, file, &language.sources),
            None => {
                let failure = Failure::usage(format!("`{name}` has no policy"));
                return Err(failure.help("write it as `policy { … }`"));
            }
        }
    }
    Ok(policies)
}

/// Those that are in a folder.
fn in_folder(folder: &Path, of: PolicyOf) -> Result<Vec<PolicyFile>, Failure> {
    let mut found = Vec::new();
    for name in NAMES {
        let path = folder.join(name);
        if is_there(&path)? {
            found.push(file(&path, of)?);
        }
    }
    Ok(found)
}

fn file(path: &Path, of: PolicyOf) -> Result<PolicyFile, Failure> {
    let name = path.to_string_lossy().into_owned();
    let text = read(&Input::File(path.to_owned()))
        .map_err(|wrong| Failure::usage(format!("cannot read policy `{name}`: {}", wrong.why)))?;
    let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    Ok(PolicyFile {
        name,
        path: Some(whole.to_string_lossy().into_owned()),
        of,
        text,
    })
}

/// Whether something is there. Only the system's plain no counts as one.
fn is_there(path: &Path) -> Result<bool, Failure> {
    match std::fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(error) => Err(Failure::usage(format!(
            "cannot tell whether there is a policy `{}`: {error}",
            path.display()
        ))),
    }
}

#[cfg(test)]
mod tests;
