//! Actions that do what a test says instead of their work.

use std::collections::{BTreeSet, HashMap};
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value as Json;
use tau_interpreter::action::{Action, Call, Failure, Running};
use tau_interpreter::journal::{Entry, Record};
use tau_interpreter::run::Actions;
use tau_lang::expr::{Context as Values, Engine};
use tau_lang::plan::test::{Given, Outcome, Target, Test};
use tau_lang::types::STRING;

/// What a test scripts.
pub(super) struct Script {
    lines: HashMap<Target, Line>,
}

/// What is scripted for one target: one answer a call, the last for all further ones.
#[derive(Default)]
struct Line {
    answers: Vec<Answer>,
    given: AtomicUsize,
}

#[derive(Clone)]
enum Answer {
    Returns(Json),
    Fails(String),
}

impl Script {
    /// The script of a test, its values worked out.
    ///
    /// # Errors
    /// A sentence: a value cannot be what its action gives.
    pub(super) fn new(test: &Test, engine: &Engine) -> Result<Script, String> {
        let mut lines: HashMap<Target, Line> = HashMap::new();
        for given in &test.given {
            let line = lines.entry(given.target.clone()).or_default();
            line.answers.push(answer(given, engine)?);
        }
        Ok(Script { lines })
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

    fn answer(&self, step: &str, action: &str) -> Option<Answer> {
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
        let scripted: Arc<dyn Action> = Arc::new(Scripted {
            action,
            script: script.clone(),
        });
        (scripted.name(), scripted)
    });
    actions.collect()
}

/// An action that asks the script first.
struct Scripted {
    action: Box<dyn Action>,
    script: Arc<Script>,
}

impl Action for Scripted {
    fn name(&self) -> &'static str {
        self.action.name()
    }

    fn run<'a>(&'a self, call: &'a Call) -> Running<'a> {
        match self.script.answer(&call.step, self.name()) {
            None => self.action.run(call),
            Some(Answer::Returns(value)) => Box::pin(ready(Ok(value))),
            Some(Answer::Fails(message)) => Box::pin(ready(Err(Failure::new("scripted", message)))),
        }
    }
}
