//! Outside effects that a run has begun, as its records tell of them.

use serde::Serialize;
use serde_json::Value as Json;

use crate::action::{Intended, Intention};
use crate::journal::{Entry, Outside, Record, Resolution, State};

/// An outside effect that was about to happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    /// The step.
    pub step: String,
    /// What it was about to do, in words.
    pub what: String,
    /// How to look it up.
    pub outside: Outside,
    /// The records say how it ended: the attempt has failed, and nothing has happened.
    pub settled: bool,
    /// What a person said about it.
    pub resolution: Option<Resolution>,
}

impl Begun {
    /// What was intended.
    #[must_use]
    pub fn intended(&self) -> Intended {
        Intended {
            marker: self.outside.marker.clone(),
            intention: Intention {
                what: self.what.clone(),
                detail: self.outside.detail.clone(),
                result: self.outside.result.clone(),
            },
        }
    }

    /// Whether a person must say, or somebody look up, what has become of it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.settled && self.resolution.is_none()
    }
}

/// An outside effect that may or may not have happened, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unsettled {
    /// The step.
    pub step: String,
    /// Its action.
    pub action: String,
    /// What it was about to do, in words.
    pub what: String,
    /// What the run calls it outside.
    pub marker: String,
    /// What the step gives if it has happened, where that is known.
    pub result: Option<Json>,
}

/// The last outside effect that each step has begun, but those that are known to have happened.
#[must_use]
pub fn begun(records: &[Record]) -> Vec<Begun> {
    let mut all: Vec<Begun> = Vec::new();
    for record in records {
        match &record.entry {
            Entry::Intent {
                step,
                what,
                outside: Some(outside),
                ..
            } => {
                all.retain(|it| it.step != *step);
                all.push(Begun {
                    step: step.clone(),
                    what: what.clone(),
                    outside: (**outside).clone(),
                    settled: false,
                    resolution: None,
                });
            }
            Entry::AttemptFailed { step, .. } => settle(&mut all, step),
            Entry::StepFinished(finished) => match finished.state {
                State::Succeeded => all.retain(|it| it.step != finished.step),
                // An attempt that does not know what it has done ends as uncertain, and in no other
                // of these ways.
                State::Failed | State::Cancelled | State::Blocked => {
                    settle(&mut all, &finished.step);
                }
                _ => {}
            },
            Entry::Resolved {
                step,
                marker,
                resolution,
            } => {
                let meant = |it: &&mut Begun| it.step == *step && it.outside.marker == *marker;
                if let Some(begun) = all.iter_mut().find(meant) {
                    begun.resolution = Some(resolution.clone());
                }
            }
            _ => {}
        }
    }
    all
}

fn settle(all: &mut [Begun], step: &str) {
    for begun in all.iter_mut().filter(|it| it.step == step) {
        begun.settled = true;
    }
}

/// What may or may not have happened, in the order in which it was begun.
#[must_use]
pub fn unsettled(records: &[Record]) -> Vec<Unsettled> {
    let open = begun(records).into_iter().filter(Begun::is_open);
    open.map(|it| Unsettled {
        step: it.step,
        action: it.outside.action,
        what: it.what,
        marker: it.outside.marker,
        result: it.outside.result,
    })
    .collect()
}
