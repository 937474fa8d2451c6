//! The outside of a test: what scripted external actions have done there.

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value as Json, json};
use tau_interpreter::action::{
    Act, Acting, Call, External, Failure, Found, Intended, Intention, Later, NotDone, Survey,
};

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
        match scripted(intended) {
            Some(_) => Box::pin(ready(Ok(self.found(intended)))),
            None => self.real.look_up(intended, hands),
        }
    }

    fn act<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Act) -> Acting<'a> {
        match scripted(intended) {
            Some(Answer::Returns(given)) => {
                self.script.outside.does(&intended.marker, &given);
                Box::pin(ready(Ok(given)))
            }
            Some(Answer::Fails(why)) => {
                let failure = Failure::new("scripted", why);
                Box::pin(ready(Err(NotDone::Refused(failure))))
            }
            None => self.real.act(intended, hands),
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
            Some(given) => Found::There(given),
            None => Found::Absent,
        }
    }
}

/// What the script said of it, if it did.
fn scripted(intended: &Intended) -> Option<Answer> {
    let said = intended.intention.detail.get(SCRIPTED)?;
    serde_json::from_value(said.clone()).ok()
}
