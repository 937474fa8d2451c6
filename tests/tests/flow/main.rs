//! Conditions, loops, retries, calls: what runs, in which order, how often.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod attempts;

use serde_json::json;
use tau_tests::{MEND, PATCH, Sandbox, mission, mission_with, step, texts};

/// A script that fails until it was started for the `n`th time: it counts in the home folder, which no
/// box lets it reach.
pub(crate) fn works_at_last(n: u32) -> String {
    format!("#!/bin/sh\nprintf x >> \"$HOME/tries\"\n[ \"$(wc -c < \"$HOME/tries\")\" -ge {n} ]\n")
}

fn with_script(script: &str) -> Sandbox {
    let sandbox = Sandbox::broken();
    sandbox.write_script("do.sh", script);
    sandbox.commit("second");
    sandbox
}

fn doing(modifiers: &str, rest: &str) -> String {
    let statements = format!("  step do = process.run(command: \"./do.sh\") {modifiers}\n{rest}");
    mission_with("run \"./do.sh\"", &statements)
}

#[test]
fn a_step_that_may_fail() {
    let sandbox = with_script("#!/bin/sh\nexit 1\n");
    let rest = "  step b = fs.write(path: \"src/b\", text: \"{{ 'done' if do else 'failed' }}\")\n  output failed = do == none\n";
    let result = sandbox.apply(&doing("may fail", rest)).ends(0).json();
    assert_eq!(texts(&result["steps"], "state"), ["failed", "succeeded"]);
    assert_eq!(step(&result, "do")["failure"]["code"], "process-exit");
    assert_eq!(result["outputs"], json!({ "failed": true }));
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(diff.contains("+failed"), "{diff}");
}

#[test]
fn a_retry_that_works_in_the_end() {
    let sandbox = with_script(&works_at_last(3));
    let result = sandbox
        .apply_unboxed(&doing("retry 3 every 10ms", ""))
        .ends(0)
        .json();
    assert_eq!(step(&result, "do")["attempts"], 3);
}

#[test]
fn retries_that_do_not_suffice() {
    let sandbox = with_script(&works_at_last(4));
    let result = sandbox.apply_unboxed(&doing("retry 2", "")).ends(1).json();
    assert_eq!(step(&result, "do")["attempts"], 3);
    assert_eq!(step(&result, "do")["state"], "failed");
    // A resume tries anew.
    let went_on = sandbox.go_on(&result).ends(0).json();
    assert_eq!(step(&went_on, "do")["state"], "succeeded");
}

#[test]
fn a_condition_skips_a_step_and_takes_a_branch() {
    let sandbox = Sandbox::broken();
    let text = mission(
        r#"
  step skipped = fs.write(path: "src/skipped", text: "x") when deep
  if deep {
    step one = fs.write(path: "src/one", text: "x")
  } else if not deep {
    step two = fs.write(path: "src/two", text: "x")
  } else {
    step three = fs.write(path: "src/three", text: "x")
  }
  output one = one == none
  output two = two.paths
"#,
    )
    .replace("authority {", "input deep : bool = false\n  authority {");
    let result = sandbox.apply(&text).ends(0).json();
    assert_eq!(texts(&result["steps"], "name"), ["skipped", "two"]);
    assert_eq!(texts(&result["steps"], "state"), ["skipped", "succeeded"]);
    assert_eq!(
        result["outputs"],
        json!({ "one": true, "two": ["src/two"] })
    );

    let deep = ["apply", "fix.tau", "--set", "deep=true", "--yes", "--json"];
    // What the branch that was not taken would have given is absent.
    let result = sandbox.tau(&deep).ends(0).json();
    assert_eq!(texts(&result["steps"], "name"), ["skipped", "one"]);
    assert_eq!(result["outputs"], json!({ "one": false, "two": null }));
}

#[test]
fn a_sleep_that_ends_within_the_steps_time_is_no_failure() {
    let sandbox = Sandbox::broken();
    let text = mission_with("time 10m", "  step nap = time.sleep(400ms) timeout 700ms\n");
    let result = sandbox.apply(&text).ends(0).json();
    assert!(step(&result, "nap")["seconds"].as_f64().unwrap() >= 0.4);
}

