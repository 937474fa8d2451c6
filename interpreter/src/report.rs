//! The result of a run, computed from its records alone: the same while it runs, when it has
//! ended, and years later.

mod steps;
mod waiting;

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use self::steps::Steps;
use self::waiting::can_go_on;
pub use self::waiting::{open, seconds, waits, wake};
use crate::home::RunDir;
use crate::jobs::{Standing, standing};
use crate::journal::{Blocked, Entry, Finished, Happened, Outcome, Record, Started, State};
use crate::ledger;
use crate::net::Refused;
use crate::outside::{Unsettled, unsettled};
use crate::person::Open;
use crate::preflight;
use crate::sandbox::Tier;
use crate::wait::OpenWait;

/// The outcome of a run that is recorded, and of which nothing has begun.
pub const QUEUED: &str = "queued";

/// The outcome of a run that somebody runs.
pub const RUNNING: &str = "running";

/// The outcome of a run that has begun and not ended, and that nobody runs.
pub const STALE: &str = "stale";

/// What `tau apply --json` and `tau show --json` print.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// `tau.run/1`
    pub schema: &'static str,
    /// The run's id.
    pub run: String,
    /// The mission's name.
    pub mission: String,
    /// `succeeded`, `failed`, `blocked`, `cancelled`, `uncertain`, `waiting`; `queued`, `running` or
    /// `stale` before that.
    pub outcome: String,
    /// Why it did not succeed.
    pub reason: Option<String>,
    /// The repository.
    pub repo: String,
    /// The commit it started from.
    pub base: Option<String>,
    /// The run's branch, once it is there.
    pub branch: Option<String>,
    /// The last commit on it.
    pub commit: Option<String>,
    /// The mission's outputs.
    pub outputs: Map<String, Json>,
    /// The level of its proof: `proved`, `tested`, `claimed`.
    pub assurance: Option<String>,
    /// The weakest box in which commands of it ran, if it started any.
    pub tier: Option<Tier>,
    /// The steps in the order in which they began.
    pub steps: Vec<StepReport>,
    /// What is missing.
    pub blocked: Option<Blocked>,
    /// What it asks people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Open>,
    /// What may or may not have happened outside, and a person must say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsettled: Vec<Unsettled>,
    /// The steps that wait for a date or an event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<OpenWait>,
    /// What was spent.
    pub spent: Spent,
    /// The command that goes on.
    pub next: Option<String>,
    /// Where its evidence is.
    pub receipt: Option<String>,
}

/// One step of a [`Report`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepReport {
    /// Its name, with calls and rounds.
    pub name: String,
    /// Its action.
    pub action: String,
    /// See [`State`].
    pub state: State,
    /// How often it was tried.
    pub attempts: u32,
    /// Wall time in seconds.
    pub seconds: f64,
    /// What it gave.
    pub result: Json,
    /// Why it did not succeed.
    pub failure: Option<Json>,
    /// What it has done outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Happened>,
    /// What of the network it, or what it started, asked for and did not get, in its last attempt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// Blobs of the output of what it started.
    pub logs: Vec<String>,
    /// What it changed was taken back: it belongs to an attempt of a call, and another followed, or
    /// it is no part of how the run ended at last.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
    /// Why whoever went on with the run last did it again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<String>,
}

/// What a run has used.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spent {
    /// Wall time of all its owners.
    pub seconds: f64,
    /// Calls of models.
    pub model_calls: u64,
    /// Tokens.
    pub tokens: u64,
    /// Dollars.
    pub usd: f64,
    /// The steps that called models, with what each has spent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<SpentBy>,
    /// What programs that steps have started, such as coding agents, say that they have spent themselves, one for
    /// each start. It is in no sum above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<SaidBy>,
}

/// What one program says that it has spent. Nobody has counted it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SaidBy {
    /// The step that started it.
    pub step: String,
    /// The program.
    pub by: String,
    /// Tokens; `None` if it does not say.
    pub tokens: Option<u64>,
    /// Dollars; `None` if it does not say.
    pub usd: Option<f64>,
}

