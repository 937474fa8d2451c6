//! `whole-rewrite`

use super::{Rule, Verdict};
use crate::issue::classify::asks::{asks, verbs};
use crate::issue::classify::phrase::any_at;

const WHOLE: &[&str] = &[
    "the|this|our|my? whole|entire|complete|full thing|app|application|codebase|project|repo|repository|backend|frontend|site|website|program|system|ui|stack|code|library|service|tool|api",
    "the|our|this? codebase|backend|frontend|app|application|project|program|architecture|monolith|ui|website|stack",
    "everything",
    "the|our? code base",
    "it all",
];

pub(super) const RULE: Rule = Rule {
    name: "whole-rewrite",
    verdict: Verdict::TooBroad,
    about: "asks to make all of it anew, in another language, framework or shape",
    found: &[
        "Rewrite it in Rust",
        "Port the entire backend to Go.",
        "We should refactor the whole codebase to clean architecture",
        "Please redesign the website.",
        "Migrate everything to TypeScript",
        "We should switch the entire code base to async functions.",
    ],
    harmless: &[
        "Rewrite `parse_date` without a regular expression.",
        "URL rewrite drops the query string",
        "Port 8080 is hardcoded",
        "The migration of everything in `v1/` to `v2/` stops at the first symlink.",
        "Refactor `Config::load` to return an error instead of a panic.",
        "Switch the project file to `pyproject.toml`.",
    ],
    find: |reading| {
        reading.clauses(|clause| {
            let anew = &[
                "rewrite|re-write|port|migrate|convert|redesign|redo|rebuild|rearchitect|re-architect|refactor|overhaul|restructure|reimplement|reorganize|modernize|translate|split|transform",
                "move", "start over with",
            ];
            // Of a part of it these are small.
            let over = || {
                let all = &[
                    "the|this|our|my? whole|entire|complete|full code~base|thing|app|application|codebase|project|repo|repository|backend|frontend|site|website|program|system|ui|stack|code|library|service|tool|api",
                    "everything", "all~of~it", "all~our~code", "all~of~our~code",
                ];
                asks(clause, &["switch|move|transition|change|adapt|upgrade|turn|bring|rewrite|migrate|convert"], all)
            };
            asks(clause, anew, WHOLE).or_else(over).or_else(|| {
                let ways = &[
                    "it|this|everything|all|app|the~app|project in|to|into|with|using rust|go|golang|typescript|javascript|python|kotlin|swift|c++|c|java|react|vue|svelte|angular|microservices|zig|elixir|scala|haskell|ruby|php|django|flutter",
                ];
                verbs(clause, anew).find_map(|(verb, object)| {
                    let length = any_at(clause, object.start, ways)?;
                    let next = clause.word(object.start + length);
                    let ends = matches!(next, "" | "," | "and" | "because" | "so" | "for" | "since" | "please" | "instead" | "with" | "or" | "to");
                    ends.then(|| clause.span(verb, object.start + length))
                })
            })
        })
    },
};
