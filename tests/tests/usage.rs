//! What is wrong with the file or the command line: exit 2, said on standard error, and no run.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::json;
use tau_tests::{Done, MEND, PATCH, Sandbox, mission};

/// Runs `tau` with arguments that must be refused, and gives what it says.
#[track_caller]
fn refused(sandbox: &Sandbox, arguments: &[&str]) -> Done {
    let before = sandbox.snapshot();
    let done = sandbox.tau(arguments).ends(2);
    sandbox.assert_untouched(&before);
    assert_eq!(done.out, "", "nothing goes to standard output");
    let runs = sandbox.tau(&["runs", "--all", "--json"]).ends(0).json();
    assert_eq!(runs["runs"], json!([]), "no run was recorded");
    done
}

#[track_caller]
fn says(done: &Done, parts: &[&str]) {
    for part in parts {
        assert!(done.err.contains(part), "no `{part}` in\n{}", done.err);
    }
}

#[test]
fn inputs_are_missing_unknown_and_of_the_wrong_type_at_once() {
    let sandbox = Sandbox::broken();
    let text = mission(MEND).replace(
        "authority {",
        "input patch : file\n  input check : command\n  input times : int = 3\n  authority {",
    );
    sandbox.write("fix.tau", text);
    let arguments = [
        "apply",
        "fix.tau",
        "--yes",
        "--set",
        "pacth=x",
        "--set",
        "times=often",
    ];
    says(
        &refused(&sandbox, &arguments),
        &["`patch`", "`check`", "`pacth`", "`times`"],
    );
    let arguments = [
        "apply", "fix.tau", "--yes", "--set", "check=x", "--set", "check=y",
    ];
    says(
        &refused(&sandbox, &arguments),
        &["`--set check=…` is given twice"],
    );
    let arguments = ["apply", "fix.tau", "--yes", "--set", "patch=@not-there"];
    says(&refused(&sandbox, &arguments), &["`not-there`", "`patch`"]);
    sandbox.write("binary", [b'a', 0xff, b'b']);
    let arguments = ["apply", "fix.tau", "--yes", "--set", "patch=@binary"];
    says(&refused(&sandbox, &arguments), &["`binary`", "not UTF-8"]);
    says(
        &refused(&sandbox, &["apply", "fix.tau", "--yes", "--set", "x"]),
        &["NAME=VALUE"],
    );
}

#[test]
fn a_file_with_three_broken_statements_has_three_errors() {
    let sandbox = Sandbox::broken();
    sandbox.write(
        "fix.tau",
        mission("  stpe a = fs.read(path: \"x\")\n  step b = fs.raed(path: \"src/a.txt\")\n  step c = fs.read(path: 3\n  step d = fs.write(path: \"src/b\", txet: \"x\")\n"),
    );
    let done = refused(&sandbox, &["apply", "fix.tau", "--yes"]);
    says(
        &done,
        &[
            "fix.tau:16:3",
            "fix.tau:17:",
            "fix.tau:18:",
            "fix.tau:19:",
            "`fs.read`",
            "`text`",
        ],
    );
}

#[test]
fn a_file_that_cannot_be_read() {
    let sandbox = Sandbox::broken();
    says(
        &refused(&sandbox, &["apply", "nope.tau", "--yes"]),
        &["`nope.tau`"],
    );
    says(&refused(&sandbox, &["apply", "src", "--yes"]), &["`src`"]);
    sandbox.write("latin.tau", b"mission \xe9 {\n}\n");
    says(
        &refused(&sandbox, &["apply", "latin.tau", "--yes"]),
        &["`latin.tau`", "UTF-8"],
    );
    sandbox.write("empty.tau", "");
    says(
        &refused(&sandbox, &["apply", "empty.tau", "--yes"]),
        &["`empty.tau`"],
    );
}

#[test]
fn a_mission_that_is_not_there() {
    let sandbox = Sandbox::broken();
    says(
        &refused(&sandbox, &["apply", "std/prove-pacth", "--yes"]),
        &["std/prove-patch"],
    );
    sandbox.write("fix.tau", mission(MEND));
    says(
        &refused(&sandbox, &["apply", "fix.tau", "--mission", "fxi", "--yes"]),
        &["`fxi`", "`fix`"],
    );
}

#[test]
fn a_command_line_that_is_wrong() {
    let sandbox = Sandbox::broken();
    says(&refused(&sandbox, &["aply"]), &["apply"]);
    says(
        &refused(&sandbox, &["apply", "x.tau", "--jsno"]),
        &["--json"],
    );
    says(&refused(&sandbox, &["apply"]), &["<FILE>"]);
    says(
        &refused(&sandbox, &["-C", "nowhere", "runs"]),
        &["`nowhere`"],
    );
}

#[test]
fn the_same_errors_for_programs() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND));
    let done = sandbox
        .tau(&["apply", "fix.tau", "--set", "x=1", "--yes", "--json"])
        .ends(2);
    let error = done.json();
    assert_eq!(error["schema"], "tau.error/1");
    assert_eq!(error["exit"], 2);
    assert!(
        error["message"].as_str().unwrap().contains("`x`"),
        "{error:#}"
    );
}

#[test]
fn what_a_run_cannot_use_as_state_blocks_and_touches_nothing() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.diff", PATCH);
    sandbox.write("fix.tau", mission(MEND));
    let before = sandbox.snapshot();
    let mut command = sandbox.command(&["apply", "fix.tau", "--yes"]);
    command.env("TAU_HOME", sandbox.path().join("fix.diff"));
    let done = Done::from(command.output().unwrap()).ends(3);
    assert!(done.err.contains("TAU_HOME"), "{}", done.err);
    sandbox.assert_untouched(&before);
}
