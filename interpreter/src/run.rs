//! A run from its beginning, or its resumption, to its outcome.

mod ahead;
mod attempt;
mod call;
mod ended;
mod frame;
mod handlers;
mod outside;
mod outstanding;
mod owner;
mod premises;
mod progress;
mod recorded;
mod refused;
mod repeat;
mod rounds;
mod scheduler;
mod step;
mod tries;
mod waits;
mod within;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use tau_lang::expr::Engine;
use tau_lang::plan::Plan;
use tau_lang::policy::Policies;
use tau_lang::source::SourceMap;
use tokio::sync::watch;
use tracing::Instrument as _;

pub use self::outstanding::{Outlook, name_of, outstanding};
use self::owner::{Owner, Past};
pub use self::scheduler::AT_ONCE;
use crate::action::Action;
use crate::clock::Clock;
use crate::events::Events;
use crate::home::{Home, RunDir};
use crate::journal::{Entry, FileTexts, Outcome, Record, Started, base_of, inputs_of, policies_of};
use crate::models::Replay;
use crate::person::Person;
use crate::providers::Providers;
use crate::report::Report;
use crate::repository::{Base, Repository, RepositoryError};
use crate::sandbox::Tier;
use crate::secrets::{Seal, Secrets};
use crate::{inputs, observe, process, secrets};

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
    /// The policies that hold.
    pub policies: Arc<Policies>,
    /// Time and chance.
    pub clock: Clock,
    /// Where secrets come from, with the secret inputs that were given to go on.
    pub secrets: Arc<Secrets>,
    /// The providers of models.
    pub providers: Arc<Providers>,
    /// Answers of models that another run has recorded, to be used instead of calling any.
    pub replay: Option<Replay>,
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
    /// The inputs as they were given, the secret ones too.
    pub inputs: Map<String, Json>,
    /// A folder in the repository.
    pub repo: PathBuf,
    /// The revision to start from; HEAD when there is none.
    pub rev: Option<String>,
    /// The date of its commits, in seconds since 1970; now when there is none.
    pub date: Option<i64>,
    /// The box of what it starts; the strongest that the machine makes when there is none.
    pub tier: Option<Tier>,
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

async fn begin(setup: Setup, mut order: Order) -> Result<Begun, RunError> {
    let secrets = &setup.secrets;
    let taken = secrets.take(&setup.plan, &mut order.inputs);
    taken.map_err(RunError::Inputs)?;
    owner::fill(&setup).await;
    let all = secrets::with_inputs(&order.inputs, secrets);
    inputs::bind(&setup.plan, &all, &setup.engine).map_err(RunError::Inputs)?;
    let digests = match secrets.has_inputs() {
        false => BTreeMap::new(),
        true => {
            let seal = Seal::open(&setup.home.seal()).map_err(|error| {
                RunError::Store(format!(
                    "the key of secrets `{}` cannot be used: {error}",
                    setup.home.seal().display()
                ))
            })?;
            secrets.input_digests(&seal)
        }
    };
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
        secrets: digests,
        repo: repo.to_string_lossy().into_owned(),
        base: base.as_ref().ok().map(|base| base.commit),
        tree: base.as_ref().ok().map(|base| base.tree),
        rev: order.rev,
        branch: format!("tau/{}-{id}", setup.plan.mission),
        date,
        by: Some(Person::here()),
        policies: setup.policies.files().to_vec(),
        tier: order.tier,
        replays: setup.replay.as_ref().map(|replay| replay.run.clone()),
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
    let changed = Changed {
        texts: changed,
        inputs: Map::new(),
    };
    resume_behind(setup, dir, changed, None).await
}

/// What of a run is not as it was when somebody goes on with it.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// What the mission file and those that it uses say now, if that is something else.
    pub texts: Option<FileTexts>,
    /// The inputs that have another value, without those that are secret.
    pub inputs: Map<String, Json>,
}

/// As [`resume`], if the journal still has `behind` records. Of several who have seen the same run
/// one goes on with it, also when it has ended before the others come.
///
/// # Errors
/// As [`resume`]; [`RunError::Elsewhere`].
pub async fn resume_behind(
    setup: Setup,
    dir: RunDir,
    changed: Changed,
    behind: Option<u64>,
) -> Result<Report, RunError> {
    let span = observe::run(&setup.plan.mission);
    go_on(setup, dir, changed, behind).instrument(span).await
}

async fn go_on(
    setup: Setup,
    dir: RunDir,
    changed: Changed,
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
    started.inputs = inputs_of(records);
    started.inputs.extend(changed.inputs.clone());
    let past = Past::of(records);
    // What its records say is no measure: whoever was killed may have begun what it had not written
    // yet. But before anything else it made the run's own objects.
    let killed = match dir.git().exists() {
        false => Vec::new(),
        true => {
            let killed = process::kill_left_over(&dir.processes(), dir.path());
            sweep(dir);
            killed
        }
    };
    let found = Repository::discover(Path::new(&started.repo));
    let has_intended = |record: &Record| matches!(record.entry, Entry::Intent { .. });
    if let Ok(repository) = &found
        && !owner.taken_over
        && records.iter().any(has_intended)
    {
        repository.remove_left_lock(&started.branch);
    }
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
    let (text, used) = match changed.texts {
        Some(FileTexts { text, used }) => (Some(text), used),
        None => (None, BTreeMap::new()),
    };
    let policies = owner.policies();
    let resumed = Entry::Resumed {
        text,
        used,
        base: base.as_ref().ok().copied().filter(|_| known.is_none()),
        killed,
        policies: (policies_of(records) != policies).then(|| policies.to_vec()),
        inputs: changed.inputs,
    };
    owner
        .journal
        .write(resumed)
        .await
        .map_err(RunError::Store)?;
    owner.go(started, found, base, past).await
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
