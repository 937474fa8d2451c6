//! `tau prove`: whether a mission's verifiers can fail.
#![allow(clippy::unwrap_used, reason = "what is missing fails the test")]

use serde_json::{Value, json};
use tau_tests::{Done, PATCH, Sandbox};

const MISSION: &str = r#"use std.{fs, git, verify}

mission fix {
  input patch : file

  authority {
    read  "**"
    write "src/**"
    run   "./check.sh"
    git   commit on "tau/*"
  }

  verifier tests {
    run     "./check.sh"
    protect "tests/**"
  }

  step red    = verify.red(tests)
  step edit   = fs.patch(patch)
  step green  = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "mend it")
  output commit = commit.sha
}
"#;

fn prove(sandbox: &Sandbox, patch: &str, more: &[&str]) -> Done {
    sandbox.write("fix.tau", MISSION);
    std::fs::write(sandbox.outside().join("fix.patch"), patch).unwrap();
    let mut arguments = vec!["prove", "fix.tau", "--set", "patch=@../fix.patch", "--json"];
    arguments.extend(more);
    sandbox.tau(&arguments)
}

fn tried(result: &Value) -> Vec<(String, bool)> {
    let all = result["tried"].as_array().unwrap().iter();
    all.map(|it| {
        (
            it["what"].as_str().unwrap().to_owned(),
            it["refused"] == true,
        )
    })
    .collect()
}

#[test]
fn a_check_that_looks_can_fail_and_nothing_is_left_behind() {
    let sandbox = Sandbox::broken();
    let before = sandbox.snapshot();
    let result = prove(&sandbox, PATCH, &[]).ends(0).json();
    assert_eq!(result["can_fail"], true);
    assert_eq!(
        (&result["refused"], &result["mutations"]),
        (&json!(1), &json!(1))
    );
    let expected = [
        ("no change at all".to_owned(), true),
        ("src/a.txt:2 the line is taken away".to_owned(), true),
    ];
    assert_eq!(tried(&result), expected);
    std::fs::remove_file(sandbox.path().join("fix.tau")).unwrap();
    sandbox.assert_untouched(&before);
    assert_eq!(
        sandbox.tau(&["runs", "--json"]).ends(0).json()["runs"],
        json!([])
    );
}

#[test]
fn a_check_that_accepts_everything_is_an_error() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\nexit 0\n");
    let result = prove(&sandbox, PATCH, &[]).ends(1).json();
    assert_eq!(result["can_fail"], false);
    assert_eq!(result["accept_everything"], json!(["tests"]));
    assert_eq!(result["accepts_no_change"], true);
    assert!(tried(&result).iter().all(|it| !it.1), "{result:#}");
}

#[test]
fn mutations_that_nobody_notices_are_shown() {
    let sandbox = Sandbox::checked_by(
        "#!/bin/sh\ngrep -q '^    return a + b$' src/add.py && grep -q def src/add.py\n",
    );
    sandbox.write("src/add.py", "def add(a, b):\n    return a - b\n");
    sandbox.write("src/more.py", "x = 1\n");
    sandbox.commit("a bug");
    let patch = "\
diff --git a/src/add.py b/src/add.py
--- a/src/add.py
+++ b/src/add.py
@@ -1,2 +1,2 @@
 def add(a, b):
-    return a - b
+    return a + b
diff --git a/src/more.py b/src/more.py
--- a/src/more.py
+++ b/src/more.py
@@ -1 +1 @@
-x = 1
+x = 2
";
    let result = prove(&sandbox, patch, &[]).ends(0).json();
    let expected = [
        ("no change at all", true),
        ("src/add.py taken back", true),
        ("src/more.py taken back", false),
        // `return a - b` is the change taken back, and no mutation.
        ("src/add.py:2 the line is taken away", true),
        ("src/more.py:1 `2` becomes `3`", false),
        ("src/more.py:1 the line is taken away", false),
    ];
    let expected = expected.map(|(what, refused)| (what.to_owned(), refused));
    assert_eq!(tried(&result), expected, "{result:#}");

    let few = prove(&sandbox, patch, &["--budget", "1"]).ends(0).json();
    assert_eq!(few["mutations"], 1);
}

#[test]
fn a_change_that_is_refused_proves_nothing() {
    let sandbox = Sandbox::broken();
    let patch = PATCH.replace("+fixed", "+mixed");
    let refused = prove(&sandbox, &patch, &[]).ends(1);
    assert!(
        refused
            .err
            .contains("the change itself is refused by verifier `tests`"),
        "{refused:?}"
    );
    let unknown = sandbox.tau(&["prove", "fix.tau"]).ends(2);
    assert!(unknown.err.contains("--change PATCH"), "{unknown:?}");
}

#[test]
fn a_run_is_proven_afterwards_with_what_its_receipt_holds() {
    let sandbox = Sandbox::broken();
    // The verifier is one of a called mission, whose command the caller gives.
    let calling = MISSION
        .replace("mission fix {", "mission inner {\n  input check : command")
        .replace("run   \"./check.sh\"", "run   check")
        .replace("run     \"./check.sh\"", "run     check")
        + r#"
mission outer {
  input patch : file

  authority {
    read  "**"
    write "src/**"
    run   "./check.sh"
    git   commit on "tau/*"
  }

  step inner = inner(check: "./check.sh", patch: patch)
  output commit = inner.commit
}
"#;
    sandbox.write("fix.tau", calling);
    std::fs::write(sandbox.outside().join("fix.patch"), PATCH).unwrap();
    let arguments = [
        "apply",
        "fix.tau",
        "--mission",
        "outer",
        "--set",
        "patch=@../fix.patch",
        "--yes",
        "--json",
    ];
    let run = sandbox.tau(&arguments).ends(0).json();
    // What is proven is what the run was, whatever has become of its files.
    sandbox.write("fix.tau", "nothing");
    sandbox.write("src/a.txt", "first\nfixed\nlast\n");
    sandbox.commit("the same fix by hand");
    let before = sandbox.snapshot();
    for name in ["@", run["run"].as_str().unwrap()] {
        let result = sandbox.tau(&["prove", name, "--json"]).ends(0).json();
        assert_eq!(result["mission"], "outer");
        assert_eq!(result["can_fail"], true);
        let expected = [
            ("no change at all".to_owned(), true),
            ("src/a.txt:2 the line is taken away".to_owned(), true),
        ];
        assert_eq!(tried(&result), expected);
    }
    sandbox.assert_untouched(&before);

    let more = sandbox.tau(&["prove", "@", "--set", "patch=x"]).ends(2);
    assert!(more.err.contains("has its mission, its inputs"), "{more:?}");
    let other = PATCH.replace("+fixed", "+mixed");
    std::fs::write(sandbox.outside().join("fix.patch"), other).unwrap();
    let other = sandbox.tau(&["prove", "@", "--change", "../fix.patch"]);
    let told = other.ends(1).err;
    assert!(told.contains("the change itself is refused"), "{told}");
}

#[test]
fn a_run_that_changed_nothing_has_nothing_to_prove() {
    let sandbox = Sandbox::broken();
    let red = MISSION.split("  step edit").next().unwrap().to_owned() + "}\n";
    sandbox.write("fix.tau", red);
    let arguments = ["apply", "fix.tau", "--set", "patch=x", "--yes", "--quiet"];
    sandbox.tau(&arguments).ends(0);
    let told = sandbox.tau(&["prove", "@"]).ends(2).err;
    assert!(told.contains("has changed nothing"), "{told}");
}
