//! Without credentials: everything up to the proven commit is done, and a person is told how to go on.

use serde_json::{Value, json};
use tau_tests::{Sandbox, step};

use crate::effects::{GRANTS, STEPS};
use crate::host::Host;

/// Starts the mission where there is no secret.
fn apply(sandbox: &Sandbox) -> Value {
    let done = sandbox.tau(&["apply", "tell.tau", "--yes", "--json"]);
    done.ends(3).json()
}

/// The run is blocked for want of a credential, and says this command.
fn wants(result: &Value, command: &str) {
    let blocked = &result["blocked"];
    assert_eq!(blocked["kind"], "credential", "{result:#}");
    assert_eq!(blocked["code"], "secret-missing");
    let message = blocked["message"].as_str().unwrap();
    assert!(message.contains(&format!("`{command}`")), "{message}");
    assert!(message.contains("tau resume"), "{message}");
}

#[test]
fn the_commit_is_there_and_the_push_is_told() {
    let host = Host::new();
    let sandbox = host.sandbox(GRANTS, STEPS);
    // A plan says so before, and that it blocks nothing.
    let plan = sandbox.tau(&["plan", "tell.tau", "--json"]).ends(0).json();
    assert!(plan["blocked"].is_null(), "{plan:#}");
    let unset = &plan["unset"][0];
    assert_eq!(unset["secret"], "GH", "{plan:#}");
    assert_eq!(unset["steps"], json!(["pr", "push", "ready", "status"]));
    let told = sandbox.tau(&["plan", "tell.tau"]).ends(0).out;
    assert!(
        told.contains("secret GH  for pr, push, ready, status: "),
        "{told}"
    );
    let result = apply(&sandbox);
    let branch = result["branch"].as_str().unwrap();
    wants(&result, &format!("git push origin {branch}"));
    assert_eq!(step(&result, "proof")["state"], "succeeded");
    let there = sandbox.git(&["rev-parse", branch]);
    assert_eq!(result["commit"], there.trim());
    assert_eq!(host.changes(), 0);
    // With the secret it goes on from there.
    let result = host.resume(&sandbox).ends(0).json();
    assert_eq!(step(&result, "ready")["result"]["draft"], false);
}

#[test]
fn with_the_authority_to_push_alone_it_pushes_and_stops_there() {
    let host = Host::new();
    let steps = STEPS
        .replace("git.push(commit, token: \"GH\")", "git.push(commit)")
        .replace("step status = github.status(\"acme/app\", commit: commit, state: \"success\", text: proof.level, api: \"API\", token: \"GH\")\n", "")
        .replace("after status, push", "after push");
    let sandbox = host.sandbox(GRANTS, &steps);
    let bare = sandbox.outside().join("acme/app.git");
    sandbox.git(&["config", "remote.origin.url", bare.to_str().unwrap()]);
    let result = apply(&sandbox);
    let branch = result["branch"].as_str().unwrap();
    wants(
        &result,
        &format!("gh pr create --repo acme/app --draft --fill --base main --head {branch}"),
    );
    let pushed = sandbox.git(&["ls-remote", bare.to_str().unwrap(), branch]);
    assert!(
        pushed.starts_with(result["commit"].as_str().unwrap()),
        "{pushed}"
    );
    assert_eq!(host.held("pulls"), [json!(null); 0]);
    let _ = host.resume(&sandbox).ends(0);
    assert_eq!(host.held("pulls").len(), 1);
}

#[test]
fn a_secret_for_what_comes_before_the_commit_is_asked_for_at_once() {
    let host = Host::new();
    let early = "  step say = github.comment(\"acme/app#7\", text: \"I begin.\", api: \"API\", token: \"GH\")\n";
    let sandbox = host.sandbox(GRANTS, &format!("{early}{STEPS}"));
    let result = apply(&sandbox);
    assert_eq!(result["blocked"]["code"], "secret-missing", "{result:#}");
    assert_eq!(result["steps"], json!([]));
}
