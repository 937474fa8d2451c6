//! What a run waits for, and how long it has been at work.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::journal::{Entry, Outcome, Record};
use crate::mail::Mail;
use crate::person::Open;
use crate::wait::OpenWait;

/// The wall time of all owners, in seconds: each one's last word says how long it has been there.
/// What they waited for people, dates and events is not in it.
#[must_use]
pub fn seconds(records: &[Record]) -> f64 {
    let mut total = 0;
    for (index, record) in records.iter().enumerate() {
        let last = records
            .get(index + 1)
            .is_none_or(|next| next.epoch != record.epoch);
        if last {
            total += record.ms;
        }
    }
    // A sleep or a pause for which nobody held a process, each once however often it was gone on with.
    let mut counted = HashSet::new();
    for record in records {
        if let Entry::Waits { step, wait, .. } = &record.entry
            && let Some(lasts) = wait.lasts_ms
            && counted.insert((step, wait.until))
        {
            total = total.saturating_add(lasts);
        }
    }
    #[allow(
        clippy::cast_precision_loss,
        reason = "milliseconds of a run are far below 2^52"
    )]
    let seconds = total as f64 / 1000.0;
    seconds
}

/// The questions that nobody has answered yet, in the order in which they were asked.
#[must_use]
pub fn open(records: &[Record]) -> Vec<Open> {
    let mut all: Vec<Open> = Vec::new();
    for record in records {
        match &record.entry {
            Entry::Asked {
                step,
                key,
                question,
                ..
            } => {
                all.retain(|it| it.step != *step);
                all.push(Open {
                    step: step.clone(),
                    key: key.clone(),
                    question: question.clone(),
                });
            }
            Entry::Answered { step, key, .. } => {
                all.retain(|it| it.step != *step || it.key != *key);
            }
            // Who goes on with the run asks again what is still to be asked.
            Entry::Resumed { .. } => all.clear(),
            Entry::StepFinished(finished) => all.retain(|it| it.step != finished.step),
            _ => {}
        }
    }
    all
}

/// The steps that wait for a date or an event, in the order in which they came to it.
#[must_use]
pub fn waits(records: &[Record]) -> Vec<OpenWait> {
    let mut all: Vec<OpenWait> = Vec::new();
    for record in records {
        match &record.entry {
            Entry::Waits { step, wait, .. } => {
                all.retain(|it| it.step != *step);
                all.push(OpenWait {
                    step: step.clone(),
                    wait: wait.clone(),
                });
            }
            // Who goes on with the run waits again for what has not come.
            Entry::Resumed { .. } => all.clear(),
            Entry::StepFinished(finished) => all.retain(|it| it.step != finished.step),
            Entry::Ended { outcome, .. } if *outcome != Outcome::Waiting => all.clear(),
            _ => {}
        }
    }
    all
}

/// When a run that waits can go on: the date of the first thing that comes, which may be over, as
/// that of an answer or of an event that has come. `None` when it does not wait, or for people and
/// events alone. Events that are not in the journal yet are in the run's
/// [mail](crate::mail::arrived).
#[must_use]
pub fn wake(records: &[Record]) -> Option<Timestamp> {
    let ended = records.iter().rev().find_map(|record| match &record.entry {
        Entry::Ended { outcome, .. } => Some(*outcome),
        Entry::Resumed { .. } | Entry::Started(_) => Some(Outcome::Failed),
        _ => None,
    });
    if ended != Some(Outcome::Waiting) {
        return None;
    }
    let mail = Mail::of(records);
    let waits = waits(records);
    let dates = waits.iter().filter_map(|it| {
        let event = it.wait.event.as_deref();
        let came = event.and_then(|name| mail.next(name)).map(|sent| sent.at);
        [came, it.wait.until].into_iter().flatten().min()
    });
    let answers = records
        .iter()
        .rev()
        .map_while(|record| match &record.entry {
            Entry::Answered { .. } => Some(record.at.parse().ok()),
            Entry::Sent(_) => Some(None),
            _ => None,
        });
    dates.chain(answers.flatten()).min()
}

/// Whether an answer or an event has come that a waiting run can go on with.
pub(super) fn can_go_on(records: &[Record]) -> bool {
    let now = records.last().and_then(|last| last.at.parse().ok());
    wake(records).is_some_and(|date| now.is_none_or(|now| date <= now))
}
