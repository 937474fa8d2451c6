//! The history of the repository, and the run's own branch. The face is `git/git.tau`.

mod commit;
mod diff;
mod log;
mod push;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("git/git.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![
        Action::observe("git.diff", diff::Diff),
        Action::observe("git.log", log::Log),
        Action::replace("git.commit", commit::Commit),
        Action::external("git.push", push::PushBranch),
    ]
}
