//! Events. The face is `event/event.tau`.

mod wait;

use tau_interpreter::action::Action;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("event/event.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![Action::observe("event.wait", wait::Wait)]
}
