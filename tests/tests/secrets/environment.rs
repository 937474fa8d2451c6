//! Variables: none but the usual, and those that are granted.

use tau_tests::step;

use super::{apply, may, mission, showing};

const SHOW: &str = "#!/bin/sh\nenv | sort\n";

fn output(authority: &str, call: &str, variables: &[(&str, &str)]) -> String {
    let sandbox = showing(SHOW);
    let text = mission(
        &may(authority),
        &format!("  step a = process.run({call})\n"),
    );
    let result = apply(&sandbox, &text, variables).ends(0).json();
    let output = &step(&result, "a")["result"]["output"];
    output.as_str().unwrap().to_owned()
}

#[test]
fn a_command_gets_what_is_granted_and_nothing_else() {
    let all = [("CI", "yes"), ("REGION", "eu"), ("OTHER", "hush")];
    let shown = output("env CI, REGION", "\"./show.sh\"", &all);
    assert!(
        shown.contains("CI=yes\n") && shown.contains("REGION=eu\n"),
        "{shown}"
    );
    assert!(!shown.contains("hush"), "{shown}");
}

#[test]
fn a_step_may_get_fewer_than_are_granted() {
    let all = [("CI", "yes"), ("REGION", "eu")];
    let shown = output("env CI, REGION", "\"./show.sh\", env: [\"CI\"]", &all);
    assert!(
        shown.contains("CI=yes\n") && !shown.contains("REGION"),
        "{shown}"
    );
    let shown = output("env CI, REGION", "\"./show.sh\", env: []", &all);
    assert!(
        !shown.contains("CI=") && !shown.contains("REGION"),
        "{shown}"
    );
}

#[test]
fn a_step_cannot_get_more_than_is_granted() {
    let sandbox = showing(SHOW);
    let text = mission(
        &may("env CI"),
        "  step a = process.run(\"./show.sh\", env: [\"REGION\"])\n",
    );
    let result = apply(&sandbox, &text, &[("REGION", "eu")]).ends(3).json();
    let missing = &result["blocked"]["missing"][0];
    assert_eq!(missing["grant"], "env REGION");
    assert_eq!(result["blocked"]["mutations"], 0);
}

#[test]
fn what_changes_what_programs_run_needs_its_own_name() {
    let dangerous = [
        ("BASH_ENV", "/evil"),
        ("GIT_AUTHOR_NAME", "evil"),
        ("LD_LIBRARY_PATH", "/evil"),
        ("NODE_OPTIONS", "--evil"),
        ("PYTHONSTARTUP", "/evil"),
        ("RUSTC_WRAPPER", "/evil"),
    ];
    // The test's own programs may need this one.
    let shown = output("env \"*\"", "\"./show.sh\"", &dangerous);
    assert!(!shown.contains("evil"), "{shown}");
    for (name, value) in dangerous {
        let shown = output(&format!("env {name}"), "\"./show.sh\"", &[(name, value)]);
        assert!(shown.contains(&format!("{name}={value}\n")), "{shown}");
    }
}

#[test]
fn some_variables_go_to_nobody_and_that_is_told_before_anything_starts() {
    for name in ["LD_PRELOAD", "GIT_DIR", "TAU_HOME", "TMPDIR"] {
        let sandbox = showing(SHOW);
        let text = mission(
            &may(&format!("env {name}")),
            "  step a = process.run(\"./show.sh\")\n",
        );
        let result = apply(&sandbox, &text, &[]).ends(3).json();
        let blocked = &result["blocked"];
        assert_eq!(blocked["code"], "variable-refused", "{blocked}");
        assert_eq!(blocked["missing"][0]["scope"], name);
        assert_eq!(blocked["mutations"], 0);
    }
}

#[test]
fn a_called_mission_passes_on_no_more_than_its_caller_grants() {
    let sandbox = showing(SHOW);
    let text = "mission inner {\n  authority {\n    run \"./show.sh *\"\n    env CI, REGION\n  }\n\n  \
                step b = process.run(\"./show.sh\")\n  output shown = b.output\n}\n\nmission m {\n  \
                authority {\n    run \"./show.sh *\"\n    env CI\n  }\n\n  step a = inner()\n  output \
                shown = a.shown\n}\n";
    sandbox.write("m.tau", text);
    let mut command = sandbox.command(&["apply", "m.tau", "--mission", "m", "--yes", "--json"]);
    command.env("CI", "yes").env("REGION", "eu");
    let result = tau_tests::Done::from(command.output().unwrap())
        .ends(0)
        .json();
    let shown = result["outputs"]["shown"].as_str().unwrap();
    assert!(
        shown.contains("CI=yes\n") && !shown.contains("REGION"),
        "{shown}"
    );
}
