//! Objects that a run has made and that are in no git directory.
//!
//! All of them can be made again from the run's records, so nobody ever waits until they are on
//! disk, and nobody but their maker finds them: a crash leaves nothing behind that could be torn.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use git2::ObjectType;

use super::RepositoryError;

/// How many bytes of objects are held in memory before they go into a file.
const HELD: usize = 16 << 20;

/// Objects by their ids, in memory and in a file that has no name.
pub(super) struct Objects {
    /// Where the file is made.
    folder: PathBuf,
    limit: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    all: HashMap<git2::Oid, Object>,
    /// How many bytes are held in memory.
    held: usize,
    spill: Option<Spill>,
}

struct Object {
    kind: ObjectType,
    place: Place,
}

enum Place {
    Memory(Arc<[u8]>),
    File { offset: u64, length: usize },
}

struct Spill {
    file: File,
    length: u64,
}

impl Objects {
    /// None yet. `folder` is where a file may be made for them.
    pub(super) fn new(folder: &Path) -> Objects {
        Objects {
            folder: folder.to_owned(),
            limit: HELD,
            inner: Mutex::default(),
        }
    }

    /// Remembers an object.
    ///
    /// # Errors
    /// There are too many for the memory, and the file for them cannot be written.
    pub(super) fn put(&self, kind: ObjectType, bytes: &[u8]) -> Result<git2::Oid, RepositoryError> {
        let failed = RepositoryError::git("store an object");
        let id = git2::Oid::hash_object(kind, bytes).map_err(failed)?;
        let mut inner = self.lock();
        if inner.all.contains_key(&id) {
            return Ok(id);
        }
        if inner.held + bytes.len() > self.limit {
            let spilled = inner.spill(&self.folder);
            spilled.map_err(|error| RepositoryError::io("written", &self.folder, error))?;
        }
        inner.held += bytes.len();
        let place = Place::Memory(bytes.into());
        inner.all.insert(id, Object { kind, place });
        Ok(id)
    }

    /// An object's bytes, if it is here and of this kind.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn get(
        &self,
        kind: ObjectType,
        id: git2::Oid,
    ) -> Result<Option<Arc<[u8]>>, RepositoryError> {
        let inner = self.lock();
        let found = inner.all.get(&id).filter(|object| object.kind == kind);
        match (found.map(|object| &object.place), &inner.spill) {
            (None, _) => Ok(None),
            (Some(Place::Memory(bytes)), _) => Ok(Some(bytes.clone())),
            (Some(Place::File { offset, length }), Some(spill)) => {
                let mut bytes = vec![0; *length];
                let read = spill.file.read_exact_at(&mut bytes, *offset);
                read.map_err(|error| RepositoryError::io("read", &self.folder, error))?;
                Ok(Some(bytes.into()))
            }
            (Some(Place::File { .. }), None) => Ok(None),
        }
    }

    /// What an object is, and its length in bytes.
    pub(super) fn header(&self, id: git2::Oid) -> Option<(ObjectType, usize)> {
        let inner = self.lock();
        let object = inner.all.get(&id)?;
        let length = match &object.place {
            Place::Memory(bytes) => bytes.len(),
            Place::File { length, .. } => *length,
        };
        Some((object.kind, length))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Moves everything from memory into the file. When that fails nothing has changed.
    fn spill(&mut self, folder: &Path) -> io::Result<()> {
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill {
                file: nameless(folder)?,
                length: 0,
            }),
        };
        let mut moved = Vec::new();
        let mut all = Vec::with_capacity(self.held);
        for (id, object) in &self.all {
            if let Place::Memory(bytes) = &object.place {
                let offset = spill.length + all.len() as u64;
                moved.push((*id, offset, bytes.len()));
                all.extend_from_slice(bytes);
            }
        }
        spill.file.write_all_at(&all, spill.length)?;
        spill.length += all.len() as u64;
        for (id, offset, length) in moved {
            if let Some(object) = self.all.get_mut(&id) {
                object.place = Place::File { offset, length };
            }
        }
        self.held = 0;
        Ok(())
    }
}

/// A new file that is gone when it is closed, by whatever.
fn nameless(folder: &Path) -> io::Result<File> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("made-{}-{number}", std::process::id()));
        let mut options = OpenOptions::new();
        match options.read(true).write(true).create_new(true).open(&path) {
            Ok(file) => {
                fs::remove_file(&path)?;
                return Ok(file);
            }
            // An owner that was killed in between had our number.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_into_memory_is_in_a_file_without_a_name() {
        let temp = tempfile::tempdir().unwrap();
        let objects = Objects {
            limit: 100,
            ..Objects::new(temp.path())
        };
        let texts: Vec<String> = (0..50).map(|number| format!("{number:>40}")).collect();
        let put = |text: &String| objects.put(ObjectType::Blob, text.as_bytes()).unwrap();
        let ids: Vec<git2::Oid> = texts.iter().map(put).collect();
        assert!(objects.lock().held <= 100);
        for (id, text) in ids.iter().zip(&texts) {
            let found = objects.get(ObjectType::Blob, *id).unwrap().unwrap();
            assert_eq!(&*found, text.as_bytes());
            assert_eq!(objects.header(*id), Some((ObjectType::Blob, 40)));
            assert!(objects.get(ObjectType::Tree, *id).unwrap().is_none());
        }
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_cannot_be_written_loses_nothing_that_was_there() {
        let temp = tempfile::tempdir().unwrap();
        let objects = Objects {
            limit: 10,
            ..Objects::new(&temp.path().join("gone"))
        };
        let first = objects.put(ObjectType::Blob, b"0123456789").unwrap();
        assert!(objects.put(ObjectType::Blob, b"more").is_err());
        let found = objects.get(ObjectType::Blob, first).unwrap();
        assert_eq!(&*found.unwrap(), b"0123456789");
    }
}
