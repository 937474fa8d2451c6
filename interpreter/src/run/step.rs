//! One step: its arguments, its attempts, its record.

use std::collections::HashSet;
use std::sync::{Arc, MutexGuard, PoisonError};

use serde_json::{Map, Value as Json};
use tau_lang::plan::{Node, NodeKind, Step};
use tau_lang::syntax::tree::ValueKind;
use tau_lang::types::{Plain, Type};
use tracing::Instrument as _;

use super::attempt::Attempt;
use super::frame::Frame;
use super::recorded::Past;
use super::scheduler::{Runner, Stop, stop};
use crate::action::{Failure, FailureKind};
use crate::blobs::sha256;
use crate::broker::World;

use crate::events::Event;
use crate::journal::{Entry, Finished, State};
use crate::observe;

impl Runner {
    /// Runs a step, or uses its record. `Ok(true)` when the record was used.
    pub(super) async fn step(
        &self,
        frame: &Frame,
        node: &Node,
        step: &Step,
        path: &str,
        fresh: bool,
    ) -> Result<bool, Stop> {
        let skipped = match &step.modifiers.when {
            Some(when) => !self.condition(frame, when, node)?,
            None => false,
        };
        let args = if skipped {
            Map::new()
        } else {
            self.arguments(frame, node, step)?
        };
        let (key, premises) = self.premises(frame, node, step, &args, skipped)?;
        let forgiven = frame.forgiven || step.modifiers.may_fail;
        // What was done outside is there, whatever was done again before it.
        let fresh = fresh && !step.repeat.is_outside();
        let recorded = self.recorded.get(path, &key, forgiven);
        let recorded = recorded.filter(|it| self.policies_hold(frame, step, it));
        if let (false, Some(finished)) = (fresh, recorded) {
            self.adopt(frame, node, finished)?;
            return match &finished.failure {
                Some(failure) if !step.modifiers.may_fail => Err(Stop::Step {
                    step: path.to_owned(),
                    at: node.at,
                    failure: failure.clone(),
                    reused: true,
                }),
                _ => Ok(true),
            };
        }
        if frame.over {
            return Err(Stop::Time);
        }
        self.done_again(frame, step, path, &key, &premises, skipped);
        let past = match fresh {
            true => Past::default(),
            false => self.recorded.past(path, &key, forgiven),
        };
        let mut finished = Finished::skipped(path, &step.action, &key);
        finished.premises = premises;
        if skipped {
            self.record(frame, node, finished, false).await?;
            return Ok(false);
        }
        let began = self.world.clock.instant();
        let span = observe::step(path, &step.action);
        let ended = self
            .attempts(frame, node, step, &args, &past, &mut finished)
            .instrument(span.clone())
            .await?;
        let ended = self.unless_open(path, ended);
        observe::step_ended(&span, ended.state());
        finished.seconds = self.world.clock.since(began).as_secs_f64();
        let failure = match ended {
            Attempt::Succeeded(result, done) => {
                finished.state = match self.is_ahead {
                    true => State::Blocked,
                    false => State::Succeeded,
                };
                finished.result = result;
                finished.edits = done.edits;
                finished.contents = done.contents;
                finished.commit = done.commit;
                finished.effect = done.effect;
                finished.logs = done.logs;
                finished.used = done.used;
                finished.refused = done.refused;
                None
            }
            Attempt::Failed(failure, done) => {
                finished.state = match failure.kind {
                    FailureKind::Failed => State::Failed,
                    FailureKind::Blocked(_) => State::Blocked,
                    FailureKind::Uncertain => State::Uncertain,
                    FailureKind::Waiting(question) => {
                        return Err(self.asks(node, finished, question).await);
                    }
                    FailureKind::Until(wait) => {
                        let key = &finished.key;
                        return Err(self.waits(node, path, &step.action, key, wait).await);
                    }
                };
                // What happened outside has happened, also when the attempt failed after it.
                finished.commit = done.commit;
                finished.effect = done.effect;
                finished.logs = done.logs;
                finished.used = done.used;
                finished.refused = done.refused;
                finished.contents = done.contents.only(&finished.logs);
                finished.failure = Some(failure.clone());
                Some(failure)
            }
            Attempt::Uncertain(failure) => {
                finished.state = State::Uncertain;
                finished.failure = Some(failure.clone());
                Some(failure)
            }
            Attempt::Cancelled => {
                finished.state = State::Cancelled;
                self.record(frame, node, finished, false).await?;
                return Err(Stop::Cancelled);
            }
            Attempt::Time => {
                finished.state = State::Cancelled;
                self.record(frame, node, finished, false).await?;
                return Err(Stop::Time);
            }
        };
        let durable = step.repeat.changes();
        // What is missing, and what only a person can say, is no failure that may be.
        let goes_on = finished.state == State::Failed && step.modifiers.may_fail;
        self.record(frame, node, finished, durable).await?;
        match failure {
            Some(failure) if !goes_on => Err(Stop::Step {
                step: path.to_owned(),
                at: node.at,
                failure,
                reused: false,
            }),
            _ => Ok(false),
        }
    }

