//! What a proof costs, as a multiple of what its verifier takes by itself, part by part.
//!
//! `cargo build --release -p tau && cargo bench -p tau-tests --bench proof`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends with the error's own words"
)]

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::Value;
use tau_tests::Sandbox;

/// How often each is measured; the fastest counts, since all that disturbs makes it slower.
const TIMES: usize = 5;

fn main() {
    // `cargo test --all-targets` starts this too, without asking for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!(
        "{:<34} {:>9} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7} {:>6}",
        "", "verifier", "red", "check", "green", "back", "idle", "rest", "all", "starts"
    );
    let short = "true";
    let long = "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done";
    for (what, work, files, runs) in [
        ("a look, 1 file", short, 1, 1),
        ("0.5 s, 1 file", long, 1, 1),
        ("0.5 s, 4 files", long, 4, 1),
        ("0.5 s, 1 file, `runs 2`", long, 1, 2),
        ("0.5 s, 4 files, `runs 2`", long, 4, 2),
    ] {
        Case { work, files, runs }.measure(what);
    }
}

/// A verifier, and a change of some files.
struct Case<'a> {
    /// What the verifier does before it looks, in the shell's words.
    work: &'a str,
    files: usize,
    runs: usize,
}

/// What the parts of one proof took, in seconds.
#[derive(Clone, Copy, Default)]
struct Parts {
    red: f64,
    check: f64,
    /// GREEN once more.
    green: f64,
    /// RED again.
    back: f64,
    /// The change of one file at a time taken back.
    idle: f64,
    /// All else of the run, from the start of the program to its exit.
    rest: f64,
    all: f64,
}

impl Case<'_> {
    fn measure(&self, what: &str) {
        let sandbox = self.sandbox();
        let alone = (0..TIMES).map(|_| {
            let began = Instant::now();
            let mut check = sandbox.program("./check.sh");
            assert!(!check.status().unwrap().success());
            began.elapsed().as_secs_f64()
        });
        let alone = alone.min_by(f64::total_cmp).unwrap();
        let proofs = (0..TIMES).map(|_| self.prove(&sandbox));
        let best = proofs.min_by(|a, b| a.all.total_cmp(&b.all)).unwrap();
        let times = |seconds: f64| format!("{:.2}", seconds / alone);
        println!(
            "{what:<34} {:>6.0} ms {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7} {:>6}",
            alone * 1000.0,
            times(best.red),
            times(best.check),
            times(best.green),
            times(best.back),
            times(best.idle),
            times(best.rest),
            times(best.all),
            self.starts(),
        );
    }

    /// How often the verifier is started: on the base and on the candidate twice each, and once for
    /// each of several files.
    fn starts(&self) -> usize {
        let idle = if self.files > 1 { self.files } else { 0 };
        4 * self.runs + idle
    }

    fn sandbox(&self) -> Sandbox {
        let mut check = format!("#!/bin/sh\n{}\n", self.work);
        let mut steps = String::new();
        let mut files: Vec<(String, String)> = Vec::new();
        for number in 0..self.files {
            let name = format!("src/{number}.txt");
            writeln!(check, "grep -q fixed {name} || exit 1").unwrap();
            writeln!(
                steps,
                "  step edit_{number} = fs.write(\"{name}\", text: \"fixed\")"
            )
            .unwrap();
            files.push((name, "broken\n".to_owned()));
        }
        let mission = format!(
            r#"mission fix {{
  authority {{
    read  "**"
    write "src/**"
    run   "./check.sh"
    git   commit on "tau/*"
  }}
  verifier tests {{
    run     "./check.sh"
    protect "tests/**"
    runs    {}
  }}
  step red    = verify.red(tests)
{steps}  step green  = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "mend it")
  output commit = commit.sha
}}
"#,
            self.runs
        );
        let sandbox = Sandbox::new();
        sandbox.git(&["init", "--quiet"]);
        for (name, text) in &files {
            sandbox.write(name, text);
        }
        sandbox.write("fix.tau", mission);
        sandbox.write_script("check.sh", &check);
        sandbox.commit("first");
        sandbox
    }

    fn prove(&self, sandbox: &Sandbox) -> Parts {
        let began = Instant::now();
        let done = sandbox.tau(&["apply", "fix.tau", "--yes", "--json"]);
        let all = began.elapsed().as_secs_f64();
        let result = done.ends(0).json();
        let step = |name: &str| -> Value {
            let steps = result["steps"].as_array().unwrap();
            steps.iter().find(|it| it["name"] == name).unwrap().clone()
        };
        let seconds = |value: &Value| value["seconds"].as_f64().unwrap();
        let (red, check, proof) = (step("red"), step("green"), step("proof"));
        let (green, back) = (&proof["result"]["green"], &proof["result"]["taken_back"]);
        let inner = seconds(green) + seconds(back);
        let parts = Parts {
            red: seconds(&red),
            check: seconds(&check),
            green: seconds(green),
            back: seconds(back),
            idle: seconds(&proof) - inner,
            rest: 0.0,
            all,
        };
        let rest = all - parts.red - parts.check - seconds(&proof);
        Parts { rest, ..parts }
    }
}
