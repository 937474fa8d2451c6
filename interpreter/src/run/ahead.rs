//! What a run looks at although it is blocked before it begins, so that its record says what was asked for
//! and all that it would take.

use std::sync::Arc;

use tau_lang::authority::{Holder, Limits, Pattern, Rule, Rules};
use tau_lang::plan::{Node, NodeKind};
use tau_lang::source::Span;
use tau_lang::syntax::tree::Effect;

use super::ended::Ended;
use super::frame::Frame;
use super::owner::Owner;
use super::recorded::Recorded;
use super::scheduler::{Runner, Stop};
use crate::broker::World;
use crate::journal::Blocked;

/// Why a run is blocked that is asked for something which nobody should do.
const INTAKE: &str = "intake";

impl Owner {
    /// The end of a run that is blocked, with what those of its steps find that tell what it is about. They
    /// change nothing, and ask no model. Whoever goes on with the run has them look again.
    pub(super) async fn explained(
        &self,
        world: World,
        mut frame: Frame,
        recorded: Recorded,
        blocked: Blocked,
    ) -> Ended {
        let setup = self.setup();
        let mut rules = frame.rules.to_vec();
        rules.push(no_model());
        frame.rules = Arc::new(rules);
        let runner = Runner::new(setup, Arc::new(world), recorded).ahead();
        for node in &frame.plan.clone().body.nodes {
            if !runner.looks_ahead(&frame, node, &blocked) {
                continue;
            }
            let looked = runner.node(&frame, node, "", true).await;
            let Err(stop @ Stop::Step { .. }) = looked else {
                continue;
            };
            let found = Ended::stopped(stop, setup, blocked.mutations, None);
            // A step that failed has told so in its own record.
            let Some(found) = found.blocked else { break };
            return Ended::blocked(joined(blocked, found));
        }
        Ended::blocked(blocked)
    }
}

impl Runner {
    /// Whether a statement is one of those, and all that it rests on is there.
    fn looks_ahead(&self, frame: &Frame, node: &Node, blocked: &Blocked) -> bool {
        let lacks = blocked.missing.iter().any(|it| it.step == node.name);
        let knows = |name: &String| frame.with(|context| context.contains_key(name));
        if lacks || !node.uses.iter().all(knows) {
            return false;
        }
        match &node.kind {
            NodeKind::Let(_) => true,
            NodeKind::Step(step) => {
                let action = self.actions.get(step.action.as_str());
                action.is_some_and(|it| it.performer.tells_what_for())
            }
            _ => false,
        }
    }
}

/// Whoever cannot go on pays for no answer.
fn no_model() -> Rules {
    let rules = Pattern::new(Effect::Model, "**").map(|pattern| Rule {
        deny: true,
        effect: Effect::Model,
        verb: None,
        pattern,
        says: "is not asked while the run is blocked".to_owned(),
        is_else: false,
        limits: Limits::default(),
        at: Span::default(),
        place: None,
    });
    Rules::of(Holder::Policy, rules.into_iter().collect())
}

/// All that is missing, each thing once. That nobody should do it comes first, and what has blocked the run
/// otherwise.
fn joined(blocked: Blocked, mut found: Blocked) -> Blocked {
    let is_known = |effect: &str| blocked.missing.iter().any(|it| it.effect == effect);
    found.missing.retain(|it| !is_known(&it.effect));
    if found.missing.is_empty() {
        return blocked;
    }
    let (first, then) = match found.kind == INTAKE {
        true => (found, blocked),
        false => (blocked, found),
    };
    Blocked {
        message: format!("{} {}", first.message, then.message),
        missing: [first.missing, then.missing].concat(),
        inputs: [first.inputs, then.inputs].concat(),
        ..first
    }
}
