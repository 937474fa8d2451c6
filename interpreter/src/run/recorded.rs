//! What earlier owners of a run have finished.

use std::collections::HashMap;

use crate::journal::{Entry, Finished, Record, State};

/// The finished steps by name, and how often the others were tried.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    finished: HashMap<String, Finished>,
    commits: u32,
}

impl Recorded {
    /// Reads a journal. A step that failed counts as finished only while its run has not ended
    /// because of it: who resumes an ended run wants it tried again.
    pub(super) fn new(records: &[Record]) -> Recorded {
        let mut recorded = Recorded::default();
        for record in records {
            match &record.entry {
                Entry::StepFinished(finished) => {
                    recorded.commits += u32::from(finished.commit.is_some());
                    recorded
                        .finished
                        .insert(finished.step.clone(), (**finished).clone());
                }
                Entry::Ended { .. } => recorded.finished.retain(|_, finished| {
                    matches!(finished.state, State::Succeeded | State::Skipped)
                }),
                _ => {}
            }
        }
        recorded
    }

    /// The record of a step that rested on the same as now.
    pub(super) fn get(&self, step: &str, key: &str) -> Option<&Finished> {
        self.finished
            .get(step)
            .filter(|finished| finished.key == key)
    }

    /// How many steps have finished.
    pub(super) fn len(&self) -> usize {
        self.finished.len()
    }

    /// How many commits were published.
    pub(super) fn commits(&self) -> u32 {
        self.commits
    }
}
