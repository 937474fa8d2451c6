//! Calls of missions that are tried again or cut, and killed in between.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};
use tau_tests::{step, texts};

use crate::held::{Held, close_gate, is_alive, send};
use crate::reference::{Reference, ending, nothing_was_repeated, records, started};

/// A mission whose call fails the first time, and one whose call takes longer than it may when
/// there is a gate.
const MISSION: &str = r#"mission reference {
  authority {
    read  "**"
    write "src/**", "flaky.txt"
    run   "sh tool.sh *"
    env   COUNTS, GATES
    time  5m
  }

  step first = fs.edit("src/old.txt", find: "old", replace: "older")
  step again = unsteady() retry 2
  step slow  = slow() after again timeout 1s may fail
  step last  = process.run("sh tool.sh word-last") after slow
  step text  = fs.read("src/old.txt")

  output text = text.text
  output slow = slow.text or "cut"
}

mission unsteady {
  authority {
    read  "**"
    write "src/**", "flaky.txt"
    run   "sh tool.sh *"
    env   COUNTS, GATES
  }

  step edit = fs.edit("src/old.txt", find: "older", replace: "new")
  step ran  = process.run("sh tool.sh flaky", writes: ["flaky.txt"]) after edit

  output done = ran.exit
}

mission slow {
  authority {
    read  "**"
    run   "sh tool.sh *"
    env   COUNTS, GATES
  }

  step ran = process.run("sh tool.sh word-slow")

  output text = ran.output
}
"#;

/// What attempts were begun, by their step and number.
fn attempts(reference: &Reference, of: &str) -> Vec<u64> {
    let all = records(&reference.journal());
    let begun = all.iter().map(|record| &record["entry"]);
    begun
        .filter(|entry| entry["kind"] == "step_started" && entry["step"] == of)
        .map(|entry| entry["attempt"].as_u64().unwrap())
        .collect()
}

#[test]
fn a_kill_in_the_second_attempt_of_a_call_goes_on_there() {
    let whole = Reference::with(MISSION).finish();
    assert_eq!(whole["outputs"]["text"], "new\n");
    let reference = Reference::with(MISSION);
    let command = Held::at(&reference, "flaky-2").kill(&reference);
    let before = records(&reference.journal()).len();
    let report = reference.resume();
    assert!(!is_alive(command), "the command of the killed tau goes on");
    assert_eq!(ending(&report), ending(&whole));
    nothing_was_repeated(&reference);
    assert_eq!(step(&report, "again~2/ran")["attempts"], 1);
    let all = records(&reference.journal());
    let begun = started(&all[before..]);
    assert_eq!(begun[0], "again~2/ran", "{begun:?}");
}

#[test]
fn a_kill_in_the_second_attempt_of_a_step_goes_on_there() {
    let reference = Reference::new();
    Held::at(&reference, "flaky-2").kill(&reference);
    let report = reference.resume();
    let attempts = attempts(&reference, "flaky");
    // That the second one began may have been on its way to the journal; that the first had failed
    // was there before.
    assert!(attempts == [1, 2, 2] || attempts == [1, 2], "{attempts:?}");
    assert_eq!(step(&report, "flaky")["attempts"], 2);
}

#[test]
fn told_to_end_between_two_attempts() {
    // Long enough for a signal to come in it, and what is left of it is waited.
    let text = MISSION.replace("retry 2", "retry 2 every 5s");
    let whole = Reference::with(MISSION).finish();
    let reference = Reference::with(&text);
    let mut tau = reference
        .apply(&["--json-stream"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(tau.stdout.take().unwrap()).lines();
    let waits = lines.any(|line| line.unwrap().contains("\"retrying\""));
    assert!(waits, "there was no other attempt");
    send("INT", tau.id());
    let last: Value = serde_json::from_str(&lines.last().unwrap().unwrap()).unwrap();
    assert_eq!(last["outcome"], "cancelled");
    assert_eq!(tau.wait().unwrap().code(), Some(4));
    // The attempt that it waited for is the one that is on.
    let report = reference.resume();
    assert_eq!(ending(&report), ending(&whole));
    nothing_was_repeated(&reference);
}

#[test]
fn attempts_before_a_kill_count() {
    // It never works, so that all attempts are made.
    let reference = Reference::with(&MISSION.replace("sh tool.sh flaky", "sh tool.sh hopeless"));
    Held::at(&reference, "hopeless-2").kill(&reference);
    let report = reference.resume_to(1);
    assert_eq!(
        texts(&report["steps"], "name"),
        [
            "first",
            "again/edit",
            "again/ran",
            "again~2/edit",
            "again~2/ran",
            "again~3/edit",
            "again~3/ran",
        ]
    );
    // The second one was begun twice.
    assert_eq!(reference.starts()["hopeless"], 4);
}

#[test]
fn a_call_that_was_cut_and_may_fail_is_not_made_again() {
    let reference = Reference::with(MISSION);
    close_gate(&reference, "word-slow-1");
    Held::at(&reference, "word-last-1").kill(&reference);
    // Now it would not take long.
    let report = reference.resume();
    assert_eq!(report["outputs"]["slow"], "cut");
    assert_eq!(reference.starts()["word-slow"], 1);
    nothing_was_repeated(&reference);
}

#[test]
fn a_cut_behind_any_record_ends_the_same() {
    let reference = Reference::with(MISSION);
    let report = reference.finish();
    let text = fs::read_to_string(reference.journal()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let end = |report: &Value| json!([report["outcome"], report["outputs"]]);
    let diff = |reference: &Reference| reference.tau(&["diff", "@"]).ends(0).out;
    let whole = diff(&reference);
    assert!(
        whole.contains("+new") && !whole.contains("+older"),
        "{whole}"
    );
    for kept in 1..lines.len() {
        fs::write(reference.journal(), lines[..kept].concat()).unwrap();
        let resumed = reference.resume();
        assert_eq!(end(&resumed), end(&report), "behind record {kept}");
        assert_eq!(diff(&reference), whole, "behind record {kept}");
        let all = records(&reference.journal());
        let failed = |record: &Value| record["entry"]["kind"] == "attempt_failed";
        if all[..kept].iter().any(failed) {
            let begun = started(&all[kept..]);
            assert!(
                !begun.contains(&"again/ran"),
                "behind record {kept}: {begun:?}"
            );
            assert_eq!(ending(&resumed), ending(&report), "behind record {kept}");
        }
    }
}
