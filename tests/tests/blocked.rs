//! What blocks a run: everything that is missing is said at once, nothing is touched, and the
//! command that is given goes on after the file was changed.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::{Value, json};
use tau_tests::{MEND, PATCH, Sandbox, Snapshot, keys, mission, mission_with, texts};

/// Applies a mission that must block, and gives the result.
#[track_caller]
fn blocked(sandbox: &Sandbox, text: &str) -> Value {
    sandbox.write("fix.tau", text);
    let before = sandbox.snapshot();
    let arguments = ["apply", "fix.tau", "--yes", "--json"];
    still_blocked(sandbox, &arguments, &before)
}

#[track_caller]
fn still_blocked(sandbox: &Sandbox, arguments: &[&str], before: &Snapshot) -> Value {
    let result = sandbox.tau(arguments).ends(3).json();
    sandbox.assert_untouched(before);
    assert_eq!(result["outcome"], "blocked");
    let blocked = &result["blocked"];
    assert_eq!(
        keys(blocked),
        ["code", "kind", "message", "missing", "mutations"]
    );
    assert_eq!(blocked["mutations"], 0);
    for item in blocked["missing"].as_array().unwrap() {
        assert_eq!(
            keys(item),
            ["at", "effect", "grant", "limited_by", "scope", "step"]
        );
    }
    assert_eq!(result["reason"], blocked["message"]);
    assert_eq!(result["steps"], json!([]));
    for nothing in ["branch", "commit", "assurance"] {
        assert_eq!(result[nothing], Value::Null, "{nothing}");
    }
    let run = result["run"].as_str().unwrap();
    assert_eq!(result["next"], format!("tau resume {run}"));
    result
}

/// `effect scope` of each missing thing.
fn missing(result: &Value) -> Vec<String> {
    let items = &result["blocked"]["missing"];
    let (effects, scopes) = (texts(items, "effect"), texts(items, "scope"));
    let both = effects.iter().zip(&scopes);
    both.map(|(effect, scope)| format!("{effect} {scope}"))
        .collect()
}

#[test]
fn every_missing_grant_is_named_with_the_line_that_gives_it() {
    let sandbox = Sandbox::broken();
    let granted = r#"    read  "**"
    write "src/**"
    run   "./check.sh"
    git   commit on "tau/*"
"#;
    let text = mission(MEND).replace(granted, "");
    assert_ne!(text, mission(MEND));
    let result = blocked(&sandbox, &text);
    assert_eq!(result["blocked"]["kind"], "authority");
    assert_eq!(result["blocked"]["code"], "authority-missing");
    assert_eq!(
        missing(&result),
        [
            "run ./check.sh",
            "read src/a.txt",
            "write src/a.txt",
            "run ./check.sh",
            "run ./check.sh",
            "git commit tau/fix-*"
        ]
    );
    let items = &result["blocked"]["missing"];
    assert_eq!(
        texts(items, "step"),
        ["red", "edit", "edit", "green", "proof", "commit"]
    );
    assert_eq!(texts(items, "at")[0], "fix.tau:13:3");
    assert!(texts(items, "limited_by").iter().all(|by| *by == "mission"));
    assert_eq!(
        texts(items, "grant"),
        [
            "run \"./check.sh\"",
            "read \"src/a.txt\"",
            "write \"src/a.txt\"",
            "run \"./check.sh\"",
            "run \"./check.sh\"",
            "git commit on \"tau/fix-*\""
        ]
    );

    // Each line is taken at its word.
    let mut lines = texts(items, "grant");
    lines.sort_unstable();
    lines.dedup();
    let grants = format!("authority {{\n{}\n", lines.join("\n"));
    sandbox.write("fix.tau", text.replace("authority {", &grants));
    let before = sandbox.snapshot();
    let went_on = sandbox.go_on(&result).ends(0).json();
    assert_eq!(went_on["run"], result["run"]);
    assert_eq!(went_on["outcome"], "succeeded");
    assert_eq!(went_on["blocked"], Value::Null);
    sandbox.assert_only_branches_added(&before);
}

#[test]
fn a_person_reads_the_same() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND).replace("write \"src/**\"", ""));
    let done = sandbox.tau(&["apply", "fix.tau", "--yes"]).ends(3);
    for part in [
        "blocked",
        "Nothing was touched",
        "write \"src/a.txt\"",
        "fix.tau:",
        "tau resume ",
    ] {
        assert!(done.out.contains(part), "no `{part}` in\n{}", done.out);
    }
}

#[test]
fn a_resume_without_a_change_blocks_again() {
    let sandbox = Sandbox::broken();
    let first = blocked(&sandbox, &mission(MEND).replace("write \"src/**\"", ""));
    let before = sandbox.snapshot();
    let run = first["run"].as_str().unwrap();
    let second = still_blocked(&sandbox, &["resume", run, "--json"], &before);
    assert_eq!(second["blocked"], first["blocked"]);
}

