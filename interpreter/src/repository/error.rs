//! What can go wrong with git, in words for its reader.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::Oid;

/// Why something in or around a repository could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepositoryError {
    /// No folder from here upwards holds a repository.
    NotARepository(PathBuf),
    /// Git refuses a repository that belongs to somebody else.
    NotOwned(PathBuf),
    /// It is stored in a way that this program cannot read; git's words for it.
    Unsupported(PathBuf, String),
    /// HEAD's branch is still to be born.
    NoCommits(PathBuf),
    /// Nothing is called so; branches and tags with similar names.
    UnknownRevision {
        /// As it was given.
        rev: String,
        /// At most three, the nearest first.
        near: Vec<String>,
    },
    /// The repository has no remote of this name; similar names.
    UnknownRemote {
        /// As it was given.
        remote: String,
        /// At most three, the nearest first.
        near: Vec<String>,
    },
    /// Several objects begin with these digits.
    AmbiguousRevision(String),
    /// It names a tree or a file.
    NotACommit(String),
    /// No object with this id, or none of the needed kind, is stored here.
    MissingObject(Oid),
    /// The content of a file that the run has written cannot be had, and why.
    Lost(Oid, String),
    /// What is at this path of a commit is a folder, a link or a submodule.
    NotAFile(String),
    /// A path that no tree may hold, and why.
    BadPath(String, &'static str),
    /// The path would be a file and a folder (or submodule) at once.
    PathConflict(String),
    /// A tree that would do harm on disk: the path in it, and why.
    UnsafeTree(String, &'static str),
    /// A checkout needs a folder of its own.
    NotEmpty(PathBuf),
    /// What a process left behind and no commit can or should hold; never empty.
    Unacceptable(Vec<Offender>),
    /// Git does not allow this name for a branch.
    BadBranch(String),
    /// The branch is not where it was expected; where it is.
    BranchMoved {
        /// Without `refs/heads/`.
        branch: String,
        /// `None` when there is no such branch.
        found: Option<Oid>,
    },
    /// Another process is changing the branch, or has died doing so.
    BranchLocked(String),
    /// Another branch's name makes this one impossible (`a` and `a/b`).
    BranchInTheWay {
        /// The branch that cannot be.
        branch: String,
        /// The branch that is.
        other: String,
    },
    /// The branch belongs to a checkout of the user's.
    CheckedOut {
        /// Without `refs/heads/`.
        branch: String,
        /// The checkout's git directory.
        by: PathBuf,
    },
    /// The commit in the user's repository is not the one that was made: the commit, the object of
    /// it, and what is wrong with that.
    NotAsMade(Oid, Oid, &'static str),
    /// The operating system refused; what was tried, where, and its answer.
    Io(&'static str, PathBuf, String),
    /// Git refused; what was tried, and its answer.
    Git(&'static str, String),
}

/// One file that [`super::Store::harvest`] refuses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offender {
    /// Relative to the checkout; bytes that are no text are replaced.
    pub path: String,
    /// What is wrong with it.
    pub offence: Offence,
}

/// See [`Offender::offence`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offence {
    /// A FIFO, a socket or a device.
    Special,
    /// More than 100 MB.
    TooLarge,
    /// More than 1 MB, and not all of it is there: whoever reads it gets more than was written.
    Sparse,
    /// With it, what has changed is more than 1 GB, or more than 100,000 files.
    TooMuch,
    /// Its name is not UTF-8.
    Name,
    /// Git keeps this name for itself.
    Reserved,
    /// It lies where a submodule belongs.
    Submodule,
    /// Below more than 256 folders.
    TooDeep,
    /// Its permissions do not let it be read.
    Unreadable,
}

impl RepositoryError {
    /// A stable, short, kebab-case name.
    pub fn code(&self) -> &'static str {
        use RepositoryError as E;
        match self {
            E::NotARepository(_) => "not-a-repository",
            E::NotOwned(_) => "repository-not-owned",
            E::Unsupported(..) => "repository-unsupported",
            E::NoCommits(_) => "no-commits",
            E::UnknownRevision { .. } => "unknown-revision",
            E::UnknownRemote { .. } => "unknown-remote",
            E::AmbiguousRevision(_) => "ambiguous-revision",
            E::NotACommit(_) => "not-a-commit",
            E::MissingObject(_) => "missing-object",
            E::Lost(..) => "content-lost",
            E::NotAFile(_) => "not-a-file",
            E::BadPath(..) => "bad-path",
            E::PathConflict(_) => "path-conflict",
            E::UnsafeTree(..) => "unsafe-tree",
            E::NotEmpty(_) => "folder-not-empty",
            E::Unacceptable(_) => "unacceptable-files",
            E::BadBranch(_) => "bad-branch",
            E::BranchMoved { .. } => "branch-moved",
            E::BranchLocked(_) => "branch-locked",
            E::BranchInTheWay { .. } => "branch-in-the-way",
            E::CheckedOut { .. } => "branch-checked-out",
            E::NotAsMade(..) => "commit-not-as-made",
            E::Io(..) => "io",
            E::Git(..) => "git",
        }
    }

    pub(crate) fn io(
        tried: &'static str,
        path: impl AsRef<Path>,
        error: impl Into<io::Error>,
    ) -> Self {
        RepositoryError::Io(tried, path.as_ref().to_owned(), error.into().to_string())
    }

    /// For use with `map_err`: what was tried, in words that follow "Git could not".
    pub(super) fn git(tried: &'static str) -> impl Fn(git2::Error) -> Self {
        move |error| RepositoryError::Git(tried, error.message().to_owned())
    }
}

impl fmt::Display for RepositoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use RepositoryError as E;
        match self {
            E::NotARepository(dir) => write!(
                f,
                "`{}` is not inside a git repository. Go into one, or make one with `git init`.",
                dir.display()
            ),
            E::NotOwned(dir) => write!(
                f,
                "The repository at `{dir}` belongs to another user. If you trust it, run \
                 `git config --global --add safe.directory {dir}`.",
                dir = dir.display()
            ),
            E::Unsupported(dir, why) => write!(
                f,
                "The repository at `{}` is stored in a form that tau cannot read: {why}.",
                dir.display()
            ),
            E::NoCommits(root) => write!(
                f,
                "The repository at `{}` has no commits yet. Commit something first.",
                root.display()
            ),
            E::UnknownRevision { rev, near } => {
                write!(f, "No branch, tag or commit is called `{rev}`.")?;
                match near.as_slice() {
                    [] => Ok(()),
                    near => write!(f, " Did you mean `{}`?", near.join("` or `")),
                }
            }
            E::UnknownRemote { remote, near } => {
                write!(
                    f,
                    "The repository has no remote `{remote}` with an address."
                )?;
                match near.as_slice() {
                    [] => Ok(()),
                    near => write!(f, " Did you mean `{}`?", near.join("` or `")),
                }
            }
            E::AmbiguousRevision(rev) => {
                write!(
                    f,
                    "`{rev}` could be several commits. Give more digits of its id."
                )
            }
            E::NotACommit(rev) => write!(f, "`{rev}` is not a commit."),
            E::Lost(id, why) => write!(f, "The content of the file {id} is lost: {why}."),
            E::MissingObject(id) => write!(
                f,
                "The git object `{id}` is missing. It may have been pruned from the repository."
            ),
            E::NotAFile(path) => write!(f, "`{}` is no regular file.", path.escape_debug()),
            E::BadPath(path, why) => {
                write!(
                    f,
                    "`{}` cannot be a path in a repository: {why}.",
                    path.escape_debug()
                )
            }
            E::PathConflict(path) => write!(
                f,
                "`{}` would be a file and a folder at once. Remove one of the two first.",
                path.escape_debug()
            ),
            E::UnsafeTree(path, why) => write!(
                f,
                "The commit holds `{}`, which is not safe to write to disk: {why}.",
                path.escape_debug()
            ),
            E::NotEmpty(dir) => {
                write!(
                    f,
                    "The folder `{}` is needed for a checkout and is not empty.",
                    dir.display()
                )
            }
            E::Unacceptable(offenders) => {
                write!(f, "Some of the files left behind cannot be taken over:")?;
                for Offender { path, offence } in offenders {
                    write!(f, "\n  `{}` {offence}", path.escape_debug())?;
                }
                Ok(())
            }
            E::BadBranch(name) => {
                write!(
                    f,
                    "Git does not allow `{}` as the name of a branch.",
                    name.escape_debug()
                )
            }
            E::BranchMoved {
                branch,
                found: Some(at),
            } => write!(
                f,
                "The branch `{branch}` was moved by someone else. It is at `{at}` and is left there."
            ),
            E::BranchMoved {
                branch,
                found: None,
            } => {
                write!(f, "The branch `{branch}` was removed by someone else.")
            }
            E::BranchLocked(branch) => write!(
                f,
                "Another process is changing the branch `{branch}`. If none is, remove the file \
                 `refs/heads/{branch}.lock` from the git directory."
            ),
            E::BranchInTheWay { branch, other } => write!(
                f,
                "The branch `{branch}` cannot be made while there is a branch `{other}`. Rename one."
            ),
            E::CheckedOut { branch, by } => write!(
                f,
                "The branch `{branch}` is in use by the checkout of `{}` and is not moved.",
                by.display()
            ),
            E::NotAsMade(commit, object, why) => {
                let what = match commit == object {
                    true => "it".to_owned(),
                    false => format!("its object `{object}`"),
                };
                write!(
                    f,
                    "The commit `{commit}` in the repository is not the one that was made: {what} {why}."
                )
            }
            E::Io(tried, path, answer) => {
                write!(f, "`{}` could not be {tried}: {answer}.", path.display())
            }
            E::Git(tried, answer) => write!(f, "Git could not {tried}: {answer}."),
        }
    }
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Offence::Special => "is a pipe, a socket or a device",
            Offence::TooLarge => "is larger than 100 MB",
            Offence::Sparse => "is larger than what is written in it",
            Offence::TooMuch => "is more than a command may change: 1 GB, or 100,000 files",
            Offence::Name => "has a name that is not UTF-8",
            Offence::Reserved => "has a name that git keeps for itself",
            Offence::Submodule => "lies in a submodule",
            Offence::TooDeep => "lies below more than 256 folders",
            Offence::Unreadable => "may not be read",
        })
    }
}

