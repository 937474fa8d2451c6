//! A worker: runs that are due, several at a time, each in a process of its own.

use std::collections::{BTreeMap, HashMap};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use tau_interpreter::clock::Clock;
use tau_interpreter::jobs::{DbError, Done, Job, Queue};
use tokio::task::JoinSet;

use super::{EndSignals, own};
use crate::exit::{Exit, Failure};

/// How often the queue is looked at.
const TICK: Duration = Duration::from_millis(100);

/// How often it is looked for runs that the queue does not know of, and how long after an error.
const LOOK: Duration = Duration::from_secs(1);

/// When a worker ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// Never.
    Told,
    /// After one run.
    Once,
    /// When nothing is left to run.
    Drained,
}

/// What a worker tells of.
pub(crate) enum News<'a> {
    /// It takes runs from now on.
    Ready,
    /// It has started a process for a run.
    Took(&'a str),
    /// The process of a run has ended.
    Ended {
        run: &'a str,
        done: Done,
        status: Option<ExitStatus>,
    },
    /// Something that a person should know.
    Warning(String),
}

/// What a worker has done.
#[derive(Debug, Default)]
pub(crate) struct Worked {
    /// How many runs had each outcome when their process ended.
    pub(crate) ended: BTreeMap<&'static str, u64>,
    /// The runs that go on by themselves.
    pub(crate) going_on: Vec<String>,
}

/// A worker.
pub(crate) struct Pool<T> {
    queue: Queue,
    slots: usize,
    until: Until,
    /// The process that keeps this one.
    supervisor: Option<i32>,
    tell: T,
    /// Which job each child's task is of.
    running: HashMap<tokio::task::Id, Job>,
    children: JoinSet<std::io::Result<ExitStatus>>,
    worked: Worked,
    taken: u64,
}

impl<T: FnMut(News<'_>)> Pool<T> {
    /// A worker with so many places. `tell` hears of what happens.
    pub(crate) fn new(
        queue: Queue,
        slots: u32,
        until: Until,
        supervisor: Option<i32>,
        tell: T,
    ) -> Pool<T> {
        Pool {
            queue,
            slots: slots as usize,
            until,
            supervisor,
            tell,
            running: HashMap::new(),
            children: JoinSet::new(),
            worked: Worked::default(),
            taken: 0,
        }
    }

    /// Works until it is told to end, or as it was said.
    ///
    /// # Errors
    /// The database cannot be used.
    pub(crate) async fn work(mut self, mut signals: EndSignals) -> Result<Worked, Failure> {
        (self.tell)(News::Ready);
        let mut looked: Option<Instant> = None;
        let mut trouble: Option<DbError> = None;
        loop {
            let turn = self.turn(&mut looked);
            match turn {
                Ok(true) => break,
                Ok(false) => trouble = None,
                Err(error) => {
                    if self.until != Until::Told || matches!(error, DbError::Newer(_)) {
                        return Err(unusable(&error));
                    }
                    // A full disk may be free again later; it is said once.
                    if trouble.as_ref() != Some(&error) {
                        (self.tell)(News::Warning(format!("{error}; it is tried again")));
                    }
                    trouble = Some(error);
                }
            }
            let pause = if trouble.is_some() { LOOK } else { TICK };
            tokio::select! {
                Some(ended) = self.children.join_next_with_id() => {
                    self.ended(ended);
                    while let Some(ended) = self.children.try_join_next_with_id() {
                        self.ended(ended);
                    }
                }
                () = tokio::time::sleep(pause) => {}
                () = signals.next() => break,
            }
        }
        // Whoever runs them is a process of its own, and needs nobody.
        let going_on = self.running.values().map(|job| job.dir.id().to_owned());
        self.worked.going_on = going_on.collect();
        self.worked.going_on.sort();
        self.queue.leave();
        Ok(self.worked)
    }

    /// Takes as much as there is place for. Whether all is done.
    fn turn(&mut self, looked: &mut Option<Instant>) -> Result<bool, DbError> {
        if self.is_orphan() {
            return Ok(true);
        }
        if looked.is_none_or(|at| at.elapsed() >= LOOK) {
            self.queue.look(now())?;
            *looked = Some(Instant::now());
        }
        if let Some(news) = self.queue.news() {
            (self.tell)(News::Warning(news));
        }
        self.fill()?;
        if !self.running.is_empty() || self.until == Until::Told {
            return Ok(false);
        }
        if self.until == Until::Once && self.taken > 0 {
            return Ok(true);
        }
        // What was recorded without a word to the queue counts too.
        self.queue.look_everywhere(now())?;
        self.fill()?;
        Ok(self.running.is_empty())
    }

    fn is_orphan(&self) -> bool {
        let parent = rustix::process::getppid().map(rustix::process::Pid::as_raw_pid);
        self.supervisor.is_some_and(|it| Some(it) != parent)
    }

    fn fill(&mut self) -> Result<(), DbError> {
        while self.running.len() < self.slots && (self.until != Until::Once || self.taken == 0) {
            let Some(job) = self.queue.take(now())? else {
                break;
            };
            self.taken += 1;
            let behind = job.records.to_string();
            let arguments = ["--as-recorded", "--behind", &behind];
            let child = own::resume(&job.dir, arguments)
                .and_then(|command| tokio::process::Command::from(command).spawn());
            match child {
                Ok(mut child) => {
                    (self.tell)(News::Took(job.dir.id()));
                    let task = self.children.spawn(async move { child.wait().await });
                    self.running.insert(task.id(), job);
                }
                Err(error) => {
                    let id = job.dir.id();
                    let message = format!("run {id} cannot be started now: {error}");
                    (self.tell)(News::Warning(message));
                    self.queue.postpone(&job, now())?;
                    break;
                }
            }
        }
        Ok(())
    }

    fn ended(
        &mut self,
        ended: Result<(tokio::task::Id, std::io::Result<ExitStatus>), tokio::task::JoinError>,
    ) {
        let (id, status) = match ended {
            Ok((id, status)) => (id, status.ok()),
            Err(error) => (error.id(), None),
        };
        let Some(job) = self.running.remove(&id) else {
            return;
        };
        match self.queue.done(&job, now()) {
            Ok(done) => {
                *self.worked.ended.entry(done.outcome).or_default() += 1;
                let run = job.dir.id();
                (self.tell)(News::Ended { run, done, status });
            }
            // The journal has it all; whoever looks next finds it there.
            Err(error) => (self.tell)(News::Warning(error.to_string())),
        }
    }
}

/// The time in milliseconds since 1970.
fn now() -> i64 {
    Clock::system().now().as_millisecond()
}

/// There is no queue without the database.
pub(crate) fn unusable(error: &DbError) -> Failure {
    let failure = Failure::new(Exit::Blocked, error.to_string());
    match error {
        DbError::Newer(_) => {
            failure.help("use that tau, or remove the file: nothing is lost with it")
        }
        DbError::Unusable(_) => failure.help("make it writable, or set TAU_HOME to another folder"),
    }
}
