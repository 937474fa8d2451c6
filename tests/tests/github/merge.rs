//! Merging: by whom everybody may, at the proven commit, or not at all.

use serde_json::{Value, json};
use tau_tests::{Sandbox, step};

use crate::effects::{GRANTS, STEPS};
use crate::host::Host;

const MERGE: &str = "  step merge  = github.auto_merge(ready, commit: commit, proof: proof, api: \"API\", token: \"GH\")\n";

pub(crate) fn merging() -> (Host, Sandbox) {
    let host = Host::new();
    let sandbox = host.sandbox(GRANTS, &format!("{STEPS}{MERGE}"));
    (host, sandbox)
}

#[test]
fn what_is_ready_is_merged_and_what_is_not_is_left_to_the_host() {
    for (readiness, given) in [
        (
            "CLEAN",
            json!({ "merged": true, "way": "direct", "sha": "5ca1ab1e" }),
        ),
        (
            "BLOCKED",
            json!({ "merged": false, "way": "auto", "sha": null }),
        ),
    ] {
        let (host, sandbox) = merging();
        host.requires(&["ci"], readiness);
        let result = host.apply(&sandbox).ends(0).json();
        assert_eq!(step(&result, "merge")["result"], given, "{result:#}");
        let pull = &host.held("pulls")[0];
        assert_eq!(pull["merge_commit_sha"].is_null(), readiness == "BLOCKED");
        assert_eq!(pull["auto"].is_null(), readiness == "CLEAN");
        assert_eq!(pull["head"]["sha"], result["commit"]);
    }
}

/// What a run that a gate has stopped says.
pub(crate) fn stopped(result: &Value, code: &str) {
    let blocked = &result["blocked"];
    assert_eq!(
        (&blocked["kind"], &blocked["code"]),
        (&json!("gate"), &json!(code)),
        "{result:#}"
    );
}

#[test]
fn a_gate_stops_the_run_which_goes_on_when_it_is_open() {
    let (host, sandbox) = merging();
    host.requires(&[], "CLEAN");
    stopped(&host.apply(&sandbox).ends(3).json(), "merge-unprotected");
    let changes = host.changes();
    // Somebody pushes; the proof says nothing of that.
    host.requires(&["ci"], "CLEAN");
    let head = host.held("pulls")[0]["head"].clone();
    let moved = json!({ "ref": head["ref"], "sha": "0bad" });
    host.changes_pull("head", moved);
    stopped(&host.resume(&sandbox).ends(3).json(), "merge-head-moved");
    host.changes_pull("head", head);
    // Somebody takes the mark away.
    let body = host.held("pulls")[0]["body"].clone();
    host.changes_pull("body", json!("mine"));
    stopped(&host.resume(&sandbox).ends(3).json(), "merge-other-run");
    host.changes_pull("body", body);
    host.changes_pull("draft", json!(true));
    stopped(&host.resume(&sandbox).ends(3).json(), "merge-draft");
    host.changes_pull("draft", json!(false));
    assert_eq!(host.changes(), changes);
    let result = host.resume(&sandbox).ends(0).json();
    assert_eq!(step(&result, "merge")["result"]["merged"], true);
    assert_eq!(host.changes(), changes + 1);
}

#[test]
fn without_the_authority_nothing_begins() {
    let host = Host::new();
    let grants = GRANTS.replace("auto_merge, ", "");
    let sandbox = host.sandbox(&grants, &format!("{STEPS}{MERGE}"));
    let result = host.apply(&sandbox).ends(3).json();
    let missing = &result["blocked"]["missing"][0];
    assert_eq!(missing["grant"], "github auto_merge", "{result:#}");
    assert_eq!(host.changes(), 0);
}
