//! `human.approve`

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};
use tau_interpreter::person::Question;

use super::{By, answered};
use crate::perform::perform;

/// Waits for a yes.
pub(super) struct Approve;

#[derive(Deserialize)]
struct Params {
    what: String,
    by: By,
}

#[derive(Serialize)]
struct Approved {
    by: String,
    at: String,
}

impl Observe for Approve {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, approve)
    }
}

fn approve(params: Params, hands: &dyn Look) -> Result<Approved, Failure> {
    let question = Question {
        text: params.what,
        wants_text: false,
        choices: Vec::new(),
        by_another: params.by == By::Another,
    };
    let answer = answered(question, hands)?;
    Ok(Approved {
        by: answer.by.name,
        at: answer.at,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tau_interpreter::action::FailureKind;

    use crate::fake::Fake;

    #[test]
    fn it_waits_until_somebody_has_answered() {
        let hands = Fake::default();
        let args = json!({ "what": "ship it", "by": "another" });
        let waiting = hands.call("human.approve", args.clone()).unwrap_err();
        let FailureKind::Waiting(question) = waiting.kind else {
            panic!("{waiting:?}");
        };
        assert_eq!(question.text, "ship it");
        assert!(question.by_another && !question.wants_text);
        hands.answers(true, None);
        let approved = hands.call("human.approve", args).unwrap();
        assert_eq!(approved, json!({ "by": "ann", "at": "now" }));
    }

    #[test]
    fn a_no_is_a_failure() {
        let hands = Fake::default();
        hands.answers(false, Some("not on a Friday"));
        let args = json!({ "what": "ship it", "by": "anyone" });
        let failure = hands.call("human.approve", args).unwrap_err();
        assert_eq!(failure.code, "human-denied");
        assert_eq!(failure.message, "ann said no: not on a Friday");
    }
}