impl std::error::Error for RepositoryError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_can_be_read_alone() {
        use RepositoryError as E;
        let dir = || PathBuf::from("/home/me/x");
        let id: Oid = "4b825dc642cb6eb9a060e54bf8d69288fbee4904".parse().unwrap();
        let branch = || "tau/fix".to_owned();
        let all = [
            E::NotARepository(dir()),
            E::NotOwned(dir()),
            E::Unsupported(
                dir(),
                "unsupported extension name extensions.refstorage".into(),
            ),
            E::NoCommits(dir()),
            E::UnknownRevision {
                rev: "mainn".into(),
                near: vec!["main".into(), "maint".into()],
            },
            E::UnknownRevision {
                rev: "x".into(),
                near: vec![],
            },
            E::UnknownRemote {
                remote: "orign".into(),
                near: vec!["origin".into()],
            },
            E::AmbiguousRevision("4b".into()),
            E::NotACommit("main:src".into()),
            E::MissingObject(id),
            E::Lost(id, "the blob is damaged".into()),
            E::BadPath("a\n/..".into(), "`.` and `..` are not names"),
            E::PathConflict("src".into()),
            E::UnsafeTree("a/.GIT".into(), "`.git` belongs to git itself"),
            E::NotEmpty(dir()),
            E::BadBranch("a..b".into()),
            E::BranchMoved {
                branch: branch(),
                found: Some(id),
            },
            E::BranchMoved {
                branch: branch(),
                found: None,
            },
            E::BranchLocked(branch()),
            E::BranchInTheWay {
                branch: branch(),
                other: "tau".into(),
            },
            E::CheckedOut {
                branch: branch(),
                by: dir(),
            },
            E::NotAsMade(id, id, "is not where the branch is"),
            E::Io(
                "written",
                dir(),
                "No space left on device (os error 28)".into(),
            ),
            E::Git("read the history", "object not found".into()),
        ];
        let text: String = all
            .iter()
            .map(|error| format!("{}: {error}\n", error.code()))
            .collect();
        insta::assert_snapshot!(text, @r#"
        not-a-repository: `/home/me/x` is not inside a git repository. Go into one, or make one with `git init`.
        repository-not-owned: The repository at `/home/me/x` belongs to another user. If you trust it, run `git config --global --add safe.directory /home/me/x`.
        repository-unsupported: The repository at `/home/me/x` is stored in a form that tau cannot read: unsupported extension name extensions.refstorage.
        no-commits: The repository at `/home/me/x` has no commits yet. Commit something first.
        unknown-revision: No branch, tag or commit is called `mainn`. Did you mean `main` or `maint`?
        unknown-revision: No branch, tag or commit is called `x`.
        unknown-remote: The repository has no remote `orign` with an address. Did you mean `origin`?
        ambiguous-revision: `4b` could be several commits. Give more digits of its id.
        not-a-commit: `main:src` is not a commit.
        missing-object: The git object `4b825dc642cb6eb9a060e54bf8d69288fbee4904` is missing. It may have been pruned from the repository.
        content-lost: The content of the file 4b825dc642cb6eb9a060e54bf8d69288fbee4904 is lost: the blob is damaged.
        bad-path: `a\n/..` cannot be a path in a repository: `.` and `..` are not names.
        path-conflict: `src` would be a file and a folder at once. Remove one of the two first.
        unsafe-tree: The commit holds `a/.GIT`, which is not safe to write to disk: `.git` belongs to git itself.
        folder-not-empty: The folder `/home/me/x` is needed for a checkout and is not empty.
        bad-branch: Git does not allow `a..b` as the name of a branch.
        branch-moved: The branch `tau/fix` was moved by someone else. It is at `4b825dc642cb6eb9a060e54bf8d69288fbee4904` and is left there.
        branch-moved: The branch `tau/fix` was removed by someone else.
        branch-locked: Another process is changing the branch `tau/fix`. If none is, remove the file `refs/heads/tau/fix.lock` from the git directory.
        branch-in-the-way: The branch `tau/fix` cannot be made while there is a branch `tau`. Rename one.
        branch-checked-out: The branch `tau/fix` is in use by the checkout of `/home/me/x` and is not moved.
        commit-not-as-made: The commit `4b825dc642cb6eb9a060e54bf8d69288fbee4904` in the repository is not the one that was made: it is not where the branch is.
        io: `/home/me/x` could not be written: No space left on device (os error 28).
        git: Git could not read the history: object not found.
        "#);
    }
}
