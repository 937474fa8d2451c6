//! Where the local runtime of a home stands.

use std::io;
use std::ops::ControlFlow;

use super::index::{Index, Listed};
use super::queue::workers_there;
use super::seat::{Holder, Seat};
use super::summary::Summary;
use crate::home::Home;
use crate::journal::{self, Outcome};
use crate::report;

/// The supervisor, the workers, and how many runs stand where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Who keeps the workers, if the local runtime is up.
    pub supervisor: Option<Holder>,
    /// How many processes take runs from the queue, whoever started them.
    pub workers: usize,
    /// How many runs have each outcome, in the words of a report.
    pub runs: Vec<(&'static str, usize)>,
    /// How many runs have a journal that is damaged, or cannot be read.
    pub damaged: usize,
    /// The runs that somebody has to look at, the newest first.
    pub look: Vec<Look>,
}

/// A run that somebody has to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// What its journal says.
    pub summary: Summary,
    /// Its outcome in the words of a report.
    pub outcome: &'static str,
    /// Its owner, if it is there and has not been heard of for long.
    pub silent: Option<journal::Holder>,
    /// The command that goes on.
    pub next: String,
}

/// What is counted, in the order in which it is shown.
const COUNTED: [&str; 9] = [
    report::QUEUED,
    report::RUNNING,
    "waiting",
    report::STALE,
    "blocked",
    "uncertain",
    "succeeded",
    "failed",
    "cancelled",
];

impl Status {
    /// Looks at everything. What a person should know of the database comes with it.
    ///
    /// # Errors
    /// The folder of runs is there and cannot be read.
    pub fn of(home: &Home) -> io::Result<(Status, Option<String>)> {
        let mut index = Index::open(home);
        let mut status = Status {
            supervisor: Seat::holder(home),
            workers: workers_there(&mut index).len(),
            runs: COUNTED.iter().map(|word| (*word, 0)).collect(),
            ..Status::default()
        };
        index.newest(|listed| {
            match &listed.summary {
                Ok(Some(summary)) => status.count(summary, &listed),
                Ok(None) => {}
                Err(_) => status.damaged += 1,
            }
            ControlFlow::Continue(())
        })?;
        Ok((status, index.news()))
    }

    /// How many processes take runs from the queue of a home.
    #[must_use]
    pub fn workers(home: &Home) -> usize {
        workers_there(&mut Index::open(home)).len()
    }

    fn count(&mut self, summary: &Summary, listed: &Listed) {
        let outcome = summary.outcome(listed.is_running());
        if let Some((_, count)) = self.runs.iter_mut().find(|(word, _)| *word == outcome) {
            *count += 1;
        }
        if outcome == report::STALE || outcome == Outcome::Uncertain.word() {
            self.look.push(Look {
                summary: summary.clone(),
                outcome,
                silent: listed.holder,
                next: summary.next.clone().unwrap_or_default(),
            });
        }
    }

    /// How many of the stale runs have an owner that is there and says nothing.
    #[must_use]
    pub fn stuck(&self) -> usize {
        let stale = self.look.iter().filter(|it| it.outcome == report::STALE);
        stale.filter(|it| it.silent.is_some()).count()
    }
}
