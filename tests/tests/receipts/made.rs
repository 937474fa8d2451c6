//! That there is one for each run that ends, and what it says.

use serde_json::{Value, json};
use tau_tests::{MEND, Sandbox, mission};

/// The statements of the latest run.
fn statements(sandbox: &Sandbox) -> Vec<Value> {
    let receipt = sandbox.tau(&["receipt", "@", "--json"]).ends(0).json();
    receipt["statements"].as_array().unwrap().clone()
}

#[test]
fn a_proven_commit_has_red_green_a_summary_and_the_run() {
    let sandbox = Sandbox::broken();
    let result = sandbox.apply(&mission(MEND)).ends(0).json();
    let all = statements(&sandbox);
    let kinds: Vec<_> = all.iter().map(|it| &it["predicateType"]).collect();
    let test = "https://in-toto.io/attestation/test-result/v0.1";
    let summary = "https://in-toto.io/attestation/svr/v0.1";
    assert_eq!(kinds, [test, test, test, test, summary, "urn:tau:run:v0.1"]);

    let verdicts: Vec<_> = all[..4]
        .iter()
        .map(|it| {
            assert_eq!(it["_type"], "https://in-toto.io/Statement/v1");
            let commit = &it["subject"][0]["digest"]["gitCommit"];
            let predicate = &it["predicate"];
            let step = &predicate["tau_verdict"]["step"];
            (step.clone(), predicate["result"].clone(), commit.clone())
        })
        .collect();
    let (base, commit) = (&result["base"], &result["commit"]);
    let expected = [
        ("red", "FAILED", base),
        ("green", "PASSED", commit),
        ("proof.green", "PASSED", commit),
        ("proof.taken_back", "FAILED", base),
    ];
    let expected = expected.map(|(step, result, at)| (json!(step), json!(result), at.clone()));
    assert_eq!(verdicts, expected);

    let properties = all[4]["predicate"]["properties"].as_array().unwrap();
    let level = result["assurance"].as_str().unwrap().to_uppercase();
    for property in [
        "TAU_GREEN_WITH_THE_CHANGE",
        "TAU_RED_WITHOUT_THE_CHANGE",
        "TAU_COMMIT_IS_THE_PROVEN_TREE",
        &format!("TAU_LEVEL_{level}"),
    ] {
        assert!(properties.contains(&json!(property)), "{properties:?}");
    }

    let run = &all[5]["predicate"];
    assert_eq!(run["outcome"], "succeeded");
    assert_eq!(run["run"], result["run"]);
    assert_eq!(run["used"]["write"], json!(["src/a.txt"]));
    assert_eq!(run["granted"][1], "write \"src/**\"");
    assert_eq!(run["verifiers"]["tests"]["run"], "./check.sh");
    let subjects: Vec<_> = all[5]["subject"].as_array().unwrap().iter().collect();
    let names: Vec<_> = subjects.iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["commit", "patch", "mission"]);
    // Nothing of the user's machine: neither where the repository is, nor who ran it.
    let text = all[5].to_string();
    assert!(!text.contains(&*sandbox.path().to_string_lossy()), "{text}");
}

#[test]
fn what_did_not_succeed_has_one_too_and_it_claims_nothing() {
    let sandbox = Sandbox::broken();
    let text = mission("  step red = verify.red(tests)\n  step no = fs.read(path: \"nowhere\")\n");
    sandbox.apply(&text).ends(1);
    let failed = statements(&sandbox);
    assert_eq!(failed.len(), 3);
    assert_eq!(failed[1]["predicate"]["properties"], json!([]));
    assert_eq!(failed[2]["predicate"]["outcome"], "failed");
    assert_eq!(failed[2]["subject"][0]["name"], "base");

    let text = mission("  step no = fs.write(path: \"docs/x\", text: \"x\")\n");
    sandbox.apply(&text).ends(3);
    let blocked = statements(&sandbox);
    let run = &blocked[1]["predicate"];
    assert_eq!(run["outcome"], "blocked");
    assert_eq!(run["denied"][0]["scope"], "docs/x");
}

#[test]
fn the_same_run_has_the_same_receipt() {
    let sandbox = Sandbox::broken();
    let result = sandbox.apply(&mission(MEND)).ends(0).json();
    let stored = result["receipt"].as_str().unwrap();
    let first = std::fs::read_to_string(stored).unwrap();
    assert_eq!(sandbox.tau(&["receipt", "@"]).ends(0).out, first);
    std::fs::remove_file(stored).unwrap();
    assert_eq!(sandbox.tau(&["receipt", "@"]).ends(0).out, first);
    assert_eq!(
        sandbox.tau(&["show", "@", "--json"]).ends(0).json()["receipt"],
        Value::Null
    );

    // With other keys it is another, and the stored one is not asked.
    sandbox.tau(&["receipt", "@", "--keys", "other"]).ends(0);
    let other = sandbox.tau(&["receipt", "@", "--keys", "other"]).ends(0);
    assert_ne!(other.out, first);
}

#[test]
fn a_run_that_waits_has_none() {
    let sandbox = Sandbox::broken();
    let text = "use std.human\n\nmission ask {\n  step yes = human.approve(\"Go on?\")\n}\n";
    sandbox.apply(text).ends(6);
    let refused = sandbox.tau(&["receipt", "@"]).ends(1);
    assert!(
        refused.err.contains("has not ended: it is waiting"),
        "{refused:?}"
    );
}

#[test]
fn no_command_sees_the_keys() {
    let sandbox = Sandbox::broken();
    let keys = sandbox.tau(&["keys", "--json"]).ends(0).json();
    let file = keys["keys"][1]["file"].as_str().unwrap().to_owned();
    assert!(std::fs::metadata(&file).is_ok(), "{file}");
    sandbox.write_script("check.sh", &format!("#!/bin/sh\ncat '{file}'\nexit 1\n"));
    sandbox.commit("a curious check");
    let text = mission("  step red = verify.red(tests)\n");
    let result = sandbox.apply(&text).ends(0).json();
    let log = tau_tests::step(&result, "red")["result"]["log"].to_string();
    assert!(log.contains("No such file"), "{log}");
    // Without a box there is nothing that hides them, which is why that one proves nothing.
    let result = sandbox.apply_unboxed(&text).ends(0).json();
    let log = tau_tests::step(&result, "red")["result"]["log"].to_string();
    assert!(log.contains("PRIVATE KEY"), "{log}");
}
