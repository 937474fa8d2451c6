//! Runs that are killed or told to end in the rounds of a `for`, in `on failure` and in `finally`.

use std::sync::OnceLock;

use serde_json::Value;
use tau_tests::texts;

use crate::held::{Held, close_gate, is_alive, stands_at};
use crate::reference::{Reference, ending, nothing_was_repeated, records};

/// Rounds at the same time, a step that fails when `FAILS` says so, and both handlers.
const MISSION: &str = r#"mission reference {
  authority {
    read  "**"
    write "made/**"
    run   "sh tool.sh *"
    env   COUNTS, GATES
    time  5m
  }

  for part in ["a", "b", "c", "d"] at most 2 at once {
    step said = process.run("sh tool.sh word-{{ part }}")
    let upper = said.output | upper
  }

  step parts = fs.write("made/parts.txt", text: upper | join(" "))
  step late  = process.run("sh tool.sh LATE") after parts

  on failure {
    step sorry = process.run("sh tool.sh word-sorry")
    step why   = fs.write("made/why.txt", text: "{{ failure.step }} {{ sorry.output }}")
  }

  finally {
    step tidy = process.run("sh tool.sh word-tidy")
    step end  = fs.write("made/end.txt", text: tidy.output)
  }

  output parts = upper
}
"#;

/// A mission that succeeds, or fails in its last step.
fn mission(fails: bool) -> String {
    MISSION.replace("LATE", if fails { "hopeless" } else { "word-late" })
}

/// The end of such a run that nobody disturbed, and what it has changed.
fn undisturbed(fails: bool) -> &'static (Value, String) {
    static ENDS: [OnceLock<(Value, String)>; 2] = [OnceLock::new(), OnceLock::new()];
    ENDS[usize::from(fails)].get_or_init(|| {
        let reference = Reference::with(&mission(fails));
        let done = reference.apply(&["--json"]).output().unwrap();
        let done: tau_tests::Done = done.into();
        let report = done.ends(i32::from(fails)).json();
        (ending(&report), diff(&reference))
    })
}

fn diff(reference: &Reference) -> String {
    reference.tau(&["diff", "@"]).ends(0).out
}

/// Goes on, and compares: the end, the files, and every step was brought to its end once.
#[track_caller]
fn ends_as_undisturbed(reference: &Reference, fails: bool) {
    let report = reference.resume_to(i32::from(fails));
    let (end, changed) = undisturbed(fails);
    assert_eq!(ending(&report), *end);
    assert_eq!(diff(reference), *changed);
    nothing_was_repeated(reference);
    let all = records(&reference.journal());
    let ended = |name: &str| {
        let finished = all.iter().map(|record| &record["entry"]);
        let finished = finished.filter(|it| it["kind"] == "step_finished" && it["step"] == name);
        finished.filter(|it| it["state"] != "cancelled").count()
    };
    for name in texts(&report["steps"], "name") {
        assert_eq!(ended(name), 1, "`{name}`");
    }
}

#[track_caller]
fn killed_at(gate: &str, fails: bool) {
    let reference = Reference::with(&mission(fails));
    let command = Held::at(&reference, gate).kill(&reference);
    ends_as_undisturbed(&reference, fails);
    assert!(!is_alive(command), "the command of the killed tau goes on");
}

#[test]
fn in_a_round() {
    killed_at("word-a-1", false);
    killed_at("word-c-1", true);
}

#[test]
fn in_two_rounds_at_once() {
    let reference = Reference::with(&mission(false));
    close_gate(&reference, "word-b-1");
    let held = Held::at(&reference, "word-a-1");
    let other = stands_at(&reference, "word-b-1");
    held.kill(&reference);
    ends_as_undisturbed(&reference, false);
    assert!(!is_alive(other), "the command of the killed tau goes on");
    let starts = reference.starts();
    assert_eq!((starts["word-a"], starts["word-b"]), (2, 2), "{starts:?}");
    assert_eq!((starts["word-c"], starts["word-d"]), (1, 1), "{starts:?}");
}

#[test]
fn in_on_failure() {
    killed_at("word-sorry-1", true);
}

#[test]
fn in_finally() {
    killed_at("word-tidy-1", false);
}

#[test]
fn in_finally_behind_on_failure() {
    killed_at("word-tidy-1", true);
}

/// Told to end once, `finally` goes on to its end.
#[test]
fn told_to_end_once() {
    let reference = Reference::with(&mission(false));
    let held = Held::at(&reference, "word-late-1");
    let late = held.command;
    let held = held.then(&reference, "TERM", "word-tidy-1");
    assert!(!is_alive(late), "a statement goes on");
    let tidy = held.command;
    let report = held.let_go(&reference).ends(4).json();
    assert_eq!(report["outcome"], "cancelled");
    let states = texts(&report["steps"], "state");
    assert_eq!(
        states[states.len() - 3..],
        ["cancelled", "succeeded", "succeeded"]
    );
    assert!(!is_alive(tidy));
    ends_as_undisturbed(&reference, false);
}

/// Told to end for the second time, `finally` ends too.
#[track_caller]
fn told_to_end_twice(first: &str, second: &str) {
    let reference = Reference::with(&mission(false));
    let held = Held::at(&reference, "word-late-1").then(&reference, first, "word-tidy-1");
    let tidy = held.command;
    let report = held.signal(&reference, second).ends(4).json();
    assert_eq!(report["outcome"], "cancelled");
    assert!(!is_alive(tidy), "the command of `finally` goes on");
    let reason = report["reason"].as_str().unwrap();
    assert!(reason.contains("`finally` was cancelled"), "{reason}");
    ends_as_undisturbed(&reference, false);
}

#[test]
fn told_to_end_twice_by_sigint() {
    told_to_end_twice("INT", "INT");
}

#[test]
fn told_to_end_twice_by_sigint_and_sigterm() {
    told_to_end_twice("INT", "TERM");
}

#[test]
fn killed_in_finally_after_it_was_told_to_end() {
    let reference = Reference::with(&mission(false));
    let held = Held::at(&reference, "word-late-1").then(&reference, "INT", "word-tidy-1");
    held.kill(&reference);
    ends_as_undisturbed(&reference, false);
}

/// What was done about a failure that is mended is no part of what the run has changed.
#[test]
fn a_failure_that_is_mended_leaves_nothing_behind() {
    let text = mission(true);
    let reference = Reference::with(&text);
    let failed: tau_tests::Done = reference.apply(&["--json"]).output().unwrap().into();
    failed.ends(1);
    assert!(diff(&reference).contains("made/why.txt"));
    std::fs::write(reference.mission(), mission(false)).unwrap();
    let report = reference.resume();
    assert_eq!(diff(&reference), undisturbed(false).1);
    let why = tau_tests::step(&report, "why");
    assert_eq!(why["taken_back"], true, "{why}");
}
