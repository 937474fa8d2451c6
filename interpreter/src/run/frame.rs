//! The names of one mission being run, and the rules it runs under.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value as Json;
use tau_lang::authority::Rules;
use tau_lang::expr::Context;
use tau_lang::plan::Plan;

/// What a loop's body calls the values of the round before.
pub(super) const PREVIOUS: &str = "previous";

/// One mission being run: its names and their values, and the rules it runs under.
pub(super) struct Frame {
    pub(super) plan: Arc<Plan>,
    context: Arc<Mutex<Context>>,
    /// In a loop, what the round before gave. Loops that run at the same time each have their own.
    previous: Option<Mutex<Json>>,
    /// Of the mission and of every mission that led to it, outermost first.
    pub(super) rules: Arc<Vec<Rules>>,
    /// The calls that led here, each with a `/` behind it.
    prefix: String,
    /// Whether a call that led here may fail: no failure in here ends the run.
    pub(super) forgiven: bool,
}

impl Frame {
    pub(super) fn new(
        plan: Arc<Plan>,
        context: Context,
        rules: Arc<Vec<Rules>>,
        prefix: String,
    ) -> Frame {
        Frame {
            plan,
            context: Arc::new(Mutex::new(context)),
            previous: None,
            rules,
            prefix,
            forgiven: false,
        }
    }

    /// The same mission inside of a loop.
    pub(super) fn in_loop(&self) -> Frame {
        Frame {
            plan: self.plan.clone(),
            context: self.context.clone(),
            previous: Some(Mutex::default()),
            rules: self.rules.clone(),
            prefix: self.prefix.clone(),
            forgiven: self.forgiven,
        }
    }

    /// Looks at the values. Never held across a wait.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Context) -> T) -> T {
        let mut context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(previous) = &self.previous else {
            return look(&mut context);
        };
        let mut previous = previous.lock().unwrap_or_else(PoisonError::into_inner);
        context.insert(PREVIOUS.to_owned(), previous.take());
        let seen = look(&mut context);
        *previous = context.remove(PREVIOUS).unwrap_or_default();
        seen
    }

    /// A step's full name: the calls that led to it, its own name, its rounds.
    pub(super) fn path(&self, name: &str, round: &str) -> String {
        match round {
            "" => format!("{}{name}", self.prefix),
            round => format!("{}{name}#{round}", self.prefix),
        }
    }
}
