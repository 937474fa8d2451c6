//! Adds up what statements take: every round, every retry, the branch that takes more.

use std::collections::BTreeSet;

use super::amount::{Amount, Open, Why};
use super::models::{Models, Spending, Spent, Unbounded};
use super::names::Names;
use super::sum::{Factor, Sum};
use crate::check::{MAX_RETRIES, scope_texts};
use crate::expr::{self, Engine};
use crate::format;
use crate::plan::{Block, Call, For, Modifiers, Node, NodeKind, Plan, Step};
use crate::source::Span;
use crate::syntax::tree::{Effect, LimitKind, Need, Value};
use crate::types::{INT, Plain, Type};

const DURATION: Type = Type::Plain(Plain::Duration);

/// What statements may take.
#[derive(Clone, Debug, Default)]
pub(super) struct Cost {
    /// Actions that are performed.
    pub(super) actions: Sum,
    pub(super) millis: Amount,
    pub(super) spent: Spent,
}

impl Cost {
    fn plus(self, other: Cost) -> Cost {
        Cost {
            actions: self.actions.plus(other.actions),
            millis: self.millis.plus(other.millis),
            spent: self.spent.plus(other.spent),
        }
    }

    /// No less than either.
    fn or(self, other: Cost) -> Cost {
        Cost {
            actions: self.actions.or(other.actions),
            millis: self.millis.or(other.millis),
            spent: self.spent.or(other.spent),
        }
    }

    fn times(&self, factor: &Factor) -> Cost {
        Cost {
            actions: self.actions.times(factor),
            millis: self.millis.times(factor),
            spent: self.spent.times(factor),
        }
    }
}

/// Walks over a plan.
pub(super) struct Count<'a> {
    engine: &'a Engine,
    /// Whether numbers are asked for. Whether there is a bound at all is found without them, and
    /// sooner.
    exact: bool,
    /// The names of the calls that lead here.
    path: Vec<String>,
    /// Where the outermost of them stands.
    called_at: Option<Span>,
}