#[test]
fn a_loop_ends_when_its_condition_holds_and_sees_the_round_before() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\ngrep -q '^xxx$' src/a.txt\n");
    let text = mission(
        r#"
  step red = verify.red(tests)
  repeat up to 5 {
    step edit  = fs.write(path: "src/a.txt", text: "{{ (previous.next or '') }}x")
    let  next  = (previous.next or '') ~ 'x'
    step green = verify.check(tests)
  } until green.passed
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "x")
  output rounds = next
"#,
    );
    let result = sandbox.apply(&text.replace("^xxx$", "^xxx")).ends(0).json();
    assert_eq!(result["outputs"]["rounds"], "xxx");
    assert_eq!(
        texts(&result["steps"], "name"),
        [
            "red", "edit#1", "green#1", "edit#2", "green#2", "edit#3", "green#3", "proof", "commit"
        ]
    );
    assert_eq!(sandbox.committed(&result, "src/a.txt"), b"xxx");
}

#[test]
fn a_loop_that_never_gets_there() {
    let sandbox = Sandbox::broken();
    let text = mission(
        r#"
  repeat up to 2 {
    step green = verify.check(tests)
  } until green.passed
  step never = fs.write(path: "src/b", text: "x") after green
"#,
    );
    let result = sandbox.apply(&text).ends(1).json();
    assert_eq!(texts(&result["steps"], "name"), ["green#1", "green#2"]);
    let reason = result["reason"].as_str().unwrap();
    assert!(
        reason.contains("`green.passed` did not hold after 2 rounds"),
        "{reason}"
    );
}

#[test]
fn a_mission_of_the_library_is_called_like_an_action() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.diff", PATCH);
    let text = mission(
        "  step all = prove_patch(patch, check: \"./check.sh\")\n  output sha = all.commit\n",
    )
    .replace("use std.{fs,", "use std.{prove_patch, fs,")
    .replace("authority {", "input patch : file\n  authority {");
    sandbox.write("fix.tau", text);
    let arguments = [
        "apply",
        "fix.tau",
        "--set",
        "patch=@fix.diff",
        "--yes",
        "--json",
    ];
    let result = sandbox.tau(&arguments).ends(0).json();
    assert_eq!(
        texts(&result["steps"], "name"),
        [
            "all/red",
            "all/edit",
            "all/green",
            "all/proof",
            "all/commit"
        ]
    );
    assert_eq!(result["outputs"]["sha"], result["commit"]);
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
}

#[test]
fn a_called_mission_has_no_more_authority_than_its_caller() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.diff", PATCH);
    let text = mission("  step all = prove_patch(patch, check: \"./check.sh\")\n")
        .replace("use std.{fs,", "use std.{prove_patch, fs,")
        .replace("write \"src/**\"", "write \"docs/**\"")
        .replace("authority {", "input patch : file\n  authority {");
    sandbox.write("fix.tau", text);
    let before = sandbox.snapshot();
    let arguments = [
        "apply",
        "fix.tau",
        "--set",
        "patch=@fix.diff",
        "--yes",
        "--json",
    ];
    let result = sandbox.tau(&arguments).ends(3).json();
    sandbox.assert_untouched(&before);
    assert_eq!(result["blocked"]["mutations"], 0);
    assert!(
        result["reason"].as_str().unwrap().contains("src/a.txt"),
        "{result:#}"
    );
}

/// Two missions in one file; the first calls the second.
fn calling(inner: &str, modifiers: &str) -> String {
    let authority = "  authority {\n    read \"**\"\n    write \"src/**\"\n  }\n";
    format!(
        "use std.fs\n\nmission outer {{\n{authority}  step call = inner(text: \"hello\"){modifiers}\n  step after_it = fs.write(path: \"src/after\", text: \"x\") after call\n  output got = call\n}}\n\nmission inner {{\n  input text : string\n{authority}{inner}}}\n"
    )
}

