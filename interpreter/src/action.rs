//! What an action is: a name, and what performs it.
//!
//! What performs it has a kind, and each kind gets hands that fit it: what only looks cannot reach
//! any that change something. The face of the action says the same kind as a word, and the
//! interpreter refuses an action whose face says another.

mod external;
mod failure;
mod hands;
mod models;
mod part;
mod talk;
mod things;
mod web;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::{Map, Value};
use tau_lang::library::Repeat;
use tau_lang::types::Type;

pub use self::external::{Acting, Found, Intention, NotDone};
pub use self::failure::{Failure, FailureKind, Missing};
pub use self::hands::{
    Act, Checkout, Look, Push, Pushing, Remote, Requesting, Reservation, Shelf, Survey, Work,
};
pub use self::models::{Account, Asking, Keep, Reads, Reply, SpendingSaid};
pub use self::part::Part;
pub use self::talk::{Desk, Said, Talk, Then};
pub use self::things::{
    Change, Changed, Command, Exit, File, FileMode, Finished, Ground, Handed, Script, Subject,
};
pub use self::web::{Fetch, Fetched, Sending, Token};

/// What comes later, or a failure.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// What an action gives, later.
pub type Running<'a> = Later<'a, Value>;

/// One action. Its face (parameters, result, authority, kind) is a tau file; this is what performs
/// it.
#[derive(Clone)]
pub struct Action {
    /// The dotted name under which missions call it, such as `fs.write`.
    pub name: &'static str,
    /// What performs it.
    pub performer: Performer,
}

/// What performs an action, by what may be done with it after a crash.
#[derive(Clone)]
pub enum Performer {
    /// It is computed again.
    Pure(Arc<dyn Pure>),
    /// What it saw is recorded and used; what has no record is looked at again.
    Observe(Arc<dyn Observe>),
    /// It is done again, to the same result.
    Replace(Arc<dyn Replace>),
    /// It is looked up, and then done or adopted.
    External(Arc<dyn External>),
    /// It is not repeated: whether it has happened is for a person to say.
    Unknown(Arc<dyn Unknown>),
}

/// One call of an action.
///
/// The arguments have been checked against the face: every required parameter is there with its
/// declared type, defaults are filled in.
pub struct Call {
    /// The step that calls, with its calls and rounds: `prove/edit#2`.
    pub step: String,
    /// The arguments by parameter name.
    pub args: Map<String, Value>,
    /// What the step must give: what the face says, with the type that the step names for a value of
    /// any.
    pub result: Type,
}

/// Computes a value from its arguments and nothing else.
pub trait Pure: Send + Sync + 'static {
    /// Computes it.
    ///
    /// # Errors
    /// It has no value for these arguments.
    fn compute(&self, call: &Call) -> Result<Value, Failure>;
}

/// Looks at something, and changes nothing.
pub trait Observe: Send + Sync + 'static {
    /// Looks once. A [`Failure`] has everything a person needs to go on.
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a>;

    /// Whether it tells what the mission is about. A run that is blocked before it begins looks all the
    /// same, so that its record says what was asked for and all that it would take.
    fn tells_what_for(&self) -> bool {
        false
    }
}

/// Changes what the run has for itself: its tree, its own folders, its branch. Done again from the
/// same beginning it comes to the same.
pub trait Replace: Send + Sync + 'static {
    /// Does it once. When it fails, nothing that it staged is kept.
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a>;

    /// Whether it starts commands of which nobody knows what they do at the hosts that are granted
    /// to them. Where some are, it is as an [`Unknown`]: not done again once it has begun.
    fn may_reach_hosts(&self) -> bool {
        false
    }

    /// Whether the models that it needs are asked by a program that it starts, so that no provider of the
    /// operator's has to know them.
    fn asks_elsewhere(&self) -> bool {
        false
    }
}

/// Changes something outside, which nobody can take back and which must not happen twice.
///
/// The run calls these in this order: `intend`; the intention is made durable; `act`; `read_back`.
/// After a crash, an error, a timeout or a cancellation behind the intention it calls `look_up`
/// instead of acting again. Only what has surely not happened is done (again).
pub trait External: Send + Sync + 'static {
    /// Says what it is about to do. It may look at the outside, and changes nothing.
    fn intend<'a>(&'a self, call: &'a Call, hands: &'a dyn Survey) -> Later<'a, Intention>;

    /// Whether an intention has come true. A failure is as good as [`Found::Unclear`].
    fn look_up<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Survey) -> Later<'a, Found>;

    /// Does it, once.
    fn act<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Act) -> Acting<'a>;

    /// Confirms that what `act` said it has done is there.
    fn read_back<'a>(&'a self, intended: &'a Intended, hands: &'a dyn Survey) -> Later<'a, Found>;
}

/// An intention with its mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Intended {
    /// What the run calls it outside: the same for the same step of the same run that rests on the
    /// same, however often it is tried. What can carry it outside should.
    pub marker: String,
    /// What is to be done.
    pub intention: Intention,
}

/// Does something of which nobody knows what it changes.
pub trait Unknown: Send + Sync + 'static {
    /// Does it once.
    fn run<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a>;
}

impl Action {
    /// An action that only computes.
    pub fn pure(name: &'static str, performer: impl Pure) -> Action {
        let performer = Performer::Pure(Arc::new(performer));
        Action { name, performer }
    }

    /// An action that looks at something.
    pub fn observe(name: &'static str, performer: impl Observe) -> Action {
        let performer = Performer::Observe(Arc::new(performer));
        Action { name, performer }
    }

    /// An action that changes what the run has for itself.
    pub fn replace(name: &'static str, performer: impl Replace) -> Action {
        let performer = Performer::Replace(Arc::new(performer));
        Action { name, performer }
    }

    /// An action that changes something outside.
    pub fn external(name: &'static str, performer: impl External) -> Action {
        let performer = Performer::External(Arc::new(performer));
        Action { name, performer }
    }

    /// An action of which nobody knows what it changes.
    pub fn unknown(name: &'static str, performer: impl Unknown) -> Action {
        let performer = Performer::Unknown(Arc::new(performer));
        Action { name, performer }
    }
}

impl Performer {
    /// The kind that the face must say.
    #[must_use]
    pub fn repeat(&self) -> Repeat {
        match self {
            Performer::Pure(_) => Repeat::Pure,
            Performer::Observe(_) => Repeat::Observe,
            Performer::Replace(_) => Repeat::Replace,
            Performer::External(_) => Repeat::External,
            Performer::Unknown(_) => Repeat::Unknown,
        }
    }

    /// See [`Observe::tells_what_for`].
    #[must_use]
    pub fn tells_what_for(&self) -> bool {
        matches!(self, Performer::Observe(it) if it.tells_what_for())
    }
}
