//! The queue: which run a worker goes on with next.

use rusqlite::Connection;

use super::db::DbError;
use super::index::{Index, Listed};
use super::present::Present;
use super::sql::workers::Worker;
use super::sql::{claims, runs, schema, tries, workers};
use super::summary::{Standing, Summary};
use crate::control;
use crate::home::{Home, RunDir};
use crate::journal::{Blocked, Outcome};

/// How often a run is tried whose process ends without an end of the run, and how long it is left
/// alone after the first time, in milliseconds. Each pause is twice as long as the one before.
const TRIES: u32 = 5;
const PAUSE: i64 = 1000;

/// How long what one worker has seen in the folder of runs is enough for all, in milliseconds.
const LOOK_AGAIN: i64 = 5000;

/// A worker's place at the queue.
#[derive(Debug)]
pub struct Queue {
    index: Index,
    me: Worker,
}

/// A run that is to be gone on with.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its folder.
    pub dir: RunDir,
    /// How many records its journal had. Who goes on with it does so only behind these: if there
    /// are more, somebody else has been there.
    pub records: u64,
}

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The outcome in the words of a report.
    pub outcome: &'static str,
    /// Its process has ended too often without an end of the run, which was blocked.
    pub given_up: bool,
}

impl Queue {
    /// Joins the queue of a home with so many places for runs.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn join(home: &Home, slots: u32) -> Result<Queue, DbError> {
        let Present { pid, began } = Present::here();
        let mut queue = Queue {
            index: Index::with_db(home)?,
            me: Worker { pid, began, slots },
        };
        queue.sign()?;
        Ok(queue)
    }

    /// What a person should know of the database, once.
    pub fn news(&mut self) -> Option<String> {
        self.index.news()
    }

    /// Notes that this worker is there: the database may be another one by now.
    fn sign(&mut self) -> Result<(), DbError> {
        let me = self.me.clone();
        let known = self.index.db()?.read(workers::all)?;
        if known.contains(&me) {
            return Ok(());
        }
        self.index.db()?.with(|db| workers::put(db, &me))
    }

    /// Looks for runs that the database does not know of, for workers that are gone, and for runs
    /// that nobody runs any more, unless another worker has just done so. `now` is in
    /// milliseconds since 1970.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn look(&mut self, now: i64) -> Result<(), DbError> {
        self.sign()?;
        let last = self.index.db()?.read(schema::looked)?;
        // A clock that was set back is no reason to wait.
        if (0..LOOK_AGAIN).contains(&now.saturating_sub(last)) {
            return Ok(());
        }
        self.look_everywhere(now)
    }

    /// As [`Queue::look`], whoever has looked.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn look_everywhere(&mut self, now: i64) -> Result<(), DbError> {
        self.sign()?;
        self.index.db()?.with(|db| schema::set_looked(db, now))?;
        self.index.refresh().map_err(|error| {
            DbError::Unusable(format!("the folder of runs cannot be read: {error}"))
        })?;
        self.bury()?;
        self.find_lost()?;
        self.find_mail()
    }

    /// Takes back what workers had claimed that are gone.
    fn bury(&mut self) -> Result<(), DbError> {
        let db = self.index.db()?;
        let noted = db.read(|db| {
            let known = workers::all(db)?.into_iter().map(|it| (it.pid, it.began));
            Ok(known.chain(claims::workers(db)?).collect::<Vec<_>>())
        })?;
        for (pid, began) in noted {
            let worker = Present { pid, began };
            if !worker.works() {
                db.with(|db| {
                    claims::remove_of(db, worker.pid, &worker.began)?;
                    workers::remove(db, worker.pid, &worker.began)
                })?;
            }
        }
        Ok(())
    }

    /// Notes which runs have begun and have nobody who runs them.
    fn find_lost(&mut self) -> Result<(), DbError> {
        let begun = self.index.db()?.read(runs::begun)?;
        for id in begun {
            let dir = self.index.home().run(&id);
            // One whose owner is only silent is left to a person: it may have been stopped, with the
            // machine or alone, and go on.
            if dir.is_some_and(|dir| dir.holder().is_none()) {
                self.index.db()?.with(|db| runs::set_lost(db, &id))?;
            }
        }
        Ok(())
    }

    /// Looks again at runs that wait and to which something was sent while their owner was just
    /// ending: it is not in their journals, which are as they were.
    fn find_mail(&mut self) -> Result<(), DbError> {
        let waiting = self.index.db()?.read(runs::waiting)?;
        for id in waiting {
            let dir = self.index.home().run(&id);
            if let Some(dir) = dir.filter(|dir| dir.mail().exists()) {
                self.index.now(dir);
            }
        }
        Ok(())
    }

    /// Claims the oldest run that is due at `now`, in milliseconds since 1970: queued, stale, or
    /// waiting for what has come.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn take(&mut self, now: i64) -> Result<Option<Job>, DbError> {
        let me = self.me.clone();
        let mut after = String::new();
        loop {
            let due = |db: &Connection| runs::due(db, now, &after);
            let Some(id) = self.index.db()?.read(due)? else {
                return Ok(None);
            };
            let claim = |db: &Connection| claims::add(db, &id, me.pid, &me.began);
            if self.index.db()?.with(claim)? {
                if let Some(job) = self.check(&id, now)? {
                    return Ok(Some(job));
                }
                self.give_back(&id)?;
            }
            after = id;
        }
    }

    /// The job that a run is, if its journal says so too.
    fn check(&mut self, id: &str, now: i64) -> Result<Option<Job>, DbError> {
        let Some(dir) = self.index.home().run(id) else {
            self.index.db()?.with(|db| runs::remove(db, id))?;
            return Ok(None);
        };
        let Listed {
            dir,
            summary,
            holder,
        } = self.index.now(dir);
        let due = |it: &Summary| holder.is_none() && it.is_due(now);
        match summary {
            Ok(Some(summary)) if due(&summary) => Ok(Some(Job {
                dir,
                records: summary.records,
            })),
            Ok(Some(_)) => Ok(None),
            // Nobody can go on with it, and its row is not of what is there now.
            Ok(None) | Err(_) => {
                self.index.db()?.with(|db| runs::remove(db, id))?;
                Ok(None)
            }
        }
    }

    /// Gives a job back whose process has ended.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn done(&mut self, job: &Job, now: i64) -> Result<Done, DbError> {
        let mut given_up = false;
        let mut listed = self.index.now(job.dir.clone());
        let id = job.dir.id();
        if let (Ok(Some(summary)), false) = (&listed.summary, listed.holder.is_some())
            && summary.is_due(now)
        {
            let ended = matches!(summary.standing, Standing::Ended(_));
            let times = self.index.db()?.read(|db| tries::times(db, id))?;
            let times = if ended { 0 } else { times + 1 };
            given_up = times >= TRIES && give_up(&job.dir, times);
            if given_up {
                listed = self.index.now(job.dir.clone());
            } else {
                let pause = PAUSE << times.saturating_sub(1).min(TRIES);
                let again = now.saturating_add(pause);
                self.index
                    .db()?
                    .with(|db| tries::put(db, id, times, again))?;
            }
        } else {
            self.index.db()?.with(|db| tries::remove(db, id))?;
        }
        self.give_back(id)?;
        let outcome = match &listed.summary {
            Ok(Some(summary)) => summary.outcome(listed.is_running()),
            Ok(None) | Err(_) => "damaged",
        };
        Ok(Done { outcome, given_up })
    }

    /// Gives a job back for which no process could be started; it is left alone for a moment.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn postpone(&mut self, job: &Job, now: i64) -> Result<(), DbError> {
        let id = job.dir.id();
        let again = now.saturating_add(PAUSE);
        let put = |db: &Connection| tries::put(db, id, tries::times(db, id)?, again);
        self.index.db()?.with(put)?;
        self.give_back(id)
    }

    fn give_back(&mut self, id: &str) -> Result<(), DbError> {
        let Worker { pid, began, .. } = self.me.clone();
        self.index
            .db()?
            .with(|db| claims::remove(db, id, pid, &began))
    }

    /// Leaves the queue. Runs whose processes go on keep their leases, and so their claims are of no
    /// use any more.
    pub fn leave(mut self) {
        let me = self.me.clone();
        let leave = |db: &Connection| {
            claims::remove_of(db, me.pid, &me.began)?;
            workers::remove(db, me.pid, &me.began)
        };
        // Who finds the note later finds its process gone.
        let _ = self.index.db().and_then(|db| db.with(leave));
    }
}

