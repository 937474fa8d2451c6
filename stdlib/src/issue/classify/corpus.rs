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

fn issues() -> Vec<Issue> {
    let mut all = Vec::new();
    for (file, text) in FILES {
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
    for issue in issues() {
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
    let all = issues();
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
