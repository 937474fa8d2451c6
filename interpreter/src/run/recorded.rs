//! What earlier owners of a run have finished.

use std::collections::{HashMap, HashSet};

use crate::journal::{Entry, Finished, Outcome, Record, State};
use crate::repository::Oid;

/// The finished steps by name, and how many commits there were.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    finished: HashMap<String, Finished>,
    /// Steps that had failed when the run ended, without being told to.
    ended_by: HashSet<String>,
    commits: u32,
    intended: HashSet<Oid>,
}

impl Recorded {
    /// Reads a journal.
    pub(super) fn new(records: &[Record]) -> Recorded {
        let mut recorded = Recorded::default();
        for record in records {
            match &record.entry {
                Entry::StepFinished(finished) => {
                    recorded.commits += u32::from(finished.commit.is_some());
                    recorded.ended_by.remove(&finished.step);
                    recorded
                        .finished
                        .insert(finished.step.clone(), (**finished).clone());
                }
                Entry::Intent { commit, .. } => {
                    recorded.intended.insert(*commit);
                }
                Entry::Ended { outcome, .. } if *outcome != Outcome::Cancelled => {
                    let failed = recorded
                        .finished
                        .values()
                        .filter(|finished| finished.state == State::Failed)
                        .map(|finished| finished.step.clone());
                    recorded.ended_by.extend(failed);
                }
                _ => {}
            }
        }
        recorded
    }

    /// The record of a step that has finished and rested on the same as now. A failure that the
    /// mission forgives is an end like any other; one that ended the run is not: who resumes the
    /// run then wants it tried again.
    pub(super) fn get(&self, step: &str, key: &str, forgiven: bool) -> Option<&Finished> {
        let finished = self.finished.get(step).filter(|it| it.key == key)?;
        let counts = match finished.state {
            State::Succeeded | State::Skipped => true,
            State::Failed => forgiven || !self.ended_by.contains(step),
            _ => false,
        };
        counts.then_some(finished)
    }

    /// How many steps have finished.
    pub(super) fn len(&self) -> usize {
        self.finished.len()
    }

    /// How many commits were published.
    pub(super) fn commits(&self) -> u32 {
        self.commits
    }

    /// The commits that were made, or were about to be.
    pub(super) fn intended(&self) -> &HashSet<Oid> {
        &self.intended
    }
}
