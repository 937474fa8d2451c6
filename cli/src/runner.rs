//! Runs and looks at runs: the commands' way to the interpreter.

pub(crate) mod detached;
pub(crate) mod own;
pub(crate) mod pool;
mod screen;
pub(crate) mod summary;
pub(crate) mod supervisor;
pub(crate) mod voice;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tau_interpreter::clock::Clock;
use tau_interpreter::events::{Event, Events};
use tau_interpreter::home::{FindError, Home, RunDir};
use tau_interpreter::jobs::{Index, Listed};
use tau_interpreter::journal::{Blocked, Entry, FileTexts, Holder, Record, Started};
use tau_interpreter::preflight::{self, Asked, Unset};
use tau_interpreter::report::Report;
use tau_interpreter::repository::{Repository, RepositoryError};
use tau_interpreter::run::{self, Actions, Changed, Order, RunError, Setup};
use tau_interpreter::secrets::Redactor;
use tau_lang::expr::Context as Values;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

pub(crate) use self::screen::Screen;
use crate::context::{Context, Form};
use crate::exit::{Exit, Failure};
use crate::home::tau_home;
use crate::machine;
use crate::mission::Loaded;

/// The user's runs.
pub(crate) fn home() -> Result<Home, Failure> {
    tau_home()
        .map(Home::new)
        .map_err(|why| Failure::new(Exit::Blocked, why).help("set TAU_HOME to a folder of yours"))
}

/// Who shows a run while it goes on.
pub(crate) trait Shows {
    /// Shows one event.
    fn show(&mut self, event: Event, context: &mut Context);

    /// The run has ended: what would be in the way of other output goes.
    fn end(&mut self);
}

/// Starts a mission and shows it until it has ended.
pub(crate) fn apply(loaded: &Loaded, context: &mut Context) -> Result<Report, Failure> {
    let mut screen = Screen::new(context);
    apply_on(loaded, &mut screen, context)
}

/// As [`apply`], shown by somebody else.
pub(crate) fn apply_on(
    loaded: &Loaded,
    screen: &mut dyn Shows,
    context: &mut Context,
) -> Result<Report, Failure> {
    let order = order(loaded);
    show(loaded, context, home()?, screen, |setup| {
        run::apply(setup, order)
    })
}

/// As [`apply`], in a home of its own, so that it is none of the user's runs.
pub(crate) fn apply_apart(
    loaded: &Loaded,
    home: Home,
    context: &mut Context,
) -> Result<Report, Failure> {
    let order = order(loaded);
    let mut screen = Screen::new(context);
    show(loaded, context, home, &mut screen, |setup| {
        run::apply(setup, order)
    })
}

/// Records a run of a mission, which somebody else then goes on with.
pub(crate) fn submit(loaded: &Loaded) -> Result<RunDir, Failure> {
    // Nobody watches, and nobody can interrupt it.
    let (events, _) = mpsc::unbounded_channel();
    let (_cancel, cancelled) = watch::channel(0);
    let setup = setup(loaded, home()?, events, cancelled);
    let submitted = runtime()?.block_on(run::submit(setup, order(loaded)));
    submitted.map_err(|error| failure(&error))
}

fn order(loaded: &Loaded) -> Order {
    Order {
        file: loaded.file.clone(),
        path: loaded.path.clone(),
        texts: loaded.texts.clone(),
        inputs: loaded.inputs.clone(),
        repo: loaded.repo.clone(),
        rev: loaded.rev.clone(),
        date: source_date(),
        tier: loaded.tier,
    }
}

/// Goes on with a run and shows it until it has ended; with `behind` only if its journal has so many
/// records.
pub(crate) fn resume(
    loaded: &Loaded,
    dir: RunDir,
    changed: Changed,
    behind: Option<u64>,
    context: &mut Context,
) -> Result<Report, Failure> {
    let mut screen = Screen::new(context);
    resume_on(loaded, dir, (changed, behind), &mut screen, context)
}

