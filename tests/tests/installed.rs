//! What is installed in the user's checkout and git ignores, shown to verifiers.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::Value;
use tau_tests::Sandbox;

/// A check that needs what is installed, and passes with the change.
fn sandbox(more: &str) -> Sandbox {
    let sandbox = Sandbox::repository(&[
        (
            "fix.tau",
            &format!(
                r#"mission fix {{
  authority {{
    read  "**"
    write "**"
    run   "sh check.sh"
  }}

  verifier tests {{
    run       "sh check.sh"
    protect   "check.sh"
    installed "modules", "part/modules", "version"
  }}

  step red   = verify.red(tests)
  step edit  = fs.write(path: "answer", text: "42\n")
  step green = verify.check(tests)
  step proof = verify.prove(tests, red: red, green: green){more}
}}
"#
            ),
        ),
        (
            "check.sh",
            "cat modules/lib part/modules/lib version || exit 126\ntouch modules/mark part/modules/mark 2>/dev/null\n[ -e answer ]\n",
        ),
        (".gitignore", "modules\nversion\n"),
    ]);
    for folder in ["modules", "part/modules"] {
        sandbox.write(&format!("{folder}/lib"), "installed\n");
    }
    sandbox.write("version", "1\n");
    sandbox
}

fn apply(sandbox: &Sandbox, more: &[&str], ends: i32) -> Value {
    let arguments = ["apply", "fix.tau", "--yes", "--json"];
    sandbox.tau(&[&arguments, more].concat()).ends(ends).json()
}

fn blocked(report: &Value) -> String {
    let blocked = &report["blocked"];
    assert_eq!(blocked["mutations"], 0);
    format!("{}: {}", blocked["code"], blocked["message"])
}

#[test]
fn a_verifier_sees_what_is_installed_and_cannot_change_it() {
    let sandbox = sandbox("");
    let report = apply(&sandbox, &[], 0);
    assert_eq!(report["outcome"], "succeeded", "{report}");
    for folder in ["modules", "part/modules"] {
        assert!(sandbox.path().join(folder).join("lib").exists());
        assert!(!sandbox.path().join(folder).join("mark").exists());
    }
    // Neither became part of the tree.
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    assert!(
        !diff.contains("modules") && !diff.contains("version"),
        "{diff}"
    );
    // The environment is another one when another thing is installed.
    let environment = |report: &Value| report["steps"][0]["result"]["environment"].clone();
    sandbox.write("modules/another", "");
    assert_ne!(environment(&report), environment(&apply(&sandbox, &[], 0)));
}

#[test]
fn what_is_not_installed_blocks_before_anything_is_touched() {
    let sandbox = sandbox("");
    std::fs::remove_dir_all(sandbox.path().join("part")).unwrap();
    let report = apply(&sandbox, &[], 3);
    assert_eq!(
        blocked(&report),
        "\"installed-missing\": \"Verifier `tests` is to see `part/modules`, which is not installed in the repository's folder.\""
    );
}

#[test]
fn no_step_writes_where_it_is_shown() {
    let sandbox = sandbox("\n  step more = fs.write(path: \"modules/lib\", text: \"\")");
    let report = apply(&sandbox, &[], 3);
    let told = blocked(&report);
    assert!(
        told.contains("which verifier `tests` has from the user's checkout"),
        "{told}"
    );
}

#[test]
fn what_a_policy_denies_or_tau_keeps_is_not_shown() {
    let sandbox = sandbox("");
    let policy = sandbox.outside().join("policy.tau");
    std::fs::write(&policy, "policy {\n  deny read \"modules/**\"\n}\n").unwrap();
    let report = apply(&sandbox, &["--policy", policy.to_str().unwrap()], 3);
    assert!(
        blocked(&report).contains("a policy denies reading it"),
        "{report}"
    );
    // A link leads to where tau keeps runs.
    let part = sandbox.path().join("part/modules");
    std::fs::remove_dir_all(&part).unwrap();
    std::os::unix::fs::symlink(sandbox.state(), &part).unwrap();
    let report = apply(&sandbox, &[], 3);
    assert!(
        blocked(&report).contains("never shown to a command"),
        "{report}"
    );
}

#[test]
fn no_link_of_the_repository_leads_it_elsewhere() {
    let sandbox = sandbox("");
    let out = sandbox.outside().join("out");
    std::fs::create_dir(&out).unwrap();
    std::os::unix::fs::symlink(&out, sandbox.path().join("elsewhere")).unwrap();
    let text = sandbox.read("fix.tau");
    sandbox.write("fix.tau", text.replace("part/modules", "elsewhere/modules"));
    std::fs::create_dir(out.join("modules")).unwrap();
    sandbox.commit("a link");
    let report = apply(&sandbox, &[], 3);
    assert!(
        blocked(&report).contains("a file on the way to it"),
        "{report}"
    );
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1);
}

#[test]
fn lists_of_a_called_mission_are_taken() {
    let sandbox = sandbox("");
    let text = sandbox.read("fix.tau");
    let text = text
        .replace("mission fix {", "mission inner {\n  input shown : [path]\n")
        .replace(
            r#"installed "modules", "part/modules", "version""#,
            "installed shown",
        );
    let outer = r#"mission fix {
  authority {
    read  "**"
    write "**"
    run   "sh check.sh"
  }

  step all = inner(shown: ["modules", "part/modules", "version"])
}
"#;
    sandbox.write("fix.tau", format!("{outer}\n{text}"));
    let done = sandbox.tau(&["apply", "fix.tau", "--mission", "fix", "--yes", "--json"]);
    assert_eq!(done.ends(0).json()["outcome"], "succeeded");
}
