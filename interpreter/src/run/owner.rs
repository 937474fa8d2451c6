//! The one process that runs a run: from the lease to the last record.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value as Json;
use tau_lang::expr::{Context, Engine};
use tau_lang::plan::Plan;
use tau_lang::plan::needs::{rules, verifier_value};
use tau_lang::policy::{Policies, PolicyFile};
use tau_lang::syntax::tree::Effect;
use tokio::sync::watch;

use super::ended::Ended;
use super::frame::Frame;
use super::recorded::Recorded;
use super::scheduler::Runner;
use super::{RunError, Setup};
use crate::blobs::Blobs;
use crate::broker::World;
use crate::content::large;
use crate::events::Event;
use crate::evidence::keys::Keys;
use crate::evidence::receipt::{Planned, Receipt};
use crate::home::RunDir;
use crate::journal::{
    Blocked, Entry, Journal, Loaded, OpenError, Outcome, Record, Started, Writer,
};
use crate::ledger::Ledger;
use crate::mail::Mail;
use crate::models::{Answers, Earlier};
use crate::parts::Parts;
use crate::preflight::Asked;
use crate::report::{self, Report};
use crate::repository::{Base, Repository, RepositoryError, Store};
use crate::sandbox::{Sandbox, Tier};
use crate::secrets::{Refused, with_inputs};
use crate::workspace::{Workspace, Worktree};
use crate::{inputs, observe, preflight, process};

/// The one process that runs a run.
pub(super) struct Owner {
    setup: Setup,
    pub(super) dir: RunDir,
    pub(super) journal: Journal,
    writer: Writer,
    /// Where the worktree is.
    work: PathBuf,
    /// Whether it has started a process.
    has_started: Arc<AtomicBool>,
    /// The owner before was only stopped, and may go on until it finds out.
    pub(super) taken_over: bool,
}

impl Owner {
    /// Makes this process the owner of a run; also gives what is recorded of it.
    pub(super) fn open(mut setup: Setup, dir: RunDir) -> Result<(Owner, Vec<Record>), RunError> {
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
        let setup_secrets = setup.secrets.clone();
        let owner = Owner {
            work: dir.path().join(work),
            setup,
            dir,
            journal: opened.journal.without(setup_secrets.redactor().clone()),
            writer: opened.writer,
            has_started: Arc::default(),
            taken_over: opened.taken_over,
        };
        let mut records = opened.loaded.records;
        let restored = large::restore(&mut records, &Blobs::new(owner.dir.blobs()));
        restored.map_err(|error| RunError::Store(error.to_string()))?;
        Ok((owner, records))
    }

    pub(super) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The policies that hold while this process runs it.
    pub(super) fn policies(&self) -> &[PolicyFile] {
        self.setup.policies.files()
    }

    /// Gives the run back.
    pub(super) fn leave(self) -> Result<RunDir, RunError> {
        drop(self.journal);
        self.writer.join().map_err(RunError::Store)?;
        Ok(self.dir)
    }

