//! What a run that is gone on with does again, and why.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::{Value, json};
use tau_tests::{Sandbox, step};

/// It asks a person in the end, so that it can be gone on with.
const SHOWN: &str = r#"mission shown {
  authority {
    read  "**"
    write "notes/**", "out.md"
    run   "sh check.sh"
  }

  verifier tests {
    run     "sh check.sh"
    protect "check.sh"
  }

  step note  = fs.write("notes/a.md", text: "one\n")
  step other = fs.read("other.md")
  step read  = fs.read("notes/a.md") after note
  step green = verify.check(tests)
  step diff  = git.diff() after note
  step gate  = human.approve("Take this?\n{{ diff.text }}")
  step out   = fs.write("out.md", text: "out") after gate
}
"#;

fn waiting() -> (Sandbox, Value) {
    let files = [("other.md", "o\n"), ("check.sh", "exit 0\n")];
    let sandbox = Sandbox::repository(&files);
    sandbox.write("m.tau", SHOWN);
    let report = sandbox
        .tau(&["apply", "m.tau", "--yes", "--json"])
        .ends(6)
        .json();
    (sandbox, report)
}

fn resume(sandbox: &Sandbox, code: i32) -> Value {
    sandbox.tau(&["resume", "@", "--json"]).ends(code).json()
}

/// The steps that were done again, with why.
fn again(report: &Value) -> Vec<(String, Value)> {
    let steps = report["steps"].as_array().unwrap().iter();
    steps
        .filter(|step| step["again"].is_array())
        .map(|step| {
            (
                step["name"].as_str().unwrap().to_owned(),
                step["again"].clone(),
            )
        })
        .collect()
}

#[test]
fn what_still_holds_is_not_done_again() {
    let (sandbox, _) = waiting();
    let report = resume(&sandbox, 6);
    assert_eq!(again(&report), []);
}

#[test]
fn a_changed_text_is_done_again_with_all_that_rests_on_it_and_nothing_else() {
    let (sandbox, first) = waiting();
    sandbox.tau(&["approve", "@"]).ends(0);
    sandbox.write("m.tau", SHOWN.replace("one\\n", "two\\n"));
    let resumed = sandbox.tau(&["resume", "@"]).ends(6);
    let told = "redone note: its `text` is another";
    assert!(resumed.err.contains(told), "{}", resumed.err);
    let shown = sandbox.tau(&["show", "@"]).ends(0).out;
    assert!(shown.contains(told), "{shown}");
    let report = sandbox.tau(&["show", "@", "--json"]).ends(0).json();
    let names: Vec<String> = again(&report).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["note", "read", "green", "diff"], "{report:#}");
    assert_eq!(
        step(&report, "read")["again"],
        json!(["`notes/a.md` has changed"])
    );
    // The approval was of another change: it is asked for again.
    assert_ne!(report["asks"][0]["key"], first["asks"][0]["key"]);
    assert!(report["asks"][0]["text"].as_str().unwrap().contains("+two"));
    let mut steps = report["steps"].as_array().unwrap().iter();
    assert!(steps.all(|step| step["name"] != "out"), "{report:#}");
}

#[test]
fn a_verdict_of_another_verifier_counts_no_more() {
    let (sandbox, _) = waiting();
    sandbox.write("m.tau", SHOWN.replace("sh check.sh", "sh ./check.sh"));
    let report = resume(&sandbox, 6);
    let why = json!(["verifier `tests` has another command"]);
    assert_eq!(again(&report), [("green".to_owned(), why)]);
}

#[test]
fn an_approval_counts_for_the_text_that_was_shown() {
    let (sandbox, _) = waiting();
    sandbox.tau(&["approve", "@"]).ends(0);
    // Nothing that was shown is another, though the file is.
    sandbox.write("m.tau", SHOWN.replace("\"out\"", "\"other\""));
    let report = resume(&sandbox, 0);
    assert_eq!(again(&report), []);
    assert_eq!(step(&report, "gate")["state"], "succeeded");
}

#[test]
fn a_step_that_calls_another_action_says_so() {
    let (sandbox, _) = waiting();
    let text = SHOWN.replace(
        "fs.read(\"other.md\")",
        "fs.search(\"o\", files: \"other.md\")",
    );
    sandbox.write("m.tau", text);
    let report = resume(&sandbox, 6);
    let why = json!(["it was `fs.read` before"]);
    assert_eq!(again(&report), [("other".to_owned(), why)]);
}
