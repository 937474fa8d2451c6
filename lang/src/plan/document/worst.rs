//! The worst case: every branch that costs more, every round, every retry.

mod sum;

use serde::Serialize;

use self::sum::{Factor, Sum};
use super::Program;
use crate::expr::{self, Context, Engine};
use crate::format;
use crate::plan::{Block, Call, Modifiers, Node, NodeKind, Plan, Step};
use crate::syntax::tree::{Effect, LimitKind, LiteralValue, Value};
use crate::types::{INT, Plain, Type};

/// How many statements are counted. Missions that call each other twice at every level would
/// double it with each level.
const MAX_COUNTED: usize = 100_000;

/// How much a plan may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorstCase {
    /// How many actions are performed at most.
    pub calls: Calls,
    /// How long it may take.
    pub time: Time,
    /// What it starts.
    pub programs: Vec<Program>,
}

/// A number of calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// The number, when all bounds are known.
    pub number: Option<u64>,
    /// The number, or a sum over the inputs that it depends on: `2 + 3 × rounds`.
    pub text: String,
}

/// A bound on wall time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Time {
    /// Milliseconds, the least of what is granted and what the steps' timeouts add up to.
    pub bound_ms: Option<u64>,
    /// What bounds it: `time` (the grant) or `timeouts`.
    pub by: Option<&'static str>,
    /// The steps that start something and say no timeout.
    pub open: Vec<String>,
}

/// Counts the worst case of a plan. Its programs are found elsewhere.
pub(super) fn worst_case(plan: &Plan, engine: &Engine, known: &Context) -> WorstCase {
    let mut count = Count {
        engine,
        left: MAX_COUNTED,
        path: Vec::new(),
        open: Vec::new(),
    };
    let cost = count.block(&plan.body, &mut known.clone());
    let complete = count.left > 0;
    let granted = plan
        .grants
        .iter()
        .filter(|grant| grant.effect == Effect::Time && !grant.deny)
        .flat_map(|grant| &grant.limits)
        .filter_map(|limit| match (limit.kind, limit.amount.value) {
            (LimitKind::Time, LiteralValue::Duration(millis)) => Some(millis),
            _ => None,
        })
        .min();
    let timeouts = cost
        .millis
        .number()
        .filter(|_| complete && count.open.is_empty());
    let bounds = [(granted, "time"), (timeouts, "timeouts")];
    let least = bounds
        .into_iter()
        .filter_map(|(millis, by)| Some((millis?, by)))
        .min_by_key(|(millis, _)| *millis);
    WorstCase {
        calls: Calls {
            number: cost.calls.number().filter(|_| complete),
            text: match complete {
                true => cost.calls.to_string(),
                false => format!("more than {MAX_COUNTED}"),
            },
        },
        time: Time {
            bound_ms: least.map(|(millis, _)| millis),
            by: least.map(|(_, by)| by),
            open: count.open,
        },
        programs: Vec::new(),
    }
}

/// What statements may take.
#[derive(Clone, Debug, Default)]
struct Cost {
    calls: Sum,
    millis: Sum,
}

impl Cost {
    fn plus(self, other: Cost) -> Cost {
        Cost {
            calls: self.calls.plus(other.calls),
            millis: self.millis.plus(other.millis),
        }
    }

    fn times(&self, factor: &Factor) -> Cost {
        Cost {
            calls: self.calls.times(factor),
            millis: self.millis.times(factor),
        }
    }

    fn or(self, other: Cost) -> Cost {
        Cost {
            calls: self.calls.or(other.calls),
            millis: self.millis.or(other.millis),
        }
    }
}

struct Count<'a> {
    engine: &'a Engine,
    /// How many more statements are counted.
    left: usize,
    /// The names of the calls that lead here.
    path: Vec<String>,
    /// Steps that start something without a timeout.
    open: Vec<String>,
}

