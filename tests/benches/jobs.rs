//! How fast ten workers run what is queued, and how fast many runs are listed, beside what the
//! machine itself takes to start a program.
//!
//! `cargo build --release -p tau && cargo bench -p tau-tests --bench jobs`; with `RUNS=1000` for
//! fewer runs than 10,000.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends with the error's own words"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tau_tests::Sandbox;

const WORKERS: usize = 10;

/// Waits at a FIFO, so that the only worker that is there has no place for more.
const GATED: &str = "mission gated {
  authority {
    read \"**\"
    run  \"./wait.sh\"
  }
  step wait = process.run(\"./wait.sh\")
}
";

const ONE: &str = "mission one {\n  step s = time.sleep(for: 0s)\n}\n";

fn main() {
    // `cargo test --all-targets` starts this too, without asking for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runs: usize = std::env::var("RUNS").map_or(10_000, |it| it.parse().unwrap());
    let sandbox = Sandbox::repository(&[("gated.tau", GATED), ("one.tau", ONE)]);
    sandbox.write_script("wait.sh", "#!/bin/sh\ncat \"$HOME/gate\"\n");
    sandbox.commit("missions");
    let gate = sandbox.outside().join("home/gate");
    assert!(
        sandbox
            .program("mkfifo")
            .arg(&gate)
            .status()
            .unwrap()
            .success()
    );

    let spawn = median(|| {
        sandbox.program("true").output().unwrap();
    });
    let alone = median(|| {
        let _ = sandbox.tau(&["apply", "one.tau", "--yes", "-q"]).ends(0);
    });
    println!("{:<44} {:>10}", "start of `true`", shown(spawn));
    println!("{:<44} {:>10}", "`tau apply`, one step", shown(alone));

    let mut busy = sandbox.command(&["worker", "--json-stream", "-q"]);
    let mut busy = busy.stdout(Stdio::piped()).spawn().unwrap();
    let mut says = BufReader::new(busy.stdout.take().unwrap()).lines();
    says.next().unwrap().unwrap();
    detach(&sandbox, "gated.tau");
    says.next().unwrap().unwrap();

    let each = |what: &str, took: Duration, count: usize| {
        let one = took.as_secs_f64() / count as f64;
        println!(
            "{what:<44} {:>10}  {:>8.0} a second  {:>6.1} starts each",
            shown(took),
            1.0 / one,
            one / spawn.as_secs_f64(),
        );
    };
    let began = Instant::now();
    thread::scope(|scope| {
        for half in [runs / 2, runs - runs / 2] {
            let sandbox = &sandbox;
            scope.spawn(move || (0..half).for_each(|_| detach(sandbox, "one.tau")));
        }
    });
    each(&format!("{runs} runs queued"), began.elapsed(), runs);
    for arguments in [
        &["runs"][..],
        &["runs", "--outcome", "queued", "--limit", "1000000"],
        &["runs", "--outcome", "failed"],
        &["show", "@"],
        &["status"],
    ] {
        let command = || Command::new(tau_tests::tau_program());
        let took = median(|| {
            let output = command()
                .args(arguments)
                .current_dir(sandbox.path())
                .env("TAU_HOME", sandbox.state())
                .output()
                .unwrap();
            assert!(output.stderr.len() < 200, "{output:?}");
        });
        println!(
            "{:<44} {:>10}",
            format!("`tau {}`", arguments.join(" ")),
            shown(took)
        );
    }

    let began = Instant::now();
    let drained: u64 = thread::scope(|scope| {
        let drain = || {
            let done = sandbox
                .tau(&["worker", "--drain", "--json", "-q"])
                .ends(0)
                .json();
            done["ended"]["succeeded"].as_u64().unwrap_or(0)
        };
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(drain)).collect();
        workers.into_iter().map(|it| it.join().unwrap()).sum()
    });
    each(
        &format!("{runs} runs by {WORKERS} workers"),
        began.elapsed(),
        runs,
    );
    assert_eq!(drained, runs as u64, "each once, and none lost");
    let mut once = 0;
    for run in fs::read_dir(sandbox.state().join("runs")).unwrap() {
        let journal = fs::read_to_string(run.unwrap().path().join("journal.jsonl")).unwrap();
        let count = |kind: &str| journal.matches(&format!("\"kind\":\"{kind}\"")).count();
        once += usize::from(count("resumed") == 1 && count("ended") == 1);
    }
    assert_eq!(once, runs, "each once, and none lost");
    fs::write(gate, "").unwrap();
    busy.kill().unwrap();
    busy.wait().unwrap();
}

fn detach(sandbox: &Sandbox, file: &str) {
    let _ = sandbox
        .tau(&["apply", file, "--yes", "--detach", "-q"])
        .ends(6);
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut all: Vec<Duration> = (0..5)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed()
        })
        .collect();
    all.sort();
    all[2]
}

fn shown(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 0.001 => format!("{:.0} µs", seconds * 1e6),
        seconds if seconds < 1.0 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{seconds:.1} s"),
    }
}
