//! The records of a journal.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tau_lang::policy::PolicyFile;

use super::{ModelAnswered, PartDone};
use crate::action::{Failure, SpendingSaid};
use crate::content::Contents;
use crate::ledger::Amount;
use crate::net::Refused;
use crate::person::{Answer, Person, Question};
use crate::premises::Premises;
use crate::repository::{Base, Edit, Oid};
use crate::sandbox::Tier;
use crate::used::Uses;
use crate::wait::{Sent, Wait};

/// The version of these records. A journal of a newer version is refused, not guessed at.
///
/// Since 2, a record has a sum of its own and tells how many before it are durable. Since 3, there are
/// [`Entry::PartDone`] and [`Entry::SpendingSaid`]; who does not know them can go on with no run that has one.
pub const VERSION: u32 = 3;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its number, from 0.
    pub seq: u64,
    /// With which lease of the run it was written: 1 for the first owner, more for every later one.
    pub epoch: u64,
    /// Wall time, RFC 3339, UTC.
    pub at: String,
    /// Milliseconds since this owner began, from a clock that never jumps.
    pub ms: u64,
    /// How many records were known to be durable when it was written.
    pub synced: u64,
    /// What happened.
    pub entry: Entry,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// The run began. Always the first record.
    Started(Box<Started>),
    /// Another owner goes on with it.
    Resumed {
        /// The mission file's text, when it or a file that it uses changed since.
        text: Option<String>,
        /// The files that it uses then, as in [`FileTexts::used`].
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        used: BTreeMap<String, String>,
        /// The base, when the owner before had found none.
        base: Option<Base>,
        /// Process groups of the owner before that were still alive and were killed.
        killed: Vec<i32>,
        /// The policies that hold from here on, when they are others than before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policies: Option<Vec<PolicyFile>>,
        /// The inputs that have another value from here on.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        inputs: Map<String, Json>,
    },
    /// The box in which commands run from here on.
    Boxed {
        /// How strong it is.
        tier: Tier,
        /// Why each stronger one was not to be had.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        missing: BTreeMap<Tier, String>,
    },
    /// A step is about to do something.
    StepStarted {
        /// The step, with its calls, their attempts, and its rounds: `prove~2/edit#3`.
        step: String,
        /// The dotted name of its action.
        action: String,
        /// From 1.
        attempt: u32,
    },
    /// An attempt of a step or of a call has failed, and that is not all there is to say.
    AttemptFailed {
        /// The step or call.
        step: String,
        /// Which attempt, from 1.
        attempt: u32,
        /// How many may follow; the next one begins when the pause is over. With 0 it was the
        /// last, of a call that took longer than it may.
        left: u32,
        /// How long the pause is, in milliseconds from this record. Chance may have chosen it, so
        /// who goes on with the run waits what is left of it.
        #[serde(default, skip_serializing_if = "is_zero")]
        pause_ms: u64,
        /// The digest of what it rested on.
        key: String,
        /// Why it failed.
        failure: Failure,
        /// What it used of what it is granted.
        #[serde(default, skip_serializing_if = "Uses::is_empty")]
        used: Uses,
        /// What of the network it, or what it had started, asked for and did not get.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        refused: Vec<Refused>,
    },
    /// An outside effect is about to happen; durable before it does.
    Intent {
        /// The step.
        step: String,
        /// What it will do, in words.
        what: String,
        /// The commit that the run's branch will be at, if it is about that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<Oid>,
        /// What is to be looked up when its end is not known, if it is about anything else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outside: Option<Box<Outside>>,
    },
    /// A person has said whether an outside effect has happened.
    Resolved {
        /// The step.
        step: String,
        /// The mark of what was about to happen, as in [`Outside::marker`].
        marker: String,
        /// What they said.
        resolution: Resolution,
    },
    /// A step has asked a person, and waits.
    Asked {
        /// The step.
        step: String,
        /// Its action.
        action: String,
        /// The digest of what the question rests on, as in [`Finished::key`].
        key: String,
        /// What it asks.
        question: Question,
    },
    /// A person has answered.
    Answered {
        /// The step that asked.
        step: String,
        /// The key of the question.
        key: String,
        /// What they said.
        answer: Answer,
    },
    /// A step waits for a date or an event.
    Waits {
        /// The step, or the call that is tried again.
        step: String,
        /// Its action; empty for a call.
        action: String,
        /// The digest of what it rests on, as in [`Finished::key`]; empty for a pause between two
        /// attempts.
        key: String,
        /// For what.
        #[serde(flatten)]
        wait: Wait,
    },
    /// A step is about to call a model.
    Reserved {
        /// The number of the reservation, which no other of the run has.
        reservation: u64,
        /// The step.
        step: String,
        /// The model.
        model: String,
        /// The most that the call takes. It counts until it is settled.
        most: Amount,
    },
    /// What a call of a model has taken.
    Settled {
        /// The number of its reservation.
        reservation: u64,
        /// How much.
        used: Amount,
    },
    /// A program that a step has started says what it has spent.
    SpendingSaid {
        /// The step.
        step: String,
        /// What it says.
        #[serde(flatten)]
        said: SpendingSaid,
    },
    /// The provider of a model has answered. What it has taken is settled with this.
    ModelAnswered(Box<ModelAnswered>),
    /// A step has called another action, and that has ended.
    PartDone(Box<PartDone>),
    /// A step that an earlier owner had finished is done again.
    Again {
        /// The step.
        step: String,
        /// What no longer holds, in words for a list.
        why: Vec<String>,
    },
    /// Somebody has sent an event.
    Sent(Box<Sent>),
    /// An event is handed to a step.
    Received {
        /// The step.
        step: String,
        /// The event's id.
        event: String,
    },
    /// A step has ended.
    StepFinished(Arc<Finished>),
    /// The run has ended.
    Ended {
        /// How.
        outcome: Outcome,
        /// Why, when it did not succeed.
        reason: Option<String>,
        /// What is missing, when it is blocked.
        blocked: Option<Box<Blocked>>,
        /// The mission's outputs, when it succeeded.
        outputs: Map<String, Json>,
        /// When it succeeded, the steps of earlier owners that are no part of that, such as those
        /// of an `on failure` whose failure is mended: what they changed does not count.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left_out: Vec<String>,
    },
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// An outside effect that is about to happen, so that it can be looked up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outside {
    /// The action.
    pub action: String,
    /// The digest of what the step rests on, as in [`Finished::key`].
    pub key: String,
    /// What the run calls it outside.
    pub marker: String,
    /// What the action must know to look it up.
    pub detail: Json,
    /// What the action gives when it has happened, where that is known before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Json>,
}

