//! Runs that wait for people.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::{Value, json};
use tau_tests::{Sandbox, step};

const RELEASE: &str = r#"mission release {
  input who : string = "anyone"

  authority {
    read  "**"
    write "notes.md", "version.md", "end.md"
  }

  step notes = fs.write("notes.md", text: "one")
  step which = human.ask("Which version?", choices: ["1.0", "2.0"])
  step gate  = human.approve("Release {{ which.answer }}?")
  step done  = fs.write("version.md", text: which.answer)

  output by = gate.by

  finally {
    step end = fs.write("end.md", text: "ended")
  }
}
"#;

fn waiting(text: &str) -> (Sandbox, Value) {
    let sandbox = Sandbox::repository(&[("a.md", "a\n")]);
    sandbox.write("release.tau", text);
    let arguments = ["apply", "release.tau", "--yes", "--json"];
    let report = sandbox.tau(&arguments).ends(6).json();
    (sandbox, report)
}

fn resume(sandbox: &Sandbox, code: i32) -> Value {
    sandbox.tau(&["resume", "@", "--json"]).ends(code).json()
}

#[test]
fn a_run_waits_is_answered_and_goes_on() {
    let (sandbox, report) = waiting(RELEASE);
    assert_eq!(report["outcome"], "waiting");
    assert_eq!(step(&report, "notes")["state"], "succeeded");
    assert_eq!(step(&report, "which")["state"], "waiting");
    let asked = &report["asks"][0];
    assert_eq!(asked["text"], "Which version?");
    assert_eq!(asked["choices"], json!(["1.0", "2.0"]));
    let run = report["run"].as_str().unwrap();
    let next = format!("tau approve {run} which --answer TEXT");
    assert_eq!(report["next"], next);

    let answered = ["approve", "@", "--answer", "2.0", "--json"];
    let answer = sandbox.tau(&answered).ends(0).json();
    assert_eq!(answer["answer"]["text"], "2.0");
    let report = resume(&sandbox, 6);
    assert_eq!(report["asks"][0]["text"], "Release 2.0?");
    assert_eq!(report["steps"].as_array().unwrap().len(), 3);

    sandbox.tau(&["approve", "@"]).ends(0);
    let shown = sandbox.tau(&["show", "@", "--json"]).ends(0).json();
    assert_eq!(shown["next"], format!("tau resume {run}"));
    let report = resume(&sandbox, 0);
    assert_eq!(step(&report, "done")["state"], "succeeded");
    assert_eq!(step(&report, "end")["state"], "succeeded");
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(diff.contains("+2.0"), "{diff}");
}

#[test]
fn a_run_that_is_not_answered_asks_again() {
    let (sandbox, first) = waiting(RELEASE);
    let second = resume(&sandbox, 6);
    assert_eq!(second["asks"], first["asks"]);
}

#[test]
fn a_no_fails_the_step_and_the_end_is_done_once() {
    let (sandbox, _) = waiting(RELEASE);
    sandbox
        .tau(&["deny", "@", "--why", "not on a Friday"])
        .ends(0);
    let report = resume(&sandbox, 1);
    let failure = &step(&report, "which")["failure"];
    assert_eq!(failure["code"], "human-denied");
    assert!(
        failure["message"]
            .as_str()
            .unwrap()
            .ends_with("said no: not on a Friday")
    );
    assert_eq!(step(&report, "end")["state"], "succeeded");
}

#[test]
fn what_was_denied_is_asked_again() {
    let (sandbox, first) = waiting(RELEASE);
    sandbox.tau(&["deny", "@", "--why", "not yet"]).ends(0);
    resume(&sandbox, 1);
    let again = resume(&sandbox, 6);
    assert_eq!(again["asks"], first["asks"]);
    sandbox.tau(&["approve", "@", "--answer", "1.0"]).ends(0);
    let report = resume(&sandbox, 6);
    assert_eq!(step(&report, "which")["result"]["answer"], "1.0");
}

