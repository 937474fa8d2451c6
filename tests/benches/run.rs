//! What running costs, beside what the machine itself takes to start a program and to wait for its
//! disk, measured in the same run. Each line has its target and whether it is met.
//!
//! `cargo build --release -p tau && cargo bench -p tau-tests --bench run`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends with the error's own words"
)]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tau_tests::Sandbox;

/// How often each is measured; the fastest counts, since all that disturbs makes it slower.
const TIMES: usize = 5;
const STEPS: usize = 1000;

fn main() {
    // `cargo test --all-targets` starts this too, without asking for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let bench = Bench::new();
    println!("{:<62} {}", "start of `true`", shown(bench.spawn));
    println!(
        "{:<62} {}",
        "700 bytes appended, and fdatasync",
        shown(bench.sync)
    );
    println!(
        "{:<62} {}\n",
        "start of a one-step mission to its exit",
        shown(bench.one)
    );
    bench.durable();
    bench.pure();
    bench.processes();
    bench.ends();
    bench.journal();
    bench.memory();
    bench.growth();
}

/// Where it runs, and the limits of the machine.
struct Bench {
    sandbox: Sandbox,
    spawn: Duration,
    sync: Duration,
    /// `tau apply` of one step.
    one: Duration,
}

impl Bench {
    fn new() -> Bench {
        let sandbox = Sandbox::repository(&[("a.txt", "a\n")]);
        let spawn = fastest(|| {
            for _ in 0..100 {
                let mut command = sandbox.program("true");
                command.stdout(Stdio::null()).process_group(0);
                command.status().unwrap();
            }
        }) / 100;
        let sync = fastest(|| raw_syncs(&sandbox)) / 1000;
        let mut bench = Bench {
            sandbox,
            spawn,
            sync,
            one: Duration::ZERO,
        };
        bench.write(&mission("step s = fs.read(\"a.txt\")", 1, ""));
        bench.one = fastest(|| bench.apply());
        bench
    }

    fn durable(&self) {
        let write = "step s = fs.write(\"out/s\", \"x\")";
        self.write(&mission(write, STEPS, "after"));
        let took = self.beyond_start(fastest(|| self.apply()));
        let ratio = self.sync.as_secs_f64() / (took.as_secs_f64() / steps(STEPS));
        line(
            "durable steps one after the other, of the raw rate",
            &format!("{ratio:.2} ({} a second)", rate(STEPS, took)),
            "0.50",
            ratio >= 0.5,
        );
        self.flushes("  waits for the disk a step", 1.01, "1");
        self.write(&mission(write, STEPS, ""));
        let timed = Timed::of(|| self.apply());
        let took = self.beyond_start(timed.wall);
        line(
            "durable steps at the same time, a second",
            &timed.rate(STEPS, took),
            "20,000",
            rate(STEPS, took) >= 20_000,
        );
        self.flushes("  waits for the disk a step", 0.1, "0.1");
    }

    fn pure(&self) {
        for (what, order) in [("independent", ""), ("each of the one before", "after")] {
            self.write(&mission("let s = ", STEPS * 10, order));
            // With reading and checking the mission: what is left without is too little to measure.
            let timed = Timed::of(|| self.apply());
            let took = timed.wall;
            line(
                &format!("pure steps ({what}), checked and run, a second"),
                &timed.rate(STEPS * 10, took),
                "200,000",
                rate(STEPS * 10, took) >= 200_000,
            );
        }
        self.write(&mission("step s = fs.read(\"a.txt\")", STEPS * 10, ""));
        let timed = Timed::of(|| self.apply());
        let told = timed.rate(STEPS * 10, timed.wall);
        println!(
            "{:<62} {told}",
            "steps that look, checked and run, a second"
        );
    }

    fn processes(&self) {
        let number = 200;
        self.write(&mission("step s = process.run(\"true\")", number, "after"));
        for (tier, most) in [("none", 300), ("full", 1500)] {
            let arguments = ["apply", "m.tau", "--yes", "-q", "--box", tier];
            let whole = fastest(|| self.tau(&arguments));
            let took = self.beyond_start(whole) / steps32(number);
            // Its record is waited for, as that of every step that may have changed something.
            let above = took.saturating_sub(self.spawn + self.sync);
            line(
                &format!("`process.run(\"true\")` above a start and a wait, box `{tier}`"),
                &shown(above),
                &format!("{most} µs"),
                above <= Duration::from_micros(most),
            );
            if tier == "full" {
                line(
                    &format!("{number} commands in boxes, from start to exit"),
                    &shown(whole),
                    "600 ms",
                    whole <= Duration::from_millis(600),
                );
            }
        }
    }

