//! A new run from the beginning of an old one.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::home::{Home, RunDir, sync_dir};
use crate::journal::{Entry, Finished, Journal, Opened, Record, Started, base_of};

/// Why there is no new run.
#[derive(Debug, PartialEq, Eq)]
pub enum ForkError {
    /// The old run never came to the step.
    NeverThere,
    /// It cannot be recorded: a sentence without its full stop.
    Store(String),
}

/// Records a new run that has what an old one had done before the step `at`, and gives its folder.
/// Whoever resumes it does the rest, with what `started` says.
///
/// What the old run had committed is on a branch of its own, so those steps are done again.
///
/// # Errors
/// See [`ForkError`].
pub fn fork(
    home: &Home,
    from: &RunDir,
    records: &[Record],
    at: &str,
    mut started: Started,
) -> Result<RunDir, ForkError> {
    let done = before(records, at).ok_or(ForkError::NeverThere)?;
    if let Some(base) = base_of(records) {
        started.base = Some(base.commit);
        started.tree = Some(base.tree);
    }
    let cannot =
        |error: io::Error| ForkError::Store(format!("the new run cannot be recorded: {error}"));
    // The old run may be forgotten meanwhile, with all that only it has named.
    let blobs = Blobs::new(home.blobs());
    for name in done.iter().flat_map(|finished| finished.blobs()) {
        blobs.keep(name).map_err(cannot)?;
    }
    let dir = home.create_run(&started.run).map_err(cannot)?;
    copy(&from.git().join("objects"), &dir.git().join("objects")).map_err(cannot)?;
    let opened = Journal::open(dir.store().clone(), dir.id(), &Clock::system());
    let Opened {
        journal, writer, ..
    } = opened.map_err(|error| ForkError::Store(error.to_string()))?;
    journal.note(Entry::Started(Box::new(started)));
    for finished in done {
        journal.note(Entry::StepFinished(finished.stored()));
    }
    // Its first owner makes durable what it rests on.
    drop(journal);
    writer.join().map_err(ForkError::Store)?;
    Ok(dir)
}

/// The steps that had ended when the run last came to `at`; `None` when it never did.
///
/// What was asked for another than who had started the run is asked again: whoever answered may be
/// the one who starts the new run.
fn before<'r>(records: &'r [Record], at: &str) -> Option<Vec<&'r Arc<Finished>>> {
    let is_of = |step: &str| {
        let rest = step.strip_prefix(at);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#', '~']))
    };
    let came = |record: &Record| match &record.entry {
        Entry::StepStarted { step, .. } | Entry::Asked { step, .. } | Entry::Waits { step, .. } => {
            is_of(step)
        }
        Entry::StepFinished(finished) => is_of(&finished.step),
        _ => false,
    };
    // Of several owners of the run the last that did anything of `at` knows most.
    let owner = records.iter().rev().find(|record| came(record))?.epoch;
    let end = records
        .iter()
        .position(|record| record.epoch == owner && came(record))?;
    let mut done: Vec<&Arc<Finished>> = Vec::new();
    let mut for_another = HashSet::new();
    for record in records.get(..end)? {
        match &record.entry {
            Entry::Asked { step, question, .. } if question.by_another => {
                for_another.insert(step.as_str());
            }
            Entry::StepFinished(finished)
                if finished.commit.is_none() && !is_of(&finished.step) =>
            {
                done.push(finished);
            }
            _ => {}
        }
    }
    done.retain(|finished| !for_another.contains(finished.step.as_str()));
    Some(done)
}

/// Copies a folder of objects. Whoever runs the old run may be adding to it: what has no name of
/// its own yet is nothing that a record tells of.
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
            match fs::copy(entry.path(), &target) {
                Ok(_) => fs::File::open(&target)?.sync_all()?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    sync_dir(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::State;
    use crate::person::Question;

    fn started(step: &str) -> Entry {
        Entry::StepStarted {
            step: step.to_owned(),
            action: "a".to_owned(),
            attempt: 1,
        }
    }

    fn finished(step: &str) -> Entry {
        Entry::StepFinished(Arc::new(Finished {
            state: State::Succeeded,
            attempts: 1,
            ..Finished::skipped(step, "a", "k")
        }))
    }

    fn asked(step: &str, by_another: bool) -> Entry {
        Entry::Asked {
            step: step.to_owned(),
            action: "a".to_owned(),
            key: "k".to_owned(),
            question: Question {
                text: "?".to_owned(),
                wants_text: false,
                choices: Vec::new(),
                by_another,
            },
        }
    }

    /// The names of what was done before `at`, by several owners one after the other.
    fn done(owners: &[&[Entry]], at: &str) -> Option<Vec<String>> {
        let mut records = Vec::new();
        for (epoch, entries) in (1..).zip(owners) {
            records.extend(entries.iter().map(|entry| Record {
                seq: 0,
                epoch,
                synced: 0,
                at: String::new(),
                ms: 0,
                entry: entry.clone(),
            }));
        }
        let done = before(&records, at)?;
        Some(done.iter().map(|it| it.step.clone()).collect())
    }

    #[test]
    fn what_ended_before_the_step_began_is_done() {
        let owner = [
            started("a"),
            finished("a"),
            started("b#1"),
            started("c"),
            finished("b#1"),
            started("b#2"),
            finished("c"),
            started("b#10"),
        ];
        assert_eq!(done(&[&owner], "b").unwrap(), ["a"]);
        assert_eq!(done(&[&owner], "b#2").unwrap(), ["a", "b#1"]);
        assert_eq!(done(&[&owner], "b#1").unwrap(), ["a"]);
        assert_eq!(done(&[&owner], "d"), None);
    }

    #[test]
    fn the_last_owner_that_came_to_the_step_knows_most() {
        let first = [started("a"), finished("a"), started("b"), finished("b")];
        let second = [started("x"), finished("x"), started("b"), finished("b")];
        let third = [started("c"), finished("c")];
        assert_eq!(done(&[&first, &second, &third], "b").unwrap(), ["a", "x"]);
    }

    #[test]
    fn what_another_has_approved_is_asked_again() {
        let first = [asked("gate", true), asked("which", false)];
        let second = [finished("gate"), finished("which"), started("b")];
        assert_eq!(done(&[&first, &second], "b").unwrap(), ["which"]);
    }
}
