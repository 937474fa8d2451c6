//! A mission from its first statement to its last, and what it does at the end: `on failure` and
//! `finally`.
//!
//! What "once" means for a run that is resumed: the steps of a handler have records as all others
//! have. One that has ended and rests on the same as before is not done again, whether the
//! statements end in the same way as before or in another.

use serde_json::{Map, Value as Json, json};

use super::frame::{FAILURE, Frame};
use super::scheduler::{Reused, Runner, Stop};
use crate::action::FailureKind;

impl Runner {
    /// Runs a mission. Its end is that of its statements; a failure of `finally` is a failure of
    /// a mission that would have succeeded.
    pub(super) async fn mission(
        &self,
        frame: &Frame,
        fresh: bool,
    ) -> Result<(Reused, Map<String, Json>), Stop> {
        let plan = &frame.plan;
        let mut ended = match self.block(frame, &plan.body, "", fresh).await {
            Ok(reused) => self.outputs(frame).map(|outputs| (reused, outputs)),
            // It has not ended yet, so it is too early for what is done at the end.
            Err(stop @ Stop::Waiting { .. }) => return Err(stop),
            Err(stop) => Err(stop),
        };
        if let (Some(block), Err(stop)) = (&plan.on_failure, &ended)
            && let Some(failure) = failure(stop)
        {
            frame.with(|context| context.insert(FAILURE.to_owned(), failure));
            match self.block(frame, block, "", false).await {
                Err(stop @ Stop::Waiting { .. }) => return Err(stop),
                Err(stop) => also(frame, "on failure", &stop),
                Ok(_) => {}
            }
        }
        if let Some(block) = &plan.finally {
            match (
                &mut ended,
                self.block(&frame.in_finally(), block, "", false).await,
            ) {
                (_, Err(stop @ Stop::Waiting { .. })) => return Err(stop),
                (Ok((reused, _)), Ok(handled)) => *reused &= handled,
                (Ok(_), Err(stop)) => ended = Err(stop),
                (Err(_), Err(stop)) => also(frame, "finally", &stop),
                (Err(_), Ok(_)) => {}
            }
        }
        ended
    }
}

/// Remembers that a handler stopped too, for the run's reason. A mission that may fail may do
/// so in its handlers as well.
fn also(frame: &Frame, handler: &str, stop: &Stop) {
    if frame.forgiven {
        return;
    }
    let sentence = match stop {
        Stop::Step { step, failure, .. } => {
            format!("In `{handler}`, step `{step}`: {}", failure.message)
        }
        Stop::Waiting { step, .. } => format!("In `{handler}`, step `{step}` waits."),
        Stop::Cancelled => format!("`{handler}` was cancelled."),
        Stop::Time => format!("`{handler}` was ended, as its time was over."),
    };
    frame.say_also(sentence);
}

/// What `failure` is in an `on failure` block: why the statements stopped, if a step has failed.
fn failure(stop: &Stop) -> Option<Json> {
    match stop {
        Stop::Step { step, failure, .. } if failure.kind == FailureKind::Failed => Some(json!({
            "step": step,
            "code": failure.code,
            "message": failure.message,
        })),
        _ => None,
    }
}
