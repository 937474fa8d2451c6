//! Forgetting old runs: which ones, their folders, and the blobs that only they named.
//!
//! A run is forgotten in one step: under its lease its folder gets a name that is no run's. What a
//! crash leaves of such a folder is removed by the next one who forgets.

mod choose;
mod names;

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub use self::choose::{Candidate, Wish};
use self::choose::{Choice, Sizes, choose};
use self::names::blobs_of;
use super::index::{Index, Listed};
use super::sql::runs;
use super::summary::Summary;
use crate::blobs::{Blobs, Swept};
use crate::clock::Clock;
use crate::home::{GONE, Home, RunDir, sync_dir};
use crate::workspace;

/// What is to be forgotten.
#[derive(Debug)]
pub struct Plan {
    /// The runs, the oldest first.
    pub runs: Vec<Candidate>,
    /// How many bytes all runs and blobs take now, and how many will be free.
    pub bytes: u64,
    /// How many bytes the runs take, with the blobs that only they name.
    pub freed: u64,
    /// What is over the wish, since it must be kept: in bytes.
    pub over: u64,
}

/// What was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many runs.
    pub runs: u64,
    /// How many blobs.
    pub blobs: u64,
    /// How many bytes both had.
    pub bytes: u64,
}

/// How long a blob is kept that nothing names, behind the beginning of all who may be about to name
/// it: somebody may set the clock.
const GRACE: Duration = Duration::from_secs(2 * 60 * 60);

/// Chooses what to forget. Nothing is touched.
///
/// # Errors
/// The folder of runs, or a journal that counts, cannot be read.
pub fn plan(home: &Home, wish: Wish, now: i64) -> io::Result<Plan> {
    let mut candidates = Vec::new();
    let mut sizes = Sizes::new(Blobs::new(home.blobs()).sizes()?);
    let mut failed = Ok(());
    Index::open(home).newest(|Listed { dir, summary, .. }| {
        let bytes = size(dir.path());
        match blobs_of(&dir) {
            Ok(names) => sizes.add(&dir, bytes, names),
            // It went meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return ControlFlow::Continue(());
            }
            Err(error) => {
                failed = Err(error);
                return ControlFlow::Break(());
            }
        }
        if let Ok(Some(summary)) = summary
            && summary.is_over()
        {
            candidates.push(Candidate {
                dir,
                summary,
                bytes,
            });
        }
        ControlFlow::Continue(())
    })?;
    failed?;
    let bytes = sizes.total();
    let Choice { runs, freed, over } = choose(candidates, sizes, wish, now);
    Ok(Plan {
        runs,
        bytes,
        freed,
        over,
    })
}

/// Forgets the runs of a plan that are still what they were, and all blobs that nothing names any
/// more. Also finishes what was begun before.
///
/// # Errors
/// What could not be removed. All else was.
pub fn prune(home: &Home, plan: &Plan) -> io::Result<Pruned> {
    let mut pruned = Pruned::default();
    let mut failed = finish(home);
    let mut index = Index::open(home);
    for candidate in &plan.runs {
        match forget(home, candidate) {
            Ok(true) => {
                pruned.runs += 1;
                pruned.bytes += candidate.bytes;
                let id = candidate.dir.id();
                // A row of a run that is gone is never looked up.
                let _ = index.db().and_then(|db| db.with(|db| runs::remove(db, id)));
            }
            Ok(false) => {}
            Err(error) => failed = failed.and(Err(error)),
        }
    }
    let Swept { blobs, bytes } = sweep(home)?;
    pruned.blobs = blobs;
    pruned.bytes += bytes;
    failed.map(|()| pruned)
}

