//! Runs wait in the queue, and workers take them.

use std::fs;
use std::process::Stdio;
use std::thread;

use serde_json::Value;

use tau_tests::Sandbox;

use crate::support::{
    COUNTED, Worker, counted, detach, journal, kill, kinds, listed, open, outcome, owner, sandbox,
};

/// What an undisturbed run that was queued has in its journal.
const KINDS: [&str; 3] = ["resumed", "step_started", "ended"];

#[test]
fn a_run_waits_until_a_worker_has_place_and_can_be_ended_and_held_meanwhile() {
    let sandbox = sandbox();
    let mut worker = Worker::start(&sandbox, &[]);
    let first = detach(&sandbox, "gated.tau");
    assert_eq!(worker.until("took")["run"], first.as_str());
    let [second, third, fourth] = [(); 3].map(|()| detach(&sandbox, "counted.tau"));
    let queued = listed(&sandbox, &["--outcome", "queued"]);
    let ids: Vec<&str> = queued.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, [&fourth, &third, &second]);

    sandbox.tau(&["cancel", &second]).ends(0);
    sandbox.tau(&["block", &third, "--why", "not now"]).ends(0);
    open(&sandbox);
    assert_eq!(worker.until("ended")["outcome"], "succeeded");
    assert_eq!(worker.until("took")["run"], fourth.as_str());
    assert_eq!(worker.until("ended")["run"], fourth.as_str());
    worker.signal("-TERM");
    let left = worker.ends();
    assert_eq!(left["schema"], "tau.worker/1");
    assert_eq!(left["ended"]["succeeded"], 2);
    assert_eq!(counted(&sandbox), 1);
    assert_eq!(outcome(&sandbox, &second), "cancelled");
    assert_eq!(outcome(&sandbox, &third), "blocked");
    // A person who wants it goes on with it.
    sandbox.tau(&["resume", &third]).ends(0);
    assert_eq!(counted(&sandbox), 2);
}

#[test]
fn a_worker_that_is_told_to_end_leaves_its_runs_to_themselves() {
    let sandbox = sandbox();
    let mut worker = Worker::start(&sandbox, &["-j", "2"]);
    let run = detach(&sandbox, "gated.tau");
    worker.until("took");
    worker.signal("-TERM");
    assert_eq!(texts_of(&worker.ends()["going_on"]), [run.as_str()]);
    open(&sandbox);
    sandbox.tau(&["logs", &run, "-f"]).ends(0);
    assert_eq!(outcome(&sandbox, &run), "succeeded");
    assert_eq!(kinds(&sandbox, &run, ["resumed", "ended"]), [1, 1]);
}

#[test]
fn what_a_killed_worker_had_started_goes_on_and_the_rest_is_taken_by_the_next() {
    let sandbox = sandbox();
    let mut worker = Worker::start(&sandbox, &[]);
    let first = detach(&sandbox, "gated.tau");
    worker.until("took");
    let second = detach(&sandbox, "counted.tau");
    worker.kill();
    let done = sandbox.tau(&["worker", "--drain", "--json"]).ends(0).json();
    assert_eq!(done["ended"]["succeeded"], 1, "{done}");
    open(&sandbox);
    sandbox.tau(&["logs", &first, "-f"]).ends(0);
    for run in [&first, &second] {
        assert_eq!(outcome(&sandbox, run), "succeeded");
        assert_eq!(kinds(&sandbox, run, ["resumed", "ended"]), [1, 1]);
    }
}

#[test]
fn a_run_that_has_lost_its_owner_is_taken_too() {
    let sandbox = sandbox();
    let mut worker = Worker::start(&sandbox, &[]);
    let run = detach(&sandbox, "gated.tau");
    worker.until("took");
    // Its command is there, so it has begun.
    while kinds(&sandbox, &run, ["step_started"]) != [2] {
        thread::yield_now();
    }
    let process = owner(&sandbox, &run);
    worker.kill();
    kill(process, "-KILL");
    sandbox.tau(&["logs", &run, "-f"]).ends(0);
    assert_eq!(outcome(&sandbox, &run), "stale");
    let mut worker = Worker::start(&sandbox, &["--once"]);
    assert_eq!(worker.until("took")["run"], run.as_str());
    // From then on the command of the lost owner no longer waits at the gate.
    while kinds(&sandbox, &run, ["resumed"]) != [2] {
        thread::yield_now();
    }
    open(&sandbox);
    assert_eq!(worker.until("ended")["outcome"], "succeeded");
    assert_eq!(worker.ends()["ended"]["succeeded"], 1);
    assert_eq!(kinds(&sandbox, &run, ["resumed", "ended"]), [2, 1]);
}

