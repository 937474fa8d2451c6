//! No action sees or changes a path that the rules above it do not grant.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::bench::Bench;
use crate::hands::Shared;
use crate::mission::PATHS;

/// Patterns with the paths that they match, as a reader would say it.
const PATTERNS: &[(&str, &[&str])] = &[
    ("**", PATHS),
    ("a/**", &["a/x", "a/y"]),
    ("b/*", &["b/x"]),
    ("b/**", &["b/x", "b/c/x"]),
    ("*/x", &["a/x", "b/x"]),
    ("top", &["top"]),
    ("{a,b}/x", &["a/x", "b/x"]),
    ("elsewhere", &[]),
];

/// One line: whether it denies, what, and which pattern.
type Line = (bool, bool, usize);

fn print(lines: &[Line]) -> String {
    let line = |(deny, write, pattern): &Line| {
        let deny = if *deny { "deny " } else { "" };
        let effect = if *write { "write" } else { "read" };
        format!("    {deny}{effect} \"{}\"\n", PATTERNS[*pattern].0)
    };
    lines.iter().map(line).collect()
}

/// What the lines allow: all that is granted and not denied.
fn allowed(lines: &[Line]) -> BTreeSet<String> {
    let told = |deny: bool| -> BTreeSet<String> {
        let lines = lines.iter().filter(|(it, ..)| *it == deny);
        lines
            .flat_map(|(_, write, pattern)| {
                let words: &[&str] = if *write { &["write"] } else { &["read", "see"] };
                let paths = PATTERNS[*pattern].1.iter();
                paths.flat_map(|path| words.iter().map(move |word| format!("{word} {path}")))
            })
            .collect()
    };
    &told(false) - &told(true)
}

/// What a policy of these lines leaves: of an effect that it grants nowhere all but what it denies.
fn left(lines: &[Line]) -> BTreeSet<String> {
    let everything = |write: bool| (false, write, 0);
    let mut all = lines.to_vec();
    for write in [false, true] {
        if !lines.iter().any(|line| !line.0 && line.1 == write) {
            all.push(everything(write));
        }
    }
    allowed(&all)
}

/// Whether a denial may leave nothing of a grant.
fn shadows(denial: &Line, line: &Line) -> bool {
    let paths = |line: &Line| BTreeSet::from_iter(PATTERNS[line.2].1);
    !line.0 && denial.1 == line.1 && paths(denial).is_superset(&paths(line))
}

/// No grant that a denial shadows wholly, which is an error of its own.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = (prop::bool::weighted(0.3), any::<bool>(), 0..PATTERNS.len());
    prop::collection::vec(line, 0..5).prop_map(|mut lines| {
        lines.sort();
        let denied: Vec<Line> = lines.iter().filter(|(deny, ..)| *deny).copied().collect();
        lines.retain(|line| !denied.iter().any(|denial| shadows(denial, line)));
        lines
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_used_was_granted(outer in lines(), inner in lines()) {
        let bench = Bench::new();
        let text = format!(
            "mission inner {{\n  authority {{\n{}  }}\n  step p = t.probe()\n  output could = p\n}}\n\
             mission m {{\n  authority {{\n{}  }}\n  step i = inner()\n  step p = t.probe()\n  \
             output inner = i.could\n  output outer = p\n}}\n",
            print(&inner),
            print(&outer),
        );
        let report = bench.apply(&text, &Shared::new(0));
        prop_assert_eq!(&report.outcome, "succeeded", "{:?}\n{}", report.reason, text);
        let could = |name: &str| -> BTreeSet<String> {
            serde_json::from_value(report.outputs[name].clone()).unwrap()
        };
        prop_assert_eq!(could("outer"), allowed(&outer), "{}", text);
        prop_assert_eq!(could("inner"), &allowed(&outer) & &allowed(&inner), "{}", text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_used_every_policy_lets_pass(own in lines(), policy in lines()) {
        let bench = Bench::new();
        *bench.policy.borrow_mut() = print(&policy);
        let text = format!(
            "mission m {{\n  authority {{\n{}  }}\n  step p = t.probe()\n  output could = p\n}}\n",
            print(&own),
        );
        let report = bench.apply(&text, &Shared::new(0));
        prop_assert_eq!(&report.outcome, "succeeded", "{:?}\n{}", report.reason, text);
        let could: BTreeSet<String> =
            serde_json::from_value(report.outputs["could"].clone()).unwrap();
        let both = &allowed(&own) & &left(&policy);
        prop_assert_eq!(could, both, "{}{}", text, bench.policy.borrow());
    }
}

#[test]
fn a_call_that_may_fail_may_not_be_blocked() {
    let bench = Bench::new();
    // The path is known at run time only: the file `top` holds its name.
    let text = "mission inner {\n  authority {\n    read \"top\"\n    write \"a/**\"\n  }\n  \
                step path = t.get(\"top\")\n  step put = t.put(path, text: \"x\")\n}\n\
                mission m {\n  authority {\n    read \"**\"\n    write \"**\"\n  }\n  \
                step i = inner() may fail\n}\n";
    let report = bench.apply(text, &Shared::new(0));
    assert_eq!(report.outcome, "blocked", "{report:?}");
    let blocked = report.blocked.unwrap();
    assert_eq!(blocked.missing[0].grant.as_deref(), Some("write \"top\""));
}
