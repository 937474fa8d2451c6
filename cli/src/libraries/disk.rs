//! The files that a file uses, from the disk.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tau_lang::module::{Address, Content, Pin, Source, Unavailable};
use tau_lang::source::{MAX_FILE_BYTES, decode};

use super::project::{Project, here_if_empty};
use super::store::Store;
use crate::files::contents;

/// What the files that one file uses are read from. A library is read whole and compared with what
/// is pinned once, and its files come from what was read then.
pub(crate) struct Disk {
    /// Of the file that everything begins with.
    folder: PathBuf,
    store: Store,
    project: OnceCell<Result<Option<Project>, String>>,
    libraries: RefCell<BTreeMap<Pin, Result<Arc<Content>, Unavailable>>>,
    compared: Compared,
}

/// Libraries that were found to be what is pinned, by their digests: with it a folder of files that
/// use one library is checked with one reading of it.
#[derive(Clone, Default)]
pub(crate) struct Compared(Arc<Mutex<BTreeMap<String, Arc<Content>>>>);

impl Disk {
    /// For the file at `path`, which need not exist.
    pub(crate) fn of(path: &Path) -> Disk {
        Disk::knowing(path, &Compared::default())
    }

    /// As [`Disk::of`], without reading libraries that were read for another file.
    pub(crate) fn knowing(path: &Path, compared: &Compared) -> Disk {
        let folder = here_if_empty(path.parent().unwrap_or(path));
        Disk {
            store: Store::here(),
            folder: folder.to_owned(),
            project: OnceCell::new(),
            libraries: RefCell::default(),
            compared: compared.clone(),
        }
    }

    /// Whether a file of the project is there, readable or not.
    pub(super) fn has(&self, address: &Address) -> bool {
        matches!(address, Address::File(path) if self.folder.join(path).exists())
    }

    fn file(&self, path: &str) -> Result<String, Unavailable> {
        contents(&self.folder.join(path), MAX_FILE_BYTES as u64)
            .and_then(|bytes| decode(bytes).map_err(|error| error.0))
            .map_err(Unavailable::Unreadable)
    }

    fn library(&self, pin: &Pin) -> Result<Arc<Content>, Unavailable> {
        if let Some(known) = self.libraries.borrow().get(pin) {
            return known.clone();
        }
        let read = self.read(pin);
        let mut libraries = self.libraries.borrow_mut();
        libraries.entry(pin.clone()).or_insert(read).clone()
    }

    fn read(&self, pin: &Pin) -> Result<Arc<Content>, Unavailable> {
        let project = self.project.get_or_init(|| Project::of(&self.folder));
        let project = match project {
            Ok(Some(project)) => project,
            Ok(None) => return Err(Unavailable::NotLocked),
            Err(why) => return Err(Unavailable::LockInvalid(why.clone())),
        };
        let pin = project.pin(&self.folder, pin);
        match project.lock.libraries.get(&pin) {
            Some(locked) => self
                .compared
                .get(&locked.content, || self.store.read(project, &pin, locked)),
            None => Err(Unavailable::NotLocked),
        }
    }
}

impl Compared {
    /// The library with this digest. What has it is that library, wherever it was read.
    fn get(
        &self,
        digest: &str,
        read: impl FnOnce() -> Result<Content, Unavailable>,
    ) -> Result<Arc<Content>, Unavailable> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = known.get(digest) {
            return Ok(content.clone());
        }
        let content = Arc::new(read()?);
        known.insert(digest.to_owned(), content.clone());
        Ok(content)
    }
}

impl Source for Disk {
    fn text(&self, address: &Address) -> Result<String, Unavailable> {
        let (pin, path) = match address {
            Address::File(path) => return self.file(path),
            Address::Library(pin, path) => (pin, path),
        };
        let library = self.library(pin)?;
        let Some(bytes) = library.files.get(path) else {
            return Err(Unavailable::Unreadable(missing(path, &library)));
        };
        decode(bytes.clone()).map_err(|error| Unavailable::Unreadable(error.0))
    }
}

/// That the library has no such file, with a few that it has.
fn missing(path: &str, library: &Content) -> String {
    const SHOWN: usize = 5;
    let mut names: Vec<String> = library
        .files
        .keys()
        .filter(|name| name.ends_with(".tau"))
        .map(|name| format!("`{name}`"))
        .collect();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let others = match (names.is_empty(), more) {
        (true, _) => "no tau file".to_owned(),
        (false, 0) => names.join(", "),
        (false, more) => format!("{} and {more} more", names.join(", ")),
    };
    format!("the library has no file `{path}`; it has {others}")
}

#[cfg(test)]
mod tests;
