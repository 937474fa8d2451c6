//! Statements with statements in them that run more than once or elsewhere: loops and calls.

use serde_json::{Map, Value as Json};
use tau_lang::expr::Context;
use tau_lang::plan::needs::{rules, verifier_value};
use tau_lang::plan::{Block, Call, Node};
use tau_lang::syntax::tree::{Expr, Value};
use tau_lang::types::INT;

use super::frame::{Frame, PREVIOUS};
use super::rounds::numbered;
use super::scheduler::{Reused, Runner, Stop, stop};
use crate::action::{Failure, FailureKind};

impl Runner {
    /// Rounds run one after the other, each resting on the one before.
    pub(super) async fn repeat(
        &self,
        frame: &Frame,
        node: &Node,
        (times, body, until): (&Value, &Block, Option<&Expr>),
        round: &str,
        mut fresh: bool,
    ) -> Result<Reused, Stop> {
        let most = self.value(frame, times, &INT, node)?.as_i64().unwrap_or(0);
        if !(1..=tau_lang::plan::MAX_ROUNDS).contains(&most) {
            let message = format!(
                "A loop may have 1 to {} rounds, not {most}.",
                tau_lang::plan::MAX_ROUNDS
            );
            return Err(stop(node, Failure::new("loop-too-long", message)));
        }
        let frame = &frame.in_loop();
        let mut reached = until.is_none();
        for number in 1..=most {
            let inner = numbered(round, usize::try_from(number).unwrap_or_default());
            let reused = self.block(frame, body, &inner, fresh).await?;
            fresh |= !reused;
            if let Some(until) = until
                && self.condition(frame, until, node)?
            {
                reached = true;
                break;
            }
            frame.with(|context| {
                let mut previous = Map::new();
                for name in body.nodes.iter().flat_map(|node| &node.defines) {
                    let value = context.remove(name).unwrap_or(Json::Null);
                    if number < most || until.is_none() {
                        previous.insert(name.clone(), value.clone());
                    }
                    // Behind the loop its names hold what the last round gave.
                    if number == most {
                        context.insert(name.clone(), value);
                    }
                }
                context.insert(PREVIOUS.to_owned(), Json::Object(previous));
            });
        }
        if reached {
            return Ok(!fresh);
        }
        let condition = until.map_or("", |until| until.source.value.as_str());
        let rounds = if most == 1 {
            "1 round".to_owned()
        } else {
            format!("{most} rounds")
        };
        let message = format!("`{condition}` did not hold after {rounds}.");
        Err(stop(node, Failure::new("loop-exhausted", message)))
    }

    pub(super) async fn call(
        &self,
        frame: &Frame,
        node: &Node,
        call: &Call,
        round: &str,
        fresh: bool,
    ) -> Result<Reused, Stop> {
        let path = frame.path(&node.name, round);
        if let Some(when) = &call.modifiers.when
            && !self.condition(frame, when, node)?
        {
            frame.with(|context| context.insert(node.name.clone(), Json::Null));
            return Ok(!fresh);
        }
        let mut context = Context::new();
        for (name, value, ty) in &call.args {
            context.insert(name.clone(), self.value(frame, value, ty, node)?);
        }
        for input in &call.plan.inputs {
            context.entry(input.name.clone()).or_insert(Json::Null);
        }
        for verifier in &call.plan.verifiers {
            if let Some(value) = verifier_value(verifier, &self.engine, &context) {
                context.insert(verifier.name.clone(), value);
            }
        }
        context.insert("branch".to_owned(), Json::from(self.world.branch.clone()));
        let rules = rules(&call.plan, &self.engine, &context);
        let mut inner = frame.called(call.plan.clone(), context, rules, &path);
        inner.forgiven |= call.modifiers.may_fail;
        let ran = self.mission(&inner, fresh).await;
        let ran = ran.map(|(reused, outputs)| (reused, Json::Object(outputs)));
        let (reused, result) = match ran {
            Err(Stop::Step {
                failure, reused, ..
            }) if call.modifiers.may_fail && failure.kind == FailureKind::Failed => {
                (reused, Json::Null)
            }
            other => other?,
        };
        frame.with(|context| context.insert(node.name.clone(), result));
        Ok(reused)
    }
}
