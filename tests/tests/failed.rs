//! The ways in which a run fails: exit 1, the step that failed, and why.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::time::{Duration, Instant};

use serde_json::Value;
use tau_tests::{MEND, PATCH, Sandbox, mission, mission_with, step, texts};

/// Applies a mission whose step must fail with this code, without a change to the repository.
#[track_caller]
fn fails(sandbox: &Sandbox, text: &str, name: &str, code: &str) -> Value {
    fails_in(sandbox, None, text, name, code)
}

/// As [`fails`], in the box that is named.
#[track_caller]
fn fails_in(sandbox: &Sandbox, tier: Option<&str>, text: &str, name: &str, code: &str) -> Value {
    sandbox.write("fix.tau", text);
    let before = sandbox.snapshot();
    let mut arguments = vec!["apply", "fix.tau", "--yes", "--json"];
    arguments.extend(tier.into_iter().flat_map(|tier| ["--box", tier]));
    let result = sandbox.tau(&arguments).ends(1).json();
    sandbox.assert_untouched(&before);
    assert_eq!(result["outcome"], "failed");
    assert_eq!(result["commit"], Value::Null);
    let failed = step(&result, name);
    assert_eq!(failed["state"], "failed", "{failed:#}");
    assert_eq!(failed["failure"]["code"], code, "{failed:#}");
    let reason = result["reason"].as_str().unwrap();
    let message = failed["failure"]["message"].as_str().unwrap();
    assert!(reason.contains(message), "{reason}\n{message}");
    let run = result["run"].as_str().unwrap();
    assert_eq!(result["next"], format!("tau resume {run}"));
    result
}

#[test]
fn already_green() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\nexit 0\n");
    let result = fails(&sandbox, &mission(MEND), "red", "verify-already-green");
    assert_eq!(
        texts(&result["steps"], "name"),
        ["red"],
        "nothing is edited"
    );
    assert!(
        result["reason"]
            .as_str()
            .unwrap()
            .contains("passes on the base"),
        "{result:#}"
    );
}

#[test]
fn green_that_stays_red() {
    let sandbox = Sandbox::broken();
    let text = mission(MEND).replace("\"fixed\")", "\"no better\")");
    let result = fails(&sandbox, &text, "proof", "proof-without-green");
    let check = step(&result, "green");
    assert_eq!(check["state"], "succeeded");
    assert_eq!(check["result"]["verdict"], "red");
}

#[test]
fn an_edit_that_is_not_what_turns_it_green() {
    // Green only once per checkout of the base: with the change taken back it passes as well.
    let script = "#!/bin/sh\n[ -e \"$HOME/seen\" ] && exit 0\n: > \"$HOME/seen\"\nexit 1\n";
    let sandbox = Sandbox::checked_by(script);
    let result = fails_in(
        &sandbox,
        Some("none"),
        &mission(MEND),
        "proof",
        "verify-vacuous",
    );
    assert_eq!(step(&result, "green")["result"]["verdict"], "green");
}

#[test]
fn a_verifier_that_does_not_end() {
    // It ignores the polite signal, and so does what it started.
    let sandbox = Sandbox::checked_by("#!/bin/sh\ntrap '' TERM INT HUP\nsleep 60\nsleep 60\n");
    let text = mission(MEND).replace("protect", "timeout 200ms\n    protect");
    let began = Instant::now();
    let result = fails(&sandbox, &text, "red", "verify-broken");
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(
        result["reason"].as_str().unwrap().contains("0.2 s"),
        "{result:#}"
    );
}

#[test]
fn a_verifier_that_ends_by_a_signal() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\nkill -SEGV $$\n");
    let result = fails(&sandbox, &mission(MEND), "red", "verify-broken");
    assert!(
        result["reason"].as_str().unwrap().contains("signal"),
        "{result:#}"
    );
}

#[test]
fn a_verifier_that_cannot_find_its_own_tools() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\nno-such-tool-as-this\n");
    let result = fails(&sandbox, &mission(MEND), "red", "verify-broken");
    let red = step(&result, "red");
    assert!(
        red["failure"]["message"].as_str().unwrap().contains("127"),
        "{red:#}"
    );
}

#[test]
fn a_verifier_whose_first_line_names_nothing() {
    let sandbox = Sandbox::checked_by("#!/no/such/interpreter\n");
    fails(&sandbox, &mission(MEND), "red", "verify-broken");
}

#[test]
fn a_verifier_that_cannot_make_up_its_mind() {
    let script = "#!/bin/sh\n[ -e \"$HOME/seen\" ] && exit 0\n: > \"$HOME/seen\"\nexit 1\n";
    let sandbox = Sandbox::checked_by(script);
    let text = mission(MEND).replace("protect", "runs 2\n    protect");
    fails_in(&sandbox, Some("none"), &text, "red", "verify-flaky");
}

#[test]
fn no_tests_at_all() {
    let sandbox = Sandbox::broken();
    sandbox.write_script("pytest", "#!/bin/sh\nexit 5\n");
    sandbox.commit("second");
    let text = mission(MEND).replace("./check.sh", "./pytest");
    fails(&sandbox, &text, "red", "verify-vacuous");
}

fn patching() -> String {
    mission("  step edit = fs.patch(patch)\n")
        .replace("authority", "input patch : file\n  authority")
}

#[test]
fn a_patch_that_does_not_fit() {
    let sandbox = Sandbox::broken();
    let other = PATCH.replace("-broken", "-something else");
    sandbox.write("fix.diff", &other);
    sandbox.write("fix.tau", patching());
    let before = sandbox.snapshot();
    let arguments = [
        "apply",
        "fix.tau",
        "--set",
        "patch=@fix.diff",
        "--yes",
        "--json",
    ];
    let result = sandbox.tau(&arguments).ends(1).json();
    sandbox.assert_untouched(&before);
    let failure = &step(&result, "edit")["failure"];
    assert_eq!(failure["code"], "patch-conflict");
    let message = failure["message"].as_str().unwrap();
    for part in ["src/a.txt", "something else", "broken"] {
        assert!(message.contains(part), "no `{part}` in {message}");
    }
}