#[test]
fn a_denied_path_has_no_line_that_grants_it() {
    let sandbox = Sandbox::broken();
    let result = blocked(&sandbox, &mission_with("deny write \"src/a.*\"", MEND));
    assert_eq!(missing(&result), ["write src/a.txt"]);
    assert_eq!(result["blocked"]["missing"][0]["grant"], Value::Null);
    let message = result["blocked"]["message"].as_str().unwrap();
    assert!(message.contains("denies"), "{message}");
}

/// A mission that takes a patch, with one more protected path.
fn patched(protect: &str) -> String {
    let statements = MEND.replace(
        "fs.edit(path: \"src/a.txt\", find: \"broken\", replace: \"fixed\")",
        "fs.patch(patch)",
    );
    mission(&statements)
        .replace("mission fix {", "mission fix {\n  input patch : file")
        .replace(
            "protect \"tests/**\"",
            &format!("protect \"tests/**\"{protect}"),
        )
}

#[test]
fn a_protected_path_in_the_patch() {
    let sandbox = Sandbox::broken();
    let own = PATCH.replace("src/a.txt", "tests/expected.txt");
    let delete = "diff --git a/src/gone.txt b/src/gone.txt\ndeleted file mode 100644\n--- a/src/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
    sandbox.write("fix.diff", format!("{PATCH}{own}{delete}"));
    sandbox.write("fix.tau", patched(", \"src/gone.txt\""));
    let before = sandbox.snapshot();
    let arguments = [
        "apply",
        "fix.tau",
        "--set",
        "patch=@fix.diff",
        "--yes",
        "--json",
    ];
    let result = still_blocked(&sandbox, &arguments, &before);
    assert_eq!(
        missing(&result),
        ["write src/gone.txt", "write tests/expected.txt"]
    );
    let message = result["blocked"]["message"].as_str().unwrap();
    assert!(
        message.contains("which verifier `tests` protects"),
        "{message}"
    );
    assert_eq!(
        texts(&result["blocked"]["missing"], "grant"),
        ["none", "none"]
    );
}

#[test]
fn what_a_patch_reaches_is_known_before_it_is_applied() {
    let sandbox = Sandbox::broken();
    let renamed = "diff --git a/src/a.txt b/lib/a.txt\nsimilarity index 100%\nrename from src/a.txt\nrename to lib/a.txt\n";
    sandbox.write("fix.diff", renamed);
    sandbox.write("fix.tau", patched(""));
    let before = sandbox.snapshot();
    let arguments = [
        "apply",
        "fix.tau",
        "--set",
        "patch=@fix.diff",
        "--yes",
        "--json",
    ];
    let result = still_blocked(&sandbox, &arguments, &before);
    assert_eq!(missing(&result), ["write lib/a.txt"]);
}

#[test]
fn a_verifier_that_is_not_there() {
    for (command, program) in [
        ("./missing.sh --all", "./missing.sh"),
        ("no-such-tool-as-this", "no-such-tool-as-this"),
        ("/no/such/tool", "/no/such/tool"),
    ] {
        let sandbox = Sandbox::broken();
        let text = mission(MEND).replace("./check.sh", command);
        let result = blocked(&sandbox, &text);
        assert_eq!(result["blocked"]["kind"], "verifier");
        assert_eq!(result["blocked"]["code"], "command-not-found");
        let item = &result["blocked"]["missing"][0];
        assert_eq!(
            (&item["effect"], &item["scope"]),
            (&json!("run"), &json!(command))
        );
        assert_eq!(item["limited_by"], "machine");
        let message = result["blocked"]["message"].as_str().unwrap();
        assert!(message.contains(&format!("`{program}`")), "{message}");

        sandbox.write("fix.tau", mission(MEND));
        assert_eq!(
            sandbox.go_on(&result).ends(0).json()["outcome"],
            "succeeded"
        );
    }
}

#[test]
fn a_program_of_a_step_that_is_not_there() {
    let sandbox = Sandbox::broken();
    let step = "  step build = process.run(command: \"gti status\")\n";
    let result = blocked(&sandbox, &mission_with("run \"gti status\"", step));
    assert_eq!(result["blocked"]["kind"], "tool");
    assert_eq!(missing(&result), ["run gti status"]);
    let message = result["blocked"]["message"].as_str().unwrap();
    assert!(message.contains("`git`"), "no near name: {message}");
}

#[test]
fn authority_and_tools_are_said_at_once() {
    let sandbox = Sandbox::broken();
    let text = mission(MEND)
        .replace("write \"src/**\"", "")
        .replace("./check.sh", "./missing.sh");
    let result = blocked(&sandbox, &text);
    assert_eq!(missing(&result), ["write src/a.txt", "run ./missing.sh"]);
    assert_eq!(
        texts(&result["blocked"]["missing"], "limited_by"),
        ["mission", "machine"]
    );
}

