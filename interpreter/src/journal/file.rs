//! Journals as files.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::chain::{self, Damage, Loaded};
use super::lease::Lease;
use crate::home::{RunDir, sync_dir};

/// A journal file that this process owns.
#[derive(Debug)]
pub struct FileStore {
    file: File,
    epoch: u64,
    count: u64,
    /// Held as long as this lives.
    _lease: Lease,
    failed: bool,
}

/// Why a journal could not be opened for writing.
#[derive(Debug)]
pub enum OpenError {
    /// Another process runs it.
    Busy,
    /// It is damaged.
    Damaged(Damage),
    /// The file system's error.
    Io(io::Error),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OpenError::Busy => f.write_str("another process is running it"),
            OpenError::Damaged(damage) => damage.fmt(f),
            OpenError::Io(error) => write!(f, "its journal cannot be opened: {error}"),
        }
    }
}

/// Reads a journal without owning it.
///
/// # Errors
/// It cannot be read, or is damaged.
pub fn read(path: &Path) -> Result<Loaded, OpenError> {
    let bytes = std::fs::read(path).map_err(OpenError::Io)?;
    chain::check(&bytes).map_err(OpenError::Damaged)
}

impl FileStore {
    /// Takes the lease of a run and opens its journal, cutting off a torn last record. What was
    /// read is made durable before anything may rest on it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(run: &RunDir) -> Result<(FileStore, Loaded), OpenError> {
        let lease = Lease::take(run)?;
        let path = run.journal();
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(&path)
            .map_err(OpenError::Io)?;
        let bytes = std::fs::read(&path).map_err(OpenError::Io)?;
        let loaded = chain::check(&bytes).map_err(OpenError::Damaged)?;
        if loaded.torn > 0 {
            file.set_len(loaded.length).map_err(OpenError::Io)?;
        }
        file.sync_all().map_err(OpenError::Io)?;
        sync_dir(run.path()).map_err(OpenError::Io)?;
        let epoch = loaded.records.last().map_or(0, |record| record.epoch) + 1;
        let store = FileStore {
            file,
            epoch,
            count: loaded.records.len() as u64,
            _lease: lease,
            failed: false,
        };
        Ok((store, loaded))
    }

    /// The number of this owner.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The number of the process that runs it now.
    #[must_use]
    pub fn owner(run: &RunDir) -> Option<i32> {
        Lease::owner(run)
    }

    /// Whether somebody runs it now.
    #[must_use]
    pub fn is_owned(run: &RunDir) -> bool {
        Lease::is_held(run)
    }
}

impl super::Store for FileStore {
    fn append(
        &mut self,
        epoch: u64,
        expected: u64,
        lines: &[String],
        sync: bool,
    ) -> Result<(), String> {
        if self.failed {
            return Err("an earlier write of the journal failed".to_owned());
        }
        if epoch != self.epoch || expected != self.count {
            return Err("somebody else has written the journal".to_owned());
        }
        let mut bytes = Vec::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
        for line in lines {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        let written = self
            .file
            .write_all(&bytes)
            .and_then(|()| if sync { self.file.sync_data() } else { Ok(()) });
        if let Err(error) = written {
            // INVARIANT: a failed write or sync is never tried again. What reached the disk is
            // not known any more, and only reading it back can tell.
            self.failed = true;
            return Err(format!("the journal cannot be written: {error}"));
        }
        self.count += lines.len() as u64;
        Ok(())
    }
}
