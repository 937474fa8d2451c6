//! The attempts of one step: deadlines, retries, being told to end.

use std::time::{Duration, Instant};

use serde_json::{Map, Value as Json};
use tau_lang::plan::{MAX_RETRIES, Node, Step};
use tau_lang::types::{INT, Plain, Type};

use super::frame::Frame;
use super::scheduler::{Runner, Stop};
use crate::action::{Call, Failure, FailureKind};
use crate::broker::{Broker, Done};
use crate::events::Event;
use crate::journal::{Entry, Finished};

/// What an attempt ended with.
pub(super) enum Attempt {
    Succeeded(Json, Done),
    Failed(Failure, Done),
    Cancelled,
    Time,
}

impl Runner {
    pub(super) async fn attempts(
        &self,
        frame: &Frame,
        node: &Node,
        step: &Step,
        path: &str,
        args: &Map<String, Json>,
        finished: &mut Finished,
    ) -> Result<Attempt, Stop> {
        let (retries, every) = match &step.modifiers.retry {
            Some((times, every)) => {
                let times = self.value(frame, times, &INT, node)?.as_i64().unwrap_or(0);
                let every = match every {
                    Some(every) => self.millis(frame, node, every)?,
                    None => Duration::ZERO,
                };
                (times.clamp(0, MAX_RETRIES), every)
            }
            None => (0, Duration::ZERO),
        };
        let timeout = match &step.modifiers.timeout {
            Some(timeout) => Some(self.millis(frame, node, timeout)?),
            None => None,
        };
        let mut left = retries;
        loop {
            finished.attempts += 1;
            self.world.journal.note(Entry::StepStarted {
                step: path.to_owned(),
                action: step.action.clone(),
                attempt: finished.attempts,
            });
            let _ = self.events.send(Event::StepStarted {
                step: path.to_owned(),
                action: step.action.clone(),
                log: self.world.dir.log(path),
            });
            let ended = self.attempt(frame, step, path, args, timeout).await;
            let Attempt::Failed(failure, done) = ended else {
                return Ok(ended);
            };
            // What a person must give is not there the next time either, and what has happened
            // outside may not happen twice.
            let again = failure.kind == FailureKind::Failed && done.commit.is_none();
            if left == 0 || !again {
                return Ok(Attempt::Failed(failure, done));
            }
            left -= 1;
            let _ = self.events.send(Event::Retrying {
                step: path.to_owned(),
                why: failure.message.clone(),
            });
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = self.cancelled(frame) => return Ok(Attempt::Cancelled),
            }
        }
    }

    async fn attempt(
        &self,
        frame: &Frame,
        step: &Step,
        path: &str,
        args: &Map<String, Json>,
        timeout: Option<Duration>,
    ) -> Attempt {
        let Ok(_slot) = self.slots.acquire().await else {
            return Attempt::Cancelled;
        };
        let Some(action) = self.actions.get(step.action.as_str()).cloned() else {
            let message = format!("This tau has no hands for `{}`.", step.action);
            return Attempt::Failed(Failure::new("action-missing", message), Done::default());
        };
        let own = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let deadline = [own, frame.deadline].into_iter().flatten().min();
        let broker = Broker::new(self.world.clone(), path, frame.rules.clone(), deadline);
        let call = Call {
            step: path.to_owned(),
            args: args.clone(),
            hands: Box::new(broker.clone()),
        };
        let mut task = tokio::spawn(async move { action.run(&call).await });
        let over = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            ended = &mut task => ended,
            () = over => {
                // A command that was given this deadline ends by itself at the same moment; its
                // own words are better than ours, so it has a moment to say them.
                match tokio::time::timeout(Duration::from_millis(500), &mut task).await {
                    Ok(ended) => ended,
                    Err(_) => {
                        abort(task).await;
                        return self.over(timeout, own, deadline, broker.done());
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
            Ok(Err(_)) if frame.is_over() => Attempt::Time,
            Ok(Err(failure)) => Attempt::Failed(failure, broker.done()),
            Err(panic) => {
                let message = format!("`{}` has a fault: {panic}.", step.action);
                Attempt::Failed(Failure::new("action-fault", message), broker.done())
            }
        }
    }

    /// Ends when the run is told to end, often enough for these statements.
    async fn cancelled(&self, frame: &Frame) {
        let mut cancel = self.cancel.clone();
        let told = cancel
            .wait_for(|told| *told >= frame.patience)
            .await
            .is_ok();
        if !told {
            // Nobody is left who could tell.
            std::future::pending::<()>().await;
        }
    }

    /// The attempt was ended by a deadline: the step's own, or the run's.
    fn over(
        &self,
        timeout: Option<Duration>,
        own: Option<Instant>,
        deadline: Option<Instant>,
        done: Done,
    ) -> Attempt {
        match timeout {
            Some(timeout) if own == deadline => {
                let seconds = timeout.as_secs_f64();
                let message = format!("It took longer than the {seconds} s that the step allows.");
                Attempt::Failed(Failure::new("step-timeout", message), done)
            }
            _ => Attempt::Time,
        }
    }

    fn millis(
        &self,
        frame: &Frame,
        node: &Node,
        value: &tau_lang::syntax::tree::Value,
    ) -> Result<Duration, Stop> {
        let json = self.value(frame, value, &Type::Plain(Plain::Duration), node)?;
        Ok(Duration::from_millis(json.as_u64().unwrap_or(0)))
    }
}

/// Ends a task and waits until it has let go of everything, also of its processes.
async fn abort(task: tokio::task::JoinHandle<Result<Json, Failure>>) {
    task.abort();
    // It was aborted, so it has no result.
    let _ = task.await;
}
