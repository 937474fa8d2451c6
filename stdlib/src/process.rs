//! Commands, started without a shell. The face is `process/process.tau`.

mod run;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;

pub(crate) use self::run::{Ran, ran};

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("process/process.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![Action::replace("process.run", run::Run)]
}