#[test]
fn a_mission_of_the_same_file_is_called_like_an_action() {
    let sandbox = Sandbox::broken();
    sandbox.write("two.tau", calling("  step put = fs.write(path: \"src/{{ text }}\", text: \"x\")\n  output paths = put.paths\n", ""));
    // The one that no other calls is what the file is for.
    for more in [&["--mission", "outer"][..], &[]] {
        let arguments = [&["apply", "two.tau", "--yes", "--json"], more].concat();
        let result = sandbox.tau(&arguments).ends(0).json();
        assert_eq!(texts(&result["steps"], "name"), ["call/put", "after_it"]);
        assert_eq!(result["outputs"]["got"], json!({ "paths": ["src/hello"] }));
    }
}

#[test]
fn of_missions_that_do_not_call_each_other_one_must_be_named() {
    let sandbox = Sandbox::broken();
    sandbox.write(
        "two.tau",
        "mission a {\n  output x = 1\n}\n\nmission b {\n  output x = 2\n}\n",
    );
    let arguments = ["apply", "two.tau", "--yes", "--json"];
    let done = sandbox.tau(&arguments).ends(2);
    assert!(done.err.contains("--mission"), "{}", done.err);
}

#[test]
fn a_called_mission_that_fails_fails_its_caller_unless_it_may() {
    let inner = "  step get = fs.read(path: \"src/not-there\")\n  output got = get.text\n";
    let sandbox = Sandbox::broken();
    sandbox.write("two.tau", calling(inner, ""));
    let arguments = ["apply", "two.tau", "--mission", "outer", "--yes", "--json"];
    let result = sandbox.tau(&arguments).ends(1).json();
    assert_eq!(texts(&result["steps"], "name"), ["call/get"]);
    sandbox.write("two.tau", calling(inner, " may fail"));
    let result = sandbox.tau(&arguments).ends(0).json();
    assert_eq!(texts(&result["steps"], "state"), ["failed", "succeeded"]);
    assert_eq!(result["outputs"]["got"], serde_json::Value::Null);
}

#[test]
fn nothing_is_edited_before_red_however_the_lines_stand() {
    let sandbox = Sandbox::broken();
    // The write depends on nothing, and RED takes its time.
    sandbox.write_script("check.sh", "#!/bin/sh\ntest -e src/b && exit 0\nexit 1\n");
    sandbox.commit("second");
    let text = mission(
        "  step red = verify.red(tests)\n  step put = fs.write(path: \"src/b\", text: \"x\")\n",
    );
    let result = sandbox.apply(&text).ends(0).json();
    assert_eq!(texts(&result["steps"], "name"), ["red", "put"]);
}

#[test]
fn two_commits_of_one_run_stand_one_behind_the_other() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\ngrep -q \"$1\" src/a.txt\n");
    let second = MEND
        .replace("\"broken\"", "\"fixed\"")
        .replace("replace: \"fixed\"", "replace: \"fixed twice\"")
        .replace("mend it", "mend it again")
        .replace("output commit = commit.sha", "");
    let mut two = second.clone();
    for name in ["red", "edit", "green", "proof", "commit"] {
        two = two.replace(&format!("step {name} "), &format!("step {name}2 "));
    }
    let two = two
        .replace("red: red, green: green", "red: red, green: green2")
        .replace("commit(proof,", "commit(proof2,")
        .lines()
        .filter(|line| !line.contains("step red2"))
        .collect::<Vec<_>>()
        .join("\n");
    let text = mission(&format!("{MEND}{two}\n")).replace("./check.sh", "./check.sh fixed");
    let result = sandbox.apply(&text).ends(0).json();
    let commit = result["commit"].as_str().unwrap();
    assert_eq!(
        sandbox.git(&["log", "--format=%s", commit]),
        "mend it again\nmend it\nfirst\n"
    );
    assert_eq!(
        result["outputs"]["commit"],
        sandbox.git(&["rev-parse", &format!("{commit}^")]).trim()
    );
}