#[test]
fn a_run_whose_process_always_dies_is_given_up_and_says_why() {
    let sandbox = sandbox();
    sandbox.write("deadly.tau", COUNTED.replace("./count.sh", "./kill.sh"));
    sandbox.write_script("kill.sh", "#!/bin/sh\nkill -KILL $PPID\n");
    sandbox.commit("deadly");
    let mut worker = Worker::start(&sandbox, &[]);
    let run = detach(&sandbox, "deadly.tau");
    let ended = loop {
        let ended = worker.until("ended");
        if ended["given_up"] == true {
            break ended;
        }
    };
    assert_eq!(ended["outcome"], "blocked");
    worker.signal("-INT");
    worker.ends();
    let report = sandbox.tau(&["show", &run, "--json"]).ends(0).json();
    assert_eq!(report["blocked"]["code"], "worker-gave-up");
    let message = report["blocked"]["message"].as_str().unwrap();
    assert!(message.contains("tried it 5 times"), "{message}");
    assert_eq!(kinds(&sandbox, &run, ["resumed"]), [5]);
}

#[test]
fn a_run_whose_owner_is_silent_is_shown_as_stuck_and_left_to_a_person() {
    let sandbox = sandbox();
    let run = detach(&sandbox, "gated.tau");
    while kinds(&sandbox, &run, ["step_started"]) != [2] {
        thread::yield_now();
    }
    let process = owner(&sandbox, &run);
    kill(process, "-STOP");
    // As if nothing had been heard of it since the machine was started.
    let lease = sandbox.state().join("runs").join(&run).join("lease.2");
    let mut signed: Value = serde_json::from_str(&fs::read_to_string(&lease).unwrap()).unwrap();
    signed["beat"] = format!("{:020}", 0).into();
    fs::write(&lease, format!("{signed}\n")).unwrap();

    let shown = sandbox.tau(&["status"]).ends(3).out;
    assert!(shown.contains("control_plane.runs.stuck=1\n"), "{shown}");
    let look = format!(
        "run.{run}.outcome=stale\nrun.{run}.silent={process}\nrun.{run}.next=tau recover {run}\n"
    );
    assert!(shown.contains(&look), "{shown}");
    let done = sandbox.tau(&["worker", "--drain", "--json"]).ends(0).json();
    assert_eq!(done["ended"], serde_json::json!({}));

    let mut recover = sandbox.command(&["recover", &run]);
    let recovering = recover.stdout(Stdio::null()).stderr(Stdio::null());
    let mut recovering = recovering.spawn().unwrap();
    while kinds(&sandbox, &run, ["resumed"]) != [2] {
        thread::yield_now();
    }
    open(&sandbox);
    assert!(recovering.wait().unwrap().success());
    assert_eq!(outcome(&sandbox, &run), "succeeded");
    // It wakes, finds out, and ends without a word.
    kill(process, "-CONT");
    let there = || fs::read_to_string(format!("/proc/{process}/stat"));
    while there().is_ok_and(|stat| !stat.contains(") Z ")) {
        thread::yield_now();
    }
    assert_eq!(kinds(&sandbox, &run, ["resumed", "ended"]), [2, 1]);
}

#[test]
fn workers_that_are_killed_all_the_time_lose_nothing_and_do_nothing_twice() {
    const RUNS: usize = 30;
    let sandbox = sandbox();
    let mut busy = Worker::start(&sandbox, &[]);
    detach(&sandbox, "gated.tau");
    busy.until("took");
    let runs: Vec<String> = (0..RUNS).map(|_| detach(&sandbox, "counted.tau")).collect();
    busy.kill();
    for _ in 0..8 {
        let mut worker = Worker::start(&sandbox, &["-j", "2"]);
        worker.until("ended");
        worker.until("took");
        worker.kill();
    }
    sandbox.tau(&["worker", "--drain", "-j", "2"]).ends(0);
    for run in &runs {
        // What a killed worker had started may still be on its way.
        sandbox.tau(&["logs", run, "-f"]).ends(0);
        assert_eq!(kinds(&sandbox, run, KINDS), [1, 1, 1], "{run}");
    }
    assert_eq!(counted(&sandbox), RUNS);
    open(&sandbox);
}

