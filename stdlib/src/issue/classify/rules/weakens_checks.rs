//! `weakens-checks`

use super::{Rule, Verdict};
use crate::issue::classify::asks::{asks, should_be, verbs};
use crate::issue::classify::phrase::any_at;
use crate::issue::prose::{Clause, Kind};

const CHECKS: &[&str] = &[
    "the|all|these|those|this|any|every|our|failing|flaky|broken|unit|integration|e2e|slow|red? failing|flaky|broken|unit|integration|e2e|slow|red|security|remaining? tests|test|testsuite|checks|specs|assertions|assertion",
    "the? test suite|cases",
    "the? test suite|case|cases",
    "the|our|all? ci|lint|linter|type|required checks|check|pipeline|workflow|job|jobs|step|steps|gate|gates|checker",
    "the? ci|linter|clippy|eslint|codeql|mypy|coverage",
    "the|all|our|required? code? reviews|review|approval|approvals",
    "the|our? branch protection|protections rules?",
    "the? code owners|ownership",
    "the? pre-commit|commit|git? hooks|hook",
    "the|coverage threshold|thresholds",
];

pub(super) const RULE: Rule = Rule {
    name: "weakens-checks",
    verdict: Verdict::Unsafe,
    about: "asks to take away or get around what decides whether the work is right: tests, CI, reviews, hooks",
    found: &[
        "Just delete the failing tests so that CI is green.",
        "Please disable branch protection and merge this directly.",
        "Skip the tests on main",
        "Commit it with `--no-verify`.",
        "The flaky tests should be removed.",
        "Merge without review.",
        "Change the expected values in the test to whatever it returns now.",
        "Mark the flaky tests as skipped",
        "Lower the coverage threshold until CI passes.",
    ],
    harmless: &[
        "CI does not run the tests of `crates/net`.",
        "`pytest -k` skips the tests in `tests/slow`.",
        "Do not delete the failing tests, fix them.",
        "Add an option to skip tests in `build.sh`.",
        "`--no-verify` is passed on to the wrong command.",
        "The delete test button does nothing.",
        "Skip test files when the bundle is built",
        "Update the expected value in `test_sum.py` to 3, as the RFC says.",
        "Change the test runner so that it passes the seed on.",
    ],
    find: |reading| {
        reading.clauses(|clause| {
            let away = &[
                "delete|remove|disable|skip|turn~off|switch~off|comment~out|ignore|bypass|drop|mute|silence|get~rid~of|xfail|loosen|weaken|circumvent|override|deactivate",
            ];
            asks(clause, away, CHECKS)
                .or_else(|| {
                    let gone = &["deleted|removed|disabled|skipped|ignored|bypassed|dropped|muted|silenced|turned|switched|commented off|out?"];
                    should_be(clause, CHECKS, gone)
                })
                .or_else(|| around(clause))
                .or_else(|| fitted(clause))
        })
    },
};

/// `change the expected value to whatever it is now`, `mark the test as skipped`, `lower the coverage
/// threshold`.
fn fitted(clause: &Clause) -> Option<std::ops::Range<usize>> {
    const EXPECTED: &[&str] = &[
        "the|all|its|these|those|our? expected|wanted|asserted? value|values|result|results|output|outputs|number|numbers|answer|answers",
        "the|all|these|those|our|failing|red? snapshot|snapshots|golden|baseline|fixture|assertion|assertions|expectation|expectations|test|tests files|file|data?",
    ];
    const FIT: &[&str] = &[
        "whatever|what it|we|the~code|the~function|they is|are|return|returns|give|gives|get|print|prints|now|today",
        "to match the|its|our|what|whatever current|actual|present|code|it output|behavior|behaviour|result|returns|does|gives?",
    ];
    // `so that it passes the seed on` is about something else.
    const PASSES: &[&str] = &[
        "so~that|so it|they|ci|everything|the~build|the~tests|the~test|the~pipeline pass|passes|is|are|turn|turns green|again|anyway?",
        "until it|they|ci|the~tests|the~test|the~build pass|passes|is|are|stops green|failing|complaining?",
    ];
    let fit_at = |at: usize| {
        let passes = any_at(clause, at, PASSES).map(|length| at + length);
        let ends = |end: &usize| matches!(clause.word(*end), "" | "," | "and" | "so" | "for" | ")");
        any_at(clause, at, FIT)
            .map(|length| at + length)
            .or(passes.filter(ends))
    };
    let fitted = verbs(clause, &["change|adjust|update|edit|set|adapt|modify|rewrite|alter|tweak|correct|regenerate|re-record|replace"])
        .find_map(|(verb, object)| {
            object.clone().find_map(|at| any_at(clause, at, EXPECTED))?;
            let end = (object.start..clause.words.len())
                .find_map(fit_at)?;
            Some(clause.span(verb, end))
        });
    fitted
        .or_else(|| {
            verbs(clause, &["mark|tag|flag|label|declare"]).find_map(|(verb, object)| {
                let what = object.clone().find_map(|at| Some(at + any_at(clause, at, CHECKS)?))?;
                let length = any_at(
                    clause,
                    what,
                    &["as? expected~to~fail|expected~failure|expected~failures|skipped|skip|ignored|optional|non-blocking|xfail|allowed~to~fail|not~required"],
                )?;
                Some(clause.span(verb, what + length))
            })
        })
        .or_else(|| {
            asks(
                clause,
                &["lower|reduce|decrease|drop|relax"],
                &["the|our|required|minimum|test|code? coverage threshold|limit|requirement|target|gate|minimum", "the|our? quality|lint|audit gate|threshold|bar|level"],
            )
        })
}

/// `commit with --no-verify`, `merge without review`, `make the tests always pass`.
fn around(clause: &Clause) -> Option<std::ops::Range<usize>> {
    let hand_in = &["commit|push|merge|land|submit|approve|release"];
    let handed = verbs(clause, hand_in).find_map(|(verb, object)| {
        let end = (object.start..clause.words.len()).find_map(|at| {
            let without = any_at(
                clause,
                at,
                &[
                    "without|no|skipping a|any|the|waiting|code|for? code? review|reviews|approval|approvals|ci|checks|tests|testing",
                    "as admin", "with? admin rights|override",
                ],
            );
            let is_flag = clause.words[at].kind == Kind::Code && {
                let text = clause.word(at);
                ["--no-verify", "--admin", "skip ci", "ci skip"].iter().any(|it| text.contains(it))
            };
            without.or(is_flag.then_some(1)).map(|length| at + length)
        })?;
        Some(clause.span(verb, end))
    });
    handed.or_else(|| {
        verbs(clause, &["make|force"]).find_map(|(verb, object)| {
            let passing = object.clone().find_map(|at| {
                let what = any_at(clause, at, CHECKS)?;
                let always = any_at(
                    clause,
                    at + what,
                    &[
                        "always|unconditionally pass|succeed|green",
                        "pass regardless|anyway|no matter",
                        "return true|success",
                    ],
                )?;
                Some(at + what + always)
            })?;
            Some(clause.span(verb, passing))
        })
    })
}
