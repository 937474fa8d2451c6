//! The names of one mission being run, and the rules it runs under.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tau_lang::authority::Rules;
use tau_lang::expr::Context;
use tau_lang::plan::Plan;

use crate::blobs::sha256;

/// What a loop's body calls the values of the round before.
pub(super) const PREVIOUS: &str = "previous";

/// What an `on failure` block calls the failure.
pub(super) const FAILURE: &str = "failure";
/// How often a run must be told to end before its statements end.
const ONCE: u32 = 1;
/// The same for what `finally` does.
const TWICE: u32 = 2;

/// How much longer than the time that the mission is granted its `finally` blocks may take, those
/// of the missions it calls included.
pub(super) const GRACE: Duration = Duration::from_secs(30);

/// One mission being run: its names and their values, and the rules it runs under.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) plan: Arc<Plan>,
    context: Arc<Mutex<Context>>,
    /// In a `repeat`, what the round before gave. Loops that run at the same time each have their
    /// own.
    previous: Option<Arc<Mutex<Json>>>,
    /// In a `for`, the digest of the items that led here.
    pub(super) items: Option<String>,
    /// Of the mission and of every mission that led to it, outermost first.
    pub(super) rules: Arc<Vec<Rules>>,
    /// The calls that led here, each with a `/` behind it.
    prefix: String,
    /// Whether a call that led here may fail: no failure in here ends the run.
    pub(super) forgiven: bool,
    /// How often the run must be told to end before these statements do.
    pub(super) patience: u32,
    /// When they must have ended.
    pub(super) deadline: Option<Instant>,
}

impl Frame {
    /// The mission that the run is about.
    pub(super) fn new(
        plan: Arc<Plan>,
        context: Context,
        rules: Rules,
        deadline: Option<Instant>,
    ) -> Frame {
        Frame {
            plan,
            context: Arc::new(Mutex::new(context)),
            previous: None,
            items: None,
            rules: Arc::new(vec![rules]),
            prefix: String::new(),
            forgiven: false,
            patience: ONCE,
            deadline,
        }
    }

    /// A mission that a step called `path` calls.
    pub(super) fn called(
        &self,
        plan: Arc<Plan>,
        context: Context,
        rules: Rules,
        path: &str,
    ) -> Frame {
        let mut all = self.rules.to_vec();
        all.push(rules);
        Frame {
            plan,
            context: Arc::new(Mutex::new(context)),
            previous: None,
            rules: Arc::new(all),
            prefix: format!("{path}/"),
            ..self.clone()
        }
    }

    /// The same mission inside of a `repeat`.
    pub(super) fn in_loop(&self) -> Frame {
        Frame {
            previous: Some(Arc::default()),
            ..self.clone()
        }
    }

    /// The same mission in one round of a `for`, with names of its own beside those it `uses`.
    pub(super) fn in_round(&self, uses: &[String], name: &str, item: Json) -> Frame {
        let digest = sha256(json!([self.items, item]).to_string().as_bytes());
        let mut context: Context = self.with(|outer| {
            let all = uses.iter().map(String::as_str).chain(["branch"]);
            all.filter_map(|name| Some((name.to_owned(), outer.get(name)?.clone())))
                .collect()
        });
        context.insert(name.to_owned(), item);
        Frame {
            context: Arc::new(Mutex::new(context)),
            previous: None,
            items: Some(digest),
            ..self.clone()
        }
    }

    /// The same mission in its `finally`: it has some time more than the mission is granted, and
    /// goes on when the run is told to end for the first time.
    pub(super) fn in_finally(&self) -> Frame {
        let deadline = match self.patience {
            ONCE => self
                .deadline
                .and_then(|deadline| deadline.checked_add(GRACE)),
            // Inside of another one there is no more.
            _ => self.deadline,
        };
        Frame {
            patience: TWICE,
            deadline,
            ..self.clone()
        }
    }

    /// Whether the time that these statements have is over.
    pub(super) fn is_over(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
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
