//! Calls of missions: each attempt runs all of the called mission anew, on the files as they were
//! before the first.

use serde_json::{Value as Json, json};
use tau_lang::expr::Context;
use tau_lang::plan::needs::{rules, verifier_value};
use tau_lang::plan::{Call, Node};

use super::frame::Frame;
use super::recorded::Past;
use super::scheduler::{Reused, Runner, Stop, stop};
use super::tries::Tries;
use crate::action::{Failure, FailureKind};
use crate::blobs::sha256;
use crate::journal::{Entry, attempt_of};
use crate::used::Uses;
use crate::workspace::Mark;

/// A call that is being made.
struct Made<'a> {
    call: &'a Call,
    node: &'a Node,
    /// Its name, with the calls and rounds around it.
    path: String,
    /// The digest of what it rests on.
    key: String,
    /// What the called mission begins with.
    context: Context,
}

impl Runner {
    pub(super) async fn call(
        &self,
        frame: &Frame,
        node: &Node,
        call: &Call,
        round: &str,
        fresh: bool,
    ) -> Result<Reused, Stop> {
        if let Some(when) = &call.modifiers.when
            && !self.condition(frame, when, node)?
        {
            frame.with(|context| context.insert(node.name.clone(), Json::Null));
            return Ok(!fresh);
        }
        let context = self.begins_with(frame, node, call)?;
        let made = Made {
            call,
            node,
            path: frame.path(&node.name, round),
            key: self.call_key(frame, call, &context),
            context,
        };
        let (result, reused) = match self.tried(frame, &made, fresh).await {
            Err(Stop::Step {
                failure, reused, ..
            }) if call.modifiers.may_fail && failure.kind == FailureKind::Failed => {
                (Json::Null, reused)
            }
            other => other?,
        };
        frame.with(|context| context.insert(node.name.clone(), result));
        Ok(reused)
    }

    /// The names that a called mission begins with: its inputs and verifiers.
    fn begins_with(&self, frame: &Frame, node: &Node, call: &Call) -> Result<Context, Stop> {
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
        Ok(context)
    }

    /// Files are not among what it rests on: its steps look at them.
    fn call_key(&self, frame: &Frame, call: &Call, context: &Context) -> String {
        let rests_on = json!({
            "mission": call.plan.mission,
            "with": self.masked(&Json::Object(context.clone().into_iter().collect())),
            "base": self.world.workspace.base().commit,
            "items": frame.items,
        });
        sha256(rests_on.to_string().as_bytes())
    }

    /// Makes the call as often as it may be tried.
    async fn tried(
        &self,
        frame: &Frame,
        made: &Made<'_>,
        fresh: bool,
    ) -> Result<(Json, Reused), Stop> {
        let modifiers = &made.call.modifiers;
        let forgiven = frame.forgiven || modifiers.may_fail;
        let past = match fresh {
            true => Past::default(),
            false => self.recorded.past(&made.path, &made.key, forgiven),
        };
        let mut tries = self.tries(frame, made.node, modifiers, &past)?;
        let pause = past.pause_left(&self.world.clock);
        self.pause(frame, made.node, &made.path, pause).await?;
        let mut over = past.over;
        let mut is_first = true;
        loop {
            let before = self.world.workspace.mark();
            let (inner, ended) = self.attempted(frame, made, &tries, over, fresh).await;
            let stop = match ended {
                Ok((result, reused)) => {
                    frame.adopt(&inner);
                    return Ok((result, reused && is_first));
                }
                Err(stop) => stop,
            };
            let Stop::Step { failure, .. } = &stop else {
                frame.adopt(&inner);
                return Err(stop);
            };
            if !tries.has_another(failure, inner.has_acted()) {
                frame.adopt(&inner);
                return Err(renewed_unless(stop, is_first));
            }
            // Its steps have records of their own.
            let used = (Uses::default(), Vec::new());
            let pause = self.next(made.node, &mut tries, &made.path, &made.key, failure, used);
            let pause = pause.await?;
            self.take_back(made.node, &inner, &before)?;
            self.pause(frame, made.node, &made.path, pause).await?;
            (over, is_first) = (None, false);
        }
    }

    /// One attempt. One that is `over` since an earlier owner of the run comes to the same end.
    async fn attempted(
        &self,
        frame: &Frame,
        made: &Made<'_>,
        tries: &Tries,
        over: Option<&Failure>,
        fresh: bool,
    ) -> (Frame, Result<(Json, Reused), Stop>) {
        let plan = &made.call.plan;
        let rules = rules(plan, &self.engine, &made.context);
        let path = attempt_of(&made.path, tries.number);
        let own = tries.deadline(&self.world.clock);
        let mut inner = frame.called(plan.clone(), made.context.clone(), rules, &path, own);
        inner.forgiven |= made.call.modifiers.may_fail;
        inner.over |= over.is_some();
        let is_cut = || own.is_some_and(|own| self.world.clock.is_over(own));
        let ended = match self.mission(&inner, fresh).await {
            Ok((reused, outputs)) => Ok((Json::Object(outputs), reused)),
            Err(Stop::Time)
                if !frame.is_over(&self.world.clock) && (over.is_some() || is_cut()) =>
            {
                let failure = over.cloned().unwrap_or_else(|| tries.over());
                if over.is_none() && !tries.has_another(&failure, inner.has_acted()) {
                    let ended = self.end_attempt(made, tries, &failure).await;
                    if let Err(stop) = ended {
                        return (inner, Err(stop));
                    }
                }
                Err(Stop::Step {
                    step: made.path.clone(),
                    at: made.node.at,
                    failure,
                    reused: over.is_some(),
                })
            }
            Err(stop) => Err(stop),
        };
        (inner, ended)
    }

    /// Remembers how the last attempt has ended: no record of a step says that it was cut.
    async fn end_attempt(
        &self,
        made: &Made<'_>,
        tries: &Tries,
        failure: &Failure,
    ) -> Result<(), Stop> {
        let ended = Entry::AttemptFailed {
            step: made.path.clone(),
            attempt: tries.number,
            left: 0,
            pause_ms: 0,
            key: made.key.clone(),
            failure: failure.clone(),
            used: Uses::default(),
            refused: Vec::new(),
        };
        let written = self.world.journal.write(ended).await;
        written.map_err(|why| stop(made.node, Failure::new("journal-failed", why)))
    }

    /// Takes back what an attempt has changed. Nothing else has touched those files meanwhile, or
    /// it would have waited.
    fn take_back(&self, node: &Node, inner: &Frame, before: &Mark) -> Result<(), Stop> {
        let taken = self.world.workspace.take_back(&inner.changed(), before);
        taken.map_err(|error| stop(node, Failure::new(error.code(), error.to_string())))?;
        Ok(())
    }
}

/// An attempt before this one was made now, so none of it is of an earlier owner.
fn renewed_unless(mut stop: Stop, is_first: bool) -> Stop {
    if let Stop::Step { reused, .. } = &mut stop {
        *reused &= is_first;
    }
    stop
}
