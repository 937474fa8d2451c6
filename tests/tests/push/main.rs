//! `git.push`: pushed once and confirmed, or looked up; what cannot be known is uncertain, and a
//! person settles it.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod kills;
mod lost;
mod refused;
mod remote;
mod settled;
mod token;

use serde_json::json;
use tau_tests::step;

use remote::Remote;

#[test]
fn the_runs_branch_is_pushed_and_read_back() {
    let remote = Remote::new();
    let report = remote.apply(0);
    let sha = report["commit"].as_str().unwrap();
    assert_eq!(remote.branch(&report).as_deref(), Some(sha));
    let push = step(&report, "push");
    assert_eq!(
        push["result"],
        json!({ "remote": "origin", "branch": report["branch"], "sha": sha })
    );
    let marker = push["effect"]["marker"].as_str().unwrap();
    let run = report["run"].as_str().unwrap();
    assert!(marker.starts_with(&format!("{run}/push/")), "{marker}");
    assert_eq!(remote.pushes(), 1);
    // The local side's hooks and configuration take no part.
    assert!(!remote.sandbox.path().join("ran").exists());
}

#[test]
fn a_relative_address_begins_at_the_repository() {
    let remote = Remote::new();
    let url = ["config", "remote.origin.url", "../remote.git"];
    remote.sandbox.git(&url);
    std::fs::create_dir_all(remote.sandbox.path().join("below")).unwrap();
    let report = remote.apply(0);
    assert!(remote.branch(&report).is_some());
}

#[test]
fn a_shallow_clone_is_pushed_from() {
    let remote = Remote::new();
    let sandbox = &remote.sandbox;
    sandbox.commit("second");
    let there = format!("file://{}", remote.dir().display());
    sandbox.git(&["push", "--quiet", &there, "main"]);
    sandbox.git(&["clone", "--quiet", "--depth=1", &there, "../shallow"]);
    let mut command = remote.command(&["apply", "ship.tau", "--yes", "--json"]);
    command.args(["--repo", "../shallow"]);
    let report = remote::run(command).ends(0).json();
    assert_eq!(remote.branch(&report).as_deref(), report["commit"].as_str());
}
