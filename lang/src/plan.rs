//! A checked mission: what will run, in which order, with which authority.

pub mod compare;
pub mod cost;
pub mod document;
pub mod draw;
pub mod least;
pub mod needs;
mod order;
mod own_files;
mod reach;
mod rounds;
pub mod test;
#[cfg(test)]
pub(crate) mod testing;
mod touches;

use std::sync::Arc;

use petgraph::graph::DiGraph;

use crate::library::{Param, Repeat};
use crate::source::Span;
use crate::syntax::tree::{
    self, Bound, BoxKind, Effect, Expr, Limit, LimitKind, LiteralValue, Need, Retry, Value,
};
use crate::types::{Plain, Type};

pub(crate) use self::order::order;
pub use self::order::{Reason, Thing, Touch};
pub(crate) use self::rounds::{Rounds, rounds_meet};
pub use self::touches::touches;
pub use crate::check::{MAX_AT_ONCE, MAX_RETRIES, MAX_ROUNDS};

/// A checked mission, or an action that is written in tau.
#[derive(Debug)]
pub struct Plan {
    /// Its name.
    pub mission: String,
    /// Which of the two it is.
    pub form: Form,
    /// Its documentation.
    pub doc: String,
    /// Its inputs, in order.
    pub inputs: Vec<Param>,
    /// Its grants and denials, in order.
    pub grants: Vec<Grant>,
    /// Its verifiers, in order.
    pub verifiers: Vec<Verifier>,
    /// What it does.
    pub body: Block,
    /// What it does when a step has failed.
    pub on_failure: Option<Block>,
    /// What it does at the end, however that comes.
    pub finally: Option<Block>,
    /// What it gives.
    pub outputs: Vec<(String, Value, Type)>,
    /// What a step that calls it gets.
    pub result: Type,
    /// Every write that follows a call of it waits for it.
    pub gate: bool,
    /// How much there is of it.
    pub size: Size,
    /// Its place.
    pub at: Span,
}

/// What a plan is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `mission`
    Mission,
    /// `action` with a body.
    Action,
}

impl Form {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Form::Mission => "mission",
            Form::Action => "action",
        }
    }

    /// Where it says what it may do, as it is told to a reader.
    #[must_use]
    pub fn grants(self) -> &'static str {
        match self {
            Form::Mission => "`authority`",
            Form::Action => "the action",
        }
    }
}

impl Plan {
    /// The shortest `time` that the mission grants itself, in milliseconds.
    #[must_use]
    pub fn time_limit(&self) -> Option<u64> {
        self.grants
            .iter()
            .filter(|grant| grant.effect == Effect::Time && !grant.deny)
            .flat_map(|grant| &grant.limits)
            .filter_map(|limit| match (limit.kind, limit.amount.value) {
                (LimitKind::Time, LiteralValue::Duration(millis)) => Some(millis),
                _ => None,
            })
            .min()
    }

    /// All its statements, in the order of the text: what it does, and its handlers.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        let handlers = self.on_failure.iter().chain(&self.finally);
        std::iter::once(&self.body).chain(handlers)
    }
}

/// How much there is of a plan, called missions counted at each call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Statements.
    pub statements: usize,
    /// Edges of its graphs.
    pub orderings: usize,
    /// How deep its missions call each other, also those of other files.
    pub calls: usize,
}

