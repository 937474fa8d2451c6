#![allow(
    clippy::unwrap_used,
    reason = "a page that cannot be cut into its parts has failed"
)]
//! The pages that `tau explain` prints: all have one shape, what they show as right can be read,
//! and what they show as wrong, where reading alone finds it, is found.

use tau_lang::diagnostic::{Kind, Rule};
use tau_lang::source::SourceId;
use tau_lang::syntax::{tau, yaml};

/// The parts of every page, in their order, behind a paragraph that says what it is.
const PARTS: [&str; 4] = ["Why", "Example", "Instead", "Fix"];

/// The text of a page's part.
fn part<'a>(rule: &'a Rule, name: &str) -> &'a str {
    let (_, rest) = rule
        .page
        .split_once(&format!("\n## {name}\n\n"))
        .unwrap_or_else(|| panic!("{}: no part `{name}`", rule.code));
    rest.split("\n## ").next().unwrap_or(rest)
}

/// The one block in a text, with its language.
fn block<'a>(rule: &Rule, text: &'a str) -> (&'a str, &'a str) {
    let parts: Vec<&str> = text.split("```").collect();
    assert_eq!(parts.len(), 3, "{}: one block in:\n{text}", rule.code);
    parts[1].split_once('\n').unwrap()
}

/// The codes of what reading finds in a block. A part of a mission is put into one.
fn codes(language: &str, text: &str) -> Vec<&'static str> {
    let items = [
        "mission ", "use ", "type ", "action ", "test ", "on ", "policy ",
    ];
    let found = match language {
        "yaml" => yaml::parse(text, SourceId(0)).1,
        _ if items.iter().any(|word| text.starts_with(word)) => tau::parse(text, SourceId(0)).1,
        _ => tau::parse(&format!("mission m {{\n{text}}}\n"), SourceId(0)).1,
    };
    found.iter().map(|one| one.code()).collect()
}

#[test]
fn every_page_has_the_same_shape() {
    for rule in Kind::RULES {
        let (code, page) = (rule.code, rule.page);
        assert!(page.starts_with(&format!("# {code}\n\n")), "{code}");
        let titles = page.lines().filter_map(|line| line.strip_prefix("## "));
        assert_eq!(titles.collect::<Vec<_>>(), PARTS, "{code}");
        for name in ["Why", "Fix"] {
            let text = part(rule, name);
            assert!(text.trim_end().ends_with('.'), "{code}: {name}");
            assert!(!text.contains("```"), "{code}: {name}");
        }
        let (before, _) = part(rule, "Instead").split_once("\n\n```").unwrap();
        assert!(before.ends_with(':'), "{code}: what to do, before a block");
        assert!(rule.gist().ends_with('.'), "{code}: {}", rule.gist());
        let long = page.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{code}");
        assert!(!page.contains("\n\n\n") && page.ends_with(".\n"), "{code}");
    }
}

#[test]
fn a_page_says_first_whether_there_is_a_fix() {
    for rule in Kind::RULES {
        let fix = part(rule, "Fix");
        assert!(
            ["None.", "Safe: ", "Unsafe: "]
                .iter()
                .any(|word| fix.starts_with(word)),
            "{}: {fix}",
            rule.code
        );
    }
}

#[test]
fn rules_are_in_the_order_of_the_alphabet() {
    assert!(Kind::RULES.is_sorted_by_key(|rule| rule.code));
}

#[test]
fn what_is_right_can_be_read() {
    for rule in Kind::RULES {
        let (language, text) = block(rule, part(rule, "Instead"));
        if language != "console" {
            assert_eq!(codes(language, text), [""; 0], "{}:\n{text}", rule.code);
        }
    }
}

#[test]
fn what_is_wrong_is_found() {
    // All others need more than reading: a library, or the letter itself.
    let read = [
        "key-duplicate",
        "key-missing",
        "key-unknown",
        "likely-mistake",
        "literal-invalid",
        "syntax",
        "template-empty",
        "template-unclosed",
        "unclosed",
        "version-unknown",
        "yaml-boolean",
        "yaml-invalid",
    ];
    for rule in Kind::RULES {
        let (language, text) = block(rule, part(rule, "Example"));
        let codes = match language {
            "console" => Vec::new(),
            language => codes(language, text),
        };
        if read.contains(&rule.code) {
            assert!(codes.contains(&rule.code), "{}: {codes:?}", rule.code);
        } else {
            assert_eq!(codes, [""; 0], "{}:\n{text}", rule.code);
        }
    }
}
