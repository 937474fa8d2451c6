//! The user's repository, which is only read.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, FileMode, ObjectType};
use serde::{Deserialize, Serialize};

use super::handles::Handles;
use super::near::near;
use super::{Oid, RepositoryError, alternates};

/// The repository that a mission is about.
pub struct Repository {
    root: PathBuf,
    common: PathBuf,
    pub(super) handles: Handles,
}

/// What a run starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The commit.
    pub commit: Oid,
    /// Its tree.
    pub tree: Oid,
}

/// One commit, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its id.
    pub commit: Oid,
    /// When its author wrote it, in seconds since 1970 (UTC).
    pub seconds: i64,
    /// The author's distance from UTC in minutes.
    pub offset: i32,
    /// The author's name (bytes that are no text are replaced).
    pub author: String,
    /// The message's first paragraph on one line (bytes that are no text are replaced).
    pub subject: String,
}

impl Repository {
    /// Finds the repository around `dir`: a checkout, a linked worktree, a submodule's checkout
    /// or a bare repository.
    ///
    /// # Errors
    /// When there is none, when it belongs to another user, or when it is of a form that cannot
    /// be read (SHA-256 objects, reftable, partial clone).
    pub fn discover(dir: &Path) -> Result<Self, RepositoryError> {
        let git = git2::Repository::discover(dir).map_err(|error| not_opened(dir, &error))?;
        let common = git.commondir().to_owned();
        let objects = alternates::object_folders(&common)?;
        Ok(Repository {
            root: without_slash(git.workdir().unwrap_or(git.path())),
            common,
            handles: Handles::new(git.path().to_owned(), objects),
        })
    }

    /// The checkout's top folder, or the git directory of a bare repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The git directory that all worktrees share.
    pub(super) fn common(&self) -> &Path {
        &self.common
    }

    /// The commit that `rev` names, as `git rev-parse` reads it; HEAD's without one.
    ///
    /// # Errors
    /// When there are no commits, or `rev` names none, several, or something else.
    pub fn base(&self, rev: Option<&str>) -> Result<Base, RepositoryError> {
        let rev = rev.unwrap_or("HEAD");
        self.handles.with(|git| {
            let object = git
                .revparse_single(rev)
                .map_err(|error| match error.code() {
                    ErrorCode::Ambiguous => RepositoryError::AmbiguousRevision(rev.to_owned()),
                    _ if is_unborn(git, rev) => RepositoryError::NoCommits(self.root.clone()),
                    _ => RepositoryError::UnknownRevision {
                        rev: rev.to_owned(),
                        near: names(git, rev),
                    },
                })?;
            let commit = object
                .peel_to_commit()
                .map_err(|_| RepositoryError::NotACommit(rev.to_owned()))?;
            Ok(Base {
                commit: Oid(commit.id()),
                tree: Oid(commit.tree_id()),
            })
        })
    }

    /// At most `limit` commits that lead to `from`, the newest first.
    pub fn log(&self, from: &Oid, limit: usize) -> Result<Vec<LogEntry>, RepositoryError> {
        let failed = RepositoryError::git("read the history");
        self.handles.with(|git| {
            let mut walk = git.revwalk().map_err(&failed)?;
            walk.set_sorting(git2::Sort::TIME).map_err(&failed)?;
            walk.push(from.0)
                .map_err(|_| RepositoryError::MissingObject(*from))?;
            walk.take(limit)
                .map(|id| {
                    let commit = id.and_then(|id| git.find_commit(id)).map_err(&failed)?;
                    let author = commit.author();
                    Ok(LogEntry {
                        commit: Oid(commit.id()),
                        seconds: author.when().seconds(),
                        offset: author.when().offset_minutes(),
                        author: String::from_utf8_lossy(author.name_bytes()).into_owned(),
                        subject: subject(&commit),
                    })
                })
                .collect()
        })
    }

    /// The address to which a remote of this name is pushed.
    ///
    /// # Errors
    /// There is no such remote, or its address is not UTF-8.
    pub fn remote(&self, name: &str) -> Result<String, RepositoryError> {
        self.handles.with(|git| {
            let unknown = || {
                let all = git.remotes().ok();
                let all = all
                    .iter()
                    .flat_map(|names| names.iter().flatten().flatten());
                RepositoryError::UnknownRemote {
                    remote: name.to_owned(),
                    near: near(name, all).into_iter().map(str::to_owned).collect(),
                }
            };
            let remote = git.find_remote(name).map_err(|_| unknown())?;
            let url = remote.pushurl().ok().flatten();
            let url = url
                .or_else(|| remote.url().ok())
                .filter(|url| !url.is_empty());
            url.map(str::to_owned).ok_or_else(unknown)
        })
    }

