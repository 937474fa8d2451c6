//! SIGKILL before, during and after a push.

use serde_json::Value;
use tau_tests::step;

use crate::remote::Remote;

/// The run ends as one that was never killed: the commit is there, pushed once.
fn ends_well(remote: &Remote) -> Value {
    remote.heal();
    let report = remote.resume(0);
    let sha = report["commit"].as_str();
    assert_eq!(remote.branch(&report).as_deref(), sha);
    assert_eq!(step(&report, "push")["result"]["sha"].as_str(), sha);
    report
}

fn adopted(report: &Value) -> bool {
    step(report, "push")["effect"]["adopted"] == true
}

#[test]
fn before_git_has_begun() {
    let remote = Remote::new();
    remote.git("killtau; exit 1");
    remote.killed();
    assert!(!adopted(&ends_well(&remote)));
    assert_eq!(remote.pushes(), 1);
}

#[test]
fn while_the_remote_decides() {
    let remote = Remote::new();
    // The remote goes on without anybody to tell about it.
    remote.hook("pre-receive", "killtau");
    remote.killed();
    ends_well(&remote);
    // It may have been ended between having the branch and counting it.
    assert!(remote.pushes() <= 1);
}

#[test]
fn when_the_remote_has_it() {
    let remote = Remote::new();
    remote.hook("post-receive", "echo x >> pushes; killtau");
    remote.killed();
    assert!(adopted(&ends_well(&remote)));
    assert_eq!(remote.pushes(), 1);
}

#[test]
fn when_git_knows_and_tau_does_not() {
    let remote = Remote::new();
    remote.git("real \"$@\"; killtau; exit 1");
    remote.killed();
    let report = ends_well(&remote);
    assert!(adopted(&report));
    assert_eq!(remote.pushes(), 1);
    let shown = remote.tau(&["show", "@"]).ends(0).out;
    assert!(shown.contains("(found there)"), "{shown}");
}

#[test]
fn again_and_again() {
    let remote = Remote::new();
    remote.git("killtau; exit 1");
    remote.killed();
    let _ = remote.tau(&["resume", "@"]).ends(-9);
    remote.git("real \"$@\"; killtau; exit 1");
    let _ = remote.tau(&["resume", "@"]).ends(-9);
    assert!(adopted(&ends_well(&remote)));
    assert_eq!(remote.pushes(), 1);
}
