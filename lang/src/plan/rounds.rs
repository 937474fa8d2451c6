//! Whether the rounds of a `for` may run at the same time: only when none touches what another
//! one writes, so that the result is that of running them in order.

use super::{Block, Call, Node, NodeKind, Reason, Touch, order, touches};
use crate::expr::{self, Context, Engine};
use crate::source::Span;
use crate::syntax::template;
use crate::syntax::tree::Value;
use crate::types::{Plain, Type};

/// How many statements are looked at to tell the rounds of one loop apart. Loops in loops over
/// long lists would take as long as running them.
const MAX_LOOKED_AT: usize = 20_000;

/// A loop whose rounds are to be compared.
pub(crate) struct Rounds<'a> {
    /// What the body calls the item.
    pub(crate) name: &'a str,
    /// The items, when the text says them.
    pub(crate) items: Option<&'a [serde_json::Value]>,
    pub(crate) body: &'a Block,
}

/// Why some round must wait for one before it; `None` when they may all run at the same time.
pub(crate) fn rounds_meet(rounds: &Rounds<'_>, engine: &Engine) -> Option<Reason> {
    // Two rounds of which nothing is known stand for all.
    let unknown = || {
        let mut any = Found::default();
        for node in &rounds.body.nodes {
            any.add(&node.touches);
            any.gate |= node.gate;
        }
        first_edge(&[
            round(any.touches.clone(), any.gate),
            round(any.touches, any.gate),
        ])
    };
    let Some(items) = rounds.items else {
        return unknown();
    };
    let mut look = Look {
        engine,
        left: MAX_LOOKED_AT,
    };
    let mut all = Vec::new();
    for item in items {
        let mut known = Context::new();
        known.insert(rounds.name.to_owned(), item.clone());
        let mut found = Found::default();
        if !look.block(rounds.body, &mut known, &mut found) {
            return unknown();
        }
        all.push(round(found.touches, found.gate));
    }
    first_edge(&all)
}

/// Rounds are ordered as statements are.
fn first_edge(rounds: &[Node]) -> Option<Reason> {
    let graph = order(rounds);
    let first = graph.edge_references().next()?;
    Some(first.weight().clone())
}

fn round(mut touches: Vec<Touch>, gate: bool) -> Node {
    // That two of them write says more than that one reads what the other writes.
    touches.sort_by_key(|touch| !touch.write);
    Node {
        kind: NodeKind::Let(template::literal("")),
        name: String::new(),
        defines: Vec::new(),
        uses: Vec::new(),
        after: Vec::new(),
        touches,
        gate,
        at: Span::default(),
    }
}

/// What one round touches.
#[derive(Default)]
struct Found {
    touches: Vec<Touch>,
    gate: bool,
}

impl Found {
    fn add(&mut self, touches: &[Touch]) {
        for touch in touches {
            if !self.touches.contains(touch) {
                self.touches.push(touch.clone());
            }
        }
    }
}

struct Look<'a> {
    engine: &'a Engine,
    left: usize,
}

impl Look<'_> {
    /// What a block touches when these names have these values. `false` when that is too much to
    /// find out.
    fn block(&mut self, block: &Block, known: &mut Context, found: &mut Found) -> bool {
        block.nodes.iter().all(|node| {
            found.gate |= node.gate;
            self.left = self.left.saturating_sub(1);
            self.left > 0 && self.node(node, known, found)
        })
    }

    fn node(&mut self, node: &Node, known: &mut Context, found: &mut Found) -> bool {
        match &node.kind {
            NodeKind::Let(value) => {
                let value = self.value(value, &Type::Any, known);
                known.extend(value.map(|value| (node.name.clone(), value)));
                true
            }
            NodeKind::Step(step) => {
                let args = self.arguments(&step.args, known);
                found.add(&touches(self.engine, &step.needs, step.repeat, &args));
                true
            }
            NodeKind::Call(call) => self.call(call, known, found),
            NodeKind::If {
                then, otherwise, ..
            } => {
                // Behind it, its names may be absent: they are known inside only.
                [then, otherwise]
                    .iter()
                    .all(|block| self.block(block, &mut known.clone(), found))
            }
            NodeKind::For(it) => {
                let items = self.value(&it.items, &it.list, known);
                let Some(serde_json::Value::Array(items)) = items else {
                    return self.block(&it.body, &mut known.clone(), found);
                };
                items.into_iter().all(|item| {
                    let mut inner = known.clone();
                    inner.insert(it.name.clone(), item);
                    self.block(&it.body, &mut inner, found)
                })
            }
            NodeKind::Repeat { body, .. } => self.block(body, &mut known.clone(), found),
        }
    }

    fn call(&mut self, call: &Call, known: &Context, found: &mut Found) -> bool {
        let args = self.arguments(&call.args, known);
        let plan = &call.plan;
        plan.blocks()
            .all(|block| self.block(block, &mut args.clone(), found))
    }

    fn arguments(&self, args: &[(String, Value, Type)], known: &Context) -> Context {
        let known = args.iter().filter_map(|(name, value, ty)| {
            let value = self.value(value, ty, known)?;
            Some((name.clone(), value))
        });
        known.collect()
    }

    fn value(&self, value: &Value, ty: &Type, known: &Context) -> Option<serde_json::Value> {
        // A verifier's name stands for more than its text.
        if *ty == Type::Plain(Plain::Verifier) {
            return None;
        }
        let names = expr::names(value);
        let all_known = names.iter().all(|name| known.contains_key(name));
        all_known.then(|| self.engine.value(value, ty, known).ok())?
    }
}
