//! What a person says about a push of which nobody knows.

use std::fs;

use serde_json::{Value, json};
use tau_tests::step;

use crate::remote::Remote;

/// A push of which the branch is nowhere to be seen afterwards, whether it had been there or not.
fn uncertain() -> (Remote, Value) {
    let remote = Remote::new();
    let away = remote.sandbox.outside().join("gone.git");
    let (there, away) = (remote.dir(), away.display().to_string());
    remote.git(&format!("mv {} {away}; exit 128", there.display()));
    let report = remote.apply(5);
    remote.heal_git();
    (remote, report)
}

#[test]
fn happened() {
    let (remote, report) = uncertain();
    let arguments = [
        "resolve", "@", "push", "happened", "--why", "I saw it", "--json",
    ];
    let told = remote.tau(&arguments).ends(0).json();
    assert_eq!(told["schema"], "tau.resolve/1");
    let result = json!({
        "remote": "origin",
        "branch": report["branch"],
        "sha": report["commit"],
    });
    assert_eq!(told["resolution"]["result"], result);
    assert_eq!(told["resolution"]["why"], "I saw it");
    let run = report["run"].as_str().unwrap();
    assert_eq!(told["next"], format!("tau resume {run}"));
    assert_eq!(
        remote.tau(&["show", "@", "--json"]).json()["next"],
        told["next"]
    );

    let report = remote.resume(0);
    let push = step(&report, "push");
    assert_eq!(push["result"], result);
    assert_eq!(push["effect"]["adopted"], true);
    // Nobody has asked the remote, which is still away.
    assert!(!remote.dir().exists());
}

#[test]
fn not_happened() {
    let (remote, _) = uncertain();
    let told = remote
        .tau(&["resolve", "@", "push", "not-happened"])
        .ends(0);
    assert!(
        told.out.starts_with("push has not happened\n"),
        "{}",
        told.out
    );
    fs::rename(remote.sandbox.outside().join("gone.git"), remote.dir()).unwrap();
    let report = remote.resume(0);
    assert_eq!(remote.pushes(), 1);
    assert!(step(&report, "push")["effect"].get("adopted").is_none());
}

#[test]
fn a_person_gives_what_fits_or_nothing() {
    let (remote, _) = uncertain();
    for (arguments, why) in [
        (
            vec!["nothing", "happened"],
            "step `nothing` has nothing to settle",
        ),
        (vec!["push", "perhaps"], "invalid value 'perhaps'"),
        (
            vec!["push", "happened", "--result", "{"],
            "the result is not JSON",
        ),
        (
            vec!["push", "happened", "--result", "{\"sha\":1}"],
            "does not give that",
        ),
        (
            vec!["push", "not-happened", "--result", "{}"],
            "gives nothing",
        ),
    ] {
        let all = [vec!["resolve", "@"], arguments].concat();
        let done = remote.tau(&all).ends(2);
        assert!(done.err.contains(why), "{}", done.err);
    }
    let cancelled = remote.tau(&["cancel", "@"]).ends(1);
    assert!(
        cancelled.err.contains("had uncertain already"),
        "{}",
        cancelled.err
    );
    let given = json!({ "remote": "origin", "branch": "b", "sha": "c", "more": 1 }).to_string();
    let _ = remote
        .tau(&["resolve", "@", "push", "happened", "--result", &given])
        .ends(0);
    let again = remote.tau(&["resolve", "@", "push", "happened"]).ends(2);
    assert!(again.err.contains("has nothing to settle"), "{}", again.err);
    assert_eq!(remote.resume(0)["outputs"]["sha"], "c");
}

#[test]
fn a_lost_run_is_not_cancelled_over_what_it_may_have_done() {
    let remote = Remote::new();
    remote.git("real \"$@\"; killtau; exit 1");
    remote.killed();
    remote.heal();
    let report = remote.tau(&["show", "@", "--json"]).ends(0).json();
    assert_eq!(report["unsettled"][0]["step"], "push");
    let done = remote.tau(&["cancel", "@"]).ends(1);
    assert!(
        done.err.contains("say so first, with `tau resolve`"),
        "{}",
        done.err
    );
    let _ = remote.tau(&["resolve", "@", "push", "happened"]).ends(0);
    let _ = remote.tau(&["cancel", "@"]).ends(0);
}
