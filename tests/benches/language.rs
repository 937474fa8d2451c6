//! How much processor time and memory the built `tau` takes to check and format files.
//!
//! `cargo build --release -p tau && cargo bench -p tau-tests --bench language`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends with the error's own words"
)]

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use tau_tests::{Sandbox, tau_program};

/// How many files the tree has.
const FILES: usize = 1500;
/// How many missions the large file has: in YAML, nearly as much as a file may have.
const LARGE: usize = 1300;
/// How often each is measured; the median counts.
const TIMES: usize = 5;

fn main() {
    // `cargo test --all-targets` starts this too, without asking for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let sandbox = Sandbox::new();
    let mut bytes = 0;
    for number in 0..FILES {
        let text = mission(number);
        bytes += text.len();
        sandbox.write(&format!("tau/{}/m{number}.tau", number / 100), &text);
    }
    sandbox.write("one.tau", mission(1));
    let convert = |from: &str, to: &str| {
        let done = sandbox.tau(&["convert", from, "--to", "yaml"]).ends(0);
        sandbox.write(to, done.out);
    };
    convert("one.tau", "one.yaml");
    for number in 0..FILES {
        let folder = number / 100;
        convert(
            &format!("tau/{folder}/m{number}.tau"),
            &format!("yaml/{folder}/m{number}.yaml"),
        );
    }
    println!(
        "{FILES} files of {} bytes in the tau spelling",
        bytes / FILES
    );
    for spelling in ["tau", "yaml"] {
        let used = measure(&sandbox, &["lint", spelling], 1);
        println!(
            "tau lint, {spelling:<5} {:>6.0} files a second of CPU, {:>5.1} MB at most",
            FILES as f64 / used.cpu,
            used.megabytes
        );
        let one = measure(&sandbox, &["lint", &format!("one.{spelling}")], 100);
        println!(
            "one file, {spelling:<5} {:>6.2} ms of CPU",
            one.cpu * 1000.0
        );
        let large = format!("large.{spelling}");
        sandbox.write("large.tau", (0..LARGE).map(mission).collect::<String>());
        if spelling == "yaml" {
            convert("large.tau", &large);
        }
        sandbox.tau(&["fmt", &large]).ends(0);
        let size = fs::metadata(sandbox.path().join(&large)).unwrap().len() as f64;
        let used = measure(&sandbox, &["fmt", "--check", &large], 1);
        println!(
            "tau fmt, {spelling:<5} {:>6.1} MB a second of CPU, a file of {:.1} MB, {:>5.1} MB at most",
            size / 1e6 / used.cpu,
            size / 1e6,
            used.megabytes
        );
    }
    growth(&sandbox);
}

/// What each shape takes for twice as many steps, beside half of them: 2 is linear.
fn growth(sandbox: &Sandbox) {
    println!(
        "{:<28} {:>9} {:>9}   for each command at 20,000 steps",
        "ms of CPU", "10,000", "20,000"
    );
    for (name, line) in SHAPES {
        for command in ["lint", "fmt", "plan"] {
            let [half, all] = [10_000, 20_000].map(|steps| {
                sandbox.write("steps.tau", steps_of(steps, *line));
                sandbox.tau(&["fmt", "steps.tau"]).ends(0);
                let arguments: &[&str] = match command {
                    "fmt" => &["fmt", "--check", "steps.tau"],
                    command => &[command, "steps.tau"],
                };
                measure(sandbox, arguments, 1).cpu * 1000.0
            });
            println!(
                "{name:<22} {command:<5} {half:>9.0} {all:>9.0}   {:.2} times",
                all / half
            );
        }
    }
}

/// A line of a mission, by its number.
type Line = fn(usize) -> String;

const SHAPES: &[(&str, Line)] = &[
    ("reads of \"**\"", |_| "fs.glob(\"**\")".to_owned()),
    ("writes of their own", |n| {
        format!("fs.write(\"out/f{n}\", text: \"x\")")
    }),
    ("a chain of `after`", |n| match n {
        0 => "fs.glob(\"a\")".to_owned(),
        n => format!("fs.glob(\"a\") after s{}", n - 1),
    }),
    ("a chain of results", |n| match n {
        0 => "fs.glob(\"a\")".to_owned(),
        n => format!("fs.glob(\"a\") when (s{} or []) | length > 0", n - 1),
    }),
];

fn steps_of(count: usize, line: Line) -> String {
    let mut text =
        "mission m {\n  authority {\n    read \"**\"\n    write \"out/**\"\n  }\n".to_owned();
    for number in 0..count {
        writeln!(text, "  step s{number} = {}", line(number)).unwrap();
    }
    text + "}\n"
}

/// What a run of `tau` took.
struct Used {
    /// Seconds, user and system.
    cpu: f64,
    megabytes: f64,
}

/// The median of several times, each of `runs` runs. GNU time has the system's own account of a
/// process; its hundredths of a second are why a short one runs more than once.
fn measure(sandbox: &Sandbox, arguments: &[&str], runs: usize) -> Used {
    let mut all: Vec<(f64, f64)> = (0..TIMES)
        .map(|_| {
            let script = format!(
                "i=0; while [ $i -lt {runs} ]; do \"$0\" \"$@\" >/dev/null 2>&1 || exit; i=$((i+1)); done"
            );
            let mut command: Command = sandbox.program("/usr/bin/time");
            command
                .args(["-f", "%U %S %M", "sh", "-c", &script])
                .arg(tau_program())
                .args(arguments);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{arguments:?} ends with an error");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let mut figures = said
                .lines()
                .last()
                .unwrap()
                .split(' ')
                .map(|figure| figure.parse::<f64>().unwrap());
            let [user, system, kilobytes] = [(); 3].map(|()| figures.next().unwrap());
            ((user + system) / runs as f64, kilobytes / 1000.0)
        })
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (cpu, megabytes) = all[TIMES / 2];
    Used { cpu, megabytes }
}

/// A mission of the usual size: comments, inputs, authority, a verifier, steps, texts.
fn mission(number: usize) -> String {
    const WORDS: [&str; 10] = [
        "parser", "lexer", "cache", "router", "session", "ledger", "index", "planner", "sampler",
        "mailer",
    ];
    MISSION
        .replace("WORD", WORDS[number % WORDS.len()])
        .replace("NUMBER", &number.to_string())
}

const MISSION: &str = include_str!("mission.tau.txt");