impl Block {
    /// Visits every step of it, also those in inner blocks, but none of called missions.
    pub fn each_step<'a>(&'a self, visit: &mut impl FnMut(&'a Node, &'a Step)) {
        for node in &self.nodes {
            if let NodeKind::Step(step) = &node.kind {
                visit(node, step);
            }
            for block in node.kind.blocks() {
                block.each_step(visit);
            }
        }
    }

    /// Visits every call of a mission in it, also those in inner blocks.
    pub fn each_call<'a>(&'a self, visit: &mut impl FnMut(&'a Call)) {
        for node in &self.nodes {
            if let NodeKind::Call(call) = &node.kind {
                visit(call);
            }
            for block in node.kind.blocks() {
                block.each_call(visit);
            }
        }
    }

    /// How much there is of it. A called mission's own size was bounded when it was checked.
    pub(crate) fn size(&self) -> Size {
        let mut size = Size {
            statements: self.nodes.len(),
            orderings: self.graph.edge_count(),
            calls: 0,
        };
        for node in &self.nodes {
            let inner = match &node.kind {
                NodeKind::Let(_) | NodeKind::Step(_) => continue,
                NodeKind::Call(call) => vec![Size {
                    calls: call.plan.size.calls + 1,
                    ..call.plan.size
                }],
                NodeKind::If {
                    then, otherwise, ..
                } => vec![then.size(), otherwise.size()],
                // Every round is a copy of its own.
                NodeKind::For(it) => vec![it.body.size().times(it.bound)],
                NodeKind::Repeat { body, .. } => vec![body.size()],
            };
            for inner in inner {
                size = size.plus(inner);
            }
        }
        size
    }
}

impl Size {
    pub(crate) fn plus(self, other: Size) -> Size {
        Size {
            statements: self.statements.saturating_add(other.statements),
            orderings: self.orderings.saturating_add(other.orderings),
            calls: self.calls.max(other.calls),
        }
    }

    fn times(self, rounds: usize) -> Size {
        Size {
            statements: self.statements.saturating_mul(rounds),
            orderings: self.orderings.saturating_mul(rounds),
            calls: self.calls,
        }
    }
}

/// One line of its authority.
#[derive(Clone, Debug)]
pub struct Grant {
    /// A denial.
    pub deny: bool,
    /// What it is about.
    pub effect: Effect,
    /// For git.
    pub verb: Option<String>,
    /// Over the inputs.
    pub scopes: Vec<Value>,
    /// How many of them, at the end, stand behind an `else`.
    pub elses: usize,
    /// Its bounds.
    pub limits: Vec<Limit>,
    /// Its place.
    pub at: Span,
}

impl Grant {
    /// The line as it is written.
    pub(crate) fn of(written: &tree::Grant) -> Grant {
        Grant {
            deny: written.deny,
            effect: written.effect,
            verb: written.verb.as_ref().map(|verb| verb.text.clone()),
            scopes: written.scopes.clone(),
            elses: written.elses,
            limits: written.limits.clone(),
            at: written.at.0,
        }
    }
}

/// A verifier, its parts over the inputs.
#[derive(Clone, Debug)]
pub struct Verifier {
    /// Its name.
    pub name: String,
    /// Its command.
    pub run: Value,
    /// Further commands, which decide as well.
    pub also: Vec<Value>,
    /// What no edit may touch.
    pub protect: Vec<Value>,
    /// Its environment.
    pub env: Vec<(String, Value)>,
    /// How long the command may take.
    pub timeout: Option<Value>,
    /// How many runs must agree.
    pub runs: Option<Value>,
    /// What the failure on the base must look like.
    pub red: Option<Value>,
    /// Tests that need not pass any more.
    pub loses: Vec<Value>,
    /// Where its command leaves a report.
    pub report: Option<Value>,
    /// Its command behind the edits.
    pub heldout: Option<Value>,
    /// What only that command sees.
    pub hides: Vec<Value>,
    /// Programs that must be there.
    pub needs: Vec<Value>,
    /// Paths of the user's checkout that its checkouts show.
    pub installed: Vec<Value>,
    /// Its place.
    pub at: Span,
}

/// Statements with the order between them.
#[derive(Debug, Default)]
pub struct Block {
    /// In the order of the text.
    pub nodes: Vec<Node>,
    /// Over the indexes of `nodes`; an edge goes from what is first to what waits.
    pub graph: DiGraph<usize, Reason>,
}

