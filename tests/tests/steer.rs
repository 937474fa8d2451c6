//! What a person does with a run that nobody runs: cancel it, hold it, see it again.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::{Value, json};
use tau_tests::{Sandbox, mission, mission_with, texts};

/// A run that ended as `code` says.
fn ended(code: i32) -> (Sandbox, Value) {
    let sandbox = Sandbox::broken();
    let statements = match code {
        0 => mission("  step a = fs.write(path: \"src/a\", text: \"a\")\n"),
        1 => mission_with("run \"false\"", "  step a = process.run(\"false\")\n"),
        _ => mission("  step a = fs.write(path: \"docs/a\", text: \"a\")\n"),
    };
    let report = sandbox.apply(&statements).ends(code).json();
    (sandbox, report)
}

fn outcome(sandbox: &Sandbox) -> Value {
    sandbox.tau(&["show", "@", "--json"]).ends(0).json()["outcome"].clone()
}

#[test]
fn a_failed_or_blocked_run_is_cancelled() {
    for code in [1, 3] {
        let (sandbox, _) = ended(code);
        let done = sandbox.tau(&["cancel", "@"]).ends(0);
        assert!(done.err.contains("is cancelled"), "{}", done.err);
        assert_eq!(outcome(&sandbox), "cancelled");
        // A second time it is what it was.
        sandbox.tau(&["cancel", "@"]).ends(0);
    }
}

#[test]
fn what_has_succeeded_cannot_be_cancelled_or_held() {
    let (sandbox, _) = ended(0);
    let done = sandbox.tau(&["cancel", "@"]).ends(1);
    assert!(done.err.contains("had succeeded already"), "{}", done.err);
    sandbox.tau(&["block", "@", "--why", "x"]).ends(1);
    assert_eq!(outcome(&sandbox), "succeeded");
}

#[test]
fn a_run_is_held_with_a_reason_until_somebody_goes_on() {
    let (sandbox, failed) = ended(1);
    let why = "look at it on Monday";
    let held = sandbox
        .tau(&["block", "@", "--why", why, "--json"])
        .ends(0)
        .json();
    assert_eq!(held["outcome"], "blocked");
    assert_eq!(held["reason"], why);
    assert_eq!(held["blocked"]["kind"], "approval");
    assert_eq!(held["blocked"]["code"], "operator-blocked");
    assert_eq!(held["blocked"]["mutations"], 0);
    assert_eq!(held["next"], failed["next"]);
    let shown = sandbox.tau(&["show", "@"]).ends(0).out;
    assert!(shown.contains(why), "{shown}");
    let again = sandbox.tau(&["resume", "@", "--json"]).ends(1).json();
    assert_eq!(again["outcome"], "failed");
}

#[test]
fn a_replay_tells_what_the_run_told() {
    let sandbox = Sandbox::broken();
    let text = mission(
        "  step a = fs.write(path: \"src/a\", text: \"a\")\n  step b = fs.read(path: \"src/a\")\n",
    );
    sandbox.write("m.tau", text);
    let arguments = ["apply", "m.tau", "--yes", "--box", "none", "--json-stream"];
    let told = sandbox.tau(&arguments).ends(0).json_lines();
    let before = sandbox.snapshot();
    let again = sandbox
        .tau(&["replay", "@", "--json-stream"])
        .ends(0)
        .json_lines();
    sandbox.assert_untouched(&before);
    let (told, again) = (json!(told), json!(again));
    assert_eq!(texts(&again, "schema"), texts(&told, "schema"));
    assert_eq!(again, told);
}

#[test]
fn a_replay_shows_retries_and_the_owners_one_after_the_other() {
    let sandbox = Sandbox::broken();
    let text = mission_with(
        "run \"false\"",
        "  step a = process.run(\"false\") retry 1\n",
    );
    sandbox.apply(&text).ends(1);
    sandbox.tau(&["resume", "@"]).ends(1);
    let last = sandbox.tau(&["resume", "@"]).ends(1).err;
    let shown = sandbox.tau(&["replay", "@"]).ends(0).err;
    assert_eq!(shown.matches("again a").count(), 3, "{shown}");
    assert_eq!(shown.matches("run 01").count(), 3, "{shown}");
    let mut began = shown.lines().filter(|line| line.starts_with("run 01"));
    assert_eq!(began.next_back(), last.lines().next());
}