/// What a person said about an outside effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resolution {
    /// Whether it has happened.
    pub happened: bool,
    /// What the step gives, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Json>,
    /// How they know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Who said it.
    pub by: Person,
    /// When.
    pub at: String,
}

/// What a step has done outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// In words.
    pub what: String,
    /// What the run calls it outside.
    pub marker: String,
    /// It was found there, or a person said so, instead of being done and confirmed now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adopted: bool,
}

/// The name of one attempt of a call; the names of its steps stand behind it: `prove~2/edit`.
#[must_use]
pub fn attempt_of(call: &str, attempt: u32) -> String {
    match attempt {
        1 => call.to_owned(),
        attempt => format!("{call}~{attempt}"),
    }
}

/// The commit that a run works on: known from its beginning, or since an owner has found it.
#[must_use]
pub fn base_of(records: &[Record]) -> Option<Base> {
    records.iter().rev().find_map(|record| match &record.entry {
        Entry::Started(started) => Some(Base {
            commit: started.base?,
            tree: started.tree?,
        }),
        Entry::Resumed { base, .. } => *base,
        _ => None,
    })
}

/// The policies that the last owner of a run was under.
#[must_use]
pub fn policies_of(records: &[Record]) -> &[PolicyFile] {
    let mut last = records.iter().rev();
    let found = last.find_map(|record| match &record.entry {
        Entry::Started(started) => Some(started.policies.as_slice()),
        Entry::Resumed { policies, .. } => policies.as_deref(),
        _ => None,
    });
    found.unwrap_or_default()
}

/// The inputs of a run as they were given last, without those that are secret.
#[must_use]
pub fn inputs_of(records: &[Record]) -> Map<String, Json> {
    let mut inputs = Map::new();
    for record in records {
        match &record.entry {
            Entry::Started(started) => inputs.clone_from(&started.inputs),
            Entry::Resumed { inputs: given, .. } => inputs.extend(given.clone()),
            _ => {}
        }
    }
    inputs
}

/// What a run rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// The run's id.
    pub run: String,
    /// The version of tau.
    pub tau: String,
    /// The mission's name.
    pub mission: String,
    /// The mission file's name, as it was given.
    pub file: String,
    /// Where it is, if it is a file; a library's mission has none.
    pub path: Option<String>,
    /// What it said.
    #[serde(flatten)]
    pub texts: FileTexts,
    /// The inputs as they were given, without those that are secret.
    pub inputs: Map<String, Json>,
    /// Those that are secret: a digest of each, made with a key that is not in the journal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
    /// The repository.
    pub repo: String,
    /// The commit it starts from; none when it could not be found.
    pub base: Option<Oid>,
    /// That commit's tree.
    pub tree: Option<Oid>,
    /// The revision that was asked for.
    pub rev: Option<String>,
    /// The run's own branch.
    pub branch: String,
    /// The date of its commits, in seconds since 1970.
    pub date: i64,
    /// Who started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// The policies that it was started under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<PolicyFile>,
    /// The box that was asked for on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// The run whose recorded answers are used instead of asking models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replays: Option<String>,
}

/// A mission file and the files that it uses, as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTexts {
    /// The mission file's text.
    pub text: String,
    /// The texts of the files that it uses, directly or through others, by their addresses.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub used: BTreeMap<String, String>,
}