    fn ends(&self) {
        let most = Duration::from_millis(15);
        self.write(&mission("step s = fs.read(\"a.txt\")", 1, ""));
        line(
            "start to exit of a one-step mission",
            &shown(self.one),
            "15 ms",
            self.one < most,
        );
        let run = self.last_run();
        let again = fastest(|| self.tau(&["resume", &run, "-q"]));
        line(
            "a finished run resumed",
            &shown(again),
            "15 ms",
            again < most,
        );
    }

    /// A long journal of a short mission.
    fn journal(&self) {
        let rounds = 220;
        let text = format!(
            "mission m {{\n  authority {{\n    read \"**\"\n  }}\n  \
             for i in range({rounds}) up to {rounds} {{\n    \
             for j in range({rounds}) up to {rounds} {{\n      \
             step s = fs.read(\"a.txt\")\n    }}\n  }}\n}}\n"
        );
        self.write(&text);
        self.apply();
        let run = self.last_run();
        let journal = self.sandbox.state().join("runs").join(&run);
        let text = fs::read_to_string(journal.join("journal.jsonl")).unwrap();
        let records = text.lines().count();
        let timed = Timed::of(|| self.tau(&["resume", &run, "-q"]));
        let took = timed.wall;
        let most = Duration::from_millis(20) + Duration::from_nanos(1500) * steps32(records);
        line(
            &format!("a run of {records} records resumed"),
            &format!("{}, {} of processors", shown(took), shown(timed.processors)),
            &shown(most),
            took <= most,
        );
    }

    fn memory(&self) {
        let read = "step s = fs.read(\"a.txt\")";
        for (number, most) in [(1, 15), (STEPS, 15), (STEPS * 10, 150)] {
            self.write(&mission(read, number, ""));
            let Some((most_kb, own_kb)) = self.memory_of_apply() else {
                println!("memory is not measured: /proc cannot be read");
                return;
            };
            line(
                &format!("memory at {number} steps"),
                &format!(
                    "{} MB, {} of it not the program's file",
                    most_kb / 1000,
                    own_kb / 1000
                ),
                &format!("{most} MB"),
                most_kb <= most * 1000,
            );
        }
    }

    fn growth(&self) {
        for (what, step, order) in [
            ("independent reads", "step s = fs.read(\"a.txt\")", ""),
            (
                "independent writes",
                "step s = fs.write(\"out/s\", \"x\")",
                "",
            ),
            ("a chain of reads", "step s = fs.read(\"a.txt\")", "after"),
        ] {
            let [small, large] = [5, 10].map(|thousands| {
                self.write(&mission(step, STEPS * thousands, order));
                Timed::of(|| self.apply())
            });
            // Of processors: what others do at the same time changes it least.
            let ratio = large.processors.as_secs_f64() / small.processors.as_secs_f64();
            let wall = large.wall.as_secs_f64() / small.wall.as_secs_f64();
            line(
                &format!("time of processors for 10,000 {what} beside 5,000"),
                &format!("{ratio:.2} ({wall:.2} by the clock)"),
                "2.3",
                ratio <= 2.3,
            );
        }
    }

    fn write(&self, mission: &str) {
        self.sandbox.write("m.tau", mission);
    }

    fn apply(&self) {
        self.tau(&["apply", "m.tau", "--yes", "-q"]);
    }

    fn tau(&self, arguments: &[&str]) {
        let _ = self.sandbox.tau(arguments).ends(0);
    }

    /// The time of many steps without that of the program's start and end.
    fn beyond_start(&self, took: Duration) -> Duration {
        took.saturating_sub(self.one).max(Duration::from_micros(1))
    }

    fn last_run(&self) -> String {
        let runs = fs::read_dir(self.sandbox.state().join("runs")).unwrap();
        let names = runs.map(|run| run.unwrap().file_name().into_string().unwrap());
        names.max().unwrap()
    }

