//! The attempts of one step: deadlines, retries, being told to end.

use std::time::{Duration, Instant};

use serde_json::{Map, Value as Json};
use tau_lang::plan::{Node, Step};
use tracing::Instrument as _;

use super::frame::Frame;
use super::recorded::Past;
use super::scheduler::{Runner, Stop, stop};
use super::tries::Tries;
use crate::action::{Call, Failure, FailureKind};
use crate::broker::{Broker, Done};
use crate::events::Event;
use crate::journal::{Entry, Finished, State};
use crate::observe;

/// What an attempt ended with.
pub(super) enum Attempt {
    Succeeded(Json, Done),
    Failed(Failure, Done),
    Cancelled,
    Time,
}

impl Attempt {
    /// The state of a step whose last attempt ended so.
    pub(super) fn state(&self) -> State {
        match self {
            Attempt::Succeeded(..) => State::Succeeded,
            Attempt::Failed(failure, _) => match failure.kind {
                FailureKind::Failed => State::Failed,
                FailureKind::Blocked(_) => State::Blocked,
                FailureKind::Waiting(_) => State::Waiting,
            },
            Attempt::Cancelled | Attempt::Time => State::Cancelled,
        }
    }
}

impl Runner {
    pub(super) async fn attempts(
        &self,
        frame: &Frame,
        node: &Node,
        step: &Step,
        args: &Map<String, Json>,
        past: &Past<'_>,
        finished: &mut Finished,
    ) -> Result<Attempt, Stop> {
        let mut tries = self.tries(frame, node, &step.modifiers, past)?;
        let mut pause = past.pause_left(&self.world.clock);
        loop {
            match self.pause(frame, pause).await {
                Ok(()) => {}
                Err(Stop::Time) => return Ok(Attempt::Time),
                Err(_) => return Ok(Attempt::Cancelled),
            }
            finished.attempts = tries.number;
            self.world.journal.note(Entry::StepStarted {
                step: finished.step.clone(),
                action: step.action.clone(),
                attempt: tries.number,
            });
            let _ = self.events.send(Event::StepStarted {
                step: finished.step.clone(),
                action: step.action.clone(),
                log: self.world.dir.log(&finished.step),
            });
            let ended = self
                .attempt(frame, step, &finished.step, &finished.key, args, &tries)
                .instrument(observe::attempt(tries.number))
                .await;
            let Attempt::Failed(failure, done) = ended else {
                return Ok(ended);
            };
            if !tries.has_another(&failure, done.commit.is_some()) {
                return Ok(Attempt::Failed(failure, done));
            }
            let kept = Broker::keep_output(done, &self.world.blobs);
            kept.map_err(|failure| stop(node, failure))?;
            pause = self
                .next(node, &mut tries, &finished.step, &finished.key, &failure)
                .await?;
        }
    }

    async fn attempt(
        &self,
        frame: &Frame,
        step: &Step,
        path: &str,
        key: &str,
        args: &Map<String, Json>,
        tries: &Tries,
    ) -> Attempt {
        let Ok(_slot) = self.slots.acquire().await else {
            return Attempt::Cancelled;
        };
        let Some(action) = self.actions.get(step.action.as_str()).cloned() else {
            let message = format!("This tau has no hands for `{}`.", step.action);
            return Attempt::Failed(Failure::new("action-missing", message), Done::default());
        };
        let performer = action.performer;
        // INVARIANT: what an action may do after a crash is what its face says: the order of the
        // steps, what is durable and what is repeated all rest on that word.
        if performer.repeat() != step.repeat {
            let message = format!(
                "`{}` is performed as `{}`, and its face says `{}`.",
                step.action,
                performer.repeat(),
                step.repeat
            );
            return Attempt::Failed(Failure::new("action-kind", message), Done::default());
        }
        let own = tries.deadline(&self.world.clock);
        let deadline = [own, frame.deadline].into_iter().flatten().min();
        let broker = Broker::new(self.world.clone(), path, frame.rules.clone(), deadline)
            .answered(self.recorded.answer(path, key).cloned());
        let call = Call {
            step: path.to_owned(),
            args: args.clone(),
        };
        let hands = broker.clone();
        let performing = async move { performer.perform(&call, &hands).await };
        let mut task = tokio::spawn(performing.in_current_span());
        let ended = tokio::select! {
            ended = &mut task => ended,
            () = self.world.clock.reached(deadline) => {
                // A command that was given this deadline ends by itself at the same moment; its
                // own words are better than ours, so it has a moment to say them.
                match tokio::time::timeout(Duration::from_millis(500), &mut task).await {
                    Ok(ended) => ended,
                    Err(_) => {
                        abort(task).await;
                        return over(tries, own, deadline, broker.done());
                    }
                }
            }
            () = self.cancelled(frame) => {
                abort(task).await;
                return Attempt::Cancelled;
            }
        };
        match ended {
            // INVARIANT: a result that counts is what the face says. The checker relies on it: a
            // choice, for one, may decide what text from outside may not.
            Ok(Ok(result)) => match step.result.given(result) {
                Ok(result) => Attempt::Succeeded(result, broker.done()),
                Err(why) => {
                    let action = &step.action;
                    let message = format!("`{action}` gave what its face does not say: {why}.");
                    Attempt::Failed(Failure::new("result-invalid", message), broker.done())
                }
            },
            Ok(Err(_)) if frame.is_over(&self.world.clock) => Attempt::Time,
            Ok(Err(failure)) => Attempt::Failed(failure, broker.done()),
            Err(panic) => {
                let message = format!("`{}` has a fault: {panic}.", step.action);
                Attempt::Failed(Failure::new("action-fault", message), broker.done())
            }
        }
    }
}

/// The attempt was ended by a deadline: the step's own, or that of what is around it.
fn over(tries: &Tries, own: Option<Instant>, deadline: Option<Instant>, done: Done) -> Attempt {
    match own {
        Some(_) if own == deadline => Attempt::Failed(tries.over(), done),
        _ => Attempt::Time,
    }
}

/// Ends a task and waits until it has let go of everything, also of its processes.
async fn abort(task: tokio::task::JoinHandle<Result<Json, Failure>>) {
    task.abort();
    // It was aborted, so it has no result.
    let _ = task.await;
}