/// A step that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finished {
    /// As in [`Entry::StepStarted`].
    pub step: String,
    /// The dotted name of its action; empty for a called mission.
    pub action: String,
    /// How it ended.
    pub state: State,
    /// How often it was tried.
    pub attempts: u32,
    /// Wall time in seconds, all attempts together.
    pub seconds: f64,
    /// The digest of what it rested on: action, arguments and, where it looks at all of it, tree.
    pub key: String,
    /// The parts of that, to tell which of them no longer hold.
    #[serde(default, skip_serializing_if = "Premises::is_empty")]
    pub premises: Premises,
    /// What it used of what it is granted, in the attempt that this tells the end of.
    #[serde(default, skip_serializing_if = "Uses::is_empty")]
    pub used: Uses,
    /// What of the network it, or what it has started, asked for and did not get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// What it gave.
    pub result: Json,
    /// The blob of what it gave, when that is large: then it is not in the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_blob: Option<String>,
    /// What it changed.
    pub edits: Vec<Edit>,
    /// The bytes that its edits and logs name. What is not here is a blob, or was stored as a git
    /// object by an older tau.
    #[serde(default, skip_serializing_if = "Contents::is_empty")]
    pub contents: Contents,
    /// The commit it made.
    pub commit: Option<Oid>,
    /// Blobs of the output of the processes it started, in order.
    pub logs: Vec<String>,
    /// Why it did not succeed.
    pub failure: Option<Failure>,
    /// What it has done outside, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Happened>,
}

impl Finished {
    /// How many outside effects it has had.
    #[must_use]
    pub fn effects(&self) -> u32 {
        u32::from(self.commit.is_some() || self.effect.is_some())
    }
}

impl Finished {
    /// As it is recorded: without what is in a blob.
    #[must_use]
    pub fn stored(self: &Arc<Self>) -> Arc<Self> {
        match self.result_blob {
            Some(_) => Arc::new(Finished {
                result: Json::Null,
                ..(**self).clone()
            }),
            None => self.clone(),
        }
    }

    /// The blobs that it needs.
    pub fn blobs(&self) -> impl Iterator<Item = &str> {
        let logs = self.logs.iter().map(String::as_str);
        let logs = logs.filter(|log| self.contents.get(log).is_none());
        logs.chain(self.contents.blobs())
            .chain(self.result_blob.as_deref())
    }

    /// A step that rests on `key` and has not been tried.
    #[must_use]
    pub fn skipped(step: &str, action: &str, key: &str) -> Finished {
        Finished {
            step: step.to_owned(),
            action: action.to_owned(),
            state: State::Skipped,
            attempts: 0,
            seconds: 0.0,
            key: key.to_owned(),
            premises: Premises::default(),
            used: Uses::default(),
            refused: Vec::new(),
            result: Json::Null,
            result_blob: None,
            edits: Vec::new(),
            contents: Contents::default(),
            commit: None,
            logs: Vec::new(),
            failure: None,
            effect: None,
        }
    }
}

/// The state of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "they are the words of the JSON result")]
pub enum State {
    Pending,
    Running,
    Waiting,
    Succeeded,
    Failed,
    Skipped,
    Blocked,
    Cancelled,
    Uncertain,
}

impl State {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Running => "running",
            State::Waiting => "waiting",
            State::Succeeded => "succeeded",
            State::Failed => "failed",
            State::Skipped => "skipped",
            State::Blocked => "blocked",
            State::Cancelled => "cancelled",
            State::Uncertain => "uncertain",
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "they are the words of the JSON result")]
pub enum Outcome {
    Succeeded,
    Failed,
    Blocked,
    Cancelled,
    Uncertain,
    Waiting,
}

impl Outcome {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Succeeded => "succeeded",
            Outcome::Failed => "failed",
            Outcome::Blocked => "blocked",
            Outcome::Cancelled => "cancelled",
            Outcome::Uncertain => "uncertain",
            Outcome::Waiting => "waiting",
        }
    }
}

/// What a blocked run lacks, all of it at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// `authority`, `verifier`, `tool`, `intake`, `enforcement`, `budget`, `credential`, `gate`.
    pub kind: String,
    /// A stable, short name, such as `verifier-not-found`.
    pub code: String,
    /// One or more sentences.
    pub message: String,
    /// How many outside effects the run had when it was blocked.
    pub mutations: u32,
    /// Each missing thing.
    pub missing: Vec<MissingItem>,
    /// The inputs that would give one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
}

/// The code of a run that an operator has blocked.
pub const OPERATOR_BLOCKED: &str = "operator-blocked";

impl Blocked {
    /// Whether a person holds the run.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.code == OPERATOR_BLOCKED
    }
}

/// One missing thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingItem {
    /// The effect word, such as `write`.
    pub effect: String,
    /// The path, command or ref.
    pub scope: String,
    /// The step that needs it.
    pub step: String,
    /// Where that step stands: `fix.tau:12:9`.
    pub at: String,
    /// What limited it: `mission`, `caller`, `policy`, `machine`.
    pub limited_by: String,
    /// The line of the policy that limited it: `/etc/tau/policy.tau:3:3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_at: Option<String>,
    /// The line that would grant it, where one can.
    pub grant: Option<String>,
}
