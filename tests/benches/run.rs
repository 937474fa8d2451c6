//! How long the built `tau` takes from its start to its end, beside what the machine itself takes
//! to start a program and to wait for its disk.
//!
//! `cargo build --release -p tau && cargo bench -p tau-tests`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends with the error's own words"
)]

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, Instant};

use tau_tests::Sandbox;

/// How often each is measured; the median counts.
const TIMES: usize = 5;
const STEPS: usize = 1000;

fn main() {
    // `cargo test --all-targets` starts this too, without asking for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let sandbox = Sandbox::repository(&[("a.txt", "a\n")]);
    let spawn = median(|| {
        sandbox.program("true").output().unwrap();
    });
    let sync = {
        let mut file = File::create(sandbox.outside().join("synced")).unwrap();
        median(|| {
            file.write_all(&[b'x'; 300]).unwrap();
            file.sync_data().unwrap();
        })
    };
    println!("{:<36} {:>10}", "start of `true`", shown(spawn));
    println!("{:<36} {:>10}", "300 bytes and fdatasync", shown(sync));

    let line = |name: &str, took: Duration, steps: usize| {
        let each = took / u32::try_from(steps).unwrap();
        println!(
            "{name:<36} {:>10}  {:>10} a step  {:>8.1} starts  {:>8.1} syncs",
            shown(took),
            shown(each),
            took.as_secs_f64() / spawn.as_secs_f64(),
            took.as_secs_f64() / sync.as_secs_f64(),
        );
    };
    let nothing = mission("", 1, "");
    line("`tau plan`, 1 step", plan(&sandbox, &nothing), 1);
    let many = mission("step s = fs.read(\"a.txt\")", 100, "after");
    line("`tau plan`, 100 steps", plan(&sandbox, &many), 100);
    line("`tau apply`, 1 no-op step", apply(&sandbox, &nothing), 1);
    for (what, step) in [
        ("let", "let s = "),
        ("fs.read", "step s = fs.read(\"a.txt\")"),
        ("fs.write", "step s = fs.write(\"out/s\", \"x\")"),
    ] {
        let independent = mission(step, STEPS, "");
        line(
            &format!("{STEPS} {what}, independent"),
            apply(&sandbox, &independent),
            STEPS,
        );
        let sequential = mission(step, STEPS, "after");
        line(
            &format!("{STEPS} {what}, one after the other"),
            apply(&sandbox, &sequential),
            STEPS,
        );
    }
}

/// A mission with one step that does nothing, or with `steps` of `step`, each of its own name and
/// `order`ed behind the one before or not.
fn mission(step: &str, steps: usize, order: &str) -> String {
    let mut text =
        "mission m {\n  authority {\n    read \"**\"\n    write \"out/**\"\n  }\n".to_owned();
    if step.is_empty() {
        text.push_str("  step s = time.sleep(for: 0s)\n");
    } else {
        for number in 0..steps {
            text.push_str("  ");
            text.push_str(
                &step
                    .replace(" s ", &format!(" s{number} "))
                    .replace("out/s", &format!("out/s{number}")),
            );
            match (step.starts_with("let"), order, number) {
                (true, "", _) | (true, _, 0) => text.push('1'),
                (true, ..) => write!(text, "s{} + 1", number - 1).unwrap(),
                (false, "", _) | (false, _, 0) => {}
                (false, order, _) => write!(text, " {order} s{}", number - 1).unwrap(),
            }
            text.push('\n');
        }
    }
    text + "}\n"
}

fn apply(sandbox: &Sandbox, mission: &str) -> Duration {
    tau(sandbox, mission, &["apply", "m.tau", "--yes", "-q"])
}

fn plan(sandbox: &Sandbox, mission: &str) -> Duration {
    tau(sandbox, mission, &["plan", "m.tau", "-q"])
}

fn tau(sandbox: &Sandbox, mission: &str, arguments: &[&str]) -> Duration {
    sandbox.write("m.tau", mission);
    median(|| {
        let _ = sandbox.tau(arguments).ends(0);
    })
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut all: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed()
        })
        .collect();
    all.sort();
    all[TIMES / 2]
}

fn shown(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        0.0..1000.0 => format!("{micros:.0} µs"),
        _ => format!("{:.1} ms", micros / 1000.0),
    }
}