#[test]
fn an_answered_run_is_gone_on_with() {
    let sandbox = sandbox();
    sandbox.write(
        "ask.tau",
        "mission ask {\n  step which = human.ask(\"which?\")\n}\n",
    );
    sandbox.commit("ask");
    let run = {
        let report = sandbox
            .tau(&["apply", "ask.tau", "--yes", "--box", "none", "--json"])
            .ends(6);
        report.json()["run"].as_str().unwrap().to_owned()
    };
    let done = sandbox.tau(&["worker", "--drain", "--json"]).ends(0).json();
    assert_eq!(done["ended"], serde_json::json!({}), "nobody has answered");
    sandbox.tau(&["approve", &run, "--answer", "this"]).ends(0);
    let done = sandbox.tau(&["worker", "--drain", "--json"]).ends(0).json();
    assert_eq!(done["ended"]["succeeded"], 1, "{done}");
    assert_eq!(outcome(&sandbox, &run), "succeeded");
}

#[test]
fn a_run_to_which_an_event_is_sent_is_gone_on_with() {
    let sandbox = sandbox();
    let mission = "mission late {\n  step go = event.wait(\"go\")\n}\n";
    sandbox.write("late.tau", mission);
    let mut worker = Worker::start(&sandbox, &[]);
    let run = detach(&sandbox, "late.tau");
    assert_eq!(worker.until("ended")["outcome"], "waiting");
    sandbox.tau(&["send", &run, "other"]).ends(0);
    assert_eq!(listed(&sandbox, &[])[0].1, "waiting");
    sandbox.tau(&["send", &run, "go"]).ends(0);
    assert_eq!(worker.until("took")["run"], run.as_str());
    assert_eq!(worker.until("ended")["outcome"], "succeeded");
    assert_eq!(kinds(&sandbox, &run, ["resumed"]), [2]);
}

#[test]
fn several_workers_run_what_several_repositories_have_queued_once_each() {
    const RUNS: usize = 50;
    let (here, there) = (sandbox(), sandbox());
    // It is there, so all is left to it, and has no place.
    let mut busy = Worker::start(&here, &[]);
    let gated = detach(&here, "gated.tau");
    busy.until("took");
    let home = here.state();
    let submit = |sandbox: &Sandbox| -> Vec<String> {
        let submit = |_| {
            let arguments = [
                "apply",
                "counted.tau",
                "--yes",
                "--box",
                "none",
                "--detach",
                "--json",
            ];
            let mut command = sandbox.command(&arguments);
            let output = command.env("TAU_HOME", &home).output().unwrap();
            assert_eq!(output.status.code(), Some(6));
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            report["run"].as_str().unwrap().to_owned()
        };
        (0..RUNS).map(submit).collect()
    };
    let mut runs: Vec<String> = thread::scope(|scope| {
        let all = [
            scope.spawn(|| submit(&here)),
            scope.spawn(|| submit(&there)),
        ];
        all.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(
        listed(&here, &["--all", "--outcome", "queued"]).len(),
        2 * RUNS
    );
    let drained: u64 = thread::scope(|scope| {
        let drain = || {
            let done = here.tau(&["worker", "--drain", "--json"]).ends(0).json();
            assert_eq!(texts_of(&done["going_on"]), [""; 0]);
            done["ended"]["succeeded"].as_u64().unwrap_or(0)
        };
        let workers: Vec<_> = (0..10).map(|_| scope.spawn(drain)).collect();
        workers.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(usize::try_from(drained).unwrap(), 2 * RUNS);
    for run in &runs {
        assert_eq!(
            kinds(&here, run, KINDS),
            [1, 1, 1],
            "{}",
            journal(&home, run)
        );
    }
    // With the environment of the workers, and each in its own repository.
    assert_eq!((counted(&here), counted(&there)), (2 * RUNS, 0));
    let mut listing = there.command(&["runs", "--limit", "1000", "--json"]);
    let output = listing.env("TAU_HOME", &home).output().unwrap();
    let there_are: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(there_are["runs"].as_array().unwrap().len(), RUNS);
    open(&here);
    busy.until("ended");
    busy.kill();
    runs.push(gated);
    assert_eq!(
        listed(&here, &["--all", "--outcome", "succeeded"]).len(),
        runs.len()
    );
    assert_eq!(listed(&there, &[]).len(), 0, "it has a home of its own");
}

fn texts_of(value: &serde_json::Value) -> Vec<&str> {
    let all = value.as_array().unwrap().iter();
    all.map(|it| it.as_str().unwrap()).collect()
}
