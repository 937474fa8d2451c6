//! What steps do outside: intended, done, confirmed; and looked up where its end is not known.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use std::collections::HashMap;

use serde_json::Value as Json;

use super::attempt::{Attempt, Trial};
use super::scheduler::Runner;
use super::within::{Cut, Limits};
use crate::action::{
    External, Failure, FailureKind, Found, Intended, Intention, NotDone, Performer,
};
use crate::journal::{Entry, Happened, Outside};
use crate::outside::Begun;

/// How long it may take to look up what has become of something, also when the step's own time is
/// over or the run was told to end: a result that is known is worth this wait.
const LOOKING: Duration = Duration::from_secs(30);

impl Runner {
    /// One attempt of an external action. What an earlier one may have done is looked up first, so
    /// nothing that can be there is done again.
    pub(super) async fn external(&self, trial: &Trial<'_>, it: Arc<dyn External>) -> Attempt {
        if let Some(known) = self.known(trial).await {
            return known;
        }
        let (call, hands) = (trial.call.clone(), trial.hands.clone());
        let intending = {
            let it = it.clone();
            async move { it.intend(&call, &hands).await }
        };
        let intention = match self.within(trial.limits(), intending).await {
            Cut::Ended(Ok(intention)) => intention,
            Cut::Ended(Err(failure)) => return trial.failed(failure, &self.world.clock),
            Cut::Over(over) => return trial.over(over),
        };
        let intended = match self.intend(trial, intention).await {
            Ok(intended) => intended,
            Err(failure) => return trial.failed(failure, &self.world.clock),
        };
        let acting = {
            let (it, intended, hands) = (it.clone(), intended.clone(), trial.hands.clone());
            async move { it.act(&intended, &hands).await }
        };
        // INVARIANT: from here on only a look outside says that nothing has happened, or the
        // outside itself.
        let acted = self.within(trial.limits(), acting).await;
        let is_said = matches!(acted, Cut::Ended(Ok(_)));
        let unless_there = match acted {
            Cut::Ended(Ok(_)) => {
                let message = format!("It is not there any more: {}.", intended.intention.what);
                trial.failed(Failure::new("effect-gone", message), &self.world.clock)
            }
            Cut::Ended(Err(NotDone::Refused(failure))) => {
                self.did_not_happen(trial.path);
                return trial.failed(failure, &self.world.clock);
            }
            Cut::Ended(Err(NotDone::Unclear(failure))) => trial.failed(failure, &self.world.clock),
            Cut::Over(over) => trial.over(over),
        };
        match self.look(trial, it, &intended, is_said).await {
            Found::There(value) => self.happened(trial, &intended, value, !is_said),
            Found::Absent => {
                self.did_not_happen(trial.path);
                unless_there
            }
            Found::Unclear(why) => {
                let why = match unless_there {
                    Attempt::Failed(failure, _) if !is_said => {
                        format!("{} It could not be looked up: {why}", failure.message)
                    }
                    _ => format!("It could not be looked up: {why}"),
                };
                uncertain(trial.path, &intended.intention.what, &why)
            }
        }
    }

    /// One attempt of an action of which nothing is known, `running` when it is waited for. One that
    /// was cut is not done again, unless the step says that it may be: it says so with `retry`.
    pub(super) async fn unknown(
        &self,
        trial: &Trial<'_>,
        running: impl Future<Output = Result<Json, Failure>> + Send + 'static,
    ) -> Attempt {
        let repeatable = trial.step.modifiers.retry.is_some();
        if !repeatable && let Some(begun) = self.earlier(trial.path) {
            if let Some(said) = self.said(trial, &begun) {
                return said;
            }
            if begun.is_open() {
                return uncertain(trial.path, &begun.what, "The run ended in its midst");
            }
        }
        let intention = Intention {
            what: format!("run `{}`", trial.step.action),
            detail: Json::Null,
            result: None,
        };
        let intended = match self.intend(trial, intention).await {
            Ok(intended) => intended,
            Err(failure) => return trial.failed(failure, &self.world.clock),
        };
        match self.within(trial.limits(), running).await {
            Cut::Ended(Ok(value)) if repeatable => {
                self.begun().remove(trial.path);
                trial.gave(value)
            }
            Cut::Ended(Ok(value)) => self.happened(trial, &intended, value, false),
            Cut::Ended(Err(failure)) if failure.kind == FailureKind::Uncertain && !repeatable => {
                uncertain(trial.path, &intended.intention.what, &failure.message)
            }
            Cut::Ended(Err(failure)) => {
                self.did_not_happen(trial.path);
                // What may be done again is not looked at when it is done.
                let kind = match failure.kind {
                    FailureKind::Uncertain => FailureKind::Failed,
                    kind => kind,
                };
                trial.failed(Failure { kind, ..failure }, &self.world.clock)
            }
            Cut::Over(over) if repeatable => {
                self.did_not_happen(trial.path);
                trial.over(over)
            }
            Cut::Over(_) => {
                let why = "It was ended in its midst";
                uncertain(trial.path, &intended.intention.what, why)
            }
        }
    }

