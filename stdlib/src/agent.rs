//! Coding agents: programs of other people that change files, started in a box. The face is
//! `agent/agent.tau`.
//!
//! [`run`] starts one with the [`task`], as text or by the Agent Client Protocol ([`acp`]); what it did
//! is read from the tree and from nothing else.

mod acp;
mod credentials;
mod run;
mod task;

use tau_interpreter::action::Action;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("agent/agent.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![Action::replace("agent.run", run::Run)]
}
