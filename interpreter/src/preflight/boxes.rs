//! Whether the machine makes the boxes that a mission needs for what it starts.

use std::collections::{BTreeMap, BTreeSet};

use tau_lang::plan::{Block, Node, NodeKind, Plan, Step};
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::{BoxKind, Effect, Need};

use super::{Finding, blocked, no_network};
use crate::journal::{Blocked, MissingItem};
use crate::process::base_environment;
use crate::sandbox::{Sandbox, Tier};

/// Whether a run of the plan may start a command.
#[must_use]
pub fn starts(plan: &Plan, scripted: &BTreeSet<String>) -> bool {
    plan.blocks().any(|block| block_starts(block, scripted))
}

fn block_starts(block: &Block, scripted: &BTreeSet<String>) -> bool {
    block.nodes.iter().any(|node| match &node.kind {
        NodeKind::Step(step) => step_starts(step, scripted),
        NodeKind::Call(call) => starts(&call.plan, scripted),
        kind => kind
            .blocks()
            .iter()
            .any(|inner| block_starts(inner, scripted)),
    })
}

fn step_starts(step: &Step, scripted: &BTreeSet<String>) -> bool {
    let asks = |need: &Need| need.effect == Effect::Run && need.asks;
    !scripted.contains(&step.action) && step.needs.iter().any(asks)
}

/// What would block a run of the plan now, as this machine does not make the boxes that it needs.
#[must_use]
pub fn without_box(plan: &Plan, sources: &SourceMap) -> Option<Blocked> {
    let scripted = BTreeSet::new();
    if !starts(plan, &scripted) {
        return None;
    }
    match Sandbox::probe(&base_environment()) {
        (Some(tier), missing) => too_weak(plan, &scripted, sources, (tier, false), &missing)
            .or_else(|| no_network(plan, tier, &scripted, sources)),
        (None, missing) => Some(no_box(&missing)),
    }
}

/// A run whose commands have no box on this machine.
#[must_use]
pub fn no_box(missing: &BTreeMap<Tier, String>) -> Blocked {
    let why: Vec<_> = missing
        .iter()
        .rev()
        .map(|(tier, why)| format!("`{tier}`: {why}"))
        .collect();
    Blocked {
        kind: "enforcement".to_owned(),
        code: "box-missing".to_owned(),
        message: format!(
            "This machine makes no box for the commands that the mission starts. {}. With `--box none` \
             they have all your rights.",
            why.join("; ")
        ),
        mutations: 0,
        missing: Vec::new(),
        inputs: Vec::new(),
    }
}

/// A run with steps that ask for a stronger box than the one that it has. `asked`: the command line
/// asked for this one.
#[must_use]
pub fn too_weak(
    plan: &Plan,
    scripted: &BTreeSet<String>,
    sources: &SourceMap,
    (tier, asked): (Tier, bool),
    missing: &BTreeMap<Tier, String>,
) -> Option<Blocked> {
    let mut found = Vec::new();
    weaker(plan.blocks().collect(), scripted, None, tier, &mut found);
    let why = match missing.iter().next_back() {
        _ if asked => "as the command line asks for".to_owned(),
        Some((stronger, why)) => format!("as this machine makes no `{stronger}`: {why}"),
        None => "as this machine makes no stronger one".to_owned(),
    };
    let found = found.into_iter().map(|(step, least)| Finding {
        kind: "enforcement",
        code: "box-too-weak",
        message: format!(
            "step `{}` runs in no box weaker than `{}`, and this run has `{tier}`, {why}",
            step.name,
            least.word()
        ),
        item: MissingItem {
            effect: "box".to_owned(),
            scope: least.word().to_owned(),
            step: step.name.clone(),
            at: sources.location(step.at),
            limited_by: if asked { "caller" } else { "machine" }.to_owned(),
            limited_at: None,
            grant: None,
        },
    });
    blocked(found.collect())
}

/// The steps which start commands and ask, themselves or by a call that leads to them, for a
/// stronger box than `tier`.
fn weaker<'p>(
    blocks: Vec<&'p Block>,
    scripted: &BTreeSet<String>,
    around: Option<BoxKind>,
    tier: Tier,
    found: &mut Vec<(&'p Node, BoxKind)>,
) {
    for node in blocks.into_iter().flat_map(|block| &block.nodes) {
        match &node.kind {
            NodeKind::Step(step) if step_starts(step, scripted) => {
                let least = around.max(step.modifiers.least_box);
                let least = least.filter(|least| tier < Tier::of(*least));
                found.extend(least.map(|least| (node, least)));
            }
            NodeKind::Call(call) => {
                let around = around.max(call.modifiers.least_box);
                weaker(call.plan.blocks().collect(), scripted, around, tier, found);
            }
            kind => weaker(kind.blocks(), scripted, around, tier, found),
        }
    }
}
