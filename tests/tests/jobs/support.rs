//! Missions, workers that can be watched, and journals.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;
use tau_tests::Sandbox;

/// One step that leaves a line outside of the repository each time that it is done.
pub(crate) const COUNTED: &str = r#"mission counted {
  authority {
    read  "**"
    run   "./count.sh"
  }

  step count = process.run("./count.sh")
}
"#;

/// Its command waits at a FIFO until somebody writes to it.
pub(crate) const GATED: &str = r#"mission gated {
  authority {
    read  "**"
    write "out.md"
    run   "./wait.sh"
  }

  step first = fs.write("out.md", text: "one")
  step wait  = process.run("./wait.sh") after first
}
"#;

/// A repository with `counted.tau` and `gated.tau`.
pub(crate) fn sandbox() -> Sandbox {
    let sandbox = Sandbox::repository(&[("counted.tau", COUNTED), ("gated.tau", GATED)]);
    sandbox.write_script("count.sh", "#!/bin/sh\necho done >> \"$HOME/counted\"\n");
    sandbox.write_script("wait.sh", "#!/bin/sh\ncat \"$HOME/gate\"\n");
    sandbox.commit("missions");
    let made = sandbox.program("mkfifo").arg(gate(&sandbox)).status();
    assert!(made.unwrap().success());
    sandbox
}

pub(crate) fn gate(sandbox: &Sandbox) -> PathBuf {
    sandbox.outside().join("home/gate")
}

/// Lets one gated command go on, as soon as it is there.
pub(crate) fn open(sandbox: &Sandbox) {
    fs::write(gate(sandbox), "gone on").unwrap();
}

/// How often the command of [`COUNTED`] was done.
pub(crate) fn counted(sandbox: &Sandbox) -> usize {
    let text = fs::read_to_string(sandbox.outside().join("home/counted"));
    text.unwrap_or_default().lines().count()
}

/// Leaves a run of `file` to whoever is there; its id.
pub(crate) fn detach(sandbox: &Sandbox, file: &str) -> String {
    let arguments = [
        "apply", file, "--yes", "--box", "none", "--detach", "--json",
    ];
    let report = sandbox.tau(&arguments).ends(6).json();
    report["run"].as_str().unwrap().to_owned()
}

/// The outcome of a run.
pub(crate) fn outcome(sandbox: &Sandbox, run: &str) -> String {
    let report = sandbox.tau(&["show", run, "--json"]).ends(0).json();
    report["outcome"].as_str().unwrap().to_owned()
}

/// The runs that `tau runs` lists, with these arguments: ids and outcomes.
pub(crate) fn listed(sandbox: &Sandbox, arguments: &[&str]) -> Vec<(String, String)> {
    let arguments = [&["runs", "--json", "--limit", "1000"], arguments].concat();
    let runs = sandbox.tau(&arguments).ends(0).json();
    let text = |run: &Value, name: &str| run[name].as_str().unwrap().to_owned();
    let runs = runs["runs"].as_array().unwrap().iter();
    runs.map(|run| (text(run, "run"), text(run, "outcome")))
        .collect()
}

/// How many records of each of these kinds a run has.
pub(crate) fn kinds<const N: usize>(sandbox: &Sandbox, run: &str, kinds: [&str; N]) -> [usize; N] {
    let journal = journal(&sandbox.state(), run);
    kinds.map(|kind| {
        let needle = format!("\"kind\":\"{kind}\"");
        journal
            .lines()
            .filter(|line| line.contains(&needle))
            .count()
    })
}

/// A run's journal.
pub(crate) fn journal(state: &Path, run: &str) -> String {
    fs::read_to_string(state.join("runs").join(run).join("journal.jsonl")).unwrap()
}

/// `tau worker --json-stream`, whose events are read one by one.
pub(crate) struct Worker {
    child: Child,
    events: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    /// Starts a worker and waits until it takes runs.
    pub(crate) fn start(sandbox: &Sandbox, arguments: &[&str]) -> Worker {
        let arguments = [&["worker", "--json-stream", "--quiet"], arguments].concat();
        let mut command = sandbox.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let events = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut worker = Worker { child, events };
        worker.until("ready");
        worker
    }

    /// The next event of this name.
    #[track_caller]
    pub(crate) fn until(&mut self, name: &str) -> Value {
        loop {
            let line = self.events.next().expect("the worker has ended").unwrap();
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        kill(self.child.id(), signal);
    }

    /// What it says last, when it has ended.
    #[track_caller]
    pub(crate) fn ends(mut self) -> Value {
        let lines: Vec<String> = self.events.by_ref().map(Result::unwrap).collect();
        assert!(self.child.wait().unwrap().success());
        serde_json::from_str(lines.last().unwrap()).unwrap()
    }

    /// Kills it, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Of a test that has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process.
pub(crate) fn kill(process: u32, signal: &str) {
    let process = process.to_string();
    let sent = Command::new("kill").args([signal, &process]).status();
    assert!(sent.unwrap().success());
}

/// Whoever has the lease of a run.
pub(crate) fn owner(sandbox: &Sandbox, run: &str) -> u32 {
    let folder = sandbox.state().join("runs").join(run);
    let epoch = |name: &str| name.strip_prefix("lease.")?.parse::<u64>().ok();
    let newest = fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| epoch(entry.unwrap().file_name().to_str()?))
        .max();
    let lease = folder.join(format!("lease.{}", newest.unwrap()));
    let signed: Value = serde_json::from_str(&fs::read_to_string(lease).unwrap()).unwrap();
    u32::try_from(signed["process"].as_u64().unwrap()).unwrap()
}

/// `control_plane.NAME` of `tau status`, which ends with `code`.
#[track_caller]
pub(crate) fn status(sandbox: &Sandbox, code: i32) -> impl Fn(&str) -> String {
    let text = sandbox.tau(&["status"]).ends(code).out;
    move |name| {
        let start = format!("control_plane.{name}=");
        let line = text.lines().find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_else(|| panic!("no {name} in {text}"))
            .to_owned()
    }
}