    /// The file that says where its history is cut, if it is.
    pub fn shallow(&self) -> Option<PathBuf> {
        let file = self.common.join("shallow");
        file.is_file().then_some(file)
    }

    /// Whether the base holds something at `path`.
    pub fn has(&self, base: &Base, path: &str) -> bool {
        self.handles
            .with(|git| -> Result<bool, RepositoryError> {
                let tree = git.find_tree(base.tree.0).ok();
                Ok(tree.is_some_and(|tree| tree.get_path(Path::new(path)).is_ok()))
            })
            .unwrap_or(false)
    }

    /// The bytes of a file of the base; none when nothing is there.
    ///
    /// # Errors
    /// It is a folder or a link ([`RepositoryError::NotAFile`]), or cannot be read.
    pub fn read(&self, base: &Base, path: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        self.handles.with(|git| contents(git, base, path))
    }

    /// The commit that the branch `name` (without `refs/heads/`) is at, if there is such a branch.
    pub fn branch(&self, name: &str) -> Result<Option<Oid>, RepositoryError> {
        self.handles.with(
            |git| match git.refname_to_id(&format!("refs/heads/{name}")) {
                Ok(id) => Ok(Some(Oid(id))),
                Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
                Err(error) if error.code() == ErrorCode::InvalidSpec => {
                    Err(RepositoryError::BadBranch(name.to_owned()))
                }
                Err(error) => Err(RepositoryError::git("read the branch")(error)),
            },
        )
    }
}

/// See [`Repository::read`].
fn contents(
    git: &git2::Repository,
    base: &Base,
    path: &str,
) -> Result<Option<Vec<u8>>, RepositoryError> {
    let unread = RepositoryError::git("read a file of the base");
    let tree = match git.find_tree(base.tree.0) {
        Ok(tree) => tree,
        Err(error) => return Err(unread(error)),
    };
    let entry = match tree.get_path(Path::new(path)) {
        Ok(entry) => entry,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(unread(error)),
    };
    let is_link = entry.filemode() == i32::from(FileMode::Link);
    if entry.kind() != Some(ObjectType::Blob) || is_link {
        return Err(RepositoryError::NotAFile(path.to_owned()));
    }
    let blob = git.find_blob(entry.id()).map_err(unread)?;
    Ok(Some(blob.content().to_owned()))
}

fn not_opened(dir: &Path, error: &git2::Error) -> RepositoryError {
    match error.code() {
        ErrorCode::NotFound => RepositoryError::NotARepository(dir.to_owned()),
        ErrorCode::Owner => RepositoryError::NotOwned(top(dir)),
        _ => RepositoryError::Unsupported(dir.to_owned(), error.message().to_owned()),
    }
}

/// The folder that `safe.directory` has to name for the repository around `dir`.
fn top(dir: &Path) -> PathBuf {
    let none: [&str; 0] = [];
    match git2::Repository::discover_path(dir, none) {
        Ok(git) if git.ends_with(".git") => git.parent().unwrap_or(&git).to_owned(),
        Ok(git) => git,
        Err(_) => dir.to_owned(),
    }
}

/// Whether `rev` means nothing because nothing has been committed yet.
fn is_unborn(git: &git2::Repository, rev: &str) -> bool {
    let unborn = git
        .head()
        .is_err_and(|error| error.code() == ErrorCode::UnbornBranch);
    unborn
        && (rev.starts_with("HEAD")
            || git
                .references()
                .is_ok_and(|mut references| references.next().is_none()))
}

/// Branches and tags whose names are near `rev`.
fn names(git: &git2::Repository, rev: &str) -> Vec<String> {
    let Ok(references) = git.references() else {
        return Vec::new();
    };
    let names: Vec<String> = references
        .filter_map(|reference| Some(reference.ok()?.shorthand().ok()?.to_owned()))
        .collect();
    near(rev, names.iter().map(String::as_str))
        .into_iter()
        .map(str::to_owned)
        .collect()
}

fn subject(commit: &git2::Commit<'_>) -> String {
    let message = String::from_utf8_lossy(commit.message_bytes());
    let first: Vec<&str> = message
        .trim_start()
        .lines()
        .map(str::trim_end)
        .take_while(|line| !line.is_empty())
        .collect();
    first.join(" ")
}

/// Git ends its folders with a slash; nobody else writes them so.
fn without_slash(path: &Path) -> PathBuf {
    path.components().collect()
}
