//! Looking at a run without running it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::action::FileMode;
use crate::blobs::Blobs;
use crate::home::RunDir;
use crate::journal::{Entry, Finished, Record, attempt_of};
use crate::repository::{Base, Oid, Repository, Store};
use crate::workspace::Workspace;

/// What a run changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The paths of the files that differ, sorted.
    pub paths: Vec<String>,
    /// The difference between its base and the tree it made, as git prints it.
    pub diff: Vec<u8>,
}

/// What a run changed.
///
/// # Errors
/// A sentence: the run never had a base, or its objects are gone.
pub fn change(dir: &RunDir, records: &[Record]) -> Result<Change, String> {
    let Some((workspace, base)) = made(dir, records)? else {
        return Ok(Change::default());
    };
    let failed = |error: crate::repository::RepositoryError| error.to_string();
    let (store, to) = (workspace.store(), workspace.tree().map_err(failed)?);
    let paths = store.changes(&base.tree, &to).map_err(failed)?;
    Ok(Change {
        paths: paths.into_iter().map(|file| file.path).collect(),
        diff: store.diff(&base.tree, &to).map_err(failed)?,
    })
}

/// A file that a run changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its path.
    pub path: String,
    /// What it held, if it was there.
    pub old: Option<Vec<u8>>,
    /// What it holds, if it still is.
    pub new: Option<Vec<u8>>,
}

/// The files that a run changed, with what is in them.
///
/// # Errors
/// As [`change`].
pub fn files(dir: &RunDir, records: &[Record]) -> Result<Vec<Changed>, String> {
    let Some((workspace, base)) = made(dir, records)? else {
        return Ok(Vec::new());
    };
    let failed = |error: crate::repository::RepositoryError| error.to_string();
    let (store, to) = (workspace.store(), workspace.tree().map_err(failed)?);
    let read = |side: Option<(FileMode, Oid)>| {
        let bytes = side.map(|(_, blob)| store.read(&blob));
        bytes.transpose().map_err(failed)
    };
    let changes = store.changes(&base.tree, &to).map_err(failed)?;
    changes
        .into_iter()
        .map(|file| {
            Ok(Changed {
                path: file.path,
                old: read(file.old)?,
                new: read(file.new)?,
            })
        })
        .collect()
}

/// The tree that a run made, and its base; none when it edited nothing.
fn made(dir: &RunDir, records: &[Record]) -> Result<Option<(Workspace, Base)>, String> {
    let Some(Entry::Started(started)) = records.first().map(|record| &record.entry) else {
        return Err("this run has no beginning".to_owned());
    };
    let Some(base) = crate::journal::base_of(records) else {
        return Err("this run has no base, so there is nothing to compare".to_owned());
    };
    let edited = edited(records);
    if edited.iter().all(|finished| finished.edits.is_empty()) {
        return Ok(None);
    }
    let failed = |error: crate::repository::RepositoryError| error.to_string();
    let repository = Repository::discover(Path::new(&started.repo)).map_err(failed)?;
    let store = Store::create(&dir.git(), &repository).map_err(failed)?;
    let workspace = Workspace::new(store.into(), base);
    let blobs = Blobs::new(dir.blobs());
    for finished in edited {
        let remembered = workspace.remember(&finished.edits, &finished.contents, &blobs);
        remembered.map_err(failed)?;
        workspace.apply(&finished.edits).map_err(failed)?;
    }
    Ok(Some((workspace, base)))
}

/// The steps whose edits count, in the order in which they ended. What is done again is recorded
/// again, so only the last time counts, and what an attempt of a call did is taken back when
/// another one follows.
fn edited(records: &[Record]) -> Vec<&Finished> {
    let mut last: BTreeMap<&str, (usize, &Finished)> = BTreeMap::new();
    for (place, record) in records.iter().enumerate() {
        match &record.entry {
            Entry::StepFinished(finished) => {
                last.insert(&finished.step, (place, finished));
            }
            Entry::AttemptFailed {
                step,
                attempt,
                left,
                ..
            } if *left > 0 => {
                let inside = format!("{}/", attempt_of(step, *attempt));
                let taken_back: Vec<&str> = last
                    .range(inside.as_str()..)
                    .map(|(step, _)| *step)
                    .take_while(|step| step.starts_with(&inside))
                    .collect();
                for step in taken_back {
                    last.remove(step);
                }
            }
            Entry::Ended { left_out, .. } => {
                for step in left_out {
                    last.remove(step.as_str());
                }
            }
            _ => {}
        }
    }
    let mut all: Vec<_> = last.into_values().collect();
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, finished)| finished).collect()
}
