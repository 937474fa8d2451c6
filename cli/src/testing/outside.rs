//! The outside of a test: what scripted external actions have done there.

use std::collections::{BTreeMap, BTreeSet};
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value as Json, json};
use tau_interpreter::action::{
    Act, Acting, Call, External, Failure, Found, Intended, Intention, Later, NotDone, Survey,
};
use tau_interpreter::journal::{Entry, Record};
use tau_interpreter::outside::begun;

use super::script::{Answer, Scripted};

/// Where an intention keeps what the script said of it.
const SCRIPTED: &str = "scripted";

/// What is there, by the marks of the runs. It outlives every owner of a run.
#[derive(Default)]
pub(super) struct Outside {
    there: Mutex<BTreeMap<String, There>>,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq)]
struct There {
    /// What the action gave.
    given: Json,
    /// How often it was done.
    times: u32,
}

impl Outside {
    /// The outside as it was when a run had these records. What the run was about to do then is
    /// there if `in_flight`.
    pub(super) fn as_of(&self, records: &[Record], in_flight: bool) -> Outside {
        let open = begun(records);
        let mut is_known = BTreeSet::new();
        for record in records {
            if let Entry::Intent {
                outside: Some(outside),
                ..
            } = &record.entry
            {
                is_known.insert(outside.marker.as_str());
            }
        }
        let mut there = self.there().clone();
        there.retain(|mark, it| {
            it.times = 1;
            let open = open.iter().find(|it| it.outside.marker == *mark);
            let was_done = open.is_none_or(|it| !it.settled && in_flight);
            is_known.contains(mark.as_str()) && was_done
        });
        Outside {
            there: Mutex::new(there),
        }
    }

    /// What differs from what was there at the end of another run, in words: something is missing,
    /// is there in vain, or was done more often than once.
    pub(super) fn differs_from(&self, other: &Outside, most: u32) -> Option<(String, String)> {
        let told = |it: &Outside, most: u32| -> Vec<String> {
            let all = it.there();
            let told = all.values().map(|it| match it.times > most {
                true => format!("{} ({} times)", it.given, it.times),
                false => it.given.to_string(),
            });
            told.collect()
        };
        let (was, is) = (told(other, 1), told(self, most));
        (was != is).then(|| (was.join(", "), is.join(", ")))
    }

    /// Something is done.
    pub(super) fn does(&self, marker: &str, given: &Json) {
        let mut all = self.there();
        let there = all.entry(marker.to_owned()).or_insert_with(|| There {
            given: given.clone(),
            times: 0,
        });
        there.times += 1;
    }

    /// What was given by what is there.
    pub(super) fn finds(&self, marker: &str) -> Option<Json> {
        Some(self.there().get(marker)?.given.clone())
    }

    fn there(&self) -> MutexGuard<'_, BTreeMap<String, There>> {
        self.there.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the script says takes the place of the real outside: what is done is kept in [`Outside`],
/// and looked up there.
impl External for Scripted<dyn External> {
    fn intend<'a>(&'a self, call: &'a Call, hands: &'a dyn Survey) -> Later<'a, Intention> {
        let Some(answer) = self.script.answer(&call.step, self.name) else {
            return self.real.intend(call, hands);
        };
        Box::pin(ready(Ok(Intention {
            what: format!("do what the test says of `{}`", self.name),
            result: match &answer {
                Answer::Returns(given) => Some(given.clone()),
                Answer::Fails(_) => None,
            },
            detail: json!({ SCRIPTED: answer }),
        })))
    }

    fn look_up<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Survey) -> Later<'a, Found> {
        if let Some(nothing) = self.script.hides(step_of(intended)) {
            return Box::pin(ready(Ok(nothing)));
        }
        match scripted(intended) {
            Some(_) => Box::pin(ready(Ok(self.found(intended)))),
            None => self.real.look_up(intended, hands),
        }
    }

    fn act<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Act) -> Acting<'a> {
        match scripted(intended) {
            Some(Answer::Returns(given)) => {
                self.script.outside.does(&intended.marker, &given);
                let is_lost = self.script.loses(step_of(intended)).is_some();
                Box::pin(ready(match is_lost {
                    true => Err(NotDone::Unclear(lost())),
                    false => Ok(given),
                }))
            }
            Some(Answer::Fails(why)) => {
                let failure = Failure::new("scripted", why);
                Box::pin(ready(Err(NotDone::Refused(failure))))
            }
            None => Box::pin(async move {
                let acted = self.real.act(intended, hands).await;
                match self.script.loses(step_of(intended)) {
                    Some(_) => Err(NotDone::Unclear(lost())),
                    None => acted,
                }
            }),
        }
    }

    fn read_back<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Survey) -> Later<'a, Found> {
        match scripted(intended) {
            Some(_) => Box::pin(ready(Ok(self.found(intended)))),
            None => self.real.read_back(intended, hands),
        }
    }
}

impl Scripted<dyn External> {
    fn found(&self, intended: &Intended) -> Found {
        match self.script.outside.finds(&intended.marker) {
            Some(given) => {
                self.script.has_answered(step_of(intended), self.name);
                Found::There(given)
            }
            None => Found::Absent,
        }
    }
}

/// The step of a mark: what stands between the run and the digest.
fn step_of(intended: &Intended) -> &str {
    let step = intended.marker.split_once('/').map(|(_, rest)| rest);
    step.and_then(|rest| rest.rsplit_once('/'))
        .map_or("", |(step, _)| step)
}

/// An answer that did not arrive.
pub(super) fn lost() -> Failure {
    Failure::new("answer-lost", "The answer was lost.")
}

/// What the script said of it, if it did.
fn scripted(intended: &Intended) -> Option<Answer> {
    let said = intended.intention.detail.get(SCRIPTED)?;
    serde_json::from_value(said.clone()).ok()
}