/// As [`resume`], shown by somebody else.
pub(crate) fn resume_on(
    loaded: &Loaded,
    dir: RunDir,
    (changed, behind): (Changed, Option<u64>),
    screen: &mut dyn Shows,
    context: &mut Context,
) -> Result<Report, Failure> {
    show(loaded, context, home()?, screen, |setup| {
        run::resume_behind(setup, dir, changed, behind)
    })
}

/// What would block a run now, as far as it can be known without starting one.
pub(crate) fn would_block(loaded: &Loaded, known: &Values) -> Option<Blocked> {
    let found = Repository::discover(&loaded.repo);
    let base = match &found {
        Ok(repository) => repository.base(loaded.rev.as_deref()),
        Err(error) => Err(error.clone()),
    };
    let (repository, base) = match (&found, &base) {
        (Ok(repository), Ok(base)) => (repository, base),
        (Err(error), _) | (_, Err(error)) => return Some(preflight::no_base(error)),
    };
    let path = std::env::var_os("PATH");
    preflight::check(
        &loaded.plan,
        &loaded.engine,
        known,
        &loaded.sources,
        preflight::Place {
            base: Some((repository, base)),
            path: path.as_deref(),
            actions: &actions(),
            scripted: &BTreeSet::new(),
            policies: &loaded.policies,
            secrets: &loaded.secrets,
            providers: &loaded.providers,
            is_replay: loaded.replay.is_some(),
            refused: &|asked| loaded.secrets.look(&asked.name, asked.for_command).err(),
        },
    )
}

/// The secrets that a run asks for only when it is there, and that could not be had now.
pub(crate) fn unset(loaded: &Loaded, known: &Values) -> Vec<Unset> {
    let (plan, policies, engine) = (&loaded.plan, &loaded.policies, &loaded.engine);
    let look = |asked: &Asked| loaded.secrets.look(&asked.name, asked.for_command).err();
    preflight::unset(plan, policies, engine, known, &look)
}

/// All actions by name.
fn actions() -> Actions {
    tau_stdlib::actions()
        .into_iter()
        .map(|action| (action.name, action))
        .collect()
}

/// SOURCE_DATE_EPOCH, which makes builds, and here commits, the same every time
/// (reproducible-builds.org/specs/source-date-epoch).
fn source_date() -> Option<i64> {
    std::env::var("SOURCE_DATE_EPOCH").ok()?.parse().ok()
}

/// How many events are shown at once, and how long the next ones may gather.
const EVENTS: usize = 1024;
const FRAME: Duration = Duration::from_millis(10);

fn show<F>(
    loaded: &Loaded,
    context: &mut Context,
    home: Home,
    screen: &mut dyn Shows,
    start: impl FnOnce(Setup) -> F,
) -> Result<Report, Failure>
where
    F: Future<Output = Result<Report, RunError>> + Send + 'static,
{
    machine::warn_of_missing(loaded, context);
    let (events, mut incoming) = mpsc::unbounded_channel();
    let (cancel, cancelled) = watch::channel(0);
    let setup = setup(loaded, home, events, cancelled);
    let runtime = runtime()?;
    let running = start(setup);
    runtime.block_on(async {
        let mut running = tokio::spawn(running);
        tokio::spawn(cancel_when_asked(cancel));
        let is_stream = context.form() == Form::JsonStream;
        let mut events = Vec::new();
        let mut ended = None;
        while incoming.recv_many(&mut events, EVENTS).await > 0 {
            for event in events.drain(..) {
                screen.show(event, context);
            }
            if ended.is_none() && !is_stream {
                // Nobody reads faster, and to be woken for each event takes the run's time. A
                // program that reads may wait for each.
                ended = tokio::time::timeout(FRAME, &mut running).await.ok();
            }
        }
        screen.end();
        let ended = match ended {
            Some(ended) => ended,
            None => running.await,
        };
        match ended {
            Ok(Ok(report)) => Ok(report),
            Ok(Err(error)) => Err(failure(&error)),
            Err(panic) => Err(Failure::new(
                Exit::Fault,
                Redactor::of_process()
                    .text(&format!("the run has a fault: {panic}"))
                    .into_owned(),
            )),
        }
    })
}

