//! What an action gives is what its face says, or the step fails.

use serde_json::json;

use crate::bench::Bench;
use crate::hands::Shared;

/// A mission that asks for a verdict, and writes a file if it is `accept`.
fn mission(says: &str, modifiers: &str) -> String {
    format!(
        "mission m {{\n  authority {{\n    read  \"**\"\n    write \"**\"\n  }}\n  \
         step judge = t.judge(\"{says}\"){modifiers}\n  \
         step put = t.put(\"top\", text: judge.verdict or \"nothing\")\n  \
         output judge = judge\n  output put = put\n}}\n"
    )
}

#[test]
fn a_choice_that_is_none_fails_the_step() {
    let bench = Bench::new();
    let report = bench.apply(&mission("maybe", ""), &Shared::new(0));
    assert_eq!(report.outcome, "failed", "{report:?}");
    insta::assert_snapshot!(report.reason.unwrap(), @r#"step `judge`: `t.judge` gave what its face does not say: in `verdict`, it must be `"accept" or "reject"`, and is the text `maybe`."#);
    let step = report.steps.iter().find(|step| step.name == "judge");
    assert!(step.unwrap().result.is_null());
    assert!(report.steps.iter().all(|step| step.name != "put"));
}

#[test]
fn a_choice_is_taken_without_what_the_face_does_not_name() {
    let bench = Bench::new();
    let report = bench.apply(&mission("accept", ""), &Shared::new(0));
    assert_eq!(report.outcome, "succeeded", "{report:?}");
    assert_eq!(
        report.outputs["judge"],
        json!({ "verdict": "accept", "notes": [] })
    );
}

#[test]
fn a_wrong_choice_is_tried_again_and_may_fail_as_any_failure() {
    let bench = Bench::new();
    let shared = Shared::new(0);
    let report = bench.apply(&mission("maybe", " retry 2 may fail"), &shared);
    assert_eq!(report.outcome, "succeeded", "{report:?}");
    assert_eq!(report.outputs["put"], "topnothing");
    assert_eq!(shared.performed(), 4);
}

#[test]
fn an_action_that_is_performed_as_another_kind_than_its_face_says_is_not_performed() {
    let bench = Bench::new();
    let mut shared = Shared::new(0);
    shared.is_mistaken = true;
    let report = bench.apply(&mission("accept", " retry 2"), &shared);
    assert_eq!(report.outcome, "failed", "{report:?}");
    insta::assert_snapshot!(report.reason.unwrap(), @"step `judge`: `t.judge` is performed as `replace`, and its face says `observe`.");
    assert_eq!(shared.performed(), 0);
}
