//! From why a run stopped to its outcome.

use serde_json::{Map, Value as Json};
use tau_lang::plan::Plan;
use tau_lang::syntax::tree::ValueKind;

use super::Setup;
use super::scheduler::Stop;
use crate::action::{FailureKind, Missing};
use crate::journal::{Blocked, MissingItem, Outcome};
use crate::outside::Begun;

/// How a run ends.
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    pub(super) reason: Option<String>,
    pub(super) blocked: Option<Blocked>,
    pub(super) outputs: Map<String, Json>,
    /// As in [`Entry::Ended`](crate::journal::Entry::Ended).
    pub(super) left_out: Vec<String>,
}

impl Ended {
    pub(super) fn blocked(blocked: Blocked) -> Ended {
        Ended {
            outcome: Outcome::Blocked,
            reason: Some(blocked.message.clone()),
            blocked: Some(blocked),
            outputs: Map::new(),
            left_out: Vec::new(),
        }
    }

    pub(super) fn failed(reason: String) -> Ended {
        Ended {
            outcome: Outcome::Failed,
            reason: Some(reason),
            blocked: None,
            outputs: Map::new(),
            left_out: Vec::new(),
        }
    }

    /// As long as outside effects are open, that is how the run ends, unless it only waits.
    pub(super) fn unless_open(&mut self, open: &[Begun]) {
        if open.is_empty() || matches!(self.outcome, Outcome::Uncertain | Outcome::Waiting) {
            return;
        }
        let sentences = open.iter().map(|it| {
            let (step, what) = (&it.step, &it.what);
            format!("It is not known whether step `{step}` has happened: {what}.")
        });
        let all: Vec<String> = self.reason.take().into_iter().chain(sentences).collect();
        *self = Ended {
            outcome: Outcome::Uncertain,
            ..Ended::failed(all.join(" "))
        };
    }

    /// Of a run that stopped; `longest` says what took its time.
    pub(super) fn stopped(
        stop: Stop,
        setup: &Setup,
        mutations: u32,
        longest: Option<String>,
    ) -> Ended {
        match stop {
            Stop::Cancelled => Ended {
                outcome: Outcome::Cancelled,
                reason: Some("It was cancelled.".to_owned()),
                blocked: None,
                outputs: Map::new(),
                left_out: Vec::new(),
            },
            Stop::Waiting { step, why } => Ended {
                outcome: Outcome::Waiting,
                reason: Some(format!("step `{step}` waits {why}")),
                blocked: None,
                outputs: Map::new(),
                left_out: Vec::new(),
            },
            Stop::Time => Ended::blocked(Blocked {
                kind: "budget".to_owned(),
                code: "time-exhausted".to_owned(),
                message: format!(
                    "The time that {} is used up.{}",
                    who_gives_time(setup),
                    longest.map_or_else(String::new, |told| format!(" {told}"))
                ),
                mutations,
                missing: Vec::new(),
                inputs: Vec::new(),
            }),
            Stop::Step {
                step, at, failure, ..
            } => {
                let message = match &failure.help {
                    // Behind the last lines of an output it would read as one of them.
                    Some(help) if failure.message.contains('\n') => {
                        format!("{}\n{help}", failure.message)
                    }
                    Some(help) => format!("{} {help}", failure.message),
                    None => failure.message.clone(),
                };
                let missing = match failure.kind {
                    FailureKind::Blocked(missing) => missing,
                    FailureKind::Uncertain => {
                        return Ended {
                            outcome: Outcome::Uncertain,
                            ..Ended::failed(format!("step `{step}`: {message}"))
                        };
                    }
                    FailureKind::Failed | FailureKind::Waiting(_) | FailureKind::Until(_) => {
                        return Ended::failed(format!("step `{step}`: {message}"));
                    }
                };
                let kind = match (missing.limited_by.as_str(), missing.effect.as_str()) {
                    _ if failure.code.ends_with("-exhausted") => "budget",
                    (_, "intake") => "intake",
                    (_, "verifier") => "verifier",
                    (_, "gate") => "gate",
                    (_, "credential") | ("machine", "secret") => "credential",
                    ("machine", _) => "tool",
                    _ => "authority",
                };
                // An action may find that several things are missing at once.
                let also = failure.detail.get("also").cloned();
                let also = also.and_then(|also| serde_json::from_value::<Vec<Missing>>(also).ok());
                let inputs = input_of(&setup.plan, &step, &failure.detail);
                // A command may have left behind much that it may not write.
                let all = refused(&failure.detail).unwrap_or_else(|| {
                    let first = std::iter::once(missing);
                    first.chain(also.unwrap_or_default()).collect()
                });
                Ended::blocked(Blocked {
                    kind: kind.to_owned(),
                    code: failure.code,
                    message,
                    mutations,
                    missing: all
                        .into_iter()
                        .map(|missing| MissingItem {
                            effect: missing.effect,
                            scope: missing.scope,
                            step: step.clone(),
                            at: setup.sources.location(at),
                            limited_by: missing.limited_by,
                            limited_at: missing.limited_at,
                            grant: missing.grant,
                        })
                        .collect(),
                    inputs: inputs.into_iter().collect(),
                })
            }
        }
    }
}

/// The input of a mission that is what a step of it lacks as an argument: its failure says for which
/// parameter as `param`.
fn input_of(plan: &Plan, step: &str, detail: &Json) -> Option<String> {
    let param = detail.get("param")?.as_str()?;
    let mut found = None;
    for block in plan.blocks() {
        block.each_step(&mut |node, it| {
            let mut args = it.args.iter();
            let given = args.find(|(name, _, _)| name == param && node.name == step);
            if let Some(ValueKind::Expr(expr)) = given.map(|(_, value, _)| &value.kind) {
                found = Some(expr.source.value.as_str());
            }
        });
    }
    let mut inputs = plan.inputs.iter();
    inputs
        .find(|it| found == Some(&it.name))
        .map(|it| it.name.clone())
}

/// Who gives a run the time that it has, as a clause.
fn who_gives_time(setup: &Setup) -> String {
    let own = setup.plan.time_limit();
    match setup.policies.time_limit() {
        Some((millis, at)) if own.is_none_or(|own| millis < own) => {
            format!("policy `{at}` gives a run")
        }
        _ => "the mission's authority grants".to_owned(),
    }
}

/// All that a step lacks, where its failure tells more than one thing.
fn refused(detail: &Json) -> Option<Vec<Missing>> {
    serde_json::from_value(detail.get("refused")?.clone()).ok()
}
