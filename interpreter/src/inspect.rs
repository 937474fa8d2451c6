//! Looking at a run without running it.

use std::path::Path;

use crate::home::RunDir;
use crate::journal::{Entry, Record};
use crate::repository::{Repository, Store};

/// The difference between a run's base and the tree it made, as git prints it.
///
/// # Errors
/// A sentence: the run never had a base, or its objects are gone.
pub fn diff(dir: &RunDir, records: &[Record]) -> Result<Vec<u8>, String> {
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
            _ => {}
        }
    }
    let (Some(base), Some(repo)) = (base, repo) else {
        return Err("this run has no base, so there is nothing to compare".to_owned());
    };
    if edits.iter().all(|(_, edits)| edits.is_empty()) {
        return Ok(Vec::new());
    }
    let repository = Repository::discover(Path::new(&repo)).map_err(|error| error.to_string())?;
    let store = Store::create(&dir.git(), &repository).map_err(|error| error.to_string())?;
    let mut tree = base;
    for (_, edits) in &edits {
        tree = store
            .apply(&tree, edits)
            .map_err(|error| error.to_string())?;
    }
    store.diff(&base, &tree).map_err(|error| error.to_string())
}
