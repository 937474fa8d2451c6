//! Looking at a run without running it.

use std::path::Path;

use crate::home::RunDir;
use crate::journal::{Entry, Record, attempt_of};
use crate::repository::{Repository, Store};

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
    let mut base = None;
    let mut repo = None;
    let mut edits = Vec::new();
    for record in records {
        match &record.entry {
            Entry::Started(started) => {
                base = started.tree;
                repo = Some(started.repo.clone());
            }
            // What is done again is recorded again, so only the last time counts.
            Entry::Resumed { base: found, .. } => base = found.map(|found| found.tree).or(base),
            Entry::StepFinished(finished) => {
                edits.retain(|(step, _)| *step != finished.step);
                edits.push((finished.step.clone(), finished.edits.clone()));
            }
            Entry::AttemptFailed {
                step,
                attempt,
                left,
                ..
            } if *left > 0 => {
                let taken_back = format!("{}/", attempt_of(step, *attempt));
                edits.retain(|(step, _)| !step.starts_with(&taken_back));
            }
            _ => {}
        }
    }
    let (Some(base), Some(repo)) = (base, repo) else {
        return Err("this run has no base, so there is nothing to compare".to_owned());
    };
    if edits.iter().all(|(_, edits)| edits.is_empty()) {
        return Ok(Change::default());
    }
    let repository = Repository::discover(Path::new(&repo)).map_err(|error| error.to_string())?;
    let store = Store::create(&dir.git(), &repository).map_err(|error| error.to_string())?;
    let mut tree = base;
    for (_, edits) in &edits {
        tree = store
            .apply(&tree, edits)
            .map_err(|error| error.to_string())?;
    }
    let paths = store
        .changes(&base, &tree)
        .map_err(|error| error.to_string())?;
    Ok(Change {
        paths: paths.into_iter().map(|file| file.path).collect(),
        diff: store
            .diff(&base, &tree)
            .map_err(|error| error.to_string())?,
    })
}
