//! `asks-a-question`

use super::{Reading, Rule, Verdict};
use crate::issue::classify::phrase::any_at;
use crate::issue::prose::Clause;

pub(super) const RULE: Rule = Rule {
    name: "asks-a-question",
    verdict: Verdict::Underspecified,
    about: "is a question of somebody who wants to know something, and not a change",
    found: &[
        "How do I use this with Docker?",
        "Is there a way to change the port?\n\nI could not find it in the docs.",
        "What is the difference between `load` and `open`?",
    ],
    harmless: &[
        "Why does `split` return an empty string?\n\n`split(\"a,\", \",\")` should return one item.",
        "Can we add a `--json` flag to `list`?",
        "`how_to.md` has a dead link, doesn't it?",
    ],
    find: |reading| {
        let Some(title) = reading.title() else {
            return Vec::new();
        };
        let clauses = &title.prose.clauses;
        let is_question = clauses.len() <= 2 && clauses.first().is_some_and(begins_as_question);
        match is_question && !says_more(reading) {
            true => vec![title.whole()],
            false => Vec::new(),
        }
    },
};

fn begins_as_question(clause: &Clause) -> bool {
    let always = &[
        "how do|can|to|should|would|does i|we|you|one|people?",
        "is there a|any|some way|possibility|option|plan|plans|documentation|example",
        "is it possible",
        "where can|do|is|are|should",
        "what is|are|does the|a|difference?",
        "what's the",
        "when will|is",
        "who|which",
        "can i|someone explain",
        "could someone explain",
        "question",
        "help",
        "need help",
        "help needed",
        "any plans",
        "does anyone|this|it support|work",
        "anyone know",
        "do you|we support",
        "should i",
    ];
    let maybe = &["why|does|is|are|do|can|what|which|has|will"];
    any_at(clause, 0, always).is_some() || (clause.asks && any_at(clause, 0, maybe).is_some())
}

/// Whether the rest of it says what should be.
fn says_more(reading: &Reading<'_>) -> bool {
    let says = &[
        "should|must|shall|expected|expect|expects|instead|bug|regression|fails|crashes|panics|wrong|incorrect|broken|throws|raises",
        "add|implement|fix|support|allow|return|change|remove|rename|make",
    ];
    let title = reading.title().into_iter();
    let own = title.flat_map(|part| &part.prose.clauses);
    let title_says = own.clone().any(|clause| {
        let wish = &["can|could we|you add|support|have|make|remove|rename|change|fix"];
        any_at(clause, 0, wish).is_some_and(|length| length > 2)
            || any_at(
                clause,
                0,
                &["can|could we|you please? add|have|make|remove|rename|change|fix|support|get"],
            )
            .is_some_and(|length| length > 2)
    });
    let rest = reading
        .parts
        .iter()
        .filter(|part| part.place != super::Place::Title);
    let mut rest = rest.flat_map(|part| &part.prose.clauses);
    title_says
        || rest.any(|clause| {
            !clause.asks && (0..clause.words.len()).any(|at| any_at(clause, at, says).is_some())
        })
}
