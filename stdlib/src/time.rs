//! Time. The face is `time/time.tau`.

mod date;
mod sleep;
mod until;

use tau_interpreter::action::Action;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("time/time.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![
        Action::observe("time.sleep", sleep::Sleep),
        Action::observe("time.until", until::Until),
    ]
}
