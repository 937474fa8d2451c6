//! `tau up`, `tau status`, `tau down`.

use std::fs;

use serde_json::Value;
use tau_tests::Sandbox;

use crate::support::{counted, detach, kill, open, outcome, owner, sandbox, status};

/// Ends what a test has started, also when it fails.
struct Up<'s>(&'s Sandbox);

impl Up<'_> {
    fn start<'s>(sandbox: &'s Sandbox, workers: &str) -> Up<'s> {
        sandbox.tau(&["up", "-j", workers]).ends(0);
        Up(sandbox)
    }
}

impl Drop for Up<'_> {
    fn drop(&mut self) {
        let _ = self.0.tau(&["down"]);
    }
}

/// Looks again until `done`; each look takes its time.
fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..2000 {
        if done() {
            return;
        }
    }
    panic!("never: {what}");
}

#[test]
fn it_is_up_once_says_so_and_goes_down() {
    let sandbox = sandbox();
    let done = sandbox.tau(&["status"]).ends(3);
    assert!(
        done.out
            .starts_with("control_plane.state=stopped\ncontrol_plane.pid=\n"),
        "{}",
        done.out
    );
    let up = Up::start(&sandbox, "2");
    let now = status(&sandbox, 0);
    assert_eq!(
        (now("state"), now("workers")),
        ("running".to_owned(), "2".to_owned())
    );
    let pid: u32 = now("pid").parse().unwrap();
    // The state, the parent, the group and the session stand behind the name (proc(5)).
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    assert_eq!(fields.split(' ').nth(3), Some(pid.to_string().as_str()));
    let again = sandbox.tau(&["up", "-j", "7"]).ends(0);
    assert!(
        again.err.contains(&format!("is up already: process {pid}")),
        "{}",
        again.err
    );
    assert_eq!(status(&sandbox, 0)("workers"), "2");
    let json = sandbox.tau(&["status", "--json"]).ends(0).json();
    assert_eq!(json["schema"], "tau.status/1");
    assert_eq!(json["control_plane"]["pid"], pid);
    assert_eq!(json["control_plane"]["runs"]["queued"], 0);
    let down = sandbox.tau(&["down", "--json"]).ends(0).json();
    assert_eq!(down["pid"], pid);
    assert_eq!(status(&sandbox, 3)("workers"), "0");
    let down = sandbox.tau(&["down"]).ends(0);
    assert!(down.err.contains("was not up"), "{}", down.err);
    drop(up);
}

#[test]
fn runs_are_left_to_it_and_outlive_it() {
    let sandbox = sandbox();
    let up = Up::start(&sandbox, "1");
    let run = detach(&sandbox, "gated.tau");
    until("it runs", || status(&sandbox, 0)("runs.running") == "1");
    let queued = detach(&sandbox, "counted.tau");
    assert_eq!(status(&sandbox, 0)("runs.queued"), "1");
    let down = sandbox.tau(&["down"]).ends(0);
    assert!(
        down.err.contains(&format!("run {run} goes on by itself")),
        "{}",
        down.err
    );
    assert!(!down.err.contains(&queued), "{}", down.err);
    open(&sandbox);
    sandbox.tau(&["logs", &run, "-f"]).ends(0);
    assert_eq!(outcome(&sandbox, &run), "succeeded");
    assert_eq!(
        (outcome(&sandbox, &queued).as_str(), counted(&sandbox)),
        ("queued", 0)
    );
    drop(up);
    let up = Up::start(&sandbox, "1");
    until("the queued run is done", || {
        outcome(&sandbox, &queued) == "succeeded"
    });
    drop(up);
    assert_eq!(counted(&sandbox), 1);
}

#[test]
fn a_worker_that_dies_is_started_again() {
    let sandbox = sandbox();
    let up = Up::start(&sandbox, "1");
    let log = || fs::read_to_string(sandbox.state().join("up.log")).unwrap();
    let started = |log: &str| -> Vec<u32> {
        let number = |line: &str| {
            let (_, rest) = line.split_once(" worker ")?;
            rest.strip_suffix(" is started")?.parse().ok()
        };
        log.lines().filter_map(number).collect()
    };
    let first = started(&log());
    kill(first[0], "-KILL");
    until("another worker is started", || {
        // It takes its time.
        let _ = sandbox.tau(&["status"]);
        started(&log()).len() == 2
    });
    assert!(
        log().contains("a worker died (signal: 9 (SIGKILL))"),
        "{}",
        log()
    );
    until("it takes runs", || status(&sandbox, 0)("workers") == "1");
    let run = detach(&sandbox, "counted.tau");
    // It may be queued when it is asked for.
    sandbox.tau(&["logs", &run, "-f"]).ends(0);
    assert_eq!(outcome(&sandbox, &run), "succeeded");
    drop(up);
}

#[test]
fn workers_whose_supervisor_is_killed_end_and_it_can_be_started_again() {
    let sandbox = sandbox();
    let up = Up::start(&sandbox, "2");
    let pid: u32 = status(&sandbox, 0)("pid").parse().unwrap();
    kill(pid, "-KILL");
    until("the workers have ended", || {
        status(&sandbox, 3)("workers") == "0"
    });
    let again = Up::start(&sandbox, "1");
    assert_eq!(status(&sandbox, 0)("workers"), "1");
    drop((up, again));
}

#[test]
fn a_lost_run_is_shown_with_what_to_do() {
    let sandbox = sandbox();
    let run = detach(&sandbox, "gated.tau");
    kill(owner(&sandbox, &run), "-KILL");
    sandbox.tau(&["logs", &run, "-f"]).ends(0);
    let done = sandbox.tau(&["status"]).ends(3);
    let next = format!("run.{run}.outcome=stale\nrun.{run}.next=tau recover {run}\n");
    assert!(done.out.contains(&next), "{}", done.out);
    let json: Value = sandbox.tau(&["runs", "--json"]).ends(0).json();
    assert_eq!(json["runs"][0]["next"], format!("tau recover {run}"));
    let done = sandbox.tau(&["runs"]).ends(0);
    assert!(
        done.err.contains(&format!("tau recover {run}")),
        "{}",
        done.err
    );
}
