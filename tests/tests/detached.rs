//! Runs that go on by themselves, and runs whose tau is lost.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use serde_json::{Value, json};
use tau_tests::{Sandbox, step, texts};

/// Its command waits at a FIFO until somebody writes to it.
const WAITING: &str = r#"mission waiting {
  authority {
    read  "**"
    write "out.md"
    run   "./wait.sh"
  }

  step first = fs.write("out.md", text: "one")
  step wait  = process.run("./wait.sh") after first

  output said = wait.output
}
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::repository(&[("a.md", "a\n")]);
    sandbox.write("m.tau", WAITING);
    sandbox.write_script("wait.sh", "#!/bin/sh\ncat \"$HOME/gate\"\n");
    sandbox.commit("mission");
    let made = sandbox.program("mkfifo").arg(gate(&sandbox)).status();
    assert!(made.unwrap().success());
    sandbox
}

fn gate(sandbox: &Sandbox) -> PathBuf {
    sandbox.outside().join("home/gate")
}

/// Lets the command go on as soon as it is there.
fn open(sandbox: &Sandbox) -> JoinHandle<()> {
    let gate = gate(sandbox);
    std::thread::spawn(move || fs::write(gate, "gone on").unwrap())
}

/// Lets every command go on from now on: also the one that an owner before had started may take
/// what is written, until it is killed.
fn keep_open(sandbox: &Sandbox) {
    let gate = gate(sandbox);
    std::thread::spawn(move || {
        while let Ok(mut file) = fs::File::options().write(true).open(&gate) {
            // Whoever reads may be killed meanwhile; the next one comes.
            let _ = file.write_all(b"gone on");
        }
    });
}

/// Waits until it holds.
fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        std::thread::yield_now();
    }
}

fn detach(sandbox: &Sandbox) -> Value {
    let arguments = [
        "apply", "m.tau", "--yes", "--box", "none", "--detach", "--json",
    ];
    sandbox.tau(&arguments).ends(6).json()
}

fn show(sandbox: &Sandbox) -> Value {
    sandbox.tau(&["show", "@", "--json"]).ends(0).json()
}

/// Waits until nobody runs the run any more.
fn until_it_ends(sandbox: &Sandbox) -> Value {
    sandbox.tau(&["logs", "@", "-f"]).ends(0);
    show(sandbox)
}

/// Kills whoever runs the run.
fn kill_owner(sandbox: &Sandbox, report: &Value) {
    signal_owner(sandbox, report, "-KILL");
}

/// The file of a run's lease.
fn lease(sandbox: &Sandbox, run: &str) -> PathBuf {
    let folder = sandbox.state().join("runs").join(run);
    let mut files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("lease.")
        })
        .unwrap()
}

/// Sends a signal to whoever runs the run, and gives the number of its process.
fn signal_owner(sandbox: &Sandbox, report: &Value, name: &str) -> String {
    let run = report["run"].as_str().unwrap();
    let signed = fs::read_to_string(lease(sandbox, run)).unwrap();
    let signed: Value = serde_json::from_str(&signed).unwrap();
    let process = signed["process"].to_string();
    signal(&process, name);
    process
}

