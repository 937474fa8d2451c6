//! Coding agents: programs of other people that change files, started in a box. The face is
//! `agent/agent.tau`.
//!
//! [`run`] starts one with the [`task`], as text or by the Agent Client Protocol ([`acp`]); what it did
//! is read from the tree and from nothing else.

mod acp;
mod credentials;
mod listener;
mod run;
mod spending;
mod task;
mod usage;

use tau_interpreter::action::Action;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("agent/agent.tau");

/// The model by whose grant what an agent spends is counted, if the step names one. This is the filter
/// `agent_models` of tau's expressions.
///
/// # Errors
/// Never; filters can have some.
#[allow(clippy::unnecessary_wraps, reason = "all filters have this form")]
pub(crate) fn agent_models(text: &str) -> Result<Vec<String>, String> {
    let model = text.trim();
    let all = (!model.is_empty()).then(|| model.to_owned());
    Ok(all.into_iter().collect())
}

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![Action::replace("agent.run", run::Run)]
}
