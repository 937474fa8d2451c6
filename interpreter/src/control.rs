//! What others do with a run: tell the process that runs it to end, and write the end of one that
//! nobody runs.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Map;

use crate::home::RunDir;
use crate::journal::{Blocked, Entry, FileStore, Journal, OpenError, Outcome, Record};
use crate::person::{Answer, Open};

/// Tells the process that runs a run to end it, as an interrupt at its terminal would. Whether
/// there is one; it ends the run in its own time.
#[must_use]
pub fn ask_to_end(run: &RunDir) -> bool {
    let owner = FileStore::owner(run).and_then(Pid::from_raw);
    owner.is_some_and(|pid| kill_process(pid, Signal::TERM).is_ok())
}

/// Writes that a run has ended which nobody runs.
///
/// # Errors
/// Somebody runs it, or its journal cannot be written: a sentence without its full stop.
pub fn end(
    run: &RunDir,
    outcome: Outcome,
    reason: String,
    blocked: Option<Blocked>,
) -> Result<(), String> {
    write(
        run,
        Entry::Ended {
            outcome,
            reason: Some(reason),
            blocked: blocked.map(Box::new),
            outputs: Map::new(),
        },
    )
}

/// Writes what a person answered to a question of a run that waits.
///
/// # Errors
/// As of [`end`].
pub fn answer(run: &RunDir, open: &Open, answer: Answer) -> Result<(), String> {
    write(
        run,
        Entry::Answered {
            step: open.step.clone(),
            key: open.key.clone(),
            answer,
        },
    )
}

fn write(run: &RunDir, entry: Entry) -> Result<(), String> {
    let (store, loaded) = FileStore::open(run).map_err(|error: OpenError| error.to_string())?;
    let epoch = store.epoch();
    let now = || jiff::Timestamp::now().to_string();
    let (journal, writer) = Journal::start(Box::new(store), epoch, &loaded, now);
    let written = journal.write_blocking(entry);
    drop(journal);
    writer.join().and(written)
}

/// The time now, as journals write it.
#[must_use]
pub fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// How many outside effects the records of a run tell of.
#[must_use]
pub fn mutations(records: &[Record]) -> u32 {
    let commits = records.iter().filter(|record| match &record.entry {
        Entry::StepFinished(finished) => finished.commit.is_some(),
        _ => false,
    });
    u32::try_from(commits.count()).unwrap_or(u32::MAX)
}
