//! The attempts of one step: deadlines, retries, being told to end.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value as Json};
use tau_lang::plan::{Node, Step};
use tracing::Instrument as _;

use super::frame::Frame;
use super::recorded::Past;
use super::refused;
use super::scheduler::{Runner, Stop, stop};
use super::tries::Tries;
use super::within::{Cut, Limits, Over};
use crate::action::{Call, Failure, FailureKind, Performer};
use crate::broker::{Broker, Done};
use crate::clock::Clock;
use crate::events::Event;
use crate::journal::{Entry, Finished, State};
use crate::observe;

/// What an attempt ended with.
pub(super) enum Attempt {
    Succeeded(Json, Done),
    Failed(Failure, Done),
    Cancelled,
    Time,
    /// Whether it has happened is not known; why.
    Uncertain(Failure),
}

impl Attempt {
    /// The state of a step whose last attempt ended so.
    pub(super) fn state(&self) -> State {
        match self {
            Attempt::Succeeded(..) => State::Succeeded,
            Attempt::Failed(failure, _) => match failure.kind {
                FailureKind::Failed => State::Failed,
                FailureKind::Blocked(_) => State::Blocked,
                FailureKind::Waiting(_) | FailureKind::Until(_) => State::Waiting,
                FailureKind::Uncertain => State::Uncertain,
            },
            Attempt::Uncertain(_) => State::Uncertain,
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
            match self.pause(frame, node, &finished.step, pause).await {
                Ok(()) => {}
                Err(stop @ Stop::Waiting { .. }) => return Err(stop),
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
            if !tries.has_another(&failure, done.has_acted()) {
                return Ok(Attempt::Failed(failure, done));
            }
            let (used, refused) = (done.used.clone(), done.refused.clone());
            let kept = Broker::keep_output(done, &self.world.blobs);
            kept.map_err(|failure| stop(node, failure))?;
            let (path, key) = (&finished.step, &finished.key);
            pause = self
                .next(node, &mut tries, path, key, &failure, (used, refused))
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
        let hands = Broker::new(self.world.clone(), path, frame.rules.clone(), deadline)
            .answered(self.recorded.answer(path, key).cloned())
            .waited(self.recorded.waited(path, key, tries.number).cloned());
        let call = Arc::new(Call {
            step: path.to_owned(),
            args: args.clone(),
            result: step.result.clone(),
        });
        let trial = Trial {
            frame,
            step,
            path,
            key,
            tries,
            own,
            deadline,
            call: call.clone(),
            hands: hands.clone(),
        };
        let limits = trial.limits();
        let cut = match performer {
            Performer::Pure(it) => self.within(limits, async move { it.compute(&call) }).await,
            Performer::Observe(it) => {
                let looking = async move { it.observe(&call, &hands).await };
                self.within(limits, looking).await
            }
            Performer::Replace(it) if it.may_reach_hosts() && hands.commands_reach_hosts() => {
                let working = async move { it.replace(&call, &hands).await };
                return self.unknown(&trial, working).await;
            }
            Performer::Replace(it) => {
                let working = async move { it.replace(&call, &hands).await };
                self.within(limits, working).await
            }
            Performer::External(it) => return self.external(&trial, it).await,
            Performer::Unknown(it) => {
                let running = async move { it.run(&call, &hands).await };
                return self.unknown(&trial, running).await;
            }
        };
        match cut {
            Cut::Ended(Ok(result)) => trial.gave(result),
            Cut::Ended(Err(failure)) => trial.failed(failure, &self.world.clock),
            Cut::Over(over) => trial.over(over),
        }
    }
}

/// One attempt of one step.
pub(super) struct Trial<'a> {
    pub(super) frame: &'a Frame,
    pub(super) step: &'a Step,
    /// The step's name, with calls and rounds.
    pub(super) path: &'a str,
    /// The digest of what it rests on.
    pub(super) key: &'a str,
    tries: &'a Tries,
    /// When the step says that it must have ended.
    own: Option<Instant>,
    /// When it must have ended.
    deadline: Option<Instant>,
    pub(super) call: Arc<Call>,
    pub(super) hands: Broker,
}

impl Trial<'_> {
    /// Until when it may go on.
    pub(super) fn limits(&self) -> Limits {
        Limits {
            deadline: self.deadline,
            patience: self.frame.patience,
        }
    }

    /// It has given this.
    pub(super) fn gave(&self, mut result: Json) -> Attempt {
        // INVARIANT: what a step gives has no secret in it, so neither has what is made of it.
        self.hands.redactor().json(&mut result);
        let done = self.hands.done();
        // INVARIANT: a result that counts is what the face says. The checker relies on it: a
        // choice, for one, may decide what text from outside may not.
        match self.step.result.given(result) {
            Ok(result) => Attempt::Succeeded(result, done),
            Err(why) => {
                let action = &self.step.action;
                let message = format!("`{action}` gave what its face does not say: {why}.");
                Attempt::Failed(Failure::new("result-invalid", message), done)
            }
        }
    }

    /// It has failed.
    pub(super) fn failed(&self, mut failure: Failure, clock: &Clock) -> Attempt {
        let done = self.hands.done();
        refused::tell(&mut failure, &done.refused);
        failure.hide(self.hands.redactor());
        match self.frame.is_over(clock) {
            true => Attempt::Time,
            false => Attempt::Failed(failure, done),
        }
    }

    /// It was cut: by a deadline, its own or that of what is around it, or otherwise.
    pub(super) fn over(&self, over: Over) -> Attempt {
        match over {
            Over::Cancelled => Attempt::Cancelled,
            Over::Time => match self.own {
                Some(_) if self.own == self.deadline => {
                    let (mut failure, done) = (self.tries.over(), self.hands.done());
                    refused::tell(&mut failure, &done.refused);
                    Attempt::Failed(failure, done)
                }
                _ => Attempt::Time,
            },
            Over::Panicked(panic) => {
                let message = format!("`{}` has a fault: {panic}.", self.step.action);
                let mut failure = Failure::new("action-fault", message);
                failure.hide(self.hands.redactor());
                Attempt::Failed(failure, self.hands.done())
            }
        }
    }
}
