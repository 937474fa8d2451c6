//! What a step does with other actions, one after the other, and finds again after a crash.

use serde_json::Value;
use tau_lang::types::Type;

use super::{Action, Failure, Keep};

/// One call of another action, inside of a step.
pub struct Part<'a> {
    /// The action. It only computes, looks, or changes what the run has for itself.
    pub action: &'a Action,
    /// Its arguments, checked and whole.
    pub args: serde_json::Map<String, Value>,
    /// What it gives.
    pub result: Type,
    /// Makes of what it gave, or why it failed, the value that is recorded and given back.
    pub tell: &'a (dyn Fn(&Result<Value, Failure>) -> Value + Send + Sync),
    /// What is recorded of it. Only a whole record is found again.
    pub keep: Keep,
}
