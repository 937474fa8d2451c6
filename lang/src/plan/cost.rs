//! The worst case of a mission: how many actions, how much time, and what is spent on models,
//! when every loop goes all its rounds, every step is tried as often as it may, and of two
//! branches the one that takes more is taken. Bounds come from the faces of actions, the steps'
//! `timeout`s and the grants.

mod amount;
mod count;
mod models;
mod names;
mod sum;
#[cfg(test)]
mod tests;

use serde::Serialize;

use self::amount::Amount;
pub use self::amount::{Open, Why};
use self::count::Count;
pub use self::count::backoff;
use self::names::Names;
use super::{Grant, Plan};
use crate::expr::{Context, Engine};
use crate::policy::Policies;
use crate::syntax::tree::{Effect, LimitKind};

/// How much a plan may take at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorstCase {
    /// Actions that are performed.
    pub calls: Calls,
    /// Wall time.
    pub time: Time,
    /// What is spent on models; absent when no step may ask one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Models>,
}

/// A number of actions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// The number, when all bounds are known and it can be counted.
    pub number: Option<u64>,
    /// The number, or a sum over the inputs that it depends on: `2 + 3 × rounds`.
    pub text: String,
}

/// A bound on wall time, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Time {
    /// The least of what is granted and what the steps may take.
    pub bound_ms: Option<u64>,
    /// What bounds it: `time` (the grant), `policy` or `timeouts` (the steps).
    pub by: Option<&'static str>,
    /// What the steps may take, one after the other, if that is bounded and known.
    pub steps_ms: Option<u64>,
    /// The inputs and others that must be known to tell what the steps may take.
    pub depends: Vec<String>,
    /// The steps that say nothing about their time.
    pub open: Vec<String>,
}

/// Bounds on what is spent on models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Models {
    /// Calls of models.
    pub calls: Spend,
    /// Tokens, in and out.
    pub tokens: Spend,
    /// Money, in millionths of a dollar.
    pub money: Spend,
}

/// A bound on one thing that is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spend {
    /// The least of what the grants allow and what the steps may spend.
    pub bound: Option<u64>,
    /// What the steps may spend by themselves, if that is bounded and known.
    pub steps: Option<u64>,
}

/// A step that may take or spend any amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbounded {
    /// What has no bound: time, tokens or money.
    pub what: LimitKind,
    /// Which step, and why.
    pub step: Open,
    /// The index of the grant that could bound it; none for time.
    pub grant: Option<usize>,
}

/// The worst case of a plan whose inputs have the values in `known`, under the policies that hold.
#[must_use]
pub fn worst_case(plan: &Plan, policies: &Policies, engine: &Engine, known: &Context) -> WorstCase {
    let mut names = Names::at_the_start(plan, Some(engine), known);
    let cost = Count::new(engine, true).blocks(plan, &mut names);
    let by_steps = cost.spent.total.clone();
    let (mut spent, _) = cost.spent.under(&plan.grants, engine, &names.known);
    for granted in policies.grants() {
        let limits = |it: &Grant| it.effect == Effect::Model && !it.deny;
        if granted.iter().any(limits) {
            (spent, _) = spent.under(granted, engine, &names.known);
        }
    }
    let steps_ms = counted(&cost.millis);
    let bounds = [
        (plan.time_limit(), "time"),
        (policies.time_limit().map(|(millis, _)| millis), "policy"),
        (steps_ms, "timeouts"),
    ];
    let least = bounds
        .into_iter()
        .filter_map(|(millis, by)| Some((millis?, by)))
        .min_by_key(|(millis, _)| *millis);
    let spend = |bound: &Amount, steps: &Amount| Spend {
        bound: counted(bound),
        steps: counted(steps),
    };
    let asks = !spent.by_model.is_empty();
    WorstCase {
        calls: Calls {
            number: cost.actions.number().filter(|_| !cost.actions.overflows()),
            text: match cost.actions.overflows() {
                true => format!("more than {}", u64::MAX),
                false => cost.actions.to_string(),
            },
        },
        time: Time {
            bound_ms: least.map(|(millis, _)| millis),
            by: least.map(|(_, by)| by),
            steps_ms,
            depends: cost.millis.sum.names().into_iter().collect(),
            open: cost.millis.open.iter().map(|it| it.step.clone()).collect(),
        },
        models: asks.then(|| Models {
            calls: spend(&spent.total.calls, &by_steps.calls),
            tokens: spend(&spent.total.tokens, &by_steps.tokens),
            money: spend(&spent.total.money, &by_steps.money),
        }),
    }
}

/// The number, unless it is open, not known or more than can be counted.
fn counted(amount: &Amount) -> Option<u64> {
    amount.number().filter(|_| !amount.sum.overflows())
}

/// The steps that nothing bounds, whatever the inputs are, each once.
#[must_use]
pub fn unbounded(plan: &Plan, engine: &Engine) -> Vec<Unbounded> {
    let exact = plan
        .grants
        .iter()
        .any(|grant| grant.effect == Effect::Model);
    let names = Names::at_the_start(plan, exact.then_some(engine), &Context::new());
    let (cost, spending) = Count::new(engine, exact).mission(plan, names);
    let time = cost.millis.open.into_iter().map(|step| Unbounded {
        what: LimitKind::Time,
        step,
        grant: None,
    });
    let spending = spending.into_iter().map(|it| Unbounded {
        what: it.what,
        step: it.step,
        grant: Some(it.grant),
    });
    let mut all: Vec<Unbounded> = Vec::new();
    for one in time.chain(spending) {
        // A retry counts its step again.
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}