impl<'a> Count<'a> {
    pub(super) fn new(engine: &'a Engine, exact: bool) -> Count<'a> {
        Count {
            engine,
            exact,
            path: Vec::new(),
            called_at: None,
        }
    }

    /// What a mission may take under its own grants, and which steps spend what nothing bounds.
    pub(super) fn mission(&mut self, plan: &Plan, mut names: Names) -> (Cost, Vec<Unbounded>) {
        let mut cost = self.blocks(plan, &mut names);
        cost.millis = cost.millis.capped(plan.time_limit().map(Sum::of));
        let (spent, unbounded) = cost.spent.under(&plan.grants, self.engine, &names.known);
        (Cost { spent, ..cost }, unbounded)
    }

    /// What a mission's statements and both of its handlers may take.
    pub(super) fn blocks(&mut self, plan: &Plan, names: &mut Names) -> Cost {
        plan.blocks().fold(Cost::default(), |total, block| {
            total.plus(self.block(block, names))
        })
    }

    /// What a `let` gives is added to `names`, which are unique in a mission.
    pub(super) fn block(&mut self, block: &Block, names: &mut Names) -> Cost {
        let mut total = Cost::default();
        for node in &block.nodes {
            total = total.plus(self.node(node, names));
        }
        total
    }

    fn node(&mut self, node: &Node, names: &mut Names) -> Cost {
        match &node.kind {
            NodeKind::Let(value) => {
                if self.exact
                    && let Some(json) = names.value(self.engine, value, &Type::Any)
                    && expr::is_small(&json)
                {
                    names.known.insert(node.name.clone(), json);
                }
                if names.is_settled(value, &Type::Any) {
                    names.settled.insert(node.name.clone());
                }
                Cost::default()
            }
            NodeKind::Step(step) => {
                let once = self.step(node, step, names);
                self.retried(node, once, &step.modifiers, names)
            }
            NodeKind::Call(call) => {
                let once = self.call(node, call, names);
                self.retried(node, once, &call.modifiers, names)
            }
            NodeKind::If {
                then, otherwise, ..
            } => {
                let then = self.block(then, names);
                then.or(self.block(otherwise, names))
            }
            NodeKind::For(it) => {
                let rounds = self.rounds(it, names);
                // The item is there before the start if the list is, and is another one in every
                // round. Behind the loop the names of its body are lists.
                let known = names.known.clone();
                let settled = names.is_settled(&it.items, &it.list);
                if settled {
                    names.settled.insert(it.name.clone());
                }
                let cost = self.block(&it.body, names).times(&rounds);
                names.known = known;
                names.settled.remove(&it.name);
                cost
            }
            NodeKind::Repeat { times, body, .. } => {
                let rounds = self.factor(times, names);
                self.block(body, names).times(&rounds)
            }
        }
    }

    fn call(&mut self, node: &Node, call: &Call, names: &Names) -> Cost {
        let plan = &call.plan;
        let inputs = plan.inputs.iter().map(|input| input.name.as_str());
        let mut inner = names.called(inputs, &call.args, self.evaluate());
        inner.add_verifiers(plan, self.evaluate());
        let outermost = self.called_at.is_none();
        self.called_at.get_or_insert(node.at);
        self.path.push(node.name.clone());
        let (mut cost, _) = self.mission(plan, inner);
        self.path.pop();
        if outermost {
            self.called_at = None;
        }
        let timeout = self.timeout(&call.modifiers, names);
        cost.millis = cost.millis.capped(timeout);
        cost
    }

    fn step(&mut self, node: &Node, step: &Step, names: &Names) -> Cost {
        let asked = || step.needs.iter().filter(|need| need.asks);
        let models = || asked().filter(|need| need.effect == Effect::Model);
        // Only what the bounds and models are told by.
        let bounds = step.bounds.iter().map(|bound| &bound.most);
        let told: BTreeSet<String> = bounds
            .chain(models().map(|need| &need.scope))
            .flat_map(expr::names)
            .collect();
        let told = told.iter().map(String::as_str);
        let params = names.called(told, &step.args, self.evaluate());
        let models = models()
            .map(|need| self.models(need, &params))
            .reduce(|all, more| Some(all?.into_iter().chain(more?).collect()))
            // A step that names none of those that it may ask asks none.
            .filter(|models: &Models| models.as_ref().is_none_or(|it| !it.is_empty()));
        let spent = models.map(|models| {
            let spends = |kind, ty| {
                let stated = self.stated(node, step, &params, kind, &ty);
                stated.unwrap_or_else(|| self.unstated(node, step))
            };
            let spending = Spending {
                calls: spends(LimitKind::Calls, INT),
                tokens: spends(LimitKind::Tokens, INT),
                money: spends(LimitKind::Cost, Type::Plain(Plain::Money)),
            };
            Spent::one(models, spending)
        });
        let takes = match self.stated(node, step, &params, LimitKind::Time, &DURATION) {
            Some(takes) => takes,
            None if asked().any(takes_time) => self.unstated(node, step),
            None => Amount::default(),
        };
        Cost {
            actions: Sum::of(1),
            millis: takes.capped(self.timeout(&step.modifiers, names)),
            spent: spent.unwrap_or_default(),
        }
    }

    fn evaluate(&self) -> Option<&'a Engine> {
        self.exact.then_some(self.engine)
    }

    /// The models that a step needs.
    fn models(&self, need: &Need, params: &Names) -> Models {
        let texts = scope_texts(self.engine, &need.scope, &params.known)?;
        Some(texts.into_iter().collect())
    }

    /// What the action says that one attempt takes or spends.
    fn stated(
        &self,
        node: &Node,
        step: &Step,
        params: &Names,
        kind: LimitKind,
        ty: &Type,
    ) -> Option<Amount> {
        let most = &step.bounds.iter().find(|bound| bound.kind == kind)?.most;
        let settled = params.is_settled(most, ty);
        if settled && !self.exact {
            return Some(Amount::default());
        }
        if let Some(number) = params.value(self.engine, most, ty) {
            return number.as_u64().map(|number| Amount::of(Sum::of(number)));
        }
        let names = expr::names(most);
        let unknown = step
            .args
            .iter()
            .filter(|(name, _, _)| names.contains(name) && !params.known.contains_key(name));
        let unknown: Vec<String> = unknown.map(|(_, value, _)| format::value(value)).collect();
        match (settled, unknown.join(", ")) {
            // All of it is known, and it is no number.
            (_, unknown) if unknown.is_empty() => None,
            (true, unknown) => Some(Amount::of(Sum::of(1).times(&Factor::Named(unknown)))),
            (false, unknown) => Some(self.open(node, Why::KnownLater(unknown))),
        }
    }

    fn unstated(&self, node: &Node, step: &Step) -> Amount {
        self.open(node, Why::Unstated(step.action.clone()))
    }

