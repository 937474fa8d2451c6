//! What a journal says of its run, in a line.

use jiff::Timestamp;

use crate::journal::{Blocked, Entry, Outcome, Record};
use crate::outside::unsettled;
use crate::report::{self, Report};

/// What stands in the list of runs, and what the queue needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The run's id.
    pub run: String,
    /// The mission's name.
    pub mission: String,
    /// The repository.
    pub repo: String,
    /// When it began, as its journal writes it.
    pub began: String,
    /// When its last record was written, in milliseconds since 1970.
    pub last: i64,
    /// Wall time of all its owners, in seconds.
    pub seconds: f64,
    /// Where it stands.
    pub standing: Standing,
    /// The last commit on its branch.
    pub commit: Option<String>,
    /// Why it did not succeed.
    pub reason: Option<String>,
    /// The command that goes on, if nobody runs it.
    pub next: Option<String>,
    /// An operator has blocked it, so it is kept.
    pub held: bool,
    /// When a run that waits, or is uncertain, is to be gone on with by itself, in milliseconds since
    /// 1970. None while that is for a person to say, or for an event.
    pub wake: Option<i64>,
    /// How many records there are.
    pub records: u64,
}

/// Where a run stands, as far as its journal can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is recorded, and nothing of it has begun.
    Queued,
    /// It has begun and not ended: it runs, or whoever ran it is gone.
    Begun,
    /// It has ended so, or waits.
    Ended(Outcome),
}

impl Summary {
    /// What these records say; `None` for a journal without a beginning.
    #[must_use]
    pub fn new(records: &[Record]) -> Option<Summary> {
        let report = Report::new(records, false)?;
        let (first, last) = (records.first()?, records.last()?);
        let standing = standing(records);
        let ended = match &last.entry {
            Entry::Ended { blocked, .. } => blocked.as_deref(),
            _ => None,
        };
        let wake = match standing {
            Standing::Ended(outcome) => wake(outcome, records),
            Standing::Queued | Standing::Begun => None,
        };
        Some(Summary {
            run: report.run,
            mission: report.mission,
            repo: report.repo,
            began: first.at.clone(),
            last: millis(&last.at),
            seconds: report.spent.seconds,
            standing,
            commit: report.commit,
            reason: report.reason,
            next: report.next,
            held: ended.is_some_and(Blocked::is_held),
            wake,
            records: records.len() as u64,
        })
    }

    /// Its outcome in the words of a report. `running` says whether somebody
    /// runs it who was heard of lately.
    #[must_use]
    pub fn outcome(&self, running: bool) -> &'static str {
        match self.standing {
            Standing::Ended(outcome) => outcome.word(),
            _ if running => report::RUNNING,
            Standing::Queued => report::QUEUED,
            Standing::Begun => report::STALE,
        }
    }

    /// Whether somebody should go on with it at `now`, in milliseconds since 1970, if nobody does.
    #[must_use]
    pub fn is_due(&self, now: i64) -> bool {
        match self.standing {
            Standing::Queued | Standing::Begun => true,
            Standing::Ended(_) => self.wake.is_some_and(|wake| wake <= now),
        }
    }

    /// Whether it has ended and nobody will go on with it unless a person says so.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let kept = [Outcome::Waiting, Outcome::Uncertain];
        match self.standing {
            Standing::Ended(outcome) => !self.held && !kept.contains(&outcome),
            Standing::Queued | Standing::Begun => false,
        }
    }
}

/// Where a run stands that has these records.
#[must_use]
pub fn standing(records: &[Record]) -> Standing {
    let mut standing = Standing::Queued;
    for record in records {
        match &record.entry {
            Entry::Ended { outcome, .. } => standing = Standing::Ended(*outcome),
            // What a person says is no beginning, and changes no end.
            Entry::Started(_)
            | Entry::Answered { .. }
            | Entry::Resolved { .. }
            | Entry::Sent(_) => {}
            // A fork has what the old run had done before anybody works on it.
            Entry::StepFinished(_) if standing == Standing::Queued => {}
            _ => standing = Standing::Begun,
        }
    }
    standing
}

/// When a run that has ended so is to be gone on with: when the first thing comes that it waits for,
/// or at once when people have said all that is uncertain.
fn wake(outcome: Outcome, records: &[Record]) -> Option<i64> {
    match outcome {
        Outcome::Waiting => report::wake(records).map(Timestamp::as_millisecond),
        Outcome::Uncertain => unsettled(records).is_empty().then_some(0),
        _ => None,
    }
}

/// A journal's time in milliseconds since 1970; the beginning of time for what is none.
fn millis(at: &str) -> i64 {
    at.parse::<Timestamp>().map_or(0, Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests;
