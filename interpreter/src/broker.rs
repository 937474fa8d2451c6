//! The one way from an action to the world. Every access is asked for here first.

mod checkouts;
mod commands;
mod conversation;
mod environment;
mod files;
mod gate;
mod git;
mod harvest;
mod heard;
mod installed;
mod limits;
mod machine;
mod models;
mod pages;
mod parts;
mod remote;
mod spending;
mod visible;
mod waits;
mod web;

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tau_lang::authority::{Decision, Holder, Rules, grant_line, limited_by};
use tau_lang::syntax::tree::Effect;

use self::commands::not_started;
use crate::action::{Failure, FailureKind, FileMode, Missing};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::content::Contents;
use crate::events::Events;
use crate::home::RunDir;
use crate::journal::{Happened, Journal};
use crate::ledger::Ledger;
use crate::mail::Mail;
use crate::models::{Answers, Earlier};
use crate::net::{Network, Refused};
use crate::parts::Parts;
use crate::person::Answer;
use crate::providers::Providers;
use crate::repository::{Edit, Oid, Repository, RepositoryError};
use crate::sandbox::Sandbox;
use crate::secrets::Secrets;
use crate::used::Uses;
use crate::wait::Wait;
use crate::workspace::{Workspace, Worktree};

/// How much of a process's output comes back as text, in bytes. All of it is in its blob.
const TAIL: usize = 16 * 1024;

/// What all steps of a run share.
pub struct World {
    /// The user's repository, only read until a commit is published.
    pub repository: Repository,
    /// The mission's tree.
    pub workspace: Workspace,
    /// The folder that commands run in.
    pub worktree: Worktree,
    /// The run's folder.
    pub dir: RunDir,
    /// Large values.
    pub blobs: Blobs,
    /// What happened.
    pub journal: Journal,
    /// Time and chance.
    pub clock: Clock,
    /// Events that were sent to the run.
    pub mail: Mail,
    /// What the run spends on models.
    pub ledger: Ledger,
    /// The providers of models.
    pub providers: Arc<Providers>,
    /// What models have answered before.
    pub answers: Answers,
    /// What steps of loops gave in earlier rounds.
    pub earlier: Earlier,
    /// What steps that were killed had done.
    pub parts: Parts,
    /// Where what happens is told while it does.
    pub events: Events,
    /// The run's branch.
    pub branch: String,
    /// The date of its commits, in seconds since 1970.
    pub date: i64,
    /// Commits that earlier owners of the run meant to put on the branch.
    pub own: HashSet<Oid>,
    /// The last commit on the branch that this run made.
    pub head: Mutex<Option<Oid>>,
    /// Names of hosts, and whom to believe who they are.
    pub network: Network,
    /// Where processes are started; `None` while it is not known that any will be.
    pub sandbox: Option<Sandbox>,
    /// The environment of started processes.
    pub environment: Vec<(OsString, OsString)>,
    /// What else tau's own environment has that the mission grants.
    pub variables: Vec<(String, OsString)>,
    /// The secrets of the run.
    pub secrets: Arc<Secrets>,
    /// The file of the key with which digests of them are made.
    pub seal: PathBuf,
    /// The folder of the keys that sign.
    pub keys: PathBuf,
    /// Turns `true` when a process is started.
    pub has_started: Arc<AtomicBool>,
}

/// The hands of one attempt of one step.
#[derive(Clone)]
pub struct Broker {
    world: Arc<World>,
    step: String,
    /// The rules of the policies, of the mission and of every mission that led to it; all must
    /// grant.
    rules: Arc<Vec<Rules>>,
    /// When the step must have ended.
    deadline: Option<Instant>,
    /// What a person answered to its question.
    answer: Option<Answer>,
    /// What it waited for when an earlier owner of the run came to it.
    waited: Option<Wait>,
    /// They are those of a part of the step, which somebody has called who is not trusted.
    is_part: bool,
    done: Arc<Mutex<Done>>,
}

