//! `repeat`: rounds that rest on each other, until a condition holds.

use serde_json::{Map, Value as Json};
use tau_lang::plan::{Block, Node};
use tau_lang::syntax::tree::{Expr, Value};
use tau_lang::types::INT;

use super::frame::{Frame, PREVIOUS};
use super::rounds::numbered;
use super::scheduler::{Reused, Runner, Stop, stop};
use crate::action::Failure;

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
}
