//! Actions that do what a test says instead of their work.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::future::ready;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tau_interpreter::action::{
    Action, Call, Failure, Found, Look, Observe, Performer, Pure, Replace, Running, Unknown, Work,
};
use tau_interpreter::journal::{Entry, Record};
use tau_interpreter::run::Actions;
use tau_lang::expr::{Context as Values, Engine};
use tau_lang::plan::test::{Given, Outcome, Target, Test};
use tau_lang::types::STRING;

use super::outside::{Outside, lost};

/// What a test scripts.
pub(super) struct Script {
    lines: HashMap<Target, Line>,
    /// What external actions have done.
    pub(super) outside: Arc<Outside>,
    /// What goes wrong, and with which step.
    trouble: Mutex<Option<(String, Trouble)>>,
    /// The steps that have got an answer of this script.
    answered: Mutex<HashSet<String>>,
}

/// What goes wrong with the answer of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It does not arrive, once.
    Lost,
    /// It does not arrive, and nobody can look whether anything has happened.
    Dark,
    /// Who looks first does not see yet what has happened.
    Late,
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
        Ok(Script {
            lines,
            outside: outside.clone(),
            trouble: Mutex::default(),
            answered: Mutex::default(),
        })
    }

    /// Makes something go wrong with the next answer of a step.
    pub(super) fn troubles(&self, step: &str, trouble: Trouble) {
        *self.trouble() = Some((step.to_owned(), trouble));
    }

    /// Whether the answer of a step is lost now.
    pub(super) fn loses(&self, step: &str) -> Option<Trouble> {
        let mut trouble = self.trouble();
        let (_, is) = trouble.as_ref().filter(|(of, _)| of == step)?;
        match *is {
            Trouble::Lost => trouble.take().map(|(_, is)| is),
            Trouble::Dark => Some(Trouble::Dark),
            Trouble::Late => None,
        }
    }

    /// What who looks after a step finds instead of what is there.
    pub(super) fn hides(&self, step: &str) -> Option<Found> {
        let mut trouble = self.trouble();
        let (_, is) = trouble.as_ref().filter(|(of, _)| of == step)?;
        match *is {
            Trouble::Lost => None,
            Trouble::Dark => Some(Found::Unclear("the test lets nobody look".to_owned())),
            Trouble::Late => {
                *trouble = None;
                Some(Found::Absent)
            }
        }
    }

    /// The answer to a step was found where an earlier owner of the run had got it.
    pub(super) fn has_answered(&self, step: &str, action: &str) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.insert(step.to_owned())
            && let Some(line) = self.line(step, action)
        {
            line.given.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn trouble(&self) -> MutexGuard<'_, Option<(String, Trouble)>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The actions that never do their work.
    pub(super) fn actions(&self) -> BTreeSet<String> {
        let targets = self.lines.keys().filter_map(|target| match target {
            Target::Action(name) => Some(name.clone()),
            Target::Step(_) => None,
        });
        targets.collect()
    }

    /// Passes over the answers that a run had got when it was killed. The first of `lost` never
    /// came.
    pub(super) fn skip(&self, before: &[Record], mut lost: Option<&str>) {
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
            if lost == Some(step.as_str()) {
                lost = None;
                continue;
            }
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
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.insert(step.to_owned());
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
        let is_scripted = self.script.line(&call.step, self.name).is_some();
        if is_scripted && self.script.loses(&call.step).is_some() {
            return Some(Err(lost()));
        }
        Some(match self.script.answer(&call.step, self.name)? {
            Answer::Returns(value) => Ok(value),
            Answer::Fails(message) => Err(Failure::new("scripted", message)),
        })
    }
}

impl<T: ?Sized + Send + Sync> Scripted<T> {
    /// What is heard of something that is really done.
    fn heard<'a>(&'a self, call: &'a Call, real: Running<'a>) -> Running<'a> {
        Box::pin(async move {
            let given = real.await;
            match self.script.loses(&call.step) {
                Some(_) => Err(lost()),
                None => given,
            }
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
            None => self.heard(call, self.real.observe(call, hands)),
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
            None => self.heard(call, self.real.replace(call, hands)),
        }
    }
}