    fn arguments(
        &self,
        frame: &Frame,
        node: &Node,
        step: &Step,
    ) -> Result<Map<String, Json>, Stop> {
        let mut args = Map::new();
        for (name, value, ty) in &step.args {
            // YAML names a verifier by its text.
            let named = match (ty, &value.kind) {
                (Type::Plain(Plain::Verifier), ValueKind::Text(text)) => text.as_literal(),
                _ => None,
            };
            let json = match named {
                Some(name) => frame
                    .with(|context| context.get(name).cloned())
                    .unwrap_or(Json::Null),
                None => self.value(frame, value, ty, node)?,
            };
            if ty.is_sealed() && !json.is_null() && !self.sealed().contains(&digest(&json)) {
                let message =
                    format!("`{name}` must be a `{ty}` that a step of this run has made.");
                return Err(stop(node, Failure::new("value-forged", message)));
            }
            args.insert(name.clone(), json);
        }
        Ok(args)
    }

    /// Uses a step's record: what it changed and gave.
    fn adopt(&self, frame: &Frame, node: &Node, finished: &Arc<Finished>) -> Result<(), Stop> {
        let World {
            workspace, blobs, ..
        } = &*self.world;
        let remembered = workspace.remember(&finished.edits, &finished.contents, blobs);
        remembered.map_err(|error| stop(node, Failure::new(error.code(), error.to_string())))?;
        self.settle(frame, node, finished)?;
        let event = Event::StepFinished {
            finished: finished.clone(),
            reused: true,
        };
        // Who shows the run may be gone.
        let _ = self.events.send(event);
        Ok(())
    }

    /// Writes a step's record, then lets it count.
    async fn record(
        &self,
        frame: &Frame,
        node: &Node,
        mut finished: Finished,
        durable: bool,
    ) -> Result<(), Stop> {
        let kept = self.world.blobs.keep_result(&mut finished, durable).await;
        kept.map_err(|error| {
            let why = format!("A large value cannot be kept: {error}.");
            stop(node, Failure::new("value-not-kept", why))
        })?;
        let finished = Arc::new(finished);
        let entry = Entry::StepFinished(finished.stored());
        if durable {
            self.world
                .journal
                .write(entry)
                .await
                .map_err(|why| stop(node, Failure::new("journal-failed", why)))?;
        } else {
            self.world.journal.note(entry);
        }
        self.settle(frame, node, &finished)?;
        let event = Event::StepFinished {
            finished,
            reused: false,
        };
        let _ = self.events.send(event);
        Ok(())
    }

    /// Makes a finished step count: its edits become part of the tree, its result has its name.
    fn settle(&self, frame: &Frame, node: &Node, finished: &Finished) -> Result<(), Stop> {
        self.world
            .workspace
            .apply(&finished.edits)
            .map_err(|error| stop(node, Failure::new(error.code(), error.to_string())))?;
        frame.note(finished);
        self.world.earlier.add(&finished.step, &finished.result);
        self.reach(&finished.step);
        self.longest.add(&finished.step, finished.seconds);
        if let Some(commit) = finished.commit {
            let mut head = self
                .world
                .head
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *head = Some(commit);
        }
        self.count_effects(finished.effects());
        if matches!(&node.kind, NodeKind::Step(step) if step.result.is_sealed()) {
            self.sealed().insert(digest(&finished.result));
        }
        frame.with(|context| context.insert(node.name.clone(), finished.result.clone()));
        Ok(())
    }

    fn sealed(&self) -> MutexGuard<'_, HashSet<String>> {
        self.sealed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(value: &Json) -> String {
    sha256(value.to_string().as_bytes())
}