    pub(super) async fn go(
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
            left_out: ended.left_out,
        };
        self.journal.write(last).await.map_err(RunError::Store)?;
        observe::ended(outcome);
        // Who shows the run may be gone.
        let _ = self.setup.events.send(Event::Ended(outcome));
        let (plan, engine) = (self.setup.plan.clone(), self.setup.engine.clone());
        let (sources, policies) = (self.setup.sources.clone(), self.setup.policies.clone());
        let keys = self.setup.home.keys();
        let dir = self.leave()?;
        let loaded = dir.load();
        let loaded = loaded.map_err(|error| RunError::Store(error.to_string()))?;
        if outcome != Outcome::Waiting {
            let planned = Planned {
                plan: &plan,
                engine: &engine,
                sources: &sources,
                policies: &policies,
            };
            // How the run has ended does not rest on it, and `tau receipt` makes one that is not
            // there, or says why it cannot.
            if evidence(&dir, &loaded, &planned, &keys).is_err() {
                // One of an earlier end would not be about this one.
                let _ = std::fs::remove_file(dir.receipt());
            }
        }
        let report = Report::new(&loaded.records, false)
            .ok_or_else(|| RunError::Store("the journal has no beginning".to_owned()))?;
        Ok(report.with_receipt(&dir))
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
            answers,
            parts,
            seconds,
        } = past;
        let (plan, engine) = (&setup.plan, &setup.engine);
        fill(setup).await;
        let absent = setup.secrets.absent(plan, &started.secrets);
        if !absent.is_empty() {
            let mut blocked = preflight::absent_inputs(&absent, &setup.sources);
            blocked.mutations = recorded.effects();
            return Ended::blocked(blocked);
        }
        let given = with_inputs(&started.inputs, &setup.secrets);
        let mut context = match inputs::bind(plan, &given, engine) {
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
                    inputs: Vec::new(),
                });
            }
        };
        let store = match Store::create(&self.dir.git(), &repository) {
            Ok(store) => Arc::new(store),
            Err(error) => return Ended::failed(format!("{error}")),
        };
        let environment = process::base_environment();
        let path = environment
            .iter()
            .find(|(name, _)| name == "PATH")
            .map(|(_, value)| value.clone());
        let refused = self.credentials(&context).await;
        let blocked = preflight::check(
            plan,
            engine,
            &context,
            &setup.sources,
            preflight::Place {
                base: Some((&repository, &base)),
                path: path.as_deref(),
                actions: &setup.actions,
                scripted: &setup.scripted,
                policies: &setup.policies,
                secrets: &setup.secrets,
                providers: &setup.providers,
                is_replay: setup.replay.is_some(),
                refused: &|asked| refused.get(asked).cloned(),
            },
        );
        let (sandbox, blocked) = match blocked {
            Some(blocked) => (None, Some(blocked)),
            None => match self.sandbox(started.tier, &environment) {
                Ok(sandbox) => (sandbox, None),
                Err(blocked) => (None, Some(*blocked)),
            },
        };
        for verifier in &plan.verifiers {
            if let Some(value) = verifier_value(verifier, engine, &context) {
                context.insert(verifier.name.clone(), value);
            }
        }
        context.insert("branch".to_owned(), Json::from(started.branch.clone()));
        let variables = variables(plan, &setup.policies, engine, &context);
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
            providers: setup.providers.clone(),
            answers: answers.replaying(setup.replay.as_ref()),
            earlier: Earlier::default(),
            parts,
            events: setup.events.clone(),
            branch: started.branch.clone(),
            date: started.date,
            own: recorded.intended().clone(),
            head: Mutex::new(None),
            network: setup.secrets.network().clone(),
            sandbox,
            environment,
            variables,
            secrets: setup.secrets.clone(),
            seal: setup.home.seal(),
            keys: setup.home.keys(),
            has_started: self.has_started.clone(),
        };
        let frame = self.frame(context, seconds);
        if let Some(mut blocked) = blocked {
            blocked.mutations = recorded.effects();
            return self.explained(world, frame, recorded, blocked).await;
        }
        let _ = setup.events.send(Event::Began {
            started: Box::new(started),
            reused: recorded.len(),
        });
        self.execute(world, frame, recorded).await
    }

    /// Asks for every secret that a step surely needs; gives those that are refused, and why.
    async fn credentials(&self, context: &Context) -> HashMap<Asked, Refused> {
        let Setup {
            plan,
            policies,
            engine,
            secrets,
            scripted,
            ..
        } = &self.setup;
        let mut refused = HashMap::new();
        for asked in preflight::secrets(plan, policies, engine, context, scripted) {
            let answer = match asked.for_command {
                true => secrets.for_command(&asked.name).await,
                false => {
                    let value = secrets.value(&asked.name).await;
                    value.map_err(Refused::Unavailable)
                }
            };
            if let Err(why) = answer {
                refused.insert(asked, why);
            }
        }
        refused
    }

    /// The box for what the plan starts, if it starts anything.
    fn sandbox(
        &self,
        wanted: Option<Tier>,
        environment: &[(OsString, OsString)],
    ) -> Result<Option<Sandbox>, Box<Blocked>> {
        let setup = &self.setup;
        if !preflight::starts(&setup.plan, &setup.scripted) {
            return Ok(None);
        }
        let run = self.dir.path();
        let (found, missing) = match wanted {
            None => Sandbox::strongest(run, environment),
            Some(tier) => match Sandbox::of(tier, run, environment) {
                Ok(sandbox) => (Some(sandbox), BTreeMap::new()),
                Err(missing) => (None, BTreeMap::from([(tier, missing.why())])),
            },
        };
        let Some(sandbox) = found else {
            return Err(Box::new(preflight::no_box(&missing)));
        };
        let (plan, scripted, sources) = (&setup.plan, &setup.scripted, &setup.sources);
        let tier = sandbox.tier();
        let has = (tier, wanted.is_some());
        let blocked = preflight::too_weak(plan, scripted, sources, has, &missing)
            .or_else(|| preflight::no_network(plan, tier, scripted, sources));
        if let Some(blocked) = blocked {
            return Err(Box::new(blocked));
        }
        self.journal.note(Entry::Boxed { tier, missing });
        Ok(Some(sandbox))
    }

    /// The mission under the rules of the policies and its own, with the time that it has left.
    fn frame(&self, context: Context, seconds: f64) -> Frame {
        let Setup {
            plan,
            policies,
            engine,
            clock,
            ..
        } = &self.setup;
        let mut all = policies.rules().to_vec();
        all.push(rules(plan, engine, &context));
        let left = time_limit(plan, policies)
            .map(|limit| limit.saturating_sub(Duration::from_secs_f64(seconds)));
        let deadline = left.and_then(|left| clock.instant().checked_add(left));
        Frame::new(plan.clone(), context, all, deadline)
    }

    async fn execute(&self, world: World, frame: Frame, recorded: Recorded) -> Ended {
        let setup = &self.setup;
        let runner = Runner::new(setup, Arc::new(world), recorded);
        let mut ended = match runner.mission(&frame, false).await {
            Ok((_, outputs)) => Ended {
                outcome: Outcome::Succeeded,
                reason: None,
                blocked: None,
                outputs,
                left_out: runner.left_out(),
            },
            Err(stop) => Ended::stopped(stop, setup, runner.effects(), runner.longest.told()),
        };
        ended.unless_open(&runner.open());
        let sentences = ended.reason.into_iter().chain(frame.said_also());
        ended.reason = sentences.reduce(|all, one| format!("{all} {one}"));
        ended
    }
}