    /// Counts how often the mission waits for the disk, for each of its steps.
    fn flushes(&self, what: &str, most: f64, target: &str) {
        let counts = self.sandbox.outside().join("counts");
        let mut command = self.sandbox.program("strace");
        command.args(["-f", "-qq", "-e", "trace=fsync,fdatasync", "-o"]);
        command.arg(&counts).arg(tau_tests::tau_program());
        command.args(["apply", "m.tau", "--yes", "-q"]);
        command.env("TAU_HOME", self.sandbox.state());
        let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !done.is_ok_and(|status| status.success()) {
            println!("{what:<62} not counted: there is no strace");
            return;
        }
        let text = fs::read_to_string(counts).unwrap();
        let calls = text.lines().filter(|line| line.contains("sync(")).count();
        let each = steps(calls) / steps(STEPS);
        line(what, &format!("{each:.3}"), target, each <= most);
    }

    /// The most memory that the mission takes, and how much of it belongs to no file, in kB.
    fn memory_of_apply(&self) -> Option<(u64, u64)> {
        let mut command = self.sandbox.command(&["apply", "m.tau", "--yes", "-q"]);
        let mut child = command.stdout(Stdio::null()).spawn().ok()?;
        let status = format!("/proc/{}/status", child.id());
        let mut found = (0, 0);
        while child.try_wait().ok()?.is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let field = |name: &str| -> Option<u64> {
                let line = text.lines().find_map(|line| line.strip_prefix(name))?;
                line.split_whitespace().next()?.parse().ok()
            };
            if let (Some(most), Some(own)) = (field("VmHWM:"), field("RssAnon:")) {
                found = (most.max(found.0), own.max(found.1));
            }
        }
        (found.0 > 0).then_some(found)
    }
}

/// What the journal does, without tau: a thousand records, each waited for.
fn raw_syncs(sandbox: &Sandbox) {
    let path = sandbox.outside().join("synced");
    let mut file = File::create(&path).unwrap();
    for _ in 0..1000 {
        file.write_all(&[b'x'; 700]).unwrap();
        file.sync_data().unwrap();
    }
}

/// A mission with `number` steps, each of its own name and `order`ed behind the one before or not.
fn mission(step: &str, number: usize, order: &str) -> String {
    let mut text = "mission m {\n  authority {\n    read \"**\"\n    write \"out/**\"\n    \
                    run \"true\"\n  }\n"
        .to_owned();
    for number in 0..number {
        let own = step.replace(" s ", &format!(" s{number} "));
        let own = own.replace("out/s", &format!("out/s{number}"));
        write!(text, "  {own}").unwrap();
        match (step.starts_with("let"), order, number) {
            (true, "", _) | (true, _, 0) => text.push('1'),
            (true, ..) => write!(text, "s{} + 1", number - 1).unwrap(),
            (false, "", _) | (false, _, 0) => {}
            (false, order, _) => write!(text, " {order} s{}", number - 1).unwrap(),
        }
        text.push('\n');
    }
    text + "}\n"
}

/// What one thing takes.
struct Timed {
    /// By the clock, at best.
    wall: Duration,
    /// Of all processors together, on average.
    processors: Duration,
}

impl Timed {
    fn of(work: impl FnMut()) -> Timed {
        let before = processors();
        let wall = fastest(work);
        let processors = processors().saturating_sub(before) / steps32(TIMES);
        Timed { wall, processors }
    }

    fn rate(&self, number: usize, took: Duration) -> String {
        let of_processors = rate(number, self.processors.max(Duration::from_micros(1)));
        format!("{} ({of_processors} by processors)", rate(number, took))
    }
}

/// What all programs that were started here and have ended took of the processors: fields 16 and
/// 17 of `/proc/self/stat`, in hundredths of a second (proc(5)).
fn processors() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(13).take(2);
    let ticks: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn fastest(mut work: impl FnMut()) -> Duration {
    let times = (0..TIMES).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    times.min().unwrap()
}

fn line(what: &str, value: &str, target: &str, met: bool) {
    let met = if met { "met" } else { "NOT met" };
    println!("{what:<62} {value:<40} target {target:<8} {met}");
}

fn rate(number: usize, took: Duration) -> u64 {
    let nanos = u64::try_from(took.as_nanos()).unwrap().max(1);
    u64::try_from(number).unwrap() * 1_000_000_000 / nanos
}

fn steps(number: usize) -> f64 {
    f64::from(steps32(number))
}

fn steps32(number: usize) -> u32 {
    u32::try_from(number).unwrap()
}

fn shown(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        0.0..1000.0 => format!("{micros:.0} µs"),
        _ => format!("{:.1} ms", micros / 1000.0),
    }
}
