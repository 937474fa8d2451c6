//! Events on their way to a run.
//!
//! Whoever sends one puts it into the run's `mail` folder, whether somebody runs the run or nobody
//! does; it is durable there. Who owns the run takes it into the journal, and from then on it
//! counts. Each event is handed to one step, which keeps it: a run that goes on hands it to the
//! same one.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::home::{RunDir, sync_dir};
use crate::journal::{Entry, Journal, Record};
use crate::wait::Sent;

/// Puts an event into a run's folder; durable when it returns.
///
/// # Errors
/// The file system's.
pub fn put(run: &RunDir, sent: &Sent) -> io::Result<()> {
    let folder = run.mail();
    fs::create_dir_all(&folder)?;
    let (new, path) = (
        folder.join(format!("{}.new", sent.id)),
        folder.join(format!("{}.json", sent.id)),
    );
    let mut file = fs::File::create(&new)?;
    file.write_all(serde_json::to_string(sent)?.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, &path)?;
    sync_dir(&folder)?;
    sync_dir(run.path())
}

/// The events that nobody has taken in yet, in the order in which they were sent. What cannot be
/// read is none.
#[must_use]
pub fn arrived(run: &RunDir) -> Vec<Sent> {
    // A run that was never sent anything has no such folder.
    let entries = fs::read_dir(run.mail()).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let paths = paths.filter(|path| path.extension().is_some_and(|it| it == "json"));
    let all = paths.filter_map(|path| serde_json::from_slice(&fs::read(path).ok()?).ok());
    let mut all: Vec<Sent> = all.collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// Takes one off that is in the journal. If it stays there, it is known by its id.
pub(crate) fn remove(run: &RunDir, sent: &Sent) {
    let _ = fs::remove_file(run.mail().join(format!("{}.json", sent.id)));
}

/// The events of a run, and which step has which.
#[derive(Debug, Default)]
pub struct Mail {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// In the order of the journal, which is that of the steps they go to.
    sent: Vec<Sent>,
    /// The ids of events that a step has, by the step.
    taken: BTreeMap<String, String>,
}

impl Mail {
    /// What the records of a run tell of.
    #[must_use]
    pub fn of(records: &[Record]) -> Mail {
        let mut state = State::default();
        for record in records {
            match &record.entry {
                Entry::Sent(sent) => {
                    state.sent.push((**sent).clone());
                }
                Entry::Received { step, event } => {
                    state.taken.insert(step.clone(), event.clone());
                }
                _ => {}
            }
        }
        Mail {
            state: Mutex::new(state),
        }
    }

    /// Writes into the journal what has arrived since; it is durable there before it counts.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn take_in(&self, run: &RunDir, journal: &Journal) -> Result<(), String> {
        for sent in arrived(run) {
            // Two steps that look at once take each in once.
            let mut state = self.state();
            if !state.sent.iter().any(|it| it.id == sent.id) {
                journal.write_blocking(Entry::Sent(Box::new(sent.clone())))?;
                state.sent.push(sent.clone());
            }
            remove(run, &sent);
        }
        Ok(())
    }

    /// The event of this name that a step has, or the first that no step has yet; from then on it
    /// is the step's.
    pub fn receive(&self, step: &str, name: &str, journal: &Journal) -> Option<Sent> {
        let mut state = self.state();
        let mut all = state.sent.iter();
        if let Some(id) = state.taken.get(step)
            && let Some(sent) = all.find(|sent| sent.id == *id && sent.name == name)
        {
            return Some(sent.clone());
        }
        let sent = state.free().find(|sent| sent.name == name)?.clone();
        state.taken.insert(step.to_owned(), sent.id.clone());
        // It stands before the record of the step, which makes it durable.
        journal.note(Entry::Received {
            step: step.to_owned(),
            event: sent.id.clone(),
        });
        Some(sent)
    }

    /// The first event of this name that no step has.
    pub(crate) fn next(&self, name: &str) -> Option<Sent> {
        let state = self.state();
        let next = state.free().find(|sent| sent.name == name);
        next.cloned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn free(&self) -> impl Iterator<Item = &Sent> {
        let taken: HashSet<&String> = self.taken.values().collect();
        let all = self.sent.iter();
        all.filter(move |sent| !taken.contains(&sent.id))
    }
}
