//! A new run from the beginning of an old one.

use std::fs;
use std::io;
use std::path::Path;

use crate::home::{Home, RunDir, sync_dir};
use crate::journal::{Entry, FileStore, Finished, Journal, OpenError, Record, Started};

/// Records a new run that has what an old one had done before the step `at`, and gives its folder.
/// Whoever resumes it does the rest, with what `started` says.
///
/// What the old run had committed is on a branch of its own, so those steps are done again.
///
/// # Errors
/// The old run never came to `at`, or the new one cannot be recorded: a sentence without its full
/// stop.
pub fn fork(
    home: &Home,
    from: &RunDir,
    records: &[Record],
    at: &str,
    started: Started,
) -> Result<RunDir, String> {
    let done = before(records, at).ok_or_else(|| format!("the run never came to `{at}`"))?;
    let cannot = |error: io::Error| format!("the new run cannot be recorded: {error}");
    let dir = home.create_run(&started.run).map_err(cannot)?;
    copy(&from.git().join("objects"), &dir.git().join("objects")).map_err(cannot)?;
    let (store, loaded) = FileStore::open(&dir).map_err(|error: OpenError| error.to_string())?;
    let epoch = store.epoch();
    let now = || jiff::Timestamp::now().to_string();
    let (journal, writer) = Journal::start(Box::new(store), epoch, &loaded, now);
    journal.note(Entry::Started(Box::new(started)));
    for finished in done {
        journal.note(Entry::StepFinished(Box::new(finished.clone())));
    }
    // Its first owner makes durable what it rests on.
    drop(journal);
    writer.join()?;
    Ok(dir)
}

/// The steps that had ended before anything of `at` began; `None` when nothing of it ever did.
fn before<'r>(records: &'r [Record], at: &str) -> Option<Vec<&'r Finished>> {
    let is_of = |step: &str| {
        let rest = step.strip_prefix(at);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#', '~']))
    };
    let mut done = Vec::new();
    for record in records {
        match &record.entry {
            Entry::StepStarted { step, .. } | Entry::Asked { step, .. } if is_of(step) => {
                return Some(done);
            }
            Entry::StepFinished(finished) if is_of(&finished.step) => return Some(done),
            Entry::StepFinished(finished) if finished.commit.is_none() => {
                done.push(&**finished);
            }
            _ => {}
        }
    }
    None
}

/// Copies a folder of objects, which nothing else writes to.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            fs::File::open(&target)?.sync_all()?;
        }
    }
    sync_dir(to)
}
