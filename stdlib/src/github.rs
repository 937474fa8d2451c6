//! GitHub, and hosts that speak as it does. The face is `github/github.tau`.

mod auto_merge;
mod body;
mod comment;
mod draft_pr;
mod effect;
mod host;
mod label;
mod marker;
mod ready;
mod status;

#[cfg(test)]
mod tests;

use tau_interpreter::action::Action;

use self::effect::Performed;

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("github/github.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![
        Action::external(
            "github.auto_merge",
            Performed::<auto_merge::AutoMerge>::new(),
        ),
        Action::external("github.comment", Performed::<comment::Comment>::new()),
        Action::external("github.draft_pr", Performed::<draft_pr::DraftPr>::new()),
        Action::external("github.label", Performed::<label::Label>::new()),
        Action::external("github.ready", Performed::<ready::Ready>::new()),
        Action::external("github.status", Performed::<status::Status>::new()),
    ]
}
