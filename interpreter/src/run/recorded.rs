//! What earlier owners of a run have finished.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tau_lang::policy::PolicyFile;

use crate::action::Failure;
use crate::clock::Clock;
use crate::journal::{Entry, Finished, Outcome, Record, State};
use crate::outside::{Begun, begun};
use crate::person::Answer;
use crate::repository::Oid;
use crate::wait::Wait;

/// The finished steps by name, and what they did outside.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    finished: HashMap<String, Arc<Finished>>,
    /// The policies that each of them was done under.
    policies: HashMap<String, Arc<[PolicyFile]>>,
    /// Steps that had failed when the run ended, without being told to.
    ended_by: HashSet<String>,
    /// The last attempt of each step or call that is known to have failed.
    failed: HashMap<String, Failed>,
    effects: u32,
    intended: HashSet<Oid>,
    begun: Vec<Begun>,
    /// What people answered, by step, with the key of the question.
    answers: HashMap<String, (String, Answer)>,
    /// What steps waited for, with their keys and attempts.
    waits: HashMap<String, (String, u32, Wait)>,
}

/// An attempt that has failed.
#[derive(Debug)]
struct Failed {
    attempt: u32,
    left: u32,
    key: String,
    failure: Failure,
    pause: Pause,
    /// The run has ended since, without being told to.
    ended: bool,
}

/// What earlier owners know of the attempts of a step or call.
#[derive(Debug)]
pub(super) struct Past<'a> {
    /// The attempt that is on, from 1.
    pub(super) number: u32,
    /// How many there may be behind it; as many as the step says if there were none.
    pub(super) left: Option<u32>,
    /// Why the attempt that is on has failed, if it was the last.
    pub(super) over: Option<&'a Failure>,
    /// How long to wait before it begins.
    pause: Option<&'a Pause>,
}

/// A pause between two attempts.
#[derive(Debug)]
struct Pause {
    /// All of it.
    time: Duration,
    /// The date at which it began.
    began: Option<Timestamp>,
    /// When its owner was last heard of, measured from its beginning.
    heard: Duration,
}

impl Past<'_> {
    /// How much of the pause before the attempt is left. Only dates tell how long nobody ran the
    /// run, and they may have been set since: so never more than all of it, nor more than what
    /// was not yet over when its owner was last heard of.
    pub(super) fn pause_left(&self, clock: &Clock) -> Duration {
        let Some(pause) = self.pause else {
            return Duration::ZERO;
        };
        let dated = pause.began.map(|began| clock.now().duration_since(began));
        let dated = dated.and_then(|since| Duration::try_from(since).ok());
        let passed = pause.heard.max(dated.unwrap_or_default());
        pause.time.saturating_sub(passed)
    }
}

impl Default for Past<'_> {
    fn default() -> Self {
        Past {
            number: 1,
            left: None,
            over: None,
            pause: None,
        }
    }
}

impl Recorded {
    /// Reads a journal.
    pub(super) fn new(records: &[Record]) -> Recorded {
        let mut recorded = Recorded {
            begun: begun(records),
            ..Recorded::default()
        };
        let last_words = last_words(records);
        let mut policies: Arc<[PolicyFile]> = Arc::default();
        for record in records {
            match &record.entry {
                Entry::Started(started) => policies = started.policies.clone().into(),
                Entry::Resumed {
                    policies: Some(now),
                    ..
                } => policies = now.clone().into(),
                Entry::StepFinished(finished) => {
                    recorded
                        .policies
                        .insert(finished.step.clone(), policies.clone());
                    recorded.effects += finished.effects();
                    recorded.ended_by.remove(&finished.step);
                    recorded
                        .finished
                        .insert(finished.step.clone(), finished.clone());
                }
                Entry::AttemptFailed {
                    step,
                    attempt,
                    left,
                    key,
                    failure,
                    pause_ms,
                    ..
                } => {
                    let last = last_words.get(&record.epoch).copied().unwrap_or_default();
                    let failed = Failed {
                        attempt: *attempt,
                        left: *left,
                        key: key.clone(),
                        failure: failure.clone(),
                        pause: Pause {
                            time: Duration::from_millis(*pause_ms),
                            began: record.at.parse().ok(),
                            heard: Duration::from_millis(last.saturating_sub(record.ms)),
                        },
                        ended: false,
                    };
                    recorded.failed.insert(step.clone(), failed);
                }
                Entry::Intent { commit, .. } => recorded.intended.extend(commit),
                Entry::Waits {
                    step, key, wait, ..
                } => {
                    let attempt = recorded.past(step, key, false).number;
                    let waited = (key.clone(), attempt, wait.clone());
                    recorded.waits.insert(step.clone(), waited);
                }
                Entry::Answered { step, key, answer } => {
                    let said = (key.clone(), answer.clone());
                    recorded.answers.insert(step.clone(), said);
                }
                Entry::Ended { outcome, .. }
                    if !matches!(outcome, Outcome::Cancelled | Outcome::Waiting) =>
                {
                    let failed = recorded
                        .finished
                        .values()
                        .filter(|finished| finished.state == State::Failed)
                        .map(|finished| finished.step.clone());
                    recorded.ended_by.extend(failed);
                    // Whoever goes on after a no wants it asked again.
                    let ended_by = &recorded.ended_by;
                    recorded
                        .answers
                        .retain(|step, (_, answer)| answer.approved || !ended_by.contains(step));
                    for failed in recorded.failed.values_mut() {
                        failed.ended = true;
                    }
                }
                _ => {}
            }
        }
        recorded
    }

