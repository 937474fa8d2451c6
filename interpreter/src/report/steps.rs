//! The steps of a report, found by their names.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::StepReport;
use crate::journal::{Finished, State, attempt_of};

/// Steps in the order in which they began.
#[derive(Default)]
pub(super) struct Steps<'r> {
    pub(super) all: Vec<StepReport>,
    places: BTreeMap<&'r str, usize>,
}

impl<'r> Steps<'r> {
    /// A step begins, or begins again.
    pub(super) fn started(&mut self, name: &'r str, action: &str, attempt: u32) -> &mut StepReport {
        let fresh = StepReport {
            name: name.to_owned(),
            action: action.to_owned(),
            state: State::Running,
            attempts: attempt,
            seconds: 0.0,
            result: Json::Null,
            failure: None,
            effect: None,
            refused: Vec::new(),
            logs: Vec::new(),
            taken_back: false,
            again: Vec::new(),
        };
        let place = *self.places.entry(name).or_insert(self.all.len());
        if place == self.all.len() {
            self.all.push(fresh);
        } else {
            let again = std::mem::take(&mut self.all[place].again);
            self.all[place] = StepReport { again, ..fresh };
        }
        &mut self.all[place]
    }

    /// A step waits, before its first attempt or between two.
    pub(super) fn waits(&mut self, name: &'r str, action: &str) {
        let step = match self.places.get(name) {
            Some(place) => &mut self.all[*place],
            None => self.started(name, action, 1),
        };
        step.state = State::Waiting;
    }

    /// A step that had ended is done again.
    pub(super) fn again(&mut self, name: &str, why: &[String]) {
        if let Some(place) = self.places.get(name) {
            self.all[*place].again = why.to_vec();
        }
    }

    /// Another owner goes on.
    pub(super) fn nothing_again(&mut self) {
        self.all.iter_mut().for_each(|step| step.again.clear());
    }

    /// A step has ended.
    pub(super) fn finished(&mut self, finished: &'r Finished) {
        let step = match self.places.get(finished.step.as_str()) {
            Some(place) => &mut self.all[*place],
            None => self.started(&finished.step, &finished.action, finished.attempts),
        };
        step.state = finished.state;
        step.attempts = finished.attempts;
        step.seconds = finished.seconds;
        step.result = finished.result.clone();
        step.logs.clone_from(&finished.logs);
        step.refused.clone_from(&finished.refused);
        step.effect.clone_from(&finished.effect);
        step.failure = finished.failure.as_ref().map(|failure| {
            json!({
                "code": failure.code,
                "message": failure.message,
                "help": failure.help,
                "detail": failure.detail,
            })
        });
    }

    /// Another attempt of a call follows this one.
    pub(super) fn taken_back(&mut self, call: &str, attempt: u32) {
        let inside = format!("{}/", attempt_of(call, attempt));
        let from = (
            std::ops::Bound::Included(inside.as_str()),
            std::ops::Bound::Unbounded,
        );
        let inner = self.places.range::<str, _>(from);
        for (_, place) in inner.take_while(|(name, _)| name.starts_with(&inside)) {
            self.all[*place].taken_back = true;
        }
    }

    /// These are no part of how the run has ended.
    pub(super) fn left_out(&mut self, steps: &[String]) {
        for step in steps {
            if let Some(place) = self.places.get(step.as_str()) {
                self.all[*place].taken_back = true;
            }
        }
    }

    /// What still ran when the run ended was of an owner that is gone.
    pub(super) fn nothing_runs(&mut self) {
        for step in &mut self.all {
            if step.state == State::Running {
                step.state = State::Cancelled;
            }
        }
    }
}