impl SaidBy {
    fn of(record: &Record) -> Option<SaidBy> {
        let Entry::SpendingSaid { step, said } = &record.entry else {
            return None;
        };
        let usd = |micro_usd| {
            let amount = ledger::Amount {
                micro_usd,
                ..ledger::Amount::default()
            };
            amount.usd()
        };
        Some(SaidBy {
            step: step.clone(),
            by: said.by.clone(),
            tokens: said.tokens,
            usd: said.micro_usd.map(usd),
        })
    }
}

/// What one step has spent on models.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SpentBy {
    /// Its name, without the attempts of the calls that led to it.
    pub step: String,
    /// Calls of models.
    pub model_calls: u64,
    /// Tokens.
    pub tokens: u64,
    /// Dollars.
    pub usd: f64,
}

impl Spent {
    fn of(records: &[Record]) -> Spent {
        let by = ledger::spent(records);
        let all: ledger::Amount = by.iter().map(|it| it.amount).sum();
        Spent {
            seconds: seconds(records),
            model_calls: all.calls,
            tokens: all.tokens,
            usd: all.usd(),
            by: by
                .into_iter()
                .map(|it| SpentBy {
                    step: it.step,
                    model_calls: it.amount.calls,
                    tokens: it.amount.tokens,
                    usd: it.amount.usd(),
                })
                .collect(),
            said: records.iter().filter_map(SaidBy::of).collect(),
        }
    }
}

impl Report {
    /// The report of a run; `None` for a journal without a beginning. `owned` says whether
    /// somebody runs it now.
    #[must_use]
    pub fn new(records: &[Record], owned: bool) -> Option<Report> {
        let Entry::Started(started) = &records.first()?.entry else {
            return None;
        };
        let mut report = Report::empty(started);
        let mut steps = Steps::default();
        let mut ended = false;
        for record in records {
            match &record.entry {
                Entry::Started(_)
                | Entry::Intent { .. }
                | Entry::Answered { .. }
                | Entry::Resolved { .. }
                | Entry::Reserved { .. }
                | Entry::Settled { .. }
                | Entry::SpendingSaid { .. }
                | Entry::ModelAnswered(_)
                | Entry::PartDone(_)
                | Entry::Sent(_)
                | Entry::Received { .. } => {}
                Entry::Boxed { tier, .. } => {
                    report.tier = report.tier.into_iter().chain([*tier]).min();
                }
                Entry::Asked { step, action, .. } => {
                    steps.started(step, action, 1).state = State::Waiting;
                }
                Entry::Again { step, why } => steps.again(step, why),
                Entry::Waits { action, .. } if action.is_empty() => {}
                Entry::Waits { step, action, .. } => steps.waits(step, action),
                Entry::AttemptFailed {
                    step,
                    attempt,
                    left,
                    ..
                } if *left > 0 => steps.taken_back(step, *attempt),
                Entry::AttemptFailed { .. } => {}
                Entry::Resumed { base, .. } => {
                    steps.nothing_again();
                    ended = false;
                    report.reason = None;
                    report.blocked = None;
                    report.base = base
                        .map(|base| base.commit.to_string())
                        .or(report.base.take());
                }
                Entry::StepStarted {
                    step,
                    action,
                    attempt,
                } => {
                    steps.started(step, action, *attempt);
                }
                Entry::StepFinished(finished) => {
                    steps.finished(finished);
                    report.step_finished(finished, started);
                }
                Entry::Ended {
                    outcome,
                    reason,
                    blocked,
                    outputs,
                    left_out,
                } => {
                    ended = true;
                    steps.nothing_runs();
                    steps.left_out(left_out);
                    report.outcome = outcome.word().to_owned();
                    report.reason.clone_from(reason);
                    report.blocked = blocked.as_deref().cloned();
                    report.outputs.clone_from(outputs);
                    report.next = match outcome {
                        Outcome::Succeeded => None,
                        Outcome::Waiting => Some(report.answers(records)),
                        Outcome::Uncertain => Some(report.resolves(records)),
                        _ => Some(preflight::resume(&started.run, blocked.as_deref())),
                    };
                }
            }
        }
        if !ended {
            report.outcome = match standing(records) {
                _ if owned => RUNNING,
                Standing::Queued => QUEUED,
                _ => STALE,
            }
            .to_owned();
            report.next = (!owned).then(|| format!("tau recover {}", started.run));
        }
        report.steps = steps.all;
        report.asks = open(records);
        if ended || !owned {
            report.unsettled = unsettled(records);
        }
        report.waits = waits(records);
        report.spent = Spent::of(records);
        Some(report)
    }