/// Blocks a run whose process ends again and again, so that a person looks at it. Whether that
/// could be recorded.
fn give_up(dir: &RunDir, times: u32) -> bool {
    let why = format!(
        "A worker has tried it {times} times, and its process ended each time without an end of the run."
    );
    let message = format!(
        "{why} What it said is in `{}`.",
        dir.path().join("worker.log").display()
    );
    let blocked = Blocked {
        kind: "tool".to_owned(),
        code: "worker-gave-up".to_owned(),
        message,
        mutations: 0,
        missing: Vec::new(),
        inputs: Vec::new(),
    };
    control::end(dir, Outcome::Blocked, why, Some(blocked)).is_ok()
}

/// Puts a run into the queue of a home, if a worker is there to take it. Whether one is.
///
/// The run is in the queue as it is: that it is queued stands in its journal. This only tells the
/// workers sooner.
#[must_use]
pub fn tell(home: &Home, run: &RunDir) -> bool {
    let mut index = Index::open(home);
    if workers_there(&mut index).is_empty() {
        return false;
    }
    index.now(run.clone());
    true
}

/// The numbers of the processes that take runs from the queue.
pub(super) fn workers_there(index: &mut Index) -> Vec<i32> {
    let known = index.db().and_then(|db| db.read(workers::all));
    let known = known.unwrap_or_default().into_iter();
    known
        .map(|Worker { pid, began, .. }| Present { pid, began })
        .filter(Present::works)
        .map(|it| it.pid)
        .collect()
}