fn signal(process: &str, name: &str) {
    let sent = Command::new("kill").args([name, process]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn a_run_goes_on_by_itself() {
    let sandbox = sandbox();
    let report = detach(&sandbox);
    assert_eq!(report["outcome"], "running");
    let opened = open(&sandbox);
    let ended = until_it_ends(&sandbox);
    opened.join().unwrap();
    assert_eq!(ended["run"], report["run"]);
    assert_eq!(ended["outcome"], "succeeded");
    assert_eq!(ended["outputs"]["said"], "gone on");
}

#[test]
fn a_run_that_goes_on_by_itself_is_told_to_end() {
    let sandbox = sandbox();
    detach(&sandbox);
    sandbox.tau(&["resume", "@"]).ends(3);
    sandbox.tau(&["cancel", "@"]).ends(0);
    assert_eq!(show(&sandbox)["outcome"], "cancelled");
}

#[test]
fn what_would_block_is_not_left_to_another() {
    let sandbox = sandbox();
    sandbox.write("m.tau", WAITING.replace("    write \"out.md\"\n", ""));
    let arguments = [
        "apply", "m.tau", "--yes", "--box", "none", "--detach", "--json",
    ];
    let report = sandbox.tau(&arguments).ends(3).json();
    assert_eq!(report["outcome"], "blocked");
}

#[test]
fn what_is_left_to_another_goes_on_with_its_file_as_it_is_now() {
    let sandbox = sandbox();
    sandbox.write("m.tau", WAITING.replace("    write \"out.md\"\n", ""));
    sandbox
        .tau(&["apply", "m.tau", "--yes", "--box", "none"])
        .ends(3);
    sandbox.write("m.tau", "mission waiting {");
    let done = sandbox.tau(&["resume", "@", "--detach"]).ends(2);
    assert!(done.err.contains("m.tau"), "{}", done.err);
    sandbox.write("m.tau", WAITING);
    sandbox.tau(&["resume", "@", "--detach"]).ends(6);
    let opened = open(&sandbox);
    let ended = until_it_ends(&sandbox);
    opened.join().unwrap();
    assert_eq!(ended["outcome"], "succeeded");
}

#[test]
fn a_run_whose_owner_is_killed_instead_of_ending_it_is_cancelled() {
    let sandbox = sandbox();
    let report = detach(&sandbox);
    // Its owner hears nothing.
    signal_owner(&sandbox, &report, "-STOP");
    let mut cancel = sandbox.command(&["cancel", "@"]);
    let mut cancelling = cancel.stderr(Stdio::piped()).spawn().unwrap();
    let mut told = String::new();
    let mut says = BufReader::new(cancelling.stderr.take().unwrap());
    says.read_line(&mut told).unwrap();
    assert!(told.contains("told to end"), "{told}");
    signal_owner(&sandbox, &report, "-KILL");
    assert!(cancelling.wait().unwrap().success());
    assert_eq!(show(&sandbox)["outcome"], "cancelled");
}

#[test]
fn a_lost_run_is_recovered() {
    let sandbox = sandbox();
    let report = detach(&sandbox);
    kill_owner(&sandbox, &report);
    let lost = until_it_ends(&sandbox);
    assert_eq!(lost["outcome"], "stale");
    keep_open(&sandbox);
    // The file has changed since, which is nothing to a run that was recorded.
    sandbox.write("m.tau", "mission other {\n}\n");
    let recovered = sandbox.tau(&["recover", "--json"]).ends(0).json();
    assert_eq!(recovered["schema"], "tau.recover/1");
    let [recovered] = recovered["runs"].as_array().unwrap().as_slice() else {
        panic!("{recovered}");
    };
    assert_eq!(recovered["run"], report["run"]);
    assert_eq!(recovered["outcome"], "succeeded");
    assert_eq!(step(recovered, "first")["attempts"], 1);
    let done = sandbox.tau(&["recover"]).ends(0);
    assert!(
        done.err.contains("no run is to be gone on with"),
        "{}",
        done.err
    );
    let done = sandbox.tau(&["recover", "@"]).ends(2);
    assert!(done.err.contains("is succeeded"), "{}", done.err);
}

#[test]
fn several_lost_runs_are_one_document_and_the_worst_end_counts() {
    let sandbox = sandbox();
    let also = |line: &str| {
        let granted = WAITING.replace("wait.sh\"\n  }", "wait.sh\", \"false\"\n  }");
        granted.replace(
            " after first\n",
            &format!(" after first\n  {line} after wait\n"),
        )
    };
    for line in [
        "step no = process.run(\"false\")",
        "step which = human.ask(\"which?\")",
    ] {
        sandbox.write("m.tau", also(line));
        let report = detach(&sandbox);
        kill_owner(&sandbox, &report);
        until_it_ends(&sandbox);
    }
    fs::remove_file(gate(&sandbox)).unwrap();
    fs::write(gate(&sandbox), "gone on").unwrap();
    let recovered = sandbox.tau(&["recover", "--json"]).ends(1).json();
    assert_eq!(recovered["schema"], "tau.recover/1");
    assert_eq!(
        texts(&recovered["runs"], "outcome"),
        ["failed", "waiting"],
        "the oldest first"
    );
    assert_eq!(recovered["lost"], json!([]));
    let nothing = sandbox.tau(&["recover", "--json"]).ends(0).json();
    assert_eq!(nothing["runs"], json!([]));
}

#[test]
fn a_lost_run_goes_on_by_itself_again() {
    let sandbox = sandbox();
    let report = detach(&sandbox);
    kill_owner(&sandbox, &report);
    until_it_ends(&sandbox);
    sandbox.tau(&["resume", "@", "--detach"]).ends(6);
    let opened = open(&sandbox);
    let ended = until_it_ends(&sandbox);
    opened.join().unwrap();
    assert_eq!(ended["outcome"], "succeeded");
}

/// Makes whoever runs the run one that has not been heard of since the machine was started.
fn age(sandbox: &Sandbox, report: &Value) {
    let lease = lease(sandbox, report["run"].as_str().unwrap());
    let mut signed: Value = serde_json::from_str(&fs::read_to_string(&lease).unwrap()).unwrap();
    signed["beat"] = "0".repeat(20).into();
    fs::write(lease, signed.to_string()).unwrap();
}

#[test]
fn an_owner_that_slept_longer_than_its_lease_writes_nothing_more() {
    let sandbox = sandbox();
    let report = detach(&sandbox);
    let sleeper = signal_owner(&sandbox, &report, "-STOP");
    // It is there, and was heard of a moment ago.
    let refused = sandbox.tau(&["resume", "@"]).ends(3);
    assert!(
        refused.err.contains("run by another process"),
        "{refused:?}"
    );
    age(&sandbox, &report);
    assert_eq!(show(&sandbox)["outcome"], "stale");
    keep_open(&sandbox);
    let recovered = sandbox.tau(&["recover", "@", "--json"]).ends(0).json();
    assert_eq!(recovered["runs"][0]["outcome"], "succeeded");
    let folder = sandbox
        .state()
        .join("runs")
        .join(report["run"].as_str().unwrap());
    let journal = fs::read(folder.join("journal.jsonl")).unwrap();

    signal(&sleeper, "-CONT");
    let log = folder.join("worker.log");
    until(|| {
        fs::read_to_string(&log)
            .unwrap()
            .contains("has taken this run over")
    });
    until(|| !Path::new("/proc").join(&sleeper).exists());
    assert_eq!(show(&sandbox)["outcome"], "succeeded");
    // What it wrote before it asked does not count.
    let after = fs::read(folder.join("journal.jsonl")).unwrap();
    assert!(after.starts_with(&journal));
}

#[test]
fn a_run_whose_owner_sleeps_can_be_cancelled() {
    let sandbox = sandbox();
    let report = detach(&sandbox);
    let sleeper = signal_owner(&sandbox, &report, "-STOP");
    age(&sandbox, &report);
    let _ = sandbox.tau(&["cancel", "@"]).ends(0);
    assert_eq!(show(&sandbox)["outcome"], "cancelled");
    // It finds that out when it wakes, and is gone.
    signal(&sleeper, "-CONT");
    until(|| !Path::new("/proc").join(&sleeper).exists());
    assert_eq!(show(&sandbox)["outcome"], "cancelled");
}
