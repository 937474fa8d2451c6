//! Which commands of a plan may reach hosts.

use super::{Block, Node, NodeKind, Plan, Step};
use crate::syntax::tree::Effect;
use crate::types::{Plain, Type};

impl Plan {
    /// The first step, of this plan or of one that it calls, whose command may reach hosts: its
    /// mission, and every one that leads to it, grants some. What `is_left_out` says of an action
    /// counts as starting nothing.
    ///
    /// The command of a verifier reaches none, whatever is granted.
    pub fn reaching<'a>(
        &'a self,
        is_left_out: &dyn Fn(&str) -> bool,
    ) -> Option<(&'a Node, &'a Step)> {
        let mut grants = self.grants.iter().filter(|grant| !grant.deny);
        grants.find(|grant| grant.effect == Effect::Net)?;
        self.blocks().find_map(|block| of(block, is_left_out))
    }
}

fn of<'a>(block: &'a Block, is_left_out: &dyn Fn(&str) -> bool) -> Option<(&'a Node, &'a Step)> {
    block.nodes.iter().find_map(|node| match &node.kind {
        NodeKind::Step(step) => {
            (reaches(step) && !is_left_out(&step.action)).then_some((node, step))
        }
        NodeKind::Call(call) => call.plan.reaching(is_left_out),
        kind => kind
            .blocks()
            .into_iter()
            .find_map(|inner| of(inner, is_left_out)),
    })
}

fn reaches(step: &Step) -> bool {
    let mut needs = step.needs.iter().filter(|need| need.asks);
    let starts = needs.any(|need| need.effect == Effect::Run);
    let mut args = step.args.iter();
    starts && !args.any(|(_, _, ty)| *ty == Type::Plain(Plain::Verifier))
}
