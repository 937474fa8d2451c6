//! The history of the repository, and the run's own branch. The face is `git/git.tau`.

mod commit;
mod diff;
mod log;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("git/git.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Box<dyn Action>> {
    vec![
        Box::new(diff::Diff),
        Box::new(log::Log),
        Box::new(commit::Commit),
    ]
}
