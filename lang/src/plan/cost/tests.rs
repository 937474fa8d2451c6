//! The worst case as it is shown, of missions that spend, wait and call.

use serde_json::{Value as Json, json};

use super::{WorstCase, backoff};
use crate::plan::document::{document, terminal};
use crate::plan::testing::planned;
use crate::policy::Policies;

/// The worst case of the first mission of `text`, and what is shown of it.
fn worst(text: &str, known: &Json) -> (WorstCase, String) {
    let (plan, library, map) = planned(text);
    let known = known.as_object().unwrap();
    let document = document(&plan, &Policies::default(), &library.engine, known, &map);
    let page = terminal(&document);
    let (_, shown) = page.split_once("worst case\n").unwrap();
    let lines = shown.lines().map(str::trim).collect::<Vec<_>>();
    (document.worst_case.cost, lines.join("\n"))
}

/// What is shown of a mission with these grants and statements.
fn shown(authority: &str, body: &str) -> String {
    let text = format!("mission m {{\n  authority {{\n{authority}\n  }}\n{body}\n}}");
    worst(&text, &json!({})).1
}

#[test]
fn what_steps_say_they_spend_is_added_up() {
    let body = "repeat up to 3 {\n step a = model.ask(\"x\", max_tokens: 2k) retry 1\n}\n\
                step b = model.ask(\"x\")";
    insta::assert_snapshot!(shown("model \"router/*\" up to 50k tokens, $2", body), @r"
    7 actions
    35m, if every step takes as long as it may
    7 model calls
    13k tokens
    $2, then it is stopped
    ");
    insta::assert_snapshot!(shown("model \"router/*\" up to 5k tokens, $0.05, 4 calls", body), @r"
    7 actions
    35m, if every step takes as long as it may
    may be stopped after 4 model calls: its steps may use 7 model calls
    may be stopped after 5k tokens: its steps may use 13k tokens
    $0.05, then it is stopped
    ");
}

#[test]
fn the_branch_that_spends_more_counts() {
    let body = "let big = 1\nif big == 1 {\n step a = model.ask(\"x\", max_tokens: 3k)\n} else {\n \
                step b = model.ask(\"x\", model: \"other/x\", max_tokens: 1500)\n}";
    let grants = "model \"router/*\" up to $1\nmodel \"other/*\" up to $2";
    insta::assert_snapshot!(shown(grants, body), @r"
    1 action
    5m, if every step takes as long as it may
    1 model call
    3k tokens
    $3, then it is stopped
    ");
}

#[test]
fn a_call_spends_no_more_than_the_called_mission_grants() {
    let text = |outer: &str| {
        format!(
            "mission m {{\n  authority {{\n model \"router/*\" up to {outer}\n }}\n  \
             repeat up to 3 {{\n step a = inner()\n }}\n}}\n\
             mission inner {{\n  authority {{\n model \"router/small\" up to 1k tokens, $0.50\n time 2m\n }}\n  \
             step a = model.agent(\"x\")\n}}"
        )
    };
    insta::assert_snapshot!(worst(&text("50k tokens, $9"), &json!({})).1, @r"
    3 actions
    6m, if every step takes as long as it may
    3000 model calls
    3k tokens
    $1.50
    ");
    insta::assert_snapshot!(worst(&text("50k tokens, $1"), &json!({})).1, @r#"
    3 actions
    6m, if every step takes as long as it may
    3000 model calls
    3k tokens
    may be stopped after $1: its steps may use $1.50
    "#);
}

#[test]
fn bounds_by_inputs_are_bounds() {
    let text = "mission m {
      input rounds : int
      input wait   : duration
      input most   : int
      authority {
        model \"router/*\" up to 100k tokens, $2
        run   \"true\"
      }
      verifier v {
        run     \"true\"
        timeout wait
        runs    2
      }
      repeat up to rounds {
        step a = model.ask(\"x\", max_tokens: most)
      }
      step b = verify.red(v)
      step c = time.sleep(wait)
    }";
    insta::assert_snapshot!(worst(text, &json!({})).1, @r#"
    2 + rounds actions
    how long it may take depends on rounds, v, wait
    its model calls depend on inputs that have no value yet
    100k tokens, then it is stopped
    $2, then it is stopped
    `true` may be a program that can start any other
    "#);
    let known = json!({"rounds": 2, "wait": 60_000, "most": 200});
    insta::assert_snapshot!(worst(text, &known).1, @r#"
    4 actions
    13m, if every step takes as long as it may
    2 model calls
    400 tokens
    $2, then it is stopped
    "#);
}

#[test]
fn a_number_that_depends_on_a_result_counts_at_its_most() {
    let body = "step file = fs.read(\"n\")\nstep a = time.sleep(1s) retry \"{{ file.text | length }}\" every 2s";
    insta::assert_snapshot!(shown("read \"n\"", body), @r#"
    102 actions
    5m 1s, if every step takes as long as it may
    "#);
}

#[test]
fn pauses_that_grow_count_as_long_as_they_may_be() {
    let body = "step a = time.sleep(1s) retry 6 every 10s up to 1m";
    insta::assert_snapshot!(shown("read \"n\"", body), @r#"
    7 actions
    4m 17s, if every step takes as long as it may
    "#);
    // A bound of which nothing is known yet, and one that is all there is.
    let inputs = "mission m {\ninput most : duration\n";
    let text = |wait| format!("{inputs}step a = time.sleep(1s) retry 2 every {wait}\n}}");
    insta::assert_snapshot!(worst(&text("10s up to most"), &json!({})).1, @r#"
    3 actions
    how long it may take depends on most
    "#);
    insta::assert_snapshot!(worst(&text("most up to 1m"), &json!({})).1, @r#"
    3 actions
    2m 3s, if every step takes as long as it may
    "#);
}

#[test]
fn waits_double_up_to_the_most() {
    let waits = |first, most| [1, 2, 3, 4, 64, 65, 100].map(|number| backoff(first, most, number));
    assert_eq!(waits(10, 60), [10, 20, 40, 60, 60, 60, 60]);
    assert_eq!(waits(0, 60), [0; 7]);
    assert_eq!(waits(100, 60), [60; 7]);
    assert_eq!(waits(1, u64::MAX)[4..], [1 << 63, u64::MAX, u64::MAX]);
}

#[test]
fn what_is_too_much_to_count_is_said() {
    let mut text = "step a = time.sleep(1h)".to_owned();
    for _ in 0..7 {
        text = format!("repeat up to 1000 {{\n{text}\n}}");
    }
    let (cost, shown) = worst(&format!("mission m {{\n{text}\n}}"), &json!({}));
    assert_eq!((cost.calls.number, cost.time.bound_ms), (None, None));
    insta::assert_snapshot!(shown, @r#"
    more than 18446744073709551615 actions
    longer than can be counted: loops in loops multiply
    "#);
}
