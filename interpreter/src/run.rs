//! A run from its beginning, or its resumption, to its outcome.

mod attempt;
mod call;
mod ended;
mod frame;
mod handlers;
mod outside;
mod outstanding;
mod premises;
mod progress;
mod recorded;
mod repeat;
mod rounds;
mod scheduler;
mod step;
mod tries;
mod waits;
mod within;

use std::collections::BTreeMap;
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value as Json};
use tau_lang::expr::{Context, Engine};
use tau_lang::plan::Plan;
use tau_lang::plan::needs::{rules, verifier_value};
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::{Effect, LiteralValue};
use tokio::sync::watch;
use tracing::Instrument as _;

use self::ended::Ended;
use self::frame::Frame;
pub use self::outstanding::{Outlook, name_of, outstanding};
use self::recorded::Recorded;
pub use self::scheduler::AT_ONCE;
use self::scheduler::Runner;
use crate::action::Action;
use crate::blobs::Blobs;
use crate::broker::World;
use crate::clock::Clock;
use crate::content::large;
use crate::events::{Event, Events};
use crate::home::{Home, RunDir};
use crate::jobs::{Standing, standing};
use crate::journal::{
    Blocked, Entry, FileTexts, Journal, OpenError, Outcome, Record, Started, Writer, base_of,
};
use crate::ledger::Ledger;
use crate::mail::Mail;
use crate::person::Person;
use crate::report::{self, Report};
use crate::repository::{Base, Repository, RepositoryError, Store};
use crate::workspace::{Workspace, Worktree};
use crate::{inputs, observe, preflight, process};

/// All actions by name.
pub type Actions = HashMap<&'static str, Action>;

/// What a run needs from the program around it.
pub struct Setup {
    /// Where runs are kept.
    pub home: Home,
    /// The checked mission.
    pub plan: Arc<Plan>,
    /// Evaluates its expressions.
    pub engine: Arc<Engine>,
    /// The texts it came from, for places in messages.
    pub sources: Arc<SourceMap>,
    /// What its steps call.
    pub actions: Arc<Actions>,
    /// Those of them that a test performs itself.
    pub scripted: BTreeSet<String>,
    /// How many actions work at the same time: [`AT_ONCE`], or one after the other.
    pub at_once: usize,
    /// Told what happens.
    pub events: Events,
    /// How often the run was told to end: the first time ends its statements, the second also what
    /// `finally` does.
    pub cancel: watch::Receiver<u32>,
    /// Time and chance.
    pub clock: Clock,
    /// The version of tau.
    pub version: &'static str,
}

/// What a new run is asked to do.
pub struct Order {
    /// The mission file's name, as it was given.
    pub file: String,
    /// Where it is, if it is a file.
    pub path: Option<PathBuf>,
    /// What it says.
    pub texts: FileTexts,
    /// The inputs as they were given.
    pub inputs: Map<String, Json>,
    /// A folder in the repository.
    pub repo: PathBuf,
    /// The revision to start from; HEAD when there is none.
    pub rev: Option<String>,
    /// The date of its commits, in seconds since 1970; now when there is none.
    pub date: Option<i64>,
}

/// Why there is no report.
#[derive(Debug)]
pub enum RunError {
    /// Inputs are missing or wrong: one sentence each.
    Inputs(Vec<String>),
    /// The run's folder or journal cannot be used.
    Store(String),
    /// Another process runs it.
    Busy(String),
    /// Somebody else has gone on with it since it was looked at.
    Elsewhere(String),
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RunError::Inputs(all) => f.write_str(&all.join("\n")),
            RunError::Store(why) => f.write_str(why),
            RunError::Busy(run) => write!(f, "run {run} is being run by another process"),
            RunError::Elsewhere(run) => write!(f, "run {run} was gone on with by somebody else"),
        }
    }
}

/// Starts a run and brings it to its outcome.
///
/// # Errors
/// Nothing could even be recorded. Everything else is an outcome in the report.
pub async fn apply(setup: Setup, order: Order) -> Result<Report, RunError> {
    let span = observe::run(&setup.plan.mission);
    start(setup, order).instrument(span).await
}

async fn start(setup: Setup, order: Order) -> Result<Report, RunError> {
    let Begun {
        owner,
        started,
        repository,
        base,
    } = begin(setup, order).await?;
    owner.go(started, repository, base, Past::default()).await
}

/// Records a run and leaves it to whoever [resumes](resume) it.
///
/// # Errors
/// It could not be recorded.
pub async fn submit(setup: Setup, order: Order) -> Result<RunDir, RunError> {
    begin(setup, order).await?.owner.leave()
}

/// A run that has its first record.
struct Begun {
    owner: Owner,
    started: Started,
    repository: Result<Repository, RepositoryError>,
    base: Result<Base, RepositoryError>,
}

