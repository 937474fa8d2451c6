//! Parts of steps that an earlier owner of the run has done: what they changed and gave is used, so
//! that nothing is done twice.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::journal::{Entry, PartDone, Record, State};

/// What is left of a step that was killed, by step.
#[derive(Debug, Default)]
pub struct Parts(Mutex<HashMap<String, VecDeque<PartDone>>>);

impl Parts {
    /// What the records of a run tell of. A part is used up when its attempt has ended, unless
    /// somebody has told the run to end.
    #[must_use]
    pub fn of(records: &[Record]) -> Parts {
        let mut left: HashMap<String, VecDeque<PartDone>> = HashMap::new();
        for record in records {
            match &record.entry {
                Entry::PartDone(part) => {
                    let all = left.entry(part.step.clone()).or_default();
                    all.push_back((**part).clone());
                }
                // Who goes on does the same again from its beginning, and records it no second time.
                Entry::Resumed { .. } => {}
                Entry::AttemptFailed { step, .. } => drop(left.remove(step)),
                Entry::StepFinished(finished) if finished.state != State::Cancelled => {
                    drop(left.remove(&finished.step));
                }
                _ => {}
            }
        }
        Parts(Mutex::new(left))
    }

    /// The part that a step does next, if it rested on the same. What comes before it no longer holds.
    pub(crate) fn next(&self, step: &str, key: &str) -> Option<PartDone> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = left.get_mut(step)?;
        while let Some(part) = all.pop_front() {
            if part.key == key {
                return Some(part);
            }
        }
        None
    }
}
