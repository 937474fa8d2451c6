//! The folder that has `tau.lock`, and what that says.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use tau_lang::module::{ENTRY, LOCK, Lock, Pin, Reference, join};

use crate::files::{contents, write};
use crate::init::repository;
use crate::render::sanitize;

/// The most bytes of a lock file that are read.
const MAX_LOCK_BYTES: u64 = 1024 * 1024;

/// A folder with a lock file.
pub(crate) struct Project {
    /// Where `tau.lock` is, without links.
    pub(crate) folder: PathBuf,
    /// What it says. A repository's path begins at `folder`, in one spelling.
    pub(crate) lock: Lock,
}

impl Project {
    /// That of the files in `folder`: `None` when no lock file is in it or above, up to the root of
    /// the git repository.
    ///
    /// # Errors
    /// The lock file cannot be read: its name and why.
    pub(crate) fn of(folder: &Path) -> Result<Option<Project>, String> {
        let Ok(folder) = fs::canonicalize(folder) else {
            // Whose folder is not there has no files either.
            return Ok(None);
        };
        match find(&folder) {
            Some(folder) => Project::at(&folder).map(Some),
            None => Ok(None),
        }
    }

    /// That of the folder in which the program works. Where there is no lock file yet, it will be
    /// in the git repository's root, or here.
    ///
    /// # Errors
    /// As [`Project::of`].
    pub(crate) fn here() -> Result<Project, String> {
        if let Some(project) = Project::of(Path::new("."))? {
            return Ok(project);
        }
        let root = repository(Path::new(".")).unwrap_or_else(|| PathBuf::from("."));
        let folder = fs::canonicalize(root);
        Ok(Project {
            folder: folder.map_err(|error| format!("cannot look at this folder: {error}"))?,
            lock: Lock::default(),
        })
    }

    /// The lock file.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join(LOCK)
    }

    /// The lock file as it is called from here.
    pub(crate) fn near(&self) -> PathBuf {
        let path = self.path();
        let here = std::env::current_dir().and_then(fs::canonicalize);
        let near = here
            .ok()
            .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
        near.unwrap_or(path)
    }

    /// Whether the file at `path` looks for its libraries here, and not in a project or repository
    /// further in.
    pub(crate) fn has(&self, path: &Path) -> bool {
        let folder = here_if_empty(path.parent().unwrap_or(path));
        let Ok(folder) = fs::canonicalize(folder) else {
            return false;
        };
        let is_own = |at: &Path| is_there(&at.join(LOCK)) || is_there(&at.join(".git"));
        let mut above = folder.ancestors();
        above.find(|at| *at == self.folder || is_own(at)) == Some(&self.folder)
    }

    /// Writes what `edit` makes of the lock file, unless another process has changed it meanwhile
    /// in the entries that `edit` is about.
    ///
    /// # Errors
    /// A sentence without its full stop: what `edit` says, or the file cannot be written.
    pub(crate) fn save(
        &self,
        edit: impl FnOnce(&mut Lock) -> Result<(), String>,
    ) -> Result<(), String> {
        let path = self.path();
        let failed = |error: &dyn std::fmt::Display| {
            format!("cannot write `{}`: {error}", sanitize::path(&path))
        };
        // Held until the end; given back when a process is killed.
        let folder = fs::File::open(&self.folder).map_err(|error| failed(&error))?;
        flock(&folder, FlockOperation::LockExclusive).map_err(|error| failed(&error))?;
        let mut lock = match is_there(&path) {
            true => Project::at(&self.folder)?.lock,
            false => Lock::default(),
        };
        edit(&mut lock)?;
        write(&path, lock.render().as_bytes()).map_err(|error| failed(&error))
    }

    /// That whose lock file is in `folder`.
    fn at(folder: &Path) -> Result<Project, String> {
        let path = folder.join(LOCK);
        let bytes = contents(&path, MAX_LOCK_BYTES);
        let lock = bytes
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()))
            .and_then(|text| Lock::parse(&text).map_err(|error| error.0));
        let mut project = Project {
            folder: folder.to_owned(),
            lock: Lock::default(),
        };
        let invalid = |why: String| format!("`{}`: {why}", sanitize::path(&path));
        for (pin, locked) in lock.map_err(invalid)?.libraries {
            if !is_library(&pin) {
                return Err(invalid(format!("`{pin}` is no repository at a version")));
            }
            let pin = project.pin(folder, &pin);
            let twice = format!("`{pin}` stands in it twice");
            if project.lock.libraries.insert(pin, locked).is_some() {
                return Err(invalid(twice));
            }
        }
        Ok(project)
    }

    /// `pin` as the lock file has it, when a file in `folder` names it.
    pub(crate) fn pin(&self, folder: &Path, pin: &Pin) -> Pin {
        let from = match pin.is_relative() {
            true => rebased(folder, &pin.from, &self.folder),
            false => None,
        };
        Pin {
            from: from.unwrap_or_else(|| pin.from.clone()),
            version: pin.version.clone(),
        }
    }
}

/// Whether it is what a `use` can name. Git must not be given anything else.
fn is_library(pin: &Pin) -> bool {
    matches!(
        Reference::parse(&pin.to_string()),
        Ok(Reference::Library { pin: read, path }) if read == *pin && path == ENTRY
    )
}

/// `path`, which begins at the folder `old`, as one that begins at the folder `new`.
fn rebased(old: &Path, path: &str, new: &Path) -> Option<String> {
    let old = fs::canonicalize(here_if_empty(old)).ok()?;
    let target = join(&old.to_string_lossy(), path)?;
    let base = new.to_string_lossy();
    let (target, base): (Vec<&str>, Vec<&str>) = (parts(&target), parts(&base));
    let same = target.iter().zip(&base).take_while(|(a, b)| a == b).count();
    let begin = match base.len() - same {
        0 => "./".to_owned(),
        up => "../".repeat(up),
    };
    let whole = begin + &target[same..].join("/");
    Some(whole.trim_end_matches('/').to_owned())
}

/// The folder of a file that is named without one is the one at hand.
pub(super) fn here_if_empty(folder: &Path) -> &Path {
    match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    }
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// The nearest folder with a lock file, up to the root of the repository.
///
/// Outside of the user's own repository a folder that everybody may write to, such as `/tmp`, is
/// not climbed into: anybody could pin there what others use, or make a repository of it.
fn find(folder: &Path) -> Option<PathBuf> {
    let root = folder.ancestors().find(|at| is_there(&at.join(".git")));
    let is_own = root.is_some_and(|root| same_owner(&root.join(".git"), folder));
    for (height, at) in folder.ancestors().enumerate() {
        if height > 0 && !is_own && is_open(at) {
            return None;
        }
        if is_there(&at.join(LOCK)) {
            return Some(at.to_owned());
        }
        if Some(at) == root {
            return None;
        }
    }
    None
}

fn same_owner(a: &Path, b: &Path) -> bool {
    let owner = |path| fs::symlink_metadata(path).map(|meta| meta.uid());
    matches!((owner(a), owner(b)), (Ok(a), Ok(b)) if a == b)
}

/// A link that leads nowhere is there, too.
fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn is_open(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|meta| meta.mode() & 0o002 != 0)
}