async fn begin(setup: Setup, order: Order) -> Result<Begun, RunError> {
    inputs::bind(&setup.plan, &order.inputs, &setup.engine).map_err(RunError::Inputs)?;
    let id = setup.clock.id();
    let date = order.date.unwrap_or_else(|| setup.clock.now().as_second());
    let found = Repository::discover(&order.repo);
    let base = match &found {
        Ok(repository) => repository.base(order.rev.as_deref()),
        Err(error) => Err(error.clone()),
    };
    let repo = match &found {
        Ok(repository) => repository.root().to_owned(),
        Err(_) => order.repo.clone(),
    };
    let started = Started {
        run: id.clone(),
        tau: setup.version.to_owned(),
        mission: setup.plan.mission.clone(),
        file: order.file,
        path: order.path.map(|path| path.to_string_lossy().into_owned()),
        texts: order.texts,
        inputs: order.inputs,
        repo: repo.to_string_lossy().into_owned(),
        base: base.as_ref().ok().map(|base| base.commit),
        tree: base.as_ref().ok().map(|base| base.tree),
        rev: order.rev,
        branch: format!("tau/{}-{id}", setup.plan.mission),
        date,
        by: Some(Person::here()),
    };
    let home = &setup.home;
    let dir = home.create_run(&id).map_err(|error| {
        RunError::Store(format!(
            "the folder of runs `{}` cannot be written: {error}; set TAU_HOME to another one",
            home.root().display()
        ))
    })?;
    let (owner, _) = Owner::open(setup, dir)?;
    owner
        .journal
        .write(Entry::Started(Box::new(started.clone())))
        .await
        .map_err(RunError::Store)?;
    Ok(Begun {
        owner,
        started,
        repository: found,
        base,
    })
}

/// Goes on with a run. `changed` is what the mission file and those that it uses say when that has
/// changed since.
///
/// # Errors
/// Another process runs it, or its journal cannot be used.
pub async fn resume(
    setup: Setup,
    dir: RunDir,
    changed: Option<FileTexts>,
) -> Result<Report, RunError> {
    resume_behind(setup, dir, changed, None).await
}

/// As [`resume`], if the journal still has `behind` records. Of several who have seen the same run
/// one goes on with it, also when it has ended before the others come.
///
/// # Errors
/// As [`resume`]; [`RunError::Elsewhere`].
pub async fn resume_behind(
    setup: Setup,
    dir: RunDir,
    changed: Option<FileTexts>,
    behind: Option<u64>,
) -> Result<Report, RunError> {
    let span = observe::run(&setup.plan.mission);
    go_on(setup, dir, changed, behind).instrument(span).await
}

async fn go_on(
    setup: Setup,
    dir: RunDir,
    changed: Option<FileTexts>,
    behind: Option<u64>,
) -> Result<Report, RunError> {
    let (owner, records) = Owner::open(setup, dir)?;
    let (dir, records) = (&owner.dir, &records);
    if behind.is_some_and(|behind| behind != records.len() as u64) {
        let id = dir.id().to_owned();
        owner.leave()?;
        return Err(RunError::Elsewhere(id));
    }
    let Some(Entry::Started(started)) = records.first().map(|record| &record.entry) else {
        let id = dir.id().to_owned();
        owner.leave()?;
        return Err(RunError::Store(format!(
            "run {id} was killed before its first record; start it again with `tau apply`"
        )));
    };
    let finished = matches!(
        records.last().map(|record| &record.entry),
        Some(Entry::Ended {
            outcome: Outcome::Succeeded,
            ..
        })
    );
    if let (true, Some(report)) = (finished, Report::new(records, false)) {
        owner.leave()?;
        return Ok(report);
    }
    let mut started = (**started).clone();
    let past = Past::of(records);
    let killed = match standing(records) {
        // Nobody has started or left anything.
        Standing::Queued => Vec::new(),
        _ => {
            let killed = process::kill_left_over(&dir.processes(), dir.path());
            sweep(dir);
            killed
        }
    };
    let found = Repository::discover(Path::new(&started.repo));
    let known = base_of(records);
    let base = match (known, &found) {
        (Some(base), _) => Ok(base),
        (None, Ok(repository)) => repository.base(started.rev.as_deref()),
        (None, Err(error)) => Err(error.clone()),
    };
    if let Ok(base) = &base {
        started.base = Some(base.commit);
        started.tree = Some(base.tree);
    }
    let (text, used) = match changed {
        Some(FileTexts { text, used }) => (Some(text), used),
        None => (None, BTreeMap::new()),
    };
    let resumed = Entry::Resumed {
        text,
        used,
        base: base.as_ref().ok().copied().filter(|_| known.is_none()),
        killed,
    };
    owner
        .journal
        .write(resumed)
        .await
        .map_err(RunError::Store)?;
    owner.go(started, found, base, past).await
}