/// What an attempt has done so far. It counts only if the attempt succeeds.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// Changes of the tree.
    pub edits: Vec<Edit>,
    /// The bytes of the files that it wrote, and of its output.
    pub contents: Contents,
    /// The commit it made.
    pub commit: Option<Oid>,
    /// Blobs of output.
    pub logs: Vec<String>,
    /// What of the network it asked for and did not get.
    pub refused: Vec<Refused>,
    /// What it did outside.
    pub effect: Option<Happened>,
    /// What it used of what it is granted.
    pub used: Uses,
}

impl Done {
    /// Whether it has done something outside, or committed.
    #[must_use]
    pub fn has_acted(&self) -> bool {
        self.commit.is_some() || self.effect.is_some()
    }
}

impl Broker {
    /// Hands for one attempt of `step`.
    #[must_use]
    pub fn new(
        world: Arc<World>,
        step: &str,
        rules: Arc<Vec<Rules>>,
        deadline: Option<Instant>,
    ) -> Broker {
        Broker {
            world,
            step: step.to_owned(),
            rules,
            deadline,
            answer: None,
            waited: None,
            is_part: false,
            done: Arc::default(),
        }
    }

    /// The same hands, with what a person answered to the step's question.
    #[must_use]
    pub fn answered(mut self, answer: Option<Answer>) -> Broker {
        self.answer = answer;
        self
    }

    /// The same hands, with what the step waited for when an earlier owner came to it.
    #[must_use]
    pub fn waited(mut self, waited: Option<Wait>) -> Broker {
        self.waited = waited;
        self
    }

    /// The same hands, with another deadline.
    #[must_use]
    pub fn until(&self, deadline: Option<Instant>) -> Broker {
        let mut hands = self.clone();
        hands.deadline = deadline;
        hands
    }

    /// Remembers what the attempt has done outside.
    pub fn has_happened(&self, effect: Happened) {
        self.with_done(|done| done.effect = Some(effect));
    }

