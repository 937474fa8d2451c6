//! What counts as more authority, and what does not.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{Difference, difference};
use crate::expr::Context;
use crate::plan::needs::rules;
use crate::plan::testing::{planned, try_planned};
use crate::syntax::tree::Effect;

fn mission(authority: &str) -> String {
    format!(
        "mission fix {{\n  input check : command = \"cargo test\"\n  authority {{\n    {authority}\n  }}\n}}\n"
    )
}

fn between(old: &str, new: &str) -> Difference {
    let (old, library, _) = planned(old);
    let (new, _, _) = planned(new);
    difference(Some(&old), Some(&new), &library.engine)
}

/// The difference of two authority blocks; `!` marks what widens.
fn compared(old: &str, new: &str) -> String {
    drawn(&between(&mission(old), &mission(new)))
}

fn drawn(found: &Difference) -> String {
    let mark = |widens| if widens { "!" } else { "" };
    let adds = found
        .adds
        .iter()
        .map(|it| format!("{}+ {}", mark(it.widens), it.line));
    let drops = found
        .drops
        .iter()
        .map(|it| format!("{}- {}", mark(it.widens), it.line));
    adds.chain(drops).collect::<Vec<_>>().join("\n")
}

#[test]
fn another_spelling_of_the_same_is_no_difference() {
    assert_eq!(
        compared("read \"a\", \"b/**\"", "read \"b/**\"\nread \"a\""),
        ""
    );
    assert_eq!(compared("read \"**\"", "read \"**/**\""), "");
    assert_eq!(compared("run check", "run check"), "");
}

