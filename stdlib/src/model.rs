//! Models: asked through the providers that the operator has set up. The face is `model/model.tau`.
//!
//! What a model that works with tools does is in [`agent`].
//!
//! The way of an edit: [`edit`] has its [`prompt`] made from what [`context`] finds, [`calls`] asks the
//! models of the route in the form of their [`wire`], [`answer`] reads the edits, [`change`] makes them, and
//! [`progress`] says whether another attempt is worth it.

mod agent;
mod answer;
mod ask;
mod calls;
mod change;
mod context;
mod edit;
pub(crate) mod progress;
pub(crate) mod prompt;
mod status;
mod wire;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;

pub(crate) use agent::{agent_reads, agent_runs, agent_writes};
pub(crate) use ask::{Given, ask_for};
pub(crate) use calls::{Limits, model_names};

pub use answer::edits_of_answer;
pub use wire::prompt_turns;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("model/model.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![
        Action::replace("model.agent", agent::Agent),
        Action::observe("model.ask", ask::Ask),
        Action::replace("model.edit", edit::Edit),
    ]
}

/// The paths that a model will change. This is the filter `edited_paths` of tau's expressions.
///
/// # Errors
/// Always: they are known when it has answered, and checked then.
pub(crate) fn edited_paths(_: &str) -> Result<Vec<String>, String> {
    Err("What a model will change is known when it has answered.".to_owned())
}
