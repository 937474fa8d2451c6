//! Journals as files: `journal.jsonl` in the run's folder, and leases beside it.

pub mod disk;
mod heart;
mod lease;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::disk::{Disk, Handle, Machine};
use self::heart::Heart;
use self::lease::Mark;
use super::chain::{self, Loaded};
use super::{AppendError, Holder, Lease, OpenError, Store};
use crate::observe;

/// The journals of all runs below one folder.
#[derive(Debug)]
pub struct Files {
    runs: PathBuf,
    disk: Arc<dyn Disk>,
    /// Those that this process may write.
    open: AllOpen,
}

/// The open journals by their runs.
type AllOpen = Arc<Mutex<HashMap<String, Arc<Mutex<Open>>>>>;

/// A journal that this process may write.
#[derive(Debug)]
struct Open {
    file: Box<dyn Handle>,
    mark: Arc<Mark>,
    /// How many records it has.
    count: u64,
    /// An earlier write failed.
    failed: bool,
}

impl Files {
    /// The journals of the runs whose folders are in `runs`.
    #[must_use]
    pub fn new(runs: PathBuf) -> Files {
        Files::on(Arc::new(Machine), runs)
    }

    /// The same on another file system.
    #[must_use]
    pub fn on(disk: Arc<dyn Disk>, runs: PathBuf) -> Files {
        Files {
            runs,
            disk,
            open: Arc::default(),
        }
    }

    fn folder(&self, run: &str) -> PathBuf {
        self.runs.join(run)
    }

    fn read(&self, folder: &Path) -> Result<(Vec<u8>, Loaded), OpenError> {
        let bytes = match self.disk.read(&folder.join(JOURNAL)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(OpenError::Io)?,
        };
        let loaded = chain::check(&bytes).map_err(OpenError::Damaged)?;
        Ok((bytes, loaded))
    }
}

/// The name of a journal in its run's folder.
pub const JOURNAL: &str = "journal.jsonl";

impl Store for Files {
    fn lease(&self, run: &str) -> Result<(Lease, Loaded), OpenError> {
        let folder = self.folder(run);
        let disk = &*self.disk;
        let mut mark = Mark::take(disk, &folder, 1)?;
        let (bytes, loaded) = self.read(&folder)?;
        let last = loaded.records.last().map_or(0, |record| record.epoch);
        let taken_over = mark.taken_over;
        if mark.epoch <= last {
            // The machine lost power before the lease of who wrote that was on the disk.
            drop(mark);
            mark = Mark::take(disk, &folder, last + 1)?;
        }
        let file = disk
            .append_to(&folder.join(JOURNAL))
            .map_err(OpenError::Io)?;
        if loaded.torn > 0 {
            file.truncate(loaded.length).map_err(OpenError::Io)?;
        }
        // What was read may not be on the disk yet, and what is done next rests on it. The owner
        // before may have ended because a sync failed, and behind such a one a sync says nothing.
        let (from, to) = (loaded.unsynced, loaded.length);
        if let Some(unsynced) = range(&bytes, from, to) {
            disk.rewrite(&folder.join(JOURNAL), from, unsynced)
                .map_err(OpenError::Io)?;
        }
        file.sync().map_err(OpenError::Io)?;
        disk.sync_folder(&folder).map_err(OpenError::Io)?;
        let mark = Arc::new(mark);
        let (heart, lost) = Heart::start(mark.clone());
        let epoch = mark.epoch;
        let held = Held {
            run: run.to_owned(),
            epoch,
            open: self.open.clone(),
            _heart: heart,
        };
        let open = Open {
            file,
            mark,
            count: loaded.records.len() as u64,
            failed: false,
        };
        locked(&self.open).insert(run.to_owned(), Arc::new(Mutex::new(open)));
        Ok((Lease::new(epoch, taken_over, lost, held), loaded))
    }

    fn load(&self, run: &str) -> Result<Loaded, OpenError> {
        let folder = self.folder(run);
        // Whoever has it now may have written the end of what is read.
        let holder = lease::holder(&*self.disk, &folder);
        let (_, mut loaded) = self.read(&folder)?;
        loaded.holder = holder;
        Ok(loaded)
    }

    fn holder(&self, run: &str) -> Option<Holder> {
        lease::holder(&*self.disk, &self.folder(run))
    }

    fn append(
        &self,
        run: &str,
        epoch: u64,
        expected: u64,
        lines: &[String],
        durable: bool,
    ) -> Result<(), AppendError> {
        // Other runs of this process do not wait for this one's disk.
        let open = locked(&self.open).get(run).cloned();
        let open = open.ok_or(AppendError::Fenced)?;
        let mut open = locked(&open);
        if open.mark.epoch != epoch {
            return Err(AppendError::Fenced);
        }
        if open.failed {
            let why = "an earlier write of it has failed".to_owned();
            return Err(AppendError::Failed(why));
        }
        if expected != open.count {
            return Err(AppendError::Unexpected);
        }
        let mut bytes = Vec::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
        for line in lines {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        let written = open.file.append(&bytes);
        let written = written.and_then(|()| match durable {
            true => observe::sync().in_scope(|| open.file.sync()),
            false => Ok(()),
        });
        if let Err(error) = written {
            // INVARIANT: a failed write or sync is never tried again. What reached the disk is
            // not known any more, and only reading it back can tell.
            open.failed = true;
            return Err(AppendError::Failed(error.to_string()));
        }
        // INVARIANT: asked after the write. Whoever takes the run over reads the journal after
        // this lease has ended, and so finds all that anybody was told to be written.
        if !open.mark.is_held() {
            open.failed = true;
            return Err(AppendError::Fenced);
        }
        open.count += lines.len() as u64;
        Ok(())
    }
}

/// What belongs to a lease.
struct Held {
    run: String,
    epoch: u64,
    open: AllOpen,
    _heart: Heart,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut all = locked(&self.open);
        let is_mine = |open: &Arc<Mutex<Open>>| locked(open).mark.epoch == self.epoch;
        if all.get(&self.run).is_some_and(is_mine) {
            all.remove(&self.run);
        }
    }
}

/// The bytes between two offsets, if there are any.
fn range(bytes: &[u8], from: u64, to: u64) -> Option<&[u8]> {
    let place = usize::try_from(from).ok()?..usize::try_from(to).ok()?;
    bytes.get(place).filter(|bytes| !bytes.is_empty())
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    // Who panicked while it held the lock has not appended.
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