#[test]
fn a_narrower_grant_does_not_widen() {
    assert_snapshot!(compared("write \"src/**\"", "write \"src/a/*.rs\""), @r#"
    + write "src/a/*.rs"
    - write "src/**"
    "#);
    assert_snapshot!(compared("run \"cargo *\"", "run \"cargo test\""), @r#"
    + run "cargo test"
    - run "cargo *"
    "#);
    assert_snapshot!(compared("run \"*\"", "run check"), @r#"
    + run check
    - run "*"
    "#);
}

#[test]
fn a_wider_or_another_grant_widens() {
    assert_snapshot!(compared("write \"src/*\"", "write \"src/**\""), @r#"
    !+ write "src/**"
    - write "src/*"
    "#);
    assert_snapshot!(compared("read \"a\"", "write \"a\""), @r#"
    !+ write "a"
    - read "a"
    "#);
    assert_snapshot!(compared("run \"cargo test\"", "run check"), @r#"
    !+ run check
    - run "cargo test"
    "#);
    assert_snapshot!(compared("run \"cargo **\"", "run \"cargo *\""), @r#"
    !+ run "cargo *"
    - run "cargo **"
    "#);
    assert_snapshot!(compared("git commit on \"tau/*\"", "git push on \"tau/*\""), @r#"
    !+ git push on "tau/*"
    - git commit on "tau/*"
    "#);
}

#[test]
fn a_denial_dropped_or_narrowed_widens_and_one_added_does_not() {
    let denied = "write \"**\"\ndeny write \"a/**\"";
    assert_snapshot!(compared(denied, "write \"**\""), @r#"!- deny write "a/**""#);
    assert_snapshot!(compared(denied, "write \"**\"\ndeny write \"a/b/**\""), @r#"
    + deny write "a/b/**"
    !- deny write "a/**"
    "#);
    assert_snapshot!(compared("write \"**\"", denied), @r#"+ deny write "a/**""#);
}

#[test]
fn time_is_a_bound() {
    assert_snapshot!(compared("time 5m", "time 10m"), @r#"
    !+ time 10m
    - time 5m
    "#);
    assert_snapshot!(compared("time 10m", "time 5m"), @r#"
    + time 5m
    - time 10m
    "#);
    assert_snapshot!(compared("time 10m", "read \"a\""), @r#"
    !+ read "a"
    !- time 10m
    "#);
    assert_snapshot!(compared("read \"a\"", "read \"a\"\ntime 10m"), @r#"+ time 10m"#);
}

#[test]
fn of_several_times_the_shortest_counts() {
    assert_snapshot!(compared("time 5m\ntime 10m", "time 8m"), @r"
    !+ time 8m
    - time 5m
    - time 10m
    ");
    assert_snapshot!(compared("time 5m", "time 5m\ntime 10m"), @r"+ time 10m");
}

#[test]
fn limits_of_models_are_accounts() {
    let small = "model \"a/*\" up to 10k tokens, $1, 5 calls";
    assert_eq!(compared(small, small), "");
    assert_snapshot!(compared(small, "model \"a/x\" up to 9k tokens, $1, 5 calls"), @r#"
    + model "a/x" up to 9k tokens, $1, 5 calls
    - model "a/*" up to 10k tokens, $1, 5 calls
    "#);
    assert_snapshot!(compared(small, "model \"a/x\" up to 11k tokens, $1, 5 calls"), @r#"
    !+ model "a/x" up to 11k tokens, $1, 5 calls
    - model "a/*" up to 10k tokens, $1, 5 calls
    "#);
    assert_snapshot!(compared(small, "model \"a/x\" up to 9k tokens, $2, 5 calls"), @r#"
    !+ model "a/x" up to 9k tokens, $2, 5 calls
    - model "a/*" up to 10k tokens, $1, 5 calls
    "#);
    assert_snapshot!(compared(small, "model \"a/x\" up to 9k tokens, $1"), @r#"
    !+ model "a/x" up to 9k tokens, $1
    - model "a/*" up to 10k tokens, $1, 5 calls
    "#);
    assert_snapshot!(compared("model \"a/*\"", small), @r#"
    + model "a/*" up to 10k tokens, $1, 5 calls
    - model "a/*"
    "#);
}

#[test]
fn two_lines_have_two_accounts() {
    let one = "model \"a\", \"b\" up to 10k tokens";
    let two = "model \"a\" up to 10k tokens\nmodel \"b\" up to 10k tokens";
    assert_snapshot!(compared(one, two), @r#"
    !+ model "a" up to 10k tokens
    !+ model "b" up to 10k tokens
    "#);
    assert_snapshot!(compared(two, one), @"");
    let halves = "model \"a\" up to 4k tokens\nmodel \"b\" up to 6k tokens";
    assert_snapshot!(compared(one, halves), @r#"
    + model "a" up to 4k tokens
    + model "b" up to 6k tokens
    - model "a" up to 10k tokens
    - model "b" up to 10k tokens
    "#);
}

#[test]
fn what_is_asked_is_taken_from_the_first_line_that_covers_it() {
    let first = "model \"a\" up to 1k tokens\nmodel \"*\" up to 10k tokens";
    let last = "model \"*\" up to 10k tokens\nmodel \"a\" up to 1k tokens";
    assert_eq!(compared(first, first), "");
    assert_snapshot!(compared(first, last), @r#"!+ model "*" up to 10k tokens"#);
    assert_snapshot!(compared(first, "model \"*\" up to 10k tokens"), @r#"
    !+ model "*" up to 10k tokens
    - model "a" up to 1k tokens
    "#);
    assert_snapshot!(compared(last, first), @r#"
    !+ model "a" up to 1k tokens
    !+ model "*" up to 10k tokens
    "#);
}

#[test]
fn names_are_compared_by_what_they_cover() {
    for effect in ["net", "model"] {
        let widens = |old: &str, new: &str| {
            between(
                &mission(&format!("{effect} {old}")),
                &mission(&format!("{effect} {new}")),
            )
            .widens()
        };
        assert!(!widens("\"*.example\"", "\"a.example\""));
        assert!(!widens("\"*\"", "\"*.example\", \"b\""));
        assert!(widens("\"*.example\"", "\"example\""));
        assert!(widens("\"a.example\"", "\"*.example\""));
        assert!(widens("\"*.example\", \"*.test\"", "\"*.e*\""));
    }
    let widens = |old: &str, new: &str| between(&mission(old), &mission(new)).widens();
    assert!(widens("secret A", "secret B"));
    assert!(widens("env A", "env A, B"));
    assert!(!widens("env A, B", "env B"));
    assert!(widens("github draft_pr", "github draft_pr, comment"));
}

#[test]
fn a_wider_type_of_an_input_widens_what_it_names() {
    let with = |ty: &str, default: &str| {
        format!(
            "mission fix {{\n  input dir : {ty} = \"a\"\n  authority {{\n    write \"{{{{ dir }}}}/{default}\"\n  }}\n}}\n"
        )
    };
    let (narrow, wide) = (with("\"a\" or \"b\"", "**"), with("string", "**"));
    let wider = with("\"a\" or \"b\" or \"c\"", "**");
    assert!(between(&narrow, &wide).widens());
    assert!(between(&narrow, &wider).widens());
    assert!(!between(&wide, &narrow).widens());
    assert!(!between(&wider, &narrow).widens());
    assert!(!between(&narrow, &narrow).widens());
    assert!(between(&narrow, &with("\"a\" or \"b\"", "*/**")).widens());
}

#[test]
fn what_a_verifier_decides_with_widens_when_it_changes() {
    let with = |verifier: &str| {
        let authority = "  authority {\n    run \"*\"\n  }\n";
        format!("mission fix {{\n{authority}{verifier}}}\n")
    };
    let tests = |lines: &str| with(&format!("  verifier tests {{\n{lines}\n  }}\n"));
    let make = tests("run \"make\"\nruns 2\nenv { A: \"1\", B: \"2\" }");
    let drawn = |old: &str, new: &str| drawn(&between(old, new));
    assert_eq!(drawn(&make, &make), "");
    assert_snapshot!(drawn(&make, &tests("run \"true\"\nruns 2\nenv { A: \"1\", B: \"2\" }")), @r#"
    !+ verifier tests run "true"
    - verifier tests run "make"
    "#);
    assert_snapshot!(drawn(&make, &tests("run \"make\"\nruns 3\nenv { A: \"1\", B: \"2\" }")), @r"
    + verifier tests runs 3
    - verifier tests runs 2
    ");
    assert_snapshot!(drawn(&make, &tests("run \"make\"\nenv { A: \"3\", C: \"4\" }")), @r#"
    !+ verifier tests runs 1
    !+ verifier tests env A: "3"
    !+ verifier tests env C: "4"
    - verifier tests runs 2
    - verifier tests env A: "1"
    !- verifier tests env B: "2"
    "#);
    assert_snapshot!(drawn(&make, &with("")), @r#"
    !- verifier tests run "make"
    !- verifier tests runs 2
    !- verifier tests env A: "1"
    !- verifier tests env B: "2"
    "#);
    assert_snapshot!(drawn(&with(""), &make), @r#"
    + verifier tests run "make"
    + verifier tests runs 2
    + verifier tests env A: "1"
    + verifier tests env B: "2"
    "#);
}

#[test]
fn an_input_with_another_default_widens_what_it_names() {
    let old = mission("run check");
    let new = old.replace("cargo test", "sh evil.sh");
    assert!(between(&old, &new).widens());
}

#[test]
fn a_command_that_may_use_more_widens() {
    let of = |limits: &str| mission(&format!("run \"make *\"{limits}"));
    let bounded = of(" up to 2GB memory, 10m");
    assert!(between(&bounded, &of("")).widens());
    assert!(between(&bounded, &of(" up to 3GB memory, 10m")).widens());
    assert!(between(&bounded, &of(" up to 1GB memory")).widens());
    assert!(!between(&bounded, &of(" up to 1GB memory, 10m, 1m cpu")).widens());
    assert!(!between(&of(""), &bounded).widens());
    let narrower = mission("run \"make test\" up to 2GB memory, 10m");
    assert!(!between(&bounded, &narrower).widens());
    // The first line that covers a command counts.
    let first = mission("run \"make a\" up to 1GB memory\nrun \"make *\"");
    assert!(between(&first, &mission("run \"make a\"")).widens());
}

#[test]
fn what_a_verifier_protects_counts_as_denied() {
    let with = |protect: &str| {
        format!(
            "mission fix {{\n  authority {{\n    write \"**\"\n  }}\n  verifier tests {{\n    run \"make\"\n{protect}  }}\n}}\n"
        )
    };
    let found = between(&with("    protect \"tests/**\"\n"), &with(""));
    assert_snapshot!(drawn(&found), @r#"!- protect "tests/**""#);
}

#[test]
fn a_new_mission_widens_and_one_that_is_gone_does_not() {
    let (plan, library, _) = planned(&mission("write \"**\"\ndeny write \"a\"\ntime 5m"));
    assert!(difference(None, Some(&plan), &library.engine).widens());
    let gone = difference(Some(&plan), None, &library.engine);
    assert!(!gone.widens() && !gone.is_empty());
}

proptest! {
    /// What is said not to widen grants no path that was not granted.
    #[test]
    fn not_wider_means_no_further_path(
        old in lines(), new in lines(), path in "[ab](/[ab]){0,2}",
    ) {
        // A grant that is denied wholly is an error.
        prop_assume!(try_planned(&mission(&old)).is_ok() && try_planned(&mission(&new)).is_ok());
        if !between(&mission(&old), &mission(&new)).widens() {
            let covers = |text: &str| {
                let (plan, library, _) = planned(&mission(text));
                rules(&plan, &library.engine, &Context::new()).covers(Effect::Write, None, &path)
            };
            prop_assert!(covers(&old) || !covers(&new), "{old}\n---\n{new}\n{path}");
        }
    }
}

/// Grants and denials of writing.
fn lines() -> impl Strategy<Value = String> {
    let glob = "(a|b|\\*|\\*\\*|\\{a,b\\})(/(a|b|\\*|\\*\\*)){0,1}";
    let line = (any::<bool>(), glob)
        .prop_map(|(deny, glob)| format!("{}write \"{glob}\"", if deny { "deny " } else { "" }));
    prop::collection::vec(line, 1..4).prop_map(|lines| lines.join("\n"))
}
