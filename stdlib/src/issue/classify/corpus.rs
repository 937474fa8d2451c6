//! Issues as people write them, each with what is to be found in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::tests::of;

/// Files of issues. Each issue begins with a line `%%% RULE`, or `%%% ready` where nothing is to be
/// found; `alarming` behind it says that it has words that rules look for.
const FILES: &[(&str, &str)] = &[
    ("unsafe.md", include_str!("corpus/unsafe.md")),
    ("broad.md", include_str!("corpus/broad.md")),
    ("vague.md", include_str!("corpus/vague.md")),
    ("alarming.md", include_str!("corpus/alarming.md")),
    ("plain.md", include_str!("corpus/plain.md")),
];

struct Issue {
    file: &'static str,
    expected: &'static str,
    alarming: bool,
    text: &'static str,
}

/// Issues that were written behind the rules' backs, with the verdict that a reader would give. No rule
/// is changed for one of them: they tell how well the rules do on what they have not seen.
const HELD_OUT: &[(&str, &str)] = &[("heldout.md", include_str!("corpus/heldout.md"))];

/// Issues that were written before rules were made more general, and that told where those were not.
const FRESH: &[(&str, &str)] = &[("fresh.md", include_str!("corpus/fresh.md"))];

fn issues(files: &[(&'static str, &'static str)]) -> Vec<Issue> {
    let mut all = Vec::new();
    for (file, text) in files {
        for issue in text.split("%%% ").skip(1) {
            let (head, text) = issue.split_once('\n').unwrap();
            let mut words = head.split(' ');
            all.push(Issue {
                file,
                expected: words.next().unwrap(),
                alarming: words.next() == Some("alarming"),
                text: text.trim(),
            });
        }
    }
    all
}

/// The gravest finding is the one that is expected.
#[test]
fn every_issue_is_what_it_is() {
    let mut wrong = String::new();
    for issue in issues(FILES) {
        let found = of(issue.text);
        let first = found.findings.first();
        let rule = first.map_or("ready", |it| it.rule);
        if rule != issue.expected {
            let quote = first.map_or("", |it| &it.quote);
            let title = issue.text.lines().next().unwrap();
            let (file, expected) = (issue.file, issue.expected);
            writeln!(
                wrong,
                "{file}: `{title}` is {expected}, found {rule} `{quote}`"
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_corpus_is_large_and_half_of_it_is_harmless_and_sounds_alarming() {
    let all = issues(FILES);
    assert!(all.len() >= 200, "{}", all.len());
    let alarming = all.iter().filter(|it| it.alarming).count();
    assert!(all.iter().all(|it| !it.alarming || it.expected == "ready"));
    assert!(alarming * 2 >= all.len(), "{alarming} of {}", all.len());
    let mut titles: Vec<&str> = all
        .iter()
        .map(|it| it.text.lines().next().unwrap())
        .collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), all.len(), "an issue is there twice");
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for issue in &all {
        *by_rule.entry(issue.expected).or_default() += 1;
    }
    for rule in super::RULES.iter().filter(|rule| !rule.found.is_empty()) {
        assert!(
            by_rule.get(rule.name).is_some_and(|count| *count >= 2),
            "{}",
            rule.name
        );
    }
}

/// What the rules make of issues, counted by kind, and where they are wrong.
fn judged(files: &[(&'static str, &'static str)]) -> String {
    let mut right: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut wrong = String::new();
    for issue in issues(files) {
        let classification = serde_json::to_value(of(issue.text)).unwrap();
        // What the mission has is no matter of the issue.
        let findings = classification["findings"].as_array().unwrap();
        let verdict = findings
            .first()
            .map_or("ready", |it| it["verdict"].as_str().unwrap());
        let (good, all) = right.entry(issue.expected).or_default();
        *all += 1;
        if verdict == issue.expected {
            *good += 1;
        } else {
            let title = issue.text.lines().next().unwrap();
            writeln!(wrong, "`{title}` is {}, found {verdict}", issue.expected).unwrap();
        }
    }
    let mut told = String::new();
    for (verdict, (good, all)) in right {
        writeln!(told, "{verdict}: {good} of {all}").unwrap();
    }
    told + &wrong
}

/// The figures are told in the table of what works.
#[test]
fn what_was_held_out_is_judged_as_well_as_the_reference_says() {
    insta::assert_snapshot!(judged(HELD_OUT), @"
    ready: 20 of 20
    too_broad: 3 of 5
    underspecified: 6 of 7
    unsafe: 5 of 8
    `Tests are too slow` is unsafe, found ready
    `Debug help wanted` is unsafe, found ready
    `Login problem` is unsafe, found ready
    `New architecture` is too_broad, found ready
    `Accessibility` is too_broad, found ready
    `Improve error handling` is underspecified, found too_broad
    ");
}

#[test]
fn what_is_fresh_is_judged_as_well_as_the_reference_says() {
    // Before: ready 15 of 15, too broad 0 of 4, underspecified 1 of 3, unsafe 0 of 8.
    insta::assert_snapshot!(judged(FRESH), @"
    ready: 15 of 15
    too_broad: 4 of 4
    underspecified: 3 of 3
    unsafe: 8 of 8
    ");
}
