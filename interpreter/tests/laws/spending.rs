//! What a run spends on models, and when it may not spend any more.

use tau_interpreter::report::Report;

use crate::bench::Bench;
use crate::hands::Shared;

fn mission(limits: &str, statements: &str) -> String {
    format!(
        "mission m {{\n  authority {{\n    model \"x/*\" up to {limits}\n  }}\n{statements}\n}}\n\n\
         mission inner {{\n  authority {{\n    model \"x/*\" up to 50 tokens, $1\n  }}\n  \
         step a = t.think(\"x/a\", tokens: 30, uses: 20)\n  \
         step b = t.think(\"x/a\", tokens: 30, uses: 20) after a\n}}\n"
    )
}

/// The first mission's report; the last plan of a file is the one that is run.
fn apply(limits: &str, statements: &str) -> (Bench, String, Report) {
    let bench = Bench::new();
    let text = mission(limits, statements);
    let (m, inner) = text.split_once("\n\nmission inner").unwrap();
    let text = format!("mission inner{inner}\n{m}\n");
    let report = bench.apply(&text, &Shared::new(0));
    (bench, text, report)
}

fn by(report: &Report) -> Vec<(&str, u64)> {
    let by = report.spent.by.iter();
    by.map(|it| (it.step.as_str(), it.tokens)).collect()
}

#[test]
fn what_is_used_is_spent_and_what_is_left_over_is_not() {
    let text = "  step a = t.think(\"x/a\", tokens: 60, uses: 30)\n  \
                step b = t.think(\"x/b\", tokens: 60, uses: 60) after a";
    let (_bench, _, report) = apply("100 tokens, $1", text);
    assert_eq!(report.outcome, "succeeded", "{report:#?}");
    let spent = &report.spent;
    assert_eq!(
        (spent.model_calls, spent.tokens, spent.usd),
        (2, 90, 0.00009)
    );
    assert_eq!(by(&report), [("a", 30), ("b", 60)]);
}

#[test]
fn what_is_not_there_blocks_with_what_was_spent_on_what() {
    let text = "  repeat up to 3 {\n    step a = t.think(\"x/a\", tokens: 40, uses: 30)\n  }\n  \
                step b = t.think(\"x/b\", tokens: 40, uses: 1) after a may fail";
    let (bench, text, report) = apply("100 tokens, $1", text);
    assert_eq!(report.outcome, "blocked");
    let blocked = report.blocked.as_ref().unwrap();
    assert_eq!(
        (blocked.kind.as_str(), blocked.code.as_str()),
        ("budget", "tokens-exhausted")
    );
    let says = "Step `b` cannot call `x/b`. It may use 40 tokens, and of the 100 tokens that the grant \
                allows 90 are spent: 30 by `a#1`, 30 by `a#2`, 30 by `a#3`.";
    assert!(blocked.message.starts_with(says), "{}", blocked.message);
    // Who goes on gets nothing anew, unless the file grants more.
    let again = bench.resume(&text, &Shared::new(0), &report.run);
    assert_eq!(again.outcome, "blocked");
    let more = text.replace("up to 100 tokens", "up to 130 tokens");
    let more = bench.resume(&more, &Shared::new(0), &report.run);
    assert_eq!(
        (more.outcome.as_str(), more.spent.tokens),
        ("succeeded", 91)
    );
}

#[test]
fn money_and_calls_are_limits_too() {
    let text = "  for n in [1, 2, 3] {\n    step a = t.think(\"x/a\", tokens: 40, uses: 40)\n  }";
    let code = |limits| apply(limits, text).2.blocked.map(|it| it.code);
    assert_eq!(
        code("100k tokens, $0.0001").as_deref(),
        Some("money-exhausted")
    );
    assert_eq!(
        code("100k tokens, $1, 2 calls").as_deref(),
        Some("calls-exhausted")
    );
    assert_eq!(code("120 tokens, $0.00012, 3 calls"), None);
}

#[test]
fn attempts_share_what_there_is_and_what_is_not_settled_counts_whole() {
    let text = "  step a = t.lose(\"x/a\", tokens: 40) retry 5 every 1s may fail\n";
    let (_bench, _, report) = apply("100 tokens, $1", text);
    assert_eq!(report.blocked.unwrap().code, "tokens-exhausted");
    assert_eq!((report.spent.model_calls, report.spent.tokens), (2, 80));
}

#[test]
fn a_call_spends_from_its_own_limit_and_from_its_callers() {
    // 40 a call: each has 50 of its own, and the caller's are enough for two.
    let (_bench, _, report) = apply(
        "90 tokens, $1",
        "  repeat up to 2 {\n    step c = inner()\n  }",
    );
    assert_eq!(report.outcome, "succeeded", "{report:#?}");
    assert_eq!(report.spent.tokens, 80);
    let (_bench, _, report) = apply(
        "90 tokens, $1",
        "  repeat up to 3 {\n    step c = inner()\n  }",
    );
    let blocked = report.blocked.unwrap();
    assert_eq!(blocked.missing[0].limited_by, "caller");
    assert!(
        blocked.message.contains("80 are spent: 20 by `c#1/a`"),
        "{}",
        blocked.message
    );
}

#[test]
fn a_cut_behind_any_record_gives_nothing_back() {
    let text = "  for n in [1, 2, 3, 4] at most 4 at once {\n    \
                step a = t.think(\"x/a\", tokens: 30, uses: 20)\n  }";
    let (bench, text, report) = apply("120 tokens, $1", text);
    assert_eq!(
        (report.outcome.as_str(), report.spent.tokens),
        ("succeeded", 80)
    );
    let journal = bench.run(&report.run).journal();
    let whole = std::fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    for kept in 1..lines.len() {
        let cut = lines[..kept].concat();
        std::fs::write(&journal, &cut).unwrap();
        // What a kept reservation took is known only if its settlement is kept, too.
        let count = |kind: &str| cut.matches(&format!("\"kind\":\"{kind}\"")).count() as u64;
        let before = 30 * count("reserved") - 10 * count("settled");
        let resumed = bench.resume(&text, &Shared::new(0), &report.run);
        let spent = resumed.spent.tokens;
        assert!(
            (before..=120).contains(&spent),
            "behind record {kept}: {before} {spent}"
        );
        let is_enough = resumed.outcome == "succeeded";
        assert!(
            is_enough || resumed.blocked.unwrap().code == "tokens-exhausted",
            "behind {kept}"
        );
    }
}

/// It counts what all missions of the run spend, and is told by its own line.
#[test]
fn a_policy_bounds_what_all_missions_spend() {
    let bench = Bench::new();
    *bench.policy.borrow_mut() = "  model \"x/*\" up to 65 tokens\n".to_owned();
    let text = mission(
        "1000 tokens, $1",
        "  step a = t.think(\"x/a\", tokens: 30, uses: 20)\n  \
               step c = inner() after a",
    );
    let (m, inner) = text.split_once("\n\nmission inner").unwrap();
    let text = format!("mission inner{inner}\n{m}\n");
    let report = bench.apply(&text, &Shared::new(0));
    let blocked = report.blocked.unwrap();
    assert_eq!(blocked.code, "tokens-exhausted");
    let item = &blocked.missing[0];
    assert_eq!(
        (item.step.as_str(), item.limited_by.as_str()),
        ("c/b", "policy")
    );
    assert_eq!(item.limited_at.as_deref(), Some("p.tau:2:3"));
    let help = "Raise the limit of `model` in policy `p.tau:2:3`.";
    assert!(blocked.message.ends_with(help), "{}", blocked.message);
    assert_eq!(report.spent.tokens, 40);
}
