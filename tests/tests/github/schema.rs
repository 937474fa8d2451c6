//! What is asked of GraphQL, against the schema that GitHub publishes.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;
use tau_tests::{skip, skip_without, step, workspace_root};

use crate::merge::{merging, stopped};

#[test]
fn everything_that_is_asked_is_in_the_published_schema() {
    let mut asked = Vec::new();
    let (host, sandbox) = merging();
    host.requires(&[], "CLEAN");
    host.queues();
    let result = host.apply(&sandbox).ends(0).json();
    assert_eq!(step(&result, "merge")["result"]["way"], "queue");
    asked.extend(host.queries());

    // Who pushes while auto-merge is enabled does not get theirs merged.
    let (host, sandbox) = merging();
    host.requires(&["ci"], "BLOCKED");
    host.moves();
    stopped(&host.apply(&sandbox).ends(3).json(), "merge-head-moved");
    assert!(host.held("pulls")[0]["auto"].is_null());
    asked.extend(host.queries());

    let packages = ["graphql", "@octokit/graphql-schema"];
    let Some(modules) = modules("the published schema", &packages) else {
        return;
    };
    let file = sandbox.outside().join("asked.json");
    std::fs::write(&file, json!(asked).to_string()).unwrap();
    let script = workspace_root().join("tests/tests/github/schema.cjs");
    let done = Command::new("node")
        .args([script, modules, file])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let out = String::from_utf8_lossy(&done.stdout);
    assert_eq!(
        out.trim(),
        "disablePullRequestAutoMerge, enablePullRequestAutoMerge, enqueuePullRequest, \
         markPullRequestReadyForReview, repository"
    );
}

/// Where `.ci/run` puts packages of npm, if these are there.
pub(crate) fn modules(test: &str, packages: &[&str]) -> Option<PathBuf> {
    let modules = workspace_root().join("target/node/node_modules");
    if skip_without("node", test) {
        return None;
    }
    for package in packages {
        if !modules.join(package).is_dir() {
            skip(test, &format!("`{package}`, which is not in `target/node`"));
            return None;
        }
    }
    Some(modules)
}
