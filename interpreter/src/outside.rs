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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn records(entries: &[Value]) -> Vec<Record> {
        let record = |entry: &Value| Record {
            seq: 0,
            epoch: 1,
            synced: 0,
            at: String::new(),
            ms: 0,
            entry: serde_json::from_value(entry.clone()).unwrap(),
        };
        entries.iter().map(record).collect()
    }

    fn intent(step: &str, marker: &str) -> Value {
        let outside = json!({ "action": "a", "key": "k", "marker": marker, "detail": null });
        json!({ "kind": "intent", "step": step, "what": "do it", "outside": outside })
    }

    fn finished(step: &str, state: &str) -> Value {
        json!({
            "kind": "step_finished", "step": step, "action": "a", "state": state, "attempts": 1,
            "seconds": 0.0, "key": "k", "result": null, "edits": [], "commit": null, "logs": [],
            "failure": null,
        })
    }

    fn resolved(step: &str, marker: &str) -> Value {
        let by = json!({ "uid": 1, "name": "ann" });
        let resolution = json!({ "happened": true, "by": by, "at": "now" });
        json!({ "kind": "resolved", "step": step, "marker": marker, "resolution": resolution })
    }

    /// The marks of what is open.
    fn open(entries: &[Value]) -> Vec<String> {
        let open = unsettled(&records(entries));
        open.into_iter().map(|it| it.marker).collect()
    }

    #[test]
    fn what_was_begun_is_open_until_its_end_is_known() {
        assert_eq!(open(&[intent("s", "m")]), ["m"]);
        for state in ["succeeded", "failed", "cancelled", "blocked"] {
            assert!(
                open(&[intent("s", "m"), finished("s", state)]).is_empty(),
                "{state}"
            );
        }
        for state in ["uncertain", "skipped"] {
            assert_eq!(
                open(&[intent("s", "m"), finished("s", state)]),
                ["m"],
                "{state}"
            );
        }
        assert_eq!(open(&[intent("s", "m"), finished("t", "succeeded")]), ["m"]);
        assert!(open(&[intent("s", "m"), resolved("s", "m")]).is_empty());
        // What was said of an earlier attempt says nothing of this one.
        assert_eq!(open(&[intent("s", "m"), resolved("s", "l")]), ["m"]);
        let again = [intent("s", "m"), resolved("s", "m"), intent("s", "n")];
        assert_eq!(open(&again), ["n"]);
    }

    #[test]
    fn intentions_of_older_journals_are_about_commits() {
        let commit = "0123456789".repeat(4);
        let old = json!({ "kind": "intent", "step": "s", "what": "w", "commit": commit });
        let old = records(&[old]);
        assert!(unsettled(&old).is_empty());
        let Entry::Intent { commit: found, .. } = &old[0].entry else {
            panic!("{old:?}");
        };
        assert_eq!(found.unwrap().to_string(), commit);
    }
}
