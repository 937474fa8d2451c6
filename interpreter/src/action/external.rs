//! What an external action says before it acts, and what it finds behind it.

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Failure;

/// What an external action is about to do. It is durable before anything is done, and all that
/// looking it up may rest on: whoever looks may be another owner of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intention {
    /// What it will do, in words: `push 3f2a9c to origin`.
    pub what: String,
    /// What it must know to look it up.
    pub detail: Value,
    /// What it gives when it has happened, where that is known before.
    pub result: Option<Value>,
}

/// Whether something has happened outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It has; what the action gives.
    There(Value),
    /// It surely has not, and nothing that was begun can still bring it about.
    Absent,
    /// It cannot be known, for this reason: a clause without its full stop.
    Unclear(String),
}

/// Why an external action did not say that it has done it.
#[derive(Clone, Debug, PartialEq)]
pub enum NotDone {
    /// The outside has said no: nothing has happened.
    Refused(Failure),
    /// Nobody has said anything that decides it; it must be looked up.
    Unclear(Failure),
}

/// What acting comes to, later.
pub type Acting<'a> = Pin<Box<dyn Future<Output = Result<Value, NotDone>> + Send + 'a>>;
