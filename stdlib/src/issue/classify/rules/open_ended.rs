//! `open-ended`

use super::{Rule, Verdict};
use crate::issue::classify::asks::{asks, verbs};
use crate::issue::classify::phrase::any_at;
use crate::issue::prose::{Clause, Kind};

pub(super) const RULE: Rule = Rule {
    name: "open-ended",
    verdict: Verdict::TooBroad,
    about: "asks for better without saying how much better, or where",
    found: &[
        "Improve performance",
        "Make the app faster and more user friendly.",
        "We need to improve the code quality.",
        "Make it production ready",
        "Polish the UI",
        "Make it fast",
        "Look for slow places, and please speed up whatever you can find.",
        "Bring the code up to modern standards.",
    ],
    harmless: &[
        "Improve the error message of `--depth 0`.",
        "Make `parse` faster: it copies the buffer for every line.",
        "Performance regression in 3.2: `sort` takes 40 s instead of 2 s",
        "Make the timeout configurable.",
        "Enter whatever you like and press return: the field stays empty.",
    ],
    find: |reading| {
        // Who measures says when it is done.
        if reading.said().any(|part| !part.prose.blocks.is_empty()) {
            return Vec::new();
        }
        reading.clauses(|clause| {
            let better = &[
                "improve|polish|enhance|optimize|optimise|modernize|modernise|clean~up|tidy~up|beautify|boost|harden|revamp|increase|streamline|simplify",
                "work on", "do something about", "take care of",
            ];
            let whole = &[
                "the|our|overall|general|app|application|site|user|website|whole? overall|general? performance|speed|ux|ui|usability|accessibility|security|stability|reliability|robustness|scalability|maintainability|readability|documentation|docs|look|design|architecture|responsiveness|quality",
                "the|our? code quality|base|structure|coverage|style", "the|our? codebase|code", "the|our? user experience|interface",
                "the|our? look and feel", "the|our? developer experience", "the|our? error handling|messages", "the|our? test coverage", "things", "stuff",
                "the|our? app|application|website|project|product|system|frontend|backend",
            ];
            let anything = || {
                let work = &["fix|improve|speed~up|change|clean~up|optimize|optimise|start|begin|refactor|update|rewrite|work~on|replace|remove|simplify|document|test|polish|tune"];
                let (verb, object) = verbs(clause, work).next()?;
                let end = (object.start..clause.words.len()).find_map(|at| {
                    let any = &["whatever|wherever|anything|everything|whichever|anywhere that? you|seems|looks|is can|like|want|find|see|think|notice|feel|fit|needed|necessary|odd|wrong|slow|bad"];
                    Some(at + any_at(clause, at, any)?)
                })?;
                Some(clause.span(verb, end))
            };
            let standards = || {
                let (verb, object) = verbs(clause, &["bring|get|raise|lift"]).next()?;
                let end = (object.start..clause.words.len()).find_map(|at| {
                    let up = &["up? to today's|modern|current|the~latest|industry|professional|best? standards|standard|date|practices|practice|scratch"];
                    Some(at + any_at(clause, at, up)?)
                })?;
                Some(clause.span(verb, end))
            };
            let at = asks(clause, better, whole).or_else(anything).or_else(standards).or_else(|| {
                asks(
                    clause,
                    &["make"],
                    &[
                        "it|this|the|our|everything|things|whole? app|application|site|website|code|codebase|ui|ux|project|system|product|library|tool|performance|everything|whole? thing|app? a|much|way|lot|more|bit|even|really|look|feel|run|be|as? lot|bit|more|much? better|faster|fast|quick|quicker|usable|pretty|nicer|good|great|modern|robust|maintainable|scalable|reliable|stable|professional|cleaner|clean|secure|prettier|snappier|smoother|simpler|production-ready|user-friendly|beautiful|responsive|friendly|readable|idiomatic|pleasant|awesome",
                        "it|this|the? app|code|project? production|enterprise ready|grade", "it|this|the? app|code|project? more? user friendly",
                    ],
                )
            })?;
            (!is_exact(clause)).then_some(at)
        })
    },
};

/// Whether the clause names something, or a number.
fn is_exact(clause: &Clause) -> bool {
    clause.words.iter().any(|word| {
        matches!(word.kind, Kind::Code | Kind::Quote)
            || word.text.starts_with(|c: char| c.is_ascii_digit())
    })
}
