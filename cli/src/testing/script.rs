//! Actions that do what a test says instead of their work.

use std::collections::{BTreeSet, HashMap};
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tau_interpreter::action::{
    Action, Call, Failure, Look, Observe, Performer, Pure, Replace, Running, Unknown, Work,
};
use tau_interpreter::journal::{Entry, Record};
use tau_interpreter::run::Actions;
use tau_lang::expr::{Context as Values, Engine};
use tau_lang::plan::test::{Given, Outcome, Target, Test};
use tau_lang::types::STRING;

use super::outside::Outside;

/// What a test scripts.
pub(super) struct Script {
    lines: HashMap<Target, Line>,
    /// What external actions have done.
    pub(super) outside: Arc<Outside>,
}

/// What is scripted for one target: one answer a call, the last for all further ones.
#[derive(Default)]
struct Line {
    answers: Vec<Answer>,
    given: AtomicUsize,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    Returns(Json),
    Fails(String),
}

impl Script {
    /// The script of a test, its values worked out.
    ///
    /// # Errors
    /// A sentence: a value cannot be what its action gives.
    pub(super) fn new(
        test: &Test,
        engine: &Engine,
        outside: &Arc<Outside>,
    ) -> Result<Script, String> {
        let mut lines: HashMap<Target, Line> = HashMap::new();
        for given in &test.given {
            let line = lines.entry(given.target.clone()).or_default();
            line.answers.push(answer(given, engine)?);
        }
        let outside = outside.clone();
        Ok(Script { lines, outside })
    }

    /// The actions that never do their work.
    pub(super) fn actions(&self) -> BTreeSet<String> {
        let targets = self.lines.keys().filter_map(|target| match target {
            Target::Action(name) => Some(name.clone()),
            Target::Step(_) => None,
        });
        targets.collect()
    }

    /// Passes over the answers that a run had got when it was killed.
    pub(super) fn skip(&self, before: &[Record]) {
        let mut actions = HashMap::new();
        for record in before {
            let (step, action) = match &record.entry {
                Entry::StepStarted { step, action, .. } => {
                    actions.insert(step, action);
                    continue;
                }
                // That of a call has no action, and got no answer itself.
                Entry::AttemptFailed { step, .. } => (step, actions.get(step).copied()),
                Entry::StepFinished(finished) if finished.attempts > 0 => {
                    (&finished.step, Some(&finished.action))
                }
                _ => continue,
            };
            if let Some(line) = action.and_then(|action| self.line(step, action)) {
                line.given.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// What is scripted for a call: for its step before its action.
    fn line(&self, step: &str, action: &str) -> Option<&Line> {
        // A step of a called mission has a path, and a test names steps of its mission only.
        let name = step.split('#').next().unwrap_or(step);
        let by_step = self.lines.get(&Target::Step(name.to_owned()));
        by_step.or_else(|| self.lines.get(&Target::Action(action.to_owned())))
    }

    pub(super) fn answer(&self, step: &str, action: &str) -> Option<Answer> {
        let line = self.line(step, action)?;
        let number = line.given.fetch_add(1, Ordering::Relaxed);
        line.answers
            .get(number)
            .or_else(|| line.answers.last())
            .cloned()
    }
}

fn answer(given: &Given, engine: &Engine) -> Result<Answer, String> {
    let name = match &given.target {
        Target::Action(name) | Target::Step(name) => name,
    };
    let any = tau_lang::types::Type::Any;
    match &given.outcome {
        Outcome::Returns(value) => {
            let value = engine
                .value(value, &any, &Values::new())
                .and_then(|value| {
                    given.ty.coerce(given.ty.filled(value)).map_err(|why| {
                        tau_lang::expr::ExprError {
                            span: given.at,
                            why,
                        }
                    })
                })
                .map_err(|error| format!("`given {name} returns …`: {}", error.why))?;
            Ok(Answer::Returns(value))
        }
        Outcome::Fails(message) => {
            let message = engine
                .value(message, &STRING, &Values::new())
                .map_err(|error| format!("`given {name} fails with …`: {}", error.why))?;
            Ok(Answer::Fails(
                message.as_str().unwrap_or_default().to_owned(),
            ))
        }
    }
}

/// The standard actions, each behind the script.
pub(super) fn actions(script: &Arc<Script>) -> Actions {
    let actions = tau_stdlib::actions().into_iter().map(|action| {
        let name = action.name;
        let performer = match action.performer {
            Performer::Pure(real) => Performer::Pure(scripted(name, script, real)),
            Performer::Observe(real) => Performer::Observe(scripted(name, script, real)),
            Performer::Replace(real) => Performer::Replace(scripted(name, script, real)),
            Performer::External(real) => Performer::External(scripted(name, script, real)),
            Performer::Unknown(real) => Performer::Unknown(scripted(name, script, real)),
        };
        (name, Action { name, performer })
    });
    actions.collect()
}

/// What asks the script before it does the real thing.
pub(super) struct Scripted<T: ?Sized> {
    pub(super) name: &'static str,
    pub(super) script: Arc<Script>,
    pub(super) real: Arc<T>,
}

fn scripted<T: ?Sized>(name: &'static str, script: &Arc<Script>, real: Arc<T>) -> Arc<Scripted<T>> {
    let script = script.clone();
    Arc::new(Scripted { name, script, real })
}

impl<T: ?Sized> Scripted<T> {
    /// What the script says to a call.
    fn says(&self, call: &Call) -> Option<Result<Json, Failure>> {
        Some(match self.script.answer(&call.step, self.name)? {
            Answer::Returns(value) => Ok(value),
            Answer::Fails(message) => Err(Failure::new("scripted", message)),
        })
    }
}

impl Pure for Scripted<dyn Pure> {
    fn compute(&self, call: &Call) -> Result<Json, Failure> {
        self.says(call).unwrap_or_else(|| self.real.compute(call))
    }
}

impl Observe for Scripted<dyn Observe> {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        match self.says(call) {
            Some(said) => Box::pin(ready(said)),
            None => self.real.observe(call, hands),
        }
    }
}

impl Unknown for Scripted<dyn Unknown> {
    fn run<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        match self.says(call) {
            Some(said) => Box::pin(ready(said)),
            None => self.real.run(call, hands),
        }
    }
}

impl Replace for Scripted<dyn Replace> {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        match self.says(call) {
            Some(said) => Box::pin(ready(said)),
            None => self.real.replace(call, hands),
        }
    }
}
