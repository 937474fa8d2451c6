//! Text for a shell. The face is `shell/shell.tau`.

mod run;

use tau_interpreter::action::Action;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("shell/shell.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![Action::replace("shell.run", run::Run)]
}