/// What earlier owners of a run have left in its records.
#[derive(Default)]
struct Past {
    recorded: Recorded,
    mail: Mail,
    ledger: Ledger,
    /// How much time they took.
    seconds: f64,
}

impl Past {
    fn of(records: &[Record]) -> Past {
        Past {
            recorded: Recorded::new(records),
            mail: Mail::of(records),
            ledger: Ledger::of(records),
            seconds: report::seconds(records),
        }
    }
}

/// Removes what an owner that died left behind in the folders that only live as long as it, and
/// makes those again that somebody has removed.
fn sweep(dir: &RunDir) {
    for inner in ["trees", "tmp"] {
        crate::workspace::remove(&dir.path().join(inner));
    }
    for inner in ["trees", "tmp", "logs", "processes"] {
        // A folder that cannot be made again shows when a step needs it.
        let _ = std::fs::create_dir_all(dir.path().join(inner));
    }
}

/// How often a run is told to end by `cancel`, or twice at once when somebody else has taken it
/// over: then nothing of it may be done any more.
fn ended_when_lost(
    mut cancel: watch::Receiver<u32>,
    mut lost: watch::Receiver<bool>,
) -> watch::Receiver<u32> {
    let (tell, told) = watch::channel(*cancel.borrow_and_update());
    tokio::spawn(async move {
        let mut is_asked = true;
        loop {
            tokio::select! {
                changed = cancel.changed(), if is_asked => match changed {
                    Ok(()) => drop(tell.send(*cancel.borrow_and_update())),
                    // Nobody is left who could ask.
                    Err(_) => is_asked = false,
                },
                Ok(()) = lost.changed() => {
                    let _ = tell.send(u32::MAX);
                    break;
                }
                () = tell.closed() => break,
            }
        }
    });
    told
}

/// The one process that runs a run.
struct Owner {
    setup: Setup,
    dir: RunDir,
    journal: Journal,
    writer: Writer,
    /// Where the worktree is.
    work: PathBuf,
    /// Whether it has started a process.
    has_started: Arc<AtomicBool>,
}

impl Owner {
    /// Makes this process the owner of a run; also gives what is recorded of it.
    fn open(mut setup: Setup, dir: RunDir) -> Result<(Owner, Vec<Record>), RunError> {
        let opened = Journal::open(dir.store().clone(), dir.id(), &setup.clock);
        let opened = opened.map_err(|error| match error {
            OpenError::Busy => RunError::Busy(dir.id().to_owned()),
            other => RunError::Store(other.to_string()),
        })?;
        observe::begun(dir.id(), opened.epoch);
        setup.cancel = ended_when_lost(setup.cancel, opened.lost);
        // An owner that was only stopped may go on in its worktree until it finds out.
        let work = match opened.taken_over {
            true => format!("work.{}", opened.epoch),
            false => "work".to_owned(),
        };
        let owner = Owner {
            work: dir.path().join(work),
            setup,
            dir,
            journal: opened.journal,
            writer: opened.writer,
            has_started: Arc::default(),
        };
        let mut records = opened.loaded.records;
        let restored = large::restore(&mut records, &Blobs::new(owner.dir.blobs()));
        restored.map_err(|error| RunError::Store(error.to_string()))?;
        Ok((owner, records))
    }

    /// Gives the run back.
    fn leave(self) -> Result<RunDir, RunError> {
        drop(self.journal);
        self.writer.join().map_err(RunError::Store)?;
        Ok(self.dir)
    }

    async fn go(
        self,
        started: Started,
        repository: Result<Repository, RepositoryError>,
        base: Result<Base, RepositoryError>,
        past: Past,
    ) -> Result<Report, RunError> {
        let ended = match (repository, base) {
            (Ok(repository), Ok(base)) => self.on_base(started, repository, base, past).await,
            (Err(error), _) | (_, Err(error)) => Ended::blocked(preflight::no_base(&error)),
        };
        let outcome = ended.outcome;
        let is_as_wished = matches!(outcome, Outcome::Succeeded | Outcome::Waiting);
        if !is_as_wished || self.has_started.load(Ordering::Relaxed) {
            // What was killed in the midst of its work is gone when the end is told, and so is what
            // a command has left in a session of its own. One that has started nothing need not
            // look at all processes of the machine.
            let (notes, folder) = (self.dir.processes(), self.dir.path().to_owned());
            let killing = move || process::kill_left_over(&notes, &folder);
            let _ = tokio::task::spawn_blocking(killing).await;
        }
        let last = Entry::Ended {
            outcome,
            reason: ended.reason,
            blocked: ended.blocked.map(Box::new),
            outputs: ended.outputs,
        };
        self.journal.write(last).await.map_err(RunError::Store)?;
        observe::ended(outcome);
        // Who shows the run may be gone.
        let _ = self.setup.events.send(Event::Ended(outcome));
        let loaded = self.leave()?.load();
        let loaded = loaded.map_err(|error| RunError::Store(error.to_string()))?;
        Report::new(&loaded.records, false)
            .ok_or_else(|| RunError::Store("the journal has no beginning".to_owned()))
    }