/// A mission whose command counts how often it was started.
fn counting(text: &str) -> String {
    mission_with(
        "run \"./count.sh\"",
        &format!(
            "  step a = fs.write(path: \"src/a\", text: \"a\")\n  \
             step count = process.run(\"./count.sh\") after a\n  \
             step b = fs.write(path: \"src/b\", text: \"{text}\") after count\n  \
             output text = \"{text}\"\n"
        ),
    )
}

#[test]
fn a_fork_has_what_was_done_before_a_step_and_does_the_rest() {
    let sandbox = Sandbox::broken();
    sandbox.write_script("count.sh", "#!/bin/sh\nprintf x >> \"$HOME/starts\"\n");
    sandbox.commit("second");
    let first = sandbox.apply_unboxed(&counting("one")).ends(0).json();
    sandbox.write("other.tau", counting("two"));
    let before = sandbox.snapshot();
    let arguments = ["fork", "@", "--at", "b", "other.tau", "--yes", "--json"];
    let forked = sandbox.tau(&arguments).ends(0).json();
    sandbox.assert_untouched(&before);
    assert_ne!(forked["run"], first["run"]);
    assert_eq!(forked["base"], first["base"]);
    assert_eq!(forked["outputs"]["text"], "two");
    let starts = std::fs::read_to_string(sandbox.outside().join("home/starts")).unwrap();
    assert_eq!(starts, "x", "the command was started once");
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(diff.contains("src/a") && diff.contains("+two"), "{diff}");
    // The old run is what it was.
    let old = first["run"].as_str().unwrap();
    let shown = sandbox.tau(&["show", old, "--json"]).ends(0).json();
    assert_eq!(shown["outputs"]["text"], "one");
}

#[test]
fn a_fork_works_on_what_the_old_run_found_late() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet"]);
    let text = mission("  step a = fs.write(path: \"src/a\", text: \"a\")\n")
        .replace("./check.sh", "true");
    // There is nothing to begin from yet.
    sandbox.apply(&text).ends(3);
    sandbox.write("first.txt", "one\n");
    sandbox.commit("first");
    let old = sandbox.tau(&["resume", "@", "--json"]).ends(0).json();
    sandbox.write("first.txt", "two\n");
    sandbox.commit("second");
    let arguments = ["fork", "@", "--at", "a", "--yes", "--json"];
    let forked = sandbox.tau(&arguments).ends(0).json();
    assert_eq!(forked["base"], old["base"]);
}

#[test]
fn a_fork_at_the_first_step_does_everything_anew() {
    let sandbox = Sandbox::broken();
    sandbox.write_script("count.sh", "#!/bin/sh\nprintf x >> \"$HOME/starts\"\n");
    sandbox.commit("second");
    sandbox.apply_unboxed(&counting("one")).ends(0);
    sandbox.tau(&["fork", "@", "--at", "a", "--yes"]).ends(0);
    let starts = std::fs::read_to_string(sandbox.outside().join("home/starts")).unwrap();
    assert_eq!(starts, "xx");
}

#[test]
fn a_fork_where_the_run_never_was_says_where_it_was() {
    let (sandbox, _) = ended(0);
    let done = sandbox.tau(&["fork", "@", "--at", "aa", "--yes"]).ends(2);
    assert!(done.err.contains("never came to `aa`"), "{}", done.err);
    assert!(done.err.contains("did you mean `a`?"), "{}", done.err);
    sandbox.tau(&["fork", "@", "--at", "a"]).ends(3);
}

#[test]
fn a_fork_that_cannot_be_recorded_says_so_and_nothing_else() {
    let (sandbox, report) = ended(0);
    // What the old run has written is not as it should be.
    let runs = sandbox.state().join("runs");
    let objects = runs
        .join(report["run"].as_str().unwrap())
        .join("git/objects");
    std::fs::remove_dir_all(&objects).unwrap();
    std::fs::write(&objects, "").unwrap();
    let done = sandbox.tau(&["fork", "@", "--at", "a", "--yes"]).ends(3);
    assert!(done.err.contains("cannot be recorded"), "{}", done.err);
    assert!(!done.err.contains("did you mean"), "{}", done.err);
}
