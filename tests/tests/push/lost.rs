//! Answers that do not arrive: the remote is looked at before anything is pushed again.

use std::fs;

use serde_json::json;
use tau_tests::step;

use crate::remote::Remote;

/// The push happens, and its answer is lost.
const LOST: &str =
    "real \"$@\" > /dev/null 2>&1; echo 'fatal: the remote end hung up' >&2; exit 128";

#[test]
fn a_push_without_an_answer_is_found() {
    let remote = Remote::new();
    remote.git(LOST);
    let report = remote.apply(0);
    assert_eq!(step(&report, "push")["effect"]["adopted"], true);
    assert_eq!(remote.pushes(), 1);
}

#[test]
fn a_push_that_did_not_happen_fails_and_may_be_retried() {
    let remote = Remote::new();
    remote.git("echo 'fatal: cannot connect' >&2; exit 128");
    let report = remote.apply(1);
    let failure = &step(&report, "push")["failure"];
    assert_eq!(failure["code"], "remote-unreachable");
    assert_eq!(
        failure["message"],
        "`origin` was not reached: cannot connect."
    );
    assert_eq!(remote.pushes(), 0);
    remote.heal();
    assert_eq!(remote.resume(0)["outcome"], "succeeded");

    let remote = Remote::new();
    remote.mission(|text| text.replace("git.push(commit)", "git.push(commit) retry 2"));
    // The first attempt does not arrive, of the second the answer does not.
    let first = remote.sandbox.outside().join("first");
    let once = format!(
        "if [ ! -f {0} ]; then touch {0}; exit 128; fi\n{LOST}",
        first.display()
    );
    remote.git(&once);
    let report = remote.apply(0);
    assert_eq!(step(&report, "push")["attempts"], 2);
    assert_eq!(step(&report, "push")["effect"]["adopted"], true);
    assert_eq!(remote.pushes(), 1);
}

#[test]
fn a_remote_that_hangs_is_given_up_and_looked_at() {
    let remote = Remote::new();
    remote.mission(|text| text.replace("git.push(commit)", "git.push(commit, timeout: 1s)"));
    remote.hook("pre-receive", "sleep 600");
    let report = remote.apply(1);
    let failure = &step(&report, "push")["failure"];
    assert_eq!(failure["code"], "remote-unreachable", "{report}");
    assert_eq!(remote.pushes(), 0);
    // The same where the step itself may not take longer.
    remote.mission(|text| text.replace("git.push(commit)", "git.push(commit) timeout 1s"));
    let report = remote.apply(1);
    let failure = &step(&report, "push")["failure"];
    assert!(
        ["step-timeout", "remote-unreachable"].contains(&failure["code"].as_str().unwrap()),
        "{failure}"
    );
    // It hangs when it has the branch.
    remote.heal();
    remote.hook("post-receive", "echo x >> pushes; sleep 600");
    let report = remote.apply(0);
    assert_eq!(step(&report, "push")["effect"]["adopted"], true);
}

#[test]
fn a_remote_that_vanishes_leaves_the_run_uncertain_until_it_is_back() {
    let remote = Remote::new();
    let gone = remote.sandbox.outside().join("gone.git");
    let (there, away) = (remote.dir(), gone.display());
    remote.git(&format!("mv {} {away}; exit 128", there.display()));
    let report = remote.apply(5);
    assert_eq!(report["outcome"], "uncertain");
    assert_eq!(step(&report, "push")["state"], "uncertain");
    // It has not failed, and it has ended.
    assert!(
        report["steps"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["name"] != "why")
    );
    assert_eq!(step(&report, "end")["state"], "succeeded");
    let run = report["run"].as_str().unwrap();
    assert_eq!(
        report["next"],
        format!("tau resolve {run} push happened|not-happened")
    );
    let open = &report["unsettled"][0];
    assert_eq!(
        (&open["step"], &open["action"]),
        (&json!("push"), &json!("git.push"))
    );
    let runs = remote.tau(&["runs", "--outcome", "uncertain", "--json"]);
    assert_eq!(runs.ends(0).json()["runs"].as_array().unwrap().len(), 1);

    // As long as it is gone, nobody knows.
    remote.heal_git();
    assert_eq!(remote.resume(5)["outcome"], "uncertain");
    fs::rename(gone, there).unwrap();
    let report = remote.resume(0);
    assert_eq!(remote.pushes(), 1);
    assert!(report.get("unsettled").is_none(), "{report}");
}

/// Whoever pushes is told to end.
const TERM: &str = "p=$$; while [ \"$(cat /proc/$p/comm)\" != tau ]; do \
                    p=$(cut -d' ' -f4 /proc/$p/stat); done; kill -TERM $p";

#[test]
fn who_is_told_to_end_twice_does_not_wait_for_the_look() {
    let remote = Remote::new();
    let pushed = remote.sandbox.outside().join("pushed");
    let pushed = pushed.display();
    let push = format!("touch {pushed}; {TERM}; sleep 600");
    let look = format!("[ -f {pushed} ] && {{ {TERM}; sleep 600; }}");
    remote.git_on(&[("push", &push), ("ls-remote", &look)]);
    let report = remote.apply(5);
    assert_eq!(step(&report, "push")["state"], "uncertain");
    assert_eq!(report["unsettled"][0]["step"], "push");
    remote.heal();
    assert_eq!(remote.resume(0)["outcome"], "succeeded");
    assert_eq!(remote.pushes(), 1);
}

#[test]
fn a_cancelled_push_is_looked_at() {
    let remote = Remote::new();
    remote.hook(
        "post-receive",
        &format!("echo x >> pushes; {TERM}; sleep 600"),
    );
    let report = remote.apply(0);
    assert_eq!(step(&report, "push")["effect"]["adopted"], true);
    remote.heal();
    remote.hook("pre-receive", &format!("{TERM}; sleep 600"));
    let report = remote.apply(4);
    assert_eq!(step(&report, "push")["state"], "cancelled");
    assert_eq!(remote.branch(&report), None);
    assert!(report.get("unsettled").is_none(), "{report}");
}
