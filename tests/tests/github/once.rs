//! Everything a run does outside, disturbed at each place: the run that went on has one of each.

use serde_json::Value;
use tau_tests::{Sandbox, step};

use crate::effects::{GRANTS, STEPS};
use crate::host::{Harm, Host};

/// Every effect outside, in the order in which they come.
const EFFECTS: &[&str] = &["push", "status", "label", "say", "pr", "ready", "merge"];

/// All of them, one behind the other; what did not arrive is tried once more.
fn all() -> (Host, Sandbox) {
    let host = Host::new();
    host.requires(&["ci"], "CLEAN");
    let between = "  step label  = github.label(\"acme/app#7\", labels: [\"done\"], api: \"API\", token: \"GH\") after status retry 1\n  \
        step say    = github.comment(\"acme/app#7\", text: \"It is done.\", api: \"API\", token: \"GH\") after label retry 1\n";
    let merge = "  step merge  = github.auto_merge(ready, commit: commit, proof: proof, api: \"API\", token: \"GH\") retry 1\n";
    let (before, behind) = STEPS.split_at(STEPS.find("  step pr ").unwrap());
    let before = before.replace("(commit, token: \"GH\")", "(commit, token: \"GH\") retry 1");
    let status = "text: proof.level, api: \"API\", token: \"GH\")";
    let before = before.replace(status, &format!("{status} after push retry 1"));
    let behind = behind.replace("after status, push", "after say retry 1");
    let ready = "github.ready(pr, api: \"API\", token: \"GH\")";
    let behind = behind.replace(ready, &format!("{ready} retry 1"));
    let steps = format!("{before}{between}{behind}{merge}");
    let sandbox = host.sandbox(GRANTS, &steps);
    (host, sandbox)
}

/// The host has one of each, and has made no more changes than that.
fn has_one_of_each(host: &Host, result: &Value) {
    assert_eq!(host.changes(), EFFECTS.len(), "{result:#}");
    for (what, is) in [("statuses", 1), ("labels", 1), ("pulls", 1)] {
        assert_eq!(host.held(what).len(), is, "{what}");
    }
    assert_eq!(host.comments().len(), 1);
    let pull = &host.held("pulls")[0];
    assert_eq!(pull["head"]["sha"], result["commit"]);
    assert_eq!(
        (&pull["draft"], &pull["merge_commit_sha"]),
        (&false.into(), &"5ca1ab1e".into())
    );
    for effect in EFFECTS {
        assert_eq!(step(result, effect)["state"], "succeeded", "{effect}");
    }
}

#[test]
fn a_run_that_is_killed_before_within_or_behind_any_effect_has_one_of_each() {
    for (at, effect) in EFFECTS.iter().enumerate() {
        for harm in [Harm::KillsBefore, Harm::KillsBehind, Harm::KillsAfter] {
            let (host, sandbox) = all();
            host.harms_behind(at, harm);
            let killed = host.apply(&sandbox);
            // Who was answered may have come to its end before the signal.
            let may_end = harm == Harm::KillsAfter && killed.code == 0;
            assert!(killed.code == -9 || may_end, "{effect}: {}", killed.code);
            let result = match may_end {
                true => killed.json(),
                false => host.resume(&sandbox).ends(0).json(),
            };
            has_one_of_each(&host, &result);
        }
    }
}

#[test]
fn answers_that_are_lost_or_broken_everywhere_are_looked_up() {
    for harm in [Harm::LostAnswer, Harm::Broken] {
        let (host, sandbox) = all();
        host.harms_first(harm);
        let result = host.apply(&sandbox).ends(0).json();
        has_one_of_each(&host, &result);
        for effect in EFFECTS {
            assert_eq!(step(&result, effect)["effect"]["adopted"], true, "{effect}");
        }
    }
}

#[test]
fn requests_that_never_arrive_are_made_again() {
    let (host, sandbox) = all();
    host.harms_first(Harm::Lost);
    let result = host.apply(&sandbox).ends(0).json();
    has_one_of_each(&host, &result);
    for effect in EFFECTS {
        assert_eq!(step(&result, effect)["attempts"], 2, "{effect}");
    }
}

#[test]
fn a_run_that_two_go_on_with_has_one_of_each() {
    let (host, sandbox) = all();
    host.harms_behind(3, Harm::KillsBehind);
    assert_eq!(host.apply(&sandbox).code, -9);
    let both: Vec<_> = std::thread::scope(|scope| {
        let go_on = || scope.spawn(|| host.resume(&sandbox));
        let both = [go_on(), go_on()];
        both.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let done = both.iter().find(|done| done.code == 0).unwrap();
    has_one_of_each(&host, &done.json());
}