    /// The command that goes on with a run that waits: the answer to its first question, the event
    /// that it waits for, or, when there is nothing more to say, to resume.
    fn answers(&self, records: &[Record]) -> String {
        let run = &self.run;
        match open(records).first() {
            Some(Open { step, question, .. }) if question.wants_text => {
                return format!("tau approve {run} {step} --answer TEXT");
            }
            Some(open) => return format!("tau approve {run} {}", open.step),
            None => {}
        }
        let waits = waits(records);
        let mut events = waits.iter().filter_map(|it| it.wait.event.as_deref());
        match events.next() {
            Some(event) if !can_go_on(records) => format!("tau send {run} {event}"),
            _ => format!("tau resume {run}"),
        }
    }

    /// The command that goes on with a run of which it is not known what it has done: what settles
    /// its first effect, or, when all are settled, to resume.
    fn resolves(&self, records: &[Record]) -> String {
        let run = &self.run;
        match unsettled(records).first() {
            Some(open) => format!("tau resolve {run} {} happened|not-happened", open.step),
            None => format!("tau resume {run}"),
        }
    }

    /// The same with where its receipt is, if it has ended and there is one.
    #[must_use]
    pub fn with_receipt(mut self, dir: &RunDir) -> Report {
        let path = dir.receipt();
        if self.has_ended() && path.is_file() {
            self.receipt = Some(path.to_string_lossy().into_owned());
        }
        self
    }

    /// Whether nobody goes on with it by itself.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        ["succeeded", "failed", "blocked", "cancelled", "uncertain"]
            .contains(&self.outcome.as_str())
    }

    /// The report of a mission that was not started, as a document. It has no run.
    #[must_use]
    pub fn not_started(mission: &str, repo: &str, blocked: Blocked, next: String) -> Json {
        json!({
            "schema": "tau.run/1",
            "run": null,
            "mission": mission,
            "outcome": Outcome::Blocked.word(),
            "reason": blocked.message,
            "repo": repo,
            "base": null,
            "branch": null,
            "commit": null,
            "outputs": {},
            "assurance": null,
            "steps": [],
            "blocked": blocked,
            "spent": Spent::default(),
            "next": next,
            "receipt": null,
        })
    }

    fn empty(started: &Started) -> Report {
        Report {
            schema: "tau.run/1",
            run: started.run.clone(),
            mission: started.mission.clone(),
            outcome: String::new(),
            reason: None,
            repo: started.repo.clone(),
            base: started.base.map(|oid| oid.to_string()),
            branch: None,
            commit: None,
            outputs: Map::new(),
            assurance: None,
            tier: None,
            steps: Vec::new(),
            blocked: None,
            asks: Vec::new(),
            unsettled: Vec::new(),
            waits: Vec::new(),
            spent: Spent::default(),
            next: None,
            receipt: None,
        }
    }

    fn step_finished(&mut self, finished: &Finished, started: &Started) {
        if let Some(commit) = finished.commit {
            self.commit = Some(commit.to_string());
            self.branch = Some(started.branch.clone());
        }
        if let Some(level) = finished.result.get("level").and_then(Json::as_str) {
            self.assurance = Some(level.to_owned());
        }
    }
}