impl Count<'_> {
    /// What a `let` gives is added to `known`; names are unique in a mission.
    fn block(&mut self, block: &Block, known: &mut Context) -> Cost {
        let mut total = Cost::default();
        for node in &block.nodes {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                break;
            }
            if let NodeKind::Let(value) = &node.kind
                && let Some(value) = self.value(value, &Type::Any, known).filter(expr::is_small)
            {
                known.insert(node.name.clone(), value);
            }
            total = total.plus(self.node(node, known));
        }
        total
    }

    fn node(&mut self, node: &Node, known: &mut Context) -> Cost {
        match &node.kind {
            NodeKind::Let(_) => Cost::default(),
            NodeKind::Step(step) => {
                let millis = self.step(node, step, known);
                let once = Cost {
                    calls: Sum::of(1),
                    millis,
                };
                self.retried(&once, &step.modifiers, known)
            }
            NodeKind::Call(call) => {
                let once = self.call(node, call, known);
                self.retried(&once, &call.modifiers, known)
            }
            NodeKind::If {
                then, otherwise, ..
            } => {
                let then = self.block(then, known);
                then.or(self.block(otherwise, known))
            }
            NodeKind::Repeat { times, body, .. } => {
                let rounds = self.factor(times, known);
                self.block(body, known).times(&rounds)
            }
        }
    }

    fn call(&mut self, node: &Node, call: &Call, known: &Context) -> Cost {
        let args = call.args.iter().filter_map(|(name, value, ty)| {
            let value = self.value(value, ty, known)?;
            Some((name.clone(), value))
        });
        let mut inner: Context = args.collect();
        self.path.push(node.name.clone());
        let open = self.open.len();
        let mut cost = self.block(&call.plan.body, &mut inner);
        self.path.pop();
        if let Some(timeout) = &call.modifiers.timeout {
            // It bounds all that the call does.
            self.open.truncate(open);
            cost.millis = self.sum(timeout, &Type::Plain(Plain::Duration), known);
        }
        cost
    }

    /// How long one attempt may take: its timeout, or the durations it is given. What starts
    /// nothing is not counted.
    fn step(&mut self, node: &Node, step: &Step, known: &Context) -> Sum {
        let duration = Type::Plain(Plain::Duration);
        if let Some(timeout) = &step.modifiers.timeout {
            return self.sum(timeout, &duration, known);
        }
        let mut sum = Sum::default();
        let mut bounded = false;
        for (_, value, ty) in &step.args {
            if *ty.bare() == duration {
                sum = sum.plus(self.sum(value, &duration, known));
                bounded = true;
            }
        }
        let starts = |effect| matches!(effect, Effect::Run | Effect::Net | Effect::Model);
        if !bounded
            && step
                .needs
                .iter()
                .any(|need| need.asks && starts(need.effect))
        {
            let mut path = self.path.clone();
            path.push(node.name.clone());
            self.open.push(path.join("/"));
        }
        sum
    }

    fn retried(&self, once: &Cost, modifiers: &Modifiers, known: &Context) -> Cost {
        let Some((times, every)) = &modifiers.retry else {
            return once.clone();
        };
        let mut again = once.clone();
        if let Some(every) = every {
            let wait = self.sum(every, &Type::Plain(Plain::Duration), known);
            again.millis = again.millis.plus(wait);
        }
        once.clone().plus(again.times(&self.factor(times, known)))
    }

    fn factor(&self, value: &Value, known: &Context) -> Factor {
        match self.value(value, &INT, known) {
            Some(number) => Factor::Known(number.as_u64().unwrap_or(0)),
            None => Factor::Named(format::value(value)),
        }
    }

    fn sum(&self, value: &Value, ty: &Type, known: &Context) -> Sum {
        match self.value(value, ty, known).and_then(|it| it.as_u64()) {
            Some(number) => Sum::of(number),
            None => Sum::of(1).times(&Factor::Named(format::value(value))),
        }
    }

    fn value(&self, value: &Value, ty: &Type, known: &Context) -> Option<serde_json::Value> {
        self.engine.known(value, ty, known)
    }
}
