//! What is still to be done of a run, from its plan and its records alone.

use std::collections::{BTreeMap, BTreeSet};

use tau_lang::plan::{Block, NodeKind, Plan};

use super::recorded::Recorded;
use crate::journal::{Entry, Outcome, Record};
use crate::outside::Begun;

/// What a run has done and has to do, as long as what its steps rest on stays the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The steps that have ended and are not done again, with calls, attempts and rounds.
    pub ended: BTreeSet<String>,
    /// The steps of which it must be looked up, or said, whether they have happened.
    pub uncertain: Vec<String>,
    /// The steps that may be done yet, by their names in the text, with calls, in its order. All
    /// rounds and attempts share a name; what stands in a branch that is not taken is among them
    /// until the run has succeeded.
    pub outstanding: Vec<String>,
}

/// What a run with these records has to do. The same plan and records always give the same.
#[must_use]
pub fn outstanding(plan: &Plan, records: &[Record]) -> Outlook {
    let recorded = Recorded::new(records);
    let mut walk = Walk {
        recorded: &recorded,
        forgiven: BTreeMap::new(),
        outstanding: Vec::new(),
    };
    walk.plan(plan, "", Around::default());
    let Walk {
        forgiven,
        mut outstanding,
        ..
    } = walk;
    let last = records.last().map(|record| &record.entry);
    if matches!(last, Some(Entry::Ended { outcome, .. }) if *outcome == Outcome::Succeeded) {
        outstanding.clear();
    }
    let is_forgiven = |step: &str| forgiven.get(&name_of(step)).copied().unwrap_or_default();
    let ended = recorded.names();
    Outlook {
        ended: ended
            .filter(|step| recorded.ended(step, is_forgiven(step)).is_some())
            .map(str::to_owned)
            .collect(),
        uncertain: recorded
            .begun()
            .iter()
            .filter(|it| it.is_open())
            .map(|Begun { step, .. }| step.clone())
            .collect(),
        outstanding,
    }
}

/// A step's name in the text, with calls: `call/edit` of `call~2/edit#3`.
#[must_use]
pub fn name_of(step: &str) -> String {
    let parts = step.split('/');
    let names = parts.map(|part| part.split(['#', '~']).next().unwrap_or(part));
    names.collect::<Vec<_>>().join("/")
}

/// What is around a statement.
#[derive(Clone, Copy, Default)]
struct Around {
    /// It may be done several times, in rounds or attempts.
    many: bool,
    /// A call around it may fail.
    forgiven: bool,
}

struct Walk<'a> {
    recorded: &'a Recorded,
    /// Whether a step may fail, by its name.
    forgiven: BTreeMap<String, bool>,
    outstanding: Vec<String>,
}

impl Walk<'_> {
    fn plan(&mut self, plan: &Plan, prefix: &str, around: Around) {
        for block in plan.blocks() {
            self.block(block, prefix, around);
        }
    }

    fn block(&mut self, block: &Block, prefix: &str, around: Around) {
        for node in &block.nodes {
            let name = format!("{prefix}{}", node.name);
            match &node.kind {
                NodeKind::Let(_) => {}
                NodeKind::Step(step) => {
                    let forgiven = around.forgiven || step.modifiers.may_fail;
                    if around.many || self.recorded.ended(&name, forgiven).is_none() {
                        self.outstanding.push(name.clone());
                    }
                    self.forgiven.insert(name, forgiven);
                }
                NodeKind::Call(call) => {
                    let inside = Around {
                        many: around.many || call.modifiers.retry.is_some(),
                        forgiven: around.forgiven || call.modifiers.may_fail,
                    };
                    self.plan(&call.plan, &format!("{name}/"), inside);
                }
                NodeKind::If { .. } | NodeKind::For(_) | NodeKind::Repeat { .. } => {
                    let many = around.many || !matches!(node.kind, NodeKind::If { .. });
                    for inner in node.kind.blocks() {
                        self.block(inner, prefix, Around { many, ..around });
                    }
                }
            }
        }
    }
}
