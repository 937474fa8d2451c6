//! What a mission with a model costs beyond its own checks: a failing test is mended in four answers of
//! a provider on this machine, proven, and committed. What the checks take alone is taken off.
//!
//! `cargo build --release -p tau && cargo bench -p tau-tests --bench model`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends with the error's own words"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tau_tests::Sandbox;

/// How often it is measured; the fastest counts, since all that disturbs makes it slower.
const TIMES: u32 = 5;

/// How many files are mended, one with each answer.
const TURNS: usize = 4;

/// What is started of the check: RED, one behind each answer, and two of the proof.
const CHECKS: u32 = 7;

fn main() {
    // `cargo test --all-targets` starts this too, without asking for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let port = provide();
    let sandbox = broken();
    let tables = format!(
        "[local]\nurl = \"http://127.0.0.1:{port}/v1\"\nprice = {{ input = 1.0, output = 10.0 }}\n"
    );
    sandbox.write("../home/.config/tau/providers.toml", tables);
    let check = Cost::of(|| {
        for _ in 0..CHECKS {
            let mut command = sandbox.program("./check.sh");
            let _ = command.stdout(Stdio::null()).status().unwrap();
        }
    });
    let whole = Cost::of(|| {
        let arguments = ["apply", "fix.tau", "--yes", "--json"];
        let result = sandbox.tau(&arguments).ends(0).json();
        assert_eq!(result["spent"]["model_calls"], TURNS, "{result:#}");
    });
    println!("{:<44} {}", "the checks alone", check.told());
    println!("{:<44} {}", "from start to exit", whole.told());
    let wall = whole.wall.saturating_sub(check.wall);
    let processors = whole.processors.saturating_sub(check.processors);
    let most = Duration::from_millis;
    line("beyond the checks, by the clock", wall, most(350));
    line("beyond the checks, of processors", processors, most(250));
    match memory(&sandbox) {
        None => println!("memory is not measured: /proc cannot be read"),
        Some(kb) => {
            let met = if kb <= 40_000 { "met" } else { "NOT met" };
            println!(
                "{:<44} {:<24} target 40 MB   {met}",
                "the most memory",
                format!("{} MB", kb / 1000)
            );
        }
    }
}

/// A repository with files to mend, one after the other, and its mission.
fn broken() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet"]);
    let mut check = "#!/bin/sh\n".to_owned();
    for turn in 0..TURNS {
        sandbox.write(
            &format!("src/f{turn}.txt"),
            format!("file {turn}\nbroken\n"),
        );
        check.push_str(&format!(
            "grep -q fixed src/f{turn}.txt || {{ echo \"FAILED src/f{turn}.txt: not fixed\"; exit 1; }}\n"
        ));
    }
    sandbox.write_script("check.sh", &check);
    sandbox.commit("first");
    sandbox.write(
        "fix.tau",
        format!(
            r#"use std.{{git, model, verify}}

mission fix {{
  authority {{
    read  "**"
    write "src/**"
    run   "./check.sh"
    git   commit on "tau/*"
    model "local/m" up to 900k tokens, $9
  }}

  verifier tests {{
    run "./check.sh"
  }}

  step red = verify.red(tests)
  repeat up to {TURNS} {{
    step edit  = model.edit(goal: "All files must say fixed.", failure: previous.green.log or red.log)
    step green = verify.check(tests)
  }} until green.passed
  step proof  = verify.prove(tests, red: red, green: green)
  step commit = git.commit(proof, message: "mend them")
}}
"#
        ),
    );
    sandbox
}

/// A provider that mends the file of which the failure speaks; its port.
fn provide() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            while let Some(body) = read(&mut stream) {
                let answer = answer(&body);
                if stream.write_all(answer.as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    port
}

fn read(stream: &mut TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = told.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn answer(body: &Value) -> String {
    let prompt = body["messages"].as_array().unwrap().last().unwrap()["content"].to_string();
    let (_, behind) = prompt.split_once("FAILED src/").unwrap();
    let (name, _) = behind.split_once(':').unwrap();
    let text = format!("src/{name}\n<<<<<<< SEARCH\nbroken\n=======\nfixed\n>>>>>>> REPLACE\n");
    let answer = json!({
        "model": "m",
        "choices": [{ "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 1000, "completion_tokens": 100 },
    })
    .to_string();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{answer}",
        answer.len()
    )
}

/// What something takes.
struct Cost {
    /// By the clock, at best.
    wall: Duration,
    /// Of all processors together, on average.
    processors: Duration,
}

impl Cost {
    fn of(mut work: impl FnMut()) -> Cost {
        let before = processors();
        let times = (0..TIMES).map(|_| {
            let began = Instant::now();
            work();
            began.elapsed()
        });
        let wall = times.min().unwrap();
        let processors = processors().saturating_sub(before) / TIMES;
        Cost { wall, processors }
    }

    fn told(&self) -> String {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        format!(
            "{:.0} ms by the clock, {:.0} ms of processors",
            millis(self.wall),
            millis(self.processors)
        )
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

/// The most memory that tau's own process takes, in kB, without that of its checks.
fn memory(sandbox: &Sandbox) -> Option<u64> {
    let mut command = sandbox.command(&["apply", "fix.tau", "--yes", "-q"]);
    let mut child = command.stdout(Stdio::null()).spawn().ok()?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().ok()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let found = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        most = most.max(found.unwrap_or(0));
    }
    (most > 0).then_some(most)
}

fn line(what: &str, took: Duration, most: Duration) {
    let met = if took <= most { "met" } else { "NOT met" };
    println!(
        "{what:<44} {:<24} target {} ms   {met}",
        format!("{:.0} ms", took.as_secs_f64() * 1e3),
        most.as_millis()
    );
}