    fn open(&self, node: &Node, why: Why) -> Amount {
        let mut path = self.path.clone();
        path.push(node.name.clone());
        Amount::open(Open {
            step: path.join("/"),
            at: self.called_at.unwrap_or(node.at),
            why,
        })
    }

    /// The `timeout` that is written behind a step or call, if it is there before the start.
    fn timeout(&self, modifiers: &Modifiers, names: &Names) -> Option<Sum> {
        self.duration(modifiers.timeout.as_ref()?, names)
    }

    fn duration(&self, value: &Value, names: &Names) -> Option<Sum> {
        if let Some(known) = names.value(self.engine, value, &DURATION) {
            return known.as_u64().map(Sum::of);
        }
        let settled = names.is_settled(value, &DURATION);
        settled.then(|| Sum::of(1).times(&Factor::Named(format::value(value))))
    }

    fn retried(&self, node: &Node, once: Cost, modifiers: &Modifiers, names: &Names) -> Cost {
        let Some(retry) = &modifiers.retry else {
            return once;
        };
        // A run never tries again more often, whatever the number turns out to be.
        let factor = match names.is_settled(&retry.times, &INT) {
            true => self.factor(&retry.times, names),
            false => Factor::Known(MAX_RETRIES.unsigned_abs()),
        };
        let mut all = once.clone().plus(once.times(&factor));
        if let Some(every) = &retry.every {
            let waits = self.waits(node, every, retry.up_to.as_ref(), &factor, names);
            all.millis = all.millis.plus(waits);
        }
        all
    }

    /// What is waited between attempts, all together.
    fn waits(
        &self,
        node: &Node,
        every: &Value,
        up_to: Option<&Value>,
        times: &Factor,
        names: &Names,
    ) -> Amount {
        let known = |value| names.value(self.engine, value, &DURATION)?.as_u64();
        if let (Some(first), Some(most), Factor::Known(times)) =
            (known(every), up_to.and_then(known), times)
        {
            let times = MAX_RETRIES.unsigned_abs().min(*times);
            let waits = (1..=times).map(|number| backoff(first, most, number));
            return Amount::of(Sum::of(waits.fold(0, u64::saturating_add)));
        }
        let longest = up_to.unwrap_or(every);
        let wait = match self.duration(longest, names) {
            Some(wait) => Amount::of(wait),
            None => self.open(node, Why::KnownLater(format::value(longest))),
        };
        wait.times(times)
    }

    /// How many rounds a loop over a list has: as many as the list is long, and no more than it
    /// says.
    fn rounds(&self, it: &For, names: &Names) -> Factor {
        let items = names.value(self.engine, &it.items, &it.list);
        let length = items.as_ref().and_then(|items| items.as_array());
        let length = length.map(|items| u64::try_from(items.len()).unwrap_or(u64::MAX));
        let most = it.most.as_ref().map(|most| self.factor(most, names));
        match (length, most) {
            (Some(length), Some(Factor::Known(most))) => Factor::Known(length.min(most)),
            (Some(length), _) => Factor::Known(length),
            (None, Some(most)) => most,
            (None, None) => Factor::Named(format!("length of {}", format::value(&it.items))),
        }
    }

    fn factor(&self, value: &Value, names: &Names) -> Factor {
        match names.value(self.engine, value, &INT) {
            Some(number) => Factor::Known(number.as_u64().unwrap_or(0)),
            None => Factor::Named(format::value(value)),
        }
    }
}

/// How long to wait at most before another attempt: `first`, twice as long each time, never more
/// than `most`. All in milliseconds, `number` from 1.
#[must_use]
pub fn backoff(first: u64, most: u64, number: u64) -> u64 {
    let doublings = u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX);
    let grown = 2_u64.checked_pow(doublings);
    let grown = grown.and_then(|times| first.checked_mul(times));
    // Of nothing any number of times is nothing.
    grown.unwrap_or(if first == 0 { 0 } else { most }).min(most)
}

/// Whether what is needed may take any time: what is started, and who is asked.
fn takes_time(need: &Need) -> bool {
    let push = need.verb.as_ref().is_some_and(|verb| verb.text == "push");
    match need.effect {
        Effect::Run | Effect::Net | Effect::Model | Effect::Github => true,
        Effect::Git => push,
        Effect::Env | Effect::Read | Effect::Secret | Effect::Time | Effect::Write => false,
    }
}
