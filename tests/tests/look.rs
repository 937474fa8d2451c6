//! Looking at runs, and saved plans.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::{Value, json};
use tau_tests::{MEND, PATCH, Sandbox, keys, mission, step};

/// A repository with a run that failed and, after it, one that succeeded.
fn two_runs() -> (Sandbox, Value, Value) {
    let sandbox =
        Sandbox::checked_by("#!/bin/sh\necho checking $(cat src/a.txt)\ngrep -q fixed src/a.txt\n");
    let failed = sandbox
        .apply(&mission(&MEND.replace("\"fixed\"", "\"worse\"")))
        .ends(1)
        .json();
    let succeeded = sandbox.apply(&mission(MEND)).ends(0).json();
    (sandbox, failed, succeeded)
}

fn id(result: &Value) -> &str {
    result["run"].as_str().unwrap()
}

#[test]
fn runs_are_listed_latest_first() {
    let (sandbox, failed, succeeded) = two_runs();
    let list = |arguments: &[&str]| -> Vec<Value> {
        let all = [&["runs", "--json"], arguments].concat();
        let json = sandbox.tau(&all).ends(0).json();
        assert_eq!(json["schema"], "tau.runs/1");
        json["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| run["run"].clone())
            .collect()
    };
    assert_eq!(list(&[]), [succeeded["run"].clone(), failed["run"].clone()]);
    assert_eq!(list(&["--limit", "1"]), [succeeded["run"].clone()]);
    assert_eq!(list(&["--outcome", "failed"]), [failed["run"].clone()]);
    assert_eq!(list(&["--outcome", "blocked"]), [] as [Value; 0]);
    let done = sandbox.tau(&["runs"]).ends(0);
    let lines: Vec<&str> = done.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", done.out);
    assert!(lines[0].contains(id(&succeeded)) && lines[1].contains(id(&failed)));

    // Another repository has its own list, and none of these is its latest.
    sandbox.git(&["init", "--quiet", "../other"]);
    let done = sandbox.tau(&["-C", "../other", "runs", "--json"]).ends(0);
    assert_eq!(done.json()["runs"], json!([]));
    let done = sandbox
        .tau(&["-C", "../other", "runs", "--all", "--json"])
        .ends(0);
    assert_eq!(done.json()["runs"].as_array().unwrap().len(), 2);
    sandbox.tau(&["-C", "../other", "show", "@"]).ends(2);
    sandbox.tau(&["-C", "..", "runs"]).ends(2);
}

#[test]
fn a_run_is_named_by_its_id_a_beginning_or_at() {
    let (sandbox, failed, succeeded) = two_runs();
    let show = |name: &str| sandbox.tau(&["show", name, "--json"]).ends(0).json();
    assert_eq!(show("@"), succeeded);
    assert_eq!(show(id(&failed)), failed);
    assert_eq!(show(&id(&failed).to_uppercase()), failed);
    let common = id(&failed)
        .bytes()
        .zip(id(&succeeded).bytes())
        .take_while(|(a, b)| a == b)
        .count();
    assert_eq!(show(&id(&failed)[..=common]), failed);

    let done = sandbox.tau(&["show", &id(&failed)[..common]]).ends(2);
    assert!(
        done.err.contains(id(&failed)) && done.err.contains(id(&succeeded)),
        "{}",
        done.err
    );
    for wrong in ["zzz", "", "../runs", "%", "@@"] {
        let done = sandbox.tau(&["show", wrong]).ends(2);
        assert!(
            done.err.contains("tau runs --all"),
            "`{wrong}`: {}",
            done.err
        );
    }
}

#[test]
fn show_says_what_apply_said() {
    let (sandbox, failed, succeeded) = two_runs();
    for run in [&failed, &succeeded] {
        let done = sandbox.tau(&["show", id(run)]).ends(0);
        for one in run["steps"].as_array().unwrap() {
            assert!(
                done.out.contains(one["name"].as_str().unwrap()),
                "{}",
                done.out
            );
        }
        assert!(
            done.out.contains(run["outcome"].as_str().unwrap()),
            "{}",
            done.out
        );
    }
}

#[test]
fn logs_are_what_the_steps_printed() {
    let (sandbox, _, _) = two_runs();
    let all = sandbox.tau(&["logs", "@"]).ends(0).out;
    assert!(all.contains("checking first broken last\n"), "{all}");
    assert!(all.contains("checking first fixed last\n"), "{all}");
    let red = sandbox.tau(&["logs", "@", "red"]).ends(0).out;
    assert!(red.contains("broken") && !red.contains("fixed"), "{red}");
    let json = sandbox.tau(&["logs", "@", "red", "--json"]).ends(0).json();
    assert_eq!(keys(&json), ["schema", "step", "text"]);
    assert_eq!(json["text"], "checking first broken last\n");
    let done = sandbox.tau(&["logs", "@", "rde"]).ends(2);
    assert!(done.err.contains("`red`"), "{}", done.err);
    // It has ended, so there is nothing to follow.
    assert_eq!(sandbox.tau(&["logs", "@", "red", "-f"]).ends(0).out, red);
}

#[test]
fn a_diff_can_be_applied() {
    let (sandbox, failed, _) = two_runs();
    let diff = sandbox.tau(&["diff", "@"]).ends(0).out;
    sandbox.write("../home/run.diff", &diff);
    sandbox.git(&["apply", "../home/run.diff"]);
    assert_eq!(sandbox.read("src/a.txt"), "first\nfixed\nlast\n");
    let json = sandbox.tau(&["diff", "@", "--json"]).ends(0).json();
    assert_eq!(
        (&json["schema"], &json["diff"]),
        (&json!("tau.diff/1"), &json!(diff))
    );
    // What was changed in vain can be looked at, too.
    let diff = sandbox.tau(&["diff", id(&failed)]).ends(0).out;
    assert!(diff.contains("+worse"), "{diff}");
}

#[test]
fn a_run_that_succeeded_is_not_run_again() {
    let (sandbox, _, succeeded) = two_runs();
    let before = sandbox.snapshot();
    let again = sandbox.tau(&["resume", "@", "--json"]).ends(0).json();
    assert_eq!(again, succeeded);
    sandbox.assert_untouched(&before);
}

fn saved(sandbox: &Sandbox) {
    sandbox.write("fix.diff", PATCH);
    let arguments = [
        "plan",
        "std/prove-patch",
        "--set",
        "patch=@fix.diff",
        "--set",
        "check=./check.sh",
        "--out",
        "fix.plan",
    ];
    sandbox.tau(&arguments).ends(0);
}

#[test]
fn a_saved_plan_runs_exactly_what_was_planned() {
    let sandbox = Sandbox::broken();
    let base = sandbox.git(&["rev-parse", "HEAD"]);
    saved(&sandbox);
    // Neither the patch nor the branch is what it was.
    sandbox.write("fix.diff", "something else");
    sandbox.write("src/a.txt", "fixed by somebody else\n");
    sandbox.commit("second");
    let result = sandbox
        .tau(&["apply", "fix.plan", "--yes", "--json"])
        .ends(0)
        .json();
    assert_eq!(result["base"], base.trim());
    assert_eq!(result["mission"], "prove_patch");
    assert_eq!(step(&result, "proof")["state"], "succeeded");
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
}

#[test]
fn a_saved_plan_takes_no_other_inputs_and_no_changes() {
    let sandbox = Sandbox::broken();
    saved(&sandbox);
    let done = sandbox
        .tau(&["apply", "fix.plan", "--set", "check=true", "--yes"])
        .ends(2);
    assert!(done.err.contains("`fix.plan`"), "{}", done.err);
    let done = sandbox
        .tau(&["apply", "fix.plan", "--base", "HEAD", "--yes"])
        .ends(2);
    assert!(done.err.contains("saved plan"), "{}", done.err);
    let text = sandbox.read("fix.plan");
    sandbox.write("fix.plan", text.replace("saved-plan/1", "saved-plan/99"));
    let done = sandbox.tau(&["apply", "fix.plan", "--yes"]).ends(2);
    assert!(done.err.contains("another version"), "{}", done.err);
    sandbox.write("fix.plan", text.replace("\"inputs\"", "\"stupni\""));
    let done = sandbox.tau(&["apply", "fix.plan", "--yes"]).ends(2);
    assert!(done.err.contains("damaged"), "{}", done.err);
    sandbox.write("fix.plan", &text[..text.len() / 2]);
    sandbox.tau(&["apply", "fix.plan", "--yes"]).ends(2);
}

#[test]
fn a_plan_is_not_saved_with_inputs_missing_or_without_a_base() {
    let sandbox = Sandbox::broken();
    let done = sandbox
        .tau(&["plan", "std/prove-patch", "--out", "fix.plan"])
        .ends(2);
    assert!(
        done.err.contains("`patch`") && done.err.contains("`check`"),
        "{}",
        done.err
    );
    sandbox.write("fix.tau", mission(MEND));
    let arguments = ["plan", "fix.tau", "--base", "nope", "--out", "fix.plan"];
    let done = sandbox.tau(&arguments).ends(3);
    assert!(done.err.contains("`nope`"), "{}", done.err);
    assert!(!sandbox.path().join("fix.plan").exists());
}

#[test]
fn a_repository_or_state_that_cannot_be_read_is_not_taken_for_one_without_runs() {
    let (sandbox, ..) = two_runs();
    let config = sandbox.read(".git/config");
    sandbox.write(".git/config", "[[[\n");
    for arguments in [&["show", "@"][..], &["runs"], &["recover"]] {
        let done = sandbox.tau(arguments).ends(1);
        assert!(done.err.contains("config"), "{arguments:?}: {done:?}");
    }
    sandbox.tau(&["runs", "--all"]).ends(0);
    sandbox.write(".git/config", config);
    let runs = sandbox.state().join("runs");
    std::fs::rename(&runs, sandbox.state().join("away")).unwrap();
    std::fs::write(&runs, "no folder").unwrap();
    let done = sandbox.tau(&["show", "@"]).ends(1);
    assert!(
        done.err.contains("the folder of runs cannot be read"),
        "{done:?}"
    );
}

#[test]
fn a_trace_has_the_steps_and_what_surrounds_them() {
    let (sandbox, failed, succeeded) = two_runs();
    let trace = sandbox.tau(&["trace", id(&succeeded)]).ends(0).json();
    assert_eq!(trace["otherData"]["schema"], "tau.trace/1");
    assert_eq!(trace["otherData"]["run"], succeeded["run"]);
    let events = trace["traceEvents"].as_array().unwrap();
    let named = |name: &str| -> Vec<&Value> {
        events
            .iter()
            .filter(|event| event["name"] == name)
            .collect()
    };
    let run = named("fix")[0]["dur"].as_u64().unwrap();
    for step in succeeded["steps"].as_array().unwrap() {
        let name = step["name"].as_str().unwrap();
        let [event] = named(name)[..] else {
            panic!("`{name}` is not there once: {trace:#}");
        };
        assert_eq!(event["ph"], "X");
        assert_eq!(event["args"]["action"], step["action"]);
        let ends = event["ts"].as_u64().unwrap() + event["dur"].as_u64().unwrap();
        assert!(ends <= run, "{event}");
    }
    assert_eq!(named("succeeded").len(), 1);
    assert_eq!(
        named("commit: committed")[0]["args"]["commit"],
        succeeded["commit"]
    );

    let done = sandbox
        .tau(&["trace", id(&failed), "--out", "../trace.json"])
        .ends(0);
    assert_eq!(done.out, "");
    assert!(done.err.contains("perfetto"), "{done:?}");
    let written = std::fs::read_to_string(sandbox.outside().join("trace.json")).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written["otherData"]["run"], failed["run"]);
    sandbox.tau(&["trace", "nothing"]).ends(2);
    let done = sandbox
        .tau(&["trace", "@", "--out", "no/folder/trace.json"])
        .ends(1);
    assert!(done.err.contains("cannot write"), "{done:?}");
}
