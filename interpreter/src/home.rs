//! Where runs are kept: `TAU_HOME`.
//!
//! ```text
//! runs/<id>/journal.jsonl   what happened, append-only and hash-chained
//! runs/<id>/lease.<epoch>   held by whoever runs it
//! runs/<id>/git             the run's own objects
//! runs/<id>/work            the mission's worktree, made when a command needs one
//! runs/<id>/trees           clean checkouts, removed after use
//! runs/<id>/box             empty: where the root of its commands' boxes is mounted, unseen outside
//! runs/<id>/logs            output of what is running now
//! runs/<id>/receipt.jsonl   what it says of itself, signed, once it has ended
//! runs/<id>/mail            events that were sent to it and are not in its journal yet
//! blobs/<aa>/<rest>         large values by their SHA-256
//! keys                      the two keys that sign receipts, made when they are first needed
//! seal                      the key of digests of secrets, made when it is first needed
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::blobs::Blobs;
use crate::content::large;
use crate::journal::files::JOURNAL;
use crate::journal::{Files, Holder, Loaded, OpenError, Store};

/// The folder that holds all runs of a user.
#[derive(Clone, Debug)]
pub struct Home {
    root: PathBuf,
    store: Arc<dyn Store>,
}

/// The folder of one run.
#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
    id: String,
    store: Arc<dyn Store>,
}

/// Why a run was not found by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindError {
    /// No run's id begins so.
    NotFound(String),
    /// Several ids begin so.
    Ambiguous(String, Vec<String>),
    /// The folder of runs could not be read.
    Unreadable(String),
}

impl std::fmt::Display for FindError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FindError::NotFound(name) if name == "@" => {
                write!(f, "there is no run in this repository yet")
            }
            FindError::NotFound(name) => write!(f, "there is no run `{name}`"),
            FindError::Ambiguous(name, ids) => {
                write!(f, "`{name}` may be any of {}", ids.join(", "))
            }
            FindError::Unreadable(why) => write!(f, "the folder of runs cannot be read: {why}"),
        }
    }
}

/// What the name of a folder begins with that was a run's, and is being removed.
pub(crate) const GONE: &str = ".gone-";

impl Home {
    /// A home at this folder, which need not exist yet.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Home {
        let root = root.into();
        let store = Arc::new(Files::new(root.join("runs")));
        Home { root, store }
    }

    /// The same with its journals in another place.
    #[must_use]
    pub fn with(self, store: Arc<dyn Store>) -> Home {
        Home { store, ..self }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of all blobs.
    #[must_use]
    pub fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    /// The file of the key with which digests of secrets are made.
    #[must_use]
    pub fn seal(&self) -> PathBuf {
        self.root.join("seal")
    }

    /// The folder of the keys that sign receipts.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// Makes the folder of a new run. Only its owner may read it.
    ///
    /// # Errors
    /// The file system's.
    pub fn create_run(&self, id: &str) -> io::Result<RunDir> {
        use std::os::unix::fs::DirBuilderExt as _;
        let runs = self.root.join("runs");
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&runs)?;
        let path = runs.join(id);
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        for inner in ["logs", "processes", "tmp", "trees"] {
            fs::create_dir(path.join(inner))?;
        }
        sync_dir(&path)?;
        sync_dir(&runs)?;
        Ok(self.at(id, path))
    }

    /// All runs, newest first: ids sort by the time they were made.
    ///
    /// # Errors
    /// The folder of runs is there and cannot be read.
    pub fn runs(&self) -> io::Result<Vec<RunDir>> {
        let entries = match fs::read_dir(self.root.join("runs")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut runs = Vec::new();
        for entry in entries {
            let entry = entry?;
            let id = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if !id.starts_with('.') && path.join(JOURNAL).is_file() {
                runs.push(self.at(&id, path));
            }
        }
        runs.sort_by(|a, b| b.id.cmp(&a.id));
        Ok(runs)
    }

    fn at(&self, id: &str, path: PathBuf) -> RunDir {
        RunDir {
            path,
            id: id.to_owned(),
            store: self.store.clone(),
        }
    }

    /// The run with exactly this id, if it has a journal.
    #[must_use]
    pub fn run(&self, id: &str) -> Option<RunDir> {
        let dir = self.folder(id)?;
        dir.journal().is_file().then_some(dir)
    }

    /// The folder that a run of this id has, whether or not anything is recorded in it.
    pub(crate) fn folder(&self, id: &str) -> Option<RunDir> {
        // What comes from elsewhere never leaves the folder of runs.
        let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let path = plain.then(|| self.root.join("runs").join(id))?;
        path.is_dir().then(|| self.at(id, path))
    }

    /// The run whose id begins with `prefix`. Whoever gives all of it need not wait until all runs
    /// are looked at.
    ///
    /// # Errors
    /// None or several do.
    pub fn find(&self, prefix: &str) -> Result<RunDir, FindError> {
        if let Some(run) = self.run(prefix) {
            return Ok(run);
        }
        let runs = self
            .runs()
            .map_err(|error| FindError::Unreadable(error.to_string()))?;
        let mut found: Vec<RunDir> = runs
            .into_iter()
            .filter(|run| !prefix.is_empty() && run.id.starts_with(prefix))
            .collect();
        match found.len() {
            0 => Err(FindError::NotFound(prefix.to_owned())),
            1 => Ok(found.remove(0)),
            _ => Err(FindError::Ambiguous(
                prefix.to_owned(),
                found.into_iter().map(|run| run.id).take(5).collect(),
            )),
        }
    }
}

impl RunDir {
    /// The run's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where its journal is.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What is recorded of it, and who runs it.
    ///
    /// # Errors
    /// Its journal cannot be read, or is damaged.
    pub fn load(&self) -> Result<Loaded, OpenError> {
        let mut loaded = self.store.load(&self.id)?;
        let restored = large::restore(&mut loaded.records, &Blobs::new(self.blobs()));
        restored.map(|()| loaded).map_err(OpenError::Io)
    }

    /// Who runs it.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        self.store.holder(&self.id)
    }

    /// The file of its journal, where journals are files.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.path.join(JOURNAL)
    }

    /// Where its receipt is, once it has ended.
    #[must_use]
    pub fn receipt(&self) -> PathBuf {
        self.path.join("receipt.jsonl")
    }

    /// The folder of all blobs, those of other runs included.
    #[must_use]
    pub fn blobs(&self) -> PathBuf {
        let home = self.path.parent().and_then(Path::parent);
        home.unwrap_or(&self.path).join("blobs")
    }

    /// Its private git directory.
    #[must_use]
    pub fn git(&self) -> PathBuf {
        self.path.join("git")
    }

    /// Where the process groups of running commands are noted.
    #[must_use]
    pub fn processes(&self) -> PathBuf {
        self.path.join("processes")
    }

    /// Where events are put that somebody sends to it.
    #[must_use]
    pub fn mail(&self) -> PathBuf {
        self.path.join("mail")
    }

    /// Where the output of a running step goes.
    #[must_use]
    pub fn log(&self, name: &str) -> PathBuf {
        let safe: String = name
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || "-_.#".contains(c) {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        self.path.join("logs").join(format!("{safe}.log"))
    }
}

/// Makes the entries of a folder durable.
///
/// # Errors
/// The file system's.
pub fn sync_dir(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}