/// Forgets one run, if it is still what it was and nobody has it. Whether that was so.
fn forget(home: &Home, Candidate { dir, summary, .. }: &Candidate) -> io::Result<bool> {
    // Whoever wants to go on with it is refused as long as this is held, and finds nothing behind.
    let Ok((lease, loaded)) = dir.store().lease(dir.id()) else {
        return Ok(false);
    };
    if Summary::new(&loaded.records).as_ref() != Some(summary) {
        return Ok(false);
    }
    let gone = rename(home, dir)?;
    drop(lease);
    remove(&gone)?;
    Ok(true)
}

/// Gives the folder of a run a name that is no run's.
fn rename(home: &Home, dir: &RunDir) -> io::Result<PathBuf> {
    let runs = home.root().join("runs");
    let gone = runs.join(format!("{GONE}{}", dir.id()));
    std::fs::rename(dir.path(), &gone)?;
    // INVARIANT: nothing is removed of a run that could still have its name after a power cut.
    sync_dir(&runs)?;
    Ok(gone)
}

/// Removes what an earlier one who forgot has left, and what is left of runs that were killed
/// before their first record.
fn finish(home: &Home) -> io::Result<()> {
    let entries = match std::fs::read_dir(home.root().join("runs")) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(GONE) {
            remove(&entry.path())?;
        } else if let Some(gone) = unborn(home, &name)? {
            remove(&gone)?;
        }
    }
    Ok(())
}

/// Renames the folder of a run that was never recorded. One that was made a moment ago may be just
/// about to be.
fn unborn(home: &Home, id: &str) -> io::Result<Option<PathBuf>> {
    let Some(dir) = home.folder(id) else {
        return Ok(None);
    };
    let journal = std::fs::metadata(dir.journal()).map_or(0, |it| it.len());
    let made = std::fs::metadata(dir.path())?.modified()?;
    let age = SystemTime::from(Clock::system().now()).duration_since(made);
    if journal > 0 || age.unwrap_or_default() < GRACE {
        return Ok(None);
    }
    match dir.store().lease(id) {
        Ok((_lease, loaded)) if loaded.records.is_empty() => rename(home, &dir).map(Some),
        _ => Ok(None),
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    workspace::remove(folder);
    match folder.exists() {
        true => Err(io::Error::other(format!(
            "`{}` cannot be removed",
            folder.display()
        ))),
        false => Ok(()),
    }
}

/// Removes the blobs that no journal names.
///
/// A run names a blob after it has kept it. So blobs are left that were kept, or found to be there
/// already, since the oldest of those who have a run now has it. Whoever comes later keeps blobs
/// later.
fn sweep(home: &Home) -> io::Result<Swept> {
    let clock = Clock::system();
    let mut before = SystemTime::from(clock.now());
    let mut index = Index::open(home);
    let mut held = Vec::new();
    index.newest(|listed| {
        held.extend(listed.holder.map(|_| listed.dir));
        ControlFlow::Continue(())
    })?;
    for dir in held {
        before = before.min(since(&dir).unwrap_or(SystemTime::UNIX_EPOCH));
    }
    let mut named = HashSet::new();
    let mut failed = Ok(());
    // INVARIANT: the journals are read after it is known who has a run.
    index.newest(|listed| {
        match blobs_of(&listed.dir) {
            Ok(names) => named.extend(names),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                failed = Err(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    failed?;
    let before = before.checked_sub(GRACE).unwrap_or(SystemTime::UNIX_EPOCH);
    Blobs::new(home.blobs()).sweep(before, |name| named.contains(name))
}

/// Since when whoever has a run has it, as its journal tells.
fn since(dir: &RunDir) -> Option<SystemTime> {
    let records = dir.load().ok()?.records;
    let last = records.last()?.epoch;
    let first = records.iter().find(|record| record.epoch == last)?;
    let at: jiff::Timestamp = first.at.parse().ok()?;
    Some(at.into())
}

/// How many bytes a folder takes. What goes meanwhile takes none.
fn size(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(it) if it.is_dir() => size(&entry.path()) + it.blocks() * 512,
        Ok(it) => it.blocks() * 512,
        Err(_) => 0,
    });
    sizes.sum()
}
