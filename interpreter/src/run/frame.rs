//! The names of one mission being run, and the rules it runs under.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tau_lang::authority::Rules;
use tau_lang::expr::Context;
use tau_lang::plan::Plan;

use crate::blobs::sha256;
use crate::clock::Clock;
use crate::journal::Finished;

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
    /// Of the policies, then of every mission that led to this one, outermost first, and its own.
    pub(super) rules: Arc<Vec<Rules>>,
    /// The calls that led here, each with a `/` behind it.
    prefix: String,
    /// Whether a call that led here may fail: no failure in here ends the run.
    pub(super) forgiven: bool,
    /// How often the run must be told to end before these statements do.
    pub(super) patience: u32,
    /// When they must have ended.
    pub(super) deadline: Option<Instant>,
    /// The same for what `finally` does.
    last: Option<Instant>,
    /// They were cut before the run was gone on with: what has no record is not done.
    pub(super) over: bool,
    done: Arc<Mutex<Done>>,
}

/// What one attempt of a mission has done so far.
#[derive(Default)]
struct Done {
    /// The paths of the files that it changed.
    paths: BTreeSet<String>,
    /// Whether it has done something outside, or committed.
    acted: bool,
    /// What went wrong beside that which ended it: sentences.
    also: Vec<String>,
}

impl Frame {
    /// The mission that the run is about, under the rules of the policies and its own.
    pub(super) fn new(
        plan: Arc<Plan>,
        context: Context,
        rules: Vec<Rules>,
        deadline: Option<Instant>,
    ) -> Frame {
        Frame {
            plan,
            context: Arc::new(Mutex::new(context)),
            previous: None,
            items: None,
            rules: Arc::new(rules),
            prefix: String::new(),
            forgiven: false,
            patience: ONCE,
            deadline,
            last: with_grace(deadline),
            over: false,
            done: Arc::default(),
        }
    }

    /// A mission that a step called `path` calls, until its `own` deadline at most.
    pub(super) fn called(
        &self,
        plan: Arc<Plan>,
        context: Context,
        rules: Rules,
        path: &str,
        own: Option<Instant>,
    ) -> Frame {
        let mut all = self.rules.to_vec();
        all.push(rules);
        let sooner = |a: Option<Instant>, b| [a, b].into_iter().flatten().min();
        Frame {
            plan,
            context: Arc::new(Mutex::new(context)),
            previous: None,
            rules: Arc::new(all),
            prefix: format!("{path}/"),
            deadline: sooner(self.deadline, own),
            last: sooner(self.last, with_grace(own)),
            done: Arc::default(),
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
    /// goes on when the run is told to end for the first time. Inside of another one there is no
    /// more.
    pub(super) fn in_finally(&self) -> Frame {
        Frame {
            patience: TWICE,
            deadline: self.last,
            ..self.clone()
        }
    }

    /// Whether the time that these statements have is over.
    pub(super) fn is_over(&self, clock: &Clock) -> bool {
        self.deadline
            .is_some_and(|deadline| clock.is_over(deadline))
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

    /// A step of it has ended so.
    pub(super) fn note(&self, finished: &Finished) {
        let mut done = self.done();
        let paths = finished.edits.iter().map(|edit| edit.path.clone());
        done.paths.extend(paths);
        done.acted |= finished.effects() > 0;
    }

    /// Something went wrong beside that which ends it.
    pub(super) fn say_also(&self, sentence: String) {
        self.done().also.push(sentence);
    }

    /// What a called mission has done is done by its caller, too.
    pub(super) fn adopt(&self, called: &Frame) {
        let theirs = std::mem::take(&mut *called.done());
        let mut done = self.done();
        done.paths.extend(theirs.paths);
        done.acted |= theirs.acted;
        done.also.extend(theirs.also);
    }

    /// The paths of the files that it has changed.
    pub(super) fn changed(&self) -> BTreeSet<String> {
        self.done().paths.clone()
    }

    /// Whether it has done something outside, or committed.
    pub(super) fn has_acted(&self) -> bool {
        self.done().acted
    }

    /// What went wrong beside that which has ended it.
    pub(super) fn said_also(&self) -> Vec<String> {
        self.done().also.clone()
    }

    fn done(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The deadline of `finally`.
fn with_grace(deadline: Option<Instant>) -> Option<Instant> {
    deadline?.checked_add(GRACE)
}
