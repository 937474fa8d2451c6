//! Whether a clause asks that something else does something: `let it accept any certificate`, `have
//! reset.py mail every link`, `the client should trust all hosts`.
//!
//! Much that a program should do it may do, so only those rules ask this way whose verbs and objects
//! leave no doubt together.

use std::ops::Range;

use super::super::prose::{Clause, Kind, Section};
use super::asks::{NOT, is_head, object, verbs};
use super::phrase::{self, Phrases};

/// Words between a modal and its verb that change nothing.
const BETWEEN: &[&str] = &[
    "also",
    "always",
    "automatically",
    "first",
    "just",
    "only",
    "quietly",
    "silently",
    "simply",
    "then",
];

/// Behind these a clause tells when or what, and asks for nothing.
const CONDITIONS: &[&str] = &[
    "if", "when", "whenever", "why", "unless", "whether", "once", "that", "which", "who", "because",
];

/// The place of a verb that the writer wishes to be done, by whomever, with the words behind it.
pub(super) fn caused<'c>(
    clause: &'c Clause,
    of: Phrases,
) -> impl Iterator<Item = (usize, Range<usize>)> + 'c {
    let told = clause.section == Section::Told;
    let starts = (0..clause.words.len()).filter(move |_| !told);
    let others = starts.filter_map(move |at| {
        let length = phrase::any_at(clause, at, of)?;
        let is_word = clause.words[at].kind == Kind::Plain;
        (is_word && is_caused(clause, at)).then(|| (at, object(clause, at + length)))
    });
    verbs(clause, of).chain(others)
}

/// Where a clause asks that one of these is done to one of `objects`, by whomever.
pub(super) fn asks_for(clause: &Clause, of: Phrases, objects: Phrases) -> Option<Range<usize>> {
    caused(clause, of).find_map(|(verb, within)| {
        let end = within.clone().find_map(|at| {
            let length = phrase::any_at(clause, at, objects)?;
            is_head(clause, at + length, &within).then_some(at + length)
        })?;
        Some(clause.span(verb, end))
    })
}

fn is_caused(clause: &Clause, verb: usize) -> bool {
    let word = |at: usize| clause.word(at);
    let before = 0..verb;
    let holds_back = |at: usize| NOT.contains(&word(at)) || CONDITIONS.contains(&word(at));
    if before.clone().any(holds_back) {
        return false;
    }
    let mut end = verb;
    while end > 0 && BETWEEN.contains(&word(end - 1)) {
        end -= 1;
    }
    let modal = end > 0 && matches!(word(end - 1), "should" | "must" | "shall");
    let has_to =
        end > 1 && word(end - 1) == "to" && matches!(word(end - 2), "has" | "needs" | "have");
    // `let it`, `make the client`, `have` and a name.
    let begins = |at: usize| {
        let whom = at + 1..end;
        let is_thing = match whom.len() {
            1 => matches!(word(at + 1), "it" | "them") || clause.words[at + 1].kind == Kind::Code,
            2 => matches!(word(at + 1), "the" | "our" | "this"),
            _ => false,
        };
        matches!(word(at), "let" | "make" | "have") && is_thing
    };
    modal || has_to || (end.saturating_sub(3)..end).any(begins)
}
