//! What models have answered: recorded, so that nobody asks (and pays) twice, and so that a run with
//! a model can be a test.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value as Json;

use crate::blobs::Blobs;
use crate::journal::{Entry, ModelAnswered, Record, State};

/// Answers that need not be asked for.
#[derive(Debug, Default)]
pub struct Answers {
    /// Those that a killed owner of the run had been given, and had not yet used: by step.
    left: Mutex<HashMap<String, VecDeque<ModelAnswered>>>,
    /// How many answers of another run earlier owners have used: by step.
    used: HashMap<String, usize>,
    replay: Option<Replay>,
}

/// The answers that another run has recorded, by step, each to be used once.
#[derive(Clone, Debug)]
pub struct Replay {
    /// That run's id.
    pub run: String,
    answers: Arc<Mutex<HashMap<String, VecDeque<ModelAnswered>>>>,
}

/// What is given instead of a call.
pub(crate) enum Instead {
    /// This answer of an earlier owner.
    Recorded(ModelAnswered),
    /// This answer of another run.
    Replayed(String, ModelAnswered),
    /// Another run is replayed, and has no answer for this.
    Nothing(String),
}

impl Answers {
    /// What the records of a run tell of. An answer is used up when its attempt has ended.
    #[must_use]
    pub fn of(records: &[Record]) -> Answers {
        let mut left: HashMap<String, VecDeque<ModelAnswered>> = HashMap::new();
        let mut used: HashMap<String, usize> = HashMap::new();
        for record in records {
            match &record.entry {
                Entry::ModelAnswered(it) if it.is_answer => {
                    if it.replayed.is_some() {
                        *used.entry(it.step.clone()).or_default() += 1;
                    }
                    let all = left.entry(it.step.clone()).or_default();
                    all.push_back((**it).clone());
                }
                Entry::AttemptFailed { step, .. } => drop(left.remove(step)),
                // Who was told to end has paid for it all the same.
                Entry::StepFinished(finished) if finished.state != State::Cancelled => {
                    drop(left.remove(&finished.step));
                }
                _ => {}
            }
        }
        Answers {
            left: Mutex::new(left),
            used,
            replay: None,
        }
    }

    /// The same, with another run's answers for what is not among them, but for those that are used up.
    #[must_use]
    pub fn replaying(self, replay: Option<&Replay>) -> Answers {
        if let Some(Replay { answers, .. }) = replay {
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            for (step, used) in &self.used {
                if let Some(all) = answers.get_mut(step) {
                    all.drain(..all.len().min(*used));
                }
            }
        }
        Answers {
            replay: replay.cloned(),
            ..self
        }
    }

    /// What is given instead of a call that sends the request of this digest.
    pub(crate) fn instead(&self, step: &str, request: &str) -> Option<Instead> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(all) = left.get_mut(step) {
            let mut known = all.iter();
            // What is not found may have gone to another model than the one that is asked first again, and
            // has not answered then.
            if let Some(at) = known.position(|it| it.request.as_deref() == Some(request)) {
                // What comes before it was answered to something else, and no longer holds.
                let answered = all.drain(..=at).next_back();
                return answered.map(Instead::Recorded);
            }
        }
        let Replay { run, answers } = self.replay.as_ref()?;
        let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = answers.get_mut(step).and_then(VecDeque::pop_front);
        Some(match next {
            Some(answered) => Instead::Replayed(run.clone(), answered),
            None => Instead::Nothing(run.clone()),
        })
    }
}

impl Replay {
    /// The answers of a run.
    #[must_use]
    pub fn of(run: &str, records: &[Record]) -> Replay {
        let mut answers: HashMap<String, VecDeque<ModelAnswered>> = HashMap::new();
        for record in records {
            if let Entry::ModelAnswered(it) = &record.entry
                && it.is_answer
            {
                let all = answers.entry(it.step.clone()).or_default();
                all.push_back((**it).clone());
            }
        }
        Replay {
            run: run.to_owned(),
            answers: Arc::new(Mutex::new(answers)),
        }
    }
}

/// What steps of loops gave, round by round.
#[derive(Debug, Default)]
pub struct Earlier {
    rounds: Mutex<HashMap<String, Vec<(String, Json)>>>,
}

impl Earlier {
    /// A step gave this. Only what is done in rounds is remembered.
    pub(crate) fn add(&self, step: &str, result: &Json) {
        let Some((all, round)) = of_loop(step) else {
            return;
        };
        let mut rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        let rounds = rounds.entry(all).or_default();
        rounds.retain(|(known, _)| known != round);
        rounds.push((round.to_owned(), result.clone()));
    }

    /// What the step gave in the rounds before this one.
    pub(crate) fn of(&self, step: &str) -> Vec<Json> {
        let Some((all, round)) = of_loop(step) else {
            return Vec::new();
        };
        let now: u64 = round.parse().unwrap_or(0);
        let rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before: Vec<(u64, Json)> = rounds
            .get(&all)
            .into_iter()
            .flatten()
            .filter_map(|(round, result)| Some((round.parse().ok()?, result.clone())))
            .filter(|(round, result)| *round < now && !result.is_null())
            .collect();
        before.sort_by_key(|(round, _)| *round);
        before.into_iter().map(|(_, result)| result).collect()
    }
}

/// `edit#2.3` is round `3` of the innermost loop around `edit#2.`.
fn of_loop(step: &str) -> Option<(String, &str)> {
    let name = step.rfind('/').map_or(0, |at| at + 1);
    let rounds = name + step[name..].find('#')?;
    let last = step[rounds..].rfind('.').map_or(rounds, |at| rounds + at);
    Some((step[..=last].to_owned(), &step[last + 1..]))
}

impl ModelAnswered {
    /// What was sent, if it is recorded.
    ///
    /// # Errors
    /// The blob is lost or damaged.
    pub fn sent(&self, blobs: &Blobs) -> std::io::Result<Option<Vec<u8>>> {
        self.content(self.request.as_deref(), blobs)
    }

    /// The body that was answered, if it is recorded.
    ///
    /// # Errors
    /// The blob is lost or damaged.
    pub fn body(&self, blobs: &Blobs) -> std::io::Result<Option<Vec<u8>>> {
        self.content(self.answer.as_deref(), blobs)
    }

    fn content(&self, name: Option<&str>, blobs: &Blobs) -> std::io::Result<Option<Vec<u8>>> {
        let content = name.and_then(|name| self.contents.get(name));
        content.map(|content| content.bytes(blobs)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_rounds_of_the_innermost_loop_are_earlier() {
        let earlier = Earlier::default();
        for (step, result) in [
            ("edit", 0),
            ("edit#2", 2),
            ("edit#1", 1),
            ("edit#10", 10),
            ("call#1/edit#1", 3),
            ("edit#3.1", 31),
            ("edit#4.1", 41),
            ("edit#4.2", 42),
        ] {
            earlier.add(step, &json!(result));
        }
        earlier.add("edit#3", &Json::Null);
        assert_eq!(earlier.of("edit"), Vec::<Json>::new());
        assert_eq!(earlier.of("edit#1"), Vec::<Json>::new());
        assert_eq!(earlier.of("edit#11"), [json!(1), json!(2), json!(10)]);
        assert_eq!(earlier.of("edit#4.3"), [json!(41), json!(42)]);
        assert_eq!(earlier.of("call#1/edit#2"), [json!(3)]);
        assert_eq!(earlier.of("call#2/edit#2"), Vec::<Json>::new());
    }
}