/// One statement.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its name; a block's own is made from its place, such as `repeat at line 12`.
    pub name: String,
    /// The names that it defines, itself and inside.
    pub defines: Vec<String>,
    /// The names it uses that it does not define.
    pub uses: Vec<String>,
    /// The steps it says it comes after.
    pub after: Vec<String>,
    /// What it touches.
    pub touches: Vec<Touch>,
    /// Every write below it waits for it.
    pub gate: bool,
    /// Its place.
    pub at: Span,
}

impl Node {
    /// Whether it is a gate that shows RED with a verifier, and no approval by a person.
    #[must_use]
    pub fn shows_red(&self) -> bool {
        let is_verifier = |ty: &Type| *ty == Type::Plain(Plain::Verifier);
        match &self.kind {
            NodeKind::Step(step) => self.gate && step.args.iter().any(|(_, _, ty)| is_verifier(ty)),
            _ => self.gate,
        }
    }
}

/// See [`Node`].
#[derive(Debug)]
pub enum NodeKind {
    /// A named value.
    Let(Value),
    /// A call of an action.
    Step(Step),
    /// A call of a mission.
    Call(Call),
    /// A condition with its branches.
    If {
        /// The condition.
        condition: Expr,
        /// When it holds.
        then: Block,
        /// When it does not.
        otherwise: Block,
    },
    /// A loop over the items of a list.
    For(For),
    /// A bounded loop.
    Repeat {
        /// How often at most.
        times: Value,
        /// What is repeated.
        body: Block,
        /// When to stop.
        until: Option<Expr>,
    },
}

impl NodeKind {
    /// The blocks in it, in the order of the text.
    #[must_use]
    pub fn blocks(&self) -> Vec<&Block> {
        match self {
            NodeKind::Let(_) | NodeKind::Step(_) | NodeKind::Call(_) => Vec::new(),
            NodeKind::If {
                then, otherwise, ..
            } => vec![then, otherwise],
            NodeKind::For(it) => vec![&it.body],
            NodeKind::Repeat { body, .. } => vec![body],
        }
    }
}

/// A loop over the items of a list. Behind it the names of its body are lists.
#[derive(Debug)]
pub struct For {
    /// What the body calls the item.
    pub name: String,
    /// The list.
    pub items: Value,
    /// The list's type.
    pub list: Type,
    /// How many items there may be.
    pub most: Option<Value>,
    /// How many rounds may run at the same time; one without it.
    pub at_once: Option<Value>,
    /// How many rounds there are at most, as far as the text says it.
    pub bound: usize,
    /// What is done for each item.
    pub body: Block,
    /// Why no two rounds may run at the same time, whatever `at_once` says.
    pub meet: Option<Reason>,
}

/// A call of an action, its arguments by parameter.
#[derive(Debug)]
pub struct Step {
    /// The action's dotted name.
    pub action: String,
    /// Where the text names it.
    pub action_at: Span,
    /// Every given argument and every default, with its type, by parameter name.
    pub args: Vec<(String, Value, Type)>,
    /// What the action's face says it needs, over its parameters.
    pub needs: Vec<Need>,
    /// What one attempt takes and spends at most, as its face says.
    pub bounds: Vec<Bound>,
    /// How often it may be performed.
    pub repeat: Repeat,
    /// What it gives.
    pub result: Type,
    /// Its modifiers.
    pub modifiers: Modifiers,
}

/// A call of a mission.
#[derive(Debug)]
pub struct Call {
    /// The called mission.
    pub plan: Arc<Plan>,
    /// Where the text names it.
    pub action_at: Span,
    /// Every given argument, with its type, by input name.
    pub args: Vec<(String, Value, Type)>,
    /// Its modifiers.
    pub modifiers: Modifiers,
}

/// What a step says about itself.
#[derive(Clone, Debug, Default)]
pub struct Modifiers {
    /// Skipped when this does not hold.
    pub when: Option<Expr>,
    /// How many more times it is tried, and how long to wait before each.
    pub retry: Option<Retry>,
    /// How long it may take.
    pub timeout: Option<Value>,
    /// The weakest box that commands may run in.
    pub least_box: Option<BoxKind>,
    /// The mission goes on when it fails.
    pub may_fail: bool,
}