    async fn on_base(
        &self,
        started: Started,
        repository: Repository,
        base: Base,
        past: Past,
    ) -> Ended {
        let setup = &self.setup;
        let Past {
            recorded,
            mail,
            ledger,
            seconds,
        } = past;
        let (plan, engine) = (&setup.plan, &setup.engine);
        let mut context = match inputs::bind(plan, &started.inputs, engine) {
            Ok(context) => context,
            Err(wrong) => {
                return Ended::blocked(Blocked {
                    kind: "intake".to_owned(),
                    code: "inputs-changed".to_owned(),
                    message: format!(
                        "The inputs no longer fit the mission: {}.",
                        wrong.join("; ")
                    ),
                    mutations: recorded.effects(),
                    missing: Vec::new(),
                });
            }
        };
        let store = match Store::create(&self.dir.git(), &repository) {
            Ok(store) => Arc::new(store),
            Err(error) => return Ended::failed(format!("{error}")),
        };
        let environment = environment(plan, engine, &context);
        let path = environment
            .iter()
            .find(|(name, _)| name == "PATH")
            .map(|(_, value)| value.clone());
        let blocked = preflight::check(
            plan,
            engine,
            &context,
            &setup.sources,
            preflight::Place {
                base: Some((&repository, &base)),
                path: path.as_deref(),
                scripted: &setup.scripted,
            },
        );
        if let Some(mut blocked) = blocked {
            blocked.mutations = recorded.effects();
            return Ended::blocked(blocked);
        }
        for verifier in &plan.verifiers {
            if let Some(value) = verifier_value(verifier, engine, &context) {
                context.insert(verifier.name.clone(), value);
            }
        }
        context.insert("branch".to_owned(), Json::from(started.branch.clone()));
        let world = World {
            repository,
            workspace: Workspace::new(store.clone(), base),
            worktree: Worktree::new(self.work.clone(), store),
            dir: self.dir.clone(),
            blobs: Blobs::new(setup.home.blobs()),
            journal: self.journal.clone(),
            clock: setup.clock.clone(),
            mail,
            ledger,
            branch: started.branch.clone(),
            date: started.date,
            own: recorded.intended().clone(),
            head: Mutex::new(None),
            environment,
            has_started: self.has_started.clone(),
        };
        let _ = setup.events.send(Event::Began {
            started: Box::new(started),
            reused: recorded.len(),
        });
        self.execute(world, context, recorded, seconds).await
    }

    async fn execute(
        &self,
        world: World,
        context: Context,
        recorded: Recorded,
        seconds: f64,
    ) -> Ended {
        let setup = &self.setup;
        let plan = &setup.plan;
        let rules = rules(plan, &setup.engine, &context);
        let left =
            time_limit(plan).map(|limit| limit.saturating_sub(Duration::from_secs_f64(seconds)));
        let deadline = left.and_then(|left| setup.clock.instant().checked_add(left));
        let runner = Runner::new(setup, Arc::new(world), recorded);
        let frame = Frame::new(plan.clone(), context, rules, deadline);
        let mut ended = match runner.mission(&frame, false).await {
            Ok((_, outputs)) => Ended {
                outcome: Outcome::Succeeded,
                reason: None,
                blocked: None,
                outputs,
            },
            Err(stop) => Ended::stopped(stop, setup, runner.effects()),
        };
        ended.unless_open(&runner.open());
        let sentences = ended.reason.into_iter().chain(frame.said_also());
        ended.reason = sentences.reduce(|all, one| format!("{all} {one}"));
        ended
    }
}

/// What started processes see: the usual variables, and those that the mission grants.
fn environment(plan: &Plan, engine: &Engine, context: &Context) -> Vec<(OsString, OsString)> {
    let mut environment = process::base_environment();
    let granted = rules(plan, engine, context);
    for (name, value) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let named = granted.covers(Effect::Env, None, text);
        if named && !environment.iter().any(|(it, _)| *it == name) {
            environment.push((name, value));
        }
    }
    environment
}

/// The shortest `time` that the mission grants itself.
fn time_limit(plan: &Plan) -> Option<Duration> {
    plan.grants
        .iter()
        .filter(|grant| grant.effect == Effect::Time && !grant.deny)
        .flat_map(|grant| &grant.limits)
        .filter_map(|limit| match limit.amount.value {
            LiteralValue::Duration(millis) => Some(Duration::from_millis(millis)),
            _ => None,
        })
        .min()
}