#[test]
fn a_base_that_is_not_there_has_a_near_name() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND));
    let before = sandbox.snapshot();
    let arguments = ["apply", "fix.tau", "--base", "mian", "--yes", "--json"];
    let result = still_blocked(&sandbox, &arguments, &before);
    assert_eq!(result["blocked"]["code"], "unknown-revision");
    assert_eq!(result["base"], Value::Null);
    let message = result["blocked"]["message"].as_str().unwrap();
    assert!(
        message.contains("`mian`") && message.contains("`main`"),
        "{message}"
    );

    sandbox.git(&["branch", "mian"]);
    assert_eq!(
        sandbox.go_on(&result).ends(0).json()["outcome"],
        "succeeded"
    );
}

#[test]
fn a_repository_without_commits() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet"]);
    let result = blocked(
        &sandbox,
        &mission("  step a = fs.write(path: \"src/a\", text: \"x\")\n"),
    );
    assert_eq!(result["blocked"]["code"], "no-commits");
    sandbox.write_script("check.sh", "#!/bin/sh\n");
    sandbox.commit("first");
    assert_eq!(
        sandbox.go_on(&result).ends(0).json()["outcome"],
        "succeeded"
    );
}

#[test]
fn no_repository() {
    let sandbox = Sandbox::new();
    let result = blocked(
        &sandbox,
        &mission("  step a = fs.write(path: \"src/a\", text: \"x\")\n"),
    );
    assert_eq!(result["blocked"]["code"], "not-a-repository");
    sandbox.git(&["init", "--quiet"]);
    sandbox.write_script("check.sh", "#!/bin/sh\n");
    sandbox.commit("first");
    assert_eq!(
        sandbox.go_on(&result).ends(0).json()["outcome"],
        "succeeded"
    );
}

#[test]
fn nobody_to_ask() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND));
    let before = sandbox.snapshot();
    let done = sandbox.tau(&["apply", "fix.tau"]).ends(3);
    assert!(done.err.contains("--yes"), "{}", done.err);
    assert!(
        done.err.contains("fs.edit"),
        "the plan is shown: {}",
        done.err
    );
    let done = sandbox.pipe(&["apply", "fix.tau", "--json"], "y\n").ends(3);
    let result = done.json();
    assert_eq!(result["schema"], "tau.run/1");
    assert_eq!(result["run"], json!(null));
    assert_eq!(result["outcome"], "blocked");
    assert_eq!(result["blocked"]["kind"], "approval");
    assert_eq!(result["blocked"]["mutations"], 0);
    assert_eq!(result["next"], "tau apply fix.tau --json --yes");
    sandbox.assert_untouched(&before);
    assert_eq!(
        sandbox.tau(&["runs", "--json"]).ends(0).json()["runs"],
        json!([])
    );
    assert_eq!(
        sandbox.go_on(&result).ends(0).json()["outcome"],
        "succeeded"
    );
}

#[test]
fn what_is_blocked_anyway_is_not_asked_about() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission_with("deny write \"src/a.txt\"", MEND));
    let result = sandbox.tau(&["apply", "fix.tau", "--json"]).ends(3).json();
    assert_eq!(result["blocked"]["kind"], "authority");
    assert!(!result["blocked"]["missing"].as_array().unwrap().is_empty());
}

#[test]
fn what_is_only_known_later_blocks_when_it_is_asked_for() {
    let sandbox = Sandbox::broken();
    sandbox.write("where.txt", "docs/new.txt");
    sandbox.commit("second");
    let statements = "  step where = fs.read(path: \"where.txt\")\n  step put = fs.write(path: where.text, text: \"x\")\n";
    sandbox.write("fix.tau", mission(statements));
    let before = sandbox.snapshot();
    let result = sandbox
        .tau(&["apply", "fix.tau", "--yes", "--json"])
        .ends(3)
        .json();
    sandbox.assert_untouched(&before);
    assert_eq!(result["blocked"]["mutations"], 0);
    assert_eq!(missing(&result), ["write docs/new.txt"]);
    assert_eq!(
        texts(&result["blocked"]["missing"], "grant"),
        ["write \"docs/new.txt\""]
    );
    assert_eq!(texts(&result["steps"], "state"), ["succeeded", "blocked"]);

    sandbox.write(
        "fix.tau",
        mission_with("write \"docs/new.txt\"", statements),
    );
    let went_on = sandbox.go_on(&result).ends(0).json();
    assert_eq!(
        texts(&went_on["steps"], "state"),
        ["succeeded", "succeeded"]
    );
}

#[test]
fn the_time_of_the_mission_is_used_up() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\nsleep 60\n");
    let result = {
        sandbox.write("fix.tau", mission_with("time 300ms", MEND));
        let before = sandbox.snapshot();
        let result = sandbox
            .tau(&["apply", "fix.tau", "--yes", "--json"])
            .ends(3)
            .json();
        sandbox.assert_untouched(&before);
        result
    };
    assert_eq!(result["blocked"]["kind"], "budget");
    assert_eq!(result["blocked"]["mutations"], 0);
    // A resume does not get its time anew.
    let again = sandbox.go_on(&result).ends(3).json();
    assert_eq!(again["blocked"]["kind"], "budget");
}
