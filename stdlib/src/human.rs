//! People. The face is `human/human.tau`.

mod approve;
mod ask;

use serde::Deserialize;
use tau_interpreter::action::{Action, Failure, Look};
use tau_interpreter::person::{Answer, Question};

/// The face of the group, in tau.
pub(crate) const FACE: &str = include_str!("human/human.tau");

/// Every action of the group.
pub(crate) fn actions() -> Vec<Action> {
    vec![
        Action::observe("human.approve", approve::Approve),
        Action::observe("human.ask", ask::Ask),
    ]
}

/// Who may answer.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum By {
    Anyone,
    Another,
}

/// The answer to a question; a failure when it is no, or not there yet.
fn answered(question: Question, hands: &dyn Look) -> Result<Answer, Failure> {
    let Some(answer) = hands.answer() else {
        return Err(Failure::waiting(question));
    };
    if answer.approved {
        return Ok(answer);
    }
    let why = answer.text.unwrap_or_default();
    let message = format!("{} said no: {why}", answer.by.name);
    Err(Failure::new("human-denied", message))
}