/// What a run needs from this program.
fn setup(loaded: &Loaded, home: Home, events: Events, cancel: watch::Receiver<u32>) -> Setup {
    let actions = actions();
    Setup {
        home,
        plan: loaded.plan.clone(),
        engine: loaded.engine.clone(),
        sources: loaded.sources.clone(),
        actions: Arc::new(actions),
        scripted: BTreeSet::new(),
        at_once: run::AT_ONCE,
        events,
        cancel,
        policies: loaded.policies.clone(),
        clock: Clock::system(),
        secrets: loaded.secrets.clone(),
        providers: loaded.providers.clone(),
        replay: loaded.replay.clone(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// How much stack a thread of the runtime may use, in bytes. Missions call each other 32 deep, and a
/// call takes up to 64 KiB where nothing is optimised. What is not used takes no memory.
const STACK: usize = 16 << 20;

/// What runs work on.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Fault, format!("cannot start: {error}")))
}

/// Tells runs to end each time that a signal asks for it.
pub(crate) async fn cancel_when_asked(cancel: watch::Sender<u32>) {
    count_signals(&cancel).await;
    // Kept, so that a run without signals is never told that nobody can tell it.
    std::future::pending::<()>().await;
}

/// Counts the signals that ask this program to end.
async fn count_signals(cancel: &watch::Sender<u32>) {
    let Ok(mut signals) = EndSignals::new() else {
        return;
    };
    loop {
        signals.next().await;
        cancel.send_modify(|times| *times += 1);
    }
}

/// The signals that ask this program to end.
pub(crate) struct EndSignals([tokio::signal::unix::Signal; 3]);

impl EndSignals {
    /// Listens to them from now on.
    pub(crate) fn new() -> std::io::Result<EndSignals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(EndSignals([
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
        ]))
    }

    /// Waits for the next.
    pub(crate) async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

fn failure(error: &RunError) -> Failure {
    match error {
        RunError::Inputs(_) => Failure::usage(error.to_string()),
        RunError::Store(_) => Failure::new(Exit::Blocked, error.to_string()),
        RunError::Busy(run) => busy(run),
        RunError::Elsewhere(run) => Failure::new(Exit::Blocked, error.to_string())
            .help(format!("see what became of it with `tau show {run}`")),
    }
}

/// A run that only one process at a time may go on with.
pub(crate) fn busy(run: &str) -> Failure {
    let message = RunError::Busy(run.to_owned()).to_string();
    Failure::new(Exit::Blocked, message).help(format!("watch it with `tau logs {run} -f`"))
}

/// A run that was found by its name.
pub(crate) struct Found {
    pub(crate) dir: RunDir,
    pub(crate) records: Vec<Record>,
    /// Who has its lease now.
    pub(crate) holder: Option<Holder>,
    /// How many bytes at the end of its journal are no whole record.
    torn: u64,
}

impl Found {
    /// Says that a crash has torn the last record, if it has. Somebody who runs it may only just be
    /// writing it.
    pub(crate) fn warn_of_torn_end(&self, context: &mut Context) {
        if self.torn > 0 && !self.is_running() {
            let (id, torn) = (self.dir.id(), self.torn);
            context.warn(&format!(
                "a crash has torn the end of the journal of run {id}: {torn} bytes of what was not \
                 written to its end do not count"
            ));
        }
    }

    /// Whether somebody runs it who was heard of lately.
    pub(crate) fn is_running(&self) -> bool {
        self.holder.is_some_and(|holder| !holder.is_stalled())
    }

    /// What it rests on.
    pub(crate) fn started(&self) -> Result<&Started, Failure> {
        match self.records.first().map(|record| &record.entry) {
            Some(Entry::Started(started)) => Ok(started),
            _ => {
                let message = format!("run {} was killed before its first record", self.dir.id());
                Err(Failure::failed(message).help("start it again with `tau apply`"))
            }
        }
    }

    /// What its mission file and those that it uses said when it last ran.
    pub(crate) fn texts(&self) -> Result<FileTexts, Failure> {
        let records = self.records.iter().rev();
        let mut changed = records.filter_map(|record| match &record.entry {
            Entry::Resumed { text, used, .. } => Some(FileTexts {
                text: text.clone()?,
                used: used.clone(),
            }),
            _ => None,
        });
        match changed.next() {
            Some(texts) => Ok(texts),
            None => Ok(self.started()?.texts.clone()),
        }
    }

    /// Its report.
    pub(crate) fn report(&self) -> Result<Report, Failure> {
        self.started()?;
        let report = Report::new(&self.records, self.is_running())
            .ok_or_else(|| Failure::failed("its journal has no beginning"))?;
        Ok(report.with_receipt(&self.dir))
    }
}

/// The run with this id or beginning of one; `@` is the latest of the repository at hand.
pub(crate) fn find(name: &str) -> Result<Found, Failure> {
    open(find_dir(name)?)
}

/// As [`find`], whatever its journal says.
pub(crate) fn find_dir(name: &str) -> Result<RunDir, Failure> {
    let home = home()?;
    let not_found =
        |error: FindError| Failure::usage(error.to_string()).help("`tau runs --all` lists them");
    if name != "@" {
        return home.find(&name.to_lowercase()).map_err(not_found);
    }
    let here = repository_here()?;
    let (mut latest, mut damaged) = (None, None);
    let listed = Index::open(&home).newest(|Listed { dir, summary, .. }| {
        match summary {
            Ok(Some(summary)) if Some(&summary.repo) == here.as_ref() => {
                latest = Some(dir);
                return ControlFlow::Break(());
            }
            Ok(_) => {}
            Err(_) => drop(damaged.get_or_insert(dir)),
        }
        ControlFlow::Continue(())
    });
    let unreadable = |error: std::io::Error| FindError::Unreadable(error.to_string());
    listed.map_err(|error| Failure::failed(unreadable(error).to_string()))?;
    // A journal that cannot be read may be the one that was meant.
    match latest.or(damaged) {
        Some(dir) => Ok(dir),
        None => Err(not_found(FindError::NotFound("@".to_owned()))),
    }
}

/// Reads a run's journal.
pub(crate) fn open(dir: RunDir) -> Result<Found, Failure> {
    let loaded = dir.load();
    let loaded = loaded.map_err(|error| Failure::failed(format!("run {}: {error}", dir.id())))?;
    Ok(Found {
        dir,
        records: loaded.records,
        holder: loaded.holder,
        torn: loaded.torn,
    })
}

/// The root of the repository around the current folder, as runs record it; `None` without one.
///
/// # Errors
/// There is one, and it cannot be read.
pub(crate) fn repository_here() -> Result<Option<String>, Failure> {
    match Repository::discover(Path::new(".")) {
        Ok(repository) => Ok(Some(repository.root().to_string_lossy().into_owned())),
        Err(RepositoryError::NotARepository(_)) => Ok(None),
        Err(error) => Err(Failure::failed(error.to_string())),
    }
}

/// The exit code of a run's outcome.
pub(crate) fn exit(report: &Report) -> Exit {
    match report.outcome.as_str() {
        "succeeded" => Exit::Succeeded,
        "blocked" => Exit::Blocked,
        "cancelled" => Exit::Cancelled,
        "uncertain" => Exit::Uncertain,
        "waiting" => Exit::Waiting,
        _ => Exit::Failed,
    }
}

/// Prints a report in the form that was asked for.
pub(crate) fn print(report: &Report, context: &mut Context) {
    match context.form() {
        Form::Human => {
            let text = summary::text(report);
            context.print(&text);
        }
        Form::Json | Form::JsonStream => context.json(report),
    }
}
