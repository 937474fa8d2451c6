//! A run told again from its records, without doing anything.

use std::collections::HashSet;

use crate::events::Event;
use crate::home::RunDir;
use crate::journal::{Entry, Record, Started};

/// What whoever watched the run was told. Steps whose records an owner found when it went on with
/// the run are told once, where they ended.
#[must_use]
pub fn events(run: &RunDir, records: &[Record]) -> Vec<Event> {
    let Some(Entry::Started(started)) = records.first().map(|record| &record.entry) else {
        return Vec::new();
    };
    let mut started: Started = (**started).clone();
    let mut finished = HashSet::new();
    let mut events = Vec::new();
    for record in records {
        events.push(match &record.entry {
            Entry::Started(_) => began(&started, 0),
            Entry::Resumed { base, .. } => {
                if let Some(base) = base {
                    started.base = Some(base.commit);
                    started.tree = Some(base.tree);
                }
                began(&started, finished.len())
            }
            Entry::StepStarted { step, action, .. } => Event::StepStarted {
                step: step.clone(),
                action: action.clone(),
                log: run.log(step),
            },
            Entry::AttemptFailed {
                step,
                left: 1..,
                failure,
                pause_ms,
                ..
            } => Event::Retrying {
                step: step.clone(),
                why: failure.message.clone(),
                pause_ms: *pause_ms,
            },
            Entry::Asked { step, question, .. } => Event::Asked {
                step: step.clone(),
                text: question.text.clone(),
            },
            Entry::Again { step, why } => Event::Again {
                step: step.clone(),
                why: why.clone(),
            },
            Entry::Waits { step, wait, .. } => Event::Waits {
                step: step.clone(),
                wait: wait.clone(),
            },
            Entry::AttemptFailed { .. }
            | Entry::Boxed { .. }
            | Entry::Intent { .. }
            | Entry::Answered { .. }
            | Entry::Resolved { .. }
            | Entry::Reserved { .. }
            | Entry::Settled { .. }
            | Entry::SpendingSaid { .. }
            | Entry::ModelAnswered(_)
            | Entry::PartDone(_)
            | Entry::Sent(_)
            | Entry::Received { .. } => {
                continue;
            }
            Entry::StepFinished(it) => {
                finished.insert(it.step.as_str());
                Event::StepFinished {
                    finished: it.clone(),
                    reused: false,
                }
            }
            Entry::Ended { outcome, .. } => Event::Ended(*outcome),
        });
    }
    events
}

fn began(started: &Started, reused: usize) -> Event {
    Event::Began {
        started: Box::new(started.clone()),
        reused,
    }
}