    /// The record of a step that has finished and rested on the same as now. A failure that the
    /// mission forgives is an end like any other; one that ended the run is not: who resumes the
    /// run then wants it tried again.
    pub(super) fn get(&self, step: &str, key: &str, forgiven: bool) -> Option<&Arc<Finished>> {
        self.ended(step, forgiven).filter(|it| it.key == key)
    }

    /// The same, whatever it rested on.
    pub(super) fn ended(&self, step: &str, forgiven: bool) -> Option<&Arc<Finished>> {
        let finished = self.finished.get(step)?;
        let counts = match finished.state {
            State::Succeeded | State::Skipped => true,
            State::Failed => forgiven || !self.ended_by.contains(step),
            _ => false,
        };
        counts.then_some(finished)
    }

    /// The policies that the last record of a step was made under.
    pub(super) fn policies(&self, step: &str) -> &[PolicyFile] {
        self.policies.get(step).map_or(&[], |it| it)
    }

    /// The last record of a step, whatever it rested on.
    pub(super) fn finished(&self, step: &str) -> Option<&Arc<Finished>> {
        self.finished.get(step)
    }

    /// Which attempt of a step or call is on. Who resumes a run that a failure has ended wants it
    /// tried as often as at first.
    pub(super) fn past(&self, step: &str, key: &str, forgiven: bool) -> Past<'_> {
        let mut past = Past::default();
        if let Some(failed) = self.failed.get(step).filter(|it| it.key == key) {
            let again = !forgiven && failed.ended;
            let last = failed.left == 0;
            past.number = failed.attempt + u32::from(!last);
            past.left = (!again).then(|| failed.left.saturating_sub(1));
            past.over = (last && !again).then_some(&failed.failure);
            past.pause = Some(&failed.pause);
        }
        let finished = self.finished.get(step).filter(|it| it.key == key);
        if let Some(finished) = finished.filter(|it| it.state == State::Failed)
            && finished.attempts >= past.number
        {
            past.number = finished.attempts + 1;
            past.left = None;
            past.pause = None;
        }
        past
    }

    /// What a person answered to the question that a step asks now.
    pub(super) fn answer(&self, step: &str, key: &str) -> Option<&Answer> {
        let (of, answer) = self.answers.get(step)?;
        (of == key).then_some(answer)
    }

    /// What an attempt of a step waited for, if the step rested on the same as now.
    pub(super) fn waited(&self, step: &str, key: &str, attempt: u32) -> Option<&Wait> {
        let (of, number, wait) = self.waits.get(step)?;
        (of == key && *number == attempt).then_some(wait)
    }

    /// The steps that have a record of their end, whatever it was.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.finished.keys().map(String::as_str)
    }

    /// How many steps have finished.
    pub(super) fn len(&self) -> usize {
        self.finished.len()
    }

    /// How many outside effects there were: commits that were published, and others.
    pub(super) fn effects(&self) -> u32 {
        self.effects
    }

    /// The outside effects that were begun and are not known to have happened.
    pub(super) fn begun(&self) -> &[Begun] {
        &self.begun
    }

    /// The commits that were made, or were about to be.
    pub(super) fn intended(&self) -> &HashSet<Oid> {
        &self.intended
    }
}

/// The last that was heard of each owner, in milliseconds since it began.
fn last_words(records: &[Record]) -> HashMap<u64, u64> {
    let words = records.iter().map(|record| (record.epoch, record.ms));
    words.collect()
}
