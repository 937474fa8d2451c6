//! `human.ask`

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};
use tau_interpreter::person::Question;

use super::{By, answered};
use crate::perform::perform;

/// Waits for an answer.
pub(super) struct Ask;

#[derive(Deserialize)]
struct Params {
    question: String,
    choices: Vec<String>,
    by: By,
}

#[derive(Serialize)]
struct Answered {
    answer: String,
    by: String,
    at: String,
}

impl Observe for Ask {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform(call, hands, ask)
    }
}

fn ask(params: Params, hands: &dyn Look) -> Result<Answered, Failure> {
    let question = Question {
        text: params.question,
        wants_text: true,
        choices: params.choices,
        by_another: params.by == By::Another,
    };
    let answer = answered(question, hands)?;
    Ok(Answered {
        answer: answer.text.unwrap_or_default(),
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
    fn it_gives_what_was_answered() {
        let hands = Fake::default();
        let args = json!({ "question": "which?", "choices": ["a", "b"], "by": "anyone" });
        let waiting = hands.call("human.ask", args.clone()).unwrap_err();
        let FailureKind::Waiting(question) = waiting.kind else {
            panic!("{waiting:?}");
        };
        assert_eq!(question.choices, ["a", "b"]);
        assert!(question.wants_text);
        hands.answers(true, Some("b"));
        let answered = hands.call("human.ask", args).unwrap();
        assert_eq!(answered["answer"], "b");
    }
}
