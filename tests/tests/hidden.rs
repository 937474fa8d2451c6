//! Files of the repository that a denial keeps from being read: no command of a step sees them, and
//! they stay as they are.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::Value;
use tau_tests::Sandbox;

fn sandbox(line: &str) -> Sandbox {
    let mission = format!(
        "mission look {{
  authority {{
    read  \"**\"
    write \"**\"
    run   \"sh look.sh\"{line}
  }}

  verifier tests {{
    run     \"sh check.sh\"
    protect \"check.sh\"
  }}

  step red  = verify.red(tests)
  step look = process.run(\"sh look.sh\", writes: [\"**\"])

  output seen = look.output
}}
"
    );
    Sandbox::repository(&[
        (
            "look.tau",
            &mission.replace(
                "run   \"sh look.sh\"",
                "run   \"sh look.sh\", \"sh check.sh\"",
            ),
        ),
        (
            "look.sh",
            "cat secrets/a plain 2>/dev/null\necho new > made\n",
        ),
        // It fails, for what a RED needs, and only where it sees the file.
        ("check.sh", "[ ! -e secrets/a ]\n"),
        ("secrets/a", "private\n"),
        ("plain", "plain\n"),
    ])
}

fn apply(sandbox: &Sandbox, more: &[&str], ends: i32) -> Value {
    let arguments = ["apply", "look.tau", "--yes", "--json"];
    sandbox.tau(&[&arguments, more].concat()).ends(ends).json()
}

#[test]
fn commands_of_steps_do_not_see_what_is_denied_and_leave_it_as_it_is() {
    let open = sandbox("");
    assert_eq!(apply(&open, &[], 0)["outputs"]["seen"], "private\nplain\n");
    let hidden = sandbox("\n    deny read \"secrets/**\"");
    // The verifier decides about the whole tree, and is RED because it sees the file.
    let report = apply(&hidden, &[], 0);
    assert_eq!(report["outputs"]["seen"], "plain\n");
    let run = report["run"].as_str().unwrap();
    let diff = hidden.tau(&["diff", run]).ends(0).out;
    assert!(
        diff.contains("+++ b/made") && !diff.contains("secrets"),
        "{diff}"
    );
}

#[test]
fn what_a_policy_denies_no_command_sees() {
    let sandbox = sandbox("");
    let policy = sandbox.outside().join("policy.tau");
    std::fs::write(&policy, "policy {\n  deny read \"secrets/**\"\n}\n").unwrap();
    let report = apply(&sandbox, &["--policy", policy.to_str().unwrap()], 1);
    // Without the file there is nothing that the verifier could fail for.
    let reason = report["steps"][0]["failure"]["message"].as_str().unwrap();
    assert!(reason.contains("already"), "{reason}");
}
