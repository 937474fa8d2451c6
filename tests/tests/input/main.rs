//! Files that are out of the ordinary, or out for harm: each is read or refused with a message
//! that says where and why, in bounded time and memory, and costs no other file.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

mod encodings;
mod findings;
mod growth;
mod nesting;
mod output;
mod places;
mod sizes;
mod yaml;

use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tau_tests::{Done, Sandbox, tau_program};

/// The memory that `tau` may ask for, in KiB. Its tests are built without optimisation, and what
/// it asks for is more than what it uses.
const MEMORY: u32 = 700_000;
/// Not how long something may take, but when it surely hangs.
const WATCHDOG: Duration = Duration::from_secs(300);

/// Runs `tau` with a bound on its memory. What does not end fails the test.
#[track_caller]
fn bounded(sandbox: &Sandbox, arguments: &[&str]) -> Done {
    let done = ended(shell(sandbox, &format!("ulimit -v {MEMORY}"), arguments));
    let said = done.err.lines().last().unwrap_or("").to_owned();
    // 70 is a fault of tau itself, 101 a panic, and less than 0 a signal.
    assert!(
        (0..=6).contains(&done.code),
        "tau {arguments:?} ended with {}: {said}",
        done.code
    );
    done
}

/// `tau`, to be started by a shell after `before`.
fn shell(sandbox: &Sandbox, before: &str, arguments: &[&str]) -> Command {
    let mut command = sandbox.program("sh");
    command
        .args(["-c", &format!("{before}; exec \"$0\" \"$@\"")])
        .arg(tau_program())
        .args(arguments)
        .env("TAU_HOME", sandbox.state())
        .stdin(Stdio::null());
    command
}

/// What a command did, if it ends.
#[track_caller]
fn ended(mut command: Command) -> Done {
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || send.send(child.wait_with_output()));
    match receive.recv_timeout(WATCHDOG) {
        Ok(output) => output.unwrap().into(),
        Err(_) => {
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
            panic!("{command:?} did not end");
        }
    }
}

/// A mission in the tau spelling with these lines in it.
fn tau(lines: &str) -> String {
    format!(
        "mission m {{\n  authority {{\n    read  \"**\"\n    write \"notes.txt\"\n  }}\n\n  step a = fs.write(\"notes.txt\", text: \"one\")\n{lines}\n}}\n"
    )
}

/// A mission in YAML with these lines behind it.
fn yaml(lines: &str) -> String {
    format!(
        "tau: 1\nmission: m\nauthority:\n  read: [\"**\"]\n  write: [notes.txt]\nsteps:\n  - a: fs.write\n    with: {{ path: notes.txt, text: one }}\n{lines}\n"
    )
}

/// The errors that `tau lint` finds in the file `name` with this text: the exit code and the codes,
/// each once.
#[track_caller]
fn lint(name: &str, text: impl AsRef<[u8]>) -> (i32, Vec<String>) {
    let sandbox = Sandbox::new();
    sandbox.write(name, text);
    let done = bounded(&sandbox, &["lint", name, "--format", "json"]);
    let document = done.json();
    let mut codes: Vec<String> = document["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| found["severity"] == "error")
        .map(|found| found["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    (done.code, codes)
}

/// Every command that reads a file, on this one; each must end as a command may, without a panic.
#[track_caller]
fn every_command(name: &str, text: impl AsRef<[u8]>) {
    let sandbox = Sandbox::new();
    sandbox.write(name, text);
    let other = if name.ends_with(".tau") {
        "yaml"
    } else {
        "tau"
    };
    for arguments in [
        &["lint", name][..],
        &["fmt", "--check", name],
        &["fmt", "--diff", name],
        &["plan", name],
        &["graph", name],
        &["authority", name],
        &["convert", name, "--to", other],
        &["apply", name, "--yes"],
    ] {
        let _ = bounded(&sandbox, arguments);
    }
}