    /// What the attempt has done.
    #[must_use]
    pub fn done(&self) -> Done {
        self.done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn with_done<T>(&self, change: impl FnOnce(&mut Done) -> T) -> T {
        change(&mut self.done.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether every mission that led here grants it.
    fn allows(&self, effect: Effect, verb: Option<&str>, scope: &str) -> bool {
        self.rules
            .iter()
            .all(|rules| rules.covers(effect, verb, scope))
    }

    /// Whether it would be granted, without using it.
    fn why_not(&self, effect: Effect, scope: &str) -> Result<(), String> {
        for rules in self.rules.iter() {
            match rules.decide(effect, None, scope) {
                Decision::Granted(_) | Decision::Unlimited => {}
                Decision::Denied(rule) => return Err(format!("is what {}", rule.says)),
                Decision::Guarded(kind) => {
                    return Err(format!("is {}, which only its own name grants", kind.what));
                }
                Decision::Missing => return Err("is not granted".to_owned()),
            }
        }
        Ok(())
    }

    /// Whether every mission that led here grants some of it. A policy that says nothing of it does
    /// not limit it.
    fn holds_any(&self, effect: Effect) -> bool {
        self.rules.iter().all(|rules| {
            let unlimited = rules.holder() == Holder::Policy;
            unlimited || rules.first_grant(effect).is_some()
        })
    }

    /// Asks for one thing.
    fn ask(&self, effect: Effect, verb: Option<&str>, scope: &str) -> Result<(), Failure> {
        let Some(NotGranted { why, missing }) = self.refusal(effect, verb, scope) else {
            self.used(effect, verb, scope);
            return Ok(());
        };
        let does = match verb {
            Some(verb) => format!("{verb} on"),
            None => effect.to_string(),
        };
        let grant = missing.grant.clone();
        Err(Failure {
            kind: FailureKind::Blocked(missing),
            code: "authority-missing".to_owned(),
            message: format!("Step `{}` needs to {does} `{scope}`, {why}.", self.step),
            help: grant.map(|line| format!("Add to `authority`: {line}")),
            detail: serde_json::Value::Null,
        })
    }

    /// Who does not grant it, if somebody does not.
    fn refusal(&self, effect: Effect, verb: Option<&str>, scope: &str) -> Option<NotGranted> {
        for (depth, rules) in self.rules.iter().enumerate() {
            let policy = rules.holder() == Holder::Policy;
            let decision = rules.decide(effect, verb, scope);
            let by = match decision {
                Decision::Granted(_) | Decision::Unlimited => continue,
                Decision::Denied(rule) => Some(rule),
                // What a policy leaves out, no line of the mission can grant.
                Decision::Missing if policy => rules.first_grant(effect),
                Decision::Missing | Decision::Guarded(_) => None,
            };
            let why = match (by, decision) {
                (Some(rule), _) => format!("which {}", rule.says),
                (None, Decision::Guarded(kind)) => format!("which {}", kind.says()),
                (None, _) => "which is not granted".to_owned(),
            };
            let missing = Missing {
                effect: verb.map_or(effect.to_string(), |verb| format!("{effect} {verb}")),
                scope: scope.to_owned(),
                limited_by: limited_by(&self.rules, depth).to_owned(),
                limited_at: by.and_then(|rule| rule.place.clone()),
                grant: by.is_none().then(|| grant_line(effect, verb, scope)),
            };
            return Some(NotGranted { why, missing });
        }
        None
    }

    /// Remembers that something which is granted was used: what was asked for here, or what a box
    /// reports of the processes in it.
    pub fn used(&self, effect: Effect, verb: Option<&str>, scope: &str) {
        self.with_done(|done| done.used.add(effect, verb, scope));
    }

    /// The file at `path` with what this attempt staged.
    fn staged(&self, path: &str) -> Result<Option<(FileMode, Oid)>, Failure> {
        let own = self.with_done(|done| {
            let mut last = done.edits.iter().rev();
            last.find(|edit| edit.path == path).map(|edit| edit.to)
        });
        match own {
            Some(held) => Ok(held),
            None => self.world.workspace.entry(path).map_err(repository),
        }
    }

    /// Remembers changes and the bytes of their files: few in the record of the step, many in a
    /// blob, none that the user's repository holds.
    fn stage(&self, edits: Vec<Edit>) -> Result<(), Failure> {
        let World {
            workspace, blobs, ..
        } = &*self.world;
        let store = workspace.store();
        for (path, blob) in edits.iter().filter_map(|it| Some((&it.path, it.to?.1))) {
            let name = blob.to_string();
            let bytes = store.read(&blob).map_err(repository)?;
            self.without_secrets(&bytes, &format!("the file `{path}`"))?;
            if self.with_done(|done| done.contents.take_in(&name, &bytes)) || store.is_stored(&blob)
            {
                continue;
            }
            let kept = blobs.put(&bytes).map_err(not_kept)?;
            self.with_done(|done| done.contents.in_blob(&name, kept));
        }
        self.with_done(|done| done.edits.extend(edits));
        Ok(())
    }

    /// Keeps the output of an attempt whose record will not be that of the step.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep_output(done: Done, blobs: &Blobs) -> Result<(), Failure> {
        let output = done.contents.only(&done.logs);
        output.into_blobs(blobs).map_err(not_kept)
    }

    /// The mission's tree with what this attempt staged.
    fn staged_tree(&self) -> Result<Oid, Failure> {
        let tree = self.world.workspace.tree().map_err(repository)?;
        let edits = self.with_done(|done| done.edits.clone());
        if edits.is_empty() {
            return Ok(tree);
        }
        self.world
            .workspace
            .store()
            .apply(&tree, &edits)
            .map_err(repository)
    }

    /// The longest a command may take here.
    fn time_left(&self, wanted: Duration) -> Duration {
        match self.deadline {
            Some(deadline) => {
                wanted.min(deadline.saturating_duration_since(self.world.clock.instant()))
            }
            None => wanted,
        }
    }

    fn log_file(&self) -> PathBuf {
        let number = self.with_done(|done| done.logs.len());
        match number {
            0 => self.world.dir.log(&self.step),
            number => self.world.dir.log(&format!("{}.{number}", self.step)),
        }
    }
}

/// What is not granted.
struct NotGranted {
    /// A clause behind its name: `which is not granted`.
    why: String,
    missing: Missing,
}

/// A large value that could not be written.
fn not_kept(error: std::io::Error) -> Failure {
    Failure::new(
        "value-not-kept",
        format!("A large value cannot be kept: {error}."),
    )
}

/// What git said, as a failure of a step.
fn repository(error: RepositoryError) -> Failure {
    Failure::new(error.code(), error.to_string())
}
