//! `everything-at-once`

use super::{Rule, Verdict};
use crate::issue::classify::asks::asks;
use crate::issue::prose::{Clause, Kind};

pub(super) const RULE: Rule = Rule {
    name: "everything-at-once",
    verdict: Verdict::TooBroad,
    about: "asks for the same in all places, or for all of a kind: no check can tell when that is done",
    found: &[
        "Fix all bugs.",
        "Please add tests for every module and document everything",
        "We should resolve all the open issues before Friday.",
        "Translate the whole app",
        "Get rid of technical debt",
        "Go through the modules and bring them up to date.",
    ],
    harmless: &[
        "Everything else is fine.",
        "Fix all warnings in `src/lexer.rs`.",
        "`--fix` should fix all errors of one file at once.",
        "After the update all tests fail with `E0425`.",
        "Close all open files before `fork`.",
        "Go through the files of `src/net` in the order of their names.",
    ],
    find: |reading| {
        reading.clauses(|clause| {
            let sweep = &[
                "fix|resolve|address|solve|close|clean~up|handle|improve|document|add~tests~for|write~tests~for|test|optimize|optimise|translate|support|modernize|upgrade|update|review|audit|remove|eliminate|cover|secure|check|find~and~fix|add~docs~to|add~documentation~to|add~types~to|add~comments~to|speed~up|harden",
                "find and fix", "add~tests~for|to", "write tests for", "add unit|integration|more tests for|to",
            ];
            let through = || {
                let all = &["the|our|all? modules|files|packages|code|codebase|code~base|services|pages|components|classes|tests|repository|repo|project"];
                let debt = &["the|our|all? technical|tech? debt"];
                asks(clause, &["go~through|walk~through|go~over|comb~through|sweep"], all)
                    .or_else(|| asks(clause, &["get~rid~of|reduce|tackle|pay~down|pay~off|work~off|cut~down"], debt))
            };
            let at = asks(
                clause,
                sweep,
                &[
                    "all|every|any|each|the? of? the|these|our|other|remaining|open|known|existing? open|security|known|existing|remaining|possible|compiler|lint? bugs|bug|issues|issue|problems|errors|warnings|vulnerabilities|todos|todo|code~smells",
                    "all|every|each of? the|our? public? modules|module|pages|page|endpoints|endpoint|files|file|functions|function|classes|class|components|component|services|service|packages|package|dependencies|dependency|screens|screen|features|feature|languages|platforms|browsers|methods|method|apis",
                    "everything", "everywhere", "the? whole|entire|complete app|application|codebase|code~base|project|repo|repository|site|website|ui|docs|documentation|system|product",
                    "technical|tech debt", "all~technical|tech debt",
                ],
            )
            .or_else(through)?;
            (!is_named(clause, &at)).then_some(at)
        })
    },
};

/// Whether it says right behind it in which file or function.
fn is_named(clause: &Clause, at: &std::ops::Range<usize>) -> bool {
    let next = clause.words.iter().position(|word| word.at.start >= at.end);
    let Some(next) = next else { return false };
    clause.words[next..]
        .iter()
        .take(6)
        .any(|word| matches!(word.kind, Kind::Code | Kind::Quote))
}
