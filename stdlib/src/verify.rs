//! The checks that decide: RED on the base, GREEN with the change, RED again without it.
//!
//! The face is `verify/verify.tau`. The way of a verdict: a [`verifier`] is run in clean
//! checkouts of one tree, with tau's part in its runner where that is one of [`runners`]; an
//! [`outcome`] is what one run showed, by the runner's [`report`] or else by the [`exit_codes`] that
//! runners are known for; [`judge`] makes them one [`verdict`]; [`refusal`] is how a step fails
//! over it. A [`proof`] binds the verdicts that [`prove`] asked for.
//!
//! Nothing that a command prints decides: only what its runner reports, and how it ended, does.

mod check;
mod freeze;
mod prove;
mod red;

mod confidence;
mod exit_codes;
mod expected;
mod judge;
mod kept;
mod outcome;
mod proof;
mod refusal;
mod report;
mod runners;
mod steering;
mod together;
mod verdict;
mod verifier;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;

pub(crate) use proof::{Level, Proof, edited_since};
pub use verifier::verifier_digest;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("verify/verify.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![
        Action::replace("verify.red", red::Red),
        Action::replace("verify.check", check::Check),
        Action::observe("verify.freeze", freeze::Freeze),
        Action::replace("verify.prove", prove::Prove),
    ]
}