/// What earlier owners of a run have left in its records.
#[derive(Default)]
pub(super) struct Past {
    recorded: Recorded,
    mail: Mail,
    ledger: Ledger,
    answers: Answers,
    parts: Parts,
    /// How much time they took.
    seconds: f64,
}

impl Past {
    pub(super) fn of(records: &[Record]) -> Past {
        Past {
            recorded: Recorded::new(records),
            mail: Mail::of(records),
            ledger: Ledger::of(records),
            answers: Answers::of(records),
            parts: Parts::of(records),
            seconds: report::seconds(records),
        }
    }
}

/// Makes the receipt of a run that has ended, and writes it beside its journal.
fn evidence(
    dir: &RunDir,
    loaded: &Loaded,
    planned: &Planned<'_>,
    keys: &Path,
) -> Result<(), String> {
    let keys = Keys::open(keys)?;
    let receipt = Receipt::make(dir, loaded, planned, &keys)?;
    let written = receipt.write(&dir.receipt());
    written.map_err(|error| error.to_string())
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

/// The variables of tau's own environment that the mission grants to what it starts, and every
/// policy lets pass.
fn variables(
    plan: &Plan,
    policies: &Policies,
    engine: &Engine,
    context: &Context,
) -> Vec<(String, OsString)> {
    let granted = rules(plan, engine, context);
    let all = std::env::vars_os();
    let named = all.filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    named
        .filter(|(name, _)| process::passes(&granted, name))
        .filter(|(name, _)| policies.allow(Effect::Env, None, name))
        .collect()
}

/// Asks the sources of those secret inputs that were not given, where the mission grants itself the
/// secret of that name.
pub(super) async fn fill(setup: &Setup) {
    let Setup {
        plan,
        policies,
        engine,
        secrets,
        ..
    } = setup;
    let granted = rules(plan, engine, &Context::new());
    let grants = |name: &str| {
        granted.covers(Effect::Secret, None, name) && policies.allow(Effect::Secret, None, name)
    };
    secrets.fill(plan, grants).await;
}

/// The shortest `time` that the mission grants itself, or that a policy gives it.
fn time_limit(plan: &Plan, policies: &Policies) -> Option<Duration> {
    let policy = policies.time_limit().map(|(millis, _)| millis);
    let limits = plan.time_limit().into_iter().chain(policy);
    limits.min().map(Duration::from_millis)
}
