//! What is covered, denied and missing. The law of all effects is in `tests/authority`.

use proptest::prelude::*;

use super::*;

fn rule(deny: bool, effect: Effect, text: &str) -> Rule {
    Rule {
        deny,
        effect,
        verb: None,
        pattern: Pattern::new(effect, text).unwrap(),
        says: "the mission denies".to_owned(),
        is_else: false,
        limits: Limits::default(),
        at: Span::default(),
        place: None,
    }
}

#[test]
fn a_denial_wins() {
    let rules = Rules::new(vec![
        rule(false, Effect::Write, "src/**"),
        rule(true, Effect::Write, "src/generated/**"),
    ]);
    let covers = |path| rules.covers(Effect::Write, None, path);
    assert!(covers("src/a.rs"));
    assert!(!covers("src/generated/a.rs"));
    assert!(!covers("docs/a.md"));
    assert!(!rules.covers(Effect::Read, None, "src/a.rs"));
    assert!(matches!(
        rules.decide(Effect::Write, None, "src/generated/a.rs"),
        Decision::Denied(_)
    ));
}

/// Such a name reads as a pattern that the denial does not meet, or as none at all.
#[test]
fn a_denial_holds_for_names_that_look_like_patterns() {
    let rules = Rules::new(vec![
        rule(false, Effect::Write, "**"),
        rule(true, Effect::Write, "kept/**"),
        rule(true, Effect::Write, "src/?a*"),
    ]);
    let long = format!("kept/{}", ["a"; 1000].join("/"));
    for path in ["kept/{x", "kept/a**b", "src/{a,b}", &long] {
        assert!(!rules.covers(Effect::Write, None, path), "{path}");
    }
    assert!(rules.covers(Effect::Write, None, "src/{x"));
}

#[test]
fn commands_are_covered_word_by_word() {
    let covers = |pattern: &str, command: &str| {
        Rules::new(vec![rule(false, Effect::Run, pattern)]).covers(Effect::Run, None, command)
    };
    assert!(covers("cargo test", "cargo test"));
    assert!(!covers("cargo test", "cargo test --release"));
    assert!(covers("cargo *", "cargo test --release"));
    assert!(covers("cargo *", "cargo"));
    assert!(covers("python3 -m *", "python3 -m pytest -q"));
    assert!(!covers("python3 -m *", "python3 -c 'evil'"));
    assert!(covers("node test/*.js", "node test/a.js"));
    assert!(!covers("cargo test", "cargo 'test --x'"));
}

#[test]
fn empty_means_none() {
    assert!(!Rules::default().covers(Effect::Read, None, "a"));
}

/// The obviously right model: a path is covered if some grant matches it and no denial does.
fn model(rules: &[(bool, String)], path: &str) -> bool {
    let matches = |deny: bool| {
        rules
            .iter()
            .any(|(it, glob)| *it == deny && Glob::new(glob).unwrap().matches(path))
    };
    matches(false) && !matches(true)
}

proptest! {
    #[test]
    fn paths_are_covered_as_the_model_says(
        rules in prop::collection::vec((any::<bool>(), "(a|b|\\*|\\*\\*)(/(a|b|\\*|\\*\\*)){0,2}"), 0..4),
        path in "[ab](/[ab]){0,2}",
    ) {
        let real = Rules::new(rules.iter().map(|(deny, glob)| rule(*deny, Effect::Write, glob)).collect());
        prop_assert_eq!(real.covers(Effect::Write, None, &path), model(&rules, &path));
    }
}