#[test]
fn an_answer_counts_for_what_was_shown() {
    let (sandbox, _) = waiting(RELEASE);
    sandbox.tau(&["approve", "@", "--answer", "1.0"]).ends(0);
    let report = resume(&sandbox, 6);
    let seen = report["asks"][0]["key"].as_str().unwrap()[..10].to_owned();
    let done = sandbox.tau(&["approve", "@", "--seen", "0000"]).ends(3);
    assert!(done.err.contains("asks something else"), "{}", done.err);
    sandbox.tau(&["approve", "@", "--seen", &seen]).ends(0);
    // What was approved is not what is asked now.
    sandbox.write(
        "release.tau",
        RELEASE.replace("Release {{", "Really release {{"),
    );
    let report = resume(&sandbox, 6);
    assert_eq!(report["asks"][0]["text"], "Really release 1.0?");
}

#[test]
fn answers_that_do_not_fit_are_refused() {
    let (sandbox, _) = waiting(RELEASE);
    let refused = |arguments: &[&str], words: &str| {
        let done = sandbox.tau(arguments).ends(2);
        assert!(done.err.contains(words), "{}", done.err);
    };
    refused(&["approve", "@"], "one of `1.0`, `2.0`");
    refused(&["approve", "@", "--answer", "3"], "is no answer");
    refused(
        &["approve", "@", "whihc", "--answer", "1.0"],
        "asks nothing",
    );
    sandbox.tau(&["approve", "@", "--answer", "1.0"]).ends(0);
    refused(&["approve", "@", "--answer", "1.0"], "asks nothing");
    resume(&sandbox, 6);
    refused(&["approve", "@", "--answer", "1.0"], "for no text");
}

#[test]
fn an_answer_may_begin_with_a_hyphen() {
    let (sandbox, _) = waiting(&RELEASE.replace("\"1.0\", ", "\"-1\", "));
    let no = sandbox.tau(&["deny", "@", "--why", "- no"]).ends(0);
    assert!(no.out.contains("denied which"), "{}", no.out);
    resume(&sandbox, 1);
    resume(&sandbox, 6);
    sandbox.tau(&["approve", "@", "--answer", "-1"]).ends(0);
    let report = resume(&sandbox, 6);
    assert_eq!(step(&report, "which")["result"]["answer"], "-1");
}

#[test]
fn who_started_a_run_cannot_answer_for_another() {
    let text = RELEASE.replace(
        "human.approve(\"Release {{ which.answer }}?\")",
        "human.approve(\"Release?\", by: \"another\")",
    );
    let (sandbox, report) = waiting(&text);
    assert_eq!(report["asks"].as_array().unwrap().len(), 2);
    let done = sandbox.tau(&["approve", "@", "gate"]).ends(3);
    assert!(done.err.contains("somebody else"), "{}", done.err);
    sandbox.tau(&["deny", "@", "gate", "--why", "x"]).ends(3);
}

#[test]
fn what_does_not_rest_on_the_answer_is_done_before() {
    let rounds = r#"mission rounds {
  authority {
    read  "**"
    write "out/**"
  }

  for name in ["a", "b"] at most 2 at once {
    step ask = human.ask("Text of {{ name }}?")
    step put = fs.write("out/{{ name }}.txt", text: ask.answer)
  }

  output texts = put
}
"#;
    let (sandbox, report) = waiting(rounds);
    let asks = report["asks"].as_array().unwrap();
    assert_eq!(asks.len(), 2, "both rounds ask: {asks:?}");
    for ask in asks {
        let name = ask["step"].as_str().unwrap();
        sandbox
            .tau(&["approve", "@", name, "--answer", name])
            .ends(0);
    }
    let report = resume(&sandbox, 0);
    assert_eq!(report["outputs"]["texts"].as_array().unwrap().len(), 2);
}

#[test]
fn a_waiting_run_can_be_cancelled() {
    let (sandbox, _) = waiting(RELEASE);
    sandbox.tau(&["cancel", "@"]).ends(0);
    let shown = sandbox.tau(&["show", "@", "--json"]).ends(0).json();
    assert_eq!(shown["outcome"], "cancelled");
}