#[test]
fn an_edit_that_could_mean_several_places() {
    let sandbox = Sandbox::broken();
    sandbox.write("src/a.txt", "same\nother\nsame\n");
    sandbox.commit("second");
    let text =
        mission("  step edit = fs.edit(path: \"src/a.txt\", find: \"same\", replace: \"new\")\n");
    let result = fails(&sandbox, &text, "edit", "edit-ambiguous");
    let message = step(&result, "edit")["failure"]["message"]
        .as_str()
        .unwrap();
    assert!(
        message.contains('1') && message.contains('3'),
        "each line: {message}"
    );
}

#[test]
fn an_edit_of_what_is_not_there() {
    let sandbox = Sandbox::broken();
    let edit = |find: &str, path: &str| {
        mission(&format!(
            "  step edit = fs.edit(path: \"{path}\", find: \"{find}\", replace: \"new\")\n"
        ))
    };
    let result = fails(
        &sandbox,
        &edit("brokem", "src/a.txt"),
        "edit",
        "edit-missing",
    );
    let message = step(&result, "edit")["failure"].to_string();
    assert!(message.contains("broken"), "no similar line: {message}");
    fails(&sandbox, &edit("x", "src/b.txt"), "edit", "file-missing");
}

/// A mission with one command.
fn running(script: &str, extra: &str) -> (Sandbox, String) {
    let sandbox = Sandbox::broken();
    sandbox.write_script("do.sh", &format!("#!/bin/sh\n{script}\n"));
    sandbox.commit("second");
    let statement = format!("  step do = process.run(command: \"./do.sh\"{extra})\n");
    (sandbox, mission_with("run \"./do.sh\"", &statement))
}

#[test]
fn a_command_that_fails() {
    let (sandbox, text) = running("echo out; echo err >&2; exit 7", "");
    let result = fails(&sandbox, &text, "do", "process-exit");
    assert!(result["reason"].as_str().unwrap().contains('7'));
    let log = sandbox.tau(&["logs", "@", "do"]).ends(0).out;
    assert!(log.contains("out\nerr\n"), "{log}");
}

#[test]
fn a_command_that_ends_by_a_signal_or_never() {
    let (sandbox, text) = running("kill -KILL $$", "");
    fails(&sandbox, &text, "do", "process-signal");
    let (sandbox, text) = running("sleep 60", ", timeout: 200ms");
    fails(&sandbox, &text, "do", "process-timeout");
}

#[test]
fn a_command_that_changes_what_it_did_not_declare() {
    let script = "echo x > src/new.txt; echo y >> src/a.txt; rm tests/expected.txt; mkdir docs; echo z > docs/z";
    let (sandbox, text) = running(script, ", writes: [\"src/a.txt\"]");
    let result = fails(&sandbox, &text, "do", "process-changed-files");
    let detail = &step(&result, "do")["failure"]["detail"]["paths"];
    assert_eq!(
        *detail,
        serde_json::json!(["docs/z", "src/new.txt", "tests/expected.txt"])
    );
    assert_eq!(
        sandbox.tau(&["diff", "@"]).ends(0).out,
        "",
        "the change is taken back"
    );
}

#[test]
fn what_a_command_declares_is_kept_and_what_git_ignores_is_not() {
    let (sandbox, text) = running(
        "echo fixed > src/a.txt; echo o > src/o.log",
        ", writes: [\"src/**\"]",
    );
    sandbox.write(".gitignore", "*.log\n");
    sandbox.commit("third");
    let result = sandbox.apply(&text).ends(0).json();
    assert_eq!(step(&result, "do")["result"]["exit"], 0);
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(diff.contains("+fixed") && !diff.contains("o.log"), "{diff}");
}

#[test]
fn a_command_leaves_behind_what_no_commit_can_hold() {
    let (sandbox, text) = running("mkfifo src/pipe", ", writes: [\"src/**\"]");
    fails(&sandbox, &text, "do", "unacceptable-files");
}

#[test]
fn a_step_that_takes_too_long() {
    let sandbox = Sandbox::broken();
    let text = mission(
        "  step nap = time.sleep(60s) timeout 200ms\n  step b = fs.write(path: \"src/b\", text: \"\") after nap\n",
    );
    let began = Instant::now();
    let result = fails(&sandbox, &text, "nap", "step-timeout");
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(texts(&result["steps"], "name"), ["nap"]);
}

#[test]
fn a_failure_for_a_person() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\nexit 0\n");
    sandbox.write("fix.tau", mission(MEND));
    let done = sandbox.tau(&["apply", "fix.tau", "--yes"]).ends(1);
    for part in ["failed", "step `red`", "tau resume ", "tau logs "] {
        assert!(done.out.contains(part), "no `{part}` in\n{}", done.out);
    }
}

#[test]
fn a_failed_run_goes_on_when_the_file_is_mended() {
    let sandbox = Sandbox::broken();
    let text = mission(MEND).replace("\"fixed\")", "\"no better\")");
    let result = fails(&sandbox, &text, "proof", "proof-without-green");
    sandbox.write("fix.tau", mission(MEND));
    let done = sandbox.go_on(&result).ends(0);
    let went_on = done.json();
    assert_eq!(
        sandbox.committed(&went_on, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
    assert!(
        done.err.contains("done before"),
        "RED is not run again: {}",
        done.err
    );
}
