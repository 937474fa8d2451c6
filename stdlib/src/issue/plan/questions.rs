//! What has to be asked before an issue can be worked on.

use super::{Question, VerifierPlan};
use crate::issue::prose::Prose;
use crate::issue::ticket::Ticket;

/// Words with which somebody says what should be.
const SAYS: &[&str] = &[
    "should",
    "must",
    "shall",
    "expected",
    "expect",
    "expects",
    "instead",
    "add",
    "allow",
    "support",
    "implement",
    "remove",
    "rename",
    "replace",
    "want",
    "fix",
    "wrong",
    "correct",
    "typo",
    "missing",
    "fails",
    "crashes",
    "panics",
];

/// The questions, in the order in which they are asked.
pub(super) fn ask(ticket: &Ticket, plan: &VerifierPlan) -> Vec<Question> {
    let mut questions = Vec::new();
    let mut ask = |id: &str, text: String| {
        questions.push(Question {
            id: id.to_owned(),
            text,
        });
    };
    if !plan.decides() {
        let tried: Vec<String> = plan
            .passed_over
            .iter()
            .map(|it| format!("`{}`: {}", it.run, it.why))
            .collect();
        let tried = match tried.is_empty() {
            true => String::new(),
            false => format!(
                " What was found decides nothing here ({}).",
                tried.join("; ")
            ),
        };
        ask(
            "which-check",
            format!(
                "Which command shows that this is done: one that fails now, and passes then?{tried}"
            ),
        );
    }
    let found = &plan.found;
    let names_any = [&found.files, &found.tests, &found.symbols, &found.messages]
        .iter()
        .any(|names| !names.is_empty());
    if !names_any {
        ask(
            "which-place",
            "Where is it seen: which file, command, function or message is it about?".to_owned(),
        );
    }
    let texts = [&ticket.title, &ticket.text];
    let says = texts.iter().any(|text| {
        let prose = Prose::new(text);
        let mut words = prose.clauses.iter().flat_map(|clause| &clause.words);
        words.any(|word| SAYS.contains(&word.text.as_str()))
    });
    if !says {
        ask(
            "what-is-expected",
            "What should happen, and what happens instead?".to_owned(),
        );
    }
    questions
}

/// The questions as a comment.
pub(super) fn comment(questions: &[Question]) -> String {
    if questions.is_empty() {
        return String::new();
    }
    let items: Vec<String> = questions
        .iter()
        .map(|it| format!("- {}\n", it.text))
        .collect();
    let one = match questions.len() {
        1 => "one thing is",
        _ => "some things are",
    };
    format!(
        "Before this can be worked on, {one} not clear:\n\n{}\nPlease answer in the text of the issue or in a comment.\n",
        items.concat()
    )
}