    /// What is known of an earlier attempt, if that decides this one.
    async fn known(&self, trial: &Trial<'_>) -> Option<Attempt> {
        let begun = self.earlier(trial.path)?;
        if let Some(said) = self.said(trial, &begun) {
            return Some(said);
        }
        let same = is_same(trial, &begun);
        if begun.resolution.is_some() || (begun.settled && !same) {
            return None;
        }
        let intended = begun.intended();
        let action = &begun.outside.action;
        let found = match self.actions.get(action.as_str()) {
            Some(action) => match &action.performer {
                Performer::External(it) => self.look(trial, it.clone(), &intended, false).await,
                _ => Found::Unclear(format!("`{}` does not look outside any more", action.name)),
            },
            None => Found::Unclear(format!("this tau has no hands for `{action}`")),
        };
        match found {
            Found::There(value) if same => Some(self.happened(trial, &intended, value, true)),
            // What it was about to do then rested on something else. It is there, and the step is
            // done with what it rests on now.
            Found::There(_) => {
                self.begun().remove(trial.path);
                None
            }
            Found::Absent => {
                self.did_not_happen(trial.path);
                None
            }
            Found::Unclear(why) => {
                let why = format!("It could not be looked up: {why}");
                Some(uncertain(trial.path, &begun.what, &why))
            }
        }
    }

    /// What a person has said of an earlier attempt, if that decides this one.
    fn said(&self, trial: &Trial<'_>, begun: &Begun) -> Option<Attempt> {
        let resolution = begun.resolution.as_ref()?;
        if !resolution.happened || begun.settled || !is_same(trial, begun) {
            return None;
        }
        let result = resolution.result.clone().unwrap_or_default();
        Some(self.happened(trial, &begun.intended(), result, true))
    }

    /// Makes an intention durable.
    async fn intend(&self, trial: &Trial<'_>, intention: Intention) -> Result<Intended, Failure> {
        let marker = marker(self.world.dir.id(), trial.path, trial.key);
        let intended = Intended { marker, intention };
        let outside = Outside {
            action: trial.step.action.clone(),
            key: trial.key.to_owned(),
            marker: intended.marker.clone(),
            detail: intended.intention.detail.clone(),
            result: intended.intention.result.clone(),
        };
        let begun = Begun {
            step: trial.path.to_owned(),
            what: intended.intention.what.clone(),
            outside: outside.clone(),
            settled: false,
            resolution: None,
        };
        let entry = Entry::Intent {
            step: begun.step.clone(),
            what: begun.what.clone(),
            commit: None,
            outside: Some(Box::new(outside)),
        };
        let written = self.world.journal.write(entry).await;
        written.map_err(|why| Failure::new("journal-failed", why))?;
        self.begun().insert(begun.step.clone(), begun);
        Ok(intended)
    }

    /// Looks outside. Who is told to end once more, or takes too long, does not know.
    async fn look(
        &self,
        trial: &Trial<'_>,
        it: Arc<dyn External>,
        intended: &Intended,
        is_said: bool,
    ) -> Found {
        let deadline = self.world.clock.instant().checked_add(LOOKING);
        let told = *self.cancel.borrow();
        let limits = Limits {
            deadline,
            patience: trial.frame.patience.max(told.saturating_add(1)),
        };
        let (intended, hands) = (intended.clone(), trial.hands.until(deadline));
        let looking = async move {
            match is_said {
                true => it.read_back(&intended, &hands).await,
                false => it.look_up(&intended, &hands).await,
            }
        };
        match self.within(limits, looking).await {
            Cut::Ended(Ok(found)) => found,
            Cut::Ended(Err(failure)) => {
                Found::Unclear(failure.message.trim_end_matches('.').to_owned())
            }
            Cut::Over(_) => Found::Unclear("it took too long, or was ended".to_owned()),
        }
    }

    /// What an attempt that was cut before it began has ended with, when an earlier one of the same
    /// step is still open.
    pub(super) fn unless_open(&self, path: &str, ended: Attempt) -> Attempt {
        let is_cut = matches!(ended, Attempt::Cancelled | Attempt::Time);
        match self.earlier(path).filter(|it| is_cut && it.is_open()) {
            Some(open) => uncertain(path, &open.what, "It has not been looked up yet"),
            None => ended,
        }
    }

    /// It has happened.
    fn happened(
        &self,
        trial: &Trial<'_>,
        intended: &Intended,
        value: Json,
        adopted: bool,
    ) -> Attempt {
        self.begun().remove(trial.path);
        trial.hands.has_happened(Happened {
            what: intended.intention.what.clone(),
            marker: intended.marker.clone(),
            adopted,
        });
        trial.gave(value)
    }

    /// It surely has not happened.
    fn did_not_happen(&self, path: &str) {
        if let Some(begun) = self.begun().get_mut(path) {
            begun.settled = true;
        }
    }

    /// What may or may not have happened, by the steps' names.
    pub(super) fn open(&self) -> Vec<Begun> {
        let mut open: Vec<Begun> = self
            .begun()
            .values()
            .filter(|it| it.is_open())
            .cloned()
            .collect();
        open.sort_by(|a, b| a.step.cmp(&b.step));
        open
    }

    /// What an earlier attempt of a step was about to do. The map is free again when this returns.
    fn earlier(&self, path: &str) -> Option<Begun> {
        self.begun().get(path).cloned()
    }

    fn begun(&self) -> MutexGuard<'_, HashMap<String, Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an earlier attempt was about the same as this one.
fn is_same(trial: &Trial<'_>, begun: &Begun) -> bool {
    begun.outside.key == trial.key && begun.outside.action == trial.step.action
}

/// What a run calls outside what a step does that rests on `key`.
fn marker(run: &str, path: &str, key: &str) -> String {
    format!("{run}/{path}/{}", key.get(..12).unwrap_or(key))
}

/// A person decides.
fn uncertain(path: &str, what: &str, why: &str) -> Attempt {
    let why = why.trim_end_matches('.');
    let message = format!("It may or may not have happened: {what}. {why}.");
    let help = format!(
        "Look at it and say so: `tau resolve RUN {path} happened`, or `not-happened`; or look it up again with `tau resume`."
    );
    Attempt::Uncertain(Failure {
        kind: FailureKind::Uncertain,
        ..Failure::new("effect-uncertain", message).help(help)
    })
}
