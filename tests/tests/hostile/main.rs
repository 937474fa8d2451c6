//! Repositories that are out of the ordinary, or out for harm.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod configuration;
mod kinds;
mod links;
mod names;
mod objects;

use serde_json::Value;
use tau_tests::{MEND, Sandbox, mission};

/// Applies the usual mission, which must succeed, and gives its result.
#[track_caller]
fn mends(sandbox: &Sandbox) -> Value {
    sandbox.write("fix.tau", mission(MEND));
    let before = sandbox.snapshot();
    let done = sandbox.tau(&["apply", "fix.tau", "--yes", "--json"]);
    let result = done.ends(0).json();
    sandbox.assert_only_branches_added(&before);
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    result
}

/// The names in a commit's tree and in its parent's.
fn names(sandbox: &Sandbox, result: &Value) -> (String, String) {
    let list = |commit: &str| sandbox.git(&["ls-tree", "-r", "--name-only", commit]);
    let commit = result["commit"].as_str().unwrap();
    (list(commit), list(&format!("{commit}^")))
}
